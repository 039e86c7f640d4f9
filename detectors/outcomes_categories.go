package detectors

import (
	"math"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// association emits the chi-square and Cramér's V of groups and categories in one
// slice.
func (o outcomesOf) association(e *emitter, parts []section, i int) {
	s, in := parts[0], parts[0].slices[i]
	var counts [][]float64
	var n int64
	for _, g := range in.values {
		row := make([]float64, len(parts))
		for k := range parts {
			row[k] = float64(parts[k].slices[i].find(g.name).tally.Positive)
		}
		counts, n = append(counts, row), n+g.tally.n()
	}
	chi, v := audit.Measurement{GroupKind: audit.KindOverall, N: n}, audit.Measurement{GroupKind: audit.KindOverall, N: n}
	x := pearson(counts)
	if x.rows < 2 || x.columns < 2 {
		chi.Note = "undefined: fewer than two groups or two outcomes"
		v.Note = chi.Note
	} else {
		df := (x.rows - 1) * (x.columns - 1)
		chi.Value, chi.Parameters = &x.statistic, map[string]string{"df": strconv.Itoa(df)}
		switch {
		case o.spec.HasSubject:
			chi.Note = "no p: rows of one person are not independent; the gaps of shares follow people"
		case x.sparse:
			chi.P, chi.Test, chi.Parameters["draws"] = o.exact(s, in, counts)
			if chi.Test != stat.MethodFreemanHaltonDeal {
				delete(chi.Parameters, "draws")
			}
		default:
			p := stat.ChiSquareSF(x.statistic, df)
			chi.P, chi.Test = &p, "chi-square"
		}
		value := x.cramersV()
		v.Value = &value
	}
	e.add(s, in, "outcome_chi_square", e.metrics["outcome_chi_square"].Convention, chi)
	e.add(s, in, "cramers_v", e.metrics["cramers_v"].Convention, v)
}

// tablesDealt is how many tables are dealt where there are too many to look at.
const tablesDealt = 9999

// exact is the p of a table of small counts.
func (o outcomesOf) exact(s section, in slice, counts [][]float64) (p *float64, method, draws string) {
	whole := make([][]int64, len(counts))
	for i, row := range counts {
		for _, c := range row {
			whole[i] = append(whole[i], int64(c))
		}
	}
	t, err := stat.FreemanHalton(whole, tablesDealt, o.spec.Seed, "outcomes", s.attribute.Name, in.window)
	if err != nil {
		return nil, "", ""
	}
	return &t.P, t.Method, strconv.Itoa(tablesDealt)
}

// crossed is what Pearson's test says of a table.
type crossed struct {
	statistic, n  float64
	rows, columns int // that are not empty
	sparse        bool
}

func pearson(counts [][]float64) (x crossed) {
	if len(counts) == 0 {
		return x
	}
	rows, columns := make([]float64, len(counts)), make([]float64, len(counts[0]))
	for i, row := range counts {
		for k, c := range row {
			rows[i], columns[k], x.n = rows[i]+c, columns[k]+c, x.n+c
		}
		if rows[i] > 0 {
			x.rows++
		}
	}
	for _, c := range columns {
		if c > 0 {
			x.columns++
		}
	}
	small := 0
	for i, row := range counts {
		for k, c := range row {
			expected := rows[i] / x.n * columns[k]
			if !(expected > 0) {
				continue
			}
			if expected < 5 {
				small++
			}
			d := c - expected
			x.statistic += float64(d*d) / expected
		}
	}
	x.sparse = 5*small > x.rows*x.columns
	return x
}

// cramersV is corrected for its bias (Bergsma 2013, Journal of the Korean Statistical
// Society 42, 323-328).
func (x crossed) cramersV() float64 {
	r, c, n := float64(x.rows-1), float64(x.columns-1), x.n-1
	phi := max(0, x.statistic/x.n-float64(r*c)/n)
	least := min(r-float64(r*r)/n, c-float64(c*c)/n)
	if !(least > 0) {
		return 0
	}
	return min(1, math.Sqrt(phi/least))
}

// distances emits how far each group's shares are from the reference's.
func (o outcomesOf) distances(e *emitter, parts []section, i int) {
	s, in := parts[0], parts[0].slices[i]
	for _, g := range in.compared() {
		ref, ok := s.reference(in, g)
		if !ok {
			continue
		}
		m := audit.Measurement{Group: g.label(), GroupKind: g.kind, Reference: &ref.name, N: g.tally.n()}
		if g.tally.n() == 0 || ref.tally.n() == 0 {
			m.Note = "undefined: a group has no row"
		} else {
			v := 0.0
			for _, part := range parts {
				a, b := o.pair(part, i, g)
				v += math.Abs(float64(a.tally.Positive)/float64(a.tally.n())-float64(b.tally.Positive)/float64(b.tally.n())) / 2
			}
			m.Value = &v
		}
		e.add(s, in, "outcome_total_variation", e.metrics["outcome_total_variation"].Convention, m)
	}
}

// pair is a group and its reference as one category counts them.
func (o outcomesOf) pair(part section, i int, g group) (a, b group) {
	in := part.slices[i]
	if a = in.find(g.name); g.kind == audit.KindMissing && in.missing != nil {
		a = *in.missing
	}
	b, _ = part.reference(in, a)
	return a, b
}

// superiority emits the chance that a group's outcome is the higher one.
func (o outcomesOf) superiority(e *emitter, parts []section, i int) {
	s, in := parts[0], parts[0].slices[i]
	for _, g := range in.compared() {
		ref, ok := s.reference(in, g)
		if !ok {
			continue
		}
		a, b := make([]group, len(parts)), make([]group, len(parts))
		for k, part := range parts {
			a[k], b[k] = o.pair(part, i, g)
		}
		m := audit.Measurement{Group: g.label(), GroupKind: g.kind, Reference: &ref.name, N: g.tally.n()}
		c, err := stat.CompareSamples(standing(a, -1), standing(b, -1))
		if err != nil {
			m.Note = "undefined: a group has no row with one of the categories"
			e.add(s, in, "outcome_superiority", e.metrics["outcome_superiority"].Convention, m)
			continue
		}
		m.Value = &c.Value
		if g.shards != nil {
			area, err := stat.ClusteredAUC(standingByShard(a), standingByShard(b))
			e.in.clustered(&m, area, err, 0.5, in.gate)
		} else {
			interval, err := c.Interval(e.in.alpha)
			e.in.noted(&m, interval, err)
			if t, err := c.Against(0.5, stat.TwoSided); err == nil && in.gate {
				m.Test, m.P = t.Method, &t.P
			}
		}
		e.add(s, in, "outcome_superiority", e.metrics["outcome_superiority"].Convention, m)
	}
}

// standing are the places of a group's outcomes among the categories, of a shard or of
// all.
func standing(by []group, shard int) stat.Sample {
	var out stat.Sample
	for k, g := range by {
		n := g.tally.Positive
		if shard >= 0 {
			n = g.shards[shard].Positive
		}
		if n > 0 {
			out = append(out, stat.Point{X: float64(k), N: n})
		}
	}
	return out
}

func standingByShard(by []group) []stat.Sample {
	out := make([]stat.Sample, len(by[0].shards))
	for i := range out {
		out[i] = standing(by, i)
	}
	return out
}
