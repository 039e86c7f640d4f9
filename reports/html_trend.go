package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

//go:embed page/trend.html.tmpl
var trendTemplate string

// trendPage is everything that the template of a trend prints.
type trendPage struct {
	Style       template.CSS
	Title, Name string
	Scope       string
	Digest      string
	KPIs        *kpiView
	Restated    *grid
	Redefined   *grid
	Provisional []string
	Privacy     bool
}

// WriteTrendHTML writes the course of the indicators as one file that needs no
// network, no script and no other file.
func WriteTrendHTML(w io.Writer, course *audit.Trend) error {
	page, err := template.New("report").Parse(pageTemplate)
	if err == nil {
		page, err = page.New("trend").Parse(trendTemplate)
	}
	if err != nil {
		return fmt.Errorf("the page template: %w", err)
	}
	t := newTrend(course)
	r := t.Result
	k := &maker{r: r, x: newIndex(r)}
	k.panels = k.panelBudget()
	return page.Execute(w, trendPage{
		Style: template.CSS(pageStyle), Title: title(r), Name: clean(r.Audit.Name), Digest: shorten(clean(r.Audit.SpecSHA256), 17),
		Scope: t.span() + " · " + plural(len(r.Windows), "window", "windows") + " · " + plural(len(t.list), "indicator", "indicators"),
		KPIs:  k.trendSection(t), Restated: t.restatedGrid(), Redefined: t.redefinedGrid(), Provisional: t.provisional(), Privacy: r.Privacy != nil,
	})
}

// trendSection is the section on indicators, about the latest window instead of the
// whole period, which the history of windows does not have.
func (k *maker) trendSection(t *trend) *kpiView {
	for _, x := range t.list {
		for _, c := range x.cohorts {
			c.whole = latestOf(k.r, c.at)
		}
		for _, c := range x.gaps {
			c.whole = latestOf(k.r, c.at)
		}
	}
	v := k.kpiSection(t.list)
	const change, whole = 3, 4 // columns; the whole period is all windows to date
	v.Score.Head[whole] = numeric("To date")
	for i, row := range v.Score.Rows {
		row[change].Text, row[whole] = t.change(t.list[i]), k.toDateCell(t.list[i])
	}
	v.Score.Where, v.Meaning.Where = "-o csv", "-o csv"
	if v.Watched != nil {
		v.Watched.Where = "-o csv"
	}
	if v.Alarms != nil {
		v.Alarms.Where = "-o json"
	}
	v.Meaning.Note = "Numerator and denominator of the latest window. A definition is the digest of what is counted: a series of another digest is another series, and the line is broken there."
	for _, f := range v.ByGroup {
		f.Table, f.Sub, f.Note = nil, f.Sub+" Numbers: the latest window with one.", strings.Replace(f.Note, "kpis.csv", "the csv", 1)
	}
	v.GroupNote = strings.Replace(v.GroupNote, "kpis.csv", "the csv", 1)
	if v.Missing != nil {
		v.Missing.Caption, v.Missing.Note = "Indicators without a number in the history", ""
	}
	for i := range v.Panels {
		provisional, restated := t.open(v.Panels[i].Key)
		if provisional > 0 {
			v.Panels[i].Sub += fmt.Sprintf(" · %d provisional", provisional)
		}
		if restated > 0 {
			v.Panels[i].Sub += fmt.Sprintf(" · %d restated", restated)
		}
	}
	return v
}

// open counts the windows of an indicator for which labels may still come, and those
// whose number was another when it was first reported.
func (t *trend) open(name string) (provisional, restated int) {
	for i := range t.Points {
		p := &t.Points[i]
		if p.KPI.KPI != name || p.GroupKind != audit.KindOverall {
			continue
		}
		if p.Provisional {
			provisional++
		}
		if p.First != nil {
			restated++
		}
	}
	return provisional, restated
}

// latestOf is the last point with a value.
func latestOf(r *audit.Result, at map[string]*audit.KPI) *audit.KPI {
	for i := len(r.Windows) - 1; i >= 0; i-- {
		if p := at[r.Windows[i].ID]; p != nil && p.Value != nil {
			return p
		}
	}
	return nil
}

func (t *trend) restatedGrid() *grid {
	g := &grid{Caption: "Restated: numbers that were others when they were first reported", Whole: true, Where: "-o csv",
		Head: []headCell{label("Indicator"), label("Window"), numeric("As first reported"), numeric("As known now"), label("Why"), numeric("Runs")}}
	for _, r := range t.restated() {
		first, p := r.point.First, r.point
		g.Rows = append(g.Rows, []cell{heading(clean(r.Title)), named(windowName(p.Window)), {Text: r.then(), Exact: exact(&first.Value), Num: true},
			{Text: r.write(&p.KPI), Exact: exact(p.Value), Num: true}, text(sentenceCase(r.why())),
			{Text: strconv.FormatInt(first.Run, 10) + " and " + strconv.FormatInt(p.Run, 10), Num: true}})
	}
	if len(g.Rows) == 0 {
		return nil
	}
	return g.cut("restatements")
}

func (t *trend) redefinedGrid() *grid {
	g := &grid{Caption: "New definitions: before and after are two series", Whole: true, Head: []headCell{label("Indicator"), label("From"), label("Definition before"), label("Definition since")}}
	for _, d := range t.redefined() {
		g.Rows = append(g.Rows, []cell{heading(clean(d.Title)), named(windowName(d.window)), code(d.from), code(d.to)})
	}
	if len(g.Rows) == 0 {
		return nil
	}
	return g
}
