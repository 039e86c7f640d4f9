package stat

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// sequential is one case of testdata/sequential.json: formulas in mpmath 1.4.1, no
// package's code.
type sequential struct {
	ID          string
	K, N        int64
	Prior       [2]float64
	Alpha       float64
	LogE        map[string]float64 `json:"log_e_at_p"`
	CS          [2]float64         `json:"confidence_sequence"`
	V           float64
	VOpt        float64 `json:"v_opt"`
	Rho, Radius float64
	Mean        float64
	Variance    float64
	NOpt        float64 `json:"n_opt"`
	Exact       struct{ Low, High float64 }
	Months      []struct {
		Month           string
		Married, Single struct {
			ToDate [2]int64   `json:"to_date"`
			CS     [2]float64 `json:"beta_binomial_cs_1_1"`
		}
		Gap [2]float64 `json:"gap_cs_union_bound"`
	}
	P          []float64
	Integrated []float64
	E          []float64
	Rejected   int
}

func TestSequentialOracle(t *testing.T) {
	b, err := os.ReadFile("testdata/sequential.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []sequential }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, c := range file.Cases {
		kind, _, _ := strings.Cut(c.ID, "/")
		seen[kind]++
		t.Run(c.ID, func(t *testing.T) {
			switch kind {
			case "beta-binomial":
				c.betaBinomial(t)
			case "normal-mixture":
				m, err := NewMixture(c.VOpt, c.Alpha)
				agrees(t, "rho", m.Rho, c.Rho, 1e-12, err)
				agrees(t, "radius", m.Radius(c.V), c.Radius, 1e-12, nil)
			case "asymptotic":
				m, err := NewMixture(c.NOpt/c.Variance, c.Alpha)
				i := m.Around(c.Mean, float64(c.N)/c.Variance)
				agrees(t, "low", i.Low, c.Exact.Low, 1e-12, err)
				agrees(t, "high", i.High, c.Exact.High, 1e-12, nil)
			case "bank":
				for _, x := range c.Months {
					a, b := x.Married.ToDate, x.Single.ToDate
					one, err := BetaPrior{1, 1}.Sequence(a[0], a[1], c.Alpha/2)
					other, _ := BetaPrior{1, 1}.Sequence(b[0], b[1], c.Alpha/2)
					i := UnionSequence(one, other)
					agrees(t, x.Month+" low", i.Low, x.Gap[0], 1e-9, err)
					agrees(t, x.Month+" high", i.High, x.Gap[1], 1e-9, nil)
					i, err = BetaPrior{1, 1}.Sequence(a[0], a[1], c.Alpha/2)
					agrees(t, x.Month+" married", i.Low, x.Married.CS[0], 1e-9, err)
					agrees(t, x.Month+" married", i.High, x.Married.CS[1], 1e-9, nil)
				}
			case "empirical-bernstein":
				t.Skip("is about rows in their order, which tables do not keep")
			case "p-to-e":
				for i, p := range c.P {
					agrees(t, "e", PToE(p), c.Integrated[i], 1e-9, nil)
				}
			case "e-bh":
				logs := make([]float64, len(c.E))
				for i, e := range c.E {
					logs[i] = math.Log(e)
				}
				rejected := 0
				for _, r := range RejectByE(logs, c.Alpha) {
					if r {
						rejected++
					}
				}
				if rejected != c.Rejected {
					t.Error(rejected)
				}
			default:
				t.Error("no test for this kind of case")
			}
		})
	}
	if seen["beta-binomial"] < 25 || seen["bank"] != 1 {
		t.Error(seen)
	}
}

func (c sequential) betaBinomial(t *testing.T) {
	prior := BetaPrior{c.Prior[0], c.Prior[1]}
	for text, want := range c.LogE {
		p, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		got, err := prior.LogE(c.K, c.N, p)
		agrees(t, "log e at "+text, got, want, 1e-9, err)
	}
	i, err := prior.Sequence(c.K, c.N, c.Alpha)
	agrees(t, "low", i.Low, c.CS[0], 1e-9, err)
	agrees(t, "high", i.High, c.CS[1], 1e-9, nil)
}

func agrees(t *testing.T, what string, got, want, relative float64, err error) {
	t.Helper()
	if err != nil || !(math.Abs(got-want) <= relative*max(1, math.Abs(want)) || got == want) {
		t.Errorf("%s: %v (%v), want %v", what, got, err, want)
	}
}

// The numbers of drift.md 6.4, computed there with mpmath.
func TestSequencesOfDifferences(t *testing.T) {
	d, err := RateDifference(420, 1000, 380, 800)
	agrees(t, "difference", d.Value, -0.055, 1e-12, err)
	agrees(t, "variance", d.Variance, 0.00055531875, 1e-12, nil)
	m, err := NewMixture(2000, 0.05)
	i := m.Around(d.Value, 1/d.Variance)
	agrees(t, "low", i.Low, -0.12655817192151, 1e-4, err) // rho there is an approximation
	agrees(t, "high", i.High, 0.01655817192151, 1e-4, nil)

	r, err := LogRateRatio(420, 1000, 380, 800)
	m, _ = NewMixture(1/r.Variance, 0.05)
	i = m.Around(r.Value, 1/r.Variance)
	agrees(t, "ratio", math.Exp(r.Value), 0.8842105263157894, 1e-12, err)
	agrees(t, "low", math.Exp(i.Low), 0.7538287685163562, 1e-4, nil)
	agrees(t, "high", math.Exp(i.High), 1.037143032344595, 1e-4, nil)

	// The means .02 and .05 of 100 and 300 rows of variance 4, by hand. A third part
	// without a variance of its own has that of its rows.
	parts := []Weighted{{Estimated{.02, .04}, 100}, {Estimated{.05, 4.0 / 300}, 300}}
	pooled, err := WeightedMean(parts)
	agrees(t, "pooled", pooled.Value, 0.0425, 1e-12, err)
	agrees(t, "variance", pooled.Variance, 0.01, 1e-12, nil)
	more, err := WeightedMean(append(parts, Weighted{Estimated{Value: .0425}, 100}))
	agrees(t, "pooled", more.Value, 0.0425, 1e-12, err)
	agrees(t, "variance", more.Variance, 4.0/500, 1e-12, nil)
	// Where parts vary alike, the bounds of the sum are those over information.
	m, _ = NewMixture(300, 0.05)
	sum, _ := NewMixture(300*4*4, 0.05)
	i, j := m.Around(pooled.Value, 1/pooled.Variance), sum.AroundMean(pooled, 400)
	agrees(t, "low", j.Low, i.Low, 1e-12, nil)
	agrees(t, "high", j.High, i.High, 1e-12, nil)
}

// The stratified e-process of drift.md 6.4.
func TestStratified(t *testing.T) {
	s := Stratified{SD: 1}
	for i, b := range []Block{{40, 100, 45, 100}, {38, 100, 52, 100}, {35, 100, 55, 100}} {
		if err := s.Add(b); err != nil {
			t.Fatal(err)
		}
		agrees(t, "e", math.Exp(s.LogE()), []float64{0.34802782707, 1.14859317009, 24.1640632395}[i], 1e-9, nil)
	}
	for _, b := range []Block{{0, 0, 5, 10}, {0, 3, 0, 9}, {3, 3, 9, 9}} { // say nothing
		before := s.LogE()
		if err := s.Add(b); err != nil || s.LogE() != before {
			t.Error(b, err, s.LogE(), before)
		}
	}
}

// The expectation of an e-value over all tables of given margins is 1.
func TestStratifiedIsFair(t *testing.T) {
	h := hypergeometric{13, 7, 6}
	sum := 0.0
	for k := h.first(); k <= h.last(); k++ {
		s := Stratified{SD: 1}
		if err := s.Add(Block{int64(k), 13, 6 - int64(k), 7}); err != nil {
			t.Fatal(err)
		}
		sum += math.Exp(h.log(k) + s.LogE())
	}
	agrees(t, "expectation", sum, 1, 1e-10, nil)
}
