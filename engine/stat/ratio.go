package stat

import "math"

// Koopman is the score interval of the ratio (k1/n1)/(k2/n2) (Koopman 1984,
// Biometrics 40, 513-517): all r with
//
//	(p1 - r·p2)² <= z² · (m1(1-m1)/n1 + r²·m2(1-m2)/n2)
//
// where m1 = r·m2 is the maximum likelihood estimate under ratio r. It is
// defined with zero cells: [0, high] at k1 = 0, [low, +Inf] at k2 = 0. When
// both are 0 the data say nothing about the ratio, which is ErrUndefined.
func Koopman(k1, n1, k2, n2 int64, alpha float64) (Interval, error) {
	return KoopmanEffective(float64(k1), float64(n1), float64(k2), float64(n2), alpha)
}

// KoopmanEffective is Koopman at effective counts.
func KoopmanEffective(k1, n1, k2, n2, alpha float64) (Interval, error) {
	return scoreRatio(k1, n1, k2, n2, alpha, 1, MethodKoopman)
}

// MiettinenNurminenRatio is Koopman with the variance times N/(N-1)
// (Miettinen and Nurminen 1985).
func MiettinenNurminenRatio(k1, n1, k2, n2 int64, alpha float64) (Interval, error) {
	factor := float64(n1+n2) / (float64(n1+n2) - 1)
	return scoreRatio(float64(k1), float64(n1), float64(k2), float64(n2), alpha, factor, MethodMiettinen)
}

// Katz is the log interval of the ratio,
//
//	exp(log(p1/p2) ± z √((1-p1)/k1 + (1-p2)/k2))
//
// (Katz, Baptista, Azen and Pike 1978). It is ErrZeroCell when a group has no
// success, and ErrNoVariation when neither has a failure, where its standard
// error would be 0.
func Katz(k1, n1, k2, n2 int64, alpha float64) (Interval, error) {
	a, n, b, m := float64(k1), float64(n1), float64(k2), float64(n2)
	switch err := checkTwo(a, n, b, m, alpha); {
	case err != nil:
		return Interval{}, err
	case k1 == 0 || k2 == 0:
		return Interval{}, ErrZeroCell
	case k1 == n1 && k2 == n2:
		return Interval{}, ErrNoVariation
	}
	spread := math.Exp(NormalUpper(alpha/2) * math.Sqrt((n-a)/n/a+(m-b)/m/b))
	ratio := a / n / (b / m)
	return Interval{ratio / spread, ratio * spread, MethodKatz}, nil
}

func scoreRatio(k1, n1, k2, n2, alpha, factor float64, method string) (Interval, error) {
	switch err := checkTwo(k1, n1, k2, n2, alpha); {
	case err != nil:
		return Interval{}, err
	case k1 == 0 && k2 == 0:
		return Interval{}, ErrUndefined
	}
	z := NormalUpper(alpha / 2)
	z2 := z * z * factor
	i := Interval{0, math.Inf(1), method}
	if k1 > 0 {
		i.Low = math.Exp(logRatioLow(k1, n1, k2, n2, z2))
	}
	if k2 > 0 {
		i.High = math.Exp(-logRatioLow(k2, n2, k1, n1, z2))
	}
	return i, nil
}

// logRatioLow is the log of the lower limit, for k1 > 0. The score falls from
// +Inf to -Inf (to 0 if k2 = 0) as r grows, so it is bracketed from the
// estimate by doubling steps, then bisected. The upper limit is the lower limit
// of the inverse ratio.
func logRatioLow(k1, n1, k2, n2, z2 float64) float64 {
	p1, p2 := k1/n1, k2/n2
	below := func(t float64) bool {
		gap := p1 - float64(math.Exp(t)*p2)
		return gap > 0 && gap*gap > z2*ratioVariance(k1, n1, k2, n2, t)
	}
	start := 0.0
	if k2 > 0 {
		start = math.Log(p1) - math.Log(p2)
	}
	low, high := start-0.01, start
	for step := 0.02; !below(low) && low > -700; step *= 2 {
		low -= step
	}
	for step := 0.02; below(high) && high < 700; step *= 2 {
		high += step
	}
	return bisect(low, high, below)
}

// ratioVariance is m1(1-m1)/n1 + r²·m2(1-m2)/n2 at the maximum likelihood
// estimate under m1 = r·m2, r = exp(t). For r <= 1, m2 is the smaller root of
//
//	N·r·m² - B·m + K = 0,  B = r(n1+k2) + n2+k1,  K = k1+k2
//
// whose left side is (r-1)(n2-k2) at m = 1; the discriminant is therefore the
// sum (2Nr-B)² + 4Nr(1-r)(n2-k2) of two terms that are not negative. For r > 1
// the groups change places.
func ratioVariance(k1, n1, k2, n2, t float64) float64 {
	if t > 0 {
		r := math.Exp(t)
		return r * r * ratioVariance(k2, n2, k1, n1, -t)
	}
	r, less := math.Exp(t), -math.Expm1(t)
	nr := float64((n1 + n2) * r)
	b := float64(r*(n1+k2)) + n2 + k1
	gap := float64(2*nr) - b
	root := math.Sqrt(float64(gap*gap) + float64(4*nr*less*(n2-k2)))
	m2 := min(1, 2*(k1+k2)/(b+root))
	m1 := float64(r * m2)
	return float64(m1*(1-m1)/n1) + float64(r*r*m2*(1-m2)/n2)
}
