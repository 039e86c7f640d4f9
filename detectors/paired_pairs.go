package detectors

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// matchup is a variant against the reference on the cases that both have.
type matchup struct {
	pairs  stat.Pairs // of one run each
	single bool       // all are
	shards []int
	// By case: differences, flips by direction; and of the cases that were run again
	// flips, noise, and the first less the second.
	difference, toYes, toNo, flips []float64
	noise, beyond                  []float64
	again                          []int // shards of those
}

func (c cases) versus(g, ref int) matchup {
	v := matchup{single: true}
	for _, x := range c.all {
		n, m := x.runs[g], x.runs[ref]
		if n == 0 || m == 0 {
			continue
		}
		if n == 1 && m == 1 {
			v.pairs = v.pairs.With(x.yes[g] == 1, x.yes[ref] == 1)
		} else {
			v.single = false
		}
		p, q := float64(x.yes[g])/float64(n), float64(x.yes[ref])/float64(m)
		up, down := float64(p*(1-q)), float64((1-p)*q)
		v.difference, v.toYes, v.toNo, v.flips = append(v.difference, p-q), append(v.toYes, up), append(v.toNo, down), append(v.flips, up+down)
		v.shards = append(v.shards, x.shard)
		if n > 1 && m > 1 {
			noise := (unlike(x.yes[g], n) + unlike(x.yes[ref], m)) / 2
			v.noise, v.beyond, v.again = append(v.noise, noise), append(v.beyond, up+down-noise), append(v.again, x.shard)
		}
	}
	return v
}

// unlike is the chance that two of n runs differ, of which k have the outcome.
func unlike(k, n int64) float64 { return float64(2*k*(n-k)) / float64(n*(n-1)) }

// pairs emits every variant against the reference.
func (d variants) pairs(e *emitter, s section, in slice, c cases) []audit.Finding {
	ref := -1
	for g, name := range c.names {
		if s.chosen != nil && name == *s.chosen {
			ref = g
		}
	}
	if ref < 0 {
		return nil
	}
	all := make([]matchup, len(c.names))
	for g := range all {
		all[g] = c.versus(g, ref)
	}
	var at []int
	for _, metric := range pairedMetrics() {
		if metric.Name == "cochran_q" { // it and what follows is of all variants together
			break
		}
		for g, name := range c.names {
			if g == ref {
				continue
			}
			m := d.measure(e, metric.Name, all[g])
			m.Group, m.GroupKind, m.Reference = &name, audit.KindValue, &c.names[ref]
			e.add(s, in, metric.Name, metric.Convention, m)
			if metric.Name == "paired_difference" {
				at = append(at, len(e.out)-1)
			}
		}
	}
	return d.tell(e, s, c, all, at)
}

// measure is one number of a variant.
func (d variants) measure(e *emitter, metric string, v matchup) audit.Measurement {
	b, c, n := v.pairs.First, v.pairs.Second, int64(len(v.difference))
	switch metric {
	case "paired_difference":
		m := d.mean(e, v.difference, v.shards, false)
		if m.Value == nil || d.clustered {
			return d.tested(e, m, v)
		}
		if v.single {
			i, err := v.pairs.Newcombe(e.in.alpha)
			e.in.noted(&m, i, err)
		}
		return d.tested(e, m, v)
	case "flip_rate":
		return d.share(e, v, v.flips, b+c, n)
	case "flip_to_yes_rate":
		return d.share(e, v, v.toYes, b, n)
	case "flip_to_no_rate":
		return d.share(e, v, v.toNo, c, n)
	case "flip_noise":
		return d.mean(e, v.noise, v.again, false)
	}
	return d.mean(e, v.beyond, v.again, true)
}

// share is a rate of cases, of one run each, or else a mean.
func (d variants) share(e *emitter, v matchup, by []float64, k, n int64) audit.Measurement {
	m := d.mean(e, by, v.shards, false)
	if v.single && n > 0 {
		m.Numerator, m.Denominator = &k, &n
		if !d.clustered {
			i, err := stat.Wilson(k, n, e.in.alpha)
			e.in.noted(&m, i, err)
		}
	}
	return m
}

// tested adds the test of a difference.
func (d variants) tested(e *emitter, m audit.Measurement, v matchup) audit.Measurement {
	if m.Value == nil {
		return m
	}
	const draws = 9999
	var t stat.Test
	var err error
	switch {
	case d.clustered:
		c, failed := stat.ClusteredMean(byShard(v.difference, v.shards))
		if err = failed; err == nil {
			t, err = c.TTest(0, stat.TwoSided)
		}
	case v.single:
		t, err = v.pairs.McNemarMidP(stat.TwoSided)
	default:
		t, err = stat.SignFlip(v.difference, draws, e.in.seed, "paired", d.by)
	}
	if err == nil {
		m.P, m.Test = &t.P, t.Method
	}
	return m
}

// mean is a mean over cases with its interval.
func (d variants) mean(e *emitter, xs []float64, shards []int, tested bool) audit.Measurement {
	m := audit.Measurement{N: int64(len(xs))}
	if len(xs) == 0 {
		m.Note = "undefined: there is no such case"
		return m
	}
	parts := make([]stat.Sample, len(xs))
	for i, x := range xs {
		parts[i] = stat.Sample{{X: x, N: 1}}
	}
	moments := stat.Pool(parts...).Moments()
	m.Value = &moments.Mean
	if d.clustered {
		c, err := stat.ClusteredMean(byShard(xs, shards))
		e.in.clustered(&m, c, err, 0, tested)
		return m
	}
	i, err := stat.MeanInterval(moments, e.in.alpha)
	e.in.noted(&m, i, err)
	if t, err := stat.MeanTest(moments, 0, stat.TwoSided); err == nil && tested {
		m.P, m.Test = &t.P, t.Method
	}
	return m
}

func byShard(xs []float64, shards []int) []stat.Sums {
	out := make([]stat.Sums, table.Shards)
	for i, x := range xs {
		out[shards[i]].N++
		out[shards[i]].X += x
	}
	return out
}

// tell says of the variant that differs most surely.
func (d variants) tell(e *emitter, s section, c cases, all []matchup, at []int) []audit.Finding {
	best := -1
	for _, i := range at {
		m := e.out[i]
		if m.P != nil && *m.P*float64(len(at)) < e.in.alpha && (best < 0 || *m.P < *e.out[best].P) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	m := e.out[best]
	var v matchup
	for g, name := range c.names {
		if name == *m.Group {
			v = all[g]
		}
	}
	out := audit.Finding{ID: "paired-" + s.attribute.Name, Detector: "paired", Severity: audit.Info, Measurements: []int{best},
		Title: d.title(c, m)}
	if v.single {
		out.Detail = fmt.Sprintf("Only %s: %s cases; only %s: %s. ", *m.Group, whole(v.pairs.First), *m.Reference, whole(v.pairs.Second))
	}
	out.Detail += fmt.Sprintf("p %s (%s", smallP(min(1, *m.P*float64(len(at)))), m.Test)
	if len(at) > 1 {
		out.Detail += fmt.Sprintf("; %d variants tested, by Bonferroni", len(at))
	}
	out.Detail += ")."
	if d.words == "" {
		out.Detail += " The outcome: " + d.when + "."
	}
	return []audit.Finding{out}
}

// title says how often the outcome comes for two variants of the same cases.
func (d variants) title(c cases, m audit.Measurement) string {
	g, ref := slices.Index(c.names, *m.Group), slices.Index(c.names, *m.Reference)
	var n, own, other float64
	for _, x := range c.all {
		if x.runs[g] > 0 && x.runs[ref] > 0 {
			n++
			own += float64(x.yes[g]) / float64(x.runs[g])
			other += float64(x.yes[ref]) / float64(x.runs[ref])
		}
	}
	return fmt.Sprintf("Of the same %s cases, %.1f %% %s with %s and %.1f %% with %s: %.1f points %s.", whole(m.N), 100*own/n, cmp.Or(d.words, "have the outcome"), *m.Group,
		100*other/n, *m.Reference, 100*max(*m.Value, -*m.Value), moreOrLess(*m.Value))
}

func moreOrLess(x float64) string {
	if x < 0 {
		return "less"
	}
	return "more"
}
