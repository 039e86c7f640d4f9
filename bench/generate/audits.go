package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// roles are the columns that all audits have in common.
const roles = `
  time: decided_at
  decision: {column: decision, positive: [approved], negative: [declined]}
  label: {column: repaid, positive: ["yes"], negative: ["no"]}
`

// writeAudits writes the configurations of the works that are compared.
func writeAudits(o options) error {
	log := "log." + o.format
	if o.files > 1 {
		log = "log-*." + o.format
	}
	subject := ""
	if o.subject {
		subject = "  subject: user_id\n"
	}
	head := func(name string) string {
		return fmt.Sprintf("version: 1\nname: %s\nledger: none\ndata: {log: %s}\ncolumns:%s%s", name, log, roles, subject)
	}
	for name, text := range map[string]string{
		"audit": head("audit") + `  score: score
  groups: {sex: sex, age: age_band, race: race}
  features: [region, channel, device, employment, age, income, amount]
windows: {every: month, reference: 2025-01..2025-03}
detectors: {parity: {min_ratio: 0.8}, equal_opportunity: {}, error_rates: {}, calibration: {}, score_gap: {}, drift: {within_groups: false}}
`,
		"count": head("count") + `  groups: {sex: sex, age: age_band, race: race}
windows: {every: month}
# This detector is not part of plumbline: go run ./bench/compare/count run count.yaml
detectors: {count_table: {}}
`,
		"rates": head("rates") + `  groups: {race: race}
detectors: {parity: {}, equal_opportunity: {}, error_rates: {}}
`,
	} {
		if err := os.WriteFile(filepath.Join(o.out, name+".yaml"), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
