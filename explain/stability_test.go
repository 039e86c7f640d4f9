package explain

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"pgregory.net/rapid"
)

// Closed forms of rank-biased overlap: 1 for the same list, 0 for lists that
// share nothing, the persistence for two swapped features.
func TestRankBiasedOverlap(t *testing.T) {
	for _, c := range []struct {
		a, b []string
		want float64
	}{
		{[]string{"a", "b", "c"}, []string{"a", "b", "c"}, 1},
		{[]string{"a", "b"}, []string{"c", "d"}, 0},
		{[]string{"a", "b"}, []string{"b", "a"}, persistence},
	} {
		if got := rankBiasedOverlap(c.a, c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v and %v: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

// The example of SciPy's documentation of kendalltau.
func TestKendall(t *testing.T) {
	if got, want := kendall([]float64{12, 2, 1, 12, 2}, []float64{1, 4, 7, 1, 0}), -0.4714045207910316; math.Abs(got-want) > 1e-12 {
		t.Errorf("%v, want %v", got, want)
	}
}

// Agreement is symmetric and within its bounds, and whole with itself.
func TestAgreementProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 12).Draw(t, "features")
		draw := func(name string) ranking {
			r := ranking{values: rapid.SliceOfN(rapid.Float64Range(-9, 9), n, n).Draw(t, name), se: make([]float64, n)}
			for i := range n {
				r.features = append(r.features, strconv.Itoa(i))
			}
			return r
		}
		a, b, top := draw("a"), draw("b"), rapid.IntRange(1, 12).Draw(t, "top")
		x, y := agree(a, b, top), agree(b, a, top)
		if x.jaccard != y.jaccard || math.Abs(x.overlap-y.overlap) > 1e-12 || x.jaccard < 0 || x.jaccard > 1 || x.overlap < -1e-12 || x.overlap > 1+1e-12 || x.kendall < -1-1e-12 || x.kendall > 1+1e-12 {
			t.Fatalf("%+v and %+v", x, y)
		}
		if self := agree(a, a, top); self.jaccard != 1 || math.Abs(self.overlap-1) > 1e-12 {
			t.Fatalf("with itself %+v", self)
		}
	})
}

// explanationsOf are importances with these values and this error.
func explanationsOf(values []float64, se float64) []audit.Explanation {
	var out []audit.Explanation
	for i, v := range values {
		name := string(rune('a' + i))
		out = append(out, audit.Explanation{Explainer: "importance", Metric: "log_loss", Part: audit.PartFeature, Feature: &name, Value: &v, StandardError: &se, N: 100, Window: audit.AllWindows})
	}
	return out
}

// Between draws of the same importances small p are as rare as they should be;
// between importances in the opposite order p is small.
func TestStabilityTellsNoiseFromChange(t *testing.T) {
	s := study(t, 100)
	s.Model = nil
	random := rand.New(rand.NewPCG(3, 3))
	small, of := 0, 0
	base := []float64{.5, .45, .4, .2, .18, .1, .05, .02}
	for range 60 {
		s.Earlier = nil
		for k := range 2 {
			values := make([]float64, len(base))
			for i, v := range base {
				values[i] = v + .05*random.NormFloat64()
			}
			s.Earlier = append(s.Earlier, Earlier{Label: strconv.Itoa(k), Explanations: explanationsOf(values, .05)})
		}
		for _, x := range explained(t, s, Stability()) {
			if x.Part == partAgreement {
				of++
				if *x.P <= .05 {
					small++
				}
			}
		}
	}
	if small > of/8 {
		t.Errorf("%d of %d p are at most .05 though nothing changed", small, of)
	}
	reversed := make([]float64, len(base))
	for i, v := range base {
		reversed[len(base)-1-i] = v
	}
	s.Earlier = []Earlier{{"before", explanationsOf(base, .02)}, {"after", explanationsOf(reversed, .02)}}
	for _, x := range explained(t, s, Stability()) {
		if x.Part == partAgreement && *x.P > .01 {
			t.Errorf("%s of the opposite order has p %v", x.Metric, *x.P)
		}
	}
}

// Windows of one audit are compared too.
func TestStabilityWithinAnAudit(t *testing.T) {
	s := study(t, 200)
	for row := range 200 {
		s.Windows = append(s.Windows, []string{"2024-01", "2024-02"}[row%2])
	}
	list := explained(t, s, Stability())
	if len(list) != 6 || list[0].Window != "2024-02" {
		t.Errorf("%d numbers", len(list))
	}
}
