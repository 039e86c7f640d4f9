package scan

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// trialRows is how many rows a trial looks at, at most.
const trialRows = 1 << 20

// Trial tells before the scan whether tables of counts, or ids, need more memory
// than the request allows. It counts the first rows of the largest unit, which
// some worker will meet as well, so that it refuses nothing that would fit. What
// only other rows show, and numbers, which take less once they are in buckets,
// are left to the scan.
func (p *Plan) Trial(ctx context.Context) error {
	units := p.units()
	if p.req.Memory <= 0 || len(p.columns.joins) > 0 || len(units) == 0 {
		return nil
	}
	trial := *p
	trial.req.Memory, trial.req.Progress, trial.req.Now = 0, nil, nil
	trial.Values, trial.samples = nil, nil
	asOf := int64(math.MinInt64 / 2) // no label is mature, which leaves the fewest cells
	if p.req.AsOf != nil {
		asOf = micros(*p.req.AsOf)
	}
	w, err := trial.newWorker(asOf, nil)
	if err != nil {
		return err
	}
	w.shares = nil
	if id := p.req.Audit.Columns.ID; p.id >= 0 && id.Duplicates == "last_by_time" {
		w.ids = nil // what is kept then is not a worker's own
	}
	rows := int64(0)
	w.step = func(w *worker, b *source.Batch, positions []int) error {
		rows += int64(b.Rows)
		if err := w.count(b, positions); err != nil {
			return err
		}
		return w.outgrown(p)
	}
	err = w.guard(ctx, slices.MaxFunc(units, func(a, b source.Unit) int { return cmp.Compare(a.Bytes(), b.Bytes()) }),
		func() bool { return rows >= trialRows })
	if err == nil {
		for _, m := range w.families {
			err = errors.Join(err, m.settle(w.dims))
		}
		err = errors.Join(err, w.outgrown(p))
	}
	var known *excess
	if errors.As(err, &known) {
		return known
	}
	return ctx.Err() // the scan tells what else there is, and where
}

// outgrown holds what was counted so far to a plan's limit.
func (w *worker) outgrown(p *Plan) error {
	ids, tables := int64(0), int64(0)
	if w.ids != nil {
		ids = w.ids.bytes
	}
	for _, t := range w.tables {
		tables += t.least()
	}
	if ids+tables <= p.req.Memory/int64(max(1, p.req.Workers)) {
		return nil
	}
	if ids > tables {
		return p.tooManyIDs()
	}
	return w.tooManyCells(p)
}

// least is memory that the counts take, whatever else is counted.
func (a *accumulator) least() int64 {
	if a.far != nil {
		return a.bytes()
	}
	occupied := int64(0)
	for _, n := range a.rows {
		if n != 0 {
			occupied++
		}
	}
	return min(a.bytes(), occupied*farCell)
}
