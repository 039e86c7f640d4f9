package detectors

import (
	"math"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// The intervals of estimators over probabilities are of the delta method: what one
// row adds to an estimate, to first order, is its influence, and the sum of the
// squares of the influences estimates the variance (Huber 1967; for weighted rates
// the linearization of a ratio estimator, Särndal, Swensson and Wretman 1992). They
// are about chance alone, and take the probabilities as given.
const (
	methodInfluence    = "delta, by influence"
	methodConservative = "delta, conservative"

	rowsOfPeople = "no interval: a person has several rows, and probabilities are not counted by person"
)

// weighed are the rows of one probability, by decision.
type weighed struct {
	p float64
	n [2]float64 // negative, positive
}

// influence sums the squares of what rows add to an estimate.
func (l likelihood) influence(of func(p, y float64) float64) float64 {
	sum := 0.0
	for _, c := range l.cells {
		for y, n := range c.n {
			x := of(c.p, float64(y))
			sum += float64(n * float64(x*x))
		}
	}
	return sum
}

// others is the weighted rate of everybody else, and the weight that it rests on.
func (l likelihood) others() (rate, weight float64) {
	for _, c := range l.cells {
		weight += float64((1 - c.p) * (c.n[0] + c.n[1]))
		rate += float64((1 - c.p) * c.n[1])
	}
	return rate / weight, weight
}

// apart is the variance of the weighted rate less that of everybody else.
func (l likelihood) apart() float64 {
	r1, p1 := *l.rate(), l.members()
	r0, p0 := l.others()
	return l.influence(func(p, y float64) float64 {
		return float64(p*(y-r1)/p1) - float64((1-p)*(y-r0)/p0)
	})
}

// steep is the variance of the slope of the decision on the probability, whatever
// the variance of the decision at each (White 1980, HC0).
func (l likelihood) steep() float64 {
	mean, variance, covariance := l.moments()
	n := float64(l.n[0] + l.n[1])
	slope, rate := covariance/variance, float64(l.n[1])/n
	return l.influence(func(p, y float64) float64 {
		return float64((p-mean)*(y-rate-float64(slope*(p-mean)))) / (n * variance)
	})
}

// within is an interval of a difference at the audit's level.
func (d *inferredGroups) within(v, variance float64) (*audit.Interval, string) {
	switch {
	case d.spec.HasSubject:
		return nil, rowsOfPeople
	case !(variance > 0):
		return nil, "no interval: " + stat.ErrNoVariation.Error()
	}
	half := float64(stat.NormalUpper(d.spec.Alpha/2) * math.Sqrt(variance))
	return bounds(max(-1, v-half), min(1, v+half), d.spec.Alpha, methodInfluence), ""
}

// quotient is an interval of the ratio of two weighted rates, on the scale of its
// logarithm. Of two values a row's probabilities tell each other, and the variance
// is exact to first order. Of more, how they go together is not counted; the
// standard error of a difference is at most the sum of both, which is taken.
func (d *inferredGroups) quotient(v float64, l, ref likelihood, two bool) (*audit.Interval, string) {
	if d.spec.HasSubject {
		return nil, rowsOfPeople
	}
	r, s := *l.rate(), *ref.rate()
	if r == 0 || s == 0 {
		return nil, "no interval: a weighted rate is 0"
	}
	spread, method := math.Sqrt(l.variance(r))/r+math.Sqrt(ref.variance(s))/s, methodConservative
	if two {
		p1, p0 := l.members(), ref.members()
		spread, method = math.Sqrt(l.influence(func(p, y float64) float64 {
			return float64(p*(y-r)/(p1*r)) - float64((1-p)*(y-s)/(p0*s))
		})), methodInfluence
	}
	if !(spread > 0) {
		return nil, "no interval: " + stat.ErrNoVariation.Error()
	}
	factor := math.Exp(stat.NormalUpper(d.spec.Alpha/2) * spread)
	return bounds(v/factor, v*factor, d.spec.Alpha, method), ""
}

// thresholdOf is a decimal as a float.
func thresholdOf(text string) float64 {
	x, _ := strconv.ParseFloat(text, 64)
	return x
}
