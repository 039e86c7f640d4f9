package main

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/explain"
)

// incomeAudit runs a configuration of testdata/income-model, with other words
// in it and with fewer rows explained, against fewer, which takes less time.
func incomeAudit(t *testing.T, name string, replace ...string) *audit.Result {
	t.Helper()
	folder, err := filepath.Abs("../../testdata/income-model")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	replace = append(replace, "log.parquet", filepath.Join(folder, "log.parquet"), "model.json", filepath.Join(folder, "model.json"),
		"../scorer", filepath.Join(folder, "../scorer"), "rows: 1000", "rows: 200\n  background: {rows: 10}\n  budget: {model_rows: 1e5}")
	path := filepath.Join(t.TempDir(), name)
	writeFile(t, path, []byte(strings.NewReplacer(replace...).Replace(string(text))))
	return explained(t, path)
}

func explained(t *testing.T, path string) *audit.Result {
	t.Helper()
	return runAudit(t, path, engine.Options{Explain: func(spec *audit.Spec) (engine.Explaining, error) { return explain.Open(spec) }})
}

// The model is not told sex, and the gap is there; the hours carry most of it.
// Parts and remainder add up to it, and it is that of the log, which the model
// made, for the same rows.
func TestIncomeModel(t *testing.T) {
	r := explained(t, "../../testdata/income-model/audit.yaml")
	if r.Model.Refused != "" || r.Model.Parity.Verdict == "beyond" {
		t.Fatalf("%+v", r.Model)
	}
	sums, totals, logged, largest := map[string]float64{}, map[string]float64{}, map[string]float64{}, map[string]string{}
	for _, e := range r.Explanations {
		switch {
		case e.Explainer != "gap":
		case e.Part == audit.PartTotal:
			totals[e.Metric] = *e.Value
		case e.Part == "logged":
			logged[e.Metric] = *e.Value
		default:
			sums[e.Metric] += *e.Value
			if e.Part == audit.PartFeature && e.Rank == 1 {
				largest[e.Metric] = *e.Feature
			}
		}
	}
	for metric, total := range totals {
		if math.Abs(sums[metric]-total) > 1e-12 || largest[metric] != "hours" || total >= 0 {
			t.Errorf("%s: %v, the parts add up to %v, and %s is the largest", metric, total, sums[metric], largest[metric])
		}
	}
	for metric, gap := range logged { // scores are logged to 32 bits
		if math.Abs(totals[metric]-gap) > 1e-7 {
			t.Errorf("%s: %v by the model, %v by the log", metric, totals[metric], gap)
		}
	}
	if len(totals) != 4 || len(logged) != 4 {
		t.Errorf("gaps: %v", totals)
	}
}

// The command gives the numbers of the file.
func TestScorerIncome(t *testing.T) {
	needPython(t, "numpy, pyarrow, xgboost")
	sameExplanations(t, incomeAudit(t, "audit.yaml"), incomeAudit(t, "exec.yaml"))
}

// train.py makes the bundled model: a new one gives the logged scores.
func TestScorerIncomeTrained(t *testing.T) {
	needPython(t, "pandas, pyarrow, sklearn, xgboost; assert xgboost.__version__ == '3.2.0'")
	dir := t.TempDir()
	if out, err := exec.Command("python3", "../../testdata/income-model/train.py", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	sameExplanations(t, incomeAudit(t, "audit.yaml"), incomeAudit(t, "audit.yaml", "path: model.json", "path: "+filepath.Join(dir, "model.json")))
}
