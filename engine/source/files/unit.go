package files

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/parquet"
)

// unit is a row group or a text file, read as the schema of the log.
type unit struct {
	source *Source
	file   *file
	index  int // of the row group
	name   string
	rows   int64
	bytes  int64
}

func (u *unit) Name() string { return u.name }

// File implements source.Filed.
func (u *unit) File() string { return u.file.name }

func (u *unit) Rows() int64 { return u.rows }

func (u *unit) Bytes() int64 { return u.bytes }

// Open implements source.Unit.
func (u *unit) Open(ctx context.Context, columns []int) (source.Reader, error) {
	return u.OpenWide(ctx, columns, 1)
}

// OpenWide implements source.Wide; only row groups of Parquet files take several threads.
func (u *unit) OpenWide(ctx context.Context, columns []int, threads int) (source.Reader, error) {
	s := u.source
	r := &reader{of: u.file, unit: u.name, from: make([]int, len(columns))}
	r.batch.Columns = make([]source.Vector, len(columns))
	r.names = make([]string, len(columns))
	if f := u.file.format; f == formatParquet || f == formatArrow {
		r.spellings = make([]spelling, len(columns))
	}
	var asked []int
	for i, c := range columns {
		if c < 0 || c >= len(s.shapes.schema) {
			return nil, &source.Error{Path: u.name, Err: fmt.Errorf("there is no column %d", c)}
		}
		if err := s.shapes.fault(u.file.shape, u.file.name, c, s.options.MissingNull); err != nil {
			return nil, err
		}
		r.names[i] = s.shapes.schema[c].Name
		switch from := u.file.shape.from[c]; {
		case from >= 0:
			r.from[i] = len(asked)
			asked = append(asked, from)
			if k := u.file.shape.also[c]; k != absent {
				r.agreements = append(r.agreements, agreement{column: i, name: r.names[i], folder: u.file.parts[k]})
			}
		case from == absent:
			r.from[i] = absent
			r.batch.Columns[i] = nulls(s.shapes.schema[c].Type)
		default:
			r.from[i] = absent
			r.batch.Columns[i] = s.constant(u.file, folder(0)-from)
		}
	}
	if err := r.open(ctx, u, asked, threads); err != nil {
		return nil, u.file.blame(err)
	}
	if l, ok := r.inner.(source.Liner); ok {
		return &lineReader{r, l}, nil
	}
	return r, nil
}

// reader puts the columns of a file and those of its folders together.
type reader struct {
	inner source.Reader
	of    *file
	unit  string
	from  []int // by asked column: its place in the inner batch, or absent
	batch source.Batch
	rows  int64
	pool  *pool
	file  *shared // nil: nothing to give back

	agreements []agreement
	names      []string   // of the asked columns
	spellings  []spelling // of the asked columns, if their strings are to be checked
}

// lineReader is a reader of a text file.
type lineReader struct {
	*reader
	source.Liner
}

func (r *reader) open(ctx context.Context, u *unit, asked []int, threads int) (err error) {
	if u.file.text != nil {
		r.inner, err = u.file.text.Unit().Open(ctx, asked)
		return err
	}
	r.pool = &u.source.pool
	if r.file, err = r.pool.acquire(u.file); err != nil {
		return err
	}
	r.inner, err = source.OpenWide(ctx, r.file.Units()[u.index], asked, threads)
	if err != nil {
		return errors.Join(err, r.pool.release(r.file))
	}
	return nil
}

func (r *reader) Next() (*source.Batch, error) {
	b, err := r.inner.Next()
	if err == io.EOF {
		r.of.met.Store(r.rows + 1)
		return nil, err
	}
	if err != nil {
		return nil, r.of.blame(err)
	}
	r.rows += int64(b.Rows)
	r.batch.Rows, r.batch.Row = b.Rows, b.Row
	for i, from := range r.from {
		if from >= 0 {
			r.batch.Columns[i] = b.Columns[from]
		}
	}
	if err := r.check(b); err != nil {
		return nil, r.of.blame(err)
	}
	return &r.batch, nil
}

// check holds what was read against what strings and folders promise.
func (r *reader) check(b *source.Batch) error {
	for i := range r.spellings {
		v := &r.batch.Columns[i]
		if row := r.spellings[i].wrong(v, b.Rows); row >= 0 {
			return misspelled(r.unit, source.Place(r.inner, b, row), r.names[i], v, row)
		}
	}
	for i := range r.agreements {
		a := &r.agreements[i]
		v := &r.batch.Columns[a.column]
		if row := a.differs(v, b.Rows); row >= 0 {
			return a.fault(r.unit, source.Place(r.inner, b, row), v, row)
		}
	}
	return nil
}

func (r *reader) BytesRead() int64 { return r.inner.BytesRead() }

func (r *reader) Close() error {
	err := r.inner.Close()
	if r.file != nil {
		err = errors.Join(err, r.pool.release(r.file))
		r.file = nil
	}
	return err
}

// Stats returns what the footer says about a column of the log, if the unit is
// a row group whose file has the column with the type of the schema.
func (u *unit) Stats(column int) (source.Stats, bool) {
	from := u.file.shape.from[column]
	if u.file.format != formatParquet || from < 0 || u.file.shape.schema[from].Type != u.source.shapes.schema[column].Type {
		return source.Stats{}, false
	}
	h, err := u.source.pool.acquire(u.file)
	if err != nil {
		return source.Stats{}, false // reading will tell
	}
	group, ok := h.Units()[u.index].(*parquet.RowGroup)
	var stats source.Stats
	if ok {
		stats = group.Stats(from)
	}
	return stats, ok && u.source.pool.release(h) == nil
}

// folderDict is the dictionary of a partition key, shared by all files.
type folderDict struct {
	dict  *source.Dict
	codes map[string]uint32
}

// folder returns the code of a partition value.
func (s *Source) folder(p partition) uint32 {
	if p.null {
		return source.NullCode
	}
	d := s.folders[p.key]
	if d == nil {
		d = &folderDict{&source.Dict{Type: folderType}, map[string]uint32{}}
		s.folders[p.key] = d
	}
	code, ok := d.codes[p.value]
	if !ok {
		code = uint32(d.dict.Len())
		d.dict.Strs = append(d.dict.Strs, p.value)
		d.codes[p.value] = code
	}
	return code
}

// constant is the column of partition folder k.
func (s *Source) constant(f *file, k int) source.Vector {
	v := nulls(folderType)
	v.Codes[0] = f.codes[k]
	if d := s.folders[f.parts[k].key]; d != nil {
		v.Dict = d.dict
	}
	return v
}

// nulls is a column of nothing.
func nulls(t source.Type) source.Vector {
	return source.Vector{Type: t, Const: true, Codes: []uint32{source.NullCode}, Dict: &source.Dict{Type: t}}
}
