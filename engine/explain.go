package engine

import (
	"context"
	"errors"
	"maps"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// An Explaining explains a sample of the audited rows. The command hands it in,
// as it does detectors.
type Explaining interface {
	// Inputs are the columns that the audited model takes.
	Inputs() []audit.ModelInputSpec
	// Digest is that of the model's file; "" without one.
	Digest() string
	// Use gives it the spec, with what the log says about the model's columns.
	Use(*audit.Spec)
	// Need is the sample that it reads.
	Need() table.SampleNeed
	// Cost says in a line what explaining a log of so many rows, -1 if nobody
	// knows, will ask of the model.
	Cost(logRows int64) string
	// Explain adds what it found to the result. The error is the context's
	// alone: what goes wrong with a model is part of the result.
	Explain(ctx context.Context, sample *table.Sample, r *audit.Result, progress func(rows int64)) error
}

// placed is an error that knows which key of the configuration it is about.
type placed interface {
	error
	Place() (key, hint string)
}

// openModel reads the audited model, so that the columns that it takes are
// known before the log's are checked.
func (j *Job) openModel() error {
	if j.spec.Explain == nil || j.options.Explain == nil {
		return nil
	}
	e, err := j.options.Explain(j.spec)
	if mistakes := j.placedMistakes(err); len(mistakes) > 0 {
		return mistakes
	}
	if err != nil {
		return err
	}
	j.explaining = e
	with := j.audit.WithInputs(e.Inputs())
	if digest := e.Digest(); digest != "" {
		digests := map[string]string{}
		maps.Copy(digests, with.Digests)
		digests["model"] = digest
		with.Digests = digests
	}
	gates, expected := j.spec.Gates, j.spec.ExpectedAttributes
	j.audit, j.spec = with, with.Spec()
	j.spec.Gates, j.spec.ExpectedAttributes = gates, expected
	return nil
}

// placedMistakes are those of errors that know their place, one or several.
func (j *Job) placedMistakes(err error) config.Errors {
	var out config.Errors
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range several.Unwrap() {
			out = append(out, j.placedMistakes(err)...)
		}
		return out
	}
	var at placed
	if errors.As(err, &at) {
		key, hint := at.Place()
		out = append(out, j.audit.Mistake(key, at.Error(), hint))
	}
	return out
}

// explain lets the explainers add to the result.
func (j *Job) explain(ctx context.Context, t *tables, r *audit.Result) error {
	if j.explaining == nil {
		return nil
	}
	sample := t.Sample(j.explaining.Need())
	if err := t.faults.all(); err != nil {
		return err
	}
	return j.explaining.Explain(ctx, sample, r, j.options.Explained)
}
