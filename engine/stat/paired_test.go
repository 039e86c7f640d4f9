package stat

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// statsmodels 0.15.0: table [[both, first], [second, neither]]. It doubles the
// smaller tail and caps it at 1.
func TestMcNemarAgainstOracle(t *testing.T) {
	for _, c := range tableCases(t, "mcnemar") {
		p := Pairs{c.Table[0][0], c.Table[0][1], c.Table[1][0], c.Table[1][1]}
		exact, err := p.McNemar(TwoSided)
		mid, err2 := p.McNemarMidP(TwoSided)
		if p.First+p.Second == 0 {
			if !errors.Is(err, ErrNoDiscordant) || !errors.Is(err2, ErrNoDiscordant) {
				t.Error(c.ID, err, err2)
			}
			continue
		}
		want := float64(c.Exact[1])
		near(t, c.ID+" exact", exact.P, want, tolerance(want))
		// Lancaster: the exact p less the probability of the table itself.
		b, f := float64(p.First), float64(p.Second)
		if at := math.Exp(logBinomial(b, f, 0.5, 0.5)); b != f {
			near(t, c.ID+" mid-p", mid.P, want-at, 1e-6)
		}
	}
}

// Newcombe (1998), Statistics in Medicine 17, 2635-2650, table III, method 10.
func TestNewcombePaired(t *testing.T) {
	for _, c := range []struct {
		p         Pairs
		low, high float64
	}{
		{Pairs{36, 12, 2, 0}, .0569, .3404}, {Pairs{20, 12, 2, 16}, .0562, .3292}, {Pairs{18, 12, 2, 18}, .0562, .3290},
		{Pairs{36, 14, 0, 0}, .1528, .4167}, {Pairs{35, 14, 0, 1}, .1461, .4175}, {Pairs{18, 14, 0, 18}, .1441, .3963},
		{Pairs{2, 97, 1, 0}, .8721, .9854}, {Pairs{1, 97, 1, 1}, .8736, .9850}, {Pairs{0, 29, 1, 0}, .6666, .9882},
		{Pairs{2, 98, 0, 0}, .9178, .9945}, {Pairs{1, 98, 0, 1}, .9171, .9916}, {Pairs{0, 30, 0, 0}, .8395, 1},
		{Pairs{54, 0, 0, 0}, -.0664, .0664}, {Pairs{53, 0, 0, 1}, -.0729, .0729}, {Pairs{30, 0, 0, 24}, -.0358, .0358},
	} {
		i, err := c.p.Newcombe(0.05)
		if err != nil || math.Abs(i.Low-c.low) > 1e-4 || math.Abs(i.High-c.high) > 1e-4 {
			t.Errorf("%v: %v %v, want [%v, %v]", c.p, i, err, c.low, c.high)
		}
	}
}

// Complete response before and after consolidation therapy (Cavo et al. 2012):
// Fagerland, Lydersen and Laake, Statistical Analysis of Contingency Tables
// (2017), chapter 8, with the R package contingencytables.
func TestPairedWorked(t *testing.T) {
	p := Pairs{59, 6, 16, 80}
	exact, _ := p.McNemar(TwoSided)
	mid, _ := p.McNemarMidP(TwoSided)
	i, _ := p.Newcombe(0.05)
	r, err := p.Ratio(0.05)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ got, want, digit float64 }{
		{exact.P, .052479, 5e-7}, {mid.P, .034690, 5e-7},
		{i.Low, -.1186, 5e-5}, {i.High, -.0046, 5e-5}, {r.Low, .7579, 5e-5}, {r.High, .9910, 5e-5},
	} {
		if math.Abs(c.got-c.want) > c.digit {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
}

func TestPairedProperties(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		size := rapid.SampledFrom([]int64{0, 1, 2, 40, 1e6, 1e9})
		count := func(name string) int64 { return rapid.Int64Range(0, size.Draw(r, name+" size")).Draw(r, name) }
		p := Pairs{count("both"), count("first"), count("second"), count("neither")}
		turned := Pairs{p.Both, p.Second, p.First, p.Neither}
		n := p.Both + p.First + p.Second + p.Neither
		i, err := p.Newcombe(0.05)
		j, _ := turned.Newcombe(0.05)
		if n == 0 {
			if !errors.Is(err, ErrNoRows) {
				r.Fatal(err)
			}
			return
		}
		d := float64(p.First-p.Second) / float64(n)
		if err != nil || !(i.Low >= -1 && i.Low <= d+1e-12 && d <= i.High+1e-12 && i.High <= 1) || math.Abs(i.Low+j.High) > 1e-12 {
			r.Fatal(p, d, i, j, err)
		}
		ratio, err := p.Ratio(0.05)
		back, err2 := turned.Ratio(0.05)
		switch k1, k2 := p.Both+p.First, p.Both+p.Second; {
		case k1+k2 == 0:
			if !errors.Is(err, ErrUndefined) || !errors.Is(err2, ErrUndefined) {
				r.Fatal(err, err2)
			}
		case err != nil || !(ratio.Low >= 0 && ratio.Low <= ratio.High) || (k1 == 0) != (ratio.Low == 0) || (k2 == 0) != math.IsInf(ratio.High, 1):
			r.Fatal(p, ratio, err)
		case k2 > 0 && k1 > 0 && (float64(k1)/float64(k2) < ratio.Low*(1-1e-9) || float64(k1)/float64(k2) > ratio.High*(1+1e-9) || math.Abs(ratio.Low*back.High-1) > 1e-9):
			r.Fatal(p, ratio, back)
		}
		if p.First+p.Second == 0 {
			return
		}
		less, _ := p.McNemar(Less)
		greater, _ := p.McNemar(Greater)
		two, _ := p.McNemar(TwoSided)
		mid, err := p.McNemarMidP(TwoSided)
		if err != nil || less.P+greater.P < 1-1e-9 || math.Abs(two.P-min(1, 2*min(less.P, greater.P))) > 1e-12 || mid.P > two.P*(1+1e-3) {
			r.Fatal(p, less, greater, two, mid)
		}
	})
	if _, err := (Pairs{1, -1, 2, 3}).McNemar(Less); !errors.Is(err, ErrCounts) {
		t.Error(err)
	}
	if _, err := (Pairs{1, 1, 2, 3}).Newcombe(1); !errors.Is(err, ErrAlpha) {
		t.Error(err)
	}
}

func TestGroupsAgainstOracle(t *testing.T) {
	for _, c := range tableCases(t, "kgroups") {
		groups := []Count{{}} // without rows
		for _, g := range c.Table {
			groups = append(groups, Count{g[0], g[0] + g[1]})
		}
		for name, f := range map[string]struct {
			of   func([]Count) (Test, int, error)
			want numbers
		}{"chi-square": {ChiSquareGroups, c.Chi2}, "g": {LikelihoodRatioGroups, c.G}} {
			got, df, err := f.of(groups)
			if err != nil || df != int(f.want[2]) {
				t.Error(c.ID, df, err)
			}
			near(t, c.ID+" "+name, got.Statistic, float64(f.want[0]), 1e-11)
			near(t, c.ID+" "+name+" p", got.P, float64(f.want[1]), 1e-9)
		}
	}
	// audit-AI's documented example.
	got, df, _ := ChiSquareGroups([]Count{{240, 1000}, {250, 1000}, {260, 1000}, {270, 1000}})
	if df != 3 || math.Abs(got.Statistic-2.631925253) > 5e-10 || math.Abs(got.P-.451920107) > 5e-10 {
		t.Error(got, df)
	}
}

// Two groups: the chi-square of the 2x2 table, and SciPy's G and correction.
func TestTwoGroups(t *testing.T) {
	for _, c := range tableCases(t, "exact") {
		groups := []Count{{c.K1, c.N1}, {c.K2, c.N2}}
		want, err := ChiSquare(c.K1, c.N1, c.K2, c.N2)
		got, _, err2 := ChiSquareGroups(groups)
		g, _, err3 := LikelihoodRatioGroups(groups)
		if !errors.Is(err2, err) || !errors.Is(err3, err) {
			t.Fatal(c.ID, err, err2, err3)
		}
		near(t, c.ID+" chi-square", got.Statistic, want.Statistic, 1e-9)
		var corrected numbers
		if raw := c.Tests["chi2.yates"]; raw != nil && corrected.UnmarshalJSON(raw) == nil && len(corrected) == 2 {
			yates, err := Yates([]int64{c.K1, c.N1 - c.K1}, []int64{c.K2, c.N2 - c.K2})
			if err != nil {
				t.Fatal(c.ID, err)
			}
			near(t, c.ID+" yates", yates.Statistic, float64(corrected[0]), 1e-9)
		}
		var oracle numbers
		if raw := c.Tests["g"]; raw != nil && oracle.UnmarshalJSON(raw) == nil && len(oracle) == 2 && err == nil {
			// Where G is 1e-6 of the rows, SciPy's sum of logarithms loses digits.
			if math.Abs(g.Statistic-float64(oracle[0])) > 1e-9*float64(oracle[0])+1e-15*float64(c.N1+c.N2) {
				t.Errorf("%s: G %v, want %v", c.ID, g.Statistic, oracle[0])
			}
		}
	}
}

func TestGroupReasons(t *testing.T) {
	for _, c := range []struct {
		groups []Count
		want   error
	}{
		{nil, ErrNoRows}, {[]Count{{0, 0}}, ErrNoRows}, {[]Count{{1, 2}, {0, 0}}, ErrOneGroup},
		{[]Count{{0, 2}, {0, 5}}, ErrNoVariation}, {[]Count{{2, 2}, {5, 5}}, ErrNoVariation},
		{[]Count{{3, 2}, {0, 5}}, ErrCounts}, {[]Count{{0, -2}}, ErrCounts},
		{[]Count{{0, 1 << 53}, {0, 1}}, ErrTooLarge}, {[]Count{{1, 1e9}, {2, 3}}, nil},
	} {
		if _, _, err := ChiSquareGroups(c.groups); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.groups, err, c.want)
		}
		if _, _, err := LikelihoodRatioGroups(c.groups); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.groups, err, c.want)
		}
	}
}

// SciPy's exact binomial tests: against one half, two-sided, is McNemar's; below
// 0.3 is the mid-p test and half the probability of the count itself.
func TestBinomialAgainstOracle(t *testing.T) {
	limit, err := ParseDecimal("0.3")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range tableCases(t, "binomial") {
		exact, err := Pairs{First: c.K1, Second: c.N1 - c.K1}.McNemar(TwoSided)
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.ID+" half", exact.P, float64(c.Half), tolerance(float64(c.Half)))
		mid, err := BinomialMidP(c.K1, c.N1, limit, Less)
		if err != nil {
			t.Fatal(err)
		}
		k, f := float64(c.K1), float64(c.N1-c.K1)
		within := tolerance(float64(c.Less))
		if mid.Method == MethodBinomialZ {
			within = 1e-3
		}
		near(t, c.ID+" less", mid.P+math.Exp(logBinomial(k, f, 0.3, 0.7))/2, float64(c.Less), within)
	}
}
