// Package unpivot makes rows of predictions: a log with one column for each version
// of a model becomes a source with one row for each version, which has the
// version, its prediction, and everything else the row says.
package unpivot

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/files"
)

// Names of the columns that are added.
const (
	Version    = "model_version"
	Prediction = "prediction"
	Score      = "prediction_score"
	Row        = "prediction_row" // the same for all versions of a row of the log
)

// Wide is what one version predicts.
type Wide struct {
	Version, Prediction string
	Score               string // a column, or "" where none is given
}

// LackError says that the log has no such column, or that two do not go together.
type LackError struct {
	Version, Message string
	Column           string // that is not there, or ""
}

func (e *LackError) Error() string { return e.Message }

// Source is a log with one row for each row and version.
type Source struct {
	*files.Source
	wide   []Wide
	flat   int
	schema source.Schema
	at     [][]int // by version: the columns of its prediction and score
	starts []int64
	dict   *source.Dict
}

// Open finds the columns. A fault in them is a *LackError.
func Open(ctx context.Context, log *files.Source, wide []Wide) (*Source, error) {
	s := &Source{Source: log, wide: wide}
	var names []string
	for _, w := range wide {
		if names = append(names, w.Prediction); w.Score != "" {
			names = append(names, w.Score)
		}
	}
	if _, err := log.Look(ctx, names); err != nil {
		return s, err
	}
	return s, s.bind()
}

func (s *Source) bind() error {
	flat := s.Source.Schema()
	s.flat, s.at, s.dict = len(flat), nil, &source.Dict{Type: source.Type{Kind: source.String}}
	s.schema = append(slices.Clone(flat), source.Column{Name: Version, Type: s.dict.Type})
	scored := len(s.wide) > 0 && s.wide[0].Score != ""
	for i, w := range s.wide {
		s.dict.Strs = append(s.dict.Strs, w.Version)
		if scored != (w.Score != "") {
			return &LackError{Version: w.Version, Message: "some versions have a score and others none"}
		}
		columns := []string{w.Prediction}
		if scored {
			columns = append(columns, w.Score)
		}
		var at []int
		for k, name := range columns {
			c, _, ok := flat.Find(name, 0)
			if !ok {
				return &LackError{w.Version, fmt.Sprintf("the log has no column %q", name), name}
			}
			if i > 0 && flat[c].Type.Kind != flat[s.at[0][k]].Type.Kind {
				return &LackError{Version: w.Version, Message: fmt.Sprintf("columns %q and %q hold values of different types, and would be one column", flat[s.at[0][k]].Name, name)}
			}
			at = append(at, c)
		}
		s.at = append(s.at, at)
	}
	for k, name := range []string{Prediction, Score}[:len(s.at[0])] {
		s.schema = append(s.schema, source.Column{Name: name, Type: flat[s.at[0][k]].Type})
	}
	s.schema = append(s.schema, source.Column{Name: Row, Type: source.Type{Kind: source.Int}})
	for _, c := range s.schema[s.flat:] {
		if _, _, ok := flat.Find(c.Name, 0); ok {
			return &LackError{Message: fmt.Sprintf("the log has a column %q already, as the versions of predictions would be called", c.Name)}
		}
	}
	s.starts = make([]int64, len(s.Source.Units()))
	next := map[string]int64{}
	for i, u := range s.Source.Units() {
		s.starts[i] = next[fileOf(u)]
		next[fileOf(u)] += max(0, u.Rows())
	}
	return nil
}

func fileOf(u source.Unit) string {
	if f, ok := u.(source.Filed); ok {
		return f.File()
	}
	return u.Name()
}

// Schema implements source.Source: the columns of the log, and those that are added.
func (s *Source) Schema() source.Schema { return s.schema }

// Units implements source.Source.
func (s *Source) Units() []source.Unit {
	inner := s.Source.Units()
	out := make([]source.Unit, len(inner))
	for i, u := range inner {
		h := fnv.New64a()
		_, _ = h.Write([]byte(fileOf(u))) // a hash takes everything
		out[i] = &unit{Unit: u, source: s, seed: h.Sum64(), start: s.starts[i]}
	}
	return out
}

// Look passes the search for columns on, and binds anew.
func (s *Source) Look(ctx context.Context, names []string) (bool, error) {
	found, err := s.Source.Look(ctx, names)
	if err != nil || !found {
		return found, err
	}
	return true, s.bind()
}

// Check passes the question on for the columns that are read.
func (s *Source) Check(columns []int) error { return s.Source.Check(s.plain(columns)) }

// Require is Check for columns that no file may lack.
func (s *Source) Require(columns []int) error { return s.Source.Require(s.plain(columns)) }

// plain lists the columns of the files behind some of the schema.
func (s *Source) plain(columns []int) (out []int) {
	add := func(c int) {
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	for _, c := range columns {
		k := c - s.flat - 1
		switch {
		case c < s.flat:
			add(c)
		case k >= 0 && k < len(s.at[0]):
			for _, at := range s.at {
				add(at[k])
			}
		}
	}
	return out
}

// unit is a unit of the log, each row as often as there are versions.
type unit struct {
	source.Unit
	source *Source
	seed   uint64
	start  int64
}

// File implements source.Filed.
func (u *unit) File() string { return fileOf(u.Unit) }

// Rows implements source.Unit.
func (u *unit) Rows() int64 {
	if n := u.Unit.Rows(); n >= 0 {
		return n * int64(len(u.source.wide))
	}
	return -1
}

// Open implements source.Unit.
func (u *unit) Open(ctx context.Context, columns []int) (source.Reader, error) {
	s := u.source
	plain := s.plain(columns)
	inner, err := u.Unit.Open(ctx, plain)
	if err != nil {
		return nil, err
	}
	r := &reader{unit: u, Reader: inner, columns: columns, place: map[int]int{}, version: len(s.wide), batch: source.Batch{Columns: make([]source.Vector, len(columns))}}
	for i, c := range plain {
		r.place[c] = i
	}
	return r, nil
}

// reader gives each batch of the log once for every version.
type reader struct {
	source.Reader
	unit    *unit
	columns []int
	place   map[int]int // of a column of the files in the rows
	rows    *source.Batch
	whole   source.Batch // what is left of a batch of equal rows
	version int          // that comes next; all of the rows at hand were given
	ids     []int64
	batch   source.Batch
	out     int64
}

// Next implements source.Reader.
func (r *reader) Next() (*source.Batch, error) {
	s := r.unit.source
	if r.version == len(s.wide) {
		if err := r.load(); err != nil {
			return nil, err
		}
		r.version = 0
	}
	r.batch.Rows, r.batch.Row = r.rows.Rows, r.out
	for i, c := range r.columns {
		to := &r.batch.Columns[i]
		switch k := c - s.flat - 1; {
		case c < s.flat:
			*to = r.rows.Columns[r.place[c]]
		case k < 0:
			*to = source.Vector{Type: s.dict.Type, Const: true, Codes: []uint32{uint32(r.version)}, Dict: s.dict}
		case k < len(s.at[0]):
			*to = r.rows.Columns[r.place[s.at[r.version][k]]]
		default:
			*to = source.Vector{Type: source.Type{Kind: source.Int}, Ints: r.ids}
		}
	}
	r.out += int64(r.rows.Rows)
	r.version++
	return &r.batch, nil
}

// load reads rows of the log. Rows that are all alike come in any number, of which it
// takes some at a time.
func (r *reader) load() error {
	if r.whole.Rows == 0 {
		b, err := r.Reader.Next()
		if err != nil {
			return err
		}
		r.whole = *b
	}
	b := r.whole
	b.Rows = min(b.Rows, source.MaxBatch)
	r.whole.Row, r.whole.Rows = r.whole.Row+int64(b.Rows), r.whole.Rows-b.Rows
	r.rows = &b
	if b.Rows == 0 {
		return io.ErrUnexpectedEOF
	}
	if slices.Contains(r.columns, len(r.unit.source.schema)-1) {
		r.ids = r.ids[:0]
		for i := range b.Rows {
			x := r.unit.seed ^ uint64(r.unit.start+b.Row+int64(i)+1)*0x9e3779b97f4a7c15
			x = (x ^ x>>30) * 0xbf58476d1ce4e5b9 // the finalizer of splitmix64
			x = (x ^ x>>27) * 0x94d049bb133111eb
			r.ids = append(r.ids, int64(x^x>>31))
		}
	}
	return nil
}

// Place implements source.Placer.
func (r *reader) Place(i int) string { return source.Place(r.Reader, r.rows, i) }
