package detectors

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// search is one search for subgroups.
type search struct {
	*emitter
	params    SubgroupsParams
	columns   []crossing
	tables    [][]int // columns of each table
	bases     []base
	values    [][]string // by column
	everybody halves
	sets      []itemset
	index     map[string]map[uint64]int // by columns, then values: position in sets
	byHash    bool                      // combinations of all columns are in one half each
}

// name writes a subgroup: age=25-45, sex=Male.
func (s *search) name(x itemset) string {
	parts := make([]string, len(x.columns))
	for i, c := range x.columns {
		parts[i] = s.columns[c].name + "=" + s.values[c][x.values[i]]
	}
	return strings.Join(parts, ", ")
}

// run searches, tests, and tells.
func (s *search) run() detect.Output {
	for _, e := range s.bases[0].entries {
		s.everybody.add(e.halves)
	}
	if n := s.possible(); n > float64(s.params.Most) {
		s.note(fmt.Sprintf("subgroups: %s to depth %d make %.0f combinations of values, more than %d; refused. Name fewer under columns, lower depth, or put rare values together", some(s.columnNames(), 12), s.params.Depth, n, s.params.Most))
		return detect.Output{Notes: s.notes}
	}
	s.enumerate()
	tested := s.test(s.discover())
	slices.SortStableFunc(tested, s.harder)
	return s.output(tested)
}

// tooLarge says that a table has more cells than are counted.
func (s *search) tooLarge(columns []int, most int) string {
	var names []string
	for _, c := range columns {
		names = append(names, s.columns[c].name)
	}
	return fmt.Sprintf("subgroups: %s have more than %d combinations of values, outcome and half; refused. Name fewer under columns, lower depth, or put rare values together", some(names, 12), most)
}

func (s *search) columnNames() []string {
	var out []string
	for _, c := range s.columns {
		out = append(out, c.name)
	}
	return out
}

// gap is the rate of one half of some rows minus that of everybody; ok if both
// have one.
func gapIn(x, all proportion) (float64, bool) {
	if x.n == 0 || all.n == 0 {
		return 0, false
	}
	return ratio(x.k, x.n) - ratio(all.k, all.n), true
}

// redundant says that a condition less describes nearly the same rate.
func (s *search) redundant(x itemset, of func(halves) proportion) bool {
	all := of(s.everybody)
	own, ok := gapIn(of(x.halves), all)
	if !ok {
		return true
	}
	for _, p := range s.parents(x) {
		if d, ok := gapIn(of(p), all); ok && math.Abs(own-d) <= s.params.Redundancy {
			return true
		}
	}
	return false
}

// candidate is a subgroup that discovery hands on.
type candidate struct {
	itemset
	also     []itemset // other descriptions of the same rows
	z        float64   // against everybody else, discovery half
	test     audit.Measurement
	adjusted float64
	held     bool
}

// discover picks the subgroups that stand out most in the discovery half: by
// the pooled z against everybody else there, without redundant ones, and without
// those that are nearly the same as one picked before. Several descriptions of the
// same rows are one subgroup, of the name with the fewest conditions.
func (s *search) discover() []candidate {
	in := func(h halves) proportion { return h.of(discovery) }
	var list []candidate
	for _, x := range s.sets {
		a, b := s.against(x, discovery)
		t, err := stat.PooledZ(a.k, a.n, b.k, b.n, stat.TwoSided)
		if err != nil || t.P >= s.spec.Alpha || s.redundant(x, in) {
			continue
		}
		list = append(list, candidate{itemset: x, z: t.Statistic})
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(math.Abs(b.z), math.Abs(a.z)) })
	var out []candidate
	for _, c := range list {
		if i := slices.IndexFunc(out, func(o candidate) bool { return s.same(o.itemset, c.itemset) }); i >= 0 {
			out[i].also = append(out[i].also, c.itemset)
			continue
		}
		if len(out) == s.params.Tests {
			continue // others may still be the same rows as one of these
		}
		if !slices.ContainsFunc(out, func(o candidate) bool { return s.alike(o.itemset, c.itemset) }) {
			out = append(out, c)
		}
	}
	return out
}

// against is a subgroup beside everybody else in one half.
func (s *search) against(x itemset, half int) (a, b proportion) {
	a, b = x.of(half), s.everybody.of(half)
	b.k, b.n = b.k-a.k, b.n-a.n
	return a, b
}

// alike says that one of two subgroups is part of the other, and differs as much.
func (s *search) alike(a, b itemset) bool {
	if len(a.columns) > len(b.columns) {
		a, b = b, a
	}
	for i, c := range a.columns {
		at := slices.Index(b.columns, c)
		if at < 0 || a.values[i] != b.values[at] {
			return false
		}
	}
	all := s.everybody.of(discovery)
	x, _ := gapIn(a.of(discovery), all)
	y, _ := gapIn(b.of(discovery), all)
	return math.Abs(x-y) <= s.params.Redundancy
}

// same says that two subgroups are the same rows: all their counts are equal, and
// where one table has the columns of both, no row is in one of them only.
func (s *search) same(a, b itemset) bool {
	if a.halves != b.halves {
		return false
	}
	columns, values := slices.Clone(a.columns), slices.Clone(a.values)
	for i, c := range b.columns {
		switch at := slices.Index(columns, c); {
		case at < 0:
			columns, values = append(columns, c), append(values, b.values[i])
		case values[at] != b.values[i]:
			return false
		}
	}
	base := slices.IndexFunc(s.bases, func(x base) bool { return contains(x.columns, columns) })
	if base < 0 {
		return true
	}
	var both halves
	for _, e := range s.bases[base].entries {
		if e.within(s.bases[base].columns, columns, values) {
			both.add(e.halves)
		}
	}
	return both == a.halves
}

// within says that an entry of a table has these values.
func (e entry) within(of, columns, values []int) bool {
	for i, c := range columns {
		if e.codes[slices.Index(of, c)] != values[i] {
			return false
		}
	}
	return true
}

// harder orders subgroups that were tested: those that held before the others,
// of these the ones that fare worse than everybody else first, and of those the
// one whose gap is surely largest, by the end of its interval that is nearer to
// no gap.
func (s *search) harder(a, b candidate) int {
	first := func(yes, no bool) int {
		switch {
		case yes == no:
			return 0
		case yes:
			return -1
		}
		return 1
	}
	harmA, sureA := s.harm(a.test)
	harmB, sureB := s.harm(b.test)
	return cmp.Or(first(a.held, b.held), first(harmA, harmB), cmp.Compare(sureB, sureA))
}

// harm says whether a subgroup fares worse than everybody else, and how large the
// gap is at least.
func (s *search) harm(m audit.Measurement) (worse bool, sure float64) {
	if m.Value == nil {
		return false, 0
	}
	above := *m.Value > 0
	if i := m.Interval; i != nil && above && i.Low != nil {
		sure = max(0, *i.Low)
	} else if i != nil && !above && i.High != nil {
		sure = max(0, -*i.High)
	}
	good := s.params.Rate == "favorable_rate" || s.spec.Favorable
	return above != good && *m.Value != 0, sure
}

// test compares each candidate with everybody else in the half where it was not
// searched, and adjusts over all of them.
func (s *search) test(list []candidate) []candidate {
	var ps []float64
	for i := range list {
		c := &list[i]
		a, b := s.against(c.itemset, heldOut)
		if s.spec.HasSubject {
			a.shards, b.shards = s.people(c.itemset)
		}
		c.test = audit.Measurement{Numerator: &a.k, Denominator: &a.n, RefNum: &b.k, RefDen: &b.n, N: a.n, Shards: shardsUsed(a, b)}
		p := 1.0
		if a.n > 0 && b.n > 0 {
			c.test.Value = float(minus(a.value(), b.value()))
			c.test.Interval, c.test.Note = s.in.difference(a, b)
			c.test.Test, c.test.P = s.in.test(a, b)
		} else {
			c.test.Note = "undefined: nobody to compare in the test half"
		}
		if c.test.P != nil {
			p = *c.test.P
		}
		ps = append(ps, p)
	}
	for i, p := range stat.Holm(ps) {
		c := &list[i]
		c.adjusted = p
		if c.test.P != nil {
			c.test.PAdjusted = &c.adjusted
		}
		c.held = c.test.P != nil && p < s.spec.Alpha && c.test.Value != nil && *c.test.Value*c.z > 0
	}
	return list
}

// people are the shards of the test half, of a subgroup and of everybody else.
func (s *search) people(x itemset) (own, rest []stat.Shard) {
	own, rest = make([]stat.Shard, 32), make([]stat.Shard, 32)
	b := &s.bases[x.base]
	for i := range b.entries {
		e := &b.entries[i]
		to := rest
		if e.within(b.columns, x.columns, x.values) {
			to = own
		}
		for g, v := range e.shards {
			to[g].N, to[g].K = to[g].N+v[0], to[g].K+v[1]
		}
	}
	return own, rest
}
