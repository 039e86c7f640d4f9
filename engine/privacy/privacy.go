// Package privacy suppresses what a published audit would tell about few people.
//
// A count of people from 1 to below a limit is not shown, nor is anything that it
// could be computed from: the rates, gaps, intervals and p-values of the group,
// and as many other groups as it takes that totals, margins, months and
// intersections do not give it away by subtraction. All of it is done on the
// result, before a report is written.
//
// This is suppression, not differential privacy: it holds against somebody who
// has this one publication, not against one who has others of the same people cut
// in another way, or who knows most of the people.
package privacy

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Apply is the result with small cells suppressed. A result that asks for none,
// or in which they are suppressed already, is returned as it is. The argument is
// not changed.
func Apply(r *audit.Result) *audit.Result {
	if r.Privacy == nil || !r.Privacy.Exact {
		return r
	}
	s := &suppressor{r: copied(r), blocks: map[block]bool{}, single: map[int]bool{}}
	s.book = gather(s.r)
	s.protect()
	s.untie(s.r)
	s.findBlocks()
	s.sheets = s.statutory()
	s.measurements()
	s.kpis()
	s.tables()
	s.counts()
	s.checks()
	s.evidence()
	s.texts()
	s.explanations()
	s.leaveOut()
	s.r.Privacy.Exact, s.r.Privacy.Few, s.r.Privacy.Sparse = false, nil, nil
	return s.r
}

// suppressor works on a copy of a result.
type suppressor struct {
	*book
	r      *audit.Result
	blocks map[block]bool     // that are suppressed
	single map[int]bool       // measurements that are suppressed by themselves
	lacks  map[string][2]bool // by set and window: some published group is hidden, by topic
	sheets map[int]*sheet     // by table: what a law's table shows, line by line
}

// copied is a result whose lists may be changed; what they point at may not.
func copied(r *audit.Result) *audit.Result {
	out := *r
	p := *r.Privacy
	out.Privacy = &p
	out.Data.Inputs = slices.Clone(r.Data.Inputs)
	out.Data.Excluded = slices.Clone(r.Data.Excluded)
	out.Data.Joins = slices.Clone(r.Data.Joins)
	if l := r.Data.Lists; l != nil {
		lists := *l
		out.Data.Lists = &lists
	}
	if c := r.Data.Conversations; c != nil {
		conversations := *c
		conversations.Differ = slices.Clone(c.Differ)
		out.Data.Conversations = &conversations
	}
	out.Windows = slices.Clone(r.Windows)
	out.Groups = slices.Clone(r.Groups)
	for i := range out.Groups {
		out.Groups[i].Values = slices.Clone(out.Groups[i].Values)
	}
	out.Measurements = slices.Clone(r.Measurements)
	out.KPIs = slices.Clone(r.KPIs)
	out.Tables = slices.Clone(r.Tables)
	out.Findings = slices.Clone(r.Findings)
	out.Notes = slices.Clone(r.Notes)
	out.Gates.Checks = slices.Clone(r.Gates.Checks)
	out.Packs = slices.Clone(r.Packs)
	out.Evidence = slices.Clone(r.Evidence)
	return &out
}
