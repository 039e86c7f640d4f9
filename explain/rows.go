// Package explain says which inputs of a model carry its errors and the gaps
// between groups: how sure that is, and what it does not show.
//
// Explainers look at a sample of the audited rows, the same rows whatever the
// order of the log, and at a model as its own scorer. For trees the numbers are
// exact; else they come from rows scored by the model, within a budget.
package explain

import (
	"github.com/plumbline-audit/plumbline/explain/model"
)

// Rows are the sampled rows that explanations are about.
type Rows struct {
	model.Batch
	// Labels are 1 for a positive label, 0 for a negative one, -1 for none;
	// nil if the audit has no label.
	Labels []int8
	// Attributes are the protected attributes of the rows.
	Attributes []Attribute
	// People numbers the person of each row, where one may have several rows;
	// nil if each row is one.
	People []int
}

// An Attribute gives each row's group: an index into Groups, or -1 if its
// value is missing.
type Attribute struct {
	Name   string
	Groups []string
	Of     []int32
}

// A Decision turns a score into a positive decision.
type Decision struct {
	Cut    float64
	Strict bool // the score has to be above the cut, not at it
	Below  bool // a low score is the positive decision
}

// Positive says whether a score gives a positive decision.
func (d Decision) Positive(score float64) bool {
	switch {
	case score == d.Cut:
		return !d.Strict
	case d.Below:
		return score < d.Cut
	}
	return score > d.Cut
}

// A Quantity is a number that belongs to a row and its score: a loss, or a
// decision. Means of quantities over rows are what importance is about.
type Quantity struct {
	Name string
	// Of gives the number of a row with this score; known is false for a row
	// that has none, such as a loss without a label.
	Of func(row int, score float64) float64
	// Known says which rows count; nil is all.
	Known func(row int) bool
}
