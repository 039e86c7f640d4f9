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
The halves come from a hash of the subject, else of the id; without either, the rows of each cell of the table are
dealt at random, keyed by the seed, which is the same as dealing rows. A subgroup that differs by no more than redundancy
from one that is described by a condition less is dropped. What was searched, and how many, is printed; the ranking over
all rows is printed as well, and is no evidence by itself. Runs where it is listed, because its tables cost a scan:
with a subject or an id one per combination of depth columns, else one of all columns. Cut numbers into bins first.`,
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
	count := func(name, title, doc, convention string) detect.Metric {
		return detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1}
	}
	return []detect.Metric{
		count("subgroups_searched", "Subgroups searched", "How many subgroups were large enough to be searched.", "combinations of values with at least the share support of rows"),
		count("subgroups_tested", "Subgroups tested", "How many subgroups discovery handed on to the test.", "tests in the other half; Holm's adjustment is over these"),
		count("subgroups_found", "Subgroups found", "How many subgroups differ in the test as they did in discovery.", "adjusted p below alpha, in the direction of discovery"),
		{Name: "subgroup_difference", Title: "Subgroup, difference", Doc: "How many points the rate of a subgroup lies above (+) or below (−) that of everybody else, in the half where it was not searched.",
			Convention: "rate of the subgroup − rate of everybody else, test half", Source: "interval: Newcombe 1998, method 10; test: Fisher mid-p, Holm over the subgroups tested",
			Null: detect.NullNoGap, Scale: detect.ScaleDifference, Version: 2},
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

// mostTables bounds the tables of one search, and mostColumns the columns of a
// table of all of them.
const (
	mostTables  = 1000
	mostColumns = 12
)

// chosen are the columns of each table: every combination of depth columns, or
// all columns at once where there are no more, or where the halves are dealt
// from the table, which has to be the same for all.
func (p SubgroupsParams) chosen(spec *audit.Spec, columns []crossing) ([][]int, error) {
	n := len(columns)
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	if n <= p.Depth {
		return [][]int{all}, nil
	}
	if !spec.HasSubject && !spec.HasID {
		if n > mostColumns {
			return nil, fmt.Errorf("subgroups would cross %d columns in one table, more than %d; name fewer under columns, or give columns.id or columns.subject so that smaller tables do", n, mostColumns)
		}
	}
	if size := choose(n, p.Depth); size > mostTables {
		return nil, fmt.Errorf("subgroups would need %d tables, one for every %d of %d columns, more than %d; name fewer under columns, or lower depth", size, p.Depth, n, mostTables)
	}
	if !spec.HasSubject && !spec.HasID {
		return [][]int{all}, nil
	}
	return subsets(n, p.Depth), nil
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
	tables, err := params.chosen(spec, columns)
	if err != nil {
		return detect.Plan{}, err
	}
	var plan detect.Plan
	for _, t := range tables {
		need := table.Need{}
		for _, c := range t {
			need.Dims = append(need.Dims, columns[c].dim)
		}
		need.Dims = append(need.Dims, table.Decision)
		if label {
			need.Dims = append(need.Dims, table.Label)
		}
		switch {
		case spec.HasSubject:
			need.Dims = append(need.Dims, table.Shard)
		case spec.HasID:
			need.Dims = append(need.Dims, table.Half)
		}
		plan.Needs = append(plan.Needs, need)
	}
	plan.Detect = func(in detect.Tables) (detect.Output, error) {
		s := search{emitter: newEmitter("subgroups", spec), params: params, columns: columns, tables: tables}
		if len(numbers) > 0 {
			s.note("subgroups leaves out the numbers " + some(numbers, 10) + "; cut them into bins, as groups with bins or in the log")
		}
		if apart := len(columns) > params.Depth && !spec.HasSubject && !spec.HasID; apart {
			s.readSplit(in.Counts(plan.Needs[0]), subsets(len(columns), params.Depth))
			return s.run(), nil
		}
		for i := range tables {
			s.read(i, in.Counts(plan.Needs[i]))
		}
		return s.run(), nil
	}
	return plan, nil
}
