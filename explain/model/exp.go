package model

import "math"

// exp is e^x with an error of at most .53 units in the last place, where
// math.Exp allows itself one and rounds differently on each processor: so
// predictions stay within one unit of the libraries', which call a C library
// with .51, and are the same everywhere.
//
// x = k ln 2 + high + low; e^(high+low) is 1 + high + high²/2, added without
// loss, and the rest of the series, which is small.
func exp(x float64) float64 {
	if !(math.Abs(x) < 700) {
		return math.Exp(x) // NaN, infinities, and what is close to 0 or to them
	}
	const (
		ln2High = 6.93147180369123816490e-01 // the first 33 bits of ln 2 (fdlibm, e_exp.c)
		ln2Low  = 1.90821492927058770002e-10
	)
	const ( // 2/n!
		c3  = 2. / 6
		c4  = c3 / 4
		c5  = c4 / 5
		c6  = c5 / 6
		c7  = c6 / 7
		c8  = c7 / 8
		c9  = c8 / 9
		c10 = c9 / 10
		c11 = c10 / 11
		c12 = c11 / 12
		c13 = c12 / 13
		c14 = c13 / 14
	)
	k := math.RoundToEven(x * (1 / math.Ln2))
	reduced := x - float64(k*ln2High)
	correction := float64(k * ln2Low)
	high := reduced - correction
	low := (reduced - high) - correction

	// The terms from h^3/3! to h^15/15!, over h^2/2; what does not wait for one
	// another is computed side by side (Estrin's scheme).
	square := float64(high * high)
	fourth := float64(square * square)
	a := float64((c3+float64(c4*high))*high) + float64(float64(square*high)*(c5+float64(c6*high)))
	b := c7 + float64(c8*high) + float64(square*(c9+float64(c10*high)))
	c := c11 + float64(c12*high) + float64(square*(c13+float64(c14*high)))
	series := a + float64(float64(fourth*high)*(b+float64(fourth*c)))
	half := square / 2
	rest := float64(half*series) + float64(math.FMA(high, high, -square)/2) + float64(low*(1+high))

	one := 1 + high
	two := one + half
	lost := (high - (one - 1)) + (half - (two - one))
	return (two + (lost + rest)) * math.Float64frombits(uint64(int64(k)+1023)<<52) // 2^k, without loss
}

// Exp is e^x, the same on every processor.
func Exp(x float64) float64 { return exp(x) }
