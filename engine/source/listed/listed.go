// Package listed gives columns of lists of values a text for every row, for what asks
// how often each entry occurs, and not where: the reasons of a decision.
package listed

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/files"
)

// Source is a log some of whose columns of lists are columns of text.
type Source struct {
	*files.Source
	names  []string // of columns to look for
	mark   string   // before every entry
	schema source.Schema
	paths  map[int][]string // of the entries, by column
}

// Open turns those of the columns that are lists of values into text, with a mark
// before every entry. It is nil where none is.
func Open(log *files.Source, names []string, mark string) (*Source, error) {
	s := &Source{Source: log, names: names, mark: mark}
	if err := s.bind(); err != nil || len(s.paths) == 0 {
		return nil, err
	}
	return s, nil
}

func (s *Source) bind() error {
	s.schema, s.paths = slices.Clone(s.Source.Schema()), map[int][]string{}
	leaves, err := s.Source.Leaves()
	if err != nil {
		return err
	}
	for _, name := range s.names {
		at, _, ok := s.schema.Find(name, 0)
		if !ok || s.schema[at].Type.Kind != source.Nested {
			continue
		}
		var own []source.Leaf
		for _, l := range leaves {
			if len(l.Path) > 0 && l.Path[0] == name {
				own = append(own, l)
			}
		}
		if len(own) == 1 && own[0].Rep == 1 && len(own[0].Lists) == 1 {
			s.schema[at].Type = source.Type{Kind: source.String}
			s.paths[at] = own[0].Path
		}
	}
	return nil
}

// Schema implements source.Source.
func (s *Source) Schema() source.Schema { return s.schema }

// Look passes the search for columns on, and binds anew.
func (s *Source) Look(ctx context.Context, names []string) (bool, error) {
	found, err := s.Source.Look(ctx, names)
	if err != nil || !found {
		return found, err
	}
	return true, s.bind()
}

// Check passes the question on for the columns that are no lists.
func (s *Source) Check(columns []int) error { return s.Source.Check(s.plain(columns)) }

// Require is Check for columns that no file may lack.
func (s *Source) Require(columns []int) error { return s.Source.Require(s.plain(columns)) }

func (s *Source) plain(columns []int) []int {
	return slices.DeleteFunc(slices.Clone(columns), func(c int) bool { return s.paths[c] != nil })
}

// Units implements source.Source.
func (s *Source) Units() []source.Unit {
	inner := s.Source.Units()
	out := make([]source.Unit, len(inner))
	for i, u := range inner {
		out[i] = &unit{Unit: u, source: s}
	}
	return out
}

type unit struct {
	source.Unit
	source *Source
}

// File implements source.Filed.
func (u *unit) File() string {
	if f, ok := u.Unit.(source.Filed); ok {
		return f.File()
	}
	return u.Name()
}

// Open implements source.Unit.
func (u *unit) Open(ctx context.Context, columns []int) (source.Reader, error) {
	s := u.source
	plain := s.plain(columns)
	inner, err := u.Unit.Open(ctx, plain)
	if err != nil || len(plain) == len(columns) {
		return inner, err
	}
	r := &reader{Reader: inner, columns: columns, lists: make([]*list, len(columns)), batch: source.Batch{Columns: make([]source.Vector, len(columns))}}
	for i, c := range columns {
		if s.paths[c] == nil {
			continue
		}
		p, ok := u.Unit.(source.PathUnit)
		if !ok {
			r.Close()
			return nil, &source.Error{Path: u.Name(), Column: s.schema[c].Name, Err: fmt.Errorf("lists cannot be read here")}
		}
		leaf, entries, err := p.OpenPath(ctx, s.paths[c])
		if err != nil {
			r.Close()
			return nil, err
		}
		r.lists[i] = &list{leaf: leaf, entries: entries, name: s.schema[c].Name, mark: s.mark}
	}
	return r, nil
}

// reader gives the batches of the other columns with the texts of the lists.
type reader struct {
	source.Reader
	columns []int
	lists   []*list      // beside columns; nil for others
	whole   source.Batch // what is left of a batch of equal rows
	rows    source.Batch
	batch   source.Batch
}

// Next implements source.Reader. Rows that are all alike come in any number, of which it
// takes some at a time.
func (r *reader) Next() (*source.Batch, error) {
	if r.whole.Rows == 0 {
		b, err := r.Reader.Next()
		if err != nil {
			return nil, err
		}
		r.whole = *b
	}
	r.rows = r.whole
	r.rows.Rows = min(r.rows.Rows, source.MaxBatch)
	r.whole.Row, r.whole.Rows = r.whole.Row+int64(r.rows.Rows), r.whole.Rows-r.rows.Rows
	next := 0
	for i, l := range r.lists {
		if l == nil {
			r.batch.Columns[i] = r.rows.Columns[next]
			next++
			continue
		}
		if err := l.read(r.rows.Rows); err != nil {
			return nil, fmt.Errorf("column %s: %w", l.name, err)
		}
		r.batch.Columns[i] = source.Vector{Type: source.Type{Kind: source.String}, Strs: l.texts, Valid: l.valid}
	}
	r.batch.Rows, r.batch.Row = r.rows.Rows, r.rows.Row
	return &r.batch, nil
}

// Close implements source.Reader.
func (r *reader) Close() error {
	err := r.Reader.Close()
	for _, l := range r.lists {
		if l == nil {
			continue
		}
		if closed := l.entries.Close(); err == nil {
			err = closed
		}
	}
	return err
}

// Place implements source.Placer.
func (r *reader) Place(i int) string { return source.Place(r.Reader, &r.rows, i) }

// list reads a column of lists row by row.
type list struct {
	name    string
	mark    string
	leaf    source.Leaf
	entries source.LeafReader
	levels  *source.Levels
	at      int // the next entry of levels
	value   int // the next of its values

	texts source.Strings
	valid []bool
}

// read makes the texts of as many rows: the mark and the entry for each that is there, and
// nothing known where there is none.
func (l *list) read(rows int) error {
	l.texts.Bytes, l.texts.Offsets, l.valid = l.texts.Bytes[:0], append(l.texts.Offsets[:0], 0), l.valid[:0]
	begun := 0 // rows
	for {
		if l.levels == nil || l.at >= len(l.levels.Def) {
			levels, err := l.entries.Next()
			if err == io.EOF && begun == rows {
				break
			}
			if err == io.EOF {
				return io.ErrUnexpectedEOF
			}
			if err != nil {
				return err
			}
			l.levels, l.at, l.value = levels, 0, 0
			continue
		}
		if l.levels.Rep[l.at] == 0 {
			if begun == rows {
				break
			}
			if begun > 0 {
				l.end()
			}
			begun++
		}
		if l.levels.Def[l.at] == uint32(l.leaf.Def) {
			text := source.Text(l.leaf.Type, l.levels.Values.Value(l.value))
			l.texts.Bytes = append(append(l.texts.Bytes, l.mark...), strings.ReplaceAll(text, l.mark, " ")...)
			l.value++
		}
		l.at++
	}
	if begun > 0 {
		l.end()
	}
	return nil
}

// end ends a row.
func (l *list) end() {
	n := uint32(len(l.texts.Bytes))
	l.valid = append(l.valid, n > l.texts.Offsets[len(l.texts.Offsets)-1])
	l.texts.Offsets = append(l.texts.Offsets, n)
}
