package engine

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/scan"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Panic is what Run panics with when a detector does: its value, and where the
// detector was.
type Panic = detect.Panic

// detect lets every detector measure, several at a time: each reads tables, and
// none hears of another. What is wrong with the first of them is returned.
func (j *Job) detect(o *scan.Outcome, closer []*scan.Outcome) ([]detect.Output, error) {
	outputs, faults, panics := make([]detect.Output, len(j.enabled)), make([]error, len(j.enabled)), make([]*Panic, len(j.enabled))
	var group errgroup.Group
	group.SetLimit(j.options.Workers)
	for i, d := range j.enabled {
		group.Go(func() error {
			defer func() {
				if v := recover(); v != nil {
					panics[i] = detect.Caught(v)
				}
			}()
			t := &tables{outcome: o, closer: closer, workers: j.options.Workers, faults: &lacks{}}
			if j.saved != nil {
				own := *j.saved
				own.faults, t.saved = t.faults, &own
			}
			outputs[i], faults[i] = d.plan.Detect(t)
			faults[i] = errors.Join(faults[i], t.faults.all())
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
	closer  []*scan.Outcome // of further readings, for parts of tables
	saved   *saved
	workers int
	faults  *lacks
}

// lacks are the faults of one detector that asked for what there is not.
type lacks struct {
	mu   sync.Mutex
	errs []error
}

func (l *lacks) add(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.errs = append(l.errs, err)
}

// all joins them in an order that does not depend on timing.
func (l *lacks) all() error {
	slices.SortFunc(l.errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(l.errs...)
}

// Workers is how many parts of a detector may measure at a time.
func (t *tables) Workers() int { return t.workers }

func (t *tables) Scan() *table.Accounts { return &t.outcome.Accounts }

// Counts returns an empty table for one that was never declared, and the run
// fails with its name.
func (t *tables) Counts(n table.Need) *table.Counts {
	c, err := t.outcome.Counts(n)
	if err != nil {
		t.faults.add(err)
		return &table.Counts{}
	}
	return c
}

// Values is like Counts for a table of numbers. One of a stretch of numbers that
// nobody read is Unread.
func (t *tables) Values(n table.Need) *table.Values {
	if n.Within != (table.Stretch{}) {
		for _, o := range t.closer {
			if v, err := o.Values(n); err == nil {
				return v
			}
		}
		return table.Unread()
	}
	v, err := t.outcome.Values(n)
	if err != nil {
		t.faults.add(err)
		return &table.Values{}
	}
	return v
}

// Sample is like Counts for a sample of rows.
func (t *tables) Sample(n table.SampleNeed) *table.Sample {
	s, err := t.outcome.Sample(n)
	if err != nil {
		t.faults.add(err)
		return &table.Sample{}
	}
	return s
}
