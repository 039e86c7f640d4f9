package kpi

import (
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/expr"
	"github.com/plumbline-audit/plumbline/engine/source"
)

// late tells which side of an indicator the label goes into, and whether labels take
// time to become final.
type late struct{ numerator, denominator, matures bool }

func (l *late) see(key string, label bool) {
	if key == "denominator" {
		l.denominator = l.denominator || label
	} else {
		l.numerator = l.numerator || label
	}
}

// ripens tells whether the number may be another when labels are final.
func (l late) ripens() bool { return l.matures && (l.numerator || l.denominator) }

func (s *Set) matures() bool {
	l := s.audit.Columns.Label
	return l != nil && l.MaturesAfter != 0
}

// labelColumns are the columns that the label is made of.
func (s *Set) labelColumns(schema source.Schema) []string {
	l := s.audit.Columns.Label
	switch {
	case l == nil:
		return nil
	case l.When == "":
		return []string{l.Column.Name}
	}
	var out []string
	if p, err := expr.Compile(l.When, schema); err == nil { // what is wrong with it is said elsewhere
		for _, i := range p.Columns() {
			out = append(out, schema[i].Name)
		}
	}
	return out
}

// open counts rows by what a label that is not known yet may make of them: settled
// ones first; then those in the denominator whatever it is, and either way in the
// numerator; then those that it puts into the denominator or not, and there without
// the numerator, with it, or either way.
type open struct{ k, n, either, without, with, any int64 }

// mayTurn counts rows of an indicator that the label goes into.
func (x *counted) mayTurn(l late, num, den condition, immature bool, n int64) {
	if !l.numerator && !l.denominator {
		return
	}
	denOpen := l.denominator && (den == unknown || immature)
	numOpen := l.numerator && (num == unknown || immature)
	o := &x.open
	switch {
	case den != holds && !denOpen, num == unknown && !numOpen: // and no label changes that
		return
	case denOpen && numOpen:
		o.any += n
	case denOpen && num == holds:
		o.with += n
	case denOpen:
		o.without += n
	case numOpen:
		o.either += n
	default:
		o.n += n
		if num == holds {
			o.k += n
		}
	}
	if immature {
		x.immature += n
	}
}

// bounds are the extremes over all labels that are not known (Manski 2003, Partial
// Identification of Probability Distributions), and the rows that have none.
type bounds struct {
	low, high float64
	open      int64
}

// bounds are nil where every label is known, or where the labels decide whether there
// is a value at all.
func (o open) bounds() *bounds {
	all := o.either + o.without + o.with + o.any
	if all == 0 || o.n+o.either == 0 {
		return nil
	}
	return &bounds{
		low:  float64(o.k) / float64(o.n+o.either+o.without+o.any),
		high: float64(o.k+o.either+o.with+o.any) / float64(o.n+o.either+o.with+o.any),
		open: all,
	}
}

// gapBounds are those of the highest less the lowest of some groups; nil where every
// label of all is known.
func gapBounds(names []string, find func(string) *estimate) *bounds {
	var out bounds
	for _, a := range names {
		x := find(a)
		if x.bounds != nil {
			out.open += x.bounds.open
		}
		lowA, highA := x.extremes()
		for _, b := range names {
			if a == b {
				continue
			}
			lowB, highB := find(b).extremes()
			out.low = max(out.low, lowA-highB)
			out.high = max(out.high, highA-lowB)
		}
	}
	if out.open == 0 {
		return nil
	}
	return &out
}

// extremes are the bounds of a value; those of one that no label moves are the value.
func (e *estimate) extremes() (low, high float64) {
	if e.bounds == nil {
		return *e.value, *e.value
	}
	return e.bounds.low, e.bounds.high
}

func (b *bounds) shown() *audit.LabelBounds {
	if b == nil {
		return nil
	}
	return &audit.LabelBounds{Low: b.low, High: b.high, Open: b.open}
}
