package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseWindow reads a window id (2008, 2008-Q2, 2008-05, 2008-W19, 2008-05-01
// or 2008-05-01T13+02:00) as a half-open stretch of time in a zone.
func ParseWindow(id string, loc *time.Location) (start, end time.Time, err error) {
	every, d, rest := readID(id)
	switch {
	case every == "":
		return start, end, fmt.Errorf("%s is not a window; write one as 2008, 2008-Q2, 2008-05, 2008-W19, 2008-05-01 or 2008-05-01T13+02:00", quote(id))
	case every == "hour":
		return parseHour(id, d, rest, loc)
	case d.id(every) != id: // 2007-W53, 2008-02-30
		return start, end, fmt.Errorf("%s does not exist; the calendar has no such %s", id, every)
	}
	start, end = d.midnight(loc), d.next(every).midnight(loc)
	if !start.Before(end) {
		return start, end, fmt.Errorf("%s does not exist in %s; its clocks skipped that day", id, loc)
	}
	return start, end, nil
}

// ParseSpan reads a window id or a..b of window ids, both inclusive, as a
// half-open stretch of time.
func ParseSpan(span string, loc *time.Location) (start, end time.Time, err error) {
	first, last, isRange := strings.Cut(span, "..")
	start, end, err = ParseWindow(strings.TrimSpace(first), loc)
	if err != nil || !isRange {
		return start, end, err
	}
	lastStart, lastEnd, err := ParseWindow(strings.TrimSpace(last), loc)
	if err != nil {
		return start, end, err
	}
	if lastStart.Before(start) || lastEnd.Before(end) {
		return start, lastEnd, fmt.Errorf("%s ends before it begins; write the earlier window first", quote(span))
	}
	return start, lastEnd, nil
}

// readID finds the length of window that an id is of, its first date, and what
// follows the date of an hour. A date that the calendar lacks is normalized to
// one whose id differs.
func readID(id string) (every string, d date, rest string) {
	year, ok := number(id, 0, 4)
	if !ok {
		return "", d, ""
	}
	switch {
	case len(id) == 4:
		return "year", date{year, 1, 1}, ""
	case len(id) == 7 && id[4:6] == "-Q":
		q, ok := number(id, 6, 7)
		if !ok || q < 1 || q > 4 {
			return "", d, ""
		}
		return "quarter", date{year, time.Month(q*3 - 2), 1}, ""
	case len(id) == 8 && id[4:6] == "-W":
		w, ok := number(id, 6, 8)
		if !ok || w < 1 || w > 53 {
			return "", d, ""
		}
		return "week", weekStart(year, w), ""
	}
	month, ok := number(id, 5, 7)
	if !ok || id[4] != '-' || month < 1 || month > 12 {
		return "", d, ""
	}
	if len(id) == 7 {
		return "month", date{year, time.Month(month), 1}, ""
	}
	day, ok := number(id, 8, 10)
	if !ok || id[7] != '-' || day < 1 || day > 31 {
		return "", d, ""
	}
	d = date{year, time.Month(month), day}.plus(0, 0, 0)
	if len(id) == 10 {
		return "day", d, ""
	}
	return "hour", d, id[10:]
}

// weekStart is the Monday of an ISO week: week 1 holds 4 January.
func weekStart(year, week int) date {
	d := date{year, 1, 4}
	sinceMonday := (int(d.noon().Weekday()) + 6) % 7
	return d.plus(0, 0, 7*(week-1)-sinceMonday)
}

// number reads the digits s[from:to].
func number(s string, from, to int) (int, bool) {
	if len(s) < to || digits(s[from:to]) != to-from {
		return 0, false
	}
	n, err := strconv.Atoi(s[from:to])
	return n, err == nil
}

func parseHour(id string, d date, rest string, loc *time.Location) (start, end time.Time, err error) {
	wrong := fmt.Errorf("%s is not a window; write an hour as 2008-05-01T13+02:00, with its offset from UTC", quote(id))
	hour, ok := number(rest, 1, 3)
	if !ok || rest[0] != 'T' || hour > 23 || d.id("day") != id[:10] {
		return start, end, wrong
	}
	offset, ok := parseOffset(rest[3:])
	if !ok {
		return start, end, wrong
	}
	wall := time.Date(d.year, d.month, d.day, hour, 0, 0, 0, time.FixedZone("", offset))
	// The offset may begin or end within the hour: look at the zone's stretches.
	for t := wall.In(loc); t.Before(wall.Add(time.Hour)); {
		if _, o := t.Zone(); o == offset {
			start, end = hourOf(t, loc)
			return start, end, nil
		}
		until, ends := steady(t)
		if !ends {
			break
		}
		t = until
	}
	actual, _, _ := WindowOf("hour", loc, wall)
	return start, end, fmt.Errorf("%s does not exist in %s; that moment is in %s there", id, loc, actual)
}

// parseOffset reads +02:00, -03:30 or +00:53:28 as seconds.
func parseOffset(s string) (int, bool) {
	if len(s) != 6 && len(s) != 9 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return 0, false
	}
	h, okH := number(s, 1, 3)
	m, okM := number(s, 4, 6)
	sec, okS := 0, true
	if len(s) == 9 {
		sec, okS = number(s, 7, 9)
		okS = okS && s[6] == ':'
	}
	if !okH || !okM || !okS || h > 23 || m > 59 || sec > 59 {
		return 0, false
	}
	offset := h*3600 + m*60 + sec
	if s[0] == '-' {
		return -offset, offset != 0 // no offset is written +00:00
	}
	return offset, len(s) == 6 || sec != 0
}
