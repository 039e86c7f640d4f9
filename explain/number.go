package explain

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// number is nil for what is undefined.
func number(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// within is the interval of a value with this standard error: Student's, with
// so many degrees of freedom, or the normal one without a number of them.
func within(value, se, alpha, freedom float64) *audit.Interval {
	if math.IsNaN(value) || !(se > 0) || math.IsInf(se, 0) {
		return nil
	}
	z, method := 0.0, "wald"
	if freedom > 0 {
		z, method = stat.StudentUpper(alpha/2, freedom), "student"
	} else {
		z = stat.NormalUpper(alpha / 2)
	}
	return &audit.Interval{Low: number(value - float64(z*se)), High: number(value + float64(z*se)), Level: 1 - alpha, Method: method}
}

// uncertain gives an explanation its value, standard error and interval.
func uncertain(e audit.Explanation, value, se, alpha float64) audit.Explanation {
	e.Value, e.StandardError = number(value), number(se)
	e.Interval = within(value, se, alpha, 0)
	return e
}

// twoSided is the normal p of a value against none.
func twoSided(value, se float64) *float64 {
	if !(se > 0) {
		return nil
	}
	return number(math.Erfc(math.Abs(value/se) / math.Sqrt2))
}
