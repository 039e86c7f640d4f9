package config

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	yaml "go.yaml.in/yaml/v4"
	"pgregory.net/rapid"
)

// published is the schema as editors get it: through JSON.
func published(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	text, err := json.Marshal(Schema(decls()))
	if err != nil {
		t.Fatal(err)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func validate(t interface{ Fatal(...any) }, r *jsonschema.Resolved, text string) error {
	var v any
	if err := yaml.Load([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var instance any
	if err := json.Unmarshal(data, &instance); err != nil {
		t.Fatal(err)
	}
	return r.Validate(instance)
}

func TestSchema(t *testing.T) {
	r := published(t)
	good := []string{
		campaign,
		outline("time: {column: {name: t, nth: 2}}\nscore: {when: a}\ndecision: {column: y, positive: yes, missing: [1, true]}\n"+
			"groups: {a: a, b: {column: b, reference: 1}, c: {column: c, reference: {value: best}}}\n",
			"detectors: {parity: {min_ratio: 0.8, side: low, favorable_rate: {min_ratio: 1, max: 0.5}}, drift: {cuts: [0.5]}, completeness: }\n"),
		outline("time: t\n", "windows: {ranges: {a: 2008, b: 2009-01..2009-02}, reference: a}\n"),
		strings.Replace(campaign, "  format: auto ", "  missing_column: null\n  csv: {delimiter: tab} ", 1),
		strings.Replace(campaign, "  format: auto ", "  format: jsonl\n  limits: {cell: 4096, line: 1GiB, page: 8 MiB, batch: 512KiB, depth: 3, run: 1000000}\n  csv: {encoding: utf-16} ", 1),
		strings.Replace(campaign, "on: user_id", "on: {a: b, c: d}", 1),
	}
	for _, inputs := range []string{"[age, income]", "{age: age, x2: income}", "{zip: {column: zip, type: category}, age: age}"} {
		good = append(good, outline("time: t\n", "model: {type: exec, command: [./score], inputs: "+inputs+"}\n"))
	}
	for _, text := range good {
		if _, errs := parse(text); errs != nil {
			t.Errorf("%s\n%s", errs, text)
		}
		if err := validate(t, r, text); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
	for _, inputs := range []string{"[]", "{}", "[[age]]", "{age: {type: number}}", "{age: {column: age, type: word}}", "age"} {
		text := outline("time: t\n", "model: {type: exec, command: [./score], inputs: "+inputs+"}\n")
		if _, errs := parse(text); errs == nil {
			t.Errorf("inputs: %s is read", inputs)
		}
		if validate(t, r, text) == nil {
			t.Errorf("inputs: %s fits the schema", inputs)
		}
	}
	bad := map[string]string{
		"alpha: 0.05":       "alpha: 1",
		"seed: 1":           "sed: 1",
		"version: 1\n":      "version: 2\n",
		"kind: ads ":        "kind: add ",
		"weight: n":         "weight: [n]",
		"positive: [yes]":   "positiv: [yes]",
		"min_ratio: 0.8":    "min_ratio: 0",
		"drift: {}":         "drift: {psi: {min: 1}}",
		"bins: [25, 60]":    "bins: [a]",
		"every: month":      "every: moon",
		"matures_after: 30": "matures_after: 3x",
		"name: bank":        "signoff: {}\nname: bank",
	}
	for from, to := range bad {
		text := strings.Replace(campaign, from, to, 1)
		if _, errs := parse(text); text == campaign || errs == nil {
			t.Errorf("%s is no mistake", to)
		}
		if err := validate(t, r, text); err == nil {
			t.Errorf("the schema accepts %s", to)
		}
	}
}

// Whatever the program prints, an editor with the schema accepts.
func TestSchemaAcceptsPrinted(t *testing.T) {
	r := published(t)
	rapid.Check(t, func(t *rapid.T) {
		out, err := drawAudit(t).YAML()
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(t, r, string(out)); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	})
}

// Every key has a description: the declarations are the documentation.
func TestEveryKeyIsDocumented(t *testing.T) {
	var walk func(s *jsonschema.Schema, path string)
	walk = func(s *jsonschema.Schema, path string) {
		for name, p := range s.Properties {
			at := join(path, name)
			if p.Description == "" && !strings.HasPrefix(path, "detectors") && name != "value" {
				t.Errorf("%s has no description", at)
			}
			walk(p, at)
		}
		for _, alternative := range s.AnyOf {
			walk(alternative, path)
		}
		if s.Items != nil {
			walk(s.Items, path)
		}
	}
	walk(Schema(nil), "")
	text := ReferenceText(decls())
	for _, f := range fieldsOf(reflect.TypeFor[Columns]()) {
		if !f.reserved && !strings.Contains(text, "| `columns."+f.name+"` |") {
			t.Errorf("columns.%s is not in the reference", f.name)
		}
	}
	for _, row := range []string{
		"| `alpha` | a number | `0.05` | error budget of all gates together; intervals have level 1 - alpha |",
		"| `columns.groups.NAME.max_values` | a whole number | `200` | more distinct values than this are refused |",
		"| `detectors.drift.bins` | a whole number | `10` | number of bins |",
		"| `detectors.parity.selection_rate` | mapping of min_ratio, max_difference, min or max |  | share of rows |",
	} {
		if !strings.Contains(text, row+"\n") {
			t.Errorf("the reference lacks %s", row)
		}
	}
}
