package expr

import (
	"time"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// class is the static type of a node; it also says which slice of a vec holds
// the values.
type class uint8

const (
	nothing  class = iota // null, or a column of nulls
	boolean               // vec.b
	integer               // vec.i
	whole                 // vec.x: whole numbers of the int64 and the uint64 range together
	floating              // vec.f
	numeral               // vec.x: a number out of text or a decimal, whole if it is spelled so
	decimal               // vec.s: canonical decimal text
	str                   // vec.s
	text                  // vec.s: a cell of a text format, text or number by its neighbor
	moment                // vec.i, counted in typ.unit; vec.x (seconds, nanoseconds) if unit is 0
)

// zone says what a moment counts from.
type zone uint8

const (
	anywhere zone = iota // a date or a literal: fits both of the next
	instant
	wall  // without a time zone; read as UTC beside a literal
	clock // since midnight
)

type typ struct {
	class class
	unit  time.Duration
	zone  zone
}

// typeOf is the static type of a column, ok if expressions can use it.
func typeOf(t source.Type) (typ, bool) {
	if t.Text {
		return typ{class: text}, true
	}
	unit := t.Unit
	if unit <= 0 {
		unit = time.Nanosecond
	}
	switch t.Kind {
	case source.Null:
		return typ{}, true
	case source.Bool:
		return typ{class: boolean}, true
	case source.Int:
		return typ{class: integer}, true
	case source.Uint:
		return typ{class: whole}, true
	case source.Float:
		return typ{class: floating}, true
	case source.Decimal:
		return typ{class: decimal}, true
	case source.String, source.Binary: // old writers leave text unmarked
		return typ{class: str}, true
	case source.Date:
		return typ{class: moment, unit: 24 * time.Hour}, true
	case source.Timestamp:
		if t.UTC {
			return typ{class: moment, unit: unit, zone: instant}, true
		}
		return typ{class: moment, unit: unit, zone: wall}, true
	case source.TimeOfDay:
		return typ{class: moment, unit: unit, zone: clock}, true
	}
	return typ{}, false
}

// numeric reports whether values of the type are numbers without being read as
// such first; a decimal is one, a text cell is not.
func (t typ) numeric() bool {
	switch t.class {
	case integer, whole, floating, numeral, decimal:
		return true
	}
	return false
}

// exact reports whether arithmetic stays within whole numbers.
func (t typ) exact() bool { return t.class == integer || t.class == whole }

// spelled reports whether values of the type can be used as text.
func (t typ) spelled() bool { return t.class == str || t.class == text }

// String is the type in a sentence: "column age is ...".
func (t typ) String() string {
	switch t.class {
	case boolean:
		return "true or false"
	case integer, whole:
		return "a whole number"
	case floating, numeral:
		return "a number"
	case decimal:
		return "a decimal number"
	case str:
		return "text"
	case text:
		return "text of a file without types"
	case moment:
		switch {
		case t.zone == clock:
			return "a time of day"
		case t.unit == 24*time.Hour:
			return "a date"
		case t.zone == wall:
			return "a time without a zone"
		}
		return "a time"
	}
	return "always missing"
}
