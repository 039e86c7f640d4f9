package stat

import (
	"errors"
	"math"
	"testing"
)

// looksOf puts a series together; nil variances are not known.
func looksOf(at, after, value, variance []float64) []Look {
	var out []Look
	for i := range at {
		x := Look{At: at[i], After: after[i], Value: value[i]}
		if variance != nil {
			x.Variance = variance[i]
		}
		out = append(out, x)
	}
	return out
}

// Values of statsmodels 0.15.0: WLS of the values on a constant, the window and the
// step, normalized_cov_params times max(1, scale), or times scale where variances are
// not known; scipy's t.
func TestInterrupt(t *testing.T) {
	k, n := []float64{50, 54, 47, 61, 58, 66, 90, 95, 88, 101}, []float64{200, 210, 190, 220, 205, 230, 240, 235, 220, 245}
	var at, after, p, v []float64
	for i := range k {
		before, step := (336+.5)/(1255+1), 0.0
		if i >= 6 {
			before, step = (374+.5)/(940+1), 1
		}
		at, after, p, v = append(at, float64(i)), append(after, step), append(p, k[i]/n[i]), append(v, before*(1-before)/n[i])
	}
	months, y := []float64{0, 1, 2, 4, 5, 6, 8, 9, 10}, []float64{3.1, 2.7, 4.0, 3.3, 6.1, 5.2, 7.0, 6.6, 5.9}
	tenth := []float64{.01, .01, .01, .01, .01, .01, .01, .01, .01}
	for _, c := range []struct {
		what                         string
		looks                        []Look
		level, trend, se, dispersion float64
		low, high                    float64
	}{
		{"rates", looksOf(at, after, p, v), 0.08656180264781008, 0.008832414196373227, 0.0377645801341146, 0.0753268595676476, -0.002737239388536372, 0.17586084468415653},
		{"not known", looksOf(months, []float64{0, 0, 0, 0, 1, 1, 1, 1, 1}, y, nil), 2.2098265895953766, 0.11541425818882631, 0.8470470608601618, 0, 0.1371770978991247, 4.2824760812916285},
		{"mixed, scattered", looksOf(months, []float64{0, 0, 0, 0, .7, 1, 1, 1, 1}, y, tenth), 2.3308595098377625, 0.09998849384420673, 1.1750513459507994, 52.287845664096956, -0.5443875542731069, 5.206106573948632},
	} {
		x, err := Interrupt(c.looks)
		i := x.Interval(0.05)
		for name, pair := range map[string][2]float64{"level": {x.Level, c.level}, "trend": {x.Trend, c.trend}, "error": {x.Error, c.se},
			"dispersion": {x.Dispersion, c.dispersion}, "low": {i.Low, c.low}, "high": {i.High, c.high}} {
			agrees(t, c.what+" "+name, pair[0], pair[1], 1e-9, err)
		}
	}
}

func TestInterruptNeedsWindows(t *testing.T) {
	y := []float64{1, 2, 1.5, 4, 5}
	if _, err := Interrupt(looksOf([]float64{0, 1, 2, 3, 4}, []float64{0, 0, 0, 1, 1}, y, nil)); !errors.Is(err, ErrFewLooks) {
		t.Error(err)
	}
	flat := []float64{1, 1, 1, 2, 2, 2} // an exact fit says nothing of how sure it is
	if _, err := Interrupt(looksOf([]float64{0, 1, 2, 3, 4, 5}, []float64{0, 0, 0, 1, 1, 1}, flat, nil)); !errors.Is(err, ErrNoScatter) {
		t.Error(err)
	}
	if _, err := Interrupt(looksOf([]float64{2, 2, 2, 2, 2, 2}, []float64{0, 0, 0, 1, 1, 1}, flat, nil)); !errors.Is(err, ErrOneLine) {
		t.Error(err)
	}
}

// The interval holds the step in at least 95 of 100 series: windows of few rows or
// many, a trend or none, and a rate that wanders from window to window by more than
// its rows explain.
func TestInterruptHolds(t *testing.T) {
	rng := Generator(1, "interrupt")
	const series = 2000
	for _, c := range []struct {
		rows, before, after int
		trend, wander       float64
	}{{13, 6, 6, 0, 0}, {200, 3, 3, 0, 0}, {200, 12, 5, .005, 0}, {2000, 8, 8, -.004, .03}} {
		const step = 0.1
		holds := 0
		for range series {
			var looks []Look
			for i := range c.before + c.after {
				p, after := 0.3+float64(c.trend*float64(i))+float64(c.wander*rng.NormFloat64()), 0.0
				if i >= c.before {
					p, after = p+step, 1
				}
				k := 0
				for range c.rows {
					if rng.Float64() < p {
						k++
					}
				}
				mid := 0.3 + float64(step*after)
				looks = append(looks, Look{At: float64(i), After: after, Value: float64(k) / float64(c.rows), Variance: mid * (1 - mid) / float64(c.rows)})
			}
			x, err := Interrupt(looks)
			if i := x.Interval(0.05); err == nil && i.Low <= step && step <= i.High {
				holds++
			}
		}
		if share := float64(holds) / series; share < 0.95-2*math.Sqrt(0.95*0.05/series) {
			t.Errorf("%+v: %v", c, share)
		}
	}
}
