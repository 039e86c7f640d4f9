package explain

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// regressions are what statsmodels says; written by testdata/regression.py.
type regressions struct {
	Rows struct {
		Married, Y, Day    []int
		Age, Balance       []float64
		Education, Housing []string
	}
	Explained       map[string]float64
	ExplainedPooled map[string]float64 `json:"explained_pooled"`
	Pooled          [3]float64         `json:"two_fold_pooled"` // unexplained, explained, gap; of single people less married ones
	Married         [3]float64         `json:"two_fold_0"`
	Single          [3]float64         `json:"two_fold_1"`
	LogOdds         float64            `json:"log_odds_ratio"`
	LogOddsError    float64            `json:"clustered_error"`
	Effect          float64            `json:"average_marginal_effect"`
	Clusters        float64
}

func readRegressions(t *testing.T) (regressions, *Study) {
	t.Helper()
	data, err := os.ReadFile("testdata/regression.json")
	if err != nil {
		t.Fatal(err)
	}
	var r regressions
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	n := len(r.Rows.Y)
	s := &Study{
		Spec:   &audit.Spec{Alpha: .05, Explain: &audit.ExplainSpec{Decomposition: &audit.DecompositionSpec{}}},
		chosen: map[string]string{"marital": "single"},
		Features: []Feature{
			{Column: "age", Values: r.Rows.Age}, {Column: "balance", Values: r.Rows.Balance},
			coded("education", r.Rows.Education), coded("housing", r.Rows.Housing),
		},
	}
	s.Rows.Rows = n
	a := Attribute{Name: "marital", Groups: []string{"married", "single"}}
	for i := range n {
		a.Of = append(a.Of, int32(1-r.Rows.Married[i]))
		s.Decisions, s.Subjects = append(s.Decisions, int8(r.Rows.Y[i])), append(s.Subjects, strconv.Itoa(r.Rows.Day[i]))
	}
	s.Rows.Attributes = []Attribute{a}
	s.Strata = []Feature{s.Features[2]}
	return r, s
}

// coded makes a feature of words.
func coded(column string, words []string) Feature {
	f := Feature{Column: column}
	places := map[string]int{}
	for _, w := range words {
		if _, ok := places[w]; !ok {
			places[w] = len(places)
			f.Categories = append(f.Categories, w)
		}
		f.Values = append(f.Values, float64(places[w]))
	}
	return f
}

// The parts, the adjusted gap and its error are those of statsmodels 0.14.6,
// whose two-fold parts are held against Stata's.
func TestDecompositionAgreesWithStatsmodels(t *testing.T) {
	want, s := readRegressions(t)
	got := map[string]audit.Explanation{}
	for _, x := range explained(t, s, Decomposition()) {
		key := x.Metric + " " + string(x.Part)
		if x.Feature != nil {
			key += " " + *x.Feature
		}
		if x.Stratum != nil {
			key += " " + *x.Stratum
		}
		got[key] = x
	}
	near := func(key string, value, want float64) {
		t.Helper()
		if math.IsNaN(value) || math.Abs(value-want) > 1e-9 {
			t.Errorf("%s: %v, want %v", key, value, want)
		}
	}
	const rate = "selection_rate_difference "
	near("total", *got[rate+"total"].Value, -want.Pooled[2])
	for f, x := range want.Explained {
		near("explained "+f, *got[rate+"explained "+f].Value, x)
		near("explained pooled "+f, *got[rate+"explained_pooled "+f].Value, want.ExplainedPooled[f])
	}
	near("explained", *got[rate+"explained"].Value, -want.Single[1])
	near("unexplained", *got[rate+"unexplained"].Value, -want.Single[0])
	near("explained pooled", *got[rate+"explained_pooled"].Value, -want.Pooled[1])
	near("unexplained pooled", *got[rate+"unexplained_pooled"].Value, -want.Pooled[0])
	near("adjusted", *got[rate+"adjusted"].Value, want.Effect)
	near("log odds", *got["log_odds_ratio adjusted"].Value, want.LogOdds)
	// Theirs is without the correction for few clusters.
	near("its error", *got["log_odds_ratio adjusted"].StandardError, want.LogOddsError*math.Sqrt(want.Clusters/(want.Clusters-1)))
}

// Two strata by hand: shares .6, .4 and .2, .8, rates .5, .25 and .4, .1. The
// gap of .24 is .11 of composition and .13 of rates.
func TestKitagawaByHand(t *testing.T) {
	s := &Study{Spec: &audit.Spec{Alpha: .05}}
	stratum := Feature{Column: "place", Categories: []string{"a", "b", "c"}}
	var y outcome
	var p contrasted
	add := func(group *[]int, stratumOf float64, rows int, rate float64) {
		for i := range rows {
			x := 0.0
			if float64(i) < math.Round(rate*float64(rows)) {
				x = 1
			}
			*group = append(*group, len(y.of))
			y.of, stratum.Values = append(y.of, x), append(stratum.Values, stratumOf)
		}
	}
	add(&p.in, 0, 60, .5)
	add(&p.in, 1, 40, .25)
	add(&p.against, 0, 40, .4)
	add(&p.against, 1, 160, .1)
	check := func(want map[string]float64) {
		t.Helper()
		g := s.twoGroups(p, y)
		for _, x := range s.kitagawa(audit.Explanation{}, g, stratum) {
			key := string(x.Part)
			if x.Stratum != nil {
				key += " " + *x.Stratum
			}
			w, ok := want[key]
			if !ok || math.Abs(*x.Value-w) > 1e-12 {
				t.Errorf("%s: %v, want %v", key, *x.Value, w)
			}
			delete(want, key)
		}
		if len(want) > 0 {
			t.Errorf("missing: %v", want)
		}
	}
	check(map[string]float64{"composition": .11, "rates": .13, "rates a": .04, "rates b": .09})
	// A stratum that the reference is not in: 100 rows, all positive. The
	// group's rate becomes (40+100)/200 = .7, the gap .54.
	add(&p.in, 2, 100, 1)
	check(map[string]float64{"composition": .11, "rates": .13, "outside": .3, "rates a": .04, "rates b": .09})
}

// The published example: a risk ratio of 3.9 with the limit 1.8 has 7.26 and
// 3.0 (VanderWeele and Ding 2017); a ratio below 1 counts as its inverse.
func TestEValue(t *testing.T) {
	for ratio, want := range map[float64]float64{3.9: 7.26, 1.8: 3.0, 1: 1, 1 / 3.9: 7.26} {
		if got := eValue(ratio); math.Abs(got-want) > .005 {
			t.Errorf("%v: %v, want %v", ratio, got, want)
		}
	}
}

// Over many samples the standard errors are the spread of the parts, with
// three rows for each person too.
func TestDecompositionStandardErrors(t *testing.T) {
	const samples = 150
	random := rand.New(rand.NewPCG(5, 6))
	sum, squares, errors := map[string]float64{}, map[string]float64{}, map[string]float64{}
	for range samples {
		s := people(random, 200)
		for _, x := range explained(t, s, Decomposition()) {
			if x.StandardError == nil || x.Stratum != nil {
				continue
			}
			key := x.Metric + " " + string(x.Part)
			if x.Feature != nil {
				key += " " + *x.Feature
			}
			sum[key] += *x.Value
			squares[key] += *x.Value * *x.Value
			errors[key] += *x.StandardError
		}
	}
	for key := range sum {
		spread := math.Sqrt((squares[key] - sum[key]*sum[key]/samples) / (samples - 1))
		if ratio := errors[key] / samples / spread; ratio < .83 || ratio > 1.2 {
			t.Errorf("%s: standard error %v, spread %v", key, errors[key]/samples, spread)
		}
	}
	if len(sum) < 12 {
		t.Errorf("only %d parts", len(sum))
	}
}

// people have three rows each, which are alike.
func people(random *rand.Rand, count int) *Study {
	s := &Study{
		Spec:   &audit.Spec{Alpha: .05, Explain: &audit.ExplainSpec{Decomposition: &audit.DecompositionSpec{}}},
		chosen: map[string]string{"sex": "m"},
	}
	a := Attribute{Name: "sex", Groups: []string{"f", "m"}}
	income := Feature{Column: "income"}
	place := Feature{Column: "place", Categories: []string{"a", "b", "c"}}
	for person := range count {
		sex := random.IntN(2)
		x, in := random.NormFloat64()+.5*float64(sex), min(2, random.IntN(3)+sex*random.IntN(2))
		luck := random.NormFloat64()
		for range 3 {
			d := int8(0)
			if x+.3*float64(in)+luck+random.NormFloat64() > 1 {
				d = 1
			}
			a.Of, income.Values, place.Values = append(a.Of, int32(sex)), append(income.Values, x), append(place.Values, float64(in))
			s.Decisions, s.Subjects = append(s.Decisions, d), append(s.Subjects, strconv.Itoa(person))
		}
	}
	s.Rows.Rows, s.Rows.Attributes = len(a.Of), []Attribute{a}
	s.Strata, s.Features = []Feature{place}, []Feature{income, place}
	return s
}

// A feature that tells the decision has no finite odds; that is said.
func TestSeparationIsSaid(t *testing.T) {
	s := people(rand.New(rand.NewPCG(1, 1)), 100)
	tells := Feature{Column: "tells"}
	for _, d := range s.Decisions {
		tells.Values = append(tells.Values, float64(d))
	}
	s.Features = []Feature{tells}
	for _, x := range explained(t, s, Decomposition()) {
		if x.Part == partAdjusted && (x.Value != nil || x.Note == "") {
			t.Errorf("%+v", x)
		}
	}
}
