package explain

import (
	"context"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/explain/model"
)

// A GapPart is what one input adds to a gap between two groups.
type GapPart struct {
	Value float64
	SE    float64 // from the sampling of rows, or of people, and, where there are any, of draws
}

// A Gap is a difference of the means of two groups, taken apart by inputs:
// the difference of their mean attributions. The parts and the remainder add
// up to the gap exactly.
type Gap struct {
	Total float64
	SE    float64 // of the total
	Parts []GapPart
	// Remainder is what is left because the rows were compared with different
	// rows of the background; 0 where all had the whole background.
	Remainder     float64
	Rows, Against int
}

// TakeApart divides the gap between the rows of in and those of against.
func (a *Attributions) TakeApart(in, against []int) (Gap, error) {
	if len(in) < 2 || len(against) < 2 {
		return Gap{}, ErrNoRows
	}
	g := Gap{Rows: len(in), Against: len(against)}
	difference := func(of func(row int) float64) GapPart {
		m1, v1 := meanAndVariance(in, of)
		m2, v2 := meanAndVariance(against, of)
		if a.People == nil {
			return GapPart{m1 - m2, math.Sqrt(v1/float64(len(in)) + v2/float64(len(against)))}
		}
		people, influence := pickedRows(a.People, append(slices.Clone(in), against...)), []float64(nil)
		for _, row := range in {
			influence = append(influence, (of(row)-m1)/float64(len(in)))
		}
		for _, row := range against {
			influence = append(influence, (m2-of(row))/float64(len(against)))
		}
		return GapPart{m1 - m2, clusteredError(influence, people)}
	}
	total := difference(func(row int) float64 { return a.Value[row] })
	g.Total, g.SE = total.Value, total.SE
	g.Remainder = g.Total
	for input := range a.Values[in[0]] {
		part := difference(func(row int) float64 { return a.Values[row][input] })
		g.Parts = append(g.Parts, part)
		g.Remainder -= part.Value
	}
	return g, nil
}

// LinearAttributions are the exact Shapley values of a number that is a sum
// over the inputs: the row's term less the background's mean term.
func LinearAttributions(ctx context.Context, linear *model.Linear, rows, background model.Batch, class int) (*Attributions, error) {
	if background.Rows == 0 {
		return nil, ErrBackground
	}
	values := make([]float64, rows.Rows*linear.Classes())
	if err := linear.Score(ctx, rows, model.Margin, values); err != nil {
		return nil, err
	}
	others := make([]float64, background.Rows*linear.Classes())
	if err := linear.Score(ctx, background, model.Margin, others); err != nil {
		return nil, err
	}
	mean, base := make([]float64, len(rows.Columns)), 0.0
	for row := range background.Rows {
		for input, column := range background.Columns {
			mean[input] += linear.Term(class, input, column[row])
		}
		base += others[row*linear.Classes()+class]
	}
	for input := range mean {
		mean[input] /= float64(background.Rows)
	}
	base /= float64(background.Rows)
	a := &Attributions{Reached: rows.Rows, ModelRows: int64(rows.Rows + background.Rows)}
	for row := range rows.Rows {
		phi, value := make([]float64, len(rows.Columns)), values[row*linear.Classes()+class]
		sum := base
		for input, column := range rows.Columns {
			phi[input] = linear.Term(class, input, column[row]) - mean[input]
			sum += phi[input]
		}
		a.Values, a.SE = append(a.Values, phi), append(a.SE, make([]float64, len(phi)))
		a.Value, a.Base = append(a.Value, value), append(a.Base, base)
		a.Additivity = max(a.Additivity, math.Abs(sum-value))
	}
	return a, nil
}

// meanAndVariance are of some rows; the variance has the divisor n - 1.
func meanAndVariance(rows []int, of func(row int) float64) (mean, variance float64) {
	for _, row := range rows {
		mean += of(row)
	}
	mean /= float64(len(rows))
	for _, row := range rows {
		d := of(row) - mean
		variance += float64(d * d)
	}
	return mean, variance / float64(len(rows)-1)
}

// meanAndError are of some rows; the error is that of rows or, with people, of
// persons.
func (r *Rows) meanAndError(rows []int, of func(row int) float64) (mean, se float64) {
	mean, variance := meanAndVariance(rows, of)
	if r.People == nil {
		return mean, math.Sqrt(variance / float64(len(rows)))
	}
	influence := make([]float64, len(rows))
	for i, row := range rows {
		influence[i] = (of(row) - mean) / float64(len(rows))
	}
	return mean, clusteredError(influence, pickedRows(r.People, rows))
}

// rowsTogether are attributed tree by tree.
const rowsTogether = 256

// TreeAttributions are the exact Shapley values of a forest's margins.
func TreeAttributions(ctx context.Context, forest *model.Forest, rows, background model.Batch, class int) (*Attributions, error) {
	shapley, err := model.NewShapley(forest, background, class)
	if err != nil {
		return nil, err
	}
	margins := func(batch model.Batch) ([]float64, error) {
		scores := make([]float64, batch.Rows*forest.Classes())
		if err := forest.Margins(batch, scores); err != nil {
			return nil, err
		}
		of := make([]float64, batch.Rows)
		for i := range of {
			of[i] = scores[i*forest.Classes()+class]
		}
		return of, nil
	}
	values, err := margins(rows)
	if err != nil {
		return nil, err
	}
	others, err := margins(background)
	if err != nil {
		return nil, err
	}
	base := 0.0
	for _, x := range others {
		base += x / float64(len(others))
	}
	a := &Attributions{Value: values, Reached: rows.Rows, ModelRows: int64(rows.Rows + background.Rows)}
	for from := 0; from < rows.Rows; from += rowsTogether {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		block := make([][]float64, min(rowsTogether, rows.Rows-from))
		for i := range block {
			block[i] = make([]float64, len(rows.Columns))
		}
		shapley.Block(rows, from, block)
		for i, phi := range block {
			sum := base
			for _, v := range phi {
				sum += v
			}
			a.Values, a.SE, a.Base = append(a.Values, phi), append(a.SE, make([]float64, len(phi))), append(a.Base, base)
			a.Additivity = max(a.Additivity, math.Abs(sum-values[from+i]))
		}
	}
	return a, nil
}
