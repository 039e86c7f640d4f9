package detectors

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// rareCases are groups of people with several rows each and a rate of .05, which
// correlate by one half (beta-binomial, by Pólya's urn): worlds without any gap, in
// which few people hold most of the cases. shard says where the i-th person falls.
func rareCases(rng *rand.Rand, groups, people, rows int, shard func(i int) int) []row {
	const rate, weight = .05, 1 // 1/icc - 1
	var out []row
	for i := range groups * people {
		k := int64(0)
		for r := range rows {
			if rng.Float64()*(weight+float64(r)) < weight*rate+float64(k) {
				k++
			}
		}
		x := row{group: []string{string(rune('a' + i/people))}, shard: shard(i), window: fmt.Sprintf("2024-%02d", 1+rng.IntN(2)),
			texts: map[string]string{"stratum:dept": fmt.Sprint(rng.IntN(2)), "feature:job": fmt.Sprint(rng.IntN(3))}}
		x.decision, x.n = table.Positive, k
		out = append(out, x)
		x.decision, x.n = table.Negative, int64(rows)-k
		out = append(out, x)
	}
	return out
}

// Where groups are alike and people have several rows, at most 5 in 100 audits fail,
// here within four standard errors. By each group's own variance alone 19 in 100
// failed for the pooled gap of conditional.
func TestAlarmsByPerson(t *testing.T) {
	const audits = 100
	limit := 100*.05 + 400*math.Sqrt(.05*.95/audits)
	gate := func(detector, metric string) audit.Gate {
		return audit.Gate{Detector: detector, Metric: metric, Key: "max", Value: "0.001"}
	}
	for _, c := range []struct {
		name           string
		groups, people int
		detector       detect.Detector
		gates          []audit.Gate
		each           bool
	}{
		{"conditional", 7, 40, Conditional(), []audit.Gate{gate("conditional", "pooled_difference")}, true},
		{"conditional, within", 2, 40, Conditional(), []audit.Gate{gate("conditional", "mantel_haenszel_difference")}, true},
		{"drift", 2, 100, Drift(), []audit.Gate{gate("drift", "psi")}, false},
	} {
		failed := 0
		for i := range audits {
			rng := rand.New(rand.NewPCG(uint64(i), 5))
			spec := newSpec(largest, "g")
			spec.HasLabel, spec.HasSubject, spec.Seed, spec.Gates = false, true, uint64(i), c.gates
			spec.Roles = []audit.RoleColumn{{Role: "stratum:dept", Column: "dept"}}
			if c.detector.Name == "drift" {
				spec.HasTime, spec.Windows = true, audit.WindowSpec{Every: "month", Zone: time.UTC, Reference: "2024-01"}
			}
			shard := func(i int) int { return rng.IntN(table.Shards) }
			if c.each {
				shard = func(i int) int { return 2 * i } // as table.SubjectCategory numbers subjects
			}
			if _, v := detect.Judge(spec, All(), run(t, spec, rareCases(rng, c.groups, c.people, 5, shard), c.detector)); v == audit.Fail {
				failed++
			}
		}
		if share := 100 * float64(failed) / audits; share > limit {
			t.Errorf("%s: %.0f in 100 audits fail", c.name, share)
		}
	}
}

// The subgroups that are said to have held in the other half are none, but in 5 of
// 100 searches, where there are none.
func TestSubgroupAlarmsByPerson(t *testing.T) {
	const audits = 100
	found := 0
	for i := range audits {
		rng := rand.New(rand.NewPCG(uint64(i), 7))
		spec := newSpec(largest, "g")
		spec.HasLabel, spec.HasSubject, spec.Seed = false, true, uint64(i)
		spec.Roles = []audit.RoleColumn{{Role: "feature:job", Column: "job"}}
		d := Subgroups()
		d.Params = SubgroupsParams{Depth: 2}.defaulted()
		for _, m := range run(t, spec, rareCases(rng, 4, 50, 10, func(int) int { return rng.IntN(table.Shards) }), d) {
			if m.Metric == "subgroups_found" && m.Value != nil && *m.Value > 0 {
				found++
			}
		}
	}
	if share := 100 * float64(found) / audits; share > 100*.05+400*math.Sqrt(.05*.95/audits) {
		t.Errorf("%.0f in 100 searches find subgroups where there are none", share)
	}
}
