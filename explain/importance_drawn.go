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
// in each of the repeats every row is scored with the values of one other row,
// and every row gives its values once (a derangement, so that the expectation
// is that over all ordered pairs of rows). Units that the budget does not reach
// are not in the answer. The outer slice has an element for each contrast, the
// inner for each unit.
func (s *Study) drawnImportance(ctx context.Context, units []unit, contrasts []Contrast, repeats int) ([][]Importance, error) {
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
			list[r].giver = derangement(n, s.Spec.Seed, u.name, r)
			if list[r].scores, err = s.Model.Score(ctx, u.exchanged(s.Rows.Batch, list[r].giver)); err != nil {
				return out, err
			}
		}
		for i, c := range contrasts {
			out[i] = append(out[i], c.drawn(sides[i], own, list))
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
func (c Contrast) drawn(sides []int8, own []float64, list []draws) Importance {
	var n [2]int
	var before, change [2]float64
	changes := make([][]float64, len(list))
	for r := range changes {
		changes[r] = make([]float64, len(sides))
	}
	for row, side := range sides {
		if side == 0 {
			continue
		}
		at := sideIndex(int(side))
		n[at]++
		was := c.Quantity.Of(row, own[row])
		before[at] += was
		for r, d := range list {
			changes[r][row] = c.Quantity.Of(row, d.scores[row]) - was
			change[at] += changes[r][row]
		}
	}
	repeats, rows := float64(len(list)), float64(len(sides))
	for at := range n {
		if n[at] > 0 {
			before[at] /= float64(n[at])
			change[at] /= float64(n[at]) * repeats
		}
	}
	influence, squares := make([]float64, len(sides)), 0.0
	for r, d := range list {
		for row, side := range sides {
			if side == 0 {
				continue
			}
			at := sideIndex(int(side))
			x := float64(side) * rows / float64(n[at]) * (changes[r][row] - change[at])
			influence[row] += x / repeats
			influence[d.giver[row]] += x / repeats
			squares += float64(x * x)
		}
	}
	variance := 0.0
	for _, x := range influence {
		variance += float64(x * x)
	}
	noise := squares / repeats / repeats
	variance = max(variance-noise, noise)
	original := before[0] - before[1]
	return Importance{
		Original: original, Switched: original + change[0] - change[1],
		SE: math.Sqrt(variance / (rows * (rows - 1))), Rows: n[0], AgainstRows: n[1],
	}
}
