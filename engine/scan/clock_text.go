package scan

import (
	"bytes"
	"time"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// spelled tells whether a vector holds texts that fillSpelled reads: of no
// configured format or unit, in UTC unless they say otherwise.
func (c *clock) spelled(v *source.Vector) bool {
	return v.Type.Kind == source.String && v.Codes == nil && !v.Const && c.layout == "" && c.role.Unit == "" &&
		c.zone == time.UTC && len(c.role.Missing) == 0
}

// fillSpelled reads the usual spellings digit by digit, which takes less time
// than to find a text among those that were read before, and all others as
// read does. On an error it says at which row.
func (c *clock) fillSpelled(out []int64, v *source.Vector) (int, error) {
	var last []byte
	var at int64
	for i := range out {
		if v.Valid != nil && !v.Valid[i] {
			out[i] = noTime
			continue
		}
		if text := v.Strs.At(i); last == nil || !bytes.Equal(text, last) {
			us, ok := spelledInstant(text)
			if !ok {
				var err error
				if us, err = c.read(v.Type, v.Value(i)); err != nil {
					return i, err
				}
			}
			last, at = text, us
		}
		out[i] = at
	}
	return 0, nil
}

// spelledInstant reads 2024-01-31, and with a time of day after a T or a space,
// to the second or up to nine digits finer, with Z, an offset or neither. Of
// anything else, also of a date that is none, it says no.
func spelledInstant(text []byte) (us int64, ok bool) {
	if len(text) < len("2024-01-31") || text[4] != '-' || text[7] != '-' {
		return 0, false
	}
	year, okYear := digits(text[:4])
	month, okMonth := digits(text[5:7])
	day, okDay := digits(text[8:10])
	if !okYear || !okMonth || !okDay || year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	us = int64(daysSince1970(year, month, day)) * 86_400_000_000
	if len(text) == 10 {
		return us, true
	}
	rest := text[10:]
	if len(rest) < len("T15:04:05") || rest[0] != 'T' && rest[0] != ' ' || rest[3] != ':' || rest[6] != ':' {
		return 0, false
	}
	hour, okHour := digits(rest[1:3])
	minute, okMinute := digits(rest[4:6])
	second, okSecond := digits(rest[7:9])
	if !okHour || !okMinute || !okSecond || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	us += int64(hour*3600+minute*60+second) * 1_000_000
	fraction, rest, ok := finer(rest[9:])
	if !ok {
		return 0, false
	}
	offset, ok := offsetOf(rest)
	us += fraction - offset
	return us, ok && us >= firstMicro && us <= lastMicro
}

// finer reads a fraction of a second as microseconds, rounded down.
func finer(text []byte) (us int64, rest []byte, ok bool) {
	if len(text) == 0 || text[0] != '.' {
		return 0, text, true
	}
	n := 1
	for unit := int64(100_000); n < len(text) && text[n] >= '0' && text[n] <= '9'; n++ {
		us += int64(text[n]-'0') * unit
		unit /= 10
	}
	return us, text[n:], n > 1 && n <= 10
}

// offsetOf reads nothing, Z or +01:00 as microseconds east of UTC.
func offsetOf(text []byte) (us int64, ok bool) {
	if len(text) == 0 || len(text) == 1 && text[0] == 'Z' {
		return 0, true
	}
	if len(text) != len("+01:00") || text[0] != '+' && text[0] != '-' || text[3] != ':' {
		return 0, false
	}
	hour, okHour := digits(text[1:3])
	minute, okMinute := digits(text[4:6])
	us = int64(hour*60+minute) * 60_000_000
	if text[0] == '-' {
		us = -us
	}
	return us, okHour && okMinute && hour < 24 && minute < 60
}

func digits(text []byte) (n int, ok bool) {
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

func daysIn(year, month int) int {
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return 29
	}
	return [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
}

// daysSince1970 counts days of the proleptic Gregorian calendar, in years that
// begin in March so that the leap day is the last (Hinnant, "chrono-compatible
// low-level date algorithms").
func daysSince1970(year, month, day int) int {
	if month <= 2 {
		year--
		month += 12
	}
	era := year / 400
	inEra := year - era*400
	inYear := (153*(month-3)+2)/5 + day - 1
	return era*146_097 + inEra*365 + inEra/4 - inEra/100 + inYear - 719_468
}
