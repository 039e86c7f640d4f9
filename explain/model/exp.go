package model

import "math"

// exp is e^x with an error of at most .65 units in the last place, where
// math.Exp allows itself one and rounds differently on each processor: so
// predictions stay within one unit of the libraries', which call a C library
// with .51, and are the same everywhere.
//
// x = k ln 2 + high + low; e^(high+low) is 1 + high, added without loss, and
// the rest of the series, which is small.
func exp(x float64) float64 {
	if !(math.Abs(x) < 700) {
		return math.Exp(x) // NaN, infinities, and what is close to 0 or to them
	}
	const (
		ln2High = 6.93147180369123816490e-01 // the first 33 bits of ln 2 (fdlibm, e_exp.c)
		ln2Low  = 1.90821492927058770002e-10
	)
	k := math.RoundToEven(x * (1 / math.Ln2))
	reduced := x - float64(k*ln2High)
	correction := float64(k * ln2Low)
	high := reduced - correction
	low := (reduced - high) - correction

	series := 0.0
	for n := 15.0; n >= 3; n-- {
		series = float64((series+1)*high) / n
	}
	square := float64(high * high)
	rest := low + float64(square*(.5+float64(.5*series)))

	one := 1 + high
	lost := high - (one - 1)
	return math.Ldexp(one+(lost+rest), int(k))
}

// Exp is e^x, the same on every processor.
func Exp(x float64) float64 { return exp(x) }
