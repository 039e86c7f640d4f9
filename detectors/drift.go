package detectors

import (
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// DriftParams are the parameters of the detector drift.
type DriftParams struct {
	Columns         []string             `yaml:"columns" doc:"what to watch: decision, score, label, group:NAME and features by column; default: all"`
	Between         string               `yaml:"between" default:"windows" enum:"windows|groups" doc:"compare windows with the reference windows, or groups with the reference group"`
	Quantiles       int                  `yaml:"quantiles" default:"10" min:"2" doc:"bins of a column of numbers, by quantiles of the reference"`
	Bins            map[string][]float64 `yaml:"bins" doc:"inner edges of a column's bins instead: balance: [0, 1000] gives (-inf,0) [0,1000) [1000,inf)"`
	Fill            float64              `yaml:"fill" default:"0.0001" above:"0" below:"0.1" doc:"share that stands for an empty bin in the population stability index"`
	WithinGroups    bool                 `yaml:"within_groups" default:"true" doc:"also compare inside each group: every distance, over all windows together, not in single windows"`
	MaxCategories   int                  `yaml:"max_categories" default:"10000" min:"2" doc:"a column with more categories, at most 10000, is named and left out, or hashed"`
	HighCardinality string               `yaml:"high_cardinality" default:"refuse" enum:"refuse|hash" doc:"a feature with more categories than max_categories: refuse it, or compare 1024 hash buckets of its values"`
	Compat          string               `yaml:"compat" default:"none" enum:"none|evidently|nannyml|scipy|feature_engine" doc:"also give the numbers that another tool gives, under that tool's names"`
}

// Drift measures what moved since the reference.
func Drift() detect.Detector {
	return detect.Detector{
		Name:  "drift",
		Title: "Drift",
		Doc: `What moved since the reference? Each window, and all of them together (window all), against the reference
windows, for decisions, scores, labels, groups and features; inside each group as well, over all windows together. Categories are compared as
they are, numbers over bins: deciles of the reference with open ends, or configured edges, the same for the whole
audit and printed. Tools disagree about every one of these numbers by their bins alone: each metric names its
convention, and compat gives another tool's number beside it. No distance is 0 when nothing changed: null says what
it is by chance at these sizes, its mean and 95 % value, with all rows dealt to both sides at random, so that a month
of 13 rows does not alarm, nor a column of 1,000 categories. A large log makes any change certain and none important: gates hold the size of a distance against
a limit (psi: {max: 0.2}), and fail only where it is beyond chance too. Rows with a missing value are counted by
missing_share and have no part in distances. Only window all is judged. With between: groups each group is compared
with the reference group instead; that is shown, not judged. Where no detector is listed, drift runs if
windows.reference says what to compare with; listed without that, it compares with the first window.
With columns.subject, intervals, tests and what chance explains follow the person: all rows of a person fall
into one of 64 shards, and each shard is left out in turn.`,
		Unasked: []detect.Role{detect.RoleReference},
		Metrics: driftMetrics(),

		Headlines: []string{"psi"},
		Params:    DriftParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(DriftParams)
			return planDrift(spec, p.defaulted())
		},
	}
}

// defaulted fills parameters in that were not decoded from a file.
func (p DriftParams) defaulted() DriftParams {
	if p.Quantiles == 0 {
		p.Quantiles = 10
	}
	if p.Fill == 0 {
		p.Fill = 0.0001
	}
	if p.MaxCategories == 0 {
		p.MaxCategories = 10_000
	}
	return p
}

// Check says whether the edges rise and the categories can be told apart.
func (p DriftParams) Check() error {
	if p.MaxCategories > spillAt {
		return fmt.Errorf("max_categories is %d, and no more than %d categories can be told apart; set high_cardinality: hash", p.MaxCategories, spillAt)
	}
	for name, edges := range p.Bins {
		for i := 1; i < len(edges); i++ {
			if !(edges[i-1] < edges[i]) {
				return fmt.Errorf("the edges of bins.%s do not rise", name)
			}
		}
		if len(edges) == 0 {
			return fmt.Errorf("bins.%s lists no edge", name)
		}
	}
	return nil
}

// drift measures one audit.
type drift struct {
	*emitter
	params     DriftParams
	columns    []watched
	attributes []detect.Attribute // to look inside of, or to compare
	tables     []audit.Table
	last       *pairing
	room       struct { // scratch
		none, again       stat.Resamples
		oneNone, oneAgain stat.Scatter
	}
}

func planDrift(spec *audit.Spec, params DriftParams) (detect.Plan, error) {
	d := drift{params: params, columns: watchedColumns(spec, params.HighCardinality == "hash")}
	if err := d.choose(); err != nil {
		return detect.Plan{}, err
	}
	between := params.Between == "groups"
	if !between && !windowed(spec) {
		return silent("drift between windows needs columns.time and windows; to compare groups write between: groups"), nil
	}
	for _, a := range detect.Attributes(spec) {
		if len(a.Parts) == 1 && (between || params.WithinGroups) {
			d.attributes = append(d.attributes, a)
		}
	}
	if between && len(d.attributes) == 0 {
		return silent("drift between groups needs columns.groups"), nil
	}
	var plan detect.Plan
	for _, w := range d.columns {
		if !between {
			plan.Needs = append(plan.Needs, w.need(table.Window))
		}
		for _, a := range d.attributes {
			if a.Name != w.group {
				plan.Needs = append(plan.Needs, w.need(d.by(a)...))
			}
		}
	}
	if between {
		for _, a := range d.attributes {
			plan.Needs = append(plan.Needs, detect.GroupNeed(spec, a))
		}
	}
	plan.Detect = func(tables detect.Tables) (detect.Output, error) {
		e := newEmitter("drift", spec)
		parts, order := make([]drift, len(d.columns)), d.widestFirst(tables)
		detect.Each(tables, len(parts), func(at int) {
			part, i := d, order[at]
			part.emitter = e.again()
			if between {
				part.groups(tables, d.columns[i])
			} else {
				part.windows(tables, d.columns[i])
			}
			parts[i] = part
		})
		var out detect.Output
		emitters := make([]*emitter, len(parts))
		for i := range parts {
			emitters[i] = parts[i].emitter
		}
		out.Measurements = together(emitters)
		for _, p := range parts {
			out.Tables = append(out.Tables, p.tables...)
			for _, n := range p.notes {
				e.note(n)
			}
		}
		canonical(out.Measurements, driftMetrics())
		out.Notes = e.notes
		return out, nil
	}
	return plan, nil
}

// widestFirst orders the columns so that workers who take them in turn end at
// about the same time: by categories, or bins and as much again for what numbers
// need beside.
func (d *drift) widestFirst(tables detect.Tables) []int {
	width, order := make([]int, len(d.columns)), make([]int, len(d.columns))
	for i, w := range d.columns {
		order[i] = i
		switch {
		case w.numeric:
			width[i] = 2 * d.params.Quantiles
		case d.params.Between != "groups":
			width[i] = len(tables.Counts(w.need(table.Window)).Categories(w.dim))
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return width[b] - width[a] })
	return order
}

// silent is a plan that measures nothing and says why.
func silent(note string) detect.Plan {
	return detect.Plan{Detect: func(detect.Tables) (detect.Output, error) { return detect.Output{Notes: []string{note}}, nil }}
}

// by are the dimensions of a table by group.
func (d *drift) by(a detect.Attribute) []table.Dim {
	if d.params.Between == "groups" {
		return a.Dims()
	}
	return append(a.Dims(), table.Window)
}

// choose keeps the columns that are asked for.
func (d *drift) choose() error {
	var known []string
	for _, w := range d.columns {
		known = append(known, w.name)
	}
	for _, name := range d.params.Columns {
		if !slices.Contains(known, name) {
			return fmt.Errorf("drift cannot watch %q; the audit has %s", name, some(known, 20))
		}
	}
	for name := range d.params.Bins {
		if i := slices.Index(known, name); i < 0 || !d.columns[i].numeric {
			return fmt.Errorf("bins.%s is about no column of numbers that drift watches", name)
		}
	}
	if len(d.params.Columns) > 0 {
		d.columns = slices.DeleteFunc(d.columns, func(w watched) bool { return !slices.Contains(d.params.Columns, w.name) })
	}
	return nil
}
