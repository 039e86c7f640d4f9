package kpi

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/stat"
)

// window is the mean of n draws, as an audit of a month has it.
func window(n int, draw func() float64) *estimate {
	sum, squares := 0.0, 0.0
	for range n {
		x := draw()
		sum, squares = sum+x, squares+float64(x*x)
	}
	mean := sum / float64(n)
	e := &estimate{n: int64(n), value: &mean, numerator: &sum, denominator: float(float64(n))}
	moments := stat.Moments{N: float64(n), Mean: mean, Variance: max(0, squares-float64(sum*mean)) / float64(n-1)}
	e.interval = func(alpha float64) (stat.Interval, error) { return stat.MeanInterval(moments, alpha) }
	return e
}

// The mean to date is that of the rows of all windows, whatever each varies: 990 rows
// of 1 and 10 of 100 in two windows of unlike variance, by hand.
func TestMeanToDate(t *testing.T) {
	draw := func(values ...float64) func() float64 {
		i := 0
		return func() float64 { i++; return values[(i-1)%len(values)] }
	}
	l := line{window(990, draw(0, 2)), window(10, draw(0, 200))}
	if x, err := l.estimated(false); err != nil || math.Abs(x.Value-1.99) > 1e-12 {
		t.Errorf("%v (%v), want 1.99", x.Value, err)
	}
	l = line{window(5, draw(3)), window(15, draw(7))} // which say nothing of how they vary
	if v := l.mean(false); v == nil || *v != 6 {
		t.Errorf("%v, want 6", v)
	}
}

// People who come every month are as many as they are: six of twelve who bring 0 and
// six who bring 2 in each of ten months say no more of the mean than in one, by the
// variance between them, 12/11·Σ(x-ry)²/(Σy)² = 12/11·12·100/120² of ten months.
func TestMeanOfPeopleWhoComeBack(t *testing.T) {
	var l line
	for range 10 {
		e := window(12, func() float64 { return 1 })
		for g := range 12 {
			e.shares = append(e.shares, share{float64(g % 2 * 2), 1})
		}
		l = append(l, e)
	}
	for _, some := range []line{l[:1], l} {
		if x, err := some.estimated(false); err != nil || math.Abs(x.Value-1) > 1e-12 || math.Abs(x.Variance-1.0/11) > 1e-12 {
			t.Errorf("%v (%v), want 1 with variance 1/11", x, err)
		}
	}
}

// The sequence of a mean leaves out the true mean, at any of 24 looks, no more often
// than it says. The means are known: of a lognormal that of its logarithm's moments
// (Johnson, Kotz and Balakrishnan 1994, section 14.3), of draws whose deviation grows
// with the window, 0. Skewed draws, of which a window that missed the large ones is
// both low and sure, put a mean by inverse variance wrong more often than not.
func TestCoverageOfMeanToDate(t *testing.T) {
	const runs, alpha = 200, 0.05
	for name, c := range map[string]struct {
		mean float64
		rows func(t int) int
		draw func(r *rand.Rand, t int) float64
	}{
		"lognormal":      {1, func(int) int { return 60 }, func(r *rand.Rand, _ int) float64 { return math.Exp(1.0*r.NormFloat64() - 0.5) }},
		"unlike windows": {0, func(t int) int { return 20 + 40*(t%3) }, func(r *rand.Rand, t int) float64 { return float64(1+t) * r.NormFloat64() }},
	} {
		r := stat.Generator(7, name)
		missed := 0
		for range runs {
			var l line
			for t := range 24 {
				l = append(l, window(c.rows(t), func() float64 { return c.draw(r, t) }))
			}
			course := courseOfLine(l, false)
			course.tune(alpha)
			for t := range l {
				_, sequence, err := course.level(t)
				if err != nil {
					continue
				}
				if x, err := sequence(alpha); err == nil && (x.Low > c.mean || x.High < c.mean) {
					missed++
					break
				}
			}
		}
		t.Logf("%s: %d of %d", name, missed, runs)
		if missed > 19 { // 10 expected at most; Binomial(200, 0.05) is above 19 with a chance of 0.3 %
			t.Errorf("%s: %d of %d sequences leave the mean out", name, missed, runs)
		}
	}
}
