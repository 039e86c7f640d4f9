package reports

import (
	"fmt"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// packs says under which rules the audit was computed, and, as far as lines are
// left, what each asks for that is not there. The names always stand.
func (s *screen) packs() {
	list := s.r.Packs
	if len(list) == 0 {
		return
	}
	s.add("")
	if len(list) == 1 {
		s.wrap("Computed under pack ", "", s.packLine(&list[0]), max(2, min(titleLines, s.left()+1)))
		return
	}
	var names []string
	for _, p := range list {
		names = append(names, clean(p.Name))
	}
	head := len(s.lines)
	s.wrap("Computed under packs ", "", strings.Join(names, ", ")+":", 2)
	for i := range list {
		at := len(s.lines)
		s.wrap("- ", "  ", s.packLine(&list[i])+packLimits(s.r, list[i].Name), titleLines)
		if s.left() < min(1, len(list)-1-i) {
			s.lines = s.lines[:at]
			if rest := len(list) - i; i > 0 {
				s.add(s.plain("- What the other " + map[bool]string{true: "pack asks", false: count(int64(rest)) + " packs ask"}[rest == 1] + " for is in the full report."))
				return
			}
			s.lines = s.lines[:head]
			s.wrap("Computed under packs ", "", strings.Join(names, ", ")+".", 2)
			s.add(s.plain("What each of them asks for is in the full report."))
			return
		}
	}
}

// packLine is a pack with what there is for it.
func (s *screen) packLine(p *audit.Pack) string {
	line := fmt.Sprintf("%s %s, verified %s: %s", clean(p.Name), clean(p.Release), clean(p.Verified), evidenceCount(s.r, p.Name))
	if names := missingEvidence(s.r, p.Name); len(names) > 0 {
		line = strings.Replace(line, " missing", " missing ("+strings.Join(names, ", ")+")", 1)
	}
	if p.Verdict == audit.Ungated {
		line += "; it sets no limit"
	}
	return line + "."
}

// packLimits says what a pack's own checks came to, each limit with its number, so
// that two packs that disagree are seen to.
func packLimits(r *audit.Result, pack string) string {
	type limit struct{ metric, key, value string }
	var order []limit
	found := map[limit]map[audit.Verdict][]string{}
	for _, c := range r.Gates.Checks {
		if c.Threshold.Pack != pack {
			continue
		}
		l := limit{c.Metric, c.Threshold.Key, c.Threshold.Value}
		if found[l] == nil {
			found[l], order = map[audit.Verdict][]string{}, append(order, l)
		}
		v := c.Verdict
		if isOpen(v) {
			v = audit.Inconclusive
		}
		who := "all rows"
		if c.Attribute != "" {
			who = attributeName(c.Attribute)
		}
		found[l][v] = append(found[l][v], who)
	}
	out := ""
	for _, l := range order {
		var parts []string
		for _, x := range []struct {
			verdict audit.Verdict
			text    string
		}{{audit.Fail, "failed by "}, {audit.Warn, "warned of by "}, {audit.Inconclusive, "undecided by "}, {audit.Pass, "passed by "}} {
			if names := found[l][x.verdict]; len(names) > 0 {
				parts = append(parts, x.text+strings.Join(names, " and "))
			}
		}
		out += fmt.Sprintf(" %s, %s %s: %s.", sentenceCase(define(l.metric).label), strings.ReplaceAll(l.key, "_", " "), l.value, strings.Join(parts, ", "))
	}
	return out
}

// missingEvidence lists the ids of what a pack asks for and there is not.
func missingEvidence(r *audit.Result, pack string) []string {
	var out []string
	for _, e := range r.Evidence {
		if e.Pack == pack && e.Status == audit.Absent {
			out = append(out, clean(e.Requirement))
		}
	}
	return out
}
