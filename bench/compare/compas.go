package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

const compasAudit = `version: 1
name: compas
ledger: none
data: {log: compas.csv}
columns:
  decision: {column: decile_score, at_least: 5, favorable: false}
  label: {column: two_year_recid, positive: [1], negative: [0]}
  score: {when: "decile_score / 10.0"}
  groups:
    race: {column: race, reference: Caucasian}
    sex: {column: sex, reference: Male}
    age_cat: {column: age_cat, reference: 25 - 45}
intersections: {depth: 2}
detectors:
  parity: {}
  equal_opportunity: {}
  error_rates: {}
  calibration: {}
  score_gap: {}
  drift: {between: groups}
  completeness: {}
`

// compas is the audit of 7,214 people with all detectors, as a process.
func (b *bench) compas() work {
	dir := filepath.Join(b.data, "logs", "compas")
	c := b.plumbline(plumbline, "compas", &dir, b.threads)
	c.cells = nil
	return work{id: "compas", title: "COMPAS, all detectors", contenders: []contender{c},
		prepare: func(context.Context) error { return b.writeCompas(dir) }}
}

// writeCompas writes a line per person out of the counts in testdata.
func (b *bench) writeCompas(dir string) error {
	f, err := os.Open(filepath.Join(b.root, "testdata", "compas", "counts.csv"))
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	out, err := os.Create(filepath.Join(dir, "compas.csv"))
	if err != nil {
		return err
	}
	defer out.Close()
	w := csv.NewWriter(out)
	for i, row := range rows {
		n, last := 1, len(row)-1
		if i > 0 {
			if n, err = strconv.Atoi(row[last]); err != nil {
				return fmt.Errorf("counts.csv, line %d: %w", i+1, err)
			}
		}
		for range n {
			if err := w.Write(row[:last]); err != nil {
				return err
			}
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "compas.yaml"), []byte(compasAudit), 0o644)
}
