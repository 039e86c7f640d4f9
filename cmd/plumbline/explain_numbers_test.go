package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"math"
	"math/bits"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// told finds the numbers of a metric's features.
func told(r *audit.Result, explainer, metric string, part audit.Part, group string) map[string]float64 {
	out := map[string]float64{}
	for _, e := range r.Explanations {
		of := ""
		if e.Group != nil {
			of = *e.Group
		}
		if e.Explainer == explainer && e.Metric == metric && e.Part == part && of == group && e.Feature != nil && e.Value != nil {
			out[*e.Feature] = *e.Value
		}
	}
	return out
}

// Along the paths of trees an audit's attributions are XGBoost's own: the means
// of the sizes of its pred_contribs of the rows 45 to 59 (XGBoost 3.2.0,
// explain/model/testdata/contributions.py).
func TestPathsAreTheLibrarys(t *testing.T) {
	dir := scorerFolder(t, "xgboost")
	text, err := os.ReadFile(filepath.Join(dir, "log.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	log := []string{lines[0]}
	for range 2 { // an explanation by groups needs 20 rows
		log = append(log, lines[46:61]...)
	}
	writeFile(t, filepath.Join(dir, "log.csv"), []byte(strings.Join(log, "\n")+"\n"))
	data, err := os.ReadFile("../../explain/model/testdata/xgb-binary.contributions.json")
	if err != nil {
		t.Fatal(err)
	}
	var contributions [][][]float64 // of each row, of each class: inputs and the base
	if err := json.Unmarshal(data, &contributions); err != nil {
		t.Fatal(err)
	}
	r := explainWith(t, dir, "{type: xgboost, path: model.json}", "{attribution: {of: margin, paths: true}}")
	got := told(r, "attribution", "path_dependent_margin", audit.PartFeature, "")
	for input, name := range []string{"age", "balance", "day", "duration", "campaign", "pdays"} {
		want := 0.0
		for _, row := range contributions {
			want += math.Abs(row[0][input]) / float64(len(contributions))
		}
		if x, ok := got[name]; !ok || math.Abs(x-want) > 1e-6 {
			t.Errorf("%s: %v, the library's %v", name, x, want)
		}
	}
}

// scoredLog is the log of scorerFolder, with its model.
type scoredLog struct {
	t       *testing.T
	scorer  model.Scorer
	columns [][]float64
	group   []string
}

func readScored(t *testing.T, dir string) scoredLog {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "model.json"))
	if err != nil {
		t.Fatal(err)
	}
	l := scoredLog{t: t, columns: make([][]float64, 6)}
	if l.scorer, err = model.ReadXGBoost(data, model.XGBoostOptions{}); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(dir, "log.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		l.group = append(l.group, line[0])
		for i, cell := range line[2:] {
			x := math.NaN()
			if cell != "" {
				if x, err = strconv.ParseFloat(cell, 64); err != nil {
					t.Fatal(err)
				}
			}
			l.columns[i] = append(l.columns[i], x)
		}
	}
	return l
}

// decided says 1 or 0 for rows that are made of those of the log.
func (l scoredLog) decided(rows int, cell func(at, input int) float64) []float64 {
	l.t.Helper()
	batch := model.Batch{Rows: rows, Columns: make([][]float64, len(l.columns))}
	for i := range batch.Columns {
		for at := range rows {
			batch.Columns[i] = append(batch.Columns[i], cell(at, i))
		}
	}
	out := make([]float64, rows)
	if err := l.scorer.Score(context.Background(), batch, model.Probability, out); err != nil {
		l.t.Fatal(err)
	}
	for i, p := range out {
		if out[i] = 0; p >= .2 {
			out[i] = 1
		}
	}
	return out
}

// An audit's parts of a gap in selection rates are, by their definition, the
// differences of the groups' mean Shapley values of the decision: every set of
// inputs is scored with every row of the reference group. Its importance is the
// gap less the mean over all ordered pairs of rows that exchange the input
// (Fisher, Rudin and Dominici 2019, equation 3.4).
func TestExplainedNumbersAreTheirDefinition(t *testing.T) {
	dir := scorerFolder(t, "xgboost")
	r := explainWith(t, dir, "{type: xgboost, path: model.json, threshold: 0.2}",
		"{background: {rows: 100}, budget: {model_rows: 1e8}, gap: {metrics: [selection_rate]}, importance: {}, attribution: {of: decision}}")
	l := readScored(t, dir)
	var reference []int
	for row, g := range l.group {
		if g == "b" {
			reference = append(reference, row)
		}
	}
	inputs, names := len(l.columns), []string{"age", "balance", "day", "duration", "campaign", "pdays"}
	gap, sizes, exchanged := make([]float64, inputs), make([]float64, inputs), make([]float64, inputs)
	sign := func(row int) float64 { // how much a row counts in the gap
		if l.group[row] == "a" {
			return 1 / float64(len(l.group)-len(reference))
		}
		return -1 / float64(len(reference))
	}
	total := 0.0
	for row := range l.group {
		sets := l.decided(len(reference)<<inputs, func(at, input int) float64 {
			if at>>input&1 == 1 {
				return l.columns[input][row]
			}
			return l.columns[input][reference[at>>inputs]]
		})
		worth := make([]float64, 1<<inputs)
		for at, x := range sets {
			worth[at&(1<<inputs-1)] += x / float64(len(reference))
		}
		total += sign(row) * worth[len(worth)-1]
		for input := range inputs {
			value := 0.0
			for set := range worth {
				if set>>input&1 == 0 {
					value += (worth[set|1<<input] - worth[set]) / float64(inputs*choose(inputs-1, bits.OnesCount(uint(set))))
				}
			}
			gap[input] += sign(row) * value
			sizes[input] += math.Abs(value) / float64(len(l.group))
			n := len(l.group)
			for at, x := range l.decided(n, func(at, i int) float64 {
				if i == input {
					return l.columns[i][at]
				}
				return l.columns[i][row]
			}) {
				if at != row {
					exchanged[input] += sign(row) * x / float64(n-1)
				}
			}
		}
	}
	parts := told(r, "gap", "selection_rate_difference", audit.PartFeature, "a")
	carried := told(r, "importance", "selection_rate_difference", audit.PartFeature, "a")
	mean := told(r, "attribution", "decision", audit.PartFeature, "")
	for i, name := range names {
		for what, x := range map[string][2]float64{"gap": {parts[name], gap[i]}, "importance": {carried[name], total - exchanged[i]}, "attribution": {mean[name], sizes[i]}} {
			if math.Abs(x[0]-x[1]) > 1e-12 {
				t.Errorf("%s of %s: %v, by its definition %v", what, name, x[0], x[1])
			}
		}
	}
	for _, e := range r.Explanations {
		if !e.Exact || e.Additivity != nil && *e.Additivity > 1e-12 {
			t.Errorf("%s %s is not exact", e.Explainer, e.Metric)
			break
		}
	}
}

func choose(n, k int) int {
	out := 1
	for i := range k {
		out = out * (n - i) / (i + 1)
	}
	return out
}
