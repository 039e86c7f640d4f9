package config

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

func TestCampaign(t *testing.T) {
	a, errs := parse(campaign)
	if errs != nil {
		t.Fatal("\n" + errs.String())
	}
	c := a.Columns
	got := []any{
		a.Data.Log, a.Data.Joins[0].On, c.Time.Column, c.ID.Duplicates, c.Decision.Positive, c.Decision.Favorable,
		time.Duration(c.Label.MaturesAfter), c.Groups[0].Name, c.Groups[0].Reference, c.Groups[1].Bins, c.Groups[1].Reference,
		c.Groups[3].Map, c.Groups[3].Missing, c.Features[2].Column.Name, a.Words.Unit, a.Windows.Reference.Windows,
		a.Detectors[0].Gates, a.Detectors[2].Params,
	}
	want := []any{
		[]string{"bank/*.parquet"}, Keys{{"user_id", "user_id"}}, Ref{Name: "contacted_at"}, "ignore", []string{"yes"}, true,
		720 * time.Hour, "marital", Reference{"value", "married"}, []string{"25", "60"}, Reference{Policy: "largest"},
		map[string]string{"A92": "female", "*": "male"}, []string{"?", "unknown"}, "balance", "rows", "2008-05..2008-12",
		[]audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "both", Where: "audit.yaml:28:33"}},
		driftParams{Bins: 10, Method: "psi", Cuts: []float64{0.1, 0.5}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestSpec(t *testing.T) {
	a, errs := parse(campaign)
	if errs != nil {
		t.Fatal(errs)
	}
	s := a.Spec()
	if s.DecisionText != "offered = yes" || s.Windows.Reference != "2008-05..2008-12" || s.Windows.Zone.String() != "Europe/Lisbon" {
		t.Errorf("%+v", s)
	}
	var roles []string
	for _, r := range s.Roles {
		roles = append(roles, r.Role)
	}
	want := []string{"time", "subject", "decision", "score", "label", "group:marital", "group:age", "group:race", "group:sex",
		"stratum:job", "feature:age", "feature:job", "feature:balance", "version"}
	if d := cmp.Diff(want, roles); d != "" {
		t.Error(d)
	}
}

// Values keep the spelling of the file.
func TestSpelling(t *testing.T) {
	a, errs := parse(outline(`decision: {column: y, positive: [yes, 1, 1.0, true, 'null', 0x1F, 2008-05-01, 1_0, "a\tb"]}
groups: {g: {column: 2008, reference: 010, map: {1: one, 1.0: uno, yes: ja}}}
`, ""))
	if errs != nil {
		t.Fatal("\n" + errs.String())
	}
	want := []string{"yes", "1", "1.0", "true", "null", "0x1F", "2008-05-01", "1_0", "a\tb"}
	if d := cmp.Diff(want, a.Columns.Decision.Positive); d != "" {
		t.Error(d)
	}
	g := a.Columns.Groups[0]
	if d := cmp.Diff(map[string]string{"1": "one", "1.0": "uno", "yes": "ja"}, g.Map); d != "" {
		t.Error(d)
	}
	if g.Reference.Value != "010" || g.Column.Name != "2008" {
		t.Errorf("%+v", g)
	}
}

func TestForms(t *testing.T) {
	a, errs := parse(`version: 1
name: t
data:
  log: [a.csv, b]
  missing_column: null
  joins:
    - {path: [x, y], on: {log_id: id, day: date}, columns: [sex]}
    - {path: z, on: [a, b]}
columns:
  time: {column: {name: t, nth: 2}, format: "%d.%m.%Y"}
  decision: {column: d, above: 3.50, missing: -1}
  label: {when: "x > 1", matures_after: 2w}
  score: {when: a / 10.0}
  groups:
    b: bb
    a: {column: aa, reference: {value: best}}
    c: {column: cc, reference: rest}
windows:
  ranges: {before: 2013-01..2014-03, after: 2014-04..2014-12}
  reference: before
`)
	if errs != nil {
		t.Fatal("\n" + errs.String())
	}
	c := a.Columns
	got := []any{a.Data.MissingColumn, a.Data.Joins[0].On, a.Data.Joins[1].On, c.Time.Column, c.Decision.Above, c.Decision.Missing, c.Decision.Text(),
		c.Label.Text(), c.Groups[0].Column.Name, c.Groups[1].Reference, c.Groups[2].Reference, a.Windows.Ranges[1].Name, a.Title}
	want := []any{"null", Keys{{"log_id", "id"}, {"day", "date"}}, Keys{{"a", "a"}, {"b", "b"}}, Ref{"t", 2}, "3.50", []string{"-1"}, "d > 3.50",
		"x > 1", "bb", Reference{"value", "best"}, Reference{Policy: "rest"}, "after", "t"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	w := a.Spec().Windows
	if w.Every != "ranges" || !w.Ranges[0].End.Equal(w.Ranges[1].Start) || w.Ranges[1].End.Format(time.DateOnly) != "2015-01-01" {
		t.Errorf("%+v", w)
	}
}

func TestGates(t *testing.T) {
	columns := "decision: {column: y, positive: 1, favorable: false}\ngroups: {g: g}\ntime: t\n"
	a, errs := parse(outline(columns, `detectors:
  parity: {min_ratio: 0.80, side: low, selection_rate: {max: 0.5}, selection_rate_difference: {max_difference: 0.1}}
  drift: {psi: {max: {limit: 0.2, policy: point}}, bins: 4}
  completeness:
gates: {policy: interval, adjust: by}
`))
	if errs != nil {
		t.Fatal("\n" + errs.String())
	}
	want := []audit.Gate{
		{Detector: "parity", Metric: "favorable_rate_ratio", Key: "min_ratio", Value: "0.80", Side: "low", Policy: audit.ByInterval},
		{Detector: "parity", Metric: "selection_rate", Key: "max", Value: "0.5", Side: "both", Policy: audit.ByInterval},
		{Detector: "parity", Metric: "selection_rate_difference", Key: "max_difference", Value: "0.1", Side: "both", Policy: audit.ByInterval},
		{Detector: "drift", Metric: "psi", Key: "max", Value: "0.2", Side: "both", Policy: audit.ByPoint},
	}
	if d := cmp.Diff(want, a.Spec().Gates, cmpopts.IgnoreFields(audit.Gate{}, "Where")); d != "" || a.Spec().Adjust != "by" {
		t.Error(d, a.Spec().Adjust)
	}
	if p := a.Detectors[1].Params.(driftParams); p.Bins != 4 || p.Method != "psi" {
		t.Errorf("%+v", p)
	}
}

func TestDefaultDetectors(t *testing.T) {
	const columns = "decision: {column: y, positive: 1}\ngroups: {g: g}\n"
	for _, c := range []struct {
		columns, rest string
		want          []string
	}{
		{columns, "", []string{"parity", "completeness"}},
		{columns + "time: t\n", "windows: {every: month}\n", []string{"parity", "completeness"}},
		{columns + "time: t\n", "windows: {every: month, reference: 2024-01}\n", []string{"parity", "drift", "completeness"}},
		{columns + "time: t\n", "windows: {every: month, reference: {file: profile.json}}\n", []string{"parity", "drift", "completeness"}},
	} {
		a, errs := parse(outline(c.columns, c.rest))
		if errs != nil {
			t.Fatal(errs)
		}
		var names []string
		for _, d := range a.Detectors {
			names = append(names, d.Name)
		}
		if d := cmp.Diff(c.want, names); d != "" {
			t.Errorf("%q: %s", c.rest, d)
		}
	}
}

func TestPositionInExpression(t *testing.T) {
	a, errs := parse("version: 1\nname: t\ndata:\n  log: a\n  where: 'ü == ''x'' && b'\ncolumns:\n  score:\n    when: |\n      a +\n      bb\n  decision: {column: y, positive: 1}\n  groups:\n    race:\n      column: r\n")
	if errs != nil {
		t.Fatal("\n" + errs.String())
	}
	got := []string{
		a.MistakeAt("data.where", len("ü == 'x'"), "m", "").Where(),
		a.MistakeAt("columns.score.when", len("a +\nb"), "m", "").Where(),
		a.Mistake("columns.groups.race", "m", "").Where(),
		a.Mistake("columns.groups.race.column.name", "m", "").Where(),
		a.Mistake("columns.label", "m", "").Where(),
	}
	want := []string{"audit.yaml:5:21", "audit.yaml:10:8", "audit.yaml:13:5", "audit.yaml:14:15", "audit.yaml:6:1"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
