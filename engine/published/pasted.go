package published

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// errNotPasted says that a text is no table whose columns are parted by single
// spaces.
var errNotPasted = errors.New("no lines of names and as many numbers as the header has")

// pastedLines parts a text at single spaces, as a PDF reader copies a table: every
// row is a name and some numbers, and the header above has a heading for each. It
// gives up where a row has more numbers than there are headings, or other ones than
// the first and a space that may part thousands, as nobody can tell then which
// belong together.
func (g guesser) pastedLines(text string) ([]line, error) {
	var out []line
	width, rows, usual := 0, 0, ""
	for i, raw := range strings.Split(text, "\n") {
		words := strings.Fields(raw)
		if len(words) == 0 {
			continue
		}
		l := line{number: i + 1, cells: []string{strings.Join(words, " ")}}
		if l.furniture() {
			continue
		}
		if i > maxLines {
			return nil, fmt.Errorf("line %d: more than %d lines; a published table is smaller", i+1, maxLines)
		}
		if heads := g.headings(words); heads != nil {
			l.cells, width, l.blank = heads, len(heads)-1, len(out) > 0
		} else if name, numbers := g.tail(words); width > 0 && len(numbers) > 0 && (name != "" || len(numbers) == width) {
			kinds := shape(numbers)
			if len(numbers) == width && rows == 0 {
				usual = kinds
			}
			if len(numbers) > width || kinds != usual && thousands(numbers) {
				return nil, errNotPasted
			}
			if len(numbers) == width {
				rows++
			}
			l.cells = append([]string{name}, numbers...)
		}
		out = append(out, l)
	}
	if rows < 2 {
		return nil, errNotPasted
	}
	return out, nil
}

// shape says which numbers have percent signs or decimals.
func shape(numbers []string) string {
	var b strings.Builder
	for _, n := range numbers {
		if strings.ContainsAny(n, "%.") {
			b.WriteByte('.')
		} else {
			b.WriteByte('n')
		}
	}
	return b.String()
}

// thousands says whether two numbers that follow each other could be one.
func thousands(numbers []string) bool {
	whole := func(s string) bool { return s != "" && len(s) <= 3 && strings.Trim(s, "0123456789") == "" }
	for i := 1; i < len(numbers); i++ {
		if whole(numbers[i-1]) && whole(numbers[i]) && len(numbers[i]) == 3 {
			return true
		}
	}
	return false
}

// tail parts a row into its name and the numbers at its end.
func (g guesser) tail(words []string) (name string, numbers []string) {
	at := len(words)
	for at > 0 {
		w := words[at-1]
		if w == "%" && at > 1 {
			w = words[at-2] + " %"
		}
		if n := g.number(w, false); n.state != given && n.state != hidden {
			break
		}
		at -= len(strings.Fields(w))
		numbers = append(numbers, w)
	}
	slices.Reverse(numbers)
	return strings.Join(words[:at], " "), numbers
}

// headings parts the words of a header where each part names another kind of
// number, two at least; what stands before them heads the names.
func (g guesser) headings(words []string) []string {
	const mostWords, mostParts = 24, 6
	if len(words) < 2 || len(words) > mostWords || !g.wordy(line{cells: words}) {
		return nil
	}
	var best []string
	steps := 0
	var extend func(done []string, used []Role, rest []string)
	extend = func(done []string, used []Role, rest []string) {
		if steps++; steps > 20_000 || len(used) > mostParts {
			return
		}
		if len(rest) == 0 {
			if len(used) > 1 && (best == nil || tidier(done, best)) {
				best = slices.Clone(done)
			}
			return
		}
		for n := 1; n <= min(len(rest), 4); n++ {
			part := strings.Join(rest[:n], " ")
			if role := g.role(part, maxColumns); role.numeric() && !slices.Contains(used, role) {
				extend(append(done[:len(done):len(done)], part), append(used[:len(used):len(used)], role), rest[n:])
			}
		}
	}
	for n := 0; n < min(len(words), 5); n++ {
		if n == 0 || !g.role(strings.Join(words[:n], " "), maxColumns).numeric() {
			extend([]string{strings.Join(words[:n], " ")}, nil, words[n:])
		}
	}
	return best
}

// tidier says that one way to part a header has more parts than another, fewer that
// end on a sign or a small word, or more words for the names.
func tidier(a, b []string) bool {
	loose := func(parts []string) (n int) {
		for _, p := range parts {
			words := strings.Fields(strings.ToLower(p))
			if len(words) > 0 && slices.Contains([]string{"#", "%", "of", "number", "selection", "scoring", "impact", "hiring", "pass"}, words[len(words)-1]) {
				n++
			}
		}
		return n
	}
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	if loose(a) != loose(b) {
		return loose(a) < loose(b)
	}
	return len(a[0]) > len(b[0])
}
