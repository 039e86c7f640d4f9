// Package guess drafts an audit.yaml for a log that nobody has described yet. It
// looks at the first rows and takes names, types and values for hints; it says of
// every guess what it stands on, and what it could not guess.
package guess

import (
	"context"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// rows is how much of a log is looked at, and values how many distinct values of a
// column are kept.
const (
	rows   = 50_000
	values = 500
)

// Table is a log or a joined table, opened.
type Table interface {
	source.Source
	Leaves() ([]source.Leaf, error)
}

// Draft is what an audit.yaml could say. Of every part Why says what the guess
// stands on.
type Draft struct {
	Export string // the known export that the log looks like, or ""
	Kind   string // as in audit.yaml; "" for the default

	Joins    []Join
	Time     *Time
	ID       *Role
	Subject  *Role
	Decision *Rule
	Label    *Rule
	Score    *Score
	Weight   *Role
	Groups   []Group
	Slate    *Slate
	Turns    *Turns
	Strata   []Role
	Features []Role
	Version  *Role
	Every    string // length of a window

	Missing []string // sentences: what could not be guessed
	Looked  int64    // rows looked at
	All     bool     // these are all rows

	seen []Seen
}

// Role is a column with a role.
type Role struct {
	Column string
	Nth    int // above 0 where the header has the name more than once
	Why    string
}

// Time is the column that dates a row.
type Time struct {
	Role
	Unit, Format string
}

// Rule is a column that says yes or no.
type Rule struct {
	Role
	Positive, Negative []string
	AtLeast            string
	Unfavorable        bool
}

// Ready tells whether the draft has what an audit is about: who is compared, and what
// was decided about them or where they stood.
func (d *Draft) Ready() bool {
	return len(d.Groups) > 0 && (d.Decision != nil || d.Score != nil || d.Slate != nil)
}

// Score is the number behind the decision.
type Score struct {
	Role
	Unfavorable bool // whether a high score is bad for the person
}

// Group is a protected attribute.
type Group struct {
	Role
	Name    string
	Bins    []string
	Missing []string
}

// Slate is a column of lists, or the key that slots of a list share, or columns that
// each hold one place.
type Slate struct {
	Role
	Slots                          bool // a row is a slot
	Item, ItemGroup, Rank, Offered string

	// How a list is written that is no column of lists.
	Separator string
	JSON      bool
	Places    []string
}

// Turns is the column that tells the conversations of a log of turns apart.
type Turns struct {
	Role
	Order string // column that orders the turns of one; "" for the time
}

// Join is a table with more about the log's rows.
type Join struct {
	Path        string
	On, OnTable string
	Columns     int // that it adds
	Why         string
}

// Joined is a table that the log may be joined with.
type Joined struct {
	Path  string
	Table Table
}

// Log looks at a log, and the tables that it is joined with, and drafts what an
// audit of it could say.
func Log(ctx context.Context, log Table, joins []Joined) (*Draft, error) {
	columns, looked, err := look(ctx, log)
	if err != nil {
		return nil, err
	}
	d := &Draft{Looked: looked.Rows, All: looked.Complete}
	g := &guesser{draft: d, columns: columns}
	if g.leaves, err = log.Leaves(); err != nil {
		return nil, err
	}
	for _, j := range joins {
		if err := g.join(ctx, j); err != nil {
			return nil, err
		}
	}
	g.export()
	g.roles()
	g.see()
	return d, nil
}

// guesser gives each column at most one role.
type guesser struct {
	draft   *Draft
	columns []*column
	leaves  []source.Leaf
}

// look describes the columns of a table by its first rows.
func look(ctx context.Context, t Table) ([]*column, source.SampleResult, error) {
	schema := t.Schema()
	all := make([]int, 0, len(schema))
	for i, c := range schema {
		if c.Type.Kind != source.Nested {
			all = append(all, i)
		}
	}
	sample, err := source.Sample(ctx, t, all, rows, values)
	if err != nil {
		return nil, sample, err
	}
	seen := map[string]int{}
	for _, c := range schema {
		seen[c.Name]++
	}
	var out []*column
	nth := map[string]int{}
	for i, c := range schema {
		nth[c.Name]++
		if c.Name == "" {
			continue // an index without a name cannot be asked for
		}
		col := &column{name: c.Name, kind: c.Type, words: words(c.Name), rows: sample.Rows}
		if seen[c.Name] > 1 {
			col.nth = nth[c.Name]
		}
		if c.Type.Kind != source.Nested {
			col.values, col.distinct = sample.Values[i], sample.Distinct[i]
		}
		col.describe()
		out = append(out, col)
	}
	return out, sample, nil
}

// join finds the columns by which a table can be joined, and adds the others.
func (g *guesser) join(ctx context.Context, j Joined) error {
	columns, looked, err := look(ctx, j.Table)
	if err != nil {
		return err
	}
	var on, theirs *column
	for _, t := range columns {
		if int64(t.distinct) != looked.Rows || looked.Rows == 0 {
			continue // a key is there once
		}
		for _, l := range g.columns {
			if l.joined || !(l.name == t.name || slices.Equal(l.words, t.words)) {
				continue
			}
			if on == nil || t.keyed() && !theirs.keyed() {
				on, theirs = l, t
			}
		}
	}
	if on == nil {
		g.draft.Missing = append(g.draft.Missing, "how "+j.Path+" joins the log: no column of the same name has each value once in it")
		return nil
	}
	joined := Join{Path: j.Path, On: on.name, OnTable: theirs.name, Why: "each value is once in the table"}
	for _, t := range columns {
		if t == theirs || slices.ContainsFunc(g.columns, func(l *column) bool { return l.name == t.name }) {
			continue
		}
		t.joined = true
		t.rows = 0 // how many rows of the log have the value is not known
		g.columns = append(g.columns, t)
		joined.Columns++
	}
	g.draft.Joins = append(g.draft.Joins, joined)
	return nil
}
