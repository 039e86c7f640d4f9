package detectors

import (
	"math"
	"math/big"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// Treatment equality counts false negatives per false positive (Berk et al.
// 2021, Sociological Methods and Research 50, 3-44). It is the odds of the share
// FN / (FN + FP) among errors, and its inference is that of the share.

// falseNegativeShare is the share of errors that are false negatives.
func falseNegativeShare() rate {
	return rate{
		name: "false_negative_share", short: "FN / (FN + FP)",
		empty: "no error",
		count: func(t tally) (k, n int64) { return t.FN, t.FN + t.FP }, outcomes: true,
	}
}

// treatmentEquality is FN / FP of a group.
func treatmentEquality(in inference, g group) audit.Measurement {
	rate := falseNegativeShare()
	share := rate.of(g)
	fp := share.n - share.k
	m := audit.Measurement{Numerator: &share.k, Denominator: &fp, Shards: shardsUsed(share)}
	if rate.blind(g.tally) != "" {
		m.Note = rate.undefined(g)
		return m
	}
	if fp == 0 {
		m.Note = "undefined: nobody is a false positive in " + called(g)
		return m
	}
	m.Value = float(big.NewRat(share.k, fp))
	if m.Interval, m.Note = in.rate(share); m.Interval != nil {
		m.Interval = bounds(toOdds(*m.Interval.Low), toOdds(*m.Interval.High), in.alpha, m.Interval.Method+", odds")
	}
	return m
}

// toOdds turns a share into odds; 1 becomes infinite.
func toOdds(p float64) float64 {
	if p >= 1 {
		return math.Inf(1)
	}
	return p / (1 - p)
}

// treatmentDifference is the difference of FN / FP of two groups: the interval
// by MOVER over the two intervals (people in both groups are taken as if they
// were different people), the test that of the shares.
func treatmentDifference(in inference, g, ref group, test bool) audit.Measurement {
	a, b := treatmentEquality(in, g), treatmentEquality(in, ref)
	x, y := falseNegativeShare().of(g), falseNegativeShare().of(ref)
	m := audit.Measurement{
		Numerator: a.Numerator, Denominator: a.Denominator, RefNum: b.Numerator, RefDen: b.Denominator,
		Shards: shardsUsed(x, y),
	}
	switch {
	case a.Value == nil:
		m.Note = a.Note
		return m
	case b.Value == nil:
		m.Note = b.Note
		return m
	}
	m.Value = float(minus(big.NewRat(*a.Numerator, *a.Denominator), big.NewRat(*b.Numerator, *b.Denominator)))
	if test {
		m.Test, m.P = in.testRate(falseNegativeShare(), x, y)
	}
	if closed(a.Interval) && closed(b.Interval) {
		m.Interval, m.Note = in.interval(stat.Mover(part(1, a), part(-1, b)))
	} else {
		m.Note = "no interval: the odds of one group have no upper limit"
	}
	return m
}

func closed(i *audit.Interval) bool { return i != nil && i.Low != nil && i.High != nil }

func part(weight float64, m audit.Measurement) stat.Part {
	return stat.Part{Weight: weight, Point: *m.Value, Interval: stat.Interval{Low: *m.Interval.Low, High: *m.Interval.High}}
}

// treatmentMetrics declares the level and its difference.
func treatmentMetrics() []detect.Metric {
	return []detect.Metric{
		{Name: "treatment_equality", Title: "Treatment equality",
			Doc:        "False negatives per false positive: which of the two errors a group meets more often.",
			Convention: "FN / FP", Source: "Berk et al. 2021; Clarify TE is its difference. Interval: Wilson on FN / (FN + FP), turned into odds",
			Null: detect.NullLimit, Scale: detect.ScaleOdds, Version: 3},
		{Name: "treatment_equality_difference", Title: "Treatment equality, difference",
			Doc:        "How many more (+) or fewer (−) false negatives per false positive a group has than the reference.",
			Convention: "FN / FP of the group − FN / FP of the reference",
			Source:     "Clarify TE (facet d − facet a). Interval: MOVER (Zou and Donner 2008); test: of FN / (FN + FP)",
			Null:       detect.NullNoGap, Scale: detect.ScaleNumber, Version: 6},
	}
}

func (e *emitter) treatment(s section) {
	metrics := treatmentMetrics()
	for _, in := range s.slices {
		for _, g := range in.everybody() {
			m := treatmentEquality(e.in, g)
			m.Group, m.GroupKind, m.N = g.label(), g.kind, g.tally.n()
			e.add(s, in, metrics[0].Name, metrics[0].Convention, m)
		}
	}
	e.gaps(s, gap{name: metrics[1].Name, convention: metrics[1].Convention, eval: treatmentDifference, rates: []rate{falseNegativeShare()},
		point: func(p, q [2]float64) float64 { return toOdds(p[0]) - toOdds(q[0]) }})
}
