package expr

import (
	"unsafe"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// span is a stretch of one column that a node is evaluated over: rows of a
// plain vector, or entries of a dictionary, or just a null.
type span struct {
	vector *source.Vector // of plain rows, else nil
	dict   *source.Dict   // of entries, else nil
	null   bool           // a null comes first
	one    bool           // the only entry stands for all rows
	from   int
	n      int // rows or entries, the null not counted
}

// load brings a span of a column into a vec.
func (d *span) load(t typ, out *vec) {
	lead := int(bit(d.null))
	out.class, out.unit, out.one, out.n, out.st = t.class, t.unit, d.one, d.n+lead, nil
	out.room()
	if d.null {
		out.st = grow(&out.own.st, out.n)
		clear(out.st)
		out.st[0] = missing
	}
	switch {
	case d.dict != nil && d.n > 0:
		loadDict(d.dict, d.from, d.n, lead, out)
	case d.vector != nil:
		d.loadRows(out)
	}
}

func loadDict(dict *source.Dict, from, n, lead int, out *vec) {
	switch dict.Type.Kind {
	case source.Float:
		out.f = lay(&out.own.f, dict.Floats[from:from+n], lead)
	case source.String, source.Binary, source.Decimal:
		out.s = lay(&out.own.s, dict.Strs[from:from+n], lead)
	default:
		loadInts(dict.Type.Kind, dict.Ints[from:from+n], lead, out)
	}
}

// lay borrows a slice, or copies it behind the entry of the null.
func lay[T any](buf *[]T, values []T, lead int) []T {
	if lead == 0 {
		return values
	}
	to := grow(buf, len(values)+lead)
	clear(to[:lead])
	copy(to[lead:], values)
	return to
}

func loadInts(kind source.Kind, values []int64, lead int, out *vec) {
	switch kind {
	case source.Bool:
		clear(out.b[:lead])
		for i, v := range values {
			out.b[i+lead] = bit(v != 0)
		}
	case source.Uint:
		clear(out.x[:lead])
		for i, v := range values {
			out.x[i+lead] = fromUint(uint64(v))
		}
	default:
		out.i = lay(&out.own.i, values, lead)
	}
}

func (d *span) loadRows(out *vec) {
	v, from, to := d.vector, d.from, d.from+d.n
	switch v.Type.Kind {
	case source.Float:
		out.f = v.Float64s()[from:to]
	case source.String, source.Binary, source.Decimal:
		for i := range out.s {
			out.s[i] = view(v.Strs.At(from + i))
		}
	default:
		loadInts(v.Type.Kind, v.Int64s()[from:to], 0, out)
	}
	if v.Valid == nil {
		return
	}
	out.st = grow(&out.own.st, out.n)
	for i, valid := range v.Valid[from:to] {
		out.st[i] = missing * bit(!valid)
	}
}

// view is bytes as a string, without copying. It lives as long as the batch or
// the scratch it points into, which is as long as anything looks at it: what
// outlives the batch (a memo) clones.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
