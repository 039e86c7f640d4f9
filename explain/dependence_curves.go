package explain

import (
	"context"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/explain/model"
)

// A dependence shows how the model's output moves with one input.
type dependence struct {
	input int
	// partial is the mean output when every row has the same value of the
	// input (Friedman, Annals of Statistics 29 (2001) 1189-1232): all rows
	// first, then each group.
	partial []curve
	// accumulated adds up how the output changes when rows move across the
	// small interval of values they lie in (accumulated local effects: Apley and
	// Zhu, JRSS B 82 (2020) 1059-1086). It asks no row for a value far from its
	// own. There is none for an input of categories, which have no order.
	accumulated []curve
	// individual is the output of single rows over the values (individual
	// conditional expectation: Goldstein, Kapelner, Bleich and Pitkin, JCGS 24
	// (2015) 44-65).
	individual []curve
}

// A curve is a mean over the rows of one group.
type curve struct {
	group  int // an index into the attribute's groups; -1 is all rows
	member int // of the rows of the group that have a curve of their own, from 1
	rows   int
	values []float64 // of the input, rising; NaN, the last, is the missing value
	mean   []float64
	se     []float64 // from the sampling of rows; nil of a single row
	spread [][]float64
}

// dependenceAsked says what is wanted.
type dependenceAsked struct {
	inputs []int
	by     *Attribute // whose groups get curves of their own; nil is none
	points int        // the most of a curve; an input with more values has their quantiles
	// individual is how many rows, of each group, have a curve of their own.
	individual int
	// spread tells how the output is spread over rows; nil is not at all.
	spread func(rows []int, of func(row int) float64) []float64
}

// dependences gives the dependence on some inputs. With ErrBudget those that
// were not reached are left out.
func (a *Audited) dependences(ctx context.Context, rows Rows, inputs []model.Input, want dependenceAsked) ([]dependence, error) {
	groups := want.by.members(rows.Rows)
	plans := make([]dependencePlan, len(rows.Columns))
	ask := make(asked, len(rows.Columns))
	for _, input := range want.inputs {
		plans[input] = planDependence(rows.Columns[input], inputs[input].Categories != nil, groups, want.points)
		ask[input] = plans[input].questions(rows.Columns[input])
	}
	scores, err := a.answers(ctx, rows.Batch, ask)
	var out []dependence
	for _, input := range want.inputs {
		if scores != nil && scores[input] != nil {
			out = append(out, plans[input].dependence(input, scores[input], want, &rows))
		}
	}
	return out, err
}

// members are rows of one group.
type members struct {
	group int
	rows  []int
}

// members gives all rows, and those of each group that has two at least.
func (a *Attribute) members(rows int) []members {
	all := members{group: -1}
	for row := range rows {
		all.rows = append(all.rows, row)
	}
	out := []members{all}
	if a == nil {
		return out
	}
	for group := range a.Groups {
		m := members{group: group}
		for row, g := range a.Of {
			if int(g) == group {
				m.rows = append(m.rows, row)
			}
		}
		if len(m.rows) > 1 {
			out = append(out, m)
		}
	}
	return out
}

// A dependencePlan knows which questions give the curves of one input.
type dependencePlan struct {
	groups []members
	grid   []float64
	edges  [][]float64 // of each group; nil without order
	// bins are the intervals that the rows of each group lie in, and where
	// their two questions begin; -1 without.
	bins [][]int
	ask  [][]int
}

func planDependence(column []float64, categories bool, groups []members, points int) dependencePlan {
	p := dependencePlan{groups: groups, grid: gridOf(column, points)}
	for _, g := range groups {
		edges := []float64(nil)
		if !categories {
			edges = edgesOf(column, g.rows, points)
		}
		bins := make([]int, len(g.rows))
		for i, row := range g.rows {
			bins[i] = -1
			if x := column[row]; x == x && len(edges) > 1 {
				at, _ := slices.BinarySearch(edges, x)
				bins[i] = max(0, at-1)
			}
		}
		p.edges, p.bins = append(p.edges, edges), append(p.bins, bins)
	}
	return p
}

// gridOf gives the distinct values, or as many quantiles, and the missing
// value if there is one.
func gridOf(column []float64, points int) []float64 {
	sorted := slices.DeleteFunc(slices.Clone(column), func(x float64) bool { return x != x })
	missing := len(sorted) < len(column)
	slices.Sort(sorted)
	grid := slices.Compact(slices.Clone(sorted))
	if len(grid) > points {
		grid = grid[:0]
		for k := range points {
			grid = append(grid, sorted[k*(len(sorted)-1)/max(1, points-1)])
		}
		grid = slices.Compact(grid)
	}
	if missing {
		grid = append(grid, math.NaN())
	}
	return grid
}

// leastInInterval is the fewest rows of an interval of local effects.
const leastInInterval = 5

// edgesOf cuts the values of a group into intervals with about as many rows
// each; an interval holds its upper edge, the first also its lower one.
func edgesOf(column []float64, rows []int, points int) []float64 {
	var sorted []float64
	for _, row := range rows {
		if x := column[row]; x == x {
			sorted = append(sorted, x)
		}
	}
	if len(sorted) == 0 {
		return nil
	}
	slices.Sort(sorted)
	want := max(leastInInterval, (len(sorted)+points-2)/max(1, points-1))
	edges := []float64{sorted[0]}
	held := 0
	for i, x := range sorted {
		held++
		last := i+1 == len(sorted)
		switch {
		case !last && sorted[i+1] == x || x == sorted[0]:
		case held >= want:
			edges, held = append(edges, x), 0
		case last && len(edges) > 1: // too few: to the interval before
			edges[len(edges)-1] = x
		case last:
			edges = append(edges, x)
		}
	}
	return edges
}

// questions asks every row for every value of the grid, and for the edges of
// the interval it lies in.
func (p *dependencePlan) questions(column []float64) []question {
	var asked []question
	for row := range column {
		for _, x := range p.grid {
			asked = append(asked, question{row, x})
		}
	}
	for i, g := range p.groups {
		ask := make([]int, len(g.rows))
		for j, row := range g.rows {
			ask[j] = len(asked)
			if bin := p.bins[i][j]; bin >= 0 {
				asked = append(asked, question{row, p.edges[i][bin]}, question{row, p.edges[i][bin+1]})
			}
		}
		p.ask = append(p.ask, ask)
	}
	return asked
}

func (p *dependencePlan) dependence(input int, scores []float64, want dependenceAsked, rows *Rows) dependence {
	d := dependence{input: input}
	for i, g := range p.groups {
		partial := curve{group: g.group, rows: len(g.rows), values: p.grid}
		for k := range p.grid {
			output := func(row int) float64 { return scores[row*len(p.grid)+k] }
			mean, se := rows.meanAndError(g.rows, output)
			partial.mean, partial.se = append(partial.mean, mean), append(partial.se, se)
			if want.spread != nil {
				partial.spread = append(partial.spread, want.spread(g.rows, output))
			}
		}
		d.partial = append(d.partial, partial)
		if g.group >= 0 || len(p.groups) == 1 {
			for member, row := range g.rows[:min(want.individual, len(g.rows))] {
				own := scores[row*len(p.grid) : (row+1)*len(p.grid)]
				d.individual = append(d.individual, curve{group: g.group, member: member + 1, rows: 1, values: p.grid, mean: own})
			}
		}
		if len(p.edges[i]) > 1 {
			d.accumulated = append(d.accumulated, p.accumulated(i, scores, rows.People))
		}
	}
	return d
}

// accumulated adds the mean local effects of the intervals up, and takes off
// the mean over the rows, each at the middle of its interval's two ends
// (Apley and Zhu's ALEPlot).
func (p *dependencePlan) accumulated(group int, scores []float64, people []int) curve {
	g, edges := p.groups[group], p.edges[group]
	effects := make([][]float64, len(edges)-1)
	rows := 0
	for j := range g.rows {
		if bin := p.bins[group][j]; bin >= 0 {
			at := p.ask[group][j]
			effects[bin] = append(effects[bin], scores[at+1]-scores[at])
			rows++
		}
	}
	mean, variance := make([]float64, len(effects)), make([]float64, len(effects))
	for bin, list := range effects {
		mean[bin], variance[bin] = meanAndVariance(indices(len(list)), func(i int) float64 { return list[i] })
		variance[bin] /= float64(len(list))
	}
	// The centered curve is linear in the means: weight is how much of a bin's
	// effect the mean over the rows has.
	weight, beyond := make([]float64, len(effects)), 0
	for bin := len(effects) - 1; bin >= 0; bin-- {
		weight[bin] = (float64(beyond) + float64(len(effects[bin]))/2) / float64(rows)
		beyond += len(effects[bin])
	}
	c := curve{group: g.group, rows: rows, values: edges}
	for k := range edges {
		sum, squares := 0.0, 0.0
		weights := make([]float64, len(effects))
		for bin := range effects {
			w := -weight[bin]
			if bin < k {
				w++
			}
			weights[bin] = w
			sum += float64(w * mean[bin])
			squares += float64(float64(w*w) * variance[bin])
		}
		se := math.Sqrt(squares)
		if people != nil {
			se = p.clustered(group, scores, people, weights, mean, effects)
		}
		c.mean, c.se = append(c.mean, sum), append(c.se, se)
	}
	return c
}

// clustered is the error of a sum of the intervals' means, by people.
func (p *dependencePlan) clustered(group int, scores []float64, people []int, weights, mean []float64, effects [][]float64) float64 {
	var influence []float64
	var persons []int
	for j, row := range p.groups[group].rows {
		if bin := p.bins[group][j]; bin >= 0 {
			at := p.ask[group][j]
			influence = append(influence, float64(weights[bin]*(scores[at+1]-scores[at]-mean[bin]))/float64(len(effects[bin])))
			persons = append(persons, people[row])
		}
	}
	return clusteredError(influence, persons)
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
