package stat

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Draws against the exact law, whose logarithms come from math.Lgamma: margins
// on either side of every switch of method.
func TestHypergeometricDraws(t *testing.T) {
	rng := Generator(21, "hypergeometric")
	for _, c := range [][3]int64{
		{10, 4, 5}, {200, 1, 100}, {4000, 3, 2000}, {4000, 16, 2000}, {4000, 17, 2000}, {500, 400, 60}, {500, 60, 450}, {500, 480, 470},
		{100_000, 40, 30}, {100_000, 40, 40_000}, {100_000, 50_000, 50_000}, {100_000, 700, 900}, {1_000_000, 123_456, 13}, {3_000_000, 3162, 3162},
	} {
		rows, successes, n := c[0], c[1], c[2]
		const times = 100_000
		counts := map[int64]float64{}
		for range times {
			counts[Hypergeometric(rng, rows, successes, n)]++
		}
		choose := func(n, k int64) float64 {
			a, _ := math.Lgamma(float64(n + 1))
			b, _ := math.Lgamma(float64(k + 1))
			c, _ := math.Lgamma(float64(n - k + 1))
			return a - b - c
		}
		var chi, seen, want, inside float64
		df, rest := -1, 1.0
		last := min(n, successes)
		for k := max(0, n+successes-rows); k <= last; k++ {
			p := math.Exp(choose(successes, k) + choose(rows-successes, n-k) - choose(rows, n))
			seen, want, inside = seen+counts[k], want+p*times, inside+counts[k]
			if rest -= p; want >= 50 && rest*times >= 50 || k == last {
				chi += (seen - want) * (seen - want) / want
				df, seen, want = df+1, 0, 0
			}
		}
		if q := ChiSquareSF(chi, max(1, df)); q < 1e-4 || inside != times {
			t.Errorf("%v: chi-square %.1f with %d degrees of freedom, p %.2g; %v draws inside", c, chi, df, q, inside)
		}
	}
}

// The series that decides most draws holds the logarithm of the ratio itself,
// which comes from math.Lgamma, between its bounds.
func TestNearRatioBoundsTheRatio(t *testing.T) {
	choose := func(n, k float64) float64 {
		a, _ := math.Lgamma(n + 1)
		b, _ := math.Lgamma(k + 1)
		c, _ := math.Lgamma(n - k + 1)
		return a - b - c
	}
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.Int64Range(4*nearCell*nearCell, 4_000_000).Draw(t, "rows")
		successes, n := rapid.Int64Range(1, rows/2).Draw(t, "successes"), rapid.Int64Range(1, rows/2).Draw(t, "n")
		N, s, k := float64(rows), float64(successes), float64(n)
		mode := math.Floor((k + 1) * ((s + 1) / (N + 2)))
		by := math.Round(6 * rapid.Float64Range(-1, 1).Draw(t, "deviations") * math.Sqrt(mode+1))
		x := min(max(mode+by, 0), k, s)
		const rounding = 1e-7 // of differences of logarithms near 1e7
		d := newDealt(N, s, k, mode)
		low, high := d.near().ratio(x - mode)
		want := choose(s, x) + choose(N-s, k-x) - choose(s, mode) - choose(N-s, k-mode)
		if got := d.ratio(x); math.Abs(got-want) > rounding || low > want+rounding || high < want-rounding {
			t.Fatalf("dealt: %v, between %v and %v; want %v", got, low, high, want)
		}
		if p := s / N; mode >= 10 {
			mode = math.Floor((k + 1) * p)
			x = min(max(mode+by, 0), k)
			low, high = nearBinomial(k, p/(1-p), mode).ratio(x - mode)
			want = choose(k, x) - choose(k, mode) + (x-mode)*math.Log(p/(1-p))
			if got := binomialRatio(k, p/(1-p), mode, x); math.Abs(got-want) > rounding || low > want+rounding || high < want-rounding {
				t.Fatalf("binomial: %v, between %v and %v; want %v", got, low, high, want)
			}
		}
	})
}

// Billions of rows: the normal law, at a skewness below 1e-4.
func TestHypergeometricOfBillions(t *testing.T) {
	rng := Generator(22, "billions")
	const rows, times = int64(4_000_000_000), 50_000
	for _, c := range [][2]int64{{2_000_000_000, 1_000_000_000}, {3_500_000_000, 3_000_000_000}, {500_000_000, 700_000_000}} {
		p, share := float64(c[0])/float64(rows), float64(c[1])/float64(rows)
		mean := float64(c[1]) * p
		sd := math.Sqrt(mean * (1 - p) * (1 - share))
		draws := make([]float64, times)
		for i := range draws {
			draws[i] = (float64(Hypergeometric(rng, rows, c[0], c[1])) - mean) / sd
		}
		normalDraws(t, c, draws)
	}
}

// The first draws are part of what an audit's numbers are.
func TestFirstDeals(t *testing.T) {
	rng := Generator(1, "golden")
	var got []int64
	for _, c := range [][3]int64{{20, 5, 9}, {4000, 2, 2000}, {4000, 300, 2000}, {1_000_000, 400_000, 900_000}, {4_000_000_000, 1_000_000_000, 2_000_000_000}} {
		for range 3 {
			got = append(got, Hypergeometric(rng, c[0], c[1], c[2]))
		}
	}
	if want := []int64{3, 2, 2, 2, 1, 1, 155, 148, 159, 359926, 360037, 359813, 499999383, 500000318, 500039346}; !slices.Equal(got, want) {
		t.Errorf("hypergeometric draws %v, want %v", got, want)
	}
}

// world draws rows of one population into tables of two sides: of so many people
// with so many rows each, which are all of one category.
func world(rng *rand.Rand, shape string, people, rows int) (ref, cur [][]int64) {
	k := map[string]int{"dense": 10, "sparse": 150, "zipf": 150, "rare": 1000}[shape]
	draw := func() int { return rng.IntN(k) }
	if shape == "zipf" {
		z := rand.NewZipf(rng, 1.6, 1, uint64(k-1))
		draw = func() int { return int(z.Uint64()) }
	}
	side := func(n int) [][]int64 {
		out := make([][]int64, 64)
		for g := range out {
			out[g] = make([]int64, k)
		}
		for range n {
			out[rng.IntN(64)][draw()] += int64(rows)
		}
		return out
	}
	return side(people), side(people)
}

func sumShards(table [][]int64) []int64 {
	out := make([]int64, len(table[0]))
	for _, row := range table {
		for i, c := range row {
			out[i] += c
		}
	}
	return out
}

// When nothing changed a test rejects in one of twenty at most, and the interval
// leaves 0 as rarely, however few rows the categories have; also where the rows
// are people's, three each.
func TestUnchangedTablesDoNotAlarm(t *testing.T) {
	const seeds = 200
	most := 0.05 + 2*math.Sqrt(0.05*0.95/seeds)
	psi := func(d Distances) float64 { return d.PSI }
	tv := func(d Distances) float64 { return d.TotalVariation }
	for _, shape := range []string{"dense", "sparse", "zipf", "rare"} {
		for _, rows := range []int{1, 3} {
			alarms, left := map[string]float64{}, map[string]float64{}
			for seed := range uint64(seeds) {
				rng := Generator(seed, shape, fmt.Sprint(rows))
				x, y := world(rng, shape, 300/rows, rows)
				ref, cur := sumShards(x), sumShards(y)
				value, _ := Compare(ref, cur, 1e-4)
				var none, again Resamples
				if rows == 1 {
					none, again = Unchanged(rng, ref, cur, 1e-4, 99, nil), Again(rng, ref, cur, 1e-4, 99, nil)
				} else {
					d, err := TableDesign(x, y)
					if err != nil {
						t.Fatal(err)
					}
					none, again = UnchangedClustered(rng, ref, cur, d, 1e-4, 99, nil), AgainClustered(rng, ref, cur, d, 1e-4, 99, nil)
				}
				for name, of := range map[string]func(Distances) float64{"psi": psi, "tv": tv, "chi": func(d Distances) float64 { return d.ChiSquare }} {
					v := of(value)
					if none.Of(of, nil).Null(v).P <= 0.05 {
						alarms[name]++
					}
					if again.Of(of, nil).AroundChange(none.Of(of, nil), v, 0.05, name != "tv").Low > 0 {
						left[name]++
					}
				}
			}
			for name := range alarms {
				if alarms[name]/seeds > most {
					t.Errorf("%s, %d rows each: %s alarms in %v of %d", shape, rows, name, alarms[name], seeds)
				}
			}
			for name := range left {
				if left[name]/seeds > most {
					t.Errorf("%s, %d rows each: the interval of %s leaves 0 in %v of %d", shape, rows, name, left[name], seeds)
				}
			}
		}
	}
}
