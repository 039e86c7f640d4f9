package detectors

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// alarmOf judges selection rates by the point and gives what that costs.
func alarmOf(t *testing.T, ref audit.Reference, policy audit.Policy, rows []row) (audit.Check, *float64) {
	t.Helper()
	spec := newSpec(ref, "g")
	spec.Gates = []audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "both", Policy: policy}}
	ms := run(t, spec, rows, Parity())
	gates, _ := detect.Judge(spec, []detect.Detector{Parity()}, ms)
	return gates.Checks[0], gates.Checks[0].FalseAlarm
}

// What the four-fifths rule without a test costs at parity: shares of audits
// simulated elsewhere, 40,000 draws at a true rate of 0.3 (reference/fairness.md,
// fact 5: .94 for 7 groups of 100, .24 for 7 of 500, .067 for 14 of 1,000).
func TestPointAloneCosts(t *testing.T) {
	for _, c := range []struct {
		groups, rows int64
		want         float64
	}{{7, 100, .94}, {7, 500, .24}, {14, 1000, .067}, {7, 2000, 0}} {
		var rows []row
		for g := range c.groups {
			rows = append(rows, decisions(fmt.Sprint("g", g), 3*c.rows/10, 7*c.rows/10)...)
		}
		check, got := alarmOf(t, largest, audit.ByPoint, rows)
		if got == nil || math.Abs(*got-c.want) > 4*math.Sqrt(c.want*(1-c.want)/drawsWorst)+0.01 || !strings.Contains(check.Reason, "the point alone would still fail") {
			t.Errorf("%d groups of %d: %v, want %v: %s", c.groups, c.rows, got, c.want, check.Reason)
		}
		if _, none := alarmOf(t, largest, "", rows); none != nil {
			t.Errorf("%d groups of %d: %v under a policy that tests", c.groups, c.rows, *none)
		}
	}
}

// Of two groups every kind of reference judges the same pair, and the exact share
// is a sum of hypergeometric probabilities, in big integers here.
func TestPointAloneOfOnePair(t *testing.T) {
	const n, successes = 100, 60
	choose := func(n, k int64) *big.Int { return new(big.Int).Binomial(n, k) }
	crossed := new(big.Int)
	for k := int64(0); k <= successes; k++ {
		if other := successes - k; 5*k < 4*other || 5*other < 4*k {
			crossed.Add(crossed, new(big.Int).Mul(choose(n, k), choose(n, other)))
		}
	}
	want, _ := new(big.Rat).SetFrac(crossed, choose(2*n, successes)).Float64()
	rows := append(decisions("a", 30, 70), decisions("b", 30, 70)...)
	for _, ref := range []audit.Reference{largest, named("a"), {Policy: "rest"}} {
		_, got := alarmOf(t, ref, audit.ByPoint, rows)
		if got == nil || math.Abs(*got-want) > 4*math.Sqrt(want*(1-want)/drawsWorst) {
			t.Errorf("%v: %v, want %v", ref, got, want)
		}
	}
}

// With a subject the draws follow people: rows that agree within a person say
// less, so the point alone fails more often.
func TestPointAloneFollowsPeople(t *testing.T) {
	var rows []row
	for g := range 3 {
		for person := range 40 {
			r := row{group: []string{fmt.Sprint("g", g)}, decision: "positive", shard: 40*g + person, n: 10}
			if person%10 >= 3 {
				r.decision = "negative"
			}
			rows = append(rows, r)
		}
	}
	_, alone := alarmOf(t, largest, audit.ByPoint, rows)
	spec := newSpec(largest, "g")
	spec.HasSubject = true
	spec.Gates = []audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "both", Policy: audit.ByPoint}}
	gates, _ := detect.Judge(spec, []detect.Detector{Parity()}, run(t, spec, rows, Parity()))
	if people := gates.Checks[0].FalseAlarm; alone == nil || people == nil || *people < *alone+0.2 {
		t.Errorf("rows %v, people %v", alone, people)
	}
}

// Forty people of ten rows each: every one counts on their own, and the interval is
// Wilson's at the effective size that the variance of their own rates gives, s²/40
// (the jackknife of a mean of equal parts, in closed form), on 39 degrees of freedom.
func TestEachSubjectCounts(t *testing.T) {
	var rows []row
	mean, squares := 0.0, 0.0
	for person := range 40 {
		k := int64(person % 9)
		mean, squares = mean+float64(k)/10/40, squares+float64(k*k)/100
		rows = append(rows,
			row{group: []string{"a"}, decision: "positive", shard: person, n: k},
			row{group: []string{"a"}, decision: "negative", shard: person, n: 10 - k},
			row{group: []string{"b"}, decision: "positive", shard: 40 + person, n: 5},
			row{group: []string{"b"}, decision: "negative", shard: 40 + person, n: 5})
	}
	spec := newSpec(named("b"), "g")
	spec.HasSubject = true
	ms := run(t, spec, rows, Parity())
	m := get(t, ms, "selection_rate", "a", "")
	variance := (squares - 40*mean*mean) / 39 / 40
	size := mean * (1 - mean) / variance
	z, student := stat.NormalUpper(0.025), stat.StudentUpper(0.025, 39)
	size *= z / student * (z / student)
	want, err := stat.WilsonEffective(mean*size, size, 0.05)
	if err != nil || !m.EachSubject || m.Shards != 40 || math.Abs(*m.Interval.Low-want.Low) > 1e-12 || math.Abs(*m.Interval.High-want.High) > 1e-12 {
		t.Errorf("%d shards, each %v, %v to %v; want %+v, %v", m.Shards, m.EachSubject, *m.Interval.Low, *m.Interval.High, want, err)
	}
	if gap := get(t, ms, "selection_rate_difference", "a", "b"); gap.Shards != 80 || !gap.EachSubject {
		t.Errorf("%d shards, each %v", gap.Shards, gap.EachSubject)
	}
}
