package published

import (
	"math/big"
	"strings"
	"unicode/utf8"
)

// words is what a column is called in a sentence.
func (r Role) words(t *table) string {
	switch r {
	case Applicants:
		return "number of applicants"
	case Selected:
		return "number selected"
	case Rate:
		if t.scoring {
			return "scoring rate"
		}
		return "selection rate"
	case Ratio:
		return "impact ratio"
	case Share:
		return "share of applicants"
	case Part:
		return "part of all selected"
	}
	return string(r)
}

// one is a number of the kind with its article.
func (r Role) one() string {
	if r == Ratio {
		return "an " + r.words(&table{})
	}
	return "a " + r.words(&table{})
}

// count prints a span of whole numbers.
func count(s span) string {
	switch {
	case s.high == nil:
		return "at least " + grouped(s.low)
	case s.exact():
		return grouped(s.low)
	}
	return grouped(s.low) + " to " + grouped(s.high)
}

// grouped prints a number with a comma at every third digit.
func grouped(x *big.Rat) string {
	s := x.FloatString(0)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// like prints a span as a number is printed, with two more digits.
func (s span) like(n number) string {
	low := similar(s.low, n)
	if s.exact() {
		return low
	}
	if s.high == nil {
		return "at least " + low
	}
	if high := similar(s.high, n); high != low {
		return low + " to " + high
	}
	return low
}

func similar(x *big.Rat, n number) string {
	digits := min(n.digits+2, 8)
	if n.marked {
		return new(big.Rat).Mul(x, big.NewRat(100, 1)).FloatString(min(digits, max(2, n.digits+1))) + " %"
	}
	if n.scaled {
		return new(big.Rat).Mul(x, big.NewRat(100, 1)).FloatString(max(2, n.digits+1))
	}
	return x.FloatString(max(4, digits))
}

// shorten cuts a text that somebody else wrote to a length for a sentence.
func shorten(s string) string {
	if utf8.RuneCountInString(s) <= 40 {
		return s
	}
	return string([]rune(s)[:37]) + "…"
}
