package reports

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// grid is a table of the page.
type grid struct {
	ID      string
	Caption string
	Note    string // under the table
	Folded  bool   // inside <details>
	Screen  bool   // with Folded: not printed
	Whole   bool   // printed in full, however long
	Where   string // the file with all rows; measurements.csv if empty
	Head    []headCell
	Rows    [][]cell
}

// headCell is a column's heading; Def links it to its definition.
type headCell struct {
	Text, Def string
	Num       bool
}

// cell is one cell. Exact is the number in full, shown on hover.
type cell struct {
	Text, Sub, Exact string
	Num, Head        bool
	Name             bool // a text of the data, kept apart from the direction of writing around it
	Code             bool
	Badge            *badge
}

// longTable is the number of rows above which a table is folded and cut.
const longTable = 200

// cut keeps a table readable and the file small.
func (g *grid) cut(what string) *grid {
	if n := len(g.Rows); n > longTable {
		g.Rows = g.Rows[:longTable]
		g.Note += fmt.Sprintf("The first %d of %s %s are shown; all are in the CSV export.", longTable, count(int64(n)), what)
	}
	return g
}

// paperRows is the number of rows of a table that are printed; the style sheet
// knows it too.
const paperRows = 12

// Noted tells a table whose last column is a text.
func (g *grid) Noted() bool {
	return len(g.Head) > 0 && g.Head[len(g.Head)-1].Text == "Note"
}

// PaperNote says where the rows are that are not printed.
func (g *grid) PaperNote() string {
	if g.Whole || len(g.Rows) <= paperRows {
		return ""
	}
	where := g.Where
	if where == "" {
		where = "measurements.csv"
	}
	return fmt.Sprintf("The first %d of %s rows are printed; all are in %s.", paperRows, count(int64(len(g.Rows))), where)
}

func text(s string) cell        { return cell{Text: clean(s)} }
func named(s string) cell       { return cell{Text: s, Name: true} }
func heading(s string) cell     { return cell{Text: s, Name: true, Head: true} }
func integer(n int64) cell      { return cell{Text: count(n), Num: true} }
func code(s string) cell        { return cell{Text: clean(s), Code: true} }
func none() cell                { return cell{Text: "–", Num: true} }
func judged(b badge) cell       { return cell{Badge: &b} }
func label(s string) headCell   { return headCell{Text: s} }
func numeric(s string) headCell { return headCell{Text: s, Num: true} }

// withheldOr is a cell of a measurement, unless its numbers are suppressed.
func withheldOr(m *audit.Measurement, c cell) cell {
	if m.Suppressed {
		return cell{Text: withheld, Num: true}
	}
	return c
}

// wholeCell is an integer of a table: a number that may be negative, not a count
// that may be suppressed.
func wholeCell(n int64) cell {
	c := integer(n)
	if n == audit.Hidden {
		c.Text = "−1"
	}
	return c
}

// group heads a row with the group's name. Its key in the exports stands below,
// or, for an intersection, where it is much the same, is shown on hover.
func group(m *audit.Measurement) cell {
	c := heading(groupName(m))
	c.Exact = groupKey(m)
	if !crossed(m.Attribute) {
		c.Sub = c.Exact
	}
	if m.Provenance != "" {
		c.Sub = join(", ", c.Sub, m.Provenance)
	}
	return c
}

// reference names the group compared with; its key is shown on hover.
func reference(m *audit.Measurement) cell {
	c := named(referenceName(m))
	if m.Reference != nil && clean(*m.Reference) != c.Text {
		c.Exact = clean(*m.Reference)
	}
	return c
}

// valueCell is a measurement's value with its interval below.
func valueCell(m *audit.Measurement) cell {
	if m == nil {
		return none()
	}
	if m.Value == nil {
		if m.Suppressed {
			return cell{Text: withheld, Exact: clean(m.Note), Num: true}
		}
		return cell{Text: undefined, Sub: clean(m.Note), Num: true}
	}
	s := scaleOf(m)
	c := cell{Text: s.write(*m.Value), Exact: exact(m.Value), Num: true, Sub: span(m.Interval, s.write)}
	if m.Threshold != nil && s == quotient {
		c.Text = beside(*m.Value, m.Threshold.Value, s.write)
	}
	if m.Numerator != nil && m.Denominator != nil && m.Reference == nil {
		c.Exact += fmt.Sprintf(" = %s / %s", count(*m.Numerator), count(*m.Denominator))
	}
	if f := flips(m); f != "" {
		c.Exact += "; " + f
	}
	if m.Interval != nil {
		c.Exact += fmt.Sprintf("; interval %s to %s (%s)", exact(m.Interval.Low), exact(m.Interval.High), m.Interval.Method)
	}
	return c
}

func chanceCell(p *float64) cell {
	return cell{Text: chance(p), Exact: exact(p), Num: true}
}

// pCell is the p-value of a comparison; of a pair that the data chose it allows
// for all pairs, and the pair's own stands behind it.
func pCell(m *audit.Measurement) cell {
	c := withheldOr(m, chanceCell(m.P))
	if j := m.Joint; j != nil {
		how := "Bonferroni’s bound"
		if j.Draws > 0 {
			how = count(int64(j.Draws)) + " draws"
		}
		c.Exact += fmt.Sprintf("; of this pair alone %s (%s), allowing for %d pairs by %s", exact(&j.PairP), j.PairTest, j.Pairs, how)
	}
	return c
}

// flips says how many decisions a ratio hangs on.
func flips(m *audit.Measurement) string {
	f := m.Flipflop
	if f == nil {
		return ""
	}
	var parts []string
	if f.Parity != nil {
		parts = append(parts, plural(int(*f.Parity), "decision", "decisions")+" moved would make the rates equal")
	}
	if f.Threshold != nil {
		parts = append(parts, plural(int(*f.Threshold), "changed decision", "changed decisions")+" would carry it across the limit")
	}
	return strings.Join(parts, "; ")
}

func verdictCell(v audit.Verdict) cell {
	if v == "" {
		return cell{Text: "–"}
	}
	return judged(badgeOf(v))
}

// list is the table for measurements that have no picture of their own.
func (k *maker) list(caption string, ms []*audit.Measurement) *grid {
	g := &grid{Caption: caption, Head: []headCell{label("Metric"), label("About"), label("Group"), label("Compared with"), numeric("Value"), numeric("n"), numeric("p"), numeric("p adjusted"), label("Verdict"), label("Note")}}
	for _, m := range ms {
		about := attributeName(m.Attribute)
		if m.Column != nil {
			about = join(", ", about, *m.Column)
		}
		if m.Stratum != nil {
			about = join(", ", about, "stratum "+attributeName(*m.Stratum))
		}
		if m.Version != nil {
			about = join(", ", about, "version "+*m.Version)
		}
		if m.Window != audit.AllWindows {
			about = join(", ", about, windowName(m.Window))
		}
		note := m.Note
		if m.Value == nil {
			note = ""
		}
		g.Rows = append(g.Rows, []cell{
			{Text: define(m.Metric).label, Sub: parameters(m), Head: true}, named(orDash(clean(about))), {Text: groupName(m), Exact: groupKey(m), Name: true}, reference(m),
			valueCell(m), integer(cases(m)), withheldOr(m, chanceCell(m.P)), withheldOr(m, chanceCell(k.adjusted(m))), verdictCell(m.Verdict), text(note),
		})
	}
	return g.drop("Compared with", "p", "p adjusted", "Verdict", "About", "Note", "Group").cut("rows")
}

// parameters tells numbers of one metric apart: the quantile, the cut, the bins.
func parameters(m *audit.Measurement) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(m.Parameters)) {
		out = append(out, words(name)+" "+clean(m.Parameters[name]))
	}
	return strings.Join(out, ", ")
}

// drop leaves out columns in which every cell is empty.
func (g *grid) drop(names ...string) *grid {
	for _, name := range names {
		for c := len(g.Head) - 1; c >= 0; c-- {
			if g.Head[c].Text == name && g.blank(c) {
				g.remove(c)
			}
		}
	}
	return g
}

// silence leaves out a column that says the same in every row.
func (g *grid) silence(name, same string) *grid {
	c := slices.IndexFunc(g.Head, func(h headCell) bool { return h.Text == name })
	if c < 0 || slices.ContainsFunc(g.Rows, func(row []cell) bool { return row[c].Text != same }) {
		return g
	}
	g.remove(c)
	return g
}

func (g *grid) blank(c int) bool {
	for _, row := range g.Rows {
		if t := row[c]; t.Badge != nil || t.Sub != "" || t.Text != "" && t.Text != "–" {
			return false
		}
	}
	return true
}

func (g *grid) remove(c int) {
	g.Head = slices.Delete(g.Head, c, c+1)
	for i, row := range g.Rows {
		g.Rows[i] = slices.Delete(row, c, c+1)
	}
}

func join(sep, a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + sep + b
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
