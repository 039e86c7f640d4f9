package conversation

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// unit is all conversations.
type unit struct{ source *Source }

// Name is that of the first file, by which messages are sorted.
func (u *unit) Name() string { return "conversations of " + u.source.Source.Units()[0].Name() }

// File implements source.Filed: a conversation can go over several files.
func (u *unit) File() string {
	first := u.source.Source.Units()[0]
	if f, ok := first.(source.Filed); ok {
		return f.File()
	}
	return first.Name()
}

// Rows is unknown: the files count turns.
func (u *unit) Rows() int64 { return -1 }

// Bytes implements source.Unit.
func (u *unit) Bytes() (sum int64) {
	for _, inner := range u.source.Source.Units() {
		sum += inner.Bytes()
	}
	return sum
}

// Open implements source.Unit.
func (u *unit) Open(ctx context.Context, columns []int) (source.Reader, error) {
	for _, c := range columns {
		if c < 0 || c >= len(u.source.schema) {
			return nil, fmt.Errorf("%s: there is no column %d", u.Name(), c)
		}
	}
	return &reader{ctx: ctx, source: u.source, columns: columns, part: part{0, 1}, scratch: make([]scratch, len(columns)),
		batch: source.Batch{Columns: make([]source.Vector, len(columns))}}, nil
}

// reader gives the conversations part by part.
type reader struct {
	ctx     context.Context
	source  *Source
	columns []int
	part    part
	state   *state
	next    int // conversation of the state
	out     int64
	sum     Accounts
	scratch []scratch
	batch   source.Batch
}

// Next implements source.Reader.
func (r *reader) Next() (*source.Batch, error) {
	for r.state == nil || r.next == r.state.n {
		if r.state != nil {
			r.part.at++
		}
		if r.part.at == r.part.of {
			r.finish()
			return nil, io.EOF
		}
		if err := r.load(); err != nil {
			return nil, err
		}
	}
	n := min(source.MaxBatch, r.state.n-r.next)
	for i, c := range r.columns {
		r.batch.Columns[i] = r.state.columns[c].vector(r.next, n, &r.scratch[i])
	}
	r.batch.Rows, r.batch.Row = n, r.out
	r.next += n
	r.out += int64(n)
	return &r.batch, nil
}

// load gathers the conversations of the next part.
func (r *reader) load() error {
	s := r.source
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.whole != nil {
		r.state, r.next = s.whole, 0
		r.count(r.state.accounts)
		return nil
	}
	r.state = nil // its memory is needed
	for {
		state, err := s.fold(r.ctx, r.part)
		r.sum.Readings++
		var f *full
		switch {
		case err == nil:
			r.state, r.next = state, 0
			r.count(state.accounts)
			if r.part.of == 1 {
				s.whole = state
			}
			return nil
		case !errors.As(err, &f):
			return err
		case s.Once():
			return &source.Error{Path: "standard input", Err: fmt.Errorf("its conversations take more than %d MiB of memory", s.options.Memory>>20),
				Hint: "allow more with --memory, or write it to a file, which can be read several times"}
		case r.part.at > 0: // what was given out already was of larger parts
			return tooMany(f, r.part.of, s.options.Memory)
		}
		next := parts(f, r.part.of)
		if next > mostParts {
			return tooMany(f, r.part.of, s.options.Memory)
		}
		r.part.of = next
	}
}

// count adds the accounts of a part: turns are the same in each.
func (r *reader) count(a Accounts) {
	if r.sum.Differ == nil {
		r.sum.Differ = map[string]int64{}
	}
	r.sum.Turns, r.sum.NoID, r.sum.Timeless = a.Turns, a.NoID, a.Timeless
	r.sum.Conversations += a.Conversations
	for name, n := range a.Differ {
		r.sum.Differ[name] += n
	}
}

func (r *reader) finish() {
	r.source.mu.Lock()
	defer r.source.mu.Unlock()
	r.source.accounts = r.sum
}

// Place implements source.Placer.
func (r *reader) Place(i int) string {
	return fmt.Sprintf("conversation %d", r.batch.Row+int64(i)+1)
}

// BytesRead implements source.Reader: Options.Progress is told.
func (r *reader) BytesRead() int64 { return 0 }

// Close implements source.Reader.
func (r *reader) Close() error { return nil }
