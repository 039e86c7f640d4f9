package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// TestSpelledNumbers holds what becomes of text in a table of numbers: words
// for numbers that are not finite are counted by name, a role's markers are
// missing, what only looks like a number is refused, and rows that the table
// does not count are not looked at.
func TestSpelledNumbers(t *testing.T) {
	const conf = `version: 1
name: spelled
data: {log: log.csv, where: "keep != 0"}
columns:
  decision: {column: yes, positive: ["1"]}
  groups: {g: group}
  features: [{column: x, missing: [-1, nan, none]}, {column: y}]
detectors: {probe: {}}
`
	const log = "keep,yes,group,x,y\n" +
		"1,1,a,1.5,1\n1,0,a,inf,NaN\n1,1,b,-Infinity,nan\n1,0,b,nan,-inf\n1,1,a,-1.0,2e0\n1,0,b,,\n1,1,b,NaN,+3\n1,0,a,none,1\n" +
		"0,1,a,word,word\n1,,a,7,8\n"
	for name, c := range map[string]struct {
		need                      table.Need
		log                       string
		finite, missing, nan, inf int64
		sum                       float64
		fault                     string
	}{
		"markers":  {table.Need{Value: "feature:x"}, log, 1, 5, 0, 2, 1.5, ""},
		"words":    {table.Need{Value: "feature:y"}, log, 4, 1, 2, 1, 7, ""},
		"in scope": {table.Need{Value: "feature:y", InScope: true}, log, 5, 1, 2, 1, 15, ""},
		"refused":  {table.Need{Value: "feature:y"}, log + "1,1,a,1,0x1p4\n", 0, 0, 0, 0, 0, `"0x1p4" is not a number`},
		"lone":     {table.Need{Value: "feature:y"}, log + "1,,a,1,word\n", 4, 1, 2, 1, 7, ""},
		"undecided": {table.Need{Value: "feature:y", InScope: true}, log + "1,,a,1,word\n", 0, 0, 0, 0, 0,
			`"word" is not a number`},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "log.csv"), []byte(c.log), 0o600); err != nil {
			t.Fatal(err)
		}
		var got *table.Values
		job, err := open(t, dir, conf, reader(c.need, func(v *table.Values) { got = v }))
		if err == nil {
			_, err = job.Run(t.Context())
		}
		if c.fault != "" {
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got.Each(func(_ []int, d *table.Distribution) {
			if d.Rows != c.finite || d.Missing.Rows != c.missing || d.NaN.Rows != c.nan || d.Inf.Rows != c.inf || d.Sum != c.sum {
				t.Errorf("%s: %+v", name, *d)
			}
		})
	}
}
