package published

import (
	"fmt"
	"slices"
	"strings"
)

// wrapping is what a text on a line of its own is taken for where its words do not
// say whether it is a part of a name that is broken over lines.
type wrapping int

const (
	headings wrapping = iota // a heading of the lines below
	upper                    // the first part of the name below
	lower                    // the last part of the name above
	passing                  // no part of the table, as the title of a page
)

// longestName bounds what is taken for a name, in bytes.
const longestName = 300

// says tells a reader what was taken for what.
func (w wrapping) says() string {
	if w == passing {
		return "more numbers follow if lines of text among the rows are no headings of parts, and they were taken so"
	}
	return "more numbers follow if lines of text among the rows are parts of the names beside them, and they were taken so"
}

// unwrap puts names together that are broken over several lines, of which one has
// the numbers.
func (r *reader) unwrap(lines []line, l layout) []line {
	lines = slices.Clone(lines)
	out := make([]line, 0, len(lines))
	u := unwrapped{reader: r, columns: l}
	for i := 0; i < len(lines); i++ {
		if found, used := r.header(lines, i); used > 0 {
			out = append(out, lines[i:i+used]...)
			u = unwrapped{reader: r, columns: found}
			i += used - 1
			continue
		}
		switch {
		case len(u.columns.categories) == 0:
			out = append(out, lines[i])
		case u.numbers(lines[i]):
			u.above, u.nameless = len(out), u.given == i
			u.any, u.row = true, true
			out = append(out, lines[i])
			continue
		case u.fragment(lines[i]):
			var next line
			if i+1 < len(lines) && !lines[i+1].blank && (u.numbers(lines[i+1]) || u.fragment(lines[i+1])) {
				next = lines[i+1]
				if _, used := r.header(lines, i+1); used > 0 {
					next = line{}
				}
			}
			switch u.belongs(lines[i], next, out) {
			case lower:
				out[u.above] = u.joined(out[u.above], lines[i], out[u.above])
				continue
			case upper:
				lines[i+1] = u.joined(lines[i], next, next)
				lines[i+1].blank = lines[i].blank
				if u.ownless(lines[i], next) {
					u.given = i + 1
				}
				continue
			case passing:
				continue
			}
			out = append(out, lines[i])
		default:
			out = append(out, lines[i])
		}
		u.row = false
	}
	return out
}

// unwrapped goes through the lines under one header.
type unwrapped struct {
	reader   *reader
	columns  layout
	above    int  // the last row put out
	any      bool // there is one
	row      bool // it stands directly above, but for parts of its name
	nameless bool // it had no name of its own
	given    int  // the line without a name that got one
	told     bool
}

// numbers says whether a line has anything in a column of numbers.
func (u *unwrapped) numbers(l line) bool {
	for role, j := range u.columns.column {
		if role.numeric() && l.cell(j) != "" {
			return true
		}
	}
	return false
}

// name is what the columns of names say.
func (u *unwrapped) name(l line) string {
	var out []string
	for _, j := range u.columns.categories {
		if c := l.cell(j); c != "" {
			out = append(out, c)
		}
	}
	return strings.Join(out, " ")
}

// beside is the name of a line as far as it stands in the columns of a part.
func (u *unwrapped) beside(part, l line) string {
	own := line{cells: slices.Clone(l.cells)}
	for j := range own.cells {
		if part.cell(j) == "" {
			own.cells[j] = ""
		}
	}
	return u.name(own)
}

// ownless says that a row has no name where the part of one stands, nor behind it: an
// empty cell before another name goes on with the name above.
func (u *unwrapped) ownless(part, row line) bool {
	first := slices.IndexFunc(part.cells, func(c string) bool { return c != "" })
	return u.numbers(row) && !slices.ContainsFunc(u.columns.categories, func(j int) bool { return j >= first && row.cell(j) != "" })
}

// fragment says whether a line could be a part of a name: a few words in the columns
// of names, which are no note, no total and no heading such as Race.
func (u *unwrapped) fragment(l line) bool {
	text := u.name(l)
	words := strings.Fields(text)
	if len(words) == 0 || len(words) > 12 || l.filled() > len(u.columns.categories) || u.numbers(l) || l.note != "" || len(l.left) > 0 {
		return false
	}
	for j, c := range l.cells {
		if c != "" && !slices.Contains(u.columns.categories, j) {
			return false
		}
	}
	plain := plainWords(text)
	r := u.reader
	return !r.aside.MatchString(plain) && !noted(text) && !r.total.MatchString(plain) && !r.axisTitle.MatchString(plain) &&
		!(len(words) > 4 && strings.HasSuffix(text, ".")) && r.notHispanic.ReplaceAllString(strings.Trim(strings.ToLower(text), " "), "") != ""
}

// noted says that a text begins as footnotes do.
func noted(text string) bool {
	return strings.HasPrefix(text, "[") || strings.IndexAny(text, "*†‡§¹²³") == 0
}

// belongs says where a part of a name belongs: to the row above it, to the line
// below it, or, as far as its words say, to neither.
func (u *unwrapped) belongs(f, next line, out []line) wrapping {
	text, below, named := u.name(f), u.beside(f, next), ""
	directly := u.row && !f.blank
	if directly {
		named = u.beside(f, out[u.above])
	}
	if len(named)+len(text)+len(below) > longestName {
		return headings
	}
	ownless := u.ownless(f, next)
	switch {
	case directly && named != "" && (open(named) || goesOn(text) && !ownless):
		return lower
	case next.filled() > 0 && (open(text) || goesOn(below)):
		return upper
	case directly && named != "" && u.nameless && !ownless:
		return lower
	case directly && named != "" && u.reader.completes(named, text) && !ownless:
		return lower
	case ownless && u.any == u.row:
		return upper
	case next.filled() > 0 && below != "" && u.reader.completes(text, below):
		return upper
	}
	words := len(strings.Fields(text))
	known, _ := u.reader.recognized(plainWords(text))
	if !u.any || len(known) > 0 || strings.ContainsAny(text, ":") {
		return headings
	}
	u.reader.vague = true
	switch w := u.reader.wraps; {
	case w == passing, w == upper && words < 6 && next.filled() > 0, w == lower && words < 6 && directly && named != "":
		return w
	}
	return headings
}

// joined puts the cells of two names together; the numbers are those of rows.
func (u *unwrapped) joined(first, second, rows line) line {
	out := rows
	out.cells = slices.Clone(rows.cells)
	for _, j := range u.columns.categories {
		a, b := first.cell(j), second.cell(j)
		for len(out.cells) <= j {
			out.cells = append(out.cells, "")
		}
		between := " "
		if strings.HasSuffix(a, "-") || strings.HasSuffix(a, "/") {
			between = ""
		}
		out.cells[j] = strings.TrimSpace(a + between + b)
	}
	if u.numbers(rows) && (!u.told || rows.note != "") { // said once
		out.note = fmt.Sprintf("the parts of names that are broken over lines were put together, as in %q", shorten(u.name(out)))
		u.told = true
	}
	return out
}

// open says that a name goes on on the next line: a parenthesis is open, or it ends
// as no name does.
func open(s string) bool {
	words := strings.Fields(strings.ToLower(s))
	if len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	return strings.Count(s, "(") > strings.Count(s, ")") || strings.HasSuffix(last, "/") || len(words) > 0 && len(last) > 1 && strings.HasSuffix(last, "-") ||
		slices.Contains([]string{"or", "and", "of", "the", "not", "non", "than", "&", "with", "oder", "und", "nicht", "ou", "et", "o", "y"}, strings.Trim(last, "("))
}

// goesOn says that a text is the rest of a name: it closes a parenthesis that it does
// not open, stands in parentheses altogether, or begins as no name does.
func goesOn(s string) bool {
	words := strings.Fields(s)
	if len(words) == 0 {
		return false
	}
	return strings.Count(s, ")") > strings.Count(s, "(") || strings.HasPrefix(s, "(") || strings.HasPrefix(s, "/") ||
		slices.Contains([]string{"or", "and", "of", "than", "&", "oder", "und", "ou", "et", "alone"}, words[0])
}

// completes says that two texts are one name of a sex or race, of which one part
// alone says little: Black or African and American, Native and Hawaiian.
func (l labels) completes(first, second string) bool {
	a, b := plainWords(l.remark.ReplaceAllString(first, " ")), plainWords(l.remark.ReplaceAllString(second, " "))
	one, restOne := l.recognized(a)
	two, restTwo := l.recognized(b)
	both, left := l.recognized(a + " " + b)
	switch {
	case both[raceAxis] == "":
		return len(both) == 1 && len(one)+len(two) == 0 && left == ""
	case one[raceAxis] != "" && two[raceAxis] != "":
		return a != b && one[raceAxis] == two[raceAxis] && one[sexAxis] == "" && both[raceAxis] == one[raceAxis] && left == ""
	case one[raceAxis] == "" && !used(restOne, left), two[raceAxis] == "" && !used(restTwo, left):
		return false
	}
	return true
}

// used says that no word of a text is left over.
func used(text, left string) bool {
	over := strings.Fields(left)
	words := strings.Fields(text)
	return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return slices.Contains(over, w) })
}

// reread takes texts among the rows for something else than headings, if everything
// follows then, or if less than half as much does not.
func (r *reader) reread(lines []line, tables []*table) (*reader, []*table) {
	best, found := r, tables
	least := (r.check(tables).Count(Problem) + 1) / 2
	for _, w := range []wrapping{upper, lower, passing} {
		other := &reader{guesser: r.guesser, labels: r.labels, wraps: w}
		tried := other.tables(lines)
		if n := other.check(tried).Count(Problem); len(tried) > 0 && n < least {
			best, found, least = other, tried, n
		}
	}
	if best != r {
		first, _ := found[0].lines()
		found[0].remarks = append(found[0].remarks, remark{Note, "reading", first, best.wraps.says()})
	}
	return best, found
}
