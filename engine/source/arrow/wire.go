package arrow

import (
	"encoding/binary"
	"errors"
)

// flat reads flatbuffers (https://flatbuffers.dev/internals) that a file holds.
// Every offset, size and count is checked against the bytes that are there; the
// first fault stays, and what is read after it is zero.
type flat struct {
	b   []byte
	err error
}

var errMetadata = errors.New("metadata is damaged")

// table is one table: its fields are found through a vtable. The zero table
// has no fields.
type table struct {
	f    *flat
	pos  int
	vt   []byte // offsets of the fields, two bytes each
	size int    // bytes of the table
}

// vector is an array of elements of one size.
type vector struct {
	f    *flat
	pos  int
	n    int
	size int
}

func (f *flat) fail() {
	if f.err == nil {
		f.err = errMetadata
	}
}

// root is the table that the buffer is about.
func (f *flat) root() table {
	if len(f.b) < 4 {
		f.fail()
		return table{f: f}
	}
	return f.table(int64(binary.LittleEndian.Uint32(f.b)))
}

func (f *flat) table(at int64) table {
	none := table{f: f}
	if f.err != nil || at < 0 || at > int64(len(f.b)-4) {
		f.fail()
		return none
	}
	pos := int(at)
	vt := at - int64(int32(binary.LittleEndian.Uint32(f.b[pos:])))
	if vt < 0 || vt > int64(len(f.b)-4) {
		f.fail()
		return none
	}
	n := int(binary.LittleEndian.Uint16(f.b[vt:]))
	size := int(binary.LittleEndian.Uint16(f.b[vt+2:]))
	if n < 4 || n%2 != 0 || n > len(f.b)-int(vt) || size < 4 || size > len(f.b)-pos {
		f.fail()
		return none
	}
	return table{f, pos, f.b[vt+4 : int(vt)+n], size}
}

// at is the position of a field of width bytes, or -1 if it is absent.
func (t table) at(field, width int) int {
	if 2*field+2 > len(t.vt) || t.f.err != nil {
		return -1
	}
	o := int(binary.LittleEndian.Uint16(t.vt[2*field:]))
	if o == 0 {
		return -1
	}
	if o < 4 || o > t.size-width {
		t.f.fail()
		return -1
	}
	return t.pos + o
}

func (t table) u8(field int) byte {
	if p := t.at(field, 1); p >= 0 {
		return t.f.b[p]
	}
	return 0
}

func (t table) bool(field int) bool { return t.u8(field) != 0 }

func (t table) i16(field, missing int) int {
	if p := t.at(field, 2); p >= 0 {
		return int(int16(binary.LittleEndian.Uint16(t.f.b[p:])))
	}
	return missing
}

func (t table) i32(field, missing int) int {
	if p := t.at(field, 4); p >= 0 {
		return int(int32(binary.LittleEndian.Uint32(t.f.b[p:])))
	}
	return missing
}

func (t table) i64(field int) int64 {
	if p := t.at(field, 8); p >= 0 {
		return int64(binary.LittleEndian.Uint64(t.f.b[p:]))
	}
	return 0
}

// follow is where the reference at p points to.
func (f *flat) follow(p int) int64 {
	return int64(p) + int64(binary.LittleEndian.Uint32(f.b[p:]))
}

// sub is the table that a field refers to.
func (t table) sub(field int) (table, bool) {
	p := t.at(field, 4)
	if p < 0 {
		return table{f: t.f}, false
	}
	return t.f.table(t.f.follow(p)), true
}

// vector is the array that a field refers to, of elements of size bytes.
func (t table) vector(field, size int) vector {
	p := t.at(field, 4)
	if p < 0 {
		return vector{f: t.f}
	}
	at := t.f.follow(p)
	if at > int64(len(t.f.b)-4) {
		t.f.fail()
		return vector{f: t.f}
	}
	n := int64(binary.LittleEndian.Uint32(t.f.b[at:]))
	if n*int64(size) > int64(len(t.f.b))-at-4 {
		t.f.fail()
		return vector{f: t.f}
	}
	return vector{t.f, int(at) + 4, int(n), size}
}

// text is a string, in the buffer's memory.
func (t table) text(field int) []byte {
	v := t.vector(field, 1)
	return v.f.b[v.pos : v.pos+v.n]
}

// table is element i of a vector of references to tables.
func (v vector) table(i int) table {
	if v.f.err != nil {
		return table{f: v.f}
	}
	return v.f.table(v.f.follow(v.pos + 4*i))
}

// i64 is the 64-bit number at offset o of element i.
func (v vector) i64(i, o int) int64 {
	return int64(binary.LittleEndian.Uint64(v.f.b[v.pos+i*v.size+o:]))
}

// i32 is the 32-bit number at offset o of element i.
func (v vector) i32(i, o int) int32 {
	return int32(binary.LittleEndian.Uint32(v.f.b[v.pos+i*v.size+o:]))
}
