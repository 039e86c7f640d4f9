package detectors

import (
	"cmp"
	"fmt"
	"math/big"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// LabelCoverage measures whose outcome is known, and how far the others could
// move the metrics that need it.
func LabelCoverage() detect.Detector {
	return detect.Detector{
		Name:  "label_coverage",
		Title: "Whose outcome is known",
		Doc: `Which share of the rows has a label that can be used, by group and by decision, and the lowest and the highest value
that each label metric can have over all labels of the other rows: missing, in neither list, or not yet mature. Where
labels exist for one decision alone (who repays is known of those who got the loan: selective labels), the rates of
the other side are hardly known, and the bounds show it. A gap in coverage between groups is itself a reason to
distrust a gap in error rates. Nothing is given where every row has a label.`,
		Needs:   []detect.Role{detect.RoleDecision, detect.RoleLabel},
		Main:    "label_share",
		Metrics: coverageMetrics(),
		Plan: func(spec *audit.Spec, _ any) (detect.Plan, error) {
			c := labelCoverage{spec: spec, in: inference{alpha: spec.Alpha, seed: spec.Seed}}
			return detect.Plan{Needs: c.needs(), Detect: c.detect}, nil
		},
	}
}

// coverage is the share of rows that have a usable label.
func coverage() rate {
	return rate{
		name: "label_share", short: "label share",
		doc:     "the audited rows of a group whose label can be used: not missing, listed, and mature",
		formula: "rows with a usable label / rows",
		source:  "label coverage",
		empty:   "no row has the decision",
		count:   func(t tally) (k, n int64) { return t.TP + t.FP + t.FN + t.TN, t.n() },
	}
}

// labelRates are the rates that need a label.
func labelRates() []rate { return append([]rate{truePositive()}, errorRates()...) }

// extremesOver bounds a rate over all labels of the rows that have none. Each such
// row turns out to be one of two of the four outcomes, by its decision. Numerator
// and denominator are sums of outcomes, so the rate rises or falls all the way as
// more rows of one decision get a positive label, and its extremes are where all
// rows of a decision get the same. ok if the rate is defined on the rows that
// have a label, and hence however the others turn out.
func (r rate) extremesOver(t tally) (low, high stat.Fraction, ok bool) {
	if _, n := r.count(t); n == 0 {
		return low, high, false
	}
	up, un := t.Positive-t.TP-t.FP, t.Negative-t.FN-t.TN
	for i, more := range []tally{{TP: up, FN: un}, {TP: up, TN: un}, {FP: up, FN: un}, {FP: up, TN: un}} {
		k, n := r.count(t.add(more))
		f := stat.Fraction{K: k, N: n}
		if i == 0 || f.Rat().Cmp(low.Rat()) < 0 {
			low = f
		}
		if i == 0 || f.Rat().Cmp(high.Rat()) > 0 {
			high = f
		}
	}
	return low, high, true
}

func coverageMetrics() []detect.Metric {
	out := coverage().metrics()
	for _, r := range labelRates() {
		for _, m := range r.metrics() {
			m.Name, m.Null, m.Version = m.Name+boundsSuffix, detect.NullLimit, 1
			if r.outcomes {
				m.Version = 2
			}
			m.Shown = true // a check of the rate itself says whether it hangs on these rows
			m.Title += ", bounds"
			m.Doc = strings.TrimSuffix(m.Doc, ".") + ", on the rows that have a label; the interval spans all labels that the other rows may turn out to have."
			m.Source = "Interval: worst-case bounds (Manski 2003, Partial Identification of Probability Distributions); of a gap each side takes the labels that suit it least"
			out = append(out, m)
		}
	}
	return out
}

// labelCoverage reads, per attribute, a table of decisions and labels.
type labelCoverage struct {
	spec *audit.Spec
	in   inference
	out  []audit.Measurement
}

func (c *labelCoverage) needs() []table.Need {
	var out []table.Need
	for _, a := range sections(c.spec) {
		out = append(out, c.need(a))
	}
	return out
}

func (c *labelCoverage) need(a detect.Attribute) table.Need {
	dims := append(a.Dims(), table.Decision, table.Label)
	if c.spec.HasSubject {
		dims = append(dims, table.Subject)
	}
	return table.Need{Dims: dims}
}

// detect fills a copy: a plan may be carried out more than once.
func (c *labelCoverage) detect(tables detect.Tables) (detect.Output, error) {
	run := labelCoverage{spec: c.spec, in: c.in}
	for _, a := range sections(c.spec) {
		unwindowed := *c.spec
		unwindowed.HasVersion = false
		s := read(&unwindowed, a, []*table.Counts{tables.Counts(c.need(a))})
		if k, n := coverage().count(s.slices[0].overall.tally); k == n {
			break
		}
		for _, decision := range []string{"", table.Positive, table.Negative} {
			run.shares(s, decision)
		}
		for _, r := range labelRates() {
			run.bounds(s, r)
		}
	}
	return detect.Output{Measurements: run.out}, nil
}

// shares emits the label share of every group, of one decision or of both, and
// its gaps against the reference over both.
func (c *labelCoverage) shares(s section, decision string) {
	r := coverage()
	r.count = decided(decision)
	in := s.slices[0]
	for _, g := range in.everybody() {
		m := r.measure(c.in, g)
		m.Group, m.GroupKind, m.N = g.label(), g.kind, *m.Denominator
		if decision != "" {
			m.Parameters = map[string]string{"decision": decision}
		}
		c.add(s, r.name, r.formula, m)
	}
	if decision != "" {
		return
	}
	for _, g := range in.compared() {
		ref, ok := s.reference(in, g)
		if !ok {
			continue
		}
		for _, x := range r.gaps() {
			m := x.eval(c.in, g, ref, true)
			m.Group, m.GroupKind, m.Reference, m.N = g.label(), g.kind, &ref.name, g.n()
			c.add(s, x.name, x.convention, m)
		}
	}
}

// decided counts the rows of a decision, and those of them that have a label.
func decided(decision string) func(tally) (k, n int64) {
	switch decision {
	case table.Positive:
		return func(t tally) (k, n int64) { return t.TP + t.FP, t.Positive }
	case table.Negative:
		return func(t tally) (k, n int64) { return t.FN + t.TN, t.Negative }
	}
	return coverage().count
}

// bounds emits a label metric with its bounds, and its gaps with theirs.
func (c *labelCoverage) bounds(s section, r rate) {
	in, metrics := s.slices[0], r.metrics()
	for _, g := range in.everybody() {
		m := audit.Measurement{Group: g.label(), GroupKind: g.kind}
		k, n := r.count(g.tally)
		m.N = n
		if low, high, ok := r.extremesOver(g.tally); ok {
			if m.Note = r.blindNote(g); m.Note == "" {
				m.Value = float(big.NewRat(k, n))
			}
			m.Interval = bounds(*float(low.Rat()), *float(high.Rat()), 0, worstCase) // which needs no value
			m.Parameters = map[string]string{"lowest": counted(low), "highest": counted(high)}
			whatever(c.spec, r.name, s.attribute.Reference, low.Rat(), high.Rat(), "label", &m)
		} else {
			m.N, m.Note = g.audited(), r.undefined(g)+" among the rows with a label"
		}
		c.add(s, r.name+boundsSuffix, metrics[0].Convention, m)
	}
	for i, contrast := range []stat.Contrast{stat.Difference, stat.Ratio} {
		var pairs [][2]group
		for _, g := range in.compared() {
			if ref, ok := s.reference(in, g); ok {
				pairs = append(pairs, [2]group{g, ref})
			}
		}
		for _, p := range append(pairs, judgedPairs(c.spec, s.attribute.Reference, r.gaps()[i], in.values, s.chosen)...) {
			g, ref := p[0], p[1]
			m := c.gap(r, g, ref, contrast)
			if m.Interval != nil {
				low, high, _ := r.extremesOver(g.tally)
				refLow, refHigh, _ := r.extremesOver(ref.tally)
				whatever(c.spec, metrics[i+1].Name, s.attribute.Reference, contrast(low, refHigh), contrast(high, refLow), "label", &m)
			}
			m.Group, m.GroupKind, m.Reference = g.label(), g.kind, &ref.name
			c.add(s, metrics[i+1].Name+boundsSuffix, metrics[i+1].Convention, m)
		}
	}
}

// blindNote says that a rate has no value because labels are known of one decision
// alone; empty where it has one.
func (r rate) blindNote(g group) string {
	if r.blind(g.tally) == "" {
		return ""
	}
	return r.undefined(g)
}

// gap bounds the gap of two groups, whose labels are independent of each other.
func (c *labelCoverage) gap(r rate, g, ref group, contrast stat.Contrast) (m audit.Measurement) {
	low, high, ok := r.extremesOver(g.tally)
	refLow, refHigh, refOK := r.extremesOver(ref.tally)
	k, n := r.count(g.tally)
	refK, refN := r.count(ref.tally)
	m.N = n
	switch {
	case !ok || !refOK:
		m.N, m.Note = g.audited(), fmt.Sprintf("undefined: %s among the rows with a label, in one of the two", r.empty)
		return m
	case contrast(low, refHigh) == nil, r.blind(g.tally) == "" && r.blind(ref.tally) == "" && contrast(stat.Fraction{K: k, N: n}, stat.Fraction{K: refK, N: refN}) == nil:
		m.N, m.Note = g.audited(), "undefined: the "+r.words()+" of the reference is 0"
		return m
	}
	if m.Note = cmp.Or(r.blindNote(g), r.blindNote(ref)); m.Note == "" {
		m.Value = float(contrast(stat.Fraction{K: k, N: n}, stat.Fraction{K: refK, N: refN}))
	}
	m.Interval = &audit.Interval{Low: float(contrast(low, refHigh)), High: float(contrast(high, refLow)), Level: 1, Method: worstCase}
	m.Parameters = map[string]string{"lowest": counted(low) + " against " + counted(refHigh), "highest": counted(high) + " against " + counted(refLow)}
	return m
}

func (c *labelCoverage) add(s section, metric, convention string, m audit.Measurement) {
	m.Detector, m.Metric, m.Convention = "label_coverage", metric, convention
	for _, d := range coverageMetrics() {
		if d.Name == metric {
			m.MethodVersion = d.Version
		}
	}
	m.Attribute, m.Window = s.attribute.Name, audit.AllWindows
	m.EachSubject = s.each && m.Shards > 0
	c.out = append(c.out, m)
}
