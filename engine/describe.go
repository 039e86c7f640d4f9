package engine

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/spelling"
)

// Describe lists what the scan will do, a line each, for --plan: what is read
// and what is not, and every table with what bounds its size. Names that others
// chose are on one line, and steer no terminal.
func (j *Job) Describe() []string {
	reading := j.plan.Reading()
	out := []string{"read " + amount(reading.Rows, reading.Units, reading.Bytes)}
	if reading.Skipped > 0 {
		out = append(out, "skip "+amount(reading.SkippedRows, reading.Skipped, 0)+
			": by their statistics all times are outside the period")
	}
	if n := reading.TrustedRows; n > 0 {
		out = append(out, fmt.Sprintf("trust statistics for the times of %d rows, which are not read: data.trust_statistics", n))
	}
	for i, c := range j.plan.Columns {
		line := "read column " + c
		if n := reading.ColumnBytes[i]; n > 0 {
			line += ", " + bytesText(n)
		}
		out = append(out, line)
	}
	for _, p := range j.plan.Passes {
		out = append(out, "first read "+p)
	}
	if j.followsToDate() {
		out = append(out, "then read what indicators need of all windows up to the end of the period, but for files that the history knows")
	}
	for _, t := range j.plan.Tables {
		out = append(out, "count table "+t.Key()+j.plan.Size(t))
	}
	if n, all := j.plan.Families(), len(j.plan.Tables); n < all {
		out = append(out, fmt.Sprintf("count %d times, not %d, while groups, window and version have at most 2^20 combinations with another column", n, all))
	}
	for _, t := range j.plan.Values {
		out = append(out, "count numbers of "+t.Key()+j.plan.Size(t))
	}
	for _, r := range j.plan.Rollups {
		out = append(out, "roll up "+strings.Join(r.Tables, ", ")+" from "+r.From)
	}
	out = append(out, "take at most about "+bytesText(j.plan.BatchBytes())+" for batches, more where texts are long")
	for _, c := range j.plan.Costs {
		out = append(out, "takes "+c)
	}
	for _, in := range j.joins {
		out = append(out, "takes memory for the joined table "+in.label)
	}
	if j.explaining != nil {
		out = append(out, j.explaining.Cost(reading.Rows))
	}
	for i, line := range out {
		out[i] = spelling.Line(line)
	}
	return out
}

// amount says how much of the log something is about.
func amount(rows int64, units int, bytes int64) string {
	s := strconv.Itoa(units) + " units"
	if units == 1 {
		s = "1 unit"
	}
	if rows >= 0 {
		s += fmt.Sprintf(" of %d rows", rows)
	}
	if bytes > 0 {
		s += ", " + bytesText(bytes)
	}
	return s
}

func bytesText(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}
