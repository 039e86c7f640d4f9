package detectors

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// mostLeftOut bounds the rows of a table of parts left out.
const mostLeftOut = 300

// splitUp are the tallies of every group with a known value in every part of the log.
type splitUp struct {
	names  []string
	groups map[string][]tally
}

func readParts(a detect.Attribute, l layering, c *table.Counts) splitUp {
	grouping, find, p := a.Group(c), stratumOf(l, c), newPivot(c)
	out := splitUp{find.names, map[string][]tally{}}
	for _, name := range grouping.Names {
		out.groups[name] = make([]tally, len(find.names))
	}
	c.Each(func(codes []int, cell table.Cell) {
		if g := grouping.Of(codes); g >= 0 {
			_, t := p.tally(codes, cell.N)
			in, at := out.groups[grouping.Names[g]], find.of(codes)
			in[at] = in[at].add(t)
		}
	})
	return out
}

// of are the tallies of a group in every part; of the rest, those of all others than g.
func (p splitUp) of(name, g string) []tally {
	if name != detect.Rest {
		if t := p.groups[name]; t != nil {
			return t
		}
		return make([]tally, len(p.names))
	}
	out := make([]tally, len(p.names))
	for other, tallies := range p.groups {
		for i, t := range tallies {
			if other != g {
				out[i] = out[i].add(t)
			}
		}
	}
	return out
}

// leaveOut recomputes every gap without each part in turn.
func (r *robustness) leaveOut(s section, a aim, l layering, counts *table.Counts, list []contest, fragile *fragile) {
	parts := readParts(s.attribute, l, counts)
	if len(parts.names) < 2 {
		return
	}
	if l.name == fileLayer && slices.Contains(parts.names, table.OtherFiles) {
		r.note(fmt.Sprintf("robustness: the log has more than %d files, too many to leave out one at a time", table.MaxFiles))
		return
	}
	t := audit.Table{ID: r.tableID(s, a, "without/"+l.name), Detector: "robustness", Kind: "strata",
		Title:   r.titled(a) + " by " + s.attribute.Name + " without one " + r.inWords(l.name) + " at a time",
		Columns: []string{"left_out", "group", "reference", "cases", "n", "reference_cases", "reference_n", "gap", "within_limit"}}
	for _, c := range list {
		out := leaveEach(c, parts.of(c.g.name, c.g.name), parts.of(c.ref.name, c.g.name))
		if out.low == nil {
			continue
		}
		for i, p := range out.parts {
			if len(t.Rows) < mostLeftOut {
				t.Rows = append(t.Rows, []any{parts.names[i], c.g.name, c.ref.name, p.A, p.N, p.B, p.M, gapOf(p), within(p)})
			}
		}
		low := r.put(c, c.metric("leave_one_out", "low"), r.leftOut(out, l, out.low, out.lowAt, parts.names))
		r.put(c, c.metric("leave_one_out", "high"), r.leftOut(out, l, out.high, out.highAt, parts.names))
		fragile.left(c, l, out, parts.names, low)
	}
	if len(t.Rows) > 0 {
		r.tables = append(r.tables, t)
	}
}

// ends are the lowest and the highest of some gaps.
type ends struct {
	low, high     *float64
	lowAt, highAt int
	n             int // gaps so far
}

// add takes a gap, or nil.
func (e *ends) add(gap any) {
	if x, ok := gap.(float64); ok {
		if e.low == nil || x < *e.low {
			e.low, e.lowAt = &x, e.n
		}
		if e.high == nil || x > *e.high {
			e.high, e.highAt = &x, e.n
		}
	}
	e.n++
}

// leftOuts are a gap without each part in turn.
type leftOuts struct {
	ends
	parts []stat.Verge
	turns []int // parts without which the gap is on the other side
}

func leaveEach(c contest, g, ref []tally) leftOuts {
	var out leftOuts
	for i := range g {
		v := c.verge
		a, n := c.rate.count(g[i])
		b, m := c.rate.count(ref[i])
		v.A, v.N, v.B, v.M = v.A-a, v.N-n, v.B-b, v.M-m
		out.parts = append(out.parts, v)
		out.add(gapOf(v))
		if v.Defined() && c.verge.Defined() && v.Inside() != c.verge.Inside() {
			out.turns = append(out.turns, i)
		}
	}
	return out
}

func (r *robustness) leftOut(o leftOuts, l layering, x *float64, at int, names []string) audit.Measurement {
	v := o.parts[at]
	m := audit.Measurement{Value: x, Numerator: &v.A, Denominator: &v.N, RefNum: &v.B, RefDen: &v.M,
		Parameters: map[string]string{"left_out_of": l.name, "left_out": names[at], "turns": "no"}}
	if len(o.turns) > 0 {
		var turned []string
		for _, s := range o.turns {
			turned = append(turned, names[s])
		}
		m.Parameters["turns"] = withoutOne(r.inWords(l.name), turned, 5)
	}
	return m
}

// metric names the end of a range of the aim's kind of gap.
func (a aim) metric(what, end string) string {
	switch {
	case a.difference:
		return what + "_difference_" + end
	case what == "cut":
		return "cut_ratio_" + end
	}
	return what + "_" + end
}

// withoutOne names the parts without any one of which a verdict turns.
func withoutOne(kind string, parts []string, most int) string {
	if len(parts) == 1 {
		return "without the " + kind + " " + parts[0]
	}
	return "without one " + kind + " (" + some(parts, most) + ")"
}

// ratesOf are both rates, if there are rows of both.
func ratesOf(v stat.Verge) (p, q float64, ok bool) {
	if v.N == 0 || v.M == 0 {
		return 0, 0, false
	}
	return ratio(v.A, v.N), ratio(v.B, v.M), true
}

// ratioOf is the ratio of two rates, of which the second is not 0.
func ratioOf(v stat.Verge) float64 {
	x, _ := new(big.Rat).Quo(big.NewRat(v.A, v.N), big.NewRat(v.B, v.M)).Float64()
	return x
}

// gapOf is the gap of two rates, or nil.
func gapOf(v stat.Verge) any {
	switch {
	case !v.Defined():
		return nil
	case v.Difference:
		x, _ := new(big.Rat).Sub(big.NewRat(v.A, v.N), big.NewRat(v.B, v.M)).Float64()
		return x
	}
	return ratioOf(v)
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
