package detectors

import (
	"fmt"
	"maps"
	"math/big"
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

func newRatio(a, n, b, m int64) *big.Rat {
	return new(big.Rat).Quo(big.NewRat(a, n), big.NewRat(b, m))
}

// cutNeed is the table of scores by group and decision.
func cutNeed(a detect.Attribute) table.Need {
	return table.Need{Dims: append(a.Dims(), table.Decision), Value: "score"}
}

// cutting are the scores of every group, and how decisions cut them.
type cutting struct {
	groups map[string]stat.Sample // of known values
	all    stat.Sample
	high   bool    // high scores get the positive decision
	used   float64 // positive from here on, or below here
	wrong  int64   // rows on the wrong side of it
}

// readCutting reads a table of scores. It finds the cut with the fewest rows on
// the wrong side.
func readCutting(a detect.Attribute, v *table.Values) (cutting, bool) {
	grouping := a.Group(v.Counts())
	at, decisions := slices.Index(v.Dims(), table.Decision), v.Categories(table.Decision)
	parts, by := map[string][]stat.Sample{}, [2][]stat.Sample{}
	v.Each(func(codes []int, d *table.Distribution) {
		s := sampleOf(d)
		side := 0
		if decisions[codes[at]].Name == table.Positive {
			side = 1
		}
		by[side] = append(by[side], s)
		if g := grouping.Of(codes); g >= 0 {
			parts[grouping.Names[g]] = append(parts[grouping.Names[g]], s)
		}
	})
	negative, positive := stat.Pool(by[0]...), stat.Pool(by[1]...)
	c := cutting{groups: map[string]stat.Sample{}, all: stat.Pool(negative, positive)}
	if negative.Count() == 0 || positive.Count() == 0 || len(c.all) < 2 {
		return c, false
	}
	for name, list := range parts {
		c.groups[name] = stat.Pool(list...)
	}
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
	return c, true
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

// cutPoint is a ratio at one cut.
type cutPoint struct {
	at    float64
	below float64 // share of rows
	verge stat.Verge
}

// along is the ratio of a contest at every cut.
func (c cutting) along(x contest, favorablePositive bool) []cutPoint {
	g, ref := c.groups[x.g.name], c.groups[x.ref.name]
	if x.ref.name == detect.Rest {
		var rest []stat.Sample
		for name, s := range c.groups {
			if name != x.g.name {
				rest = append(rest, s)
			}
		}
		ref = stat.Pool(rest...)
	}
	total := c.all.Count()
	var out []cutPoint
	for _, at := range c.cutAt() {
		v := x.verge
		v.N, v.M = g.Count(), ref.Count()
		v.A, v.B = countBelow(g, at), countBelow(ref, at)
		if c.high == favorablePositive { // the favorable decision is above
			v.A, v.B = v.N-v.A, v.M-v.B
		}
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

// cuts emits how verdicts depend on the cut of the score.
func (r *robustness) cuts(s section, v *table.Values, list []contest, fragile *fragile) {
	c, ok := readCutting(s.attribute, v)
	if !ok {
		r.note("robustness: the scores and decisions do not let another cut be tried")
		return
	}
	total := c.all.Count()
	note := ""
	if c.wrong > 0 {
		note = fmt.Sprintf("%d of %d decisions do not follow the cut %s of the score", c.wrong, total, number(c.used))
	}
	if !v.Exact() {
		note = strings.Trim(note+"; scores are counted in buckets of relative width 1/512, and cut at their middles", "; ")
	}
	t := audit.Table{ID: "robustness/" + s.attribute.Name + "/cuts", Detector: "robustness", Kind: "cuts",
		Title:   "Ratio of favorable rates by " + s.attribute.Name + " at other cuts of the score",
		Columns: []string{"cut", "share_below", "group", "reference", "rate", "reference_rate", "difference", "ratio", "within_limit", "used"}}
	for _, x := range list {
		cuts := c.along(x, r.spec.Favorable)
		for _, k := range cuts {
			used := "no"
			if k.at == c.used {
				used = "yes"
			}
			row := []any{k.at, k.below, x.g.name, x.ref.name, nil, nil, nil, ratioOf(k.verge), within(k.verge), used}
			if k.verge.N > 0 && k.verge.M > 0 {
				a, b := ratio(k.verge.A, k.verge.N), ratio(k.verge.B, k.verge.M)
				row[4], row[5], row[6] = a, b, a-b
			}
			t.Rows = append(t.Rows, row)
		}
		r.margin(x, c, cuts, note, fragile)
	}
	if len(t.Rows) > 0 {
		r.tables = append(r.tables, t)
	}
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// margin emits how far the nearest cut with another verdict is, and the range
// of ratios at near cuts.
func (r *robustness) margin(x contest, c cutting, cuts []cutPoint, note string, fragile *fragile) {
	cuts = slices.DeleteFunc(cuts, func(k cutPoint) bool { return !k.verge.Defined() }) // which have no verdict
	at := slices.IndexFunc(cuts, func(k cutPoint) bool { return k.at == c.used })
	if at < 0 {
		return
	}
	fragile.cuts = true
	used := cuts[at]
	m := audit.Measurement{Note: note, Parameters: map[string]string{"cut": number(c.used), "cut_sensitive": "no"}}
	from, to := at, at // the cuts around it with the same verdict
	for from > 0 && cuts[from-1].verge.Inside() == used.verge.Inside() {
		from--
	}
	for to+1 < len(cuts) && cuts[to+1].verge.Inside() == used.verge.Inside() {
		to++
	}
	m.Parameters["same_verdict_from"], m.Parameters["same_verdict_to"] = number(cuts[from].at), number(cuts[to].at)
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
	} else if m.Note == "" {
		m.Note = "undefined: the verdict is the same at every cut"
	}
	pos := r.put(x, "cut_margin", m)
	var low, high *float64
	for _, k := range cuts {
		if max(k.below-used.below, used.below-k.below) > r.params.Near {
			continue
		}
		if v, ok := ratioOf(k.verge).(float64); ok {
			if low == nil || v < *low {
				low = &v
			}
			if high == nil || v > *high {
				high = &v
			}
		}
	}
	if low != nil {
		cut := map[string]string{"cut": number(c.used)}
		r.put(x, "cut_ratio_low", audit.Measurement{Value: low, Parameters: maps.Clone(cut)})
		r.put(x, "cut_ratio_high", audit.Measurement{Value: high, Parameters: cut})
	}
	if m.Parameters["cut_sensitive"] == "yes" {
		fragile.cut(x, number(c.used), number(cuts[turning].at), *m.Value, pos)
	}
}
