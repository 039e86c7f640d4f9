package source

import (
	"math"
	"strconv"
	"time"
)

// Text is the canonical text of a value: how it is listed in a configuration
// and shown in a report. A float that is whole has no fraction ("1", not
// "1.0"), minus zero is "0", a bool is true or false, times are RFC 3339 (with
// Z for instants). Text of a null is "".
func Text(t Type, v Value) string {
	switch v.Kind {
	case Bool:
		return strconv.FormatBool(v.Int != 0)
	case Int:
		return strconv.FormatInt(v.Int, 10)
	case Uint:
		return strconv.FormatUint(uint64(v.Int), 10)
	case Float:
		return floatText(v.Float)
	case Date:
		return time.Unix(v.Int*86400, 0).UTC().Format(time.DateOnly)
	case Timestamp:
		return timestampText(t, v.Int)
	case TimeOfDay:
		return time.Unix(0, 0).UTC().Add(time.Duration(v.Int) * t.Unit).Format("15:04:05.999999999")
	}
	return v.Str
}

func floatText(f float64) string {
	if f == 0 {
		return "0" // -0 is the same number
	}
	if abs := math.Abs(f); abs >= 1e-6 && abs < 1e21 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

func timestampText(t Type, v int64) string {
	layout := "2006-01-02T15:04:05.999999999"
	if t.UTC {
		layout += "Z07:00"
	}
	return Instant(t, v).Format(layout)
}

// Instant converts a timestamp's count of units to a time, in UTC. It is exact
// for every int64 count: seconds and remainder are split with floor division.
func Instant(t Type, v int64) time.Time {
	if t.Unit <= 0 {
		t.Unit = time.Nanosecond
	}
	perSecond := int64(time.Second / t.Unit)
	sec, rem := v/perSecond, v%perSecond
	if rem < 0 {
		sec--
		rem += perSecond
	}
	return time.Unix(sec, rem*int64(t.Unit)).UTC()
}
