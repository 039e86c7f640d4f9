package detectors

import (
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// toldOf runs a detector over rows, against m.
func toldOf(t *testing.T, d detect.Detector, params any, rows []row) []audit.Finding {
	t.Helper()
	spec := newSpec(named("m"), "g")
	plan, err := d.Plan(spec, params)
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Detect(memory{t: t, spec: spec, rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	return out.Findings
}

// 75 of 100 against 35 of 100 is beyond chance, 38 against 35 is not (R prop.test without
// correction: p 1.4e-8 and .66); a group of fewer than 30 is not told of.
func TestReasonsTold(t *testing.T) {
	cites := func(group, reason string, n int64) row {
		r := ways(group, "y", n)
		r.texts["text:reasons"] = reason
		return r
	}
	p := OutcomesParams{Reasons: "reasons", Unfavorable: "a"}
	got := toldOf(t, Outcomes(), p, []row{cites("f", "income", 75), cites("f", "age", 25), cites("m", "income", 35), cites("m", "age", 65), cites("x", "age", 20)})
	if len(got) != 1 || !strings.HasPrefix(got[0].Title, "Of the unfavorable rows with a reason of f, ") || !strings.Contains(got[0].Detail, "40.0 points apart. p < 0.0001 (Holm over 2 gaps") {
		t.Errorf("told: %+v", got)
	}
	if got := toldOf(t, Outcomes(), p, []row{cites("f", "income", 38), cites("f", "age", 62), cites("m", "income", 35), cites("m", "age", 65)}); len(got) != 0 {
		t.Errorf("chance is told: %+v", got)
	}
}

// The same counts as uses outside consent.
func TestRightsTold(t *testing.T) {
	p := DataRightsParams{Use: "a", OutsideConsent: "b"}
	got := toldOf(t, DataRights(), p, []row{ways("f", "yy", 75), ways("f", "yn", 25), ways("m", "yy", 35), ways("m", "yn", 65)})
	if len(got) != 1 || got[0].Title != "Of the uses of data of f, 75.0 % are covered by no consent; of those of m, 35.0 %." ||
		got[0].Detail != "75 of 100 against 35 of 100: 40.0 points apart. p < 0.0001." || len(got[0].Measurements) != 3 {
		t.Errorf("told: %+v", got)
	}
}

// A score whose interval holds 0 is not told of; one against the stereotype is, as such.
func TestStereotypeTold(t *testing.T) {
	p := StereotypeParams{"a", "b", "c", "d"}
	got := toldOf(t, Stereotype(), p, []row{answers("f", "ynyn", 0, 20), answers("f", "ynnn", 0, 80), answers("m", "ynyn", 0, 50), answers("m", "ynnn", 0, 50)})
	if len(got) != 1 || got[0].Title != "Where the context does not tell the answer, answers with g f go against the stereotype: bias score −0.60." {
		t.Errorf("told: %+v", got)
	}
	if got := toldOf(t, Stereotype(), p, []row{answers("f", "ynyn", 0, 50), answers("f", "ynnn", 0, 50)}); len(got) != 0 {
		t.Errorf("no lean is told: %+v", got)
	}
}
