package scan

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/expr"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/join"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Joined is a table whose columns are added to the log's.
type Joined struct {
	// Table is asked for when the scan begins. It holds the columns that
	// Plan.JoinUses lists.
	Table   func() *join.Table
	Keys    []config.Ref    // columns of the log, in the order of the table's keys
	Columns []source.Column // names as the audit sees them
}

// Request is what a scan is asked.
type Request struct {
	Audit   *config.Audit
	Windows audit.WindowSpec
	Log     source.Source
	Joins   []Joined
	Needs   []table.Need
	Samples []table.SampleNeed
	Period  *Span      // only rows inside are audited; nil for all
	AsOf    *time.Time // age of labels is taken at this time; nil for the log's last time

	Workers  int
	Memory   int64                   // bytes that tables, ids and joins may take together; 0 for no limit
	Progress func(rows, bytes int64) // called now and then from the workers, safe for concurrent use; may be nil
	Now      func() time.Time        // for Outcome.Spent; may be nil
	Keeper   Keeper                  // keeps what is found by file; nil if nobody does
}

// Span is a half-open stretch of time.
type Span struct{ Start, End time.Time }

// Plan says what a scan will do. It is the same for every worker.
type Plan struct {
	Tables  []table.Need // what is counted; every need is one of these or a roll-up of one
	Values  []table.Need // likewise of the needs for numbers
	Rollups []Rollup     // of those needs that are not among the two above
	Columns []string     // what is read
	Passes  []string     // what else the log is read for, before the scan itself
	Costs   []string     // what takes memory that grows with the log

	req     Request
	serves  map[string]int // need key → position in Tables
	columns *columns
	time    *source.Type // of the time column, nil without one
	timeAt  int
	where   *program
	weight  int
	id      int
	rules   map[table.Dim]rule
	roles   map[table.Dim]role
	facts   map[table.Dim]*program // of conditions
	numbers map[string]quantity    // by Need.Value
	listAt  int                    // of the column that tells lists apart, if numbers of lists are needed; else -1
	rankAt  int                    // likewise of ranks
	samples []boundSample
	score   *program // where an expression gives it and its presence is counted
}

// rule is a decision or label bound to the frame.
type rule struct {
	config.Rule
	column int
	when   *program
}

// role is any other dimension that one column decides.
type role struct {
	name   string
	column int
	fn     categorize
	limit  int
	hint   string                              // how to mend a column of more values, if not as others
	plain  int                                 // values beyond this number are told apart less; 0 for none
	spill  func(table.Category) table.Category // how much less: the category of such a value
	direct categorize                          // the same of the value itself; may be nil

	presence bool // whether the value is missing; then of source, which numbers says is read as numbers
	source   config.Role
	numbers  bool
}

// NewPlan binds the audit's roles to the log's columns and reduces the needs to
// the fewest tables. It reads nothing.
func NewPlan(req Request) (*Plan, error) {
	p := &Plan{req: req, weight: -1, id: -1, timeAt: -1, listAt: -1, rankAt: -1,
		columns: newColumns(req), rules: map[table.Dim]rule{}, roles: map[table.Dim]role{}, facts: map[table.Dim]*program{}}
	p.reduce(req.Needs)
	steps := []func() error{p.bindFilter, p.bindRules, p.bindGroups, p.bindRest, p.bindNumbers, p.bindSamples, p.bindKeys}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	for _, i := range p.columns.used {
		p.Columns = append(p.Columns, p.columns.schema[i].Name)
	}
	return p, p.checkDims()
}

// Uses lists the columns that the scan reads, as indices into the log's schema
// followed by the joined tables'.
func (p *Plan) Uses() []int { return p.columns.used }

// JoinUses lists the columns of a joined table that the scan reads, as positions
// among its Columns.
func (p *Plan) JoinUses(i int) []int { return p.columns.joins[i].take }

// Twins lists, for each used column of a joined table, or of the log (-1), the
// others that have its name and must be equal to it, as positions there.
func (p *Plan) Twins(input int) map[int][]int { return p.columns.twinsOf(input) }

// fewest drops every need that is a roll-up of another.
func fewest(needs []table.Need) ([]table.Need, map[string]int) {
	sorted := slices.Clone(needs)
	slices.SortStableFunc(sorted, func(a, b table.Need) int {
		return cmp.Or(cmp.Compare(len(b.Dims), len(a.Dims)), cmp.Compare(a.Key(), b.Key()))
	})
	var kept []table.Need
	serves := map[string]int{}
	for _, n := range sorted {
		at := slices.IndexFunc(kept, func(k table.Need) bool { return covers(k, n) })
		if at < 0 {
			at = len(kept)
			kept = append(kept, n)
		}
		serves[n.Key()] = at
	}
	return kept, serves
}

func covers(big, small table.Need) bool {
	if big.InScope != small.InScope || big.Value != small.Value || big.Within != small.Within || big.Most != small.Most || big.Most > 0 && len(big.Dims) != len(small.Dims) {
		return false
	}
	for _, d := range small.Dims {
		if !slices.Contains(big.Dims, d) {
			return false
		}
	}
	return true
}

func (p *Plan) bindFilter() (err error) {
	a := p.req.Audit
	if t := a.Columns.Time; t != nil {
		if p.timeAt, err = p.columns.use(t.Column); err != nil {
			return err
		}
		p.time = &p.columns.schema[p.columns.used[p.timeAt]].Type
	}
	if a.Data.Where != "" {
		if p.where, err = p.program("where", a.Data.Where, expr.Bool); err != nil {
			return err
		}
	}
	if a.Columns.Weight != nil {
		p.weight, err = p.columns.use(a.Columns.Weight.Column)
	}
	return err
}

func (p *Plan) bindRules() (err error) {
	a := p.req.Audit
	if a.Columns.Decision != nil {
		if err = p.bindRule(table.Decision, a.Columns.Decision.Rule); err != nil {
			return err
		}
	}
	if a.Columns.Label != nil {
		if err = p.bindRule(table.Label, a.Columns.Label.Rule); err != nil {
			return err
		}
		if a.Columns.Label.MaturesAfter > 0 && p.req.AsOf == nil {
			p.Passes = append(p.Passes, "times, for the log's last one: labels mature at "+time.Duration(a.Columns.Label.MaturesAfter).String())
		}
	}
	return nil
}

func (p *Plan) bindRule(dim table.Dim, r config.Rule) (err error) {
	bound := rule{Rule: r, column: -1}
	if r.When != "" {
		bound.when, err = p.program(string(dim), r.When, expr.Bool)
	} else {
		bound.column, err = p.columns.use(r.Column)
	}
	p.rules[dim] = bound
	return err
}

func (p *Plan) bindGroups() error {
	for _, g := range p.req.Audit.Columns.Known() {
		err := p.bindRole(table.Group(g.Name), "group "+g.Name, g.Column, groupCategory(g), g.MaxValues)
		if err != nil {
			return err
		}
		p.bindPresence("group:"+g.Name, g.Role, len(g.Bins) > 0)
	}
	return nil
}

func (p *Plan) bindRest() error {
	c := p.req.Audit.Columns
	if c.Time != nil {
		p.bindPresence("time", c.Time.Role, false)
	}
	if c.Version != nil {
		if err := p.bindRole(table.Version, "version", c.Version.Column, textCategory(*c.Version), 1000); err != nil {
			return err
		}
		p.bindPresence("version", *c.Version, false)
	}
	if c.ID != nil {
		if err := p.bindRole(table.Half, "id", c.ID.Column, halfCategory(c.ID.Role, p.req.Audit.Seed), 0); err != nil {
			return err
		}
	}
	if c.Subject != nil {
		if err := p.bindRole(table.Shard, "subject", c.Subject.Column, subjectCategory(*c.Subject, p.req.Audit.Seed, table.ShardCategory), 0); err != nil {
			return err
		}
		if err := p.bindSubject(*c.Subject); err != nil {
			return err
		}
		p.bindPresence("subject", *c.Subject, false)
	}
	if err := p.bindScore(c.Score); err != nil {
		return err
	}
	for _, r := range c.Strata {
		if err := p.bindRole(table.Stratum(r.Column.Name), "stratum "+r.Column.Name, r.Column, textCategory(r), 10_000); err != nil {
			return err
		}
		p.bindPresence("stratum:"+r.Column.Name, r, false)
	}
	if rank := c.Slate.RankColumn(); rank != "" {
		if err := p.bindRole(table.Rank, "rank", config.Ref{Name: rank}, rankCategory(c.Slate), 0); err != nil {
			return err
		}
	}
	for _, r := range c.Features {
		p.bindPresence("feature:"+r.Column.Name, r, false)
	}
	return nil
}

// bindScore binds whether the score is missing.
func (p *Plan) bindScore(s *config.Score) (err error) {
	switch {
	case s == nil || !p.wants(missingScore):
	case s.When == "":
		p.bindPresence("score", s.Role, true)
	default:
		p.score, err = p.program("score", s.When, expr.Number)
	}
	return err
}

// bindRole binds a dimension only if some table has it: no column is read for
// nothing.
func (p *Plan) bindRole(dim table.Dim, name string, ref config.Ref, fn categorize, limit int) error {
	if !p.wants(dim) {
		return nil
	}
	at, err := p.columns.use(ref)
	p.roles[dim] = role{name: name, column: at, fn: fn, limit: limit}
	return err
}

// bindPresence binds the dimension that tells whether a role is missing. A
// column that is not there is reported by checkDims, with the role's name.
func (p *Plan) bindPresence(name string, r config.Role, numbers bool) {
	dim := table.Missing(name)
	if !p.wants(dim) {
		return
	}
	if at, err := p.columns.use(r.Column); err == nil {
		p.roles[dim] = role{name: name, column: at, fn: presenceCategory(r, numbers), presence: true, source: r, numbers: numbers}
	}
}

func (p *Plan) wants(dim table.Dim) bool {
	return slices.ContainsFunc(p.needs(), func(n table.Need) bool { return slices.Contains(n.Dims, dim) })
}

// bindKeys binds what rows are recognized by: the id, and the keys of joins
// that a used column comes from.
func (p *Plan) bindKeys() (err error) {
	if id := p.req.Audit.Columns.ID; id != nil && id.Duplicates != "ignore" {
		if p.id, err = p.columns.use(id.Column); err != nil {
			return err
		}
		p.Costs = append(p.Costs, fmt.Sprintf("memory for every id in column %s, because duplicates: %s", id.Column.Name, id.Duplicates))
		if id.Duplicates == "last_by_time" {
			if p.time == nil {
				return fmt.Errorf("columns.id.duplicates: last_by_time needs columns.time")
			}
			p.Passes = append(p.Passes, "ids and times, for the last row of every id")
		}
	}
	return p.columns.bindJoins()
}

// program compiles an expression against the columns of log and joins.
func (p *Plan) program(role, text string, want expr.Kind) (*program, error) {
	compiled, err := expr.Compile(text, p.columns.schema)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", role, err)
	}
	if compiled.Kind() != want {
		return nil, fmt.Errorf("%s: the expression gives %v, not %v", role, compiled.Kind(), want)
	}
	out := &program{expr: compiled, role: role}
	for _, c := range compiled.Columns() {
		out.at = append(out.at, p.columns.position(c))
	}
	return out, nil
}

// checkDims makes sure that every dimension of every table can be computed.
func (p *Plan) checkDims() error {
	for _, n := range p.needs() {
		for _, d := range n.Dims {
			if _, ok := p.roles[d]; ok || p.computed(d) {
				continue
			}
			return fmt.Errorf("a table of %s is needed, but the audit gives no column for it", d)
		}
	}
	return nil
}

// computed reports whether a dimension comes from time or an outcome.
func (p *Plan) computed(d table.Dim) bool {
	if d == table.Window || d == table.File || d == table.Half || d == missingScore && p.score != nil {
		return true
	}
	if _, ok := p.rules[d]; ok || p.facts[d] != nil {
		return true
	}
	name, ok := missingRole(d)
	if ok {
		_, ok = p.rules[table.Dim(name)]
	}
	return ok
}
