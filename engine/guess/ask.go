package guess

import (
	"slices"
	"strings"
)

// Seen is a column as somebody who is asked about it sees it.
type Seen struct {
	Name   string
	Values []string // some of them
	All    bool     // these are all
}

// Columns are the columns that could still say what was decided, or who is compared:
// those with a handful of values.
func (d *Draft) Columns() []Seen { return d.seen }

// see keeps the columns that have no role that matters, for questions.
func (g *guesser) see() {
	const most = 12
	for _, c := range g.columns {
		if c.nth > 1 || !c.few(200) || g.draft.uses(c.name) {
			continue
		}
		g.draft.seen = append(g.draft.seen, Seen{Name: c.name, Values: c.values[:min(most, len(c.values))], All: c.distinct <= most})
	}
}

// uses tells whether a column has a role, other than to be looked at beside others.
func (d *Draft) uses(column string) bool {
	for _, r := range []*Role{d.ID, d.Subject, d.Weight, d.Version} {
		if r != nil && r.Column == column {
			return true
		}
	}
	return d.Time != nil && d.Time.Column == column || d.Score != nil && d.Score.Column == column ||
		d.Decision != nil && d.Decision.Column == column || d.Label != nil && d.Label.Column == column ||
		slices.ContainsFunc(d.Groups, func(g Group) bool { return g.Column == column })
}

const told = "as you said"

// Decide takes a column for the decision, with the values that are positive.
func (d *Draft) Decide(column string, positive []string) {
	d.release(column, undecided)
	d.Decision = &Rule{Role: Role{Column: column, Why: told}, Positive: positive}
}

// Compare takes a column for a protected attribute.
func (d *Draft) Compare(column string) {
	d.release(column, nobody)
	g := &guesser{draft: d}
	d.Groups = append(d.Groups, Group{Role: Role{Column: column, Why: told}, Name: g.free(strings.Join(words(column), "_"))})
}

// release takes a column out of those that are only looked at, and what is known now
// out of what could not be guessed.
func (d *Draft) release(column, known string) {
	named := func(r Role) bool { return r.Column == column }
	d.Strata, d.Features = slices.DeleteFunc(d.Strata, named), slices.DeleteFunc(d.Features, named)
	d.Missing = slices.DeleteFunc(d.Missing, func(m string) bool { return strings.HasPrefix(m, known) })
}
