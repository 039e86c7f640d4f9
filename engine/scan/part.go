package scan

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// Part is what a scan found in some of the log's units. Parts of units that are not
// the same add up, in any order, to what one scan of all of them finds.
type Part struct {
	accounts table.Accounts
	joins    []joinPart
	copies   int64 // sum of the weights in scope
	trusted  int64
	extent   Extent
	met      []metBy         // of every dimension but the file's, in the order of the workers'
	tables   []*table.Counts // beside Plan.Tables
	values   []*table.Values // beside Plan.Values
	samples  []*table.Sample // beside the plan's samples
}

// metBy are the categories of a dimension that somebody met.
type metBy struct {
	Dim        table.Dim
	Categories []table.Category
	Hashed     bool // the values were too many to be told apart
}

// part adds up what workers found.
func (p *Plan) part(workers []*worker) (*Part, error) {
	out := &Part{accounts: table.Accounts{Excluded: map[table.Exclusion]int64{}, Duplicates: -1}}
	for _, w := range workers {
		out.accounts.Merge(w.accounts)
		out.extent.merge(w.extent)
		out.trusted += w.trusted
		out.copies = min(out.copies+w.weights.total, maxCopies+1)
	}
	if err := p.countDuplicates(workers, &out.accounts); err != nil {
		return nil, err
	}
	if err := p.checkCopies(out.copies); err != nil {
		return nil, err
	}
	if err := p.checkLimits(workers); err != nil {
		return nil, err
	}
	out.joins = p.joinParts(workers)
	if err := together(workers, func(_ int, w *worker) error { return w.settle() }); err != nil {
		return nil, err
	}
	for i := range p.Tables {
		t, err := p.mergeTable(workers, i)
		if err != nil {
			return nil, err
		}
		out.tables = append(out.tables, t)
	}
	if p.keeps() {
		out.met = p.metBy(workers)
	}
	var err error
	if out.values, err = p.mergeValues(workers); err != nil {
		return nil, err
	}
	out.samples, err = p.mergeSamples(workers)
	return out, err
}

// metBy lists what workers met, of every dimension but the file's, which is known.
func (p *Plan) metBy(workers []*worker) []metBy {
	var out []metBy
	for _, d := range workers[0].dims {
		if d.dim == table.File {
			continue
		}
		m := metBy{Dim: d.dim}
		for c := range p.met(workers, d.dim) {
			m.Categories = append(m.Categories, c)
		}
		slices.SortFunc(m.Categories, compareMet)
		m.Hashed = d.coder != nil && d.coder.hashed // of one worker as of all: see hashAll
		out = append(out, m)
	}
	return out
}

// outcome is a part as the answer to the whole request.
func (p *Plan) outcome(part *Part, asOf int64, hasAsOf bool) *Outcome {
	out := &Outcome{plan: p, AsOf: asOf, HasAsOf: hasAsOf, Accounts: part.accounts, Trusted: part.trusted,
		tables: part.tables, values: part.values, samples: part.samples}
	for i := range part.joins {
		out.Joins = append(out.Joins, part.joins[i].accounts())
	}
	return out
}
