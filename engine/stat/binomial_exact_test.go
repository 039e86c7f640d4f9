package stat

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// Expected: SciPy 1.17.1, binomtest(k, n, p).pvalue.
func TestBinomialExactSciPy(t *testing.T) {
	for _, c := range scipyBinomial {
		got, err := BinomialExact(c.k, c.n, c.a, c.b, c.side)
		if err != nil || math.Abs(got.P-c.p) > 1e-10*c.p {
			t.Errorf("%d of %d at %d/%d, side %d: %v %v, want %v", c.k, c.n, c.a, c.b, c.side, got.P, err, c.p)
		}
	}
}

// Nobody of a group among 7,214 people: 1 - 0.05^(1/7214) = 0.000415180...
func TestUpperBound(t *testing.T) {
	i, err := UpperBound(7214, 0.05)
	if err != nil || math.Abs(i.High-0.0004151802531288107) > 1e-15 || i.Low != 0 {
		t.Errorf("%v %v", i, err)
	}
	if _, err := UpperBound(0, 0.05); !errors.Is(err, ErrNoRows) {
		t.Error(err)
	}
}

// The two-sided p is the sum of the probabilities, in rationals, of all
// outcomes that are no more probable.
func TestBinomialExactSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 25).Draw(t, "n")
		k := rapid.Int64Range(0, n).Draw(t, "k")
		b := rapid.Int64Range(1, 12).Draw(t, "b")
		a := rapid.Int64Range(0, b).Draw(t, "a")
		at := func(k int64) *big.Rat {
			x := new(big.Rat).SetInt(new(big.Int).Binomial(n, k))
			for i := range n {
				if i < k {
					x.Mul(x, big.NewRat(a, b))
				} else {
					x.Mul(x, big.NewRat(b-a, b))
				}
			}
			return x
		}
		var two, less, more = new(big.Rat), new(big.Rat), new(big.Rat)
		for i := range n + 1 {
			p := at(i)
			if p.Cmp(at(k)) <= 0 {
				two.Add(two, p)
			}
			if i <= k {
				less.Add(less, p)
			}
			if i >= k {
				more.Add(more, p)
			}
		}
		for side, want := range map[Side]*big.Rat{TwoSided: two, Less: less, Greater: more} {
			w, _ := want.Float64()
			got, err := BinomialExact(k, n, a, b, side)
			if err != nil || math.Abs(got.P-w) > 1e-11 {
				t.Fatalf("%d of %d at %d/%d, side %d: %v %v, want %v", k, n, a, b, side, got.P, err, w)
			}
		}
	})
}

var scipyBinomial = []struct {
	k, n, a, b int64
	side       Side
	p          float64
}{
	{0, 60, 3, 10, TwoSided, 7.081738919857891e-10},
	{0, 60, 3, 10, Less, 5.080218607396249e-10},
	{0, 60, 3, 10, Greater, 1.0},
	{5, 7214, 1, 1000, TwoSided, 0.5732356290059406},
	{5, 7214, 1, 1000, Less, 0.2740829526357883},
	{5, 7214, 1, 1000, Greater, 0.8457846787267844},
	{18, 7214, 11, 1000, TwoSided, 1.6910836175844955e-16},
	{18, 7214, 11, 1000, Less, 8.276863015306756e-17},
	{18, 7214, 11, 1000, Greater, 1.0},
	{3696, 7214, 1, 2, TwoSided, 0.03715830977562113},
	{3696, 7214, 1, 2, Less, 0.9824659462561646},
	{3696, 7214, 1, 2, Greater, 0.018579154887810565},
	{3600, 7214, 1, 2, TwoSided, 0.8783541072485983},
	{3600, 7214, 1, 2, Less, 0.43917705362429915},
	{3600, 7214, 1, 2, Greater, 0.5700899215044397},
	{32, 7214, 59, 1000, TwoSided, 1.9043662895651912e-141},
	{32, 7214, 59, 1000, Less, 1.0750548480000678e-141},
	{32, 7214, 59, 1000, Greater, 1.0},
	{12, 18, 46, 100, TwoSided, 0.09801649771978949},
	{12, 18, 46, 100, Less, 0.9774929303036817},
	{12, 18, 46, 100, Greater, 0.06382400488084343},
	{1000000, 3000000, 1, 3, TwoSided, 1.0},
	{1000000, 3000000, 1, 3, Less, 0.5002714458055516},
	{1000000, 3000000, 1, 3, Greater, 0.5002171566588491},
	{1000500, 3000000, 1, 3, TwoSided, 0.5402914137689793},
	{1000500, 3000000, 1, 3, Less, 0.7300708464443513},
	{1000500, 3000000, 1, 3, Greater, 0.27033417495345946},
}
