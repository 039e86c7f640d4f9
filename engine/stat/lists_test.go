package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func listOf(offered []int64, shown ...int32) Listed {
	l := Listed{Shown: shown, Offered: offered}
	for i := range shown {
		l.Places = append(l.Places, int64(i+1))
	}
	return l
}

// orders calls f for every distinct order of a pool.
func orders(offered []int64, f func([]int32)) {
	left, shown := append([]int64(nil), offered...), []int32(nil)
	var next func()
	next = func() {
		done := true
		for g := range left {
			if left[g] == 0 {
				continue
			}
			done = false
			left[g]--
			shown = append(shown, int32(g))
			next()
			shown = shown[:len(shown)-1]
			left[g]++
		}
		if done {
			f(shown)
		}
	}
	next()
}

// What data/README.md §8 gives for eight candidates: one per group is a constant; of
// two each there are 2,520 orders, mean .598774, sd .077765, range .510963 to .803481; of
// four each 70, mean .257502. Each order is as likely, as all have as many
// permutations.
func TestNDKLOfEight(t *testing.T) {
	for _, c := range []struct {
		offered             []int64
		orders              int
		mean, sd, low, high float64
	}{
		{[]int64{1, 1, 1, 1, 1, 1, 1, 1}, 40320, 1.029942, 0, 1.029942, 1.029942},
		{[]int64{2, 2, 2, 2}, 2520, 0.598774, 0.077765, 0.510963, 0.803481},
		{[]int64{4, 4}, 70, 0.257502, math.NaN(), math.NaN(), math.NaN()},
	} {
		n, sum, squares, low, high := 0, 0.0, 0.0, math.Inf(1), 0.0
		orders(c.offered, func(shown []int32) {
			v := listOf(c.offered, shown...).NDKL()
			n, sum, squares, low, high = n+1, sum+v, squares+v*v, min(low, v), max(high, v)
		})
		mean := sum / float64(n)
		sd := math.Sqrt(max(0, squares/float64(n)-mean*mean))
		for _, x := range [][2]float64{{mean, c.mean}, {sd, c.sd}, {low, c.low}, {high, c.high}} {
			if math.Abs(x[0]-x[1]) > 1e-6 {
				t.Errorf("%v: %v, want %v", c.offered, x[0], x[1])
			}
		}
		var chance ListChance
		if exact, ok := chance.NDKL(c.offered, 8); n != c.orders || !ok || math.Abs(exact-mean) > 1e-12 {
			t.Errorf("%v: %d orders, chance %v, mean of all %v", c.offered, n, exact, mean)
		}
	}
}

// Short lists, and groups of unequal sizes: the exact mean is that over all orders.
func TestNDKLChance(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		offered := rapid.SliceOfN(rapid.Int64Range(0, 3), 1, 3).Draw(rt, "offered")
		all := Listed{Offered: offered}.offered()
		if all == 0 {
			return
		}
		shown := rapid.Int64Range(1, all).Draw(rt, "shown")
		n, sum := 0, 0.0
		orders(offered, func(order []int32) {
			n, sum = n+1, sum+listOf(offered, order[:shown]...).NDKL()
		})
		var chance ListChance
		if got, ok := chance.NDKL(offered, int(shown)); !ok || math.Abs(got-sum/float64(n)) > 1e-12 {
			rt.Fatalf("%v, %d shown: %v, want %v", offered, shown, got, sum/float64(n))
		}
	})
}

// By hand: (a a b b) of two each. KL of the prefixes: ln 2, ln 2, (2/3) ln (4/3) +
// (1/3) ln (2/3), 0. Prefix 2 has no b where 1 is asked for, no other lacks any: half of
// 3 is 1. Attention 1, 1, 1/log2 3, 1/2.
func TestListByHand(t *testing.T) {
	l := listOf([]int64{2, 2}, 0, 0, 1, 1)
	log2 := math.Log2
	third := 2./3*math.Log(4./3) + 1./3*math.Log(2./3)
	want := (math.Ln2 + math.Ln2/log2(3) + third/2) / (1 + 1/log2(3) + 1./2 + 1/log2(5))
	if got := l.NDKL(); math.Abs(got-want) > 1e-15 {
		t.Errorf("NDKL %v, want %v", got, want)
	}
	if index, count := l.Infeasible(); index != 1 || count != 1 {
		t.Errorf("infeasible %d, %d", index, count)
	}
	p := 2 / (2.5 + 1/log2(3))
	m, n := (p+.5)/2, (1-p+.5)/2
	jsd := (p*math.Log(p/m) + (1-p)*math.Log((1-p)/n) + .5*math.Log(.5/m) + .5*math.Log(.5/n)) / 2
	if got := l.AWRF(0); math.Abs(got-(1-jsd)) > 1e-15 {
		t.Errorf("AWRF %v, want %v", got, 1-jsd)
	}
	if got, want := l.AWRF(2), 1-(math.Log(1/.75)+.5*math.Log(.5/.75)+.5*math.Log(.5/.25))/2; math.Abs(got-want) > 1e-15 {
		t.Errorf("AWRF of the first two %v, want %v", got, want)
	}
	// Of two each of three, prefixes 3 and 4 ask for one of each and have no c.
	if index, count := listOf([]int64{2, 2, 2}, 0, 0, 1, 1, 2, 2).Infeasible(); index != 2 || count != 2 {
		t.Errorf("infeasible %d, %d of three groups", index, count)
	}
}

func TestListChanceIsBounded(t *testing.T) {
	var chance ListChance
	if _, ok := chance.NDKL([]int64{MaxChance, 1}, 5); ok {
		t.Error("a pool beyond MaxChance has a chance level")
	}
}
