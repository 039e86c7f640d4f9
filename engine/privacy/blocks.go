package privacy

import (
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// block is all that a detector says about an attribute, or, without an
// attribute, about everybody. Where the counts of a detector do not add up as
// those of the lattice do, or are not told, a block is shown or suppressed as a
// whole.
type block struct{ detector, attribute string }

// blockOf is the block of a measurement. What is measured about the column of an
// attribute is about the attribute.
func (s *suppressor) blockOf(m *audit.Measurement) block {
	if m.Attribute != "" {
		return block{m.Detector, m.Attribute}
	}
	if m.Column != nil {
		if a := s.attributeOf(*m.Column); a != "" {
			return block{m.Detector, a}
		}
	}
	return block{m.Detector, ""}
}

// attributeOf is the attribute that a column stands for, or "".
func (s *suppressor) attributeOf(name string) string {
	name = strings.TrimPrefix(name, "group:")
	for _, a := range s.r.Groups {
		if name == a.Attribute || name == a.Column {
			return a.Attribute
		}
	}
	return ""
}

// findBlocks finds the blocks with a small count.
func (s *suppressor) findBlocks() {
	for i := range s.r.Measurements {
		m := &s.r.Measurements[i]
		if _, ok := topicOf(m); ok {
			continue
		}
		if s.fewPeople(m) || s.fewBehind(m) || s.fewInSum(m) {
			s.suppress(i)
		}
	}
	s.fewBetween()
	for i := range s.r.Tables {
		if t := &s.r.Tables[i]; t.Kind != statutory && s.fewInTable(t) {
			for _, b := range s.blocksOf(t) {
				s.blocks[b] = true
			}
		}
	}
	// An intersection adds up to its attributes.
	for _, a := range s.r.Groups {
		for b := range s.blocks {
			if part, ok := s.sets[b.attribute]; ok && includes(s.sets[a.Attribute], part) {
				s.blocks[block{b.detector, a.Attribute}] = true
			}
		}
	}
}

// suppress marks the block of a measurement. What stands beside the tables of a law is
// no block: the median, whose sample is larger, tells nothing of what else stands there.
func (s *suppressor) suppress(i int) {
	if b := s.blockOf(&s.r.Measurements[i]); b.detector == "ll144" && b.attribute == "" {
		s.single[i] = true
	} else {
		s.blocks[b] = true
	}
}

// someHidden tells whether some group of an attribute, or of everybody some
// window, is hidden for any topic.
func (s *suppressor) someHidden(attribute string) bool {
	set, ok := s.sets[attribute]
	if !ok && attribute != "" {
		return false // known by probabilities alone
	}
	return slices.ContainsFunc(s.order, func(o *row) bool {
		return slices.Equal(o.set, set) && o.hidden[labels]
	})
}

// touches tells whether a measurement would tell about a hidden group of an
// attribute. Most detectors count in a window the rows of that window alone; what
// leaves windows out tells about them too.
func (s *suppressor) touches(m *audit.Measurement, attribute string) bool {
	if attribute == "" {
		return s.touchesAll(m)
	}
	if !slices.Contains([]string{"calibration", "completeness", "label_coverage", "missing_groups", "representation", "score_gap"}, m.Detector) {
		return s.someHidden(attribute)
	}
	set := s.sets[attribute]
	return slices.ContainsFunc(s.order, func(o *row) bool {
		return o.window == window(m) && slices.Equal(o.set, set) && o.hidden[labels]
	})
}

// touchesAll tells whether a measurement about everybody would tell how many there
// are in a window in which that is hidden.
func (s *suppressor) touchesAll(m *audit.Measurement) bool {
	t := labels
	if m.Detector == "ll144" || m.Detector == "representation" { // which count no labels
		t = decisions
	}
	o := s.find(nil, nil, window(m))
	return o != nil && o.hidden[t]
}

// fewPeople tells whether a measurement counts few people, or few are the
// difference between what it counts and the whole group, those of it with a decision
// or those with a label.
func (s *suppressor) fewPeople(m *audit.Measurement) bool {
	counts := []int64{m.N}
	if o := s.of(m, false); o != nil {
		counts = append(counts, o.beside(m.N)...)
	}
	pair := func(k, n *int64, group *row) {
		if k != nil {
			counts = append(counts, *k)
		}
		if n != nil {
			counts = append(counts, *n)
		}
		if k != nil && n != nil {
			counts = append(counts, *n-*k)
		}
		if group == nil {
			return
		}
		if n != nil {
			counts = append(counts, group.beside(*n)...)
		}
		for _, f := range decisionForms()[:3] {
			if k != nil && *k > 0 {
				counts = append(counts, f.of(&group.atoms)-*k)
			}
			if k != nil && n != nil && *n > *k && m.Parameters["left_out_of"] != "" {
				counts = append(counts, f.of(&group.atoms)-(*n-*k))
			}
		}
	}
	pair(m.Numerator, m.Denominator, s.of(m, false))
	if m.Reference != nil {
		pair(m.RefNum, m.RefDen, s.row(m.Attribute, m.Reference, window(m), false))
	}
	return slices.ContainsFunc(counts, func(n int64) bool { return s.small(max(n, -n)) })
}

// beside is by how much a count of a group differs from each of those that other
// detectors show of it: all, those with a decision and those with a label.
func (r *row) beside(n int64) []int64 {
	out := []int64{r.cases() - n, decisionForms()[3].of(&r.atoms) - n}
	if labeled := labeledForm().of(&r.atoms); labeled > 0 {
		out = append(out, labeled-n)
	}
	return out
}

// fewBetween finds the blocks that count all but few of those whom a block before them
// counts: those with a score, say, and those with a score and a label.
func (s *suppressor) fewBetween() {
	type place struct {
		o                *row
		stratum, version string
	}
	shown := map[place][]int64{}
	for i := range s.r.Measurements {
		m := &s.r.Measurements[i]
		if _, ok := topicOf(m); ok || m.Column != nil || s.single[i] || s.blocks[s.blockOf(m)] {
			continue
		}
		at := place{o: s.of(m, false)}
		if at.o == nil {
			continue
		}
		if m.Stratum != nil {
			at.stratum = "=" + *m.Stratum
		}
		if m.Version != nil {
			at.version = "=" + *m.Version
		}
		n := m.N
		if slices.ContainsFunc(shown[at], func(other int64) bool { return s.small(max(n-other, other-n)) }) {
			s.suppress(i)
			continue
		}
		if !slices.Contains(shown[at], n) {
			shown[at] = append(shown[at], n)
		}
	}
}
