package detect

import (
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// A verdict that rows without a label could turn is marked; one that they cannot,
// and one that was not reached, are not.
func TestHang(t *testing.T) {
	gap := Metric{Name: "gap", Null: NullNoGap, Scale: ScaleDifference}
	judgeOf := func(low, value, high, p float64, bounds string) audit.Check {
		spec := &audit.Spec{Alpha: 0.05, Groups: []audit.GroupSpec{{Name: "g", Reference: audit.Reference{Policy: "value", Value: "b"}}},
			Gates: []audit.Gate{{Detector: "d", Metric: "gap", Key: "max_difference", Value: "0.1", Side: "both"}}}
		m := *between(low, value, high)
		m.Detector, m.Metric, m.Attribute, m.Window, m.GroupKind, m.N, m.P = "d", "gap", "g", audit.AllWindows, audit.KindValue, 100, &p
		m.Group, m.Reference = pointer("a"), pointer("b")
		b := m
		b.Detector, b.Metric, b.P = "other", "gap"+BoundsSuffix, nil
		b.Interval = between(-0.3, value, 0.4).Interval
		b.Parameters = map[string]string{"unknown": "label", "limit": bounds, "limit_key": "max_difference", "limit_value": "0.1"}
		s, _ := Judge(spec, []Detector{{Name: "d", Metrics: []Metric{gap}}}, []audit.Measurement{m, b})
		return s.Checks[0]
	}
	for _, c := range []struct {
		name             string
		low, value, high float64
		p                float64
		bounds           string
		verdict          audit.Verdict
		hangs            bool
	}{
		{"pass, open", -0.05, 0, 0.05, 0.9, BoundsOpen, audit.Pass, true},
		{"pass, holds", -0.05, 0, 0.05, 0.9, BoundsHold, audit.Pass, false},
		{"fail, open", 0.15, 0.2, 0.25, 0.001, BoundsOpen, audit.Fail, true},
		{"fail, broken", 0.15, 0.2, 0.25, 0.001, BoundsBroken, audit.Fail, false},
		{"undecided", 0.05, 0.12, 0.2, 0.2, BoundsOpen, audit.Inconclusive, false},
	} {
		got := judgeOf(c.low, c.value, c.high, c.p, c.bounds)
		if got.Verdict != c.verdict || (got.HangsOn != "") != c.hangs {
			t.Errorf("%s: %+v", c.name, got)
		}
		if c.hangs && !strings.HasSuffix(got.HangsOn, "over all labels that they may have, the gap of a against b lies between −30.0 points and 40.0 points") {
			t.Errorf("%s: %s", c.name, got.HangsOn)
		}
	}
}
