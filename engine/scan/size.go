package scan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Size says what bounds the cells of a table before the log is read: how many
// categories each dimension may have, as far as the configuration tells.
func (p *Plan) Size(n table.Need) string {
	if n.Most > 0 {
		return "" // the table's name says it
	}
	cells, open := int64(1), []string(nil)
	for _, d := range n.Dims {
		size := p.categories(d)
		if size == 0 {
			open = append(open, string(d))
			continue
		}
		if cells *= size; cells > 1<<40 {
			return ": more than 2^40 cells"
		}
	}
	text := fmt.Sprintf(": at most %d cells", cells)
	if len(open) > 0 {
		text += " for each " + strings.Join(open, ", ")
	}
	if n.Value != "" {
		text += fmt.Sprintf("; numbers up to %d entries, buckets beyond", table.MaxEntries)
	}
	return text
}

// Rollup is a table that others are rolled up from, by their keys.
type Rollup struct {
	From   string
	Tables []string
}

// rollups lists what each table serves beside itself.
func rollups(kept []table.Need, serves map[string]int) []Rollup {
	all := make([]Rollup, len(kept))
	for _, key := range slices.Sorted(maps.Keys(serves)) {
		r := &all[serves[key]]
		if r.From = kept[serves[key]].Key(); r.From != key {
			r.Tables = append(r.Tables, key)
		}
	}
	return slices.DeleteFunc(all, func(r Rollup) bool { return len(r.Tables) == 0 })
}

// BatchBytes is about the most that the batches of all workers take: a number and
// a code per row and column. Long texts take more.
func (p *Plan) BatchBytes() int64 {
	const number, code = 8, 4
	return int64(max(1, p.req.Workers)) * source.MaxBatch * int64(len(p.columns.used)) * (number + code)
}

// categories bounds the categories of a dimension, the missing one included; 0
// if nothing but the log does.
func (p *Plan) categories(d table.Dim) int64 {
	switch d {
	case table.Window:
		if p.timeAt < 0 {
			return 1
		}
		return int64(len(p.req.Windows.Ranges))
	case table.File:
		return int64(len(p.files()))
	case table.Shard:
		return table.Shards
	case table.Subject:
		return table.MaxSubjects
	case table.Decision, table.Label:
		return int64(len(outcomes()))
	}
	if _, ok := missingRole(d); ok {
		return 2 // present and missing
	}
	if _, ok := table.WhenExpression(d); ok {
		return int64(len(facts()))
	}
	for _, g := range p.req.Audit.Columns.Groups {
		if bands := len(g.Bins); d == table.Group(g.Name) && bands > 0 {
			return int64(bands) + 2
		}
	}
	if strings.HasPrefix(string(d), string(table.ColumnHash(""))) {
		return table.Hashes + 1
	}
	if r := p.roles[d]; r.limit > 0 {
		return int64(r.limit) + 1
	}
	return 0
}
