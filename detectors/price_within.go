package detectors

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// mostLevels bounds the regressors: their number squared is held.
const mostLevels = 1000

// priced is the rows of one group, combination of factors and shard.
type priced struct {
	group, shard int // the missing group is the last
	levels       []int
	key          string
	stat.Sums
}

// pricedRows are the sums of the logarithms of prices, by cell.
func (d prices) pricedRows(a detect.Attribute, v *table.Values) (cells []priced, names []string, levels [][]string) {
	grouping, dims := a.Group(v.Counts()), v.Dims()
	shard := shardOf(dims, v.Categories(table.Shard))
	var at []int
	for _, f := range d.factors() {
		dim := table.Text(f)
		at = append(at, slices.Index(dims, dim))
		var own []string
		for _, c := range v.Categories(dim) {
			own = append(own, c.Name)
		}
		levels = append(levels, own)
	}
	v.Each(func(codes []int, x *table.Distribution) {
		c := priced{group: grouping.Of(codes), shard: max(0, shard(codes)-1)}
		if c.group < 0 {
			c.group = len(grouping.Names)
		}
		for _, i := range at {
			c.levels = append(c.levels, codes[i])
		}
		c.key = fmt.Sprint(c.levels)
		of, _, _ := logs(sampleOf(x))
		if len(of) == 0 {
			return
		}
		for _, p := range of {
			n := float64(p.N)
			c.N += n
			c.X += float64(n * p.X)
			c.XX += float64(float64(n*p.X) * p.X)
		}
		cells = append(cells, c)
	})
	return cells, grouping.Names, levels
}

// within emits ratios where factors are alike.
func (d prices) within(e *emitter, s section, v *table.Values) {
	cells, names, levels := d.pricedRows(s.attribute, v)
	ref := -1
	if s.chosen != nil {
		ref = slices.Index(names, *s.chosen)
	}
	if ref < 0 {
		e.note("price: ratios within factors are against a group; reference of " + s.attribute.Name + " names none that is there")
		return
	}
	in := slice{window: detect.GateWindow}
	fit, err := d.regress(cells, len(names), ref, levels)
	for g := range len(names) + 1 {
		if g == ref {
			continue
		}
		m := audit.Measurement{GroupKind: audit.KindMissing, Reference: &names[ref], Parameters: map[string]string{"factors": strings.Join(d.factors(), ", ")}}
		if g < len(names) {
			m.Group, m.GroupKind = &names[g], audit.KindValue
		}
		var n [2]float64
		for _, c := range cells {
			if c.group == g {
				n[0] += c.N
			} else if c.group == ref {
				n[1] += c.N
			}
		}
		if n[0] == 0 && g == len(names) {
			continue
		}
		for _, own := range []bool{true, false} {
			x, metric := m, "price_ratio_matched"
			if !own {
				metric = "price_ratio_standardized"
			}
			d.compare(e, &x, cells, g, ref, own)
			e.add(s, in, metric, e.metrics[metric].Convention, x)
		}
		d.regressed(e, s, in, m, fit, err, g, ref, cells)
	}
}

// regress fits the logarithms on an own level of every group but the reference and of
// every level of every factor but its first.
func (d prices) regress(cells []priced, groups, ref int, levels [][]string) (stat.Regression, error) {
	first := make([]int, len(levels))
	columns := groups + 1
	for f, own := range levels {
		first[f] = columns
		columns += len(own)
	}
	if columns > mostLevels {
		return stat.Regression{}, fmt.Errorf("factors have %s levels together, and a regression takes %s", whole(int64(columns-groups-1)), whole(mostLevels))
	}
	out := make([]stat.Tallied, len(cells))
	for i, c := range cells {
		t := stat.Tallied{On: []int{ref}, N: c.N, Y: c.X, YY: c.XX, Shard: c.shard} // the column of the reference is the constant
		if c.group != ref {
			t.On = append(t.On, c.group)
		}
		for f, l := range c.levels {
			if l > 0 {
				t.On = append(t.On, first[f]+l)
			}
		}
		out[i] = t
	}
	fit, err := stat.Regress(out, columns, d.spec.HasSubject)
	if errors.Is(err, stat.ErrFewRows) {
		err = errors.New("the factors have as many levels as there are rows, so nothing is left to compare")
	}
	return fit, err
}

// regressed emits the coefficient of a group and the parts of its gap.
func (d prices) regressed(e *emitter, s section, in slice, m audit.Measurement, fit stat.Regression, failed error, g, ref int, cells []priced) {
	var sums [2]stat.Sums
	for _, c := range cells {
		for i, of := range []int{g, ref} {
			if c.group == of {
				sums[i].N, sums[i].X = sums[i].N+c.N, sums[i].X+c.X
			}
		}
	}
	m.N = int64(sums[0].N)
	ratio, explained, unexplained := m, m, m
	put := func() {
		e.add(s, in, "price_ratio_regression", e.metrics["price_ratio_regression"].Convention, ratio)
		e.add(s, in, "price_explained", e.metrics["price_explained"].Convention, explained)
		e.add(s, in, "price_unexplained", e.metrics["price_unexplained"].Convention, unexplained)
	}
	err := failed
	var c stat.Clustered
	if err == nil {
		c, err = fit.Of(g)
	}
	if err != nil || sums[0].N == 0 || sums[1].N == 0 {
		note := "undefined: the group or its reference has no price, or no level of the factors ties the two"
		if failed != nil {
			note = "undefined: " + failed.Error()
		}
		ratio.Note, explained.Note, unexplained.Note = note, note, note
		put()
		return
	}
	rest := sums[0].X/sums[0].N - sums[1].X/sums[1].N - c.Estimate
	explained.Value = &rest
	d.fill(e, &unexplained, c)
	d.fill(e, &ratio, c)
	exponent(&ratio)
	put()
}

// fill puts an estimate with its interval and test in.
func (d prices) fill(e *emitter, m *audit.Measurement, c stat.Clustered) {
	v := c.Estimate
	m.Value, m.Shards = &v, c.Shards
	i, err := c.Interval(e.in.alpha)
	e.in.noted(m, i, err)
	if t, err := c.TTest(0, stat.TwoSided); err == nil {
		m.P, m.Test = &t.P, t.Method
	}
	if c.Shards > 0 {
		return
	}
	if m.Interval != nil {
		m.Interval.Method = stat.MethodStudent
	}
	if m.P != nil {
		m.Test = stat.MethodStudent
	}
}

// compare holds two groups against each other in every combination that both have.
func (d prices) compare(e *emitter, m *audit.Measurement, cells []priced, g, ref int, own bool) {
	var keys []string
	at := map[string]int{}
	shards := 1
	for _, c := range cells {
		if c.group == g || c.group == ref {
			if _, ok := at[c.key]; !ok {
				at[c.key] = len(keys)
				keys = append(keys, c.key)
			}
			shards = max(shards, c.shard+1)
		}
	}
	cube := make([][][2]stat.Sums, shards) // shard → combination → group, reference
	total := make([][2]stat.Sums, len(keys))
	for i := range cube {
		cube[i] = make([][2]stat.Sums, len(keys))
	}
	var all float64
	for _, c := range cells {
		side := slices.Index([]int{g, ref}, c.group)
		if side < 0 {
			continue
		}
		for _, x := range []*stat.Sums{&cube[c.shard][at[c.key]][side], &total[at[c.key]][side]} {
			x.N, x.X, x.XX = x.N+c.N, x.X+c.X, x.XX+c.XX
		}
		if side == 0 {
			all += c.N
		}
	}
	estimate := func(without int) (float64, bool) {
		return matchedMean(total, func(k, side int) stat.Sums {
			x := total[k][side]
			if without >= 0 {
				y := cube[without][k][side]
				x = stat.Sums{N: x.N - y.N, X: x.X - y.X}
			}
			return x
		}, own)
	}
	v, ok := estimate(-1)
	if !ok {
		m.Note = "undefined: no combination of factors has a price of both"
		return
	}
	var used float64
	for _, x := range total {
		if x[0].N > 0 && x[1].N > 0 {
			used += x[0].N
		}
	}
	m.N = int64(used)
	m.Parameters = map[string]string{"factors": m.Parameters["factors"], "matched": plain(used / all)}
	if d.spec.HasSubject {
		c, err := stat.DeleteShards(shards, func(i int) bool {
			return slices.ContainsFunc(cube[i], func(x [2]stat.Sums) bool { return x[0].N+x[1].N > 0 })
		}, estimate)
		if err == nil {
			d.fill(e, m, c)
			exponent(m)
			return
		}
		m.Note = "no interval: " + err.Error()
	} else if variance, df, ok := matchedVariance(total, own); ok {
		d.fill(e, m, stat.Clustered{Estimate: v, Variance: variance, DF: df})
		exponent(m)
		return
	}
	m.Value = &v
	exponent(m)
}

// matchedMean is the weighted mean of differences over combinations that both have.
func matchedMean(total [][2]stat.Sums, of func(k, side int) stat.Sums, own bool) (float64, bool) {
	var sum, weights float64
	for k := range total {
		a, b := of(k, 0), of(k, 1)
		if !(a.N > 0) || !(b.N > 0) {
			continue
		}
		w := a.N
		if !own {
			w += b.N
		}
		sum += float64(w * (a.X/a.N - b.X/b.N))
		weights += w
	}
	return sum / weights, weights > 0
}

// matchedVariance is that of independent rows whose spread within combinations is one
// number for each of the two.
func matchedVariance(total [][2]stat.Sums, own bool) (variance, df float64, ok bool) {
	var within, free, leverage [2]float64
	var weights float64
	for _, x := range total {
		for side, s := range x {
			if s.N > 0 {
				within[side] += max(0, s.XX-s.X*s.X/s.N)
				free[side] += s.N - 1
			}
		}
		if a, b := x[0], x[1]; a.N > 0 && b.N > 0 {
			w := a.N
			if !own {
				w += b.N
			}
			weights += w
			leverage[0] += float64(w*w) / a.N
			leverage[1] += float64(w*w) / b.N
		}
	}
	if free[0] < 1 || free[1] < 1 || !(weights > 0) {
		return 0, 0, false
	}
	for side := range within {
		variance += within[side] / free[side] * leverage[side]
	}
	return variance / float64(weights*weights), math.Max(1, free[0]+free[1]), true
}
