package engine

import (
	"errors"
	"runtime/debug"

	"golang.org/x/sync/errgroup"

	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/scan"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Panic is what Run panics with when a detector does: its value, and where the
// detector was.
type Panic struct {
	Value any
	Stack []byte
}

// detect lets every detector measure, several at a time: each reads tables, and
// none hears of another. What is wrong with the first of them is returned.
func (j *Job) detect(o *scan.Outcome) ([]detect.Output, error) {
	outputs, faults, panics := make([]detect.Output, len(j.enabled)), make([]error, len(j.enabled)), make([]*Panic, len(j.enabled))
	var group errgroup.Group
	group.SetLimit(j.options.Workers)
	for i, d := range j.enabled {
		group.Go(func() error {
			defer func() {
				if v := recover(); v != nil {
					panics[i] = &Panic{v, debug.Stack()}
				}
			}()
			t := &tables{outcome: o}
			if j.saved != nil {
				own := *j.saved // with its own faults
				t.saved = &own
			}
			outputs[i], faults[i] = d.plan.Detect(t)
			faults[i] = errors.Join(faults[i], t.fault())
			return nil
		})
	}
	_ = group.Wait() // no function fails
	for i, err := range faults {
		if panics[i] != nil {
			panic(panics[i]) // in the caller's goroutine, where it can be caught
		}
		if err != nil {
			return nil, err
		}
	}
	return outputs, nil
}

// tables hands detectors what they declared.
type tables struct {
	outcome *scan.Outcome
	saved   *saved
	err     error
}

func (t *tables) Scan() *table.Accounts { return &t.outcome.Accounts }

// Counts returns an empty table for one that was never declared, and the run
// fails with its name.
func (t *tables) Counts(n table.Need) *table.Counts {
	c, err := t.outcome.Counts(n)
	if err != nil {
		t.err = errors.Join(t.err, err)
		return &table.Counts{}
	}
	return c
}

// Values is like Counts for a table of numbers.
func (t *tables) Values(n table.Need) *table.Values {
	v, err := t.outcome.Values(n)
	if err != nil {
		t.err = errors.Join(t.err, err)
		return &table.Values{}
	}
	return v
}

// Sample is like Counts for a sample of rows.
func (t *tables) Sample(n table.SampleNeed) *table.Sample {
	s, err := t.outcome.Sample(n)
	if err != nil {
		t.err = errors.Join(t.err, err)
		return &table.Sample{}
	}
	return s
}
