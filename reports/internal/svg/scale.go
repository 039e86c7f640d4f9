package svg

import "math"

// Scale maps values to 0..1 along an axis.
type Scale struct {
	Min, Max float64
	Log      bool
	Ticks    []float64
}

// Linear makes a scale from at least low to at least high, ending on round
// numbers, with about n ticks.
func Linear(low, high float64, n int) Scale {
	const huge = 1e15
	low, high = min(huge, max(-huge, low)), min(huge, max(-huge, high))
	if !(high-low > 1e-9*max(math.Abs(low), math.Abs(high), 1e-6)) { // equal, or too close to tell apart on an axis
		high = low + max(1, math.Abs(low))
	}
	step := niceStep((high - low) / float64(max(1, n)))
	s := Scale{Min: math.Floor(low/step+1e-9) * step, Max: math.Ceil(high/step-1e-9) * step}
	for i := range 20 {
		t := s.Min + float64(i)*step
		if t > s.Max+step/2 {
			break
		}
		s.Ticks = append(s.Ticks, math.Round(t/step)*step)
	}
	return s
}

// niceStep rounds up to 1, 2, 2.5 or 5 times a power of ten.
func niceStep(x float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(x)))
	for _, k := range []float64{1, 2, 2.5, 5} {
		if x <= k*p*(1+1e-9) {
			return k * p
		}
	}
	return 10 * p
}

// Logarithmic makes a scale for ratios that always shows 1.
func Logarithmic(low, high float64) Scale {
	low, high = min(low, 1), max(high, 1)
	all := []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20, 50, 100}
	s := Scale{Log: true, Min: low / 1.05, Max: high * 1.05}
	for _, t := range all {
		if t >= s.Min && t <= s.Max {
			s.Ticks = append(s.Ticks, t)
		}
	}
	for len(s.Ticks) > 6 { // keep 1 and every second tick away from it
		s.Ticks = thinAroundOne(s.Ticks)
	}
	return s
}

func thinAroundOne(ticks []float64) []float64 {
	one := 0
	for i, t := range ticks {
		if t == 1 {
			one = i
		}
	}
	var out []float64
	for i, t := range ticks {
		if (i-one)%2 == 0 {
			out = append(out, t)
		}
	}
	return out
}

// At is the place of v, held inside the axis.
func (s Scale) At(v float64) float64 {
	a, b := s.Min, s.Max
	if s.Log {
		if v <= 0 {
			return 0
		}
		v, a, b = math.Log(v), math.Log(a), math.Log(b)
	}
	if !(b > a) {
		return 0
	}
	return min(1, max(0, (v-a)/(b-a)))
}

// Outside tells whether v lies beyond the axis.
func (s Scale) Outside(v float64) bool { return v < s.Min*(1-1e-9) || v > s.Max*(1+1e-9) }
