package privacy

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// blocksOf are the blocks that a table belongs to: those of the attributes that
// its id names, else those of every attribute if it tells groups apart, else the
// one about everybody.
func (s *suppressor) blocksOf(t *audit.Table) []block {
	var out []block
	for _, part := range strings.Split(t.ID, "/")[1:] {
		if a := s.attributeOf(part); a != "" {
			out = append(out, block{t.Detector, a})
		}
	}
	if len(out) > 0 {
		return out
	}
	if slices.ContainsFunc(t.Columns, func(c string) bool { return c == "group" || c == "subgroup" || c == "attribute" }) {
		for _, a := range s.r.Groups {
			out = append(out, block{t.Detector, a.Attribute})
		}
	}
	return append(out, block{t.Detector, ""})
}

// fewInTable tells whether a table counts few people, by a count, by a share or
// by the difference between a count and the whole group.
func (s *suppressor) fewInTable(t *audit.Table) bool {
	for _, line := range t.Rows {
		whole := s.wholeOf(t, line)
		for j, v := range line {
			if j >= len(t.Columns) {
				break
			}
			n, isCount, share := people(t.Columns[j], v)
			switch {
			case isCount && s.fewOthers(s.others(t, line, j, n), whole):
				return true
			case isCount && (s.small(n) || slices.ContainsFunc(whole, func(w int64) bool { return s.small(w - n) })):
				return true
			case share > 0 && share < 1:
				for _, w := range whole {
					k := share * float64(w)
					if k < float64(s.min)-0.5 || float64(w)-k < float64(s.min)-0.5 {
						return true
					}
				}
			}
		}
	}
	return false
}

// fewOthers tells whether a count that the columns of a row leave is small, or is
// that of a whole group but for few: leaving out few people tells about them.
func (s *suppressor) fewOthers(n int64, whole []int64) bool {
	return s.small(n) || n > 0 && slices.ContainsFunc(whole, func(w int64) bool { return s.small(w - n) })
}

// others is how many of the cases of a row a count leaves: n - k; 0 if the column
// counts no part of another.
func (s *suppressor) others(t *audit.Table, line []any, column int, k int64) int64 {
	for _, part := range []string{"favorable", "positives", "counted", "cases"} {
		if prefix, ok := strings.CutSuffix(t.Columns[column], part); ok {
			if j := slices.Index(t.Columns, prefix+"n"); j >= 0 && j < len(line) {
				n, _, _ := people(t.Columns[j], line[j])
				return n - k
			}
		}
	}
	return 0
}

// wholeOf are the counts that a row of a table may be a part of: those of its
// group and of the group compared with, or of everybody, over the whole period
// and in the smallest window.
func (s *suppressor) wholeOf(t *audit.Table, line []any) []int64 {
	var out []int64
	add := func(o *row) {
		if o != nil {
			out = append(out, decisionForms()[0].of(&o.atoms), decisionForms()[1].of(&o.atoms), decisionForms()[2].of(&o.atoms))
		}
	}
	for j, c := range t.Columns {
		name, ok := line[j].(string)
		if !ok || c != "group" && c != "reference" {
			continue
		}
		for _, b := range s.blocksOf(t) {
			if o := s.row(b.attribute, &name, "", false); o != nil {
				add(o)
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	add(s.find(nil, nil, ""))
	var least *row
	for _, w := range s.windows {
		if o := s.find(nil, nil, w); o != nil && o.cases() > 0 && (least == nil || o.cases() < least.cases()) {
			least = o
		}
	}
	add(least)
	return slices.DeleteFunc(out, func(n int64) bool { return n == 0 })
}

// people reads a cell: a count of people, or a share of them.
func people(column string, v any) (n int64, isCount bool, share float64) {
	var x float64
	switch v := v.(type) {
	case int:
		x = float64(v)
	case int64:
		x = float64(v)
	case float64:
		x = v
	case json.Number:
		x, _ = v.Float64()
	default:
		return 0, false, 0
	}
	if strings.Contains(column, "share") || strings.Contains(column, "rate") || column == "reference" || column == "current" {
		return 0, false, x
	}
	switch column {
	case "cut", "bin", "low", "high", "left_out", "rank", "lower", "upper", "from", "to", "value", "depth":
		return 0, false, 0
	}
	return int64(x), x == math.Trunc(x), 0
}

// tables suppresses every table of a suppressed block.
func (s *suppressor) tables() {
	for i := range s.r.Tables {
		t := &s.r.Tables[i]
		if sheet := s.sheets[i]; sheet != nil {
			s.maskLines(t, sheet)
			continue
		}
		if s.hiddenTable(t) {
			t.Rows, t.Notes, t.Suppressed = [][]any{}, nil, true
			s.r.Privacy.Tables++
		}
	}
}

func (s *suppressor) hiddenTable(t *audit.Table) bool {
	if t.Kind == "bins" && s.hiddenBins(t) {
		return true
	}
	return slices.ContainsFunc(s.blocksOf(t), func(b block) bool {
		return s.blocks[b] || b.attribute != "" && s.someHidden(b.attribute)
	})
}

// hiddenBins tells whether a table of how often each value of a column occurs has a small
// count, or is the one that suppressed distances were computed from. Its id names the
// detector, the column, which may hold a slash, and the attribute, if there is one.
func (s *suppressor) hiddenBins(t *audit.Table) bool {
	_, of, _ := strings.Cut(t.ID, "/")
	column, attribute := of, ""
	if at := strings.LastIndex(of, "/"); at >= 0 && slices.Contains(t.Columns, "group") {
		column, attribute = of[:at], of[at+1:]
	}
	if s.crossed(t.Detector, attribute, column) {
		return true
	}
	for j, name := range t.Columns {
		if name != "reference" && name != "current" {
			continue
		}
		for _, line := range t.Rows {
			if _, _, n := people(name, line[j]); s.small(int64(n)) { // a count, where others have a share
				return true
			}
		}
	}
	return false
}
