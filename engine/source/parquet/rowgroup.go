package parquet

import (
	"encoding/binary"
	"fmt"

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
	if l.form != asInts || l.unsigned || l.physical == typeInt96 || len(c.low) != l.width || len(c.high) != l.width {
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

// memory is what readers leave for later ones: buffers and decompressors.
type memory struct {
	codecs  codecs
	columns []*column
}

func (f *File) take() *memory {
	if m, ok := f.memory.Get().(*memory); ok {
		return m
	}
	return &memory{codecs: codecs{limit: f.opt.MaxPage}}
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
