package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/explain"
)

// openExplained opens an audit that explains a model of categories of the bank
// data, with a log of these lines.
func openExplained(t *testing.T, kind string, file []byte, log, features string) (*engine.Job, error) {
	t.Helper()
	dir := t.TempDir()
	if file != nil {
		writeFile(t, filepath.Join(dir, "model"), file)
	}
	writeFile(t, filepath.Join(dir, "log.csv"), []byte(log))
	path := filepath.Join(dir, "audit.yaml")
	writeFile(t, path, fmt.Appendf(nil, `version: 1
name: broken
data: {log: log.csv}
columns:
  groups: {g: g}%s
  decision: {column: d, positive: [yes]}
model: {type: %s, path: model}
`, features, kind))
	all := detectors.All()
	conf, err := config.Load(path, engine.Declarations(all), engine.DefaultDetectors(all))
	if err != nil {
		t.Fatal(err)
	}
	return engine.Open(context.Background(), conf, all, engine.Options{
		Explain: func(spec *audit.Spec) (engine.Explaining, error) { return explain.Open(spec) },
	})
}

// categoryLog has rows of every second job.
func categoryLog(job string) string {
	log := "g,d,age,balance,job,marital,education\n"
	for i := range 80 {
		given := "management"
		if i%2 == 0 {
			given = job
		}
		log += fmt.Sprintf("%c,%s,%d,%d,%s,married,primary\n", "ab"[i/2%2], []string{"yes", "no"}[i%3%2], 20+i, 30*i, given)
	}
	return log
}

// A model file that cannot be is told before the scan, at model.path.
func TestBrokenModelFile(t *testing.T) {
	xgb, err := os.ReadFile("../../explain/model/testdata/xgb-categories.model.json")
	if err != nil {
		t.Fatal(err)
	}
	lgb, err := os.ReadFile("../../explain/model/testdata/lgb-categories.model.txt")
	if err != nil {
		t.Fatal(err)
	}
	whole := categoryLog("retired")
	for name, c := range map[string]struct {
		kind string
		file []byte
		log  string
		want string
	}{
		"cut":          {"xgboost", xgb[:len(xgb)/2], whole, "not a model of XGBoost: the file was cut off"},
		"cut text":     {"lightgbm", lgb[:len(lgb)/2], whole, "the file was cut off"},
		"old":          {"xgboost", bytes.Replace(xgb, []byte(`"version":[3,2,0]`), []byte(`"version":[0,90,0]`), 1), whole, "older than 1.0"},
		"old text":     {"lightgbm", bytes.Replace(lgb, []byte("version=v4"), []byte("version=v2"), 1), whole, `"v2" is neither v3 nor v4`},
		"another type": {"xgboost", lgb, whole, "it looks like type: lightgbm"},
		"gone":         {"lightgbm", nil, whole, "no such file"},
		"column gone":  {"lightgbm", lgb, strings.Replace(whole, "balance", "saldo", 1), `the log has no column "balance"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := openExplained(t, c.kind, c.file, c.log, "")
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "audit.yaml:7:") {
				t.Errorf("%v, want %q at line 7", err, c.want)
			}
		})
	}
}

// A category that the model has not seen is not guessed: nothing is explained,
// unless the configuration takes it for a missing value.
func TestUnseenCategory(t *testing.T) {
	for kind, name := range map[string]string{"xgboost": "xgb-categories.model.json", "lightgbm": "lgb-categories.model.txt"} {
		file, err := os.ReadFile("../../explain/model/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for features, refused := range map[string]bool{"": true, "\n  features: [{column: job, missing: [astronaut]}]": false} {
			job, err := openExplained(t, kind, file, categoryLog("astronaut"), features)
			if err != nil {
				t.Fatal(err)
			}
			r, err := job.Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(r.Model.Refused, `"astronaut": the model has not seen this category; to score it`); got != refused {
				t.Errorf("%s: refused %q", kind, r.Model.Refused)
			}
			if (len(r.Explanations) == 0) != refused || len(r.Measurements) == 0 {
				t.Errorf("%s: %d explanations, %d measurements", kind, len(r.Explanations), len(r.Measurements))
			}
		}
	}
}
