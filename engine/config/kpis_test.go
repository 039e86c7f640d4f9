package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const kpiHead = `version: 1
name: k
data: {log: a.csv}
columns: {time: t, decision: {column: d, positive: [y]}, groups: {age: age}}
`

func TestKPIsDecode(t *testing.T) {
	text := kpiHead + `windows: {every: month}
kpis:
  packs: data-rights
  map: {consent: gdpr}
  define:
    - {name: opt_in, kind: rate, numerator: "consent == 'in'", denominator: asked, by: [age], limits: {min: 0.45}, target: {min: 0.60, by: 2027-01}}
    - {name: gap, kind: gap, of: opt_in, by: age, limits: {max: 0.05}}
    - {name: ropi, kind: index, of: {lift: 0.4, complaints: -0.3}}
    - {name: quiet, kind: index, as: quiet, of: [opt_in, gap]}
`
	a, errs := parse(text)
	if errs != nil {
		t.Fatal(errs)
	}
	k := a.KPIs
	got := []any{k.Packs, k.Map["consent"], k.Define[0].Limits.Min, k.Define[0].Target.Min, k.Define[0].Unit, k.Define[1].Of, k.Define[2].Of, k.Define[3].Of}
	want := []any{[]string{"data-rights"}, "gdpr", "0.45", "0.60", "event", KPIOf{{"opt_in", "1"}}, KPIOf{{"lift", "0.4"}, {"complaints", "-0.3"}}, KPIOf{{"opt_in", "1"}, {"gap", "1"}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	out, err := a.YAML()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{text, string(out)} {
		if err := validate(t, published(t), file); err != nil {
			t.Errorf("the schema refuses it: %v\n%s", err, file)
		}
	}
	if again, errs := parse(string(out)); errs != nil || again.SHA256() != a.SHA256() {
		t.Errorf("it does not read back: %v\n%s", errs, out)
	}
}

func TestKPIMistakes(t *testing.T) {
	for text, want := range map[string]string{
		`- {name: a b, kind: rate, numerator: x}`:                                          `7:14: the name of a KPI must be`,
		`- {name: a, kind: rats, numerator: x}`:                                            `did you mean "rate"?`,
		`- {name: a, kind: rate}`:                                                          `a KPI of kind rate needs "numerator"`,
		`- {name: a, kind: mean, numerator: x, quantile: 0.5}`:                             `"quantile" means nothing for a KPI of kind mean`,
		`- {name: a, kind: quantile, numerator: x, quantile: 5}`:                           `lies between 0 and 1`,
		`- {name: a, kind: rate, numerator: x, unit: subject}`:                             `unit subject needs columns.subject`,
		`- {name: a, kind: growth, of: b}`:                                                 `needs windows`,
		`- {name: a, kind: rate, numerator: x, by: [agee]}`:                                `did you mean "age"?`,
		`- {name: a, kind: rate, numerator: x, limits: {min: 0.9, max: 0.1}}`:              `"min" is above "max"`,
		`- {name: a, kind: rate, numerator: x, limits: {}}`:                                `"limits" is empty`,
		`- {name: a, kind: index, of: {b: heavy}}`:                                         `the weight of "b" must be a number`,
		"- {name: a, kind: rate, numerator: x}\n    - {name: a, kind: rate, numerator: y}": `8:14: KPI "a" is defined twice`,
	} {
		_, errs := parse(kpiHead + "kpis:\n  define:\n    " + text + "\n")
		if len(errs) != 1 || !strings.Contains(errs.String(), want) {
			t.Errorf("%s\n%v\nwant %s", text, errs, want)
		}
	}
}
