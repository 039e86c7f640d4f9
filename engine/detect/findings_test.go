package detect

import (
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// bank is the ratio of married to single clients who subscribed.
func bank(window string) audit.Measurement {
	m := *between(0.64, 0.677192, 0.72)
	m.Detector, m.Metric, m.Attribute, m.Window, m.GroupKind = "parity", "selection_rate_ratio", "marital", window, audit.KindValue
	m.Group, m.Reference, m.N = pointer("married"), pointer("single"), 27214
	m.Numerator, m.Denominator, m.RefNum, m.RefDen = pointer[int64](2755), pointer[int64](27214), pointer[int64](1912), pointer[int64](12790)
	m.P, m.Test = pointer(1e-40), "fisher-midp"
	return m
}

func bankSpec() (*audit.Spec, []Detector) {
	return &audit.Spec{
			Alpha: 0.05, Favorable: true, Words: audit.Words{Positive: "selected", Unit: "clients"}, Windows: audit.WindowSpec{Every: "month"},
			Groups: []audit.GroupSpec{{Name: "marital", Reference: audit.Reference{Policy: "value", Value: "single"}, MinRows: 30}},
		}, []Detector{{Name: "parity", Main: "selection_rate", Metrics: []Metric{
			{Name: "selection_rate", Null: NullLimit, Scale: ScaleRate}, {Name: "selection_rate_ratio", Null: NullNoGap, Scale: ScaleRatio}}}}
}

func TestFindingReadsWell(t *testing.T) {
	spec, detectors := bankSpec()
	spec.Gates = []audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "both"}}
	ms := []audit.Measurement{bank(GateWindow), bank("2008-05"), bank("2008-06"), bank("2008-07"), bank("2008-08")}
	ms[4].Value = pointer(1.2)
	few := pointer[int64](12)
	ms = append(ms, bank("2008-12"))
	ms[5].Denominator = few
	gates, _ := Judge(spec, detectors, ms)
	fs := Findings(spec, detectors, ms, gates)
	if len(fs) != 1 {
		t.Fatalf("%+v", fs)
	}
	const title = "Married clients are selected 0.68 times as often as single clients."
	const detail = "10.1\u202f% of 27,214 against 14.9\u202f% of 12,790; 95\u202f% interval 0.64 to 0.72; limit 0.80 to 1.25; adjusted p < 0.0001 (Fisher mid-p)." +
		" The gap has the same direction in 3 of 4 months with at least 30 cases on each side."
	if f := fs[0]; f.Title != title || f.Detail != detail || f.Severity != audit.Fail || f.Measurements[0] != 0 {
		t.Errorf("%+v", f)
	}
}

func TestUngatedFindings(t *testing.T) {
	spec, detectors := bankSpec()
	ms := []audit.Measurement{bank(GateWindow), bank(GateWindow), bank(GateWindow)}
	ms[1].Group, ms[1].Value, ms[1].Interval = pointer("widowed"), pointer(0.1), &audit.Interval{Low: pointer(0.0), High: pointer(1.7), Level: 0.95}
	ms[2].Group, ms[2].Value, ms[2].Interval = pointer("divorced"), pointer(1.5), &audit.Interval{Low: pointer(1.3), High: pointer(1.7), Level: 0.95}
	fs := Findings(spec, detectors, ms, audit.GateSummary{})
	if len(fs) != 1 || fs[0].Severity != audit.Info || !strings.HasPrefix(fs[0].Title, "Married clients") {
		t.Errorf("the largest gap that is sure: %+v", fs)
	}
	if fs := Findings(spec, detectors, ms[1:2], audit.GateSummary{}); len(fs) != 0 {
		t.Errorf("noise is told: %+v", fs)
	}
}

func TestUndecidedSaysWhatWouldSettleIt(t *testing.T) {
	spec, detectors := bankSpec()
	spec.Gates = []audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "both"}}
	m := bank(GateWindow)
	m.Value, m.Interval = pointer(0.9), &audit.Interval{Low: pointer(0.75), High: pointer(1.08), Level: 0.95}
	m.Numerator, m.Denominator, m.RefNum, m.RefDen = pointer[int64](9), pointer[int64](100), pointer[int64](10), pointer[int64](100)
	ms := []audit.Measurement{m}
	gates, v := Judge(spec, detectors, ms)
	fs := Findings(spec, detectors, ms, gates)
	if v != audit.Inconclusive || len(fs) != 1 || fs[0].Title != "Could not be decided: selection rate ratio by marital." ||
		!strings.Contains(fs[0].Detail, "about 4.9 times as many rows would settle it") { // (log(.9/.75)/log(.9/.8)·(1.96+.8416)/1.96)² = 4.88
		t.Errorf("%s %+v", v, fs)
	}
}

// Where no row of any person differs, more rows of them say nothing new.
func TestUndecidedWithoutVariationPromisesNothing(t *testing.T) {
	detectors := []Detector{{Name: "drift", Metrics: []Metric{{Name: "missing_share", Null: NullLimit, Scale: ScaleRate}}}}
	spec := &audit.Spec{Alpha: 0.05, Gates: []audit.Gate{{Detector: "drift", Metric: "missing_share", Key: "max", Value: "0.02"}}}
	m := audit.Measurement{Detector: "drift", Metric: "missing_share", Column: pointer("age"), GroupKind: audit.KindOverall, Window: GateWindow,
		Value: pointer(0.0), Interval: &audit.Interval{Low: pointer(0.0), High: pointer(0.059), Level: 0.95}, N: 5000, Shards: 64,
		Numerator: pointer[int64](0), Denominator: pointer[int64](5000)}
	ms := []audit.Measurement{m}
	gates, v := Judge(spec, detectors, ms)
	fs := Findings(spec, detectors, ms, gates)
	if v != audit.Inconclusive || len(fs) != 1 || strings.Contains(fs[0].Detail, "would settle") || !strings.Contains(fs[0].Detail, "each of 64 shards of people counts as one observation") {
		t.Errorf("%s %+v", v, fs)
	}
}

func TestNumbersInWords(t *testing.T) {
	for _, c := range [][2]string{
		{grouped(1234567), "1,234,567"}, {grouped(-1234), "−1,234"}, {grouped(12), "12"},
		{number(0.1012, ScaleRate, 0), "10.1\u202f%"}, {number(-0.048, ScaleDifference, 0), "−4.8 points"}, {number(-0.00001, ScaleDifference, 0), "0.0 points"},
		{beside(0.7996, 0.8, ScaleRatio), "0.7996"}, {beside(0.8, 0.8, ScaleRatio), "0.80"}, {beside(0.71, 0.8, ScaleRatio), "0.71"},
		{beside(-0.1001, 0.1, ScaleDifference), "−10.01 points"}, {number(3, ScaleNumber, 0), "3"},
		{chance(0.00001), "< 0.0001"}, {chance(0.0421), "= 0.0421"}, {chance(0.5), "= 0.50"}, {level(0.95), "95\u202f%"}, {level(0.999), "99.9\u202f%"},
	} {
		if c[0] != c[1] {
			t.Errorf("%q, want %q", c[0], c[1])
		}
	}
}

func TestSentenceNamesTheQuantile(t *testing.T) {
	spec, detectors := numberSpec()
	metric := &Metric{Name: "quantile_difference", Null: NullNoGap, Scale: ScaleNumber}
	m := about("score_gap", "quantile_difference", "female", -0.25)
	m.Reference, m.Parameters = pointer("male"), map[string]string{"quantile": "0.9"}
	teller := teller{spec: spec, detectors: detectors, parts: map[string]Attribute{}}
	if got := teller.sentence(&m, metric); got != "The 0.9 quantile of the scores of female people is 0.250 lower than that of male people." {
		t.Error(got)
	}
}

func TestWho(t *testing.T) {
	spec := &audit.Spec{Words: audit.Words{Unit: "people"}, Intersections: audit.Intersections{Depth: 2}, Groups: []audit.GroupSpec{{Name: "race"}, {Name: "age"}}}
	teller := teller{spec: spec, parts: map[string]Attribute{}}
	for _, a := range Attributes(spec) {
		teller.parts[a.Name] = a
	}
	for _, c := range [][3]string{
		{"race", "African-American", "African-American people"}, {"race", Rest, "all other people"}, {"age", "[25,60)", "people with age 25 to under 60"},
		{"race*age", `a\*b*[25,60)`, "people with race a*b and age 25 to under 60"}, {"race", "1", "people with race 1"},
	} {
		if got := teller.who(&audit.Measurement{Attribute: c[0]}, c[1]); got != c[2] {
			t.Errorf("%q, want %q", got, c[2])
		}
	}
}

// A finding says by which policy it stands, where that is not the usual one.
func TestFindingNamesThePolicy(t *testing.T) {
	spec, detectors := bankSpec()
	for policy, want := range map[audit.Policy]string{
		audit.Equivalence: "has to be shown to hold", audit.ByPoint: "by the point alone", audit.ByInterval: "adjusted p",
	} {
		spec.Gates = []audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "both", Policy: policy}}
		ms := []audit.Measurement{bank(GateWindow), bank(GateWindow)}
		ms[1].Group, ms[1].Value, ms[1].Interval = pointer("widowed"), pointer(0.9), &audit.Interval{Low: pointer(0.7), High: pointer(1.2), Level: 0.95}
		ms[1].Numerator, ms[1].Denominator = nil, nil
		gates, _ := Judge(spec, detectors, ms)
		fs := Findings(spec, detectors, ms, gates)
		if len(fs) != 1 || !strings.Contains(fs[0].Detail, want) {
			t.Errorf("%s: %+v", policy, fs)
		}
		if also := strings.Contains(fs[0].Detail, "Not shown to keep the limit either: widowed"); also != (policy == audit.Equivalence) {
			t.Errorf("%s: %s", policy, fs[0].Detail)
		}
	}
}
