package explain

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Mutual information, Cramér's V and p are those of scikit-learn 1.9.1
// (mutual_info_score), of the formula applied to SciPy 1.17.1's chi-square, and
// near SciPy's likelihood-ratio p.
func TestAssociationAgreesWithLibraries(t *testing.T) {
	r, s := readRegressions(t)
	s.Keys = s.Subjects
	s.Subjects = nil
	s.Spec.Explain.Proxies = &audit.ProxiesSpec{Features: []string{"education", "housing"}}
	got := map[string]audit.Explanation{}
	for _, x := range explained(t, s, Proxies()) {
		if x.Feature != nil {
			got[x.Metric+" "+*x.Feature] = x
		}
	}
	entropy := 0.63720164042012
	for _, want := range []struct {
		feature                    string
		information, v, p, degrees float64
	}{
		{feature: "education", information: 0.009425527355823034, v: 0.1184554315827247, p: 0.005508540332623434, degrees: 3},
		{feature: "housing", information: 0.0023129255566677887, v: 0.05608758183773313, p: 0.0783249922226099, degrees: 1},
	} {
		corrected := want.information - want.degrees/2/float64(len(r.Rows.Y))
		x := got["mutual_information "+want.feature]
		if math.Abs(*x.Value-corrected) > 1e-12 {
			t.Errorf("%s: information %v, want %v", want.feature, *x.Value, corrected)
		}
		// 1,000 tables know a p of .08 to .02.
		if math.Abs(*x.P-want.p) > .025 {
			t.Errorf("%s: p %v, want %v", want.feature, *x.P, want.p)
		}
		if v := *got["cramers_v "+want.feature].Value; math.Abs(v-want.v) > 1e-12 {
			t.Errorf("%s: V %v, want %v", want.feature, v, want.v)
		}
		if u := *got["uncertainty_coefficient "+want.feature].Value; math.Abs(u-corrected/entropy) > 1e-10 {
			t.Errorf("%s: share %v, want %v", want.feature, u, corrected/entropy)
		}
	}
}

// A column that is the attribute tells all of it, one that is noise nothing:
// of 100 columns of noise about 5 have p at most .05.
func TestProxiesOfNoiseAndOfTheAttribute(t *testing.T) {
	s := study(t, 400)
	random := rand.New(rand.NewPCG(9, 9))
	same := Feature{Column: "same"}
	for _, g := range s.Rows.Attributes[0].Of {
		same.Values = append(same.Values, float64(g))
	}
	s.Features = []Feature{same}
	for range 100 {
		f := Feature{Column: "noise"}
		for range s.Rows.Rows {
			f.Values = append(f.Values, random.NormFloat64())
		}
		s.Features = append(s.Features, f)
	}
	low := 0
	for _, x := range explained(t, s, Proxies()) {
		switch {
		case x.Metric == "auc" && x.Part == audit.PartTotal && *x.Value < .999:
			t.Errorf("area %v with the attribute itself", *x.Value)
		case x.Metric == "auc" && x.Part == partWithout && math.Abs(*x.Value-.5) > 3.5**x.StandardError:
			t.Errorf("area %v of noise, %s", *x.Value, x.Note)
		case x.Metric == "uncertainty_coefficient" && *x.Feature == "same" && (*x.Value < .99 || x.Rank != 1):
			t.Errorf("share %v, rank %d", *x.Value, x.Rank)
		case x.Metric == "mutual_information" && *x.Feature == "noise" && *x.P <= .05:
			low++
		}
	}
	if low < 1 || low > 12 {
		t.Errorf("%d of 100 columns of noise have p at most .05", low)
	}
}

// Proxy use is the share times the gap that the model makes with the input.
func TestProxyUse(t *testing.T) {
	s := study(t, 200)
	share := map[string]float64{}
	used := 0
	for _, x := range explained(t, s, Proxies()) {
		switch x.Metric {
		case "uncertainty_coefficient":
			share[*x.Feature] = *x.Value
		case "proxy_use":
			used++
			if *x.Value < 0 || *x.Value > share[*x.Feature] {
				t.Errorf("%s: %v of %v", *x.Feature, *x.Value, share[*x.Feature])
			}
		}
	}
	if used != len(s.Features) {
		t.Errorf("%d features have a use", used)
	}
}
