package detectors

import (
	"fmt"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// windows emits the number of windows without an audited row between the first
// and the last.
func (c *completeness) windows(tables detect.Tables) {
	need := table.Need{Dims: []table.Dim{table.Window}}
	if c.spec.HasLabel {
		need = c.needAll(table.Label, false)
	}
	empty := emptyWindows(c.spec.Windows, tables.Counts(need).Categories(table.Window))
	note := ""
	if len(empty) > 0 {
		note = "no row in " + some(empty, 12)
	}
	c.fact("empty_windows", int64(len(empty)), note)
}

// some lists the first of many names.
func some(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// emptyWindows names the windows without a category: of the named ranges, or,
// by the calendar, of those between the first and the last. A window's Order is
// its start in microseconds since 1970-01-01 UTC.
func emptyWindows(spec audit.WindowSpec, seen []table.Category) []string {
	var out []string
	if len(spec.Ranges) > 0 {
		there := map[string]bool{}
		for _, s := range seen {
			there[s.Name] = true
		}
		for _, r := range spec.Ranges {
			if !there[r.Name] {
				out = append(out, r.Name)
			}
		}
		return out
	}
	zone := spec.Zone
	if zone == nil {
		zone = time.UTC
	}
	for i := 1; i < len(seen); i++ {
		end := time.UnixMicro(seen[i].Order)
		for t := next(time.UnixMicro(seen[i-1].Order).In(zone), spec.Every); t.Before(end); t = next(t, spec.Every) {
			out = append(out, windowName(t, spec.Every))
		}
	}
	return out
}

// next is the start of the window after the one that starts at t.
func next(t time.Time, every string) time.Time {
	switch every {
	case "hour":
		return t.Add(time.Hour)
	case "day":
		return midnight(t, 0, 1)
	case "week":
		return midnight(t, 0, 7)
	case "month":
		return midnight(t, 1, 0)
	case "quarter":
		return midnight(t, 3, 0)
	}
	return midnight(t, 12, 0)
}

// midnight is the start of the day that lies months and days after t's.
func midnight(t time.Time, months, days int) time.Time {
	return time.Date(t.Year(), t.Month()+time.Month(months), t.Day()+days, 0, 0, 0, 0, t.Location())
}

// windowName is the id of the window that starts at t.
func windowName(t time.Time, every string) string {
	switch every {
	case "hour":
		return t.Format("2006-01-02T15-07:00")
	case "day":
		return t.Format("2006-01-02")
	case "week":
		year, week := t.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	case "month":
		return t.Format("2006-01")
	case "quarter":
		return fmt.Sprintf("%04d-Q%d", t.Year(), (int(t.Month())+2)/3)
	}
	return t.Format("2006")
}
