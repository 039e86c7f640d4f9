// Command count is plumbline with one more detector, count_table, which writes
// the table of all groups by window, decision and label, or of lists by place, as it
// was counted, without statistics: what a database gives for a GROUP BY.
package main

import (
	"os"

	"github.com/plumbline-audit/plumbline/cmd/plumbline/cli"
	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

func main() {
	os.Exit(cli.Main(append(detectors.All(), countTable())))
}

func countTable() detect.Detector {
	return detect.Detector{
		Name:  "count_table",
		Title: "Counts",
		Doc:   "How many decisions there are per combination of groups, window, decision and label; or slots per combination of groups and place.",
		Needs: []detect.Role{detect.RoleGroups},
		Metrics: []detect.Metric{{
			Name: "cells", Title: "Cells", Doc: "Number of combinations that have a row.",
			Convention: "cells with a row", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1,
		}},
		Plan: func(spec *audit.Spec, _ any) (detect.Plan, error) {
			var dims []table.Dim
			for _, g := range spec.Groups {
				dims = append(dims, table.Group(g.Name))
			}
			if spec.Slate != nil {
				dims = append(dims, table.Rank)
			} else {
				dims = append(dims, table.Window, table.Decision, table.Label)
			}
			need := table.Need{Dims: dims}
			return detect.Plan{
				Needs:  []table.Need{need},
				Detect: func(t detect.Tables) (detect.Output, error) { return output(need, t.Counts(need)), nil },
			}, nil
		},
	}
}

// output is the table, and one measurement: how many cells it has.
func output(need table.Need, counts *table.Counts) detect.Output {
	t := audit.Table{ID: "count_table", Detector: "count_table", Kind: "subgroups", Title: "Counts", Columns: []string{}}
	var names [][]table.Category
	for _, d := range need.Dims {
		t.Columns = append(t.Columns, string(d))
		names = append(names, counts.Categories(d))
	}
	t.Columns = append(t.Columns, "n")
	counts.Each(func(codes []int, cell table.Cell) {
		row := make([]any, 0, len(codes)+1)
		for i, code := range codes {
			row = append(row, names[i][code].Name)
		}
		t.Rows = append(t.Rows, append(row, cell.N))
	})
	cells := float64(counts.Len())
	return detect.Output{
		Measurements: []audit.Measurement{{
			Detector: "count_table", Metric: "cells", MethodVersion: 1, Convention: "cells with a row",
			GroupKind: audit.KindOverall, Window: audit.AllWindows, Value: &cells, N: counts.Total().N,
		}},
		Tables: []audit.Table{t},
	}
}
