package published

import "math/big"

// rated is a group with the rate that its numbers give.
type rated struct {
	row     *row
	rate    span // from the counts where they are there, else as printed
	known   bool
	cut     span     // the rate, if further digits of the printed one were cut off
	printed *big.Rat // the printed rate taken as it stands; nil if there is none
	loose   *span    // without one, what could have been printed as the others are
}

// how says what a printed rate stands for.
type how int

const (
	roundedRates how = iota // all that is rounded to it
	cutRates                // all that begins with its digits
	asPrinted               // itself
)

// as is the rate of a group, taken in one of the ways.
func (e rated) as(h how) (span, bool) {
	switch {
	case h == cutRates && e.known:
		return e.cut, true
	case h == asPrinted && e.printed != nil:
		return span{e.printed, e.printed}, true
	case h == asPrinted && e.loose != nil:
		return *e.loose, true
	}
	return e.rate, e.known
}

// rated gives every group its rate.
func (c *checker) rated(t *table) []rated {
	out := make([]rated, len(t.groups))
	for i := range t.groups {
		r := &t.groups[i]
		e := rated{row: r, printed: r.cells[Rate].printed}
		e.rate, e.known = r.rate()
		e.cut = e.rate
		if n := r.cells[Rate]; n.cut != nil && !e.rate.exact() {
			e.cut = span{n.printed, n.cut}
		}
		out[i] = e
	}
	var half *big.Rat // of the last digit of the coarsest printed rate
	for _, e := range out {
		if n := e.row.cells[Rate]; n.printed != nil && n.cut != nil {
			if h := new(big.Rat).Sub(n.high, n.printed); half == nil || h.Cmp(half) > 0 {
				half = h
			}
		}
	}
	for i := range out {
		if e := &out[i]; e.printed == nil && e.known && half != nil {
			e.loose = &span{larger(new(big.Rat), new(big.Rat).Sub(e.rate.low, half)), new(big.Rat).Add(e.rate.high, half)}
		}
	}
	return out
}

// rate is what the counts give, narrowed by the printed rate where a count is
// only known within bounds.
func (r *row) rate() (span, bool) {
	printed := r.cells[Rate]
	n := r.count(Applicants)
	if r.cells[Applicants].known() && (r.cells[Selected].known() || printed.known()) {
		if k, ok := r.selected(); ok {
			if of, ok := k.over(n); ok && k.low.Cmp(n.low) <= 0 {
				if printed.known() {
					of = of.within(printed.span())
				}
				return of, true
			}
		}
	}
	return printed.span(), printed.known() && printed.high != nil
}

// selected is the number of people selected: as printed, or the whole numbers
// that the printed rate stands for.
func (r *row) selected() (span, bool) {
	if k := r.cells[Selected]; k.known() {
		return k.span(), true
	}
	n, rate := r.count(Applicants), r.cells[Rate]
	if !n.exact() || !rate.known() || rate.high == nil {
		return span{low: new(big.Rat), high: n.high}, n.high != nil
	}
	high := rate.high
	if rate.cut != nil {
		high = rate.cut
	}
	s := span{larger(new(big.Rat), new(big.Rat).Mul(rate.low, n.low)), new(big.Rat).Mul(high, n.low)}
	return s.wholes()
}

// ratioOf is the ratio of two rates; ok is false if the lower one may be 0.
func ratioOf(a, b span) (span, bool) {
	if b.low.Sign() <= 0 || a.high == nil || b.high == nil {
		return span{}, false
	}
	return span{new(big.Rat).Quo(a.low, b.high), new(big.Rat).Quo(a.high, b.low)}, true
}

// reference says what the ratio of group i should be, if it can be said.
type reference func(i int) (span, bool)

// highest compares with the highest rate of the groups that count, as their
// rates stand or as they were printed.
func highest(list []rated, counts func(rated) bool, h how) reference {
	rates := make([]span, len(list))
	usable := make([]bool, len(list))
	best, second := -1, -1 // by low end; what else is needed is the highest high end
	top, next := -1, -1
	for i, e := range list {
		rates[i], usable[i] = e.as(h)
		if !usable[i] || !counts(e) {
			continue
		}
		if best < 0 || rates[i].low.Cmp(rates[best].low) > 0 {
			best, second = i, best
		} else if second < 0 || rates[i].low.Cmp(rates[second].low) > 0 {
			second = i
		}
		if top < 0 || rates[i].high.Cmp(rates[top].high) > 0 {
			top, next = i, top
		} else if next < 0 || rates[i].high.Cmp(rates[next].high) > 0 {
			next = i
		}
	}
	return func(i int) (span, bool) {
		if best < 0 || !usable[i] {
			return span{}, false
		}
		low, high := best, top // the others' lowest and highest possible maximum
		if i == low {
			low = second
		}
		if i == high {
			high = next
		}
		most, least := rates[i].low, rates[i].high
		if high >= 0 {
			most = larger(rates[i].low, rates[high].high)
		}
		if low >= 0 {
			least = rates[low].low
			if counts(list[i]) {
				least = larger(rates[i].high, least)
			}
		}
		if !counts(list[i]) && high >= 0 {
			most = rates[high].high
		}
		if most.Sign() <= 0 || least.Sign() <= 0 {
			return span{}, false
		}
		return span{new(big.Rat).Quo(rates[i].low, most), new(big.Rat).Quo(rates[i].high, least)}, true
	}
}

// fixed compares with one group.
func fixed(list []rated, j int, h how) reference {
	base, ok := list[j].as(h)
	return func(i int) (span, bool) {
		if i == j {
			return point(1), true
		}
		rate, known := list[i].as(h)
		if !known || !ok {
			return span{}, false
		}
		return ratioOf(rate, base)
	}
}
