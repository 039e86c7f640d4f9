package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

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
	asOf   int64
	lasts  *lastRows // of duplicates: last_by_time; shared
	frame  frame
	clock  *clock
	where  *evaluation
	joins  []*matching
	dims   []*dimension // in the order in which they are computed
	byDim  map[table.Dim]int
	tables []*accumulator
	ids    *idSet

	numbers []*numbers
	tallies []*tally

	weights  []int64
	accounts table.Accounts
	windows  *windows

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
		w.ids = newIDSet()
	}
	for i := range p.columns.joins {
		w.joins = append(w.joins, newMatching(&p.columns.joins[i]))
	}
	w.addDimensions()
	for _, n := range p.Tables {
		at := make([]int, len(n.Dims))
		for i, d := range n.Dims {
			at[i] = w.byDim[d]
		}
		w.tables = append(w.tables, newAccumulator(n, at))
	}
	w.addTallies()
	return w, nil
}

// addDimensions creates every dimension that a table has, outcomes first,
// because others look at their codes.
func (w *worker) addDimensions() {
	p := w.plan
	w.windows = &windows{cut: p.cutter()}
	w.addDimension(&dimension{dim: table.Window, compute: w.windows.compute, categories: w.windows.categories})
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
				c := newCoder(r.name, r.column, r.fn)
				c.limit, c.hint = r.limit, r.hint
				w.addDimension(ofCoder(d, c))
			} else if name, ok := missingRole(d); ok {
				w.addDimension(presenceOf(d, w.dims[w.byDim[table.Dim(name)]]))
			}
		}
	}
}

func (w *worker) addDimension(d *dimension) {
	w.byDim[d.dim] = len(w.dims)
	w.dims = append(w.dims, d)
}

// scan reads one unit to its end, or until stop.
func (w *worker) scan(ctx context.Context, u source.Unit, stop func() bool) error {
	indices, positions := w.plan.columns.log()
	r, err := u.Open(ctx, indices)
	if err != nil {
		return err
	}
	defer r.Close()
	w.frame.unit, w.frame.reader = u.Name(), r
	w.frame.cols = make([]vector, len(w.plan.columns.used))
	seen := int64(0)
	for !stop() {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := r.Next()
		if errors.Is(err, io.EOF) {
			w.tick(0, r.BytesRead()-seen, true)
			return nil
		}
		if err != nil {
			return err
		}
		if err := w.step(w, b, positions); err != nil {
			return err
		}
		now := r.BytesRead()
		w.tick(int64(b.Rows), now-seen, false)
		seen = now
	}
	return nil
}

// tick reports progress, not more often than every million rows or at the end
// of a unit.
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
	if b.Rows > source.MaxBatch { // every column is constant
		f.rows, f.repeat = 1, int64(b.Rows)
	}
	for i, at := range positions {
		f.cols[at] = b.Columns[i]
	}
	for _, m := range w.joins {
		m.gather(f)
	}
	if w.clock != nil {
		if err := w.clock.times(f); err != nil {
			return err
		}
	}
	return w.weigh()
}

// count adds a batch to every table.
func (w *worker) count(b *source.Batch, positions []int) error {
	if err := w.load(b, positions); err != nil {
		return err
	}
	f := &w.frame
	if err := w.filter(); err != nil {
		return err
	}
	for _, d := range w.dims {
		if d.dim == table.Window { // computed by filter, which needs it
			continue
		}
		codes, err := d.compute(f)
		if err != nil {
			return err
		}
		d.out = codes
	}
	w.dropUndecided()
	f.list()
	w.account()
	for _, t := range w.tables {
		if err := t.add(f, w.dims); err != nil {
			return err
		}
	}
	if err := w.tabulate(); err != nil {
		return err
	}
	return w.checkMemory()
}

// The codes of frame.reason: 0 for audited rows, else 1 + the position of the
// reason in table.Exclusions.
var (
	reasonPeriod    = reasonOf(table.OutsidePeriod)
	reasonNoTime    = reasonOf(table.NoTime)
	reasonWhere     = reasonOf(table.Where)
	reasonDuplicate = reasonOf(table.DuplicateID)
	reasonMissing   = reasonOf(table.DecisionMissing)
	reasonUnlisted  = reasonOf(table.DecisionUnlisted)
)

func reasonOf(e table.Exclusion) uint8 { return uint8(slices.Index(table.Exclusions[:], e)) + 1 }

// filter decides which rows are in scope: inside the period and its windows,
// true under where, not an earlier row of the same id.
func (w *worker) filter() error {
	if err := w.filterScope(); err != nil || w.plan.id < 0 {
		return err
	}
	return w.recognize()
}

// filterScope is filter without a look at ids.
func (w *worker) filterScope() error {
	f := &w.frame
	f.reason = grow(f.reason, f.rows)
	clear(f.reason)
	if w.clock != nil {
		w.filterTime()
	}
	at := w.byDim[table.Window]
	if err := w.cutWindows(w.dims[at]); err != nil {
		return err
	}
	if w.where != nil {
		value, _, err := w.where.bools(f)
		if err != nil {
			return err
		}
		for i, yes := range value[:f.rows] {
			if !yes && f.reason[i] == 0 {
				f.reason[i] = reasonWhere
			}
		}
	}
	return nil
}

func (w *worker) filterTime() {
	f := &w.frame
	low, high := int64(noTime+1), int64(1<<63-1)
	if p := w.plan.req.Period; p != nil {
		low, high = micros(p.Start), micros(p.End)
	}
	for i, t := range f.times {
		switch {
		case t == noTime:
			f.reason[i] = reasonNoTime
		case t < low || t >= high:
			f.reason[i] = reasonPeriod
		}
	}
}

// cutWindows computes the windows and excludes the rows that are in none.
func (w *worker) cutWindows(d *dimension) error {
	f := &w.frame
	codes, err := d.compute(f)
	if err != nil {
		return err
	}
	d.out = codes
	if w.clock == nil {
		return nil
	}
	for i, code := range codes {
		if code == outsideWindow && f.reason[i] == 0 {
			f.reason[i] = reasonPeriod
		}
	}
	return nil
}

// dropUndecided excludes rows without a decision, or with one in neither list.
func (w *worker) dropUndecided() {
	at, ok := w.byDim[table.Decision]
	if !ok {
		return
	}
	f := &w.frame
	for i, code := range w.dims[at].out[:f.rows] {
		if f.reason[i] != 0 {
			continue
		}
		switch code {
		case codeMissing:
			f.reason[i] = reasonMissing
		case codeUnlisted:
			f.reason[i] = reasonUnlisted
		}
	}
}

// weigh reads the weights: non-negative whole numbers.
func (w *worker) weigh() error {
	f, at := &w.frame, w.plan.weight
	if at < 0 {
		return nil
	}
	v := &f.cols[at]
	w.weights = grow(w.weights, f.rows)
	f.weights = w.weights
	for i := range f.rows {
		n, err := copies(v.Value(i))
		if err != nil {
			return f.rowError(i, at, err)
		}
		f.weights[i] = n
	}
	return nil
}

func copies(v source.Value) (int64, error) {
	if v.Kind == source.Null {
		return 0, fmt.Errorf("weight: the number of copies is missing")
	}
	x, err := number(v)
	if err != nil {
		return 0, fmt.Errorf("weight: %w", err)
	}
	if n := int64(x); x >= 0 && x < 1<<53 && float64(n) == x {
		return n, nil
	}
	return 0, fmt.Errorf("weight: %v is not a number of copies: a whole number from 0", x)
}

// account adds the frame to the accounts.
func (w *worker) account() {
	f, a := &w.frame, &w.accounts
	a.Read += int64(f.rows) * f.repeat
	if f.all {
		a.Audited += int64(f.rows) * f.repeat
	} else {
		for _, reason := range f.reason {
			if reason > 0 {
				a.Excluded[table.Exclusions[reason-1]] += f.repeat
			} else {
				a.Audited += f.repeat
			}
		}
	}
	for i := range f.rows {
		if f.reason[i] != 0 {
			continue
		}
		a.Copies += f.weight(i) * f.repeat
		if w.clock != nil {
			a.SeeTime(f.times[i])
		}
	}
}

// checkMemory refuses to grow beyond the limit and names what grows.
func (w *worker) checkMemory() error {
	limit := w.plan.req.Memory
	if limit <= 0 {
		return nil
	}
	limit = limit/int64(max(1, w.plan.req.Workers)) - w.plan.joinBytes()
	total := int64(0)
	for _, t := range w.tables {
		total += t.bytes()
	}
	if w.ids != nil {
		total += w.ids.bytes
	}
	numbers, widest := w.numberBytes()
	total += numbers
	if total <= limit {
		return nil
	}
	if w.ids != nil && w.ids.bytes > total/2 {
		return fmt.Errorf("the ids in column %s need more memory than --memory allows (%d bytes for one worker); raise it, or set columns.id.duplicates: ignore",
			w.plan.req.Audit.Columns.ID.Column.Name, limit)
	}
	if numbers > total/2 {
		return fmt.Errorf("the numbers of %s need more memory than --memory allows (%d bytes for one worker); raise it, or leave the column out", widest, limit)
	}
	return fmt.Errorf("the tables need more memory than --memory allows (%d bytes for one worker): %s", limit, w.widestTable())
}

func (w *worker) widestTable() string {
	t := slices.MaxFunc(w.tables, func(a, b *accumulator) int { return int(a.bytes() - b.bytes()) })
	return "table " + t.need.Key() + ", " + describe(t.dims, w.dims)
}

// cellError places an expression's complaint about a value.
func (f *frame) cellError(role string, err error) error {
	var cell *expr.CellError
	if errors.As(err, &cell) {
		return f.rowError(cell.Row, -1, fmt.Errorf("%s: %w", role, err))
	}
	return f.rowError(0, -1, fmt.Errorf("%s: %w", role, err))
}
