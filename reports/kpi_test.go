package reports

import (
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// followed is a result with indicators: one as usual, one suppressed, one never
// defined, one without windows, one of a pack that is not measured.
func followed() *audit.Result {
	r := &audit.Result{SchemaVersion: audit.SchemaVersion, Audit: audit.Header{Name: "x", Title: "X", WindowEvery: "month"}, Verdict: audit.Fail}
	f := func(x float64) *float64 { return &x }
	for _, id := range []string{"2024-01", "2024-02", "2024-03"} {
		r.Windows = append(r.Windows, audit.Window{ID: id, Start: id + "-01T00:00:00Z", End: id + "-28T00:00:00Z", Rows: 10})
	}
	group := "<b>old</b>"
	add := func(d audit.KPIDefinition, points ...audit.KPI) {
		d.Definition = "00"
		r.KPIDefinitions = append(r.KPIDefinitions, d)
		for _, p := range points {
			p.KPI = d.Name
			if p.GroupKind == "" {
				p.GroupKind = audit.KindOverall
			}
			r.KPIs = append(r.KPIs, p)
		}
	}
	iv := &audit.Interval{Low: f(.1), High: f(.2), Level: .95, Method: "wilson"}
	add(audit.KPIDefinition{Name: "opt_in", Title: "Opt-in <rate>", Kind: "rate", Scale: "rate", Limits: &audit.KPIRange{Min: "0.45"}, Target: &audit.KPIRange{Min: "0.6", By: "2025-01"}, Owner: "=me", By: []string{"age"}},
		audit.KPI{Window: "2024-01", Value: f(.15), Interval: iv, Numerator: f(3), Denominator: f(20), State: audit.Breach, Alarm: "2024-01", Definition: "00"},
		audit.KPI{Window: "2024-03", Value: f(.25), State: audit.NotResolved, Definition: "01"},
		audit.KPI{Window: "all", Value: f(.2), State: audit.Breach, Verdict: audit.Fail},
		audit.KPI{Window: "2024-01", Attribute: "age", Group: &group, GroupKind: audit.KindValue, Value: f(.5)},
		audit.KPI{Window: "all", Attribute: "age", Group: &group, GroupKind: audit.KindValue, Value: f(.5)},
		audit.KPI{Window: "all", Attribute: "age", GroupKind: audit.KindMissing, Note: "undefined: nobody"})
	add(audit.KPIDefinition{Name: "hidden", Title: "Hidden", Kind: "count", Scale: "number"}, audit.KPI{Window: "2024-02", N: audit.Hidden, Suppressed: true})
	add(audit.KPIDefinition{Name: "never", Title: "Never", Kind: "mean", Scale: "number"}, audit.KPI{Window: "2024-02", Note: "undefined: no row"})
	add(audit.KPIDefinition{Name: "trust", Title: "Trust", Kind: "manual", Scale: "number"}, audit.KPI{Window: "2024-02", Value: f(61.5), Source: "survey"})
	add(audit.KPIDefinition{Name: "lost", Title: "Lost", Kind: "mean", Pack: "ad-delivery", NotMeasured: "the log has no column cost"})
	share := 0.025
	r.KPIMonitoring = &audit.KPIMonitoring{Alpha: 0.05, Horizon: 60, Split: "weights", Series: []audit.KPISeries{{KPI: "opt_in", Weight: "1", Looks: 2, LevelAlpha: &share, AlarmAt: 2400, State: audit.Breach,
		Alarms: []audit.KPIAlarm{{Window: "2024-01", Since: "2024-01", Before: f(.4), After: f(.15)}}}}}
	return r
}

func TestIndicatorsInReports(t *testing.T) {
	r := followed()
	for name, want := range map[string][]string{
		"html": {"Opt-in &lt;rate&gt;", "25.0", "&#43;10.0 points", "since Jan 2024", "≥ 60.0", "by January 2025", `class="breach"`, "survey", "suppressed", "the log has no column cost",
			"To date 0 of 1 indicator with limits are within them, 1 too uncertain to tell", "since Jan 2024: 40.0 % to 15.0 %, found in Jan 2024", "error budget of watching is 5 %", "2,400"},
		"text": {"✕ Opt-in <rate>", "25.0 %  +10.0 points", "▁·█  ≥ 45.0 %", "  Trust", "1 indicator of a pack is not measured", "! Opt-in <rate> changed since Jan 2024"},
		"kpis": {"opt_in,Opt-in <rate>,rate,", ",'=me,", "age,<b>old</b>,value,,2024-01,0.5,", "hidden,Hidden,count,,,,,,overall,,2024-02,suppressed,suppressed,suppressed,suppressed", ",survey,"},
	} {
		f, ok := Lookup(name)
		if !ok {
			t.Fatal(name)
		}
		var b strings.Builder
		if err := f.Write(&b, r); err != nil {
			t.Fatal(err)
		}
		got := strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(b.String())
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s lacks %q", name, w)
			}
		}
		if strings.Contains(got, "<b>old</b>") && name == "html" {
			t.Error("a name of the data is taken for a tag")
		}
		if strings.Contains(got, "NaN") || strings.Contains(got, "Inf") {
			t.Errorf("%s holds a number that is none", name)
		}
	}
}

// Without windows, or with points of windows that are not listed, reports are still
// written.
func TestIndicatorsWithoutWindows(t *testing.T) {
	r := followed()
	r.Windows = nil
	for _, f := range All() {
		var b strings.Builder
		if err := f.Write(&b, r); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}
