package cli

import (
	"fmt"
	"io"
	"maps"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/published"
	"github.com/plumbline-audit/plumbline/engine/spelling"
)

// verdictPage is what verify-table prints for people.
type verdictPage struct {
	page
	ascii bool
}

// verdictWidth is the width of the narrowest terminals.
const verdictWidth = 80

func (p *verdictPage) print(w io.Writer, path string, r *published.Report) error {
	p.line("%s: %s", path, several(len(r.Tables), "table"))
	p.line("")
	for i, t := range r.Tables {
		p.table(t)
		if i > 0 && maps.Equal(t.Columns, r.Tables[i-1].Columns) {
			p.line("  the same columns")
		} else {
			p.columns(t)
		}
	}
	p.findings(r)
	p.line("")
	p.wrap("", "", p.verdict(r))
	text := spelling.Printable(p.String())
	if p.ascii {
		text = strings.NewReplacer("✕", "x", "·", "-", "–", "-", "…", "...", "≈", "~").Replace(text)
	}
	_, err := io.WriteString(w, text)
	return err
}

// table says what a table was taken for.
func (p *verdictPage) table(t published.Understood) {
	title := ""
	if t.Title != "" {
		title = fmt.Sprintf(" %q", t.Title)
	}
	what := several(t.Groups, "group")
	if t.Attribute != "group" { // else nobody knows by what
		what += " by " + t.Attribute
	}
	if t.Applicants != "" {
		what += ", " + t.Applicants + " applicants"
		if t.Unknown != "" {
			what += ", " + t.Unknown + " of unknown group besides"
		}
	}
	lines := fmt.Sprintf("lines %d–%d", t.FirstLine, t.LastLine)
	if t.FirstLine == t.LastLine {
		lines = fmt.Sprintf("line %d", t.FirstLine)
	}
	p.wrap("", "  ", fmt.Sprintf("Table %d%s, %s: %s", t.Table, title, lines, what))
}

// columns says what the columns of a table were taken for.
func (p *verdictPage) columns(t published.Understood) {
	var parts []string
	for _, role := range published.Roles() {
		if header, ok := t.Columns[role]; ok {
			parts = append(parts, fmt.Sprintf("%s = %s,", role, quotedHeader(header)))
		}
	}
	if n := len(parts); n > 0 {
		parts[n-1] = strings.TrimSuffix(parts[n-1], ",")
	}
	p.fill("  ", "  ", parts)
}

func quotedHeader(s string) string {
	if s == "" {
		return "a column without a heading"
	}
	return strconv.Quote(s)
}

// findings prints problems first, then what could not be read, then notes.
func (p *verdictPage) findings(r *published.Report) {
	for _, s := range []struct {
		severity published.Severity
		title    string
		mark     string
	}{
		{published.Problem, "Does not follow from the other numbers", "✕"},
		{published.Unread, "Could not be read", "?"},
		{published.Note, "Good to know", "·"},
	} {
		if r.Count(s.severity) == 0 {
			continue
		}
		p.line("")
		p.line("%s", s.title)
		for _, f := range r.Findings {
			if f.Severity == s.severity {
				p.fill(s.mark+" ", "  ", sentence(f, r.Tables))
			}
		}
	}
}

// sentence is a finding in words that stay together: a number and its percent sign.
func sentence(f published.Finding, tables []published.Understood) (out []string) {
	text := f.Text + "."
	switch column := strings.HasPrefix(f.Kind, "column "); {
	case !column:
		text = where(f, tables) + ": " + text
	case len(tables) > 1:
		text = fmt.Sprintf("table %d: %s", f.Table, text)
	}
	for _, word := range strings.Fields(text) {
		if n := len(out) - 1; n >= 0 && strings.HasPrefix(word, "%") {
			out[n] += " " + word
		} else {
			out = append(out, word)
		}
	}
	return out
}

// where names the lines and the group of a finding, and the table where several
// stand on one line.
func where(f published.Finding, tables []published.Understood) string {
	out := fmt.Sprintf("line %d", f.Line)
	if len(f.Lines) > 1 {
		var lines []string
		for i, l := range f.Lines {
			if i == 8 {
				lines = append(lines, "…")
				break
			}
			lines = append(lines, strconv.Itoa(l))
		}
		out = "lines " + strings.Join(lines, ", ")
	}
	if f.Group != "" && f.Kind != "from printed rates" {
		out += ", " + f.Group
	}
	beside := 0
	for _, t := range tables {
		if t.FirstLine <= f.Line && f.Line <= t.LastLine {
			beside++
		}
	}
	if beside > 1 {
		out += fmt.Sprintf(", table %d", f.Table)
	}
	return out
}

// verdict is the last line.
func (p *verdictPage) verdict(r *published.Report) string {
	computed := several(r.Checks, "number") + " and sums computed again"
	if r.Checks == 1 {
		computed = "1 number computed again"
	}
	problems, unread := r.Count(published.Problem), r.Count(published.Unread)
	switch {
	case problems > 0:
		return fmt.Sprintf("✕ %s. %s.", plural(problems, "thing does not follow", "things do not follow"), computed)
	case r.Checks == 0:
		return "? Nothing could be computed again: the table needs, say, applicants, selected and the selection rate."
	case unread > 0:
		return fmt.Sprintf("? Everything that could be read follows, but %s could not. %s.", plural(unread, "cell, line or column", "cells, lines or columns"), computed)
	}
	unused := 0
	for _, f := range r.Findings {
		if f.Kind == "column not used" {
			unused++
		}
	}
	if unused > 0 {
		return fmt.Sprintf("Everything that was used follows; %s not. %s. This does not say that the counts are true, nor how large a gap may be.", plural(unused, "column was", "columns were"), computed)
	}
	return fmt.Sprintf("Everything follows. %s. This does not say that the counts are true, nor how large a gap may be.", computed)
}

func several(n int, what string) string { return plural(n, what, what+"s") }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(int64(n)) + " " + many
}
