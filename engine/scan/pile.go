package scan

import "github.com/plumbline-audit/plumbline/engine/table"

// pile counts lists by cell and by what they are like, for all tables that tell lists
// apart by the same cells: a list is looked up once, and not once per number. The
// tables are given the numbers of what was counted at the end, or before it is much.
type pile struct {
	lists   *listMaker
	cells   *cells
	tallies []*tally
	entries *interner // cell<<32 | what the list is like
	counts  []int64
	frame   int64   // the last that was counted
	single  []piled // scratch
}

// mostPiled is how many different entries are held: 20 MiB.
const mostPiled = 1 << 20

// pileOf finds or creates the pile that a table of a number of lists is counted by.
func (w *worker) pileOf(t *tally) *pile {
	for _, p := range w.piles {
		if p.lists == t.numbers.listing && p.cells == t.cells {
			p.tallies = append(p.tallies, t)
			return p
		}
	}
	p := &pile{lists: t.numbers.listing, cells: t.cells, tallies: []*tally{t}, entries: newInterner()}
	w.piles = append(w.piles, p)
	return p
}

// add counts the frame for every table, if that was not done yet. A table that has
// left the pile counts by itself; ok is false then.
func (p *pile) add(f *frame, t *tally) (ok bool) {
	if t.piled == f.number {
		return true
	}
	if t.sums != nil || t.numbers.over || f.weights != nil || f.repeat != 1 {
		return false
	}
	if p.frame == f.number { // was counted without it
		return false
	}
	p.frame = f.number
	for _, other := range p.tallies {
		if other.sums == nil && !other.numbers.over {
			other.piled = f.number
		}
	}
	rows, cells := f.scopeOf(t.need), t.cells.out
	p.single = p.single[:0]
	for k, of := range p.lists.of(f) {
		row := k
		if rows.rows != nil {
			row = int(rows.rows[k])
		}
		if of.index == unlisted {
			p.single = append(p.single, piled{cells[row], 1, of})
			continue
		}
		n, fresh := p.entries.number(uint64(cells[row])<<32 | uint64(of.index))
		if fresh {
			p.counts = append(p.counts, 0)
		}
		p.counts[n]++
	}
	if len(p.single) > 0 {
		p.give(p.single)
	}
	if len(p.counts) > mostPiled {
		p.flush()
	}
	return true
}

// piled are lists of one cell that are alike.
type piled struct {
	cell uint32
	n    int64
	of   *composition
}

// flush gives the tables their numbers.
func (p *pile) flush() {
	if len(p.counts) == 0 {
		return
	}
	all := make([]piled, len(p.counts))
	for i, word := range p.entries.words {
		all[i] = piled{uint32(word >> 32), p.counts[i], p.lists.all[uint32(word)]}
	}
	p.entries, p.counts = newInterner(), nil
	p.give(all)
}

// give counts lists in every table that has not left.
func (p *pile) give(all []piled) {
	for _, t := range p.tallies {
		if t.sums != nil || t.numbers.over {
			continue
		}
		for _, l := range all {
			l.of.id(t.numbers)
		}
		t.grid.fit(t.cells.len(), t.ids(), 0)
		for _, l := range all {
			t.grid.put(l.cell, l.of.id(t.numbers), table.Cell{N: l.n, Rows: l.n})
		}
		if t.grid.single(firstNumber, table.MaxEntries) > table.MaxEntries {
			t.toBuckets()
		}
	}
}

// keptBytes is about what a composition takes.
const keptBytes = 200

func (p *pile) bytes() int64 {
	return p.entries.bytes() + int64(cap(p.counts))*8 + int64(len(p.lists.all))*keptBytes
}
