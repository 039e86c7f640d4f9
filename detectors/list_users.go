package detectors

import (
	"math"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// userAttributes are the attributes of who is shown lists; one without a name, about
// everybody, if there are none.
func userAttributes(spec *audit.Spec) []detect.Attribute {
	out := slices.DeleteFunc(detect.Attributes(spec), func(a detect.Attribute) bool {
		return spec.Slate == nil || slices.ContainsFunc(a.Parts, func(p audit.GroupSpec) bool { return !slices.Contains(spec.Slate.Users, p.Name) })
	})
	if len(out) == 0 {
		return []detect.Attribute{{Reference: audit.Reference{Policy: "none"}}}
	}
	return out
}

// listsOf is a number of the lists of one group of users, or of everybody.
type listsOf struct {
	name string
	kind audit.GroupKind
	listMean
}

func (l listsOf) label() *string {
	if l.kind != audit.KindValue {
		return nil
	}
	return &l.name
}

// byUsers is a number of lists in one slice of the audit, by group of users: the
// values, the missing group, and everybody last.
type byUsers struct {
	in     slice
	groups []listsOf
}

func (b byUsers) find(name string) *listsOf {
	for i := range b.groups {
		if b.groups[i].kind == audit.KindValue && b.groups[i].name == name {
			return &b.groups[i]
		}
	}
	return nil
}

// userNeed is the table of a number of lists by group of users, window and subject.
func userNeed(spec *audit.Spec, a detect.Attribute, value string) table.Need {
	dims := a.Dims()
	if windowed(spec) {
		dims = append(dims, table.Window)
	}
	if spec.HasSubject {
		dims = append(dims, table.Subject)
	}
	return table.Need{Dims: dims, Value: value}
}

// readUsers turns the table that userNeed asks for into slices: all, then the windows.
func readUsers(a detect.Attribute, v *table.Values) []byUsers {
	c := v.Counts()
	grouping := a.Group(c)
	windows, at := c.Categories(table.Window), slices.Index(c.Dims(), table.Window)
	subject, shards := slices.Index(c.Dims(), table.Subject), max(1, len(c.Categories(table.Subject)))
	out := make([]byUsers, len(windows)+1)
	for i := range out {
		out[i] = byUsers{slice{window: detect.GateWindow, gate: true}, make([]listsOf, len(grouping.Names)+2)}
		if i > 0 {
			out[i].in = slice{window: windows[i-1].Name}
		}
		for g := range out[i].groups {
			x := listsOf{kind: audit.KindOverall, listMean: listMean{shards: make([]stat.Sums, shards)}}
			switch {
			case g < len(grouping.Names):
				x.name, x.kind = grouping.Names[g], audit.KindValue
			case g == len(grouping.Names):
				x.kind = audit.KindMissing
			}
			out[i].groups[g] = x
		}
	}
	v.Each(func(codes []int, d *table.Distribution) {
		g, shard, in := grouping.Of(codes), 0, []int{0}
		if g < 0 {
			g = len(grouping.Names)
		}
		if subject >= 0 {
			shard = codes[subject]
		}
		if at >= 0 {
			in = append(in, codes[at]+1)
		}
		for _, i := range in {
			if len(a.Parts) > 0 {
				out[i].groups[g].add(shard, d)
			}
			out[i].groups[len(grouping.Names)+1].add(shard, d)
		}
	})
	for i := range out {
		out[i].groups = slices.DeleteFunc(out[i].groups, func(l listsOf) bool { return l.kind != audit.KindOverall && l.lists+l.without == 0 })
	}
	return out
}

// planUsers builds the plan of a detector that measures numbers of lists by group of
// users. further are tables that it needs beside.
func planUsers(detector string, spec *audit.Spec, numbers []string, further []table.Need, measure func(*emitter, userLists, detect.Tables) []audit.Finding) detect.Plan {
	attributes := userAttributes(spec)
	p := detect.Plan{Needs: further}
	for _, a := range attributes {
		for _, n := range numbers {
			p.Needs = append(p.Needs, userNeed(spec, a, n))
		}
		if a.Name != "" {
			p.Needs = append(p.Needs, detect.GroupNeed(spec, a))
		}
	}
	p.Detect = func(tables detect.Tables) (detect.Output, error) {
		e := newEmitter(detector, spec)
		var out detect.Output
		for _, a := range attributes {
			u := userLists{section: section{attribute: a}, clustered: spec.HasSubject, numbers: map[string][]byUsers{}}
			if a.Name != "" {
				u.choose(spec, tables.Counts(detect.GroupNeed(spec, a)))
			}
			if u.absent != "" {
				e.note("attribute " + a.Name + ": " + u.absent)
			}
			for _, n := range numbers {
				v := tables.Values(userNeed(spec, a, n))
				u.each = table.EachSubject(v.Categories(table.Subject))
				u.numbers[n] = readUsers(a, v)
			}
			out.Findings = append(out.Findings, measure(e, u, tables)...)
		}
		out.Measurements, out.Notes = e.out, e.notes
		return out, nil
	}
	return p
}

// userLists is everything about the lists of one attribute's groups of users.
type userLists struct {
	section
	clustered bool
	numbers   map[string][]byUsers // by the table's name
}

// choose finds the reference as the description of the groups does.
func (u *userLists) choose(spec *audit.Spec, c *table.Counts) {
	described := detect.Describe(spec, u.attribute, c)
	u.chosen = described.Chosen
	if u.attribute.Reference.Policy != "value" || u.chosen != nil {
		return
	}
	var candidates []detect.Candidate
	for _, v := range described.Values {
		if v.Value != nil {
			candidates = append(candidates, detect.Candidate{Name: *v.Value, N: v.N})
		}
	}
	u.absent = detect.Absent(u.attribute.Reference.Value, candidates)
}

// shown is what emitters of numbers of lists want to know.
func (u userLists) shown() shown { return shown{section: u.section, clustered: u.clustered} }

// levels emits the mean of a number of lists, by group.
func (u userLists) levels(e *emitter, metric string, by []byUsers, parameters map[string]string) {
	for _, b := range by {
		for _, g := range b.groups {
			m := audit.Measurement{Group: g.label(), GroupKind: g.kind, Parameters: parameters}
			e.fillListLevel(u.shown(), &m, &g.listMean, false)
			if m.Note == "" && g.without > 0 {
				m.Note = whole(g.without) + " lists have no such number and are left out"
			}
			e.add(u.section, b.in, metric, e.metrics[metric].Convention, m)
		}
	}
}

// differences emits how far each group's mean is from the reference's, of other pairs
// where a gate has to judge them, and the lowest less the highest.
func (u userLists) differences(e *emitter, metric string, by []byUsers, parameters map[string]string) {
	if u.attribute.Name == "" {
		return
	}
	for _, b := range by {
		for _, p := range u.pairs(e, metric, b) {
			m := audit.Measurement{Group: &p[0].name, GroupKind: p[0].kind, Reference: &p[1].name, Parameters: parameters}
			u.difference(e, &m, p[0].listMean, p[1].listMean)
			u.bonferroni(&m, b)
			e.add(u.section, b.in, metric, e.metrics[metric].Convention, m)
		}
		u.widest(e, metric, b, parameters)
	}
}

// pairs are the groups to compare: each with the reference, and in the gate window all
// others where a gate judges and the data chose; then the lower comes first.
func (u userLists) pairs(e *emitter, metric string, b byUsers) (out [][2]listsOf) {
	values := slices.DeleteFunc(slices.Clone(b.groups), func(l listsOf) bool { return l.kind != audit.KindValue })
	all := b.in.gate && !u.attribute.Reference.Named() && len(detect.GatesOn(e.spec, e.detector, metric)) > 0
	for i, g := range values {
		if u.attribute.Reference.Policy == "rest" {
			out = append(out, [2]listsOf{g, restOf(values, i)})
			continue
		}
		for k, ref := range values {
			against := u.chosen != nil && ref.name == *u.chosen && i != k
			switch other := all && i < k && (u.chosen == nil || g.name != *u.chosen && ref.name != *u.chosen); {
			case against, other && g.mean() <= ref.mean():
				out = append(out, [2]listsOf{g, ref})
			case other:
				out = append(out, [2]listsOf{ref, g})
			}
		}
	}
	return out
}

// restOf pools all groups but one.
func restOf(values []listsOf, but int) listsOf {
	out := listsOf{name: detect.Rest, kind: audit.KindValue, listMean: listMean{shards: make([]stat.Sums, len(values[but].shards))}}
	for i, g := range values {
		if i == but {
			continue
		}
		out.lists, out.without = out.lists+g.lists, out.without+g.without
		for s := range out.shards {
			out.shards[s] = plusSums(out.shards[s], g.shards[s])
		}
	}
	return out
}

func plusSums(a, b stat.Sums) stat.Sums {
	return stat.Sums{N: a.N + b.N, X: a.X + b.X, XX: a.XX + b.XX}
}

// mean is not a number where there are no lists.
func (m *listMean) mean() float64 {
	all := m.sum()
	return all.X / all.N
}

func (m *listMean) sum() (all stat.Sums) {
	for _, s := range m.shards {
		all = plusSums(all, s)
	}
	return all
}

// used tells the shards that have lists with a number.
func (m *listMean) used(shard int) bool { return m.shards[shard].N > 0 }

// difference fills in how far two means are apart.
func (u userLists) difference(e *emitter, m *audit.Measurement, a, b listMean) {
	m.N = a.lists
	if a.lists == 0 || b.lists == 0 {
		m.Note = "undefined: a group has no list with the number"
		return
	}
	v := a.mean() - b.mean()
	m.Value = &v
	if !u.clustered {
		m.Note = "no interval: nothing says which lists are of one person"
		return
	}
	if stillShards(a.shards) != stillShards(b.shards) {
		p, also := a.zeroOnes(u.each)
		q, ok := b.zeroOnes(u.each)
		e.in.silentRates(m, p, q, ok && also, true)
		for i := range a.shards {
			if a.used(i) || b.used(i) {
				m.Shards++
			}
		}
		return
	}
	c, err := stat.ClusteredMeanDifference(a.shards, b.shards)
	u.fill(e, m, c, err)
}

// fill fills in the interval and the test of a jackknifed number that is 0 by chance.
func (u userLists) fill(e *emitter, m *audit.Measurement, c stat.Clustered, err error) {
	if err != nil {
		m.Note = "no interval: " + err.Error()
		return
	}
	m.Shards = c.Shards
	m.Interval, m.Note = e.in.interval(c.Interval(e.in.alpha))
	if t, err := c.TTest(0, stat.TwoSided); err == nil {
		m.Test, m.P = t.Method, &t.P
	}
}

// bonferroni multiplies a p by the number of pairs where the data chose which to look at.
func (u userLists) bonferroni(m *audit.Measurement, b byUsers) {
	if !b.in.gate || u.attribute.Reference.Named() || m.P == nil {
		return
	}
	n := 0
	for _, g := range b.groups {
		if g.kind == audit.KindValue {
			n++
		}
	}
	pairs := n * (n - 1) / 2
	m.Joint = &audit.Joint{Pairs: pairs, PairTest: m.Test, PairP: *m.P}
	p := min(1, *m.P*float64(pairs))
	m.P, m.Test = &p, m.Test+", bonferroni"
}

// widest is the lowest mean less the highest.
func (u userLists) widest(e *emitter, metric string, b byUsers, parameters map[string]string) {
	m := audit.Measurement{GroupKind: audit.KindWorst, Note: chosenByData, Parameters: parameters}
	var low, high *listsOf
	for i := range b.groups {
		g := &b.groups[i]
		if g.kind != audit.KindValue || g.lists == 0 {
			continue
		}
		if low == nil || g.mean() < low.mean() {
			low = g
		}
		if high == nil || g.mean() > high.mean() {
			high = g
		}
	}
	if low == nil || low == high {
		m.Note = "undefined: fewer than two groups have such lists, or all are alike"
	} else {
		v := low.mean() - high.mean()
		m.Value, m.Group, m.Reference, m.N = &v, &low.name, &high.name, low.lists
	}
	e.add(u.section, b.in, metric, e.metrics[metric].Convention, m)
}

// gap is the group of users that is furthest below the reference, or furthest apart
// from it: what a sentence tells.
type userGap struct {
	low, high listsOf
	p         float64
	at        int // among the measurements
}

// tells finds the largest difference of a metric over everything that is more than
// chance: Bonferroni over those that were emitted from a position on.
func (u userLists) tells(e *emitter, metric string, from int, by []byUsers) (userGap, bool) {
	var out *userGap
	n := 0
	for i := from; i < len(e.out); i++ {
		m := &e.out[i]
		if m.Metric != metric || m.Window != audit.AllWindows || m.GroupKind != audit.KindValue || m.Value == nil || m.P == nil {
			continue
		}
		n++
		g, ref := by[0].find(*m.Group), by[0].find(*m.Reference)
		if g == nil || ref == nil {
			continue
		}
		if *m.Value > 0 {
			g, ref = ref, g
		}
		if out == nil || math.Abs(*m.Value) > math.Abs(*e.out[out.at].Value) {
			out = &userGap{*g, *ref, *m.P, i}
		}
	}
	if out == nil || min(1, out.p*float64(n)) >= e.in.alpha {
		return userGap{}, false
	}
	out.p = min(1, out.p*float64(n))
	return *out, true
}

// called is a group of users in a sentence.
func (l listsOf) called(a detect.Attribute) string { return spoken(a, group{name: l.name}) }

// withK notes which places a number looks at.
func withK(k int) map[string]string {
	if k == 0 {
		return nil
	}
	return map[string]string{"k": strconv.Itoa(k)}
}
