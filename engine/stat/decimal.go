package stat

import (
	"fmt"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// maxScale is the number of decimals a Decimal may have: 10^18 < 2^63.
const maxScale = 18

// Decimal is an exact decimal number, numerator/10^scale. A limit of 0.8 has no
// exact float64, and a third of the ratios that are exactly 4/5 would compare
// as below it. The zero value is 0.
type Decimal struct {
	num      uint64 // below 2^63
	scale    uint8
	negative bool
}

// ParseDecimal reads a decimal as written: an optional sign, digits with an
// optional point, an optional exponent ("0.8", "-.5", "1e-3"). After leading
// and trailing zeros are dropped it may have 18 digits and 18 decimals.
func ParseDecimal(text string) (Decimal, error) {
	bad := func(why string) (Decimal, error) {
		return Decimal{}, fmt.Errorf("decimal %q: %s", text, why)
	}
	rest, exponent := text, 0
	if i := strings.IndexAny(rest, "eE"); i >= 0 {
		e, err := strconv.Atoi(rest[i+1:])
		if err != nil || e < -999 || e > 999 {
			return bad("the exponent is not a small whole number")
		}
		rest, exponent = rest[:i], e
	}
	negative := strings.HasPrefix(rest, "-")
	rest = strings.TrimPrefix(strings.TrimPrefix(rest, "-"), "+")
	if negative && strings.HasPrefix(text, "-+") {
		return bad("it has two signs")
	}
	whole, fraction, _ := strings.Cut(rest, ".")
	digits := whole + fraction
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return bad("it is not a number such as 0.8")
	}
	scale := len(fraction) - exponent
	digits = strings.TrimLeft(digits, "0")
	short := strings.TrimRight(digits, "0")
	scale -= len(digits) - len(short)
	if short == "" {
		return Decimal{}, nil
	}
	if scale < 0 {
		if len(short)-scale > maxScale {
			return bad("it has more than 18 digits")
		}
		short += strings.Repeat("0", -scale)
		scale = 0
	}
	if len(short) > maxScale || scale > maxScale {
		return bad("it has more than 18 digits or decimals")
	}
	num, err := strconv.ParseUint(short, 10, 63)
	if err != nil {
		return bad("it is not a number such as 0.8")
	}
	return Decimal{num, uint8(scale), negative}, nil
}

// String is the shortest plain form, without exponent: "0.8".
func (d Decimal) String() string {
	s := strconv.FormatUint(d.num, 10)
	if n := int(d.scale); n > 0 {
		if len(s) <= n {
			s = strings.Repeat("0", n-len(s)+1) + s
		}
		s = s[:len(s)-n] + "." + s[len(s)-n:]
	}
	if d.negative {
		s = "-" + s
	}
	return s
}

// Float64 is the nearest float64.
func (d Decimal) Float64() float64 {
	f, _ := strconv.ParseFloat(d.String(), 64)
	return f
}

// Sign is -1, 0 or 1.
func (d Decimal) Sign() int {
	switch {
	case d.negative:
		return -1
	case d.num == 0:
		return 0
	}
	return 1
}

// power is the denominator, 10^scale.
func (d Decimal) power() uint64 {
	p := uint64(1)
	for range d.scale {
		_, p = bits.Mul64(p, 10)
	}
	return p
}

// oneMinus is the float64 nearest to 1-d.
func (d Decimal) oneMinus() float64 {
	num := new(big.Int).SetUint64(d.num)
	den := new(big.Int).SetUint64(d.power())
	if d.negative {
		num.Neg(num)
	}
	f, _ := new(big.Rat).SetFrac(num.Sub(den, num), den).Float64()
	return f
}
