package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
)

// withCompat asks the audit for Evidently's numbers.
func withCompat(audit []byte) []byte {
	return bytes.Replace(audit, []byte("compat: none"), []byte("compat: evidently"), 1)
}

// withTimes takes the month of a row from the row's time, not from its folder.
func withTimes(audit []byte) []byte {
	return bytes.Replace(audit, []byte(`time: {column: month, format: "%Y-%m"}`), []byte("time: at"), 1)
}

// agreement is one column's drift by Evidently and by plumbline.
type agreement struct {
	column, method   string
	theirs, ours     float64
	psi, psiByChance float64 // plumbline's own
}

// agreed is how far the two may lie apart, relatively. Columns of more than
// 65,536 distinct numbers are counted in buckets of a relative width of 1/512.
const (
	agreedExact   = 1e-9
	agreedBuckets = 5e-3
)

// agree compares the numbers of both, column by column.
func (b bench) agree() ([]agreement, error) {
	var theirs map[string]struct {
		Method string
		Value  float64
	}
	if err := readJSON(b.path("evidently.json"), &theirs); err != nil {
		return nil, err
	}
	var result struct {
		Measurements []struct {
			Metric, Window    string
			Column, Attribute *string
			Value             *float64
			Note, Convention  string
			Null              *struct{ Limit float64 }
		}
	}
	if err := readJSON(b.path("compat.json"), &result); err != nil {
		return nil, err
	}
	var out []agreement
	at := map[string]int{}
	var faults error
	for _, m := range result.Measurements {
		if m.Window != "all" || m.Attribute != nil || m.Column == nil || m.Value == nil {
			continue
		}
		switch m.Metric {
		case "psi":
			at[*m.Column] = len(out)
			out = append(out, agreement{column: *m.Column, psi: *m.Value, psiByChance: m.Null.Limit})
		case "evidently_value_drift":
			a := &out[at[*m.Column]]
			t, ok := theirs[*m.Column]
			if !ok || *m.Column != a.column {
				return nil, fmt.Errorf("column %s: Evidently gives nothing", *m.Column)
			}
			a.theirs, a.method, a.ours = t.Value, t.Method, *m.Value
			if gap := math.Abs(a.ours/a.theirs - 1); gap > agreedBuckets {
				faults = errors.Join(faults, fmt.Errorf("column %s: Evidently gives %v, plumbline %v", a.column, a.theirs, a.ours))
			}
		}
	}
	if len(out) != len(theirs) {
		faults = errors.Join(faults, fmt.Errorf("%d columns, Evidently has %d", len(out), len(theirs)))
	}
	return out, faults
}

func readJSON(path string, to any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, to); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// page writes what was seen.
func (b bench) page(evidently costs, plumbline [len(audits)]costs, agreed []agreement) string {
	var p strings.Builder
	say := func(format string, arguments ...any) { fmt.Fprintf(&p, format, arguments...) }
	say("# Drift, beside Evidently\n\n")
	say("Written by `go run ./bench/drift`; not by hand.\n\n")
	say("Drift of ten columns (six of numbers, four of categories), 500,000 rows of January 2024 against 500,000 of February, each as a\n")
	say("whole process from its start to its result on disk, in turn on one machine (%s, %d processors%s).\n", machine(), runtime.NumCPU(), loaded())
	say("The log is as a monthly job leaves it: a folder for each month (`month=2024-01/`). Evidently 0.7.23 (numpy 2.4.6, pandas 2.3.3)\n")
	say("reads the ten columns of each folder as one of its two data frames, and makes one `DataDriftPreset` report without a page; plumbline\n")
	say("reads the same columns, takes the month from the folder's name, makes its own audit of drift, with what is chance at these sizes,\n")
	say("and writes result.json. Where it reads the time of every row instead, which is an eleventh column, is a row of its own. Medians, and\n")
	say("in brackets the least and the most; %d runs of Evidently, %d of each audit of plumbline.\n\n", len(evidently), len(plumbline[0]))
	say("| | seconds | seconds of processor | MiB at most |\n|---|---|---|---|\n")
	for _, r := range []struct {
		name string
		of   costs
	}{{"Evidently", evidently}, {"plumbline", plumbline[0]}, {"plumbline, reading every row's time", plumbline[1]}, {"plumbline, `compat: evidently`", plumbline[2]}} {
		say("| %s |", r.name)
		for _, of := range []func(cost) float64{wall, processor, memory} {
			least, most := r.of.limits(of)
			say(" %s (%s to %s) |", short(r.of.median(of)), short(least), short(most))
		}
		say("\n")
	}
	for k, name := range []string{"times less", "times less, reading every row's time"} {
		say("| %s |", name)
		for _, of := range []func(cost) float64{wall, processor, memory} {
			say(" %.0f |", evidently.median(of)/plumbline[k].median(of))
		}
		say("\n")
	}
	say("\nThe aim is 200 times less in seconds. On a machine with other work, seconds say more about that work; those of the processor do not.\n")
	say("The numbers of both. `compat: evidently` gives Evidently's default number of each column from plumbline's tables; a column of more\n")
	say("than 65,536 distinct numbers is counted in buckets of a relative width of 1/512, and the number is then near, not equal. Beside it\n")
	say("is what Evidently does not say: the population stability index by plumbline's own convention, and its 95 %% value if nothing had changed.\n\n")
	say("| column | Evidently's choice | Evidently | plumbline | apart | psi | by chance |\n|---|---|---|---|---|---|---|\n")
	for _, a := range agreed {
		gap := math.Abs(a.ours/a.theirs - 1)
		apart := fmt.Sprintf("%.0e", gap)
		if gap < agreedExact {
			apart = "below 1e-9"
		}
		say("| %s | %s | %.6g | %.6g | %s | %.6f | %.6f |\n", a.column, a.method, a.theirs, a.ours, apart, a.psi, a.psiByChance)
	}
	return p.String()
}

// short has three digits.
func short(x float64) string {
	if x >= 100 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.3g", x)
}

// machine names the processor, where the system tells.
func machine() string {
	data, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(data)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.Join(strings.Fields(strings.TrimLeft(name, "\t :")), " ")
		}
	}
	return runtime.GOARCH
}

// loaded says what else the machine had to do, where the system tells.
func loaded() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	return ", load " + strings.Fields(string(data))[0] + " at the end"
}
