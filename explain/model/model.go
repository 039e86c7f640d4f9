// Package model reads trained models from their own files and scores rows as
// the library that trained them does: the margins of XGBoost and LightGBM are
// equal to the last bit, probabilities differ by at most one unit in the last
// place.
//
// A [Forest] holds the trees of either library in one form. Everything that
// differs between the two (strict or loose comparison, where a missing value
// goes, 32 or 64 bits) is settled when the file is read.
package model

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// An Output says which number of a model is wanted.
type Output uint8

const (
	// Margin is the sum before the link, as the library prints it for
	// output_margin (XGBoost) or raw_score (LightGBM). Of a random forest of
	// LightGBM it is the undivided sum.
	Margin Output = iota
	// Probability is what the library's predict gives: a probability for a
	// classifier, else the prediction in the unit of the target.
	Probability
)

// An Input is one column that a model takes.
type Input struct {
	Name string
	// Categories are the values of a column of categories in the order of
	// their codes; nil for a number.
	Categories []string
}

// A Batch holds some rows, a column for each input in the model's order.
// A missing value is NaN; a category is its code.
type Batch struct {
	Rows    int
	Columns [][]float64
}

// A Scorer scores rows.
type Scorer interface {
	// Inputs gives the columns that the model takes, in its order.
	Inputs() []Input
	// Classes gives how many numbers a row gets: 1, or one for each class.
	Classes() int
	// Score writes Classes numbers for each row of the batch to scores, row
	// after row.
	Score(ctx context.Context, batch Batch, output Output, scores []float64) error
}

// ErrUnknownCategory says that a row holds a value which the model did not
// see when it was trained, and for which it has no rule.
var ErrUnknownCategory = errors.New("the model has not seen this category")

// Codes gives the codes of a column of categories. A missing value is NaN.
// A value that the input does not list is an error that wraps
// [ErrUnknownCategory] and names it.
func (in Input) Codes(values []string, missing func(row int) bool) ([]float64, error) {
	code := make(map[string]float64, len(in.Categories))
	for i, category := range in.Categories {
		code[category] = float64(i)
	}
	codes := make([]float64, len(values))
	for row, value := range values {
		if missing != nil && missing(row) {
			codes[row] = math.NaN()
			continue
		}
		c, known := code[value]
		if !known {
			return nil, fmt.Errorf("input %q, value %q: %w", in.Name, value, ErrUnknownCategory)
		}
		codes[row] = c
	}
	return codes, nil
}

// check says what is wrong with a batch for a model of so many inputs and classes.
func check(batch Batch, inputs []Input, classes int, scores []float64) error {
	if len(batch.Columns) != len(inputs) {
		return fmt.Errorf("the model takes %d inputs, not %d", len(inputs), len(batch.Columns))
	}
	for i, column := range batch.Columns {
		if len(column) != batch.Rows {
			return fmt.Errorf("input %q has %d values for %d rows", inputs[i].Name, len(column), batch.Rows)
		}
	}
	if len(scores) != batch.Rows*classes {
		return fmt.Errorf("there is room for %d scores, and %d rows with %d each", len(scores), batch.Rows, classes)
	}
	return nil
}
