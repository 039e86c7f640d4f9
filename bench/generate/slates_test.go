package main

import (
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// Lists have ten different items each, and the small group seldom comes first.
func TestSlates(t *testing.T) {
	dir := t.TempDir()
	if err := generateSlates(options{rows: 2000, out: dir, seed: 1, format: "parquet", files: 1, rowGroup: 1000}); err != nil {
		t.Fatal(err)
	}
	rows, err := parquet.ReadFile[shelf](filepath.Join(dir, "log.parquet"))
	if err != nil || len(rows) != 2000 {
		t.Fatal(len(rows), err)
	}
	first, last := 0, 0
	for _, r := range rows {
		names := map[string]bool{}
		for _, x := range r.Items {
			names[x.Name] = true
		}
		if len(names) != slots {
			t.Fatalf("%v", r.Items)
		}
		if r.Items[0].Group == "small" {
			first++
		}
		if r.Items[slots-1].Group == "small" {
			last++
		}
	}
	if first == 0 || 4*first > last { // of draws .01 and .1
		t.Errorf("%d first, %d last", first, last)
	}
}
