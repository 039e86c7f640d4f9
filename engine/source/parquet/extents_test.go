package parquet

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"testing"
)

// noted notes what is read of a file.
type noted struct {
	*bytes.Reader
	read []Extent
}

func (n *noted) ReadAt(b []byte, at int64) (int, error) {
	n.read = append(n.read, Extent{at, int64(len(b))})
	return n.Reader.ReadAt(b, at)
}

// Reading columns touches the bytes of their extents and no others; neighbors
// are one extent.
func TestExtents(t *testing.T) {
	const rows = 10_000
	numbers := func() []byte {
		var b []byte
		for i := range uint64(rows) {
			b = binary.LittleEndian.AppendUint64(b, i)
		}
		return dataPage(rows, encPlain, b, len(b))
	}
	file := handFile(flat("a", typeInt64, 0, rows, numbers()), flat("b", typeInt64, 0, rows, numbers()), flat("c", typeInt64, 0, rows, numbers()))
	from := &noted{Reader: bytes.NewReader(file)}
	f, err := New(from, int64(len(file)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	g := f.RowGroups()[0]
	for _, c := range []struct {
		columns []int
		extents int
	}{{[]int{0}, 1}, {[]int{2, 0}, 2}, {[]int{1, 0}, 1}, {[]int{0, 1, 2}, 1}, {nil, 0}} {
		extents := g.Extents(c.columns)
		if len(extents) != c.extents {
			t.Errorf("columns %v: %v", c.columns, extents)
		}
		from.read = nil
		r, err := g.Open(context.Background(), c.columns)
		if err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, err = r.Next()
		}
		if r.Close(); err != io.EOF {
			t.Fatal(err)
		}
		for _, part := range from.read {
			if !within(part, extents) {
				t.Errorf("columns %v: read %v, extents %v", c.columns, part, extents)
			}
		}
	}
}

func within(part Extent, extents []Extent) bool {
	for _, e := range extents {
		if e.Offset <= part.Offset && part.Offset+part.Size <= e.Offset+e.Size {
			return true
		}
	}
	return false
}
