package detectors

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
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

// passage is what a cell's rows did at one step: nothing, or passed or not.
type passage func(said []fact) (passed, counts bool)

// fact is what a condition says of a row.
type fact int8

const (
	unknown fact = iota
	holds
	fails
)

// reached is the number of stages passed before the first that fails; ok is false
// where a condition before that is missing.
func reached(said []fact) (n int, ok bool) {
	for i, s := range said {
		switch s {
		case unknown:
			return 0, false
		case fails:
			return i, true
		}
	}
	return len(said), true
}

func (f funnel) whole() passage {
	return func(said []fact) (passed, counts bool) {
		n, ok := reached(said)
		return n == len(said), ok
	}
}

func stageOf(k int) passage {
	return func(said []fact) (passed, counts bool) {
		n, ok := reached(said)
		return n > k, ok && n >= k
	}
}

// overridden is whether stage k turns round what stage k-1 said.
func overridden(k int, before fact) passage {
	return func(said []fact) (turned, counts bool) {
		return said[k] != before, said[k-1] == before && said[k] != unknown
	}
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

// section counts who passes a step, in every slice.
func (f funnel) section(a detect.Attribute, c *table.Counts, step passage) section {
	grouping, dims := a.Group(c), c.Dims()
	windows, at := c.Categories(table.Window), slices.Index(dims, table.Window)
	people, subject := c.Categories(table.Subject), slices.Index(dims, table.Subject)
	each := table.EachSubject(people)
	grids := make([]grid, len(windows)+1) // the last is everything
	for i := range grids {
		grids[i] = make(grid, len(grouping.Names)+1)
	}
	read := f.reader(c)
	c.Each(func(codes []int, cell table.Cell) {
		passed, counts := step(read(codes))
		if !counts {
			return
		}
		t := tally{Negative: cell.N}
		if passed {
			t = tally{Positive: cell.N}
		}
		g, shard := grouping.Of(codes), 0
		if g < 0 {
			g = len(grouping.Names)
		}
		if subject >= 0 {
			shard = codes[subject]
		}
		grids[len(windows)].add(g, shard, max(1, len(people)), t)
		if at >= 0 {
			grids[codes[at]].add(g, shard, max(1, len(people)), t)
		}
	})
	s := section{attribute: a, each: each}
	all := grids[len(windows)].slice(a, grouping.Names, subject >= 0, each)
	all.window, all.gate = detect.GateWindow, true
	s.slices = append(s.slices, all)
	for i, w := range windows {
		one := grids[i].slice(a, grouping.Names, subject >= 0, each)
		one.window = w.Name
		s.slices = append(s.slices, one)
	}
	return s
}

// reader reads what the conditions say of a cell.
func (f funnel) reader(c *table.Counts) func(codes []int) []fact {
	at, cats := make([]int, len(f.stages)), make([][]table.Category, len(f.stages))
	for k, s := range f.stages {
		d := table.When(s.When)
		at[k], cats[k] = slices.Index(c.Dims(), d), c.Categories(d)
	}
	said := make([]fact, len(f.stages))
	return func(codes []int) []fact {
		for k := range said {
			switch cat := cats[k][codes[at[k]]]; {
			case cat.Missing:
				said[k] = unknown
			case cat.Name == table.Holds:
				said[k] = holds
			default:
				said[k] = fails
			}
		}
		return said
	}
}

// choose finds the reference by the whole way.
func (f funnel) choose(s *section) {
	var candidates []detect.Candidate
	for _, g := range s.slices[0].values {
		candidates = append(candidates, detect.Candidate{Name: g.name, N: g.tally.n(), Favorable: g.tally.Positive})
	}
	s.chosen = detect.Choose(s.attribute.Reference, s.attribute.MinRows, candidates)
	if s.attribute.Reference.Policy == "value" && s.chosen == nil {
		s.absent = detect.Absent(s.attribute.Reference.Value, candidates)
	}
}

// shares emits what each stage makes of the gap over everything, and says where most
// of the largest gap arises.
func (f funnel) shares(e *emitter, whole section, parts []section) []audit.Finding {
	in := whole.slices[0]
	var told *staged
	for _, g := range in.values {
		ref, ok := whole.reference(in, g)
		if !ok {
			continue
		}
		overall := logRate(reachRate(), g, ref)
		s := staged{group: g, ref: ref, ratio: math.Exp(overall)}
		for k, part := range parts {
			here := part.slices[0]
			a := here.find(g.name)
			b, _ := part.reference(here, a)
			gap := logRate(stageRate(), a, b)
			share := gap / overall
			m := audit.Measurement{Group: g.label(), GroupKind: g.kind, Reference: &ref.name, N: g.tally.n(), Column: &f.stages[k].Name}
			if math.IsNaN(share) || math.IsInf(share, 0) {
				m.Note = "undefined: a rate is 0, or the groups come through alike"
			} else {
				m.Value = &share
			}
			e.add(whole, in, "stage_share", e.metrics["stage_share"].Convention, m)
			s.add(share, math.Exp(gap), a, b)
		}
		if s.tells(e.spec.Alpha) && g.tally.n() >= whole.attribute.MinRows && (told == nil || s.ratio < told.ratio) {
			told = &s
		}
	}
	if told == nil {
		return nil
	}
	return []audit.Finding{f.tell(whole.attribute, told)}
}

// logRate is the logarithm of the ratio of two rates; not a number where one is 0.
func logRate(r rate, g, ref group) float64 {
	p, q := r.of(g), r.of(ref)
	if p.k == 0 || q.k == 0 {
		return math.NaN()
	}
	return math.Log(float64(p.k)/float64(p.n)) - math.Log(float64(q.k)/float64(q.n))
}

// staged is the gap of one group, stage by stage.
type staged struct {
	group, ref group
	ratio      float64
	share      []float64
	ratios     []float64
	p          []float64 // of each stage's gap
	a, b       []group
}

func (s *staged) add(share, ratio float64, a, b group) {
	p := 1.0
	if t, err := stat.FisherMidP(a.tally.Positive, a.tally.n(), b.tally.Positive, b.tally.n()); err == nil {
		p = t.P
	}
	s.share, s.ratios, s.p = append(s.share, share), append(s.ratios, ratio), append(s.p, p)
	s.a, s.b = append(s.a, a), append(s.b, b)
}

// largest is the stage that makes most of the gap.
func (s *staged) largest() int {
	at := 0
	for k, v := range s.share {
		if v > s.share[at] {
			at = k
		}
	}
	return at
}

// tells says whether a stage's gap against the group is more than chance: Holm over
// the stages.
func (s *staged) tells(alpha float64) bool {
	at := s.largest()
	return s.ratio < 1 && !slices.ContainsFunc(s.share, math.IsNaN) && stat.Holm(s.p)[at] < alpha
}

// tell says where the gap arises.
func (f funnel) tell(a detect.Attribute, s *staged) audit.Finding {
	at := s.largest()
	x, y := s.a[at].tally, s.b[at].tally
	out := audit.Finding{ID: "funnel-" + a.Name, Detector: "funnel", Severity: audit.Info,
		Title: fmt.Sprintf("%s comes through %.0f %% as often as %s, and %.0f %% of that gap arises at the stage %s.",
			spoken(a, s.group), 100*s.ratio, spoken(a, s.ref), 100*s.share[at], f.stages[at].Name),
		Detail: fmt.Sprintf("Stage %s: %s of %s against %s of %s, a ratio of %.3f; of the whole way %.3f. p %s (Fisher mid-p; Holm over %d stages). Shares are of the logarithm of the ratio.",
			f.stages[at].Name, whole(x.Positive), whole(x.n()), whole(y.Positive), whole(y.n()), s.ratios[at], s.ratio, smallP(stat.Holm(s.p)[at]), len(f.stages))}
	if limit, ok := f.passed(s.ratio); ok && s.ratios[at] < limit {
		out.Severity = audit.Warn
		out.Title = fmt.Sprintf("The whole way passes for %s, but the stage %s does not: %.3f of the rate of %s.", spoken(a, s.group), f.stages[at].Name, s.ratios[at], spoken(a, s.ref))
	}
	return out
}

// passed is the highest limit on the ratio of the whole way, if the ratio keeps it.
func (f funnel) passed(ratio float64) (limit float64, ok bool) {
	for _, g := range detect.GatesOn(f.spec, "funnel", "reach_rate_ratio") {
		if v, err := strconv.ParseFloat(g.Value, 64); err == nil && ratio >= v {
			limit, ok = max(limit, v), true
		}
	}
	return limit, ok
}

// place points each finding at the share that it is about.
func (f funnel) place(ms []audit.Measurement, found []audit.Finding) {
	for i := range found {
		for at, m := range ms {
			if m.Metric == "reach_rate_ratio" && "funnel-"+m.Attribute == found[i].ID && m.Window == audit.AllWindows && m.GroupKind == audit.KindValue {
				found[i].Measurements = append(found[i].Measurements, at)
			}
		}
	}
}

// left says how many rows no stage can use.
func (f funnel) left(t detect.Tables) []string {
	attributes := detect.Attributes(f.spec)
	if len(attributes) == 0 {
		return nil
	}
	c := t.Counts(f.need(attributes[0]))
	read := f.reader(c)
	var n int64
	c.Each(func(codes []int, cell table.Cell) {
		if _, ok := reached(read(codes)); !ok {
			n += cell.N
		}
	})
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s rows depend on a missing value before the first stage that they do not pass, and are in no stage", whole(n))}
}
