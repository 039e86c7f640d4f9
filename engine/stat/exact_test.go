package stat

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// exactFisher computes both two-sided conventions in rational arithmetic, where
// equal probabilities are equal.
func exactFisher(k1, n1, k2, n2 int64) (full, mid, less float64) {
	weight := func(x int64) *big.Int {
		a := new(big.Int).Binomial(n1, x)
		return a.Mul(a, new(big.Int).Binomial(n2, k1+k2-x))
	}
	at := weight(k1)
	all, doubled, whole, lower := new(big.Int), new(big.Int), new(big.Int), new(big.Int)
	for x := max(0, k1+k2-n2); x <= min(n1, k1+k2); x++ {
		w := weight(x)
		all.Add(all, w)
		if x <= k1 {
			lower.Add(lower, w)
		}
		switch w.Cmp(at) {
		case 0:
			whole.Add(whole, w)
			doubled.Add(doubled, w)
		case -1:
			whole.Add(whole, w)
			doubled.Add(doubled, w).Add(doubled, w)
		}
	}
	share := func(part *big.Int, times int64) float64 {
		f, _ := new(big.Rat).SetFrac(part, new(big.Int).Mul(all, big.NewInt(times))).Float64()
		return f
	}
	return share(whole, 1), share(doubled, 2), share(lower, 1)
}

func checkFisher(t *testing.T, k1, n1, k2, n2 int64) {
	t.Helper()
	name := fmt.Sprintf("%d/%d : %d/%d", k1, n1, k2, n2)
	full, mid, less := exactFisher(k1, n1, k2, n2)
	if k1+k2 == 0 || k1+k2 == n1+n2 { // the only table: by convention certain
		mid = 1
	}
	for _, c := range []struct {
		what string
		want float64
		test func() (Test, error)
	}{
		{"mid-p", mid, func() (Test, error) { return FisherMidP(k1, n1, k2, n2) }},
		{"two-sided", full, func() (Test, error) { return Fisher(k1, n1, k2, n2, TwoSided) }},
		{"less", less, func() (Test, error) { return Fisher(k1, n1, k2, n2, Less) }},
		{"greater", less, func() (Test, error) { return Fisher(k2, n2, k1, n1, Greater) }},
	} {
		got, err := c.test()
		if err != nil {
			t.Fatal(name, err)
		}
		near(t, name+" "+c.what, got.P, c.want, 1e-12)
	}
}

// Every table of two groups of up to seven rows.
func TestFisherAllSmallTables(t *testing.T) {
	for n1 := int64(1); n1 <= 7; n1++ {
		for n2 := int64(1); n2 <= 7; n2++ {
			for k1 := int64(0); k1 <= n1; k1++ {
				for k2 := int64(0); k2 <= n2; k2++ {
					checkFisher(t, k1, n1, k2, n2)
				}
			}
		}
	}
}

// Random tables, and tails down to 1e-300.
func TestFisherExactly(t *testing.T) {
	for _, c := range [][4]int64{{600, 700, 90, 700}, {690, 700, 80, 700}, {0, 300, 900, 1000}, {500, 500, 0, 520}, {1, 2000, 600, 1000}} {
		checkFisher(t, c[0], c[1], c[2], c[3])
	}
	rapid.Check(t, func(r *rapid.T) {
		n1, n2 := rapid.Int64Range(1, 300).Draw(r, "n1"), rapid.Int64Range(1, 300).Draw(r, "n2")
		k1, k2 := rapid.Int64Range(0, n1).Draw(r, "k1"), rapid.Int64Range(0, n2).Draw(r, "k2")
		checkFisher(t, k1, n1, k2, n2)
	})
}

// Large tables: the sums carried out by mpmath 1.4.1 with 60 digits.
func TestFisherLarge(t *testing.T) {
	for _, c := range []struct {
		k1, n1, k2, n2 int64
		full, mid      float64
	}{
		{300700000, 1e9, 300000000, 1e9, 1.5816291870000599e-255, 1.5789970267103995e-255},
		{3, 1e9, 8, 1e9, 0.2265624987109375, 0.14599609274291992},
		{500000, 1e6, 525900, 1e6, 6.3509602512223646e-294, 6.0379616812763215e-294},
		{100, 1e6, 400, 1e6, 1.6227376554722211e-43, 1.0128173392653366e-43},
		{12, 20, 300000000, 1e9, 0.0059360845134809017, 0.004006443352309576},
		{1000, 1e6, 2600, 2e6, 7.3643683911327445e-13, 6.9099359706275392e-13},
		{250000, 1e6, 250001, 1e6, 1, 0.9986970632798861},
	} {
		full, err := Fisher(c.k1, c.n1, c.k2, c.n2, TwoSided)
		if err != nil {
			t.Fatal(err)
		}
		mid, err := FisherMidP(c.k1, c.n1, c.k2, c.n2)
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%d/%d : %d/%d ", c.k1, c.n1, c.k2, c.n2)
		near(t, name+"fisher", full.P, c.full, 1e-11)
		near(t, name+"mid-p", mid.P, c.mid, 1e-11)
	}
	h := hypergeometric{1e9, 1e9, 600050000} // above the switch, where only the core is exact
	full, mid := h.twoSided(300000000)
	near(t, "core fisher", full, 0.014701770234932989, 1e-11)
	near(t, "core mid-p", mid, 0.014699784946924943, 1e-11)
}

// Where the score test takes over, both agree to three digits: just above the
// rule's edge, at all sizes of effect and shapes of table.
func TestFisherSwitchAgrees(t *testing.T) {
	for _, rate := range []float64{0.001, 0.03, 0.3, 0.5, 0.9} {
		for _, share := range []float64{0.5, 0.1, 0.9} {
			for _, z := range []float64{0, 0.01, 0.3, 1, 1.5, 2, 2.5, 3, 3.5} {
				expected := 1.05 * asymptoticCount * max(1, math.Pow(z, 6))
				n := expected / min(rate, 1-rate) / min(share, 1-share)
				n1, n2 := math.Round(n*share), math.Round(n*(1-share))
				gap := z * math.Sqrt(rate*(1-rate)*(1/n1+1/n2))
				k1, k2 := math.Round(n1*(rate+gap*n2/n)), math.Round(n2*(rate-gap*n1/n))
				if n1+n2 > 1e13 {
					continue
				}
				got, err := FisherMidP(int64(k1), int64(n1), int64(k2), int64(n2))
				if err != nil || got.Method != MethodPooledZ {
					t.Fatalf("%v:%v at z=%v: %v %v, want the score test", rate, share, z, got, err)
				}
				_, mid := hypergeometric{n1, n2, k1 + k2}.twoSided(k1)
				near(t, fmt.Sprintf("rate %v share %v z %v", rate, share, z), got.P, mid, 5e-4)
			}
		}
	}
}

// The worked numbers of the four-fifths literature; LL144 example tables.
func TestFisherWorked(t *testing.T) {
	for _, c := range []struct {
		k1, n1, k2, n2         int64
		z, fisher, mid, chiP   float64
		fisherOnly, chiOmitted bool
	}{
		{555, 1181, 667, 1390, -0.501708519, 0.634486190, 0.620549916, 0.615872571, false, false},
		{170, 390, 412, 797, -2.623329742, 0.009430110, 0.008640114, 0.008707495, false, false},
		{95, 226, 215, 412, -2.453135580, 0.016287150, 0.014654230, 0.014161695, false, false},
		{7, 17, 215, 412, -0.890119459, 0.460537701, 0.394110709, 0.373401745, false, false},
		{14, 24, 21, 24, -2.273594240, 0.048991413, 0.028415981, 0, false, true},
		{10, 20, 20, 20, -3.651483717, 0.000435920, 0, 0, true, true},
		{3, 4, 1, 4, 1.414213562, 17. / 35, 0, 0, true, true},
	} {
		z, _ := PooledZ(c.k1, c.n1, c.k2, c.n2, TwoSided)
		full, _ := Fisher(c.k1, c.n1, c.k2, c.n2, TwoSided)
		mid, _ := FisherMidP(c.k1, c.n1, c.k2, c.n2)
		near(t, "z", z.Statistic, c.z, 2e-9)
		near(t, "fisher", full.P, c.fisher, 2e-6)
		if !c.fisherOnly {
			near(t, "mid-p", mid.P, c.mid, 1e-7)
		}
		if !c.chiOmitted {
			near(t, "p", z.P, c.chiP, 1e-7)
		}
	}
	if p, _ := Fisher(14, 24, 21, 24, Less); math.Abs(p.P-0.024495707) > 1e-9 {
		t.Errorf("promotion study, one-sided: %v", p.P)
	}
}

func TestFisherSymmetric(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n1, n2 := rapid.Int64Range(1, 100000).Draw(r, "n1"), rapid.Int64Range(1, 100000).Draw(r, "n2")
		k1, k2 := rapid.Int64Range(0, n1).Draw(r, "k1"), rapid.Int64Range(0, n2).Draw(r, "k2")
		p, _ := FisherMidP(k1, n1, k2, n2)
		rows, _ := FisherMidP(k2, n2, k1, n1)
		columns, _ := FisherMidP(n1-k1, n1, n2-k2, n2)
		near(t, "rows swapped", rows.P, p.P, 1e-10)
		near(t, "columns swapped", columns.P, p.P, 1e-10)
		if k := k1 + k2; k > 0 && k < n1+n2 {
			turned, _ := FisherMidP(k1, k, n1-k1, n1+n2-k)
			near(t, "rows and columns exchanged", turned.P, p.P, 1e-10)
		}
		if !(p.P > 0 || k1*n2 != k2*n1) || p.P > 1 {
			t.Fatalf("p = %v", p.P)
		}
	})
}

func BenchmarkFisherMidP(b *testing.B) {
	for _, c := range []struct {
		name   string
		k1, k2 int64
	}{{"near", 250000, 250400}, {"far", 250000, 260000}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				_, _ = FisherMidP(c.k1, 1e6, c.k2, 1e6)
			}
		})
	}
}
