package published

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// piece is a part of a line between runs of spaces, and where it stands.
type piece struct {
	start, end int
	text       string
}

// spacedLines parts a text at runs of two or more spaces, as a table copied out of
// a PDF has them. Where the columns stand below each other, a cell belongs to the
// column above or below it; else to the next one in order.
func spacedLines(text string) ([]line, error) {
	gap := regexp.MustCompile(`[\s\x{00a0}\x{2003}]{2,}|\t`)
	var out []line
	var part []spacedLine
	blank := false
	for i, raw := range strings.Split(text, "\n") {
		if i >= maxLines {
			return nil, fmt.Errorf("line %d: more than %d lines; a published table is smaller", i+1, maxLines)
		}
		l := spacedLine{number: i + 1, blank: blank, pieces: pieces(strings.TrimRight(raw, " \t\r"), gap)}
		if len(l.pieces) > maxColumns {
			return nil, fmt.Errorf("line %d: more than %d columns; a published table is smaller", i+1, maxColumns)
		}
		if l.furniture() {
			continue
		}
		if blank = len(l.pieces) == 0; blank {
			if rows(part) > 0 { // else only headings came
				out, part = append(out, arranged(part)...), nil
			}
			continue
		}
		part = append(part, l)
	}
	return append(out, arranged(part)...), nil
}

// spacedLine is a line in pieces.
type spacedLine struct {
	number int
	blank  bool
	pieces []piece
}

// furniture says that a line belongs to the page and not to the table.
func (l spacedLine) furniture() bool {
	cells := make([]string, len(l.pieces))
	for i, p := range l.pieces {
		cells[i] = p.text
	}
	return line{cells: cells}.furniture()
}

// pieces parts a line; places are counted in characters.
func pieces(raw string, gap *regexp.Regexp) (out []piece) {
	from, place := 0, 0
	add := func(to int) {
		s := raw[from:to]
		trimmed := strings.TrimSpace(s)
		if trimmed != "" {
			start := place + utf8.RuneCountInString(s[:strings.Index(s, trimmed)])
			out = append(out, piece{start, start + utf8.RuneCountInString(trimmed), plainCell(trimmed)})
		}
		place += utf8.RuneCountInString(s)
		from = to
	}
	for _, m := range gap.FindAllStringIndex(raw, -1) {
		add(m[0])
		add(m[1])
	}
	add(len(raw))
	return out
}

// row says that a line has a name and a number, or several numbers.
func (l spacedLine) row() bool {
	for i, p := range l.pieces {
		if i > 0 && strings.ContainsAny(p.text, "0123456789") && !strings.ContainsAny(p.text, "abcdefghijklmnopqrstuvwxyz") {
			return true
		}
	}
	return false
}

func rows(part []spacedLine) (n int) {
	for _, l := range part {
		if l.row() {
			n++
		}
	}
	return n
}

// arranged puts the pieces of the lines of one table into its columns.
func arranged(part []spacedLine) (out []line) {
	width := 1
	for _, l := range part {
		if l.row() {
			width = max(width, len(l.pieces))
		}
	}
	extents := columnExtents(part, width)
	if len(extents) == width {
		for i := range part {
			part[i].part(extents)
		}
	} else {
		extents = columnExtents(part, 0)
	}
	aligned := len(extents) >= width
	if names, ok := namesBeside(part, extents); ok && aligned {
		extents = slices.Insert(extents, 0, names)
	}
	width = max(width, len(extents))
	for _, l := range part {
		cells := make([]string, max(width, len(l.pieces)))
		short := !aligned && l.row() && len(l.pieces) < width
		for k, p := range l.pieces {
			at := k
			switch {
			case aligned && len(l.pieces) == 1 && alone(extents, p): // perhaps the rest of a name
				at = nearest(extents, p)
			case len(l.pieces) >= width || len(l.pieces) == 1 && len(strings.Fields(p.text)) > 4: // complete, or a sentence
			case aligned:
				at = nearest(extents, p)
			case l.pieces[0].start > 1 || len(l.pieces) == width-1 && !l.row():
				at = k + 1 // nothing above the names
			}
			short = short || cells[at] != "" && l.row()
			cells[at] = strings.TrimSpace(cells[at] + " " + p.text)
		}
		out = append(out, line{number: l.number, blank: l.blank, cells: cells, short: short})
	}
	return out
}

// namesBeside is the column of names where no row with all numbers has one: the names
// stand on lines of their own at the left.
func namesBeside(part []spacedLine, extents []piece) (out piece, ok bool) {
	alone := 0
	for _, l := range part {
		if len(l.pieces) == 0 || len(extents) == 0 || l.pieces[0].end > extents[0].start {
			continue
		}
		if p := l.pieces[0]; alone == 0 {
			out = p
		} else {
			out.start, out.end = min(out.start, p.start), max(out.end, p.end)
		}
		alone++
	}
	return out, alone > 1
}

// part parts a long name from a number that only one space keeps apart, where the
// number stands in the next column.
func (l *spacedLine) part(extents []piece) {
	if len(l.pieces) == 0 || len(l.pieces) >= len(extents) || len(extents) < 2 {
		return
	}
	first := l.pieces[0]
	at := strings.LastIndexByte(first.text, ' ')
	if at < 0 || !strings.ContainsAny(first.text[at:], "0123456789") || strings.ContainsAny(first.text[at:], "+-–") {
		return
	}
	number := piece{first.end - utf8.RuneCountInString(first.text[at+1:]), first.end, first.text[at+1:]}
	if number.end <= extents[1].start || len(extents) > 2 && number.end >= extents[2].start {
		return
	}
	name := piece{first.start, number.start - 1, first.text[:at]}
	l.pieces = slices.Concat([]piece{name, number}, l.pieces[1:])
}

// columnExtents are where the columns begin and end: where the rows have anything,
// those of so many pieces or, with 0, all.
func columnExtents(part []spacedLine, width int) (out []piece) {
	var all []piece
	for _, l := range part {
		if l.row() && (width == 0 || len(l.pieces) == width) {
			all = append(all, l.pieces...)
		}
	}
	slices.SortFunc(all, func(a, b piece) int { return a.start - b.start })
	for _, p := range all {
		if n := len(out) - 1; n >= 0 && p.start < out[n].end {
			out[n].end = max(out[n].end, p.end)
		} else {
			out = append(out, p)
		}
	}
	return out
}

// alone says that a piece stands below or above one column only.
func alone(extents []piece, p piece) bool {
	k := nearest(extents, p)
	return (k == 0 || p.start > extents[k-1].end) && (k+1 == len(extents) || p.end < extents[k+1].start)
}

// nearest is the column that a piece stands in, or beside.
func nearest(extents []piece, p piece) (best int) {
	least := -1
	for k, e := range extents {
		far := max(0, e.start-p.end+1, p.start-e.end+1)
		if far == 0 { // the more they share the nearer
			far = -min(e.end, p.end) + max(e.start, p.start)
		}
		if k == 0 || far < least {
			best, least = k, far
		}
	}
	return best
}
