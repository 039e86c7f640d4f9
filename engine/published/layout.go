package published

import (
	"slices"
	"strings"
)

// layout says which column of a table holds what.
type layout struct {
	headers    []string
	roles      []Role
	column     map[Role]int // of roles that are numbers, and of Table
	categories []int
	again      map[int]Role   // of columns that have a role another has already
	aside      map[int]string // columns in percent that were not used, and why not
	within     Role           // what percentages beside counts of the selected are: rates, parts, or nobody knows
	inferred   []int          // columns whose role follows from their numbers
	made       int            // the column, from 1, that the file does not have
	others     int            // the column, from 1, of those not selected
}

// header tries to read a line, or the line and the one below it, as the head of a
// table. used is the number of lines it takes; 0 if it is none.
func (g guesser) header(lines []line, i int) (out layout, used int) {
	if !g.wordy(lines[i]) {
		return layout{}, 0
	}
	alone := g.layout(lines[i].cells)
	alone.made = lines[i].made
	if i+1 < len(lines) && !lines[i+1].blank && (g.wordy(lines[i+1]) || g.divides(lines[i], lines[i+1])) && lines[i+1].filled() > 1 {
		both := g.layout(merged(lines[i].cells, lines[i+1].cells))
		below := g.layout(lines[i+1].cells)
		titled := lines[i].filled() == 1 && lines[i].cell(0) != ""
		// A line above that says no more about the roles may say how they were measured.
		longer := slices.Equal(both.roles, below.roles) && 2*lines[i].filled() > lines[i+1].filled()
		if !titled && both.serves() && both.numbers() >= alone.numbers() && (both.numbers() > below.numbers() || longer || !below.serves()) {
			return both.settled(lines[i+2:], g), 2
		}
	}
	if alone.serves() && lines[i].filled() > 1 {
		return alone.settled(lines[i+1:], g), 1
	}
	return layout{}, 0
}

// divides says that a line divides merged cells of the one above it into years.
func (g guesser) divides(upper, lower line) bool {
	merged, years := 0, 0
	for j := range max(len(upper.cells), len(lower.cells)) {
		c := lower.cell(j)
		if j > 0 && upper.cell(j) == "" && c != "" {
			merged++
		}
		switch {
		case isYear(c):
			years++
		case c != "" && !g.wordy(line{cells: []string{c}}):
			return false
		}
	}
	return merged > 0 && years > 1
}

func isYear(s string) bool {
	return len(s) == 4 && (strings.HasPrefix(s, "19") || strings.HasPrefix(s, "20")) && strings.Trim(s, "0123456789") == ""
}

// wordy says that no cell of a line is a number or stands for one.
func (g guesser) wordy(l line) bool {
	for _, c := range l.cells {
		word, known := g.words[c]
		if !known {
			n := g.number(c, false)
			word = !(n.state == given || n.state == hidden && strings.ToLower(c) != "n" && !g.heads(c) || g.parts(c, Rate) != nil)
			g.words[c] = word
		}
		if !word {
			return false
		}
	}
	return l.filled() > 0
}

// heads says whether a text that could stand for a missing number heads a column,
// as Not selected does and N/A does not.
func (g guesser) heads(text string) bool {
	s := strings.ToLower(text)
	return len(strings.Fields(plainWords(s))) > 1 && plainWords(s) != "n a" &&
		slices.ContainsFunc(g.rules, func(r compiledRule) bool { return r.role != Category && r.pattern.MatchString(s) })
}

// merged joins two lines of headers; an empty cell of the upper one belongs to
// the text at its left.
func merged(upper, lower []string) []string {
	out := make([]string, max(len(upper), len(lower)))
	left := ""
	for j := range out {
		up, low := line{cells: upper}.cell(j), line{cells: lower}.cell(j)
		if up != "" {
			left = up
		} else if low != "" {
			up = left
		}
		out[j] = strings.TrimSpace(up + " " + low)
	}
	return out
}

func (g guesser) layout(headers []string) layout {
	l := layout{headers: headers, roles: make([]Role, len(headers))}
	for j, h := range headers {
		l.roles[j] = g.role(h, j)
		if j > 0 && l.roles[j] == Share && l.roles[j-1] == Selected && g.columns.named(h, j) == "" && bareHeading(h) {
			l.roles[j] = Rate // as its numbers are to say
		}
	}
	return l
}

// numbers is how many kinds of numbers the headers name.
func (l layout) numbers() int {
	seen := map[Role]bool{}
	for _, r := range l.roles {
		if r.numeric() {
			seen[r] = true
		}
	}
	return len(seen)
}

// serves says whether headers make a table: names and a number, or two numbers.
func (l layout) serves() bool {
	named := false
	for _, r := range l.roles {
		named = named || r == Category
	}
	return l.numbers() > 1 || l.numbers() == 1 && named
}

// settled looks at the lines below a header: a column of texts holds no numbers,
// whatever its header says, and of two columns with one role the first counts.
// Numbers without a header left of the others count the lines, where there are names.
func (l layout) settled(below []line, g guesser) layout {
	first := len(l.roles)
	l.counts(below, g)
	l.column, l.again = map[Role]int{}, map[int]Role{}
	for j, r := range l.roles {
		if r.numeric() && g.columns.named(l.headers[j], j) == "" && g.texts(below, j) && !g.digits(below, j) {
			if r = Category; slices.Contains(l.roles[:j], Category) || slices.ContainsFunc(l.roles[:j], Role.numeric) {
				r = "" // verdicts, such as Pass, behind the names
			}
			l.roles[j] = r
		}
		if _, again := l.column[r]; again && r != Category {
			l.again[j] = r
			l.roles[j], r = "", ""
		}
		if r.numeric() || r == Table {
			l.column[r] = j
		}
		if r.numeric() {
			first = min(first, j)
		}
	}
	for j, r := range l.roles {
		if r == Category || r == "" && l.headers[j] == "" && j < first && len(g.columns[Category]) == 0 {
			l.categories = append(l.categories, j)
		}
	}
	if named := slices.DeleteFunc(slices.Clone(l.categories), func(j int) bool {
		return l.roles[j] == "" && g.numbersBelow(below, j)
	}); len(named) > 0 {
		l.categories = named
	}
	others := func() int {
		return len(l.categories) - len(slices.DeleteFunc(slices.Clone(l.categories), func(j int) bool { return j+1 != l.made }))
	}
	for j := 0; others() == 0 && j < first; j++ {
		if l.roles[j] == "" && g.texts(below, j) {
			l.categories = append(l.categories, j)
		}
	}
	slices.Sort(l.categories)
	l.prefer(below, g)
	l.percentages(below, g)
	l.beside(below, g)
	l.infer(below, g)
	l.others = g.notSelected(l, below)
	return l
}

// prefer takes, of two columns of counts, the one from which the rates follow, where
// they follow from one only: all applicants, say, or those who qualified.
func (l *layout) prefer(below []line, g guesser) {
	for j, role := range l.again {
		first := l.column[role]
		if role != Applicants && role != Selected || l.fits(below, g, first, role) || !l.fits(below, g, j, role) {
			continue
		}
		l.column[role] = j
		l.roles[first], l.roles[j] = "", role
		l.again[first] = role
		delete(l.again, j)
		return
	}
}

// digits says whether a column holds digits, whatever they mean.
func (g guesser) digits(below []line, j int) bool {
	for i, l := range below {
		if i == 20 || i > 0 && l.blank {
			break
		}
		if strings.ContainsAny(l.cell(j), "0123456789") {
			return true
		}
	}
	return false
}

// texts says whether a column holds words and no number, as far as the table
// goes.
func (g guesser) texts(below []line, j int) bool {
	words := 0
	for i, l := range below {
		if i == 20 || i > 0 && l.blank {
			break
		}
		switch g.number(l.cell(j), false).state {
		case given:
			return false
		case unreadable:
			words++
		}
	}
	return words > 0
}
