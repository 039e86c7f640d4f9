package detectors

import (
	"fmt"
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// values emits all numbers of an attribute.
func (d offPolicy) values(e *emitter, all []section) {
	metric := func(name string) detect.Metric { return e.metrics[name] }
	for _, name := range []string{"", "_difference"} {
		e.number(all[ofReward], metric("logged_value"+name))
		e.number(all[ofWeighted], metric("ips_value"+name))
		if len(all) > ofRobust {
			e.number(all[ofRobust], metric("dr_value"+name))
		}
	}
	e.number(all[ofWeight], metric("mean_weight"))
	for i, in := range all[ofWeight].slices {
		for _, g := range in.everybody() {
			d.normalized(e, all, i, g)
			d.effective(e, all[ofWeight], in, g)
		}
		for _, g := range in.compared() {
			if ref, ok := all[ofWeight].reference(in, g); ok {
				d.normalizedGap(e, all, i, g, ref)
			}
		}
	}
}

// effective emits the effective sample.
func (d offPolicy) effective(e *emitter, s section, in slice, g group) {
	x := g.numbers()
	m := audit.Measurement{Group: g.label(), GroupKind: g.kind, N: g.n()}
	if x.squares > 0 {
		v := float64(x.sum*x.sum) / x.squares
		m.Value = &v
	} else {
		m.Note = "undefined: no row has a weight in " + called(g)
	}
	e.addScore(s, in, e.metrics["effective_sample"], m)
}

// again finds the same group in a slice of another table.
func (s slice) again(g group) group {
	switch {
	case g.kind == audit.KindOverall:
		return s.overall
	case g.kind == audit.KindMissing && s.missing != nil:
		return *s.missing
	case g.kind == audit.KindMissing:
		return g
	}
	return s.find(g.name)
}

// normalizedValue is Σ w r / Σ w with what each shard of people adds to its error.
type normalizedValue struct {
	value, variance float64
	n               int64
	shards          []float64 // nil where rows are people
	used            int
}

// normal is the self-normalized value of a group; of rows its variance is
// Σ w² (r − v)² / (Σ w)².
func (d offPolicy) normal(all []section, i int, g group) (out normalizedValue, ok bool) {
	w, wr, cross := g.numbers(), all[ofWeighted].slices[i].again(g).numbers(), all[ofCross].slices[i].again(g).numbers()
	if !(w.sum > 0) {
		return out, false
	}
	out.n, out.value = w.n(), wr.sum/w.sum
	if w.people != nil && wr.people != nil {
		n := max(len(w.people.all), len(wr.people.all))
		out.shards = make([]float64, n)
		for k := range n {
			var a, b float64
			if k < len(w.people.all) {
				a = totalOf(w.people.all[k])
			}
			if k < len(wr.people.all) {
				b = totalOf(wr.people.all[k])
			}
			if a != 0 || b != 0 {
				out.used++
			}
			out.shards[k] = (b - float64(out.value*a)) / w.sum
		}
		return out, true
	}
	v := out.value
	out.variance = max(0, wr.squares-float64(2*v*cross.sum)+float64(float64(v*v)*w.squares)) / float64(w.sum*w.sum)
	return out, true
}

func totalOf(s stat.Sample) float64 { return float64(s.Count()) * meanOr(s) }

func meanOr(s stat.Sample) float64 {
	if s.Count() == 0 {
		return 0
	}
	return s.Mean()
}

// still says that nothing varies but rounding: every reward is the value.
func (x normalizedValue) still() bool {
	for _, u := range x.shards {
		if math.Abs(u) > 1e-12*max(math.Abs(x.value), 1e-300) {
			return false
		}
	}
	return x.shards != nil || x.variance <= 1e-12*float64(x.value*x.value)/float64(max(1, x.n))
}

// less is the difference of two values, with its error.
func (x normalizedValue) less(y normalizedValue) stat.Clustered {
	out := stat.Clustered{Estimate: x.value - y.value, DF: float64(x.n + y.n - 2)}
	if x.shards == nil {
		out.Variance = x.variance + y.variance
		return out
	}
	total, g := 0.0, float64(max(x.used, y.used))
	for k := range max(len(x.shards), len(y.shards)) {
		var u float64
		if k < len(x.shards) {
			u = x.shards[k]
		}
		if k < len(y.shards) {
			u -= y.shards[k]
		}
		total += float64(u * u)
	}
	out.Variance, out.Shards, out.DF = total*g/math.Max(1, g-1), int(g), g-1
	return out
}

// normalized emits the self-normalized value of a group.
func (d offPolicy) normalized(e *emitter, all []section, i int, g group) {
	in := all[ofWeight].slices[i]
	m := audit.Measurement{Group: g.label(), GroupKind: g.kind, N: g.n()}
	if x, ok := d.normal(all, i, g); !ok {
		m.Note = "undefined: no row has a weight above 0 in " + called(g)
	} else {
		c := x.less(normalizedValue{shards: x.shards[:0]})
		c.DF = max(1, c.DF+1)
		d.fill(e, &m, c)
		m.P, m.Test = nil, ""
	}
	e.addScore(all[ofWeight], in, e.metrics["snips_value"], m)
}

// normalizedGap emits the gap of two.
func (d offPolicy) normalizedGap(e *emitter, all []section, i int, g, ref group) {
	in := all[ofWeight].slices[i]
	m := audit.Measurement{Group: g.label(), GroupKind: g.kind, Reference: &ref.name, N: g.n()}
	x, ok := d.normal(all, i, g)
	y, also := d.normal(all, i, ref)
	if !ok || !also {
		m.Note = "undefined: no row has a weight above 0 in one of the two"
	} else if gap := x.less(y); x.still() != y.still() {
		m.Value, m.Note = &gap.Estimate, silentNote
	} else {
		d.fill(e, &m, gap)
	}
	e.addScore(all[ofWeight], in, e.metrics["snips_value_difference"], m)
}

// tell says what the policy in question would have brought, beside the log.
func (d offPolicy) tell(e *emitter) []audit.Finding {
	value, logged, effective := -1, -1, -1
	for i, m := range e.out {
		if m.GroupKind != audit.KindOverall || m.Window != detect.GateWindow || m.Value == nil {
			continue
		}
		switch m.Metric {
		case "snips_value":
			value = i
		case "logged_value":
			logged = i
		case "effective_sample":
			effective = i
		}
	}
	if value < 0 || logged < 0 || effective < 0 || e.out[value].Interval == nil {
		return nil
	}
	v := e.out[value]
	return []audit.Finding{{ID: "off-policy", Detector: "off_policy", Severity: audit.Info, Measurements: []int{value},
		Title:  fmt.Sprintf("The policy in question would have brought %.4g a row; the log itself brought %.4g.", *v.Value, *e.out[logged].Value),
		Detail: fmt.Sprintf("Self-normalized; %.0f %% interval %.4g to %.4g. The %s rows count as %s of the policy's own.", 100*(1-e.in.alpha), *v.Interval.Low, *v.Interval.High, whole(v.N), whole(int64(*e.out[effective].Value))) + d.doubts(e, v, *e.out[logged].Value)}}
}

// doubts are what a reader of the sentence must know beside it: the clip, whether the
// log's own value is within the interval, and chances that do not add up.
func (d offPolicy) doubts(e *emitter, v audit.Measurement, logged float64) string {
	out := ""
	for _, m := range e.out {
		i := m.Interval
		if d.params.Clip == 0 && m.Metric == "mean_weight" && m.GroupKind == audit.KindOverall && m.Window == detect.GateWindow && i != nil && (*i.Low > 1 || *i.High < 1) {
			out = fmt.Sprintf(" Weights average %.2f (%.2f to %.2f); true chances give 1.", *m.Value, *i.Low, *i.High)
			break
		}
	}
	if d.params.Clip > 0 {
		out += " Weights are cut at " + plain(d.params.Clip) + "."
	}
	if *v.Interval.Low <= logged && logged <= *v.Interval.High {
		out += " The log's value lies within the interval."
	}
	return out
}
