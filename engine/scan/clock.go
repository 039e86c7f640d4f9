package scan

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source"
)

// clock reads the values of a time column as microseconds since 1970-01-01
// UTC. It remembers the entries of the last dictionary. It belongs to one
// worker.
type clock struct {
	column  int
	role    config.Time
	zone    *time.Location
	layout  string
	missing func(source.Type, source.Value) bool

	dict   *source.Dict
	known  []bool
	byCode []int64
	out    []int64
}

func newClock(role config.Time, column int, zone *time.Location) (*clock, error) {
	c := &clock{column: column, role: role, zone: zone, missing: missing(role.Role)}
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

// times fills one time per row, noTime where it is missing.
func (c *clock) times(f *frame) error {
	v := &f.cols[c.column]
	c.out = grow(c.out, f.rows)
	f.times = c.out
	if v.Codes != nil && !v.Const {
		return c.coded(f, v)
	}
	utc := v.Type.Kind == source.Timestamp && (v.Type.UTC || c.zone == time.UTC) && len(c.role.Missing) == 0
	for i := range f.rows {
		if v.Const && i > 0 {
			c.out[i] = c.out[0]
			continue
		}
		if utc && !v.Const && (v.Valid == nil || v.Valid[i]) {
			c.out[i] = micros(source.Instant(v.Type, v.Ints[i]))
			continue
		}
		t, err := c.read(v.Type, v.Value(i))
		if err != nil {
			return f.rowError(i, c.column, fmt.Errorf("time: %w", err))
		}
		c.out[i] = t
	}
	return nil
}

func (c *clock) coded(f *frame, v *source.Vector) error {
	if v.Dict != c.dict {
		c.dict, c.known, c.byCode = v.Dict, c.known[:0], c.byCode[:0]
	}
	for len(c.known) < v.Dict.Len() {
		c.known, c.byCode = append(c.known, false), append(c.byCode, 0)
	}
	for i, code := range v.Codes[:f.rows] {
		if code == source.NullCode {
			c.out[i] = noTime
			continue
		}
		if !c.known[code] {
			t, err := c.read(v.Type, v.Dict.Value(int(code)))
			if err != nil {
				return f.rowError(i, c.column, fmt.Errorf("time: %w", err))
			}
			c.known[code], c.byCode[code] = true, t
		}
		c.out[i] = c.byCode[code]
	}
	return nil
}

// read turns one value into microseconds.
func (c *clock) read(t source.Type, v source.Value) (int64, error) {
	if c.missing(t, v) {
		return noTime, nil
	}
	switch v.Kind {
	case source.Timestamp:
		at := source.Instant(t, v.Int)
		if !t.UTC {
			at = inZone(at, c.zone)
		}
		return micros(at), nil
	case source.Date:
		return micros(inZone(time.Unix(v.Int*86400, 0).UTC(), c.zone)), nil
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
	if v.Kind == source.Int {
		return checked(source.Instant(source.Type{Kind: source.Timestamp, Unit: unit}, v.Int))
	}
	x, err := number(v)
	if err != nil {
		return 0, err
	}
	us := math.Floor(x * (float64(unit) / float64(time.Microsecond)))
	if math.Abs(us) > 1e18 {
		return 0, fmt.Errorf("%v %s since 1970 is no date between the years 1 and 9999", x, c.role.Unit)
	}
	return checked(time.UnixMicro(int64(us)).UTC())
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
	"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02T15:04Z07:00",
}

func (c *clock) parse(text string) (int64, error) {
	layouts := autoLayouts[:]
	if c.layout != "" {
		layouts = []string{c.layout}
	}
	for _, l := range layouts {
		if at, err := time.ParseInLocation(l, text, c.zone); err == nil {
			return checked(at)
		}
	}
	fault := strconv.Quote(clip(text)) + " cannot be read as a time"
	if c.layout != "" {
		return 0, &hinted{fault + " of format " + strconv.Quote(c.role.Format), "if it stands for no time, list it under missing:"}
	}
	return 0, &hinted{fault, "give its format, e.g. format: \"%d.%m.%Y %H:%M\", or list it under missing:"}
}

func checked(at time.Time) (int64, error) {
	if y := at.Year(); y < 1 || y > 9999 {
		return 0, fmt.Errorf("%d is not a year between 1 and 9999", y)
	}
	return micros(at), nil
}

// micros floors to the microsecond, also before 1970.
func micros(at time.Time) int64 { return at.Unix()*1e6 + int64(at.Nanosecond())/1000 }

// inZone takes a wall time that carries no zone as one of the zone's.
func inZone(wall time.Time, zone *time.Location) time.Time {
	y, m, d := wall.Date()
	return time.Date(y, m, d, wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), zone)
}
