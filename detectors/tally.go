package detectors

import "github.com/plumbline-audit/plumbline/engine/audit"

// tally counts copies of one group: its decisions, and, of the rows whose label
// is known, the four outcomes. A row whose label is missing, unlisted or not yet
// mature has a decision and no outcome.
type tally struct {
	Positive, Negative int64 // decisions
	TP, FP, FN, TN     int64 // decision against label; T means that they agree
}

func (t tally) add(o tally) tally {
	return tally{
		t.Positive + o.Positive, t.Negative + o.Negative,
		t.TP + o.TP, t.FP + o.FP, t.FN + o.FN, t.TN + o.TN,
	}
}

// n is the number of audited copies.
func (t tally) n() int64 { return t.Positive + t.Negative }

// group is what one measurement is about.
type group struct {
	name   string
	kind   audit.GroupKind
	tally  tally
	shards []tally // by shard of subjects; nil without a subject
	each   bool    // every shard is one subject
	scores *scores // how its scores are distributed, where a detector reads them
}

// n is the number of copies that a number about the group rests on.
func (g group) n() int64 {
	if g.scores != nil {
		return g.scores.n()
	}
	return g.tally.n()
}

// audited is the number of audited copies of the group, whether a number can rest
// on them or not. An undefined number states them, so that a group of proper size
// without a single score holds up the pass of a gate.
func (g group) audited() int64 {
	if g.scores != nil {
		return g.scores.rows()
	}
	return g.tally.n()
}

// plus pools two groups.
func (g group) plus(o group) group {
	g.each = g.each || o.each
	g.tally, g.scores = g.tally.add(o.tally), g.scores.plus(o.scores)
	shards := make([]tally, max(len(g.shards), len(o.shards)))
	copy(shards, g.shards)
	for i, t := range o.shards {
		shards[i] = shards[i].add(t)
	}
	if len(shards) > 0 {
		g.shards = shards
	}
	return g
}

// label is the group as a measurement names it.
func (g group) label() *string {
	if g.kind != audit.KindValue {
		return nil
	}
	name := g.name // a pointer into the group would keep all that was counted of it
	return &name
}

// slice is the groups of one attribute in one window, or under one version.
type slice struct {
	window  string
	version *string
	stratum *string // of columns.strata, crossed
	gate    bool    // its gaps are tested and may be gated
	values  []group // those with rows here, in canonical order
	missing *group
	overall group
}

// find returns the group of a name; a group without rows here is empty.
func (s slice) find(name string) group {
	for _, g := range s.values {
		if g.name == name {
			return g
		}
	}
	return group{name: name, kind: audit.KindValue}
}

// compared lists the groups that are held against a reference.
func (s slice) compared() []group {
	if s.missing == nil {
		return s.values
	}
	return append(s.values[:len(s.values):len(s.values)], *s.missing)
}

// everybody lists the groups in the order of the result.
func (s slice) everybody() []group {
	return append(s.compared()[:len(s.compared()):len(s.compared())], s.overall)
}
