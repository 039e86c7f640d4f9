package scan

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// crew are the workers that read some of the log's units, and whose tables are one
// part.
type crew struct {
	units []source.Unit
	left  atomic.Int64 // units that are not read to their end
	done  func([]*worker) error

	mu      sync.Mutex
	workers []*worker
	idle    []*worker
}

func newCrew(units []source.Unit, done func([]*worker) error) *crew {
	c := &crew{units: units, done: done}
	c.left.Store(int64(len(units)))
	return c
}

// hire is a worker of the crew that nobody else has.
func (c *crew) hire(make func() (*worker, error)) (*worker, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.idle); n > 0 {
		w := c.idle[n-1]
		c.idle = c.idle[:n-1]
		return w, nil
	}
	w, err := make()
	if err != nil {
		return nil, err
	}
	if len(c.workers) > 0 {
		for k, n := range w.numbers {
			n.crowd = c.workers[0].numbers[k].crowd
		}
	}
	c.workers = append(c.workers, w)
	return w, nil
}

// release gives a worker back.
func (c *crew) release(w *worker) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, w)
}

// task is a unit and who reads it.
type task struct {
	unit source.Unit
	crew *crew
}

// work has every crew read its units once, in this order, and calls done of each
// when it has. A worker belongs to one goroutine at a time. When a unit fails, no
// later unit is begun, earlier ones are finished, and the error of the earliest is
// returned, so that the message does not depend on timing.
func (p *Plan) work(ctx context.Context, crews []*crew, asOf int64, lasts *lastRows, each step) error {
	var tasks []task
	for _, c := range crews {
		for _, u := range c.units {
			tasks = append(tasks, task{u, c})
		}
	}
	units := make([]source.Unit, len(tasks))
	for i, t := range tasks {
		units[i] = t.unit
	}
	var next atomic.Int64
	fault := newFault()
	threads := max(1, min(p.req.Workers, len(units)))
	hire := func() (*worker, error) {
		w, err := p.newWorker(asOf, lasts)
		if err == nil {
			w.step, w.spread = each, p.req.Workers/threads // with fewer units than threads, the others help
		}
		return w, err
	}
	group, ctx := errgroup.WithContext(ctx)
	for range threads {
		group.Go(func() error {
			for {
				at := int(next.Add(1)) - 1
				if at >= len(tasks) || at > fault.at() {
					return ctx.Err()
				}
				p.prefetch(units, at+threads)
				if err := p.perform(ctx, tasks[at], hire, func() bool { return at > fault.at() }); err != nil {
					fault.set(at, err)
				}
			}
		})
	}
	err := group.Wait()
	if fault.err != nil {
		return fault.err
	}
	return err
}

// perform reads one unit. Who reads the last of a crew's adds up what it found.
func (p *Plan) perform(ctx context.Context, t task, hire func() (*worker, error), stop func() bool) (err error) {
	w, err := t.crew.hire(hire)
	if err != nil {
		return err
	}
	if p.outside(t.unit) {
		w.skip(t.unit)
	} else if err := w.guard(ctx, t.unit, stop); err != nil {
		return err
	}
	t.crew.release(w)
	if t.crew.left.Add(-1) > 0 || t.crew.done == nil || stop() {
		return nil
	}
	defer recovered(t.unit.Name(), &err)
	workers := t.crew.workers
	t.crew.workers, t.crew.idle = nil, nil
	return t.crew.done(workers)
}

// pool reads every unit once, as one crew.
func (p *Plan) pool(ctx context.Context, asOf int64, lasts *lastRows, each step) ([]*worker, error) {
	c := newCrew(p.units(), nil)
	if err := p.work(ctx, []*crew{c}, asOf, lasts, each); err != nil {
		return nil, err
	}
	if len(c.workers) == 0 { // nothing to read
		w, err := p.newWorker(asOf, lasts)
		return []*worker{w}, err
	}
	return c.workers, nil
}

// sized puts what is of about one size, within a factor of two, in the order in
// which it is, and the largest first.
func sized[T any](list []T, bytes func(T) int64) {
	slices.SortStableFunc(list, func(a, b T) int {
		return cmp.Compare(bits.Len64(uint64(bytes(b))), bits.Len64(uint64(bytes(a))))
	})
}
