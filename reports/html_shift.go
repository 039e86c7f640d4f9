package reports

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// shiftRows bounds the bins of one picture; a column with more categories
// shows the largest.
const shiftRows = 12

// shiftView is one column's two distributions.
type shiftView struct {
	ID, Name, Title, Sub string
	N                    int
	Rows                 []string
	SVG                  template.HTML
	Table                *grid
}

// portion is one bin of a column in both distributions.
type portion struct {
	name        string
	before, now float64 // shares
	rows        [2]int64
}

func (p portion) change() float64 { return p.now - p.before }

// shifts draws the columns that moved more than chance would.
func (k *maker) shifts(v *driftView, columns []moving) {
	all := 0
	for _, c := range columns {
		if !flagged(c.whole) {
			continue
		}
		all++
		if len(v.Shifts) < shiftColumns {
			if s := k.shift(len(v.Shifts)+1, c); s != nil {
				v.Shifts = append(v.Shifts, *s)
			}
		}
	}
	if all > shiftColumns {
		v.ShiftNote = fmt.Sprintf("The %d columns that moved most are drawn, of %d; the tables of the others are under Other numbers.", shiftColumns, all)
	}
}

// portions reads the two distributions of a column, of one group where its table
// has several.
func (k *maker) portions(column, group string) (*sheet, []portion, [2]int64) {
	s := k.sheetOf(driftDetector, "bins", driftDetector+"/"+column, "bin", "reference", "current")
	if s == nil {
		return nil, nil, [2]int64{}
	}
	var out []portion
	var total [2]int64
	for _, row := range s.table.Rows {
		if s.text(row, "group") != group {
			continue
		}
		a, _ := s.number(row, "reference")
		b, _ := s.number(row, "current")
		p := portion{name: valueName(s.text(row, "bin")), rows: [2]int64{int64(a), int64(b)}}
		low, high := s.maybe(row, "low"), s.maybe(row, "high")
		switch {
		case low == nil && high != nil:
			p.name = "below " + brief(*high)
		case low != nil && high == nil:
			p.name = brief(*low) + " and more"
		case low != nil && *high-*low < 1e-9*math.Abs(*low) || low != nil && *low == *high:
			p.name = "exactly " + brief(*low)
		case low != nil:
			p.name = brief(*low) + " to below " + brief(*high)
		}
		total[0], total[1] = total[0]+p.rows[0], total[1]+p.rows[1]
		out = append(out, p)
	}
	if total[0] <= 0 || total[1] <= 0 {
		return s, nil, total
	}
	for i := range out {
		out[i].before, out[i].now = float64(out[i].rows[0])/float64(total[0]), float64(out[i].rows[1])/float64(total[1])
	}
	return s, out, total
}

// numeric tells bins of numbers, which have an order, from categories.
func (s *sheet) numeric() bool {
	return slices.ContainsFunc(s.table.Rows, func(row []any) bool { return s.maybe(row, "low") != nil || s.maybe(row, "high") != nil })
}

func (k *maker) shift(i int, c moving) *shiftView {
	s, parts, total := k.portions(c.column, "")
	if len(parts) == 0 {
		return nil
	}
	v := &shiftView{ID: fmt.Sprintf("d%d", i), Name: columnName(c.column), Title: k.shiftSentence(c.column),
		Sub: fmt.Sprintf("Share of %s in each bin: in the reference%s (n %s) and in all other windows (n %s). One scale.", unit(k.r), k.referenceText(), count(total[0]), count(total[1]))}
	k.draw(v, s, parts, [2]string{"reference", "other windows"})
	return v
}

// draw adds picture and table of two distributions.
func (k *maker) draw(v *shiftView, s *sheet, parts []portion, heads [2]string) {
	if !s.numeric() {
		parts = largest(parts)
	}
	if k.tabled == nil || !k.tabled[s.table.ID] {
		v.Table = k.sheetTable(s.table)
	}
	up, down := extremeShifts(parts)
	p := svg.Pyramid{ID: k.id(), Title: "Column " + v.Name + ", " + heads[0] + " and " + heads[1], Desc: v.Title, Heads: heads}
	for j, x := range parts {
		p.Top = max(p.Top, x.before, x.now)
		p.Rows = append(p.Rows, svg.PyramidRow{Before: x.before, Now: x.now, BeforeText: percent(x.before), NowText: percent(x.now), Moved: j == up || j == down})
		v.Rows = append(v.Rows, x.name)
	}
	v.N = len(parts)
	v.SVG = template.HTML(p.String()) // every text in it was escaped by package svg
}

// largest keeps the largest categories, and adds the others up.
func largest(parts []portion) []portion {
	out := slices.Clone(parts)
	slices.SortStableFunc(out, func(a, b portion) int {
		switch x, y := max(a.before, a.now), max(b.before, b.now); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	if len(out) <= shiftRows+1 {
		return out
	}
	rest := portion{name: fmt.Sprintf("(%d others)", len(out)-shiftRows)}
	for _, p := range out[shiftRows:] {
		rest.before, rest.now = rest.before+p.before, rest.now+p.now
	}
	return append(out[:shiftRows:shiftRows], rest)
}

// extremeShifts are the bins that grew and shrank most.
func extremeShifts(parts []portion) (up, down int) {
	for i, p := range parts {
		if p.change() > parts[up].change() {
			up = i
		}
		if p.change() < parts[down].change() {
			down = i
		}
	}
	return up, down
}

// shiftSentence says in words what moved.
func (k *maker) shiftSentence(column string) string {
	_, parts, _ := k.portions(column, "")
	if len(parts) == 0 {
		return ""
	}
	up, down := extremeShifts(parts)
	u, d := parts[up], parts[down]
	if up == down {
		return "Over all compared windows together no share changed."
	}
	what := map[string]string{"decision": " decisions", "label": " labels"}[column]
	s := fmt.Sprintf("Over all compared windows together, the share of %s%s rose from %s to %s of %s", shorten(u.name, 40), what, percent(u.before), percent(u.now), unit(k.r))
	if len(parts) > 2 {
		s += fmt.Sprintf("; that of %s fell from %s to %s", shorten(d.name, 40), percent(d.before), percent(d.now))
	}
	return s + "."
}

// driftSentence is one column's line: when it moved, and what.
func (k *maker) driftSentence(c moving, label string) string {
	var parts []string
	switch n := len(c.at); {
	case sizeOf(c.whole) < 0 && c.whole != nil:
		parts = append(parts, sentenceCase(strings.TrimSuffix(driftText(c.whole), "."))+".")
	case n > 0 && c.beyond == 0:
		parts = append(parts, fmt.Sprintf("Within what chance gives in all %s.", plural(n, "window", "windows")))
	case n > 0:
		parts = append(parts, fmt.Sprintf("Beyond chance in %d of %s%s.", c.beyond, plural(n, "window", "windows"), k.peak(c)))
	}
	if flagged(c.whole) || c.beyond > 0 {
		if s := k.shiftSentence(c.column); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " ")
}

// peak names the flagged window of the largest distance.
func (k *maker) peak(c moving) string {
	best := ""
	for _, w := range k.r.Windows {
		if m := c.at[w.ID]; flagged(m) && (best == "" || *m.Value > *c.at[best].Value) {
			best = w.ID
		}
	}
	if best == "" {
		return ""
	}
	return ", most in " + windowName(best) + " (" + short(*c.at[best].Value) + ", n " + count(c.at[best].N) + ")"
}
