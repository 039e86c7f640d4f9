package stat

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// movement is one case of testdata/drift.json.
type movement struct {
	ID, Kind  string
	RefSample string `json:"ref_sample"`
	CurSample string `json:"cur_sample"`
	Ref, Cur  []int64
	Scipy     map[string]numbersOrOne
	Deciles   *cutTable `json:"ref_deciles_open"`
	Readme    *cutTable `json:"readme_bins"`
	Evidently map[string]number
	Bins      int `json:"evidently_bins"`
	Nannyml   map[string]number
}

type cutTable struct {
	Edges    []float64 `json:"inner_edges"`
	Ref, Cur []int64
	KL       number   `json:"kl_ref_cur"`
	PSI      number   `json:"psi_nofill"`
	Filled   number   `json:"psi_fill1e-4"`
	Distance number   `json:"js_distance_base2"`
	Bits     number   `json:"js_divergence_base2"`
	Nats     number   `json:"js_divergence_nats"`
	Hell     number   `json:"hellinger"`
	TV       number   `json:"total_variation"`
	LInf     number   `json:"l_infinity"`
	Chi      []number `json:"chi2_contingency"`
}

// numbersOrOne is a list of numbers or a single one.
type numbersOrOne []number

func (n *numbersOrOne) UnmarshalJSON(b []byte) error {
	if b[0] == '[' {
		return json.Unmarshal(b, (*[]number)(n))
	}
	*n = make(numbersOrOne, 1)
	return json.Unmarshal(b, &(*n)[0])
}

func movements(t *testing.T) (map[string]Sample, []movement) {
	t.Helper()
	b, err := os.ReadFile("testdata/drift.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Samples map[string][][2]float64
		Cases   []movement
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	samples := map[string]Sample{}
	for name, points := range file.Samples {
		for _, p := range points {
			samples[name] = append(samples[name], Point{p[0], int64(p[1])})
		}
	}
	return samples, file.Cases
}

// finite compares distances that may be infinite.
func finite(t *testing.T, name string, got float64, want number) {
	t.Helper()
	if math.IsInf(float64(want), 1) && math.IsInf(got, 1) {
		return
	}
	if math.Abs(got-float64(want)) < 1e-15 { // differences of sums near 1
		return
	}
	near(t, name, got, float64(want), 1e-11)
}

func (c cutTable) check(t *testing.T, name string) {
	t.Helper()
	plain, err := Compare(c.Ref, c.Cur, 0)
	if err != nil {
		t.Fatal(err)
	}
	filled, _ := Compare(c.Ref, c.Cur, 1e-4)
	finite(t, name+" kl", plain.KL, c.KL)
	finite(t, name+" psi", plain.PSI, c.PSI)
	finite(t, name+" psi filled", filled.PSI, c.Filled)
	finite(t, name+" js", plain.JensenShannon, c.Bits)
	finite(t, name+" js distance", math.Sqrt(plain.JensenShannon), c.Distance)
	finite(t, name+" js nats", plain.JensenShannon*math.Ln2, c.Nats)
	finite(t, name+" hellinger", plain.Hellinger, c.Hell)
	finite(t, name+" tv", plain.TotalVariation, c.TV)
	finite(t, name+" linf", plain.LInfinity, c.LInf)
	test, _ := Yates(c.Ref, c.Cur)
	finite(t, name+" chi2", test.Statistic, c.Chi[0])
	pNear(t, name+" chi2 p", test.P, float64(c.Chi[1]))
	if float64(plain.DF) != float64(c.Chi[2]) {
		t.Errorf("%s: df %d, want %v", name, plain.DF, c.Chi[2])
	}
	if plain.DF > 1 && plain.Test() != test {
		t.Errorf("%s: corrected above two categories", name)
	}
}

// pNear compares p-values: 1e-10, and 1e-6 below 1e-15.
func pNear(t *testing.T, name string, got, want float64) {
	t.Helper()
	tolerance := 1e-10
	if want < 1e-15 {
		tolerance = 1e-6
	}
	near(t, name, got, want, tolerance)
}

func TestDriftAgainstOracle(t *testing.T) {
	samples, cases := movements(t)
	for _, c := range cases {
		if c.Kind == "categorical" {
			one := func(k string) number { return c.Scipy[k][0] }
			cutTable{Ref: c.Ref, Cur: c.Cur, KL: one("kl_ref_cur"), PSI: one("psi_nofill"), Filled: one("psi_fill1e-4"),
				Distance: one("js_distance_base2"), Bits: one("js_divergence_base2"), Nats: one("js_divergence_nats"),
				Hell: one("hellinger"), TV: one("total_variation"), LInf: one("l_infinity"), Chi: c.Scipy["chi2_contingency"]}.check(t, c.ID)
			continue
		}
		ref, cur := samples[c.RefSample], samples[c.CurSample]
		edges, err := ref.Quantiles(10)
		if err != nil {
			t.Fatal(err)
		}
		inner := edges[:0:0]
		for i, e := range edges { // NumPy's unique, then without the outer two
			if i == 0 || e != edges[i-1] {
				inner = append(inner, e)
			}
		}
		inner = inner[1 : len(inner)-1]
		for _, b := range []*cutTable{c.Deciles, c.Readme} {
			if b == nil {
				continue
			}
			if b == c.Readme {
				inner = b.Edges
			}
			if len(inner) != len(b.Edges) {
				t.Errorf("%s: edges %v, want %v", c.ID, inner, b.Edges)
			}
			for i := range inner {
				if inner[i] != b.Edges[i] {
					t.Errorf("%s: edges %v, want %v", c.ID, inner, b.Edges)
				}
			}
			x, y := ref.Cut(inner, false), cur.Cut(inner, false)
			for i := range x {
				if x[i] != b.Ref[i] || y[i] != b.Cur[i] {
					t.Errorf("%s: %v %v, want %v %v", c.ID, x, y, b.Ref, b.Cur)
				}
			}
			b.check(t, c.ID)
		}
		c.numbers(t, ref, cur)
	}
}

func (c movement) numbers(t *testing.T, ref, cur Sample) {
	t.Helper()
	k, _ := KolmogorovSmirnov(cur, ref)
	finite(t, c.ID+" ks", k.Value, c.Scipy["ks_asymp"][0])
	pNear(t, c.ID+" ks p", k.Asymptotic().P, float64(c.Scipy["ks_asymp"][1]))
	if max(k.N, k.M) <= 10_000 && !testing.Short() {
		pNear(t, c.ID+" ks exact p", k.Exact().P, float64(c.Scipy["ks_auto"][1]))
	}
	w, _ := Wasserstein(cur, ref)
	finite(t, c.ID+" wasserstein", w, c.Scipy["wasserstein"][0])
	_, welch, _ := Welch(cur.Moments(), ref.Moments(), 0.05)
	finite(t, c.ID+" welch t", welch.Statistic, c.Scipy["welch_t"][0])
	pNear(t, c.ID+" welch p", welch.P, float64(c.Scipy["welch_t"][1]))
	auc, _ := CompareSamples(cur, ref)
	near(t, c.ID+" U", auc.Value*float64(k.N)*float64(k.M), float64(c.Scipy["mannwhitney_two_sided"][0]), 1e-12)
}

func TestEvidentlyAndNannyML(t *testing.T) {
	samples, cases := movements(t)
	for _, c := range cases {
		var e Evidently
		x, y := c.Ref, c.Cur
		if c.Kind == "categorical" {
			e, _ = EvidentlyCategories(x, y)
		} else {
			ref, cur := samples[c.RefSample], samples[c.CurSample]
			e, _ = EvidentlyNumbers(ref, cur)
			if got := len(SturgesEdges(Pool(ref, cur))) - 1; got != c.Bins {
				t.Errorf("%s: %d bins, want %d", c.ID, got, c.Bins)
			}
			w, _ := Wasserstein(ref, cur)
			finite(t, c.ID+" evidently wasserstein", w/max(math.Sqrt(ref.Variance(0)), 0.001), c.Evidently["wasserstein"])
			x, y, _ = NannyMLBins(ref, cur)
			ks, _ := NannyMLKS(ref, cur)
			finite(t, c.ID+" nannyml ks", ks, c.Nannyml["kolmogorov_smirnov"])
			if ref.Count() < nannyGrid {
				finite(t, c.ID+" nannyml wasserstein", w, c.Nannyml["wasserstein"])
			}
		}
		finite(t, c.ID+" evidently psi", e.PSI, c.Evidently["psi"])
		finite(t, c.ID+" evidently kl", e.KL, c.Evidently["kl_div"])
		finite(t, c.ID+" evidently js", e.JensenShannon, c.Evidently["jensenshannon"])
		finite(t, c.ID+" evidently hellinger", e.Hellinger, c.Evidently["hellinger"])
		d, _ := Compare(x, y, 0)
		finite(t, c.ID+" nannyml js", math.Sqrt(d.JensenShannon), c.Nannyml["jensen_shannon"])
		finite(t, c.ID+" nannyml hellinger", d.Hellinger, c.Nannyml["hellinger"])
		if c.Kind == "categorical" {
			finite(t, c.ID+" nannyml linf", d.LInfinity, c.Nannyml["l_infinity"])
			test, _ := Yates(x, y)
			finite(t, c.ID+" nannyml chi2", test.Statistic, c.Nannyml["chi2"])
		}
	}
}
