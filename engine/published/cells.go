package published

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// cells checks one line: that its cells can be read, that not more were selected
// than applied, and that its rate follows from its counts.
func (c *checker) cells(id int, t *table, r *row) {
	f := Finding{Table: id, Line: r.line, Group: r.label}
	for _, role := range t.roles() {
		if n := r.cells[role]; n.state == unreadable {
			f := f
			f.Severity, f.Kind, f.Column, f.Printed = Unread, "unreadable", role, n.text
			f.Text = fmt.Sprintf("the %s %q cannot be read as a number; it was left out", role.words(t), shorten(n.text))
			if negative(n.text) {
				f.Severity, f.Kind, f.Text = Problem, "negative", fmt.Sprintf("the %s is printed as %s, and cannot be below 0", role.words(t), shorten(n.text))
			}
			c.find(f)
		}
	}
	n, k, rate := r.count(Applicants), r.count(Selected), r.cells[Rate]
	if n.high != nil && r.cells[Selected].known() {
		c.report.Checks++
		if k.low.Cmp(n.high) > 0 {
			f.Severity, f.Kind, f.Column, f.Printed = Problem, "more selected than applied", Selected, r.cells[Selected].text
			f.Follows = "at most " + count(n)
			f.Text = fmt.Sprintf("%s selected out of %s applicants cannot be", r.cells[Selected].text, r.cells[Applicants].text)
			c.find(f)
			return
		}
	}
	if !rate.known() {
		return
	}
	f.Column, f.Printed, f.Severity = Rate, rate.text, Problem
	if rate.low.Cmp(big.NewRat(1, 1)) > 0 {
		c.report.Checks++
		f.Kind, f.Text = "rate above one", fmt.Sprintf("a %s of %s is more than everybody", Rate.words(t), rate.text)
		c.find(f)
		return
	}
	if r.cells[Selected].known() {
		c.rate(t, r, f, n, k)
		return
	}
	c.grain(t, r, f, n)
}

// rate holds a printed rate against selected out of applicants.
func (c *checker) rate(t *table, r *row, f Finding, n, k span) {
	rate := r.cells[Rate]
	want, ok := k.over(n)
	if !ok || !r.cells[Applicants].known() {
		return
	}
	c.report.Checks++
	if want.meets(rate.span()) {
		return
	}
	f.Follows = want.like(rate)
	f.Text = fmt.Sprintf("the %s is printed as %s, but %s of %s is %s", Rate.words(t), rate.text, count(k), count(n), f.Follows)
	if cutOff(rate, want) {
		f.Severity, f.Kind = Note, "cut off"
		f.Text += "; the digits after the last one were cut off, not rounded"
		c.find(f)
		return
	}
	f.Kind = "rate"
	c.find(f)
}

// grain asks whether any whole number of people gives a printed rate: 42 % of 17
// cannot be, because 7 are 41 % and 8 are 47 % (the GRIM test of Brown and
// Heathers 2017).
func (c *checker) grain(t *table, r *row, f Finding, n span) {
	rate := r.cells[Rate]
	if !n.exact() || n.low.Sign() <= 0 || rate.bounds {
		return
	}
	c.report.Checks++
	times := func(s span) span {
		return span{new(big.Rat).Mul(s.low, n.low), new(big.Rat).Mul(s.high, n.low)}
	}
	if _, ok := times(rate.span()).wholes(); ok {
		return
	}
	near := new(big.Rat).SetInt(floor(times(span{rate.printed, rate.printed}).low))
	below, _ := span{near, near}.over(n)
	above, _ := point(1).plus(span{near, near}).over(n)
	f.Follows = below.like(rate) + " or " + above.like(rate)
	f.Text = fmt.Sprintf("no number of people out of %s gives a %s of %s: %s give %s, one more %s",
		count(n), Rate.words(t), rate.text, count(span{near, near}), below.like(rate), above.like(rate))
	if _, ok := times(span{rate.printed, rate.cut}).wholes(); ok {
		f.Severity, f.Kind = Note, "cut off"
		f.Text += "; it follows if the digits after the last one were cut off, not rounded"
		c.find(f)
		return
	}
	f.Kind = "rate of whole people"
	c.find(f)
}

// cutOff says whether a number follows if its further digits were cut off.
func cutOff(n number, want span) bool {
	return n.cut != nil && want.meets(span{n.printed, n.cut})
}

// twice finds groups that a table lists more than once, under one spelling or
// several. A group of nobody adds nothing.
func (c *checker) twice(id int, t *table) {
	seen := map[string]*row{}
	nobody := func(r *row) bool { n := r.count(Applicants); return n.high != nil && n.high.Sign() == 0 }
	for i := range t.groups {
		r := &t.groups[i]
		if nobody(r) {
			continue
		}
		key := r.place.key()
		first := seen[key]
		if first == nil {
			seen[key] = r
			continue
		}
		f := Finding{Severity: Problem, Kind: "listed twice", Table: id, Line: r.line, Lines: []int{first.line, r.line}, Group: r.label, Column: Category,
			Text: fmt.Sprintf("this group is listed on line %d already; what is added up counts it twice", first.line)}
		if first.label != r.label {
			f.Severity, f.Text = Note, fmt.Sprintf("this seems to be the group %q of line %d under another name; it was taken as a group of its own", shorten(first.label), first.line)
		}
		c.find(f)
	}
}

// negative says that a text is a number below 0, as most people write one.
func negative(text string) bool {
	rest, minus := strings.CutPrefix(strings.Replace(strings.TrimSpace(text), "−", "-", 1), "-")
	x, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(rest, "%")), 64)
	return minus && err == nil && x > 0
}
