package reports

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	runewidth "github.com/mattn/go-runewidth"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// StatusFormats lists the formats of a status, with how each is written.
func StatusFormats(st *audit.Status, t Text) []Format {
	as := func(name, doc string, write func(io.Writer) error) Format {
		f, _ := Lookup(name)
		f.Doc, f.Write = doc, func(w io.Writer, _ *audit.Result) error { return write(w) }
		return f
	}
	return []Format{
		as("text", "A table for a terminal.", func(w io.Writer) error { return t.writeStatus(w, st) }),
		as("json", "The document that plumbline schema status describes.", func(w io.Writer) error {
			out := json.NewEncoder(w)
			out.SetIndent("", "  ")
			out.SetEscapeHTML(false)
			return out.Encode(st)
		}),
		as("csv", "A row per version, metric and attribute.", func(w io.Writer) error { return writeStatusCSV(w, st) }),
	}
}

func writeStatusCSV(w io.Writer, st *audit.Status) error {
	out := bufio.NewWriter(w)
	csvLine(out, []string{"audit", "as_of", "version", "detector", "metric", "attribute", "limit", "pack", "state", "run", "period", "through", "good_until", "age_of", "verdict",
		"waived_by", "waived_until", "reason"})
	for i := range st.Items {
		s := &st.Items[i]
		run := ""
		if s.Run > 0 {
			run = strconv.FormatInt(s.Run, 10)
		}
		waiver := audit.Waived{}
		if s.Waiver != nil {
			waiver = *s.Waiver
		}
		row := []string{st.Audit, st.AsOf, s.Version, s.Detector, s.Metric, s.Attribute, s.Limit, s.Pack, string(s.State), run, s.Period, s.Through, s.GoodUntil, s.AgeOf, string(s.Verdict),
			waiver.By, waiver.Until, s.Reason}
		for i := range row {
			row[i] = csvText(row[i])
		}
		csvLine(out, row)
	}
	return out.Flush()
}

// statusBadge shapes and colors a state. They are not verdicts: what fails a check
// may be good evidence.
func statusBadge(state audit.EvidenceState) badge {
	switch state {
	case audit.EvidenceCurrent:
		return badgeOf(audit.Pass)
	case audit.EvidenceWaived:
		return badgeOf(audit.Warn)
	case audit.EvidenceImmature:
		return badgeOf(audit.Inconclusive)
	}
	return badgeOf(audit.Fail)
}

func (t Text) writeStatus(w io.Writer, st *audit.Status) error {
	if t.Width == 0 {
		t.Width = textWidth
	}
	t.Width = max(t.Width, textNarrow)
	s := screen{Text: t, r: &audit.Result{}}
	s.statusHead(st)
	s.statusTable(st)
	for _, note := range st.Notes {
		s.add("")
		s.wrap("", "", note, 6)
	}
	for _, line := range s.lines {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

// statusHead says how much of the evidence is good, and when.
func (s *screen) statusHead(st *audit.Status) {
	name := st.Title
	if name == "" {
		name = st.Audit
	}
	s.add(s.cut(s.plain(clean(name)+": is the evidence still good?"), s.Width))
	at := "No run of the history has what to look at; plumbline run writes it."
	if st.Runs > 0 {
		at = plural(st.Runs, "run", "runs") + " of the history"
		if st.AsOf != "" {
			at = "As of " + st.AsOf + ", by " + at
		}
		if st.LastWindow != "" && st.LastWindow != audit.AllWindows {
			at += "; the last window is " + st.LastWindow
		}
		at += "."
	}
	s.wrap("", "", at, 3)
	if n := len(st.Items); n > 0 {
		parts := []string{fmt.Sprintf("%d of %s good", st.Good, plural(n, "item", "items"))}
		if st.Stale > 0 {
			parts = append(parts, fmt.Sprintf("%d missing or stale", st.Stale))
		}
		if st.Immature > 0 {
			parts = append(parts, fmt.Sprintf("%d immature", st.Immature))
		}
		s.wrap("", "", strings.Join(parts, ", ")+". How the checks came out does not count here.", 3)
	}
	s.add("")
}

// statusTable has a line per item, and what is to be said of it below. Columns that
// nothing stands in are left out.
func (s *screen) statusTable(st *audit.Status) {
	if len(st.Items) == 0 {
		return
	}
	head := []string{"", "STATE", "WHAT", "BY", "VERSION", "LIMIT", "RUN", "THROUGH", "GOOD UNTIL"}
	rows := make([][]string, len(st.Items))
	widths, filled := make([]int, len(head)), make([]bool, len(head))
	for i := range st.Items {
		rows[i] = s.statusRow(&st.Items[i])
		for c, cell := range rows[i] {
			filled[c] = filled[c] || cell != ""
			widths[c] = max(widths[c], runewidth.StringWidth(cell), runewidth.StringWidth(head[c]))
		}
	}
	line := func(cells []string) string {
		var b strings.Builder
		for c, cell := range cells {
			if filled[c] {
				b.WriteString(pad(cell, widths[c]) + "  ")
			}
		}
		return strings.TrimRight(b.String(), " ")
	}
	s.add(line(head))
	for i := range st.Items {
		item := &st.Items[i]
		b := statusBadge(item.State)
		s.add(line(rows[i]))
		s.paintShape(len(s.lines)-1, b)
		if item.Reason != "" {
			s.wrap("     ", "     ", item.Reason, 6)
		}
	}
}

func (s *screen) statusRow(item *audit.StatusItem) []string {
	what := item.Detector + " " + item.Metric
	if item.Detector == "" {
		what = "pack " + item.Metric
	}
	if item.Detector != "" && item.Pack != "" {
		what += " (" + item.Pack + ")"
	}
	run := ""
	if item.Run > 0 {
		run = strconv.FormatInt(item.Run, 10)
	}
	day := func(t string) string { return t[:min(len(t), 10)] }
	row := []string{s.shape(statusBadge(item.State)), string(item.State), clean(what), clean(item.Attribute), clean(item.Version), item.Limit, run, day(item.Through), day(item.GoodUntil)}
	for i := 1; i < len(row); i++ {
		row[i] = s.plain(row[i])
	}
	return row
}
