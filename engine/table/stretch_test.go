package table

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestStretch holds that the steps of a bucket number its floats in their order,
// from 0 and without a gap, and that looking closer keeps the float in sight.
func TestStretch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-1e300, 1e300).Draw(t, "x")
		s := StretchOf(x)
		step := s.Step(x)
		if got := s.Number(step); got != x {
			t.Fatalf("step %v of %v stands for %v", step, x, got)
		}
		if next := math.Nextafter(x, math.Inf(1)); next <= s.High && s.Step(next) != step+1 {
			t.Fatalf("the float after %v has step %v, not %v", x, s.Step(next), step+1)
		}
		if s.Step(math.Nextafter(s.Low, math.Inf(-1))) != Below || s.Step(math.Nextafter(s.High, math.Inf(1))) != Above {
			t.Fatalf("what lies outside %v has steps", s)
		}
		for range 5 { // 43 bits of steps, 9 at a time
			closer := s.Closer(s.Step(x))
			if x < closer.Low || x > closer.High || closer.Low < s.Low || closer.High > s.High {
				t.Fatalf("%v is closer to %v than %v", closer, x, s)
			}
			s = closer
		}
		if s.Low != s.High {
			t.Fatalf("%v is still %v wide", s, s.High-s.Low)
		}
	})
}
