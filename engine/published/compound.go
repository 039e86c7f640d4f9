package published

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// compound reads cells that hold several numbers, such as 667/1390, 667 (48.0%)
// and 48 % (667/1390).
type compound struct{ fraction, percent, count, rest *regexp.Regexp }

func newCompound() compound {
	return compound{
		fraction: regexp.MustCompile(`(\d[\d.,']*)\s*(?:/|out of|of)\s*(\d[\d.,']*)`),
		percent:  regexp.MustCompile(`\d[\d.,]*\s*%`),
		count:    regexp.MustCompile(`\d[\d.,']*`),
		rest:     regexp.MustCompile(`^[()\[\];:=–\- ]*$`),
	}
}

// parts are the numbers of a cell by their roles, in a column of a role; nil if
// the cell is nothing of the kind.
func (g guesser) parts(cell string, role Role) map[Role]number {
	if len(cell) > longestNumber || role == Ratio {
		return nil
	}
	out := map[Role]number{}
	s := cell
	if m := g.fraction.FindStringSubmatchIndex(s); m != nil {
		out[Selected], out[Applicants] = g.number(s[m[2]:m[3]], true), g.number(s[m[4]:m[5]], true)
		s = s[:m[0]] + s[m[1]:]
	}
	share := role == Share || role == Applicants && len(out) == 0
	if m := g.percent.FindStringIndex(s); m != nil {
		if share {
			out[Share] = g.number(s[m[0]:m[1]], false)
		} else {
			out[Rate] = g.number(s[m[0]:m[1]], false)
		}
		s = s[:m[0]] + s[m[1]:]
	}
	if m := g.count.FindStringIndex(s); m != nil && len(out) == 1 {
		of := Selected
		if share {
			of = Applicants
		}
		out[of] = g.number(s[m[0]:m[1]], true)
		s = s[:m[0]] + s[m[1]:]
	}
	if len(out) < 2 || !g.rest.MatchString(s) {
		return nil
	}
	for _, n := range out {
		if !n.known() {
			return nil
		}
	}
	return out
}

// compounds fills in what cells with several numbers say. What has a column of its
// own is compared with it.
func (r *reader) compounds(l line, out *row) {
	b := r.current
	for _, role := range Roles() {
		j, ok := b.layout.column[role]
		if !ok || out.cells[role].state != unreadable {
			continue
		}
		parts := r.parts(l.cell(j), role)
		if parts == nil {
			continue
		}
		if role == Selected && b.layout.within != Rate {
			parts = asParts(parts, b.layout.within)
		}
		delete(out.cells, role)
		for _, of := range Roles() {
			n, has := parts[of]
			if !has {
				continue
			}
			own, separate := b.layout.column[of]
			if separate && own != j {
				r.differ(l, out, of, n, j)
				continue
			}
			out.cells[of] = n
			b.derived[of] = j
		}
	}
}

// differ says that a cell of several numbers contradicts the column that one of
// them has of its own.
func (r *reader) differ(l line, out *row, role Role, n number, j int) {
	own := r.number(l.cell(r.current.layout.column[role]), role == Applicants || role == Selected)
	a, b := own, n
	if role == Rate || role == Share || role == Part {
		b = b.scale()
		if own.marked || own.printed != nil && own.printed.Cmp(unit(0)) > 0 {
			a = a.scale()
		}
	}
	if own.known() && !a.span().meets(b.span()) {
		r.current.remark(Problem, "printed twice", l.number, fmt.Sprintf("%q in the column %q is not the %s of the column %q",
			shorten(l.cell(j)), r.current.layout.headers[j], own.text, r.current.layout.headers[r.current.layout.column[role]]))
	}
}

// remark is something to say about how a line was read.
type remark struct {
	severity Severity
	kind     string
	line     int
	text     string
}

func (b *block) remark(s Severity, kind string, line int, text string) {
	b.remarks = append(b.remarks, remark{s, kind, line, text})
}

// fitted gives a line as many cells as there are headings. A comma that nobody
// quoted, in a number or a name, parts a cell; where the parts go together in one
// way only, they are joined.
func (r *reader) fitted(l line) (line, bool) {
	b := r.current
	width, filled := len(b.layout.headers), len(l.cells)
	for filled > 0 && l.cells[filled-1] == "" {
		filled--
	}
	if filled <= width {
		return l, true
	}
	cells := l.cells[:filled]
	if r.consistent(cells, true) {
		return l, true
	}
	for _, strict := range []bool{true, false} {
		var fits [][]string
		for _, joined := range joins(cells, filled-width) {
			if r.consistent(joined, strict) {
				fits = append(fits, joined)
			}
		}
		if len(fits) == 1 {
			b.remark(Note, "joined", l.number, fmt.Sprintf("this line has %d cells under %d headings; commas without quotes were taken as parts of a cell: %s", filled, width, shorten(strings.Join(fits[0], " | "))))
			l.cells = fits[0]
			return l, true
		}
		if len(fits) > 1 {
			break
		}
	}
	extra := strings.Join(cells[width:], "")
	if !strings.ContainsAny(extra, "0123456789") && r.consistent(cells, false) {
		return l, true // a remark beside the table
	}
	b.remark(Unread, "cells", l.number, fmt.Sprintf("this line has %d cells under %d headings, so that nobody can say which number is which; it was left out", filled, width))
	return l, false
}

// consistent says whether cells can be read under the headings, with no more
// selected than applied; strict asks for a rate that follows too.
func (r *reader) consistent(cells []string, strict bool) bool {
	of := map[Role]number{}
	for role, j := range r.current.layout.column {
		if !role.numeric() {
			continue
		}
		cell := line{cells: cells}.cell(j)
		n := r.number(cell, role == Applicants || role == Selected)
		if role == Ratio {
			n = r.ratio(cell)
		}
		if n.state == unreadable && r.parts(cell, role) == nil {
			return false
		}
		of[role] = n
	}
	n, k, rate := of[Applicants], of[Selected], of[Rate]
	if n.known() && k.known() && n.high != nil && k.low.Cmp(n.high) > 0 {
		return false
	}
	if !strict {
		return true
	}
	share, ok := k.span().over(n.span())
	return ok && n.known() && k.known() && rate.known() && (share.meets(rate.span()) || share.meets(rate.scale().span()))
}

// joins lists the ways to put so many cells of a line together with the next, as
// far as a bounded search finds them; none if they are too many.
func joins(cells []string, excess int) (out [][]string) {
	const mostSteps, mostExcess = 5000, 8
	if excess > mostExcess {
		return nil
	}
	steps := 0
	var extend func(done, rest []string, left int)
	extend = func(done, rest []string, left int) {
		if steps++; steps > mostSteps || len(rest) < left {
			return
		}
		if len(rest) == 0 {
			out = append(out, slices.Clone(done))
			return
		}
		extend(append(done[:len(done):len(done)], rest[0]), rest[1:], left)
		if left > 0 && len(rest) > 1 {
			if whole, ok := joined(rest[0], rest[1]); ok {
				extend(done, append([]string{whole}, rest[2:]...), left-1)
			}
		}
	}
	extend(nil, cells, excess)
	if steps > mostSteps {
		return nil
	}
	return out
}

// joined puts together two cells that a comma may have parted: 1 and 181, or two
// words.
func joined(a, b string) (string, bool) {
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	head := strings.Split(a, ",")
	switch last := head[len(head)-1]; {
	case digits(last) && (len(last) == 3 && len(head) > 1 || len(last) <= 3 && len(head) == 1) && len(b) >= 3 && digits(b[:3]) && (len(b) == 3 || b[3] < '0' || b[3] > '9'):
		return a + "," + b, true
	case a != "" && b != "" && !strings.ContainsAny(a+b, "0123456789"):
		return a + ", " + b, true
	}
	return "", false
}
