package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode/utf8"
)

// pageWidth is the width that texts are wrapped to.
const pageWidth = 100

// list prints one line per detector.
func (c catalog) list(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "NAME\tMEASURES\tNEEDS\tRUNS")
	for _, e := range c {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", e.Name, e.Title, orDash(strings.Join(e.Needs, ", ")), e.Runs)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, "\nplumbline detectors show NAME: parameters, metrics and formulas")
	return err
}

// show prints everything about a detector.
func (e entry) show(w io.Writer) error {
	p := page{}
	p.line("%s: %s", e.Name, e.Title)
	p.line("")
	p.wrap("", "", e.Doc)
	p.line("")
	p.wrap("needs       ", "            ", orDash(strings.Join(e.Needs, ", ")))
	p.wrap("runs        ", "            ", e.Runs+", if audit.yaml gives what it needs")
	if e.Main != "" {
		p.wrap("main metric ", "            ", e.Main+" (what a bare min_ratio or max_difference is about)")
	}
	if e.How != "" {
		p.line("")
		p.line("Intervals and tests")
		p.wrap("  ", "  ", e.How)
	}
	p.line("")
	p.line("Parameters")
	for _, param := range e.Parameters {
		p.parameter(param)
	}
	if len(e.Parameters) == 0 {
		p.line("  none")
	}
	p.line("")
	p.line("Metrics")
	for i, m := range e.Metrics {
		if i > 0 {
			p.line("")
		}
		p.metric(m)
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// page collects lines.
type page struct {
	strings.Builder
	width int // of wrapped lines; 0: pageWidth
}

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

func (p *page) parameter(v parameter) {
	facts := "default " + orDash(v.Default)
	if len(v.Values) > 0 {
		facts += "; one of " + strings.Join(v.Values, ", ")
	}
	p.line("  %s (%s)", v.Name, facts)
	p.wrap("      ", "      ", v.Doc)
}

func (p *page) metric(m metric) {
	p.line("  %s", m.Name)
	p.wrap("      ", "      ", m.Title+". "+m.Doc)
	for _, fact := range [][2]string{
		{"formula", m.Convention}, {"scale", m.Scale}, {"limits", strings.Join(m.Gates, ", ")}, {"version", strconv.Itoa(m.Version)}, {"source", m.Source},
	} {
		if fact[1] != "" {
			p.wrap(fmt.Sprintf("      %-8s ", fact[0]), strings.Repeat(" ", 15), fact[1])
		}
	}
}

// wrap breaks a text at spaces; first and next begin its lines.
func (p *page) wrap(first, next, text string) {
	p.fill(first, next, strings.Fields(text))
}

// fill puts as many words on a line as fit.
func (p *page) fill(first, next string, words []string) {
	width := p.width
	if width == 0 {
		width = pageWidth
	}
	line, fresh := first, true
	for _, word := range words {
		if !fresh && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			p.line("%s", line)
			line, fresh = next, true
		}
		if !fresh {
			line += " "
		}
		line, fresh = line+word, false
	}
	if !fresh {
		p.line("%s", line)
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
