package conversation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/keyed"
)

// state is what is known of the conversations of one part.
type state struct {
	index    keyed.Index
	n        int
	columns  []column
	accounts Accounts
}

func (s *state) bytes() int64 {
	sum := s.index.Bytes()
	for _, c := range s.columns {
		sum += c.bytes()
	}
	return sum
}

// part is one of several parts of all conversations, by the hash of their ids.
type part struct{ at, of uint64 }

// full says that a part takes more memory than it may, and how much of all was read
// by then.
type full struct{ bytes, read, all int64 }

func (f *full) Error() string { return "conversations take too much memory" }

// fold reads all turns, and adds up those of one part.
func (s *Source) fold(ctx context.Context, p part) (*state, error) {
	f := folder{source: s, part: p, state: &state{}}
	for _, m := range s.makers {
		c, err := m()
		if err != nil {
			return nil, err
		}
		f.state.columns = append(f.state.columns, c)
	}
	if s.options.Instants != nil {
		var err error
		if f.instants, err = s.options.Instants(); err != nil {
			return nil, err
		}
	}
	for _, u := range s.Source.Units() {
		if err := f.unit(ctx, u); err != nil {
			return nil, err
		}
		if f.done() {
			break
		}
	}
	f.tell()
	return f.state, nil
}

// folder adds turns to a state.
type folder struct {
	source   *Source
	part     part
	state    *state
	keyer    keyed.Keyer
	instants Instants
	before   int64 // bytes of the units that were read
	turns    turns
	times    []int64
}

func (f *folder) done() bool {
	return f.source.turns > 0 && f.state.accounts.Turns >= f.source.turns
}

func (f *folder) unit(ctx context.Context, u source.Unit) error {
	r, err := u.Open(ctx, f.source.asked)
	if err != nil {
		return err
	}
	defer r.Close()
	progress, told := f.source.options.Progress, int64(0)
	for !f.done() {
		b, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		for from := 0; from < b.Rows; from += source.MaxBatch { // rows that are all alike come in any number
			if err := f.batch(u, r, b, min(source.MaxBatch, b.Rows-from)); err != nil {
				return err
			}
		}
		if progress != nil {
			progress(max(0, r.BytesRead()-told) / int64(f.part.of))
			told = max(told, r.BytesRead())
		}
		if err := f.room(r.BytesRead()); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	f.before += u.Bytes()
	return nil
}

// room refuses more conversations than there is memory for.
func (f *folder) room(read int64) error {
	limit := f.source.options.Memory
	if f.part.at > 0 { // the first fitted, and the others are larger by chance alone
		limit += limit / 2
	}
	if limit <= 0 || f.state.bytes() <= limit {
		return nil
	}
	var all, rows int64
	for _, u := range f.source.Source.Units() {
		all += u.Bytes()
		if n := u.Rows(); n < 0 || rows < 0 {
			rows = -1
		} else {
			rows += n
		}
	}
	if rows > 0 { // they say better than bytes how far the log was read
		return &full{f.state.bytes(), f.state.accounts.Turns, rows}
	}
	return &full{f.state.bytes(), f.before + read, all}
}

func (f *folder) batch(u source.Unit, r source.Reader, b *source.Batch, rows int) error {
	t, s := &f.turns, f.source
	t.rows, t.cols = rows, b.Columns
	t.place = func(i int) string { return source.Place(r, b, i) }
	t.id = func(i int) string { v := &b.Columns[0]; return source.Text(v.Type, v.Value(i)) }
	f.assign()
	if s.order >= 0 {
		if row, err := f.order(&b.Columns[s.order]); err != nil {
			return f.fault(u, row, s.options.Order, err)
		}
	}
	for i, c := range f.state.columns {
		c.grow(f.state.n)
		err := c.add(t)
		var cell *cellFault
		if errors.As(err, &cell) {
			return f.fault(u, cell.row, s.schema[i].Name, cell.err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *folder) fault(u source.Unit, row int, column string, err error) error {
	return &source.Error{Path: u.Name(), Unit: f.turns.place(row), Column: column, Err: err}
}

// assign finds the conversation of every turn.
func (f *folder) assign() {
	t, a := &f.turns, &f.state.accounts
	t.of = t.of[:0]
	a.Turns += int64(t.rows)
	id := t.cols[:1]
	if id[0].Const {
		one := f.conversation(id, 0, int64(t.rows))
		for range t.rows {
			t.of = append(t.of, one)
		}
		return
	}
	for i := range t.rows {
		t.of = append(t.of, f.conversation(id, i, 1))
	}
}

// conversation is that of a turn; -1 if it is not of the part.
func (f *folder) conversation(id []source.Vector, i int, turns int64) int32 {
	k := f.keyer.Key(id, i)
	if k.None() || k.Empty() && id[0].Type.Text {
		f.state.accounts.NoID += turns
		return -1
	}
	if f.part.of > 1 && k.Hash()>>32%f.part.of != f.part.at {
		return -1
	}
	if at := f.state.index.Insert(k, int32(f.state.n)); at >= 0 {
		return at
	}
	f.state.n++
	return int32(f.state.n - 1)
}

// order reads what orders the turns.
func (f *folder) order(v *source.Vector) (row int, err error) {
	f.times = extend(f.times, f.turns.rows, 0)[:f.turns.rows]
	f.turns.times = f.times
	if f.instants != nil {
		if row, err = f.instants(f.times, v); err != nil {
			return row, err
		}
	} else {
		for i := range f.times {
			if f.times[i], err = ordinal(v, i); err != nil {
				return i, err
			}
		}
	}
	for _, at := range f.times {
		if at == NoTime {
			f.state.accounts.Timeless++
		}
	}
	return 0, nil
}

// ordinal is a number as an integer of the same order.
func ordinal(v *source.Vector, i int) (int64, error) {
	value := v.Value(i)
	switch value.Kind {
	case source.Null:
		return NoTime, nil
	case source.Float:
		return ordered(value.Float), nil
	case source.String, source.Decimal:
		return spelledOrdinal(value.Str)
	}
	return max(value.Int, NoTime+1), nil
}

func ordered(x float64) int64 {
	if math.IsNaN(x) {
		return NoTime
	}
	bits := int64(math.Float64bits(x + 0))
	if bits < 0 {
		bits = math.MinInt64 - bits
	}
	return bits
}

// tell completes the accounts.
func (f *folder) tell() {
	a := &f.state.accounts
	a.Conversations = int64(f.state.n)
	a.Differ = map[string]int64{}
	for _, c := range f.state.columns {
		if p, ok := c.(*picked); ok && p.watched {
			for _, d := range p.differ {
				if d {
					a.Differ[p.name]++
				}
			}
		}
	}
}

// parts is into how many parts conversations are divided, after they were too many
// for fewer: by how far the log was read until then.
func parts(f *full, of uint64) uint64 {
	need := 2 * of
	if f.read > 0 {
		for float64(need) < 1.2*float64(of)*float64(f.all)/float64(f.read) {
			need *= 2
		}
	}
	return need
}

// mostParts bounds how often a log is read.
const mostParts = 64

func tooMany(f *full, of uint64, limit int64) error {
	need := float64(f.bytes) * float64(of)
	if f.read > 0 {
		need *= float64(f.all) / float64(f.read)
	}
	return fmt.Errorf("the conversations of the log take up to %.0f MiB of memory, and may take %d MiB: the log would be read more than %d times; allow more with --memory",
		math.Ceil(need/(1<<20)), limit>>20, mostParts)
}
