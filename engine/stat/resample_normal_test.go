package stat

import (
	"math"
	"testing"
)

// From manyRows on, draws of the normal law stand where draws of the laws
// themselves do: of those 5 in 100 lie beyond the normal draws' 95 % value, and
// 2.5 in 100 on either side of what holds 95 of them.
func TestNormalTablesAreDrawnAsTheirOwnLaw(t *testing.T) {
	const times = 20_000
	for _, shares := range [][2][]int64{
		{{1100, 2300}, {1300, 2500}},
		{{1010, 1010, 4000, 90_000, 1500, 0}, {5000, 2000, 1200, 70_000, 1100, 0}},
	} {
		ref, cur := shares[0], shares[1]
		n, m, k := int64(total(ref)), int64(total(cur)), len(ref)
		pooled, x, y := make([]int64, k), make([]int64, k), make([]int64, k)
		for i := range ref {
			pooled[i] = ref[i] + cur[i]
		}
		rng := Generator(11, "normal tables")
		none, ok := normalSides(rng, pooled, float64(n), float64(m), 1e-4, times, nil)
		again, fine := normalAgain(rng, ref, cur, float64(n), float64(m), 1e-4, times, nil)
		if !ok || !fine {
			t.Fatal("the tables are taken for small ones")
		}
		dealt, redrawn := make(Resamples, times), make(Resamples, times)
		for i := range times {
			copy(y, pooled)
			deal(rng, y, n, x)
			dealt[i], _ = Compare(x, y, 1e-4)
			Multinomial(rng, n, ref, x)
			Multinomial(rng, m, cur, y)
			redrawn[i], _ = Compare(x, y, 1e-4)
		}
		for name, of := range map[string]func(Distances) float64{
			"psi": func(d Distances) float64 { return d.PSI }, "chi": func(d Distances) float64 { return d.ChiSquare },
			"largest": func(d Distances) float64 { return d.LInfinity },
		} {
			beyond := func(exact, normal Scatter, q, want float64) {
				got := exact.P(normal.Quantile(q))
				if slack := 6 * math.Sqrt(2*want*(1-want)/times); math.Abs(got-want) > slack+0.005 { // and of whole rows
					t.Errorf("%d categories, %s: %v beyond the %v point", k, name, got, q)
				}
			}
			beyond(dealt.Of(of, nil), none.Of(of, nil), 0.5, 0.5)
			beyond(dealt.Of(of, nil), none.Of(of, nil), 0.95, 0.05)
			beyond(redrawn.Of(of, nil), again.Of(of, nil), 0.025, 0.975)
			beyond(redrawn.Of(of, nil), again.Of(of, nil), 0.975, 0.025)
		}
	}
}

// A category of few rows, or a side that is to get few, is drawn exactly.
func TestFewRowsAreNotNormal(t *testing.T) {
	rng := Generator(1)
	for _, c := range []struct {
		pooled []int64
		n, m   float64
		want   bool
	}{
		{[]int64{50_000, 50_000}, 50_000, 50_000, true},
		{[]int64{98_100, 1900}, 50_000, 50_000, false},
		{[]int64{50_000, 50_000}, 98_100, 1900, false},
		{[]int64{50_000, 50_000}, 1900, 98_100, false},
		{[]int64{50_000, 0, 50_000}, 50_000, 50_000, true},
	} {
		if _, got := normalSides(rng, c.pooled, c.n, c.m, 1e-4, 1, nil); got != c.want {
			t.Errorf("%v: %v", c, got)
		}
	}
}
