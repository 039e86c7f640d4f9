package reports

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// completeness accounts for every row, and lists what is missing.
func (p *page) completeness(k *maker) {
	r := k.r
	p.Rows = &grid{Caption: "Every row read is either left out for a named reason or audited", Whole: true, Head: []headCell{label("Rows"), numeric("Number"), numeric("Share of rows read"), label("Why")}}
	line := func(name string, n int64, why string) {
		share := none()
		if r.Data.RowsRead > 0 && n != audit.Hidden {
			share = cell{Text: percent(float64(n) / float64(r.Data.RowsRead)), Num: true}
		}
		p.Rows.Rows = append(p.Rows.Rows, []cell{{Text: name, Head: true}, integer(n), share, text(why)})
	}
	line("Read", r.Data.RowsRead, "")
	left := r.Data.RowsRead
	unknown := left == audit.Hidden || r.Data.RowsAudited == audit.Hidden
	for _, e := range r.Data.Excluded {
		line("Left out: "+words(e.Reason), e.Rows, e.Text)
		left -= e.Rows
		unknown = unknown || e.Rows == audit.Hidden
	}
	line("Audited", r.Data.RowsAudited, "")
	if len(r.Data.Excluded) == 0 && r.Data.RowsRead == r.Data.RowsAudited {
		p.RowsNote = "No row was left out."
	}
	if !unknown && left != r.Data.RowsAudited {
		p.RowsNote = "These numbers do not add up: " + count(left) + " rows were expected to be audited. Treat this result as damaged."
	}
	if r.Data.Copies != 0 && r.Data.Copies != r.Data.RowsAudited {
		p.RowsNote = strings.TrimSpace(p.RowsNote + " A weight column counts copies: the audited rows stand for " + count(r.Data.Copies) + " " + unit(r) + ", and every n counts those.")
	}
	p.Completeness = k.remaining(func(m *audit.Measurement) bool { return m.Detector == completenessDetector }, "")
	if p.Windows = k.windows(); p.Windows != nil {
		p.PaperWindows = p.Windows.Caption + ": the table is not printed; it is in report.html and result.json."
	}
	p.Joins, p.Lists = k.joins(), k.lists()
}

// remaining lists what no picture or table has shown yet, by detector and
// metric, over the whole period.
func (k *maker) remaining(which func(*audit.Measurement) bool, prefix string) []*grid {
	var order []string
	lists := map[string][]*audit.Measurement{}
	for i := range k.r.Measurements {
		m := &k.r.Measurements[i]
		if k.x.shown[i] || m.Window != audit.AllWindows && len(k.r.Windows) > 0 || !which(m) {
			continue
		}
		k.x.shown[i] = true
		name := m.Metric
		if prefix != "" {
			name = m.Detector
		}
		if lists[name] == nil {
			order = append(order, name)
		}
		lists[name] = append(lists[name], m)
	}
	homeless := map[string]bool{} // attributes of which nothing stands elsewhere
	for _, a := range k.x.attributes() {
		homeless[a] = len(k.x.families(a)) == 0
	}
	var out []*grid
	for _, name := range order {
		caption := prefix + words(name)
		if prefix == "" {
			caption = sentenceCase(define(name).label)
		}
		g := k.list(caption, lists[name])
		g.Folded = len(g.Rows) > 12 && !slices.ContainsFunc(lists[name], func(m *audit.Measurement) bool { return m.Verdict != "" || homeless[m.Attribute] })
		out = append(out, g)
	}
	return out
}

// rest shows numbers of detectors that this report has no picture for, the
// result's own tables, and says what is only in the exports.
func (p *page) rest(k *maker) {
	p.Others = k.remaining(func(*audit.Measurement) bool { return true }, "Detector ")
	hidden := 0
	for i := range k.x.shown {
		if !k.x.shown[i] {
			hidden++
		}
	}
	if hidden > 0 {
		p.Leftover = fmt.Sprintf("%s about single windows are not on this page; they are in measurements.csv and result.json.", plural(hidden, "number", "numbers"))
	}
	for i := range k.r.Tables {
		t := &k.r.Tables[i]
		if k.tabled[t.ID] || len(t.Rows) == 0 {
			continue
		}
		p.Tables = append(p.Tables, k.sheetTable(t))
	}
}

func anyCell(v any) cell {
	switch v := v.(type) {
	case nil:
		return none()
	case string:
		return named(valueName(v))
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 { // as it reads in a stored result
			return wholeCell(int64(v))
		}
		return cell{Text: plain(v), Exact: exact(&v), Num: true}
	case int:
		return wholeCell(int64(v))
	case int64:
		return wholeCell(v)
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return wholeCell(n)
		}
		if x, err := v.Float64(); err == nil {
			return cell{Text: plain(x), Exact: v.String(), Num: true}
		}
	}
	return text(fmt.Sprint(v))
}

func (k *maker) windows() *grid {
	if len(k.r.Windows) == 0 {
		return nil
	}
	g := &grid{Caption: plural(len(k.r.Windows), "window", "windows") + " with their rows", Folded: true, Screen: true,
		Head: []headCell{label("Window"), label("From"), label("Until before"), numeric("Rows audited"), label("Role")}}
	for _, w := range k.r.Windows {
		g.Rows = append(g.Rows, []cell{{Text: windowName(w.ID), Head: true}, code(w.Start), code(w.End), integer(w.Rows), text(orDash(w.Role))})
	}
	return g.drop("Role").cut("windows")
}

// lists says what the lists of a log were like; what none of them has is left out.
func (k *maker) lists() *grid {
	l := k.r.Data.Lists
	if l == nil {
		return k.conversations()
	}
	g := &grid{Caption: "Every slot of a list is a row", Whole: true, Head: []headCell{label("Lists"), numeric("Number")}}
	for i, name := range []string{"Lists", "Lists that rank nothing", "Lists that rank fewer items than were offered", "Entries that stand for no item, left out",
		"Entries that repeat an item, left out", "Ranks greater than the length of their list"} {
		if n := *l.Counts()[i]; i == 0 || n != 0 {
			g.Rows = append(g.Rows, []cell{{Text: name, Head: true}, integer(n)})
		}
	}
	return g
}

// conversations says what the turns of a log make; what none has is left out.
func (k *maker) conversations() *grid {
	c := k.r.Data.Conversations
	if c == nil {
		return nil
	}
	g := &grid{Caption: "Every conversation is a row", Whole: true, Head: []headCell{label("Conversations"), numeric("Number")}}
	for i, name := range []string{"Turns", "Conversations", "Turns that name no conversation, left out", "Turns with nothing to order them by"} {
		if n := *c.Counts()[i]; i < 2 || n != 0 {
			g.Rows = append(g.Rows, []cell{{Text: name, Head: true}, integer(n)})
		}
	}
	for _, d := range c.Differ {
		g.Rows = append(g.Rows, []cell{{Text: "Conversations whose turns disagree about " + clean(d.Column), Head: true}, integer(d.Conversations)})
	}
	return g
}

func (k *maker) joins() *grid {
	if len(k.r.Data.Joins) == 0 {
		return nil
	}
	g := &grid{Caption: "How the joined tables met the log", Head: []headCell{label("Table"), label("Key"), numeric("Rows of the table"),
		numeric("Rows of the log without a partner"), numeric("of these, key missing"), numeric("Rows of the table that nobody asked for"), numeric("of these, key missing")}}
	for _, j := range k.r.Data.Joins {
		g.Rows = append(g.Rows, []cell{{Text: clean(j.Path), Head: true, Code: true}, text(strings.Join(j.On, ", ")), integer(j.RightRows),
			integer(j.LogUnmatched), integer(j.LogKeyMissing), integer(j.RightUnmatched), integer(j.RightKeyMissing)})
	}
	return g
}
