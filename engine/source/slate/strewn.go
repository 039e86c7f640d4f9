package slate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// fileReader gives the rows of a file list by list. Lists whose rows follow each other
// are held until they end; of others the file is read once for every so many rows,
// and each time the lists of a part of the keys are gathered.
type fileReader struct {
	ctx    context.Context
	unit   *fileUnit
	survey survey
	asked  []int // columns of the log that are read
	give   []int // by asked column of the batch: its place in asked, or rankColumn, listColumn
	key    int   // place in asked
	rank   int
	item   int // -1 for none

	at     int // of the unit that is open
	inner  source.Reader
	batch  *source.Batch
	next   int
	number uint64 // of the next row, in the pass
	pass   uint64
	passes uint64
	ended  bool
	read   int64 // bytes, of units that are closed

	// Of the rows that are held.
	held   []*column
	hashes []uint64 // of their keys
	keyed  []bool   // whether they have one
	places []place

	order []int32 // rows list by list
	ends  []int   // of lists in order
	list  int     // that comes next

	rows     []int32 // of the batch
	ranks    []int64
	ranked   []bool
	lists    []int64
	gathered []gathered
	out      source.Batch
	count    int64
	met      seen
	first    []int64 // scratch: ranks of a list
	accounts Accounts
}

// place is where a row is in the file.
type place struct {
	unit int32
	line bool
	at   int64
}

// Open implements source.Unit.
func (u *fileUnit) Open(ctx context.Context, columns []int) (source.Reader, error) {
	found, err := u.survey(ctx)
	if err != nil {
		return nil, err
	}
	s := u.source
	r := &fileReader{ctx: ctx, unit: u, survey: found, item: -1, passes: 1, at: -1}
	if !found.together {
		r.passes = uint64(found.rows/int64(s.atOnce) + 1)
	}
	place := func(c int) int {
		at := slices.Index(r.asked, c)
		if at < 0 {
			at, r.asked = len(r.asked), append(r.asked, c)
		}
		return at
	}
	r.key, r.rank = place(s.given.key), place(s.given.rank)
	if s.given.item >= 0 {
		r.item = place(s.given.item)
	}
	for _, c := range columns {
		switch c - len(s.flat) {
		case 0:
			r.give = append(r.give, rankColumn)
		case 1:
			r.give = append(r.give, listColumn)
		default:
			r.give = append(r.give, place(c))
		}
	}
	for _, c := range r.asked {
		r.held = append(r.held, newColumn(s.flat[c].Type, newWords()))
	}
	r.out.Columns, r.gathered = make([]source.Vector, len(columns)), make([]gathered, len(columns))
	return r, nil
}

// Next implements source.Reader.
func (r *fileReader) Next() (*source.Batch, error) {
	for {
		r.rows, r.ranks, r.ranked, r.lists = r.rows[:0], r.ranks[:0], r.ranked[:0], r.lists[:0]
		for r.list < len(r.ends) {
			from, to := r.start(), r.ends[r.list]
			if len(r.rows) > 0 && len(r.rows)+to-from > usualSlots {
				break
			}
			if to-from > MaxLength {
				return nil, r.tooLong(r.order[from])
			}
			if err := r.take(r.order[from:to]); err != nil {
				return nil, err
			}
			r.list++
		}
		if len(r.rows) > 0 {
			return r.emit(), nil
		}
		if r.ended {
			r.unit.source.note(r.unit.index, r.accounts)
			return nil, io.EOF
		}
		if err := r.refill(); err != nil {
			return nil, err
		}
	}
}

// start is where the next list begins in order.
func (r *fileReader) start() int {
	if r.list == 0 {
		return 0
	}
	return r.ends[r.list-1]
}

// refill holds other rows, and finds their lists.
func (r *fileReader) refill() error {
	if !r.survey.together {
		return r.gather()
	}
	r.drop(len(r.order))
	r.order, r.ends, r.list = r.order[:0], r.ends[:0], 0
	looked := 0
	for len(r.ends) == 0 && !r.ended {
		if err := r.more(); err != nil {
			return err
		}
		n := len(r.hashes)
		for i := max(looked, 1); i < n; i++ {
			if !r.keyed[i] || !r.keyed[i-1] || r.hashes[i] != r.hashes[i-1] {
				r.ends = append(r.ends, i)
			}
		}
		if looked = n; len(r.ends) == 0 && n > MaxLength {
			return r.tooLong(0)
		}
	}
	if n := len(r.hashes); r.ended && n > 0 {
		r.ends = append(r.ends, n)
	}
	if len(r.ends) > 0 {
		for i := range r.ends[len(r.ends)-1] {
			r.order = append(r.order, int32(i))
		}
	}
	return nil
}

// gather reads the file once more, for the lists of the next part of the keys.
func (r *fileReader) gather() error {
	r.drop(len(r.hashes))
	r.order, r.ends, r.list = r.order[:0], r.ends[:0], 0
	for last := false; !last; last = r.ended {
		if err := r.more(); err != nil {
			return err
		}
		if len(r.hashes) > 4*max(r.unit.source.atOnce, MaxLength) {
			return &source.Error{Path: r.unit.name, Column: r.unit.source.options.Key, Err: fmt.Errorf(
				"the rows of a list do not follow each other, and too many are of few lists"), Hint: "sort the file by " + r.unit.source.options.Key}
		}
	}
	index, next := map[uint64]int32{}, int32(0)
	of, sizes := make([]int32, len(r.hashes)), []int{}
	for i, hash := range r.hashes {
		at, ok := index[hash]
		if !ok || !r.keyed[i] {
			at, next = next, next+1
			sizes = append(sizes, 0)
			if r.keyed[i] {
				index[hash] = at
			}
		}
		of[i] = at
		sizes[at]++
	}
	end := 0
	for i, n := range sizes {
		sizes[i] = end // where the next row of the list goes
		end += n
		r.ends = append(r.ends, end)
	}
	r.order = append(r.order, make([]int32, len(of))...)
	for row, list := range of {
		r.order[sizes[list]] = int32(row)
		sizes[list]++
	}
	if r.pass++; r.pass < r.passes { // from the start
		r.at, r.number, r.ended = -1, 0, false
	}
	return nil
}

// more holds further rows, at most usualSlots; ended is then whether there are no
// others.
func (r *fileReader) more() error {
	for r.batch == nil || r.next == r.batch.Rows {
		if r.inner == nil {
			if r.at++; r.at == len(r.unit.units) {
				r.ended = true
				return nil
			}
			var err error
			if r.inner, err = r.unit.units[r.at].Open(r.ctx, r.asked); err != nil {
				return err
			}
		}
		b, err := r.inner.Next()
		if err == io.EOF {
			r.read += r.inner.BytesRead()
			inner := r.inner
			r.inner, r.batch = nil, nil
			if err := inner.Close(); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		r.batch, r.next = b, 0
	}
	until := min(r.batch.Rows, r.next+usualSlots)
	liner, lines := r.inner.(source.Liner)
	k := keyer{v: &r.batch.Columns[r.key]}
	for ; r.next < until; r.next++ {
		i := r.next
		hash, ok := k.hash(i)
		part := hash
		if r.number++; !ok {
			part = mixed(r.number)
		}
		if r.passes > 1 && part%r.passes != r.pass {
			continue
		}
		for c, held := range r.held {
			held.add(&r.batch.Columns[c], i)
		}
		p := place{unit: int32(r.at), line: lines}
		if lines {
			p.at = liner.Line(i)
		} else {
			p.at = r.batch.Row + int64(i) + 1
		}
		r.hashes, r.keyed, r.places = append(r.hashes, hash), append(r.keyed, ok), append(r.places, p)
	}
	return nil
}

// drop forgets the first n rows that are held.
func (r *fileReader) drop(n int) {
	r.hashes, r.keyed, r.places = dropped(r.hashes, n), dropped(r.keyed, n), dropped(r.places, n)
	for _, c := range r.held {
		c.drop(n)
	}
}

func dropped[T any](s []T, n int) []T { return s[:copy(s, s[n:])] }

// take adds the slots of a list.
func (r *fileReader) take(rows []int32) error {
	o, c := r.unit.source.options, r.held[r.rank]
	if !r.keyed[rows[0]] {
		r.accounts.Keyless++
		r.rows, r.ranks, r.ranked = append(r.rows, rows[0]), append(r.ranks, 0), append(r.ranked, false)
		r.lists = append(r.lists, int64(mixed(r.unit.seed^mixed(uint64(r.places[rows[0]].unit)<<48^uint64(r.places[rows[0]].at)))))
		return nil
	}
	name := int64(mixed(r.unit.seed ^ r.hashes[rows[0]]))
	r.first = r.first[:0]
	for _, row := range rows {
		rank := int64(0)
		if !c.missing(int(row)) {
			var err error
			if rank, err = o.rank(c, int(row)); err != nil {
				return r.fault(row, o.Rank, err)
			}
		}
		r.first = append(r.first, rank)
	}
	if err := r.repeated(rows); err != nil {
		return err
	}
	ranked, slots := 0, 0
	for i, row := range rows {
		rank := r.first[i]
		if rank < 0 {
			continue // another row of its item counts
		}
		slots++
		if rank > 0 {
			ranked++
		}
		if rank > int64(len(rows)) {
			r.accounts.Beyond++
		}
		r.rows, r.ranks, r.ranked, r.lists = append(r.rows, row), append(r.ranks, rank), append(r.ranked, rank > 0), append(r.lists, name)
	}
	r.accounts.Lists++
	switch {
	case ranked == 0:
		r.accounts.Empty++
	case ranked < slots:
		r.accounts.Short++
	}
	return nil
}

// repeated refuses a rank that two slots have, and drops or refuses slots whose item
// the list has twice: their rank becomes -1.
func (r *fileReader) repeated(rows []int32) error {
	o := r.unit.source.options
	if r.item >= 0 {
		c := r.held[r.item]
		r.met.begin()
		for i, row := range rows {
			if c.missing(int(row)) {
				continue
			}
			key := c.key(int(row))
			before, twice := r.met.find(key)
			if !twice {
				r.met.put(key, i)
				continue
			}
			if !o.KeepFirst {
				return r.fault(row, o.Item, &hinted{fmt.Errorf("item %q is in its list twice", c.value(int(row))), "to count the first and note the others, say slate.duplicates: first"})
			}
			drop := i
			if was, is := r.first[before], r.first[i]; is > 0 && (was == 0 || is < was) {
				drop = before
				r.met.put(key, i)
			}
			r.first[drop] = -1
			r.accounts.Duplicates++
		}
	}
	r.met.begin()
	for i, rank := range r.first {
		if rank <= 0 {
			continue
		}
		if _, twice := r.met.find(uint64(rank)); twice {
			return r.fault(rows[i], o.Rank, fmt.Errorf("two slots of a list have rank %d", rank-1+o.First))
		}
		r.met.put(uint64(rank), 0)
	}
	return nil
}

// emit makes a batch of the slots at hand.
func (r *fileReader) emit() *source.Batch {
	r.out.Rows, r.out.Row = len(r.rows), r.count
	r.count += int64(len(r.rows))
	for i, give := range r.give {
		to := &r.out.Columns[i]
		switch give {
		case rankColumn:
			*to = source.Vector{Type: source.Type{Kind: source.Int}, Ints: r.ranks, Valid: r.ranked}
		case listColumn:
			*to = source.Vector{Type: source.Type{Kind: source.Int}, Ints: r.lists}
		default:
			v := r.held[give].vector()
			r.gathered[i].take(&v, r.rows)
			*to = r.gathered[i].out
		}
	}
	return &r.out
}

// where says where a row that is held is.
func (r *fileReader) where(row int32) string {
	p, word := r.places[row], "row"
	if p.line {
		word = "line"
	}
	out := fmt.Sprintf("%s %d", word, p.at)
	if group := strings.TrimPrefix(r.unit.units[p.unit].Name(), r.unit.name); group != "" {
		out = strings.TrimPrefix(group, ", ") + ", " + out
	}
	return out
}

// Place implements source.Placer.
func (r *fileReader) Place(i int) string { return r.where(r.rows[i]) }

func (r *fileReader) fault(row int32, column string, err error) error {
	out := &source.Error{Path: r.unit.name, Unit: r.where(row), Column: column, Err: err}
	var h *hinted
	if errors.As(err, &h) {
		out.Err, out.Hint = h.err, h.hint
	}
	return out
}

func (r *fileReader) tooLong(row int32) error {
	o := r.unit.source.options
	return r.fault(row, o.Key, fmt.Errorf("a list of more than %d rows begins here; at most %d are read", MaxLength, MaxLength))
}

// BytesRead implements source.Reader.
func (r *fileReader) BytesRead() int64 {
	if r.inner == nil {
		return r.read
	}
	return r.read + r.inner.BytesRead()
}

// Close implements source.Reader.
func (r *fileReader) Close() error {
	if r.inner == nil {
		return nil
	}
	err := r.inner.Close()
	r.inner = nil
	return err
}
