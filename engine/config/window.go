package config

import (
	"fmt"
	"time"
)

// WindowOf returns the window that holds an instant: its id and the half-open
// stretch of time. every is hour, day, week, month, quarter or year. Windows
// of one length follow each other without gap or overlap in every zone.
func WindowOf(every string, loc *time.Location, t time.Time) (id string, start, end time.Time) {
	t = t.In(loc)
	if every == "hour" {
		start, end = hourOf(t, loc)
		return hourID(start), start, end
	}
	d := dateOf(every, t)
	for {
		start, end = d.midnight(loc), d.next(every).midnight(loc)
		// A clock set back over midnight shows the old date again; those
		// minutes belong to the new day, which had begun.
		if t.Before(end) {
			return d.id(every), start, end
		}
		d = d.next(every)
	}
}

// date is a calendar date: the first of a window.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateFrom(t time.Time) date {
	y, m, d := t.Date()
	return date{y, m, d}
}

// dateOf is the first date of the window around a local time.
func dateOf(every string, t time.Time) date {
	d := dateFrom(t)
	switch every {
	case "year":
		return date{d.year, 1, 1}
	case "quarter":
		return date{d.year, (d.month-1)/3*3 + 1, 1}
	case "month":
		return date{d.year, d.month, 1}
	case "week":
		sinceMonday := (int(t.Weekday()) + 6) % 7
		return d.plus(0, 0, -sinceMonday)
	}
	return d
}

func (d date) plus(years, months, days int) date {
	return dateFrom(d.noon().AddDate(years, months, days))
}

// noon stands for the date in arithmetic that no zone may disturb.
func (d date) noon() time.Time { return time.Date(d.year, d.month, d.day, 12, 0, 0, 0, time.UTC) }

func (d date) midnight(loc *time.Location) time.Time { return midnight(d.year, d.month, d.day, loc) }

// next is the first date of the following window.
func (d date) next(every string) date {
	switch every {
	case "year":
		return d.plus(1, 0, 0)
	case "quarter":
		return d.plus(0, 3, 0)
	case "month":
		return d.plus(0, 1, 0)
	case "week":
		return d.plus(0, 0, 7)
	}
	return d.plus(0, 0, 1)
}

// id names the window that begins with the date. Weeks are those of ISO 8601,
// whose year is that of their Thursday.
func (d date) id(every string) string {
	switch every {
	case "year":
		return fmt.Sprintf("%04d", d.year)
	case "quarter":
		return fmt.Sprintf("%04d-Q%d", d.year, (d.month-1)/3+1)
	case "month":
		return fmt.Sprintf("%04d-%02d", d.year, d.month)
	case "week":
		year, week := d.noon().ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
}

// hourID names an hour by its wall clock and offset, because the clock alone
// shows one hour twice when it is set back.
func hourID(start time.Time) string {
	_, offset := start.Zone()
	return start.Format("2006-01-02T15") + offsetID(offset)
}

func offsetID(offset int) string {
	sign := "+"
	if offset < 0 {
		sign, offset = "-", -offset
	}
	s := fmt.Sprintf("%s%02d:%02d", sign, offset/3600, offset/60%60)
	if offset%60 != 0 { // local mean time, before zones
		s += fmt.Sprintf(":%02d", offset%60)
	}
	return s
}
