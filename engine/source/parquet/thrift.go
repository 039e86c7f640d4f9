package parquet

import (
	"fmt"
	"math"
)

// Wire types of the Thrift compact protocol
// (github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
const (
	wireStop   = 0
	wireTrue   = 1
	wireFalse  = 2
	wireByte   = 3
	wireI16    = 4
	wireI32    = 5
	wireI64    = 6
	wireDouble = 7
	wireBinary = 8
	wireList   = 9
	wireSet    = 10
	wireMap    = 11
	wireStruct = 12
	wireUUID   = 13
)

// maxNesting bounds the structs within structs of a Thrift message; Parquet's
// own metadata is seven deep.
const maxNesting = 32

// thrift reads the Thrift compact protocol out of bytes in memory. The first
// error sticks and makes every later read return zero, so that callers check
// err once. No length or count is believed beyond the bytes that remain.
type thrift struct {
	b     []byte
	base  int64 // offset of b in the file, for messages
	pos   int
	depth int
	err   error
	short bool // err is that the bytes ended
}

func (t *thrift) fail(format string, args ...any) {
	if t.err == nil {
		t.err = fmt.Errorf("%s at byte %d", fmt.Sprintf(format, args...), t.at())
	}
}

func (t *thrift) end() {
	if t.err == nil {
		t.short = true
		t.fail("metadata ends early")
	}
}

func (t *thrift) left() int { return len(t.b) - t.pos }

// at is the offset of the next byte in the file.
func (t *thrift) at() int64 { return t.base + int64(t.pos) }

func (t *thrift) byte() byte {
	if t.err != nil || t.pos >= len(t.b) {
		t.end()
		return 0
	}
	t.pos++
	return t.b[t.pos-1]
}

func (t *thrift) uvarint() uint64 {
	var x uint64
	for shift := uint(0); shift < 64; shift += 7 {
		c := t.byte()
		x |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return x
		}
	}
	t.fail("number is longer than 64 bits")
	return 0
}

func (t *thrift) varint() int64 {
	x := t.uvarint()
	return int64(x>>1) ^ -int64(x&1)
}

func (t *thrift) expect(want, kind byte) bool {
	if want != kind {
		t.fail("field has wire type %d instead of %d", kind, want)
	}
	return t.err == nil
}

func (t *thrift) i64(kind byte) int64 {
	if !t.expect(wireI64, kind) {
		return 0
	}
	return t.varint()
}

func (t *thrift) i32(kind byte) int32 {
	if !t.expect(wireI32, kind) {
		return 0
	}
	x := t.varint()
	if x < math.MinInt32 || x > math.MaxInt32 {
		t.fail("number %d does not fit 32 bits", x)
		return 0
	}
	return int32(x)
}

func (t *thrift) i8(kind byte) int8 {
	if !t.expect(wireByte, kind) {
		return 0
	}
	return int8(t.byte())
}

// bool reads a field of a struct, whose value is in its wire type.
func (t *thrift) bool(kind byte) bool {
	if kind != wireTrue && kind != wireFalse {
		t.fail("field has wire type %d instead of a boolean", kind)
	}
	return kind == wireTrue
}

// bytes returns a part of the message, without copying.
func (t *thrift) bytes(kind byte) []byte {
	if !t.expect(wireBinary, kind) {
		return nil
	}
	return t.take(t.uvarint())
}

func (t *thrift) take(n uint64) []byte {
	if t.err != nil || n > uint64(t.left()) {
		t.end()
		return nil
	}
	t.pos += int(n)
	return t.b[t.pos-int(n) : t.pos : t.pos]
}

// list reads a list's header. Each element is at least one byte.
func (t *thrift) list(kind byte) (element byte, n int) {
	if kind == wireSet {
		kind = wireList
	}
	if !t.expect(wireList, kind) {
		return 0, 0
	}
	h := t.byte()
	count := uint64(h >> 4)
	if count == 15 {
		count = t.uvarint()
	}
	if count > uint64(t.left()) {
		t.fail("list of %d elements in %d bytes", count, t.left())
	}
	if t.err != nil {
		return 0, 0
	}
	return h & 15, int(count)
}

// structure calls field for each field of a struct; field must consume the
// value, if only by skip.
func (t *thrift) structure(kind byte, field func(id int, kind byte)) {
	if !t.expect(wireStruct, kind) || !t.enter() {
		return
	}
	id := 0
	for t.err == nil {
		h := t.byte()
		if h == wireStop {
			break
		}
		if d := int(h >> 4); d != 0 {
			id += d
		} else {
			id = int(int16(t.varint()))
		}
		field(id, h&15)
	}
	t.depth--
}

func (t *thrift) enter() bool {
	if t.depth++; t.depth > maxNesting {
		t.fail("metadata is nested deeper than %d", maxNesting)
	}
	return t.err == nil
}

// skip passes over a struct's field of any type.
func (t *thrift) skip(kind byte) {
	switch kind {
	case wireTrue, wireFalse:
	case wireByte:
		t.byte()
	case wireI16, wireI32, wireI64:
		t.uvarint()
	case wireDouble:
		t.take(8)
	case wireUUID:
		t.take(16)
	case wireBinary:
		t.bytes(kind)
	case wireStruct:
		t.structure(kind, func(_ int, kind byte) { t.skip(kind) })
	case wireList, wireSet:
		t.skipList(kind)
	case wireMap:
		t.skipMap()
	default:
		t.fail("unknown wire type %d", kind)
	}
}

func (t *thrift) skipList(kind byte) {
	element, n := t.list(kind)
	if !t.enter() {
		return
	}
	for ; n > 0 && t.err == nil; n-- {
		t.skipElement(element)
	}
	t.depth--
}

func (t *thrift) skipMap() {
	n := t.uvarint()
	if t.err != nil || n == 0 {
		return
	}
	kinds := t.byte()
	if n > uint64(t.left()) {
		t.fail("map of %d entries in %d bytes", n, t.left())
	}
	if !t.enter() {
		return
	}
	for ; n > 0 && t.err == nil; n-- {
		t.skipElement(kinds >> 4)
		t.skipElement(kinds & 15)
	}
	t.depth--
}

// skipElement passes over an element of a collection, where, unlike in a
// struct, a boolean takes a byte.
func (t *thrift) skipElement(kind byte) {
	if kind == wireTrue || kind == wireFalse {
		kind = wireByte
	}
	t.skip(kind)
}
