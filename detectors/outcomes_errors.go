package detectors

import (
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// errorMetrics are about a number that should be 0.
func errorMetrics() []detect.Metric {
	var out []detect.Metric
	for _, m := range []struct{ name, title, doc, convention string }{
		{"mean_error", "Mean error", "how far the number lies above (+) or below (−) 0 on average", "Σ error / rows"},
		{"mean_absolute_error", "Mean absolute error", "how far it lies from 0 on average, whatever the side", "Σ |error| / rows"},
		{"root_mean_squared_error", "Root mean squared error", "how far it lies from 0, large errors counting more", "√(Σ error² / rows)"},
	} {
		doc := "Of a number that should be 0: " + m.doc
		source := "Interval: Student; with a subject, a jackknife over people"
		if m.name == "root_mean_squared_error" {
			source += "; of the root by the delta method"
		}
		out = append(out,
			detect.Metric{Name: m.name, Title: m.title, Doc: doc + ".", Convention: m.convention, Source: source,
				Null: detect.NullLimit, Scale: detect.ScaleNumber, Version: 1},
			detect.Metric{Name: m.name + "_difference", Title: m.title + ", difference", Doc: doc + "; the group less the reference.",
				Convention: "of the group − of the reference", Source: "Interval and test: Welch 1947; with a subject, a jackknife over people",
				Null: detect.NullNoGap, Scale: detect.ScaleNumber, Version: 2})
	}
	return out
}

func (o outcomesOf) numberNeed(a detect.Attribute) table.Need {
	dims := a.Dims()
	if windowed(o.spec) {
		dims = append(dims, table.Window)
	}
	if o.spec.HasSubject {
		dims = append(dims, table.Shard)
	}
	return table.Need{Dims: dims, Value: table.Number(o.number)}
}

// numbers emits what is about the number.
func (o outcomesOf) numbers(e *emitter, a detect.Attribute, t detect.Tables) {
	plain := describedSection(o.spec, a, t)
	v := t.Values(o.numberNeed(a))
	plain.slices = slices.Collect(cutScores(a, v, table.Window, true))
	for _, note := range plain.slices[0].overall.scores.excluded("error") {
		e.note(note)
	}
	if !v.Exact() {
		e.note("the error has too many distinct values to be counted exactly; its mean size and root mean square are of buckets of relative width 1/512")
	}
	for _, metric := range errorMetrics() {
		s := plain
		s.slices = slices.Clone(plain.slices)
		for i, in := range s.slices {
			s.slices[i] = eachGroup(in, sizeOf(metric.Name))
		}
		e.number(s, metric)
	}
}

// number emits a mean of each group's numbers, or the gap that is called after it.
func (e *emitter) number(s section, metric detect.Metric) {
	if metric.Null == detect.NullNoGap {
		e.gaps(s, gap{name: metric.Name, convention: metric.Convention,
			eval: func(in inference, g, ref group, test bool) audit.Measurement {
				m := audit.Measurement{}
				for _, x := range []group{g, ref} {
					if x.n() == 0 {
						m.Note = "undefined: no row with a number in " + called(x)
						return m
					}
				}
				meanDifference(in, g.numbers(), ref.numbers(), test, &m)
				return m
			},
			worst: func(values []group) audit.Measurement {
				return extremesOf(values, "a number", func(g group) (float64, bool) { return g.numbers().moments().Mean, g.n() > 0 })
			}})
		return
	}
	for _, in := range s.slices {
		for _, g := range in.everybody() {
			note := ""
			if g.n() == 0 {
				note = "undefined: no row with a number in " + called(g)
			}
			m := e.limited(in, metric.Name, g.numbers().moments(), g.numbers().sums(), note)
			m.Group, m.GroupKind, m.N = g.label(), g.kind, g.n()
			if m.Value == nil {
				m.N = g.audited()
			}
			e.addScore(s, in, metric, m)
		}
	}
}

// sizeOf is, by metric, the number whose mean over a group is the metric. That of the
// root of the mean square is linear around it: r + (x² - r²)/2r.
func sizeOf(metric string) func(all stat.Sample) func(x float64) float64 {
	switch metric {
	case "mean_error", "mean_error_difference":
		return nil
	case "mean_absolute_error", "mean_absolute_error_difference":
		return func(stat.Sample) func(float64) float64 { return math.Abs }
	}
	return func(all stat.Sample) func(float64) float64 {
		r := math.Sqrt(remapped(all, func(x float64) float64 { return float64(x * x) }).Mean())
		return func(x float64) float64 {
			if r == 0 {
				return 0
			}
			return r + float64(x*x-float64(r*r))/(2*r)
		}
	}
}

// eachGroup is a slice whose groups have another number; nil is the same.
func eachGroup(in slice, size func(stat.Sample) func(float64) float64) slice {
	if size == nil {
		return in
	}
	return eachOf(in, func(g group) group {
		old, to := g.numbers(), size(g.numbers().all)
		all := remapped(old.all, to) // labels play no part: all is pooled with that of other groups as if they were positive
		g.scores = &scores{all: all, positive: all, missing: old.missing, nan: old.nan, inf: old.inf}
		if p := old.people; p != nil {
			shards := make([]stat.Sample, len(p.all))
			for i, x := range p.all {
				shards[i] = remapped(x, to)
			}
			g.scores.people = &people{all: shards, positive: shards, negative: make([]stat.Sample, len(shards))}
		}
		return g
	})
}

// remapped maps every number of a sample.
func remapped(s stat.Sample, to func(float64) float64) stat.Sample {
	parts := make([]stat.Sample, len(s))
	for i, p := range s {
		parts[i] = stat.Sample{{X: to(p.X), N: p.N}}
	}
	return stat.Pool(parts...)
}
