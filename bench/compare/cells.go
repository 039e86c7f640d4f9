package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// What was counted is compared as lines of text, in order: the peers print
// them, and plumbline's are made from its result. See peers/common.py.

// printedCells are the lines that a process printed.
func printedCells(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	slices.Sort(lines)
	return lines, nil
}

// resultCells are the lines that a result.json amounts to.
func resultCells(path string, of func(*audit.Result) []string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d := json.NewDecoder(f)
	d.UseNumber() // a float64 prints a million as 1e+06
	var r audit.Result
	if err := d.Decode(&r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	lines := of(&r)
	slices.Sort(lines)
	return lines, nil
}

// tableCells are the cells of the count table.
func tableCells(r *audit.Result) (lines []string) {
	for _, t := range r.Tables {
		if t.ID != "count_table" {
			continue
		}
		for _, row := range t.Rows {
			line := "count"
			for _, v := range row {
				line += "," + fmt.Sprint(v)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// auditCells are the counts behind the whole audit's rates, scores and drift.
func auditCells(r *audit.Result) (lines []string) {
	for _, m := range r.Measurements {
		of := fmt.Sprintf("%s,%s,%s", m.Attribute, named(m.Group), m.Window)
		perGroup := m.GroupKind == audit.KindValue || m.GroupKind == audit.KindMissing
		switch {
		case m.Window == audit.AllWindows:
		case m.Detector == "drift" && m.Metric == "total_variation" && feature(m.Column):
			lines = append(lines, fmt.Sprintf("feature,%s,%s,%d", *m.Column, m.Window, m.N))
		case !perGroup:
		case m.Detector == "calibration" && m.Metric == "mean_score" && m.N > 0:
			// Scores are thousandths: their sum is a whole number of these.
			lines = append(lines, fmt.Sprintf("score,%s,%d,%.0f", of, m.N, *m.Value*float64(m.N)*1000))
		case slices.Contains([]string{"selection_rate", "true_positive_rate", "false_positive_rate"}, m.Metric) && m.Denominator != nil && *m.Denominator > 0:
			lines = append(lines, fmt.Sprintf("%s,%s,%d,%d", m.Metric, of, *m.Numerator, *m.Denominator))
		}
	}
	for _, t := range r.Tables {
		column, ok := strings.CutPrefix(t.ID, "drift/")
		if !ok || !slices.Contains([]string{"region", "channel", "device", "employment"}, column) {
			continue
		}
		for _, row := range t.Rows {
			lines = append(lines, fmt.Sprintf("category,%s,%v,%v,%v", column, row[0], row[3], row[4]))
		}
	}
	return lines
}

// feature tells the features from the other things that drift watches.
func feature(column *string) bool {
	return column != nil && slices.Contains([]string{"region", "channel", "device", "employment", "age", "income", "amount"}, *column)
}

// rateCells are the values that Fairlearn gives as well. The selection rate is
// of all rows here, and there of those that have a label.
func rateCells(r *audit.Result) (lines []string) {
	for _, m := range r.Measurements {
		if m.GroupKind == audit.KindValue && m.Value != nil &&
			slices.Contains([]string{"true_positive_rate", "false_positive_rate", "false_negative_rate", "accuracy"}, m.Metric) {
			lines = append(lines, fmt.Sprintf("%s,%s,%.12f", m.Metric, *m.Group, *m.Value))
		}
	}
	return lines
}

// slateCells are the counts behind the shares of the first places, and the exposures.
func slateCells(r *audit.Result) (lines []string) {
	for _, m := range r.Measurements {
		switch {
		case m.GroupKind != audit.KindValue || m.Value == nil:
		case m.Metric == "mean_exposure":
			lines = append(lines, fmt.Sprintf("%s,%s,%.9f", m.Metric, *m.Group, *m.Value))
		case m.Metric == "top_1_rate" || m.Metric == "top_k_rate":
			lines = append(lines, fmt.Sprintf("%s,%s,%d,%d", m.Metric, *m.Group, *m.Numerator, *m.Denominator))
		}
	}
	return lines
}

func named(group *string) string {
	if group == nil {
		return ""
	}
	return *group
}

// same says where two lists of lines differ first.
func same(a, b []string) error {
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return fmt.Errorf("%d lines against %d; too much is %q", len(a), len(b), b[i])
		case i >= len(b):
			return fmt.Errorf("%d lines against %d; too much is %q", len(a), len(b), a[i])
		case a[i] != b[i]:
			return fmt.Errorf("%q against %q", a[i], b[i])
		}
	}
	return nil
}
