package scan

import (
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// outside tells whether a unit's statistics say that every row has a time and
// none is in the period that was asked for. Such a unit is not read; its rows
// still count.
func (p *Plan) outside(u source.Unit) bool {
	if !p.maySkip() {
		return false
	}
	s, ok := p.times(u)
	return ok && (s.high < micros(p.req.Period.Start) || s.low >= micros(p.req.Period.End))
}

// maySkip tells whether rows outside the period are looked at for nothing but
// their time, and whether statistics tell it.
func (p *Plan) maySkip() bool {
	return p.req.Period != nil && p.time != nil && len(p.columns.joins) == 0 && p.readsInstants()
}

// skip counts the rows of a unit that is not read.
func (w *worker) skip(u source.Unit) {
	times, _ := w.plan.times(u)
	w.extent.merge(Extent{Low: times.low, High: times.high, Some: true, Rows: u.Rows(), Stated: true})
	w.accounts.Read += u.Rows()
	w.accounts.Excluded[table.OutsidePeriod] += u.Rows()
	w.tick(u.Rows(), u.Bytes(), true)
}

// Reading is what a scan reads of the log, as far as that is known before.
type Reading struct {
	Units, Skipped    int
	Rows, SkippedRows int64   // Rows is -1 if only reading can tell
	TrustedRows       int64   // whose times are taken from statistics
	Bytes             int64   // of the units that are read
	ColumnBytes       []int64 // beside Plan.Columns, of the same units; 0 if unknown
}

// Reading looks at every unit's statistics.
func (p *Plan) Reading() Reading {
	r := Reading{ColumnBytes: make([]int64, len(p.Columns))}
	for _, u := range p.req.Log.Units() {
		if p.outside(u) {
			r.Skipped++
			r.SkippedRows += u.Rows()
			continue
		}
		r.Units++
		r.Bytes += u.Bytes()
		if n := u.Rows(); n < 0 || r.Rows < 0 {
			r.Rows = -1
		} else {
			r.Rows += n
		}
		_, trusted := p.trusted(u)
		if trusted {
			r.TrustedRows += u.Rows()
		}
		p.addColumnBytes(u, trusted, r.ColumnBytes)
	}
	return r
}

func (p *Plan) addColumnBytes(u source.Unit, trusted bool, sum []int64) {
	d, ok := u.(source.Described)
	if !ok {
		return
	}
	for i, used := range p.columns.used {
		if o := p.columns.origin[used]; o.join < 0 && !(trusted && i == p.timeAt) {
			s, _ := d.Stats(o.column)
			sum[i] += s.Bytes
		}
	}
}
