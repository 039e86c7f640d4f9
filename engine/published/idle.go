package published

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// idle says which columns with numbers played no part, and which were read
// without a heading.
func (b *block) idle(f notation) {
	if len(b.rows) == 0 {
		return
	}
	for j, role := range b.layout.roles {
		if slices.Contains(b.layout.categories, j) || b.layout.column[Table] == j && role == Table {
			continue
		}
		header, name := b.layout.headers[j], b.column(j)
		say := func(s Severity, kind, text string) { b.remark(s, kind, b.rows[0].line, name+" "+text) }
		if slices.Contains(b.layout.inferred, j) {
			say(Note, "reading", "was taken for the "+role.words(&table{})+", as its numbers fit")
			continue
		}
		if b.asides(j, say) {
			continue
		}
		if j+1 == b.layout.others {
			if _, counted := b.layout.column[Applicants]; !counted {
				say(Note, "column not used", "counts those not selected, and there is no number of applicants to hold it against")
			}
			continue
		}
		digits, filled := b.filledWith(j)
		if role == "" && 2*digits <= filled && header != "" && j+1 != b.made && b.words(f, j, say) {
			continue
		}
		if role != "" || filled == 0 || 2*digits <= filled && (header == "" || !b.numbered(f, j)) {
			continue
		}
		switch again := b.layout.again[j]; {
		case again != "" && b.same(f, again, j):
			say(Note, "printed twice", "repeats "+b.column(b.layout.column[again]))
		case again != "":
			say(Unread, "column not read", fmt.Sprintf("holds %s too and was not read; %s was", again.one(), b.column(b.layout.column[again])))
		case header != "":
			say(Note, "column not used", "was not understood and not used")
		case !b.counter(j):
			say(Unread, "column not read", fmt.Sprintf("holds numbers and was not read (--columns selected=%d, say, tells what they are)", j+1))
		}
	}
}

// words settles a column of texts: verdicts on the limit of four fifths are held
// against the ratios, where there are some; others play no part.
func (b *block) words(f notation, j int, say func(Severity, string, string)) bool {
	v, some, known := b.judged(j)
	switch _, filled := b.filledWith(j); {
	case some && known:
		b.verdicts = append(b.verdicts, v)
	case some:
		say(Note, "column not used", "holds verdicts and does not say by which limit, and they were not checked")
	case filled == 0 || b.numbered(f, j):
		return false
	case 2*filled > len(b.rows):
		say(Note, "column not used", "holds words and was not used")
	}
	return true
}

// column names a column, by its place where its heading does not tell it from others.
func (b *block) column(j int) string {
	header, times := b.layout.headers[j], 0
	for _, h := range b.layout.headers {
		if h == header {
			times++
		}
	}
	switch {
	case header == "":
		return "the " + ordinal(j) + " column, which has no heading,"
	case times > 1:
		return fmt.Sprintf("the %s column, %q,", ordinal(j), shorten(header))
	}
	return fmt.Sprintf("the column %q", shorten(header))
}

// filledWith counts the cells of a column that hold something, and digits.
func (b *block) filledWith(j int) (digits, filled int) {
	for _, r := range b.rows {
		if c := (line{cells: r.raw}).cell(j); c != "" {
			filled++
			if strings.ContainsAny(c, "0123456789") {
				digits++
			}
		}
	}
	return digits, filled
}

// numbered says whether a cell of a column is a number, as a ratio among verdicts is.
func (b *block) numbered(f notation, j int) bool {
	return slices.ContainsFunc(b.rows, func(r row) bool { return f.number(line{cells: r.raw}.cell(j), false).known() })
}

// same says whether a column prints the numbers of a role once more, perhaps in
// percent.
func (b *block) same(f notation, role Role, j int) bool {
	compared := false
	for _, r := range b.rows {
		n, own := f.number(line{cells: r.raw}.cell(j), role == Applicants || role == Selected), r.cells[role]
		compared = compared || n.known() && own.known()
		if n.known() && own.known() && !n.span().meets(own.span()) && !n.scale().span().meets(own.span()) && !n.span().meets(own.scale().span()) {
			return false
		}
	}
	return compared
}

// counter says whether a column numbers the lines.
func (b *block) counter(j int) bool {
	last, seen := 0, false
	for _, r := range b.rows {
		n, err := strconv.Atoi(line{cells: r.raw}.cell(j))
		if err != nil || seen && n <= last || n > 10*len(b.rows)+1 {
			return false
		}
		last, seen = n, true
	}
	return seen && j == 0
}
