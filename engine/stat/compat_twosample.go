package stat

import (
	"math"
	"slices"
)

// exactCramerVonMises is the sample size up to which SciPy counts paths.
const exactCramerVonMises = 20

// CramerVonMises is SciPy's cramervonmises_2samp by the limit law (Anderson
// 1962, Annals of Mathematical Statistics 33, 1148-1159), with middle ranks for
// ties. SciPy ends the series at terms of 1e-7, so p has about seven decimals
// and never falls below that noise; so it is here. Up to 20 rows SciPy counts
// paths, which this does not: ErrExact.
func CramerVonMises(a, b Sample) (Test, error) {
	n, m := float64(a.Count()), float64(b.Count())
	switch {
	case n < 2 || m < 2:
		return Test{}, ErrFewRows
	case max(n, m) <= exactCramerVonMises:
		return Test{}, ErrExact
	}
	var inA, inB, ofA, ofB sum
	each(a, b, func(_ float64, i, j int64) {
		x, y := float64(i), float64(j)
		// A row's rank in the pooled sample less that in its own is the number of
		// the other sample's rows before it, and half of those beside it.
		u, v := inB.value()+y/2, inA.value()+x/2
		ofA.add(float64(x*u*u) + float64(x*(float64(x*x)-1))/12)
		ofB.add(float64(y*v*v) + float64(y*(float64(y*y)-1))/12)
		inA.add(x)
		inB.add(y)
	})
	k, of := n*m, n+m
	t := (ofA.value()/m+ofB.value()/n)/of - float64(4*k-1)/(6*of)
	mean := (1 + 1/of) / 6
	variance := (of + 1) * (float64(4*k*of) - float64(3*(float64(n*n)+float64(m*m))) - 2*k) / (45 * of * of * 4 * k)
	scaled := 1.0/6 + (t-mean)/math.Sqrt(45*variance)
	p := 1.0
	if scaled >= 0.003 {
		p = max(0, 1-cramerVonMisesCDF(scaled))
	}
	return Test{t, p, "cramer-von-mises"}, nil
}

// cramerVonMisesCDF is the limit law as Csörgő and Faraway (1996) write it,
// equation 1.3, ended where SciPy ends it.
func cramerVonMisesCDF(x float64) float64 {
	out, ratio := 0.0, math.Sqrt(math.Pi) // Γ(k+1/2)/Γ(k+1)
	for k := 0.0; ; k++ {
		y := 4*k + 1
		q := y * y / (16 * x)
		z := float64(ratio / (math.Pow(math.Pi, 1.5) * math.Sqrt(x)) * math.Sqrt(y) * besselQuarter(q))
		out += z
		if math.Abs(z) < 1e-7 {
			return out
		}
		ratio = float64(ratio * ((k + 0.5) / (k + 1)))
	}
}

// besselQuarter is exp(-q)·K(q) for the modified Bessel function of the second
// kind of order 1/4, by the trapezoidal rule on its integral of
// exp(-q·cosh t)·cosh(t/4), which is exact to the last digits.
func besselQuarter(q float64) float64 {
	const step = 1.0 / 16
	out := 0.5 * math.Exp(-2*q)
	for t := step; ; t += step {
		x := math.Exp(-float64(q * (1 + math.Cosh(t))))
		if x == 0 {
			return out * step
		}
		out += float64(x * math.Cosh(t/4))
	}
}

// AndersonDarling is SciPy's anderson_ksamp of two samples with middle ranks:
// the standardized statistic (Scholz and Stephens 1987, Journal of the American
// Statistical Association 82, 918-924), and a p-value that a parabola through
// seven tabulated points gives, never above 0.25 or below 0.001.
func AndersonDarling(a, b Sample) (Test, error) {
	n, m := float64(a.Count()), float64(b.Count())
	switch {
	case n == 0 || m == 0:
		return Test{}, ErrNoRows
	case n+m < 4:
		return Test{}, ErrFewRows
	}
	of := n + m
	var raw sum
	inA, inB, distinct := 0.0, 0.0, 0
	each(a, b, func(_ float64, i, j int64) {
		x, y := float64(i), float64(j)
		l := x + y
		before := inA + inB + l/2
		weight := l / of / (float64(before*(of-before)) - float64(of*l)/4)
		u, v := float64(of*(inA+x/2))-float64(before*n), float64(of*(inB+y/2))-float64(before*m)
		raw.add(weight * (float64(u*u)/n + float64(v*v)/m))
		inA, inB = inA+x, inB+y
		distinct++
	})
	if distinct < 2 {
		return Test{}, ErrNoVariation
	}
	h, squares := harmonic(of - 1)
	g := squares - 2*h/of // Σ 1/((of-i)·j) over 1 <= i < j < of
	both := 1/n + 1/m
	// The polynomial in of, with two samples.
	s3 := 4*g - 6 + float64((10-float64(6*g))*both)
	s2 := float64(12*g) - 22 + 8*h + float64((2*g-float64(14*h)-4)*both)
	s1 := 4 + float64(36*h) + float64((2*h-6)*both)
	variance := (float64((float64((float64(s3*of)+s2)*of)+s1)*of) + 24) / ((of - 1) * (of - 2) * (of - 3))
	t := (float64(raw.value()*(of-1)/of) - 1) / math.Sqrt(variance)
	return Test{t, andersonP(t), "anderson-darling"}, nil
}

// harmonic is Σ1/k and Σ1/k² for k = 1 to n.
func harmonic(n float64) (h, squares float64) {
	if n <= 1000 {
		for k := n; k >= 1; k-- {
			h, squares = h+1/k, squares+1/(k*k)
		}
		return h, squares
	}
	const euler = 0.57721566490153286060651209008240243
	h = math.Log(n) + euler + 1/(2*n) - 1/(12*n*n)
	squares = math.Pi*math.Pi/6 - 1/n + 1/(2*n*n) - 1/(6*n*n*n)
	return h, squares
}

// andersonP fits the logarithm of the level to the critical values of two
// samples, table 2 of Scholz and Stephens, by a parabola: NumPy's polyfit of
// log(0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001) at 0.325, 1.226, 1.961, 2.718,
// 3.752, 4.592, 6.546.
func andersonP(t float64) float64 {
	switch {
	case t < 0.325:
		return 0.25
	case t > 6.546:
		return 0.001
	}
	return math.Exp(-1.077770279820484 + float64(t*(-1.0082265644652515+float64(0.01819809457411147*t))))
}

// EppsSingleton is SciPy's epps_singleton_2samp at t = 0.4 and 0.8: the
// difference of the empirical characteristic functions (Epps and Singleton
// 1986, Journal of Statistical Computation and Simulation 26, 177-203).
// ErrNoVariation where the middle half of the rows has one number.
func EppsSingleton(a, b Sample) (Test, error) {
	n, m := float64(a.Count()), float64(b.Count())
	if n < 5 || m < 5 {
		return Test{}, ErrFewRows
	}
	both := Pool(a, b)
	low, _ := both.Quantile(0.25)
	high, _ := both.Quantile(0.75)
	half := (high - low) / 2
	if !(half > 0) {
		return Test{}, ErrNoVariation
	}
	meanA, covA := characteristic(a, half)
	meanB, covB := characteristic(b, half)
	var cov [4][4]float64
	for i := range cov {
		for j := range cov {
			cov[i][j] = float64((n+m)/n*covA[i][j]) + float64((n+m)/m*covB[i][j])
		}
	}
	values, vectors := eigen(cov)
	largest := slices.Max(values[:])
	w, rank := 0.0, 0
	for k, v := range values {
		if v <= 1e-15*largest { // the pseudo-inverse leaves it out
			continue
		}
		along := 0.0
		for i := range meanA {
			along += float64(vectors[i][k] * (meanA[i] - meanB[i]))
		}
		w += float64(along*along) / v
		rank++
	}
	w *= n + m
	if max(n, m) < 25 {
		w /= 1 + math.Pow(n+m, -0.45) + float64(10.1*(math.Pow(n, -1.7)+math.Pow(m, -1.7)))
	}
	return Test{w, ChiSquareSF(w, rank), "epps-singleton"}, nil
}

// characteristic is the mean and covariance (divisor n) of cos and sin of
// 0.4·x/unit and 0.8·x/unit.
func characteristic(s Sample, unit float64) (mean [4]float64, cov [4][4]float64) {
	n := float64(s.Count())
	waves := func(x float64) (out [4]float64) {
		out[2], out[0] = math.Sincos(0.4 / unit * x)
		out[3], out[1] = math.Sincos(0.8 / unit * x)
		return out
	}
	var first [4]sum
	for _, p := range s {
		for i, v := range waves(p.X) {
			first[i].add(float64(v * float64(p.N)))
		}
	}
	for i := range mean {
		mean[i] = first[i].value() / n
	}
	var second [4][4]sum
	for _, p := range s {
		w := waves(p.X)
		for i := range w {
			for j := range w {
				second[i][j].add(float64((w[i] - mean[i]) * (w[j] - mean[j]) * float64(p.N)))
			}
		}
	}
	for i := range cov {
		for j := range cov {
			cov[i][j] = second[i][j].value() / n
		}
	}
	return mean, cov
}

// eigen are the eigenvalues of a symmetric matrix and its eigenvectors, as
// columns, by Jacobi's rotations.
func eigen(a [4][4]float64) (values [4]float64, vectors [4][4]float64) {
	for i := range vectors {
		vectors[i][i] = 1
	}
	for range 30 { // it converges quadratically: a few sweeps are enough
		for p := range 4 {
			for q := p + 1; q < 4; q++ {
				if a[p][q] != 0 {
					rotate(&a, &vectors, p, q)
				}
			}
		}
	}
	for i := range values {
		values[i] = a[i][i]
	}
	return values, vectors
}

// rotate makes one element and its mirror 0.
func rotate(a, vectors *[4][4]float64, p, q int) {
	theta := (a[q][q] - a[p][p]) / (2 * a[p][q])
	t := math.Copysign(1/(math.Abs(theta)+math.Hypot(theta, 1)), theta)
	c := 1 / math.Hypot(t, 1)
	s := t * c
	for k := range 4 {
		x, y := a[k][p], a[k][q]
		a[k][p], a[k][q] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
	}
	for k := range 4 {
		x, y := a[p][k], a[q][k]
		a[p][k], a[q][k] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
		x, y = vectors[k][p], vectors[k][q]
		vectors[k][p], vectors[k][q] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
	}
	a[p][q], a[q][p] = 0, 0
}
