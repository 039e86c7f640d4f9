package guess

import (
	"strconv"
	"time"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source"
)

// formats are the forms of text that a time is looked for in, as audit.yaml has them,
// in the order in which they are tried; what ISO 8601 spells needs none.
func formats() []string {
	return []string{"%Y-%m", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%d.%m.%Y", "%d.%m.%Y %H:%M", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%Y %H:%M",
		"%d/%m/%Y %H:%M", "%m/%d/%Y %I:%M:%S %p", "%d %b %Y", "%b %d, %Y", "%Y-%m-%dT%H:%M"}
}

// plain are Go's layouts of what needs no format.
func plain() []string {
	return []string{"2006-01-02", "2006-01-02T15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999Z07:00",
		"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999"}
}

// moment says how a column's values are times, and the first and last of those seen.
type moment struct {
	unit, format string
	first, last  time.Time
}

// moments reads a column as times; ok is false if it holds none.
func (c *column) moments() (m moment, ok bool) {
	switch {
	case len(c.present) == 0:
		return m, false
	case c.kind.Kind == source.Date || c.kind.Kind == source.Timestamp:
		return c.spelled("", plain())
	case c.numbers:
		return c.counted()
	}
	if m, ok := c.spelled("", plain()); ok {
		return m, true
	}
	for _, f := range formats() {
		layout, err := config.TimeLayout(f)
		if err != nil {
			continue
		}
		if m, ok := c.spelled(f, []string{layout}); ok {
			return m, true
		}
	}
	return m, false
}

// spelled reads all values in one of the layouts.
func (c *column) spelled(format string, layouts []string) (m moment, ok bool) {
	m.format = format
	for _, v := range c.present {
		var t time.Time
		err := error(strconv.ErrSyntax)
		for _, l := range layouts {
			if t, err = time.Parse(l, v); err == nil {
				break
			}
		}
		if err != nil {
			return m, false
		}
		m.see(t)
	}
	return m, true
}

// counted reads whole numbers as seconds or finer since 1970, between 1990 and 2100,
// or as dates such as 20240131, where the name is that of a time.
func (c *column) counted() (m moment, ok bool) {
	if !c.whole || !c.timely() {
		return m, false
	}
	if m, ok := c.spelled("%Y%m%d", []string{"20060102"}); ok && c.low > 19000000 && c.high < 21000000 {
		return m, true
	}
	const from, to = 631_152_000, 4_102_444_800 // seconds, 1990 and 2100
	for _, u := range []struct {
		unit string
		per  float64
	}{{"s", 1}, {"ms", 1e3}, {"us", 1e6}, {"ns", 1e9}} {
		if c.low >= from*u.per && c.high <= to*u.per {
			m.unit = u.unit
			m.see(time.Unix(int64(c.low/u.per), 0))
			m.see(time.Unix(int64(c.high/u.per), 0))
			return m, true
		}
	}
	return m, false
}

// timely tells whether the name is that of a time.
func (c *column) timely() bool {
	return c.has("time", "timestamp", "ts", "date", "datetime", "day", "month", "created", "occurred", "decided", "at")
}

func (m *moment) see(t time.Time) {
	if m.first.IsZero() || t.Before(m.first) {
		m.first = t
	}
	if t.After(m.last) {
		m.last = t
	}
}

// every is the length of a window that gives a handful of windows or more: months, if
// the log's end was not seen.
func (m *moment) every(all bool) string {
	const century = 100
	if m.last.Year()-m.first.Year() > century {
		return "year"
	}
	switch days := m.last.Sub(m.first).Hours() / 24; {
	case !all || days > 60:
		return "month"
	case days > 14:
		return "week"
	case days > 1:
		return "day"
	}
	return "hour"
}

// time finds the column that dates a row: the one whose name says that something was
// decided or happened, else the first of a time's name, else the first of a time's type.
func (g *guesser) time() {
	var best *column
	var at moment
	grade := 0
	for _, c := range g.columns {
		if c.taken || c.has("birth", "dob", "birthdate", "updated", "end", "stop", "expiry") {
			continue
		}
		m, ok := c.moments()
		if !ok {
			continue
		}
		is := 1
		switch {
		case c.has("decided", "decision", "event", "request", "contacted", "screening", "impression", "occurred"):
			is = 4
		case c.is("time", "timestamp", "ts", "date", "datetime", "created_at", "created", "event_time", "start_date"):
			is = 3
		case c.timely():
			is = 2
		}
		if is > grade {
			best, at, grade = c, m, is
		}
	}
	if best == nil {
		g.miss("when a decision was made (columns.time): no column holds times; without it nothing is shown by month")
		return
	}
	why := "its values are times"
	if best.timely() {
		why = "by its name and values"
	}
	g.draft.Time = &Time{Role: best.role(why), Unit: at.unit, Format: at.format}
	g.draft.Every = at.every(g.draft.All && !best.joined)
}
