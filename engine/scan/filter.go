package scan

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/scan/kernel"
	"github.com/plumbline-audit/plumbline/engine/table"
)

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
	if err := w.filterScope(); err != nil {
		return err
	}
	switch {
	case w.lasts != nil:
		w.dropEarlier()
	case w.ids != nil:
		w.countIDs()
	}
	return nil
}

// filterScope is filter without a look at ids.
func (w *worker) filterScope() error {
	f := &w.frame
	f.reason = grow(f.reason, f.rows)
	clear(f.reason)
	if w.clock != nil {
		w.filterTime()
	}
	if err := w.cutWindows(w.dims[w.byDim[table.Window]]); err != nil {
		return err
	}
	if w.where == nil {
		return nil
	}
	value, _, err := w.where.bools(f)
	if err != nil {
		return err
	}
	for i, yes := range value[:f.rows] {
		if !yes && f.reason[i] == 0 {
			f.reason[i] = reasonWhere
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
	if f.low >= low && f.high < high {
		return
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
	if err := d.update(f); err != nil || w.clock == nil || w.windows.one {
		return err
	}
	for i, code := range d.codes() {
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
	why := [...]uint8{codeMissing: reasonMissing, codeUnlisted: reasonUnlisted, codeImmature: 0}
	const others = ^uint32(codePositive | codeNegative) // bits that neither has
	if w.dims[at].within(^others) {
		return
	}
	codes, reason := w.dims[at].codes(), w.frame.reason
	for i := kernel.First(codes, others); i < len(codes); i += 1 + kernel.First(codes[i+1:], others) {
		if r := why[codes[i]]; r != 0 && reason[i] == 0 {
			reason[i] = r
		}
	}
}
