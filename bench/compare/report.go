package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

const preface = `# plumbline beside its peers

Written by the command below; not edited by hand. Every contender is a process that reads the same file of %s rows (14 columns, 12
months, sorted times, missing values, row groups of a million rows), in turn with the others, with the file in the page cache.
Times are medians from start to exit. Contenders that have a number under "lines alike" below gave the same counts, or the command would
have failed.

    %s

| | |
|---|---|
%s
## Targets

| work | plumbline | peer | reached | in processor time | target | |
|---|---|---|---|---|---|---|
`

const notes = `
[LIMITS.md](LIMITS.md) says why the others are not met. Targets are for the time from start to exit; the same ratio of user and system time
moves less with what else runs on the machine.

The count table is written as JSON by plumbline with one more detector (bench/compare/count), without statistics. The whole audit is
parity, equal opportunity, error rates, calibration, score gap and drift of 4 categorical and 3 numeric columns over 12 windows and 3
attributes (drift inside groups left out), with JSON and HTML; the databases compute the 13 tables that it counts, and nothing
else. "Decode alone" reads the same columns with plumbline's own reader and drops them. Fairlearn's time is that of MetricFrame, its
differences and ratios, from arrays in memory. Of bootstrap replicates Fairlearn draws 5, and its time (inside) is what 1,000 would take at
that pace; plumbline draws 1,000 tables for the difference and the ratio of every gated metric. Drift beside Evidently has a log and an
environment of its own: bench/DRIFT.md says more, and holds the numbers of both against each other.

## All contenders

CPU is user and system time; inside is what a peer takes without starting Python and loading its library; memory is the largest resident
set of any run.

| work | contender | median | fastest – slowest | runs | CPU | inside | memory | lines alike |
|---|---|---|---|---|---|---|---|---|
`

// report is the text of RESULTS.md.
func report(b *bench, done []measured) string {
	var t strings.Builder
	fmt.Fprintf(&t, preface, million(b.rows), command(b.options), b.about())
	summaries := map[string]map[string]summary{}
	for _, m := range done {
		summaries[m.id] = map[string]summary{}
		for name, list := range m.samples {
			summaries[m.id][name] = summarize(list)
		}
	}
	for _, target := range targets() {
		of, ok := summaries[target.work]
		if !ok {
			continue
		}
		o := target.evaluate(of)
		value, limit := o.words()
		verdict, peer, processor := "met", "", ""
		if !o.met() {
			verdict = "**not met**"
		}
		if o.peer != "" {
			peer = o.peer + " " + o.amount(o.theirs)
		}
		if o.processor > 0 {
			processor = o.ratio(o.processor)
		}
		fmt.Fprintf(&t, "| %s | %s | %s | %s | %s | %s | %s |\n", o.title, o.amount(o.mine), peer, value, processor, limit, verdict)
	}
	t.WriteString(notes)
	for _, m := range done {
		for _, c := range m.contenders {
			t.WriteString(detail(m, c, summaries[m.id][c.name]))
		}
	}
	return t.String()
}

// detail is a line about one contender.
func detail(m measured, c contender, s summary) string {
	inside, alike := "", ""
	if s.inside > 0 {
		inside = seconds(s.inside)
	}
	if c.cells != nil {
		alike = fmt.Sprint(m.cells)
	}
	return fmt.Sprintf("| %s | %s | %s | %s – %s | %d | %s | %s | %d MB | %s |\n", m.title, c.name,
		seconds(s.wall), seconds(s.low), seconds(s.high), s.runs, seconds(s.cpu), inside, (s.memory+mega/2)/mega, alike)
}

// about says what was measured, where and when.
func (b *bench) about() string {
	var t strings.Builder
	line := func(name, value string) { fmt.Fprintf(&t, "| %s | %s |\n", name, value) }
	line("machine", machine())
	line("load when the command ended", load())
	line("threads of every contender", fmt.Sprint(b.threads))
	line("plumbline", "revision "+b.revision+", "+runtime.Version())
	line("peers", b.peersUsed())
	line("date", time.Now().UTC().Format("2006-01-02 15:04 UTC"))
	return t.String()
}

// machine is the processor, as far as the system tells.
func machine() string {
	name := runtime.GOARCH
	text, _ := os.ReadFile("/proc/cpuinfo") // elsewhere the architecture has to do
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			name = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%s, %d processors, %s", name, runtime.NumCPU(), runtime.GOOS)
}

// load is the load of the last 1, 5 and 15 minutes.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if fields := strings.Fields(string(text)); err == nil && len(fields) > 3 {
		return strings.Join(fields[:3], ", ")
	}
	return "unknown"
}

// command is how to get this table again.
func command(o options) string {
	c := "go run ./bench/compare"
	if o.rows != 20_000_000 {
		c += fmt.Sprintf(" --rows %d", o.rows)
	}
	if o.repeat != 7 {
		c += fmt.Sprintf(" --repeat %d", o.repeat)
	}
	if o.budget != defaultBudget {
		c += " --budget " + o.budget.String()
	}
	if o.only != "" {
		c += " --only " + o.only
	}
	return c
}

// million prints a number of rows.
func million(rows int64) string {
	if rows >= 1_000_000 {
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(rows)/1e6), ".0") + " million"
	}
	return fmt.Sprint(rows)
}
