package stat

import "math"

// The standard library's logarithm and exponential are written in assembly for
// some processors and their last bits differ. Where a random draw hangs on a
// comparison with one of them, the functions of this file are used instead:
// additions, multiplications that are rounded before they are added to, and
// divisions, so that every processor makes the same draw.

// ln2 in two parts; the first has zeros at its end, so that its product with an
// exponent is exact.
const (
	ln2High = 6.93147180369123816490e-01
	ln2Low  = 1.90821492927058770002e-10
)

// portableLog is log(x) for finite x > 0, to about two units in the last place:
// 2·atanh((f-1)/(f+1)) of the fraction f of x.
func portableLog(x float64) float64 {
	var f float64 // at least a half and below 1
	var e int
	if b := math.Float64bits(x); b>>52 > 0 {
		f, e = math.Float64frombits(b&(1<<52-1)|1022<<52), int(b>>52)-1022
	} else {
		f, e = math.Frexp(x) // subnormal
	}
	if f < math.Sqrt2/2 {
		f *= 2
		e--
	}
	s := (f - 1) / (f + 1)
	s2 := float64(s * s)
	series := float64(s2 * (1.0 / 21)) // s2 is below 0.0295
	series = float64(s2 * (1.0/19 + series))
	series = float64(s2 * (1.0/17 + series))
	series = float64(s2 * (1.0/15 + series))
	series = float64(s2 * (1.0/13 + series))
	series = float64(s2 * (1.0/11 + series))
	series = float64(s2 * (1.0/9 + series))
	series = float64(s2 * (1.0/7 + series))
	series = float64(s2 * (1.0/5 + series))
	series = float64(s2 * (1.0/3 + series))
	high := float64(float64(e) * ln2High)
	return high + (2*s + (float64(2*s*series) + float64(float64(e)*ln2Low)))
}

// portableExp is exp(x) for x <= 0, to about two units in the last place.
func portableExp(x float64) float64 {
	if x < -745 {
		return 0
	}
	k := math.Round(x / math.Ln2)
	r := (x - float64(k*ln2High)) - float64(k*ln2Low)
	series := 1.0
	for n := 14.0; n >= 1; n-- { // |r| is at most 0.347
		series = 1 + float64(r*series)/n
	}
	return math.Ldexp(series, int(k))
}

// portablePower is x to a whole power, by squaring.
func portablePower(x float64, n int64) float64 {
	out := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			out = float64(out * x)
		}
		x = float64(x * x)
	}
	return out
}
