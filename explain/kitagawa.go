package explain

import (
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// crossed is the combination of several strata.
func crossed(strata []Feature) Feature {
	var columns []string
	for _, f := range strata {
		columns = append(columns, f.Column)
	}
	out := Feature{Column: strings.Join(columns, "*")}
	places := map[string]int{}
	for row := range strata[0].Values {
		var parts []string
		for _, f := range strata {
			parts = append(parts, strings.NewReplacer(`\`, `\\`, `*`, `\*`).Replace(f.category(row)))
		}
		name := strings.Join(parts, "*")
		if _, ok := places[name]; !ok {
			places[name] = len(out.Categories)
			out.Categories = append(out.Categories, name)
		}
		out.Values = append(out.Values, float64(places[name]))
	}
	return out
}

// category names a row's category.
func (f Feature) category(row int) string {
	if x := f.Values[row]; x >= 0 && int(x) < len(f.Categories) {
		return f.Categories[int(x)]
	}
	return "(missing)"
}

// A cell is one stratum in the two groups.
type cell struct {
	n    [2]float64
	sum  [2]float64
	name string
}

// kitagawa divides a gap between the shares of the strata and the means within
// them, each weighed with the middle of the two groups (Kitagawa, JASA 50
// (1955) 1168-1194):
//
//	Σ (P₁-P₀)(R₁+R₀)/2 + Σ (R₁-R₀)(P₁+P₀)/2
//
// Rows of strata that one group is not in are taken out of both sums; what they
// do to the gap is the part outside.
func (s *Study) kitagawa(base audit.Explanation, g twoGroups, stratum Feature) []audit.Explanation {
	cells, order := map[string]*cell{}, []*cell(nil)
	of := make([]*cell, len(g.rows))
	for i, row := range g.rows {
		name := stratum.category(row)
		c, ok := cells[name]
		if !ok {
			c = &cell{name: name}
			cells[name], order = c, append(order, c)
		}
		of[i] = c
		c.n[g.side[i]]++
		c.sum[g.side[i]] += g.y[i]
	}
	var n [2]float64
	for _, c := range order {
		if c.n[0] > 0 && c.n[1] > 0 {
			n[0], n[1] = n[0]+c.n[0], n[1]+c.n[1]
		}
	}
	base.Feature = &stratum.Column
	if n[0] == 0 {
		base.Part, base.Note = partComposition, "undefined: no stratum has rows of both groups"
		return []audit.Explanation{base}
	}
	k := kitagawa{g: g, of: of, order: order, n: n}
	return k.rows(base, s.Spec.Alpha)
}

type kitagawa struct {
	g     twoGroups
	of    []*cell // of each row
	order []*cell
	n     [2]float64 // rows in strata of both groups
}

// share and mean are a stratum's, of one group.
func (k kitagawa) share(c *cell, side int) float64 { return c.n[side] / k.n[side] }
func (c *cell) mean(side int) float64              { return c.sum[side] / c.n[side] }
func (c *cell) both() bool                         { return c.n[0] > 0 && c.n[1] > 0 }

func (k kitagawa) rows(base audit.Explanation, alpha float64) []audit.Explanation {
	total, whole := k.g.difference(func(i int) float64 { return k.g.y[i] })
	compositionValue, composition := k.composition()
	ratesValue, rates := k.rates(func(*cell) bool { return true })
	outside := make([]float64, len(whole))
	for i := range whole {
		outside[i] = whole[i] - composition[i] - rates[i]
	}
	tell := func(part audit.Part, value float64, influence []float64) audit.Explanation {
		e := base
		e.Part = part
		return uncertain(e, value, clusteredError(influence, k.g.people), alpha)
	}
	out := []audit.Explanation{tell(partComposition, compositionValue, composition), tell(partRates, ratesValue, rates)}
	if left := float64(len(k.g.rows)) - k.n[0] - k.n[1]; left > 0 {
		e := tell(partOutside, total-compositionValue-ratesValue, outside)
		e.Note = "what rows do that are in strata which the other group is not in"
		out = append(out, e)
	}
	for _, c := range k.order {
		if !c.both() || len(k.order) > manyCategories {
			continue
		}
		value, influence := k.rates(func(other *cell) bool { return other == c })
		e := tell(partRates, value, influence)
		e.Stratum, e.N, e.ReferenceN = &c.name, int64(c.n[1]), int64(c.n[0])
		out = append(out, e)
	}
	return out
}

// composition is the part of the shares, and the rows' influences.
func (k kitagawa) composition() (float64, []float64) {
	var mean [2]float64 // of the weights over each group's rows
	value := 0.0
	for _, c := range k.order {
		if !c.both() {
			continue
		}
		weight := (c.mean(0) + c.mean(1)) / 2
		value += float64((k.share(c, 1) - k.share(c, 0)) * weight)
		for side := range mean {
			mean[side] += float64(k.share(c, side) * weight)
		}
	}
	influence := make([]float64, len(k.g.rows))
	for i, c := range k.of {
		if !c.both() {
			continue
		}
		side := k.g.side[i]
		moved := float64(2*side-1) * ((c.mean(0)+c.mean(1))/2 - mean[side])
		changed := (k.share(c, 1) - k.share(c, 0)) / 2 * (k.g.y[i] - c.mean(side)) / k.share(c, side)
		influence[i] = (moved + changed) / k.n[side]
	}
	return value, influence
}

// rates is the part of the means within some strata.
func (k kitagawa) rates(in func(c *cell) bool) (float64, []float64) {
	var mean [2]float64
	value := 0.0
	for _, c := range k.order {
		if !c.both() || !in(c) {
			continue
		}
		gap := c.mean(1) - c.mean(0)
		value += float64(gap * (k.share(c, 1) + k.share(c, 0)) / 2)
		for side := range mean {
			mean[side] += float64(k.share(c, side) * gap / 2)
		}
	}
	influence := make([]float64, len(k.g.rows))
	for i, c := range k.of {
		if !c.both() {
			continue
		}
		side := k.g.side[i]
		x := -mean[side]
		if in(c) {
			x += (c.mean(1) - c.mean(0)) / 2
			x += float64(2*side-1) * (k.share(c, 1) + k.share(c, 0)) / 2 * (k.g.y[i] - c.mean(side)) / k.share(c, side)
		}
		influence[i] = x / k.n[side]
	}
	return value, influence
}
