package explain

import (
	"context"
	"math"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// A unit is what is exchanged together: one input, or a group of them.
type unit struct {
	name   string
	inputs []int
}

// drawnImportance estimates the importance of units for each of the contrasts:
// in each of the repeats every row is scored with the values of the row that it
// is dealt, and every row gives its values once (over all rows a derangement,
// so that the expectation is that over all ordered pairs of rows). Units that the budget does not reach
// are not in the answer. The outer slice has an element for each contrast, the
// inner for each unit.
func (s *Study) drawnImportance(ctx context.Context, units []unit, contrasts []Contrast, repeats int, dealt deal) ([][]Importance, error) {
	n := s.Rows.Rows
	sides := make([][]int8, len(contrasts))
	out := make([][]Importance, len(contrasts))
	var err error
	for i, c := range contrasts {
		if sides[i], err = c.sides(n); err != nil {
			return nil, err
		}
	}
	own, err := s.Model.Score(ctx, s.Rows.Batch)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		if s.Model.Left() < int64(repeats)*int64(n) {
			return out, ErrBudget
		}
		list := make([]draws, repeats)
		for r := range list {
			list[r].giver = dealt(u, r)
			if list[r].scores, err = s.Model.Score(ctx, u.exchanged(s.Rows.Batch, list[r].giver)); err != nil {
				return out, err
			}
		}
		for i, c := range contrasts {
			out[i] = append(out[i], c.drawn(sides[i], s.Rows.People, own, list))
		}
	}
	return out, nil
}

// draws are the scores of all rows with the values of others.
type draws struct {
	giver  []int
	scores []float64
}

// derangement gives every row another one, all of them in one cycle.
func derangement(n int, seed uint64, name string, repeat int) []int {
	order := stat.Generator(seed, "importance", name, strconv.Itoa(repeat)).Perm(n)
	giver := make([]int, n)
	for i, row := range order {
		giver[row] = order[(i+1)%n]
	}
	return giver
}

// exchanged are the rows with the unit's values of others.
func (u unit) exchanged(rows model.Batch, giver []int) model.Batch {
	out := model.Batch{Rows: rows.Rows, Columns: slices.Clone(rows.Columns)}
	for _, input := range u.inputs {
		values := make([]float64, rows.Rows)
		for row, from := range giver {
			values[row] = rows.Columns[input][from]
		}
		out.Columns[input] = values
	}
	return out
}

// drawn puts the draws together.
//
// The standard error is that of the mean of h(k, i), the change of row k with
// the values of row i, over the drawn pairs. Apart into what is row k's, row
// i's and the pair's own, a + A(k) + B(i) + E(k, i), the mean has the variance
// (var(A+B) + var(E)/repeats) / rows. A row's mean change as the one exchanged
// and as the one that gives has the variance var(A+B) + (var(A) + var(B) +
// 2 var(E))/repeats, which is more by var(h)/repeats.
func (c Contrast) drawn(sides []int8, people []int, own []float64, list []draws) Importance {
	quantities := func(scores []float64) []float64 {
		if c.Ordered {
			return ownPlacements(scores, sides)
		}
		out := make([]float64, len(scores))
		for row, side := range sides {
			if side != 0 {
				out[row] = c.Quantity.Of(row, scores[row])
			}
		}
		return out
	}
	was, became := quantities(own), make([][]float64, len(list))
	for r, d := range list {
		became[r] = quantities(d.scores)
	}
	var n [2]int
	var before, change, after [2]float64
	repeats, rows := float64(len(list)), float64(len(sides))
	for row, side := range sides {
		if side == 0 {
			continue
		}
		at := sideIndex(int(side))
		n[at]++
		before[at] += was[row]
		for _, x := range became {
			change[at] += x[row] - was[row]
		}
	}
	for at := range n {
		if n[at] > 0 {
			before[at] /= float64(n[at])
			change[at] /= float64(n[at]) * repeats
			after[at] = before[at] + change[at]
		}
	}
	out := Importance{Rows: n[0], AgainstRows: n[1]}
	var ownWeights, weights [2]float64
	out.Original, ownWeights = c.value(before)
	out.Switched, weights = c.value(after)
	influence, noise := make([]float64, len(sides)), 0.0
	for r, d := range list {
		for row, side := range sides {
			if side == 0 {
				continue
			}
			at := sideIndex(int(side))
			x := rows / float64(n[at]) * (float64(weights[at]*(became[r][row]-was[row]-change[at])) + float64((weights[at]-ownWeights[at])*(was[row]-before[at])))
			influence[row] += x / repeats
			influence[d.giver[row]] += x / repeats
			noise += float64(x*x) / repeats / repeats
		}
	}
	spread := errorOfMean(influence, people)
	noise /= rows * (rows - 1)
	out.SE = math.Sqrt(max(float64(spread*spread)-noise, noise))
	return out
}
