package main

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports"
)

// TestWatch audits every configuration under testdata that has a file of what its
// indicators must come to: alarms, states, values. Each line names its source.
func TestWatch(t *testing.T) {
	cases, err := filepath.Glob("../../testdata/*/*.watch.csv")
	if err != nil || len(cases) < 10 {
		t.Fatalf("found %d cases: %v", len(cases), err)
	}
	for _, path := range cases {
		name := strings.TrimSuffix(path, ".watch.csv")
		t.Run(filepath.Base(filepath.Dir(path))+"/"+filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			lines, o := readWatch(t, path), engine.Options{}
			if lines[0].about == "as of" {
				asOf, err := time.Parse(time.DateOnly, lines[0].value)
				if err != nil {
					t.Fatal(err)
				}
				o.AsOf, lines = &asOf, lines[1:]
			}
			r := runAudit(t, name+".yaml", o)
			checkSchema(t, r)
			for _, line := range lines {
				line.check(t, r)
			}
			for _, f := range []func(*bytes.Buffer) error{
				func(b *bytes.Buffer) error { return reports.WriteHTML(b, r) },
				func(b *bytes.Buffer) error { return reports.Text{Width: 100}.Write(b, r) },
				func(b *bytes.Buffer) error { return reports.WriteKPIs(b, r) },
			} {
				var b bytes.Buffer
				if err := f(&b); err != nil || strings.Contains(b.String(), "NaN") {
					t.Errorf("a report of it: %v", err)
				}
			}
		})
	}
}

// watchLine is one line of such a file.
type watchLine struct{ kpi, attribute, group, about, window, value, source string }

func readWatch(t *testing.T, path string) []watchLine {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []watchLine
	for _, r := range rows[1:] {
		out = append(out, watchLine{r[0], r[1], r[2], r[3], r[4], r[5], r[6]})
	}
	return out
}

func (l watchLine) check(t *testing.T, r *audit.Result) {
	t.Helper()
	got := l.found(r)
	switch l.about {
	case "found by":
		if got == "none" || got > l.value {
			t.Errorf("%+v: %s", l, got)
		}
		return
	case "since or later":
		if got == "none" || got < l.value {
			t.Errorf("%+v: %s", l, got)
		}
		return
	}
	want, err1 := strconv.ParseFloat(l.value, 64)
	have, err2 := strconv.ParseFloat(got, 64)
	if got != l.value && (err1 != nil || err2 != nil || math.Abs(have-want) > 1e-9) {
		t.Errorf("%+v: %s", l, got)
	}
}

// found is what the result says about a line.
func (l watchLine) found(r *audit.Result) string {
	switch l.about {
	case "value", "to date", "season", "season low", "season high", "immature", "lowest", "highest", "open":
		for i := range r.KPIs {
			if p := &r.KPIs[i]; l.isPoint(p) {
				return orNone(numbersOf(p)[l.about])
			}
		}
		return "none"
	}
	if strings.HasPrefix(l.about, "step") || l.about == "trend" {
		return l.step(r)
	}
	for _, s := range r.KPIMonitoring.Series {
		if s.KPI != l.kpi || s.Attribute != l.attribute {
			continue
		}
		switch l.about {
		case "alarms":
			return strconv.Itoa(len(s.Alarms))
		case "state":
			return string(s.State)
		}
		if len(s.Alarms) == 0 {
			return "none"
		}
		a := s.Alarms[0]
		return map[string]string{"since": a.Since, "since or later": a.Since, "found by": a.Window, "before": orNone(a.Before), "after": orNone(a.After)}[l.about]
	}
	return "none"
}

// numbersOf are what a line may ask of a point.
func numbersOf(p *audit.KPI) map[string]*float64 {
	immature := float64(p.Immature)
	out := map[string]*float64{"value": p.Value, "to date": p.ToDate, "immature": &immature}
	if b := p.LabelBounds; b != nil {
		open := float64(b.Open)
		out["lowest"], out["highest"], out["open"] = &b.Low, &b.High, &open
	}
	if s := p.Season; s != nil {
		out["season"] = &s.Change
		if s.Interval != nil {
			out["season low"], out["season high"] = s.Interval.Low, s.Interval.High
		}
	}
	return out
}

func (l watchLine) isPoint(p *audit.KPI) bool {
	group := ""
	if p.GroupKind == audit.KindValue && p.Group != nil {
		group = *p.Group
	}
	return p.KPI == l.kpi && p.Attribute == l.attribute && group == l.group && p.Window == l.window && p.GroupKind != audit.KindMissing
}

func (l watchLine) step(r *audit.Result) string {
	for _, c := range r.VersionChanges {
		for _, e := range c.KPIs {
			if c.Window != l.window || e.KPI != l.kpi || e.Attribute != l.attribute {
				continue
			}
			low, high := (*float64)(nil), (*float64)(nil)
			if e.Interval != nil {
				low, high = e.Interval.Low, e.Interval.High
			}
			return orNone(map[string]*float64{"step": e.Step, "step low": low, "step high": high, "step before": e.Before, "step after": e.After, "trend": e.Trend}[l.about])
		}
	}
	return "none"
}

func orNone(x *float64) string {
	if x == nil {
		return "none"
	}
	return strconv.FormatFloat(*x, 'g', -1, 64)
}

// A limit that the value to date keeps passes, and the page says that what came since
// a change does not: the gap of the last months is 13.7 points, the limit 10.
func TestPassToDateOnly(t *testing.T) {
	var got bytes.Buffer
	if err := (reports.Text{Width: 100}).Write(&got, runAudit(t, "../../testdata/watch/sudden.yaml", engine.Options{})); err != nil {
		t.Fatal(err)
	}
	if screen := strings.Join(strings.Fields(got.String()), " "); !strings.Contains(screen, "Its limit is kept by the value to date, not by what came since") {
		t.Error(got.String())
	}
}
