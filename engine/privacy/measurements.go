package privacy

import (
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// why is the note of a suppressed measurement. It does not say which numbers are
// small themselves and which only tell about others: that would narrow them.
const why = "suppressed: about few people, or telling about few"

// whyChance is the note where a chance is withheld.
const whyChance = "p suppressed: it rests on suppressed groups"

// measurements withholds what is about hidden rows and suppressed blocks.
func (s *suppressor) measurements() {
	var hidden []float64 // adjusted p-values, which others may repeat
	for i := range s.r.Measurements {
		m := &s.r.Measurements[i]
		if s.single[i] || s.hiddenMeasurement(m) {
			if m.PAdjusted != nil && *m.PAdjusted < 1 {
				hidden = append(hidden, *m.PAdjusted)
			}
			s.turn(m)
			withhold(m)
			s.r.Privacy.Suppressed++
		}
	}
	few := s.fewSubjects()
	for i := range s.r.Measurements {
		m := &s.r.Measurements[i]
		if m.Suppressed {
			continue
		}
		if m.EachSubject && few[m.Attribute] || s.fewShards(m) {
			m.Shards = int(audit.Hidden)
		}
		if m.People > 0 && (s.someHidden(m.Attribute) || s.small(m.People)) {
			m.People = 0
			if strings.Contains(m.Note, behindIt) {
				m.Note = "the note is suppressed, because it names counts"
			}
		}
		// A chance that allows for every pair of groups is a function of all of them.
		if m.Joint != nil && s.someHiddenIn(m) {
			m.P, m.PAdjusted, m.Joint, m.Note = nil, nil, nil, noted(m.Note)
		}
		// Holm's adjusted p is the largest of those before it, so it may be another's.
		if m.PAdjusted != nil && slices.Contains(hidden, *m.PAdjusted) {
			m.PAdjusted, m.Note = nil, noted(m.Note)
		}
	}
}

// fewSubjects are the attributes for which a number of subjects would tell about
// few people: it bounds the cases of a hidden group from below.
func (s *suppressor) fewSubjects() map[string]bool {
	out := map[string]bool{}
	for i := range s.r.Measurements {
		if m := &s.r.Measurements[i]; m.EachSubject && !out[m.Attribute] {
			out[m.Attribute] = s.small(int64(m.Shards)) || s.someHidden(m.Attribute)
		}
	}
	return out
}

// behindIt is how the note of a gate ends that counts people.
const behindIt = " behind it"

func noted(note string) string {
	if note == "" {
		return whyChance
	}
	return note + "; " + whyChance
}

// hiddenMeasurement tells whether a measurement would tell about a hidden row.
func (s *suppressor) hiddenMeasurement(m *audit.Measurement) bool {
	t, ok := topicOf(m)
	if m.Metric == "unknown_category" && s.unknownHidden(m) {
		return true
	}
	if !ok {
		b := s.blockOf(m)
		within := s.attributeOf(m.Parameters["strata"]) // what is standardized to an attribute sums over its groups
		return s.blocks[b] || m.Column != nil && s.crossed(m.Detector, m.Attribute, *m.Column) || s.touches(m, b.attribute) || within != "" && s.someHidden(within)
	}
	if m.GroupKind == audit.KindWorst {
		return s.someHiddenIn(m)
	}
	o := s.of(m, false)
	if o == nil || o.hidden[t] || m.Metric == selectionRate && !o.agrees(m) {
		return true
	}
	if m.Metric == "availability_standard_deviations" { // which holds against all groups together
		return s.someHiddenIn(m)
	}
	if m.Reference == nil || *m.Reference == rest {
		return false
	}
	o = s.row(m.Attribute, m.Reference, window(m), false)
	return o == nil || o.hidden[t]
}

// agrees tells whether a rate counts whom the lattice counts.
func (r *row) agrees(m *audit.Measurement) bool {
	return m.Numerator == nil || m.Denominator == nil || *m.Denominator == 0 ||
		decisionForms()[1].of(&r.atoms) == *m.Numerator && decisionForms()[3].of(&r.atoms) == *m.Denominator
}

// rest is the reference that stands for everybody else.
const rest = "(rest)"

// window is a measurement's window as the lattice calls it.
func window(m *audit.Measurement) string {
	if m.Window == audit.AllWindows {
		return ""
	}
	return m.Window
}

// someHiddenIn tells whether some group of the measurement's attribute is hidden
// in its window.
func (s *suppressor) someHiddenIn(m *audit.Measurement) bool {
	t, _ := topicOf(m)
	set, ok := s.sets[m.Attribute]
	if !ok {
		return false
	}
	if s.lacks == nil {
		s.lacks = map[string][2]bool{}
		for _, o := range s.order {
			if o.published {
				k := key(o.set, nil, o.window)
				some := s.lacks[k]
				s.lacks[k] = [2]bool{some[0] || o.hidden[0], some[1] || o.hidden[1]}
			}
		}
	}
	return s.lacks[key(set, nil, window(m))][t]
}

// turn names the two groups of a pair in the order of their names. A pair that no
// reference is part of stands with its lower group first: that tells, of every group
// that is shown, whether a hidden rate is above its rate.
func (s *suppressor) turn(m *audit.Measurement) {
	if m.GroupKind != audit.KindValue || m.Group == nil || m.Reference == nil || *m.Reference == rest || *m.Group <= *m.Reference {
		return
	}
	for _, a := range s.r.Groups {
		if a.Attribute == m.Attribute && (a.Chosen == nil || *a.Chosen != *m.Group && *a.Chosen != *m.Reference) {
			m.Group, m.Reference = m.Reference, m.Group
			return
		}
	}
}

// withhold takes every number from a measurement. Of a worst gap it takes the
// names too: who is lowest and highest says something about all others.
func withhold(m *audit.Measurement) {
	m.Suppressed, m.Note = true, why
	m.N = audit.Hidden
	m.Value, m.Numerator, m.Denominator, m.RefNum, m.RefDen, m.Interval = nil, nil, nil, nil, nil, nil
	m.P, m.PAdjusted, m.Joint, m.Null, m.Power, m.Flipflop = nil, nil, nil, nil, nil, nil
	m.Verdict, m.Shards, m.EachSubject, m.People = "", 0, false, 0
	m.Test = "" // which depends on how large the counts are
	if m.GroupKind == audit.KindWorst {
		m.Group, m.Reference = nil, nil
	}
	kept := map[string]string{}
	for k, v := range m.Parameters {
		if slices.Contains([]string{"role", "reason", "limit", "limit_key", "limit_side", "of", "left_out_of", "cut", "strata", "k", "quantile", "bins"}, k) {
			kept[k] = v
		}
	}
	if m.Parameters = kept; len(kept) == 0 {
		m.Parameters = nil
	}
}

// counts withholds the rows of groups, windows, exclusions and joins.
func (s *suppressor) counts() {
	for i := range s.r.Groups {
		a := &s.r.Groups[i]
		for j := range a.Values {
			if o := s.row(a.Attribute, a.Values[j].Value, "", false); o != nil && o.hidden[decisions] {
				a.Values[j].Rows, a.Values[j].N, a.Values[j].Suppressed = audit.Hidden, audit.Hidden, true
			}
		}
	}
	for i := range s.r.Windows {
		if o := s.find(nil, nil, s.r.Windows[i].ID); o != nil && o.hidden[decisions] {
			s.r.Windows[i].Rows, s.r.Windows[i].Version, s.r.Windows[i].Suppressed = audit.Hidden, "", true
		}
	}
	d := &s.r.Data
	whole := s.find(nil, nil, "").hidden[decisions]
	if whole {
		d.RowsAudited, d.Copies, d.Suppressed = audit.Hidden, audit.Hidden, true
	}
	few := slices.ContainsFunc(d.Excluded, func(e audit.Exclusion) bool { return s.small(e.Rows) })
	if few || whole {
		var sum int64
		for i := range d.Excluded {
			sum += d.Excluded[i].Rows
			d.Excluded[i].Rows, d.Excluded[i].Suppressed = audit.Hidden, true
		}
		// The rows read less those audited are all that are left out.
		if len(d.Excluded) < 2 || s.small(sum) || whole {
			s.hideRead()
		}
	}
	for i := range d.Joins {
		j := &d.Joins[i]
		for _, n := range []int64{j.LogUnmatched, j.LogKeyMissing, j.RightUnmatched, j.RightKeyMissing, j.RightReplaced, j.LogUnmatched - j.LogKeyMissing} {
			if s.small(n) {
				j.Suppressed = true
				j.LogUnmatched, j.LogKeyMissing, j.RightUnmatched, j.RightKeyMissing = audit.Hidden, audit.Hidden, audit.Hidden, audit.Hidden
				if j.RightReplaced > 0 {
					j.RightReplaced = audit.Hidden
				}
				break
			}
		}
	}
	if d.Lists != nil && (whole || d.RowsRead == audit.Hidden || slices.ContainsFunc(d.Lists.Counts(), func(n *int64) bool { return s.small(*n) })) {
		d.Lists.Suppressed = true
		for _, n := range d.Lists.Counts() {
			*n = audit.Hidden
		}
	}
	if c := d.Conversations; c != nil && (whole || d.RowsRead == audit.Hidden || slices.ContainsFunc(c.Counts(), func(n *int64) bool { return s.small(*n) })) {
		c.Suppressed = true
		for _, n := range c.Counts() {
			*n = audit.Hidden
		}
	}
}

// hideRead withholds how many rows were read.
func (s *suppressor) hideRead() {
	s.r.Data.RowsRead, s.r.Data.Suppressed = audit.Hidden, true
	for i := range s.r.Data.Inputs {
		if in := &s.r.Data.Inputs[i]; in.Role == "log" {
			in.Rows, in.Suppressed = audit.Hidden, true
		}
	}
}
