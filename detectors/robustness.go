package detectors

import (
	"fmt"
	"maps"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// RobustnessParams are the parameters of the detector robustness.
type RobustnessParams struct {
	Limit string  `yaml:"limit" decimal:"true" above:"0" doc:"least ratio of favorable rates to turn beside the limits of the gates; without such a gate and without this, 0.8"`
	Near  float64 `yaml:"near" default:"0.05" above:"0" below:"0.5" doc:"share of rows on either side of the operating cut among which other cuts are called near"`
	Files bool    `yaml:"files" default:"false" doc:"also leave out one file of the log at a time, of at most 64; the numbers then depend on how the log is cut into files"`
}

// Robustness asks how little would turn a gap.
func Robustness() detect.Detector {
	return detect.Detector{
		Name:  "robustness",
		Title: "How little would turn it",
		Doc: `Would one more case turn it? Every limit of parity, equal_opportunity and error_rates on a difference or ratio of two
rates is taken as it is (where there is none: 0.8 for the ratio of favorable rates), and every gap that it judges is
turned: carried to the other side of that limit, without regard to chance. So a gap that a gate leaves undecided can be
turned as well, and one far from its limit can rest on few rows: read it beside the interval. What turns it: the fewest decisions of the
group, or of the reference, that would have to be other ones, among those whom the rate counts (of a true positive rate
those with a positive label; of predictive values, where the decision chooses who is counted, and of base rates, labels
and not decisions); the fewest rows that would have to be of the other group; leaving out one window, one stratum of
columns.strata, or with files: true one file of the log, at a time; and, where there is a score, every other cut of it,
or percentiles where it has more than 100 values. cut_margin is the share of rows between the cut that is used and the
nearest cut on the other side of the limit; a gap that turns within near (5 % of rows) is called cut_sensitive. The cut is found from the
decisions: the value of the score that tells positive from negative with the fewest rows on the wrong side, which are
counted. Where these are more than near of all rows, the score does not drive the decision, and no cut is tried.
A ratio to a rate of 0 is undefined and lies on neither side of a limit; no change leads there. Where a gate judges every
pair of groups, every pair is turned, up to 8 groups; beyond, each group beside the reference, and the lowest beside the
highest. Limits within strata, on shares of a population, scores and drift are not turned: they do not hang on two rates.`,
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
		return detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Source: source, Null: detect.NullNone, Scale: scale, Version: 3}
	}
	const flip = "least k for which the gap of two rates named by parameter of lies on the other side of parameter limit, in integers"
	out := []detect.Metric{
		fact("flips_of_group", "Decisions of the group that turn it", "The fewest decisions about a group (labels, where parameter counted says so) that would have to be other ones for the gap to lie on the other side of its limit.", flip,
			"flip-flop rule of the US Uniform Guidelines, questions and answers 21", detect.ScaleNumber),
		fact("flips_of_reference", "Decisions of the reference that turn it", "The fewest decisions about the reference that would have to be other ones for the gap to lie on the other side of its limit.", flip,
			"as flips_of_group", detect.ScaleNumber),
		fact("relabels", "Rows counted for the other group that turn it", "The fewest rows that would have to be of the other group for the gap to lie on the other side of its limit.", flip+"; rows change their group and keep their decision", "", detect.ScaleNumber),
		fact("cut_margin", "Rows between the cut and the other side", "The share of rows that lies between the cut of the score that is used and the nearest one on the other side of the limit.", "|share of rows below the cut used − share below the nearest cut on the other side|", "", detect.ScaleRate),
	}
	for _, kind := range []struct {
		name, word string
		scale      detect.Scale
	}{{"", "ratio", detect.ScaleRatio}, {"difference_", "difference", detect.ScaleDifference}} {
		for _, end := range []string{"low", "high"} {
			most := map[string]string{"low": "Lowest ", "high": "Highest "}[end] + kind.word
			of := map[string]string{"low": "min", "high": "max"}[end]
			cut := "cut_ratio_" + end
			if kind.name != "" {
				cut = "cut_difference_" + end
			}
			out = append(out,
				fact("leave_one_out_"+kind.name+end, most+", one part left out", "The "+strings.ToLower(most)+" when one window, stratum or file is left out.", of+" over parts of the "+kind.word+" of rates without that part", "jackknife by parts", kind.scale),
				fact(cut, most+" at near cuts", "The "+strings.ToLower(most)+" at cuts near the one that is used.", of+" over cuts with at most the share near of rows between them and the cut used", "", kind.scale))
		}
	}
	return out
}

// robustness turns the gaps of one audit.
type robustness struct {
	*emitter
	params RobustnessParams
	aims   []aim
	label  bool // of some aim
	ways   []layering
	tables []audit.Table
	told   []audit.Finding // about measurements by their position before sorting
}

func newRobustness(spec *audit.Spec, p RobustnessParams) (robustness, error) {
	r := robustness{params: p}
	if r.params.Near == 0 {
		r.params.Near = 0.05
	}
	var err error
	r.aims, err = aims(spec, p)
	for _, a := range r.aims {
		r.label = r.label || a.rate.labeled()
	}
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
		plan.Needs = append(plan.Needs, needs(spec, a, r.label)...)
		for _, l := range r.waysOf(a) {
			plan.Needs = append(plan.Needs, l.plain(a, r.label))
		}
		if r.scored(spec, a) {
			plan.Needs = append(plan.Needs, cutNeed(a, r.label))
		}
	}
	plan.Detect = func(tables detect.Tables) (detect.Output, error) {
		run := r
		run.emitter = newEmitter("robustness", spec)
		run.notes = untold(spec)
		for _, a := range attributes {
			var counts []*table.Counts
			for _, n := range needs(spec, a, r.label) {
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
func (l layering) plain(a detect.Attribute, label bool) table.Need {
	dims := append(append(a.Dims(), l.dims...), table.Decision)
	if label {
		dims = append(dims, table.Label)
	}
	return table.Need{Dims: dims}
}

// contest is a group beside its reference, at one aim.
type contest struct {
	aim
	s      section
	g, ref group
	verge  stat.Verge
}

// mostPaired bounds the groups of which every pair is turned.
const mostPaired = 8

// contests are the comparisons of an attribute at an aim: with the reference, every
// other pair that a gate judges, and, where there is no reference or there are too many
// pairs, the lowest with the highest rate.
func (r *robustness) contests(s section, a aim) []contest {
	var out []contest
	in, named := s.slices[0], s.attribute.Reference.Named()
	add := func(g, ref group) {
		if v := a.verge(g, ref, named); v.N > 0 && v.M > 0 {
			out = append(out, contest{a, s, g, ref, v})
		}
	}
	for _, g := range in.values {
		if ref, ok := s.reference(in, g); ok {
			add(g, ref)
		}
	}
	isReference := func(g group) bool { return s.chosen != nil && g.name == *s.chosen }
	switch pairs := a.gated && !named; {
	case pairs && len(in.values) <= mostPaired:
		for i, g := range in.values {
			for _, o := range in.values[i+1:] {
				if !isReference(g) && !isReference(o) {
					add(a.gap.orient(r.in, g, o))
				}
			}
		}
	case pairs || s.attribute.Reference.Policy == "none":
		if low, high, ok := a.rate.extremes(in.values); ok && !isReference(low) && !isReference(high) {
			add(low, high)
		}
		if pairs {
			r.note(fmt.Sprintf("robustness: %s has %d groups; of the pairs without the reference only the lowest beside the highest is turned", s.attribute.Name, len(in.values)))
		}
	}
	return out
}

func (r *robustness) put(c contest, metric string, m audit.Measurement) int {
	m.Group, m.GroupKind, m.Reference, m.N = c.g.label(), c.g.kind, &c.ref.name, c.verge.N
	if m.Parameters == nil {
		m.Parameters = map[string]string{}
	}
	m.Parameters["of"], m.Parameters["limit_key"], m.Parameters["limit"] = c.gap.name, c.key, c.text
	if c.verge.Low {
		m.Parameters["limit_side"] = "low"
	}
	r.add(c.s, c.s.slices[0], metric, r.metrics[metric].Convention, m)
	return len(r.out) - 1
}

// attribute turns every gap about one attribute.
func (r *robustness) attribute(s section, tables detect.Tables) {
	var cut cutting
	scored := r.scored(r.spec, s.attribute)
	if scored {
		cut, scored = r.readCutting(s.attribute, tables.Values(cutNeed(s.attribute, r.label)))
	}
	for _, a := range r.aims {
		list := r.contests(s, a)
		fragile := newFragile(r, s, a)
		for _, c := range list {
			fragile.flips(c, r.flips(c))
		}
		for _, l := range r.waysOf(s.attribute) {
			r.leaveOut(s, a, l, tables.Counts(l.plain(s.attribute, r.label)), list, fragile)
		}
		if scored {
			r.cuts(s, a, cut, list, fragile)
		} else if cut.note != "" {
			for _, c := range list {
				r.put(c, "cut_margin", audit.Measurement{Note: cut.note})
			}
		}
		if f, ok := fragile.finding(); ok {
			r.told = append(r.told, f)
		}
	}
}

// fewest is the least number of changes that turn a comparison, of either kind; 0
// where none do.
type fewest struct{ flips, relabels int64 }

// least is the smaller of both.
func (f fewest) least() int64 {
	if f.flips == 0 || f.relabels > 0 && f.relabels < f.flips {
		return f.relabels
	}
	return f.flips
}

// flips emits the fewest changes of either kind, and gives the least of them.
func (r *robustness) flips(c contest) (out fewest) {
	kind, among := c.counts(r.emitter)
	for _, f := range []struct {
		metric string
		of     func() (stat.Turn, error)
		least  *int64
	}{{"flips_of_group", c.verge.FlipsOfGroup, &out.flips}, {"flips_of_reference", c.verge.FlipsOfReference, &out.flips}, {"relabels", c.verge.Relabels, &out.relabels}} {
		m := audit.Measurement{Parameters: map[string]string{"counted": kind}}
		if among != "" {
			m.Parameters["among"] = among
		}
		t, err := f.of()
		if !c.verge.Defined() {
			m.Note = "undefined: the " + c.rate.words() + " of " + called(c.ref) + " is 0, so there is no ratio"
		} else {
			m.Parameters["side"] = "beyond"
			if c.verge.Inside() {
				m.Parameters["side"] = "within"
			}
			if err != nil {
				m.Note = "undefined: no number of them turns it"
			} else {
				x := float64(t.Changes)
				m.Value = &x
				m.Parameters["direction"] = "down"
				if t.Up {
					m.Parameters["direction"] = "up"
				}
				if *f.least == 0 || t.Changes < *f.least {
					*f.least = t.Changes
				}
			}
		}
		r.put(c, f.metric, m)
	}
	return out
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
		if o.Metric == m.Metric && o.Attribute == m.Attribute && o.Group == m.Group && o.Reference == m.Reference && maps.Equal(o.Parameters, m.Parameters) {
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
