package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// resampled replaces the detectors of the audit of five metrics: a gate on every
// gap asks for the interval of that gap, here from 1,000 tables drawn.
const resampled = `detectors:
  parity: {bootstrap: 1000, selection_rate_difference: {max: 0.2}, selection_rate_ratio: {min_ratio: 0.5}}
  equal_opportunity: {bootstrap: 1000, true_positive_rate_difference: {max: 0.2}, true_positive_rate_ratio: {min_ratio: 0.5}}
  error_rates:
    bootstrap: 1000
    false_positive_rate_difference: {max: 0.2}
    false_positive_rate_ratio: {min_ratio: 0.5}
    false_negative_rate_difference: {max: 0.2}
    false_negative_rate_ratio: {min_ratio: 0.5}
    accuracy_difference: {max: 0.2}
    accuracy_ratio: {min_ratio: 0.5}
`

// bootstrap is five metrics by one attribute with bootstrap intervals. Fairlearn
// draws five replicates, which takes minutes, and its script says what a thousand
// would take at that pace.
func (b *bench) bootstrap() work {
	var dir string
	ours := b.plumbline(plumbline, "bootstrap", &dir, b.threads)
	theirs := contender{name: replicas, once: true, command: func() []string {
		return b.peer("fairlearn_peer.py", filepath.Join(dir, "log.parquet"), "5", "1000")
	}}
	return work{
		id: "bootstrap", title: "the same, 1,000 bootstrap replicates",
		prepare: func(ctx context.Context) (err error) {
			if dir, err = b.log(ctx, min(b.rows, 1_000_000)); err != nil {
				return err
			}
			text, err := os.ReadFile(filepath.Join(dir, "rates.yaml"))
			if err != nil {
				return err
			}
			head, _, _ := strings.Cut(string(text), "detectors:")
			head = regexp.MustCompile(`(?m)^name: .*$`).ReplaceAllString(head, "name: bootstrap")
			return os.WriteFile(filepath.Join(dir, "bootstrap.yaml"), []byte(head+resampled), 0o644)
		},
		contenders: uncompared([]contender{ours, theirs}),
	}
}

// drift is ten columns of two months. bench/drift makes log, audit and Evidently's
// environment, which needs another pandas, and holds the numbers of both against
// each other; here they are timed.
func (b *bench) drift() work {
	dir := filepath.Join(b.data, "drift")
	path := func(name string) string { return filepath.Join(dir, name) }
	return work{
		id: "drift", title: "drift of 10 columns",
		prepare: func(ctx context.Context) error {
			if _, err := output(ctx, b.root, "go", "run", "./bench/drift", "-prepare", "-dir", dir); err != nil {
				return err
			}
			list, err := output(ctx, "", path("venv/bin/python"), "-m", "pip", "freeze", "--disable-pip-version-check")
			if err != nil {
				return err
			}
			for line := range strings.Lines(list) {
				if version, ok := strings.CutPrefix(strings.TrimSpace(line), "evidently=="); ok {
					b.versions["evidently"] = version
				}
			}
			return nil
		},
		contenders: []contender{
			{name: plumbline, command: func() []string {
				return []string{b.program("plumbline"), "run", path("audit.yaml"), "-q", "--progress", "off",
					"--workers", strconv.Itoa(b.threads), "-o", "json=" + path("audit.json")}
			}},
			{name: evidently, command: func() []string {
				script := filepath.Join(b.root, "bench", "drift", "evidently_drift.py")
				return []string{path("venv/bin/python"), "-B", script, path("log"), path("evidently.json")}
			}},
		},
	}
}

// peersUsed are the versions of the peers.
func (b *bench) peersUsed() string {
	v := b.versions
	text := fmt.Sprintf("DuckDB %s, Polars %s, Fairlearn %s (pandas %s, scikit-learn %s)", v["duckdb"], v["polars"], v["fairlearn"], v["pandas"], v["scikit-learn"])
	if v["evidently"] != "" {
		text += ", Evidently " + v["evidently"]
	}
	return text
}
