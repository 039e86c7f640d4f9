package detectors

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// referenceWindows tells which windows, given in order of time, are the
// reference: the configured ones, else the first. A span of ids means the time
// that it covers; a named range is one window.
func referenceWindows(spec audit.WindowSpec, windows []table.Category) []bool {
	out := make([]bool, len(windows))
	from, to, ok := referenceSpan(spec)
	for i, w := range windows {
		switch {
		case spec.Reference == "" || spec.Reference == "first":
			out[i] = i == 0
		case len(spec.Ranges) > 0 || !ok:
			out[i] = w.Name == spec.Reference
		default:
			start := time.UnixMicro(w.Order).In(zoneOf(spec))
			out[i] = !start.Before(from) && !next(start, spec.Every).After(to)
		}
	}
	return out
}

// reference says which windows of the log are the reference, and gives the
// reference's portion by group, or of everybody for a negative one: of those
// windows, or of the saved profile that the audit compares its windows with. The
// last result is why the column is left out, if it is.
func (d *drift) reference(tables detect.Tables, w watched, p *portions, group table.Dim, by ...table.Dim) ([]bool, func(group int) *portion, string) {
	saved := detect.Reference(tables)
	if saved == nil {
		if refused := w.refused(d.params.MaxCategories, p); refused != "" {
			return nil, nil, refused
		}
		w.settle(d.params.MaxCategories, p)
		is := referenceWindows(d.spec.Windows, p.windows)
		return is, func(g int) *portion {
			return p.all(func(i int) bool { return i < len(is) && is[i] }, g)
		}, ""
	}
	q := w.read(saved, group, by...)
	if refused := w.refused(d.params.MaxCategories, p, &q); refused != "" {
		return nil, nil, refused
	}
	w.settle(d.params.MaxCategories, p, &q)
	p.align(&q)
	all := func(int) bool { return true }
	return make([]bool, len(p.windows)), func(g int) *portion {
		if g < 0 {
			return q.all(all, g)
		}
		at := slices.IndexFunc(q.groups, func(c table.Category) bool {
			return c.Name == p.groups[g].Name && c.Missing == p.groups[g].Missing
		})
		if at < 0 {
			return pooled(nil, len(q.names))
		}
		return q.all(all, at)
	}, ""
}

// align gives two tables of a column the same categories in the same order.
func (p *portions) align(q *portions) {
	names := slices.Concat(p.names, q.names)
	slices.SortFunc(names, table.CompareNames)
	names = slices.Compact(names)
	at := make(map[string]int, len(names))
	for i, name := range names {
		at[name] = i
	}
	for _, t := range []*portions{p, q} {
		to := make([]int, len(t.names))
		for i, name := range t.names {
			to[i] = at[name]
		}
		for _, cell := range t.cells {
			cell.rename(to, len(names))
		}
		t.names = names
	}
}

func zoneOf(spec audit.WindowSpec) *time.Location {
	if spec.Zone == nil {
		return time.UTC
	}
	return spec.Zone
}

// referenceSpan is the time that a or a..b covers.
func referenceSpan(spec audit.WindowSpec) (from, to time.Time, ok bool) {
	first, last, isRange := strings.Cut(spec.Reference, "..")
	if !isRange {
		last = first
	}
	from, _, ok = windowTimes(strings.TrimSpace(first), zoneOf(spec))
	if !ok {
		return from, to, false
	}
	_, to, ok = windowTimes(strings.TrimSpace(last), zoneOf(spec))
	return from, to, ok
}

// windowTimes is the half-open stretch of time of a window id.
func windowTimes(id string, zone *time.Location) (start, end time.Time, ok bool) {
	var year, part int
	switch {
	case len(id) == 7 && id[5] == 'Q':
		if _, err := fmt.Sscanf(id, "%d-Q%d", &year, &part); err != nil {
			return start, end, false
		}
		start = time.Date(year, time.Month(3*part-2), 1, 0, 0, 0, 0, zone)
		return start, next(start, "quarter"), true
	case len(id) == 8 && id[5] == 'W':
		if _, err := fmt.Sscanf(id, "%d-W%d", &year, &part); err != nil {
			return start, end, false
		}
		fourth := time.Date(year, 1, 4, 0, 0, 0, 0, zone) // always in week 1
		monday := (int(fourth.Weekday()) + 6) % 7
		start = midnight(fourth, 0, 7*(part-1)-monday)
		return start, next(start, "week"), true
	}
	for _, form := range []struct{ layout, every string }{
		{"2006", "year"}, {"2006-01", "month"}, {"2006-01-02", "day"}, {"2006-01-02T15-07:00", "hour"},
	} {
		if t, err := time.ParseInLocation(form.layout, id, zone); err == nil {
			return t, next(t, form.every), true
		}
	}
	return start, end, false
}
