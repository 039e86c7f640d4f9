package engine_test

import (
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/plumbline-audit/plumbline/engine"
)

// A Parquet column of which a long stretch is null, and which has no
// dictionary, is one of missing values, wherever it stands.
func TestColumnOfNulls(t *testing.T) {
	type row struct {
		Race  *string `parquet:"race,optional"`
		Offer string  `parquet:"offer,dict"`
	}
	dir := t.TempDir()
	f := create(t, filepath.Join(dir, "log.parquet"))
	w := parquet.NewGenericWriter[row](f)
	rows := make([]row, 5000)
	for i := range rows {
		rows[i].Offer = []string{"yes", "no"}[i%2]
	}
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	r := run(t, configure(t, dir, "{log: log.parquet}", `columns:
  decision: {column: offer, positive: ["yes"]}
  groups: {race: {column: race, reference: a, missing: ["?"]}}
`), engine.Options{Workers: 1})
	if v := r.Groups[0].Values; len(v) != 1 || v[0].Value != nil || v[0].Rows != 5000 {
		t.Errorf("%+v", v)
	}
}
