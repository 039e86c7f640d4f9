package published

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestNumber bounds what is read as a number, in bytes.
const longestNumber = 40

// state says what a cell holds.
type state int

const (
	absent     state = iota // nothing
	hidden                  // suppressed or not available: any number
	given                   // a number, or bounds such as <5
	unreadable              // something else
)

// number is a printed number as the interval of numbers that it stands for.
type number struct {
	text  string
	state state
	printed,
	low, high *big.Rat // high is nil where nothing bounds it
	// cut is where the interval would end if further digits had been cut off
	// rather than rounded; nil for whole numbers and bounds.
	cut    *big.Rat
	digits int  // decimals, on the scale it is printed on
	marked bool // has a percent sign
	scaled bool // was printed in percent
	bounds bool // printed as a bound or a range
	word   bool // not printed as a number
}

// notation is how numbers are written.
type notation struct {
	hiddenWords, reference, footnotes, percentSign, upperBound, lowerBound, numberRange, plainNumber, thousands, scientific, counted *regexp.Regexp
}

func newNotation() notation {
	return notation{
		hiddenWords: regexp.MustCompile(`^(?i:n\.?d\.?|none|null|nan|-+|[–—]+|\*+|\.\.+|x|s|\(s\)|hidden)$|^(?i:n/?a\b|n\.a\.|(not|left out|excluded|insufficient|too few|too small|suppressed|redacted|withheld|omitted)\b)`),
		footnotes:   regexp.MustCompile(`(\s*(\*+|[†‡§¶¹²³⁴⁵]+|\[[0-9a-z]{1,2}\]|\([a-z]\)|\((?i:ref|highest|max)[^()]*\)))+$`),
		reference:   regexp.MustCompile(`^\(?(?i:ref\.?|reference( group| category)?|most selected|highest|baseline|comparator)\)?$`),
		percentSign: regexp.MustCompile(`(?i)\s*(%|٪|percent|per cent|pct\.?)$`),
		upperBound:  regexp.MustCompile(`^(?i:(<=|≤|at most|up to)|(<|fewer than|less than|under|below))\s*`),
		lowerBound:  regexp.MustCompile(`^(?i:>=|≥|>|at least|more than|over|above)\s*`),
		numberRange: regexp.MustCompile(`^(\d[\d.,]*)\s*(?:-|–|to)\s*(\d[\d.,]*)$`),
		plainNumber: regexp.MustCompile(`^([+-]?\d[\d.,]*|\.\d+)$`),
		scientific:  regexp.MustCompile(`^(\d(?:[.,]\d+)?)[eE]([+-]?\d{1,2})$`),
		counted:     regexp.MustCompile(`^\(?[nN]\s*=\s*([^()]+)\)?$`),
		thousands:   regexp.MustCompile(`^[+-]?\d{1,3}(,\d{3})+$|^[+-]?\d{1,3}(\.\d{3})+$`),
	}
}

// number reads a cell. In a column of counts a point or comma before three
// digits parts thousands; elsewhere a single one is the decimal sign.
func (f notation) number(cell string, whole bool) number {
	n := number{text: cell}
	s := strings.TrimSpace(cell)
	if s == "" {
		return n
	}
	n.state = unreadable
	if f.hiddenWords.MatchString(s) {
		n.state = hidden
		return n
	}
	if len(s) > longestNumber || !utf8.ValidString(s) {
		return n
	}
	if f.plainNumber.MatchString(s) {
		return f.rounded(n, s, whole)
	}
	s = strings.TrimSpace(f.footnotes.ReplaceAllString(s, ""))
	s = strings.TrimLeft(s, "~≈")
	if m := f.counted.FindStringSubmatch(s); whole && m != nil {
		s = m[1]
	}
	if at := f.percentSign.FindStringIndex(s); at != nil {
		n.marked, s = true, s[:at[0]]
	}
	if at := f.upperBound.FindStringSubmatchIndex(s); at != nil {
		return f.bounded(n, s[at[1]:], whole, true, at[4] >= 0)
	}
	if at := f.lowerBound.FindStringIndex(s); at != nil {
		return f.bounded(n, s[at[1]:], whole, false, false)
	}
	if m := f.numberRange.FindStringSubmatch(s); m != nil {
		low, _, ok := f.decimal(m[1], whole)
		high, _, fine := f.decimal(m[2], whole)
		if ok && fine && low.Cmp(high) <= 0 {
			n.state, n.low, n.high, n.bounds = given, low, high, true
		}
		return n
	}
	if m := f.scientific.FindStringSubmatch(s); m != nil {
		return f.powered(n, m[1], m[2], whole)
	}
	return f.rounded(n, s, whole)
}

// powered reads 1.39E+03, as spreadsheets save wide numbers in narrow columns: all
// that is rounded to it, so of 1,385 to 1,395 people.
func (f notation) powered(n number, s, exponent string, whole bool) number {
	v, digits, ok := f.decimal(s, false)
	power, err := strconv.Atoi(exponent)
	if !ok || err != nil || v.Sign() < 0 || power > longestNumber || power < -longestNumber {
		return n
	}
	last := unit(max(0, digits-power))
	if digits < power {
		last = new(big.Rat).Inv(unit(power - digits))
	}
	if scale := unit(max(power, -power)); power > 0 {
		v.Quo(v, scale)
	} else {
		v.Mul(v, scale)
	}
	half := new(big.Rat).Mul(last, big.NewRat(1, 2))
	n.state, n.digits = given, max(0, digits-power)
	n.low, n.high = new(big.Rat).Sub(v, half), new(big.Rat).Add(v, half)
	if !whole {
		n.printed, n.cut = v, new(big.Rat).Add(v, last)
	} else if n.bounds = digits < power; !n.bounds && v.IsInt() {
		n.printed, n.low, n.high = v, v, v
	}
	return n
}

// rounded reads a number that stands for all that is rounded to it.
func (f notation) rounded(n number, s string, whole bool) number {
	v, digits, ok := f.decimal(s, whole)
	if !ok || v.Sign() < 0 || whole && !v.IsInt() {
		return n
	}
	n.state, n.printed, n.digits = given, v, digits
	if whole {
		n.low, n.high = v, v
		return n
	}
	half := new(big.Rat).Mul(unit(digits), big.NewRat(1, 2))
	n.low, n.high = new(big.Rat).Sub(v, half), new(big.Rat).Add(v, half)
	n.cut = new(big.Rat).Add(v, unit(digits))
	return n
}

// ratio reads a cell of impact ratios, where a word may stand for the 1 of the
// group that others are compared with, and <2 % for a group too small to have one.
func (f notation) ratio(cell string) number {
	if f.reference.MatchString(cell) {
		one := big.NewRat(1, 1)
		return number{text: cell, state: given, printed: one, low: one, high: one, digits: 2, word: true}
	}
	n := f.number(strings.TrimRight(strings.TrimSuffix(cell, ":1"), "x× "), false)
	if n.state != given {
		n = f.number(cell, false)
	}
	n.text = cell
	if n.bounds && n.marked && n.high != nil && n.high.Cmp(big.NewRat(2, 1)) == 0 {
		return number{text: cell, state: hidden}
	}
	return n
}

// bounded reads what follows a sign such as < or ≥.
func (f notation) bounded(n number, s string, whole, upper, strict bool) number {
	v, digits, ok := f.decimal(s, whole)
	if !ok || v.Sign() < 0 || whole && !v.IsInt() {
		return n
	}
	n.state, n.bounds, n.digits = given, true, digits
	n.low, n.high = new(big.Rat), v
	if !upper {
		n.low, n.high = v, nil
	}
	if strict && whole && v.Sign() > 0 { // fewer than 5 people are at most 4
		n.high = new(big.Rat).Sub(v, big.NewRat(1, 1))
	}
	return n
}

// decimal reads digits with points, commas, spaces and apostrophes.
func (f notation) decimal(s string, whole bool) (v *big.Rat, digits int, ok bool) {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\'' || r == '’' {
			return -1
		}
		return r
	}, s)
	if !f.plainNumber.MatchString(s) {
		return nil, 0, false
	}
	if whole && f.thousands.MatchString(s) {
		s = strings.NewReplacer(",", "", ".", "").Replace(s)
	}
	mark := strings.LastIndexAny(s, ".,")
	if mark >= 0 {
		sign := s[mark : mark+1]
		head := s[:mark]
		switch other := strings.NewReplacer(",", ".", ".", ",").Replace(sign); {
		case strings.Contains(head, sign) && f.thousands.MatchString(s): // 1,234,567
			head, mark = strings.ReplaceAll(s, sign, ""), -1
		case strings.Contains(head, sign):
			return nil, 0, false
		case strings.Contains(head, other): // 1,234.5
			if !f.thousands.MatchString(head) {
				return nil, 0, false
			}
			head = strings.ReplaceAll(head, other, "")
		}
		tail := ""
		if mark >= 0 {
			tail = s[mark+1:]
		}
		if tail == "" {
			s = head
		} else {
			s, digits = head+"."+tail, len(tail)
		}
	}
	v, ok = new(big.Rat).SetString(s)
	return v, digits, ok
}

// scale divides a number that is printed in percent by 100.
func (n number) scale() number {
	if n.word {
		return n
	}
	n.scaled = true
	for _, p := range []**big.Rat{&n.printed, &n.low, &n.high, &n.cut} {
		if *p != nil {
			*p = new(big.Rat).Mul(*p, big.NewRat(1, 100))
		}
	}
	return n
}

// known says whether the cell says anything about its number.
func (n number) known() bool { return n.state == given }

// span is the interval a number stands for; all non-negative numbers if it is
// not known.
func (n number) span() span {
	if !n.known() {
		return span{low: new(big.Rat)}
	}
	return span{n.low, n.high}
}

// unit is the value of the last of so many decimals.
func unit(digits int) *big.Rat {
	return new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil))
}
