package detect

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Findings says in sentences what a reader should know first: one for every
// check that failed, one for every check that could not be decided, and, where
// there was no gate, the largest gap of each attribute that is more than noise,
// and the columns that moved. It reads what Judge has written.
func Findings(spec *audit.Spec, detectors []Detector, ms []audit.Measurement, gates audit.GateSummary) []audit.Finding {
	t := teller{spec: spec, detectors: detectors, ms: ms, family: gates.FamilySize, checks: gates.Checks, parts: map[string]Attribute{}}
	for _, a := range Attributes(spec) {
		t.parts[a.Name] = a
	}
	for _, v := range []audit.Verdict{audit.Fail, audit.Warn} {
		for _, c := range gates.Checks {
			if c.Verdict == v {
				t.failed(c)
			}
		}
	}
	for _, c := range gates.Checks {
		if c.Verdict == audit.Inconclusive || c.Verdict == audit.Error {
			t.undecided(c)
		}
	}
	t.headlines()
	return t.out
}

type teller struct {
	spec      *audit.Spec
	detectors []Detector
	ms        []audit.Measurement
	family    int // tests that share alpha
	checks    []audit.Check
	parts     map[string]Attribute
	out       []audit.Finding
}

func (t *teller) add(detector, metric, attribute string, severity audit.Verdict, title, detail string, at []int) {
	id := strings.Trim(strings.Join([]string{detector, metric, attribute}, "/"), "/")
	for _, f := range t.out {
		if f.ID == id { // two gates on one metric
			id += "/" + string(severity) + fmt.Sprint(len(t.out)+1)
			break
		}
	}
	t.out = append(t.out, audit.Finding{ID: id, Detector: detector, Severity: severity, Title: title, Detail: detail, Measurements: at})
}

// failed tells of a failed check: its worst measurement, and who else.
func (t *teller) failed(c audit.Check) {
	metric := find(t.detectors, c.Detector, c.Metric)
	if metric == nil {
		return
	}
	limit := t.limit(c, metric)
	at := t.failures(c, limit)
	if len(at) == 0 {
		return
	}
	m := &t.ms[at[0]]
	detail := []string{t.evidence(m, metric), "limit " + limit.allowedText() + setBy(c.Threshold.Pack)}
	switch limit.Policy {
	case audit.Equivalence:
		detail = append(detail, "the limit has to be shown to hold (policy equivalence)")
	case audit.ByPoint:
		if limit.Null != NullNone {
			detail = append(detail, "judged by the point alone (policy point)")
			detail = append(detail, costWords(c, limit, t.ms))
		}
	}
	if m.PAdjusted != nil && limit.Policy != audit.Equivalence { // which no test of no gap decides
		limit.single = t.spec.Adjust == "none"
		detail = append(detail, limit.named()+" "+chance(*m.PAdjusted)+testWords(m))
	}
	text := upper(join(detail)) + "."
	if more := t.more(limit, at[1:]); more != "" {
		text += " " + more
	}
	if months := t.stable(m, metric); months != "" {
		text += " " + months
	}
	t.add(c.Detector, c.Metric, c.Attribute, c.Verdict, t.sentence(m, metric), text, at)
}

// setBy names the pack that sets a limit.
func setBy(pack string) string {
	if pack == "" {
		return ""
	}
	return " (pack " + pack + ")"
}

// testWords names the test behind a p-value, in brackets.
func testWords(m *audit.Measurement) string {
	if j := m.Joint; j != nil {
		s := fmt.Sprintf("%d pairs at once", j.Pairs)
		if m.Shards > 0 {
			s += ", by person" + people(m)
		}
		return " (" + s + ")"
	}
	base, clustered := strings.CutSuffix(m.Test, "-clustered")
	base, how, _ := strings.Cut(base, ", ")
	s := base
	switch base {
	case "fisher-midp":
		s = "Fisher mid-p"
	case "binomial-midp":
		s = "binomial mid-p"
	case "clustered-score":
		s = "score test by person"
	case "mover":
		s = "test by the interval"
	default:
		s = strings.ReplaceAll(base, "-", " ")
	}
	if clustered {
		s += ", by person"
	}
	if base == "clustered-score" || clustered {
		s += people(m)
	}
	if how != "" {
		s += ", " + how
	}
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// people says what stands for people in a variance that follows them.
func people(m *audit.Measurement) string {
	switch {
	case m.Shards == 0:
		return ""
	case m.EachSubject:
		return fmt.Sprintf(": %s subjects, each on its own", grouped(int64(m.Shards)))
	}
	return fmt.Sprintf(": %d shards", m.Shards)
}

// join puts clauses together, without those that are empty.
func join(parts []string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "; ")
}

// failures lists the judged measurements that fail a check. A measurement that
// another gate fails too carries that one's mark; the value tells whether it
// breaks this limit.
func (t *teller) failures(c audit.Check, l Limit) []int {
	var out []int
	for _, at := range c.Measurements {
		if m := &t.ms[at]; t.broke(c, l, m) && m.Value != nil && (!l.keeps(m) || l.Policy == audit.Equivalence) {
			out = append(out, at)
		}
	}
	return out
}

// broke tells whether a measurement fails a check of its own, whose verdict is the
// worst of all that look at it: a warning may stand below one that is undecided.
func (t *teller) broke(c audit.Check, l Limit, m *audit.Measurement) bool {
	if c.Verdict == audit.Warn && m.Verdict == audit.Inconclusive {
		v, _ := Decide(m, l, m.PAdjusted, t.spec.Alpha)
		return v == audit.Fail
	}
	return m.Verdict == audit.Fail || m.Verdict == c.Verdict
}

// more names the other measurements that failed.
func (t *teller) more(l Limit, at []int) string {
	const most = 3
	var names []string
	for _, i := range at {
		names = append(names, subject(&t.ms[i]))
	}
	pairs := "comparison"
	if len(at) > 0 && t.ms[at[0]].Reference == nil {
		pairs = "group"
	}
	also := "Beyond the limit as well: "
	if l.Policy == audit.Equivalence {
		also = "Not shown to keep the limit either: "
	}
	switch {
	case len(names) == 0:
		return ""
	case len(names) > most:
		return fmt.Sprintf("%s%s and %s.", also, strings.Join(names[:most], ", "), plural(len(names)-most, "more "+pairs, "more "+pairs+"s"))
	}
	return also + strings.Join(names, ", ") + "."
}

// undecided tells of a check without an answer, why, and what would settle it.
func (t *teller) undecided(c audit.Check) {
	metric := find(t.detectors, c.Detector, c.Metric)
	title := "Could not be decided: " + noun(c.Metric)
	if c.Attribute != "" {
		title += " by " + t.attribute(c.Attribute)
	}
	title += setBy(c.Threshold.Pack)
	detail := upper(c.Reason) + "."
	if len(c.Measurements) > 0 && metric != nil {
		detail += t.missing(t.limit(c, metric), &t.ms[c.Measurements[0]])
	}
	t.add(c.Detector, c.Metric, c.Attribute, audit.Inconclusive, title+".", detail, c.Measurements)
}

// largest tells, per detector and attribute, of the ratio whose interval stays
// furthest from no gap; a ratio whose interval holds 1 is noise.
func (t *teller) largest() {
	for _, d := range t.detectors {
		main := judged(t.spec, audit.Gate{Detector: d.Name, Metric: d.Main + "_ratio"})
		metric := find(t.detectors, d.Name, main)
		if metric == nil {
			continue
		}
		for _, a := range Attributes(t.spec) {
			best := t.best(d.Name, main, func(m *audit.Measurement) float64 {
				if m.Attribute != a.Name || !counted(m, a.MinRows) {
					return 0
				}
				return surely(m)
			})
			if best >= 0 {
				m := &t.ms[best]
				text := t.evidence(m, metric) + "."
				if months := t.stable(m, metric); months != "" {
					text += " " + months
				}
				t.add(d.Name, main, a.Name, audit.Info, t.sentence(m, metric), text, []int{best})
			}
		}
	}
}

// counted says that both sides of a gap rest on enough cases for a headline.
func counted(m *audit.Measurement, least int64) bool {
	return m.Denominator != nil && m.RefDen != nil && *m.Denominator >= least && *m.RefDen >= least
}

// surely is the smallest log ratio, in size, that the interval allows.
func surely(m *audit.Measurement) float64 {
	switch i := m.Interval; {
	case m.Value == nil || i == nil:
		return 0
	case i.High != nil && *i.High < 1:
		return -math.Log(*i.High)
	case i.Low != nil && *i.Low > 1:
		return math.Log(*i.Low)
	}
	return 0
}

// limit reads a check's limit again.
func (t *teller) limit(c audit.Check, m *Metric) Limit {
	if m == nil {
		return Limit{}
	}
	g := audit.Gate{Key: c.Threshold.Key, Value: c.Threshold.Value, Side: c.Threshold.Side, Policy: c.Threshold.Policy, Strict: c.Threshold.Strict}
	l, _ := NewLimit(g, *m, t.parts[c.Attribute].Reference)
	return l
}

// allowedText is the range that a limit allows: 0.80 to 1.25.
func (l Limit) allowedText() string {
	if l.Key == "min_ratio" && l.Side == "both" {
		if _, high := l.allowed(); high != nil {
			x, _ := high.Float64()
			return l.text() + " to " + beside(x, 1, l.Scale)
		}
	}
	return l.text()
}
