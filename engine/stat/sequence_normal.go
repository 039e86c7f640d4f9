package stat

import "math"

// Mixture is the two-sided normal mixture (Robbins 1970): bounds for a sum with
// variance v that holds at every v at once. Rho says where they are tightest.
type Mixture struct{ Rho, Alpha float64 }

// NewMixture makes bounds that are tightest at v. The choice has to be made before
// the first look.
//
//	rho = v / (-W(-alpha²/e) - 1)
//
// with the lower branch of Lambert's W (Howard and others 2021, section 3.5;
// Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024, Annals of Statistics 52,
// appendix B.2).
func NewMixture(v, alpha float64) (Mixture, error) {
	if err := checkAlpha(alpha); err != nil {
		return Mixture{}, err
	}
	if !(v > 0) || math.IsInf(v, 1) {
		return Mixture{}, ErrNotFinite
	}
	// -W is the larger root of x - log x = 1 - 2·log alpha.
	c := 1 - 2*math.Log(alpha)
	x := c + math.Log(c)
	for range 50 {
		x -= (x - math.Log(x) - c) / (1 - 1/x)
	}
	return Mixture{Rho: v / (x - 1), Alpha: alpha}, nil
}

// Radius bounds the sum at variance v:
//
//	√((v+rho)·log((v+rho)/(rho·alpha²)))
func (m Mixture) Radius(v float64) float64 {
	return math.Sqrt(float64((v + m.Rho) * (math.Log((v+m.Rho)/m.Rho) - 2*math.Log(m.Alpha))))
}

// Around is the interval of an estimate of variance 1/information, at every
// information at once: cumulative estimates move like Brownian motion over time
// information (Jennison and Turnbull 1997, Journal of the American Statistical
// Association 92, 1330-1341). It is asymptotic.
func (m Mixture) Around(estimate, information float64) Interval {
	half := m.Radius(information) / information
	return Interval{Low: estimate - half, High: estimate + half, Method: MethodInformationCS}
}

// AroundMean is the interval of a mean of parts, each with a weight that does not
// depend on what is measured: the sum of weight times error has variance x.Variance
// times the square of the sum of weights, and grows by what each part adds, so that
// the bounds of a sum hold, also where the variance is another in every part
// (Waudby-Smith and others 2024, theorem 2.8). It is asymptotic.
func (m Mixture) AroundMean(x Estimated, weight float64) Interval {
	half := m.Radius(float64(x.Variance*weight)*weight) / math.Abs(weight)
	return Interval{Low: x.Value - half, High: x.Value + half, Method: MethodInformationCS}
}

// Estimated is an estimate with its variance.
type Estimated struct{ Value, Variance float64 }

// RateDifference is p1 - p2 with its variance; a rate of 0 or 1 takes the variance
// of the pooled rate.
func RateDifference(k1, n1, k2, n2 int64) (Estimated, error) {
	a, n, b, m := float64(k1), float64(n1), float64(k2), float64(n2)
	if err := checkPair(a, n, b, m); err != nil {
		return Estimated{}, err
	}
	p, q := a/n, b/m
	x, y := float64(p*(1-p)), float64(q*(1-q))
	if x == 0 || y == 0 {
		pooled := (a + b) / (n + m)
		x = float64(pooled * (1 - pooled))
		y = x
	}
	if x == 0 {
		return Estimated{}, ErrNoVariation
	}
	return Estimated{p - q, x/n + y/m}, nil
}

// LogRateRatio is log(p1/p2) with its variance.
func LogRateRatio(k1, n1, k2, n2 int64) (Estimated, error) {
	a, n, b, m := float64(k1), float64(n1), float64(k2), float64(n2)
	if err := checkPair(a, n, b, m); err != nil {
		return Estimated{}, err
	}
	if k1 == 0 || k2 == 0 {
		return Estimated{}, ErrZeroCell
	}
	v := (n-a)/n/a + (m-b)/m/b
	if v == 0 {
		return Estimated{}, ErrNoVariation
	}
	return Estimated{math.Log(a / n / (b / m)), v}, nil
}

// Weighted is an estimate with its weight. A variance of 0 is not known.
type Weighted struct {
	Estimated
	Weight float64
}

// WeightedMean is the mean of estimates by given weights. A part whose variance is
// not known is taken to vary, for its weight, as the others do.
func WeightedMean(parts []Weighted) (Estimated, error) {
	sum, weights, known, variance := 0.0, 0.0, 0.0, 0.0
	for _, p := range parts {
		sum += float64(p.Weight * p.Value)
		weights += p.Weight
		if p.Variance > 0 {
			known += p.Weight
			variance += float64(float64(p.Weight*p.Weight) * p.Variance)
		}
	}
	switch {
	case len(parts) == 0:
		return Estimated{}, ErrNoParts
	case weights == 0:
		return Estimated{}, ErrNoRows
	}
	v := variance / known / weights
	if !(v > 0) || math.IsInf(v, 1) {
		return Estimated{}, ErrNoVariation
	}
	return Estimated{sum / weights, v}, nil
}

// PToE turns a p-value into an e-value, the average of κ·p^(κ-1) over κ:
// (1-p+p·log p)/(p·log² p) (Vovk and Wang 2021, Annals of Statistics 49,
// 1736-1754).
func PToE(p float64) float64 {
	if p >= 1-1e-5 { // its series around 1
		d := 1 - p
		return 0.5 + d/3
	}
	log := math.Log(p)
	return (1 - p + float64(p*log)) / float64(p*log*log)
}

// RejectByE is e-BH: it rejects the k largest e-values of a family of d when the
// k-th is at least d/(k·alpha), which bounds the expected share of false
// rejections by alpha under any dependence (Wang and Ramdas 2022, Journal of the
// Royal Statistical Society B 84, 822-852). The e-values are given as logarithms.
func RejectByE(log []float64, alpha float64) []bool {
	negative := make([]float64, len(log))
	for i, x := range log {
		negative[i] = -x
	}
	ranked, most := order(negative), 0
	for rank, i := range ranked {
		if log[i] >= math.Log(float64(len(log))/(float64(rank+1)*alpha)) {
			most = rank + 1
		}
	}
	out := make([]bool, len(log))
	for _, i := range ranked[:most] {
		out[i] = true
	}
	return out
}
