package config

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/source"
)

func col(name string, t source.Type) source.Column { return source.Column{Name: name, Type: t} }

func TestCheck(t *testing.T) {
	text := source.Type{Kind: source.String}
	number := source.Type{Kind: source.Int}
	schema := source.Schema{col("when", number), col("y", text), col("flag", source.Type{Kind: source.Bool}), col("tags", source.Type{Kind: source.Nested}),
		col("Age", source.Type{Kind: source.Float}), col("dup", text), col("dup", text), col("raw", source.Type{Kind: source.Binary}),
		col("n", source.Type{Kind: source.Float}), col("nothing", source.Type{Kind: source.Null}), col("clock", source.Type{Kind: source.TimeOfDay, Unit: time.Second})}
	sample := &Sample{
		Values:   map[int][]string{1: {"yes", "no"}, 2: {"true", "false"}, 4: {"1", "2.5"}, 8: {"1", "1.5"}, 5: {"male", "female"}},
		Distinct: map[int]int{1: 2, 2: 2, 4: 5000, 8: 2, 5: 2},
	}
	cases := []struct{ name, columns, want string }{
		{"fits", "decision: {column: y, positive: [yes]}\nlabel: {column: flag, positive: 1}\ngroups: {g: {column: y, reference: no}}\ntime: {column: when, unit: s}\n", ""},
		{"missing", "time: {column: wen, unit: s}\nstrata: [AGE, zzz]\n", `5:18: the log has no column "wen"; did you mean "when"?
6:12: the log has no column "AGE"; did you mean "Age"?
6:17: the log has no column "zzz"; its columns are when, y, flag, tags, Age, dup, raw, n, nothing, clock`},
		{"repeated", "id: {column: {name: dup, nth: 3}}\nsubject: dup\nversion: {column: {name: dup, nth: 2}}\nfeatures: [{column: {name: y, nth: 2}}]\n",
			`5:33: there is no column "dup" number 3; the log has it 2 times
8:38: there is no column "y" number 2; the log has it once
warning 6:12: the log has 2 columns "dup", which must hold the same values; to choose one, write {name: dup, nth: 1}`},
		{"types", "time: when\nsubject: tags\ndecision: {column: tags, positive: a}\nscore: raw\nlabel: {column: flag, above: 1}\nweight: n\n" +
			"groups:\n  a: {column: flag, bins: [1]}\n  b: {column: raw, bins: [1]}\n",
			`5:9: column "when" is a whole number and cannot be the time without a unit or a format; give unit: s (or ms, us, ns) since 1970, or format: %Y%m%d
6:12: column "tags" is a list or struct and cannot be the subject: it has no single value per row; name one of its fields, or flatten it when the log is written
7:22: column "tags" is a list or struct and cannot be the decision: it has no single value per row; name one of its fields, or flatten it when the log is written
8:10: column "raw" is a binary column and cannot be the score, which must be a number
9:19: column "flag" is a boolean and cannot be the label, which must be a number
10:11: column "n" cannot be the weight: value "1.5" is not a non-negative whole number; if it stands for no value, list it under missing
12:17: column "flag" is a boolean and cannot be the group "a", which must be a number
13:17: column "raw" is a binary column and cannot be the group "b", which must be a number`},
		{"times", "time: clock\n", `5:9: column "clock" is a time of day and cannot be the time: it has no date`},
		{"boolean time", "time: flag\n", `5:9: column "flag" is a boolean and cannot be the time, which must be a date, a timestamp, text or a number`},
		{"values", "decision: {column: y, positive: [Yes], negative: [maybe]}\nlabel: {column: y, at_least: 3}\ngroups:\n  s: {column: {name: dup, nth: 1}, reference: femal}\n  m: {column: y, map: {yes: \"1\"}, reference: yes}\n  age: Age\n  none: nothing\n",
			`6:19: column "y" cannot be the label: value "yes" is not a number; if it stands for no value, list it under missing
10:10: column "Age", the group "age", has 5,000 values in the first rows; the limit is max_values: 200; cut numbers with bins, merge values with map, or raise max_values
warning 5:36: positive value "Yes" does not occur in the first rows; did you mean "yes"?
warning 5:53: negative value "maybe" does not occur in the first rows; its values there are "yes", "no"
warning 8:49: reference "femal" of group "s" does not occur in the first rows; did you mean "female"?
warning 9:48: reference "yes" of group "m" does not occur in the first rows; its values there are "1", "no"
warning 11:11: column "nothing", the group "none", holds nothing but missing values`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a, errs := parse(outline(c.columns, ""))
			if errs != nil {
				t.Fatal(errs)
			}
			mistakes, warnings := a.Check(schema, sample)
			var got []string
			for _, m := range mistakes {
				got = append(got, m.Error())
			}
			for _, w := range warnings {
				got = append(got, "warning "+w.Error())
			}
			text := strings.ReplaceAll(strings.Join(got, "\n"), "audit.yaml:", "")
			if d := cmp.Diff(strings.Split(c.want, "\n"), strings.Split(text, "\n")); d != "" {
				t.Error(d)
			}
		})
	}
}

// Words in a column that feeds a number of the model are doubted before the
// scan, unless they stand for none.
func TestCheckModelInputs(t *testing.T) {
	text := source.Type{Kind: source.String}
	schema := source.Schema{col("race", text), col("digits", text), col("job", text), col("flag", source.Type{Kind: source.Bool}), col("debt", text)}
	sample := &Sample{
		Values:   map[int][]string{0: {"a", "b"}, 1: {"1", "2.5", "true", ""}, 2: {"cook"}, 4: {"7", "none"}},
		Distinct: map[int]int{0: 2, 1: 4, 2: 1, 4: 2},
	}
	a, errs := parse(outline("features: [{column: debt, missing: [none]}]\n",
		"model: {type: xgboost, path: m.json, inputs: {income: race, years: digits, job: job, own: flag, debt: debt}}\n"))
	if errs != nil {
		t.Fatal(errs)
	}
	a = a.WithInputs([]audit.ModelInputSpec{{Name: "income", Column: "race", Kind: "number"}, {Name: "years", Column: "digits", Kind: "number"},
		{Name: "job", Column: "job", Kind: "category"}, {Name: "own", Column: "flag", Kind: "number"}, {Name: "debt", Column: "debt", Kind: "number"}})
	if got := a.ValueColumns(schema); !slices.Equal(got, []int{4, 0, 1}) && !slices.Equal(got, []int{0, 1, 4}) {
		t.Errorf("the values of columns %v are looked at", got)
	}
	mistakes, warnings := a.Check(schema, sample)
	const want = `nothing will be explained with the model: column "race" is its input "income", which takes numbers, and has the value "a"`
	if len(mistakes) > 0 || len(warnings) != 1 || !strings.Contains(warnings[0].Error(), want) {
		t.Errorf("mistakes %v, warnings %v", mistakes, warnings)
	}
}

// Without a threshold the gaps in decisions are left out, which is doubted where
// nothing says which gaps are asked for.
func TestCheckGapsWithoutThreshold(t *testing.T) {
	for tail, doubts := range map[string]int{
		"model: {type: xgboost, path: m.json}\nexplain: {}\n":                             1,
		"model: {type: xgboost, path: m.json}\nexplain: {gap: {}}\n":                      1,
		"model: {type: xgboost, path: m.json}\nexplain: {gap: {metrics: [mean_score]}}\n": 0,
		"model: {type: xgboost, path: m.json}\nexplain: {importance: {}}\n":               0,
		"model: {type: xgboost, path: m.json, threshold: 0.5}\nexplain: {gap: {}}\n":      0,
	} {
		a, errs := parse(outline("decision: {column: y, positive: 1}\n", tail))
		if errs != nil {
			t.Fatal(errs)
		}
		_, warnings := a.Check(nil, nil)
		got := 0
		for _, w := range warnings {
			if strings.Contains(w.Error(), "gaps in decisions will not be explained") {
				got++
			}
		}
		if got != doubts {
			t.Errorf("%q: %v", tail, warnings)
		}
	}
}

func TestCheckMissingColumn(t *testing.T) {
	a, errs := parse("version: 1\nname: t\ndata: {log: a, missing_column: null}\ncolumns: {decision: {column: y, positive: 1}, strata: [x]}\n")
	if errs != nil {
		t.Fatal(errs)
	}
	mistakes, warnings := a.Check(source.Schema{col("z", source.Type{Kind: source.Int})}, nil)
	if len(mistakes) != 1 || len(warnings) != 1 || !strings.Contains(mistakes.Error(), `no column "y"`) || !strings.Contains(warnings[0].Message, `no column "x"; the stratum is missing on every row`) {
		t.Error(mistakes, warnings)
	}
}

func TestCheckJoin(t *testing.T) {
	a, errs := parse("version: 1\nname: t\ndata:\n  log: a\n  joins:\n    - {path: p, on: {user: id}, columns: [sex, agee]}\ncolumns: {}\n")
	if errs != nil {
		t.Fatal(errs)
	}
	number := source.Type{Kind: source.Int}
	got := a.CheckJoin(0, source.Schema{col("usr", number)}, source.Schema{col("id", number), col("sex", number), col("age", number)}).Error()
	want := "audit.yaml:6:17: the log has no column \"user\"; did you mean \"usr\"?\naudit.yaml:6:48: the joined table has no column \"agee\"; did you mean \"age\"?"
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
