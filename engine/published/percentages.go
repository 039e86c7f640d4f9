package published

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// bareHeading says that a column is in percent, and not of what.
func bareHeading(header string) bool {
	s := strings.ToLower(strings.Trim(header, " ()*"))
	return slices.Contains([]string{"%", "in %", "percent", "percentage", "pct", "pct.", "share", "proportion", "prozent", "anteil", "pourcentage", "porcentaje", "percentuale", "porcentagem"}, s)
}

// percentages finds out what columns in percent are of: those selected out of the
// applicants of a group, the group's part of all applicants, or its part of all
// selected. The numbers decide; where they fit nothing, and a heading says no more
// than %, nobody knows.
func (l *layout) percentages(below []line, g guesser) {
	l.aside = map[int]string{}
	var open []int
	was := map[int]Role{}
	for j, role := range l.roles {
		if again := l.again[j]; again != "" {
			role = again
		}
		s := strings.ToLower(l.headers[j])
		if role != Rate && role != Share || g.columns.named(l.headers[j], j) != "" || strings.Contains(s, " of ") ||
			slices.ContainsFunc([]string{"rate", "quote", "taux", "tasa", "tasso", "taxa"}, func(w string) bool { return strings.Contains(s, w) }) {
			continue
		}
		open, was[j] = append(open, j), role
		if at, has := l.column[role]; has && at == j {
			delete(l.column, role)
		}
		delete(l.again, j)
		l.roles[j] = ""
	}
	for j := range l.roles { // whose headings say more
		if role := l.again[j]; role == Rate || role == Share {
			if _, has := l.column[role]; !has {
				l.roles[j], l.column[role] = role, j
				delete(l.again, j)
			}
		}
	}
	if j, has := l.column[Part]; has && g.columns.named(l.headers[j], j) == "" && !l.partFits(below, g, j, Selected) {
		delete(l.column, Part)
		l.roles[j] = ""
	}
	for _, j := range open {
		role, known := l.percentOf(below, g, j)
		if !known {
			role = was[j]
			if bareHeading(l.headers[j]) && l.counted() {
				l.aside[j] = "does not say what its percentages are of, and they fit neither the selected of each group nor its part of all"
				continue
			}
		}
		switch _, has := l.column[role]; {
		case has:
			l.again[j] = role
		default:
			if l.roles[j], l.column[role] = role, j; role == Part {
				l.aside[j] = "" // unless its heading says so
			}
		}
	}
}

// counted says whether there are counts to hold percentages against.
func (l *layout) counted() bool {
	_, n := l.column[Applicants]
	return n
}

// percentOf finds the kind of percentages in a column.
func (l *layout) percentOf(below []line, g guesser, j int) (Role, bool) {
	rate, some := l.rateFits(below, g, j)
	share, part := l.partFits(below, g, j, Applicants), l.partFits(below, g, j, Selected)
	selected, has := l.column[Selected]
	switch behind := has && j == selected+1; {
	case rate && (behind || !share):
		return Rate, true
	case share && !(part && behind):
		return Share, true
	case part:
		return Part, true
	case some:
		return Rate, true
	}
	return "", false
}

// rateFits says whether a column is the rate of its lines, for most, or for some;
// where nobody says how many were selected, whether ratios follow from it.
func (l *layout) rateFits(below []line, g guesser, j int) (most, some bool) {
	if _, has := l.column[Selected]; !has {
		if at, has := l.column[Ratio]; has {
			trial := layout{roles: l.roles, headers: l.headers, column: map[Role]int{Rate: j, Ratio: at}}
			return trial.fits(below, g, at, Ratio), false
		}
		return false, false
	}
	agree, all := 0, 0
	l.each(below, g, j, func(n, k, p number) {
		if n.known() && k.known() && k.low.Sign() > 0 {
			all++
			if of, ok := k.span().over(n.span()); ok && (of.meets(widest(p)) || of.meets(widest(p.scale()))) {
				agree++
			}
		}
	})
	return agree > 1 && 3*agree >= 2*all, agree > 0 && 2*agree >= all
}

// partFits says whether a column has the parts that lines are of one whole, whatever
// that is: all counts over their percentages give the same.
func (l *layout) partFits(below []line, g guesser, j int, role Role) bool {
	var wholes []span
	sum := new(big.Rat)
	l.each(below, g, j, func(n, k, p number) {
		if role == Selected {
			n = k
		}
		if w, ok := wholeOf(n.span(), p); n.known() && n.high != nil && n.high.Sign() > 0 && ok {
			wholes = append(wholes, w)
			sum.Add(sum, n.low)
		}
	})
	if best := inCommon(wholes); best > 1 && 3*best >= 2*len(wholes) {
		return true
	}
	agree := ofSum(wholes, sum, 1, 2, 100, 200) // without and with a total, of fractions and percent
	return agree > 0 && 2*agree >= len(wholes)
}

// wholeOf is the number of which a count is a percentage.
func wholeOf(k span, p number) (span, bool) {
	s := widest(p)
	if s.high == nil || s.high.Sign() <= 0 || s.low.Sign() <= 0 || k.high == nil {
		return span{}, false
	}
	return span{new(big.Rat).Quo(k.low, s.high), new(big.Rat).Quo(k.high, s.low)}, true
}

// inCommon is how many wholes could be one number.
func inCommon(wholes []span) (best int) {
	for _, a := range wholes {
		agree := 0
		for _, b := range wholes {
			if a.meets(b) {
				agree++
			}
		}
		best = max(best, agree)
	}
	return best
}

// ofSum is how many wholes could be a sum over one of some numbers.
func ofSum(wholes []span, sum *big.Rat, over ...int64) (best int) {
	for _, of := range over {
		whole := new(big.Rat).Quo(sum, big.NewRat(of, 1))
		agree := 0
		for _, a := range wholes {
			if a.meets(span{whole, whole}) {
				agree++
			}
		}
		best = max(best, agree)
	}
	return best
}

// widest is what a number stands for, rounded or with digits cut off.
func widest(n number) span {
	s := n.span()
	if n.cut != nil {
		s.high = n.cut
	}
	return s
}

// each gives the counts of the lines below a heading with the number of a column.
func (l *layout) each(below []line, g guesser, j int, do func(n, k, p number)) {
	for i, b := range below[:min(len(below), mostLooked)] {
		if i > 0 && b.blank {
			break
		}
		of := func(role Role) number {
			at, has := l.column[role]
			if !has {
				return number{}
			}
			n := g.number(b.cell(at), true)
			if n.state == unreadable {
				n = g.parts(b.cell(at), role)[role]
			}
			return n
		}
		if p := g.number(b.cell(j), false); p.known() && p.printed != nil {
			do(of(Applicants), of(Selected), p)
		}
	}
}

// asides says which columns in percent were not used.
func (b *block) asides(j int, say func(Severity, string, string)) bool {
	why, there := b.layout.aside[j]
	if there && why == "" {
		say(Note, "reading", "seems to be each group's part of all selected, which is neither its selection rate nor its share of the applicants")
	} else if there {
		say(Unread, "column not read", fmt.Sprintf("%s; they were not read (--columns rate=%d or share=%d tells)", why, j+1, j+1))
	}
	return there
}
