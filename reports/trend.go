package reports

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// TrendFormats lists the formats of a trend, with how each is written.
func TrendFormats(t *audit.Trend) []Format {
	as := func(name string, write func(io.Writer, *audit.Trend) error) Format {
		f, _ := Lookup(name)
		f.Write = func(w io.Writer, _ *audit.Result) error { return write(w, t) }
		return f
	}
	return []Format{as("html", WriteTrendHTML), as("json", writeTrendJSON), as("csv", writeTrendCSV), as("text", Text{}.WriteTrend)}
}

// writeTrendJSON lays a trend out as WriteJSON does a result: one point per line.
func writeTrendJSON(w io.Writer, t *audit.Trend) error {
	doc, err := rounded(reflect.ValueOf(audit.TrendDocument{SchemaVersion: t.Result.SchemaVersion, Audit: t.Result.Audit, Windows: listed(t.Result.Windows),
		Definitions: listed(t.Result.KPIDefinitions), Monitoring: t.Result.KPIMonitoring, Points: []audit.TrendPoint{}, Verdict: t.Result.Verdict}), "trend")
	var compact bytes.Buffer
	if err == nil {
		err = encode(&compact, doc.Interface())
	}
	if err != nil {
		return fmt.Errorf("cannot write the trend: %w", err)
	}
	pieces, err := piecesJSON(t.Points, "trend.points")
	if err != nil {
		return fmt.Errorf("cannot write the trend: %w", err)
	}
	out := bufio.NewWriter(w)
	(&layout{out, compact.Bytes(), `"points":`, pieces}).value("", false)
	out.WriteByte('\n')
	return out.Flush()
}

// listed is a list that JSON writes as one, also where it is empty.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// writeTrendCSV writes the columns of kpis.csv, and behind them what the history
// says of each point.
func writeTrendCSV(w io.Writer, t *audit.Trend) error {
	out := bufio.NewWriter(w)
	csvLine(out, append(kpiColumns(), "run", "period", "former", "provisional", "first_run", "first_value", "restated_by"))
	definitions := map[string]*audit.KPIDefinition{}
	for i := range t.Result.KPIDefinitions {
		definitions[t.Result.KPIDefinitions[i].Name] = &t.Result.KPIDefinitions[i]
	}
	for i := range t.Points {
		p := &t.Points[i]
		d := definitions[p.KPI.KPI]
		if d == nil || p.Former { // what it meant then is not known
			d = &audit.KPIDefinition{}
		}
		row := append(kpiRow(d, &p.KPI), strconv.FormatInt(p.Run, 10), csvText(p.Period), strconv.FormatBool(p.Former), strconv.FormatBool(p.Provisional))
		if f := p.First; f != nil {
			row = append(row, strconv.FormatInt(f.Run, 10), csvFloat(&f.Value), csvText(f.Reason))
		} else {
			row = append(row, "", "", "")
		}
		csvLine(out, row)
	}
	return out.Flush()
}

// trend is what is told of a history.
type trend struct {
	*audit.Trend
	list []*kpi
	of   map[*audit.KPI]*audit.TrendPoint
}

func newTrend(t *audit.Trend) *trend {
	r := *t.Result
	r.KPIs = slices.Clone(r.KPIs)
	out := &trend{Trend: &audit.Trend{Result: &r, Points: t.Points}, of: map[*audit.KPI]*audit.TrendPoint{}}
	for i := range t.Points {
		out.of[&r.KPIs[i]] = &t.Points[i]
		r.KPIs[i].Note = join("; ", r.KPIs[i].Note, standing(&t.Points[i]))
	}
	out.list = kpisOf(&r)
	return out
}

// standing says what is special about a point.
func standing(p *audit.TrendPoint) string {
	var provisional, first, former string
	if p.Provisional {
		provisional = "provisional"
	}
	if p.First != nil {
		first = "restated"
	}
	if p.Former {
		former = "of another definition than now"
	}
	return join("; ", join("; ", provisional, first), former)
}

// change is what the latest value is more or less than the one before; two series
// are not compared.
func (t *trend) change(x *kpi) string {
	last, before := x.latest(t.Result)
	if last != nil && before != nil && last.Definition != before.Definition {
		return "–"
	}
	return x.change(last, before)
}

// states says how the indicators with limits stand by their values to date.
func (t *trend) states() (out []string) {
	for _, x := range t.list {
		p, state := x.toDate(t.Result), x.stateText(t.Result)
		if x.Limits == nil || state == "" || p == nil || p.ToDate == nil {
			continue
		}
		said := clean(x.Title) + " " + x.number(*p.ToDate)
		if p.Sequence != nil {
			said += " (" + x.between(&audit.KPI{Interval: p.Sequence}) + ")"
		}
		out = append(out, said+", "+state)
	}
	return out
}

// span is the time from the first window to the last.
func (t *trend) span() string {
	w := t.Result.Windows
	if len(w) == 0 {
		return "no window"
	}
	return windowTick(w[0].ID) + " – " + windowTick(w[len(w)-1].ID)
}

// restated is a point whose number was another when it was first reported.
type restated struct {
	*kpi
	point *audit.TrendPoint
}

// restated lists those of everybody and of gaps.
func (t *trend) restated() (out []restated) {
	for _, x := range t.list {
		for _, w := range t.Result.Windows {
			if p := t.of[x.at[w.ID]]; p != nil && p.First != nil {
				out = append(out, restated{x, p})
			}
		}
	}
	return out
}

// why says why a number is another now.
func (r restated) why() string {
	if r.point.First.Reason == "" {
		return "by a run of another period"
	}
	return "because of " + words(r.point.First.Reason)
}

func (r restated) then() string { return r.number(r.point.First.Value) }

// redefined is a window from which an indicator is another.
type redefined struct {
	*kpi
	from, to string
	window   string
}

// redefined lists the windows from which an indicator is another than before.
func (t *trend) redefined() (out []redefined) {
	for _, x := range t.list {
		last := ""
		for _, w := range t.Result.Windows {
			p := x.at[w.ID]
			if p == nil {
				continue
			}
			if last != "" && p.Definition != last {
				out = append(out, redefined{x, last, p.Definition, w.ID})
			}
			last = p.Definition
		}
	}
	return out
}

// provisional lists, for each indicator, the windows for which labels may still come.
func (t *trend) provisional() (out []string) {
	for _, x := range t.list {
		first, last, n := "", "", 0
		for _, w := range t.Result.Windows {
			if p := t.of[x.at[w.ID]]; p != nil && p.Provisional {
				if n++; first == "" {
					first = w.ID
				}
				last = w.ID
			}
		}
		switch {
		case n == 1:
			out = append(out, fmt.Sprintf("%s, %s", clean(x.Title), windowTick(first)))
		case n > 1:
			out = append(out, fmt.Sprintf("%s, %s from %s to %s", clean(x.Title), plural(n, "window", "windows"), windowTick(first), windowTick(last)))
		}
	}
	return out
}
