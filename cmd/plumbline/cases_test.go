package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/cmd/plumbline/schema"
	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/reports"
)

// TestCases audits every configuration under testdata that has a file of
// expected measurements beside it. The expected values are other tools' numbers
// on the same data, or published ones; each row names its source.
func TestCases(t *testing.T) {
	expected, err := filepath.Glob("../../testdata/*/*.expected.csv")
	if err != nil || len(expected) < 10 {
		t.Fatalf("found %d cases: %v", len(expected), err)
	}
	for _, path := range expected {
		name := strings.TrimSuffix(path, ".expected.csv")
		t.Run(filepath.Base(filepath.Dir(path))+"/"+filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			result := runAudit(t, name+".yaml", engine.Options{})
			checkCase(t, path, result)
			checkSchema(t, result)
		})
	}
}

// runAudit carries out an audit with all detectors.
func runAudit(t *testing.T, path string, o engine.Options) *audit.Result {
	t.Helper()
	all := detectors.All()
	conf, err := config.Load(path, engine.Declarations(all), engine.DefaultDetectors(all))
	if err != nil {
		t.Fatal(err)
	}
	job, err := engine.Open(context.Background(), conf, all, o)
	if err != nil {
		t.Fatal(err)
	}
	result, err := job.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// checkSchema holds a result, as it is written, against the published schema.
func checkSchema(t *testing.T, result *audit.Result) {
	t.Helper()
	var text bytes.Buffer
	if err := reports.WriteJSON(&text, result); err != nil {
		t.Fatal(err)
	}
	var document any
	if err := json.Unmarshal(text.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	published, err := schema.Result()
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := published.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := resolved.Validate(document); err != nil {
		t.Error(err)
	}
}

// expectation is one row of a file of expected measurements.
type expectation struct{ metric, attribute, kind, group, reference, window, value, n, source string }

func readExpected(t *testing.T, path string) []expectation {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []expectation
	for _, r := range rows[1:] {
		out = append(out, expectation{r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8]})
	}
	return out
}

// checkCase finds each expected row among the measurements, and compares
// counts exactly and values to 1e-12.
func checkCase(t *testing.T, path string, result *audit.Result) {
	t.Helper()
	found := map[string]audit.Measurement{}
	for _, m := range result.Measurements {
		found[measurementKey(m)] = m
	}
	for i, e := range readExpected(t, path) {
		key := strings.Join([]string{e.metric, e.attribute, e.kind, e.group, e.reference, e.window}, "|")
		m, ok := found[key]
		if !ok {
			t.Errorf("%s:%d: no measurement %s (%s)", path, i+2, key, e.source)
			continue
		}
		if fault := compareMeasurement(m, e); fault != "" {
			t.Errorf("%s:%d: %s: %s (%s)", path, i+2, key, fault, e.source)
		}
	}
}

// measurementKey names a measurement as the expected files do. The worst gap
// over groups is found whichever groups it is between.
func measurementKey(m audit.Measurement) string {
	group, reference := "", ""
	if m.Group != nil {
		group = *m.Group
	}
	if m.Reference != nil {
		reference = *m.Reference
	}
	if m.GroupKind == audit.KindWorst {
		group, reference = "*", "*"
	}
	metric := m.Metric
	if m.Column != nil { // of a column, or of a stage: stage_rate[hired]
		metric += "[" + *m.Column + "]"
	}
	return strings.Join([]string{metric, m.Attribute, string(m.GroupKind), group, reference, m.Window}, "|")
}

func compareMeasurement(m audit.Measurement, e expectation) string {
	want, err := strconv.ParseFloat(e.value, 64)
	if err != nil {
		return err.Error()
	}
	if e.n != "" && strconv.FormatInt(m.N, 10) != e.n {
		return fmt.Sprintf("n is %d, want %s", m.N, e.n)
	}
	if m.Value == nil {
		return fmt.Sprintf("undefined (%s), want %v", m.Note, want)
	}
	got := *m.Value
	if m.GroupKind == audit.KindWorst { // lowest minus highest here, highest minus lowest elsewhere
		got, want = math.Abs(got), math.Abs(want)
	}
	// The absolute part is for differences beside 0, where a relative error means nothing.
	if math.Abs(got-want) > 1e-12*math.Abs(want)+1e-15 {
		return fmt.Sprintf("value is %v, want %v", got, want)
	}
	return ""
}
