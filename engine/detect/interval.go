package detect

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// Interval is a computed interval, with error alpha, as a measurement carries
// it: an infinite limit is open.
func Interval(i stat.Interval, alpha float64) *audit.Interval {
	out := &audit.Interval{Level: 1 - alpha, Method: i.Method}
	if !math.IsInf(i.Low, 0) {
		out.Low = &i.Low
	}
	if !math.IsInf(i.High, 0) {
		out.High = &i.High
	}
	return out
}
