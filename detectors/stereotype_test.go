package detectors

import (
	"math"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// answers are n answers of a group; said holds y, n or - for ambiguous, unknown, biased
// and correct, which the test calls a, b, c and d.
func answers(group, said string, shard int, n int64) row {
	r := ways(group, said, n)
	r.shard = shard
	return r
}

func runStereotype(t *testing.T, subject bool, rows []row) []audit.Measurement {
	t.Helper()
	spec := newSpec(none, "g")
	spec.HasSubject = subject
	plan, err := Stereotype().Plan(spec, StereotypeParams{"a", "b", "c", "d"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Detect(memory{t: t, spec: spec, rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	return out.Measurements
}

// By hand: of 20 ambiguous answers 8 are unknown, 9 biased, 3 against: accuracy .4, score
// 6/20 = (1 - .4)(2·9/12 - 1). Of 12 clear ones 2 are unknown, 4 biased, 6 not: score 2·4/10 - 1. An
// answer of which something is missing is none. With all of a template's answers alike
// the interval is wider.
func TestStereotype(t *testing.T) {
	rows := []row{
		answers("x", "yyny", 1, 8), answers("x", "ynyn", 2, 9), answers("x", "ynnn", 3, 3), answers("x", "yn-n", 1, 5),
		answers("x", "nynn", 4, 2), answers("x", "nnyy", 5, 4), answers("x", "nnny", 6, 6),
	}
	ms, people := runStereotype(t, false, rows), runStereotype(t, true, rows)
	for _, c := range []struct {
		metric, context string
		want            float64
		n               int64
	}{
		{"answer_accuracy", "ambiguous", .4, 20}, {"bias_score", "ambiguous", .3, 20}, {"answer_accuracy", "clear", 10. / 12, 12}, {"bias_score", "clear", -.2, 10},
	} {
		m, p := atStage(t, ms, c.metric, c.context, "x"), atStage(t, people, c.metric, c.context, "x")
		if m.Value == nil || math.Abs(*m.Value-c.want) > 1e-15 || m.N != c.n || *p.Value != *m.Value {
			t.Errorf("%s, %s: %+v, want %v of %d", c.metric, c.context, m, c.want, c.n)
		}
		if p.Interval == nil || *p.Interval.High-*p.Interval.Low <= *m.Interval.High-*m.Interval.Low {
			t.Errorf("%s, %s: the interval does not follow templates", c.metric, c.context)
		}
	}
	// Student's interval of ±1 and 0 by hand: 12 of size 1 of 20, mean .3.
	half := 2.093024054408263 * math.Sqrt((12-20*.09)/19/20)
	if i := atStage(t, ms, "bias_score", "ambiguous", "x").Interval; math.Abs(*i.High-.3-half) > 1e-9 {
		t.Errorf("interval to %v, want %v", *i.High, .3+half)
	}
}

func TestStereotypeNeedsConditions(t *testing.T) {
	if _, err := Stereotype().Plan(newSpec(none, "g"), StereotypeParams{Ambiguous: "a"}); err == nil || !strings.Contains(err.Error(), "needs four conditions") {
		t.Error(err)
	}
}
