package slate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// unit is a unit of the log, read slot by slot.
type unit struct {
	source.Unit
	source *Source
	index  int
	seed   uint64 // of the file's name
	start  int64  // the unit's first row within the file
}

// File implements source.Filed.
func (u *unit) File() string { return fileOf(u.Unit) }

// Rows is unknown: the footer counts lists, not what is in them.
func (u *unit) Rows() int64 { return -1 }

// reader makes batches of slots.
type reader struct {
	unit *unit
	flat source.Reader // of the columns that are not of lists
	from []int         // by asked column: its place among those, else -1
	give []int         // by asked column: its place among fields, or rankColumn, listColumn

	fields  []*cursor // that were asked for, of the lists that give the slots
	item    *cursor   // of the shown lists; nil if not needed
	rank    *cursor   // likewise
	offered *cursor   // the item of the offered lists; nil without
	all     []*cursor
	texts   []*textLists

	pads     map[string]bool
	rows     *source.Batch // of the log
	whole    source.Batch  // what is left of a batch of equal rows
	next     int           // row of it that comes next
	first    int           // row of it from which on the lists at hand are
	until    int           // and the one behind them
	slots    []int32       // row of each slot
	picked   []int32       // entry of each slot among those of the fields
	ranks    []int64
	ranked   []bool
	unranked int // slots that have no rank
	lists    []int64
	places   []int64 // scratch: ranks of a list's entries
	gathered []gathered
	batch    source.Batch
	out      int64
	accounts Accounts
	met      seen // of the list at hand
}

const (
	rankColumn = -1 - iota
	listColumn
)

// Open implements source.Unit.
func (u *unit) Open(ctx context.Context, columns []int) (_ source.Reader, err error) {
	r := &reader{unit: u, pads: map[string]bool{}}
	for _, p := range u.source.options.Pads {
		r.pads[p] = true
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.Close())
		}
	}()
	if err := r.open(ctx, columns); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *reader) open(ctx context.Context, columns []int) (err error) {
	s := r.unit.source
	var flat []int
	for _, c := range columns {
		from, give := -1, 0
		switch at := c - len(s.flat); {
		case at < 0:
			from = len(flat)
			flat = append(flat, c)
		case at == len(s.fields):
			give = rankColumn
		case at == len(s.fields)+1:
			give = listColumn
		default:
			if give, err = r.field(ctx, s.fields[at]); err != nil {
				return err
			}
		}
		r.from, r.give = append(r.from, from), append(r.give, give)
	}
	if r.flat, err = r.unit.Unit.Open(ctx, flat); err != nil {
		return err
	}
	r.batch.Columns, r.gathered = make([]source.Vector, len(columns)), make([]gathered, len(columns))
	return r.lead(ctx)
}

// lead opens what says which slots there are, in which order.
func (r *reader) lead(ctx context.Context) (err error) {
	s, shared := r.unit.source, newWords()
	if s.item != nil {
		if r.item, err = r.cursor(ctx, s.item, shared); err != nil {
			return err
		}
	}
	if s.rank != nil {
		if r.rank, err = r.cursor(ctx, s.rank, newWords()); err != nil {
			return err
		}
	}
	if s.options.Offered != "" {
		at := slices.IndexFunc(s.fields, func(f field) bool { return f.name == s.options.Item })
		if r.offered, err = r.cursor(ctx, &s.fields[at], shared); err != nil {
			return err
		}
	}
	if r.item == nil && r.rank == nil && len(r.fields) == 0 { // something has to say how long lists are
		_, err = r.field(ctx, s.fields[0])
	}
	return err
}

// field opens a field that was asked for and gives its place.
func (r *reader) field(ctx context.Context, f field) (int, error) {
	c, err := r.cursor(ctx, &f, newWords())
	if err != nil {
		return 0, err
	}
	r.fields = append(r.fields, c)
	return len(r.fields) - 1, nil
}

func (r *reader) cursor(ctx context.Context, f *field, w *words) (*cursor, error) {
	leaf, opened, err := r.leaf(ctx, f)
	if err != nil {
		return nil, err
	}
	c := &cursor{leaf: leaf, reader: opened, column: newColumn(leaf.Type, w)}
	r.all = append(r.all, c)
	return c, nil
}

// leaf opens a field, as the files have it or as it is made.
func (r *reader) leaf(ctx context.Context, f *field) (source.Leaf, source.LeafReader, error) {
	u := r.unit.Unit
	switch {
	case f.text != nil:
		name := r.unit.source.flat[f.columns[0]].Name
		at := slices.IndexFunc(r.texts, func(t *textLists) bool { return t.column == name })
		if at < 0 {
			t, err := openText(ctx, u, f.columns[0], name, f.text)
			if err != nil {
				return f.leaf, nil, err
			}
			at, r.texts = len(r.texts), append(r.texts, t)
		}
		return f.leaf, r.texts[at].field(f.name), nil
	case f.columns != nil:
		opened, err := u.Open(ctx, f.columns)
		return f.leaf, &placeReader{reader: opened}, err
	}
	p, ok := u.(source.PathUnit)
	if !ok {
		return f.leaf, nil, fmt.Errorf("%s: its lists cannot be read", u.Name())
	}
	return p.OpenPath(ctx, f.leaf.Path)
}

// Next implements source.Reader.
func (r *reader) Next() (*source.Batch, error) {
	for {
		for r.next == r.until {
			if err := r.load(); err == io.EOF {
				r.unit.source.note(r.unit.index, r.accounts)
				return nil, io.EOF
			} else if err != nil {
				return nil, err
			}
		}
		if err := r.fill(); err != nil {
			return nil, err
		}
		if len(r.slots) > 0 {
			return r.emit(), nil
		}
	}
}

// part is the next batch of rows. Rows that are all alike come in any number, of which
// it takes some at a time: their lists are not alike.
func (r *reader) part() (*source.Batch, error) {
	if r.whole.Rows == 0 {
		b, err := r.flat.Next()
		if err != nil || b.Rows <= source.MaxBatch {
			return b, err
		}
		r.whole = *b
	}
	b := r.whole
	b.Rows = min(b.Rows, source.MaxBatch)
	r.whole.Row, r.whole.Rows = r.whole.Row+int64(b.Rows), r.whole.Rows-b.Rows
	return &b, nil
}

// listsAtOnce is how many rows' lists are held at a time: what is read of lists of
// usual lengths then stays in the processor's cache.
const listsAtOnce = 1 << 10

// load reads rows of the log, and the lists of some of them.
func (r *reader) load() error {
	if r.rows == nil || r.next == r.rows.Rows {
		b, err := r.part()
		if err == io.EOF {
			return r.end()
		}
		if err != nil {
			return err
		}
		r.rows, r.next = b, 0
	}
	r.first, r.until = r.next, min(r.next+listsAtOnce, r.rows.Rows)
	for _, c := range r.all {
		c.entry = 0
		n, err := c.read(r.until - r.first)
		if err != nil {
			return err
		}
		if n != r.until-r.first {
			return r.uneven()
		}
	}
	return nil
}

// end checks that the lists end with the rows.
func (r *reader) end() error {
	for _, c := range r.all {
		if n, err := c.read(1); err != nil || n > 0 {
			return errors.Join(err, r.uneven())
		}
	}
	return io.EOF
}

func (r *reader) uneven() error {
	return fmt.Errorf("%s: the lists of the log have other rows than its columns", r.unit.Name())
}

// emit makes a batch of the slots at hand.
func (r *reader) emit() *source.Batch {
	r.batch.Rows, r.batch.Row = len(r.slots), r.out
	r.out += int64(len(r.slots))
	for i := range r.batch.Columns {
		to := &r.batch.Columns[i]
		switch give := r.give[i]; {
		case r.from[i] >= 0:
			r.gathered[i].take(&r.rows.Columns[r.from[i]], r.slots)
			*to = r.gathered[i].out
		case give == rankColumn:
			*to = source.Vector{Type: source.Type{Kind: source.Int}, Ints: r.ranks}
			if r.unranked > 0 {
				to.Valid = r.ranked
			}
		case give == listColumn:
			*to = source.Vector{Type: source.Type{Kind: source.Int}, Ints: r.lists}
		default:
			v := r.fields[give].column.vector()
			if first, n := int(r.picked[0]), len(r.picked); int(r.picked[n-1])-first == n-1 {
				*to = stretch(&v, first, n)
				continue
			}
			r.gathered[i].take(&v, r.picked)
			*to = r.gathered[i].out
		}
	}
	return &r.batch
}

// Place implements source.Placer: the row of the list, and the slot in it.
func (r *reader) Place(i int) string {
	first := i
	for first > 0 && r.slots[first-1] == r.slots[i] {
		first--
	}
	return fmt.Sprintf("%s, slot %d", source.Place(r.flat, r.rows, int(r.slots[i])), i-first+1)
}

// BytesRead implements source.Reader.
func (r *reader) BytesRead() int64 { return r.flat.BytesRead() }

// Close implements source.Reader.
func (r *reader) Close() error {
	var faults []error
	if r.flat != nil {
		faults = append(faults, r.flat.Close())
	}
	for _, c := range r.all {
		faults = append(faults, c.reader.Close())
	}
	return errors.Join(faults...)
}
