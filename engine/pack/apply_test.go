package pack_test

import (
	"strings"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/pack"
)

func apply(t *testing.T, text string) (*config.Audit, *pack.Applied) {
	t.Helper()
	a, errs := config.Parse("audit.yaml", []byte(text), declarations(), func(string) []string { return []string{"parity"} })
	if len(errs) > 0 {
		t.Fatal(errs.String())
	}
	x, err := pack.Apply(a, declarations(), today())
	if err != nil {
		t.Fatal(err)
	}
	return a, x
}

const head = "version: 1\nname: a\ndata: {log: l.csv}\ncolumns:\n  decision: {column: d, positive: [1]}\n"

// What audit.yaml says itself stays, and a pack fills in the rest; the audit that was
// read is not changed, so that it can be applied again.
func TestApplyKeepsWhatIsSaid(t *testing.T) {
	a, x := apply(t, head+"  groups: {sex: {column: s, reference: m, min_rows: 5}, race: r}\npacks: [four-fifths, nyc-ll144]\ndetectors: {ll144: {median_over: known}}\n")
	groups := x.Audit.Columns.Groups
	if r := groups[0].Reference; r.Policy != "value" || r.Value != "m" || groups[0].MinRows != 5 {
		t.Errorf("sex: %+v", groups[0])
	}
	if groups[1].Reference.Policy != "best" || groups[1].MinRows != 30 {
		t.Errorf("race: %+v", groups[1])
	}
	if a.Columns.Groups[1].Reference.Policy != "largest" || len(a.Detectors) != 1 || a.Digests != nil {
		t.Errorf("the audit itself changed: %+v", a)
	}
	names := map[string]bool{}
	for _, d := range x.Audit.Detectors {
		names[d.Name] = true
		if p, ok := d.Params.(detectors.LL144Params); ok && (p.MedianOver != "known" || p.SelectionRounding.SexRatio != 3) {
			t.Errorf("ll144: %+v", p)
		}
	}
	if !names["parity"] || !names["adverse_impact"] || !names["ll144"] || len(x.Expected) != 0 {
		t.Errorf("detectors %v, expected %v", names, x.Expected)
	}
	if len(x.Gates) != 1 || x.Gates[0].Pack != "four-fifths" || x.Gates[0].Value != "0.8" || x.Gates[0].MinShare != "0.02" || x.Gates[0].Where != "pack four-fifths:28:65" {
		t.Errorf("%+v", x.Gates)
	}
}

// A limit on what the log cannot give is not judged: there is no score here. Limits of
// severity warn say so; attributes that nobody carries are expected.
func TestApplyWithoutRoles(t *testing.T) {
	_, x := apply(t, head+"  groups: {race: {column: r, reference: White}}\npacks: [credit-air]\n")
	if len(x.Gates) != 2 || x.Gates[0].Severity != "" || x.Gates[1].Severity != audit.Warn || x.Gates[1].Side != "low" {
		t.Errorf("%+v", x.Gates)
	}
	if len(x.Expected) != 2 || x.Expected[0] != "sex" || x.Expected[1] != "age" {
		t.Errorf("expected %v", x.Expected)
	}
}

// The digest of an audit depends on what its packs say, and not on the order of asking.
func TestApplyDigest(t *testing.T) {
	plain, x := apply(t, head+"  groups: {race: r}\npacks: [four-fifths]\n")
	_, again := apply(t, head+"  groups: {race: r}\npacks: four-fifths\n")
	if x.Audit.SHA256() != again.Audit.SHA256() || x.Audit.SHA256() == plain.SHA256() {
		t.Errorf("%s %s %s", x.Audit.SHA256(), again.Audit.SHA256(), plain.SHA256())
	}
}

// What is stated is a text that somebody wrote, and of a date one that has come.
func TestStated(t *testing.T) {
	for text, want := range map[string]string{
		"audit-date: 2026-11-20":      "",
		"audit-date: TODO":            `audit.yaml:7:50: "audit-date" is still to be written: TODO`,
		"source: tbd.":                "is still to be written",
		"audit-date: last spring":     `audit.yaml:7:50: "audit-date" must be a date, not "last spring"; write it as 2026-11-21`,
		"audit-date: 2031-05-05":      `"audit-date" lies in the future: 2031-05-05, and today is 2026-11-23`,
		"distribution-date: May 2025": "",
	} {
		a, errs := config.Parse("audit.yaml", []byte(head+"  groups: {race: r}\npacks: [{name: nyc-ll144, evidence: {"+text+"}}]\n"), declarations(), func(string) []string { return []string{"parity"} })
		if len(errs) > 0 {
			t.Fatal(errs.String())
		}
		_, err := pack.Apply(a, declarations(), today())
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// A stated date is held against the age that evidence may have, 365 days in this pack:
// at the date of the audit and at the end of the log. 2024 has 366 days.
func TestStatedDateTooOld(t *testing.T) {
	for _, c := range []struct{ date, asOf, ends, want string }{
		{"2019-01-01", "", "", ""},
		{"2019-01-01", "2026-11-23", "", "2019-01-01 is more than 365 days before 2026-11-23, the date of --as-of."},
		{"2019-01-01", "", "2026-10-31T22:00:00Z", "2019-01-01 is more than 365 days before the log ends, on 2026-10-31."},
		{"2024-01-01", "2024-12-31", "2024-06-30T00:00:00Z", ""},
		{"2024-01-01", "2025-01-02", "2024-06-30T00:00:00Z", "2024-01-01 is more than 365 days before 2025-01-02, the date of --as-of."},
		{"2026-11-20", "2026-11-01", "", "2026-11-20 is later than 2026-11-01, the date of --as-of."},
	} {
		_, x := apply(t, head+"  groups: {sex: s}\npacks: [{name: nyc-ll144, evidence: {audit-date: "+c.date+"}}]\n")
		asOf, _ := time.Parse(time.DateOnly, c.asOf)
		_, evidence := x.Report(&audit.Result{Data: audit.Data{LastTime: c.ends}}, asOf)
		for _, e := range evidence {
			status, detail := audit.Recorded, c.date
			if c.want != "" {
				status, detail = audit.FindingAt, c.want
			}
			if e.Requirement == "audit-date" && (e.Status != status || e.Detail != detail) {
				t.Errorf("%+v: %s %s", c, e.Status, e.Detail)
			}
		}
	}
}

// Tables of single outputs and classes are evidence of what asks for tables by sex,
// also without a decision.
func TestTablesOfOutputs(t *testing.T) {
	text := strings.Replace(head, "  decision: {column: d, positive: [1]}\n", "  features: [team]\n", 1)
	_, x := apply(t, text+"  groups: {sex: s}\npacks: [nyc-ll144]\n")
	r := &audit.Result{Tables: []audit.Table{{ID: "ll144/selection/sex/team/1", Title: "By sex: team = 1", Rows: [][]any{{"Male"}}}, {ID: "ll144/selection/sex/team/2", Rows: [][]any{{"Male"}}}}}
	_, evidence := x.Report(r, time.Time{})
	for _, e := range evidence {
		switch e.Requirement {
		case "selection-sex":
			if e.Status != audit.Recorded || e.Detail != "2 tables, the first “By sex: team = 1”." {
				t.Errorf("%+v", e)
			}
		case "scoring-sex":
			if e.Status != audit.OutsideDuty {
				t.Errorf("%+v", e)
			}
		}
	}
}
