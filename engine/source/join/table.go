// Package join holds a table of attributes, labels or predictions in memory and
// finds the rows of a log in it: a left join whose right side is unique.
//
// Keys are equal if their canonical texts are (source.Text), so 1, 1.0 and the
// text "1" meet; a null or NaN in a key equals nothing.
package join

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/keyed"
)

// Table is the right side of a join. It is read-only and safe for concurrent
// use.
type Table struct {
	rows     int
	nullKeys int64
	index    keyed.Index
	columns  []*values
	replaced int64
}

// Latest says which row of a key counts, where a table has several.
type Latest struct {
	Column int // of the table, with the time of a row
	// Times reads it; a missing time is before all others.
	Times func(out []int64, v *source.Vector) (row int, err error)
}

// Load reads the key and value columns of src, which are indices into its
// Schema, and refuses to take more than limit bytes of memory; 0 is no limit.
func Load(ctx context.Context, src source.Source, keyColumns, valueColumns []int, limit int64) (*Table, error) {
	return LoadLatest(ctx, src, keyColumns, valueColumns, limit, nil)
}

// LoadLatest is Load of a table that may have several rows of a key, of which the
// latest counts. Without Latest it refuses them.
func LoadLatest(ctx context.Context, src source.Source, keyColumns, valueColumns []int, limit int64, latest *Latest) (*Table, error) {
	if len(keyColumns) == 0 {
		return nil, errors.New("a join needs at least one key column")
	}
	l := loader{src: src, table: &Table{}, keys: keyColumns, limit: limit, latest: latest}
	l.asked = append(append(l.asked, keyColumns...), valueColumns...)
	if latest != nil {
		l.asked = append(l.asked, latest.Column)
	}
	for _, c := range valueColumns {
		l.table.columns = append(l.table.columns, newValues(src.Schema()[c]))
	}
	for _, u := range src.Units() {
		if err := l.unit(ctx, u); err != nil {
			return nil, err
		}
	}
	for _, c := range l.table.columns {
		c.seal()
	}
	l.table.index.Seal()
	return l.table, nil
}

// Rows is the number of rows.
func (t *Table) Rows() int { return t.rows }

// NullKeys is the number of rows that no log row can match, because a part of
// their key is missing.
func (t *Table) NullKeys() int64 { return t.nullKeys }

// Replaced is the number of rows that a later one of their key replaces.
func (t *Table) Replaced() int64 { return t.replaced }

// Schema lists the value columns in the order in which they were asked for.
func (t *Table) Schema() source.Schema {
	s := make(source.Schema, len(t.columns))
	for i, c := range t.columns {
		s[i] = c.Column
	}
	return s
}

// Bytes estimates the memory that the table takes.
func (t *Table) Bytes() int64 {
	n := t.index.Bytes()
	for _, c := range t.columns {
		n += c.bytes()
	}
	return n
}

// loader fills a table.
type loader struct {
	src     source.Source
	table   *Table
	keys    []int
	asked   []int
	limit   int64
	starts  []int // the first row of every unit
	keyer   keyed.Keyer
	latest  *Latest
	touched uint32  // means nothing
	times   []int64 // by row, if the latest counts
}

func (l *loader) unit(ctx context.Context, u source.Unit) error {
	l.starts = append(l.starts, l.table.rows)
	r, err := u.Open(ctx, l.asked)
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		b, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := l.batch(ctx, u, r, b); err != nil {
			return err
		}
	}
}

func (l *loader) batch(ctx context.Context, u source.Unit, r source.Reader, b *source.Batch) error {
	t := l.table
	if int64(t.rows)+int64(b.Rows) > math.MaxInt32 {
		return &source.Error{Path: u.Name(), Err: errRows}
	}
	keys, rest := b.Columns[:len(l.keys)], b.Columns[len(l.keys):]
	if l.latest != nil {
		l.times = append(l.times, make([]int64, b.Rows)...)
		if row, err := l.latest.Times(l.times[t.rows:], &rest[len(rest)-1]); err != nil {
			return &source.Error{Path: u.Name(), Unit: source.Place(r, b, row), Column: l.src.Schema()[l.latest.Column].Name, Err: err}
		}
	}
	for i := range b.Rows {
		l.warm(keys, i, b.Rows)
		k := l.keyer.Key(keys, i)
		if k.None() {
			t.nullKeys++
			continue
		}
		earlier := t.index.Insert(k, int32(t.rows+i))
		switch {
		case earlier < 0:
		case l.latest == nil:
			return l.duplicate(ctx, u, r, b, i, int(earlier))
		default:
			if t.replaced++; l.times[t.rows+i] >= l.times[earlier] {
				t.index.Replace(k, int32(t.rows+i))
			}
		}
	}
	for i, c := range t.columns {
		if err := c.append(&rest[i], b.Rows); err != nil {
			return &source.Error{Path: u.Name(), Column: c.Name, Err: err}
		}
	}
	t.rows += b.Rows
	if l.limit > 0 && t.Bytes()+8*int64(cap(l.times)) > l.limit {
		return &source.Error{Path: u.Name(),
			Err:  fmt.Errorf("the joined table takes more than %d MiB of memory by its row %d", l.limit>>20, t.rows),
			Hint: "allow more with --memory"}
	}
	return nil
}

// warmed is how many keys are looked for ahead of their insertion.
const warmed = 64

// warm fetches what the next keys will be looked for in.
func (l *loader) warm(keys []source.Vector, i, rows int) {
	if v := &keys[0]; i%warmed == 0 && len(keys) == 1 && v.Codes == nil && v.Type.Kind == source.Int {
		l.touched += l.table.index.Warm(v.Int64s()[i:min(i+warmed, rows)])
	}
}

// duplicate names a key that is there twice, and both places.
func (l *loader) duplicate(ctx context.Context, u source.Unit, r source.Reader, b *source.Batch, i, earlier int) error {
	e := &source.Error{Path: u.Name(), Unit: source.Place(r, b, i), Hint: "the joined table must have one row per key; if the latest counts, say on_duplicate: last and name its time"}
	parts := make([]string, len(l.keys))
	for k, c := range l.keys {
		v := &b.Columns[k]
		parts[k] = fmt.Sprintf("%s %q", l.src.Schema()[c].Name, source.Text(v.Type, v.Value(i)))
	}
	e.Err = fmt.Errorf("the key %s is there before, at %s", strings.Join(parts, ", "), l.place(ctx, u, earlier))
	return e
}

// place says where row i of the table is, as seen from unit u.
func (l *loader) place(ctx context.Context, u source.Unit, i int) string {
	n := sort.SearchInts(l.starts, i+1) - 1
	at, row := l.src.Units()[n], int64(i-l.starts[n])
	place := fmt.Sprintf("row %d", row+1)
	if r, err := at.Open(ctx, l.asked[:1]); err == nil {
		defer r.Close()
		for b, err := r.Next(); err == nil; b, err = r.Next() {
			if row < b.Row+int64(b.Rows) {
				place = source.Place(r, b, int(row-b.Row))
				break
			}
		}
	}
	if at.Name() != u.Name() {
		return at.Name() + ", " + place
	}
	return place
}
