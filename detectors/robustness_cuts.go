package detectors

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// mostCuts is the number of distinct scores above which percentiles are cut at.
const mostCuts = 100

// cutNeed is the table of scores by group and decision, and label.
func cutNeed(a detect.Attribute, label bool) table.Need {
	dims := append(a.Dims(), table.Decision)
	if label {
		dims = append(dims, table.Label)
	}
	return table.Need{Dims: dims, Value: "score"}
}

// labeledScores are the scores of a group, by label: of all its rows, of those with a positive
// and of those with a negative label.
type labeledScores struct{ all, positive, negative stat.Sample }

// plus pools two groups.
func (s labeledScores) plus(o labeledScores) labeledScores {
	return labeledScores{stat.Pool(s.all, o.all), stat.Pool(s.positive, o.positive), stat.Pool(s.negative, o.negative)}
}

// tally is what the group would count if scores from a cut on, or below it, got the
// positive decision.
func (s labeledScores) tally(cut float64, high bool) tally {
	sides := func(s stat.Sample) (positive, negative int64) {
		below := countBelow(s, cut)
		if high {
			return s.Count() - below, below
		}
		return below, s.Count() - below
	}
	var t tally
	t.Positive, t.Negative = sides(s.all)
	t.TP, t.FN = sides(s.positive)
	t.FP, t.TN = sides(s.negative)
	return t
}

// cutting are the scores of every group, and how decisions cut them.
type cutting struct {
	groups map[string]labeledScores // of known values
	all    stat.Sample
	high   bool    // high scores get the positive decision
	used   float64 // positive from here on, or below here
	wrong  int64   // rows on the wrong side of it
	note   string  // what is not exact about it
}

// readCutting reads a table of scores. It finds the cut with the fewest rows on
// the wrong side; ok says that the score drives the decisions.
func (r *robustness) readCutting(a detect.Attribute, v *table.Values) (c cutting, ok bool) {
	grouping := a.Group(v.Counts())
	at, decisions := slices.Index(v.Dims(), table.Decision), v.Categories(table.Decision)
	labelAt, labels := slices.Index(v.Dims(), table.Label), v.Categories(table.Label)
	by := [2][]stat.Sample{}
	parts := map[string][3][]stat.Sample{}
	v.Each(func(codes []int, d *table.Distribution) {
		s, side := sampleOf(d), 0
		if decisions[codes[at]].Name == table.Positive {
			side = 1
		}
		by[side] = append(by[side], s)
		g := grouping.Of(codes)
		if g < 0 {
			return
		}
		p := parts[grouping.Names[g]]
		p[0] = append(p[0], s)
		if labelAt >= 0 {
			switch labels[codes[labelAt]].Name {
			case table.Positive:
				p[1] = append(p[1], s)
			case table.Negative:
				p[2] = append(p[2], s)
			}
		}
		parts[grouping.Names[g]] = p
	})
	negative, positive := stat.Pool(by[0]...), stat.Pool(by[1]...)
	c = cutting{groups: map[string]labeledScores{}, all: stat.Pool(negative, positive)}
	if negative.Count() == 0 || positive.Count() == 0 || len(c.all) < 2 {
		r.note("robustness: the scores and decisions do not let another cut be tried")
		return c, false
	}
	for name, p := range parts {
		c.groups[name] = labeledScores{stat.Pool(p[0]...), stat.Pool(p[1]...), stat.Pool(p[2]...)}
	}
	c.find(negative, positive)
	total := c.all.Count()
	if float64(c.wrong) > r.params.Near*float64(total) {
		c.note = fmt.Sprintf("undefined: %d of %d decisions do not follow any one cut of the score (%s comes nearest), more than near (%s) of them: the score does not drive the decision, so no other cut of it is tried",
			c.wrong, total, number(c.used), number(r.params.Near))
		return c, false
	}
	if c.wrong > 0 {
		c.note = fmt.Sprintf("%d of %d decisions do not follow the cut %s of the score", c.wrong, total, number(c.used))
	}
	if !v.Exact() {
		c.note = join("; ", c.note, "scores are counted in buckets of relative width 1/512, and cut at their middles")
	}
	return c, true
}

// find looks for the cut that is used.
func (c *cutting) find(negative, positive stat.Sample) {
	below := func(s stat.Sample) func(float64) int64 {
		i, n := 0, int64(0)
		return func(x float64) int64 {
			for ; i < len(s) && s[i].X < x; i++ {
				n += s[i].N
			}
			return n
		}
	}
	pos, neg := below(positive), below(negative)
	c.wrong = -1
	for _, p := range c.all[1:] {
		p0, n0 := pos(p.X), neg(p.X)
		for _, x := range []struct {
			high  bool
			wrong int64
		}{{true, p0 + negative.Count() - n0}, {false, positive.Count() - p0 + n0}} {
			if c.wrong < 0 || x.wrong < c.wrong {
				c.wrong, c.high, c.used = x.wrong, x.high, p.X
			}
		}
	}
}

// cutAt are the places to cut: every score but the lowest, or percentiles, and
// the cut that is used.
func (c cutting) cutAt() []float64 {
	var out []float64
	if len(c.all) <= mostCuts+1 {
		for _, p := range c.all[1:] {
			out = append(out, p.X)
		}
		return out
	}
	total, seen, next := c.all.Count(), int64(0), int64(1)
	for i, p := range c.all {
		if i > 0 && seen*100 >= next*total {
			out = append(out, p.X)
			next = seen*100/total + 1
		}
		seen += p.N
	}
	out = append(out, c.used)
	slices.Sort(out)
	return slices.Compact(out)
}

// cutPoint is a gap at one cut.
type cutPoint struct {
	at    float64
	below float64 // share of rows
	verge stat.Verge
}

// along is the gap of a contest at every cut.
func (c cutting) along(x contest) []cutPoint {
	g, ref := c.groups[x.g.name], c.groups[x.ref.name]
	if x.ref.name == detect.Rest {
		ref = labeledScores{}
		for name, s := range c.groups {
			if name != x.g.name {
				ref = ref.plus(s)
			}
		}
	}
	total := c.all.Count()
	var out []cutPoint
	for _, at := range c.cutAt() {
		v := x.verge
		v.A, v.N = x.rate.count(g.tally(at, c.high))
		v.B, v.M = x.rate.count(ref.tally(at, c.high))
		out = append(out, cutPoint{at, ratio(countBelow(c.all, at), total), v})
	}
	return out
}

func countBelow(s stat.Sample, x float64) int64 {
	n := int64(0)
	for _, p := range s {
		if p.X >= x {
			break
		}
		n += p.N
	}
	return n
}

// cuts emits how gaps depend on the cut of the score.
func (r *robustness) cuts(s section, a aim, c cutting, list []contest, fragile *fragile) {
	t := audit.Table{ID: r.tableID(s, a, "cuts"), Detector: "robustness", Kind: "cuts",
		Title:   r.titled(a) + " by " + s.attribute.Name + " at other cuts of the score",
		Columns: []string{"cut", "share_below", "group", "reference", "rate", "reference_rate", "difference", "ratio", "within_limit", "used"}}
	for _, x := range list {
		cuts := c.along(x)
		for _, k := range cuts {
			used := "no"
			if k.at == c.used {
				used = "yes"
			}
			row := []any{k.at, k.below, x.g.name, x.ref.name, nil, nil, nil, nil, within(k.verge), used}
			if p, q, ok := ratesOf(k.verge); ok {
				row[4], row[5], row[6] = p, q, p-q
				if k.verge.B > 0 {
					row[7] = ratioOf(k.verge)
				}
			}
			t.Rows = append(t.Rows, row)
		}
		r.margin(x, c, cuts, fragile)
	}
	if len(t.Rows) > 0 {
		r.tables = append(r.tables, t)
	}
}

// titled is the gap of an aim at the start of a title.
func (r *robustness) titled(a aim) string {
	words := a.words(r.emitter)
	return strings.ToUpper(words[:1]) + words[1:]
}

// tableID names a table of an attribute and an aim.
func (r *robustness) tableID(s section, a aim, what string) string {
	return "robustness/" + s.attribute.Name + "/" + a.gap.name + "/" + a.text + "/" + what
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// margin emits how far the nearest cut on the other side of the limit is, and the range
// of gaps at near cuts.
func (r *robustness) margin(x contest, c cutting, cuts []cutPoint, fragile *fragile) {
	cuts = slices.DeleteFunc(cuts, func(k cutPoint) bool { return !k.verge.Defined() }) // which have no side
	at := slices.IndexFunc(cuts, func(k cutPoint) bool { return k.at == c.used })
	if at < 0 {
		return
	}
	fragile.cuts = true
	used := cuts[at]
	m := audit.Measurement{Note: c.note, Parameters: map[string]string{"cut": number(c.used), "cut_sensitive": "no"}}
	from, to := at, at // the cuts around it on the same side
	for from > 0 && cuts[from-1].verge.Inside() == used.verge.Inside() {
		from--
	}
	for to+1 < len(cuts) && cuts[to+1].verge.Inside() == used.verge.Inside() {
		to++
	}
	m.Parameters["same_side_from"], m.Parameters["same_side_to"] = number(cuts[from].at), number(cuts[to].at)
	turning := -1
	for _, i := range []int{from - 1, to + 1} {
		if i < 0 || i >= len(cuts) {
			continue
		}
		if d := max(cuts[i].below-used.below, used.below-cuts[i].below); m.Value == nil || d < *m.Value {
			m.Value, turning = &d, i
		}
	}
	if turning >= 0 {
		m.Parameters["turning_cut"] = number(cuts[turning].at)
		if *m.Value <= r.params.Near {
			m.Parameters["cut_sensitive"] = "yes"
		}
	} else {
		m.Note = join("; ", "undefined: the gap is on the same side of the limit at every cut", m.Note)
	}
	pos := r.put(x, "cut_margin", m)
	var ends ends
	for _, k := range cuts {
		if max(k.below-used.below, used.below-k.below) <= r.params.Near {
			ends.add(gapOf(k.verge))
		}
	}
	if ends.low != nil {
		cut := map[string]string{"cut": number(c.used)}
		r.put(x, x.metric("cut", "low"), audit.Measurement{Value: ends.low, Parameters: maps.Clone(cut)})
		r.put(x, x.metric("cut", "high"), audit.Measurement{Value: ends.high, Parameters: cut})
	}
	if m.Parameters["cut_sensitive"] == "yes" {
		fragile.cut(x, number(c.used), number(cuts[turning].at), *m.Value, pos)
	}
}
