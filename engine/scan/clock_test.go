package scan

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source"
)

func stamp(unit time.Duration, utc bool) source.Type {
	return source.Type{Kind: source.Timestamp, Unit: unit, UTC: utc}
}

func at(n int64) source.Value      { return source.Value{Kind: source.Timestamp, Int: n} }
func onDay(n int64) source.Value   { return source.Value{Kind: source.Date, Int: n} }
func zone(name string) config.Time { return config.Time{Zone: name} }

// clockOf reads times of a role; the windows' zone is UTC.
func clockOf(t testing.TB, role config.Time) *clock {
	t.Helper()
	c, err := newClock(role, 0, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// inUTC writes microseconds as a time.
func inUTC(us int64) string { return time.UnixMicro(us).UTC().Format(time.RFC3339Nano) }

// Expected instants are those of GNU date (date -u -d "TZ=\"Europe/Lisbon\" 2008-05-19 00:00").
func TestClockReads(t *testing.T) {
	const day = 14018 // 2008-05-19
	seconds := config.Time{Unit: "s"}
	tests := []struct {
		name string
		role config.Time
		t    source.Type
		v    source.Value
		want string
	}{
		{"an instant in seconds", config.Time{}, stamp(time.Second, true), at(day * 86400), "2008-05-19T00:00:00Z"},
		{"in milliseconds", config.Time{}, stamp(time.Millisecond, true), at(day*86400000 + 7), "2008-05-19T00:00:00.007Z"},
		{"in microseconds", config.Time{}, stamp(time.Microsecond, true), at(day*86400000000 + 7), "2008-05-19T00:00:00.000007Z"},
		{"in nanoseconds, floored", config.Time{}, stamp(time.Nanosecond, true), at(day*86400000000000 + 7999), "2008-05-19T00:00:00.000007Z"},
		{"before 1970, floored too", config.Time{}, stamp(time.Nanosecond, true), at(-1), "1969-12-31T23:59:59.999999Z"},
		{"a zone does not move an instant", zone("Asia/Tokyo"), stamp(time.Second, true), at(day * 86400), "2008-05-19T00:00:00Z"},
		{"wall time is UTC by default", config.Time{}, stamp(time.Second, false), at(day * 86400), "2008-05-19T00:00:00Z"},
		{"wall time in a zone", zone("Asia/Tokyo"), stamp(time.Second, false), at(day * 86400), "2008-05-18T15:00:00Z"},
		{"wall time in summer", zone("Europe/Lisbon"), stamp(time.Millisecond, false), at(day * 86400000), "2008-05-18T23:00:00Z"},
		{"a date", config.Time{}, dateType, onDay(day), "2008-05-19T00:00:00Z"},
		{"a date in a zone", zone("America/New_York"), dateType, onDay(day), "2008-05-19T04:00:00Z"},
		{"the first year", config.Time{}, dateType, onDay(-719162), "0001-01-01T00:00:00Z"},
		{"the last day of no end", config.Time{}, stamp(time.Second, true), at(253402300799), "9999-12-31T23:59:59Z"},

		{"seconds as a number", seconds, intType, intValue(day * 86400), "2008-05-19T00:00:00Z"},
		{"seconds with a fraction", seconds, floatType, floatValue(day*86400 + 0.5), "2008-05-19T00:00:00.5Z"},
		{"seconds as text", seconds, textType, textValue("1211155200"), "2008-05-19T00:00:00Z"},
		{"seconds as a decimal", seconds, decimalType, decimalValue("1211155200.25"), "2008-05-19T00:00:00.25Z"},
		{"a fraction that no float is", seconds, floatType, floatValue(1211155200.1), "2008-05-19T00:00:00.1Z"},
		{"the same as text", seconds, textType, textValue("1211155200.1"), "2008-05-19T00:00:00.1Z"},
		{"an exponent", seconds, textType, textValue("1.2111552e9"), "2008-05-19T00:00:00Z"},
		{"ticks of 100 ns, floored", config.Time{Unit: "us"}, decimalType, decimalValue("1211155199999999.9"), "2008-05-18T23:59:59.999999Z"},
		{"half a microsecond before 1970", seconds, floatType, floatValue(-0.0000005), "1969-12-31T23:59:59.999999Z"},
		// 1211155200123457000 ns is no float64; the nearest is 40 ns less.
		{"nanoseconds", config.Time{Unit: "ns"}, intType, intValue(1211155200123457000), "2008-05-19T00:00:00.123457Z"},
		{"nanoseconds as text", config.Time{Unit: "ns"}, textType, textValue("1211155200123457000"), "2008-05-19T00:00:00.123457Z"},
		{"nanoseconds unsigned", config.Time{Unit: "ns"}, uintType, uintValue(1211155200123457000), "2008-05-19T00:00:00.123457Z"},
		{"nanoseconds as a decimal", config.Time{Unit: "ns"}, decimalType, decimalValue("1211155200123457000"), "2008-05-19T00:00:00.123457Z"},
		{"nanoseconds as a float", config.Time{Unit: "ns"}, floatType, floatValue(1211155200000000000), "2008-05-19T00:00:00Z"},
		{"milliseconds", config.Time{Unit: "ms"}, uintType, uintValue(1211155200123), "2008-05-19T00:00:00.123Z"},
		{"microseconds", config.Time{Unit: "us"}, floatType, floatValue(1211155200000001), "2008-05-19T00:00:00.000001Z"},

		{"yyyymmdd", config.Time{Format: "%Y%m%d"}, intType, intValue(20080519), "2008-05-19T00:00:00Z"},
		{"yyyymmdd as a float", config.Time{Format: "%Y%m%d"}, floatType, floatValue(20080519), "2008-05-19T00:00:00Z"},
		{"a format", config.Time{Format: "%d.%m.%Y %H:%M"}, textType, textValue("19.05.2008 13:45"), "2008-05-19T13:45:00Z"},
		{"a format in a zone", config.Time{Format: "%d.%m.%Y %H:%M", Zone: "Asia/Tokyo"}, textType, textValue("19.05.2008 13:45"), "2008-05-19T04:45:00Z"},

		{"text with Z", config.Time{}, textType, textValue("2008-05-19T13:45:06Z"), "2008-05-19T13:45:06Z"},
		{"text with an offset", zone("Asia/Tokyo"), textType, textValue("2008-05-19T13:45:06.5+02:00"), "2008-05-19T11:45:06.5Z"},
		{"text without a zone", zone("Asia/Tokyo"), textType, textValue("2008-05-19 13:45:06"), "2008-05-19T04:45:06Z"},
		{"text of a date", config.Time{}, textType, textValue("2008-05-19"), "2008-05-19T00:00:00Z"},
		{"a midnight that the clock skipped", zone("America/Sao_Paulo"), textType, textValue("2008-10-19"), "2008-10-19T03:00:00Z"},
		{"an hour that the clock skipped", zone("America/New_York"), textType, textValue("2024-03-10 02:30:00"), "2024-03-10T07:00:00Z"},
		{"text without seconds", config.Time{}, textType, textValue("2008-05-19T13:45"), "2008-05-19T13:45:00Z"},
		{"text as PostgreSQL writes it", config.Time{}, textType, textValue("2008-05-19 13:45:06.25+02"), "2008-05-19T11:45:06.25Z"},
	}
	for _, test := range tests {
		c := clockOf(t, test.role)
		got, err := c.read(test.t, test.v)
		if err != nil || inUTC(got) != test.want {
			t.Errorf("%s: %s, %v; want %s", test.name, inUTC(got), err, test.want)
		}
	}
}

func TestClockRefuses(t *testing.T) {
	tests := []struct {
		role config.Time
		t    source.Type
		v    source.Value
		want string
	}{
		{config.Time{}, intType, intValue(20080519), "a number is no time by itself"},
		{config.Time{Unit: "s"}, intType, intValue(1211155200000), "40349 is not a year between 1 and 9999"}, // milliseconds
		{config.Time{Unit: "s"}, floatType, floatValue(1e300), "1e+300 s since 1970 is no date"},
		{config.Time{Unit: "s"}, uintType, uintValue(1 << 63), "since 1970 is no date"},
		{config.Time{Unit: "s"}, textType, textValue("soon"), `"soon" is not a number`},
		{config.Time{}, stamp(time.Second, true), at(1 << 60), "is not a year between 1 and 9999"},
		{config.Time{}, stamp(time.Millisecond, false), at(-1 << 62), "is not a year between 1 and 9999"},
		{config.Time{}, dateType, onDay(1<<31 - 1), "5881580 is not a year between 1 and 9999"},
		{config.Time{}, dateType, onDay(-719163), "0 is not a year between 1 and 9999"},
		{config.Time{}, textType, textValue("19.05.2008"), `"19.05.2008" cannot be read as a time`},
		{config.Time{}, textType, textValue("2008-02-30"), `"2008-02-30" cannot be read as a time`},
		{config.Time{Format: "%Y%m%d"}, intType, intValue(0), `"0" cannot be read as a time of format "%Y%m%d"`},
		{config.Time{}, boolType, boolValue(1), "a value that is not a time"},
	}
	for _, test := range tests {
		c := clockOf(t, test.role)
		if got, err := c.read(test.t, test.v); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %s, %v; want %s", test.v, inUTC(got), err, test.want)
		}
	}
}

func TestClockMissing(t *testing.T) {
	role := config.Time{Role: config.Role{Missing: []string{"9999-12-31", "0", "never"}}, Unit: "s"}
	for _, c := range []cell{{dateType, source.Value{}}, {dateType, onDay(2932896)}, {intType, intValue(0)}, {textType, textValue("never")}, {floatType, source.Value{}}} {
		if got, err := clockOf(t, role).read(c.t, c.v); err != nil || got != noTime {
			t.Errorf("%v: %d, %v", c, got, err)
		}
	}
}

// A date belongs to the window of that date in every zone, also where clocks
// skip midnight (São Paulo, 2008-10-19) or a whole day (Samoa, 2011-12-30).
func TestDatesKeepTheirDay(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		name := rapid.SampledFrom([]string{"UTC", "Europe/Lisbon", "America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo", "Pacific/Apia", "Asia/Kolkata", "America/Havana"}).Draw(r, "zone")
		day := rapid.Int64Range(-20_000, 25_000).Draw(r, "day")
		holdsDay(t, r.Fatalf, name, day)
	})
	holdsDay(t, t.Errorf, "America/Sao_Paulo", 14171)
	holdsDay(t, t.Errorf, "Asia/Beirut", 14332)
}

func holdsDay(t *testing.T, fail func(string, ...any), name string, day int64) {
	c := clockOf(t, zone(name))
	us, err := c.read(dateType, onDay(day))
	if err != nil {
		fail("%v", err)
	}
	want := source.Text(dateType, onDay(day))
	if want == "2011-12-30" && name == "Pacific/Apia" {
		return // there was no such day
	}
	if id, _, _ := config.WindowOf("day", c.zone, time.UnixMicro(us)); id != want {
		fail("%s in %s is in the window %s", want, name, id)
	}
}

// Timestamps are converted without time.Time; the result is the same.
func TestFillInstants(t *testing.T) {
	units := []time.Duration{time.Second, time.Millisecond, time.Microsecond, time.Nanosecond}
	rapid.Check(t, func(r *rapid.T) {
		typ := stamp(rapid.SampledFrom(units).Draw(r, "unit"), true)
		n := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-1<<40, 1<<40),
			rapid.SampledFrom([]int64{-62135596800, -62135596801, 253402300799, 253402300800, 253402300799999, 253402300800000})).Draw(r, "value")
		out := make([]int64, 1)
		v := plain(typ, n)
		_, err := fillInstants(out, &v)
		want, wantErr := checked(source.Instant(typ, n))
		if (err == nil) != (wantErr == nil) || err == nil && out[0] != want {
			r.Fatalf("%v of %v: %d, %v; want %d, %v", n, typ.Unit, out[0], err, want, wantErr)
		}
	})
}
