package detectors

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Representation measures who is in the log, also of groups that nobody was
// seen of.
func Representation() detect.Detector {
	return detect.Detector{
		Name:  "representation",
		Title: "Who is in the log",
		Doc: `Which share of the rows each expected group has, also one that nobody was seen of, and how that compares with
its share of a population (groups.NAME.expected and population, intersections.population). A group with no row is not
observed: its share is below 1 - alpha^(1/N), and nothing can be said about how it fares, so no check of the attribute
passes. Cells too small for rates of their own (min_rows) are still held against the pooled rate by the exact binomial
test. A low share says that a group is rare in the log, not why; who applies, and to whom a population table refers,
decides what it means.`,
		Needs:   []detect.Role{detect.RoleGroups},
		Main:    "representation_share",
		Metrics: representationMetrics(),
		Plan: func(spec *audit.Spec, _ any) (detect.Plan, error) {
			r := representation{spec: spec}
			return detect.Plan{Needs: r.needs(), Detect: r.detect}, nil
		},
	}
}

func representationMetrics() []detect.Metric {
	return []detect.Metric{
		{Name: "representation_share", Title: "Share of the rows", Null: detect.NullLimit, Scale: detect.ScaleRate, Version: 2,
			Doc:        "Share of the rows whose group is known that belong to the group.",
			Convention: "rows of the group / rows with a known group",
			Source:     "Interval: Clopper and Pearson 1934; of a group without a row the one-sided upper limit 1 - alpha^(1/N)"},
		{Name: "representation_ratio", Title: "Share against the population", Null: detect.NullPopulation, Scale: detect.ScaleRatio, Version: 2,
			Doc:        "How many times its share of the population a group has of the rows; 1 is proportional.",
			Convention: "share of the rows / share of the population",
			Source:     "Interval: Clopper and Pearson over the population's share, which is taken as known. Test: exact binomial, two-sided"},
		{Name: "pooled_rate_difference", Title: "Small cell against everybody", Null: detect.NullNoGap, Scale: detect.ScaleDifference, Version: 2,
			Doc:        "How many points the selection rate of a small cell lies above (+) or below (−) that of everybody whose group is known.",
			Convention: "selection rate of the cell − pooled selection rate",
			Source:     "Interval: Clopper and Pearson less the pooled rate. Test: exact binomial at the pooled rate, one-sided, on the side of the cell"},
	}
}

// representation reads the table that describes the groups.
type representation struct {
	each bool // every shard is one subject
	spec *audit.Spec
	out  []audit.Measurement
	note []string
}

func (r *representation) needs() []table.Need {
	var out []table.Need
	for _, a := range detect.Attributes(r.spec) {
		out = append(out, r.need(a))
	}
	return out
}

func (r *representation) need(a detect.Attribute) table.Need {
	n := detect.GroupNeed(r.spec, a)
	if r.spec.HasSubject {
		n.Dims = append(n.Dims, table.Subject)
	}
	return n
}

// detect fills a copy: a plan may be carried out more than once.
func (r *representation) detect(tables detect.Tables) (detect.Output, error) {
	run := representation{spec: r.spec}
	for _, name := range r.spec.ExpectedAttributes {
		if !slices.ContainsFunc(r.spec.Groups, func(g audit.GroupSpec) bool { return g.Name == name }) &&
			!slices.ContainsFunc(r.spec.Inferred, func(g audit.InferredGroup) bool { return g.Name == name }) {
			run.unmeasured(name)
		}
	}
	for _, a := range detect.Attributes(r.spec) {
		in := tables.Counts(r.need(a))
		c := newCensus(r.spec, a, in)
		run.each = table.EachSubject(in.Categories(table.Subject))
		if err := run.attribute(a, c); err != nil {
			return detect.Output{}, err
		}
	}
	return detect.Output{Measurements: run.out, Findings: run.striking(), Notes: run.note}, nil
}

// unmeasured says that an attribute which somebody looks for is nowhere.
func (r *representation) unmeasured(name string) {
	note := "attribute " + name + " is expected, and no column carries it: not measured"
	r.note = append(r.note, note)
	r.add(audit.Measurement{Metric: "representation_share", GroupKind: audit.KindOverall, Note: note,
		Parameters: map[string]string{"status": "not_measured", "attribute": name}})
}

// attribute emits a row per expected group, and the exact test of small cells.
func (r *representation) attribute(a detect.Attribute, c census) error {
	population, known := r.population(a)
	expected := a.Expected()
	if known {
		if err := fits(a.Name, population, c, expected); err != nil {
			return err
		}
	}
	names := slices.Clone(expected)
	for _, name := range c.names {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		g := c.groups[name]
		g.name, g.kind = name, audit.KindValue
		if len(expected) > 0 || known {
			r.share(a, c, g)
		}
		if known {
			r.against(a, c, g, population)
		}
	}
	for _, name := range names {
		if g := c.groups[name]; g.tally.n() > 0 && g.tally.n() < a.MinRows && r.spec.HasDecision {
			r.pooled(a, c, g)
		}
	}
	r.unobserved(a, c, expected)
	return nil
}

// population finds the table of an attribute's shares.
func (r *representation) population(a detect.Attribute) (audit.Population, bool) {
	for _, p := range r.spec.Populations {
		if slices.EqualFunc(p.Attributes, a.Parts, func(name string, g audit.GroupSpec) bool { return name == g.Name }) {
			return p, true
		}
	}
	return audit.Population{}, false
}

// fits refuses a population table whose values are not those of the log.
func fits(attribute string, p audit.Population, c census, expected []string) error {
	var lacks, unknown []string
	listed := map[string]bool{}
	for _, s := range p.Shares {
		name := detect.Cross(s.Values...)
		listed[name] = true
		if !slices.Contains(c.names, name) && !slices.Contains(expected, name) {
			unknown = append(unknown, strconv.Quote(name))
		}
	}
	for _, name := range c.names {
		if !listed[name] {
			lacks = append(lacks, strconv.Quote(name))
		}
	}
	var faults []string
	if len(lacks) > 0 {
		faults = append(faults, "it lacks "+strings.Join(lacks, ", ")+", which the log has")
	}
	if len(unknown) > 0 {
		faults = append(faults, "the log lacks "+strings.Join(unknown, ", ")+"; list under expected what may be absent")
	}
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("population table %s has other values of %s than the log: %s", p.Path, attribute, strings.Join(faults, "; "))
}

// unobserved notes, in one sentence, the expected values of an attribute that
// have no row. Intersections have their rows, and no sentence.
func (r *representation) unobserved(a detect.Attribute, c census, expected []string) {
	var names []string
	for _, name := range expected {
		if c.groups[name].tally.n() == 0 {
			names = append(names, strconv.Quote(name))
		}
	}
	if len(names) > 0 && len(a.Parts) == 1 {
		r.note = append(r.note, fmt.Sprintf("expected of %s and not observed: %s; nothing can be said about how they fare", a.Name, strings.Join(names, ", ")))
	}
}

// mostStriking bounds the small cells that are told of.
const mostStriking = 3

// striking tells of the small cells whose rate is no accident, however many small
// cells there are (Bonferroni), the surest first: checks may pass without them.
func (r *representation) striking() []audit.Finding {
	var tests float64
	var at []int
	for i, m := range r.out {
		if m.Metric == "pooled_rate_difference" && m.P != nil {
			tests++
			at = append(at, i)
		}
	}
	at = slices.DeleteFunc(at, func(i int) bool { return *r.out[i].P*tests >= r.spec.Alpha })
	slices.SortStableFunc(at, func(i, j int) int { return cmp.Compare(*r.out[i].P, *r.out[j].P) })
	var out []audit.Finding
	for _, i := range at[:min(len(at), mostStriking)] {
		out = append(out, r.small(i, tests))
	}
	if more := len(at) - mostStriking; more > 0 {
		out[len(out)-1].Detail += fmt.Sprintf(" So it is with %d more small groups.", more)
	}
	return out
}

// small tells of one small cell.
func (r *representation) small(at int, tests float64) audit.Finding {
	m := &r.out[at]
	i := slices.IndexFunc(detect.Attributes(r.spec), func(a detect.Attribute) bool { return a.Name == m.Attribute })
	a := detect.Attributes(r.spec)[i]
	var who []string
	for k, value := range detect.Uncross(*m.Group, len(a.Parts)) {
		who = append(who, a.Parts[k].Name+" "+value)
	}
	among := ""
	if tests > 1 {
		among = fmt.Sprintf("; %.0f such small groups were looked at", tests)
	}
	return audit.Finding{ID: "representation/" + m.Attribute + "/" + *m.Group, Detector: "representation", Severity: audit.Info, Measurements: []int{at},
		Title: fmt.Sprintf("Of %d %s with %s, %d are %s (%.1f\u202f%%), where %.1f\u202f%% of everybody are.", *m.Denominator, cmp.Or(r.spec.Words.Unit, "rows"),
			strings.Join(who, " and "), *m.Numerator, cmp.Or(r.spec.Words.Positive, "selected"), percentOf(m.Numerator, m.Denominator), percentOf(m.RefNum, m.RefDen)),
		Detail: fmt.Sprintf("The group has fewer than %d rows, but chance hardly explains its rate: p %s against the rate of everybody%s.", a.MinRows, smallP(*m.P), among)}
}

func (r *representation) add(m audit.Measurement) {
	m.Detector, m.Window = "representation", audit.AllWindows
	m.EachSubject = r.each && m.Shards > 0
	for _, d := range representationMetrics() {
		if d.Name == m.Metric {
			m.Convention, m.MethodVersion = d.Convention, d.Version
		}
	}
	r.out = append(r.out, m)
}

// join puts the parts that are not empty together.
func join(glue string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), glue)
}
