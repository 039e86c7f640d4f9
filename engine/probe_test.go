package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
)

// Open compares some columns with the configuration and need not meet a fault of
// another; Probe reads all that the audit uses, of the log and of joined tables.
func TestProbe(t *testing.T) {
	const join = ", joins: [{path: people.parquet, on: person, columns: [age], prefix: p_}]}"
	for _, c := range []struct{ broken, column, data, want string }{
		{"", "", "{log: log.parquet}", ""},
		{"log.parquet", "at", "{log: log.parquet}", "log.parquet, row group 1, column at, page 0 at byte "},
		{"", "", "{log: log.parquet" + join, ""},
		{"people.parquet", "age", "{log: log.parquet" + join, "people.parquet, row group 0, column age, page 0 at byte "},
		{"people.parquet", "copies", "{log: log.parquet" + join, ""}, // not used
	} {
		dir := t.TempDir()
		writeParquet(t, filepath.Join(dir, "log.parquet"), decisions(1000))
		people := decisions(10)
		for i := range people {
			people[i].Person = int64(i)
		}
		writeParquet(t, filepath.Join(dir, "people.parquet"), people)
		if c.broken != "" {
			damage(t, filepath.Join(dir, c.broken), c.column)
		}
		rest := "columns: {time: at, decision: {column: offer, positive: ['yes']}, groups: {sex: sex}, subject: person}\nwindows: {every: month}\n"
		if strings.Contains(c.data, "joins") {
			rest = strings.Replace(rest, "subject: person", "subject: p_age", 1)
		}
		job, err := engine.Open(t.Context(), configure(t, dir, c.data, rest+"detectors: {parity: {}}\n"), detectors.All(), engine.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := message(job.Probe(t.Context())); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s, %s of %s: %s", c.data, c.column, c.broken, got)
		}
	}
}

// damage overwrites the header of the first page of a column's last chunk.
func damage(t *testing.T, path, column string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(strings.NewReader(string(b)), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	groups := f.Metadata().RowGroups
	for _, c := range groups[len(groups)-1].Columns {
		if m := c.MetaData; m.PathInSchema[0] == column {
			b[m.DataPageOffset] = 0xff
		}
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
