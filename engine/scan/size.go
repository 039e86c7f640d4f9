package scan

import (
	"fmt"
	"strings"

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
