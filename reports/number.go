package reports

import (
	"math"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// thin is the narrow no-break space that stands before a percent sign.
const thin = "\u202f"

// undefined is what a number without a value looks like.
const undefined = "undefined"

// withheld is what a suppressed number looks like.
const withheld = "suppressed"

// lacking is what a measurement without a value looks like.
func lacking(m *audit.Measurement) string {
	if m.Suppressed {
		return withheld
	}
	return undefined
}

// count writes an integer with thousands separators: 45,211. A count that is
// suppressed says so.
func count(n int64) string {
	if n == audit.Hidden {
		return withheld
	}
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// plural puts a count before a noun: 1 check, 2 checks.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(int64(n)) + " " + many
}

// fixed writes x with a number of decimals, a true minus sign and thousands
// separators, and never as minus zero.
func fixed(x float64, decimals int) string {
	s := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	whole, frac, _ := strings.Cut(s, ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil {
		whole = count(n)
	}
	if frac != "" {
		whole += "." + frac
	}
	if x < 0 && strings.Trim(s, "0.") != "" {
		return "−" + whole
	}
	return whole
}

// percent writes a share to a tenth of a point. A share that is not quite 0 or
// 1 never reads as if it were.
func percent(x float64) string {
	switch {
	case x > 0 && x < 0.0005:
		return "< 0.1" + thin + "%"
	case x < 1 && x > 0.9995:
		return "> 99.9" + thin + "%"
	}
	return fixed(100*x, 1) + thin + "%"
}

// points writes a difference of shares in percentage points, with its sign.
func points(x float64) string {
	s := fixed(100*x, 1)
	if strings.Trim(s, "0.") == "" {
		if x > 0 {
			return "< 0.1"
		}
		if x < 0 {
			return "> −0.1"
		}
		return s
	}
	if x > 0 {
		return "+" + s
	}
	return s
}

// ratio writes a ratio with two decimals, fewer when it is large.
func ratio(x float64) string {
	switch a := math.Abs(x); {
	case a > 0 && a < 0.005:
		return "< 0.01"
	case a >= 100:
		return fixed(x, 0)
	case a >= 10:
		return fixed(x, 1)
	}
	return fixed(x, 2)
}

// thousandths writes a number to three decimals, fewer when it is large. One
// that is not quite 0 never reads as if it were.
func thousandths(x float64) string {
	switch a := math.Abs(x); {
	case x > 0 && a < 0.0005:
		return "< 0.001"
	case x < 0 && a < 0.0005:
		return "> −0.001"
	case a >= 100:
		return fixed(x, 1)
	}
	return fixed(x, 3)
}

// brief writes a number with no more digits than it has, and at most four.
func brief(x float64) string {
	return trimZeros(plain(x))
}

func trimZeros(s string) string {
	if strings.Contains(s, ".") && !strings.Contains(s, "e") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// plain writes a number of unknown scale with four significant digits.
func plain(x float64) string {
	a := math.Abs(x)
	switch {
	case x == math.Trunc(x) && a < 1e15:
		return fixed(x, 0)
	case a >= 1e6 || a < 1e-4:
		return strings.Replace(strconv.FormatFloat(x, 'g', 4, 64), "-", "−", -1)
	}
	return fixed(x, max(0, 3-int(math.Floor(math.Log10(a)))))
}

// chance writes a p-value.
func chance(p *float64) string {
	switch {
	case p == nil:
		return "–"
	case *p < 0.001:
		return "< 0.001"
	case *p > 0.999 && *p < 1:
		return "> 0.999"
	case *p < 0.1:
		return fixed(*p, 3)
	}
	return fixed(*p, 2)
}

// exact is a number in full, for title attributes.
func exact(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(round15(*x), 'g', -1, 64)
}

// span writes an interval with the given number format; an open end has no limit.
func span(iv *audit.Interval, format func(float64) string) string {
	if iv == nil {
		return ""
	}
	low, high := "no lower limit", "no upper limit"
	if iv.Low != nil {
		low = format(*iv.Low)
	}
	if iv.High != nil {
		high = format(*iv.High)
	}
	return low + " to " + high
}

// beside writes a number so that it does not round onto the limit it is
// compared with: 0.7996 beside 0.80 stays 0.7996.
func beside(x float64, limit string, format func(float64) string) string {
	s := format(x)
	l, err := strconv.ParseFloat(limit, 64)
	if err != nil || x == l || s != format(l) {
		return s
	}
	for d := 3; d <= 15; d++ {
		if t := strconv.FormatFloat(x, 'f', d, 64); t != strconv.FormatFloat(l, 'f', d, 64) {
			return strings.Replace(t, "-", "−", 1)
		}
	}
	return s
}

// size writes a number of bytes.
func size(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	x, i := float64(n), 0
	for x >= 1000 && i < len(units)-1 {
		x, i = x/1000, i+1
	}
	if i == 0 {
		return count(n) + " B"
	}
	return fixed(x, 1) + " " + units[i]
}

// limitValue writes a configured decimal in the unit of its metric.
func limitValue(v string, s scale) string {
	x, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return v
	}
	short := strconv.FormatFloat(round15(100*x), 'f', -1, 64)
	switch s {
	case share:
		return strings.Replace(short, "-", "−", 1) + thin + "%"
	case gap, distance:
		return strings.Replace(short, "-", "−", 1) + " points"
	}
	return v
}

// cases is what a rate was counted over: those with a positive label for a true
// positive rate, all of the group for a selection rate. Numbers that are no
// share of anything rest on the whole group.
func cases(m *audit.Measurement) int64 {
	if m.Denominator != nil && m.Reference == nil && m.Metric != treatmentEquality {
		return *m.Denominator
	}
	return m.N
}
