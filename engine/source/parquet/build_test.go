package parquet

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// A writer of small files by hand, for what no writer at hand makes.

// encoder writes the fields of a Thrift struct; the zero value is empty.
type encoder struct {
	b    []byte
	last int
}

func (e *encoder) field(id int, kind byte) *encoder {
	e.b = append(e.b, byte(id-e.last)<<4|kind)
	e.last = id
	return e
}

func (e *encoder) i32(id int, x int64) *encoder {
	e.field(id, wireI32).b = binary.AppendVarint(e.b, x)
	return e
}

func (e *encoder) i64(id int, x int64) *encoder {
	e.field(id, wireI64).b = binary.AppendVarint(e.b, x)
	return e
}

func (e *encoder) text(id int, s string) *encoder {
	e.field(id, wireBinary).b = append(binary.AppendUvarint(e.b, uint64(len(s))), s...)
	return e
}

func (e *encoder) child(id int, c *encoder) *encoder {
	e.field(id, wireStruct).b = append(e.b, c.end()...)
	return e
}

// list writes elements that are encoded already.
func (e *encoder) list(id int, kind byte, elements ...[]byte) *encoder {
	e.field(id, wireList).b = append(e.b, 0xf0|kind)
	e.b = binary.AppendUvarint(e.b, uint64(len(elements)))
	for _, x := range elements {
		e.b = append(e.b, x...)
	}
	return e
}

func (e *encoder) end() []byte { return append(e.b, wireStop) }

// handColumn is a column of a file by hand: a path of fields and its pages.
type handColumn struct {
	path    []*encoder // schema elements; all but the last are groups of one
	names   []string
	kind    int64
	codec   int64
	rows    int64
	pages   [][]byte
	hasDict bool
}

// node is a schema element.
func node(name string, repetition int64) *encoder {
	return new(encoder).i32(3, repetition).text(4, name)
}

// leafNode is a schema element with a type.
func leafNode(name string, kind, repetition int64) *encoder {
	return new(encoder).i32(1, kind).i32(3, repetition).text(4, name)
}

// dataPage makes a page of version 1.
func dataPage(values, encoding int64, packed []byte, plain int) []byte {
	own := new(encoder).i32(1, values).i32(2, encoding).i32(3, encRLE).i32(4, encRLE)
	return page(pageData, 5, own, packed, plain)
}

func page(kind int64, field int, own *encoder, packed []byte, plain int) []byte {
	h := new(encoder).i32(1, kind).i32(2, int64(plain)).i32(3, int64(len(packed))).child(field, own)
	return append(h.end(), packed...)
}

func dictPage(values int64, body []byte) []byte {
	return page(pageDictionary, 7, new(encoder).i32(1, values).i32(2, encPlain), body, len(body))
}

// handFile puts columns into one row group.
func handFile(columns ...handColumn) []byte {
	out := []byte(magic)
	schema := [][]byte{new(encoder).text(4, "schema").i32(5, int64(len(columns))).end()}
	var chunks [][]byte
	for _, c := range columns {
		start := int64(len(out))
		out = append(out, bytes.Join(c.pages, nil)...)
		data := start
		if c.hasDict {
			data += int64(len(c.pages[0]))
		}
		var path [][]byte
		for i, e := range c.path {
			if i < len(c.path)-1 {
				e.i32(5, 1)
			}
			schema = append(schema, e.end())
			path = append(path, append(binary.AppendUvarint(nil, uint64(len(c.names[i]))), c.names[i]...))
		}
		m := new(encoder).i32(1, c.kind).list(2, wireI32).list(3, wireBinary, path...).i32(4, c.codec).
			i64(5, c.rows).i64(6, 0).i64(7, int64(len(out))-start).i64(9, data)
		if c.hasDict {
			m.i64(11, start)
		}
		chunks = append(chunks, new(encoder).i64(2, start).child(3, m).end())
	}
	rows := columns[0].rows
	group := new(encoder).list(1, wireStruct, chunks...).i64(2, 0).i64(3, rows).end()
	meta := new(encoder).i32(1, 1).list(2, wireStruct, schema...).i64(3, rows).list(4, wireStruct, group).end()
	out = append(out, meta...)
	return append(binary.LittleEndian.AppendUint32(out, uint32(len(meta))), magic...)
}

// flat is a handColumn of one field.
func flat(name string, kind, repetition, rows int64, pages ...[]byte) handColumn {
	return handColumn{path: []*encoder{leafNode(name, kind, repetition)}, names: []string{name}, kind: kind, rows: rows, pages: pages}
}

func openBytes(t testing.TB, b []byte) *File {
	t.Helper()
	f, err := New(bytes.NewReader(b), int64(len(b)), Options{Name: "hand"})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// runs encodes pairs of count and value as run lengths of a one-byte value.
func runs(pairs ...int) []byte {
	var b []byte
	for i := 0; i < len(pairs); i += 2 {
		b = append(binary.AppendUvarint(b, uint64(pairs[i])<<1), byte(pairs[i+1]))
	}
	return b
}

// sizedRuns puts the length before.
func sizedRuns(pairs ...int) []byte {
	b := runs(pairs...)
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(b))), b...)
}

func int64s(values ...int64) []byte {
	var b []byte
	for _, x := range values {
		b = binary.LittleEndian.AppendUint64(b, uint64(x))
	}
	return b
}

func texts(values ...string) []byte {
	var b []byte
	for _, s := range values {
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(s))), s...)
	}
	return b
}
