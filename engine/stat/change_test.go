package stat

import (
	"math"
	"testing"
)

// The e-CUSUM of drift.md 6.4, one-sided with shift 1, and by hand.
func TestChangeDetector(t *testing.T) {
	y, s := []float64{.02, -.01, .03, .05, .06, .08}, []float64{.02, .021, .019, .02, .02, .022}
	want := []float64{1.6487212707001282, 0.6211451576154515, 2.941581519209334, 21.735510865015417, 264.79272984585504, 6095.530061736}
	d := NewChangeDetector(1)
	for i := range y {
		d.Add(y[i] / s[i])
		agrees(t, "M", math.Exp(d.Log()), want[i], 1e-12, nil)
	}
	if d.Since() != 2 { // the second look left it below 1
		t.Error(d.Since())
	}
}

// Without a change, an alarm at A = 60/0.05 comes within 60 looks in at most one
// series of twenty; after one, of three standard errors, soon, and from where it was.
func TestChangeDetectorHoldsItsPromise(t *testing.T) {
	rng := Generator(1, "change")
	const series, looks = 4000, 60
	alarms, delay, began := 0, 0, 0
	for range series {
		d := NewChangeDetector(Shifts()...)
		for range looks {
			d.Add(rng.NormFloat64())
			if d.Log() >= math.Log(looks/0.05) {
				alarms++
				break
			}
		}
		d = NewChangeDetector(Shifts()...)
		for i := 0; ; i++ {
			z := rng.NormFloat64()
			if i >= 12 {
				z += 3
			}
			d.Add(z)
			if i >= 12 && d.Log() >= math.Log(looks/0.05) {
				delay += i - 11
				began += d.Since()
				break
			}
		}
	}
	if share := float64(alarms) / series; share > 0.05 {
		t.Errorf("%v of the series without a change have an alarm", share)
	}
	if mean := float64(delay) / series; mean > 4 {
		t.Errorf("a large change takes %v looks", mean)
	}
	if mean := float64(began) / series; mean < 11 || mean > 12.5 {
		t.Errorf("a change at 12 is said to have begun at %v", mean)
	}
}

// An e-value has to have a mean of at most 1 when nothing changed: summed over all
// counts that the margins allow.
func TestRateScoreIsFair(t *testing.T) {
	for _, m := range [][3]float64{{13, 400, 20}, {13, 13, 3}, {200, 5000, 60}, {50, 50, 50}, {30, 1000, 1}, {400, 400, 399}} {
		h := hypergeometric{m[0], m[1], m[2]}
		for _, s := range Shifts() {
			sum := 0.0
			for k := h.first(); k <= h.last(); k++ {
				z, err := RateScore(int64(k), int64(m[0]), int64(m[2]-k), int64(m[1]))
				if err != nil {
					t.Fatal(err)
				}
				sum += math.Exp(h.log(k) + s*z - s*s/2)
			}
			if sum > 1.001 {
				t.Errorf("%v, shift %v: mean %v", m, s, sum)
			}
		}
	}
}

// SciPy 1.17.1: binom.ppf, binom.isf, poisson.ppf and poisson.isf at 0.00135.
func TestControlLimits(t *testing.T) {
	for _, c := range []struct {
		n         int64
		p         float64
		low, high float64
	}{{13, 0.1, 0, 5}, {50, 0.1, 0, 12}, {1000, 0.42, 373, 467}, {200, 0.01, 0, 7}, {100000, 0.3, 29566, 30435}} {
		low, high, err := ControlRate(c.n, c.p)
		agrees(t, "low", low*float64(c.n), c.low, 1e-12, err)
		agrees(t, "high", high*float64(c.n), c.high, 1e-12, nil)
	}
	for _, c := range [][3]float64{{0.5, 0, 4}, {4, 0, 11}, {100, 71, 131}, {12345.6, 12014, 12680}} {
		low, high, err := ControlCount(c[0])
		agrees(t, "low", low, c[1], 1e-12, err)
		agrees(t, "high", high, c[2], 1e-12, nil)
	}
	// NIST/SEMATECH e-Handbook 6.3.2.2: individuals chart of ten flow rates, with
	// 1.128 for d2.
	low, center, high, err := ControlIndividuals([]float64{49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1})
	agrees(t, "center", center, 50.81, 1e-9, err)
	agrees(t, "high", high, 55.8041, 1e-3, nil)
	agrees(t, "low", low, 45.8159, 1e-3, nil)
}
