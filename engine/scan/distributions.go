package scan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/expr"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Values returns a table of numbers that was asked for.
func (o *Outcome) Values(n table.Need) (*table.Values, error) {
	at, ok := o.plan.serves[n.Key()]
	if !ok || n.Value == "" {
		return nil, fmt.Errorf("table %s was not asked for", n.Key())
	}
	return o.marginalValues(o.values[at].Rollup(n.Dims...))
}

// reduce finds the fewest tables that serve the needs.
func (p *Plan) reduce(needs []table.Need) {
	var counts, values []table.Need
	for _, n := range needs {
		if n.Value == "" {
			counts = append(counts, n)
		} else {
			values = append(values, n)
		}
	}
	p.Tables, p.serves = fewest(counts)
	kept, serves := fewest(values)
	p.Values = kept
	p.Rollups = slices.Concat(rollups(p.Tables, p.serves), rollups(kept, serves))
	for key, at := range serves {
		p.serves[key] = at
	}
}

// needs are all tables, of counts and of numbers, and the dimensions of samples and
// of numbers of lists.
func (p *Plan) needs() []table.Need {
	return slices.Concat(p.Tables, p.Values, p.sampleDims(), p.listDims())
}

// bindNumbers binds what tables of numbers are about, and the dimensions of a
// column's own values.
func (p *Plan) bindNumbers() error {
	p.numbers = map[string]quantity{}
	for _, n := range p.Values {
		if _, ok := p.numbers[n.Value]; ok {
			continue
		}
		q, err := p.quantity(n.Value)
		if err != nil {
			return err
		}
		p.numbers[n.Value] = q
	}
	for _, n := range p.needs() {
		for _, d := range n.Dims {
			if err := p.bindColumn(d); err != nil {
				return err
			}
			if err := p.bindFact(d); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Plan) quantity(name string) (quantity, error) {
	if s := p.req.Audit.Columns.Score; name == "score" && s != nil && s.When != "" {
		when, err := p.program(name, s.When, expr.Number)
		return quantity{name: name, column: -1, when: when}, err
	}
	if text, ok := table.NumberExpression(name); ok {
		return p.quantityOf(text)
	}
	if (table.Need{Value: name}).OfLists() {
		return p.listNumber(name)
	}
	if number, last, parts, ok := table.SlotNumberOf(name); ok {
		return p.listNumber(table.ListNumber(number, last, parts...))
	}
	r, ok := p.roleNamed(name)
	if !ok {
		return quantity{}, fmt.Errorf("the numbers of %s are needed, but the audit gives no column for it", name)
	}
	at, err := p.columns.use(r.Column)
	if err != nil {
		return quantity{}, err
	}
	c := p.columns.schema[p.columns.used[at]]
	switch c.Type.Kind {
	case source.Timestamp, source.TimeOfDay, source.Nested, source.Binary:
		return quantity{}, fmt.Errorf("%s: column %s does not hold numbers", name, c.Name)
	}
	return quantity{name: name, column: at, role: r}, nil
}

// roleNamed finds a role by the name that tables give it.
func (p *Plan) roleNamed(name string) (config.Role, bool) {
	c := &p.req.Audit.Columns
	noun, rest, _ := strings.Cut(name, ":")
	switch {
	case name == "score" && c.Score != nil && c.Score.When == "":
		return c.Score.Role, true
	case name == "decision" && c.Decision != nil && c.Decision.When == "":
		return c.Decision.Role, true
	case name == "label" && c.Label != nil && c.Label.When == "":
		return c.Label.Role, true
	case name == "version" && c.Version != nil:
		return *c.Version, true
	}
	for _, m := range p.req.Audit.ModelColumns {
		if name == m.Part() {
			return m.Role, true
		}
	}
	roles := map[string][]config.Role{"stratum": c.Strata, "feature": c.Features}[noun]
	for _, r := range roles {
		if r.Column.Name == rest {
			return r, true
		}
	}
	for _, g := range c.Inferred() {
		for _, value := range g.Values() {
			if name == table.Probability(g.Name, value) {
				return g.Probability(value), true
			}
		}
	}
	for _, g := range c.Groups {
		if noun == "group" && g.Name == rest {
			return g.Role, true
		}
	}
	return config.Role{}, false
}

// columnLimit bounds the distinct values of a column that is a dimension.
const columnLimit = 10_000

// bindColumn binds a dimension of a column's own values, or of their hashes.
func (p *Plan) bindColumn(d table.Dim) error {
	name, plain := strings.CutPrefix(string(d), string(table.Column("")))
	name, hashed := strings.CutPrefix(name, string(table.ColumnHash("")))
	if !plain && !hashed {
		return nil
	}
	r, ok := p.roleNamed(name)
	if !ok {
		return nil // checkDims says so
	}
	if hashed {
		err := p.bindRole(d, name, r.Column, textCategory(r), 0)
		bound := p.roles[d]
		bound.plain, bound.spill = columnLimit, hashedValue
		p.roles[d] = bound
		return err
	}
	if err := p.bindRole(d, name, r.Column, textCategory(r), columnLimit); err != nil {
		return err
	}
	bound := p.roles[d]
	bound.hint = "set high_cardinality: hash (detectors: {drift: {high_cardinality: hash}}), cut it into bins, or leave the column out"
	p.roles[d] = bound
	return nil
}

// hashedValue is the hash category of a value; a hash stays one.
func hashedValue(c table.Category) table.Category {
	if c.Order > 0 {
		return c
	}
	return table.HashCategory(c.Name)
}

// addTallies creates the tables of numbers. Tables that count the same rows of
// one quantity share its numbers.
func (w *worker) addTallies() {
	shared := map[string]*numbers{}
	for _, need := range w.plan.Values {
		rows := table.Need{Value: need.Value, InScope: need.InScope, Within: need.Within}
		n := shared[rows.Key()]
		if n == nil {
			n = newNumbers(w.plan.numbers[need.Value], rows)
			if n.list != nil {
				n.listing, n.asked = w.listingOf(n.list)
			}
			if n.facts != nil {
				n.maker = w.factsOf(n.facts)
			}
			shared[rows.Key()] = n
			w.numbers = append(w.numbers, n)
		}
		t := newTally(need, w.cellsOf(need), n)
		if n.list != nil {
			t.pile = w.pileOf(t)
		}
		w.tallies = append(w.tallies, t)
	}
}

// cellsOf finds or creates the cells of a table; those of the same dimensions
// and rows are numbered once.
func (w *worker) cellsOf(need table.Need) *cells {
	key := table.Need{Dims: need.Dims, InScope: need.InScope}
	if need.OfLists() {
		key.Value = table.ListNumber("", 0)
	}
	for _, c := range w.cells {
		if c.need.Key() == key.Key() {
			return c
		}
	}
	at := make([]int, len(need.Dims))
	for i, d := range need.Dims {
		at[i] = w.byDim[d]
	}
	c := newCells(key, at)
	c.pack = w.packingOf(need.Dims)
	w.cells = append(w.cells, c)
	return c
}

// tabulate adds the frame to the tables of numbers: those of one quantity after
// those of the other, unless several have to be looked at together.
func (w *worker) tabulate() error {
	f := &w.frame
	for _, c := range w.cells {
		c.number(f, w.dims, f.scopeOf(c.need))
	}
	for _, n := range w.numbers {
		if len(w.shares) == 0 {
			n.ids, w.someIDs = w.someIDs, nil
		}
		if err := w.readNumbers(n); err != nil {
			return err
		}
		if len(w.shares) == 0 {
			w.add(n)
			n.ids, w.someIDs = nil, n.ids
		}
	}
	if len(w.shares) == 0 {
		return nil
	}
	if err := w.checkProbabilities(); err != nil {
		return err
	}
	for _, n := range w.numbers {
		w.add(n)
	}
	return nil
}

// add adds the frame to the tables of a quantity.
func (w *worker) add(n *numbers) {
	for _, t := range w.tallies {
		if t.numbers == n {
			t.add(&w.frame)
		}
	}
}

// readNumbers reads a quantity's numbers of the frame.
func (w *worker) readNumbers(n *numbers) error {
	f := &w.frame
	if n.wait != nil && !n.mayWait(f) {
		n.ids = nil // of another frame
		w.decide(n)
	}
	overflow, err := n.fill(f)
	switch {
	case err != nil:
		return err
	case !overflow && n.wait != nil && n.wait.repeats():
		w.decide(n)
		return nil
	case !overflow:
		return nil
	case n.wait != nil:
		n.wait = nil
	}
	for _, t := range w.tallies {
		if t.numbers == n {
			t.toBuckets()
		}
	}
	n.overflow(f)
	return nil
}

// numberBytes is what the numbers take, and the quantity that takes the most.
func (w *worker) numberBytes() (total int64, widest *quantity) {
	by := map[string]int64{}
	for _, n := range w.numbers {
		by[n.name] += n.bytes()
	}
	for _, t := range w.tallies {
		by[t.numbers.name] += t.bytes()
	}
	for _, n := range w.numbers {
		if widest == nil || by[n.name] > by[widest.name] {
			widest = &n.quantity
		}
	}
	for _, c := range w.cells {
		total += c.bytes()
	}
	for _, p := range w.piles {
		total += p.bytes()
	}
	for _, n := range by {
		total += n
	}
	return total, widest
}
