package stat

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Cells of two groups: successes and failures of the first, then of the second.
func firstRate(c []int64) (float64, bool) {
	n := c[0] + c[1]
	return float64(c[0]) / float64(n), n > 0
}

func rateRatio(c []int64) (float64, bool) {
	n, m := c[0]+c[1], c[2]+c[3]
	return float64(c[0]) / float64(n) / (float64(c[2]) / float64(m)), n > 0 && m > 0 && c[2] > 0
}

func rateDifference(c []int64) (float64, bool) {
	n, m := c[0]+c[1], c[2]+c[3]
	return float64(c[0])/float64(n) - float64(c[2])/float64(m), n > 0 && m > 0
}

// scipy.stats.bootstrap 1.17.1, method BCa, on the rows, paired, 200,000 draws.
func TestBCaAgainstSciPy(t *testing.T) {
	for _, c := range []struct {
		cells     []int64
		metric    Metric
		low, high float64
		within    float64 // noise of the draws, or one step of a rate
	}{
		{[]int64{3, 17, 0, 0}, firstRate, .05, .35, 1e-12},
		{[]int64{30, 70, 0, 0}, firstRate, .22, .40, .0101},
		{[]int64{200, 800, 0, 0}, firstRate, .176, .226, .0011},
		{[]int64{30, 70, 45, 75}, rateRatio, .53833, 1.16996, .015},
		{[]int64{30, 70, 45, 75}, rateDifference, -.19824, .05243, .004},
		{[]int64{12, 138, 40, 160}, rateRatio, .20331, .73077, .015},
		{[]int64{12, 138, 40, 160}, rateDifference, -.19030, -.04880, .004},
	} {
		got, err := Bootstrap{Seed: 1, Times: 20_000}.Table(c.cells, c.metric)
		if err != nil {
			t.Fatal(err)
		}
		i, err := got[0].BCa(0.05)
		if err != nil || math.Abs(i.Low-c.low) > c.within || math.Abs(i.High-c.high) > c.within {
			t.Errorf("%v: %v %v, want [%v, %v]", c.cells, i, err, c.low, c.high)
		}
	}
}

// A rate has the skewness of the binomial distribution: the jackknife gives a
// sixth of it, (1-2p)/(6·√(np(1-p))), and its draws are binomial, so that the
// interval is known in closed form but for the noise of the draws.
func TestBCaOfRateClosedForm(t *testing.T) {
	const k, n, times = 60, 400, 40_000
	got, _ := Bootstrap{Seed: 2, Times: times}.Table([]int64{k, n - k}, firstRate)
	p := float64(k) / n
	a := (1 - 2*p) / (6 * math.Sqrt(n*p*(1-p)))
	near(t, "acceleration", got[0].Acceleration, a, 1e-9)
	cdf := func(x float64) float64 { return 1 - math.Exp(logBeta(x+1, n-x, p, 1-p).log) }
	z0 := -NormalUpper((cdf(k-1) + cdf(k)) / 2)
	i, err := got[0].BCa(0.05)
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []struct{ z, got float64 }{{-1.959964, i.Low}, {1.959964, i.High}} {
		level := NormalSF(-z0 - (z0+end.z)/(1-a*(z0+end.z)))
		noise := 5 * math.Sqrt(level*(1-level)/times)
		x := math.Round(end.got * n)
		if cdf(x-1) > level+noise || cdf(x) < level-noise {
			t.Errorf("limit %v is no quantile at %v", end.got, level)
		}
	}
}

// The definition of the row bootstrap, rows drawn one by one, has the same
// distribution as the tables drawn at once.
func TestTableIsTheRowBootstrap(t *testing.T) {
	cells := []int64{9, 21, 14, 16}
	const times = 20_000
	got, _ := Bootstrap{Seed: 3, Times: times}.Table(cells, rateDifference)
	rows := make(Draws, times)
	rng := Generator(3, "rows")
	for i := range rows {
		drawn := make([]int64, len(cells))
		for range 60 {
			switch row := rng.IntN(60); {
			case row < 9:
				drawn[0]++
			case row < 30:
				drawn[1]++
			case row < 44:
				drawn[2]++
			default:
				drawn[3]++
			}
		}
		rows[i], _ = rateDifference(drawn)
	}
	rows.sorted()
	for _, q := range []float64{.01, .1, .25, .5, .75, .9, .99} {
		if a, b := rows.Quantile(q), got[0].Draws.Quantile(q); math.Abs(a-b) > .012 {
			t.Errorf("quantile %v: %v by rows, %v by tables", q, a, b)
		}
	}
}

func TestBootstrapDoesNotDependOnWorkers(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		cells := rapid.SliceOfN(rapid.Int64Range(0, 1e6), 4, 4).Draw(r, "cells")
		times := rapid.IntRange(1, 1200).Draw(r, "times")
		b := Bootstrap{Seed: rapid.Uint64().Draw(r, "seed"), Use: []string{"x"}, Times: times, Workers: 1}
		one, err := b.Table(cells, rateRatio, rateDifference, spread)
		b.Workers = rapid.IntRange(2, 9).Draw(r, "workers")
		many, err2 := b.Table(cells, rateRatio, rateDifference, spread)
		if !errors.Is(err, err2) {
			r.Fatal(err, err2)
		}
		for i := range one {
			if !slices.Equal(one[i].Draws, many[i].Draws) || one[i].Undefined != many[i].Undefined || one[i].Acceleration != many[i].Acceleration {
				r.Fatalf("metric %d differs between 1 and %d workers", i, b.Workers)
			}
			if n := len(one[i].Draws) + one[i].Undefined; n != times {
				r.Fatalf("%d draws of %d", n, times)
			}
			for _, f := range []func(float64) (Interval, error){one[i].BCa, one[i].Distance, one[i].Divergence} {
				if got, err := f(0.05); math.IsNaN(got.Low) || math.IsNaN(got.High) || got.Low > got.High || (err == nil) != (got.Method != "") {
					r.Fatal(got, err)
				}
			}
		}
	})
}

// Shares of samples whose 95 % interval holds the true number: two standard
// errors of a share are about two points. Where two groups may turn out to be
// the highest, or category differences change sign, it is a little less.
func TestBootstrapCoverage(t *testing.T) {
	const samples, times = 300, 200
	groups := func(rates ...int64) []int64 {
		var cells []int64
		for _, r := range rates {
			cells = append(cells, r, 1000-r)
		}
		return cells
	}
	for _, c := range []struct {
		name   string
		metric Metric
		shares []int64
		n      int64
		within func(Bootstrapped, float64) (Interval, error)
		least  float64
	}{
		{"rate", firstRate, groups(300), 200, Bootstrapped.BCa, .92},
		{"difference", rateDifference, groups(200, 400), 300, Bootstrapped.BCa, .92},
		{"ratio", rateRatio, groups(200, 400), 300, Bootstrapped.BCa, .92},
		{"spread at parity", spread, groups(300, 300, 300, 300, 300, 300, 300), 1400, Bootstrapped.Distance, .97},
		{"small spread", spread, groups(300, 350, 300, 300, 300, 325, 300), 1400, Bootstrapped.Distance, .89},
		{"large spread", spread, groups(300, 600, 300, 300, 300, 450, 300), 1400, Bootstrapped.Distance, .89},
		{"no variation distance", variation, groups(100, 100), 1000, Bootstrapped.Distance, .97},
		{"variation distance", variation, []int64{100, 100, 100, 100, 130, 130, 70, 70}, 1000, Bootstrapped.Distance, .89},
		{"no stability index", stabilityIndex, []int64{100, 100, 100, 100, 100, 100, 100, 100}, 1000, Bootstrapped.Divergence, .97},
		{"stability index", stabilityIndex, []int64{100, 100, 100, 100, 150, 150, 50, 50}, 1000, Bootstrapped.Divergence, .92},
	} {
		truth, _ := c.metric(c.shares)
		rng, cells, held := Generator(5, c.name), make([]int64, len(c.shares)), 0
		for s := range samples {
			Multinomial(rng, c.n, c.shares, cells)
			got, _ := Bootstrap{Seed: uint64(s), Times: times, Workers: 1}.Table(cells, c.metric)
			if i, err := c.within(got[0], 0.05); err == nil && i.Low <= truth && truth <= i.High {
				held++
			}
		}
		share := float64(held) / samples
		t.Logf("%s: %.3f", c.name, share)
		if share < c.least {
			t.Errorf("%s: %.3f of 95 %% intervals hold the true number %v", c.name, share, truth)
		}
	}
}

// The first half of the cells against the second.
func variation(c []int64) (float64, bool) {
	d, err := Compare(c[:len(c)/2], c[len(c)/2:], 1e-4)
	return d.TotalVariation, err == nil
}

func stabilityIndex(c []int64) (float64, bool) {
	d, err := Compare(c[:len(c)/2], c[len(c)/2:], 1e-4)
	return d.PSI, err == nil
}

// spread is the largest rate less the smallest.
func spread(c []int64) (float64, bool) {
	low, high := 1.0, 0.0
	for i := 0; i < len(c); i += 2 {
		n := c[i] + c[i+1]
		if n == 0 {
			return 0, false
		}
		p := float64(c[i]) / float64(n)
		low, high = min(low, p), max(high, p)
	}
	return high - low, true
}

// People of ten rows each with one outcome: the variance of a rate is ten times
// that of the rows.
func TestShardsFollowPeople(t *testing.T) {
	shards := make([][]int64, 64)
	rng := Generator(6, "people")
	for i := range shards {
		shards[i] = make([]int64, 2)
		for range 20 {
			if rng.Float64() < .3 {
				shards[i][0] += 10
			} else {
				shards[i][1] += 10
			}
		}
	}
	people, err := Bootstrap{Seed: 1, Times: 4000}.Shards(shards, firstRate)
	if err != nil {
		t.Fatal(err)
	}
	table := make([]int64, 2)
	list := make([]Shard, 0, 64)
	for _, s := range shards {
		addCells(table, s, 1)
		list = append(list, Shard{s[0], s[0] + s[1]})
	}
	rows, _ := Bootstrap{Seed: 1, Times: 4000}.Table(table, firstRate)
	width := func(b Bootstrapped) float64 {
		i, err := b.BCa(0.05)
		if err != nil {
			t.Fatal(err)
		}
		return i.High - i.Low
	}
	if ratio := width(people[0]) / width(rows[0]); ratio < 2.6 || ratio > 3.9 {
		t.Errorf("people's interval is %v times as wide as that of rows, want about √10", ratio)
	}
	jack, _ := ClusteredRate(list)
	if sd := (width(people[0]) / 2 / 1.96) / math.Sqrt(jack.Variance); math.Abs(sd-1) > .08 {
		t.Errorf("standard error is %v times that of the jackknife", sd)
	}
}

func TestBootstrapReasons(t *testing.T) {
	b := Bootstrap{Times: 1000}
	one := func(cells []int64, m Metric) error {
		got, err := b.Table(cells, m)
		if err != nil {
			return err
		}
		_, err = got[0].BCa(0.05)
		return err
	}
	for _, c := range []struct {
		cells []int64
		m     Metric
		want  error
	}{
		{[]int64{0, 0, 0, 0}, rateRatio, ErrNoRows},
		{[]int64{1, -1, 0, 0}, rateRatio, ErrCounts},
		{[]int64{1 << 53, 1, 0, 0}, rateRatio, ErrTooLarge},
		{[]int64{5, 5, 0, 5}, rateRatio, ErrNotDefined},
		{[]int64{50, 50, 1, 50}, rateRatio, ErrUnstable},
		{[]int64{50, 0, 0, 50}, rateDifference, ErrNoVariation},
		{[]int64{5000, 5000, 5000, 5000}, spread, ErrOneSide},
		{[]int64{50, 50, 40, 60}, rateRatio, nil},
		{[]int64{1e9, 1e9, 20, 1e9}, rateDifference, nil},
	} {
		if err := one(c.cells, c.m); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.cells, err, c.want)
		}
	}
	signed, _ := b.Table([]int64{50, 50, 40, 60}, rateDifference)
	if _, err := signed[0].Distance(0.05); !errors.Is(err, ErrNegative) {
		t.Error(err)
	}
	if _, err := signed[0].Divergence(0.05); !errors.Is(err, ErrNegative) {
		t.Error(err)
	}
	parity, _ := b.Table([]int64{500, 500, 500, 500}, spread)
	if i, err := parity[0].Distance(0.05); err != nil || i.Low != 0 || !(i.High > 0) {
		t.Errorf("distance 0: %v %v", i, err)
	}
	got, _ := Bootstrap{Times: 30}.Table([]int64{50, 50}, firstRate)
	if _, err := got[0].BCa(0.05); !errors.Is(err, ErrFewDraws) {
		t.Error(err)
	}
	if _, err := got[0].BCa(0); !errors.Is(err, ErrAlpha) {
		t.Error(err)
	}
	none, _ := Bootstrap{}.Table([]int64{50, 50}, firstRate)
	if _, err := none[0].BCa(0.05); !errors.Is(err, ErrFewDraws) {
		t.Error(err)
	}
	shards := make([][]int64, 64)
	for i := range shards {
		shards[i] = []int64{0, 0}
	}
	if _, err := b.Shards(shards, firstRate); !errors.Is(err, ErrNoRows) {
		t.Error(err)
	}
	for i := range 19 {
		shards[i][i%2] = 3
	}
	if _, err := b.Shards(shards, firstRate); !errors.Is(err, ErrThinShards) {
		t.Error(err)
	}
	shards[63] = []int64{1}
	if _, err := b.Shards(shards, firstRate); !errors.Is(err, ErrShards) {
		t.Error(err)
	}
	if _, err := b.Shards(nil); !errors.Is(err, ErrNoRows) {
		t.Error(err)
	}
}

// All gated metrics of one audit: seven groups by decision by label, 60 metrics,
// 10,000 draws, from a small log and from a large one.
func BenchmarkBootstrap(b *testing.B) {
	for _, scale := range []int64{1, 1000, 1_000_000} {
		cells := make([]int64, 28)
		for i := range cells {
			cells[i] = scale * int64(20+7*i)
		}
		var metrics []Metric
		for g := range 20 {
			metrics = append(metrics, spread, func(c []int64) (float64, bool) {
				return rateRatio(c[4*(g%6) : 4*(g%6)+8])
			}, func(c []int64) (float64, bool) { return rateDifference(c[4*(g%6) : 4*(g%6)+8]) })
		}
		b.Run(fmt.Sprintf("x%d", scale), func(b *testing.B) {
			for b.Loop() {
				out, err := Bootstrap{Seed: 1, Times: 10_000}.Table(cells, metrics...)
				if err != nil {
					b.Fatal(err)
				}
				for _, o := range out {
					_, _ = o.BCa(0.05)
				}
			}
		})
	}
}
