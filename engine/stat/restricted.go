package stat

import "math"

// restrictedVariance is m1(1-m1)/n1 + m2(1-m2)/n2 at the maximum likelihood
// estimate of the two rates under m1 - m2 = d.
func restrictedVariance(k1, n1, k2, n2, d float64) float64 {
	if d < 0 {
		k1, n1, k2, n2, d = k2, n2, k1, n1, -d
	}
	m2 := restrictedRate(k1, n1, k2, n2, d)
	m1 := m2 + d
	return float64(m1*max(0, 1-d-m2)/n1) + float64(m2*(1-m2)/n2)
}

// restrictedRate is m2 for 0 <= d <= 1: the root between 0 and w = 1-d of the
// derivative of the log-likelihood,
//
//	k2/m - f1/(w-m) + q(m) = 0,  q(m) = k1/(m+d) - f2/(1-m)
//
// with f the failures. The derivative falls from end to end, so the root is
// unique; it is found by Newton's method on the derivative times m(w-m), kept
// inside its bracket. The closed form of Miettinen and Nurminen, a cubic
// solved by cosines, loses all digits when the rates are near 1e-6.
func restrictedRate(k1, n1, k2, n2, d float64) float64 {
	w, f1, f2 := 1-d, n1-k1, n2-k2
	switch {
	case w <= 0:
		return 0
	case d == 0:
		return (k1 + k2) / (n1 + n2)
	case k2 == 0 && k1/d-f1/w-f2 <= 0: // no maximum inside: at the lower end
		return 0
	case f1 == 0 && k1+k2/w-f2/d >= 0: // or at the upper
		return w
	}
	low, high := 0.0, w
	m := (k1 + k2 - float64(n1*d)) / (n1 + n2)
	if !(m > 0 && m < w) {
		m = w / 2
	}
	for range 200 {
		r1, r2 := k1/(m+d), f2/(1-m)
		q, rest := r1-r2, w-m
		value := float64(k2*rest) - float64(f1*m) + float64(m*rest*q)
		slope := -k2 - f1 + float64((w-float64(2*m))*q) - float64(m*rest*(r1/(m+d)+r2/(1-m)))
		if value > 0 {
			low = m
		} else {
			high = m
		}
		next := m - value/slope
		if !(next > low && next < high) {
			next = low + float64((high-low)/2)
		}
		if math.Abs(next-m) <= 2e-16*m {
			return next
		}
		m = next
	}
	return m
}
