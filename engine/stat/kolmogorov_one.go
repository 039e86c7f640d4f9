package stat

import "math"

// kolmogorovSF is P(D >= d) of the one-sample Kolmogorov-Smirnov statistic with
// n numbers. Which method is good where is from Simard and L'Ecuyer (2011),
// Journal of Statistical Software 39 (11).
func kolmogorovSF(n, d float64) float64 {
	switch nd2 := n * d * d; {
	case n*d <= 0.5:
		return 1
	case d >= 1:
		return 0
	case d >= 0.5, nd2 > 4, n > 140 && nd2 >= 2.2:
		return clamp(2*smirnov(n, d), 0, 1)
	case n <= 140 || n <= 100_000 && n*math.Pow(d, 1.5) <= 1.4:
		return clamp(1-durbin(int(n), d), 0, 1)
	}
	return clamp(1-pelzGood(n, d), 0, 1)
}

// smirnov is P(D+ >= d), the one-sided tail, exactly (Birnbaum and Tingey 1951):
// each term is a binomial probability times d/(d+j/n).
func smirnov(n, d float64) float64 {
	if 2*n*d*d > 746 { // at most exp(-2nd²) (Massart 1990), which is no float but 0
		return 0
	}
	term := func(j float64) float64 {
		x := d + j/n
		y := (n - j - n*d) / n
		if y < 0 {
			return 0
		}
		return float64(math.Exp(logBinomial(j, n-j, x, y)) * d / x)
	}
	var s sum
	last := math.Floor(n * (1 - d))
	if n <= smirnovWhole {
		for j := 0.0; j <= last; j++ {
			s.add(term(j))
		}
		return min(1, s.value())
	}
	// The terms fall from the middle to both ends, as the divergence of j/n
	// from j/n + d grows.
	const nothing = 1e-30
	middle := math.Floor(last / 2)
	for j := middle; j >= 0; j-- {
		t := term(j)
		if s.add(t); t <= nothing*s.value() {
			break
		}
	}
	for j := middle + 1; j <= last; j++ {
		t := term(j)
		if s.add(t); t <= nothing*s.value() {
			break
		}
	}
	return min(1, s.value())
}

// smirnovWhole is the size up to which every term is added.
const smirnovWhole = 10_000

// durbin is P(D < d) by the matrix power of Marsaglia, Tsang and Wang (2003),
// Journal of Statistical Software 8 (18).
func durbin(n int, d float64) float64 {
	k := int(float64(n)*d) + 1
	size, h := 2*k-1, float64(k)-float64(n)*d
	a := matrix{size: size, v: make([]float64, size*size)}
	for i := range size {
		for j := range size {
			if i-j+1 >= 0 {
				*a.at(i, j) = 1
			}
		}
	}
	for i := range size {
		*a.at(i, 0) -= math.Pow(h, float64(i+1))
		*a.at(size-1, i) -= math.Pow(h, float64(size-i))
	}
	if 2*h-1 > 0 {
		*a.at(size-1, 0) += math.Pow(2*h-1, float64(size))
	}
	for i := range size {
		for j := range size {
			for g := 1; g <= i-j+1; g++ {
				*a.at(i, j) /= float64(g)
			}
		}
	}
	p := a.power(n)
	v, e := *p.at(k-1, k-1), p.exponent
	for i := 1; i <= n; i++ {
		if v *= float64(i) / float64(n); v < 1e-140 {
			v, e = v*1e140, e-140
		}
	}
	return v * math.Pow(10, float64(e))
}

// matrix is a square matrix times a power of ten.
type matrix struct {
	size, exponent int
	v              []float64
}

func (a *matrix) at(i, j int) *float64 { return &a.v[i*a.size+j] }

func (a *matrix) times(b *matrix) *matrix {
	c := &matrix{size: a.size, exponent: a.exponent + b.exponent, v: make([]float64, len(a.v))}
	for i := range a.size {
		for j := range a.size {
			s := 0.0
			for k := range a.size {
				s += float64(*a.at(i, k) * *b.at(k, j))
			}
			*c.at(i, j) = s
		}
	}
	if *c.at(c.size/2, c.size/2) > 1e140 {
		for i := range c.v {
			c.v[i] *= 1e-140
		}
		c.exponent += 140
	}
	return c
}

func (a *matrix) power(n int) *matrix {
	if n == 1 {
		return a
	}
	half := a.power(n / 2)
	out := half.times(half)
	if n%2 == 1 {
		out = a.times(out)
	}
	return out
}

// pelzGood is P(D <= d) by the expansion of Pelz and Good (1976), Journal of the
// Royal Statistical Society B 38, 152-156, K0 + K1/√n + K2/n + K3/n^(3/2) with
// z = d√n.
func pelzGood(n, d float64) float64 {
	const p2 = math.Pi * math.Pi
	z := d * math.Sqrt(n)
	z2 := z * z
	z4, z6, z8 := z2*z2, z2*z2*z2, z2*z2*z2*z2
	var k [4]sum
	for i := -math.Ceil(16 * z / math.Pi); i <= math.Ceil(16*z/math.Pi); i++ {
		h := (i + 0.5) * (i + 0.5) * p2
		e := math.Exp(-h / (2 * z2))
		k[0].add(float64(e))
		k[1].add(float64((h - z2) * e))
		k[2].add(float64((6*z6 + 2*z4 + (2*z4-5*z2)*h + (1-2*z2)*h*h) * e))
		k[3].add(float64((-30*z6 - 90*z8 + (135*z4-96*z6)*h + (212*z4-60*z2)*h*h + (5-30*z2)*h*h*h) * e))
	}
	c := math.Sqrt(math.Pi / 2)
	k0 := c / z * k[0].value()
	k1 := c / (6 * z4) * k[1].value()
	k2 := c / (72 * z6 * z) * k[2].value()
	k3 := c / (6480 * z8 * z2) * k[3].value()
	var extra2, extra3 sum
	for i := 1.0; i <= math.Ceil(16*z/math.Pi); i++ {
		h := i * i * p2
		e := math.Exp(-h / (2 * z2))
		extra2.add(float64(h * e))
		extra3.add(float64((3*z2 - h) * h * e))
	}
	k2 -= 2 * c / (36 * z2 * z) * extra2.value()
	k3 += 2 * c / (216 * z6) * extra3.value()
	return k0 + k1/math.Sqrt(n) + k2/n + k3/(n*math.Sqrt(n))
}
