package privacy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// checks withholds a verdict that would tell about suppressed numbers. That a check
// passes says of every comparison that it is within the limits; that it fails or
// warns, where the deciding number is suppressed, says that one of those is
// outside. Such a check is inconclusive, which no pipeline takes for a pass.
//
// A check that fails or warns on a number that is shown keeps its verdict. The judged
// measurements then stand in the order of the document, which ranks none.
func (s *suppressor) checks() {
	g := &s.r.Gates
	changed := false
	for i := range g.Checks {
		c := &g.Checks[i]
		if c.FalseAlarm != nil && s.someHidden(c.Attribute) { // it follows from the sizes of all groups
			c.FalseAlarm = nil
		}
		if c.HangsOn != "" && s.withheld() {
			c.HangsOn = "rows without a known group or label could turn this; how far is suppressed"
		}
		var hidden int
		for _, m := range c.Measurements {
			if s.r.Measurements[m].Suppressed {
				hidden++
			}
		}
		chance := slices.ContainsFunc(c.Measurements, func(m int) bool {
			return strings.Contains(s.r.Measurements[m].Note, whyChance)
		})
		if hidden == 0 && !chance {
			continue
		}
		c.Suppressed, c.FalseAlarm = true, nil
		reason, judged := c.Reason, c.Measurements
		decided := len(c.Measurements) > 0 && !s.r.Measurements[c.Measurements[0]].Suppressed
		c.Measurements = slices.Sorted(slices.Values(c.Measurements))
		c.Reason = "the verdict rests on suppressed numbers as well"
		if (!decided || c.Verdict == audit.Pass) && hidden > 0 && c.Verdict != audit.Inconclusive {
			c.Verdict, changed = audit.Inconclusive, true
			c.Reason, c.HangsOn = "the verdict would tell about the one comparison that is suppressed", ""
			if hidden > 1 {
				c.Reason = "the verdict would tell about comparisons that are suppressed"
			}
			s.withdraw(c)
			s.overturned(reason, judged)
		}
	}
	if changed {
		s.judge()
		s.packs()
	}
}

// withdraw makes the findings about a check as inconclusive as the check.
func (s *suppressor) withdraw(c *audit.Check) {
	id := c.Detector + "/" + c.Metric
	if c.Attribute != "" {
		id += "/" + c.Attribute
	}
	for i := range s.r.Findings {
		if f := &s.r.Findings[i]; f.ID == id || strings.HasPrefix(f.ID, id+"/") {
			f.Severity = audit.Inconclusive
		}
	}
}

// judge counts the verdicts again, since some may have become inconclusive.
func (s *suppressor) judge() {
	g := &s.r.Gates
	g.Pass, g.Warn, g.Fail, g.Inconclusive = 0, 0, 0, 0
	verdict := audit.Verdict(audit.Pass)
	for _, c := range g.Checks {
		switch c.Verdict { // as detect.Judge counts them
		case audit.Pass:
			g.Pass++
		case audit.Warn:
			g.Warn++
		case audit.Fail:
			g.Fail++
		default:
			g.Inconclusive++
		}
		verdict = audit.Worse(verdict, c.Verdict)
	}
	s.r.Verdict = verdict
}

// texts takes the sentences out that suppressed numbers may stand in. Sentences
// are not searched for numbers: one that may rest on a suppressed number is
// written anew, or left out.
func (s *suppressor) texts() {
	told := map[string]bool{}
	var findings []audit.Finding
	for _, f := range s.r.Findings {
		if s.restsOnHidden(f) {
			f = s.retold(f)
			if told[f.Title+string(f.Severity)] {
				continue
			}
			told[f.Title+string(f.Severity)] = true
		}
		findings = append(findings, f)
	}
	s.r.Findings = findings
	notes := []string{}
	for _, n := range s.r.Notes {
		if s.withheld() && strings.ContainsAny(n, "0123456789") || s.tells(n) {
			s.r.Privacy.Texts++
			continue
		}
		notes = append(notes, n)
	}
	s.r.Notes = notes
	if n := s.r.Privacy.Texts; n == 1 {
		s.r.Notes = append(s.r.Notes, "One note is suppressed, because it names counts.")
	} else if n > 1 {
		s.r.Notes = append(s.r.Notes, fmt.Sprintf("%d notes are suppressed, because they name counts.", n))
	}
}

// restsOnHidden tells whether the sentences of a finding may hold a suppressed
// number: one of its measurements is suppressed, or something else that its
// detector says about the attribute.
func (s *suppressor) restsOnHidden(f audit.Finding) bool {
	if s.blocks[block{f.Detector, ""}] {
		return true
	}
	for _, i := range f.Measurements {
		m := &s.r.Measurements[i]
		b := s.blockOf(m)
		if m.Suppressed || s.blocks[b] || b.attribute != "" && s.someHidden(b.attribute) {
			return true
		}
	}
	return len(f.Measurements) == 0 && s.r.Privacy.Suppressed > 0
}

// retold is a finding without what rests on suppressed numbers. If the number
// that its title is about is shown, the title stays.
func (s *suppressor) retold(f audit.Finding) audit.Finding {
	f.Suppressed = true
	id := f.Detector + "/suppressed"
	if len(f.Measurements) > 0 {
		m := &s.r.Measurements[f.Measurements[0]]
		if _, ok := topicOf(m); ok && !m.Suppressed {
			first, few := aboutFirst(f, m), "because they are about few people or would tell about few people."
			f.Detail = first + "Further numbers behind this finding are suppressed, " + few
			if first == "" && f.Severity == audit.Inconclusive {
				f.Detail = "Numbers that would decide it are suppressed, " + few
			}
			f.Measurements = f.Measurements[:1]
			return f
		}
		f.Title = "A finding of " + about(m) + " rests on suppressed numbers."
		id += "/" + m.Metric + "/" + m.Attribute
	} else {
		f.Title = "A finding of " + strings.ReplaceAll(f.Detector, "_", " ") + " rests on suppressed numbers."
	}
	f.ID = strings.TrimSuffix(id, "/")
	f.Detail = "What it says is suppressed, because it is about few people or would tell about few people."
	f.Measurements = slices.Sorted(slices.Values(f.Measurements))
	return f
}

// aboutFirst is the sentence of a finding's detail that is about its first number
// alone, which is the first; "" if that number lacks its chance.
func aboutFirst(f audit.Finding, m *audit.Measurement) string {
	first, _, more := strings.Cut(f.Detail, ". ")
	switch {
	case strings.Contains(m.Note, whyChance) || m.Shards < 0 || first == "": // it tells how many subjects there are
		return ""
	case more:
		return first + ". "
	}
	return strings.TrimSuffix(first, ".") + ". "
}

// about names what a measurement is about: the metric, where it is a rate, else
// the detector.
func about(m *audit.Measurement) string {
	text := m.Detector
	if _, ok := topicOf(m); ok {
		text = m.Metric
	}
	text = strings.ReplaceAll(text, "_", " ")
	if m.Attribute != "" {
		text += " by " + strings.Join(audit.Parts(m.Attribute), " × ")
	}
	return text
}
