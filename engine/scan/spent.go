package scan

import "time"

// Spent is the time that all workers together took in the last pass over the
// log. It is zero if the request has no clock.
type Spent struct{ Decode, Count time.Duration }

func (s *Spent) add(o Spent) {
	s.Decode += o.Decode
	s.Count += o.Count
}

// Watch tells the time since it was last asked; none without a clock.
func Watch(now func() time.Time) func() time.Duration {
	if now == nil {
		return func() time.Duration { return 0 }
	}
	last := now()
	return func() time.Duration {
		before := last
		last = now()
		return last.Sub(before)
	}
}
