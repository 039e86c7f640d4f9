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
	const fewer = "rows: 200\n  background: {rows: 10}\n  budget: {model_rows: 1e5}"
	replace = append(replace, "log.parquet", filepath.Join(folder, "log.parquet"), "model.json", filepath.Join(folder, "model.json"),
		"../scorer", filepath.Join(folder, "../scorer"), "rows: 1000", fewer, "rows: 8322", fewer)
	path := filepath.Join(t.TempDir(), name)
	writeFile(t, path, []byte(strings.NewReplacer(replace...).Replace(string(text))))
	return explained(t, path)
}

func explained(t *testing.T, path string) *audit.Result {
	t.Helper()
	return runAudit(t, path, engine.Options{Explain: func(spec *audit.Spec) (engine.Explaining, error) { return explain.Open(spec) }})
}

// The model is not told sex, and the gap is there; the hours carry most of it,
// but of those who earn much women are not chosen less: schooling is for them.
// Parts and remainder add up to each gap, and it is that of the whole log, which
// the model made, as the rates of the groups have it.
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
		first, less := "hours", true
		if metric == "true_positive_rate_difference" {
			first, less = "schooling", false
		}
		if math.Abs(sums[metric]-total) > 1e-12 || largest[metric] != first || (total < 0) != less {
			t.Errorf("%s: %v, the parts add up to %v, and %s is the largest", metric, total, sums[metric], largest[metric])
		}
		if math.Abs(total-logged[metric]) > 1e-7 { // scores are logged to 32 bits
			t.Errorf("%s: %v by the model, %v by the log", metric, total, logged[metric])
		}
	}
	measured := 0
	for _, m := range r.Measurements {
		if gap, ok := logged[m.Metric]; ok && m.Attribute == "sex" && m.GroupKind == audit.KindValue && m.Value != nil {
			measured++
			if math.Abs(*m.Value-gap) > 1e-12 {
				t.Errorf("%s: %v in the log, %v of all its rows explained", m.Metric, *m.Value, gap)
			}
		}
	}
	if len(totals) != 4 || len(logged) != 4 || measured != 4 {
		t.Errorf("gaps: %v, of which %d are measured", totals, measured)
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
