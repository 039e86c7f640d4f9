// Package scan turns a log into tables of counts in one pass: it reduces the
// tables that detectors need to the fewest (Plan), and fills them with a pool
// of workers that each count into tables of their own, which add up.
package scan

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Outcome is what a scan found.
type Outcome struct {
	Accounts table.Accounts
	Joins    []JoinAccounts // in the order of the request
	AsOf     int64          // microseconds: the age of labels was taken at it; valid if HasAsOf
	HasAsOf  bool           // labels mature, and some row has a time or a time was asked for
	Spent    Spent
	Trusted  int64 // rows whose times are taken from statistics
	plan     *Plan
	tables   []*table.Counts
	values   []*table.Values
	samples  []*table.Sample
}

// Counts returns a table that was asked for.
func (o *Outcome) Counts(n table.Need) (*table.Counts, error) {
	at, ok := o.plan.serves[n.Key()]
	if !ok {
		return nil, fmt.Errorf("table %s was not asked for", n.Key())
	}
	if o.tables[at].Over() {
		return table.TooMany(n.Dims), nil
	}
	return o.marginal(o.tables[at].Rollup(n.Dims...))
}

// Run scans the log. The outcome does not depend on the number of workers or
// the order of units.
func (p *Plan) Run(ctx context.Context) (*Outcome, error) {
	if p.keeps() {
		return p.runByFile(ctx)
	}
	asOf, hasAsOf, err := p.asOf(ctx)
	if err != nil {
		return nil, err
	}
	lasts, err := p.lastRows(ctx, asOf)
	if err != nil {
		return nil, err
	}
	workers, err := p.pool(ctx, asOf, lasts, (*worker).count)
	if err != nil {
		return nil, err
	}
	part, err := p.part(workers)
	if err != nil {
		return nil, err
	}
	out := p.outcome(part, asOf, hasAsOf)
	for _, w := range workers {
		out.Spent.add(w.spent)
	}
	return out, nil
}

// mergeTable adds up one table over the workers.
func (p *Plan) mergeTable(workers []*worker, i int) (*table.Counts, error) {
	need := p.Tables[i]
	if p.tooMany(workers, i) {
		return table.TooMany(need.Dims), nil
	}
	parts := make([]*table.Counts, len(workers))
	err := together(workers, func(at int, w *worker) (err error) {
		parts[at], err = w.tables[i].counts(w.dims)
		return err
	})
	if err != nil {
		return nil, err
	}
	sum := parts[0]
	for _, part := range parts[1:] {
		if sum, err = sum.Merge(part); err != nil {
			return nil, err
		}
	}
	if need.Most > 0 && sum.Len() > need.Most {
		return table.TooMany(need.Dims), nil
	}
	return sum, nil
}

// tooMany tells whether a bounded table has more cells than are kept in what one
// worker met, or wider keys in what all did.
func (p *Plan) tooMany(workers []*worker, i int) bool {
	if p.Tables[i].Most == 0 {
		return false
	}
	width := 0
	for _, d := range p.Tables[i].Dims {
		width += bits.Len(uint(max(0, len(p.met(workers, d))-1)))
	}
	return width > keyBits || slices.ContainsFunc(workers, func(w *worker) bool { return w.tables[i].over })
}

// checkLimits holds the values that all workers met to the limits that each
// held its own to.
func (p *Plan) checkLimits(workers []*worker) error {
	for _, d := range workers[0].dims {
		r, ok := p.roles[d.dim]
		if !ok || r.limit+r.plain == 0 || d.dim == table.Subject {
			continue
		}
		values := p.met(workers, d.dim)
		delete(values, missingCategory)
		if r.plain > 0 {
			hashAll(workers, d.dim, len(values) > r.plain)
		} else if len(values) > r.limit {
			return tooMany(r.name, p.columns.names()[r.column], r.limit, r.hint)
		}
	}
	if _, ok := p.roles[table.Subject]; ok { // last, because it looks at the others
		subjects := len(p.met(workers, table.Subject))
		hashAll(workers, table.Subject, subjects > table.MaxSubjects || p.manyCells(func(d table.Dim) int { return len(p.met(workers, d)) }, subjects))
	}
	return nil
}

// hashAll makes all workers hash a column's values if one did, or if together
// they met too many.
func hashAll(workers []*worker, d table.Dim, many bool) {
	for _, w := range workers {
		many = many || w.dims[w.byDim[d]].coder.hashed
	}
	for _, w := range workers {
		w.dims[w.byDim[d]].coder.hashed = many
	}
}

// guard scans a unit. A panic, which is a fault of this program, ends the audit
// with an error that names the unit, not the process.
func (w *worker) guard(ctx context.Context, u source.Unit, stop func() bool) (err error) {
	defer recovered(u.Name(), &err)
	return w.scan(ctx, u, stop)
}

// recovered makes an error of a panic.
func recovered(what string, err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("%s: internal error: %v\n%s", what, v, debug.Stack())
	}
}

// step is what a worker does with a batch.
type step func(w *worker, b *source.Batch, positions []int) error

// fault keeps the error of the earliest unit that failed.
type fault struct {
	mu    sync.Mutex
	first atomic.Int64
	err   error
}

func newFault() *fault {
	f := &fault{}
	f.first.Store(math.MaxInt64)
	return f
}

func (f *fault) at() int { return int(f.first.Load()) }

func (f *fault) set(at int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if int64(at) < f.first.Load() {
		f.first.Store(int64(at))
		f.err = err
	}
}

// asOf is the time at which the age of labels is taken: the one asked for, or
// the log's last, for which the time column is read once beforehand.
func (p *Plan) asOf(ctx context.Context) (at int64, ok bool, err error) {
	l := p.req.Audit.Columns.Label
	switch {
	case l == nil || l.MaturesAfter == 0:
		return 0, false, nil
	case p.req.AsOf != nil:
		return micros(*p.req.AsOf), true, nil
	case p.timeAt < 0:
		return 0, false, fmt.Errorf("labels mature with time, but no column is columns.time")
	}
	first, err := p.onlyTimes()
	if err != nil {
		return 0, false, err
	}
	workers, err := first.pool(ctx, 0, nil, (*worker).seeTimes)
	if err != nil {
		return 0, false, err
	}
	var all table.Accounts
	for _, w := range workers {
		all.Merge(w.accounts)
	}
	return all.LastTime, all.HasTime, nil
}

// onlyTimes is the plan of a pass that reads nothing but the time column, and
// what it is joined by if it is in a joined table.
func (p *Plan) onlyTimes() (*Plan, error) {
	out := &Plan{req: p.req, weight: -1, id: -1, columns: newColumns(p.req)}
	out.req.Progress, out.req.Period = nil, nil // labels mature by the whole log's last time
	i := p.columns.used[p.timeAt]
	out.timeAt = out.columns.position(i)
	at := p.columns.origin[i].join
	if at < 0 {
		return out, nil
	}
	if err := out.columns.bindJoins(); err != nil {
		return nil, err
	}
	joined := out.columns.joins[at]
	joined.from = []int{slices.Index(p.columns.joins[at].take, joined.take[0])}
	out.columns.joins = []boundJoin{joined}
	return out, nil
}

// seeTimes only looks at when rows are.
func (w *worker) seeTimes(b *source.Batch, positions []int) error {
	if err := w.load(b, positions); err != nil {
		return err
	}
	for _, t := range w.frame.times {
		if t != noTime {
			w.accounts.SeeTime(t)
		}
	}
	return nil
}
