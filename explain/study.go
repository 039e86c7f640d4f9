package explain

import (
	"context"
	"errors"
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// An Explainer is a value: what it is called, what its numbers mean, and how
// they are made.
type Explainer struct {
	Name, Title string
	Definition  string // what its numbers are, in a sentence or two
	DoesNotShow string // what nobody should read out of them, in a sentence
	NeedsModel  bool   // without one, or with one that is refused, it is left out
	// Asked tells whether the configuration asks for it.
	Asked func(*audit.ExplainSpec) bool
	// Explain gives its numbers. What it leaves out, and why, it says with
	// Study.Note. An error stops this explainer alone; ErrBudget and the
	// context's say that it was stopped early, and what it returns besides is
	// kept.
	Explain func(ctx context.Context, s *Study) ([]audit.Explanation, error)
}

// A Study is what explainers look at: a sample of the audited rows, and the
// model. Explainers run one after the other, and must not change it.
type Study struct {
	Spec *audit.Spec // Spec.Explain says what is asked; never nil here

	// Rows are the sampled rows, with the model's inputs in its order. Without
	// a model they have no columns.
	Rows    Rows
	Inputs  []model.Input // names as the model has them
	Columns []string      // of the log, one for each input

	// Features are columns.features, else the model's inputs, as the log has
	// them: for explainers that ask no model.
	Features []Feature

	Decisions []int8    // logged: 1 positive, 0 negative, -1 none
	Scores    []float64 // logged; NaN for none, nil if the audit has no score
	Strata    []Feature // columns.strata: categories
	Keys      []string  // one for each row, which its draws depend on
	Subjects  []string  // the person of each row; nil without columns.subject
	Windows   []string  // of each row; nil without windows
	Versions  []string  // of the model that decided each row; nil without columns.version

	Earlier []Earlier // explanations of other audits; nil if none were given

	// Model is nil if there is none, or none that may be asked.
	Model *Audited

	chosen map[string]string // by attribute: the reference group, where it is one
	least  int               // people that a part of a spread has at least
	notes  []string
	memory map[string]*attributed // what explainers share
}

// Earlier are explanations of another period or version.
type Earlier struct {
	Label        string
	Explanations []audit.Explanation
}

// A Feature is a column of the log.
type Feature struct {
	Column     string
	Categories []string  // nil for a number
	Values     []float64 // of each row; a category is its place, NaN is missing
}

// Note says what could not be explained, and why, in a sentence.
func (s *Study) Note(sentence string) { s.notes = append(s.notes, sentence) }

// An Audited is the model, with what counts its rows.
type Audited struct {
	Scorer model.Scorer
	Forest *model.Forest // the scorer, if it is one of trees without linear leaves
	Output model.Output  // what the configuration takes for the score
	Class  int           // of the model
	// Decision is nil without model.threshold.
	Decision *Decision

	spent, most int64
	progress    func(rows int64)
}

// Score gives the score of each row of a batch. It counts the rows, and is
// ErrBudget, with nothing scored, where they are more than are left.
func (a *Audited) Score(ctx context.Context, batch model.Batch) ([]float64, error) {
	return a.ScoreAs(ctx, batch, a.Output)
}

// ScoreAs is Score for another of the model's numbers.
func (a *Audited) ScoreAs(ctx context.Context, batch model.Batch, output model.Output) ([]float64, error) {
	if err := a.Spend(int64(batch.Rows)); err != nil {
		return nil, err
	}
	classes := a.Scorer.Classes()
	all := make([]float64, batch.Rows*classes)
	if err := a.Scorer.Score(ctx, batch, output, all); err != nil {
		return nil, err
	}
	if classes == 1 {
		return all, nil
	}
	out := make([]float64, batch.Rows)
	for row := range out {
		out[row] = all[row*classes+a.Class]
	}
	return out, nil
}

// Spend counts rows that the model scores otherwise, such as those that an
// exact walk of the trees stands for.
func (a *Audited) Spend(rows int64) error {
	if a.most > 0 && a.spent+rows > a.most {
		return ErrBudget
	}
	a.spent += rows
	if a.progress != nil {
		a.progress(rows)
	}
	return nil
}

// Spent is how many rows the model has scored.
func (a *Audited) Spent() int64 { return a.spent }

// Left is how many rows it may score yet; a very large number without a bound.
func (a *Audited) Left() int64 {
	if a.most <= 0 {
		return math.MaxInt64
	}
	return max(0, a.most-a.spent)
}

// ErrBudget says that explain.budget.model_rows is used up.
var ErrBudget = errors.New("explain.budget.model_rows is used up")
