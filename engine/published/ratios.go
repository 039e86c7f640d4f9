package published

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// mostReferences bounds how many groups are tried as the one that ratios were
// taken against.
const mostReferences = 50

// ratios holds printed impact ratios against rates over the highest rate of
// the table.
func (c *checker) ratios(id int, t *table) {
	list := c.rated(t)
	hasRatio := func(e rated) bool { return e.row.cells[Ratio].known() }
	if !slices.ContainsFunc(list, hasRatio) {
		return
	}
	top := func(e rated) bool { return hasRatio(e) && e.row.cells[Ratio].span().meets(point(1)) }
	if slices.ContainsFunc(list, func(e rated) bool { return e.row.lost }) && !slices.ContainsFunc(list, top) {
		return // the highest rate may be that of a line that nobody could read
	}
	everyone := func(rated) bool { return true }
	for _, e := range list {
		if hasRatio(e) && e.known {
			c.report.Checks++
		}
	}
	exact := highest(list, hasRatio, roundedRates)
	wrong := both(misses(list, exact), misses(list, highest(list, hasRatio, cutRates)))
	c.cutRatios(id, list, exact)
	if len(wrong) == 0 {
		c.excluded(id, t, list, true)
		return
	}
	rounded := highest(list, hasRatio, asPrinted)
	if len(both(wrong, misses(list, rounded))) == 0 {
		c.excluded(id, t, list, true)
		c.fromRounded(id, list, wrong, exact)
		return
	}
	if !all(list, hasRatio) {
		whole, printed := highest(list, everyone, roundedRates), highest(list, everyone, asPrinted)
		if len(both(misses(list, whole), misses(list, printed))) == 0 {
			c.excluded(id, t, list, false)
			c.highestWithout(id, t, list)
			return
		}
	}
	c.excluded(id, t, list, true)
	if j := against(list); j >= 0 {
		c.wrongReference(id, t, list, j)
		return
	}
	left := misses(list, rounded)
	var follow []int
	for _, i := range wrong {
		if !slices.Contains(left, i) {
			follow = append(follow, i)
			continue
		}
		c.wrongRatio(id, list[i], exact, i)
	}
	if len(follow) > 0 {
		c.fromRounded(id, list, follow, exact)
	}
}

// misses are the groups whose printed ratio does not follow.
func misses(list []rated, want reference) (out []int) {
	for i, e := range list {
		n := e.row.cells[Ratio]
		if s, ok := want(i); ok && n.known() && !s.meets(n.span()) && !cutOff(n, s) {
			out = append(out, i)
		}
	}
	return out
}

// both are the numbers in two lists.
func both(a, b []int) (out []int) {
	for _, i := range a {
		if slices.Contains(b, i) {
			out = append(out, i)
		}
	}
	return out
}

func all(list []rated, has func(rated) bool) bool {
	return !slices.ContainsFunc(list, func(e rated) bool { return !has(e) })
}

// against finds the one group whose rate explains every ratio; -1 if there is none.
func against(list []rated) int {
	ratios, tried := 0, 0
	for _, e := range list {
		if e.row.cells[Ratio].known() {
			ratios++
		}
	}
	for j, e := range list {
		n := e.row.cells[Ratio]
		if vague := !e.rate.exact() && e.printed == nil; ratios < 2 || tried == mostReferences || !e.known || vague || n.known() && !n.span().meets(point(1)) {
			continue
		}
		tried++
		if len(both(misses(list, fixed(list, j, roundedRates)), misses(list, fixed(list, j, asPrinted)))) == 0 {
			return j
		}
	}
	return -1
}

// wrongReference says that ratios were taken against a group without the highest
// rate.
func (c *checker) wrongReference(id int, t *table, list []rated, j int) {
	top := -1
	for i, e := range list {
		if e.known && e.row.cells[Ratio].known() && (top < 0 || e.rate.low.Cmp(list[top].rate.low) > 0) {
			top = i
		}
	}
	f := Finding{Severity: Problem, Kind: "reference", Table: id, Line: list[j].row.line, Group: list[j].row.label, Column: Ratio}
	if named := strings.ToLower(t.headers[Ratio]); strings.Contains(named, "vs") || strings.Contains(named, "versus") ||
		strings.Contains(named, "relative") || strings.Contains(named, "compared") || strings.Contains(named, "reference") {
		f.Severity = Note // the table says so
	}
	f.Text = fmt.Sprintf("the ratios of this table are taken against this group, whose %s is %s", Rate.words(t), shownRate(list[j]))
	if top >= 0 && top != j {
		f.Lines = []int{list[j].row.line, list[top].row.line}
		f.Follows = list[top].row.label
		f.Text += fmt.Sprintf("; the highest is %s of %s on line %d", shownRate(list[top]), list[top].row.label, list[top].row.line)
		if share, ok := list[top].row.count(Applicants).over(t.sum(Applicants)); ok && list[top].row.cells[Applicants].known() && share.high.Cmp(big.NewRat(1, 50)) < 0 {
			f.Text += fmt.Sprintf(", who are %s of the applicants: NYC Local Law 144 lets groups below 2 %% be left out of the maximum, if the reason is given", share.like(number{marked: true, digits: 1}))
		}
	}
	c.find(f)
}

func shownRate(e rated) string {
	if text := e.row.cells[Rate].text; text != "" && e.row.cells[Rate].span().meets(e.rate) {
		return text
	}
	return e.rate.like(number{digits: 1, marked: true})
}

// wrongRatio says what a ratio should be.
func (c *checker) wrongRatio(id int, e rated, want reference, i int) {
	n := e.row.cells[Ratio]
	s, ok := want(i)
	if !ok {
		return
	}
	f := Finding{Severity: Problem, Kind: "impact ratio", Table: id, Line: e.row.line, Group: e.row.label, Column: Ratio, Printed: n.text, Follows: s.like(n)}
	f.Text = fmt.Sprintf("the impact ratio is printed as %s, but its rate over the highest of the table is %s", n.text, f.Follows)
	if n.low.Cmp(big.NewRat(1, 1)) > 0 {
		f.Text += "; no ratio to the highest rate is above 1"
	}
	c.find(f)
}

// fromRounded notes ratios that follow from the rates as printed and not from the
// counts.
func (c *checker) fromRounded(id int, list []rated, which []int, exact reference) {
	var lines []int
	var parts []string
	for _, i := range which {
		e := list[i]
		lines = append(lines, e.row.line)
		if s, ok := exact(i); ok && len(parts) < 3 {
			parts = append(parts, fmt.Sprintf("%s: %s printed, %s from the counts", shorten(e.row.label), e.row.cells[Ratio].text, s.like(e.row.cells[Ratio])))
		}
	}
	c.find(Finding{Severity: Note, Kind: "from printed rates", Table: id, Line: lines[0], Lines: lines, Group: list[which[0]].row.label, Column: Ratio,
		Text: fmt.Sprintf("%s from the rates as they are printed, not from the counts (%s)", follows(len(lines), "the impact ratio"), strings.Join(parts, "; "))})
}

func follows(n int, what string) string {
	if n == 1 {
		return what + " follows"
	}
	return fmt.Sprintf("%ss of %d groups follow", what, n)
}

// cutRatios notes ratios whose digits were cut off.
func (c *checker) cutRatios(id int, list []rated, exact reference) {
	var lines []int
	for i, e := range list {
		n := e.row.cells[Ratio]
		if s, ok := exact(i); ok && n.known() && !s.meets(n.span()) && cutOff(n, s) {
			lines = append(lines, e.row.line)
		}
	}
	if len(lines) > 0 {
		c.find(Finding{Severity: Note, Kind: "cut off", Table: id, Line: lines[0], Lines: lines, Column: Ratio,
			Text: follows(len(lines), "the impact ratio") + " if digits after the last one were cut off, not rounded"})
	}
}

// excluded notes groups without a ratio that are not small, or have the highest
// rate: the rule of NYC Local Law 144 lets an auditor leave out groups of less
// than 2 % of the data. apart says that the ratios of the others are not taken
// against their rates.
func (c *checker) excluded(id int, t *table, list []rated, apart bool) {
	total := t.sum(Applicants)
	best := topRated(list)
	for i := range list {
		e := &list[i]
		if e.row.cells[Ratio].known() || !e.known {
			continue
		}
		share, ok := e.row.count(Applicants).over(total)
		f := Finding{Severity: Note, Table: id, Line: e.row.line, Group: e.row.label, Column: Ratio}
		switch {
		case ok && e.row.cells[Applicants].known() && share.low.Cmp(big.NewRat(1, 50)) >= 0:
			f.Kind = "no ratio"
			f.Text = fmt.Sprintf("this group has no impact ratio, though it is %s of the applicants; only groups below 2 %% may be left out under NYC Local Law 144", share.like(number{marked: true, digits: 1}))
		case e == best && apart:
			f.Kind = "highest left out"
			f.Text = fmt.Sprintf("this group has the highest rate of the table (%s) and no impact ratio; the other ratios are not taken against it", shownRate(*e))
		default:
			continue
		}
		c.find(f)
	}
}

// topRated is the group with the highest rate; nil if no rate is known.
func topRated(list []rated) (best *rated) {
	for i := range list {
		if e := &list[i]; e.known && (best == nil || e.rate.low.Cmp(best.rate.low) > 0) {
			best = e
		}
	}
	return best
}

// highestWithout says that ratios are taken against a group that has none. One of
// less than 2 % that was left out sets no maximum under NYC Local Law 144 (6 RCNY
// 5-301 (d)); a dash may stand for the 1 of the group that all are compared with.
func (c *checker) highestWithout(id int, t *table, list []rated) {
	best := topRated(list)
	if best == nil {
		return
	}
	f := Finding{Severity: Note, Kind: "highest without ratio", Table: id, Line: best.row.line, Group: best.row.label, Column: Ratio, Printed: best.row.cells[Ratio].text,
		Text: fmt.Sprintf("the ratios of this table are taken against the rate of this group (%s), the highest, though it has no ratio itself", shownRate(*best))}
	share, ok := best.row.count(Applicants).over(t.sum(Applicants))
	if ok && best.row.cells[Applicants].known() && share.high.Cmp(big.NewRat(1, 50)) < 0 {
		if strings.Trim(f.Printed, "-–— ") != "" {
			f.Severity = Problem
		}
		f.Text += fmt.Sprintf("; it is %s of the applicants, and a group that is left out because it is below 2 %% sets no maximum under NYC Local Law 144", share.like(number{marked: true, digits: 1}))
	}
	c.find(f)
}
