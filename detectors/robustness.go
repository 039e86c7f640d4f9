package detectors

import (
	"fmt"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// RobustnessParams are the parameters of the detector robustness.
type RobustnessParams struct {
	Limit string  `yaml:"limit" decimal:"true" above:"0" doc:"least ratio of favorable rates; default: the limit that parity is held to, else 0.8"`
	Near  float64 `yaml:"near" default:"0.05" above:"0" below:"0.5" doc:"share of rows on either side of the operating cut among which other cuts are called near"`
	Files bool    `yaml:"files" default:"false" doc:"also leave out one file of the log at a time, of at most 64; the numbers then depend on how the log is cut into files"`
}

// Robustness asks how little would turn a verdict.
func Robustness() detect.Detector {
	return detect.Detector{
		Name:  "robustness",
		Title: "How little would turn the verdict",
		Doc: `Would one more case turn it? For every group beside its reference the ratio of favorable rates is held to a limit
(parity's min_ratio, else 0.8), and turned: by the fewest decisions of the group, or of the reference, that would have to
be other ones; by the fewest rows that would have to be of the other group; by leaving out one window, one stratum of
columns.strata, or with files: true one file of the log, at a time; and, where there is a score, by every other cut of it, or by percentiles where it has more
than 100 values. cut_margin is the share of rows between the cut that is used and the nearest cut with another verdict; a
verdict that turns within near (5 % of rows) is called cut_sensitive. The cut is found from the decisions: the value of
the score that tells positive from negative with the fewest rows on the wrong side, which are counted.
A verdict here is the side of the limit on which the ratio lies, without regard to chance: a ratio far from its limit
can rest on few rows, and one beside it on many. Read it beside the interval. Where a gate judges every pair of groups,
every pair is turned, up to 8 groups; beyond, each group beside the reference, and the lowest beside the highest.`,
		Needs:   []detect.Role{detect.RoleDecision, detect.RoleGroups},
		Metrics: robustnessMetrics(),
		Params:  RobustnessParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(RobustnessParams)
			return planRobustness(spec, p)
		},
	}
}

func robustnessMetrics() []detect.Metric {
	fact := func(name, title, doc, convention, source string, scale detect.Scale) detect.Metric {
		return detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Source: source, Null: detect.NullNone, Scale: scale, Version: 2}
	}
	const flip = "least k for which the ratio of favorable rates lies on the other side of its limit, in integers"
	return []detect.Metric{
		fact("flips_of_group", "Decisions of the group that turn the verdict", "The fewest decisions about a group that would have to be other ones for the verdict to turn.", flip,
			"flip-flop rule of the US Uniform Guidelines, questions and answers 21", detect.ScaleNumber),
		fact("flips_of_reference", "Decisions of the reference that turn the verdict", "The fewest decisions about the reference that would have to be other ones for the verdict to turn.", flip,
			"as flips_of_group", detect.ScaleNumber),
		fact("relabels", "Rows counted for the other group that turn the verdict", "The fewest rows that would have to be of the other group for the verdict to turn.", flip+"; rows change their group and keep their decision", "", detect.ScaleNumber),
		fact("leave_one_out_low", "Lowest ratio, one part left out", "The lowest ratio when one window, stratum or file is left out.", "min over parts of the ratio of favorable rates without that part", "jackknife by parts", detect.ScaleRatio),
		fact("leave_one_out_high", "Highest ratio, one part left out", "The highest ratio when one window, stratum or file is left out.", "max over parts of the ratio of favorable rates without that part", "jackknife by parts", detect.ScaleRatio),
		fact("cut_margin", "Rows between the cut and another verdict", "The share of rows that lies between the cut of the score that is used and the nearest one with another verdict.", "|share of rows below the cut used − share below the nearest cut with another verdict|", "", detect.ScaleRate),
		fact("cut_ratio_low", "Lowest ratio at near cuts", "The lowest ratio at cuts near the one that is used.", "min over cuts with at most the share near of rows between them and the cut used", "", detect.ScaleRatio),
		fact("cut_ratio_high", "Highest ratio at near cuts", "The highest ratio at cuts near the one that is used.", "max over cuts with at most the share near of rows between them and the cut used", "", detect.ScaleRatio),
	}
}

// robustness turns the verdicts of one audit.
type robustness struct {
	*emitter
	params RobustnessParams
	limit  stat.Decimal
	text   string
	low    bool // only too low a ratio breaks the limit
	judged bool // somebody set the limit
	gated  bool // parity's gate did
	ways   []layering
	tables []audit.Table
	told   []audit.Finding // about measurements by their position before sorting
}

// newRobustness finds the limit: the parameter's, else that of parity's gate on
// the ratio of favorable rates, else four fifths.
func newRobustness(spec *audit.Spec, p RobustnessParams) (robustness, error) {
	r := robustness{params: p, text: "0.8"}
	if r.params.Near == 0 {
		r.params.Near = 0.05
	}
	name := "selection_rate_ratio"
	if !spec.Favorable {
		name = "favorable_rate_ratio"
	}
	if gates := detect.GatesOn(spec, "parity", name); len(gates) > 0 {
		r.text, r.low, r.judged = gates[0].Value, gates[0].Side == "low", true
		r.gated = true
	}
	if p.Limit != "" {
		r.text, r.low, r.judged = p.Limit, false, true
	}
	var err error
	r.limit, err = stat.ParseDecimal(r.text)
	return r, err
}

func planRobustness(spec *audit.Spec, params RobustnessParams) (detect.Plan, error) {
	r, err := newRobustness(spec, params)
	if err != nil {
		return detect.Plan{}, err
	}
	if r.ways, err = layerings(spec, ConditionalParams{Windows: true}); err != nil {
		return detect.Plan{}, err
	}
	if params.Files {
		r.ways = append(r.ways, layering{fileLayer, []table.Dim{table.File}})
	}
	attributes := detect.Attributes(spec)
	var plan detect.Plan
	for _, a := range attributes {
		plan.Needs = append(plan.Needs, needs(spec, a, false)...)
		for _, l := range r.waysOf(a) {
			plan.Needs = append(plan.Needs, l.plain(a))
		}
		if r.scored(spec, a) {
			plan.Needs = append(plan.Needs, cutNeed(a))
		}
	}
	plan.Detect = func(tables detect.Tables) (detect.Output, error) {
		run := r
		run.emitter = newEmitter("robustness", spec)
		for _, a := range attributes {
			var counts []*table.Counts
			for _, n := range needs(spec, a, false) {
				counts = append(counts, tables.Counts(n))
			}
			run.attribute(read(spec, a, counts), tables)
		}
		return run.output(), nil
	}
	return plan, nil
}

// fileLayer names the files of the log as parts to leave out.
const fileLayer = "file"

// waysOf are the parts to leave out of an attribute: an intersection only
// leaves out windows and files, which keeps its tables small.
func (r *robustness) waysOf(a detect.Attribute) []layering {
	var out []layering
	for _, l := range r.ways {
		if l.splits(a) && (len(a.Parts) == 1 || l.name == "window" || l.name == fileLayer) {
			out = append(out, l)
		}
	}
	return out
}

func (r *robustness) scored(spec *audit.Spec, a detect.Attribute) bool {
	return spec.HasScore && len(a.Parts) == 1
}

// plain is the table of a layering without people: leaving a part out is not a
// matter of chance.
func (l layering) plain(a detect.Attribute) table.Need {
	return table.Need{Dims: append(append(a.Dims(), l.dims...), table.Decision)}
}

// contest is a group beside its reference.
type contest struct {
	s      section
	g, ref group
	verge  stat.Verge
}

// mostPaired bounds the groups of which every pair is turned.
const mostPaired = 8

// contests are the comparisons of an attribute: with the reference, every other
// pair that a gate judges, and, where there is no reference or there are too many
// pairs, the lowest with the highest rate.
func (r *robustness) contests(s section) []contest {
	var out []contest
	in := s.slices[0]
	add := func(g, ref group) {
		a, n := r.favorable(g.tally)
		b, m := r.favorable(ref.tally)
		if n > 0 && m > 0 {
			out = append(out, contest{s, g, ref, stat.Verge{A: a, N: n, B: b, M: m, Limit: r.limit, Low: r.low}})
		}
	}
	for _, g := range in.values {
		if ref, ok := s.reference(in, g); ok {
			add(g, ref)
		}
	}
	isReference := func(g group) bool { return s.chosen != nil && g.name == *s.chosen }
	switch pairs := r.gated && !s.attribute.Reference.Named(); {
	case pairs && len(in.values) <= mostPaired:
		quotient := r.rate().gaps()[1]
		for i, a := range in.values {
			for _, b := range in.values[i+1:] {
				if !isReference(a) && !isReference(b) {
					add(quotient.orient(r.in, a, b))
				}
			}
		}
	case pairs || s.attribute.Reference.Policy == "none":
		if low, high, ok := r.rate().extremes(in.values); ok && low.name != high.name && !isReference(low) && !isReference(high) {
			add(low, high)
		}
		if pairs {
			r.note(fmt.Sprintf("robustness: %s has %d groups; of the pairs without the reference only the lowest beside the highest is turned", s.attribute.Name, len(in.values)))
		}
	}
	return out
}

func (r *robustness) rate() rate {
	if r.spec.Favorable {
		return selection()
	}
	return favorable()
}

func (r *robustness) favorable(t tally) (k, n int64) { return r.rate().count(t) }

func (r *robustness) put(c contest, metric string, m audit.Measurement) int {
	m.Group, m.GroupKind, m.Reference, m.N = c.g.label(), c.g.kind, &c.ref.name, c.verge.N
	if m.Parameters == nil {
		m.Parameters = map[string]string{}
	}
	m.Parameters["limit"] = r.text
	convention := ""
	for _, d := range robustnessMetrics() {
		if d.Name == metric {
			convention = d.Convention
		}
	}
	r.add(c.s, c.s.slices[0], metric, convention, m)
	return len(r.out) - 1
}

// attribute turns every verdict about one attribute.
func (r *robustness) attribute(s section, tables detect.Tables) {
	list := r.contests(s)
	fragile := newFragile(r, s)
	for _, c := range list {
		fragile.flips(c, r.flips(c))
	}
	for _, l := range r.waysOf(s.attribute) {
		r.leaveOut(s, l, tables.Counts(l.plain(s.attribute)), list, fragile)
	}
	if r.scored(r.spec, s.attribute) {
		r.cuts(s, tables.Values(cutNeed(s.attribute)), list, fragile)
	}
	if f, ok := fragile.finding(); ok {
		r.told = append(r.told, f)
	}
}

// flips emits the fewest changes of either kind, and gives the least of them.
func (r *robustness) flips(c contest) (least stat.Turn) {
	least.Changes = -1
	for _, f := range []struct {
		metric string
		of     func() (stat.Turn, error)
	}{{"flips_of_group", c.verge.FlipsOfGroup}, {"flips_of_reference", c.verge.FlipsOfReference}, {"relabels", c.verge.Relabels}} {
		var m audit.Measurement
		t, err := f.of()
		if !c.verge.Defined() {
			m.Note = "undefined: the favorable rate of " + called(c.ref) + " is 0, so there is no ratio"
		} else if err != nil {
			m.Note = "undefined: no number of them turns the verdict"
		} else {
			x := float64(t.Changes)
			m.Value = &x
			m.Parameters = map[string]string{"direction": "down", "turns": "into the limit"}
			if t.Up {
				m.Parameters["direction"] = "up"
			}
			if c.verge.Inside() {
				m.Parameters["turns"] = "out of the limit"
			}
			if f.metric != "relabels" && (least.Changes < 0 || t.Changes < least.Changes) {
				least = t
			}
		}
		r.put(c, f.metric, m)
	}
	return least
}

// output sorts what was measured, and moves findings along.
func (r *robustness) output() detect.Output {
	before := append([]audit.Measurement(nil), r.out...)
	canonical(r.out, robustnessMetrics())
	for i := range r.told {
		for j, at := range r.told[i].Measurements {
			r.told[i].Measurements[j] = samePlace(r.out, before[at])
		}
	}
	return detect.Output{Measurements: r.out, Tables: r.tables, Findings: r.told, Notes: r.notes}
}

func samePlace(ms []audit.Measurement, m audit.Measurement) int {
	for i := range ms {
		o := &ms[i]
		if o.Metric == m.Metric && o.Attribute == m.Attribute && o.Group == m.Group && o.Reference == m.Reference && o.Parameters["left_out_of"] == m.Parameters["left_out_of"] {
			return i
		}
	}
	return 0
}

// inWords is the name of a layering in a sentence: Dept × Level, or month.
func (e *emitter) inWords(strata string) string {
	if every := e.spec.Windows.Every; strata == "window" && every != "" && every != "ranges" {
		return every
	}
	return strings.ReplaceAll(strata, "*", " × ")
}
