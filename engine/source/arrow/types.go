package arrow

import (
	"errors"
	"fmt"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// layout is how the values of an array lie in buffers
// (https://arrow.apache.org/docs/format/Columnar.html#physical-memory-layout).
type layout uint8

const (
	nullLayout layout = iota
	bitLayout
	fixedLayout
	binaryLayout
	viewLayout
	listLayout
	listViewLayout
	fixedListLayout
	structLayout
	sparseLayout
	denseLayout
	runEndLayout
)

// buffers is how many buffers an array has, but for the variadic ones of views.
func (f *field) buffers(version int) int {
	switch f.layout {
	case nullLayout, runEndLayout:
		return 0
	case fixedListLayout, structLayout:
		return 1
	case bitLayout, fixedLayout, viewLayout, listLayout:
		return 2
	case binaryLayout, listViewLayout:
		return 3
	}
	n := 1 // a sparse union: type ids
	if f.layout == denseLayout {
		n++
	}
	if version < version5 {
		n++ // unions had a validity bitmap
	}
	return n
}

// Members of the Type union (Schema.fbs).
const (
	typeNull = iota + 1
	typeInt
	typeFloatingPoint
	typeBinary
	typeUtf8
	typeBool
	typeDecimal
	typeDate
	typeTime
	typeTimestamp
	typeInterval
	typeList
	typeStruct
	typeUnion
	typeFixedSizeBinary
	typeFixedSizeList
	typeMap
	typeDuration
	typeLargeBinary
	typeLargeUtf8
	typeLargeList
	typeRunEndEncoded
	typeBinaryView
	typeUtf8View
	typeListView
	typeLargeListView
)

const (
	maxWidth = 1 << 20 // bytes of a fixed-size value
	maxScale = 308     // digits of a decimal behind or before its own
)

// errNested is why a list has no values.
var errNested = errors.New("column is a list, map or union: it has no single value per row")

// describe sets layout and type of a field, as if it were not encoded.
func describe(f *field, t table) {
	d, _ := t.sub(3)
	kind := int(t.u8(2))
	switch kind {
	case typeNull:
		f.layout, f.dtype, f.typ.Kind = nullLayout, arrow.Null, source.Null
	case typeBool:
		f.layout, f.dtype, f.typ.Kind = bitLayout, arrow.FixedWidthTypes.Boolean, source.Bool
	case typeInt:
		f.fixed(integer(d.i32(0, 0), d.bool(1)), source.Int)
		if !d.bool(1) {
			f.typ.Kind = source.Uint
		}
	case typeFloatingPoint:
		f.fixed(float(d.i16(0, 0)), source.Float)
	case typeDecimal:
		f.decimal(d)
	case typeBinary, typeUtf8:
		f.binary(kind == typeUtf8, 4, arrow.BinaryTypes.Binary)
	case typeLargeBinary, typeLargeUtf8:
		f.binary(kind == typeLargeUtf8, 8, arrow.BinaryTypes.LargeBinary)
	case typeBinaryView, typeUtf8View:
		f.binary(kind == typeUtf8View, 16, arrow.BinaryTypes.BinaryView)
		f.layout = viewLayout
	case typeFixedSizeBinary:
		f.fixedBytes(t, d.i32(0, 0))
	case typeDate, typeTime, typeTimestamp, typeDuration, typeInterval:
		f.temporal(kind, d)
	default:
		f.nested(kind, d)
	}
}

func (f *field) fixed(dtype arrow.DataType, kind source.Kind) {
	f.layout, f.typ.Kind = fixedLayout, kind
	w, ok := dtype.(arrow.FixedWidthDataType)
	if !ok {
		f.refuse("type has an unknown width or unit")
		return
	}
	f.dtype, f.width = dtype, w.BitWidth()/8
}

// refuse makes a column one whose values cannot be read.
func (f *field) refuse(why string) { f.typ, f.bad = source.Type{Kind: source.Nested}, errors.New(why) }

func (f *field) binary(text bool, width int, dtype arrow.DataType) {
	f.layout, f.width, f.dtype, f.typ.Kind = binaryLayout, width, dtype, source.Binary
	if text {
		f.typ.Kind = source.String
	}
}

// fixedBytes describes fixed-size binary; the canonical extension arrow.uuid is text.
func (f *field) fixedBytes(t table, width int) {
	f.layout, f.width, f.typ.Kind = fixedLayout, width, source.Binary
	if width <= 0 || width > maxWidth {
		f.refuse(fmt.Sprintf("fixed size of %d bytes", width))
		return
	}
	f.dtype = &arrow.FixedSizeBinaryType{ByteWidth: width}
	if width == 16 && extension(t) == "arrow.uuid" {
		f.typ.Kind, f.uuid = source.String, true
	}
}

// extension is the name of a field's extension type, or "".
func extension(t table) string {
	pairs := t.vector(6, 4)
	for i := range pairs.n {
		if pair := pairs.table(i); string(pair.text(0)) == "ARROW:extension:name" {
			return string(pair.text(1))
		}
	}
	return ""
}

func (f *field) decimal(d table) {
	precision, scale := d.i32(0, 0), d.i32(1, 0)
	var dtype arrow.DataType
	switch d.i32(2, 128) {
	case 32:
		dtype = &arrow.Decimal32Type{Precision: int32(precision), Scale: int32(scale)}
	case 64:
		dtype = &arrow.Decimal64Type{Precision: int32(precision), Scale: int32(scale)}
	case 128:
		dtype = &arrow.Decimal128Type{Precision: int32(precision), Scale: int32(scale)}
	case 256:
		dtype = &arrow.Decimal256Type{Precision: int32(precision), Scale: int32(scale)}
	}
	f.fixed(dtype, source.Decimal)
	if scale < -maxScale || scale > maxScale {
		f.refuse(fmt.Sprintf("decimal has a scale of %d", scale))
		return
	}
	f.scale = int32(scale)
}

// integer is the type of whole numbers of a width, or nil.
func integer(bits int, signed bool) arrow.DataType {
	p := &arrow.PrimitiveTypes
	switch {
	case bits == 8 && signed:
		return p.Int8
	case bits == 16 && signed:
		return p.Int16
	case bits == 32 && signed:
		return p.Int32
	case bits == 64 && signed:
		return p.Int64
	case bits == 8:
		return p.Uint8
	case bits == 16:
		return p.Uint16
	case bits == 32:
		return p.Uint32
	case bits == 64:
		return p.Uint64
	}
	return nil
}

func float(precision int) arrow.DataType {
	switch precision {
	case 0:
		return arrow.FixedWidthTypes.Float16
	case 1:
		return arrow.PrimitiveTypes.Float32
	case 2:
		return arrow.PrimitiveTypes.Float64
	}
	return nil
}

// temporal describes dates and times: their values are read as the whole
// numbers that they are.
func (f *field) temporal(kind int, d table) {
	p := &arrow.PrimitiveTypes
	switch kind {
	case typeDate:
		f.fixed(p.Int32, source.Date)
		if d.i16(0, 1) == 1 { // milliseconds is the default
			f.fixed(arrow.FixedWidthTypes.Date64, source.Date)
		}
	case typeTime:
		dtype := integer(d.i32(1, 32), true)
		if w := d.i32(1, 32); w != 32 && w != 64 {
			dtype = nil
		}
		f.fixed(dtype, source.TimeOfDay)
		f.unit(d.i16(0, 1))
	case typeTimestamp:
		f.fixed(p.Int64, source.Timestamp)
		f.unit(d.i16(0, 0))
		f.typ.UTC = len(d.text(1)) > 0
	case typeDuration:
		f.fixed(p.Int64, source.Int)
	case typeInterval:
		f.layout = fixedLayout
		f.refuse("column holds calendar intervals, which have no single value")
	}
}

// unit sets the unit by its number in the TimeUnit enumeration.
func (f *field) unit(id int) {
	units := [...]time.Duration{time.Second, time.Millisecond, time.Microsecond, time.Nanosecond}
	if id < 0 || id >= len(units) {
		f.refuse(fmt.Sprintf("unknown time unit %d", id))
		return
	}
	if f.bad == nil {
		f.typ.Unit = units[id]
	}
}

// nested describes the types that have children.
func (f *field) nested(kind int, d table) {
	f.typ, f.bad = source.Type{Kind: source.Nested}, errNested
	switch kind {
	case typeList, typeMap:
		f.layout, f.width, f.pairs = listLayout, 4, kind == typeMap
	case typeLargeList:
		f.layout, f.width = listLayout, 8
	case typeListView:
		f.layout, f.width = listViewLayout, 4
	case typeLargeListView:
		f.layout, f.width = listViewLayout, 8
	case typeFixedSizeList:
		f.layout, f.width = fixedListLayout, d.i32(0, 0)
	case typeStruct:
		f.layout, f.bad = structLayout, errors.New("column is a struct without fields")
	case typeUnion:
		f.layout = sparseLayout
		if d.i16(0, 0) == 1 {
			f.layout = denseLayout
		}
	case typeRunEndEncoded:
		f.layout = runEndLayout
	default:
		if d.f.err == nil {
			d.f.err = fmt.Errorf("unknown type %d", kind)
		}
	}
}

// checkChildren holds the number of children against the type, and gives a
// run-end encoded field the type of its values.
func checkChildren(all []field, at, n int) error {
	f := &all[at]
	want := 0
	switch f.layout {
	case structLayout, sparseLayout, denseLayout:
		return nil
	case listLayout, listViewLayout, fixedListLayout:
		want = 1
	case runEndLayout:
		want = 2
	}
	if n != want {
		return fmt.Errorf("field %q has %d children, its type has %d", f.name, n, want)
	}
	if f.layout != runEndLayout {
		return nil
	}
	ends, values := &all[at+1], &all[at+2]
	if ends.dict != nil || ends.typ.Kind != source.Int || ends.layout != fixedLayout || ends.width == 1 {
		return fmt.Errorf("field %q: run ends are not 16, 32 or 64-bit integers", f.name)
	}
	if values.layout == runEndLayout || values.end != at+3 {
		return nil // nested
	}
	f.typ, f.bad = values.typ, values.bad
	return nil
}
