package detect

import (
	"math"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// thin is the narrow no-break space that stands before a percent sign.
const thin = "\u202f"

// grouped writes an integer with thousands separators.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// fixed writes x with a number of decimals, a true minus sign, thousands
// separators, and never as minus zero.
func fixed(x float64, decimals int) string {
	s := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	whole, fraction, _ := strings.Cut(s, ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil {
		whole = grouped(n)
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if x < 0 && strings.Trim(s, "0.") != "" {
		return "−" + whole
	}
	return whole
}

// number writes a value on its scale with the digits that a reader needs, and
// more as asked: shares in percent to 0.1, differences in points to 0.1, ratios
// to 0.01.
func number(x float64, s Scale, more int) string {
	switch s {
	case ScaleRate:
		return fixed(100*x, 1+more) + thin + "%"
	case ScaleDifference:
		return fixed(100*x, 1+more) + " points"
	case ScaleRatio, ScaleOdds:
		return fixed(x, 2+more)
	}
	if x == math.Trunc(x) && math.Abs(x) < 1e15 {
		return fixed(x, 0)
	}
	return fixed(x, 3+more)
}

// beside writes a value with as many digits as keep it apart from a limit that
// it does not equal in the digits that the result prints.
func beside(x, limit float64, s Scale) string {
	x, _ = strconv.ParseFloat(number15(x), 64)
	for more := 0; more <= 12; more++ {
		if t := number(x, s, more); x == limit || math.Abs(x) == limit ||
			t != number(limit, s, more) && t != number(-limit, s, more) {
			return t
		}
	}
	return number(x, s, 13)
}

// percent is a share in percent.
func percent(x float64) string { return number(x, ScaleRate, 0) }

// chance writes a p-value as "= 0.012" or "< 0.0001".
func chance(p float64) string {
	switch {
	case p < 0.0001:
		return "< 0.0001"
	case p < 0.1:
		return "= " + fixed(p, 4)
	}
	return "= " + fixed(p, 2)
}

// level is a confidence level: 95 %.
func level(x float64) string {
	return strconv.FormatFloat(100*x, 'g', 4, 64) + thin + "%"
}

// exactly writes a value with all of its digits, up to 12 more than usual.
func exactly(x float64, s Scale) string {
	for more := range 12 {
		t := number(x, s, more)
		digits := strings.NewReplacer(",", "", "−", "-", " points", "", thin+"%", "").Replace(t)
		if back, err := strconv.ParseFloat(digits, 64); err == nil {
			if s == ScaleRate || s == ScaleDifference {
				back /= 100
			}
			if math.Abs(back-x) <= 1e-12*math.Abs(x) {
				return t
			}
		}
	}
	return number(x, s, 12)
}

// span writes an interval: 0.64 to 0.72. Its ends have as many digits as keep
// them apart from each other and from the limits that they do not equal.
func span(i *audit.Interval, s Scale, limits ...float64) string {
	more := 0
	for more < 6 && blurred(i, s, more, limits) {
		more++
	}
	switch {
	case i.Low == nil && i.High == nil:
		return "without limits"
	case i.Low == nil:
		return "up to " + number(*i.High, s, more)
	case i.High == nil:
		return "from " + number(*i.Low, s, more) + " without an upper limit"
	}
	return short(*i.Low, s, more) + " to " + number(*i.High, s, more)
}

// blurred says that an end of an interval, written so, reads as something else.
func blurred(i *audit.Interval, s Scale, more int, limits []float64) bool {
	same := func(x, y float64) bool { return x != y && number(x, s, more) == number(y, s, more) }
	if i.Low != nil && i.High != nil && same(*i.Low, *i.High) {
		return true
	}
	for _, end := range []*float64{i.Low, i.High} {
		for _, t := range limits {
			if end != nil && same(*end, t) {
				return true
			}
		}
	}
	return false
}

// short is a value without its unit, for the first of two.
func short(x float64, s Scale, more int) string {
	return strings.TrimSuffix(strings.TrimSuffix(number(x, s, more), " points"), thin+"%")
}

// plural writes a count and its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(int64(n)) + " " + many
}
