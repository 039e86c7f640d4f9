package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

func differ(a, b *Audit) string {
	return cmp.Diff(a, b, cmpopts.IgnoreUnexported(Audit{}), cmpopts.IgnoreFields(Audit{}, "Path", "Dir"), cmpopts.IgnoreFields(audit.Gate{}, "Where"))
}

// What YAML prints is a configuration that reads back as the same audit.
func TestPrintParse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAudit(t)
		out, err := a.YAML()
		if err != nil {
			t.Fatal(err)
		}
		back, errs := parse(string(out))
		if errs != nil {
			t.Fatalf("%s\n%s", errs, out)
		}
		if d := differ(a, back); d != "" {
			t.Fatalf("%s\n%s", d, out)
		}
		if a.Canonical() != back.Canonical() {
			t.Fatalf("%s\n%s", a.Canonical(), back.Canonical())
		}
	})
}

// text draws a text with what YAML is likely to stumble over.
func drawText(t *rapid.T, label string) string {
	return rapid.OneOf(
		rapid.StringN(1, 12, -1),
		rapid.SampledFrom([]string{"yes", "null", "~", "1.0", "1", "0x1F", "true", "- a", "a: b", "#", "*", "&a", "!!str", "'", `"`, "a\nb\n", " a ", "\t", "\u0085",
			"\u2028", "\x00", "\x1b", "<<", "2008-05-01", "{", "[", "a,b", "ü", "none", "=", "1e3", ".inf", "|", ">", "%", "@", "a #b", "\ufeff", "\uffff"}),
	).Filter(func(s string) bool { return strings.TrimSpace(s) != "" }).Draw(t, label)
}

func drawRole(t *rapid.T, label string) Role {
	r := Role{Column: Ref{Name: drawText(t, label)}}
	if rapid.Bool().Draw(t, label+" nth") {
		r.Column.Nth = rapid.IntRange(1, 3).Draw(t, label+" which")
	}
	return r
}

func drawRule(t *rapid.T, label string) Rule {
	r := Rule{Role: drawRole(t, label), Unlisted: "exclude"}
	decimal := strconv.FormatFloat(float64(rapid.Int64Range(-1e9, 1e9).Draw(t, label+" limit"))/1000, 'f', -1, 64)
	switch rapid.IntRange(0, 3).Draw(t, label+" way") {
	case 0:
		values := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) string { return drawText(t, "value") }), 2, 4, rapid.ID).Draw(t, label+" values")
		r.Positive, r.Negative = values[:1], values[1:]
		r.Unlisted = "error"
	case 1:
		r.AtLeast = decimal
	case 2:
		r.Above = decimal
	case 3:
		r.Role, r.When = Role{}, drawText(t, label+" when")
	}
	return r
}

func drawGroup(t *rapid.T, i int) Group {
	g := Group{Name: fmt.Sprintf("g %d", i), Role: drawRole(t, "group"), Reference: Reference{Policy: "best"}, Closed: "left",
		MaxValues: rapid.IntRange(1, 1000).Draw(t, "max"), MinRows: rapid.Int64Range(0, 100).Draw(t, "min"),
		Provenance: rapid.SampledFrom([]string{"", "observed"}).Draw(t, "provenance")}
	switch rapid.IntRange(0, 3).Draw(t, "shape") {
	case 0:
		g.Bins, g.Closed = []string{"-1.50", "0", "25"}, "right"
		g.Reference = Reference{"value", "(0,25]"}
	case 1:
		g.Map = map[string]string{drawText(t, "from"): drawText(t, "to")}
	case 2:
		g.Reference = Reference{"value", drawText(t, "reference")}
	case 3:
		g.Reference = Reference{"value", "largest"}
		g.Missing = []string{drawText(t, "missing")}
	}
	return g
}

func drawAudit(t *rapid.T) *Audit {
	a := &Audit{Version: 1, Name: "a-1", Title: drawText(t, "title"), Kind: rapid.SampledFrom([]string{"ads", "chatbot"}).Draw(t, "kind"),
		Words: Words{drawText(t, "positive"), drawText(t, "unit")},
		Data: Data{Log: []string{"a/*.csv", "b"}, Format: "csv", CSV: CSV{Delimiter: ";", Quote: "none", Encoding: "latin-1"}, MissingColumn: "null",
			Limits: Limits{1, Size(rapid.Int64Range(1, 1<<30).Draw(t, "line")), 3 << 20, 1 << 30, rapid.IntRange(1, 10_000).Draw(t, "depth"), rapid.Int64Range(1, 1<<40).Draw(t, "run")}},
		Windows:       Windows{Timezone: "Europe/Lisbon"},
		Intersections: Intersections{Depth: 1, MinRows: rapid.Int64Range(0, 1000).Draw(t, "min rows")},
		Gates:         Gates{rapid.SampledFrom([]string{"holm", "bh", "by", "none"}).Draw(t, "adjust"), rapid.SampledFrom([]string{"", "interval", "point"}).Draw(t, "policy")},
		Alpha:         rapid.Float64Range(1e-6, 1-1e-6).Draw(t, "alpha"), Seed: rapid.Uint64Range(0, math.MaxUint64).Draw(t, "seed"),
	}
	if rapid.Bool().Draw(t, "join") {
		a.Data.Joins = []Join{{Path: []string{"p"}, Format: "auto", CSV: CSV{Quote: `"`, Encoding: "utf-8"}, On: Keys{{"a", drawText(t, "key")}}, Columns: []string{"c"}}}
	}
	c := &a.Columns
	c.Time = &Time{Role: drawRole(t, "time"), Unit: "ms", Zone: "Asia/Kolkata"}
	c.ID = &ID{drawRole(t, "id"), "count"}
	c.Decision = &Decision{drawRule(t, "decision"), rapid.Bool().Draw(t, "favorable")}
	c.Label = &Label{drawRule(t, "label"), Duration(time.Duration(rapid.IntRange(0, 999).Draw(t, "age")) * time.Minute)}
	c.Score = &Score{When: drawText(t, "score"), HigherIs: "unfavorable"}
	for i := range rapid.IntRange(1, 3).Draw(t, "groups") {
		c.Groups = append(c.Groups, drawGroup(t, i))
	}
	if rapid.Bool().Draw(t, "ranges") {
		a.Windows.Ranges = Ranges{{"b", "2009"}, {strings.ReplaceAll(drawText(t, "range"), ".", "") + "x", "2008-01..2008-W20"}}
		a.Windows.Reference.Windows = "b"
	} else {
		a.Windows.Every = "week"
		a.Windows.Reference = rapid.SampledFrom([]Baseline{{Windows: "first"}, {File: "profile.json"}}).Draw(t, "reference")
	}
	a.Detectors = Detectors{
		{Name: "drift", Params: driftParams{Bins: rapid.IntRange(2, 9).Draw(t, "bins"), Method: "ks", Cuts: []float64{0.25}}, Gates: []audit.Gate{
			{Detector: "drift", Metric: "psi", Key: "max", Value: "0.20", Side: "both", Policy: audit.Policy(rapid.SampledFrom([]string{"", "equivalence"}).Draw(t, "own"))}}},
		{Name: "parity", Gates: []audit.Gate{
			{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "low"},
			{Detector: "parity", Metric: "selection_rate_ratio", Key: "max", Value: "1.25", Side: "both"}}},
	}
	return a
}

// The digest is of what is asked, not of where the rows are, and does not
// change from one release to the next unnoticed.
func TestDigest(t *testing.T) {
	base, errs := parse(campaign)
	if errs != nil {
		t.Fatal(errs)
	}
	moved, _ := parse(strings.NewReplacer("bank/*.parquet", "/elsewhere/bank.csv.gz", "format: auto", "format: csv", "people.parquet", "people.csv",
		"seed: 1\n", "", "  joins:", "  limits: {depth: 9}\n  joins:", "{min_ratio: 0.8}", "{selection_rate: {min_ratio: 0.8}}").Replace(campaign))
	if moved.SHA256() != base.SHA256() {
		t.Errorf("%s\n%s", base.Canonical(), moved.Canonical())
	}
	other, _ := parse(strings.Replace(campaign, "0.8", "0.9", 1))
	if other.SHA256() == base.SHA256() {
		t.Error("another limit, the same digest")
	}
	if got, want := base.SHA256(), "644ddb76d1"; !strings.HasPrefix(got, want) {
		t.Errorf("digest %s of %s", got, base.Canonical())
	}
}

func TestPrinted(t *testing.T) {
	a, errs := parse(outline("decision: {column: y, positive: yes}\ntime: t\ngroups: {age: {column: age, bins: [25, 60.0]}}\n", "detectors: {parity: {min_ratio: 0.80}, completeness: {}}\n"))
	if errs != nil {
		t.Fatal(errs)
	}
	out, err := a.YAML()
	if err != nil {
		t.Fatal(err)
	}
	want := `version: 1
name: t
title: t
kind: decision
words:
  positive: selected
  unit: rows
data:
  log: [a.csv]
  format: auto
  csv: {quote: "\"", encoding: utf-8}
  limits: {cell: "1MiB", line: "16MiB", page: "256MiB", batch: "256MiB", depth: 64, run: 68719476736}
  missing_column: error
columns:
  time: t
  decision: {column: "y", positive: ["yes"], unlisted: exclude, favorable: true}
  groups:
    age: {column: age, reference: largest, bins: [25, 60.0], closed: left, max_values: 200, min_rows: 30}
windows:
  timezone: UTC
intersections:
  depth: 1
  min_rows: 100
detectors:
  parity: {selection_rate_ratio: {min_ratio: 0.80, side: both}}
  completeness: {}
gates:
  adjust: holm
alpha: 0.05
seed: 1
`
	if d := cmp.Diff(want, string(out)); d != "" {
		t.Error(d)
	}
}
