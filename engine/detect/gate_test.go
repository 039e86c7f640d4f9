package detect

import (
	"math"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

func pointer[T any](x T) *T { return &x }

// between is a measurement with an interval.
func between(low, value, high float64) *audit.Measurement {
	return &audit.Measurement{Value: &value, Interval: &audit.Interval{Low: &low, High: &high, Level: 0.95}}
}

func limit(t *testing.T, key, value, side string, null Null, scale Scale, ref audit.Reference) Limit {
	t.Helper()
	l, err := NewLimit(audit.Gate{Key: key, Value: value, Side: side}, Metric{Null: null, Scale: scale}, ref)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestDecide(t *testing.T) {
	named := audit.Reference{Policy: "value", Value: "a"}
	ratio := func(side string) Limit { return limit(t, "min_ratio", "0.8", side, NullNoGap, ScaleRatio, named) }
	gap := limit(t, "max_difference", "0.1", "both", NullNoGap, ScaleDifference, named)
	most := limit(t, "max", "0.1", "both", NullNoGap, ScaleDifference, named)
	level := limit(t, "min", "0.6", "both", NullLimit, ScaleRate, named)
	fact := limit(t, "max", "2", "both", NullNone, ScaleNumber, named)
	open := between(0.9, 1, 9)
	open.Interval.High = nil
	for _, c := range []struct {
		name   string
		m      *audit.Measurement
		l      Limit
		p      *float64
		want   audit.Verdict
		reason string
	}{
		{"inside", between(0.85, 0.9, 1.2), ratio("both"), pointer(0.4), audit.Pass, "0.90; the whole 95\u202f% interval 0.85 to 1.20 is within the limit of 0.80"},
		{"upper end outside", between(0.85, 1.1, 1.26), ratio("both"), pointer(0.4), audit.Inconclusive, "reaches beyond"},
		{"upper end outside, one side", between(0.85, 1.1, 1.26), ratio("low"), pointer(0.4), audit.Pass, "at or above the limit"},
		{"no upper end", open, ratio("both"), pointer(0.4), audit.Inconclusive, "without an upper limit"},
		{"ends on the limits", between(0.8, 1, 1.25), ratio("both"), nil, audit.Pass, ""},
		{"below, p small", between(0.5, 0.6, 0.9), ratio("both"), pointer(0.0499), audit.Fail, "below the limit of 0.80, and chance alone hardly explains it: adjusted p = 0.0499"},
		{"below, p at alpha", between(0.5, 0.6, 0.9), ratio("both"), pointer(0.05), audit.Inconclusive, "may be chance"},
		{"below, whole interval, p large", between(0.5, 0.6, 0.7), ratio("both"), pointer(0.06), audit.Inconclusive, "may be chance"},
		{"below, no test", between(0.5, 0.6, 0.7), ratio("both"), nil, audit.Inconclusive, "could not be tested"},
		{"above 1/t", between(1.2, 1.3, 1.4), ratio("both"), pointer(0.01), audit.Fail, "above the limit of 1.25"},
		{"above 1/t, one side", between(1.2, 1.3, 1.4), ratio("low"), pointer(0.01), audit.Pass, ""},
		{"a small p does not fail what keeps the limit", between(0.81, 0.85, 0.9), ratio("both"), pointer(1e-9), audit.Pass, ""},
		{"negative gap", between(-0.3, -0.2, -0.1), gap, pointer(0.001), audit.Fail, "−20.0 points, further from 0"},
		{"max on a gap is about its size", between(-0.3, -0.2, -0.1), most, pointer(0.001), audit.Fail, ""},
		{"exactly the limit in 15 digits", between(0.02, 0.30000000000000004-0.2, 0.3), gap, pointer(0.001), audit.Inconclusive, "10.0 points, within"},
		{"level", between(0.61, 0.65, 0.7), level, pointer(0.99), audit.Pass, "65.0\u202f%"},
		{"level below", between(0.5, 0.55, 0.61), level, pointer(0.02), audit.Fail, "55.0\u202f%, below"},
		{"fact within", &audit.Measurement{Value: pointer(2.)}, fact, nil, audit.Pass, "2, within"},
		{"fact beyond", &audit.Measurement{Value: pointer(3.)}, fact, nil, audit.Fail, "3, above"},
		{"undefined", &audit.Measurement{Note: "undefined: no row"}, ratio("both"), pointer(1e-9), audit.Inconclusive, "undefined: no row"},
		{"no interval", &audit.Measurement{Value: pointer(0.9)}, ratio("both"), pointer(0.5), audit.Inconclusive, "no interval"},
		{"nothing", &audit.Measurement{}, fact, nil, audit.Inconclusive, "undefined"},
	} {
		got, reason := Decide(c.m, c.l, c.p, 0.05)
		if got != c.want || !strings.Contains(reason, c.reason) {
			t.Errorf("%s: %s, %q; want %s, %q", c.name, got, reason, c.want, c.reason)
		}
	}
}

// A third of the ratios that are exactly 4/5 compare as below 0.8 in float64.
func TestFourFifthsExactly(t *testing.T) {
	l := limit(t, "min_ratio", "0.8", "both", NullNoGap, ScaleRatio, audit.Reference{Policy: "value"})
	d := limit(t, "max_difference", "0.1", "both", NullNoGap, ScaleDifference, audit.Reference{Policy: "value"})
	wrong := 0
	for n := int64(5); n < 3000; n += 5 {
		a, b, den := n*4/5, n, 2*n+int64(7)
		v := float64(a) / float64(den) / (float64(b) / float64(den))
		if v < 0.8 {
			wrong++
		}
		m := audit.Measurement{Value: &v, Numerator: &a, Denominator: &den, RefNum: &b, RefDen: &den}
		if !l.keeps(&m) {
			t.Fatalf("%d/%d against %d/%d is 4/5", a, den, b, den)
		}
		if a--; l.keeps(&m) {
			t.Fatalf("%d/%d against %d/%d is below 4/5", a, den, b, den)
		}
		x, y, z := 3*n, 2*n, 10*n
		g := audit.Measurement{Value: pointer(0.1), Numerator: &x, Denominator: &z, RefNum: &y, RefDen: &z}
		if !d.keeps(&g) {
			t.Fatalf("%d/%d - %d/%d is 0.1", x, z, y, z)
		}
		if x++; d.keeps(&g) {
			t.Fatalf("%d/%d - %d/%d is above 0.1", x, z, y, z)
		}
	}
	if wrong == 0 {
		t.Error("no case that floats get wrong: the test shows nothing")
	}
}

func TestHolmFamily(t *testing.T) {
	spec := &audit.Spec{Alpha: 0.05, Favorable: true, Groups: []audit.GroupSpec{{Name: "g", Reference: audit.Reference{Policy: "value", Value: "a"}}}}
	detectors := []Detector{{Name: "d", Metrics: []Metric{{Name: "x_difference", Null: NullNoGap, Scale: ScaleDifference}, {Name: "y_difference", Null: NullNoGap, Scale: ScaleDifference}}}}
	gap := func(metric, group string, p float64) audit.Measurement {
		m := *between(0.1, 0.3, 0.5)
		m.Detector, m.Metric, m.Attribute, m.Group, m.GroupKind, m.Reference, m.Window, m.P = "d", metric, "g", &group, audit.KindValue, pointer("a"), GateWindow, &p
		return m
	}
	ms := []audit.Measurement{gap("x_difference", "b", 0.02), gap("x_difference", "c", 0.01), gap("y_difference", "b", 0.004)}
	ms = append(ms, ms[0])
	ms[3].Window = "2024-01" // never judged
	for _, metric := range []string{"x_difference", "y_difference"} {
		spec.Gates = append(spec.Gates, audit.Gate{Detector: "d", Metric: metric, Key: "max_difference", Value: "0.2"})
	}
	gates, v := Judge(spec, detectors, ms)
	want := []float64{0.02, 0.02, 0.012}
	for i, w := range want {
		if *ms[i].PAdjusted != w || ms[i].Verdict != audit.Fail {
			t.Errorf("adjusted p %v, %s; want %v", *ms[i].PAdjusted, ms[i].Verdict, w)
		}
	}
	if gates.FamilySize != 3 || gates.Fail != 2 || v != audit.Fail || ms[3].Threshold != nil {
		t.Errorf("%+v %s", gates, v)
	}
}

func TestNoGates(t *testing.T) {
	if g, v := Judge(&audit.Spec{Alpha: 0.05}, nil, nil); v != audit.Ungated || g.FamilySize != 0 {
		t.Errorf("%+v %s", g, v)
	}
	spec := &audit.Spec{Alpha: 0.05, Gates: []audit.Gate{{Detector: "d", Metric: "m", Key: "max", Value: "1"}}}
	if g, v := Judge(spec, nil, nil); v != audit.Inconclusive || g.Inconclusive != 1 {
		t.Errorf("%+v %s", g, v)
	}
}

// What each policy makes of the same evidence.
func TestPolicies(t *testing.T) {
	one, two := int64(1), int64(2)
	for _, c := range []struct {
		name                                   string
		low, value, high                       float64
		p                                      *float64
		flips                                  *int64
		twoProng, interval, equivalence, point audit.Verdict
	}{
		{"inside", 0.85, 0.9, 1.1, pointer(0.4), &two, audit.Pass, audit.Pass, audit.Pass, audit.Pass},
		{"inside, reaches out", 0.7, 0.9, 1.1, pointer(0.4), &two, audit.Inconclusive, audit.Inconclusive, audit.Fail, audit.Pass},
		{"beyond, may be chance", 0.5, 0.7, 1.1, pointer(0.2), &two, audit.Inconclusive, audit.Inconclusive, audit.Fail, audit.Fail},
		{"beyond, not by chance, reaches in", 0.5, 0.7, 0.9, pointer(0.01), &two, audit.Fail, audit.Inconclusive, audit.Fail, audit.Fail},
		{"wholly beyond", 0.5, 0.6, 0.7, pointer(0.01), &two, audit.Fail, audit.Fail, audit.Fail, audit.Fail},
		{"wholly beyond, adjusted p large", 0.5, 0.6, 0.7, pointer(0.06), &two, audit.Inconclusive, audit.Inconclusive, audit.Fail, audit.Fail},
		{"one decision", 0.5, 0.7, 0.9, pointer(0.01), &one, audit.Inconclusive, audit.Inconclusive, audit.Fail, audit.Fail},
		{"one decision does not undo a pass", 0.85, 0.9, 1.1, pointer(0.4), &one, audit.Pass, audit.Pass, audit.Pass, audit.Pass},
		{"no test", 0.5, 0.6, 0.7, nil, &two, audit.Inconclusive, audit.Inconclusive, audit.Fail, audit.Fail},
	} {
		for policy, want := range map[audit.Policy]audit.Verdict{audit.TwoProng: c.twoProng, audit.ByInterval: c.interval, audit.Equivalence: c.equivalence, audit.ByPoint: c.point, "": c.twoProng} {
			l, err := NewLimit(audit.Gate{Key: "min_ratio", Value: "0.8", Side: "both", Policy: policy}, Metric{Null: NullNoGap, Scale: ScaleRatio}, audit.Reference{Policy: "value"})
			if err != nil {
				t.Fatal(err)
			}
			m := between(c.low, c.value, c.high)
			m.Flipflop = &audit.Flipflop{Threshold: c.flips}
			got, reason := Decide(m, l, c.p, 0.05)
			if got != want || reason == "" {
				t.Errorf("%s, %s: %s, want %s: %s", c.name, policy, got, want, reason)
			}
		}
	}
	// Of a level both policies are the one-sided test of the value against the limit.
	for _, policy := range []audit.Policy{"", audit.TwoProng, audit.ByInterval} {
		l, _ := NewLimit(audit.Gate{Key: "min", Value: "0.6", Policy: policy}, Metric{Null: NullLimit, Scale: ScaleRate}, audit.Reference{})
		if got, reason := Decide(between(0.5, 0.55, 0.61), l, pointer(0.02), 0.05); got != audit.Fail {
			t.Errorf("%s: %s, %s", policy, got, reason)
		}
	}
	if m := (audit.Measurement{Note: "undefined: no row"}); true {
		l, _ := NewLimit(audit.Gate{Key: "min_ratio", Value: "0.8", Policy: audit.Equivalence}, Metric{Null: NullNoGap, Scale: ScaleRatio}, audit.Reference{})
		if got, _ := Decide(&m, l, nil, 0.05); got != audit.Inconclusive {
			t.Errorf("undefined: %s", got)
		}
	}
}

// A check whose pairs were tested at once enters the family as one test.
func TestJointPairsAreOneTest(t *testing.T) {
	spec := &audit.Spec{Alpha: 0.05, Favorable: true, Groups: []audit.GroupSpec{{Name: "g", Reference: audit.Reference{Policy: "none"}}}}
	detectors := []Detector{{Name: "d", Metrics: []Metric{{Name: "x_difference", Null: NullNoGap, Scale: ScaleDifference}, {Name: "y_difference", Null: NullNoGap, Scale: ScaleDifference}}}}
	pair := func(metric, group string, p float64, joint bool) audit.Measurement {
		m := *between(0.1, 0.3, 0.5)
		m.Detector, m.Metric, m.Attribute, m.Group, m.GroupKind, m.Reference, m.Window, m.P = "d", metric, "g", &group, audit.KindValue, pointer("a"), GateWindow, &p
		if joint {
			m.Joint = &audit.Joint{Pairs: 3, Draws: 100}
		}
		return m
	}
	build := func() []audit.Measurement {
		return []audit.Measurement{pair("x_difference", "b", 0.01, true), pair("x_difference", "c", 0.02, true), pair("y_difference", "b", 0.03, false), pair("y_difference", "c", 0.04, false)}
	}
	for _, metric := range []string{"x_difference", "y_difference"} {
		spec.Gates = append(spec.Gates, audit.Gate{Detector: "d", Metric: metric, Key: "max_difference", Value: "0.2"})
	}
	for how, want := range map[string][]float64{
		"":     {0.03, 0.06, 0.06, 0.06}, // 3 sets; x is used up after its second test
		"bh":   {0.03, 0.06, 0.04, 0.04},
		"none": {0.01, 0.02, 0.03, 0.04},
	} {
		ms := build()
		spec.Adjust = how
		gates, _ := Judge(spec, detectors, ms)
		for i, w := range want {
			if got := *ms[i].PAdjusted; got < w-1e-12 || got > w+1e-12 {
				t.Errorf("%q: adjusted p %d is %v, want %v", how, i, got, w)
			}
		}
		if gates.FamilySize != 3 || gates.Tests != 4 {
			t.Errorf("%q: %d sets, %d tests", how, gates.FamilySize, gates.Tests)
		}
	}
}

// The draft of Colorado's regulation fires at 5 points or more: 9,000 of 20,000 against
// 10,000 of 20,000 is 5 points exactly, and a strict limit does not allow it.
func TestStrictLimit(t *testing.T) {
	for strict, want := range map[bool]audit.Verdict{false: audit.Inconclusive, true: audit.Fail} {
		l, err := NewLimit(audit.Gate{Key: "max_difference", Value: "0.05", Side: "both", Strict: strict}, Metric{Null: NullNoGap, Scale: ScaleDifference}, audit.Reference{Policy: "value"})
		if err != nil {
			t.Fatal(err)
		}
		m := between(-0.06, -0.05, -0.04)
		a, n, b, d := int64(9_000), int64(20_000), int64(10_000), int64(20_000)
		m.Numerator, m.Denominator, m.RefNum, m.RefDen = &a, &n, &b, &d
		got, reason := Decide(m, l, pointer(0.0001), 0.05)
		if got != want || strict && !strings.Contains(reason, "at the limit of 5.0 points or further from 0") {
			t.Errorf("strict %v: %s, want %s: %s", strict, got, want, reason)
		}
		a = 9_001 // less than 5 points
		*m.Value = -0.04995
		if got, reason = Decide(m, l, pointer(0.0001), 0.05); got != audit.Inconclusive {
			t.Errorf("strict %v: %s: %s", strict, got, reason)
		}
	}
}

// A measurement that one pack's limit fails softly and another cannot judge is told
// of as a warning, too.
func TestWarningBesideUndecided(t *testing.T) {
	spec := &audit.Spec{Alpha: 0.05, Favorable: true, Groups: []audit.GroupSpec{{Name: "g", Reference: audit.Reference{Policy: "value", Value: "a"}}}}
	detectors := []Detector{{Name: "d", Metrics: []Metric{{Name: "x_ratio", Null: NullNoGap, Scale: ScaleRatio}}}}
	m := *between(0.74, 0.84, 0.96)
	b, p := "b", 0.01
	m.Detector, m.Metric, m.Attribute, m.Group, m.GroupKind, m.Reference, m.Window, m.P = "d", "x_ratio", "g", &b, audit.KindValue, pointer("a"), GateWindow, &p
	for value, severity := range map[string]audit.Verdict{"0.8": "", "0.9": audit.Warn} {
		spec.Gates = append(spec.Gates, audit.Gate{Detector: "d", Metric: "x_ratio", Key: "min_ratio", Value: value, Severity: severity})
	}
	ms := []audit.Measurement{m}
	gates, v := Judge(spec, detectors, ms)
	findings := Findings(spec, detectors, ms, gates)
	if v != audit.Inconclusive || gates.Warn != 1 || len(findings) != 2 || findings[0].Severity != audit.Warn || !strings.Contains(findings[0].Detail, "0.90") {
		t.Errorf("%s %+v\n%+v", v, gates, findings)
	}
}

// A limit on a number about all groups of an attribute together judges that number of
// every attribute, and of nothing else.
func TestLimitOnAllGroupsTogether(t *testing.T) {
	spec := &audit.Spec{Alpha: 0.05, Groups: []audit.GroupSpec{{Name: "age"}, {Name: "sex"}},
		Gates: []audit.Gate{{Detector: "d", Metric: "distance", Key: "max", Value: "0.2"}}}
	detectors := []Detector{{Name: "d", Metrics: []Metric{{Name: "distance", Null: NullNoGap, Scale: ScaleNumber, Together: true}}}}
	distance := func(attribute string, low, value, high, p float64) audit.Measurement {
		m := *between(low, value, high)
		m.Detector, m.Metric, m.Attribute, m.GroupKind, m.Window, m.P = "d", "distance", attribute, audit.KindOverall, GateWindow, &p
		return m
	}
	ms := []audit.Measurement{
		distance("age", 0.25, 0.3, 0.4, 0.01), distance("sex", 0.05, 0.1, 0.15, 0.01),
		distance("age", 0.5, 0.6, 0.7, 0.01), distance("age", 0.5, 0.6, 0.7, 0.01), distance("age", 0.5, 0.6, 0.7, 0.01),
	}
	ms[2].Window, ms[3].Stratum, ms[4].GroupKind, ms[4].Group = "2024-01", pointer("ad"), audit.KindValue, pointer("old")
	gates, v := Judge(spec, detectors, ms)
	if v != audit.Fail || gates.FamilySize != 2 || gates.Fail != 1 || gates.Pass != 1 || ms[0].Verdict != audit.Fail || *ms[0].PAdjusted != 0.02 || ms[1].Verdict != audit.Pass {
		t.Errorf("%s: %+v; %+v", v, gates, ms[:2])
	}
	for _, m := range ms[2:] {
		if m.Threshold != nil {
			t.Errorf("judged: %+v", m)
		}
	}
	// Without the mark it is as any number about everybody that belongs to an attribute.
	detectors[0].Metrics[0].Together = false
	if gates, v := Judge(spec, detectors, ms[:2]); v != audit.Inconclusive || gates.Inconclusive == 0 {
		t.Errorf("%s: %+v", v, gates)
	}
}

// A value that is not finite is told of without a panic.
func TestBeyondOfNoNumber(t *testing.T) {
	one, err := stat.ParseDecimal("1")
	if err != nil {
		t.Fatal(err)
	}
	l := Limit{Threshold: audit.Threshold{Key: "min", Value: "1"}, Null: NullLimit, Scale: ScaleNumber, value: one}
	for x, want := range map[float64]string{math.Inf(-1): "below the limit of 1", 0.5: "below the limit of 1", math.Inf(1): "above the limit of 1"} {
		if got := l.beyond(x); got != want {
			t.Errorf("%v: %s, want %s", x, got, want)
		}
	}
	l.beyond(math.NaN())
}
