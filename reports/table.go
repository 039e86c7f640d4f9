package reports

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// missingGroup is how a table of the result names the rows without a group;
// everybody is null.
const missingGroup = "(missing)"

// sheet reads a table of the result by the names of its columns.
type sheet struct {
	table *audit.Table
	at    map[string]int
}

// sheetOf finds the first table of a detector and kind whose id ends as asked,
// with the columns that the picture needs.
func (k *maker) sheetOf(detector, kind, id string, columns ...string) *sheet {
	for i := range k.r.Tables {
		t := &k.r.Tables[i]
		if t.Detector != detector || t.Kind != kind || t.ID != id {
			continue
		}
		s := &sheet{t, map[string]int{}}
		for j, c := range t.Columns {
			s.at[c] = j
		}
		for _, c := range columns {
			if _, ok := s.at[c]; !ok {
				return nil
			}
		}
		return s
	}
	return nil
}

func (s *sheet) cell(row []any, column string) any {
	if j, ok := s.at[column]; ok && j < len(row) {
		return row[j]
	}
	return nil
}

// number is a finite number of a row.
func (s *sheet) number(row []any, column string) (float64, bool) {
	var x float64
	switch v := s.cell(row, column).(type) {
	case float64:
		x = v
	case int:
		x = float64(v)
	case int64:
		x = float64(v)
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return 0, false
		}
		x = f
	default:
		return 0, false
	}
	return x, !math.IsNaN(x) && !math.IsInf(x, 0)
}

// maybe is a number of a row, or nil.
func (s *sheet) maybe(row []any, column string) *float64 {
	if x, ok := s.number(row, column); ok {
		return &x
	}
	return nil
}

func (s *sheet) text(row []any, column string) string {
	v, _ := s.cell(row, column).(string)
	return v
}

// cohort is one group's part of a table.
type cohort struct {
	kind audit.GroupKind
	name *string
	rows [][]any
}

// cohorts cuts a table by its group column, in the order of the table.
func (s *sheet) cohorts() []cohort {
	var out []cohort
	where := map[string]int{}
	for _, row := range s.table.Rows {
		c := cohort{kind: audit.KindOverall}
		if name, ok := s.cell(row, "group").(string); ok {
			c.kind, c.name = audit.KindValue, &name
			if name == missingGroup {
				c.kind, c.name = audit.KindMissing, nil
			}
		}
		i, ok := where[key(c.kind, c.name)]
		if !ok {
			i = len(out)
			where[key(c.kind, c.name)] = i
			out = append(out, c)
		}
		out[i].rows = append(out[i].rows, row)
	}
	return out
}

func (c cohort) label() string { return groupName(c.measured()) }

// measured makes a measurement that stands for a group, for its name and color.
func (c cohort) measured() *audit.Measurement {
	return &audit.Measurement{GroupKind: c.kind, Group: c.name}
}

// others moves the group compared with out of the list: the chosen reference,
// or everybody where there is none.
func (k *maker) others(attribute string, all []cohort) (list []cohort, ref *cohort) {
	chosen := k.x.attribute(attribute).Chosen
	for i, c := range all {
		if chosen != nil && c.name != nil && *c.name == *chosen || chosen == nil && c.kind == audit.KindOverall {
			ref = &all[i]
			continue
		}
		if c.kind != audit.KindOverall {
			list = append(list, c)
		}
	}
	if ref == nil {
		for i, c := range all {
			if c.kind == audit.KindOverall {
				ref = &all[i]
			}
		}
	}
	return list, ref
}

// sheetTable is the data behind a picture.
func (k *maker) sheetTable(t *audit.Table) *grid {
	if k.tabled == nil {
		k.tabled = map[string]bool{}
	}
	k.tabled[t.ID] = true
	g := &grid{Caption: clean(t.Title), Folded: true, Where: "result.json"}
	if g.Caption == "" {
		g.Caption = clean(t.ID)
	}
	group := slices.Index(t.Columns, "group")
	for j, c := range t.Columns {
		h := label(sentenceCase(words(c)))
		for _, row := range t.Rows {
			h.Num = h.Num || j < len(row) && anyCell(row[j]).Num && row[j] != nil
		}
		g.Head = append(g.Head, h)
	}
	for i, row := range t.Rows {
		if i == longTable {
			g.Note = fmt.Sprintf("The first %d of %s rows are shown; all are in result.json.", longTable, count(int64(len(t.Rows))))
			break
		}
		var cells []cell
		for j, v := range row {
			c := anyCell(v)
			if c.Num && strings.Contains(c.Text, ".") && c.Exact != "" {
				c.Text = trimZeros(c.Text)
			}
			switch {
			case j == group && v == nil:
				c = named(groupName(&audit.Measurement{GroupKind: audit.KindOverall}))
			case j == group && v == missingGroup:
				c = named(missingGroup)
			}
			if j == 0 {
				c.Head, c.Num = true, false
			}
			cells = append(cells, c)
		}
		g.Rows = append(g.Rows, cells)
	}
	if t.Suppressed && len(t.Rows) == 0 {
		g.Note = "Suppressed: its rows are about few people, or would tell about few people."
	}
	return g
}
