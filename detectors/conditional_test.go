package detectors

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// inStratum puts rows into a stratum.
func inStratum(name string, rows ...row) []row {
	for i := range rows {
		rows[i].texts = map[string]string{"stratum:dept": name}
	}
	return rows
}

func strataSpec(ref audit.Reference) *audit.Spec {
	spec := newSpec(ref, "sex")
	spec.Roles = []audit.RoleColumn{{Role: "stratum:dept", Column: "dept"}}
	return spec
}

func runConditional(t testing.TB, spec *audit.Spec, rows []row) detect.Output {
	t.Helper()
	p, err := Conditional().Plan(spec, ConditionalParams{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Detect(memory{t: t, spec: spec, rows: rows, accounts: table.Accounts{Duplicates: -1}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What cannot be compared is said, with its number.
func TestConditionalBadStrata(t *testing.T) {
	spec := strataSpec(named("m"))
	var oneGroup, perRow []row
	oneGroup = append(oneGroup, inStratum("x", decisions("f", 20, 30)...)...)
	oneGroup = append(oneGroup, inStratum("y", decisions("m", 30, 20)...)...)
	out := runConditional(t, spec, oneGroup)
	m := get(t, out.Measurements, "mantel_haenszel_difference", "f", "m")
	if m.Value != nil || !strings.Contains(m.Note, "no stratum has rows of both groups") || len(out.Findings) > 0 {
		t.Errorf("one group per stratum: %+v", m)
	}

	mixed := append(oneGroup, inStratum("z", append(decisions("f", 30, 30), decisions("m", 30, 30)...)...)...)
	m = get(t, runConditional(t, spec, mixed).Measurements, "mantel_haenszel_difference", "f", "m")
	if m.Value == nil || *m.Value != 0 || m.Note != "2 strata have rows of one of the two only; their 100 rows are left out" {
		t.Errorf("some strata of one group: %+v", m)
	}

	for i := range 50 {
		g := []string{"f", "m"}[i%2]
		perRow = append(perRow, inStratum(fmt.Sprint("id", i), row{group: []string{g}, decision: table.Positive, n: 1})...)
	}
	out = runConditional(t, spec, perRow)
	if len(out.Measurements) > 0 || len(out.Notes) != 1 || !strings.Contains(out.Notes[0], "dept has 50 values in 50 rows") {
		t.Errorf("a stratum per row: %v, %d measurements", out.Notes, len(out.Measurements))
	}

	// Rows without a value are a stratum of their own.
	missing := append(inStratum("", append(decisions("f", 10, 30), decisions("m", 20, 20)...)...), inStratum("x", append(decisions("f", 10, 30), decisions("m", 20, 20)...)...)...)
	out = runConditional(t, spec, missing)
	if m := get(t, out.Measurements, "mantel_haenszel_difference", "f", "m"); *m.Value != -0.25 || m.N != 80 {
		t.Errorf("missing values: %+v", m)
	}
	if row := out.Tables[0].Rows[3]; row[3] != missingStratum {
		t.Errorf("missing values: %v", row)
	}

	// A column without any value is no stratum.
	out = runConditional(t, spec, inStratum("", append(decisions("f", 10, 30), decisions("m", 20, 20)...)...))
	if len(out.Measurements) > 0 || len(out.Notes) != 1 || !strings.Contains(out.Notes[0], "dept has no value in any of the 80 rows") {
		t.Errorf("a column without values: %v, %d measurements", out.Notes, len(out.Measurements))
	}
}

// The parts of the gap add up to it, and a gap without strata is the gap.
func TestConditionalIdentities(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s stat.Strata
		for range rapid.IntRange(1, 6).Draw(t, "strata") {
			n, m := rapid.Int64Range(1, 50).Draw(t, "n"), rapid.Int64Range(1, 50).Draw(t, "m")
			s = append(s, stat.Stratum{K1: rapid.Int64Range(0, n).Draw(t, "k1"), N1: n, K2: rapid.Int64Range(0, m).Draw(t, "k2"), N2: m})
		}
		var one stat.Stratum
		var own []float64
		for _, x := range s {
			one.K1, one.N1, one.K2, one.N2 = one.K1+x.K1, one.N1+x.N1, one.K2+x.K2, one.N2+x.N2
			own = append(own, float64(x.N1))
		}
		pooled := ratio(one.K1, one.N1) - ratio(one.K2, one.N2)
		rates, composition := parts(s)
		if math.Abs(rates+composition-pooled) > 1e-12 {
			t.Fatalf("%v + %v is not %v", rates, composition, pooled)
		}
		// On its own population a group keeps its rate.
		if a, _, _ := onStandard(s, own); math.Abs(a-ratio(one.K1, one.N1)) > 1e-12 {
			t.Fatalf("standardized on itself: %v", a)
		}
	})
}

// With one row per person and a person per shard the jackknife of the
// Mantel-Haenszel difference comes close to the interval for rows; with every
// row of a person doubled it does not shrink, as that for rows does.
func TestConditionalPeople(t *testing.T) {
	build := func(copies int64) []row {
		var out []row
		rng := stat.Generator(1, "conditional test")
		for i := range 640 {
			r := row{group: []string{[]string{"f", "m"}[i%2]}, decision: table.Negative, shard: (i / 4) % 64, n: copies}
			if rng.IntN(10) < 3+2*(i%2) {
				r.decision = table.Positive
			}
			out = append(out, inStratum([]string{"x", "y"}[i/2%2], r)...)
		}
		return out
	}
	width := func(subject bool, copies int64) float64 {
		spec := strataSpec(named("m"))
		spec.HasSubject = subject
		m := get(t, runConditional(t, spec, build(copies)).Measurements, "mantel_haenszel_difference", "f", "m")
		if m.Interval == nil || (m.Shards > 0) != subject {
			t.Fatalf("%+v", m)
		}
		return *m.Interval.High - *m.Interval.Low
	}
	rows, people, doubled := width(false, 1), width(true, 1), width(true, 4)
	if people < rows*0.7 || people > rows*1.4 {
		t.Errorf("width %v by rows, %v by people", rows, people)
	}
	if math.Abs(doubled-people) > 1e-12 || width(false, 4) > rows*0.6 {
		t.Errorf("copies of the same people: %v, not %v", doubled, people)
	}
}

func TestConditionalSilent(t *testing.T) {
	p, err := Conditional().Plan(newSpec(named("m"), "sex"), ConditionalParams{})
	if err != nil || len(p.Needs) > 0 {
		t.Fatal(p, err)
	}
	if _, err = Conditional().Plan(strataSpec(named("m")), ConditionalParams{Strata: []string{"dpt"}}); err == nil || !strings.Contains(err.Error(), `"dpt"`) {
		t.Error(err)
	}
}

// A gap that rows in strata of one group make is in the pooled gap, and so is
// seen to turn round. Rates by hand: 800/1200 against 280/1200 together, 80/400
// against 200/400 in the one stratum of both.
func TestConditionalReversalBesideLoneStrata(t *testing.T) {
	rows := inStratum("x", append(decisions("f", 80, 320), decisions("m", 200, 200)...)...)
	rows = append(rows, inStratum("y", decisions("f", 720, 80)...)...)
	rows = append(rows, inStratum("z", decisions("m", 80, 720)...)...)
	out := runConditional(t, strataSpec(named("m")), rows)
	pooled := get(t, out.Measurements, "pooled_difference", "f", "m")
	if pooled.Value == nil || math.Abs(*pooled.Value-(800.-280.)/1200) > 1e-12 {
		t.Errorf("pooled gap %+v", pooled)
	}
	within := get(t, out.Measurements, "mantel_haenszel_difference", "f", "m")
	if within.Value == nil || math.Abs(*within.Value+0.3) > 1e-12 {
		t.Errorf("gap within %+v", within)
	}
	if len(out.Findings) != 1 || !strings.Contains(out.Findings[0].Title, "turns round") || !strings.Contains(out.Findings[0].Detail, "2 strata have rows of one of the two only; their 1600 rows are left out. The one dept with both groups points the other way") {
		t.Errorf("findings %+v", out.Findings)
	}
}

// Strata that hold one group each are told of by name and count, also where the
// strata are the groups themselves.
func TestConditionalLoneStrata(t *testing.T) {
	rows := append(inStratum("x", decisions("f", 20, 30)...), inStratum("y", decisions("m", 30, 20)...)...)
	out := runConditional(t, strataSpec(named("m")), rows)
	if len(out.Notes) != 1 || out.Notes[0] != "conditional: each of the 2 strata of dept has rows of one group of sex only, so nobody can be compared within them" {
		t.Errorf("notes %q", out.Notes)
	}
}

// Where the data chose the reference and a gate judges every pair, p allows for
// all three pairs by Bonferroni; against a named reference, or without a gate, it
// is the pair's own.
func TestConditionalEveryPair(t *testing.T) {
	rows := inStratum("x", append(append(decisions("a", 40, 60), decisions("b", 55, 45)...), decisions("c", 50, 50)...)...)
	gate := audit.Gate{Detector: "conditional", Metric: "mantel_haenszel_difference", Key: "max_difference", Value: "0.1", Side: "both"}
	for _, c := range []struct {
		ref   audit.Reference
		gates []audit.Gate
		times float64
	}{{named("b"), []audit.Gate{gate}, 1}, {audit.Reference{Policy: "best"}, nil, 1}, {audit.Reference{Policy: "best"}, []audit.Gate{gate}, 3}} {
		spec := strataSpec(c.ref)
		spec.Gates = c.gates
		ms := runConditional(t, spec, rows).Measurements
		m, plain := get(t, ms, "mantel_haenszel_difference", "a", "b"), get(t, ms, "cmh_chi_square", "a", "b")
		if math.Abs(*m.P-c.times**plain.P) > 1e-15 || (m.Joint != nil) != (c.times > 1) {
			t.Errorf("%v: p %v, alone %v, joint %+v", c.ref, *m.P, *plain.P, m.Joint)
		}
	}
}

// Intersections are looked at where the audit crosses attributes.
func TestConditionalIntersections(t *testing.T) {
	spec := newSpec(named("m"), "sex", "race")
	spec.Groups[1].Reference = named("w")
	spec.Intersections = audit.Intersections{Depth: 2, MinRows: 1}
	spec.Roles = []audit.RoleColumn{{Role: "stratum:dept", Column: "dept"}}
	var rows []row
	for i, g := range [][]string{{"m", "w"}, {"m", "b"}, {"f", "w"}, {"f", "b"}} {
		k := int64(50 - 10*i)
		rows = append(rows, inStratum("x", row{group: g, decision: table.Positive, n: k}, row{group: g, decision: table.Negative, n: 100 - k})...)
	}
	m := get(t, runConditional(t, spec, rows).Measurements, "mantel_haenszel_difference", "f*b", "m*w")
	if m.Value == nil || math.Abs(*m.Value+0.3) > 1e-12 {
		t.Errorf("%+v", m)
	}
}

// The findings answer whether it is the mix, in words, either way. Rates by
// hand.
func TestConditionalIsItTheMix(t *testing.T) {
	both := func(stratum string, f, fn, m, mn int64) []row {
		return inStratum(stratum, append(decisions("f", f, fn-f), decisions("m", m, mn-m)...)...)
	}
	for _, c := range []struct {
		rows  []row
		title string
	}{
		{slices.Concat(both("x", 100, 400, 200, 400), both("y", 100, 400, 200, 400)), "The mix of dept does not explain the gap between f and m: −25.0 points pooled, −25.0 points within."},
		{slices.Concat(both("x", 160, 200, 480, 600), both("y", 240, 600, 120, 200)), "The mix of dept explains more than half of the gap between f and m: −25.0 points pooled, −10.0 points within."},
		{slices.Concat(both("x", 180, 300, 400, 500), both("y", 100, 500, 120, 300)), "The mix of dept explains less than half of the gap between f and m: −30.0 points pooled, −20.0 points within."},
		{slices.Concat(both("x", 40, 400, 200, 400), both("y", 160, 400, 200, 400)), "The mix of dept does not explain the gap"},
		{slices.Concat(both("x", 200, 400, 200, 400), both("y", 200, 400, 200, 400)), ""},
	} {
		out := runConditional(t, strataSpec(named("m")), c.rows)
		if c.title == "" {
			if len(out.Findings) > 0 {
				t.Errorf("%q where there is no gap", out.Findings[0].Title)
			}
			continue
		}
		if len(out.Findings) != 1 || !strings.HasPrefix(out.Findings[0].Title, c.title) {
			t.Errorf("%+v, want %q", out.Findings, c.title)
		}
	}
}

// A group that shares no stratum with its reference has every gap that a gate can
// judge, without a value: otherwise the gate passes on the others.
func TestConditionalGroupAlone(t *testing.T) {
	spec := strataSpec(named("m"))
	spec.Gates = []audit.Gate{{Detector: "conditional", Metric: "mantel_haenszel_ratio", Key: "min_ratio", Value: "0.8", Side: "both"}}
	spec.Groups[0].MinRows = 30
	rows := inStratum("x", append(decisions("f", 500, 500), decisions("m", 500, 500)...)...)
	out := runConditional(t, spec, append(rows, inStratum("y", decisions("d", 100, 900)...)...))
	for _, metric := range []string{"mantel_haenszel_difference", "mantel_haenszel_ratio", "mantel_haenszel_odds_ratio", "standardized_difference"} {
		if m := get(t, out.Measurements, metric, "d", "m"); m.Value != nil || !strings.Contains(m.Note, "no stratum has rows of both") {
			t.Errorf("%s: %+v", metric, m)
		}
	}
	if _, verdict := detect.Judge(spec, []detect.Detector{Conditional()}, out.Measurements); verdict != audit.Inconclusive {
		t.Errorf("verdict %s", verdict)
	}
}

// Nobody is looked at within strata that are the groups themselves.
func TestConditionalWithinItself(t *testing.T) {
	spec := strataSpec(named("m"))
	spec.Groups[0].Column = "dept"
	p, err := Conditional().Plan(spec, ConditionalParams{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range p.Needs {
		if slices.Contains(n.Dims, table.Stratum("dept")) {
			t.Errorf("%v", n.Dims)
		}
	}
}
