package config

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func everies() []string { return []string{"hour", "day", "week", "month", "quarter", "year"} }

// zones are chosen for their clocks: half hours, changes at midnight, days that
// were skipped, local mean time to the second.
func zones(t interface{ Fatal(...any) }) []*time.Location {
	var out []*time.Location
	for _, name := range []string{"UTC", "Europe/Lisbon", "America/New_York", "America/Sao_Paulo", "America/Havana", "Asia/Kolkata",
		"Australia/Lord_Howe", "Pacific/Apia", "Africa/Monrovia", "America/St_Johns", "Asia/Kathmandu", "Europe/Amsterdam", "Asia/Manila"} {
		loc, err := LoadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, loc)
	}
	return out
}

// A window holds the instant it was asked for, its id reads back as itself, and
// the next begins where it ends.
func TestWindowsPartitionTime(t *testing.T) {
	all := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		loc := rapid.SampledFrom(all).Draw(t, "zone")
		every := rapid.SampledFrom(everies()).Draw(t, "every")
		at := time.Unix(rapid.Int64Range(-5e9, 5e9).Draw(t, "at"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		if rapid.Bool().Draw(t, "near a change") {
			if _, change := at.In(loc).ZoneBounds(); !change.IsZero() {
				at = change.Add(time.Duration(rapid.Int64Range(-7200, 7200).Draw(t, "off")) * time.Second)
			}
		}
		id, start, end := WindowOf(every, loc, at)
		if at.Before(start) || !at.Before(end) {
			t.Fatalf("%s in %s: %s is [%s, %s)", at, loc, id, start, end)
		}
		backStart, backEnd, err := ParseWindow(id, loc)
		if err != nil || !backStart.Equal(start) || !backEnd.Equal(end) {
			t.Fatalf("%s in %s: %s read back as [%s, %s), %v; want [%s, %s)", at, loc, id, backStart, backEnd, err, start, end)
		}
		nextID, nextStart, _ := WindowOf(every, loc, end)
		if !nextStart.Equal(end) || nextID == id {
			t.Fatalf("%s in %s: after %s, which ends %s, comes %s from %s", at, loc, id, end, nextID, nextStart)
		}
	})
}

func TestWindowOf(t *testing.T) {
	cases := []struct{ zone, at, every, id, start, end string }{
		{"UTC", "2008-05-01T13:30:00Z", "hour", "2008-05-01T13+00:00", "2008-05-01T13:00:00Z", "2008-05-01T14:00:00Z"},
		{"UTC", "2008-12-29T00:00:00Z", "week", "2009-W01", "2008-12-29T00:00:00Z", "2009-01-05T00:00:00Z"},
		{"UTC", "2010-01-03T23:59:59Z", "week", "2009-W53", "2009-12-28T00:00:00Z", "2010-01-04T00:00:00Z"},
		{"UTC", "2008-05-31T23:59:59Z", "quarter", "2008-Q2", "2008-04-01T00:00:00Z", "2008-07-01T00:00:00Z"},
		// Summer time begins: the day has 23 hours.
		{"Europe/Lisbon", "2008-03-30T12:00:00Z", "day", "2008-03-30", "2008-03-30T00:00:00Z", "2008-03-30T23:00:00Z"},
		// Summer time ends: the clock shows one o'clock twice.
		{"Europe/Lisbon", "2008-10-26T00:30:00Z", "hour", "2008-10-26T01+01:00", "2008-10-26T00:00:00Z", "2008-10-26T01:00:00Z"},
		{"Europe/Lisbon", "2008-10-26T01:30:00Z", "hour", "2008-10-26T01+00:00", "2008-10-26T01:00:00Z", "2008-10-26T02:00:00Z"},
		{"Asia/Kolkata", "2008-05-01T00:10:00Z", "hour", "2008-05-01T05+05:30", "2008-04-30T23:30:00Z", "2008-05-01T00:30:00Z"},
		// Clocks go back half an hour at two, so that 01:30 to 02:00 comes twice.
		{"Australia/Lord_Howe", "2008-04-05T14:45:00Z", "hour", "2008-04-06T01+11:00", "2008-04-05T14:00:00Z", "2008-04-05T15:00:00Z"},
		{"Australia/Lord_Howe", "2008-04-05T15:15:00Z", "hour", "2008-04-06T01+10:30", "2008-04-05T15:00:00Z", "2008-04-05T15:30:00Z"},
		// Midnight does not exist: summer time begins at it.
		{"America/Sao_Paulo", "2008-10-19T12:00:00Z", "day", "2008-10-19", "2008-10-19T03:00:00Z", "2008-10-20T02:00:00Z"},
	}
	for _, c := range cases {
		loc, err := LoadZone(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		id, start, end := WindowOf(c.every, loc, at)
		got := [3]string{id, start.UTC().Format(time.RFC3339), end.UTC().Format(time.RFC3339)}
		if want := [3]string{c.id, c.start, c.end}; got != want {
			t.Errorf("%s %s in %s: got %v, want %v", c.every, c.at, c.zone, got, want)
		}
	}
}

func TestParseSpan(t *testing.T) {
	lisbon, err := LoadZone("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	apia, err := LoadZone("Pacific/Apia")
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		span string
		loc  *time.Location
		want string
	}{
		{"2008-05..2008-12", lisbon, "2008-04-30T23:00:00Z 2009-01-01T00:00:00Z"},
		{"2008", lisbon, "2008-01-01T00:00:00Z 2009-01-01T00:00:00Z"},
		{"2008-W19 .. 2008-06-01", lisbon, "2008-05-04T23:00:00Z 2008-06-01T23:00:00Z"},
		{"2008-12..2008-05", lisbon, `"2008-12..2008-05" ends before it begins; write the earlier window first`},
		{"2008-13", lisbon, `"2008-13" is not a window; write one as 2008, 2008-Q2, 2008-05, 2008-W19, 2008-05-01 or 2008-05-01T13+02:00`},
		{"2008-02-30", lisbon, "2008-02-30 does not exist; the calendar has no such day"},
		{"2008-W53", lisbon, "2008-W53 does not exist; the calendar has no such week"},
		{"2008-03-30T01+00:00", lisbon, "2008-03-30T01+00:00 does not exist in Europe/Lisbon; that moment is in 2008-03-30T02+01:00 there"},
		{"2008-05-01T13", lisbon, `"2008-05-01T13" is not a window; write an hour as 2008-05-01T13+02:00, with its offset from UTC`},
		{"2011-12-30", apia, "2011-12-30 does not exist in Pacific/Apia; its clocks skipped that day"},
		{"", lisbon, `"" is not a window; write one as 2008, 2008-Q2, 2008-05, 2008-W19, 2008-05-01 or 2008-05-01T13+02:00`},
	}
	for _, c := range cases {
		start, end, err := ParseSpan(c.span, c.loc)
		got := start.UTC().Format(time.RFC3339) + " " + end.UTC().Format(time.RFC3339)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%q: got %s, want %s", c.span, got, c.want)
		}
	}
}
