package parquet

import (
	"errors"
	"fmt"
	"math"
)

// chunk is one column of one row group.
type chunk struct {
	at             int64 // offset of its metadata in the file
	physical       int32
	codec          int32
	values         int64
	size           int64 // compressed, with page headers
	dataAt, dictAt int64
	nulls          int64 // -1 if unknown
	low, high      []byte
	complete       bool // has metadata with all that is required
	misplaced      bool // its path is not that of the schema's leaf here
	external       bool // the data is in another file
	encrypted      bool
}

// group is one row group.
type group struct {
	at     int64 // offset of its metadata in the file
	rows   int64
	bytes  int64
	chunks []chunk
}

func (f *footer) decodeGroups(t *thrift, kind byte, leaves []leaf) error {
	elem, n := t.list(kind)
	for i := 0; i < n && t.err == nil; i++ {
		g, err := t.group(elem, leaves)
		if err != nil {
			err.group = i
			return err
		}
		f.groups = append(f.groups, g)
	}
	return t.err
}

// unitError is a fault of one row group found in the footer.
type unitError struct {
	group  int
	column string // or ""
	place  string // or "", if err says where
	err    error
}

func (e *unitError) Error() string { return e.err.Error() }

// metadataAt is the place of a fault in the footer.
func metadataAt(at int64) string { return fmt.Sprintf("metadata at byte %d", at) }

func (t *thrift) group(kind byte, leaves []leaf) (group, *unitError) {
	g := group{at: t.at(), rows: -1}
	column := ""
	t.structure(kind, func(id int, kind byte) {
		switch id {
		case 1:
			elem, n := t.list(kind)
			if n != len(leaves) {
				t.fail("%d column chunks for a schema of %d columns", n, len(leaves))
				return
			}
			g.chunks = make([]chunk, 0, n)
			for i := 0; i < n && t.err == nil; i++ {
				c := t.chunk(elem, &leaves[i])
				if t.err != nil {
					column = leaves[i].name
				}
				g.bytes += min(max(0, c.size), math.MaxInt64-g.bytes)
				g.chunks = append(g.chunks, c)
			}
		case 3:
			g.rows = t.i64(kind)
		default:
			t.skip(kind)
		}
	})
	switch {
	case t.err != nil:
		return g, &unitError{column: column, err: t.err}
	case len(g.chunks) != len(leaves):
		return g, &unitError{place: metadataAt(g.at), err: errors.New("column chunks are missing")}
	case g.rows < 0:
		return g, &unitError{place: metadataAt(g.at), err: errors.New("row count is missing or negative")}
	}
	return g, nil
}

// leastChunk is fewer bytes than a column chunk's metadata takes. It keeps the
// memory for chunks in proportion to the footer.
const leastChunk = 12

func (t *thrift) chunk(kind byte, l *leaf) chunk {
	start := t.pos
	c := chunk{at: t.at(), physical: -1, codec: -1, values: -1, size: -1, dataAt: -1, nulls: -1}
	t.structure(kind, func(id int, kind byte) {
		switch id {
		case 1:
			c.external = len(t.bytes(kind)) > 0
		case 3:
			t.columnMetadata(kind, &c, l)
		case 8, 9:
			c.encrypted = true
			t.skip(kind)
		default:
			t.skip(kind)
		}
	})
	if t.err == nil && t.pos-start < leastChunk {
		t.fail("column chunk has no metadata")
	}
	return c
}

func (t *thrift) columnMetadata(kind byte, c *chunk, l *leaf) {
	seen := 0
	t.structure(kind, func(id int, kind byte) {
		switch id {
		case 1:
			c.physical = t.i32(kind)
		case 3:
			c.misplaced = !t.samePath(kind, l)
		case 4:
			c.codec = t.i32(kind)
		case 5:
			c.values = t.i64(kind)
		case 7:
			c.size = t.i64(kind)
		case 9:
			c.dataAt = t.i64(kind)
		case 11:
			c.dictAt = t.i64(kind)
		case 12:
			t.statistics(kind, c)
		default:
			t.skip(kind)
		}
		switch id {
		case 1, 3, 4, 5, 7, 9:
			seen |= 1 << id
		}
	})
	c.complete = seen == 1<<1|1<<3|1<<4|1<<5|1<<7|1<<9
}

// samePath reads path_in_schema and says whether it is the path of the leaf.
// Chunks are in the order of the schema; a path that differs would mean that
// another column is read.
func (t *thrift) samePath(kind byte, l *leaf) bool {
	elem, n := t.list(kind)
	same := n == len(l.path)
	for i := 0; i < n && t.err == nil; i++ {
		part := t.bytes(elem)
		same = same && string(part) == l.path[i]
	}
	return same
}

// statistics keeps the bounds in their plain encoding. The old fields min and
// max (2 and 1) are right for signed numbers, which is all they are used for.
func (t *thrift) statistics(kind byte, c *chunk) {
	var oldLow, oldHigh []byte
	t.structure(kind, func(id int, kind byte) {
		switch id {
		case 1:
			oldHigh = t.bytes(kind)
		case 2:
			oldLow = t.bytes(kind)
		case 3:
			c.nulls = t.i64(kind)
		case 5:
			c.high = t.bytes(kind)
		case 6:
			c.low = t.bytes(kind)
		default:
			t.skip(kind)
		}
	})
	if c.low == nil && c.high == nil {
		c.low, c.high = oldLow, oldHigh
	}
}
