package stat

import "math"

// KS is the two-sample Kolmogorov-Smirnov distance: the largest distance of the
// two empirical distribution functions, ties in both samples taken together.
type KS struct {
	Value float64
	steps float64 // Value·N·M, a whole number
	N, M  int64
}

// KolmogorovSmirnov compares two samples.
func KolmogorovSmirnov(a, b Sample) (KS, error) {
	k := KS{N: a.Count(), M: b.Count()}
	if k.N == 0 || k.M == 0 {
		return KS{}, ErrNoRows
	}
	n, m := float64(k.N), float64(k.M)
	var inA, inB int64
	each(a, b, func(_ float64, x, y int64) {
		inA, inB = inA+x, inB+y
		k.steps = max(k.steps, math.Abs(cross(float64(inA), m, float64(inB), n)))
	})
	k.Value = k.steps / n / m
	return k, nil
}

// Wasserstein is the distance of two samples in the unit of the numbers: the
// area between their distribution functions, which is the least mean way that
// numbers have to move for one sample to become the other.
func Wasserstein(a, b Sample) (float64, error) {
	n, m := float64(a.Count()), float64(b.Count())
	if n == 0 || m == 0 {
		return 0, ErrNoRows
	}
	var inA, inB int64
	var area sum
	last, apart := 0.0, 0.0
	each(a, b, func(x float64, i, j int64) {
		if apart != 0 {
			area.add(float64((x - last) * apart))
		}
		inA, inB = inA+i, inB+j
		last, apart = x, math.Abs(cross(float64(inA), m, float64(inB), n))/n/m
	})
	return area.value(), nil
}

// WassersteinInterval is the normal interval of the Wasserstein distance by the
// delta method: where the distribution functions differ, the distance is the
// difference of the means of ψ, whose slope is the sign of F_b - F_a. Near 0,
// where signs are chance, the distance itself is too large, and so is the upper
// limit.
func WassersteinInterval(a, b Sample, alpha float64) (Interval, error) {
	if err := checkAlpha(alpha); err != nil {
		return Interval{}, err
	}
	n, m := float64(a.Count()), float64(b.Count())
	if n < 2 || m < 2 {
		return Interval{}, ErrFewRows
	}
	ofA, ofB := make(Sample, 0, len(a)), make(Sample, 0, len(b))
	var inA, inB int64
	psi, last, sign := 0.0, 0.0, 0.0
	each(a, b, func(x float64, i, j int64) {
		psi += float64(sign * (x - last))
		if i > 0 {
			ofA = append(ofA, Point{psi, i})
		}
		if j > 0 {
			ofB = append(ofB, Point{psi, j})
		}
		inA, inB = inA+i, inB+j
		last = x
		switch d := cross(float64(inB), n, float64(inA), m); {
		case d > 0:
			sign = 1
		case d < 0:
			sign = -1
		default:
			sign = 0
		}
	})
	w := ofA.Mean() - ofB.Mean()
	half := float64(NormalUpper(alpha/2) * math.Sqrt(ofA.Variance(1)/n+ofB.Variance(1)/m))
	return Interval{max(0, w-half), max(0, w+half), MethodDelta}, nil
}

// Kolmogorov is the limit law P(sup|B| >= x) of a Brownian bridge,
// 2Σ(-1)^(k-1)·exp(-2k²x²); below x = 1 by its theta transform.
func Kolmogorov(x float64) float64 {
	if !(x > 0) {
		return 1
	}
	s := 0.0
	if x < 1 {
		for k := 1.0; k < 20; k += 2 {
			s += math.Exp(-k * k * math.Pi * math.Pi / (8 * x * x))
		}
		return clamp(1-float64(math.Sqrt(2*math.Pi)/x*s), 0, 1)
	}
	for k, sign := 1.0, 1.0; k < 20; k, sign = k+1, -sign {
		s += float64(sign * math.Exp(-2*k*k*x*x))
	}
	return clamp(2*s, 0, 1)
}

// exactCells is the size n·m up to which Test counts paths.
const exactCells = 250_000

// Test of the distance: exact for small samples, otherwise by the distribution
// of one sample of size nm/(n+m), which is nearer than the limit law. Ties make
// either conservative.
func (k KS) Test() Test {
	if float64(k.N)*float64(k.M) <= exactCells {
		return k.Exact()
	}
	return k.Asymptotic()
}

// Asymptotic is the two-sided test by the exact distribution of the one-sample
// statistic with round(nm/(n+m)) numbers.
func (k KS) Asymptotic() Test {
	n := float64(k.N) / float64(k.N+k.M) * float64(k.M)
	return Test{k.Value, kolmogorovSF(math.RoundToEven(n), k.Value), MethodKolmogorov}
}

// Exact is the two-sided test that counts monotone lattice paths from (0,0) to
// (n,m): the chance that a random one leaves the band |i/n - j/m| < D. The mass
// that leaves is added up as it leaves, so that far tails keep their digits
// (Hodges 1958; Viehmann 2021).
func (k KS) Exact() Test {
	n, m := k.N, k.M
	inside := make([]float64, m+2) // inside[j] is the chance to be at (i, j)
	limit := int64(math.Round(k.steps))
	var outside sum
	from := int64(0)
	for i := int64(0); i <= n; i++ {
		first := true
		left := 0.0
		for j := from; j <= m; j++ {
			here := 0.0
			switch rest := float64(n + m - i - j + 1); {
			case i == 0 && j == 0:
				here = 1
			default:
				here = inside[j]*float64(n-i+1)/rest + left*float64(m-j+1)/rest
			}
			d := i*m - j*n
			if d < limit && -d < limit {
				inside[j], left = here, here
				if first {
					from, first = max(0, j-1), false
				}
				continue
			}
			outside.add(here)
			inside[j], left = 0, 0
			if -d >= limit { // nothing to the right lies inside
				break
			}
		}
	}
	return Test{k.Value, clamp(outside.value(), 0, 1), MethodKSExact}
}

// Interval is the range of distances that the Dvoretzky-Kiefer-Wolfowitz bounds
// of both distribution functions allow (Massart 1990), each with half of alpha:
// conservative, and valid at any size and with ties.
func (k KS) Interval(alpha float64) (Interval, error) {
	if err := checkAlpha(alpha); err != nil {
		return Interval{}, err
	}
	c := math.Sqrt(math.Log(4/alpha) / 2)
	half := c/math.Sqrt(float64(k.N)) + c/math.Sqrt(float64(k.M))
	return Interval{clamp(k.Value-half, 0, 1), clamp(k.Value+half, 0, 1), MethodDKW}, nil
}
