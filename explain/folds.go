package explain

import (
	"context"

	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// folds is how many parts the rows are cut into: each is scored by a model that
// has seen the others alone.
const folds = 5

// foldOf gives each row its part, by the person's name or the row's key: rows
// of one person are never on both sides.
func (s *Study) foldOf() []int {
	keys := s.Subjects
	if keys == nil {
		keys = s.Keys
	}
	out := make([]int, len(keys))
	for row, key := range keys {
		out[row] = stat.Generator(s.Spec.Seed, "fold", key).IntN(folds)
	}
	return out
}

// batchOf are some rows of features as a model takes them.
func batchOf(features []Feature, rows []int) ([]model.Input, model.Batch) {
	inputs, b := make([]model.Input, len(features)), model.Batch{Rows: len(rows)}
	for i, f := range features {
		inputs[i] = model.Input{Name: f.Column, Categories: f.Categories}
		b.Columns = append(b.Columns, picked(f.Values, rows))
	}
	return inputs, b
}

// outOfFold gives the rows' scores by models that have not seen them; target
// has a number for each of the rows.
func (s *Study) outOfFold(ctx context.Context, features []Feature, rows []int, target []float64, o model.BoostOptions) ([]float64, error) {
	fold := s.foldOf()
	out := make([]float64, len(rows))
	for k := range folds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var train, held []int // places among the rows
		for i, row := range rows {
			if fold[row] == k {
				held = append(held, i)
			} else {
				train = append(train, i)
			}
		}
		if len(held) == 0 || len(train) == 0 {
			continue
		}
		inputs, b := batchOf(features, pickedRows(rows, train))
		forest, err := model.Boost(inputs, b, picked(target, train), o)
		if err != nil {
			return nil, err
		}
		_, test := batchOf(features, pickedRows(rows, held))
		scores := make([]float64, len(held))
		if err := forest.Score(ctx, test, model.Probability, scores); err != nil {
			return nil, err
		}
		for i, at := range held {
			out[at] = scores[i]
		}
	}
	return out, nil
}

func pickedRows(rows, at []int) []int {
	out := make([]int, len(at))
	for i, k := range at {
		out[i] = rows[k]
	}
	return out
}
