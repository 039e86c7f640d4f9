package stat

import (
	"math"
	"slices"
)

// Lived is a step of a survival curve: of those at risk before Time, Events had the
// event then; Left is the share that is left after it.
type Lived struct {
	Time           float64
	AtRisk, Events int64
	Left           float64
	Greenwood      float64 // Σ d / (n (n − d)): the variance of Left over its square
}

// Survival is how long things last of which some were not seen to their end.
type Survival []Lived

// KaplanMeier is the product-limit estimate (Kaplan and Meier 1958, Journal of the
// American Statistical Association 53, 457-481) from times of events and times at
// which others were last seen without one. At equal times events come first.
func KaplanMeier(events, censored Sample) Survival {
	risk := events.Count() + censored.Count()
	left, spread, at := 1.0, 0.0, 0
	var out Survival
	for _, e := range events {
		if e.N == 0 {
			continue
		}
		for ; at < len(censored) && censored[at].X < e.X; at++ {
			risk -= censored[at].N
		}
		left *= float64(risk-e.N) / float64(risk)
		spread += float64(e.N) / (float64(risk) * float64(risk-e.N))
		out = append(out, Lived{e.X, risk, e.N, left, spread})
		risk -= e.N
	}
	return out
}

// At is the share that is left after a time.
func (s Survival) At(time float64) Lived {
	i, found := slices.BinarySearchFunc(s, time, func(l Lived, t float64) int {
		switch {
		case l.Time < t:
			return -1
		case l.Time > t:
			return 1
		}
		return 0
	})
	if found {
		return s[i]
	}
	if i == 0 {
		return Lived{Time: time, Left: 1}
	}
	return s[i-1]
}

// Variance of the share that is left (Greenwood 1926).
func (l Lived) Variance() float64 {
	if l.Left == 0 {
		return 0
	}
	return float64(l.Left*l.Left) * l.Greenwood
}

// MethodGreenwood is the interval of a share that is left, on the scale log(−log).
const MethodGreenwood = "greenwood-loglog"

// Interval of the share that is left (Kalbfleisch and Prentice 1980).
func (l Lived) Interval(alpha float64) (Interval, error) {
	if err := checkAlpha(alpha); err != nil {
		return Interval{}, err
	}
	if !(l.Left > 0 && l.Left < 1) {
		return Interval{}, ErrNoVariation
	}
	by := math.Exp(NormalUpper(alpha/2) * math.Sqrt(l.Greenwood) / math.Log(l.Left))
	return Interval{math.Pow(l.Left, 1/by), math.Pow(l.Left, by), MethodGreenwood}, nil
}

// Quantile is the first time by which a share q has had the event; false where fewer
// had it while anything was seen.
func (s Survival) Quantile(q float64) (float64, bool) {
	for _, l := range s {
		if l.Left <= 1-q+1e-12 {
			return l.Time, true
		}
	}
	return 0, false
}

// QuantileInterval are the times at which the share that is left cannot be told from
// 1 − q (Brookmeyer and Crowley 1982, on the scale log(−log)); High is +Inf where it
// is never far enough below.
func (s Survival) QuantileInterval(q, alpha float64) (Interval, error) {
	if err := checkAlpha(alpha); err != nil {
		return Interval{}, err
	}
	out := Interval{math.NaN(), math.Inf(1), MethodGreenwood}
	for _, l := range s {
		i, err := l.Interval(alpha)
		if l.Left == 0 {
			i, err = Interval{}, nil
		}
		if err != nil {
			continue
		}
		if math.IsNaN(out.Low) && i.Low <= 1-q {
			out.Low = l.Time
		}
		if i.High < 1-q || l.Left == 0 && i.Low == 0 {
			out.High = l.Time
			break
		}
	}
	if math.IsNaN(out.Low) {
		return Interval{}, ErrFewRows
	}
	return out, nil
}
