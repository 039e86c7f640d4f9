package detectors

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

func runOutcomes(t testing.TB, ordered bool, rows []row) (detect.Output, error) {
	t.Helper()
	spec := newSpec(named("reference"), "g")
	p := OutcomesParams{Ordered: ordered}
	for _, c := range "abc" {
		p.Categories = append(p.Categories, OutcomeCategory{Name: "outcome " + string(c), When: string(c)})
	}
	plan, err := Outcomes().Plan(spec, p)
	if err != nil {
		t.Fatal(err)
	}
	return plan.Detect(memory{t: t, spec: spec, rows: rows})
}

// Group: 2 a, 3 b, 4 c, 1 of none; reference: 5, 3, 2. By hand: of those with one of
// the three, P(higher) + P(equal)/2 is (3·5 + 4·8 + (2·5 + 3·3 + 4·2)/2) / 90; the shares are .3, 0,
// .2 and .1 apart. Rows with an unknown condition, and no true one, are left out.
func TestOutcomes(t *testing.T) {
	rows := []row{
		ways("group", "ynn", 2), ways("group", "nyn", 3), ways("group", "-ny", 4), ways("group", "nnn", 1), ways("group", "n-n", 7),
		ways("reference", "ynn", 5), ways("reference", "nyn", 3), ways("reference", "nny", 2),
	}
	out, err := runOutcomes(t, true, rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		metric, category string
		want             float64
	}{
		{"category_share", "outcome a", .2}, {"category_share", "outcome b", .3}, {"category_share", "outcome c", .4}, {"category_share", otherOutcome, .1},
		{"category_share_difference", "outcome a", .2 - .5}, {"category_share_ratio", "outcome c", 2},
		{"cumulative_share", "outcome b", 7. / 9}, {"cumulative_share", "outcome c", 4. / 9},
		{"outcome_total_variation", "", .3}, {"outcome_superiority", "", (15 + 32 + 13.5) / 90},
	} {
		if m := atStage(t, out.Measurements, c.metric, c.category, "group"); m.Value == nil || math.Abs(*m.Value-c.want) > 1e-14 {
			t.Errorf("%s of %q: %v, want %v", c.metric, c.category, m.Value, c.want)
		}
	}
	if len(out.Notes) != 1 || !strings.HasPrefix(out.Notes[0], "7 rows have no outcome that is known") {
		t.Errorf("notes: %q", out.Notes)
	}
}

func TestOutcomesExcludeEachOther(t *testing.T) {
	if _, err := runOutcomes(t, false, []row{ways("group", "yyn", 3)}); err == nil || !strings.Contains(err.Error(), "3 rows have more than one of the categories") {
		t.Error(err)
	}
	if _, err := Outcomes().Plan(newSpec(named("a"), "g"), OutcomesParams{}); err == nil || !strings.Contains(err.Error(), "name categories") {
		t.Errorf("nothing to measure: %v", err)
	}
	if (OutcomesParams{Categories: make([]OutcomeCategory, 1)}).Check() == nil {
		t.Error("one category passes")
	}
}

// Shares add up to 1, differences to 0, the distance is between 0 and 1 and its own
// mirror, and exchanging the groups turns the chance of the higher outcome round.
func TestOutcomesAddUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var rows, turned []row
		for _, said := range []string{"ynn", "nyn", "nny"} {
			a, b := rapid.Int64Range(1, 400).Draw(rt, "a"+said), rapid.Int64Range(1, 400).Draw(rt, "b"+said)
			rows = append(rows, ways("group", said, a), ways("reference", said, b))
			turned = append(turned, ways("group", said, b), ways("reference", said, a))
		}
		out, err := runOutcomes(t, true, rows)
		if err != nil {
			rt.Fatal(err)
		}
		other, err := runOutcomes(t, true, turned)
		if err != nil {
			rt.Fatal(err)
		}
		value := func(ms []audit.Measurement, metric, category string) float64 {
			return *atStage(t, ms, metric, category, "group").Value
		}
		share, gap := 0.0, 0.0
		for _, c := range []string{"outcome a", "outcome b", "outcome c"} {
			share += value(out.Measurements, "category_share", c)
			gap += value(out.Measurements, "category_share_difference", c)
		}
		d := value(out.Measurements, "outcome_total_variation", "")
		both := value(out.Measurements, "outcome_superiority", "") + value(other.Measurements, "outcome_superiority", "")
		if math.Abs(share-1) > 1e-12 || math.Abs(gap) > 1e-12 || d < 0 || d > 1 || math.Abs(d-value(other.Measurements, "outcome_total_variation", "")) > 1e-12 || math.Abs(both-1) > 1e-12 {
			rt.Fatalf("shares %v, gaps %v, distance %v, both %v", share, gap, d, both)
		}
	})
}

// Of 4 unfavorable rows of f that give a reason 3 cite income, one of them twice and one
// with debt; favorable rows and those without a reason do not count.
func TestReasons(t *testing.T) {
	cites := func(group, unfavorable, reasons string, n int64) row {
		r := ways(group, unfavorable, n)
		r.texts["text:reasons"] = reasons
		return r
	}
	spec := newSpec(named("m"), "g")
	plan, err := Outcomes().Plan(spec, OutcomesParams{Reasons: "reasons", Separator: "|", Unfavorable: "a"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Detect(memory{t: t, spec: spec, rows: []row{cites("f", "y", "income|debt", 1), cites("f", "y", "income | income", 2), cites("f", "y", "age", 1), cites("f", "y", "", 9), cites("f", "n", "debt", 50), cites("m", "y", "debt|", 5), cites("m", "y", "income", 5)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		reason, group string
		k, n          int64
	}{{"income", "f", 3, 4}, {"debt", "f", 1, 4}, {"age", "f", 1, 4}, {"income", "m", 5, 10}, {"age", "m", 0, 10}} {
		if m := atStage(t, out.Measurements, "reason_rate", c.reason, c.group); *m.Numerator != c.k || *m.Denominator != c.n {
			t.Errorf("%s of %s: %d of %d, want %d of %d", c.reason, c.group, *m.Numerator, *m.Denominator, c.k, c.n)
		}
	}
	if m := atStage(t, out.Measurements, "reason_rate_difference", "income", "f"); *m.Value != .25 {
		t.Errorf("gap %v", *m.Value)
	}
	if len(out.Notes) != 1 || out.Notes[0] != "9 unfavorable rows give no reason, and are in no share of reasons" {
		t.Errorf("notes: %q", out.Notes)
	}
	if (OutcomesParams{Reasons: "r"}).Check() == nil {
		t.Error("reasons of all rows pass")
	}
}

// [[3, 0, 1], [0, 4, 1]]: 1/42, the sum over all tables of the same margins.
func TestOutcomesOfFewRows(t *testing.T) {
	spec := newSpec(none, "g")
	plan, err := Outcomes().Plan(spec, OutcomesParams{Categories: []OutcomeCategory{{"one", "a"}, {"two", "b"}}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Detect(memory{t: t, spec: spec, rows: []row{ways("f", "yn", 3), ways("f", "nn", 1), ways("m", "ny", 4), ways("m", "nn", 1)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range out.Measurements {
		if m.Metric == "outcome_chi_square" && (m.P == nil || math.Abs(*m.P-1./42) > 1e-12 || m.Test != "fisher-freeman-halton") {
			t.Errorf("p %v by %s", m.P, m.Test)
		}
	}
}
