package parquet

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"weak"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// RowGroup is a unit of a file; it is numbered from 0, as other tools do.
type RowGroup struct {
	file  *File
	index int
}

var _ source.Unit = (*RowGroup)(nil)

// Name says file and row group.
func (g *RowGroup) Name() string { return fmt.Sprintf("%s, row group %d", g.file.opt.Name, g.index) }

// Rows is the number of rows.
func (g *RowGroup) Rows() int64 { return g.group().rows }

// Bytes is the size of the column chunks in the file.
func (g *RowGroup) Bytes() int64 { return min(g.group().bytes, g.file.size) }

func (g *RowGroup) group() *group { return &g.file.groups[g.index] }

// Stats returns what the footer says about a column of Schema.
func (g *RowGroup) Stats(column int) source.Stats {
	s := source.Stats{Nulls: -1}
	i := g.file.schema.columns[column].leaf
	if i < 0 {
		return s
	}
	l, c := &g.file.schema.leaves[i], &g.group().chunks[i]
	if c.physical != l.physical || c.misplaced || l.bad != nil {
		return s
	}
	s.Bytes = min(max(0, c.size), g.file.size)
	if 0 <= c.nulls && c.nulls <= c.values {
		s.Nulls = c.nulls
	}
	if l.form != asInts && l.form != asNarrow || l.unsigned || l.typ.Kind == source.Float || l.physical == typeInt96 || len(c.low) != l.width || len(c.high) != l.width {
		return s
	}
	if l.width == 4 {
		s.Low, s.High = l.widen(binary.LittleEndian.Uint32(c.low)), l.widen(binary.LittleEndian.Uint32(c.high))
	} else {
		s.Low, s.High = int64(binary.LittleEndian.Uint64(c.low)), int64(binary.LittleEndian.Uint64(c.high))
	}
	s.Bounds = s.Low <= s.High
	return s
}

// Extent is a stretch of a file.
type Extent struct{ Offset, Size int64 }

// nearby is how far columns may lie apart to be read at once.
const nearby = 64 << 10

// Extents lists where the columns of Schema with these indices are in the file,
// in its order; neighbors are joined.
func (g *RowGroup) Extents(columns []int) []Extent {
	var all, out []Extent
	for _, i := range columns {
		if leaf := g.file.schema.columns[i].leaf; leaf >= 0 {
			c := &g.group().chunks[leaf]
			start, size := c.extent()
			if start >= 0 && size > 0 && size <= g.file.size-start {
				all = append(all, Extent{start, size})
			}
		}
	}
	slices.SortFunc(all, func(a, b Extent) int { return cmp.Compare(a.Offset, b.Offset) })
	for _, e := range all {
		if last := len(out) - 1; last >= 0 && e.Offset-(out[last].Offset+out[last].Size) <= nearby {
			out[last].Size = max(out[last].Size, e.Offset+e.Size-out[last].Offset)
		} else {
			out = append(out, e)
		}
	}
	return out
}

// extent is where a chunk says that it is.
func (c *chunk) extent() (start, size int64) {
	if c.dictAt > 0 {
		return min(c.dataAt, c.dictAt), c.size
	}
	return c.dataAt, c.size
}

// Buffers are memory and decompressors between readers. The zero value is ready
// for use. There are never more than readers at a time: a sync.Pool would make
// new ones whenever a reader is opened on another processor than the last was
// closed on. What nobody uses is free to be collected.
type Buffers struct {
	mu   sync.Mutex
	free []weak.Pointer[memory]
}

// memory is what one reader uses at a time.
type memory struct {
	codecs  codecs
	helpers []codecs // of further threads
	columns []*column
	shared  shared
}

// help makes room for a number of further threads.
func (m *memory) help(n, limit int) {
	for len(m.helpers) < n {
		m.helpers = append(m.helpers, codecs{limit: limit})
	}
	m.helpers = m.helpers[:max(0, n)]
}

func (f *File) take() *memory {
	b := f.opt.Buffers
	b.mu.Lock()
	defer b.mu.Unlock()
	for last := len(b.free) - 1; last >= 0; last-- {
		m := b.free[last].Value()
		b.free = b.free[:last]
		if m != nil {
			return m
		}
	}
	return &memory{codecs: codecs{limit: f.opt.MaxPage}}
}

// leave gives back what a reader has used. The next one gets its columns in the
// same order, so that buffers serve columns of one kind.
func (f *File) leave(m *memory, columns []*column) {
	for i := len(columns) - 1; i >= 0; i-- {
		columns[i].dict = nil
		m.columns = append(m.columns, columns[i])
	}
	b := f.opt.Buffers
	b.mu.Lock()
	b.free = append(b.free, weak.Make(m))
	b.mu.Unlock()
}

// column is a column with used buffers.
func (m *memory) column() *column {
	if n := len(m.columns); n > 0 {
		c := m.columns[n-1]
		m.columns = m.columns[:n-1]
		return c
	}
	return new(column)
}
