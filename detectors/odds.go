package detectors

import (
	"math"
	"math/big"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// odds are the two differences behind equalized odds: of true and of false
// positive rates, whose rows are disjoint (positive and negative labels).
type odds struct {
	rates [2]rate
	diff  [2]*big.Rat
	part  [2]audit.Measurement // with intervals at level 1-alpha/2
	a, b  [2]proportion
	note  string // why they are undefined
}

// compareOdds compares two groups. The intervals share the error alpha, so that
// both hold together with probability 1-alpha whatever their dependence
// (Bonferroni).
func compareOdds(in inference, g, ref group, test bool) odds {
	o := odds{rates: [2]rate{truePositive(), falsePositive()}}
	for i, r := range o.rates {
		o.part[i] = r.difference(in.half(), g, ref, test)
		o.a[i], o.b[i] = r.of(g), r.of(ref)
		o.diff[i] = minus(o.a[i].value(), o.b[i].value())
		if o.diff[i] == nil && o.note == "" {
			o.note = o.part[i].Note
		}
	}
	return o
}

// larger is the rate with the larger absolute difference; the true positive
// rate if they are equal.
func (o odds) larger() int {
	if new(big.Rat).Abs(o.diff[1]).Cmp(new(big.Rat).Abs(o.diff[0])) > 0 {
		return 1
	}
	return 0
}

// measurement starts a composite with p = min(1, 2·min p) over the two tests
// (Bonferroni).
func (o odds) measurement() audit.Measurement {
	m := audit.Measurement{Note: o.note, Shards: shardsUsed(o.a[0], o.b[0], o.a[1], o.b[1])}
	if p, q := o.part[0].P, o.part[1].P; p != nil && q != nil {
		both := min(1, 2*min(*p, *q))
		m.P, m.Test = &both, o.part[0].Test+", bonferroni"
	}
	return m
}

// combined is an interval for a composite from the intervals of its parts.
func (o odds) combined(in inference, f func(i, j span) span) *audit.Interval {
	i, j := o.part[0].Interval, o.part[1].Interval
	if i == nil || j == nil {
		return nil
	}
	s := f(span{*i.Low, *i.High}, span{*j.Low, *j.High})
	return bounds(s.low, s.high, in.alpha, i.Method+", bonferroni")
}

type span struct{ low, high float64 }

// abs is the range of |x| for x in s.
func (s span) abs() span {
	if s.low <= 0 && s.high >= 0 {
		return span{0, max(-s.low, s.high)}
	}
	return span{min(math.Abs(s.low), math.Abs(s.high)), max(math.Abs(s.low), math.Abs(s.high))}
}

func largerSpan(i, j span) span {
	i, j = i.abs(), j.abs()
	return span{max(i.low, j.low), max(i.high, j.high)}
}

func meanSpan(i, j span) span { return span{(i.low + j.low) / 2, (i.high + j.high) / 2} }

func meanAbs(i, j span) span { return meanSpan(i.abs(), j.abs()) }

// equalizedOdds is the larger of the two absolute differences. It carries the
// counts of the rate that decides.
func equalizedOdds(in inference, g, ref group, test bool) audit.Measurement {
	o := compareOdds(in, g, ref, test)
	m := o.measurement()
	if m.Note != "" {
		return m
	}
	at := o.larger()
	m.Value = float(new(big.Rat).Abs(o.diff[at]))
	m.Numerator, m.Denominator, m.RefNum, m.RefDen = &o.a[at].k, &o.a[at].n, &o.b[at].k, &o.b[at].n
	m.Parameters = map[string]string{"rate": o.rates[at].name}
	m.Interval = o.combined(in, largerSpan)
	return m
}

// meanAbsoluteOdds is the mean of the two absolute differences.
func meanAbsoluteOdds(in inference, g, ref group, test bool) audit.Measurement {
	o := compareOdds(in, g, ref, test)
	m := o.measurement()
	if m.Note != "" {
		return m
	}
	m.Value = float(mean(new(big.Rat).Abs(o.diff[0]), new(big.Rat).Abs(o.diff[1])))
	m.Interval = o.combined(in, meanAbs)
	return m
}

// averageOdds is the signed mean of the two differences. Rows with positive and
// with negative labels are independent, so its interval recovers the variances
// of the two Newcombe intervals (MOVER: Zou and Donner 2008, Statistics in
// Medicine 27, 1693-1702); people may be in both, so with a subject it is the
// mean of the two intervals at level 1-alpha/2.
func averageOdds(in inference, g, ref group, test bool) audit.Measurement {
	o := compareOdds(in, g, ref, test)
	m := o.measurement()
	if m.Note != "" {
		return m
	}
	m.Value = float(mean(o.diff[0], o.diff[1]))
	if m.Shards > 0 {
		m.Interval = o.combined(in, meanSpan)
		return m
	}
	var parts []stat.Part
	for i, r := range o.rates {
		d := r.difference(in, g, ref, false)
		if d.Interval == nil {
			return m
		}
		point, _ := o.diff[i].Float64()
		parts = append(parts, stat.Part{Weight: 0.5, Point: point, Interval: stat.Interval{Low: *d.Interval.Low, High: *d.Interval.High}})
	}
	m.Interval, m.Note = in.interval(stat.Mover(parts...))
	return m
}

func mean(a, b *big.Rat) *big.Rat {
	return new(big.Rat).Quo(new(big.Rat).Add(a, b), big.NewRat(2, 1))
}

// worstOdds combines, over the groups of a slice, the highest minus the lowest
// true positive rate with the same of the false positive rate: Fairlearn's
// equalized_odds_difference, agg worst_case (the larger) or mean. Group and
// reference are the extremes of the rate with the wider range.
func worstOdds(combine func(tpr, fpr *big.Rat) *big.Rat) func([]group) audit.Measurement {
	return func(values []group) audit.Measurement {
		var ranges [2]*big.Rat
		var ends [2][2]group
		rates := [2]rate{truePositive(), falsePositive()}
		for i, r := range rates {
			low, high, ok := r.extremes(values)
			if !ok {
				return audit.Measurement{Note: "undefined: fewer than two groups have a " + r.words()}
			}
			ends[i], ranges[i] = [2]group{low, high}, minus(r.of(high).value(), r.of(low).value())
		}
		at := 0
		if ranges[1].Cmp(ranges[0]) > 0 {
			at = 1
		}
		low, high := ends[at][0], ends[at][1]
		return audit.Measurement{
			Value: float(combine(ranges[0], ranges[1])), Note: chosenByData, N: low.tally.n(),
			Group: low.label(), Reference: high.label(),
			Parameters: map[string]string{"rate": rates[at].name},
		}
	}
}

func larger(a, b *big.Rat) *big.Rat {
	if b.Cmp(a) > 0 {
		return b
	}
	return a
}

// oddsGaps are the composite gaps in canonical order.
func oddsGaps() []gap {
	m := oddsMetrics()
	both := []rate{truePositive(), falsePositive()}
	ranges := func(combine func(a, b float64) float64) func([]stat.Extremes) (float64, bool) {
		return func(x []stat.Extremes) (float64, bool) { return combine(x[0].High-x[0].Low, x[1].High-x[1].Low), true }
	}
	apart := func(combine func(a, b float64) float64) func(p, q [2]float64) float64 {
		return func(p, q [2]float64) float64 { return combine(math.Abs(p[0]-q[0]), math.Abs(p[1]-q[1])) }
	}
	half := func(a, b float64) float64 { return (a + b) / 2 }
	return []gap{
		{name: m[0].Name, convention: m[0].Convention, eval: equalizedOdds, worst: worstOdds(larger), unsigned: true, rates: both, fold: ranges(math.Max), point: apart(math.Max)},
		{name: m[1].Name, convention: m[1].Convention, eval: meanAbsoluteOdds, worst: worstOdds(mean), unsigned: true, rates: both,
			fold: ranges(half), point: apart(half)},
		{name: m[2].Name, convention: m[2].Convention, eval: averageOdds, rates: both,
			point: func(p, q [2]float64) float64 { return half(p[0]-q[0], p[1]-q[1]) }},
		{name: m[3].Name, convention: m[3].Convention, eval: meanAbsoluteOdds, unsigned: true, rates: both, point: apart(half)},
	}
}

// oddsMetrics declares them.
func oddsMetrics() []detect.Metric {
	const bonferroni = "Interval: both Newcombe intervals at level 1 − alpha/2, p: twice the smaller (Bonferroni)"
	gap := detect.Metric{Null: detect.NullNoGap, Scale: detect.ScaleDifference, Version: 5}
	declare := func(name, title, doc, convention, source string) detect.Metric {
		m := gap
		m.Name, m.Title, m.Doc, m.Convention, m.Source = name, title, doc, convention, source
		return m
	}
	return []detect.Metric{
		declare("equalized_odds_difference", "Equalized odds, larger gap",
			"The larger of two gaps: among people with a positive label and among people with a negative one, how far apart the rates of positive decisions are.",
			"max(|ΔTPR|, |ΔFPR|), bonferroni interval; worst: each Δ between its own extreme groups",
			"Hardt, Price and Srebro 2016; pair: AIF360 equalized_odds_difference; worst: Fairlearn, agg worst_case. "+bonferroni),
		declare("equalized_odds_mean_difference", "Equalized odds, mean gap",
			"The mean of the same two gaps.",
			"(|ΔTPR| + |ΔFPR|) / 2, bonferroni interval; worst: each Δ between its own extreme groups",
			"Fairlearn equalized_odds_difference, agg mean. "+bonferroni),
		declare("average_odds_difference", "Average odds, signed",
			"The signed mean of the same two differences. Opposite signs cancel, so read it beside the absolute form.",
			"(ΔTPR + ΔFPR) / 2",
			"AIF360 average_odds_difference. Interval: MOVER over two Newcombe intervals (Zou and Donner 2008), p: twice the smaller of the two tests (Bonferroni)"),
		declare("average_absolute_odds_difference", "Average odds, absolute",
			"The mean of the two absolute differences between one group and its reference.",
			"(|ΔTPR| + |ΔFPR|) / 2, bonferroni interval",
			"AIF360 average_abs_odds_difference, average_odds_error. "+bonferroni),
	}
}
