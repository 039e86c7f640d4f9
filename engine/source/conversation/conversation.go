// Package conversation makes one row of the turns of a conversation: a log whose
// rows are what was said becomes a source with one row per conversation, so that
// a share of it is a share of conversations.
//
// Turns of one conversation may stand anywhere, also in several files. What is
// known of each is kept in columns, some bytes per conversation. If that is more
// than allowed, the log is read again and again, each time for those whose id
// falls into one part of all.
package conversation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/files"
)

// Options say how turns make a conversation.
type Options struct {
	ID    string // column that tells conversations apart
	Order string // column by which turns are ordered; "" for the order of the log
	// Instants reads Order as microseconds since 1970, if it is a time; a missing
	// one is NoTime. Each reader makes its own.
	Instants func() (Instants, error)
	First    []string // columns of which the first value that is not missing counts
	Last     []string // likewise the last
	Rolls    []Roll
	Roles    []string // columns that the audit may use: taken as First, where the log has them
	Watched  []string // columns that should not change within a conversation; First or Last say which value counts
	Refuse   bool     // a conversation in which a watched one does is refused

	Memory   int64             // bytes that conversations may take; 0 for no limit
	Progress func(bytes int64) // called with what was read since the last call; may be nil
}

// Instants reads times; on an error it says at which row.
type Instants func(out []int64, v *source.Vector) (row int, err error)

// NoTime stands for a missing time.
const NoTime = -1 << 63

// Roll is a column made of all turns: a rule such as any(intent == 'handover').
type Roll struct{ Name, Rule string }

// Accounts say what the conversations were like.
type Accounts struct {
	Turns         int64            // rows of the log
	Conversations int64            // rows of the source
	NoID          int64            // turns that belong to no conversation
	Timeless      int64            // turns without a time to order them by
	Differ        map[string]int64 // conversations whose turns disagree, by watched column
	Readings      int              // times that the log was read
}

// Source is a log whose rows are conversations.
type Source struct {
	*files.Source
	options Options
	turns   int64 // that are read at most; 0 for all

	schema  source.Schema
	makers  []maker // beside schema
	asked   []int   // columns of the files that are read: the id first
	order   int     // position of the order among them, or -1
	columns map[int]int
	late    []string // columns of which the last value counts

	mu       sync.Mutex
	whole    *state // of all conversations, once they were found to fit
	accounts Accounts
}

// Open binds the rules to the columns of the log. A fault in a rule is a *RuleError.
func Open(ctx context.Context, log *files.Source, o Options) (*Source, error) {
	s := &Source{Source: log, options: o}
	for {
		err := s.bind()
		var fault *RuleError
		if !errors.As(err, &fault) || fault.Column == "" {
			return s, err
		}
		if found, lookErr := log.Look(ctx, []string{fault.Column}); lookErr != nil || !found {
			return s, cmp.Or(lookErr, err)
		}
	}
}

// bind makes the schema out of that of the files.
func (s *Source) bind() error {
	s.schema, s.makers, s.asked, s.order, s.columns, s.late = nil, nil, nil, -1, map[int]int{}, nil
	s.mu.Lock()
	s.whole = nil
	s.mu.Unlock()
	o := s.options
	if _, err := s.named("id", o.ID); err != nil {
		return err
	}
	if o.Order != "" {
		at, err := s.named("order", o.Order)
		if err != nil {
			return err
		}
		s.order = at
	}
	for _, r := range o.Rolls {
		if err := s.roll(r); err != nil {
			return err
		}
	}
	for _, l := range []struct {
		key   string
		names []string
		last  bool
	}{{"first", o.First, false}, {"last", o.Last, true}} {
		for _, name := range l.names {
			if s.has(name) {
				return &RuleError{Key: l.key, Message: fmt.Sprintf("column %q is made twice", name), Hint: "name it once, under roll, first or last"}
			}
			at, err := s.named(l.key, name)
			if err != nil {
				return err
			}
			s.pick(name, at, l.last)
		}
	}
	for _, name := range o.Roles {
		if s.has(name) {
			continue
		}
		if i, _, ok := s.Source.Schema().Find(name, 0); ok && usable(s.Source.Schema()[i].Type) {
			s.pick(name, s.ask(i), false)
		}
	}
	return nil
}

func usable(t source.Type) bool { return t.Kind != source.Nested }

func (s *Source) has(name string) bool { _, _, ok := s.schema.Find(name, 0); return ok }

// named asks for a column of the log that a key names.
func (s *Source) named(key, name string) (int, error) {
	schema := s.Source.Schema()
	i, _, ok := schema.Find(name, 0)
	if !ok {
		fault := &RuleError{Key: key, Column: name, Message: fmt.Sprintf("the log has no column %q", name)}
		if near := schema.Nearest(name); near != "" {
			fault.Hint = fmt.Sprintf("did you mean %q?", near)
		}
		return 0, fault
	}
	if !usable(schema[i].Type) {
		return 0, &RuleError{Key: key, Message: fmt.Sprintf("column %q holds lists or structs, not single values", name)}
	}
	return s.ask(i), nil
}

// ask reads a column of the files, and gives its position among those that are.
func (s *Source) ask(i int) int {
	at, ok := s.columns[i]
	if !ok {
		at = len(s.asked)
		s.asked, s.columns[i] = append(s.asked, i), at
	}
	return at
}

// add gives the source a column.
func (s *Source) add(name string, t source.Type, m maker) {
	s.schema = append(s.schema, source.Column{Name: name, Type: t})
	s.makers = append(s.makers, m)
}

// pick adds a column of the log of which one turn's value counts.
func (s *Source) pick(name string, at int, last bool) {
	t := s.Source.Schema()[s.asked[at]].Type
	watched := slices.Contains(s.options.Watched, name)
	if last {
		s.late = append(s.late, name)
	}
	s.add(name, t, func() (column, error) {
		return &picked{cells: newCells(t), at: at, best: best{last: last, ordered: s.order >= 0}, name: name, watched: watched, refuse: watched && s.options.Refuse}, nil
	})
}

// Late tells whether the last value of a column of the log counts, not the first.
func (s *Source) Late(column string) bool { return slices.Contains(s.late, column) }

// Schema implements source.Source: the rolled columns, and those of one turn.
func (s *Source) Schema() source.Schema { return s.schema }

// Units implements source.Source: where a conversation is, only all turns tell.
func (s *Source) Units() []source.Unit {
	if len(s.Source.Units()) == 0 {
		return nil
	}
	return []source.Unit{&unit{s}}
}

// Look passes the search for columns on, and binds the rules anew.
func (s *Source) Look(ctx context.Context, names []string) (bool, error) {
	found, err := s.Source.Look(ctx, names)
	if err != nil || !found {
		return found, err
	}
	return true, s.bind()
}

// Check says whether the columns that rules read can be read from every file.
func (s *Source) Check([]int) error { return s.Source.Check(s.asked) }

// Require is Check: a rule that a file has no columns for says nothing about it.
func (s *Source) Require(columns []int) error {
	var own []int
	for _, c := range columns {
		if i, _, ok := s.Source.Schema().Find(s.schema[c].Name, 0); ok {
			own = append(own, i)
		}
	}
	return s.Source.Require(own)
}

// Peek is the source of the first turns alone.
func (s *Source) Peek(turns int) source.Source {
	o := s.options
	o.Progress, o.Refuse = nil, false
	p := &Source{Source: s.Source, options: o, turns: int64(turns)}
	if err := p.bind(); err != nil { // it was bound before
		return s
	}
	return p
}

// Cut says that there are turns which are not read.
func (s *Source) Cut() bool { return s.turns > 0 && s.accounts.Turns >= s.turns }

// Accounts are those of the last complete reading.
func (s *Source) Accounts() Accounts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accounts
}
