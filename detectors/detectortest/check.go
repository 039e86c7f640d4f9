package detectortest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// wrong lists what is wrong with the result.
func (t *trial) wrong() []string {
	out := append(t.rows(), t.gates()...) // what is graver first: of many faults only some are shown
	for i := range t.result.Measurements {
		m := &t.result.Measurements[i]
		for _, fault := range slices.Concat(t.shape(m), counts(m, t.scale(m)), t.existence(m)) {
			out = append(out, about(m)+": "+fault)
		}
	}
	return out
}

// rows holds the accounts of rows against the log.
func (t *trial) rows() []string {
	var out []string
	d := t.result.Data
	excluded, audited := int64(0), int64(0)
	for _, e := range d.Excluded {
		excluded += e.Rows
	}
	for _, r := range t.world.rows {
		if r.Offer != nil {
			audited++
		}
	}
	if d.RowsRead != int64(len(t.world.rows)) || d.RowsAudited != audited || d.RowsRead != d.RowsAudited+excluded {
		out = append(out, fmt.Sprintf("of %d rows %d are read, %d audited (expected %d) and %d excluded", len(t.world.rows), d.RowsRead, d.RowsAudited, audited, excluded))
	}
	for _, a := range t.result.Groups {
		n := int64(0)
		for _, v := range a.Values {
			n += v.Rows
		}
		if n != audited {
			out = append(out, fmt.Sprintf("the groups of %s have %d rows, and %d are audited", a.Attribute, n, audited))
		}
	}
	return out
}

// shape holds what every measurement promises.
func (t *trial) shape(m *audit.Measurement) []string {
	var out []string
	finite := func(what string, x *float64) {
		if x != nil && (math.IsNaN(*x) || math.IsInf(*x, 0)) {
			out = append(out, fmt.Sprintf("%s is %v", what, *x))
		}
	}
	finite("value", m.Value)
	finite("p", m.P)
	switch {
	case m.Value != nil:
	case m.Note == "":
		out = append(out, "undefined without a note")
	case m.Interval != nil || m.P != nil || m.Test != "":
		out = append(out, "undefined, and yet with an interval or a test")
	}
	if m.P != nil && !(*m.P >= 0 && *m.P <= 1) {
		out = append(out, fmt.Sprintf("p is %v", *m.P))
	}
	if i := m.Interval; i != nil {
		finite("low", i.Low)
		finite("high", i.High)
		const slack = 1e-9
		if m.Value != nil && (i.Low != nil && *i.Low > *m.Value+slack*(1+math.Abs(*m.Value)) || i.High != nil && *i.High < *m.Value-slack*(1+math.Abs(*m.Value))) && !t.corrected(m) {
			out = append(out, fmt.Sprintf("%v lies outside its interval", *m.Value))
		}
	}
	d := t.detector(m.Detector)
	if d == nil || declared(d, m.Metric) == nil {
		out = append(out, "its detector does not declare it")
	}
	if m.Convention == "" || m.Window == "" || m.GroupKind == "" || m.MethodVersion < 1 {
		out = append(out, "convention, window, group kind or method version is missing")
	}
	return out
}

// corrected says that an interval is moved by the bias of a distance that cannot
// be negative, and so may end below the distance.
func (t *trial) corrected(m *audit.Measurement) bool {
	metric := declared(t.detector(m.Detector), m.Metric)
	return metric != nil && (metric.Null == detect.NullNoChange || metric.Null == detect.NullCalibrated)
}

func (t *trial) scale(m *audit.Measurement) detect.Scale {
	if d := t.detector(m.Detector); d != nil {
		if metric := declared(d, m.Metric); metric != nil {
			return metric.Scale
		}
	}
	return detect.ScaleNumber
}

// counts holds a value against the counts that are printed beside it: gates
// compare in those.
func counts(m *audit.Measurement, scale detect.Scale) []string {
	if m.Numerator == nil || m.Denominator == nil {
		return nil
	}
	k, n := float64(*m.Numerator), float64(*m.Denominator)
	want := k / n
	if m.Reference != nil || scale == detect.ScaleDifference || scale == detect.ScaleRatio { // of groups, or of windows
		if m.RefNum == nil || m.RefDen == nil {
			return nil
		}
		other := float64(*m.RefNum) / float64(*m.RefDen)
		if scale == detect.ScaleRatio {
			want /= other
		} else {
			want -= other
		}
	}
	undefined := math.IsNaN(want) || math.IsInf(want, 0)
	switch {
	case m.Value == nil:
		return nil
	case undefined:
		return []string{fmt.Sprintf("%v, but its counts divide by 0", *m.Value)}
	case math.Abs(math.Abs(*m.Value)-math.Abs(want)) > 1e-9:
		return []string{fmt.Sprintf("%v, but its counts give %v", *m.Value, want)}
	}
	return nil
}

// existence holds a value against what the rows allow.
func (t *trial) existence(m *audit.Measurement) []string {
	switch e := t.expect(m); {
	case e == empty && m.Value != nil:
		return []string{fmt.Sprintf("%v, but the log has nothing to divide by", *m.Value)}
	case e == defined && m.Value == nil:
		return []string{fmt.Sprintf("undefined (%s), but the log has what it takes", m.Note)}
	}
	return nil
}

// gates holds the checks against the measurements that they judged.
func (t *trial) gates() []string {
	var out []string
	add := func(c *audit.Check, format string, a ...any) {
		out = append(out, fmt.Sprintf("gate %s of %s on %q: ", c.Threshold.Key, c.Metric, c.Attribute)+fmt.Sprintf(format, a...))
	}
	gates := t.result.Gates
	for i := range gates.Checks {
		c := &gates.Checks[i]
		if c.Reason == "" {
			add(c, "%s without a reason", c.Verdict)
		}
		if c.Verdict == audit.Error {
			add(c, "could not be evaluated: %s", c.Reason)
		}
		if c.Verdict != audit.Pass {
			continue
		}
		if len(c.Measurements) == 0 || t.result.Measurements[c.Measurements[0]].Value == nil {
			add(c, "passes without a number: %s", c.Reason)
		}
		own := slices.ContainsFunc(c.Measurements, func(at int) bool { return ownGroup(&t.result.Measurements[at]) })
		if n := t.comparable(c.Attribute); n < 2 && t.isGap(c) && !own {
			add(c, "passes, with %d groups to compare", n)
		}
		for _, at := range c.Measurements {
			if m := &t.result.Measurements[at]; m.Value == nil && t.large(m) {
				add(c, "passes, but %s is undefined", about(m))
			}
		}
	}
	for i := range t.result.Measurements {
		if m := &t.result.Measurements[i]; (m.Verdict == audit.Pass || m.Verdict == audit.Fail) && t.expect(m) == empty {
			out = append(out, fmt.Sprintf("%s: its gate says %s, but the log has nothing to divide by", about(m), m.Verdict))
		}
	}
	if len(gates.Checks) != gates.Pass+gates.Fail+gates.Warn+gates.Inconclusive {
		out = append(out, "the checks do not add up")
	}
	return out
}

// minRows is the default size below which a group does not hold up a pass.
const minRows = 30

// large says that the groups of a measurement have enough audited rows to hold up
// a pass.
func (t *trial) large(m *audit.Measurement) bool {
	own, reference, _ := t.world.about(m)
	return own.audited >= minRows && (m.Reference == nil || reference.audited >= minRows)
}

// comparable is the number of values of an attribute that have audited rows.
func (t *trial) comparable(attribute string) int {
	n := 0
	for _, f := range t.world.breakdown(slice{attribute, audit.AllWindows, ""}).values {
		if f.audited > 0 {
			n++
		}
	}
	return n
}

func (t *trial) isGap(c *audit.Check) bool {
	d := t.detector(c.Detector)
	if d == nil {
		return false
	}
	m := declared(d, c.Metric)
	return m != nil && m.Null == detect.NullNoGap
}

// about names a measurement.
func about(m *audit.Measurement) string {
	parts := []string{m.Detector + "." + m.Metric}
	add := func(what string, s *string) {
		if s != nil {
			parts = append(parts, fmt.Sprintf("%s %q", what, *s))
		}
	}
	if m.Attribute != "" {
		parts = append(parts, "of "+m.Attribute)
	}
	add("group", m.Group)
	if m.GroupKind != audit.KindValue {
		parts = append(parts, string(m.GroupKind))
	}
	add("against", m.Reference)
	add("column", m.Column)
	add("version", m.Version)
	return strings.Join(append(parts, "in "+m.Window), " ")
}

// measured is metrics that have a number, by detector and metric.
type measured map[string]bool

// measured lists the metrics that have a number over the whole log: about the
// values of an attribute, or about anything.
func (t *trial) measured(attribute string) measured {
	out := measured{}
	if t.result == nil {
		return out
	}
	for i := range t.result.Measurements {
		m := &t.result.Measurements[i]
		if m.Value != nil && m.Window == audit.AllWindows && m.Version == nil && (attribute == "" || m.Attribute == attribute && m.Group != nil) {
			out[m.Detector+"."+m.Metric] = true
		}
	}
	return out
}

// without lists in order what others lack.
func (m measured) without(others measured) []string {
	var out []string
	for name := range m {
		if !others[name] {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
