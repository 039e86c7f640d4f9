package detectors

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// bothScored says why two groups cannot be compared.
func bothScored(g, ref group) string {
	switch {
	case g.n() == 0:
		return "undefined: no row with a score in " + called(g)
	case ref.n() == 0:
		return "undefined: no row with a score in " + called(ref)
	}
	return ""
}

// distributionGaps are the comparisons of two distributions, in the order of the
// result.
func (d scoreGap) distributionGaps() []gap {
	with := func(name string, parameters map[string]string, eval func(in inference, a, b *scores, test bool, m *audit.Measurement)) gap {
		decl := d.metrics[name]
		return gap{name: decl.Name, convention: decl.Convention,
			eval: func(in inference, g, ref group, test bool) audit.Measurement {
				m := audit.Measurement{Note: bothScored(g, ref), Parameters: parameters}
				if m.Note == "" {
					eval(in, g.numbers(), ref.numbers(), test, &m)
				}
				return m
			}}
	}
	metric := func(name string, eval func(in inference, a, b *scores, test bool, m *audit.Measurement)) gap {
		return with(name, nil, eval)
	}
	sd := func(which string) map[string]string { return map[string]string{"sd": which} }
	means := metric("score_mean_difference", meanDifference)
	means.worst = func(values []group) audit.Measurement {
		return extremesOf(values, "a score", func(g group) (float64, bool) { return g.numbers().moments().Mean, g.n() > 0 })
	}
	times := func(name string) int { return d.draws(slice{gate: true}, name) } // only the gate window has any
	ks, area := metric("ks", ksGap(times("ks"))), metric("wasserstein", wassersteinGap(times("wasserstein")))
	ks.unsigned, area.unsigned = true, true
	out := []gap{means, with("standardized_mean_difference", sd("pooled"), standardized(stat.StandardizedPooled, false)),
		with("standardized_mean_difference", sd("reference"), standardized(stat.StandardizedReference, true)), ks, area}
	for _, q := range d.params.Quantiles {
		out = append(out, with("quantile_difference", map[string]string{"quantile": plain(q)}, quantileGap(q)))
	}
	return append(out, metric("superiority", superiority))
}

// meanDifference is Welch's comparison of means.
func meanDifference(in inference, a, b *scores, test bool, m *audit.Measurement) {
	x, y := a.moments(), b.moments()
	v := x.Mean - y.Mean
	m.Value = &v
	if oneSilent(a, b) {
		in.silentGap(m, a, b, test)
		return
	}
	if p, q, ok := dealtSums(a, b); ok {
		c, err := stat.ClusteredMeanDifference(p, q)
		in.clustered(m, c, err, 0, test)
		return
	}
	i, t, err := stat.Welch(x, y, in.alpha)
	in.noted(m, i, err)
	if err == nil && test {
		m.Test, m.P = t.Method, &t.P
	}
}

// dealtSums are the sums of two groups by shard of subjects, around one center.
func dealtSums(a, b *scores) (x, y []stat.Sums, ok bool) {
	p, q, ok := byPerson(a, b)
	if !ok {
		return nil, nil, false
	}
	center := b.all.Mean()
	return stat.Deal(p.all, center), stat.Deal(q.all, center), true
}

// standardized is the difference of means in standard deviations.
func standardized(of func(a, b stat.Moments, alpha float64) (float64, stat.Interval, error), reference bool) func(inference, *scores, *scores, bool, *audit.Measurement) {
	return func(in inference, a, b *scores, test bool, m *audit.Measurement) {
		x, y := a.moments(), b.moments()
		v, i, err := of(x, y, in.alpha)
		if err != nil {
			if m.Note = "undefined: " + err.Error(); err == stat.ErrNoVariation {
				m.Note = "undefined: all scores behind the standard deviation are the same"
			}
			return
		}
		m.Value = &v
		if oneSilent(a, b) {
			m.Note = silentNote
			return
		}
		if p, q, ok := dealtSums(a, b); ok {
			c, err := stat.ClusteredStandardized(p, q, reference)
			in.clustered(m, c, err, 0, false)
			if gap, err := stat.ClusteredMeanDifference(p, q); err == nil && test {
				if t, err := gap.TTest(0, stat.TwoSided); err == nil {
					m.Test, m.P = t.Method, &t.P
				}
			}
			return
		}
		in.noted(m, i, nil)
		if _, t, err := stat.Welch(x, y, in.alpha); err == nil && test {
			m.Test, m.P = t.Method, &t.P
		}
	}
}

// standardizedByAll is the difference of means in standard deviations of everybody's
// scores, as lenders print it (times 100). That deviation is taken as known.
func (d scoreGap) standardizedByAll(all *scores) gap {
	decl := d.metrics["overall_standardized_mean_difference"]
	return gap{name: decl.Name, convention: decl.Convention,
		eval: func(in inference, g, ref group, test bool) audit.Measurement {
			m := audit.Measurement{Note: bothScored(g, ref)}
			if m.Note != "" {
				return m
			}
			everybody := all.moments()
			if !(everybody.Variance > 0) {
				m.Note = "undefined: all scores behind the standard deviation are the same"
				return m
			}
			meanDifference(in, g.numbers(), ref.numbers(), test, &m)
			sd := math.Sqrt(everybody.Variance * (everybody.N - 1) / everybody.N)
			if m.Value != nil {
				v := *m.Value / sd
				m.Value = &v
			}
			m.Interval = divided(m.Interval, 1/sd)
			return m
		}}
}

// ksGap is the largest distance of the distribution functions; times is how often
// it is drawn.
func ksGap(times int) func(inference, *scores, *scores, bool, *audit.Measurement) {
	return func(in inference, a, b *scores, test bool, m *audit.Measurement) {
		k, _ := stat.KolmogorovSmirnov(a.all, b.all) // both have rows
		m.Value = &k.Value
		if p, q, ok := byPerson(a, b); ok {
			bridge, err := stat.NewPeopleBridge(p.all, q.all)
			if err != nil {
				in.noted(m, stat.Interval{}, err)
				return
			}
			m.Shards = bridge.Design.Shards
			i, err := k.IntervalClustered(bridge.Design, in.alpha)
			in.noted(m, i, err)
			if test {
				null, _ := bridge.Null(stat.Generator(in.seed, "score_gap", "ks"), times, k.Value, 0)
				m.Null = &audit.Null{Expected: null.Expected, Limit: null.Limit}
				m.Test, m.P = stat.MethodBridgeCluster, &null.P
			}
			return
		}
		i, err := k.Interval(in.alpha)
		in.noted(m, i, err)
		if test {
			t := k.Test()
			m.Test, m.P = t.Method, &t.P
		}
	}
}

// wassersteinGap is the area between the distribution functions; times is how often
// it is drawn.
func wassersteinGap(times int) func(inference, *scores, *scores, bool, *audit.Measurement) {
	return func(in inference, a, b *scores, test bool, m *audit.Measurement) {
		v, _ := stat.Wasserstein(a.all, b.all) // both have rows
		m.Value = &v
		if p, q, ok := byPerson(a, b); ok {
			bridge, err := stat.NewPeopleBridge(p.all, q.all)
			if err != nil {
				in.noted(m, stat.Interval{}, err)
				return
			}
			m.Shards = bridge.Design.Shards
			i, err := stat.WassersteinIntervalClustered(p.all, q.all, in.alpha)
			in.noted(m, i, err)
			if test {
				_, null := bridge.Null(stat.Generator(in.seed, "score_gap", "wasserstein"), times, 0, v)
				m.Null = &audit.Null{Expected: null.Expected, Limit: null.Limit}
				m.Test, m.P = stat.MethodBridgeCluster, &null.P
			}
			return
		}
		i, err := stat.WassersteinInterval(a.all, b.all, in.alpha)
		in.noted(m, i, err)
		if test {
			_, null := stat.NewBridge(a.all, b.all).Null(stat.Generator(in.seed, "score_gap", "wasserstein"), times, 0, v)
			m.Null = &audit.Null{Expected: null.Expected, Limit: null.Limit}
			m.Test, m.P = stat.MethodBridge, &null.P
		}
	}
}

// quantileGap is the difference of a quantile.
func quantileGap(q float64) func(inference, *scores, *scores, bool, *audit.Measurement) {
	return func(in inference, a, b *scores, test bool, m *audit.Measurement) {
		x, errX := a.all.Quantile(q)
		y, errY := b.all.Quantile(q)
		if errX != nil || errY != nil {
			return
		}
		v := x - y
		m.Value = &v
		if p, r, ok := byPerson(a, b); ok {
			i, err := stat.QuantileDifferenceClustered(p.all, r.all, q, in.alpha)
			in.noted(m, i, err)
			m.Shards = p.shards(r)
			if !test {
				return
			}
			if t, err := stat.QuantileTestClustered(p.all, r.all, q); err == nil {
				m.Test, m.P = t.Method, &t.P
			}
			return
		}
		i, err := stat.QuantileDifference(a.all, b.all, q, in.alpha)
		in.noted(m, i, err)
		if !test {
			return
		}
		if t, err := stat.QuantileTest(a.all, b.all, q); err == nil {
			m.Test, m.P = t.Method, &t.P
		}
	}
}

// superiority is the chance that a score of the group is the higher one.
func superiority(in inference, a, b *scores, test bool, m *audit.Measurement) {
	c, _ := stat.CompareSamples(a.all, b.all) // both have rows
	v := c.Value - 0.5
	m.Value = &v
	if p, q, ok := byPerson(a, b); ok {
		area, err := stat.ClusteredAUC(p.all, q.all)
		in.clustered(m, area, err, 0, test)
		clamped(m, -0.5, 0.5)
		ranked(m)
		return
	}
	i, err := c.Interval(in.alpha)
	i.Low, i.High = i.Low-0.5, i.High-0.5
	in.noted(m, i, err)
	ranked(m)
	if err != nil || !test {
		return
	}
	if t, err := c.Against(0.5, stat.TwoSided); err == nil {
		m.Test, m.P = t.Method, &t.P
	}
}

// scoreGapMetrics declares what the detector emits.
func scoreGapMetrics() []detect.Metric {
	gap := func(name, title, doc, convention, source string) detect.Metric {
		return detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Source: source, Null: detect.NullNoGap, Scale: detect.ScaleNumber, Version: 1}
	}
	out := []detect.Metric{
		{Name: "mean_score", Title: "Mean score", Doc: "The mean score of a group.", Convention: "Σ score / rows with a finite score",
			Source: "interval: Student", Null: detect.NullLimit, Scale: detect.ScaleNumber, Version: 1},
		gap("score_mean_difference", "Mean score, difference", "How much higher (+) or lower (−) the scores of a group are on average than those of the reference.",
			"mean of the group − mean of the reference", "interval and test: Welch 1947"),
		gap("standardized_mean_difference", "Mean score, standardized difference", "The difference of the means in standard deviations: of both groups pooled, or of the reference.",
			"(mean of the group − mean of the reference) / sd; parameter sd: pooled (Cohen's d, divisor n + m − 2) or reference (Glass's delta, divisor m − 1)",
			"Cohen 1988; Glass 1976; interval: Hedges and Olkin 1985; test: Welch; no small-sample factor"),
		gap("overall_standardized_mean_difference", "Mean score, standardized by everybody", "The difference of the means in standard deviations of all scores.",
			"(mean of the group − mean of the reference) / sd of all scores, divisor N",
			"lending practice, which prints it times 100; interval and test: Welch 1947, the sd taken as known"),
		gap("ks", "Kolmogorov-Smirnov distance", "Largest difference between the groups in the share of scores up to a point.",
			"max |F_group − F_reference|, no bins", "Smirnov 1939; interval: Dvoretzky-Kiefer-Wolfowitz, Massart 1990; Clarify calls the largest change of a label's share KS"),
		gap("wasserstein", "Wasserstein distance", "How far scores would have to move on average for the two distributions to be the same, in the score's unit.",
			"∫ |F_group − F_reference| dx, no bins", "SciPy wasserstein_distance; interval: delta method; test: Brownian bridge"),
		gap("quantile_difference", "Quantile, difference", "How much higher (+) or lower (−) a quantile of the group's scores lies; quantile 0.5 is the median.",
			"quantile of the group − quantile of the reference, type 7 of Hyndman and Fan 1996", "interval: MOVER of binomial order-statistic limits; test: the smallest alpha whose interval leaves 0 out"),
		gap("superiority", "Superiority", "How many points more (+) or less (−) than half the time a score of the group is higher than one of the reference.",
			"P(group > reference) + ½ P(equal) − ½", "McGraw and Wong 1992; Vargha and Delaney 2000 without − ½; AUC of the score for membership; interval: DeLong 1988"),
	}
	for i := range out {
		switch out[i].Name {
		case "ks", "wasserstein":
			out[i].Version = 2
		case "score_mean_difference", "standardized_mean_difference", "overall_standardized_mean_difference":
			out[i].Version = 2 // 1 took the mean of a group whose scores are all the same for certain
		case "quantile_difference":
			out[i].Version = 2 // 1 tested shares up to the pooled quantile, which ties mislead
		}
	}
	return append(out, shareAbove().metrics()...)
}
