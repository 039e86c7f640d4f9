package jsonl

import (
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// kinds is a set of kinds of values.
type kinds uint16

const (
	isBool kinds = 1 << iota
	isString
	isNested // a list, or an object whose keys are no columns
	isObject
	isInt      // that int64 holds
	isNegative // beside isInt
	isUint     // that only uint64 holds
	isBig      // an integer of more than 64 bits
	isWide     // beside those three: an integer that a float64 does not keep
	isFloat    // written with a fraction or an exponent
	isNaN      // a string that may stand for a number

	isNumber = isInt | isUint | isBig | isFloat
)

// class is the kinds between which a column may vary.
func (k kinds) class() kinds {
	if k&isNumber != 0 {
		return isNumber
	}
	return k
}

// kind is the kind of the column.
func (n *node) kind() source.Kind {
	switch n.first.class() {
	case isBool:
		return source.Bool
	case isString:
		return source.String
	case isNested, isObject:
		return source.Nested
	case isNumber:
		return n.kinds.number()
	}
	return source.Null
}

// number is the kind that keeps all numbers of a set digit by digit.
func (k kinds) number() source.Kind {
	floats := k&(isFloat|isNaN) != 0
	switch {
	case floats && k&isWide == 0:
		return source.Float
	case floats, k&isBig != 0, k&isUint != 0 && k&isNegative != 0:
		return source.Decimal
	case k&isUint != 0:
		return source.Uint
	}
	return source.Int
}

// special reads the strings that stand for floating-point numbers.
func special(b []byte) (float64, bool) {
	switch s := string(b); s {
	case "NaN", "Infinity", "-Infinity":
		f, err := strconv.ParseFloat(s, 64)
		return f, err == nil
	}
	return 0, false
}

// classify says what kind a number is; whole as number returned it.
func classify(b []byte, whole bool) kinds {
	if !whole {
		return isFloat
	}
	var k kinds
	switch {
	case fits(strconv.ParseInt(string(b), 10, 64)):
		k = isInt
	case fits(strconv.ParseUint(string(b), 10, 64)):
		k = isUint
	default:
		k = isBig
	}
	if b[0] == '-' {
		k |= isNegative
	}
	if !exact(b) {
		k |= isWide
	}
	return k
}

func fits[T any](_ T, err error) bool { return err == nil }

// exact says whether a float64 keeps the digits of an integer.
func exact(b []byte) bool {
	if len(b) <= 15 {
		return true
	}
	f, err := strconv.ParseFloat(string(b), 64)
	return err == nil && strconv.FormatFloat(f, 'f', 0, 64) == string(b)
}

// maxExponent bounds the digits of a number whose exponent is spelled out. The
// range of float64 is smaller.
const maxExponent = 400

// decimal is the canonical text of a number: no exponent, no trailing zeros,
// no sign of zero. ok is false if the exponent is out of bounds.
func decimal(b []byte) (text string, ok bool) {
	s, negative := strings.CutPrefix(string(b), "-")
	exponent := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		var err error
		exponent, err = strconv.Atoi(s[i+1:])
		if err != nil || exponent > maxExponent || exponent < -maxExponent {
			return "", false
		}
		s = s[:i]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	all, point := whole+fraction, len(whole)+exponent
	if point < 0 {
		all, point = strings.Repeat("0", -point)+all, 0
	}
	if n := point - len(all); n > 0 {
		all += strings.Repeat("0", n)
	}
	whole = strings.TrimLeft(all[:point], "0")
	fraction = strings.TrimRight(all[point:], "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if negative && whole != "0" {
		whole = "-" + whole
	}
	return whole, true
}
