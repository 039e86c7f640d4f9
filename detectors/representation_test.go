package detectors

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// COMPAS by race (testdata/compas/counts.csv, 7,214 rows), with one race that
// does not occur. Expected: SciPy 1.17.1 binomtest(3696, 7214).proportion_ci
// ("exact") .5007303130172291 .5239339553260407; 1 - 0.05^(1/7214) = .000415.
func TestNotObserved(t *testing.T) {
	spec := newSpec(none, "race")
	spec.HasLabel = false
	spec.Groups[0].Expected = []string{"African-American", "Native Hawaiian"}
	rows := slices.Concat(decisions("African-American", 2174, 1522), decisions("everybody else", 1143, 2375))
	ms := run(t, spec, rows, Representation())
	m := get(t, ms, "representation_share", "Native Hawaiian", "")
	if *m.Value != 0 || *m.Denominator != 7214 || m.Parameters["status"] != "not_observed" || math.Abs(*m.Interval.High-.000415180253128761) > 1e-15 {
		t.Errorf("Native Hawaiian: %+v %v", m, *m.Interval.High)
	}
	m = get(t, ms, "representation_share", "African-American", "")
	if math.Abs(*m.Interval.Low-.5007303130172291) > 1e-12 || math.Abs(*m.Interval.High-.5239339553260407) > 1e-12 {
		t.Errorf("African-American: %v %v", *m.Interval.Low, *m.Interval.High)
	}
}

// 0 of 60 selected where 30 % of everybody are: 0.7^60 = 5.08e-10. The cell is
// far below the 100 rows that an intersection needs to be judged.
func TestSmallCellDoesNotVanish(t *testing.T) {
	spec := newSpec(none, "g", "h")
	spec.HasLabel = false
	spec.Intersections = audit.Intersections{Depth: 2, MinRows: 100}
	rows := []row{
		{group: []string{"a", "x"}, decision: "positive", n: 3000}, {group: []string{"a", "x"}, decision: "negative", n: 6940},
		{group: []string{"b", "y"}, decision: "negative", n: 60},
	}
	p, err := Representation().Plan(spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := p.Detect(memory{t: t, spec: spec, rows: rows})
	if err != nil || len(o.Findings) != 1 || o.Findings[0].Title != "Of 60 people with g b and h y, 0 are selected (0.0\u202f%), where 30.0\u202f% of everybody are." {
		t.Errorf("%v %+v", err, o.Findings)
	}
	m := get(t, o.Measurements, "pooled_rate_difference", "b*y", "")
	if want := math.Pow(0.7, 60); m.P == nil || math.Abs(*m.P-want) > 1e-10*want {
		t.Errorf("p %v, want %v", m.P, want)
	}
}

// Castaneda v. Partida: 339 of 870 jurors, of a population that was 79.1 %
// Mexican-American. Expected: SciPy 1.17.1 binomtest(339, 870, .791).pvalue.
func TestRepresentationRatio(t *testing.T) {
	spec := newSpec(none, "surname")
	spec.HasDecision, spec.HasLabel = false, false
	spec.Populations = []audit.Population{{Path: "p.csv", Attributes: []string{"surname"}, Shares: []audit.Share{
		{Values: []string{"Mexican-American"}, Count: 791, Total: 1000}, {Values: []string{"other"}, Count: 209, Total: 1000},
	}}}
	rows := slices.Concat(decisions("Mexican-American", 0, 339), decisions("other", 0, 531))
	m := get(t, run(t, spec, rows, Representation()), "representation_ratio", "Mexican-American", "")
	if want := 4.1806077554205914e-145; math.Abs(*m.P-want) > 1e-9*want || math.Abs(*m.Value-0.49261083743842365) > 1e-15 {
		t.Errorf("%v %v", *m.Value, *m.P)
	}
}

// A population table with other values than the log is refused by their names.
func TestPopulationOfOthers(t *testing.T) {
	spec := newSpec(none, "race")
	spec.HasLabel = false
	spec.Populations = []audit.Population{{Path: "p.csv", Attributes: []string{"race"}, Shares: []audit.Share{
		{Values: []string{"Black"}, Count: 1, Total: 2}, {Values: []string{"a"}, Count: 1, Total: 2},
	}}}
	rows := slices.Concat(decisions("a", 1, 1), decisions("African-American", 1, 1))
	p, err := Representation().Plan(spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Detect(memory{t: t, spec: spec, rows: rows})
	for _, want := range []string{"p.csv", `"Black"`, `"African-American"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}

// A share of 0 is nothing to compare with, and that is said; nor is it tested.
func TestPopulationCountZero(t *testing.T) {
	spec := newSpec(none, "sex")
	spec.Populations = []audit.Population{{Path: "p.csv", Attributes: []string{"sex"}, Shares: []audit.Share{
		{Values: []string{"f"}, Count: 100, Total: 100}, {Values: []string{"m"}, Count: 0, Total: 100}}}}
	p, err := Representation().Plan(spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Detect(memory{t: t, spec: spec, rows: append(decisions("f", 40, 60), decisions("m", 30, 70)...)})
	if err != nil {
		t.Fatal(err)
	}
	m := get(t, out.Measurements, "representation_ratio", "m", "")
	if m.Value != nil || m.P != nil || m.Note != "undefined: population count 0: no share to compare with" {
		t.Errorf("%+v", m)
	}
	if want := `sex "m": population count 0 in p.csv: no share to compare with`; len(out.Notes) != 1 || out.Notes[0] != want {
		t.Errorf("notes %q", out.Notes)
	}
}
