package reports

import (
	"strings"
	"time"
	"unicode"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// clean makes a text from the data safe to print: control characters, line
// breaks and the marks that turn the direction of writing become visible.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029',
			r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\ufeff':
			return '\ufffd'
		}
		return r
	}, s)
}

// shorten cuts a text to a number of characters, with an ellipsis.
func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return strings.TrimRight(string(r[:n-1]), " ") + "…"
}

// windowName writes a window's id for a reader: 2008-05 is May 2008.
func windowName(id string) string {
	if id == audit.AllWindows {
		return "whole period"
	}
	if t, err := time.Parse("2006-01", id); err == nil {
		return t.Format("January 2006")
	}
	if t, err := time.Parse("2006-01-02", id); err == nil {
		return t.Format("2 January 2006")
	}
	return clean(id)
}

// windowTick is the short form for an axis.
func windowTick(id string) string {
	if t, err := time.Parse("2006-01", id); err == nil {
		return t.Format("Jan 2006")
	}
	if t, err := time.Parse("2006-01-02", id); err == nil {
		return t.Format("2 Jan 06")
	}
	return shorten(clean(id), 14)
}

// period says which time the audit covers.
func period(r *audit.Result) string {
	if p := r.Audit.Period; p != "" && p != audit.AllWindows {
		return windowName(p)
	}
	first, err1 := time.Parse(time.RFC3339, r.Data.FirstTime)
	last, err2 := time.Parse(time.RFC3339, r.Data.LastTime)
	if err1 != nil || err2 != nil {
		return ""
	}
	a, b := first.Format("January 2006"), last.Format("January 2006")
	if first.Year() == last.Year() && first.YearDay() == last.YearDay() {
		return first.Format("2 January 2006")
	}
	if a == b {
		return first.Format("2") + "–" + last.Format("2 January 2006")
	}
	return a + " – " + b
}

// unit and positive are the audit's own words, with fallbacks.
func unit(r *audit.Result) string {
	if r.Audit.Words.Unit != "" {
		return clean(r.Audit.Words.Unit)
	}
	return "cases"
}

func positive(r *audit.Result) string {
	if r.Audit.Words.Positive != "" {
		return clean(r.Audit.Words.Positive)
	}
	return "selected"
}

// title is the audit's title, or its name.
func title(r *audit.Result) string {
	switch {
	case r.Audit.Title != "":
		return clean(r.Audit.Title)
	case r.Audit.Name != "":
		return clean(r.Audit.Name)
	}
	return "Audit"
}

// badge is a verdict as a word, a shape and a color; the color is the class.
type badge struct {
	Word, Shape, Class, ASCII string
}

func badgeOf(v audit.Verdict) badge {
	switch v {
	case audit.Pass:
		return badge{"Pass", "✓", "pass", "[+]"}
	case audit.Warn:
		return badge{"Warn", "!", "warn", "[!]"}
	case audit.Fail:
		return badge{"Fail", "✕", "fail", "[x]"}
	case audit.NotApplicable:
		return badge{"Not applicable", "–", "none", "[-]"}
	case audit.Ungated:
		return badge{"Measured, not judged", "○", "info", "[o]"}
	case audit.Info:
		return badge{"Measured", "○", "info", "[o]"}
	case audit.Error:
		return badge{"Undecided (error)", "?", "open", "[?]"}
	}
	return badge{"Undecided", "?", "open", "[?]"}
}

// tally is the sentence beside the verdict: 2 of 14 checks failed · 9 passed.
func tally(r *audit.Result) string {
	g := r.Gates
	n := len(g.Checks)
	if n == 0 {
		return "No limit was set, so the numbers are shown and not judged."
	}
	var parts []string
	add := func(k int, what string) {
		if k > 0 {
			parts = append(parts, count(int64(k))+" "+what)
		}
	}
	add(g.Fail, "failed")
	add(g.Warn, "warned")
	add(g.Pass, "passed")
	add(g.Inconclusive, "could not be decided")
	if len(parts) == 0 {
		return plural(n, "check", "checks")
	}
	first, rest, _ := strings.Cut(parts[0], " ")
	parts[0] = first + " of " + plural(n, "check", "checks") + " " + rest
	return strings.Join(parts, " · ")
}

// sentenceCase writes the first letter large, and leaves the rest.
func sentenceCase(s string) string {
	for i, r := range s {
		return string(unicode.ToUpper(r)) + s[i+len(string(r)):]
	}
	return s
}
