package published

import (
	"fmt"
	"slices"
	"strings"
)

// apart gives every table that stood beside others its own lines.
func (s spread) apart(head line, below []line) (out []line) {
	for k, b := range s.blocks {
		h := line{number: head.number, blank: true, cells: pick(s.headers, b.at)}
		if b.name != "" {
			out = append(out, line{number: head.number, blank: true, cells: []string{b.name}})
			h.blank = false
		}
		if k == 0 {
			h.blank = head.blank
			h.note = fmt.Sprintf("%d tables stand side by side, and each was read by itself", len(s.blocks))
		}
		out = append(out, h)
		for _, l := range below {
			if own := (line{number: l.number, blank: l.blank, cells: pick(l.cells, b.at)}); own.filled() > 0 {
				out = append(out, own)
			}
		}
	}
	return out
}

func pick(cells []string, at []int) (out []string) {
	for _, j := range at {
		out = append(out, line{cells: cells}.cell(j))
	}
	return out
}

// stacked gives every block its own lines. Blocks that are named by a sex or race
// are parts of one table; others, such as years, are tables.
func (r *reader) stacked(s spread, head line, below []line) []line {
	var before, after []int
	var left []string
	start := len(s.headers)
	for _, b := range s.blocks {
		for _, j := range b.at {
			if j >= 0 {
				start = min(start, j)
			}
		}
	}
	full := s.blocks[slices.IndexFunc(s.blocks, func(b columns) bool { return !slices.Contains(b.at, -1) })]
	for j := range s.headers {
		if slices.ContainsFunc(s.blocks, func(b columns) bool { return slices.Contains(b.at, j) }) {
			continue
		}
		if s.roles[j].numeric() { // of no block, and so of nobody knows whom
			left = append(left, s.headers[j])
		} else if j < start {
			before = append(before, j)
		} else {
			after = append(after, j)
		}
	}
	kind, shown := r.blockNames(s)
	first := pick(s.headers, full.at)
	out := []line{{left: left, uncounted: s.uncounted, number: head.number, blank: head.blank, made: len(before) + len(first) + 1, cells: slices.Concat(pick(s.headers, before), first, []string{kind}, pick(s.headers, after)),
		note: "the same numbers stand side by side for " + list(shown) + ", and each part was read by itself"}}
	if s.pooled != "" {
		out[0].note += fmt.Sprintf("; the column %q counts the people of more than one, as the numbers agree", shorten(s.pooled))
	}
	numbers := func(l line, b columns) bool { return line{cells: pick(l.cells, b.at)}.filled() > 0 }
	last := len(below)
	for last > 0 && !slices.ContainsFunc(s.blocks, func(b columns) bool { return numbers(below[last-1], b) }) {
		last--
	}
	for k, b := range s.blocks {
		for _, l := range below[:last] {
			own := line{number: l.number, blank: l.blank && k == 0, cells: pick(l.cells, before)}
			if numbers(l, b) {
				if len(before) > 0 && own.filled() == 0 {
					own.cells[0] = "Total"
				}
				own.cells = slices.Concat(own.cells, pick(l.cells, b.at), shown[k:k+1], pick(l.cells, after))
				if extra := len(s.headers); len(l.cells) > extra {
					own.cells = append(own.cells, l.cells[extra:]...)
				}
			} else if slices.ContainsFunc(s.blocks, func(o columns) bool { return numbers(l, o) }) {
				continue
			}
			out = append(out, own)
		}
	}
	return append(out, below[last:]...)
}

// blockNames are how the blocks are called, and the heading above their names.
func (r *reader) blockNames(s spread) (kind string, shown []string) {
	axes, groups := map[string]bool{}, 0
	for _, b := range s.blocks {
		name := b.name
		if name == "" {
			name = "Total"
		}
		shown = append(shown, name)
		if r.total.MatchString(plainWords(name)) {
			continue
		}
		for axis := range r.place(name, "") {
			axes[axis] = true
		}
		groups++
	}
	switch {
	case groups == 0 || axes[""]:
		return "Table", shown
	case len(axes) == 1 && axes[sexAxis]:
		return "Sex", shown
	case len(axes) == 1 && axes[raceAxis]:
		return "Race/Ethnicity", shown
	}
	return "Group", shown
}

// list joins names with commas and an and.
func list(names []string) string {
	var quoted []string
	for _, n := range names {
		quoted = append(quoted, fmt.Sprintf("%q", shorten(n)))
	}
	if n := len(quoted) - 1; n > 0 {
		return strings.Join(quoted[:n], ", ") + " and " + quoted[n]
	}
	return strings.Join(quoted, "")
}
