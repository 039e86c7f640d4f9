package detectors

import (
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// mostLeftOut bounds the rows of a table of parts left out.
const mostLeftOut = 300

// leaveOut recomputes every ratio without each part in turn.
func (r *robustness) leaveOut(s section, l layering, counts *table.Counts, list []contest, fragile *fragile) {
	layers := readLayers(r.spec, s.attribute, l, counts)
	if len(layers.strata) < 2 {
		return
	}
	if l.name == fileLayer && slices.Contains(layers.strata, table.OtherFiles) {
		r.note(fmt.Sprintf("robustness: the log has more than %d files, too many to leave out one at a time", table.MaxFiles))
		return
	}
	t := audit.Table{ID: "robustness/" + s.attribute.Name + "/without/" + l.name, Detector: "robustness", Kind: "strata",
		Title:   "Ratio of favorable rates by " + s.attribute.Name + " without one " + r.inWords(l.name) + " at a time",
		Columns: []string{"left_out", "group", "reference", "favorable", "n", "reference_favorable", "reference_n", "ratio", "within_limit"}}
	for _, c := range list {
		m := matched{strata: layers.strata, a: layers.group(c.g.label())}
		if c.ref.name == detect.Rest {
			m.b = layers.others(c.g.label())
		} else {
			m.b = layers.group(&c.ref.name)
		}
		out := r.leaveEach(c, m)
		if out.low == nil {
			continue
		}
		for i, p := range out.parts {
			if len(t.Rows) < mostLeftOut {
				t.Rows = append(t.Rows, []any{m.strata[i], c.g.name, c.ref.name, p.A, p.N, p.B, p.M, ratioOf(p), within(p)})
			}
		}
		low := r.put(c, "leave_one_out_low", r.leftOut(out, l, out.low, out.lowAt, m.strata))
		r.put(c, "leave_one_out_high", r.leftOut(out, l, out.high, out.highAt, m.strata))
		fragile.left(c, l, out, m.strata, low)
	}
	if len(t.Rows) > 0 {
		r.tables = append(r.tables, t)
	}
}

// leftOuts are a ratio without each part in turn.
type leftOuts struct {
	parts         []stat.Verge
	low, high     *float64
	lowAt, highAt int
	turns         []int // parts without which the verdict turns
}

func (r *robustness) leaveEach(c contest, m matched) leftOuts {
	var out leftOuts
	for s := range m.strata {
		v := c.verge
		v.A, v.N, v.B, v.M = v.A-m.a[s].k, v.N-m.a[s].n, v.B-m.b[s].k, v.M-m.b[s].n
		out.parts = append(out.parts, v)
		if x, ok := ratioOf(v).(float64); ok {
			if out.low == nil || x < *out.low {
				out.low, out.lowAt = &x, s
			}
			if out.high == nil || x > *out.high {
				out.high, out.highAt = &x, s
			}
		}
		if v.Defined() && c.verge.Defined() && v.Inside() != c.verge.Inside() {
			out.turns = append(out.turns, s)
		}
	}
	return out
}

func (r *robustness) leftOut(o leftOuts, l layering, x *float64, at int, names []string) audit.Measurement {
	v := o.parts[at]
	m := audit.Measurement{Value: x, Numerator: &v.A, Denominator: &v.N, RefNum: &v.B, RefDen: &v.M,
		Parameters: map[string]string{"left_out_of": l.name, "left_out": names[at], "verdict_turns": "no"}}
	if len(o.turns) > 0 {
		var turned []string
		for _, s := range o.turns {
			turned = append(turned, names[s])
		}
		m.Parameters["verdict_turns"] = withoutOne(r.inWords(l.name), turned, 5)
	}
	return m
}

// withoutOne names the parts without any one of which a verdict turns.
func withoutOne(kind string, parts []string, most int) string {
	if len(parts) == 1 {
		return "without the " + kind + " " + parts[0]
	}
	return "without one " + kind + " (" + some(parts, most) + ")"
}

// ratioOf is the ratio of rates, or nil.
func ratioOf(v stat.Verge) any {
	if !v.Defined() {
		return nil
	}
	x, _ := newRatio(v.A, v.N, v.B, v.M).Float64()
	return x
}

func within(v stat.Verge) any {
	switch {
	case !v.Defined():
		return nil
	case v.Inside():
		return "yes"
	}
	return "no"
}
