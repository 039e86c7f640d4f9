package privacy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// What is said about several groups together is about the suppressed ones too: a
// pass says that all are inside the limit, the largest gap that no other is larger,
// and no finding that there was nothing to find. So whatever suppressed numbers had
// a part in is said anew from what is shown, or not at all, and whether there was
// anything to say is not told either.

// checks judges anew, by the shown comparisons alone, every check in which
// suppressed ones were judged too. It fails if a shown one does; else it is
// inconclusive, whatever it was, which no pipeline takes for a pass. The judged
// measurements then stand in the order of the document.
func (s *suppressor) checks() {
	changed := false
	for i := range s.r.Gates.Checks {
		c := &s.r.Gates.Checks[i]
		if c.FalseAlarm != nil && s.someHidden(c.Attribute) { // it follows from the sizes of all groups
			c.FalseAlarm = nil
		}
		if c.HangsOn != "" && s.withheld() {
			c.HangsOn = "rows without a known group or label could turn this; how far is suppressed"
		}
		if !s.restsOnSuppressed(c) || c.Verdict == audit.Error {
			continue
		}
		changed = true
		c.Suppressed, c.FalseAlarm, c.HangsOn = true, nil, ""
		if at := s.fails(c.Measurements); at >= 0 {
			c.Verdict = s.r.Measurements[at].Verdict
			c.Reason = "a comparison that is shown is outside the limit; suppressed ones were judged as well"
		} else {
			c.Verdict, c.Reason = audit.Inconclusive, "the verdict is suppressed: it would tell about suppressed comparisons"
		}
		c.Measurements = slices.Sorted(slices.Values(c.Measurements))
	}
	if changed {
		s.judge()
		s.packs()
	}
}

// restsOnSuppressed tells whether a check judged a number that is suppressed, or
// whose chance is.
func (s *suppressor) restsOnSuppressed(c *audit.Check) bool {
	return slices.ContainsFunc(c.Measurements, func(i int) bool {
		m := &s.r.Measurements[i]
		return m.Suppressed || strings.Contains(m.Note, whyChance)
	})
}

// fails is the first of some measurements that is shown and breaks its limit, the
// gravest ones first; -1 if none does. The order of those that are shown does not
// depend on others.
func (s *suppressor) fails(list []int) int {
	for _, v := range []audit.Verdict{audit.Fail, audit.Warn} {
		for _, i := range list {
			if m := &s.r.Measurements[i]; !m.Suppressed && m.Verdict == v {
				return i
			}
		}
	}
	return -1
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

// packs judges every pack again.
func (s *suppressor) packs() {
	for i := range s.r.Packs {
		p := &s.r.Packs[i]
		if p.Verdict = audit.Ungated; p.Name == "" {
			continue
		}
		for _, c := range s.r.Gates.Checks {
			if c.Threshold.Pack == p.Name {
				p.Verdict = audit.Worse(p.Verdict, c.Verdict)
			}
		}
	}
}

// leftOut is the note of every result in which something is suppressed, whether or
// not there were such findings.
const leftOut = "Findings and figures of robustness that rest on suppressed numbers are left out, and so is whether there are any."

// findings leaves out what suppressed numbers had a part in, and tells of the
// checks that rest on them.
func (s *suppressor) findings() {
	var out []audit.Finding
	for i, c := range s.r.Gates.Checks {
		if c.Suppressed {
			out = append(out, s.told(i, &c))
		}
	}
	said := map[string]bool{}
	for _, f := range s.r.Findings {
		if !s.restsOnHidden(f) {
			out, said[f.ID] = append(out, f), true
		}
	}
	for i, c := range s.r.Gates.Checks {
		if bad := c.Verdict == audit.Fail || c.Verdict == audit.Warn; bad && !c.Suppressed && !said[findingID(&c)] && s.fails(c.Measurements) >= 0 {
			out = append(out, s.told(i, &c))
		}
	}
	rank := func(f audit.Finding) int {
		if at := slices.Index([]audit.Verdict{audit.Fail, audit.Warn, audit.Inconclusive}, f.Severity); at >= 0 {
			return at
		}
		return 3
	}
	slices.SortStableFunc(out, func(a, b audit.Finding) int { return rank(a) - rank(b) })
	s.r.Findings = out
}

// findingID is what the finding of a check is called.
func findingID(c *audit.Check) string {
	return strings.Trim(strings.Join([]string{c.Detector, c.Metric, c.Attribute}, "/"), "/")
}

// told is the finding of a check that rests on suppressed numbers, or whose own says
// more than may be shown.
func (s *suppressor) told(at int, c *audit.Check) audit.Finding {
	f := audit.Finding{Detector: c.Detector, Severity: c.Verdict, Measurements: c.Measurements, Suppressed: true}
	f.ID = strings.Join([]string{c.Detector, "suppressed", c.Metric, c.Attribute, strconv.Itoa(at + 1)}, "/")
	what := about(c)
	i := s.fails(c.Measurements)
	if i < 0 {
		f.Title = "The verdict on the " + what + " is suppressed."
		f.Detail = "Suppressed numbers were judged, so that it would tell about few people."
		return f
	}
	m := &s.r.Measurements[i]
	f.Measurements = []int{i}
	f.Title = fmt.Sprintf("The %s is outside its limit (%s %s)%s.", what, strings.ReplaceAll(c.Threshold.Key, "_", " "), c.Threshold.Value, who(m))
	if !c.Suppressed {
		f.Detail = "What else was said about it is left out, because it may rest on suppressed numbers."
		return f
	}
	f.Detail = "Further numbers were judged that are suppressed, because they are about few people or would tell about few people."
	return f
}

// about names what a check is about.
func about(c *audit.Check) string {
	text := strings.ReplaceAll(c.Metric, "_", " ")
	if c.Attribute != "" {
		text += " by " + strings.Join(audit.Parts(c.Attribute), " × ")
	}
	return text
}

// who names the groups of a measurement and its value.
func who(m *audit.Measurement) string {
	var parts []string
	if m.Group != nil {
		parts = append(parts, strings.Join(audit.Parts(*m.Group), ", "))
	}
	if m.Reference != nil {
		parts = append(parts, "against "+strings.Join(audit.Parts(*m.Reference), ", "))
	}
	if m.Value != nil {
		parts = append(parts, "at "+strconv.FormatFloat(*m.Value, 'g', 3, 64))
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, " ")
}

// restsOnHidden tells whether suppressed numbers had a part in a finding: one of its
// measurements is suppressed, or something else that its detector says about the
// attribute, or a check of its metric rests on some.
func (s *suppressor) restsOnHidden(f audit.Finding) bool {
	if s.blocks[block{f.Detector, ""}] {
		return true
	}
	for _, c := range s.r.Gates.Checks {
		id := findingID(&c)
		if c.Suppressed && (f.ID == id || strings.HasPrefix(f.ID, id+"/")) {
			return true
		}
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
