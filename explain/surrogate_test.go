package explain

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// logged is a study without a model, whose score is made of the features.
func logged(t *testing.T, rows int, score func(x []float64, random *rand.Rand) float64) *Study {
	t.Helper()
	s := study(t, rows)
	s.Model = nil
	random := rand.New(rand.NewPCG(11, 12))
	for row := range rows {
		var x []float64
		for _, f := range s.Features {
			x = append(x, f.Values[row])
		}
		s.Scores[row] = score(x, random)
	}
	return s
}

func partsOf(list []audit.Explanation) map[audit.Part]int {
	out := map[audit.Part]int{}
	for _, x := range list {
		out[x.Part]++
	}
	return out
}

// A score that the features give is given back, and its gap divided: the part
// of duration, which alone differs between the groups, is nearly all.
func TestSurrogateOfFeatures(t *testing.T) {
	s := logged(t, 2000, func(x []float64, random *rand.Rand) float64 { return math.Min(x[3], 1500)/1000 + x[0]/100 })
	list := explained(t, s, Surrogate())
	var total, duration float64
	for _, x := range list {
		if x.Part == audit.PartTotal {
			total = *x.Value
		}
		if x.Part == audit.PartFeature && *x.Feature == "duration" {
			duration = *x.Value
			if x.Rank != 1 {
				t.Errorf("duration has rank %d", x.Rank)
			}
		}
	}
	if total == 0 || math.Abs(duration/total-1) > .1 {
		t.Errorf("duration has %v of %v; notes %v", duration, total, s.notes)
	}
}

// With noise of a tenth of the variance there are ranks, with much more
// nothing but the fidelity.
func TestSurrogateIsHeldBack(t *testing.T) {
	signal := func(x []float64) float64 { return math.Min(x[3], 1500) / 1000 }
	near := logged(t, 2000, func(x []float64, random *rand.Rand) float64 { return signal(x) + .12*random.NormFloat64() })
	list := explained(t, near, Surrogate())
	if p := partsOf(list); p[audit.PartFeature] == 0 || p[audit.PartTotal] != 0 {
		t.Errorf("%v; notes %v", p, near.notes)
	}
	for _, x := range list {
		if x.Part == audit.PartFeature && (x.Value != nil || x.Rank == 0 || x.Interval != nil) {
			t.Errorf("%+v is not a rank alone", x)
		}
	}
	far := logged(t, 1000, func(x []float64, random *rand.Rand) float64 { return signal(x) + 2*random.NormFloat64() })
	if p := partsOf(explained(t, far, Surrogate())); p[audit.PartFeature] != 0 || p[partFidelity] == 0 || !strings.Contains(strings.Join(far.notes, ""), "not explained") {
		t.Errorf("%v; notes %v", p, far.notes)
	}
}

// What is below a limit is written below it.
func TestFidelityBelow(t *testing.T) {
	for _, c := range []struct {
		fidelity, limit float64
		want            string
	}{{.98, .999, "0.980, below 0.999"}, {.99897, .999, "0.998, below 0.999"}, {.8999, .9, "0.89, below 0.9"}, {-3.3, .95, "-3.30, below 0.95"}} {
		if got := below(c.fidelity, c.limit); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

// Decisions alone give ranks and never a number of the score.
func TestSurrogateOfDecisions(t *testing.T) {
	s := study(t, 1000)
	s.Model, s.Scores = nil, nil
	list := explained(t, s, Surrogate())
	if p := partsOf(list); p[audit.PartFeature] == 0 || p[audit.PartTotal] != 0 {
		t.Errorf("%v; notes %v", p, s.notes)
	}
	for _, x := range list {
		if x.Metric == "auc" && x.Group == nil && *x.Value < .95 {
			t.Errorf("area %v of a rule of the features", *x.Value)
		}
	}
}
