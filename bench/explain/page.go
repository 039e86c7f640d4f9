package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

const preface = `# What explanations cost

Written by the command below; not edited by hand. A binary XGBoost model of %d trees of depth %d, %d inputs, ten of them counts, 5 %% of
the values missing. Both sides do the same work in turn on one thread, and the median of the processor's time counts, which other work on
the machine disturbs least. Numbers that are not alike end the command.

    go run ./bench/explain

| | |
|---|---|
| machine | %s, %d processors, %s |
| load when the command ended | %s |
| peers | XGBoost %s, shap %s, numpy %s |
| turns | %d |
| date | %s |

| work | plumbline | peer | reached | target | | numbers |
|---|---|---|---|---|---|---|
`

const notes = `
A pass is scoring each row once: node by node in plain Go, as the model's file describes it. The importance is the expectation over all
exchanges of an input's values between rows, for all inputs from one walk of the trees, where drawing five exchanges of each input takes
150 passes. Of interventional values the time to prepare the background counts here, but making shap's explainer does not. "Outside the
command" is all time in which the scoring process waits for rows: making them, writing and reading Arrow, sums.

## Memory

Permutation Shapley values with the model in the same process, against 100 background rows, 6,000 model rows for each: the
largest resident set of the process, before, which holds the program and the model, and after.

| explained rows | before | after |
|---|---|---|
`

// page is the text of EXPLAIN.md.
func (b *bench) page(found []measured, memory []needed) string {
	var t strings.Builder
	v := b.versions
	fmt.Fprintf(&t, preface, trees, depth, inputs, processor(), runtime.NumCPU(), runtime.GOOS, load(),
		v["xgboost"], v["shap"], v["numpy"], b.turns, time.Now().UTC().Format("2006-01-02 15:04 UTC"))
	for _, m := range found {
		verdict := m.verdict()
		if !m.met {
			verdict = "**" + verdict + "**"
		}
		fmt.Fprintf(&t, "| %s | %s | %s | %s | %s | %s | %s |\n", m.work, m.ours, m.theirs, m.reached, m.target, verdict, m.agreed)
	}
	t.WriteString(notes)
	for _, m := range memory {
		fmt.Fprintf(&t, "| %d | %d MiB | %d MiB |\n", m.rows, m.start>>20, m.peak>>20)
	}
	return t.String()
}

// processor is its name, as far as the system tells.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo") // elsewhere the architecture has to do
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// load is that of the last 1, 5 and 15 minutes.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if fields := strings.Fields(string(text)); err == nil && len(fields) > 3 {
		return strings.Join(fields[:3], ", ")
	}
	return "unknown"
}
