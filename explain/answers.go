package explain

import (
	"context"
	"math"

	"github.com/plumbline-audit/plumbline/explain/model"
)

// A question asks for a row's score if one input had another value, one that
// some row of the sample has.
type question struct {
	row   int
	value float64
}

// asked are the questions about each input; nil where there are none.
type asked [][]question

// scoredTogether is how many made-up rows are held at a time.
const scoredTogether = 4096

// walks says whether the trees answer questions exactly: the link has to look
// at one class alone.
func (a *Audited) walks() bool {
	return a.Forest != nil && (a.Forest.Classes() == 1 || a.Output == model.Margin)
}

// answers gives the scores asked for. Trees answer all from one walk for each
// row; other models score a row for each question, and with ErrBudget the
// inputs that were not reached have no answers: nil.
func (a *Audited) answers(ctx context.Context, rows model.Batch, ask asked) (scores [][]float64, err error) {
	if a.walks() {
		return a.walked(ctx, rows, ask)
	}
	scores = make([][]float64, len(ask))
	for input, questions := range ask {
		if len(questions) == 0 {
			continue
		}
		if int64(len(questions)) > a.Left() {
			return scores, ErrBudget
		}
		scores[input], err = a.made(ctx, len(questions), len(rows.Columns), func(at, column int) float64 {
			if column == input {
				return questions[at].value
			}
			return rows.Columns[column][questions[at].row]
		})
		if err != nil {
			scores[input] = nil
			return scores, err
		}
	}
	return scores, nil
}

// made scores rows that are made when their turn comes.
func (a *Audited) made(ctx context.Context, count, columns int, cell func(at, column int) float64) ([]float64, error) {
	out := make([]float64, 0, count)
	batch := model.Batch{Columns: make([][]float64, columns)}
	for from := 0; from < count; from += scoredTogether {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		batch.Rows = min(scoredTogether, count-from)
		for i := range batch.Columns {
			batch.Columns[i] = batch.Columns[i][:0]
			for at := range batch.Rows {
				batch.Columns[i] = append(batch.Columns[i], cell(from+at, i))
			}
		}
		scores, err := a.Score(ctx, batch)
		if err != nil {
			return nil, err
		}
		out = append(out, scores...)
	}
	return out, nil
}

// walked reads the answers off the curves of the trees.
func (a *Audited) walked(ctx context.Context, rows model.Batch, ask asked) ([][]float64, error) {
	if err := a.Spend(int64(rows.Rows)); err != nil {
		return make([][]float64, len(ask)), err
	}
	what, err := model.NewWhatIf(a.Forest, rows, a.Class)
	if err != nil {
		return nil, err
	}
	scores := make([][]float64, len(ask))
	of := make([][][]int, len(ask)) // of each input, of each row: its questions
	classes := make([]map[uint64]int, len(ask))
	for input, questions := range ask {
		if len(questions) == 0 {
			continue
		}
		scores[input], of[input] = make([]float64, len(questions)), make([][]int, rows.Rows)
		for i, q := range questions {
			of[input][q.row] = append(of[input][q.row], i)
		}
		classes[input] = map[uint64]int{}
		for row, x := range rows.Columns[input] {
			classes[input][bitsOf(x)] = what.Class(input, row)
		}
	}
	curves := what.NewCurves()
	for row := range rows.Rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for input, margins := range curves.Of(row) {
			if of[input] == nil {
				continue
			}
			for _, i := range of[input][row] {
				scores[input][i] = margins[classes[input][bitsOf(ask[input][i].value)]]
			}
		}
	}
	if a.Output == model.Probability {
		for input := range scores {
			if err := what.Predict(scores[input]); err != nil {
				return nil, err
			}
		}
	}
	return scores, nil
}

// bitsOf tells values apart; all missing values are one, and both zeros.
func bitsOf(x float64) uint64 {
	if x != x {
		return math.Float64bits(math.NaN())
	}
	return math.Float64bits(x + 0)
}
