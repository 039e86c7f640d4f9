package published

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// infer finds out what a column holds whose heading says nothing, where its numbers
// follow from those beside it: selected out of applicants is the rate. Two lines
// must agree, and two thirds of all.
func (l *layout) infer(below []line, g guesser) {
	for j, role := range l.roles {
		_, selected := l.column[Selected]
		if role != "" || slices.Contains(l.categories, j) || l.again[j] != "" && (l.again[j] != Applicants || selected) || l.set(j) || g.refused(l.headers[j]) || !g.numbersBelow(below, j) {
			continue
		}
		for _, want := range []Role{Selected, Applicants, Rate, Ratio} {
			if _, has := l.column[want]; has || len(g.columns[want]) > 0 || !l.fits(below, g, j, want) {
				continue
			}
			l.roles[j], l.column[want] = want, j
			l.inferred = append(l.inferred, j)
			delete(l.again, j)
			break
		}
	}
}

// set says that it is known why a column is not used.
func (l *layout) set(j int) bool {
	_, there := l.aside[j]
	return there
}

// refused says that a heading names a number that is none of ours, such as those
// not selected.
func (g guesser) refused(header string) bool {
	s := strings.ToLower(header)
	return slices.ContainsFunc(g.rules, func(r compiledRule) bool { return r.role == "" && r.pattern.MatchString(s) })
}

// numbersBelow says whether most cells of a column are numbers.
func (g guesser) numbersBelow(below []line, j int) bool {
	numbers, filled := 0, 0
	for _, l := range below[:min(len(below), mostLooked)] {
		switch g.number(l.cell(j), false).state {
		case given:
			numbers, filled = numbers+1, filled+1
		case unreadable:
			filled++
		}
	}
	return numbers > 0 && 2*numbers > filled
}

// mostLooked bounds how many lines below a heading are looked at.
const mostLooked = 60

// fits holds a column, taken for a role, against the others.
func (l *layout) fits(below []line, g guesser, j int, want Role) bool {
	agree, all := 0, 0
	var rates, ratios []span
	for i, b := range below {
		if i == mostLooked || i > 0 && b.blank {
			break
		}
		of := func(role Role) number {
			at, has := l.column[role]
			if role == want {
				at, has = j, true
			}
			if !has {
				return number{}
			}
			return g.number(b.cell(at), role == Applicants || role == Selected)
		}
		n, k, rate := of(Applicants), of(Selected), of(Rate)
		if want == Ratio {
			if ratio := of(Ratio); rate.known() && rate.high != nil && ratio.known() && ratio.high != nil {
				rates, ratios = append(rates, rate.span()), append(ratios, ratio.span())
			}
			continue
		}
		if !n.known() || !k.known() || !rate.known() {
			continue
		}
		all++
		share, ok := k.span().over(n.span())
		if ok && k.low.Cmp(n.low) <= 0 && k.low.Sign() > 0 && (share.meets(rate.span()) || share.meets(rate.scale().span())) {
			agree++
		}
	}
	if want == Ratio {
		agree, all = ratiosAgree(rates, ratios)
	}
	return agree > 1 && 3*agree >= 2*all
}

// ratiosAgree counts the numbers that are rates over the highest of them.
func ratiosAgree(rates, ratios []span) (agree, all int) {
	var top *span
	for i := range rates {
		if top == nil || rates[i].low.Cmp(top.low) > 0 {
			top = &rates[i]
		}
	}
	for i, r := range ratios {
		want, ok := ratioOf(rates[i], *top)
		percent := span{new(big.Rat).Mul(want.orZero(), big.NewRat(100, 1)), nil}
		if ok {
			percent.high = new(big.Rat).Mul(want.high, big.NewRat(100, 1))
		}
		all++
		if ok && (want.meets(r) || percent.meets(r)) {
			agree++
		}
	}
	return agree, all
}

func (s span) orZero() *big.Rat {
	if s.low == nil {
		return new(big.Rat)
	}
	return s.low
}

// ordinal names a column by its place.
func ordinal(j int) string {
	n := j + 1
	end := "th"
	if n%100 < 11 || n%100 > 13 {
		end = map[int]string{1: "st", 2: "nd", 3: "rd"}[n%10]
		if end == "" {
			end = "th"
		}
	}
	return fmt.Sprintf("%d%s", n, end)
}
