package scan

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// mayTrust tells whether times are needed for nothing but windows and the
// period, so that it is enough to know in which window they are, and whether
// the audit takes a file's word for that.
func (p *Plan) mayTrust() bool {
	a := p.req.Audit
	if !a.Data.TrustStatistics || p.time == nil || !p.readsInstants() {
		return false
	}
	at := p.columns.used[p.timeAt]
	matures := a.Columns.Label != nil && a.Columns.Label.MaturesAfter > 0
	ordered := a.Columns.ID != nil && a.Columns.ID.Duplicates == "last_by_time"
	return p.columns.origin[at].join < 0 && p.columns.asked[at] == 1 && len(p.columns.twins[at]) == 0 && !matures && !ordered
}

// trusted gives the times of a unit that need not be read, because its
// statistics say that no row lacks a time and all are in one window and in the
// period.
func (p *Plan) trusted(u source.Unit) (span, bool) {
	if !p.mayTrust() {
		return span{}, false
	}
	s, ok := p.times(u)
	if !ok || s.low < firstMicro || s.high > lastMicro {
		return span{}, false
	}
	if r := p.req.Period; r != nil && (s.low < micros(r.Start) || s.high >= micros(r.End)) {
		return span{}, false
	}
	_, window, ok := p.cutter()(s.low)
	return s, ok && window.holds(s.high)
}

// times is the range, both ends included, of a unit's times in its statistics,
// if they say that every row has one.
func (p *Plan) times(u source.Unit) (span, bool) {
	at := p.columns.origin[p.columns.used[p.timeAt]]
	d, ok := u.(source.Described)
	if !ok || at.join >= 0 || u.Rows() <= 0 {
		return span{}, false
	}
	s, ok := d.Stats(at.column)
	if !ok || !s.Bounds || s.Nulls != 0 {
		return span{}, false
	}
	unit := unitTicks(p.time.Unit)
	low, known := unit.micros(s.Low)
	high, alsoKnown := unit.micros(s.High)
	return span{low, high}, known && alsoKnown
}

// readsInstants tells whether times are plain timestamps, of which statistics
// hold the first and the last.
func (p *Plan) readsInstants() bool {
	c, err := newClock(*p.req.Audit.Columns.Time, p.timeAt, p.req.Windows.Zone)
	return err == nil && c.instants(&source.Vector{Type: *p.time})
}

// reads lists the columns of the log that are read of a unit: indices into its
// schema, and the frame position of each. stated are times that are not read; nil
// if they are.
func (p *Plan) reads(u source.Unit) (indices, positions []int, stated *span) {
	indices, positions = p.columns.log()
	if s, ok := p.trusted(u); ok {
		stated = &s
		at := slices.Index(positions, p.timeAt)
		indices, positions = slices.Delete(indices, at, at+1), slices.Delete(positions, at, at+1)
	}
	return indices, positions, stated
}

// state fills in times that were not read: which ones they are decides nothing,
// so all rows have the first.
func (c *clock) state(f *frame, s span) {
	f.times, f.low, f.high = c.even.fill(f.rows, s.low), s.low, s.high
}
