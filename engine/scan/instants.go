package scan

import (
	"time"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source"
)

// NoTime stands for a time that is missing.
const NoTime = noTime

// Instants reads the values of a time column as microseconds since 1970-01-01 UTC,
// as the scan does; on an error it says at which row. It belongs to one goroutine.
func Instants(role config.Time, zone *time.Location) (func(out []int64, v *source.Vector) (row int, err error), error) {
	c, err := newClock(role, 0, zone)
	if err != nil {
		return nil, err
	}
	return func(out []int64, v *source.Vector) (int, error) { return c.memo.fill(out, v, nil) }, nil
}
