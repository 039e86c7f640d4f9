package stat

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// alone puts each household in a shard of its own: first all of one age, then
// all of the other, as rows (redeemed, offers, households).
func alone(first, second [][3]int64) (a, b []Shard) {
	for _, rows := range [][][3]int64{first, second} {
		for _, r := range rows {
			for range r[2] {
				a, b = append(a, Shard{}), append(b, Shard{})
				if s := (Shard{r[0], r[1]}); len(first) > 0 {
					a[len(a)-1] = s
				} else {
					b[len(b)-1] = s
				}
			}
		}
		first = nil
	}
	return a, b
}

// The jackknife over single households against statsmodels' clustered standard
// errors, which are the same to first order in the number of households.
func TestJackknifeAgainstOracle(t *testing.T) {
	for _, c := range oracles(t, "clustered") {
		for age, want := range c.RateSE {
			a, b := alone(c.Households[age], c.Households["45-54"])
			rate, err := ClusteredRate(a)
			if err != nil {
				t.Fatal(err)
			}
			near(t, age+" rate", math.Sqrt(rate.Variance), want, 0.03)
			if age == "45-54" {
				continue
			}
			gap, err := ClusteredDifference(a, b)
			if err != nil {
				t.Fatal(err)
			}
			near(t, age+" difference", math.Sqrt(gap.Variance), c.DifferenceSE[age], 0.03)
			ratio, err := ClusteredLogRatio(a, b)
			if err != nil {
				t.Fatal(err)
			}
			p, _ := ClusteredRate(a)
			q, _ := ClusteredRate(b)
			se := math.Sqrt(p.Variance/p.Estimate/p.Estimate + q.Variance/q.Estimate/q.Estimate)
			near(t, age+" log ratio", math.Sqrt(ratio.Variance), se, 0.01)
		}
	}
}

// With one row per person the jackknife is the binomial variance n/(n-1)-fold,
// and the interval is nearly the plain one.
func TestPeopleOfOneRow(t *testing.T) {
	shards := make([]Shard, 1000)
	for i := range shards {
		shards[i] = Shard{K: int64(min(1, max(0, 300-i))), N: 1}
	}
	rate, err := ClusteredRate(shards)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "variance", rate.Variance, 0.3*0.7/999, 1e-9)
	got, _ := WilsonClustered(People{Shards: shards}, 0.05)
	want, _ := Wilson(300, 1000, 0.05)
	near(t, "low", got.Low, want.Low, 2e-3)
	near(t, "high", got.High, want.High, 2e-3)
}

// A person whose ten rows are all alike is one observation.
func TestPeopleOfTenEqualRows(t *testing.T) {
	a, b := make([]Shard, 400), make([]Shard, 400)
	for i := range a {
		a[i] = Shard{K: 10 * int64(i&1), N: 10}
		if i%10 < 3 {
			b[i] = Shard{K: 10, N: 10}
		} else {
			b[i] = Shard{K: 0, N: 10}
		}
	}
	if deff, err := DesignEffect(a); err != nil || math.Abs(deff-10) > 0.05 {
		t.Errorf("design effect %v %v, want 10", deff, err)
	}
	got, err := WilsonClustered(People{Shards: a}, 0.05)
	want, _ := Wilson(200, 400, 0.05)
	if err != nil || math.Abs(got.Low-want.Low) > 1e-3 {
		t.Errorf("%v %v, want about %v", got, err, want)
	}
	none := People{Shards: make([]Shard, 64), Subjects: 320}
	for i := range none.Shards {
		none.Shards[i].N = 50
	}
	got, err = WilsonClustered(none, 0.05)
	want, _ = Wilson(0, 320, 0.05)
	if err != nil || got.Low != 0 || got.High < want.High || got.High > 1.05*want.High {
		t.Errorf("nobody of 320 people: %v %v, want about %v", got, err, want)
	}
	if _, err := DesignEffect(none.Shards); !errors.Is(err, ErrNoVariation) {
		t.Errorf("design effect at rate 0: %v", err)
	}
}

func TestPeopleReasons(t *testing.T) {
	one := []Shard{{3, 10}, {0, 0}}
	two := []Shard{{3, 10}, {2, 9}}
	if _, err := ClusteredRate(one); !errors.Is(err, ErrFewShards) {
		t.Errorf("one shard: %v", err)
	}
	if _, err := WilsonClustered(People{}, 0.05); !errors.Is(err, ErrNoRows) {
		t.Errorf("no shards: %v", err)
	}
	if _, err := ClusteredDifference(two, two[:1]); !errors.Is(err, ErrShards) {
		t.Errorf("unequal shards: %v", err)
	}
	if _, err := ClusteredLogRatio(two, []Shard{{0, 4}, {0, 4}}); !errors.Is(err, ErrZeroCell) {
		t.Errorf("log of 0: %v", err)
	}
	if _, err := ClusteredRate([]Shard{{3, 2}, {1, 1}}); !errors.Is(err, ErrCounts) {
		t.Errorf("k > n: %v", err)
	}
	same, _ := ClusteredDifference(two, two)
	if _, err := same.TTest(0, TwoSided); !errors.Is(err, ErrNoVariation) {
		t.Errorf("a group against itself: %v", err)
	}
	if i, err := NewcombeClustered(People{Shards: two}, People{Shards: two}, 0.05); err != nil || !(i.Low < 0 && i.High > 0) {
		t.Errorf("a group against itself: %v %v", i, err)
	}
}

// simulate deals people with ten rows each, who answer alike with probability
// 1/2 and independently otherwise, to 64 shards.
func simulate(r *rand.Rand, people int, rate float64) People {
	g := People{Shards: make([]Shard, 64), Subjects: int64(people)}
	draw := func() int64 {
		if r.Float64() < rate {
			return 1
		}
		return 0
	}
	for range people {
		s := &g.Shards[r.IntN(64)]
		s.N += 10
		if first := draw(); r.IntN(2) == 0 {
			s.K += 10 * first
			continue
		}
		for range 10 {
			s.K += draw()
		}
	}
	return g
}

// At exact parity the clustered tests keep their size and the intervals their
// coverage, within three standard errors, where tests on rows are wrong in
// about half of all cases.
func TestPeopleCoverage(t *testing.T) {
	const runs, people, rate = 1500, 200, 0.2
	r := rand.New(rand.NewPCG(6, 6))
	limit := decimal(t, "0.2")
	var score, wald, level, rows, wilson, newcombe, koopman float64
	count := func(sum *float64, is bool) {
		if is {
			*sum += 1.0 / runs
		}
	}
	for range runs {
		a, b := simulate(r, people, rate), simulate(r, 3*people, rate)
		s, err1 := ScoreTestClustered(a, b, TwoSided)
		c, err2 := ClusteredDifference(a.Shards, b.Shards)
		w, err3 := c.TTest(0, TwoSided)
		l, err4 := LevelTestClustered(a, limit, TwoSided)
		i, err5 := WilsonClustered(a, 0.05)
		n, err6 := NewcombeClustered(a, b, 0.05)
		k, err7 := KoopmanClustered(a, b, 0.05)
		if err := errors.Join(err1, err2, err3, err4, err5, err6, err7); err != nil {
			t.Fatal(err)
		}
		p, _ := replicate(a.Shards)
		q, _ := replicate(b.Shards)
		plain, _ := pooledZ(p.rate*float64(p.rows), float64(p.rows), q.rate*float64(q.rows), float64(q.rows))
		count(&rows, math.Abs(plain) > 1.96)
		count(&score, s.P < 0.05)
		count(&wald, w.P < 0.05)
		count(&level, l.P < 0.05)
		count(&wilson, i.Low > rate || i.High < rate)
		count(&newcombe, n.Low > 0 || n.High < 0)
		count(&koopman, k.Low > 1 || k.High < 1)
	}
	t.Logf("errors: score %.3f wald %.3f level %.3f wilson %.3f newcombe %.3f koopman %.3f, rows %.3f", score, wald, level, wilson, newcombe, koopman, rows)
	for name, got := range map[string]float64{"score": score, "wald": wald, "level": level, "wilson": wilson, "newcombe": newcombe, "koopman": koopman} {
		if math.Abs(got-0.05) > 3*math.Sqrt(0.05*0.95/runs) {
			t.Errorf("%s errs in %.3f of the cases, want .05", name, got)
		}
	}
	if rows < 0.3 {
		t.Errorf("the test on rows errs in %.3f of the cases only", rows)
	}
}
