package reports

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// Bounds of the section: columns in the map and windows in one band of it.
const (
	heatColumns  = 40
	heatWindows  = 60
	bandWindows  = 12
	shiftColumns = 12
	detailCells  = 600 // more cells than this have no text of their own to hover over
)

// driftView is the section about drift.
type driftView struct {
	Heading                 string // the attribute, where groups are compared
	Groups                  []*driftView
	Title, Sub, Note, Empty string
	Names                   []heatName
	Bands                   []heatBand
	Table                   *grid
	Said                    []heatSaid
	Shifts                  []shiftView
	ShiftNote               string
	Numbers                 *grid
}

type heatName struct{ Name, Value string }

type heatBand struct {
	N, Cols int
	SVG     template.HTML
}

type heatSaid struct{ Name, Text string }

// moving is one column over the windows.
type moving struct {
	column string
	whole  *audit.Measurement
	at     map[string]*audit.Measurement
	beyond int // windows beyond their own limit
}

// defined says whether a column has a number anywhere.
func (c moving) defined() bool {
	for _, m := range c.at {
		if sizeOf(m) >= 0 {
			return true
		}
	}
	return sizeOf(c.whole) >= 0
}

// flagged says whether a distance is larger than chance gives at its sizes.
func flagged(m *audit.Measurement) bool {
	return m != nil && m.Value != nil && m.Null != nil && *m.Value > m.Null.Limit
}

// level is how strongly a cell is shaded: by the size of a distance, if chance
// does not explain it.
func level(m *audit.Measurement) int {
	switch {
	case !flagged(m):
		return 0
	case *m.Value < 0.1:
		return 1
	case *m.Value < 0.25:
		return 2
	}
	return 3
}

// axis is a column of the map: a window, or a group that is compared with the
// reference group.
type axis struct {
	id, name string
	head     [2]string
}

// across says what the columns of the map are.
type across struct {
	per, whole string // window, and what stands for all of them: overall
	axes       []axis
}

func (k *maker) windowAxes() across {
	out := across{per: "window", whole: "overall"}
	for _, w := range k.r.Windows {
		out.axes = append(out.axes, axis{w.ID, windowName(w.ID), windowHead(w.ID)})
	}
	return out
}

// drift makes the section, or nothing where nothing was watched.
func (k *maker) drift() *driftView {
	ms := k.driftMeasurements()
	if len(ms) == 0 {
		return nil
	}
	v := &driftView{}
	metric := driftMetric(ms)
	columns := k.moving(ms, metric)
	label := define(metric).label
	all := len(columns)
	switch {
	case all == 0:
		if v.Groups = k.between(ms, metric); len(v.Groups) == 0 {
			v.Empty = "Only groups were compared, not windows; the numbers are below."
		}
	case !slices.ContainsFunc(columns, moving.defined):
		v.Empty = "Nothing could be compared with the reference."
	default:
		v.Title = k.driftTitle(columns, label)
		v.Sub = sentenceCase(label) + " of each column in each window against the reference" + k.referenceText() + ". Shaded and marked ▲: larger than chance alone gives at that window’s size in 19 of 20 cases; unshaded numbers are not. The three shades begin at any size, at 0.1 and at 0.25, which many practitioners call some and much."
		if all > heatColumns {
			columns = columns[:heatColumns]
			v.Note = fmt.Sprintf("The %d of %d columns that moved most are drawn; all are in measurements.csv. ", heatColumns, all)
		}
		v.Sub += chanceMarks(columns)
		k.heat(v, columns, metric, k.windowAxes())
		v.Table = k.driftTable(columns, metric, k.windowAxes())
	}
	k.shifts(v, columns)
	for _, c := range columns {
		v.Said = append(v.Said, heatSaid{columnName(c.column), k.driftSentence(c, label)})
	}
	v.Numbers = k.driftNumbers(ms)
	return v
}

// driftMeasurements are the numbers about drift, not those of versions or strata.
func (k *maker) driftMeasurements() []*audit.Measurement {
	var out []*audit.Measurement
	for i := range k.r.Measurements {
		if m := &k.r.Measurements[i]; m.Detector == driftDetector && m.Column != nil {
			out = append(out, m)
		}
	}
	return out
}

// driftMetric is the distance to draw: a judged one, else the first there is.
func driftMetric(ms []*audit.Measurement) string {
	order := []string{"psi", "jensen_shannon_distance", "total_variation", "hellinger", "l_infinity", "ks"}
	for _, judged := range []bool{true, false} {
		for _, name := range order {
			if slices.ContainsFunc(ms, func(m *audit.Measurement) bool { return m.Metric == name && (!judged || m.Threshold != nil) }) {
				return name
			}
		}
	}
	return order[0]
}

// moving collects the columns, those that moved most first.
func (k *maker) moving(ms []*audit.Measurement, metric string) []moving {
	var out []moving
	where := map[string]int{}
	for i := range k.r.Measurements {
		m := &k.r.Measurements[i]
		if m.Detector != driftDetector || m.Column == nil || m.Metric != metric || m.Attribute != "" || m.GroupKind != audit.KindOverall {
			continue
		}
		j, ok := where[*m.Column]
		if !ok {
			j = len(out)
			where[*m.Column] = j
			out = append(out, moving{column: *m.Column, at: map[string]*audit.Measurement{}})
		}
		k.x.shown[i] = true
		if m.Window == audit.AllWindows {
			out[j].whole = m
			continue
		}
		out[j].at[m.Window] = m
		if flagged(m) {
			out[j].beyond++
		}
	}
	slices.SortStableFunc(out, func(a, b moving) int {
		switch x, y := sizeOf(a.whole), sizeOf(b.whole); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return out
}

func sizeOf(m *audit.Measurement) float64 {
	if m == nil || m.Value == nil {
		return -1
	}
	return *m.Value
}

// driftTitle says what moved most, and when.
func (k *maker) driftTitle(columns []moving, label string) string {
	var moved []moving
	for _, c := range columns {
		if flagged(c.whole) {
			moved = append(moved, c)
		}
	}
	if len(moved) == 0 {
		return "No column moved more, over all windows, than chance alone would move it."
	}
	top := moved[0]
	s := fmt.Sprintf("%s moved most: its %s is %s, where chance alone stays below %s.", columnSubject(top.column), label, coefficient.write(*top.whole.Value), coefficient.write(top.whole.Null.Limit))
	if len(columns) > 1 {
		s += fmt.Sprintf(" %d of %s moved more than chance would.", len(moved), plural(len(columns), "column", "columns"))
	}
	return s
}

// columnName is what a watched column is called.
func columnName(name string) string {
	switch name {
	case "decision", "score", "label":
		return "the " + name
	}
	return valueName(strings.TrimPrefix(name, "group:"))
}

// columnSubject begins a sentence with a column.
func columnSubject(name string) string {
	switch name {
	case "decision", "score", "label":
		return "The " + name
	}
	return "Column " + shorten(columnName(name), 40)
}

// referenceText names the windows compared with.
func (k *maker) referenceText() string {
	var ids []string
	for _, w := range k.r.Windows {
		if w.Role == "reference" {
			ids = append(ids, windowName(w.ID))
		}
	}
	switch len(ids) {
	case 0:
		return ""
	case 1:
		return ", " + ids[0]
	}
	return ", " + ids[0] + " to " + ids[len(ids)-1]
}

// heat draws the map in bands of windows or groups.
func (k *maker) heat(v *driftView, columns []moving, metric string, by across) {
	axes := slices.DeleteFunc(slices.Clone(by.axes), func(a axis) bool {
		return !slices.ContainsFunc(columns, func(c moving) bool { return c.at[a.id] != nil })
	})
	if n := len(axes); n > heatWindows {
		axes = axes[n-heatWindows:]
		v.Note += fmt.Sprintf("The last %d of %d %ss are drawn; all are in measurements.csv.", heatWindows, n, by.per)
	}
	for _, c := range columns {
		n := heatName{Name: columnName(c.column), Value: by.whole + " –"}
		if sizeOf(c.whole) >= 0 {
			n.Value = by.whole + " " + coefficient.write(*c.whole.Value)
			if flagged(c.whole) {
				n.Value += " ▲"
			}
		}
		v.Names = append(v.Names, n)
	}
	bands := (len(axes) + bandWindows - 1) / bandWindows
	for b := range bands {
		part := axes[b*len(axes)/bands : (b+1)*len(axes)/bands]
		v.Bands = append(v.Bands, k.band(columns, part, metric, by.per, len(columns)*len(axes) <= detailCells))
	}
}

func (k *maker) band(columns []moving, axes []axis, metric, per string, tips bool) heatBand {
	h := svg.Heat{ID: k.id(), Title: sentenceCase(define(metric).label) + " by column and " + per + ", " + axes[0].name + " to " + axes[len(axes)-1].name}
	for _, a := range axes {
		h.Heads = append(h.Heads, a.head)
	}
	var told []string
	for _, c := range columns {
		var row []svg.HeatCell
		n := 0
		for _, a := range axes {
			m := c.at[a.id]
			cell := svg.HeatCell{Text: "–", Empty: true}
			if sizeOf(m) >= 0 {
				cell = svg.HeatCell{Text: short(*m.Value), Level: level(m)}
			}
			if tips {
				cell.Tip = columnName(c.column) + ", " + a.name + ": " + driftText(m)
			}
			if cell.Level > 0 {
				n++
			}
			row = append(row, cell)
		}
		if n > 0 && len(told) < 12 {
			told = append(told, fmt.Sprintf("%s in %d of %d", columnName(c.column), n, len(axes)))
		}
		h.Rows = append(h.Rows, row)
	}
	h.Desc = "No value is beyond its limit."
	if len(told) > 0 {
		h.Desc = sentenceCase(per) + "s beyond their own limit: " + strings.Join(told, "; ") + "."
	}
	return heatBand{N: len(columns), Cols: len(axes), SVG: template.HTML(h.String())} // every text in it was escaped by package svg
}

// short writes a distance into a cell.
func short(x float64) string {
	switch {
	case x >= 99.5:
		return "> 99"
	case x >= 9.995:
		return fixed(x, 1)
	case x >= 0.0995:
		return fixed(x, 2)
	}
	return coefficient.write(x)
}

// driftText is a distance beside what chance gives.
func driftText(m *audit.Measurement) string {
	switch {
	case m == nil:
		return "not measured"
	case m.Suppressed:
		return withheld
	case m.Value == nil:
		return clean(strings.TrimSpace(undefined + tail(": ", strings.TrimPrefix(m.Note, "undefined: "))))
	case m.Null == nil:
		return coefficient.write(*m.Value) + ", n " + count(m.N)
	}
	return fmt.Sprintf("%s, by chance up to %s, n %s", coefficient.write(*m.Value), coefficient.write(m.Null.Limit), count(m.N))
}

// windowHead writes a window's id in two short lines.
func windowHead(id string) [2]string {
	if t, err := time.Parse("2006-01", id); err == nil {
		return [2]string{t.Format("Jan"), t.Format("2006")}
	}
	if t, err := time.Parse("2006-01-02", id); err == nil {
		return [2]string{t.Format("2 Jan"), t.Format("2006")}
	}
	if a, b, ok := strings.Cut(clean(id), "-"); ok {
		return [2]string{shorten(b, 7), shorten(a, 7)}
	}
	return [2]string{"", shorten(clean(id), 7)}
}

// chanceMarks says how many marks there would be if nothing had changed.
func chanceMarks(columns []moving) string {
	n, marked := 0, 0
	for _, c := range columns {
		marked += c.beyond
		for _, m := range c.at {
			if sizeOf(m) >= 0 && m.Null != nil {
				n++
			}
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" Marked are %s of %s in single windows; if nothing had changed, about %s would be.", count(int64(marked)), plural(n, "value", "values"), count(int64((n+10)/20)))
}

// driftTable is the data behind the map.
func (k *maker) driftTable(columns []moving, metric string, by across) *grid {
	g := &grid{Caption: sentenceCase(define(metric).label) + " of each column and " + by.per + ", with what chance gives", Folded: true,
		Head: []headCell{label("Column"), label(sentenceCase(by.per)), {Text: sentenceCase(define(metric).label), Def: "def-" + metric, Num: true}, numeric("By chance, mean"), numeric("By chance, up to"), numeric("n"), label("Beyond chance")}}
	add := func(c moving, name string, m *audit.Measurement) {
		if m == nil || len(g.Rows) > longTable {
			return
		}
		mean, most, beyond := none(), none(), "no"
		if m.Null != nil {
			mean, most = cell{Text: coefficient.write(m.Null.Expected), Exact: exact(&m.Null.Expected), Num: true}, cell{Text: coefficient.write(m.Null.Limit), Exact: exact(&m.Null.Limit), Num: true}
		} else {
			beyond = "–"
		}
		if flagged(m) {
			beyond = "▲ yes"
		}
		g.Rows = append(g.Rows, []cell{heading(columnName(c.column)), text(name), valueCell(m), mean, most, integer(m.N), text(beyond)})
	}
	for _, c := range columns {
		if c.whole != nil && c.whole.Reference == nil {
			add(c, windowName(c.whole.Window), c.whole)
		}
		for _, a := range by.axes {
			add(c, a.name, c.at[a.id])
		}
	}
	return g.cut("rows")
}

// driftNumbers lists the other distances over the whole period.
func (k *maker) driftNumbers(ms []*audit.Measurement) *grid {
	var whole []*audit.Measurement
	for i := range k.r.Measurements {
		m := &k.r.Measurements[i]
		if m.Detector == driftDetector && m.Column != nil && m.Window == audit.AllWindows {
			k.x.shown[i] = true
			whole = append(whole, m)
		}
	}
	if len(whole) == 0 {
		return nil
	}
	g := k.list("All "+count(int64(len(whole)))+" numbers about drift over the whole period, inside groups too", whole)
	g.Folded = true
	return g
}
