package engine_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// comparing is a detector that asks for two tables by window.
func comparing(see func(detect.Tables)) detect.Detector {
	return detect.Detector{Name: "probe", Plan: func(*audit.Spec, any) (detect.Plan, error) {
		return detect.Plan{Needs: profiled, Detect: func(t detect.Tables) (detect.Output, error) {
			see(t)
			return detect.Output{}, nil
		}}, nil
	}}
}

var profiled = []table.Need{
	{Dims: []table.Dim{table.Group("g"), table.Window, table.Column("feature:job")}},
	{Dims: []table.Dim{table.Window, table.Group("g")}, Value: "feature:fine"},
}

func open(t *testing.T, dir, text string, d detect.Detector) (*engine.Job, error) {
	t.Helper()
	path := filepath.Join(dir, "audit.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	all := []detect.Detector{d}
	a, err := config.Load(path, engine.Declarations(all), engine.DefaultDetectors(all))
	if err != nil {
		t.Fatal(err)
	}
	return engine.Open(context.Background(), a, all, engine.Options{})
}

// TestProfile saves the reference windows of one audit and compares with them
// in another, which does not have their rows.
func TestProfile(t *testing.T) {
	rows := madeUp(90_000)
	dir := t.TempDir()
	writeRows(t, filepath.Join(dir, "log.parquet"), rows, 1<<20)
	text := strings.ReplaceAll(strings.ReplaceAll(conf, "%s", "log.parquet"), "{every: month}", "{every: month, reference: 2024-01..2024-02}")
	var counts *table.Counts
	var values *table.Values
	job, err := open(t, dir, text, comparing(func(t detect.Tables) {
		if detect.Reference(t) == nil {
			counts, values = t.Counts(profiled[0]), t.Values(profiled[1])
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := job.Profile(); err == nil {
		t.Error("a profile before the run")
	}
	if _, err := job.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	data, err := job.Profile()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "profile.json"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	early := func(c table.Category) bool { return c.Name != "2024-03" }
	wantCounts := must(must(counts.Only(table.Window, early)).Rollup(table.Group("g"), table.Column("feature:job")))
	wantValues := must(must(values.Only(table.Window, early)).Rollup(table.Group("g")))
	if wantValues.Exact() {
		t.Error("the test has too few numbers")
	}

	text = strings.ReplaceAll(text, "reference: 2024-01..2024-02", "reference: {file: profile.json}")
	later := comparing(func(tables detect.Tables) {
		r := detect.Reference(tables)
		same(t, r.Counts(profiled[0]), wantCounts)
		same(t, r.Values(profiled[1]), wantValues)
	})
	if job, err = open(t, dir, text, later); err != nil {
		t.Fatal(err)
	}
	result, err := job.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if in := result.Data.Inputs[1]; in.Role != "reference" || in.Path != "profile.json" || in.Rows == 0 {
		t.Errorf("%+v", in)
	}
	for _, w := range result.Windows {
		if w.Role != "current" {
			t.Errorf("%+v", w)
		}
	}
	for name, c := range map[string]struct{ text, data, want string }{
		"columns": {strings.ReplaceAll(text, "[-1]", "[-2]"), string(data), "with other columns"},
		"damaged": {text, strings.Replace(string(data), `"data": "Q`, `"data": "R`, 1), "damaged"},
		"version": {text, strings.Replace(string(data), `profile": 1`, `profile": 2`, 1), "version 2"},
		"not":     {text, "a,b\n", "not a profile"},
	} {
		if err := os.WriteFile(filepath.Join(dir, "profile.json"), []byte(c.data), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := open(t, dir, c.text, later); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "audit.yaml:") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

func same(t *testing.T, got, want interface{ MarshalBinary() ([]byte, error) }) {
	t.Helper()
	if !bytes.Equal(must(got.MarshalBinary()), must(want.MarshalBinary())) {
		t.Error("another table")
	}
}
