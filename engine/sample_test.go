package engine_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// TestSampleOfFiles holds that a detector's sample has the same bytes whatever
// the workers, the row groups, the files and their order, and the format.
func TestSampleOfFiles(t *testing.T) {
	rows := madeUp(30_000)
	dir := t.TempDir()
	writeRows(t, filepath.Join(dir, "whole.parquet"), rows, 1<<20)
	writeRowsCSV(t, filepath.Join(dir, "whole.csv"), rows)
	shuffled := append([]row(nil), rows...)
	rand.New(rand.NewPCG(3, 4)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	for i := range 3 {
		writeRows(t, filepath.Join(dir, fmt.Sprintf("part%d.parquet", i)), shuffled[i*10_000:(i+1)*10_000], 777)
	}
	need := table.SampleNeed{K: 500, Columns: []table.Dim{
		table.Window, table.Group("g"), table.Label, table.Column("score"), table.Column("feature:decile"), table.Column("feature:job"), table.Column("feature:balance")}}
	var first []byte
	for _, log := range []string{"whole.parquet", "part*.parquet", "whole.csv"} {
		for _, workers := range []int{1, 3} {
			probe := detect.Detector{Name: "probe", Plan: func(*audit.Spec, any) (detect.Plan, error) {
				return detect.Plan{Samples: []table.SampleNeed{need}, Detect: func(tables detect.Tables) (detect.Output, error) {
					s := tables.Sample(need)
					if len(s.Rows()) != need.K {
						t.Errorf("%s: %d rows", log, len(s.Rows()))
					}
					data, err := s.MarshalBinary()
					if first == nil {
						first = data
					}
					if !bytes.Equal(first, data) {
						t.Errorf("%s by %d workers: another sample", log, workers)
					}
					return detect.Output{}, err
				}}, nil
			}}
			if _, err := runLog(t, dir, log, engine.Options{Workers: workers}, probe); err != nil {
				t.Fatal(err)
			}
		}
	}
}
