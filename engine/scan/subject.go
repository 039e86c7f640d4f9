package scan

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// bindSubject binds the dimension of subjects that count on their own.
func (p *Plan) bindSubject(r config.Role) error {
	if !p.wants(table.Subject) {
		return nil
	}
	fn := subjectCategory(r, p.req.Audit.Seed, table.SubjectCategory)
	if err := p.bindRole(table.Subject, "subject", r.Column, fn, 0); err != nil {
		return err
	}
	bound := p.roles[table.Subject]
	bound.plain, bound.spill = table.MaxSubjects, table.ShardOf
	bound.direct = subjectCategory(r, p.req.Audit.Seed, table.ShardCategory)
	p.roles[table.Subject] = bound
	p.Costs = append(p.Costs, fmt.Sprintf("sums for every subject in column %s, while there are at most %d and a table of them has at most %d cells; for %d shards of them otherwise",
		r.Column.Name, table.MaxSubjects, table.MaxByPerson, table.Shards))
	return nil
}

// foldSubjects counts by shard from here on, once a worker alone has met too many
// subjects: their codes would make every key wide for nothing. What was counted
// so far is put aside. Tables of numbers and samples know the codes that they
// met, and need no other.
func (w *worker) foldSubjects(d *dimension) error {
	if !d.coder.hashed || d.coder.folded || w.keepsCodes(d.dim) {
		return nil
	}
	for _, m := range w.families {
		if err := m.settle(w.dims); err != nil {
			return err
		}
	}
	at := w.byDim[d.dim]
	for _, a := range w.tables {
		if slices.Contains(a.dims, at) {
			if err := a.putAside(w.dims); err != nil {
				return err
			}
		}
	}
	for _, p := range w.packings {
		if i := slices.Index(p.dims, at); i >= 0 {
			p.width[i], p.frame = 0, -1
		}
	}
	d.coder.fold()
	return d.update(&w.frame)
}

// keepsCodes tells whether something else than tables of counts has the codes of
// a dimension.
func (w *worker) keepsCodes(d table.Dim) bool {
	return slices.ContainsFunc(slices.Concat(w.plan.Values, w.plan.sampleDims()), func(n table.Need) bool { return slices.Contains(n.Dims, d) })
}

// fold forgets every code: values are spilled from the first one on.
func (c *coder) fold() {
	c.folded = true
	c.cats, c.spills, c.values = nil, nil, 0
	clear(c.index)
	c.shards = [table.Shards]uint32{}
	c.memo = memo[uint32]{read: c.memo.read}
}

// putAside keeps what was counted in canonical form and starts anew.
func (a *accumulator) putAside(dims []*dimension) error {
	counted, err := a.counts(dims)
	if err != nil {
		return err
	}
	a.early = counted
	a.width = make([]uint, len(a.dims))
	a.reserve(0, 0)
	return nil
}

// manyCells tells whether some table of so many subjects could have more cells
// than are kept, by how many categories of the other dimensions were met.
func (p *Plan) manyCells(size func(table.Dim) int, subjects int) bool {
	for _, n := range p.needs() {
		if !slices.Contains(n.Dims, table.Subject) {
			continue
		}
		cells := uint64(subjects)
		for _, d := range n.Dims {
			if d == table.Subject {
				continue
			}
			hi, lo := bits.Mul64(cells, uint64(max(1, size(d))))
			if cells = lo; hi != 0 || cells > table.MaxByPerson {
				return true
			}
		}
	}
	return false
}

// met are the categories of a dimension that any worker met.
func (p *Plan) met(workers []*worker, d table.Dim) map[table.Category]bool {
	out := map[table.Category]bool{}
	for _, w := range workers {
		for _, c := range w.dims[w.byDim[d]].categories() {
			out[c] = true
		}
	}
	return out
}
