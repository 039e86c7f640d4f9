package shortest

import "math"

// Half widens a number of 16 bits (IEEE 754 binary16). NaN, infinities and
// zeros stay what they are.
func Half(h uint16) float64 {
	x := exactHalf(h)
	abs := math.Abs(x)
	if x == 0 || !(abs < 1<<16) {
		return x
	}
	above := math.Ldexp(1, max(1, int(h>>10&31))-26) // half of the distance to the next
	below := above
	if h&1023 == 0 && h>>10&31 > 1 {
		below /= 2
	}
	for places := -4; ; places++ {
		if short, ok := around(abs, below, above, places, h&1 == 0); ok {
			return math.Copysign(short, x)
		}
	}
}

// around returns the decimal of so many places that is nearest to x, if it is
// read as x: it is within the interval, whose ends belong to even numbers.
func around(x, below, above float64, places int, even bool) (short float64, ok bool) {
	scale, unit := 1.0, 1.0
	if places >= 0 {
		scale = powers[places]
	} else {
		unit = powers[-places]
	}
	n := math.RoundToEven(x * scale / unit)
	for _, m := range []float64{n, n + 1} { // the one above may be in the wider half
		d, room := m*unit-x*scale, above*scale
		if d < 0 {
			d, room = -d, below*scale
		}
		if d < room || d == room && even {
			return m * unit / scale, m > 0
		}
	}
	return 0, false
}

// exactHalf is the value of the bits.
func exactHalf(h uint16) float64 {
	sign, exp, frac := 1-2*float64(h>>15), int(h>>10&31), float64(h&1023)
	switch exp {
	case 0:
		return sign * math.Ldexp(frac, -24)
	case 31:
		if frac != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+frac, exp-25)
}
