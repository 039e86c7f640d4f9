package cli_test

import (
	"os"

	"github.com/plumbline-audit/plumbline/cmd/plumbline/cli"
	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// A team that has a detector of its own builds its own program: this is the
// whole of its main function.
func Example() {
	os.Exit(cli.Main(append(detectors.All(), Workload())))
}

// Workload is a detector: it declares a table and reads it. It reports how many
// decisions every window holds.
func Workload() detect.Detector {
	return detect.Detector{
		Name:  "workload",
		Title: "Number of decisions",
		Doc:   "How many decisions were audited, per window and over all.",
		Needs: []detect.Role{detect.RoleDecision},
		Metrics: []detect.Metric{{
			Name: "decisions", Title: "Decisions", Doc: "Number of decisions audited.",
			Convention: "audited decisions", Scale: detect.ScaleNumber, Version: 1,
		}},
		Plan: func(*audit.Spec, any) (detect.Plan, error) {
			perWindow := table.Need{Dims: []table.Dim{table.Window}}
			return detect.Plan{
				Needs: []table.Need{perWindow},
				Detect: func(t detect.Tables) (detect.Output, error) {
					return workload(t.Counts(perWindow)), nil
				},
			}, nil
		},
	}
}

func workload(counts *table.Counts) detect.Output {
	var out detect.Output
	windows := counts.Categories(table.Window)
	counts.Each(func(codes []int, cell table.Cell) {
		out.Measurements = append(out.Measurements, decisions(windows[codes[0]].Name, cell.N))
	})
	if len(windows) != 1 || windows[0].Name != audit.AllWindows {
		out.Measurements = append(out.Measurements, decisions(audit.AllWindows, counts.Total().N))
	}
	return out
}

func decisions(window string, n int64) audit.Measurement {
	value := float64(n)
	return audit.Measurement{
		Detector: "workload", Metric: "decisions", MethodVersion: 1, Convention: "audited decisions",
		GroupKind: audit.KindOverall, Window: window, Value: &value, N: n,
	}
}
