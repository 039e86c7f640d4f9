package detectors

import (
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// duration is a time that a conversation takes.
type duration struct {
	name   string // of its quantile
	number string // CEL
	never  string // where a quantile lies among those that it never came to an end for
}

func (p ConversationParams) spans() (out []duration) {
	for _, s := range []duration{
		{"first_response_quantile", p.FirstResponse, "undefined: so many never got an answer"},
		{"resolution_time_quantile", p.ResolutionTime, "undefined: so many are still open"},
	} {
		if s.number != "" {
			out = append(out, s)
		}
	}
	return out
}

// never stands for a time that has not come: it is longer than all others.
const (
	never     = 1e18
	neverText = "1e18"
)

func spanMetrics() []detect.Metric {
	var out []detect.Metric
	for _, m := range []struct{ name, title, doc string }{
		{"first_response_quantile", "Time to the first answer", "The time within which this share of a group's conversations got a first answer; those that never did count as longer than all others."},
		{"resolution_time_quantile", "Time to resolution", "The time within which this share of a group's conversations was closed; those that are open count as longer than all others."},
	} {
		out = append(out,
			detect.Metric{Name: m.name, Title: m.title, Doc: m.doc, Convention: "type 7 of Hyndman and Fan, in the unit of the expression; all rows, censored ones at the end", Version: 1,
				Source: "Interval: order statistics (Conover 1999)", Null: detect.NullNone, Scale: detect.ScaleNumber, Shown: true},
			detect.Metric{Name: m.name + "_difference", Title: m.title + ", difference", Doc: m.doc + " The group less the reference.", Version: 1,
				Convention: "quantile of the group − quantile of the reference", Source: "Interval and test: Zou and Donner 2008; with a subject, a jackknife over people",
				Null: detect.NullNoGap, Scale: detect.ScaleNumber})
	}
	return out
}

// times is the table of a duration, in which a missing time is never.
func (c conversation) times(s duration, a detect.Attribute) table.Need {
	dims := a.Dims()
	if windowed(c.spec) {
		dims = append(dims, table.Window)
	}
	if c.spec.HasSubject {
		dims = append(dims, table.Shard)
	}
	return table.Need{Dims: dims, Value: table.Number("(" + s.number + ") == null ? " + neverText + " : (" + s.number + ") * 1.0")}
}

// quantiles emits the quantiles of a duration, and their gaps.
func (c conversation) quantiles(e *emitter, of section, s duration, v *table.Values) {
	timed := section{attribute: of.attribute, chosen: of.chosen, absent: of.absent}
	timed.slices = slices.Collect(cutScores(of.attribute, v, table.Window, true))
	for _, q := range c.params.Quantiles {
		from := len(e.out)
		for _, in := range timed.slices {
			for _, g := range in.everybody() {
				m := s.level(e.in, g, q)
				m.Group, m.GroupKind, m.N = g.label(), g.kind, g.n()
				e.add(timed, in, s.name, e.metrics[s.name].Convention, m)
			}
		}
		e.gaps(timed, gap{name: s.name + "_difference", convention: e.metrics[s.name+"_difference"].Convention,
			eval: func(in inference, g, ref group, test bool) audit.Measurement { return s.gap(in, g, ref, q, test) }})
		for i := range e.out[from:] {
			e.out[from+i].Parameters = map[string]string{"quantile": plain(q)}
		}
	}
}

func (s duration) level(in inference, g group, q float64) audit.Measurement {
	var m audit.Measurement
	if m.Note = s.undefined(g, q); m.Note != "" {
		return m
	}
	v, _ := g.numbers().all.Quantile(q)
	m.Value = &v
	// The interval of one quantile is that of its difference to a number that is known.
	if p := g.numbers().people; p != nil {
		known := make([]stat.Sample, len(p.all))
		for i := range known {
			known[i] = stat.Sample{{X: 0, N: 1}}
		}
		i, err := stat.QuantileDifferenceClustered(p.all, known, q, in.alpha)
		in.noted(&m, i, err)
		m.Shards = p.shards(p)
	} else {
		i, err := stat.QuantileDifference(g.numbers().all, stat.Sample{{X: 0, N: 1 << 40}}, q, in.alpha)
		in.noted(&m, i, err)
	}
	s.bounded(&m)
	return m
}

// undefined says why a group has no such quantile: the order statistics around it are
// to be of rows that came to an end.
func (s duration) undefined(g group, q float64) string {
	x := g.numbers().all
	n := x.Count()
	if n == 0 {
		return "undefined: no row in " + called(g)
	}
	if x.At(int64(math.Ceil(float64(n-1)*q))) >= never/2 {
		return s.never + " in " + called(g)
	}
	return ""
}

func (s duration) gap(in inference, g, ref group, q float64, test bool) audit.Measurement {
	var m audit.Measurement
	for _, x := range []group{g, ref} {
		if m.Note = s.undefined(x, q); m.Note != "" {
			return m
		}
	}
	quantileGap(q)(in, g.numbers(), ref.numbers(), test, &m)
	s.bounded(&m)
	return m
}

// bounded takes an interval back that reaches into those who wait for ever.
func (s duration) bounded(m *audit.Measurement) {
	if i := m.Interval; i != nil && (i.High != nil && *i.High > never/2 || i.Low != nil && *i.Low < -never/2) {
		m.Interval, m.Note = nil, "no interval: it reaches those that never came to an end"
	}
}
