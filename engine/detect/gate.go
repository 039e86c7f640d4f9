package detect

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// Judge holds the measurements to the audit's gates. It sets Threshold,
// PAdjusted, Verdict and Note on those that a gate judges, and returns one check
// per gate and attribute, and the verdict of the whole: fail before inconclusive
// before warn before pass, and ungated when there are no gates.
//
// Gates judge the window GateWindow alone. Gates on gaps judge the pairs of
// groups with known values: against the reference if it was named, every pair
// if the data chose it. Gates on levels judge every group with a known value,
// and the numbers about everybody that belong to no attribute. Gates on what is
// about all groups of an attribute together (Metric.Together) judge that. The missing
// group and the worst row are never judged.
//
// The tests of all gates together form one family, and Holm's adjustment, unless
// the audit asks for another, holds its error at alpha. Where the data chose the
// reference and a detector has tested all pairs of a check at once
// (Measurement.Joint), the check enters the family as one test, because its
// p-values already allow for each other (stat.Family says why that holds); pairs
// that were tested one by one enter one by one. A hypothesis that several gates test
// enters once. A group below its min_rows may fail
// a gate, and otherwise has no say unless it passes; a check in which nobody has a
// say is inconclusive. With a subject min_rows counts people too: a gate does not
// fail on fewer of them, however many rows they have, because how much they differ
// cannot be seen in so few.
func Judge(spec *audit.Spec, detectors []Detector, ms []audit.Measurement) (audit.GateSummary, audit.Verdict) {
	j := judge{spec: spec, ms: ms, attributes: Attributes(spec), sizes: sizes(ms), references: references(ms)}
	for _, g := range spec.Gates {
		j.gate(g, find(detectors, g.Detector, judged(spec, g)))
	}
	j.adjust()
	return j.summary()
}

type judge struct {
	spec       *audit.Spec
	ms         []audit.Measurement
	attributes []Attribute
	sizes      map[groupKey]int64
	references map[groupKey]bool
	checks     []check
	family     stat.Family
}

// check is one gate on one attribute.
type check struct {
	audit.Check
	limit   Limit
	lone    string // why there are no two groups to compare
	minRows int64
	// minShare is a share of the rows below which a group is small, too.
	minShare string
	rulings  []ruling
	grouped  bool   // the audit has groups
	about    string // Metric.About
	inferred string // the first attribute that is known by probabilities alone
}

// ruling is what one gate says about one measurement.
type ruling struct {
	at       int // index of the measurement
	p        *float64
	adjusted *float64
	small    bool
	few      bool // fewer people than min_rows, however many rows they have
	verdict  audit.Verdict
	reason   string
	noValue  string // why the measurement is undefined
}

type groupKey struct{ attribute, group string }

// sizes are the copies per group in the gate window.
func sizes(ms []audit.Measurement) map[groupKey]int64 {
	out := map[groupKey]int64{}
	for i := range ms {
		if m := &ms[i]; gateable(m) && m.Group != nil {
			k := groupKey{m.Attribute, *m.Group}
			out[k] = max(out[k], m.N)
		}
	}
	return out
}

// gateable says that a gate may judge a measurement: of the whole period, about
// everybody or the whole of a group, and not about those of one decision.
func gateable(m *audit.Measurement) bool {
	return entire(m) && (m.GroupKind == audit.KindValue || m.GroupKind == audit.KindOverall && m.Attribute == "")
}

// gateable says that a gate may judge a measurement of the metric: where it is about
// all groups of an attribute together that alone, and not a group or a pair.
func (m *Metric) gateable(x *audit.Measurement) bool {
	if m.Together {
		return entire(x) && x.GroupKind == audit.KindOverall
	}
	return gateable(x)
}

// entire says that a measurement is of the whole period, and not of one version,
// stratum or decision.
func entire(m *audit.Measurement) bool {
	return m.Parameters["decision"] == "" && m.Window == GateWindow && m.Version == nil && m.Stratum == nil
}

// find looks a metric's declaration up.
func find(detectors []Detector, detector, metric string) *Metric {
	for _, d := range detectors {
		for i := range d.Metrics {
			if d.Name == detector && d.Metrics[i].Name == metric {
				return &d.Metrics[i]
			}
		}
	}
	return nil
}

// gate opens the checks of one gate and collects what they judge.
func (j *judge) gate(g audit.Gate, m *Metric) {
	start := audit.Check{Detector: g.Detector, Metric: judged(j.spec, g), Threshold: audit.Threshold{Key: g.Key, Value: g.Value, Side: g.Side, Pack: g.Pack, Severity: g.Severity, Strict: g.Strict}}
	if m == nil {
		start.Verdict, start.Reason = audit.Error, "the detector has no metric of this name"
		j.checks = append(j.checks, check{Check: start})
		return
	}
	for _, a := range j.about(g.Detector, m) {
		c := check{Check: start, minRows: a.MinRows, minShare: g.MinShare, about: m.About}
		c.Attribute, c.grouped = a.Name, len(j.attributes) > 0
		if len(j.spec.Inferred) > 0 {
			c.inferred = j.spec.Inferred[0].Name
		}
		var err error
		if c.limit, err = NewLimit(g, *m, a.Reference); err != nil {
			c.Verdict, c.Reason = audit.Error, err.Error()
		} else {
			c.Threshold, c.limit.single = c.limit.Threshold, j.spec.Adjust == "none"
			j.collect(&c, a, m)
		}
		j.checks = append(j.checks, c)
	}
}

// about lists the attributes that a gate speaks about: those that the detector
// measures, and no attribute where it measures everybody. There is always one.
func (j *judge) about(detector string, m *Metric) []Attribute {
	var out []Attribute
	everybody := Attribute{Reference: audit.Reference{Policy: "none"}}
	if m.Null == NullNoChange {
		return []Attribute{everybody}
	}
	for _, a := range append([]Attribute{everybody}, j.attributes...) {
		seen := slices.ContainsFunc(j.ms, func(x audit.Measurement) bool {
			return x.Detector == detector && x.Attribute == a.Name && (a.Name != "" || x.Metric == m.Name && m.gateable(&x))
		})
		if seen && (a.Name == "" || m.Null == NullNoGap || j.measured(detector, m, a.Name)) {
			out = append(out, a)
		}
	}
	if len(out) == 0 {
		return []Attribute{everybody}
	}
	return out
}

func (j *judge) measured(detector string, metric *Metric, attribute string) bool {
	return slices.ContainsFunc(j.ms, func(x audit.Measurement) bool {
		return x.Detector == detector && x.Metric == metric.Name && x.Attribute == attribute && metric.gateable(&x)
	})
}

// collect finds the measurements of a check and their tests.
func (j *judge) collect(c *check, a Attribute, metric *Metric) {
	if a.Name != "" {
		c.lone = j.lone(a)
	}
	several := len(GatesOn(j.spec, c.Detector, c.Metric)) > 1
	for i := range j.ms {
		m := &j.ms[i]
		if m.Detector != c.Detector || m.Metric != c.Metric || m.Attribute != a.Name || !metric.gateable(m) {
			continue
		}
		if c.limit.Null == NullNoChange && m.GroupKind != audit.KindOverall {
			continue
		}
		r := ruling{at: i, small: m.GroupKind == audit.KindValue && j.small(c, a, m.N) && !a.expects(m.Group)}
		if m.Reference != nil && !a.Reference.Named() {
			if n, ok := j.sizes[groupKey{a.Name, *m.Reference}]; ok && j.small(c, a, n) && !a.expects(m.Reference) {
				r.small = true
			}
		}
		if r.few = m.People > 0 && m.People < a.MinRows; r.few && !a.expects(m.Group) {
			r.small = true
		}
		if r.p = c.limit.test(m, several); m.Value == nil {
			r.noValue = undefined(m)
		}
		c.rulings = append(c.rulings, r)
	}
}

// small says that a group has too few rows, or too small a share of them, for the
// check to pass or to be undecided because of it.
func (j *judge) small(c *check, a Attribute, n int64) bool {
	if n < a.MinRows {
		return true
	}
	limit, err := stat.ParseDecimal(c.minShare)
	if c.minShare == "" || err != nil {
		return false
	}
	var total int64
	for k, size := range j.sizes {
		if k.attribute == a.Name {
			total += size
		}
	}
	below, err := stat.CompareRate(n, total, limit)
	return err == nil && below < 0
}

// test is the p-value that a gate goes by: of a gap that of the measurement; of
// a level that of a one-sided test against the limit, which it notes on the
// measurement. Where rows are clustered by person the detector has tested it.
func (l Limit) test(m *audit.Measurement, several bool) *float64 {
	switch {
	case m.Value == nil || l.Null == NullNone:
		return nil
	case l.Null.distance():
		return m.P
	case m.Shards > 0:
		if m.P != nil && several && l.keeps(m) { // the test was about the other limit
			one := 1.0
			return &one
		}
		return m.P
	case m.Numerator == nil || m.Denominator == nil:
		return m.P
	}
	k, n, t := *m.Numerator, *m.Denominator, l.value
	if l.Scale == ScaleOdds { // k per n is k of k+n; the limit turns into a share as well
		var err error
		n += k
		if t, err = stat.ParseDecimal(strconv.FormatFloat(t.Float64()/(1+t.Float64()), 'f', 17, 64)); err != nil {
			return m.P
		}
	}
	test, err := stat.BinomialMidP(k, n, t, Wrong(l.Key))
	if err != nil {
		return nil
	}
	if m.P == nil || test.P < *m.P {
		m.Test, m.P = test.Method, &test.P
	}
	return &test.P
}

// adjust puts all tests into one family, decides, and marks the measurements.
func (j *judge) adjust() {
	to, places := j.pool()
	all := adjusted(j.spec.Adjust, j.family)
	for i, r := range to {
		r.adjusted = &all[places[i]]
	}
	for i := range j.checks {
		c := &j.checks[i]
		for k := range c.rulings {
			c.rule(&c.rulings[k], &j.ms[c.rulings[k].at], j.spec.Alpha)
		}
	}
}

// adjusted applies the adjustment that the audit asks for.
func adjusted(how string, f stat.Family) []float64 {
	switch how {
	case "bh":
		return f.StepUp(stat.BenjaminiHochberg)
	case "by":
		return f.StepUp(stat.BenjaminiYekutieli)
	case "none":
		return f.P
	}
	return f.Holm()
}

// rule decides one measurement. Of two gates on it the graver one is noted.
func (c *check) rule(r *ruling, m *audit.Measurement, alpha float64) {
	l := c.limit
	if r.small && l.Policy == audit.Equivalence { // proof cannot be asked of few rows
		l.Policy = audit.TwoProng
	}
	l.flipflop(m)
	r.verdict, r.reason = Decide(m, l, r.adjusted, alpha)
	if r.few && r.verdict == audit.Fail && l.Policy != audit.ByPoint {
		r.verdict = audit.Inconclusive
		r.reason += fmt.Sprintf("; but only %s, fewer than min_rows (%s), and however many rows they have, a gate does not fail on so few",
			plural(int(m.People), "person is behind it", "people are behind it"), grouped(c.minRows))
	} else if r.small && r.verdict != audit.Fail && r.verdict != audit.Pass {
		r.verdict = audit.NotApplicable
		why := c.smallText() + ": may fail the gate, but"
		if r.few {
			why = fmt.Sprintf("%s, fewer than min_rows (%s):", plural(int(m.People), "person", "people"), grouped(c.minRows))
		}
		r.reason = why + " holds up no pass; " + r.reason
	}
	if m.Power != nil && (r.verdict == audit.Pass || r.verdict == audit.Fail) { // nothing is missing
		m.Power.Settle = nil
	}
	shown := r.verdict
	if shown == audit.Fail && c.Threshold.Severity == audit.Warn {
		shown = audit.Warn
	}
	if m.Threshold != nil && audit.Worse(m.Verdict, shown) == m.Verdict {
		return
	}
	if m.Threshold == nil && m.Note != "" && m.Value != nil {
		r.reason += "; " + m.Note
	}
	t := c.Threshold
	m.Threshold, m.PAdjusted, m.Verdict, m.Note = &t, r.adjusted, shown, r.reason
}

// smallText says which groups the check calls small.
func (c *check) smallText() string {
	s := "fewer than " + grouped(c.minRows) + " rows"
	for _, r := range c.rulings {
		if r.few {
			s += " or people"
			break
		}
	}
	if c.minShare != "" {
		s += " or a share of them below " + c.minShare
	}
	return s
}

// summary decides the checks and the whole.
func (j *judge) summary() (audit.GateSummary, audit.Verdict) {
	out := audit.GateSummary{Checks: []audit.Check{}, FamilySize: j.family.Size(), Tests: len(j.family.P), Adjustment: cmp.Or(j.spec.Adjust, "holm")}
	if len(j.spec.Gates) == 0 {
		return out, audit.Ungated
	}
	verdict := audit.NotApplicable
	for i := range j.checks {
		c := &j.checks[i]
		c.decide(j.ms)
		c.cost(j.ms)
		j.hold(c)
		j.hang(c)
		switch c.Verdict {
		case audit.Pass:
			out.Pass++
		case audit.Fail:
			out.Fail++
		case audit.Warn:
			out.Warn++
		default:
			out.Inconclusive++
		}
		out.Checks = append(out.Checks, c.Check)
		verdict = audit.Worse(verdict, c.Verdict)
	}
	if verdict == audit.Error || verdict == audit.NotApplicable {
		verdict = audit.Inconclusive
	}
	return out, verdict
}
