package detectors

import (
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// addScore completes a measurement of a declared metric and keeps it.
func (e *emitter) addScore(s section, in slice, metric detect.Metric, m audit.Measurement) {
	e.add(s, in, metric.Name, metric.Convention, m)
}

// noted sets an interval, or notes why there is none.
func (in inference) noted(m *audit.Measurement, i stat.Interval, err error) {
	if m.Interval, m.Note = in.interval(i, err); err == stat.ErrNoVariation {
		m.Note = unvaried
	}
}

const unvaried = "no interval: the numbers behind it do not vary"

// ranked says more plainly why a comparison by ranks has no interval.
func ranked(m *audit.Measurement) {
	if m.Note == unvaried {
		m.Note = "no interval: the scores of both sides are all the same, or do not overlap"
	}
}

// limited is a mean with its interval and, in the gate window, the test against
// the limits of its gates. byShard gives the sums of its numbers around it by
// shard of subjects, where there are any.
func (e *emitter) limited(in slice, metric string, x stat.Moments, byShard func() []stat.Sums, note string) audit.Measurement {
	m := valued(x.Mean, note)
	if note != "" {
		return m
	}
	if byShard != nil {
		c, err := stat.ClusteredMean(byShard())
		e.in.clustered(&m, c, err, 0, false)
		if c.Estimate = x.Mean; in.gate && err == nil {
			e.against(&m, metric, c.TTest)
		}
		return m
	}
	i, err := stat.MeanInterval(x, e.in.alpha)
	e.in.noted(&m, i, err)
	if in.gate {
		e.against(&m, metric, func(limit float64, side stat.Side) (stat.Test, error) { return stat.MeanTest(x, limit, side) })
	}
	return m
}

// against tests a level against the limits of its gates; of several the one that
// is further exceeded counts.
func (e *emitter) against(m *audit.Measurement, metric string, test func(limit float64, side stat.Side) (stat.Test, error)) {
	for _, gate := range detect.GatesOn(e.spec, e.detector, metric) {
		limit, err := strconv.ParseFloat(gate.Value, 64)
		if err != nil {
			continue
		}
		if t, err := test(limit, detect.Wrong(gate.Key)); err == nil && (m.P == nil || t.P < *m.P) {
			m.Test, m.P = t.Method, &t.P
		}
	}
}

// mean is the mean score of all scored rows.
func (c *calibration) mean(in slice, g group) audit.Measurement {
	x, note := g.numbers(), ""
	if x.n() == 0 {
		note = "undefined: no row with a score in " + called(g)
	}
	m := c.limited(in, "mean_score", x.moments(), x.sums(), note)
	m.N = x.n()
	return m
}

// sums are the numbers by shard around their mean, or nil without shards.
func (s *scores) sums() func() []stat.Sums {
	if s.people == nil {
		return nil
	}
	return func() []stat.Sums { return stat.Deal(s.people.all, s.all.Mean()) }
}

// costs are the sums around its mean of a number per labeled row, by shard.
func (s *scores) costs(mean float64, of func(positive, negative stat.Sample) (stat.Moments, error)) func() []stat.Sums {
	if s.people == nil {
		return nil
	}
	return func() []stat.Sums { return s.people.sums(mean, of) }
}

// baseRate is the rate of positive labels among the rows with a score.
func (c *calibration) baseRate(g group) audit.Measurement {
	x := g.numbers()
	p := proportion{k: x.positive.Count()}
	p.n = p.k + x.negative.Count()
	if x.people != nil {
		p.shards = x.people.labels()
	}
	m := audit.Measurement{Value: float(p.value()), Numerator: &p.k, Denominator: &p.n, Shards: shardsUsed(p)}
	if m.Value == nil {
		m.Note = c.note(g, stat.ErrNoRows, "")
		return m
	}
	m.Interval, m.Note = c.in.rate(p)
	return m
}

// inTheLarge is the mean score less the base rate.
func (c *calibration) inTheLarge(g group) audit.Measurement {
	x := g.numbers()
	brier, err := x.brierScore()
	note := c.note(g, err, c.notChance)
	m := valued(brier.Error.Mean, note)
	if note != "" {
		return m
	}
	if byShard := x.costs(brier.Error.Mean, signed); byShard != nil {
		e, err := stat.ClusteredMean(byShard())
		c.in.clustered(&m, e, err, 0, true)
		return m
	}
	i, err := stat.MeanInterval(brier.Error, c.in.alpha)
	c.in.noted(&m, i, err)
	if t, err := stat.CalibrationTest(x.positive, x.negative); err == nil {
		m.Test, m.P = t.Method, &t.P
	}
	return m
}

// signed and squared are the moments of the differences of score and label.
func signed(positive, negative stat.Sample) (stat.Moments, error) {
	b, err := stat.BrierScore(positive, negative)
	return b.Error, err
}

func squared(positive, negative stat.Sample) (stat.Moments, error) {
	b, err := stat.BrierScore(positive, negative)
	return b.Loss, err
}

// auc is the area under the ROC curve.
func (c *calibration) auc(in slice, g group) audit.Measurement {
	a, note := areaOf(g)
	m := valued(a.Value, note)
	if note != "" {
		return m
	}
	if p := g.numbers().people; p != nil {
		area, err := stat.ClusteredAUC(p.positive, p.negative)
		c.in.clustered(&m, area, err, 0, false)
		clamped(&m, 0, 1)
		ranked(&m)
		if area.Estimate = a.Value; in.gate && err == nil {
			c.against(&m, "auc", area.TTest)
		}
		return m
	}
	i, err := a.Interval(c.in.alpha)
	c.in.noted(&m, i, err)
	ranked(&m)
	if in.gate {
		c.against(&m, "auc", a.Against)
	}
	return m
}

// areaOf is the AUC of a group, or why it has none.
func areaOf(g group) (stat.AUC, string) {
	x := g.numbers()
	switch {
	case len(x.positive) == 0 && len(x.negative) == 0:
		return stat.AUC{}, "undefined: no row with a score and a label in " + called(g)
	case len(x.negative) == 0:
		return stat.AUC{}, "undefined: every label is positive in " + called(g)
	case len(x.positive) == 0:
		return stat.AUC{}, "undefined: every label is negative in " + called(g)
	}
	if x.area == nil { // each group is compared with many
		a, _ := stat.CompareSamples(x.positive, x.negative) // both have rows
		x.area = &a
	}
	return *x.area, ""
}

// aucGap compares the AUC of two groups.
func (c *calibration) aucGap() gap {
	metric := c.metrics["auc_difference"]
	return gap{name: metric.Name, convention: metric.Convention,
		eval: func(in inference, g, ref group, test bool) audit.Measurement {
			a, note := areaOf(g)
			b, other := areaOf(ref)
			if note == "" {
				note = other
			}
			m := valued(a.Value-b.Value, note)
			if note != "" {
				return m
			}
			if x, y, ok := byPerson(g.numbers(), ref.numbers()); ok {
				d, err := stat.ClusteredAUCDifference(x.positive, x.negative, y.positive, y.negative)
				in.clustered(&m, d, err, 0, test)
				clamped(&m, -1, 1)
				ranked(&m)
				return m
			}
			i, t, err := a.Minus(b, in.alpha)
			in.noted(&m, i, err)
			ranked(&m)
			if err == nil && test {
				m.Test, m.P = t.Method, &t.P
			}
			return m
		},
		worst: func(values []group) audit.Measurement {
			return extremesOf(values, "an AUC", func(g group) (float64, bool) {
				a, note := areaOf(g)
				return a.Value, note == ""
			})
		},
	}
}

// extremesOf compares the group of the lowest level with that of the highest.
func extremesOf(values []group, what string, level func(group) (float64, bool)) audit.Measurement {
	var low, high group
	var least, most float64
	defined := 0
	for _, g := range values {
		x, ok := level(g)
		if !ok {
			continue
		}
		if defined == 0 || x < least {
			low, least = g, x
		}
		if defined == 0 || x > most {
			high, most = g, x
		}
		defined++
	}
	if defined < 2 {
		return audit.Measurement{Note: "undefined: fewer than two groups have " + what}
	}
	d := least - most
	return audit.Measurement{Group: low.label(), Reference: high.label(), N: low.n(), Value: &d, Note: chosenByData}
}
