package arrow

import (
	"errors"
	"fmt"
	"math"
)

// Message headers (Message.fbs).
const (
	headerSchema     = 1
	headerDictionary = 2
	headerRecord     = 3
)

// Compression codecs of a body (Message.fbs), and none.
const (
	codecNone = -1
	codecLZ4  = 0
	codecZstd = 1
)

// message is the metadata of an encapsulated message
// (https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format).
type message struct {
	kind    byte
	version int
	header  table
	body    int64 // bytes
	most    int64 // rows
}

func parseMessage(b []byte, most int64) (message, error) {
	f := &flat{b: b}
	t := f.root()
	m := message{kind: t.u8(1), version: t.i16(0, 0), body: t.i64(3), most: most}
	m.header, _ = t.sub(2)
	if f.err != nil {
		return m, f.err
	}
	if m.body < 0 {
		return m, fmt.Errorf("message has a body of %d bytes", m.body)
	}
	return m, checkVersion(m.version)
}

// batch is the metadata of a record batch, or of a dictionary.
type batch struct {
	rows     int64
	nodes    vector // of rows and nulls
	buffers  vector // of offset and length
	variadic vector // of counts
	codec    int
	version  int
	body     int64
	most     int64 // rows: columns of nulls and of runs have no bytes per row
}

func (m *message) batch(t table) (batch, error) {
	b := batch{rows: t.i64(0), nodes: t.vector(1, 16), buffers: t.vector(2, 16), variadic: t.vector(4, 8),
		codec: codecNone, version: m.version, body: m.body, most: m.most}
	if c, ok := t.sub(3); ok {
		b.codec = int(c.u8(0))
		if method := c.u8(1); method != 0 {
			return b, fmt.Errorf("unknown compression method %d", method)
		}
		if b.codec != codecLZ4 && b.codec != codecZstd {
			return b, fmt.Errorf("unknown compression codec %d", b.codec)
		}
	}
	if t.f.err != nil {
		return b, t.f.err
	}
	if b.rows < 0 {
		return b, fmt.Errorf("batch claims %d rows", b.rows)
	}
	if b.rows > b.most {
		return b, tooManyRows(b.rows, b.most)
	}
	return b, nil
}

func tooManyRows(rows, most int64) error {
	return &hinted{fmt.Errorf("%d rows are above the limit of %d", rows, most), "if there are that many, raise data.limits.run"}
}

// dictionaryBatch is a message that defines or extends a dictionary.
type dictionaryBatch struct {
	batch
	id    int64
	delta bool
}

func (m *message) dictionary() (d dictionaryBatch, err error) {
	data, ok := m.header.sub(1)
	if !ok {
		return d, errMetadata
	}
	d.id, d.delta = m.header.i64(0), m.header.bool(2)
	d.batch, err = m.batch(data)
	return d, err
}

// place is where a field is in a batch.
type place struct {
	rows, nulls int64
	buffer      int // first
	variadic    int // data buffers of views
}

// walk finds the place of every field, as the format lays them out: one node
// per field, depth-first, and buffers by the field's layout. Counts that do not
// fit the schema are a fault, also of columns that nobody asked for.
func (b *batch) walk(fields []field, places []place) error {
	if b.nodes.n != len(fields) {
		return fmt.Errorf("batch has %d field nodes, its schema %d", b.nodes.n, len(fields))
	}
	buffer, view := 0, 0
	for i := range fields {
		f, p := &fields[i], &places[i]
		*p = place{rows: b.nodes.i64(i, 0), nulls: b.nodes.i64(i, 8), buffer: buffer}
		buffer += f.buffers(b.version)
		if f.layout == viewLayout {
			if view >= b.variadic.n {
				return located(f, errors.New("count of variadic buffers is missing"))
			}
			n := b.variadic.i64(view, 0)
			if n < 0 || n > int64(b.buffers.n-buffer) {
				return located(f, fmt.Errorf("%d variadic buffers claimed", n))
			}
			view++
			p.variadic = int(n)
			buffer += int(n)
		}
		if buffer > b.buffers.n {
			return located(f, fmt.Errorf("batch has %d buffers, its schema asks for more", b.buffers.n))
		}
		if err := b.checkRows(fields, places, i); err != nil {
			return located(f, err)
		}
	}
	if buffer != b.buffers.n {
		return fmt.Errorf("batch has %d buffers, its schema %d", b.buffers.n, buffer)
	}
	return nil
}

func (b *batch) checkRows(fields []field, places []place, i int) error {
	p, want := places[i], b.rows
	if up := fields[i].parent; up >= 0 {
		want = p.rows
		if l := fields[up].layout; l == structLayout || l == sparseLayout {
			want = places[up].rows
		}
	}
	if p.rows > b.most && p.rows == want {
		return tooManyRows(p.rows, b.most)
	}
	if p.rows != want || p.rows < 0 {
		return fmt.Errorf("array has %d values for %d rows", p.rows, want)
	}
	if p.nulls > p.rows {
		return fmt.Errorf("array of %d values claims %d nulls", p.rows, p.nulls)
	}
	return nil
}

// span is a buffer within the body of a message.
type span struct {
	at, n int64
	owner *field // for messages
}

// span checks that buffer i lies within the body.
func (b *batch) span(i int, owner *field) (span, error) {
	s := span{b.buffers.i64(i, 0), b.buffers.i64(i, 8), owner}
	if s.n == 0 {
		return span{owner: owner}, nil
	}
	if s.at < 0 || s.n < 0 || s.n > math.MaxInt64-s.at || s.at+s.n > b.body {
		return s, fmt.Errorf("buffer at %d of %d bytes is outside the body of %d bytes", s.at, s.n, b.body)
	}
	return s, nil
}
