package privacy

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// The metrics whose counts add up over groups and windows. Every other rate of
// the same detectors is made of the same cells. Which detectors are chosen decides
// which of them there are, so that each tells what it can.
const (
	selectionRate = "selection_rate"
	truePositives = "true_positive_rate"
	falsePositves = "false_positive_rate"
	ofSelected    = "positive_predictive_value" // whose counts are told also where those above are not
	ofRejected    = "negative_predictive_value"
)

// topicOf is the topic of a measurement whose counts the lattice holds.
func topicOf(m *audit.Measurement) (topic, bool) {
	if m.Column != nil || m.Stratum != nil || m.Version != nil {
		return 0, false
	}
	switch m.Detector {
	case "parity":
		return decisions, true
	case "equal_opportunity", "error_rates":
		return labels, true
	case "adverse_impact":
		return decisions, true
	case "ll144":
		whole := m.Attribute != "" && (m.Metric == selectionRate || m.Metric == "impact_ratio")
		return decisions, whole && m.Parameters["output"] == "" // other outputs count otherwise
	}
	return 0, false
}

// book is the lattice of a result, with the names that the result gives its rows.
type book struct {
	*lattice
	sets map[string][]int // by the name of the attribute or intersection
}

// counted is what the result says about a row before it is cut into atoms.
type counted struct {
	n                                  int64
	decided, selected                  *int64
	positive, hits, negative, mistaken *int64
	found, right, passed, rightly      *int64 // of those selected and rejected who have a label: all, and the right ones
}

// gather makes the lattice of a result.
func gather(r *audit.Result) *book {
	b := &book{lattice: newLattice(r.Privacy.MinCell), sets: map[string][]int{}}
	b.attributes(r)
	seen := map[*row]*counted{}
	about := func(o *row) *counted {
		o.published = true
		if seen[o] == nil {
			seen[o] = &counted{}
		}
		return seen[o]
	}
	about(b.at(nil, nil, "")).n = r.Data.Copies
	for _, w := range r.Windows {
		b.windows = append(b.windows, w.ID)
		about(b.at(nil, nil, w.ID)).n = w.Rows
	}
	for _, a := range r.Groups {
		for _, v := range a.Values {
			if o := b.row(a.Attribute, v.Value, "", true); o != nil {
				about(o).n = v.N
			}
		}
	}
	for i := range r.Measurements {
		m := &r.Measurements[i]
		if _, ok := topicOf(m); !ok || m.Numerator == nil || m.Denominator == nil {
			continue
		}
		if o := b.of(m, true); o != nil && m.Reference == nil {
			about(o).take(m)
			o.few = o.few || b.small(m.People) || b.fewShards(m)
		}
		if m.Detector == "adverse_impact" && m.Reference != nil {
			about(b.of(m, true)).pair(m.Numerator, m.Denominator, r.Audit.Favorable)
			about(b.row(m.Attribute, m.Reference, "", true)).pair(m.RefNum, m.RefDen, r.Audit.Favorable)
		}
	}
	b.markFew(r)
	b.weigh(r)
	for o, c := range seen { // each by itself, in any order
		o.atoms = c.atoms()
	}
	b.rest()
	b.remainders()
	b.limit(r)
	return b
}

// weigh counts the numbers that go with each row: those about it, and those that it is
// the reference of.
func (b *book) weigh(r *audit.Result) {
	for i := range r.Measurements {
		m := &r.Measurements[i]
		if _, ok := topicOf(m); !ok {
			continue
		}
		if o := b.of(m, false); o != nil {
			o.numbers++
		}
		if m.Reference != nil && m.GroupKind == audit.KindValue {
			if o := b.row(m.Attribute, m.Reference, window(m), false); o != nil {
				o.numbers++
			}
		}
	}
}

// untie hides tables whose ties the lattice does not follow: windows that
// overlap or leave rows out, and intersections of three and more attributes some
// of whose values are missing.
func (b *book) untie(r *audit.Result) {
	var sum int64
	for _, w := range r.Windows {
		sum += w.Rows
	}
	for _, o := range b.order {
		if o.window != "" && sum != r.Data.RowsAudited {
			o.hide(decisions)
		}
		if all := b.find(o.set, []string{lump}, ""); len(o.set) > 2 && all != nil && all.cases() > 0 {
			o.hide(decisions)
		}
	}
}

// attributes lists the attributes, their values and the published tables.
func (b *book) attributes(r *audit.Result) {
	index := map[string]int{}
	b.lattice.sets = append(b.lattice.sets, nil)
	for _, a := range r.Groups { // attributes stand before their intersections
		var set []int
		for _, p := range audit.Parts(a.Attribute) {
			if i, ok := index[p]; ok {
				set = append(set, i)
			}
		}
		if parts := audit.Parts(a.Attribute); len(parts) == 1 || len(set) != len(parts) {
			index[a.Attribute] = len(b.domain)
			set = []int{len(b.domain)}
			b.domain = append(b.domain, values(a))
		}
		b.sets[a.Attribute] = set
		b.lattice.sets = append(b.lattice.sets, set)
	}
	// The tables of Local Law 144 cross two attributes, listed or not.
	for i := range r.Measurements {
		m := &r.Measurements[i]
		if parts := audit.Parts(m.Attribute); m.Detector == "ll144" && len(parts) == 2 && b.sets[m.Attribute] == nil {
			first, ok := index[parts[0]]
			second, also := index[parts[1]]
			if ok && also {
				b.sets[m.Attribute] = []int{first, second}
				b.lattice.sets = append(b.lattice.sets, b.sets[m.Attribute])
			}
		}
	}
}

// rest adds who is in no cell of a table of two attributes that does not count
// them: everybody less all cells.
func (b *book) rest() {
	for _, set := range b.lattice.sets {
		if len(set) != 2 || b.find(set, []string{lump}, "") != nil {
			continue
		}
		left := b.find(nil, nil, "").atoms
		for _, o := range b.order {
			if o.window == "" && slices.Equal(o.set, set) {
				left = left.less(&o.atoms)
			}
		}
		if decisionForms()[0].of(&left) > 0 {
			o := b.at(set, []string{lump}, "")
			o.atoms, o.published = left, true // who adds up the cells has it
		}
	}
}

func values(a audit.Attribute) []string {
	var out []string
	for _, v := range a.Values {
		switch {
		case v.Value != nil:
			out = append(out, *v.Value)
		case v.N > 0:
			out = append(out, missing)
		}
	}
	slices.Sort(out)
	return out
}

// of is the row that a measurement is about, or nil if it is about none.
func (b *book) of(m *audit.Measurement, add bool) *row {
	window := m.Window
	if window == audit.AllWindows {
		window = ""
	}
	switch m.GroupKind {
	case audit.KindOverall:
		if !add {
			return b.find(nil, nil, window)
		}
		return b.at(nil, nil, window)
	case audit.KindValue, audit.KindMissing:
		return b.row(m.Attribute, m.Group, window, add)
	}
	return nil
}

// row is a group of an attribute; a nil value stands for the missing ones.
func (b *book) row(attribute string, value *string, window string, add bool) *row {
	set, ok := b.sets[attribute]
	if !ok {
		return nil
	}
	var values []string
	switch {
	case value == nil && len(set) > 1:
		values = []string{lump}
	case value == nil:
		values = []string{missing}
	case len(set) > 1:
		if values = audit.Parts(*value); len(values) != len(set) {
			return nil
		}
	default:
		values = []string{*value}
	}
	if !add {
		return b.find(set, values, window)
	}
	return b.at(set, values, window)
}

// pair notes the counts of one side of a ratio of favorable rates.
func (c *counted) pair(k, n *int64, favorable bool) {
	if c.decided != nil || k == nil || n == nil {
		return
	}
	of := *k
	if !favorable {
		of = *n - of
	}
	c.n, c.selected, c.decided = max(c.n, *n), &of, n
}

// take notes the counts of a rate.
func (c *counted) take(m *audit.Measurement) {
	c.n = max(c.n, m.N)
	switch m.Metric {
	case selectionRate:
		if c.decided == nil {
			c.selected, c.decided = m.Numerator, m.Denominator
		}
	case truePositives:
		c.hits, c.positive = m.Numerator, m.Denominator
	case falsePositves:
		c.mistaken, c.negative = m.Numerator, m.Denominator
	case ofSelected:
		c.right, c.found = m.Numerator, m.Denominator
	case ofRejected:
		c.rightly, c.passed = m.Numerator, m.Denominator
	}
}

// atoms cuts the counts as far as they are known.
func (c *counted) atoms() (a atoms) {
	if c.positive != nil {
		a[truePositive], a[falseNegative] = *c.hits, *c.positive-*c.hits
	}
	if c.negative != nil {
		a[falsePositive], a[trueNegative] = *c.mistaken, *c.negative-*c.mistaken
	}
	// Rates that add up outcomes of both decisions count nobody where labels are known
	// of one alone.
	if c.found != nil {
		a[truePositive], a[falsePositive] = *c.right, *c.found-*c.right
	}
	if c.passed != nil {
		a[trueNegative], a[falseNegative] = *c.rightly, *c.passed-*c.rightly
	}
	rest := c.n
	if c.decided != nil {
		a[selected] = max(0, *c.selected-a[truePositive]-a[falsePositive])
		a[rejected] = max(0, *c.decided-*c.selected-a[falseNegative]-a[trueNegative])
	}
	for _, n := range a {
		rest -= n
	}
	a[undecided] = max(0, rest)
	return a
}
