package engine

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/config"
)

// A population table is part of the configuration's digest by its content: it
// may move, but not change.
func TestPopulationDigest(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("log.csv", "g,h\na,x\nb,y\n")
	write("pop.csv", "value,count\na,50\nb,50\n")
	write("moved/pop.csv", "value,count\na,50\nb,50\n")
	write("changed.csv", "value,count\na,51\nb,49\n")
	digest := func(table string) string {
		text := "version: 1\nname: p\ndata: {log: log.csv}\ncolumns: {groups: {g: {column: g, population: " + table + "}}}\n"
		conf, errs := config.Parse(filepath.Join(dir, "audit.yaml"), []byte(text), nil, nil)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		job, err := Open(context.Background(), conf, nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := job.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if in := r.Data.Inputs[1]; in.Role != "population" || in.Path != table || in.Rows != 2 {
			t.Errorf("input %+v", in)
		}
		return r.Audit.SpecSHA256
	}
	here := digest("pop.csv")
	if digest("moved/pop.csv") != here {
		t.Error("a table that moved changes the digest")
	}
	if digest("changed.csv") == here {
		t.Error("a table that changed keeps the digest")
	}
}

// Tables that cannot serve are refused, with what is wrong in words.
func TestBadPopulations(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "no rows",
		"value,count\n":                 "no rows",
		"value\na\n":                    "share or a column count",
		"value,share,count\na,1,1\n":    "share or a column count",
		"group,share\na,1\n":            "needs a column value",
		"value,share\na,0.5\nb,0.4\n":   "add up to 0.9",
		"value,share\na,50%\nb,0.5\n":   "decimal from 0 to 1",
		"value,share\na,1.5\n":          "decimal from 0 to 1",
		"value,count\na,1.5\n":          "whole number",
		"value,count\na,-1\n":           "whole number",
		"value,count\na,0\n":            "all counts are 0",
		"value,count\na,1\na,2\n":       "listed twice",
		"value,count\n,1\n":             "empty",
		"value,count\na\n":              "wrong number of fields",
		"value,count\na,99999999999999": "whole number",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "p.csv"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, _, err := readPopulation(dir, "p.csv", nil, "g")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
