package stat

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// tableCase is one case of testdata/tables.json: what statsmodels 0.15.0 and
// SciPy 1.17.1 give; "about" in the file says how.
type tableCase struct {
	ID                 string
	Tables             [][2][2]int64
	Table              [][2]int64
	K1, N1, K2, N2     int64
	OddsRatio          float64 `json:"oddsratio_pooled"`
	RiskRatio          float64 `json:"riskratio_pooled"`
	LogOddsSE          float64 `json:"logodds_pooled_se"`
	OddsRatioInterval  numbers `json:"oddsratio_pooled_confint"`
	NullOdds           numbers `json:"test_null_odds"`
	NullOddsCorrected  numbers `json:"test_null_odds.corrected"`
	EqualOdds          numbers `json:"test_equal_odds"`
	Tarone             numbers `json:"test_equal_odds.tarone"`
	Exact, Uncorrected numbers // McNemar
	Chi2, G            numbers // k groups
	Tests              map[string]json.RawMessage
	Half, Less         number // binomial
}

func tableCases(t *testing.T, kind string) []tableCase {
	t.Helper()
	b, err := os.ReadFile("testdata/tables.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []tableCase }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	var found []tableCase
	for _, c := range file.Cases {
		if strings.HasPrefix(c.ID, kind+"/") {
			found = append(found, c)
		}
	}
	if len(found) == 0 {
		t.Fatalf("no cases %s", kind)
	}
	return found
}

func (c tableCase) strata() Strata {
	var s Strata
	for _, t := range c.Tables {
		s = append(s, Stratum{t[0][0], t[0][0] + t[0][1], t[1][0], t[1][0] + t[1][1]})
	}
	return s
}

func TestStrataAgainstOracle(t *testing.T) {
	// StratifiedTable without the strata that have one outcome only.
	emptyMargins := map[string][2]float64{
		"cmh/compas/y/African-American-vs-Caucasian/month": {11.457394159014346, 11.456595540181437},
		"cmh/compas/y/Female-vs-Male/month":                {8.579827288368831, 8.579577451161422},
		"cmh/compas/y/Asian-vs-Caucasian/month":            {9.77728925465954, 9.777124135817619},
		"cmh/bank/yes/married-vs-single/ym":                {70.45705446936873, 70.44430453741712},
	}
	for _, c := range tableCases(t, "cmh") {
		s := c.strata()
		odds, i, err := s.OddsRatio(0.05)
		nearInterval(t, c.ID+" odds ratio", i, err, c.OddsRatioInterval, 1e-10)
		near(t, c.ID+" odds ratio", odds, c.OddsRatio, 1e-12)
		ratio, i, err := s.RiskRatio(0.05)
		if near(t, c.ID+" risk ratio", ratio, c.RiskRatio, 1e-12); err != nil || !(i.Low < ratio && ratio < i.High) {
			t.Error(c.ID, i, err)
		}
		test, err := s.Test(TwoSided)
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.ID+" chi-square", test.Statistic*test.Statistic, float64(c.NullOdds[0]), 1e-10)
		near(t, c.ID+" p", test.P, float64(c.NullOdds[2]), 1e-9)
		test, _ = s.TestCorrected()
		near(t, c.ID+" corrected", test.Statistic, float64(c.NullOddsCorrected[0]), 1e-10)
		near(t, c.ID+" corrected p", test.P, float64(c.NullOddsCorrected[2]), 1e-9)
		plain, tarone, df, _, err := s.homogeneity()
		if err != nil {
			t.Fatal(err)
		}
		informative := 0
		for _, x := range s {
			if k := x.K1 + x.K2; k > 0 && k < x.N1+x.N2 {
				informative++
			}
		}
		if df != informative-1 {
			t.Errorf("%s: %d degrees of freedom of %d strata", c.ID, df, informative)
		}
		if informative < len(s) { // the tool divides 0 by 0, or by what rounding makes of 0
			want := emptyMargins[c.ID]
			near(t, c.ID+" breslow-day", plain, want[0], 1e-8)
			near(t, c.ID+" tarone", tarone, want[1], 1e-8)
			continue
		}
		near(t, c.ID+" breslow-day", plain, float64(c.EqualOdds[0]), 1e-8)
		near(t, c.ID+" tarone", tarone, float64(c.Tarone[0]), 1e-8)
		near(t, c.ID+" tarone p", ChiSquareSF(tarone, df), float64(c.Tarone[2]), 1e-8)
	}
}

// The BCG vaccine trials (Colditz et al. 1994) with the numbers of the R package
// metafor: rma.mh, and its published tests against Stata's metan.
func TestStrataBCG(t *testing.T) {
	s := Strata{
		{4, 123, 11, 139}, {6, 306, 29, 303}, {3, 231, 11, 220}, {62, 13598, 248, 12867}, {33, 5069, 47, 5808},
		{180, 1541, 372, 1451}, {8, 2545, 10, 629}, {505, 88391, 499, 88391}, {29, 7499, 45, 7277},
		{17, 1716, 65, 1665}, {186, 50634, 141, 27338}, {5, 2498, 3, 2341}, {27, 16913, 29, 17854},
	}
	d, i, err := s.RiskDifference(0.05)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "risk difference", d, -3.288181832613e-03, 1e-10)
	near(t, "standard error", (i.High-i.Low)/2/1.959963984540054, 2.866567485273736e-04, 1e-10)
	ratio, i, _ := s.RiskRatio(0.05)
	odds, j, _ := s.OddsRatio(0.05)
	for _, c := range []struct{ got, want float64 }{
		{ratio, -.4537}, {i.Low, -.5308}, {i.High, -.3766}, {odds, -.4734}, {j.Low, -.5538}, {j.High, -.3930},
	} {
		if math.Abs(math.Log(c.got)-c.want) > 6e-5 {
			t.Errorf("log %v, want %v", math.Log(c.got), c.want)
		}
	}
	test, df, err := s.Homogeneity()
	if err != nil || df != 12 || math.Abs(test.Statistic-171.7567) > 5e-5 {
		t.Errorf("tarone: %v %d %v", test, df, err)
	}
	corrected, _ := s.TestCorrected()
	if math.Abs(corrected.Statistic-135.6889) > 5e-5 {
		t.Errorf("cochran-mantel-haenszel: %v", corrected)
	}
}

// UC Berkeley 1973, women against men: the marginal gap turns round.
func TestStrataBerkeley(t *testing.T) {
	s := Strata{{89, 108, 512, 825}, {17, 25, 353, 560}, {202, 593, 120, 325}, {131, 375, 138, 417}, {94, 393, 53, 191}, {24, 341, 22, 373}}
	ratio, _, err := s.RiskRatio(0.05)
	if err != nil || math.Abs(ratio-1.058307) > 5e-7 {
		t.Errorf("risk ratio %v %v", ratio, err)
	}
	z, _ := PooledZ(557, 1835, 1198, 2691, TwoSided)
	if math.Abs(z.Statistic+9.602358) > 5e-7 {
		t.Errorf("marginal z %v", z)
	}
	test, _ := s.Test(TwoSided)
	if math.Abs(test.P-.216924) > 5e-7 {
		t.Errorf("stratified p %v", test.P)
	}
}

// One stratum is a 2x2 table: Katz, the difference of the rates, and the pooled
// z but for the factor (N-1)/N of the hypergeometric variance.
func TestOneStratum(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := drawTable(r)
		s := Strata{{d.k1, d.n1, d.k2, d.n2}, {0, 7, 0, 0}, {}}
		if u := s.Use(); u != (StrataUse{1, 1, 1, 7}) {
			r.Fatal(u)
		}
		if got, i, err := s.RiskRatio(0.05); d.k1 > 0 && d.k2 > 0 && d.k1+d.k2 < d.n1+d.n2 {
			want, err2 := Katz(d.k1, d.n1, d.k2, d.n2, 0.05)
			if err != nil || err2 != nil || math.Abs(i.Low/want.Low-1) > 1e-9 || math.Abs(i.High/want.High-1) > 1e-9 || !(got > 0) {
				r.Fatal(i, want, err, err2)
			}
		} else if err == nil {
			r.Fatal("a ratio without a standard error")
		}
		test, err := s.Test(Less)
		z, err2 := PooledZ(d.k1, d.n1, d.k2, d.n2, Less)
		if !errors.Is(err, err2) {
			r.Fatal(err, err2)
		}
		n := float64(d.n1 + d.n2)
		if want := z.Statistic * math.Sqrt((n-1)/n); err == nil && math.Abs(test.Statistic-want) > 1e-9*math.Abs(want) {
			r.Fatal(test, z)
		}
		point, i, err := s.RiskDifference(0.05)
		if err == nil && !(i.Low <= point && point <= i.High && i.Low >= -1 && i.High <= 1) {
			r.Fatal(point, i)
		}
	})
}

// Splitting every stratum in two with the same counts changes no estimate;
// exchanging the groups turns every estimate round; nothing is NaN.
func TestStrataProperties(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var s, twice, turned Strata
		for range rapid.IntRange(0, 6).Draw(r, "strata") {
			d := drawTable(r)
			x := Stratum{d.k1, d.n1, d.k2, d.n2}
			if rapid.IntRange(0, 4).Draw(r, "empty") == 0 {
				x.K2, x.N2 = 0, 0
			}
			s, twice, turned = append(s, x), append(twice, x, x), append(turned, Stratum{x.K2, x.N2, x.K1, x.N1})
		}
		odds, i, err := s.OddsRatio(0.05)
		if other, _, err2 := twice.OddsRatio(0.05); !errors.Is(err2, err) || err == nil && math.Abs(other/odds-1) > 1e-9 {
			r.Fatal(odds, other, err, err2)
		}
		if _, j, err2 := turned.OddsRatio(0.05); !errors.Is(err2, err) || err == nil && math.Abs(i.Low*j.High-1) > 1e-6 {
			r.Fatal(i, j, err, err2)
		}
		if d, i, err := s.RiskDifference(0.05); err == nil {
			e, j, err := turned.RiskDifference(0.05)
			if err != nil || math.Abs(d+e) > 1e-12 || math.Abs(i.Low+j.High) > 1e-8 {
				r.Fatal(d, e, i, j, err)
			}
		}
		if test, df, err := s.Homogeneity(); err == nil && !(test.P >= 0 && test.P <= 1 && test.Statistic >= 0 && df > 0) {
			r.Fatal(test, df)
		}
	})
}

// Where all of one group and none of the other have the outcome in every stratum, the
// difference is 1 and nothing varies, in whichever order the groups stand.
func TestRiskDifferenceWithoutVariation(t *testing.T) {
	for _, s := range []Strata{{{12, 12, 0, 5}}, {{0, 5, 12, 12}}, {{40, 40, 0, 7}, {3, 3, 0, 11}}} {
		want := 1.0
		if s[0].K1 == 0 {
			want = -1
		}
		if d, _, err := s.RiskDifference(0.05); d != want || !errors.Is(err, ErrNoVariation) {
			t.Errorf("%v: %v, %v", s, d, err)
		}
	}
}

// The interval of the common difference in sparse strata: one or two rows of
// each group a stratum, 300 strata, base rates that differ.
func TestRiskDifferenceCoverage(t *testing.T) {
	rng, held := Generator(4, "sato"), 0
	const samples = 1000
	for range samples {
		s := make(Strata, 300)
		for i := range s {
			base := 0.1 + 0.6*rng.Float64()
			n1, n2 := int64(1+i%2), int64(1+i/2%2)
			s[i] = Stratum{Binomial(rng, n1, base+0.1), n1, Binomial(rng, n2, base), n2}
		}
		if _, i, err := s.RiskDifference(0.05); err == nil && i.Low <= 0.1 && 0.1 <= i.High {
			held++
		}
	}
	if share := float64(held) / samples; math.Abs(share-.95) > .025 {
		t.Errorf("%.3f of 95 %% intervals hold the true difference", share)
	}
}

func TestStrataReasons(t *testing.T) {
	for _, c := range []struct {
		s                            Strata
		test, odds, risk, diff, same error
	}{
		{nil, ErrNoStrata, ErrNoStrata, ErrNoStrata, ErrNoStrata, ErrNoStrata},
		{Strata{{1, 2, 0, 0}, {0, 0, 1, 3}}, ErrNoStrata, ErrNoStrata, ErrNoStrata, ErrNoStrata, ErrNoStrata},
		{Strata{{3, 2, 0, 1}}, ErrCounts, ErrCounts, ErrCounts, ErrCounts, ErrCounts},
		{Strata{{0, 1 << 53, 0, 1}}, ErrTooLarge, ErrTooLarge, ErrTooLarge, ErrTooLarge, ErrTooLarge},
		{Strata{{0, math.MaxInt64, 0, math.MaxInt64}}, ErrTooLarge, ErrTooLarge, ErrTooLarge, ErrTooLarge, ErrTooLarge},
		{Strata{{0, 5, 0, 5}, {0, 3, 0, 2}}, ErrNoVariation, ErrUndefined, ErrUndefined, ErrNoVariation, ErrUndefined},
		{Strata{{5, 5, 5, 5}}, ErrNoVariation, ErrUndefined, ErrNoVariation, ErrNoVariation, ErrUndefined},
		{Strata{{0, 5, 2, 5}, {0, 3, 1, 2}}, nil, ErrZeroCell, ErrZeroCell, nil, ErrZeroCell},
		{Strata{{1, 5, 2, 5}, {3, 3, 2, 2}}, nil, nil, nil, nil, ErrOneStrata},
		{Strata{{1, 1, 0, 1}}, nil, ErrZeroCell, ErrZeroCell, ErrNoVariation, ErrZeroCell},
	} {
		_, test := c.s.Test(TwoSided)
		_, corrected := c.s.TestCorrected()
		_, _, odds := c.s.OddsRatio(0.05)
		_, _, risk := c.s.RiskRatio(0.05)
		_, _, diff := c.s.RiskDifference(0.05)
		_, _, same := c.s.Homogeneity()
		for i, got := range []error{test, corrected, odds, risk, diff, same} {
			if want := []error{c.test, c.test, c.odds, c.risk, c.diff, c.same}[i]; !errors.Is(got, want) {
				t.Errorf("%v, %d: %v, want %v", c.s, i, got, want)
			}
		}
	}
	if _, _, err := (Strata{{1, 5, 2, 5}}).RiskDifference(0); !errors.Is(err, ErrAlpha) {
		t.Error(err)
	}
}
