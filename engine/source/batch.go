// Package source is where rows come from: it lists the units of a log (a row
// group of a Parquet file, a CSV file) and reads from each the columns that are
// asked for, as coded batches. It knows nothing about audits.
package source

import "time"

// Kind is the logical kind of a column's values.
type Kind uint8

// The kinds. Every physical type of every format maps to one of them.
const (
	Null      Kind = iota // a column of nothing but nulls
	Bool                  // Int holds 0 or 1
	Int                   // Int
	Uint                  // Int holds the bits of a uint64 above the int64 range
	Float                 // Float
	Decimal               // Str holds the canonical decimal text: no exponent, no trailing zeros, "-0" is "0"
	String                // Str, UTF-8 as stored
	Binary                // Str, raw bytes
	Date                  // Int holds days since 1970-01-01
	Timestamp             // Int counts Type.Unit since 1970-01-01T00:00:00, in UTC if Type.UTC, else wall time without a zone
	TimeOfDay             // Int counts Type.Unit since midnight
	Nested                // a list, struct or map; its leaves are columns of their own
)

// Type is a column's logical type.
type Type struct {
	Kind Kind
	Unit time.Duration // of Timestamp and TimeOfDay: second, millisecond, microsecond or nanosecond
	UTC  bool          // of Timestamp: an instant (true) or wall time without a zone (false)
	// Text marks the columns of text formats: every value is a String as
	// spelled, and a role that needs a number or a time parses it.
	Text bool
}

// Column is one column of a schema.
type Column struct {
	Name string
	Type Type
}

// Schema lists the columns in the order of the file. Names may repeat.
type Schema []Column

// Value is one typed value. The zero Value is null.
type Value struct {
	Kind  Kind
	Int   int64
	Float float64
	Str   string
}

// NullCode is the code of a null in Vector.Codes.
const NullCode = ^uint32(0)

// Vector is one column of a batch, in one of three forms:
//
//   - coded: Codes has one entry per row, an index into Dict or NullCode;
//   - constant: Const is true and Codes has exactly one entry for all rows
//     (a partition folder, a column that is absent, a long run);
//   - plain: Codes is nil and the typed slice for Type.Kind has one entry per
//     row: Ints (Bool, Int, Uint, Date, Timestamp, TimeOfDay), Floats (Float),
//     or Strs (String, Binary, Decimal); Valid is nil if no row is null, else
//     one entry per row. Narrow is in place of Ints or Floats where numbers are
//     stored in 32 bits: Int64s and Float64s give either.
//
// Slices belong to the reader and are valid until its next call.
type Vector struct {
	Type   Type
	Const  bool
	Codes  []uint32
	Dict   *Dict
	Ints   []int64
	Floats []float64
	Narrow []int32  // bits of an int32, of a uint32 (Uint) or of a float32 (Float)
	Wide   *Widener // with Narrow
	Strs   Strings
	Valid  []bool
}

// Strings holds byte strings back to back: string i is Bytes[Offsets[i]:Offsets[i+1]].
type Strings struct {
	Bytes   []byte
	Offsets []uint32
}

// Len is the number of strings.
func (s Strings) Len() int { return max(0, len(s.Offsets)-1) }

// At returns string i without copying.
func (s Strings) At(i int) []byte { return s.Bytes[s.Offsets[i]:s.Offsets[i+1]] }

// Dict is the dictionary of a coded vector: distinct values by code. A reader
// may append to a dictionary between batches but never changes an entry, so
// what was computed for an entry stays true as long as the pointer is the same.
// Two entries may be equal (some writers do this).
type Dict struct {
	Type   Type
	Ints   []int64
	Floats []float64
	Strs   []string
}

// Len is the number of entries; a vector that holds nothing but nulls may have
// no dictionary at all.
func (d *Dict) Len() int {
	if d == nil {
		return 0
	}
	return max(len(d.Ints), len(d.Floats), len(d.Strs))
}

// Value returns entry i as a typed value.
func (d *Dict) Value(i int) Value {
	switch d.Type.Kind {
	case Float:
		return Value{Kind: Float, Float: d.Floats[i]}
	case String, Binary, Decimal:
		return Value{Kind: d.Type.Kind, Str: d.Strs[i]}
	}
	return Value{Kind: d.Type.Kind, Int: d.Ints[i]}
}

// Value returns row i as a typed value; the string is a copy.
func (v *Vector) Value(i int) Value {
	if v.Const {
		i = 0
	}
	if v.Codes != nil {
		if v.Codes[i] == NullCode {
			return Value{}
		}
		return v.Dict.Value(int(v.Codes[i]))
	}
	if v.Valid != nil && !v.Valid[i] {
		return Value{}
	}
	if v.Narrow != nil {
		return v.narrowValue(i)
	}
	switch v.Type.Kind {
	case Null, Nested:
		return Value{}
	case Float:
		return Value{Kind: Float, Float: v.Floats[i]}
	case String, Binary, Decimal:
		return Value{Kind: v.Type.Kind, Str: string(v.Strs.At(i))}
	}
	return Value{Kind: v.Type.Kind, Int: v.Ints[i]}
}

// Batch is a run of consecutive rows: Columns[i] is the i-th asked column.
type Batch struct {
	Rows    int
	Columns []Vector
	// Row is the number of the batch's first row within its unit, from 0.
	Row int64
}
