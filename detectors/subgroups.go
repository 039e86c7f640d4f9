package detectors

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// SubgroupsParams are the parameters of the detector subgroups.
type SubgroupsParams struct {
	Columns    []string `yaml:"columns" doc:"groups and features to cross; default: every group, and every feature that is not a number"`
	Rate       string   `yaml:"rate" default:"favorable_rate" enum:"favorable_rate|selection_rate|true_positive_rate|false_positive_rate" doc:"the rate in which subgroups are searched that differ"`
	Depth      int      `yaml:"depth" default:"3" min:"1" doc:"most columns that a subgroup is described by"`
	Support    float64  `yaml:"support" default:"0.05" above:"0" below:"1" doc:"least share of all rows that a subgroup has"`
	Redundancy float64  `yaml:"redundancy" default:"0.01" min:"0" doc:"a subgroup is dropped if it differs by no more than this from one with a condition less"`
	Tests      int      `yaml:"tests" default:"10" min:"1" doc:"most subgroups that discovery hands on to the test"`
	Most       int      `yaml:"most" default:"1000000" min:"1" doc:"refuse to search among more subgroups than this"`
}

// Subgroups searches for the people who are hit most.
func Subgroups() detect.Detector {
	return detect.Detector{
		Name:  "subgroups",
		Title: "Hidden subgroups",
		Doc: `Who is really hit? Every combination of values of groups and features, to a depth, with at least the share
support of all rows, is a subgroup; those whose rate lies furthest from that of everybody else are searched. A search
always finds something: so the people are split in two halves. Subgroups are picked in the one (discovery) and tested
in the other, against everybody else there, with Holm's adjustment over those tested; only what holds there is told, the hardest
hit first: those that fare worse, by the end of the interval of the gap that is nearer to none. Descriptions of the same
rows are one subgroup.
The halves come from a hash of the subject, else of the id; without either, the rows of each combination of all columns and
the outcome are dealt at random, keyed by the seed, which is the same as dealing rows. Where the log has more than
131,072 of those, each combination goes to one half, by a hash of its values and never of the outcome: given who the rows
are, the test is as right as before, but the halves are about different combinations, so a subgroup of few of them
is found less surely; the note of subgroups_searched says so. A subgroup that differs by no more than redundancy
from one that is described by a condition less is dropped. What was searched, and how many, is printed; the ranking over
all rows is printed as well, and is no evidence by itself. Runs where it is listed, because its tables cost a scan:
one per combination of depth columns; tables of more cells than fit are refused. Cut numbers into bins first.`,
		Needs:   []detect.Role{detect.RoleDecision},
		Unasked: []detect.Role{detect.RoleAsked},
		Metrics: subgroupsMetrics(),
		Params:  SubgroupsParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(SubgroupsParams)
			return planSubgroups(spec, p.defaulted())
		},
	}
}

func subgroupsMetrics() []detect.Metric {
	count := func(name, title, doc, convention string, version int) detect.Metric {
		return detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Null: detect.NullNone, Scale: detect.ScaleNumber, Version: version}
	}
	return []detect.Metric{
		count("subgroups_searched", "Subgroups searched", "How many subgroups were large enough to be searched.", "combinations of values with at least the share support of rows", 1),
		count("subgroups_tested", "Subgroups tested", "How many subgroups discovery handed on to the test.", "tests in the other half; Holm's adjustment is over these", 2),
		count("subgroups_found", "Subgroups found", "How many subgroups differ in the test as they did in discovery.", "adjusted p below alpha, in the direction of discovery", 2),
		{Name: "subgroup_difference", Title: "Subgroup, difference", Doc: "How many points the rate of a subgroup lies above (+) or below (−) that of everybody else, in the half where it was not searched.",
			Convention: "rate of the subgroup − rate of everybody else, test half", Source: "interval: Newcombe 1998, method 10; test: Fisher mid-p, Holm over the subgroups tested",
			Null: detect.NullNoGap, Scale: detect.ScaleDifference, Version: 3},
	}
}

// defaulted fills parameters in that were not decoded from a file.
func (p SubgroupsParams) defaulted() SubgroupsParams {
	if p.Rate == "" {
		p.Rate = "favorable_rate"
	}
	if p.Depth == 0 {
		p.Depth = 3
	}
	if p.Support == 0 {
		p.Support = 0.05
	}
	if p.Tests == 0 {
		p.Tests = 10
	}
	if p.Most == 0 {
		p.Most = 1_000_000
	}
	return p
}

// crossing is a column that subgroups are described by.
type crossing struct {
	name       string
	dim        table.Dim
	provenance string // of a group
}

// crossings lists the columns to cross, and those of numbers that were left out.
func crossings(spec *audit.Spec, asked []string) (out []crossing, numbers []string, err error) {
	var known []string
	add := func(name string, dim table.Dim, numeric bool, provenance string) {
		known = append(known, name)
		switch wanted := slices.Contains(asked, name); {
		case wanted || len(asked) == 0 && !numeric:
			out = append(out, crossing{name, dim, provenance})
		case len(asked) == 0:
			numbers = append(numbers, name)
		}
	}
	for _, g := range spec.Groups {
		add(g.Name, table.Group(g.Name), false, g.Provenance)
	}
	for _, r := range spec.Roles {
		if c, ok := strings.CutPrefix(r.Role, "feature:"); ok {
			add(c, table.Column(r.Role), r.Numeric, "")
		}
	}
	for _, name := range asked {
		if !slices.Contains(known, name) {
			return nil, nil, fmt.Errorf("subgroups cannot cross %q; the audit has %s", name, some(known, 20))
		}
	}
	return out, numbers, nil
}

// What bounds the tables of one search: how many there are, the cells of all of
// them, and the cells of one that every search may have. Halves are dealt from one
// table of all columns while there are at most mostColumns of them, and while it has
// at most mostDealt cells.
const (
	mostTables  = 1000
	mostCells   = 1 << 22
	leastCells  = 1 << 14
	mostColumns = 12
	mostDealt   = 1 << 17
)

// chosen are the columns of each table: every combination of depth columns, or
// all columns at once where there are no more.
func (p SubgroupsParams) chosen(columns []crossing) ([][]int, error) {
	n, depth := len(columns), min(p.Depth, len(columns))
	if size := choose(n, depth); size > mostTables {
		return nil, fmt.Errorf("subgroups would need %d tables, one for every %d of %d columns, more than %d; name fewer under columns, or lower depth", size, depth, n, mostTables)
	}
	return subsets(n, depth), nil
}

func choose(n, k int) int {
	out := 1
	for i := range k {
		if out = out * (n - i) / (i + 1); out > 1<<40 {
			return out
		}
	}
	return out
}

// subsets lists the ascending k of n, in order.
func subsets(n, k int) [][]int {
	if k == 0 {
		return [][]int{nil}
	}
	var out [][]int
	for _, head := range subsets(n, k-1) {
		from := 0
		if len(head) > 0 {
			from = head[len(head)-1] + 1
		}
		for i := from; i < n; i++ {
			out = append(out, append(slices.Clone(head), i))
		}
	}
	return out
}

func planSubgroups(spec *audit.Spec, params SubgroupsParams) (detect.Plan, error) {
	label := strings.HasPrefix(params.Rate, "true_") || strings.HasPrefix(params.Rate, "false_")
	if label && !spec.HasLabel {
		return detect.Plan{}, fmt.Errorf("subgroups of the %s need columns.label", strings.ReplaceAll(params.Rate, "_", " "))
	}
	columns, numbers, err := crossings(spec, params.Columns)
	if err != nil {
		return detect.Plan{}, err
	}
	if len(columns) == 0 {
		return silent("subgroups has nothing to cross: give columns.groups or columns.features"), nil
	}
	tables, err := params.chosen(columns)
	if err != nil {
		return detect.Plan{}, err
	}
	layout := searchTables{spec: spec, columns: columns, label: label, most: max(leastCells, mostCells/len(tables))}
	var plan detect.Plan
	for _, t := range tables {
		plan.Needs = append(plan.Needs, layout.need(t, len(columns) > params.Depth))
	}
	dealt := len(columns) > params.Depth && len(columns) <= mostColumns && !spec.HasSubject && !spec.HasID
	if dealt {
		plan.Needs = append(plan.Needs, layout.whole())
	}
	plan.Detect = func(in detect.Tables) (detect.Output, error) {
		s := search{emitter: newEmitter("subgroups", spec), params: params, columns: columns, tables: tables}
		if len(numbers) > 0 {
			s.note("subgroups leaves out the numbers " + some(numbers, 10) + "; cut them into bins, as groups with bins or in the log")
		}
		if dealt {
			if all := in.Counts(plan.Needs[len(tables)]); !all.Over() {
				if why := s.oneSided(all); why != "" {
					s.note(why)
					return detect.Output{Notes: s.notes}, nil
				}
				s.readSplit(all, tables)
				return s.run(), nil
			}
			s.byHash = true
		}
		for i := range tables {
			c := in.Counts(plan.Needs[i])
			if c.Over() {
				s.note(s.tooLarge(tables[i], plan.Needs[i].Most))
				return detect.Output{Notes: s.notes}, nil
			}
			if i == 0 {
				if why := s.oneSided(c); why != "" {
					s.note(why)
					return detect.Output{Notes: s.notes}, nil
				}
			}
			s.read(i, c)
		}
		return s.run(), nil
	}
	return plan, nil
}

// searchTables says what the tables of a search are.
type searchTables struct {
	spec    *audit.Spec
	columns []crossing
	label   bool
	most    int // cells of one
}

// need is the table of some columns. Where there are other columns, or who is
// behind a row is known, a dimension says what half it is in.
func (t searchTables) need(columns []int, others bool) table.Need {
	n := table.Need{Most: t.most}
	for _, c := range columns {
		n.Dims = append(n.Dims, t.columns[c].dim)
	}
	n.Dims = append(n.Dims, table.Decision)
	if t.label {
		n.Dims = append(n.Dims, table.Label)
	}
	switch {
	case t.spec.HasSubject:
		n.Dims = append(n.Dims, table.Shard)
		n.Most *= 4 // 64 shards, not two halves, most of which are empty where a table is large
	case t.spec.HasID || others:
		n.Dims = append(n.Dims, table.Half)
	}
	return n
}

// whole is the table of all columns, whose cells are dealt.
func (t searchTables) whole() table.Need {
	all := make([]int, len(t.columns))
	for i := range all {
		all[i] = i
	}
	n := t.need(all, false)
	n.Most = mostDealt
	return n
}
