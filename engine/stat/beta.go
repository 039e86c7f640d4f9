package stat

import "math"

// tail is a probability as its logarithm, with the slope of that logarithm in
// t = log(x/(1-x)).
type tail struct{ log, slope float64 }

// logBeta is the log of the regularized incomplete beta function I_x(a, b) for
// a, b > 0 and y = 1-x, which is given apart so that x may be close to 1. The
// power term x^a y^b / B(a, b) is Loader's binomial probability, the rest the
// continued fraction of Didonato and Morris (1992, TOMS 18, 360-373, eq. 9),
// which takes about √max(a, b) steps in the body and few in the tails;
// relative accuracy is about 1e-13 at counts of 1e8. gonum's RegIncBeta
// (Cephes) loses half of its digits there.
func logBeta(a, b, x, y float64) tail {
	switch {
	case x <= 0:
		return tail{math.Inf(-1), a}
	case y <= 0:
		return tail{0, 0}
	}
	power := math.Log(a/(a+b)*b) + logBinomial(a, b, x, y)
	if cross(a+1, y, b+1, x) >= 0 { // x <= (a+1)/(a+b+2): the lower tail
		f := betaFraction(a, b, x, y)
		return tail{power - math.Log(f), f}
	}
	upper := math.Exp(power - math.Log(betaFraction(b, a, y, x)))
	log := math.Log1p(-upper)
	return tail{log, math.Exp(power - log)}
}

// betaFraction is x^a y^b / (B(a, b) I_x(a, b)), by Lentz's method.
func betaFraction(a, b, x, y float64) float64 {
	const steps, tiny = 10_000_000, 1e-300
	excess := cross(a, y, b, x) + 1
	first := a / (a + 1) * excess
	f, c, d := first, first, 0.0
	for m := 1.0; m < steps; m++ {
		den := a + float64(2*m) - 1
		num := m * (a + m - 1) / den * ((a + b + m - 1) / den) * (b - m) * x * x
		add := m + m*(b-m)*x/den + float64((a+m)/(den+2)*(excess+float64(m*(1+y))))
		d = add + float64(num*d)
		c = add + num/c
		if d == 0 {
			d = tiny
		}
		if c == 0 {
			c = tiny
		}
		d = 1 / d
		step := float64(c * d)
		f *= step
		if math.Abs(step-1) < 1e-15 {
			break
		}
	}
	return f
}

// betaQuantile solves I_x(a, b) = q and returns x and 1-x, both to full
// relative accuracy. log I is increasing and concave in t = log(x/(1-x)), as
// the density of t is log-concave, so from its second step Newton's method
// climbs to the root without overshooting.
func betaQuantile(a, b, q float64) (x, y float64) {
	const lowest = -700 // exp of it is the smallest x that is looked for
	want := math.Log(q)
	t := math.Log(a) - math.Log(b)
	for range 200 {
		x, y = logistic(t)
		at := logBeta(a, b, x, y)
		step := (want - at.log) / at.slope
		if math.IsNaN(step) || math.Abs(step) <= 2e-16*max(1, math.Abs(t)) {
			break
		}
		t = max(t+step, lowest)
	}
	return logistic(t)
}

// logistic returns 1/(1+exp(-t)) and 1/(1+exp(t)).
func logistic(t float64) (x, y float64) {
	if t > 0 {
		y, x = logistic(-t)
		return x, y
	}
	e := math.Exp(t)
	return e / (1 + e), 1 / (1 + e)
}
