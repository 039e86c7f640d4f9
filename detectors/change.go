package detectors

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// ChangeParams are the parameters of Change.
type ChangeParams struct {
	From    string   `yaml:"from" doc:"earlier period: a window, or a..b of windows, inclusive; with by: version a version. Default: the window before the last"`
	To      string   `yaml:"to" doc:"later period or version. Default: the last window"`
	By      string   `yaml:"by" default:"window" enum:"window|version" doc:"what from and to name"`
	Strata  []string `yaml:"strata" doc:"columns of columns.strata to take the change apart by, each by itself; default: all"`
	Crossed bool     `yaml:"crossed" default:"false" doc:"also by all of them together"`
}

// Check implements config's check of parameters.
func (p ChangeParams) Check() error {
	switch {
	case (p.From == "") != (p.To == ""):
		return errors.New("from and to belong together: name both, or none for the last two windows")
	case p.By == "version" && p.From == "":
		return errors.New("by: version needs from and to: name two versions")
	case p.From != "" && p.From == p.To:
		return fmt.Errorf("from and to are the same: %s", p.From)
	}
	return nil
}

// Change takes apart why a gap moved.
func Change() detect.Detector {
	return detect.Detector{
		Name:  "change",
		Title: "Why a gap moved",
		Doc: `Why a gap between groups is another than it was: because decisions changed inside strata (the rate part), or because
who applies changed (the mix part). For each stratum s of a group with share w and selection rate p, in the earlier period
(0) and the later one (1), r being the rate of the whole group:
rate part (w0+w1)/2 · (p1−p0), mix part ((p0+p1)/2 − (r0+r1)/2) · (w1−w0).
The parts of all strata add up exactly to the change of the group's rate; those of a group less those of its reference to
the change of the gap. A stratum that enters or leaves has no rate to compare, so all of it is mix; it is named.
The parts describe, they do not explain: a mix that moved may be the doing of whoever selects whom to look at.
Intervals draw the table again, of both periods together; with columns.subject they draw shards of people.`,
		Needs:   []detect.Role{detect.RoleDecision, detect.RoleGroups},
		Unasked: []detect.Role{detect.RoleStrata, detect.RoleAsked},
		Metrics: changeMetrics(),
		Params:  ChangeParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(ChangeParams)
			return planChange(spec, p)
		},
	}
}

func changeMetrics() []detect.Metric {
	m := func(name, title, doc, convention string) detect.Metric {
		return detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Source: "Kitagawa 1955, between two periods of each group; interval: BCa bootstrap of the table",
			Null: detect.NullNone, Scale: detect.ScaleDifference, Version: 1, Shown: true}
	}
	return []detect.Metric{
		m("gap_change", "Change of a gap", "How many points the gap in the selection rate is larger (+) or smaller (−) in the later period than in the earlier one.",
			"(rate of the group − rate of the reference) later − the same earlier"),
		m("gap_change_rate_part", "Change of a gap from rates", "The part of the change that comes from other rates inside strata.",
			"Σ over strata (w0+w1)/2 · (p1−p0), of the group less the reference"),
		m("gap_change_mix_part", "Change of a gap from the mix", "The part of the change that comes from other shares of the strata, and from strata that enter or leave.",
			"Σ over strata ((p0+p1)/2 − (r0+r1)/2) · (w1−w0), of the group less the reference"),
	}
}

// changing is what the detector needs to know.
type changing struct {
	*emitter
	p      ChangeParams
	by     table.Dim
	tables []audit.Table
	told   []audit.Finding
}

func planChange(spec *audit.Spec, p ChangeParams) (detect.Plan, error) {
	if len(p.Strata) == 0 && !slices.ContainsFunc(spec.Roles, func(r audit.RoleColumn) bool { return strings.HasPrefix(r.Role, "stratum:") }) {
		return silent("change needs columns.strata: what to take the change apart by"), nil
	}
	ways, err := layerings(spec, ConditionalParams{Strata: p.Strata, Crossed: p.Crossed})
	switch {
	case err != nil:
		return detect.Plan{}, errors.New(strings.Replace(err.Error(), "conditional", "change", 1))
	case p.By == "version" && !spec.HasVersion:
		return silent("change by version needs columns.version"), nil
	case p.By != "version" && !windowed(spec):
		return silent("change needs columns.time and windows, or by: version"), nil
	}
	by := table.Window
	if p.By == "version" {
		by = table.Version
	}
	need := func(a detect.Attribute, l layering) table.Need {
		dims := slices.Concat(a.Dims(), l.dims, []table.Dim{by, table.Decision})
		if spec.HasSubject {
			dims = append(dims, table.Subject)
		}
		return table.Need{Dims: dims}
	}
	var plan detect.Plan
	for _, a := range detect.Attributes(spec) {
		for _, l := range splitting(ways, a) {
			plan.Needs = append(plan.Needs, need(a, l))
		}
	}
	plan.Detect = func(tables detect.Tables) (detect.Output, error) {
		c := changing{emitter: newEmitter("change", spec), p: p, by: by}
		for _, a := range detect.Attributes(spec) {
			for _, l := range splitting(ways, a) {
				c.attribute(a, l, tables.Counts(need(a, l)))
			}
		}
		return detect.Output{Measurements: c.out, Tables: c.tables, Findings: c.told, Notes: c.notes}, nil
	}
	return plan, nil
}

// periods finds the codes of the two periods, and what they are called.
func (c *changing) periods(cats []table.Category) (of func(code int) int, from, to string, ok bool) {
	from, to = c.p.From, c.p.To
	if from == "" {
		if len(cats) < 2 {
			c.note("change: there are no two windows with rows")
			return nil, "", "", false
		}
		from, to = cats[len(cats)-2].Name, cats[len(cats)-1].Name
	}
	sides := map[int]int{}
	for side, text := range []string{from, to} {
		first, last, isRange := strings.Cut(text, "..")
		if !isRange || c.by == table.Version {
			first, last = text, text
		}
		a := slices.IndexFunc(cats, func(x table.Category) bool { return x.Name == first && !x.Missing })
		b := slices.IndexFunc(cats, func(x table.Category) bool { return x.Name == last && !x.Missing })
		if a < 0 || b < a {
			var names []string
			for _, x := range cats {
				names = append(names, x.Name)
			}
			c.note(fmt.Sprintf("change: no rows in %s; there are %s", text, some(names, 8)))
			return nil, "", "", false
		}
		for code := a; code <= b; code++ {
			if _, taken := sides[code]; taken {
				c.note(fmt.Sprintf("change: %s is in both periods", cats[code].Name))
				return nil, "", "", false
			}
			sides[code] = side
		}
	}
	return func(code int) int {
		if side, in := sides[code]; in {
			return side
		}
		return -1
	}, from, to, true
}
