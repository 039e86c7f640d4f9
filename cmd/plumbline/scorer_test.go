package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/explain"
)

// needPython skips a test where Python or one of its modules is missing.
func needPython(t *testing.T, modules string) {
	t.Helper()
	if out, err := exec.Command("python3", "-c", "import "+modules).CombinedOutput(); err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		t.Skipf("needs python3 with %s: %v %s", modules, err, lines[len(lines)-1])
	}
}

// scorerFolder has the rows of an XGBoost model's own test, with the scores
// that the library gives them or those of a linear model, and the model.
func scorerFolder(t *testing.T, kind string) string {
	t.Helper()
	const models = "../../explain/model/testdata/"
	dir := t.TempDir()
	var oracle struct {
		Rows       map[string][]*float64
		Prediction []float64
	}
	text, err := os.ReadFile(models + "xgb-binary.rows.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &oracle); err != nil {
		t.Fatal(err)
	}
	columns := []string{"age", "balance", "day", "duration", "campaign", "pdays"}
	weights := []float64{0.03, 0, 0.01, 0.001, -0.2, 0.002}
	log := bytes.NewBufferString("g,s," + strings.Join(columns, ",") + "\n")
rows:
	for row, score := range oracle.Prediction {
		cells, margin := "", -1.5
		for i, c := range columns {
			cells += ","
			x := oracle.Rows[c][row]
			switch {
			case x != nil && (kind != "linear" || math.Abs(*x) < 1e6): // some are as large as numbers get
				cells += strconv.FormatFloat(*x, 'g', -1, 64)
				margin += float64(weights[i] * *x)
			case kind == "linear":
				continue rows
			}
		}
		if kind == "linear" {
			score = 1 / (1 + math.Exp(-margin))
		}
		fmt.Fprintf(log, "%s,%s%s\n", []string{"a", "b"}[row%2], strconv.FormatFloat(score, 'g', -1, 64), cells)
	}
	model, err := os.ReadFile(models + "xgb-binary.model.json")
	if err != nil {
		t.Fatal(err)
	}
	if kind == "linear" {
		file := map[string]any{"inputs": columns, "coefficients": weights, "intercept": -1.5, "link": "logit"}
		if model, err = json.Marshal(file); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, filepath.Join(dir, "log.csv"), log.Bytes())
	writeFile(t, filepath.Join(dir, "model.json"), model)
	scorer, err := os.ReadFile("../../testdata/scorer/score.py")
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "score.py"), scorer)
	return dir
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// explainWith runs the audit of a folder with this model.
func explainWith(t *testing.T, dir, model, explaining string) *audit.Result {
	t.Helper()
	path := filepath.Join(dir, "audit.yaml")
	writeFile(t, path, []byte(`version: 1
name: scorer
data: {log: log.csv}
columns:
  score: s
  groups: {g: {column: g, reference: b}}
model: `+model+"\nexplain: "+explaining+"\n"))
	return runAudit(t, path, engine.Options{Explain: func(spec *audit.Spec) (engine.Explaining, error) { return explain.Open(spec) }})
}

const (
	scorerInputs = "inputs: [age, balance, day, duration, campaign, pdays], threshold: 0.2"
	scorerAsked  = "{importance: {}, attribution: {}, gap: {}, background: {rows: 20}, budget: {model_rows: 2e5}}"
)

// What the README shows of models explains one.
func TestReadmeModel(t *testing.T) {
	for _, block := range readmeBlocks(t, "yaml") {
		model, asked, ok := strings.Cut(strings.TrimPrefix(block, "model:"), "\nexplain:")
		if !ok {
			continue
		}
		r := explainWith(t, scorerFolder(t, "xgboost"), model, strings.TrimSuffix(asked, "\n"))
		if len(r.Explainers) != 7 || len(r.Explanations) < 10 {
			t.Errorf("%d explainers, %d explanations", len(r.Explainers), len(r.Explanations))
		}
		for _, e := range r.Explainers {
			if e.Status != "complete" {
				t.Errorf("%s is %s: %s", e.Name, e.Status, e.Reason)
			}
		}
		return
	}
	t.Error("README shows no model")
}

// A model that a command scores has the same explanations as the file itself.
func TestScorerInPython(t *testing.T) {
	for kind, modules := range map[string]string{"linear": "pyarrow", "xgboost": "pyarrow, xgboost"} {
		t.Run(kind, func(t *testing.T) {
			needPython(t, modules)
			dir := scorerFolder(t, kind)
			native := explainWith(t, dir, "{type: "+kind+", path: model.json, threshold: 0.2}", scorerAsked)
			asked := explainWith(t, dir, "{type: exec, command: [python3, score.py, model.json], batch: 500, parallel: 2, "+scorerInputs+"}", scorerAsked)
			if native.Model.Refused != "" || asked.Model.Refused != "" {
				t.Fatalf("refused: %q and %q", native.Model.Refused, asked.Model.Refused)
			}
			if len(native.Explanations) != len(asked.Explanations) || len(asked.Explanations) < 30 {
				t.Fatalf("%d and %d explanations", len(native.Explanations), len(asked.Explanations))
			}
			for i, want := range native.Explanations {
				got := asked.Explanations[i]
				tolerance := 1e-7 // XGBoost's scores have 32 bits
				if want.Exact && !got.Exact {
					tolerance = 4 * *got.StandardError
				}
				if got.Metric != want.Metric || got.Part != want.Part || math.Abs(*got.Value-*want.Value) > tolerance {
					t.Errorf("%s %s %s of %v: %v, of the file %v", want.Explainer, want.Metric, want.Part, want.Feature, *got.Value, *want.Value)
				}
			}
		})
	}
}

// Whatever a command does, the audit ends soon, says what was wrong, stands
// without explanations, and leaves no process behind.
func TestScorerInPythonMisbehaves(t *testing.T) {
	needPython(t, "pyarrow")
	dir := scorerFolder(t, "linear")
	for kind, c := range map[string]struct{ body, says string }{
		"exits":  {`sys.exit("out of luck")`, "out of luck"},
		"hangs":  {`time.sleep(600)`, "did not answer"},
		"fewer":  {`return model(columns, rows)[1:]`, "scores came back for"},
		"NaN":    {`return [math.nan] * rows`, "NaN"},
		"random": {`return [random.random() for _ in range(rows)]`, "does not give the same rows the same scores"},
		"order":  {`return model(columns, rows)[::-1]`, "differ by"},
		"words":  {`return ["yes"] * rows`, "ArrowInvalid"},
		"labels": {`return [float(x > 0.3) for x in model(columns, rows)]`, "nothing but 0 and 1: labels, not scores"},
	} {
		t.Run(kind, func(t *testing.T) {
			name := "broken_" + kind + ".py"
			writeFile(t, filepath.Join(dir, name), []byte("import math, random, sys, time\nfrom score import load, serve\nmodel = load('model.json')\ndef predict(columns, rows):\n    "+c.body+"\nserve(predict)\n"))
			timeout := "60s" // a loaded machine starts Python slowly
			if kind == "hangs" {
				timeout = "2s"
			}
			begun := time.Now()
			r := explainWith(t, dir, "{type: exec, command: [python3, "+filepath.Join(dir, name)+"], timeout: "+timeout+", "+scorerInputs+"}", scorerAsked)
			if !strings.Contains(r.Model.Refused, c.says) {
				t.Errorf("refused: %q, want %q", r.Model.Refused, c.says)
			}
			if len(r.Explanations) > 0 || len(r.Measurements) == 0 {
				t.Errorf("%d explanations and %d measurements", len(r.Explanations), len(r.Measurements))
			}
			if d := time.Since(begun); d > 2*time.Minute {
				t.Errorf("it took %s", d)
			}
			noProcess(t, filepath.Join(dir, name))
		})
	}
}

// noProcess looks for a process that was started with this argument, where
// there is a /proc.
func noProcess(t *testing.T, argument string) {
	t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range processes {
		if line, err := os.ReadFile(p); err == nil && bytes.Contains(line, []byte(argument)) {
			t.Errorf("left behind: %s, %q", p, line)
		}
	}
}

// A command that takes longer than explain.budget.time is ended then, and what
// that leaves out is told.
func TestExplainingEndsInTime(t *testing.T) {
	dir := scorerFolder(t, "linear")
	if _, err := exec.LookPath("sleep"); err != nil {
		t.Skip(err)
	}
	begun := time.Now()
	r := explainWith(t, dir, "{type: exec, command: [sleep, '600'], timeout: 60s, "+scorerInputs+"}", "{gap: {}, proxies: {}, budget: {time: 1s}}")
	if want := "explain.budget.time is used up"; !strings.Contains(r.Model.Refused, want) {
		t.Errorf("refused: %q, want %q", r.Model.Refused, want)
	}
	if len(r.Measurements) == 0 || time.Since(begun) > 20*time.Second {
		t.Errorf("%d measurements after %s", len(r.Measurements), time.Since(begun))
	}
	noProcess(t, "sleep\x00600")
}
