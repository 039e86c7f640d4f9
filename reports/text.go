package reports

import (
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	runewidth "github.com/mattn/go-runewidth"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Text writes the first screen for a terminal: about textLines lines of at most
// Width columns. The zero value is plain UTF-8 of 100 columns without color.
type Text struct {
	Color bool // ANSI colors for the verdict words
	ASCII bool // for terminals without UTF-8
	Width int  // columns; 0 is 100
}

const (
	textWidth   = 100
	textLines   = 28
	textNarrow  = 40 // below this a line cannot hold a sentence
	detailLines = 3  // sentences beyond these are left out, but for the first two
	mainOnes    = 2  // what is so, and who else or what would settle it
	titleLines  = 6  // where a single sentence is cut at last
)

// sentenceEnd is a full stop with a capital letter behind it.
var sentenceEnd = regexp.MustCompile(`\. \p{Lu}`)

// Write writes the summary.
func (t Text) Write(w io.Writer, r *audit.Result) error {
	if t.Width == 0 {
		t.Width = textWidth
	}
	t.Width = max(t.Width, textNarrow)
	s := screen{Text: t, r: r, x: newIndex(r)}
	absent := append(grouplessSentences(r, s.x), unlabeled(r, s.x)...)
	s.head()
	s.hangs()
	open := undecided(r)
	s.findings(len(open) + len(unmeasured(r)) + 2*len(r.Packs))
	s.open(open, unmeasured(r))
	s.listed("Not in this picture:", len(absent), func(i int) {
		s.sentences("- ", "  ", absent[i])
	})
	s.packs()
	s.kpis()
	s.charts()
	s.explained()
	s.privacy()
	for _, line := range s.lines {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

// privacy says what is suppressed.
func (s *screen) privacy() {
	p := s.r.Privacy
	if p == nil {
		return
	}
	what := "nothing had to be"
	if kinds := withheldKinds(s.r); kinds != "" {
		what = kinds + " are"
	}
	s.add("")
	s.wrap("", "", fmt.Sprintf("Small cells: %s suppressed, so that counts of 1 to %s are not shown%s.", what, count(p.MinCell-1), derivable(s.r)), 3)
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
	s.wrap(word+"  ", "  ", join(" · ", tally(s.r), budget(s.r)), 3)
	s.lines[at] = s.paint(b, word) + strings.TrimPrefix(s.lines[at], word)
	s.add("")
}

// hangs tells of verdicts that rows outside the judged numbers could turn.
func (s *screen) hangs() {
	const most = 2
	list := hanging(s.r)
	if len(list) == 0 {
		return
	}
	for _, text := range list[:min(most, len(list))] {
		s.wrap("  ", "  ", text, titleLines)
	}
	if n := len(list) - most; n > 0 {
		s.add(s.plain("  … and " + plural(n, "more check hangs", "more checks hang") + " on rows that are not in it"))
	}
	s.add("")
}

// budget says how many tests share alpha, and by which method, where a check goes
// by its test.
func budget(r *audit.Result) string {
	g := r.Gates
	used := policiesOf(g.Checks)
	switch {
	case len(g.Checks) == 0:
		return ""
	case used[audit.TwoProng] || used[audit.ByInterval]:
	case used[audit.BySequence] && len(used) == 1:
		return "indicators to date, at every look"
	case used[audit.ByPoint] && used[audit.Equivalence]:
		return "policies point and equivalence: no error budget" + falseAlarms(g.Checks)
	case used[audit.ByPoint]:
		return "policy point: no error budget" + falseAlarms(g.Checks)
	default:
		return "policy equivalence: limits have to be shown to hold"
	}
	if g.FamilySize == 0 {
		return ""
	}
	method := map[string]string{"bh": "Benjamini-Hochberg", "by": "Benjamini-Yekutieli", "none": "not adjusted"}[g.Adjustment]
	if method == "" {
		method = "Holm"
	}
	return plural(g.FamilySize, "test", "tests") + " at alpha " + strconv.FormatFloat(r.Audit.Alpha, 'g', -1, 64) + ", " + method
}

// falseAlarms is how often the audit would fail by chance because of checks by the
// point alone: of several at least as often as the worst of them, and at most as
// often as all of them together.
func falseAlarms(checks []audit.Check) string {
	worst, together, judged, known := -1.0, 0.0, 0, 0
	for _, c := range checks {
		if c.Threshold.Policy == audit.ByPoint {
			judged++
		}
		if c.FalseAlarm != nil {
			worst, together, known = max(worst, *c.FalseAlarm), min(1, together+*c.FalseAlarm), known+1
		}
	}
	switch {
	case worst < 0:
		return ""
	case judged > 1 && known == judged && roughPercent(worst) != roughPercent(together):
		return ", " + roughPercent(worst) + " to " + roughPercent(together) + " false alarms at parity"
	case judged > known: // some check fails at least as often as the worst of those that were drawn
		return ", at least " + roughPercent(worst) + " false alarms at parity"
	}
	return ", about " + roughPercent(worst) + " false alarms at parity"
}

// roughPercent is a share with no more digits than 1,000 draws give.
func roughPercent(share float64) string {
	if share > 0 && share < 0.01 {
		return percent(share)
	}
	return strconv.Itoa(int(math.Round(100*share))) + thin + "%"
}

// scope is the period, the rows and their noun.
func scope(r *audit.Result) string {
	rows := count(r.Data.RowsAudited) + " " + unit(r)
	if r.Data.Copies != 0 && r.Data.Copies != r.Data.RowsAudited {
		of := unit(r)
		if of == "rows" { // which stand for several
			of = "cases"
		}
		rows = count(r.Data.Copies) + " " + of + " in " + count(r.Data.RowsAudited) + " rows"
	}
	if p := period(r); p != "" {
		return p + " · " + rows
	}
	return rows
}

// findings writes the sentences, keeping room for what could not be decided.
func (s *screen) findings(open int) {
	list := told(s.r)
	if len(list) == 0 {
		s.wrap("  ", "  ", noFindings(s.r), 2)
		return
	}
	keep := 0
	if open > 0 {
		keep = 2 + min(open, 4)
	}
	for i, f := range list {
		at := len(s.lines)
		s.wrapPainted(badgeOf(f.Severity), f.Title, titleLines)
		s.sentences("  ", "  ", f.Detail)
		if i > 0 && s.left() < keep+min(1, len(list)-1-i) {
			s.lines = s.lines[:at]
			s.add(s.plain("  … and " + plural(len(list)-i, "more finding", "more findings") + " in the full report"))
			return
		}
	}
}

// open writes what could not be decided or measured, and why.
func (s *screen) open(items []openItem, notes []string) {
	s.listed("Could not be decided:", len(items), func(i int) {
		first := s.shape(badgeOf(audit.Inconclusive)) + " "
		at := len(s.lines)
		s.sentences(first, "  ", items[i].What+": "+items[i].Why)
		s.paintShape(at, badgeOf(audit.Inconclusive))
	})
	s.listed("Not measured as asked:", len(notes), func(i int) {
		first := s.shape(badgeOf(audit.Inconclusive)) + " "
		at := len(s.lines)
		s.sentences(first, "  ", notes[i])
		s.paintShape(at, badgeOf(audit.Inconclusive))
	})
}

// listed writes items below a heading, as far as lines are left.
func (s *screen) listed(head string, n int, item func(i int)) {
	if n == 0 {
		return
	}
	s.add("")
	s.add(head)
	for i := range n {
		at := len(s.lines)
		item(i)
		if i > 0 && s.left() < min(1, n-1-i) {
			s.lines = s.lines[:at]
			s.add(s.plain("  … and " + count(int64(n-i)) + " more in the full report"))
			return
		}
	}
}

// sentences writes the first sentences of a text in full, and of the others
// those that fit as a whole into detailLines. Dots stand for what is left out.
func (s *screen) sentences(first, next, text string) {
	list := sentencesOf(text)
	at := len(s.lines)
	said, left := "", ""
	for i, sentence := range list {
		s.lines = s.lines[:at]
		s.wrap(first, next, join(" ", said, sentence), mainOnes*titleLines)
		if i < mainOnes || len(s.lines)-at <= detailLines {
			said = join(" ", said, sentence)
		} else {
			left = "…"
		}
	}
	s.lines = s.lines[:at]
	s.wrap(first, next, join(" ", said, left), mainOnes*titleLines)
}

// sentencesOf cuts a text after each full stop that a capital letter follows.
func sentencesOf(text string) []string {
	var out []string
	for {
		i := sentenceEnd.FindStringIndex(text)
		if i == nil {
			return append(out, text)
		}
		out, text = append(out, text[:i[0]+1]), text[i[0]+2:]
	}
}

// wrapPainted wraps a sentence behind the shape of a verdict.
func (s *screen) wrapPainted(b badge, text string, limit int) {
	at := len(s.lines)
	first := s.shape(b) + " "
	s.wrap(first, strings.Repeat(" ", runewidth.StringWidth(first)), text, limit)
	s.paintShape(at, b)
}

// paintShape colors the shape that a line begins with.
func (s *screen) paintShape(at int, b badge) {
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
