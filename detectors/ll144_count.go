package detectors

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// The axes of the rule's tables.
const (
	axisSex     = "sex"
	axisRace    = "race"
	axisCrossed = "crossed"
)

// toolOutput is one output of the tool: a decision, a class or a score.
type toolOutput struct {
	name  string // of the feature; "" for the audit's own decision or score
	role  string
	score bool
}

// ll144 is the detector's plan.
type ll144 struct {
	spec      *audit.Spec
	params    LL144Params
	sex, race string // attributes; "" where no column carries one
	crossed   string // name of their intersection in the result
	sexFirst  bool
	outputs   []toolOutput
}

func planLL144(spec *audit.Spec, p LL144Params) (detect.Plan, error) {
	d := ll144{spec: spec, params: p}
	var err error
	if d.sex, err = d.find(p.Sex, "sex", "gender"); err != nil {
		return detect.Plan{}, err
	}
	if d.race, err = d.find(p.Race, "race", "race_ethnicity", "ethnicity"); err != nil {
		return detect.Plan{}, err
	}
	if d.sex != "" && d.sex == d.race {
		return detect.Plan{}, fmt.Errorf("sex and race are the same attribute, %q", d.sex)
	}
	at := func(name string) int {
		return slices.IndexFunc(spec.Groups, func(g audit.GroupSpec) bool { return g.Name == name })
	}
	if d.sex != "" && d.race != "" {
		d.sexFirst = at(d.sex) < at(d.race)
		d.crossed = d.cross(d.sex, d.race)
	}
	if err := d.findOutputs(); err != nil {
		return detect.Plan{}, err
	}
	plan := detect.Plan{Detect: d.detect, Refine: d.refine}
	if d.sex+d.race != "" {
		for _, o := range d.outputs {
			plan.Needs = append(plan.Needs, d.need(o))
		}
		plan.Needs = append(plan.Needs, d.everybody())
	}
	return plan, nil
}

// find is the attribute that was asked for, or the first that goes by a usual name.
func (d *ll144) find(asked string, usual ...string) (string, error) {
	names := usual
	if asked != "" {
		names = []string{asked}
	}
	for _, name := range names {
		for _, g := range d.spec.Groups {
			if g.Name != name {
				continue
			}
			if g.Provenance == "inferred" {
				return "", fmt.Errorf("attribute %s is inferred; a bias audit under Local Law 144 cannot use imputed or inferred demographic data (DCWP FAQ III.6)", name)
			}
			return name, nil
		}
		for _, g := range d.spec.Inferred {
			if g.Name == name {
				return "", fmt.Errorf("attribute %s is known by probabilities alone; a bias audit under Local Law 144 cannot use imputed or inferred demographic data (DCWP FAQ III.6)", name)
			}
		}
	}
	if asked != "" {
		return "", fmt.Errorf("there is no attribute %q under columns.groups", asked)
	}
	return "", nil
}

func (d *ll144) findOutputs() error {
	if d.spec.HasDecision {
		d.outputs = append(d.outputs, toolOutput{})
	}
	if d.spec.HasScore {
		d.outputs = append(d.outputs, toolOutput{role: "score", score: true})
	}
	for _, name := range d.params.Outputs {
		at := slices.IndexFunc(d.spec.Roles, func(r audit.RoleColumn) bool { return r.Role == "feature:"+name })
		if at < 0 {
			return fmt.Errorf("output %q is not among columns.features", name)
		}
		d.outputs = append(d.outputs, toolOutput{name: name, role: "feature:" + name, score: d.spec.Roles[at].Numeric})
	}
	return nil
}

// dims are the attributes that there are.
func (d *ll144) dims() []table.Dim {
	var out []table.Dim
	for _, name := range []string{d.sex, d.race} {
		if name != "" {
			out = append(out, table.Group(name))
		}
	}
	return out
}

// need is the table of one output. Scores count for everyone scored, also where
// there is no decision.
func (d *ll144) need(o toolOutput) table.Need {
	switch {
	case o.score:
		return table.Need{Dims: d.dims(), Value: o.role, InScope: true}
	case o.name != "":
		return table.Need{Dims: append(d.dims(), table.Column(o.role))}
	}
	return table.Need{Dims: append(d.dims(), table.Decision)}
}

// everybody is the table that counts people of unknown categories.
func (d *ll144) everybody() table.Need { return table.Need{Dims: d.dims(), InScope: true} }

// cross names an intersection as the result does.
func (d *ll144) cross(sex, race string) string {
	if d.sexFirst {
		return detect.Cross(sex, race)
	}
	return detect.Cross(race, sex)
}

// applicant is the part of a cell that says who.
type applicant struct{ sex, race string } // "" where unknown or not carried

// persons reads who a table's cells are about.
func (d *ll144) persons(categories func(table.Dim) []table.Category) func(codes []int) (applicant, bool) {
	var names [][]string // "" is unknown
	for _, dim := range d.dims() {
		var list []string
		for _, c := range categories(dim) {
			name := ""
			if !c.Missing && c.Name != "" { // an empty text names no category
				name = categoryOf(c.Name, d.listedOf(dim))
			}
			list = append(list, name)
		}
		names = append(names, list)
	}
	return func(codes []int) (applicant, bool) {
		var p applicant
		known := true
		name := func(i int) string {
			s := names[i][codes[i]]
			known = known && s != ""
			return s
		}
		i := 0
		if d.sex != "" {
			p.sex = name(i)
			i++
		}
		if d.race != "" {
			p.race = name(i)
		}
		return p, known
	}
}

// category is a row of a table.
type category struct {
	applicant
	name     string // in the result
	k, n     int64
	why      string // it is left out for this reason
	leftOut  bool
	absent   bool // expected, and nobody was seen
	unlisted bool // no category of the rule
	outside  bool // so that it has no ratio and sets no highest rate
}

func (c category) proportion() proportion { return proportion{k: c.k, n: c.n} }

// statutory is one table of the rule before it is printed.
type statutory struct {
	axis      string
	attribute string
	output    toolOutput
	class     string // that people are classified into
	cats      []category
	total     int64
	highest   int   // of cats; -1 if all rates are 0 or nobody is there
	without   int64 // people, of any category, without the output
}

// axes are the tables that can be made.
func (d *ll144) axes() []string {
	var out []string
	if d.sex != "" {
		out = append(out, axisSex)
	}
	if d.race != "" {
		out = append(out, axisRace)
	}
	if d.crossed != "" {
		out = append(out, axisCrossed)
	}
	return out
}

// byApplicant is k of n per applicant: a pair of categories, each of which may be
// unknown.
type byApplicant map[applicant][2]int64

// people are all of them.
func (t byApplicant) people() (n int64) {
	for _, kn := range t {
		n += kn[1]
	}
	return n
}

// table sums a tally along an axis, marks what is left out and finds the highest
// rate of what is not.
func (d *ll144) table(axis string, o toolOutput, class string, t byApplicant) statutory {
	out := statutory{axis: axis, output: o, class: class, highest: -1}
	sums := map[applicant][2]int64{}
	for who, kn := range t {
		at, ok := project(axis, who)
		if !ok {
			continue
		}
		s := sums[at]
		sums[at] = [2]int64{s[0] + kn[0], s[1] + kn[1]}
		out.total += kn[1]
	}
	switch axis {
	case axisSex:
		out.attribute = d.sex
	case axisRace:
		out.attribute = d.race
	default:
		out.attribute = d.crossed
	}
	for _, who := range d.order(axis, sums) {
		s, seen := sums[who]
		c := category{applicant: who, name: d.name(axis, who), k: s[0], n: s[1], absent: !seen || s[1] == 0}
		c.unlisted = who.sex != "" && !slices.Contains(d.params.SexCategories, who.sex) || who.race != "" && !slices.Contains(d.params.RaceCategories, who.race)
		c.why, c.leftOut = d.excluded(c, out.total)
		out.cats = append(out.cats, c)
	}
	outside(out.cats)
	for i, c := range out.cats {
		if c.leftOut || c.outside || c.k == 0 {
			continue
		}
		if out.highest < 0 || rateOf(c).Cmp(rateOf(out.cats[out.highest])) > 0 {
			out.highest = i
		}
	}
	return out
}

func rateOf(c category) *big.Rat { return big.NewRat(c.k, c.n) }

// project is the category that a person has on an axis; people whose category is
// unknown there have none.
func project(axis string, p applicant) (applicant, bool) {
	switch axis {
	case axisSex:
		return applicant{sex: p.sex}, p.sex != ""
	case axisRace:
		return applicant{race: p.race}, p.race != ""
	}
	return p, p.sex != "" && p.race != ""
}

func (d *ll144) name(axis string, p applicant) string {
	switch axis {
	case axisSex:
		return p.sex
	case axisRace:
		return p.race
	}
	return d.cross(p.sex, p.race)
}

// order lists the categories as the rule's examples do, those that it does not
// know last. Of the intersections, people of Hispanic ethnicity come first, then
// the others by sex.
func (d *ll144) order(axis string, sums map[applicant][2]int64) []applicant {
	var out []applicant
	sexes, races := d.params.SexCategories, d.params.RaceCategories
	switch axis {
	case axisSex:
		for _, s := range sexes {
			out = append(out, applicant{sex: s})
		}
	case axisRace:
		for _, r := range races {
			out = append(out, applicant{race: r})
		}
	default:
		if slices.Contains(races, d.params.Hispanic) {
			for _, s := range sexes {
				out = append(out, applicant{s, d.params.Hispanic})
			}
		}
		for _, s := range sexes {
			for _, r := range races {
				if r != d.params.Hispanic {
					out = append(out, applicant{s, r})
				}
			}
		}
	}
	var others []applicant
	for who := range sums {
		if !slices.Contains(out, who) {
			others = append(others, who)
		}
	}
	slices.SortFunc(others, func(a, b applicant) int { return strings.Compare(d.name(axis, a), d.name(axis, b)) })
	return append(out, others...)
}
