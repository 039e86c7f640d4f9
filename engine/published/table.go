package published

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// row is a line of a table with its numbers.
type row struct {
	line  int
	label string
	place place
	table string // value of the Table column
	kind  rowKind
	cells map[Role]number
	// others are those not selected, where a column counts them.
	others number
	raw    []string
	start  boundary
	lost   bool // its numbers could not be told apart
}

// boundary is what stands above a row.
type boundary int

const (
	noBoundary boundary = iota
	headAgain           // the header once more, as on the next page
	emptyLine
)

type rowKind int

const (
	groupRow rowKind = iota
	totalRow
	unknownRow
)

func (r row) count(role Role) span { return r.cells[role].span() }

// table is the part of a file that is about one attribute or one intersection.
type table struct {
	title    string
	name     string
	axes     []string
	headers  map[Role]string
	groups   []row
	totals   []row
	unknown  []row
	scoring  bool
	verdicts []verdicts // columns of words on the limit of four fifths
	stated   *statement // of people of unknown group, where only sentences count them
	remarks  []remark
}

// block is what stands under one header, up to the next title or empty line.
type block struct {
	title    string
	layout   layout
	rows     []row
	stated   *statement
	remarks  []remark
	derived  map[Role]int // columns of roles that are part of a cell
	verdicts []verdicts
	made     int // the column, from 1, in which blocks of columns side by side are named
}

// reader makes tables of lines.
type reader struct {
	guesser
	labels
	blocks    []*block
	current   *block
	title     string
	above     []string // category cells of the row before
	sections  place
	start     boundary   // above the next row
	closed    bool       // a sentence ended the table
	sectioned bool       // the line before was a section
	stated    *statement // the last on people of unknown group
	agreed    bool       // no other statement differs from it
	wraps     wrapping   // what texts among the rows are taken for
	vague     bool       // there are some whose words do not say it
}

// tables reads all tables of a file.
func (r *reader) tables(lines []line) []*table {
	from := 0
	lines = r.unfold(lines)
	if r.guesser.columns.numbered() {
		from = r.headless(lines)
	}
	var under layout
	if r.current != nil {
		under = r.current.layout
	}
	lines = slices.Concat(lines[:from], r.unwrap(lines[from:], under))
	for i := from; i < len(lines); i++ {
		l := lines[i]
		if r.sentence(l) {
			continue
		}
		if found, used := r.header(lines, i); used > 0 {
			r.head(found, l.blank)
			if l.note != "" {
				r.current.made = l.made
				r.current.remark(Note, "reading", l.number, l.note)
				for _, name := range l.uncounted {
					r.current.remark(Unread, "rates without counts", l.number, fmt.Sprintf("no number of applicants was found from which the rates of %q follow; they were not held against counts", shorten(name)))
				}
				for _, header := range l.left {
					r.current.remark(Unread, "column not read", l.number, fmt.Sprintf("the column %q stands beside those of several parts and was not read", shorten(header)))
				}
			}
			i += used - 1
			continue
		}
		switch {
		case r.current == nil:
			r.heading(l)
		case r.numbersIn(l) == 0:
			r.section(l)
		case r.prose(l):
			r.closed = true
		default:
			if l.blank && !r.sectioned {
				r.start, r.sections = emptyLine, place{}
			}
			r.row(l)
		}
	}
	var out []*table
	r.agreed = true
	for _, b := range r.blocks {
		if b.stated != nil {
			r.agreed = r.agreed && (r.stated == nil || r.stated.same(b.stated))
			r.stated = b.stated
		}
		r.everyone(b)
		out = append(out, b.tables(r.notation)...)
	}
	return out
}

// headless gives a file without headers the columns that were named by number. A
// first line without numbers in those columns is a header all the same.
func (r *reader) headless(lines []line) (used int) {
	if len(lines) == 0 {
		return 0
	}
	width := 0
	for _, l := range lines {
		width = max(width, len(l.cells))
	}
	r.open(r.layout(make([]string, width)).settled(lines, r.guesser))
	numbers := 0
	for role, j := range r.current.layout.column {
		if c := lines[0].cell(j); role.numeric() && (r.number(c, false).known() || strings.ContainsAny(c, "0123456789")) {
			numbers++
		}
	}
	if lines[0].filled() > 1 && numbers == 0 {
		r.open(r.layout(append(slices.Clone(lines[0].cells), make([]string, width-len(lines[0].cells))...)).settled(lines[1:], r.guesser))
		return 1
	}
	return 0
}

// head begins a block, unless it is the same header once more.
func (r *reader) head(l layout, blank bool) {
	if r.current == nil || r.title != "" || r.closed || !slices.Equal(l.headers, r.current.layout.headers) {
		r.open(l)
		return
	}
	r.start, r.above, r.sections = headAgain, nil, place{}
	if blank {
		r.start = emptyLine
	}
}

// open begins a block.
func (r *reader) open(l layout) {
	if n := len(r.blocks) - 1; n >= 0 && len(r.blocks[n].rows) == 0 { // only a title came
		if r.title == "" {
			r.title = r.blocks[n].title
		}
		r.blocks = r.blocks[:n]
	}
	r.current = &block{layout: l, title: r.title, derived: map[Role]int{}}
	r.blocks = append(r.blocks, r.current)
	r.title, r.above, r.sections, r.start, r.closed, r.sectioned = "", nil, place{}, noBoundary, false, false
}

// heading reads a line before the first header.
func (r *reader) heading(l line) {
	if l.filled() == 1 && !r.aside.MatchString(plainWords(strings.Join(l.cells, ""))) {
		r.title = strings.TrimLeft(strings.Join(l.cells, ""), "# ")
	}
}

// prose says that a line is a note with commas, not a row.
func (r *reader) prose(l line) bool {
	text := strings.Join(l.cells, " ")
	for role, j := range r.current.layout.column {
		if c := l.cell(j); role.numeric() && c != "" && r.number(c, false).state != unreadable {
			return false
		}
	}
	return len(strings.Fields(text)) > 5 && !strings.ContainsAny(text, "0123456789")
}

// numbersIn counts the cells of number columns that are not empty.
func (r *reader) numbersIn(l line) int {
	n := 0
	for role, j := range r.current.layout.column {
		if role.numeric() && l.cell(j) != "" {
			n++
		}
	}
	return n
}

// section reads a line without numbers: a part of the names below it, as Male
// above White, or a title.
func (r *reader) section(l line) {
	if l.filled() == 0 {
		return
	}
	text := strings.TrimSpace(strings.Join(l.cells, " "))
	if l.blank {
		r.start, r.sections = emptyLine, place{}
	}
	if l.filled() == 1 && (r.aside.MatchString(plainWords(text)) || strings.HasSuffix(text, ".") && len(strings.Fields(text)) > 4) {
		r.closed = true // a note
		return
	}
	r.sectioned = true
	if r.notHispanic.ReplaceAllString(plainWords(text), "") == "" {
		delete(r.sections, raceAxis)
		return
	}
	p := r.place(text, "")
	if _, plain := p[""]; !plain && len(p) == 1 && l.filled() == 1 {
		maps.Copy(r.sections, p)
		return
	}
	kept := r.current.layout
	r.title = text
	r.open(kept)
}

// row reads a line with numbers.
func (r *reader) row(l line) {
	b := r.current
	l, ok := r.fitted(l)
	if name := plainWords(l.cell(0)); l.short && !r.total.MatchString(name) && !r.unknown.MatchString(name) {
		b.remark(Unread, "cells", l.number, "this line has fewer cells than others, so that nobody can say which number is which; they were left out")
		ok = false
	}
	if !ok { // a group whose numbers nobody knows, so that sums may be larger
		l.cells = slices.Clone(l.cells)
		for j := range l.cells {
			if !slices.Contains(b.layout.categories, j) {
				l.cells[j] = ""
			}
		}
	}
	if l.note != "" {
		b.remark(Note, "reading", l.number, l.note)
	}
	out := row{line: l.number, raw: l.cells, lost: !ok, start: r.start, place: maps.Clone(r.sections), cells: map[Role]number{}}
	for role, j := range b.layout.column {
		if role.numeric() {
			out.cells[role] = r.number(l.cell(j), role == Applicants || role == Selected)
			if role == Ratio {
				out.cells[role] = r.ratio(l.cell(j))
			}
		} else {
			out.table = l.cell(j)
		}
	}
	if j := b.layout.others; j > 0 {
		out.others = r.number(l.cell(j-1), true)
	}
	r.compounds(l, &out)
	r.start, r.sectioned = noBoundary, false
	r.name(l, &out)
	b.rows = append(b.rows, out)
}

// name finds out which group a row is about.
func (r *reader) name(l line, out *row) {
	cols := r.current.layout.categories
	cells := make([]string, len(cols))
	for i, j := range cols {
		cells[i] = l.cell(j)
	}
	// An empty cell continues the name above it, where the names above are
	// nested: Hispanic, Male and below it an empty cell, Female.
	for i := range cells {
		if cells[i] != "" {
			break
		}
		if r.above != nil && slices.ContainsFunc(r.above[i+1:], func(s string) bool { return s != "" }) &&
			slices.ContainsFunc(cells[i+1:], func(s string) bool { return s != "" }) {
			cells[i] = r.above[i]
		}
	}
	r.above = cells
	var shown []string
	everyone := false
	for i, c := range cells {
		s := plainWords(c)
		switch {
		case s == "":
		case r.total.MatchString(s):
			everyone = true
		case r.axisTitle.MatchString(s) && len(cells) > 1:
		case r.unknown.MatchString(s):
			out.kind = unknownRow
			shown = append(shown, c)
		default:
			header := r.current.layout.headers[cols[i]]
			r.add(out, c, header, len(cells) > 1)
			shown = append(shown, c)
		}
	}
	out.label = strings.Join(shown, ", ")
	if everyone && r.current.made > 0 && len(shown) > 0 { // of a block, or over all blocks
		out.kind, out.label = totalRow, out.label+", total"
	}
	if len(shown) == 0 {
		out.label = "total"
		if everyone || len(cols) > 0 {
			out.kind = totalRow
		}
	}
}

// add puts a part of a name where it belongs.
func (r *reader) add(out *row, text, header string, several bool) {
	attribute := headed(header)
	if attribute == "" && several {
		attribute = plainWords(header)
	}
	if r.notHispanic.ReplaceAllString(plainWords(text), "") == "" && several {
		return
	}
	for axis, value := range r.place(text, attribute) {
		out.place[axis] = value
	}
}

// headed is the attribute that a header names, if it names one.
func headed(header string) string {
	s := plainWords(header)
	race := strings.Contains(s, "race") || strings.Contains(s, "ethnicity")
	sex := slices.ContainsFunc([]string{"sex", "gender", "geschlecht", "género", "sesso", "geslacht"}, func(w string) bool { return strings.Contains(s, w) })
	switch {
	case race && !sex:
		return raceAxis
	case sex && !race:
		return sexAxis
	}
	return ""
}

// key names a group whatever the order of its attributes.
func (p place) key() string {
	var b strings.Builder
	for _, axis := range slices.Sorted(maps.Keys(p)) {
		b.WriteString(axis + "\x00" + p[axis] + "\x00")
	}
	return b.String()
}

func (p place) axes() []string { return slices.Sorted(maps.Keys(p)) }
