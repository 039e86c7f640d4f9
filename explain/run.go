package explain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/table"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// errTime says that explain.budget.time is used up.
var errTime = errors.New("explain.budget.time is used up")

// Explain carries out what is asked for. What goes wrong with the model is
// part of the answer: the rest of the audit stands. The error is the
// context's alone.
func (j *Job) Explain(ctx context.Context, sample *table.Sample, r *audit.Result, progress func(rows int64)) error {
	whole := ctx
	if limit := j.spec.Explain.Time; limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, errTime)
		defer cancel()
	}
	s := j.study(sample, r.Groups)
	if r.Privacy != nil {
		s.least = int(r.Privacy.MinCell)
	}
	refused := ""
	var audited *Audited
	if j.spec.Model != nil {
		r.Model = &j.about
		j.about.Inputs, j.about.Rows, j.about.Budget = []audit.ModelInput{}, s.Rows.Rows, j.spec.Explain.ModelRows
		closer, why := j.prepare(ctx, s, sample, progress)
		defer closer()
		audited = s.Model
		if refused = why; refused != "" {
			s.Model = nil // explainers that can do without must not ask it either
			j.about.Refused = refused
			r.Notes = append(r.Notes, "Nothing is explained with the model: "+refused+".")
		}
	}
	if err := whole.Err(); err != nil {
		return context.Cause(whole)
	}
	for _, e := range All() {
		if !e.Asked(j.spec.Explain) {
			continue
		}
		run := audit.Explainer{Name: e.Name, Title: e.Title, Definition: e.Definition, DoesNotShow: e.DoesNotShow, Status: "complete"}
		if e.NeedsModel && refused != "" {
			run.Status, run.Reason = "refused", refused
			r.Explainers = append(r.Explainers, run)
			continue
		}
		s.Earlier = j.beside(r)
		list, err := j.one(ctx, e, s)
		if err := whole.Err(); err != nil {
			return context.Cause(whole)
		}
		j.settle(s, &run, list, err)
		r.Explanations = append(r.Explanations, list...)
		r.Explainers = append(r.Explainers, run)
	}
	if audited != nil {
		j.about.ModelRows = audited.Spent()
	}
	r.Notes = append(r.Notes, s.notes...)
	return nil
}

// beside are the explanations of earlier audits, and after them what this one
// has found until now.
func (j *Job) beside(r *audit.Result) []Earlier {
	if len(j.earlier) == 0 {
		return nil
	}
	label := j.spec.Period
	if label == "" {
		label = "this audit"
	}
	return append(slices.Clone(j.earlier), Earlier{Label: label, Explanations: r.Explanations})
}

// one runs an explainer.
func (j *Job) one(ctx context.Context, e Explainer, s *Study) ([]audit.Explanation, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	return e.Explain(ctx, s)
}

// A shortError says what a bound of the budget has left out.
type shortError struct {
	cause   error
	missing []string
}

func (e *shortError) Error() string { return e.cause.Error() + e.what() }
func (e *shortError) Unwrap() error { return e.cause }
func (e *shortError) what() string  { return "; not reached: " + shortList(e.missing) }

// stopped says whether an error is that of a bound of the budget.
func stopped(err error) bool {
	return errors.Is(err, ErrBudget) || errors.Is(err, errTime) || errors.Is(err, context.DeadlineExceeded)
}

// notReached adds to such an error what is missing; others stay as they are.
func notReached(err error, missing ...string) error {
	if !stopped(err) || len(missing) == 0 {
		return err
	}
	return &shortError{err, missing}
}

// settle fills in what explainers leave to their caller.
func (j *Job) settle(s *Study, run *audit.Explainer, list []audit.Explanation, err error) {
	switch {
	case stopped(err):
		run.Status, run.Reason = "partial", "stopped: "+err.Error()
		var short *shortError
		if errors.Is(err, context.DeadlineExceeded) {
			run.Reason = "stopped: " + errTime.Error()
			if errors.As(err, &short) {
				run.Reason += short.what()
			}
		}
	case err != nil:
		run.Status, run.Reason = "refused", err.Error()
	}
	parity := ""
	if j.about.Parity != nil {
		parity = j.about.Parity.Verdict
	}
	for i := range list {
		e := &list[i]
		if e.Window == "" {
			e.Window = audit.AllWindows
		}
		if e.ModelRows > 0 {
			e.Parity = parity
		}
		run.ModelRows = max(run.ModelRows, e.ModelRows)
		if e.Attribute != "" {
			e.SmallestCell = s.smallestCell(e)
		}
	}
}

// smallestCell is the least number of rows in a cell of group, decision and
// label that an explanation by groups is about.
func (s *Study) smallestCell(e *audit.Explanation) int64 {
	type cell struct {
		group           int32
		decision, label int8
	}
	cells := map[cell]int64{}
	for _, a := range s.Rows.Attributes {
		if a.Name != e.Attribute {
			continue
		}
		for row, g := range a.Of {
			if g < 0 || e.Group != nil && e.Reference == nil && a.Groups[g] != *e.Group {
				continue
			}
			if e.Group != nil && e.Reference != nil && *e.Reference != restGroup && a.Groups[g] != *e.Group && a.Groups[g] != *e.Reference {
				continue
			}
			c := cell{group: g}
			if s.Decisions != nil {
				c.decision = s.Decisions[row]
			}
			if s.Rows.Labels != nil {
				c.label = s.Rows.Labels[row]
			}
			cells[c]++
		}
	}
	least := int64(0)
	for _, n := range cells {
		if least == 0 || n < least {
			least = n
		}
	}
	return least
}

// prepare makes the model ready and probes it. The second value says why it
// may not be asked.
func (j *Job) prepare(ctx context.Context, s *Study, sample *table.Sample, progress func(rows int64)) (closer func(), refused string) {
	closer = func() {}
	if s.Rows.Rows < 2 {
		return closer, "the sample has fewer than two rows"
	}
	if err := j.modelInputs(s, sample); err != nil {
		return closer, err.Error()
	}
	scorer := j.scorer
	if scorer == nil {
		var err error
		if scorer, err = connect(j.spec.Model, s.Inputs); err != nil {
			return closer, err.Error()
		}
	}
	if c, ok := scorer.(io.Closer); ok {
		closer = func() { _ = c.Close() } // what it did until now is known
	}
	s.Model = &Audited{Scorer: scorer, Output: j.output, Class: j.class, Decision: j.decision(), most: j.spec.Explain.ModelRows, progress: progress}
	if forest, ok := scorer.(*model.Forest); ok && !forest.LinearLeaves() {
		s.Model.Forest = forest
	}
	refused, err := j.probe(ctx, s)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			err = errTime
		}
		return closer, fmt.Sprintf("the model cannot be asked: %v", err)
	}
	if refused != "" && j.spec.Explain.Beyond == "label" {
		s.Note("The model is explained all the same, as explain.probe.beyond says: " + refused + ".")
		return closer, ""
	}
	return closer, refused
}
