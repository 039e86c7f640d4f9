package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/plumbline-audit/plumbline/engine/spelling"
)

// Every mistake of a file is reported at once, by position.
func TestAllMistakesAtOnce(t *testing.T) {
	_, errs := parse(`version: 2
nam: x
alpha: 1.5
signoff: {}
kind: decison
data:
  log: [a.csv, "-"]
  log: b
colums:
  decision: {column: y, positve: [yes], favorable: yes}
`)
	want := `audit.yaml:1:10: "version" must be 1, not 2
     1 | version: 2
       |          ^
audit.yaml:2:1: unknown key "nam"; did you mean "name"?
     2 | nam: x
       | ^
audit.yaml:3:8: "alpha" must lie between 0 and 1, not 1.5
     3 | alpha: 1.5
       |        ^
audit.yaml:4:1: "signoff" is not available in this version
     4 | signoff: {}
       | ^
audit.yaml:5:7: "kind" must be decision, recommender, chatbot or ads, not "decison"; did you mean "decision"?
     5 | kind: decison
       |       ^
audit.yaml:7:16: "-", standard input, cannot be one of several; give it alone
     7 |   log: [a.csv, "-"]
       |                ^
audit.yaml:8:3: key "log" is given twice, first on line 7
     8 |   log: b
       |   ^
audit.yaml:9:1: unknown key "colums"; did you mean "columns"?
     9 | colums:
       | ^
audit.yaml:10:25: unknown key "positve"; did you mean "positive"?
    10 |   decision: {column: y, positve: [yes], favorable: yes}
       |                         ^
audit.yaml:10:52: "favorable" must be true or false, not "yes"; write true, without quotes
    10 |   decision: {column: y, positve: [yes], favorable: yes}
       |                                                    ^
`
	if d := cmp.Diff(want, errs.String()); d != "" {
		t.Error(d)
	}
}

func TestSyntax(t *testing.T) {
	cases := []struct{ name, in, want string }{
		{"empty", "", "1:1: the file is empty; start with version: 1"},
		{"comments only", "# nothing\n", "1:1: the file is empty; start with version: 1"},
		{"null", "~", "1:1: the file is empty; start with version: 1"},
		{"list", "- a", `1:1: audit.yaml must be a mapping, not a list; write it as key: value`},
		{"colon", "name: a: b\n", "1:8: YAML syntax: mapping values are not allowed in this context"},
		{"tab", "data:\n\tlog: a\n", "2:1: YAML syntax: found character that cannot start any token while scanning for the next token; indent with spaces, not tabs"},
		{"open bracket", "name: [a,\nb: c\n", "2:5: YAML syntax: did not find expected ',' or ']' while parsing a flow sequence that begins on line 1"},
		{"open quote", "name: \"a\nb: c\n", "2:5: YAML syntax: found unexpected end of stream while scanning a quoted scalar that begins on line 1"},
		{"at sign", "name: @x\n", "1:7: YAML syntax: found character that cannot start any token while scanning for the next token; put the value in quotes"},
		{"two documents", "version: 1\n---\nname: b\n", "2:1: a second YAML document begins here; a file holds one audit; remove the line ---"},
		{"alias", "version: &v 1\nseed: *v\n", "1:10: anchor &v is not allowed; write the value out wherever it is needed\naudit.yaml:2:7: alias *v is not allowed; write the value out"},
		{"merge", "<<: {a: b}\n", "1:1: merge key << is not allowed; write the keys out"},
		{"tag", "name: !!binary aGk=\n", "1:7: tag !!binary is not allowed; put text in quotes instead"},
		{"unknown anchor", "name: *x\n", "1:7: YAML syntax: unknown anchor 'x' referenced"},
		{"latin 1", "name: caf\xe9\n", "1:10: the file is not UTF-8 text; save it as UTF-8"},
		{"utf 16", "\xff\xfen\x00", "1:1: the file is not UTF-8 text; save it as UTF-8"},
		{"control", "name: a\n b\x00", "2:3: control character U+0000 is not allowed"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, errs := parse(c.in)
			if d := cmp.Diff("audit.yaml:"+c.want, errs.Error()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestTooLarge(t *testing.T) {
	_, errs := parse(strings.Repeat("#", largest+1))
	if want := "audit.yaml: the file has 1048577 bytes; a configuration has at most 1048576"; errs.Error() != want {
		t.Error(errs)
	}
	for _, bomb := range []string{strings.Repeat("[", 100_000), strings.Repeat("- ", 100_000), strings.Repeat("a: {", 5000), strings.Repeat("[", 5000) + strings.Repeat("]", 5000)} {
		if _, errs := parse(bomb); len(errs) == 0 {
			t.Errorf("%.10s: no mistake", bomb)
		}
	}
}

// The caret counts characters, and a long line is cut around it.
func TestCaret(t *testing.T) {
	_, errs := parse("version: 1\nname: t\ntitle: {übergröße: [x\ty], ä: !b c}\n")
	if len(errs) != 1 {
		t.Fatal(errs)
	}
	for _, m := range errs {
		lines := strings.Split(m.String(), "\n")
		if at := strings.IndexRune(lines[2], '^'); []rune(lines[1])[at] != '!' {
			t.Errorf("caret is not under the tag:\n%s", m)
		}
	}
	m := Mistake{File: "f", Line: 1, Col: 501, Message: "m", Source: strings.Repeat("a", 500) + "X" + strings.Repeat("b", 500)}
	lines := strings.Split(m.String(), "\n")
	caret := len([]rune(lines[2])) - 1
	if shown := []rune(lines[1]); len(shown) > 140 || shown[caret] != 'X' {
		t.Errorf("\n%s", m)
	}
}

func TestMistakes(t *testing.T) {
	cases := []struct{ name, in, want string }{
		{"missing keys", "version: 1\n", `1:1: required key "name" is missing; name: short name; the output folder is called so: letters, digits, dot, dash, underscore
1:1: required key "data" is missing; data: where the rows come from
1:1: required key "columns" is missing; columns: which column plays which role`},
		{"misplaced", "version: 1\nname: t\ndata: {log: a}\ncolumns: {matures_after: 3d, every: day}\nlabel: x\n",
			`4:11: unknown key "matures_after"; it belongs under columns.label
4:30: unknown key "every"; it belongs under windows
5:1: unknown key "label"; it belongs under columns`},
		{"name", "version: 1\nname: a/b\ndata: {log: a}\ncolumns: {}\n", `2:7: name "a/b" has "/" in it; use letters a-z, digits, dot, dash and underscore`},
		{"dots", "version: 1\nname: ..\ndata: {log: a}\ncolumns: {}\n", `2:7: name ".." cannot be that of a folder everywhere; begin with a letter or digit, and do not end with a dot`},
		{"numbers", "version: 1\nname: t\nseed: -1\nalpha: .nan\ndata: {log: a}\ncolumns: {}\nintersections: {depth: 0, min_rows: '5'}\n",
			`3:7: "seed" must be a whole number, not "-1"; it lies between 0 and 18446744073709551615
4:8: "alpha" must be a finite number, not .nan
7:24: "depth" must be at least 1, not 0
7:37: "min_rows" must be a whole number, not "5"; write it without quotes`},
		{"null in a list", outline("decision: {column: y, positive: [~, NULL]}\n", ""),
			`5:36: "positive" has no value; for the text "~", put it in quotes
5:39: "positive" has no value; for the text "NULL", put it in quotes`},
		{"rules", outline("decision: {column: y, positive: [1], at_least: 5}\nlabel: {column: z}\nscore: {column: s, when: s}\n", ""),
			`5:50: only one of positive, at_least, above or when may be given, not positive and at_least
6:3: no rule says what is positive; give positive: [values], at_least: number, above: number, or when: expression
7:28: "when" stands instead of a column; remove column or when`},
		{"values", outline("decision: {column: y, positive: [a, a], negative: [b, a], missing: b}\nlabel: {column: z, at_least: 80%, negative: [a]}\n", ""),
			`5:39: value "a" is listed twice
5:57: value "a" is also listed under "positive"
5:70: value "b" is also listed under "negative"
6:32: "at_least" must be a number, not "80%"; write 80% as 0.8
6:37: "negative" goes with "positive"; list the positive values too`},
		{"time", outline("time: {column: t, unit: s, format: abc, zone: Lisbon}\nid: {column: i, duplicates: last}\n", ""),
			`5:38: "unit" and "format" exclude each other; unit is for numbers since 1970, format for text and yyyymmdd numbers
5:38: time format "abc" has no directive; write it in strptime style: %Y-%m-%d %H:%M
5:49: unknown time zone "Lisbon"; write an IANA name such as Europe/Lisbon or UTC
6:31: "duplicates" must be ignore, count, error or last_by_time, not "last"`},
		{"without time", outline("id: {column: i, duplicates: last_by_time}\nlabel: {column: l, positive: 1, matures_after: 3 days}\n", "windows: {every: month}\n"),
			`5:31: last_by_time needs columns.time; say which column dates a row
6:50: "matures_after" must be a length of time, not "3 days"; a whole number and a unit: 30d, 2w, 12h, 90m
7:18: windows.every needs columns.time; say which column dates a row`},
		{"groups", outline("groups:\n  a*b: x\n  age: {column: age, bins: [60, 25, .inf], reference: 5, map: {a: b}}\n  sex: {column: s, reference: men, map: {1: man, \"*\": woman}, max_values: 0}\n  old: {column: age, bins: [25, 60], closed: right, reference: \"(25,60)\"}\n  none:\n", ""),
			`6:10: group name "a*b" is empty or has one of * \ or a control character in it; race*sex is how an intersection is called
7:35: bin edges must rise: 25 comes after 60
7:39: "bins" must be a finite number, not .inf
7:60: "map" and "bins" exclude each other; bins are for numbers, map for names
8:77: "max_values" must be at least 1, not 0
9:66: reference "(25,60)" is not one of the bands; did you mean "(25,60]"?
10:10: "none" has no value; give one or remove the key`},
		{"depth", outline("groups: {a: a}\n", "intersections: {depth: 2}\n"), `6:24: depth 2 crosses more attributes than there are: 1 group`},
		{"joins", "version: 1\nname: t\ncolumns: {}\ndata:\n  log: [a, a]\n  format: xml\n  csv: {delimiter: ab}\n  joins:\n    - path: x\n    - {path: y, on: []}\n    - {path: z, on: [k, k]}\n",
			`5:12: path "a" is listed twice; its rows would count twice
6:11: "format" must be auto, parquet, arrow, csv or jsonl, not "xml"
7:20: delimiter must be one character or tab, not "ab"
9:7: required key "on" is missing; on: key column, list of key columns, or mapping from the log's column to the table's
10:21: "on" names no column; name the key column that log and table share
11:17: key column "k" is listed twice`},
		{"streams and limits", "version: 1\nname: t\ncolumns: {}\ndata:\n  log: \"-\"\n  format: parquet\n  csv: {encoding: utf8}\n  limits: {cell: 0, line: 2GiB, page: 1MB, batch: 1.5GiB, depth: 10001, run: 0}\n  joins: [{path: \"-\", on: k}]\n",
			`5:8: a Parquet file cannot be read from "-", standard input; its footer comes last; name the file
7:19: "encoding" must be utf-8, utf-16 or latin-1, not "utf8"; did you mean "utf-8"?
8:18: "cell" must be above zero and at most 1GiB, not 0
8:27: "line" must be above zero and at most 1GiB, not 2GiB
8:39: "page" must be a size, not "1MB"; a whole number and a unit: 512KiB, 16MiB, 1GiB
8:51: "batch" must be a size, not "1.5GiB"; a whole number and a unit: 512KiB, 16MiB, 1GiB
8:66: "depth" must be at most 10000, not 10001
8:78: "run" must be at least 1, not 0
9:18: "-", standard input, can only be the log; name a file, folder or glob`},
		{"windows", outline("time: t\n", "windows: {every: month, ranges: {a: 2008-01..2008-03, b: 2008-03, all: 2009}, reference: 2008-W01}\n"),
			`6:25: "every" and "ranges" exclude each other; cut time into equal windows or name the ranges
6:58: range "b" overlaps range "a"; a row is counted in one window
6:72: a range cannot be called "all"; choose another name`},
		{"reference", outline("time: t\n", "windows: {every: month, reference: 2008-W01, timezone: UTC}\n"),
			`6:36: reference "2008-W01" does not fall on whole windows of every: month; the windows around it are 2007-12..2008-01`},
		{"reversed", outline("time: t\n", "windows: {every: month, reference: 2008-02..2008-01}\n"),
			`6:36: "2008-02..2008-01" ends before it begins; write the earlier window first`},
		{"detectors", outline("time: t\n", "detectors:\n  partiy: {}\n  parity: {}\n  drift: {bin: 3, method: foo, psi: 0.2, entropy: {max: 1}, min_ratio: 0.8}\n"),
			`7:3: unknown detector "partiy"; did you mean "parity"?
8:3: detector parity needs columns.decision and columns.groups; give the key or leave the detector out
9:11: unknown key "bin"; did you mean "bins"?
9:27: "method" must be psi or ks, not "foo"
9:37: "psi" must be a mapping of limits, not "0.2"; write {max: 0.2}
9:42: entropy cannot be gated; it is measured and shown only
9:61: unknown key "min_ratio"; known here: bins, method, cuts, columns, psi, entropy`},
		{"gates", outline("decision: {column: y, positive: 1}\ngroups: {g: g}\n", `detectors:
  parity:
    min_ratio: 0
    max_difference: 1
    sides: low
    selection_rate: {min: 0.9, max: 0.1, min_ratio: .5}
    selection_rate_ratio: {max_difference: 0.1}
    favorable_rate: {side: low}
    selection_rat: {min: 1}
  drift: {psi: {max: .inf}}
`),
			`9:16: "min_ratio" must be above 0 and at most 1, not 0; no data can break it
10:21: "max_difference" must be at least 0 and below 1, not 1; no data can break it
11:5: unknown key "sides"; did you mean "side"?
12:27: "min" is above "max": no data can pass
12:53: "min_ratio" must be a plain decimal number, not ".5"; such as 0.8, 25 or 1e6
13:28: selection_rate_ratio cannot be limited by max_difference; use min_ratio, min or max
14:22: "side" without min_ratio or max_difference does nothing
15:5: unknown key "selection_rat"; did you mean "selection_rate"?
16:3: detector drift needs columns.time; give the key or leave the detector out
16:22: "max" must be a finite number, not .inf`},
		{"policies", outline("decision: {column: y, positive: 1}\ngroups: {g: g}\n", `detectors:
  parity:
    min_ratio: {limit: 0, policy: point}
    max_difference: {limits: 0.1, policy: pont}
    selection_rate: {min: {limit: 0.9}, max: {limit: 0.1}}
    favorable_rate: {min: {policy: interval}, max: {limit: .nan}}
    favorable_rate_difference: {max_difference: {limit: -.inf, policy: 1}}
gates: {adjust: bonferroni, policy: two prong}
`),
			`9:24: "min_ratio" must be above 0 and at most 1, not 0; no data can break it
10:22: unknown key "limits"; did you mean "limit"?
10:43: "policy" must be two-prong, interval, equivalence or point, not "pont"; did you mean "point"?
11:22: "min" is above "max": no data can pass
12:22: required key "limit" of "min" is missing; write {limit: 0.8, policy: interval}
12:60: "max" must be a finite number, not .nan
13:57: "max_difference" must be a finite number, not -.inf
13:72: "policy" must be two-prong, interval, equivalence or point, not 1
14:17: "adjust" must be holm, bh, by or none, not "bonferroni"
14:37: "policy" must be two-prong, interval, equivalence or point, not "two prong"; did you mean "two-prong"?`},
		{"needs meant", outline("decison: {column: y, positive: 1}\ngroups: {g: g}\n", "detectors: {parity: {}}\n"),
			`5:3: unknown key "decison"; did you mean "decision"?`},
		{"twice", outline("decision: {column: y, positive: 1}\ngroups: {g: g}\n", "detectors: {parity: {min_ratio: 0.8, selection_rate_ratio: {min_ratio: 0.9}}}\n"),
			`7:61: selection_rate_ratio already has a min_ratio; first at audit.yaml:7:33`},
		{"model behind a server", outline("score: s\ngroups: {g: g}\n", `model:
  type: mlflow
  url: localhost:5000
  token_variable: "Bearer abc"
  batch: 0
  timeout: soon
  path: model.json
  request: {form: csv, output: predict_proba, field: p}
`),
			`7:1: required key "inputs" is missing; inputs: the columns that the model takes, in its order; mlflow has no file that names them
9:8: "localhost:5000" is no http or https address; such as http://127.0.0.1:5000/invocations
10:19: "token_variable" must be the name of an environment variable; write the name, never the token itself
11:10: "batch" must be at least 1, not 0
12:12: "timeout" must be a length of time, not "soon"; a whole number and a unit: 30d, 2w, 12h, 90m
13:9: "path" does not go with type: mlflow
14:19: "form" does not go with type: mlflow
14:32: "output" does not go with type: mlflow`},
		{"individual curves", outline("score: s\ngroups: {g: g}\n", `model: {type: xgboost, path: model.json}
explain: {dependence: {individual: 101}}
`), `8:36: "individual" must be below 101, not 101`},
		{"individual curves and small cells", outline("score: s\ngroups: {g: g}\n", `model: {type: xgboost, path: model.json}
explain: {dependence: {individual: 20}}
privacy: {min_cell: 11}
`), `8:36: curves of single rows tell of single people, and privacy.min_cell asks not to; remove one of the two`},
		{"model of http", outline("score: s\ngroups: {g: g}\n", `model:
  type: http
  url: http://me:secret@localhost/
  inputs: [x, x]
  request: {headers: {authorization: Bearer abc}}
`),
			`7:1: required key "request.form" is missing: http has no form of its own; request: {form: records, path: predictions}
9:8: "url" holds a name or a password; give a token in an environment variable: token_variable: MODEL_TOKEN
10:15: input "x" is listed twice
11:38: a token does not belong in this file; name the environment variable that holds it: token_variable: MODEL_TOKEN`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, errs := parse(c.in)
			got := strings.ReplaceAll(errs.Error(), "audit.yaml:", "")
			want := strings.ReplaceAll(c.want, "audit.yaml:", "")
			if d := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	words := []string{"married", "single", "divorced", "Sex"}
	for word, want := range map[string]string{"maried": "married", "Single": "single", "sex ": "Sex", "widowed": "", "x": "", "": "", "divroced": "divorced"} {
		if got := spelling.Nearest(word, words); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}
