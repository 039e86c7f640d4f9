package engine

import (
	"time"

	"github.com/plumbline-audit/plumbline/engine/scan"
)

// Spent says where the time of a run went, as on a wall clock: decoding and
// counting share the time of the scan as they shared that of its workers.
type Spent struct{ Joins, Decode, Count, Statistics time.Duration }

// Spent is of a run that has succeeded.
func (j *Job) Spent() Spent { return j.spent }

// split divides the time of the scan.
func (s *Spent) split(scan time.Duration, workers scan.Spent) {
	if all := workers.Decode + workers.Count; all > 0 {
		s.Decode = time.Duration(float64(scan) * (float64(workers.Decode) / float64(all)))
	}
	s.Count = scan - s.Decode
}
