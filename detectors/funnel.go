package detectors

import (
	"errors"
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// FunnelParams are the parameters of Funnel.
type FunnelParams struct {
	Stages    []FunnelStage `yaml:"stages" keyed:"true" doc:"the stages in their order, by name, each with the condition of having passed it: {interviewed: \"interview == 'yes'\", hired: hired}"`
	Overrides bool          `yaml:"overrides" doc:"measure, too, how often a stage decides otherwise than the one before it, in either direction: what people make of a model's advice"`
}

// FunnelStage is a stage of a process.
type FunnelStage struct {
	Name string `yaml:"-"`
	When string `yaml:"when" required:"true" short:"true" doc:"CEL expression that is true for who has passed the stage"`
}

// Check implements config's check of parameters.
func (p FunnelParams) Check() error {
	if len(p.Stages) == 1 || len(p.Stages) > mostStages {
		return fmt.Errorf("a funnel has 2 to %d stages, not %d", mostStages, len(p.Stages))
	}
	return nil
}

// Conditions are the expressions, by their places.
func (p FunnelParams) Conditions() map[string]string {
	out := map[string]string{}
	for _, s := range p.Stages {
		out["stages."+s.Name] = s.When
	}
	return out
}

// mostStages bounds the table of all conditions together.
const mostStages = 10

// Funnel measures at which stage of a process a gap arises.
func Funnel() detect.Detector {
	return detect.Detector{
		Name:  "funnel",
		Title: "Stages of a process",
		Doc: `At which stage of a process a gap between groups arises: of those of a group who passed the stage before, the share that
passes a stage (stage_rate), its difference and its ratio to the reference, and the same of the whole way (reach_rate). The
ratio of the whole way is exactly the product of those of the stages; stage_share is the part of its logarithm that a stage
makes, below 0 where a stage works against the gap. Who passed a stage counts only if they passed all before. Rows with a
missing condition, before the first that fails, are left out of all stages. With overrides, how often a stage says no where
the one before said yes, and the other way round. A process can pass as a whole while a stage of it does not: see the
bottom line of 29 CFR 1607.4 (C).`,
		How:     inferenceDoc,
		Needs:   []detect.Role{detect.RoleGroups},
		Unasked: []detect.Role{detect.RoleAsked},
		Main:    "reach_rate",
		Metrics: funnelMetrics(),
		Params:  FunnelParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(FunnelParams)
			if len(p.Stages) < 2 {
				return detect.Plan{}, errors.New("stages are missing: name at least two, each with its condition")
			}
			f := funnel{spec: spec, stages: p.Stages, overrides: p.Overrides}
			return detect.Plan{Needs: f.needs(), Detect: f.detect}, nil
		},
	}
}

func reachRate() rate {
	return rate{
		name: "reach_rate", short: "reach rate", doc: "all rows of a group that pass every stage",
		formula: "rows that pass every stage / rows", source: "product of the stages' rates", empty: "no row",
		count: func(t tally) (k, n int64) { return t.Positive, t.n() },
	}
}

func stageRate() rate {
	return rate{
		name: "stage_rate", short: "stage rate", doc: "the rows of a group that passed the stages before and pass this one",
		formula: "rows that pass the stage / rows that passed all before it", source: "selection rate of a component, 29 CFR 1607.4 (C)", empty: "nobody came as far",
		count: func(t tally) (k, n int64) { return t.Positive, t.n() },
	}
}

// overrideRate is how often a stage turns round what the one before it said.
func overrideRate(name, said, turned string) rate {
	return rate{
		name: name, short: "override rate", doc: "the rows of a group to which the stage before said " + said + " and this one says " + turned,
		formula: turned + " after " + said + " / " + said, source: "disagreement by direction", empty: "the stage before never said " + said,
		count: func(t tally) (k, n int64) { return t.Positive, t.n() },
	}
}

func overrides() []rate {
	return []rate{overrideRate("override_to_no_rate", "yes", "no"), overrideRate("override_to_yes_rate", "no", "yes")}
}

func funnelMetrics() []detect.Metric {
	out := slices.Concat(reachRate().metrics(), stageRate().metrics(), overrides()[0].metrics(), overrides()[1].metrics())
	for i := range out {
		out[i].Version = 1
	}
	return append(out, detect.Metric{Name: "stage_share", Title: "Share of a stage", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true,
		Doc:        "How much of the gap of the whole way a stage makes, as a part of the logarithm of the ratio: the parts of all stages add up to 1.",
		Convention: "ln(stage rate of the group / of the reference) / ln(reach rate of the group / of the reference); undefined where a rate is 0 or the reach rates are equal",
		Source:     "log-linear decomposition of a product"})
}

type funnel struct {
	spec      *audit.Spec
	stages    []FunnelStage
	overrides bool
}

func (f funnel) needs() []table.Need {
	var out []table.Need
	for _, a := range detect.Attributes(f.spec) {
		out = append(out, f.need(a))
	}
	return out
}

func (f funnel) need(a detect.Attribute) table.Need {
	dims := a.Dims()
	if windowed(f.spec) {
		dims = append(dims, table.Window)
	}
	for _, s := range f.stages {
		dims = append(dims, table.When(s.When))
	}
	if f.spec.HasSubject {
		dims = append(dims, table.Subject)
	}
	return table.Need{Dims: dims, InScope: true}
}

func (f funnel) detect(t detect.Tables) (detect.Output, error) {
	e := newEmitter("funnel", f.spec)
	var found []audit.Finding
	for _, a := range detect.Attributes(f.spec) {
		c := t.Counts(f.need(a))
		whole := f.section(a, c, f.whole())
		f.choose(&whole)
		e.rate(whole, reachRate())
		parts := make([]section, len(f.stages))
		for k, stage := range f.stages {
			parts[k] = f.section(a, c, stageOf(k))
			parts[k].chosen, parts[k].absent = whole.chosen, whole.absent
			f.about(e, stage.Name, func() { e.rate(parts[k], stageRate()) })
			if f.overrides && k > 0 {
				f.about(e, stage.Name, func() {
					for i, said := range []fact{holds, fails} {
						s := f.section(a, c, overridden(k, said))
						s.chosen, s.absent = whole.chosen, whole.absent
						e.rate(s, overrides()[i])
					}
				})
			}
		}
		found = append(found, f.shares(e, whole, parts)...)
	}
	canonical(e.out, funnelMetrics())
	f.place(e.out, found)
	return detect.Output{Measurements: e.out, Findings: found, Notes: f.left(t)}, nil
}

// about names the stage in what is emitted meanwhile.
func (f funnel) about(e *emitter, stage string, emit func()) {
	from := len(e.out)
	emit()
	for i := range e.out[from:] {
		e.out[from+i].Column = &stage
	}
}
