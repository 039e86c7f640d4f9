package kpi

import (
	"math"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// Of a sample of the people, rates are those of the sample with its interval, and
// numbers are 64 times theirs.
func TestSampledPeople(t *testing.T) {
	c := crowd{sampled: true}
	e := c.rate(10, 40, nil)
	i, err := e.interval(.05)
	w, _ := stat.Wilson(10, 40, .05)
	if err != nil || *e.value != .25 || *e.numerator != 640 || *e.denominator != 2560 || e.n != 2560 || !e.estimated || i != w {
		t.Errorf("%+v %+v", e, i)
	}
	// Of n people each is kept with 1/64: the number kept has variance n·63/64², so
	// that 100 kept stand for 6,400 give or take 1.96·√(100·63·64).
	a := amount(6400, 6400, 100, true)
	i, err = a.interval(.05)
	if half := 1.959963985 * math.Sqrt(100*63*64); err != nil || math.Abs(i.High-6400-half) > 1e-3 || math.Abs(6400-half-i.Low) > 1e-3 {
		t.Errorf("%+v, want ± %v", i, half)
	}
}

// What an interval says about limits, and a fact, which has none.
func TestState(t *testing.T) {
	f := func(x float64) *float64 { return &x }
	rate := &Definition{KPI: config.KPI{Kind: "rate", Limits: &config.KPILimits{Min: "0.2", Max: "0.8"}}}
	count := &Definition{KPI: config.KPI{Kind: "count", Limits: &config.KPILimits{Max: "3"}}, fact: true}
	for _, test := range []struct {
		d         *Definition
		value     *float64
		low, high float64
		want      audit.KPIState
	}{
		{rate, f(.5), .2, .8, audit.Assured},
		{rate, f(.5), .1, .6, audit.NotResolved},
		{rate, f(.1), .05, .19, audit.Breach},
		{rate, f(.9), .81, .95, audit.Breach},
		{rate, nil, 0, 1, audit.NotResolved},
		{count, f(3), 9, 9, audit.Assured},
		{count, f(4), 0, 1, audit.Breach},
	} {
		if got := test.d.state(test.value, &audit.Interval{Low: &test.low, High: &test.high}); got != test.want {
			t.Errorf("%v in %v to %v: got %s, want %s", test.value, test.low, test.high, got, test.want)
		}
	}
	if got := rate.state(f(.5), nil); got != audit.NotResolved {
		t.Error(got)
	}
}

// The p of a limit and the interval agree: at twice the p the interval touches the
// limit.
func TestBeyond(t *testing.T) {
	x := .3
	e := &estimate{value: &x, interval: func(alpha float64) (stat.Interval, error) { return stat.Wilson(30, 100, alpha) }}
	p := beyond(e, .2, stat.Greater)
	if i, err := e.interval(2 * p); err != nil || math.Abs(i.Low-.2) > 1e-9 {
		t.Errorf("p %v, interval %+v", p, i)
	}
	// Wilson's interval inverts the score test: z = (.3 - .2)/√(.2·.8/100) = 2.5.
	if want := stat.NormalSF(2.5); math.Abs(p-want) > 1e-9 {
		t.Errorf("p %v, want %v", p, want)
	}
	if p := beyond(e, .9, stat.Greater); p != .5 {
		t.Errorf("a limit far off: %v", p)
	}
}
