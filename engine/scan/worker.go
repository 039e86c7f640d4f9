package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/plumbline-audit/plumbline/engine/expr"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// vector shortens the frame's column type.
type vector = source.Vector

// worker fills tables of its own from the units it is given.
type worker struct {
	plan   *Plan
	step   step
	spread int // threads that decode a unit
	asOf   int64
	lasts  *lastRows // of duplicates: last_by_time; shared
	frame  frame
	clock  *clock
	where  *evaluation
	joins  []*matching
	dims   []*dimension // in the order in which they are computed
	byDim  map[table.Dim]int
	tables []*accumulator
	// families count for tables until the end.
	families   []*family
	common     *packing
	packings   []*packing
	histograms [2]histogram // of the audited rows, of those in scope
	ids        *idSet
	noID       func(source.Type, source.Value) bool

	numbers  []*numbers
	someIDs  []uint32 // memory for the ids of one quantity after the other
	cells    []*cells
	tallies  []*tally
	samples  []*sampler
	shares   []shares
	listings []*listMaker
	piles    []*pile

	weights  weights
	accounts table.Accounts
	windows  *windows

	extent  Extent // of all rows
	stated  *span  // times of the unit that are not read
	trusted int64  // rows of such units

	spent               Spent
	tickRows, tickBytes int64 // not yet told to Progress
}

func (p *Plan) newWorker(asOf int64, lasts *lastRows) (*worker, error) {
	w := &worker{plan: p, asOf: asOf, lasts: lasts, byDim: map[table.Dim]int{}}
	w.frame.names = p.columns.names()
	w.accounts.Excluded = map[table.Exclusion]int64{}
	w.accounts.Duplicates = -1
	if t := p.req.Audit.Columns.Time; t != nil {
		var err error
		if w.clock, err = newClock(*t, p.timeAt, p.req.Windows.Zone); err != nil {
			return nil, err
		}
	}
	if p.where != nil {
		w.where = p.where.start()
	}
	if p.id >= 0 {
		w.noID = missing(p.req.Audit.Columns.ID.Role)
		w.ids = newIDSet()
	}
	for i := range p.columns.joins {
		w.joins = append(w.joins, newMatching(&p.columns.joins[i]))
	}
	w.weights.memo.read = copies
	w.addDimensions()
	w.packCommon()
	w.addFamilies()
	w.addTallies()
	w.addSamplers()
	w.bindShares()
	w.shareKeys()
	return w, nil
}

// addDimensions creates every dimension that a table has, outcomes first,
// because others look at their codes.
func (w *worker) addDimensions() {
	p := w.plan
	w.windows = &windows{cut: p.cutter()}
	w.addDimension(&dimension{dim: table.Window, compute: w.windows.compute, categories: w.windows.categories, one: &w.windows.one})
	for _, d := range []table.Dim{table.Decision, table.Label} {
		r, ok := p.rules[d]
		if !ok {
			continue
		}
		made := ofRule(d, r.Rule, r.column, r.when)
		if l := p.req.Audit.Columns.Label; d == table.Label && l.MaturesAfter > 0 {
			made = matured(made, int64(l.MaturesAfter)/1000, w.asOf)
		}
		w.addDimension(made)
	}
	for _, n := range p.needs() {
		for _, d := range n.Dims {
			if _, ok := w.byDim[d]; ok {
				continue
			}
			if r, ok := p.roles[d]; ok {
				w.addDimension(r.dimension(d))
			} else if fact := p.facts[d]; fact != nil {
				w.addDimension(ofFact(d, fact))
			} else if d == table.File {
				w.addDimension(ofFile(p.files()))
			} else if d == missingScore {
				w.addDimension(presenceOfScore(p.score))
			} else if name, ok := missingRole(d); ok {
				w.addDimension(presenceOf(d, w.dims[w.byDim[table.Dim(name)]]))
			}
		}
	}
	if _, byID := p.roles[table.Half]; !byID && p.wants(table.Half) { // last, because it looks at the others
		w.addDimension(halfOfValues(p.req.Audit.Seed, w.halved()))
	}
}

func (w *worker) addDimension(d *dimension) {
	w.byDim[d.dim] = len(w.dims)
	w.dims = append(w.dims, d)
}

// scan reads one unit to its end, or until stop.
func (w *worker) scan(ctx context.Context, u source.Unit, stop func() bool) error {
	indices, positions, stated := w.plan.reads(u)
	if w.stated = stated; stated != nil {
		w.trusted += u.Rows()
	}
	watch := Watch(w.plan.req.Now)
	r, err := source.OpenWide(ctx, u, indices, w.spread)
	if err != nil {
		return err
	}
	defer r.Close()
	w.frame.unit, w.frame.reader, w.frame.file = u.Name(), r, fileOf(u)
	w.frame.cols = grow(w.frame.cols, len(w.plan.columns.used))
	clear(w.frame.cols)
	seen := int64(0)
	for !stop() {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := r.Next()
		w.spent.Decode += watch()
		if errors.Is(err, io.EOF) {
			w.tick(0, r.BytesRead()-seen, true)
			return nil
		}
		if err != nil {
			return err
		}
		if b.Rows > 0 {
			if err := w.step(w, b, positions); err != nil {
				return err
			}
		}
		w.spent.Count += watch()
		now := r.BytesRead()
		w.tick(int64(b.Rows), now-seen, false)
		seen = now
	}
	return nil
}

// tick reports progress: every quarter of a million rows, and at the end of a
// unit.
func (w *worker) tick(rows, bytes int64, end bool) {
	w.tickRows, w.tickBytes = w.tickRows+rows, w.tickBytes+bytes
	if w.plan.req.Progress != nil && (end || w.tickRows >= 1<<18) {
		w.plan.req.Progress(w.tickRows, w.tickBytes)
		w.tickRows, w.tickBytes = 0, 0
	}
}

// load makes a batch the current frame.
func (w *worker) load(b *source.Batch, positions []int) error {
	f := &w.frame
	f.batch, f.rows, f.repeat = b, b.Rows, 1
	f.number++
	if b.Rows > source.MaxBatch { // every column is constant
		f.rows, f.repeat = 1, int64(b.Rows)
	}
	for i, at := range positions {
		f.cols[at] = b.Columns[i]
	}
	for _, m := range w.joins {
		m.gather(f)
	}
	switch {
	case w.clock == nil:
		return nil
	case w.stated != nil:
		w.clock.state(f, *w.stated)
		return nil
	}
	return w.clock.times(f)
}

// count adds a batch to every table.
func (w *worker) count(b *source.Batch, positions []int) error {
	if err := w.load(b, positions); err != nil {
		return err
	}
	f := &w.frame
	w.extend()
	if err := w.filter(); err != nil {
		return err
	}
	if err := w.weigh(); err != nil {
		return err
	}
	for _, d := range w.dims {
		if d.dim == table.Window { // computed by filter, which needs it
			continue
		}
		if err := d.update(f); err != nil {
			return err
		}
		if d.dim == table.Subject {
			if err := w.foldSubjects(d); err != nil {
				return err
			}
		}
	}
	w.dropUndecided()
	f.list()
	if at := w.plan.listAt; at >= 0 {
		f.lists.first(f, &f.audited, f.cols[at].Int64s())
	}
	w.account()
	for _, m := range w.families {
		if err := m.add(w); err != nil {
			return err
		}
	}
	if err := w.tabulate(); err != nil {
		return err
	}
	for _, s := range w.samples {
		if err := s.add(f); err != nil {
			return err
		}
	}
	return w.checkMemory()
}

// account adds the frame to the accounts.
func (w *worker) account() {
	f, a := &w.frame, &w.accounts
	a.Read += int64(f.rows) * f.repeat
	a.Audited += f.audited.total.Rows
	a.Copies += f.audited.total.N
	if f.audited.rows != nil {
		var rows [len(table.Exclusions) + 1]int64
		for _, reason := range f.reason {
			rows[reason]++
		}
		for i, n := range rows[1:] {
			if n > 0 {
				a.Excluded[table.Exclusions[i]] += n * f.repeat
			}
		}
	}
	if w.clock == nil || f.audited.n == 0 {
		return
	}
	low, high := f.low, f.high
	if f.audited.rows != nil && w.stated == nil {
		low, high = math.MaxInt64, math.MinInt64
		f.audited.each(func(i int) { low, high = min(low, f.times[i]), max(high, f.times[i]) })
	}
	a.SeeTime(low)
	a.SeeTime(high)
}

// cellError places an expression's complaint about a value.
func (f *frame) cellError(role string, err error) error {
	var cell *expr.CellError
	if errors.As(err, &cell) {
		return f.rowError(cell.Row, -1, fmt.Errorf("%s: %w", role, err))
	}
	return f.rowError(0, -1, fmt.Errorf("%s: %w", role, err))
}
