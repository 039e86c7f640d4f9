package detectors

import (
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// settle hashes the categories of a column's tables, of the log and of a saved
// reference, if one of them is hashed or has too many to compare.
func (w watched) settle(most int, tables ...*portions) {
	if !w.hashed || !slices.ContainsFunc(tables, func(p *portions) bool { return len(p.names) > most || slices.Contains(p.hashes, true) }) {
		return
	}
	for _, p := range tables {
		p.hash()
	}
}

// hash replaces categories by their hashes.
func (p *portions) hash() {
	given := p.names
	for i, name := range given {
		if !p.hashes[i] {
			given[i] = table.HashCategory(name).Name
		}
	}
	p.names = slices.Clone(given)
	slices.SortFunc(p.names, table.CompareNames)
	p.names = slices.Compact(p.names)
	at := make(map[string]int, len(p.names))
	for i, name := range p.names {
		at[name] = i
	}
	to := make([]int, len(given))
	for i, name := range given {
		to[i] = at[name]
	}
	for _, cell := range p.cells {
		cell.rename(to, len(p.names))
	}
	p.hashed = true
}

// hashNote says what the categories of a hashed column are.
func hashNote(name string) string {
	return fmt.Sprintf("column %s has too many categories to tell apart: each was put into one of %d buckets by a hash of its value, and the buckets were compared (high_cardinality: hash); categories that share a bucket can move unseen, and a bucket has no name", name, table.Hashes)
}
