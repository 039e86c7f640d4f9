package scan

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/scan/kernel"
	"github.com/plumbline-audit/plumbline/engine/source"
)

// clock reads the values of a time column as microseconds since 1970-01-01
// UTC. It belongs to one worker.
type clock struct {
	column  int
	role    config.Time
	zone    *time.Location
	layout  string
	missing func(source.Type, source.Value) bool
	memo    memo[int64]
	out     []int64
	even    even[int64] // in place of out, of rows of one time
}

func newClock(role config.Time, column int, zone *time.Location) (*clock, error) {
	c := &clock{column: column, role: role, zone: zone, missing: missing(role.Role)}
	c.memo.read = c.read
	if role.Zone != "" {
		loc, err := config.LoadZone(role.Zone)
		if err != nil {
			return nil, err
		}
		c.zone = loc
	}
	var err error
	c.layout, err = config.TimeLayout(role.Format)
	return c, err
}

// times gives one time per row, noTime where it is missing, and their range.
func (c *clock) times(f *frame) error {
	v := &f.cols[c.column]
	if c.instants(v) && v.Valid == nil && v.Type.Unit == time.Microsecond {
		f.times = v.Int64s()[:f.rows] // as they are
		if f.low, f.high = kernel.Range(f.times); f.low >= firstMicro && f.high <= lastMicro {
			return nil
		}
	}
	if v.Const {
		var at [1]int64
		row, err := c.memo.fill(at[:], v, nil)
		if err != nil {
			return f.rowError(row, c.column, fmt.Errorf("time: %w", err))
		}
		f.times, f.low, f.high = c.even.fill(f.rows, at[0]), at[0], at[0]
		return nil
	}
	c.out = grow(c.out, f.rows)
	f.times = c.out
	var row int
	var err error
	switch {
	case c.instants(v):
		row, err = fillInstants(c.out, v)
	case c.spelled(v):
		row, err = c.fillSpelled(c.out, v)
	default:
		row, err = c.memo.fill(c.out, v, nil)
	}
	if err != nil {
		return f.rowError(row, c.column, fmt.Errorf("time: %w", err))
	}
	f.low, f.high = kernel.Range(f.times)
	return nil
}

// instants tells whether a vector holds plain timestamps that need no zone:
// the usual form, and too many different values to be worth remembering.
func (c *clock) instants(v *source.Vector) bool {
	return v.Type.Kind == source.Timestamp && v.Codes == nil && (v.Type.UTC || c.zone == time.UTC) && len(c.role.Missing) == 0
}

// fillInstants converts timestamps; on an error it says at which row.
func fillInstants(out []int64, v *source.Vector) (int, error) {
	unit := unitTicks(v.Type.Unit)
	for i, x := range v.Int64s()[:len(out)] {
		if v.Valid != nil && !v.Valid[i] {
			out[i] = noTime
			continue
		}
		us, ok := unit.micros(x)
		if !ok {
			return i, farYear(source.Instant(v.Type, x))
		}
		out[i] = us
	}
	return 0, nil
}

// ticks converts counts of a unit to microseconds without a detour over
// time.Time, which takes many times as long.
type ticks struct{ times, divide, low, high int64 }

func unitTicks(unit time.Duration) ticks {
	if unit >= time.Microsecond {
		n := int64(unit / time.Microsecond)
		return ticks{n, 1, firstMicro / n, lastMicro / n}
	}
	// Every count of nanoseconds is within the years 1 to 9999.
	return ticks{1, int64(time.Microsecond / max(1, unit)), math.MinInt64, math.MaxInt64}
}

// micros floors; ok is false in a year that is none of 1 to 9999.
func (t ticks) micros(n int64) (us int64, ok bool) {
	if n < t.low || n > t.high {
		return 0, false
	}
	if t.divide == 1 {
		return n * t.times, true
	}
	us = n / t.divide
	if n%t.divide < 0 { // also before 1970
		us--
	}
	return us, true
}

// read turns one value into microseconds.
func (c *clock) read(t source.Type, v source.Value) (int64, error) {
	if c.missing(t, v) {
		return noTime, nil
	}
	switch v.Kind {
	case source.Timestamp:
		if !t.UTC && c.zone != time.UTC {
			return checked(inZone(source.Instant(t, v.Int), c.zone))
		}
		us, ok := unitTicks(t.Unit).micros(v.Int)
		if !ok {
			return 0, farYear(source.Instant(t, v.Int))
		}
		return us, nil
	case source.Date:
		return checked(inZone(time.Unix(v.Int*86400, 0).UTC(), c.zone))
	case source.Int, source.Uint, source.Float, source.Decimal:
		if c.layout != "" {
			return c.parse(source.Text(t, v))
		}
		return c.sinceEpoch(v)
	case source.String:
		if c.layout == "" && c.role.Unit != "" {
			return c.sinceEpoch(v)
		}
		return c.parse(v.Str)
	}
	return 0, fmt.Errorf("a value that is not a time")
}

// sinceEpoch reads a number of units since 1970-01-01 UTC; whole numbers
// exactly, also beyond 2^53.
func (c *clock) sinceEpoch(v source.Value) (int64, error) {
	unit := unitOf(c.role.Unit)
	if unit == 0 {
		return 0, &hinted{"a number is no time by itself", "say what it counts with unit: s, ms, us or ns, or how it is written with format:"}
	}
	if n, ok := whole(v); ok {
		return checked(source.Instant(source.Type{Kind: source.Timestamp, Unit: unit}, n))
	}
	x, err := number(v)
	if err != nil {
		return 0, err
	}
	if math.Abs(x)*float64(unit) > float64(lastMicro)*float64(time.Microsecond) {
		return 0, fmt.Errorf("%v %s since 1970 is no date between the years 1 and 9999", x, c.role.Unit)
	}
	return checked(time.UnixMicro(fraction(v, x, unit)).UTC())
}

// fraction floors a number of units to microseconds. It takes the digits as
// they are spelled, a float's as its shortest spelling: the float nearest to
// 1211155200.1 is a little less, and its product would fall short by one.
func fraction(v source.Value, x float64, unit time.Duration) int64 {
	digits := v.Str
	if digits == "" || len(digits) > 40 || strings.ContainsAny(digits, "eE") {
		digits = strconv.FormatFloat(x, 'f', -1, 64)
	}
	exact := new(big.Rat).SetInt64(int64(x))
	exact.SetString(digits) // ParseFloat has read them
	exact.Mul(exact, big.NewRat(int64(unit), int64(time.Microsecond)))
	return new(big.Int).Div(exact.Num(), exact.Denom()).Int64() // Euclidean, so a floor
}

// whole is the integer that a value is or spells.
func whole(v source.Value) (int64, bool) {
	switch v.Kind {
	case source.Int:
		return v.Int, true
	case source.Uint:
		return v.Int, v.Int >= 0
	case source.String, source.Decimal:
		n, err := strconv.ParseInt(v.Str, 10, 64)
		return n, err == nil
	}
	return 0, false
}

// unitOf is the length of a configured unit, 0 if none is.
func unitOf(name string) time.Duration {
	switch name {
	case "s":
		return time.Second
	case "ms":
		return time.Millisecond
	case "us":
		return time.Microsecond
	case "ns":
		return time.Nanosecond
	}
	return 0
}

// autoLayouts are the spellings that are read without a format, most common
// first. A fraction of a second may follow the seconds in each.
var autoLayouts = [...]string{
	time.RFC3339, time.DateTime, time.DateOnly,
	"2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05-07",
	"2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z0700",
	"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02T15:04Z07:00",
}

func (c *clock) parse(text string) (int64, error) {
	layouts := autoLayouts[:]
	if c.layout != "" {
		layouts = []string{c.layout}
	}
	for _, l := range layouts {
		if at, err := time.ParseInLocation(l, text, c.zone); err == nil {
			if !carriesZone(l) {
				at, _ = time.Parse(l, text)
				at = inZone(at, c.zone)
			}
			return checked(at)
		}
	}
	fault := strconv.Quote(clip(text)) + " cannot be read as a time"
	if c.layout != "" {
		return 0, &hinted{fault + " of format " + strconv.Quote(c.role.Format), "if it stands for no time, list it under missing:"}
	}
	return 0, &hinted{fault, "give its format, e.g. format: \"%d.%m.%Y %H:%M\", or list it under missing:"}
}

// The first and last microsecond of the years 1 to 9999, in UTC.
const (
	firstMicro = -62_135_596_800_000_000
	lastMicro  = 253_402_300_799_999_999
)

// checked converts to microseconds. A time in no year of four digits is a
// mistake in the data, most often in its unit, and would not fit either.
func checked(at time.Time) (int64, error) {
	if at.Unix() < firstMicro/1_000_000 || at.Unix() > lastMicro/1_000_000 {
		return 0, farYear(at)
	}
	return micros(at), nil
}

func farYear(at time.Time) error {
	return &hinted{fmt.Sprintf("%d is not a year between 1 and 9999", at.Year()), "if it stands for no time, list it under missing:"}
}

// micros floors to the microsecond, also before 1970.
func micros(at time.Time) int64 { return at.Unix()*1e6 + int64(at.Nanosecond())/1000 }

// carriesZone tells whether times of a layout say their zone.
func carriesZone(layout string) bool {
	return strings.Contains(layout, "-07") || strings.Contains(layout, "Z07") || strings.Contains(layout, "MST")
}

// inZone takes a wall time that carries no zone as one of the zone's. A time
// that the zone's clock skipped is the moment after the gap, so that a date is
// in the window of that date also where there was no midnight.
func inZone(wall time.Time, zone *time.Location) time.Time {
	y, m, d := wall.Date()
	at := time.Date(y, m, d, wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), zone)
	_, offset := at.Zone()
	shown := at.Add(time.Duration(offset) * time.Second) // the clock's time as if it were UTC
	from, to := at.ZoneBounds()
	switch {
	case shown.Before(wall) && !to.IsZero():
		return to
	case shown.After(wall) && !from.IsZero():
		return from
	}
	return at
}
