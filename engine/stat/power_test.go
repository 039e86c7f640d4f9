package stat

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// statsmodels 0.15.0, power_proportions_2indep, one-sided at .025: its two-sided
// power adds the rejections in the wrong direction.
func TestPowerAgainstOracle(t *testing.T) {
	for _, c := range []struct{ p1, n1, p2, n2, want float64 }{
		{.4, 388, .5, 388, 0.8006711510376865},
		{.16, 1447, .2, 1447, 0.8000165984332905},
		{.04, 6745, .05, 6745, 0.8000038919663144},
		{.18, 1000, .3, 1000, 0.9999936771111856},
		{.06, 1000, .1, 1000, 0.9099725868596651},
		{.15, 300, .1, 900, 0.6481201210362297},
	} {
		got, err := Power(c.p1, c.n1, c.p2, c.n2, 0.05)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "power", got, c.want, 1e-10)
	}
}

// Cases per group to see a ratio of 0.8 with 80 %: 388, 1,447, 6,745 (the
// formula of Fleiss, solved).
func TestPowerAtRatio(t *testing.T) {
	for rate, n := range map[float64]float64{.5: 388, .2: 1447, .05: 6745} {
		enough, _ := PowerAtRatio(n, n, rate, .8, .05)
		short, _ := PowerAtRatio(n-1, n-1, rate, .8, .05)
		if enough < .8 || short >= .8 {
			t.Errorf("rate %v: power %v with %v, %v with one less", rate, enough, n, short)
		}
		low, err := MinimumDetectableRatio(n, n, rate, .05, .8)
		if err != nil || low < .8 || low > .801 {
			t.Errorf("rate %v, n %v: detectable ratio %v %v", rate, n, low, err)
		}
	}
}

// The exact power of the two-sided Fisher mid-p test at .05, all tables
// enumerated with SciPy 1.17.1.
func TestPowerAgainstEnumeration(t *testing.T) {
	for _, c := range []struct{ p1, n1, p2, n2, want, within float64 }{
		{.25, 30, .5, 30, .508, .02}, {.075, 30, .3, 30, .610, .02}, {.125, 30, .5, 30, .893, .02},
		{.15, 50, .3, 150, .585, .03}, {.54, 50, .3, 150, .848, .02}, {.7, 50, .5, 150, .713, .02},
		{.15, 150, .3, 50, .617, .025}, {.7, 150, .5, 50, .708, .02},
		{.025, 100, .1, 100, .574, .02}, {.15, 100, .3, 100, .724, .02}, {.35, 100, .5, 100, .587, .02}, {.54, 100, .3, 100, .939, .02},
		{.42, 100, .3, 400, .622, .02}, {.15, 400, .3, 100, .911, .02}, {.18, 400, .1, 100, .503, .02},
		{.025, 100, .1, 400, .786, .05}, // 2.5 expected
	} {
		got, _ := Power(c.p1, c.n1, c.p2, c.n2, .05)
		if math.Abs(got-c.want) > c.within {
			t.Errorf("%v/%v : %v/%v: power %.3f, exactly %.3f", c.p1, c.n1, c.p2, c.n2, got, c.want)
		}
	}
}

func TestDetectable(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		size := rapid.SampledFrom([]float64{3, 30, 400.5, 1e4, 1e9})
		n1, n2 := size.Draw(r, "n1"), size.Draw(r, "n2")
		rate := rapid.SampledFrom([]float64{0, 1e-6, .01, .1, .5, .97, 1}).Draw(r, "rate")
		wanted := rapid.Float64Range(.3, .95).Draw(r, "power")
		for _, side := range []Side{Less, Greater} {
			p, err := DetectableRate(n1, n2, rate, .05, wanted, side)
			switch {
			case errors.Is(err, ErrUndetectable):
				continue
			case err != nil || !(p >= 0 && p <= 1) || (side == Less) != (p < rate):
				r.Fatal(side, p, err)
			}
			got, err := Power(p, n1, rate, n2, .05)
			if err != nil || got < wanted-1e-6 {
				r.Fatalf("power %v at %v, want %v (%v)", got, p, wanted, err)
			}
			if p > 1e-9 && p < 1-1e-9 && got > wanted+1e-4 {
				r.Fatalf("power %v at %v, want %v and no more", got, p, wanted)
			}
		}
	})
	d, err := MinimumDetectableDifference(1000, 1000, .1, .05, .8)
	if err != nil {
		t.Fatal(err)
	}
	// n·d² = (z·√(2pq) + z'·√(p1·q1 + p2·q2))², solved for n.
	p := .1 + d/2
	root := 1.959963984540054*math.Sqrt(2*p*(1-p)) + 0.8416212335729143*math.Sqrt(.09+(.1+d)*(.9-d))
	near(t, "size of groups", root*root/d/d, 1000, 1e-9)
	if _, err := MinimumDetectableDifference(4, 4, .5, .05, .999); !errors.Is(err, ErrUndetectable) {
		t.Errorf("four against four: %v", err)
	}
}

// At the factor with an even chance, the interval of these very rates ends at
// the limit.
func TestCasesToSettleIsTheInterval(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rates := rapid.SampledFrom([]float64{.003, .1, .3, .5, .9})
		p1, p2 := rates.Draw(r, "p1"), rates.Draw(r, "p2")
		n1, n2 := rapid.Float64Range(20, 1e5).Draw(r, "n1"), rapid.Float64Range(20, 1e5).Draw(r, "n2")
		limit := rapid.SampledFrom([]float64{.1, .8, 1.25, 4}).Draw(r, "limit")
		c, err := CasesToSettleRatio(p1, n1, p2, n2, limit, .05, .5)
		if err != nil {
			r.Fatal(err)
		}
		n1, n2 = n1*c.Factor, n2*c.Factor
		i, err := KoopmanEffective(p1*n1, n1, p2*n2, n2, .05)
		if err != nil {
			r.Fatal(err)
		}
		end := i.Low
		if p1 < limit*p2 {
			end = i.High
		}
		if math.Abs(end/limit-1) > 1e-7 {
			r.Fatalf("%v of %v : %v of %v ends at %v, limit %v", p1, n1, p2, n2, end, limit)
		}
	})
	c, err := CasesToSettleRate(.1, 200, .08, .05, .5)
	if err != nil {
		t.Fatal(err)
	}
	i, _ := WilsonEffective(.1*200*c.Factor, 200*c.Factor, .05)
	near(t, "wilson", i.Low, .08, 1e-9)
	c, err = CasesToSettleDifference(.1, 500, .12, 700, -.05, .05, .5)
	if err != nil {
		t.Fatal(err)
	}
	f := 100_000 / c.First // whole counts, many times as many
	near(t, "first : second", c.First/c.Second, 5./7, 1e-3)
	far, _ := Mee(int64(.1*c.First*f), int64(c.First*f), int64(.12*c.Second*f), int64(c.Second*f), .05)
	near(t, "mee", (-.02-far.Low)*math.Sqrt(f), .03, 5e-2)
}

// A gate at 0.8 with rate .1 and 1,000 per group cannot pass even at observed
// parity. With as many cases as it takes for an 80 % chance, simulated audits
// at parity pass in about 80 %.
func TestCasesToSettleAtParity(t *testing.T) {
	even, err := CasesToSettleRatio(.1, 1000, .1, 1000, .8, .05, .5)
	if err != nil || !(even.Factor > 1) {
		t.Fatal(even, err)
	}
	c, _ := CasesToSettleRatio(.1, 1000, .1, 1000, .8, .05, .8)
	t.Logf("%v at an even chance, %v at 80 %%", even, c)
	rng, n, passed := Generator(1, "settle"), int64(c.First), 0
	const audits = 1500
	for range audits {
		i, _ := Koopman(Binomial(rng, n, .1), n, Binomial(rng, n, .1), n, .05)
		if i.Low > .8 {
			passed++
		}
	}
	if share := float64(passed) / audits; math.Abs(share-.8) > .035 {
		t.Errorf("%.3f of audits pass", share)
	}
}

// Both ends of the interval have to lie within two limits at once: at parity, off
// it, and with groups of different sizes, about 80 % of simulated audits pass.
func TestCasesToSettleWithin(t *testing.T) {
	const audits = 1500
	for _, c := range []struct{ p1, n1, p2, n2, limit float64 }{
		{.1, 1000, .1, 1000, .8},
		{.3, 400, .3, 1200, .8},
		{.29, 1000, .3, 1000, .8},
		{.11, 900, .1, 1100, .75},
		{.26, 500, .3, 500, .8},
	} {
		ratio, err := CasesToSettleRatioWithin(c.p1, c.n1, c.p2, c.n2, c.limit, .05, .8)
		if err != nil {
			t.Fatal(c, err)
		}
		rng := Generator(1, "settle", "within")
		n1, n2, passed := int64(ratio.First), int64(ratio.Second), 0
		for range audits {
			i, _ := Koopman(Binomial(rng, n1, c.p1), n1, Binomial(rng, n2, c.p2), n2, .05)
			if i.Low >= c.limit && i.High <= 1/c.limit {
				passed++
			}
		}
		if share := float64(passed) / audits; math.Abs(share-.8) > .04 {
			t.Errorf("ratio %+v: %.3f of audits pass with %v", c, share, ratio)
		}
	}
	for _, c := range []struct{ p1, n1, p2, n2, limit float64 }{
		{.3, 500, .3, 500, .05}, {.31, 500, .3, 900, .05}, {.2, 1000, .23, 1000, .05},
	} {
		cases, err := CasesToSettleDifferenceWithin(c.p1, c.n1, c.p2, c.n2, c.limit, .05, .8)
		if err != nil {
			t.Fatal(c, err)
		}
		rng := Generator(1, "settle", "difference")
		n1, n2, passed := int64(cases.First), int64(cases.Second), 0
		for range audits {
			i, _ := Newcombe(Binomial(rng, n1, c.p1), n1, Binomial(rng, n2, c.p2), n2, .05)
			if i.Low >= -c.limit && i.High <= c.limit {
				passed++
			}
		}
		if share := float64(passed) / audits; math.Abs(share-.8) > .04 {
			t.Errorf("difference %+v: %.3f of audits pass with %v", c, share, cases)
		}
	}
}

func TestPlanReasons(t *testing.T) {
	for _, c := range []struct {
		err  error
		want error
	}{
		{second(Power(.1, 0, .1, 5, .05)), ErrSizes},
		{second(Power(.1, math.NaN(), .1, 5, .05)), ErrSizes},
		{second(Power(.1, math.Inf(1), .1, 5, .05)), ErrTooLarge},
		{second(Power(1.1, 5, .1, 5, .05)), ErrRate},
		{second(Power(.1, 5, math.NaN(), 5, .05)), ErrRate},
		{second(Power(.1, 5, .1, 5, 0)), ErrAlpha},
		{second(Power(0, 5, 0, 5, .05)), ErrNoVariation},
		{second(PowerAtRatio(5, 5, .9, 1.25, .05)), ErrLimit},
		{second(PowerAtDifference(5, 5, .1, -.2, .05)), ErrLimit},
		{second(PowerAtRatio(5, 5, 2, .8, .05)), ErrRate},
		{second(DetectableRate(50, 50, 0, .05, .8, Less)), ErrUndetectable},
		{second(MinimumDetectableRatio(5, 5, .05, .05, .8)), ErrUndetectable},
		{second(DetectableRate(50, 50, .5, .05, 1, Less)), ErrPower},
		{second(CasesToSettleRatio(.08, 10, .1, 10, .8, .05, .5)), ErrNeverSettles},
		{second(CasesToSettleRatio(0, 10, 0, 10, .8, .05, .5)), ErrUndefined},
		{second(CasesToSettleRatio(.1, 10, .1, 10, 0, .05, .5)), ErrLimit},
		{second(CasesToSettleRatio(.1, 10, .1, 10, .8, .05, 0)), ErrPower},
		{second(CasesToSettleDifference(.1, 10, .1, 10, 0, .05, .5)), ErrNeverSettles},
		{second(CasesToSettleDifference(.1, 10, .1, 10, 1, .05, .5)), ErrLimit},
		{second(CasesToSettleRatioWithin(.1, 10, .2, 10, .8, .05, .5)), ErrNeverSettles},
		{second(CasesToSettleRatioWithin(.1, 10, .1, 10, 1, .05, .5)), ErrNeverSettles},
		{second(CasesToSettleRatioWithin(.1, 10, .1, 10, 1.2, .05, .5)), ErrLimit},
		{second(CasesToSettleRatioWithin(0, 10, 0, 10, .8, .05, .5)), ErrUndefined},
		{second(CasesToSettleDifferenceWithin(.1, 10, .2, 10, .05, .05, .5)), ErrNeverSettles},
		{second(CasesToSettleDifferenceWithin(.1, 10, .1, 10, 0, .05, .5)), ErrNeverSettles},
		{second(CasesToSettleDifferenceWithin(.1, 10, .1, 10, .1, .05, 1)), ErrPower},
		{second(CasesToSettleRate(.1, 10, 1, .05, .5)), ErrLimit},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%v, want %v", c.err, c.want)
		}
	}
	for _, p := range []float64{0, 1} { // no spread at all, and a gap of 1
		if got, err := Power(p, 50, 1-p, 50, .05); err != nil || got != 1 {
			t.Errorf("0 against 1: %v %v", got, err)
		}
	}
}
