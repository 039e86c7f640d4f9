package config

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // the same zones on every machine
)

// LoadZone returns a time zone by its IANA name.
func LoadZone(name string) (*time.Location, error) {
	// "Local" is another zone on every machine.
	if name == "" || strings.EqualFold(name, "local") {
		return nil, fmt.Errorf("time zone %s is not an IANA name; write one such as Europe/Lisbon or UTC", quote(name))
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("unknown time zone %s; write an IANA name such as Europe/Lisbon or UTC", quote(name))
	}
	return loc, nil
}

// steady returns a moment after t up to which the zone's offset stays what it is
// at t; ok is false if it stays so forever.
func steady(t time.Time) (until time.Time, ok bool) {
	_, until = t.ZoneBounds()
	if until.IsZero() {
		return until, false
	}
	// For years beyond a zone's table, package time counts 365 days in every
	// year: on 31 December of a leap year the end lies in the past.
	if !until.After(t) {
		until = t.Add(time.Hour)
	}
	return until.In(t.Location()), true
}

// midnight is the first instant at which a zone's calendar shows the date or a
// later one. Where clocks skip midnight it is the moment after the gap; where
// they show it twice, the first.
func midnight(year int, month time.Month, day int, loc *time.Location) time.Time {
	wall := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	// No zone is or was 48 hours off UTC: at this instant the date is yet to come.
	t := wall.Add(-48 * time.Hour).In(loc)
	for {
		_, offset := t.Zone()
		end, ends := steady(t)
		reached := wall.Add(-time.Duration(offset) * time.Second).In(loc)
		if reached.Before(t) {
			return t // the clock jumped over midnight
		}
		if !ends || reached.Before(end) {
			return reached
		}
		t = end
	}
}

// hourOf is the stretch around t in which a zone's clock shows one hour at one
// offset. It is shorter than an hour where clocks change within it.
func hourOf(t time.Time, loc *time.Location) (start, end time.Time) {
	t = t.In(loc)
	_, offset := t.Zone()
	shift := time.Duration(offset) * time.Second
	start = t.UTC().Add(shift).Truncate(time.Hour).Add(-shift).In(loc)
	end = start.Add(time.Hour)
	for at := t; ; {
		from, _ := at.ZoneBounds()
		if from.IsZero() || !from.After(start) || from.After(at) {
			break
		}
		at = from.Add(-1).In(loc)
		if _, o := at.Zone(); o != offset {
			start = from.In(loc)
			break
		}
	}
	for at := t; ; {
		until, ends := steady(at)
		if !ends || !until.Before(end) {
			break
		}
		if _, o := until.Zone(); o != offset {
			end = until
			break
		}
		at = until
	}
	return start, end
}
