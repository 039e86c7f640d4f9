package reports

import (
	"fmt"
	"io"
	"strings"

	runewidth "github.com/mattn/go-runewidth"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Text writes the first screen for a terminal: at most 24 lines of at most
// Width columns. The zero value is plain UTF-8 of 100 columns without color.
type Text struct {
	Color bool // ANSI colors for the verdict words
	ASCII bool // for terminals without UTF-8
	Width int  // columns; 0 is 100
}

const (
	textWidth  = 100
	textLines  = 24
	textNarrow = 40 // below this a line cannot hold a sentence
)

// Write writes the summary.
func (t Text) Write(w io.Writer, r *audit.Result) error {
	if t.Width == 0 {
		t.Width = textWidth
	}
	t.Width = max(t.Width, textNarrow)
	s := screen{Text: t, r: r, x: newIndex(r)}
	s.head()
	open := undecided(r)
	s.findings(len(open))
	s.open(open)
	s.charts()
	for _, line := range s.lines {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

// screen collects lines.
type screen struct {
	Text
	r     *audit.Result
	x     *index
	lines []string
}

func (s *screen) add(line string) { s.lines = append(s.lines, line) }

// left is the number of lines that are still free.
func (s *screen) left() int { return textLines - len(s.lines) }

// head is the name, the period and size, and the verdict.
func (s *screen) head() {
	name := s.plain(title(s.r))
	facts := s.plain(scope(s.r))
	room := s.Width - runewidth.StringWidth(facts)
	if room >= 24 && runewidth.StringWidth(name)+2 <= room {
		s.add(name + strings.Repeat(" ", room-runewidth.StringWidth(name)) + facts)
	} else {
		s.add(s.cut(name, s.Width))
		s.add(s.cut(facts, s.Width))
	}
	b := badgeOf(s.r.Verdict)
	word := s.shape(b) + " " + strings.ToUpper(b.Word)
	at := len(s.lines)
	s.wrap(word+"  ", "  ", tally(s.r), 3)
	s.lines[at] = s.paint(b, word) + strings.TrimPrefix(s.lines[at], word)
	s.add("")
}

// scope is the period, the rows and their noun.
func scope(r *audit.Result) string {
	rows := count(r.Data.RowsAudited) + " " + unit(r)
	if r.Data.Copies != 0 && r.Data.Copies != r.Data.RowsAudited {
		rows = count(r.Data.Copies) + " " + unit(r) + " in " + count(r.Data.RowsAudited) + " rows"
	}
	if p := period(r); p != "" {
		return p + " · " + rows
	}
	return rows
}

// findings writes the sentences, keeping room for what could not be decided.
func (s *screen) findings(open int) {
	var list []audit.Finding
	for _, f := range s.r.Findings {
		if f.Severity != audit.Inconclusive && f.Severity != audit.Error && f.Severity != "" {
			list = append(list, f)
		}
	}
	if len(list) == 0 {
		s.wrap("  ", "  ", noFindings(s.r), 2)
		return
	}
	keep := 0
	if open > 0 {
		keep = 2 + min(open, 4)
	}
	for i, f := range list {
		if s.left()-keep < 3 {
			s.add(s.plain("  … and " + plural(len(list)-i, "more finding", "more findings") + " in the full report"))
			return
		}
		b := badgeOf(f.Severity)
		s.wrapPainted(b, f.Title, 2)
		s.wrap("  ", "  ", f.Detail, 2)
	}
}

// open writes what could not be decided and why.
func (s *screen) open(items []openItem) {
	if len(items) == 0 {
		return
	}
	s.add("")
	s.add("Could not be decided:")
	for i, it := range items {
		if i < len(items)-1 && s.left() < 2 {
			s.add(s.plain("  … and " + count(int64(len(items)-i)) + " more in the full report"))
			return
		}
		s.wrapPainted(badgeOf(audit.Inconclusive), it.What+": "+it.Why, 2)
	}
}

// wrapPainted wraps a sentence behind the shape of a verdict.
func (s *screen) wrapPainted(b badge, text string, limit int) {
	at := len(s.lines)
	first := s.shape(b) + " "
	s.wrap(first, strings.Repeat(" ", runewidth.StringWidth(first)), text, limit)
	if at < len(s.lines) {
		s.lines[at] = s.paint(b, s.shape(b)) + strings.TrimPrefix(s.lines[at], s.shape(b))
	}
}

// wrap breaks a text at spaces into at most limit lines; the last one ends in
// an ellipsis if something was left out.
func (s *screen) wrap(first, next, text string, limit int) {
	line, lead, n := first, first, 0
	fields := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' }) // not at a thin space
	for i, word := range fields {
		word = s.cut(s.plain(word), s.Width-runewidth.StringWidth(next))
		glue := " "
		if line == lead {
			glue = ""
		}
		if runewidth.StringWidth(line+glue+word) > s.Width && line != lead {
			if n++; n == limit {
				s.add(s.cut(line+" "+s.plain(strings.Join(fields[i:], " ")), s.Width))
				return
			}
			s.add(line)
			line, lead, glue = next, next, ""
		}
		line += glue + word
	}
	if line != lead {
		s.add(line)
	}
}

func (s *screen) cut(text string, width int) string {
	if s.ASCII {
		return runewidth.Truncate(text, width, "...")
	}
	return runewidth.Truncate(text, width, "…")
}

func (s *screen) shape(b badge) string {
	if s.ASCII {
		return b.ASCII
	}
	return b.Shape
}

// paint colors a verdict, when asked.
func (s *screen) paint(b badge, text string) string {
	if !s.Color {
		return text
	}
	code := map[string]string{"pass": "32", "warn": "33", "fail": "31", "open": "35", "info": "36"}[b.Class]
	if code == "" {
		return text
	}
	return "\x1b[1;" + code + "m" + text + "\x1b[0m"
}

// plain makes a text fit for a terminal: no control characters, no thin
// spaces, and in ASCII mode no other characters either.
func (s *screen) plain(text string) string {
	text = strings.NewReplacer("\u202f", " ", "\u2009", " ", "\u00a0", " ").Replace(clean(text))
	if !s.ASCII {
		return text
	}
	text = strings.NewReplacer("−", "-", "–", "-", "—", "-", "…", "...", "·", "|", "×", "x", "÷", "/",
		"≤", "<=", "≥", ">=", "“", `"`, "”", `"`, "’", "'", "Δ", "delta ").Replace(text)
	var b strings.Builder
	for _, r := range text {
		if r < 0x80 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "\\u%04x", r)
		}
	}
	return b.String()
}
