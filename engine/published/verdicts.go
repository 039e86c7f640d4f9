package published

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
)

// verdicts is a column that says of every group whether its impact ratio is at
// least four fifths, in words such as Pass, Yes and No adverse impact.
type verdicts struct {
	column int
	header string
	// kept says what Yes means: that the limit is kept, or that it is not. neutral
	// headings, such as 4/5ths rule, leave both open.
	kept, neutral bool
}

// judge knows the words of verdicts.
type judge struct{ limit, against, inFavor, negated *regexp.Regexp }

func newJudge() judge {
	return judge{
		limit:   regexp.MustCompile(`4 ?/ ?5|four[ -]?fifths|80 ?(%|percent|pct)|80 ?/ ?20|(^|[^\d.])0?\.80?([^\d]|$)`),
		against: regexp.MustCompile(`\b(adverse|disparate|below|under|less|lower|viola\w*|fail\w*|flag\w*|concern\w*)\b|<`),
		negated: regexp.MustCompile(`\b(not?|without|free|non)\b`),
		inFavor: regexp.MustCompile(`\b(pass\w*|meets?|met|compl\w*|satisf\w*|above|least|ok|within|exceed\w*|reach\w*)\b|[>≥]`),
	}
}

// says is what a word of a verdict means: keeps, that the limit is kept or not
// whatever the heading; else yes, in answer to the heading.
func says(cell string) (keeps, yes, plain, known bool) {
	s := strings.Trim(strings.ToLower(strings.Join(strings.Fields(cell), " ")), " .!")
	of := func(words ...string) bool { return slices.Contains(words, s) }
	switch {
	case of("pass", "passes", "passed", "ok", "okay", "meets", "met", "compliant", "complies", "in compliance", "satisfied", "satisfies",
		"no adverse impact", "no disparate impact", "no impact", "not violated", "no violation", "within", "within range", "above 80%", "above", "at or above"):
		return true, false, true, true
	case of("fail", "fails", "failed", "does not pass", "not passed", "not ok", "does not meet", "not met", "non-compliant", "noncompliant", "not compliant",
		"violation", "violated", "violates", "adverse impact", "disparate impact", "potential adverse impact", "below", "below 80%", "flag", "flagged"):
		return false, false, true, true
	case of("yes", "y", "true", "✓", "✔", "✅", "☑", "ja", "oui", "sí", "si"):
		return false, true, false, true
	case of("no", "n", "false", "✗", "✘", "✕", "×", "❌", "nein", "non", "nee"):
		return false, false, false, true
	}
	return false, false, false, false
}

// silent says that a cell gives no verdict, as of the group that the others are
// compared with.
func silent(cell string) bool {
	return slices.Contains([]string{"", "n/a", "na", "-", "–", "—", "reference", "reference group", "ref", "ref."}, strings.ToLower(strings.TrimSpace(cell)))
}

// judged finds out whether a column of words is one of verdicts, and what its
// heading asks; known is false where it names no limit.
func (b *block) judged(j int) (v verdicts, some, known bool) {
	words, filled := 0, 0
	for _, r := range b.rows {
		c := line{cells: r.raw}.cell(j)
		if silent(c) || r.kind != groupRow {
			continue
		}
		filled++
		if _, _, _, is := says(c); is {
			words++
		}
	}
	if words == 0 || 2*words < filled {
		return v, false, false
	}
	h, k := strings.ToLower(b.layout.headers[j]), newJudge()
	against, inFavor := k.against.MatchString(h), k.inFavor.MatchString(h)
	negated := k.negated.MatchString(h)
	v = verdicts{column: j, header: b.layout.headers[j], kept: !against || negated, neutral: against == inFavor || negated}
	return v, true, k.limit.MatchString(h)
}

// verdicts holds what a table says about the limit of four fifths against its
// ratios. A ratio of exactly 0.8 may be called either, and one that is rounded to
// it, too; so may one above 1.25, which the lower rate has against the higher.
func (c *checker) verdicts(id int, t *table) {
	for _, v := range t.verdicts {
		list := c.rated(t)
		wrong := t.contradicted(v, list)
		turned := v
		turned.kept = !v.kept
		if other := t.contradicted(turned, list); len(other) < len(wrong) && (v.neutral || len(other) == 0 && t.answersBoth(v)) {
			v, wrong = turned, other
		}
		for i := range list {
			r := list[i].row
			switch _, _, _, known := says(r.verdict(v)); {
			case known && len(ratiosOf(list, i)) > 0:
				c.report.Checks++
			case !known && !silent(r.verdict(v)):
				c.find(Finding{Severity: Note, Kind: "verdict not read", Table: id, Line: r.line, Group: r.label, Printed: r.verdict(v),
					Text: fmt.Sprintf("%q in the column %q is no verdict that is understood; it was not checked", shorten(r.verdict(v)), shorten(v.header))})
			}
		}
		for _, i := range wrong {
			r, printed := list[i].row, list[i].row.verdict(v)
			is, want := "the impact ratio is printed as "+r.cells[Ratio].text, "at least 0.8"
			if !r.cells[Ratio].known() {
				is = "the impact ratio is " + ratiosOf(list, i)[0].like(number{digits: 2})
			}
			if t.keeps(v, printed) {
				want = "below 0.8"
			}
			c.find(Finding{Severity: Problem, Kind: "verdict", Table: id, Line: r.line, Group: r.label, Column: Ratio, Printed: printed, Follows: want,
				Text: fmt.Sprintf("%q in the column %q does not follow: %s, which is %s", shorten(printed), shorten(v.header), is, want)})
		}
	}
}

// contradicted are the groups whose verdict follows neither from the printed ratio
// nor from the rates.
func (t *table) contradicted(v verdicts, list []rated) (out []int) {
	limit, upper := big.NewRat(4, 5), big.NewRat(5, 4)
	for i, e := range list {
		cell := e.row.verdict(v)
		_, _, _, known := says(cell)
		ratios := ratiosOf(list, i)
		if !known || len(ratios) == 0 {
			continue
		}
		possible := func(s span) bool {
			if t.keeps(v, cell) {
				return s.high == nil || s.high.Cmp(limit) >= 0
			}
			return s.low.Cmp(limit) <= 0 || s.high == nil || s.high.Cmp(upper) >= 0
		}
		if !slices.ContainsFunc(ratios, possible) {
			out = append(out, i)
		}
	}
	return out
}

// answersBoth says that some groups have Yes and others No. Where all of them are the
// other way round, the heading was misunderstood.
func (t *table) answersBoth(v verdicts) bool {
	answers := map[bool]bool{}
	for _, r := range t.groups {
		if _, yes, plain, known := says(r.verdict(v)); known && !plain {
			answers[yes] = true
		}
	}
	return len(answers) == 2
}

// keeps says whether a verdict is that the limit is kept.
func (t *table) keeps(v verdicts, cell string) bool {
	keeps, yes, plain, _ := says(cell)
	if plain {
		return keeps
	}
	return yes == v.kept
}

// ratiosOf are the impact ratios that a group may have: as printed, as it stands
// and with all that is rounded to it, and over the highest rate.
func ratiosOf(list []rated, i int) (out []span) {
	if n := list[i].row.cells[Ratio]; n.known() {
		out = append(out, widest(n))
	}
	for _, counts := range []func(rated) bool{func(rated) bool { return true }, func(e rated) bool { return e.row.cells[Ratio].known() }} {
		if s, ok := highest(list, counts, roundedRates)(i); ok {
			out = append(out, s)
		}
	}
	return out
}

func (r row) verdict(v verdicts) string { return line{cells: r.raw}.cell(v.column) }
