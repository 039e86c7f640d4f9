package cli

import (
	"fmt"
	"io"
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

func (p *verdictPage) print(w io.Writer, path string, r *published.Report) error {
	p.line("%s: %s", path, several(len(r.Tables), "table"))
	p.line("")
	for _, t := range r.Tables {
		p.table(t)
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
	p.wrap("", "  ", fmt.Sprintf("Table %d%s, lines %d–%d: %s by %s", t.Table, title, t.FirstLine, t.LastLine, several(t.Groups, "group"), t.Attribute))
	var parts []string
	for _, role := range published.Roles() {
		if header, ok := t.Columns[role]; ok {
			parts = append(parts, fmt.Sprintf("%s = %s", role, quotedHeader(header)))
		}
	}
	p.wrap("  ", "  ", strings.Join(parts, ", "))
	people := t.Applicants
	if people != "" {
		people += " applicants"
		if t.Unknown != "" {
			people += ", " + t.Unknown + " of unknown group besides"
		}
		p.wrap("  ", "  ", people)
	}
}

func quotedHeader(s string) string {
	if s == "" {
		return "column without header"
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
				p.wrap(s.mark+" ", "  ", where(f)+": "+f.Text+".")
			}
		}
	}
}

// where names the lines and the group of a finding.
func where(f published.Finding) string {
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
		return fmt.Sprintf("? Everything that could be read follows, but %s could not. %s.", plural(unread, "cell or line", "cells or lines"), computed)
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
