package engine_test

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
)

// The whole result is the same for any number of workers.
func TestWorkers(t *testing.T) {
	dir := t.TempDir()
	rows := decisions(6000)
	writeParquet(t, filepath.Join(dir, "a.parquet"), rows[:4000])
	writeParquet(t, filepath.Join(dir, "b.parquet"), rows[4000:])
	a := configure(t, dir, "{log: '*.parquet'}", columns)
	first := run(t, a, engine.Options{Workers: 1})
	if first.Data.RowsRead != 6000 || len(first.Measurements) < 500 {
		t.Fatalf("%d rows, %d measurements", first.Data.RowsRead, len(first.Measurements))
	}
	for _, workers := range []int{2, 8} {
		sameBytes(t, fmt.Sprintf("the result of %d workers", workers), first, run(t, a, engine.Options{Workers: workers}))
	}
}

// The same rows give the same measurements from Parquet and CSV, in one file
// or several, in any order.
func TestFormatsAndFiles(t *testing.T) {
	rows := decisions(5000)
	shuffled := slices.Clone(rows)
	r := random(7)
	for i := range shuffled {
		j := i + r.below(len(shuffled)-i)
		shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
	}
	var first *audit.Result
	for _, log := range []struct {
		name  string
		write func(testing.TB, string, []decision)
		rows  []decision
		cuts  []int
	}{
		{"one.parquet", writeParquet, rows, nil},
		{"one.csv", writeCSV, rows, nil},
		{"many.parquet", writeParquet, shuffled, []int{1, 700, 4990}},
		{"many.csv", writeCSV, shuffled, []int{2, 3, 2500}},
	} {
		dir := t.TempDir()
		from := 0
		for i, to := range append(log.cuts, len(rows)) {
			// Later rows in earlier names.
			log.write(t, filepath.Join(dir, fmt.Sprintf("%d-%s", 9-i, log.name)), log.rows[from:to])
			from = to
		}
		got := run(t, configure(t, dir, "{log: '*-"+log.name+"'}", columns), engine.Options{})
		if first == nil {
			first = got
		}
		sameBytes(t, "measurements of "+log.name, first.Measurements, got.Measurements)
		sameBytes(t, "findings of "+log.name, first.Findings, got.Findings)
		sameBytes(t, "groups of "+log.name, first.Groups, got.Groups)
		sameBytes(t, "windows of "+log.name, first.Windows, got.Windows)
	}
}

// Calling groups by other names changes names, and no number.
func TestRelabeling(t *testing.T) {
	const rest = "columns:\n  decision: {column: offer, positive: [\"yes\"], negative: [\"no\"]}\n  groups: {race: {column: race, reference: %s}}\n"
	to := map[string]string{"a": "z", "b": "m", "c": "0"}
	rows := decisions(3000)
	numbers := func(rows []decision, reference string, names map[string]string) []string {
		dir := t.TempDir()
		writeCSV(t, filepath.Join(dir, "log.csv"), rows)
		var out []string
		for _, m := range run(t, configure(t, dir, "{log: log.csv}", fmt.Sprintf(rest, reference)), engine.Options{}).Measurements {
			if m.Detector == "parity" && m.GroupKind == "value" && m.Group != nil {
				out = append(out, fmt.Sprint(m.Metric, " ", names[*m.Group], " ", string(written(t, m.Value)), string(written(t, m.Interval))))
			}
		}
		slices.Sort(out)
		return out
	}
	plain := numbers(rows, "a", to)
	for i, d := range rows {
		if d.Race != nil {
			rows[i].Race = pointer(to[*d.Race])
		}
	}
	renamed := numbers(rows, "z", map[string]string{"z": "z", "m": "m", "0": "0"})
	if len(plain) < 6 || !slices.Equal(plain, renamed) {
		t.Errorf("before\n%s\nafter\n%s", strings.Join(plain, "\n"), strings.Join(renamed, "\n"))
	}
}

// A log without rows is audited: nothing is known, and that is what it says.
func TestEmptyLog(t *testing.T) {
	for name, write := range map[string]func(testing.TB, string, []decision){"log.csv": writeCSV, "log.parquet": writeParquet} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, name), nil)
		r := run(t, configure(t, dir, "{log: "+name+"}", columns+"detectors: {parity: {min_ratio: 0.8}, completeness: {}}\n"), engine.Options{})
		if r.Data.RowsRead != 0 || r.Verdict != audit.Inconclusive || len(r.Windows) != 0 || r.Data.FirstTime != "" {
			t.Errorf("%+v, verdict %v", r.Data, r.Verdict)
		}
	}
}

// What the log holds is not a mistake in the configuration, whether it stands
// among the rows that Open looks at or beyond them.
func TestBadValuesAreNoMistakes(t *testing.T) {
	for name, at := range map[string]int{"in the first rows": 3, "beyond the sample": 59_000} {
		dir := t.TempDir()
		rows := decisions(60_000)
		rows[at].Copies = -2
		writeCSV(t, filepath.Join(dir, "log.csv"), rows)
		_, err := attempt(configure(t, dir, "{log: log.csv}", columns), engine.Options{})
		var mistakes config.Errors
		if err == nil || errors.As(err, &mistakes) || !strings.Contains(err.Error(), "-2") || !strings.Contains(err.Error(), "weight") {
			t.Errorf("%s: %v", name, err)
		}
	}
	dir := t.TempDir()
	writeCSV(t, filepath.Join(dir, "log.csv"), decisions(10))
	_, err := attempt(configure(t, dir, "{log: log.csv}", strings.Replace(columns, "weight: copies", "weight: sex", 1)), engine.Options{})
	if err == nil {
		t.Error("text as weights passes")
	}
	_, err = attempt(configure(t, dir, "{log: log.csv}", strings.Replace(columns, "weight: copies", "weight: copes", 1)), engine.Options{})
	var mistakes config.Errors
	if !errors.As(err, &mistakes) {
		t.Errorf("a column that is not there: %v", err)
	}
}

// Attributes that live elsewhere: unmatched rows are counted on both sides, and
// belong to the missing group.
func TestJoins(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("log.csv", "id,offer\n1,yes\n2,no\n3,yes\n,no\n9,no\n")
	write("people.csv", "id,unused,sex,sex\n1,x,f,f\n2,x,m,m\n3,x,f,f\n7,x,f,f\n,x,f,f\n")
	const rest = "columns:\n  decision: {column: offer, positive: [\"yes\"]}\n  groups: {sex: sex}\n"
	a := configure(t, dir, "{log: log.csv, joins: [{path: people.csv, on: id}]}", rest)
	for _, workers := range []int{1, 2} {
		r := run(t, a, engine.Options{Workers: workers})
		want := audit.Join{Path: "people.csv", On: []string{"id"}, RightRows: 5, LogUnmatched: 2, LogKeyMissing: 1, RightUnmatched: 2, RightKeyMissing: 1}
		if len(r.Data.Joins) != 1 || string(written(t, r.Data.Joins[0])) != string(written(t, want)) {
			t.Errorf("got %+v", r.Data.Joins)
		}
		var groups []string
		for _, v := range r.Groups[0].Values {
			name := "∅"
			if v.Value != nil {
				name = *v.Value
			}
			groups = append(groups, fmt.Sprint(name, v.Rows))
		}
		slices.SortFunc(groups, cmp.Compare)
		if got := strings.Join(groups, " "); got != "f2 m1 ∅2" {
			t.Errorf("groups %s", got)
		}
	}
	write("people.csv", "id,unused,sex,sex\n1,x,f,f\n2,x,m,f\n3,x,f,f\n")
	if _, err := attempt(a, engine.Options{}); err == nil || !strings.Contains(err.Error(), "people.csv, line 3, column sex: columns of this name differ") {
		t.Errorf("columns of one name in a joined table: %v", err)
	}
}

// Open leaves the configuration as it was given.
func TestSeed(t *testing.T) {
	dir := t.TempDir()
	writeCSV(t, filepath.Join(dir, "log.csv"), decisions(100))
	a := configure(t, dir, "{log: log.csv}", columns)
	seed := uint64(42)
	if r := run(t, a, engine.Options{Seed: &seed}); r.Audit.Seed != 42 || a.Seed != 1 {
		t.Errorf("the result has seed %d, the configuration %d", r.Audit.Seed, a.Seed)
	}
}

// An asked period is all that is audited; the rest is accounted for.
func TestPeriod(t *testing.T) {
	dir := t.TempDir()
	writeCSV(t, filepath.Join(dir, "log.csv"), decisions(2000))
	r := run(t, configure(t, dir, "{log: log.csv}", columns), engine.Options{Period: "2024-02..2024-03"})
	outside := int64(0)
	for _, e := range r.Data.Excluded {
		if e.Reason == "outside_period" {
			outside = e.Rows
		}
	}
	if len(r.Windows) != 2 || r.Windows[0].ID != "2024-02" || r.Audit.Period != "2024-02..2024-03" || outside < 1000 {
		t.Errorf("%+v, %d rows outside", r.Windows, outside)
	}
	excluded := int64(0)
	for _, e := range r.Data.Excluded {
		excluded += e.Rows
	}
	if r.Data.RowsRead != 2000 || r.Data.RowsAudited+excluded != 2000 {
		t.Errorf("%+v", r.Data)
	}
}
