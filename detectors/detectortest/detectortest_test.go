package detectortest_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/detectors/detectortest"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// recorder keeps what the harness reports.
type recorder struct {
	t     *testing.T
	found []string
}

func (r *recorder) Helper()         {}
func (r *recorder) TempDir() string { return r.t.TempDir() }
func (r *recorder) Errorf(format string, args ...any) {
	r.found = append(r.found, fmt.Sprintf(format, args...))
}

// mutated is a detector whose output is changed.
func mutated(d detect.Detector, change func(*detect.Output)) detect.Detector {
	plan := d.Plan
	d.Plan = func(spec *audit.Spec, params any) (detect.Plan, error) {
		p, err := plan(spec, params)
		inner := p.Detect
		p.Detect = func(t detect.Tables) (detect.Output, error) {
			out, err := inner(t)
			change(&out)
			return out, err
		}
		return p, err
	}
	return d
}

// each changes every measurement.
func each(change func(*audit.Measurement)) func(*detect.Output) {
	return func(o *detect.Output) {
		for i := range o.Measurements {
			change(&o.Measurements[i])
		}
	}
}

// zero is what other tools print for 0/0, sure of it.
func zero(m *audit.Measurement) {
	if m.Value == nil {
		low, high, none := -0.01, 0.01, 0.0
		m.Value, m.Note, m.Interval = &none, "", &audit.Interval{Low: &low, High: &high, Level: 0.95, Method: "none"}
	}
}

// Whatever way a detector has of hiding that there is nothing to divide by, or of
// being wrong otherwise, the harness finds it.
func TestMutantsAreCaught(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*detect.Output)
		want   string
	}{
		{"0 for 0/0", each(zero), "divide by"},
		{"0 for 0/0, counts hidden", each(func(m *audit.Measurement) {
			zero(m)
			m.Numerator, m.Denominator, m.RefNum, m.RefDen = nil, nil, nil, nil
		}), "nothing to divide by"},
		{"0 for 0/0, counts made up", each(func(m *audit.Measurement) {
			if m.Value == nil && m.Denominator != nil {
				none, one := int64(0), int64(100)
				zero(m)
				m.Numerator, m.Denominator, m.RefNum, m.RefDen, m.N = &none, &one, nil, nil, 100
			}
		}), "nothing to divide by"},
		{"1 for 0/0 in ratios only", each(func(m *audit.Measurement) {
			if m.Value == nil && strings.HasSuffix(m.Metric, "_ratio") {
				one := 1.0
				m.Value, m.Note, m.Interval = &one, "", &audit.Interval{Low: &one, High: &one, Level: 0.95, Method: "none"}
			}
		}), "divide"},
		{"a pass on 0/0", each(func(m *audit.Measurement) {
			if m.Value == nil {
				zero(m)
				m.Verdict = audit.Pass
			}
		}), "gate says pass"},
		{"NaN for 0/0", each(func(m *audit.Measurement) {
			if nan := math.NaN(); m.Value == nil {
				m.Value = &nan
			}
		}), "NaN"},
		{"no note", each(func(m *audit.Measurement) {
			if m.Value == nil {
				m.Note = ""
			}
		}), "without a note"},
		{"a test of nothing", each(func(m *audit.Measurement) {
			if p := 0.5; m.Value == nil {
				m.P = &p
			}
		}), "with an interval or a test"},
		{"a group of nobody left out of the pass", func(o *detect.Output) {
			for i := range o.Measurements {
				if m := &o.Measurements[i]; m.Value == nil {
					m.N = 0
				}
			}
		}, "passes, but"},
		{"a number beside its counts", each(func(m *audit.Measurement) {
			if m.Value != nil {
				x := *m.Value * 0.9
				m.Value, m.Interval = &x, nil
			}
		}), "its counts give"},
		{"undefined where it is not", each(func(m *audit.Measurement) {
			m.Value, m.Interval, m.P, m.Test, m.Note = nil, nil, nil, "", "undefined: too hard"
		}), "has what it takes"},
		{"nothing at all", func(o *detect.Output) { o.Measurements = nil }, "has no number"},
		{"an order of its own", func(o *detect.Output) {
			rand.Shuffle(len(o.Measurements), func(i, j int) { o.Measurements[i], o.Measurements[j] = o.Measurements[j], o.Measurements[i] })
		}, "order of rows"},
		{"a panic", func(o *detect.Output) { _ = *o.Measurements[len(o.Measurements)].Value }, "panic"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := &recorder{t: t}
			detectortest.Run(r, mutated(detectors.EqualOpportunity(), c.change))
			if !strings.Contains(strings.Join(r.found, "\n"), c.want) {
				t.Errorf("the harness reports no %q:\n%s", c.want, strings.Join(r.found, "\n"))
			}
		})
	}
}

// A detector without a fault gets no report.
func TestSoundDetectors(t *testing.T) {
	detectortest.Run(t, detectors.Parity(), detectors.EqualOpportunity())
}
