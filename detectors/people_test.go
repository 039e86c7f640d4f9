package detectors

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// customers are people of two groups and months with a score, a label, an age
// and a job, each with some equal rows, dealt to shards at random.
func customers(people int, copies int64) []row {
	r := rand.New(rand.NewPCG(7, 7))
	out := make([]row, people)
	for i := range out {
		score := math.Round(100/(1+math.Exp(r.NormFloat64()))) / 100
		label := table.Negative
		if r.Float64() < score {
			label = table.Positive
		}
		out[i] = row{
			group: []string{string(rune('a' + r.IntN(2)))}, window: fmt.Sprintf("2024-0%d", 1+r.IntN(2)), decision: table.Positive, label: label,
			shard: r.IntN(table.Shards), n: copies, texts: map[string]string{"feature:job": fmt.Sprint("job ", r.IntN(6))},
			nums: map[string]float64{"score": score, "feature:age": float64(20 + r.IntN(50))},
		}
		if r.IntN(10) == 0 {
			delete(out[i].nums, "feature:age")
		}
	}
	return out
}

func customerSpec() *audit.Spec {
	s := scoreSpec(named("a"), "g")
	s.HasTime, s.Windows = true, audit.WindowSpec{Every: "month", Zone: time.UTC, Reference: "2024-01"}
	s.Roles = []audit.RoleColumn{{Role: "feature:age", Column: "age", Numeric: true}, {Role: "feature:job", Column: "job"}}
	return s
}

func numberDetectors() []detect.Detector {
	gap := ScoreGap()
	gap.Params = ScoreGapParams{Cuts: []float64{0.5}}
	return []detect.Detector{Calibration(), gap, Drift()}
}

// byName are measurements by what they are about.
func byName(ms []audit.Measurement) map[string]*audit.Measurement {
	out := map[string]*audit.Measurement{}
	for i := range ms {
		m := &ms[i]
		text := func(s *string) string {
			if s == nil {
				return "-"
			}
			return *s
		}
		out[fmt.Sprint(m.Detector, m.Metric, m.Attribute, text(m.Group), m.GroupKind, text(m.Reference), m.Window, text(m.Column), m.Parameters)] = m
	}
	return out
}

// Ten equal rows of each person say what one row does: intervals and what chance
// explains are about those of the people, where rows would make them a third.
// One row per person gives about the intervals of rows.
func TestNumbersFollowPeople(t *testing.T) {
	plain := customerSpec()
	subject := customerSpec()
	subject.HasSubject = true
	want := byName(run(t, plain, customers(6000, 1), numberDetectors()...))
	for _, copies := range []int64{1, 10} {
		ms := run(t, subject, customers(6000, copies), numberDetectors()...)
		intervals, nulls := 0, 0
		for key, m := range byName(ms) {
			w := want[key]
			if w == nil {
				t.Fatalf("no %s by rows", key)
			}
			if strings.HasPrefix(w.Metric, "missing_share") && *w.Value == 0 {
				continue // the jackknife is silent where all rows agree: a shard then counts as one observation
			}
			scale := 1.0
			if w.Metric == "chi_square" { // the statistic of ten equal rows each is tenfold, and so is all that is held against it
				scale = float64(copies)
			}
			if w.Interval != nil && w.Interval.Low != nil && w.Interval.High != nil && width(w) > 0 {
				switch {
				case m.Interval == nil || m.Interval.Low == nil || m.Interval.High == nil:
					t.Errorf("%d rows each, %s: no interval: %s", copies, key, m.Note)
					continue
				case !strings.Contains(m.Interval.Method, "clustered") || m.Shards == 0:
					t.Errorf("%d rows each, %s: %s of %d shards", copies, key, m.Interval.Method, m.Shards)
				}
				// an interval of bins may be open or cut at 0 on one side
				if ratio := width(m) / width(w) / scale; ratio < 0.6 || ratio > 2.5 {
					t.Errorf("%d rows each, %s: %v as wide as by rows of one each (%+v, %+v)", copies, key, ratio, *m.Interval, *w.Interval)
				}
				intervals++
			}
			if w.Null != nil {
				if m.Null == nil {
					t.Errorf("%d rows each, %s: no limit: %s", copies, key, m.Note)
				} else if ratio := m.Null.Limit / w.Null.Limit / scale; ratio < 0.65 || ratio > 2.2 {
					t.Errorf("%d rows each, %s: chance explains %v times as much as by rows of one each", copies, key, ratio)
				}
				nulls++
			}
			if (w.P == nil) != (m.P == nil) {
				t.Errorf("%d rows each, %s: p %v by rows, %v", copies, key, w.P, m.P)
			}
		}
		if intervals < 60 || nulls < 50 {
			t.Errorf("%d intervals and %d limits compared", intervals, nulls)
		}
	}
}

// Where all rows are one person's, there is no interval, no test and no limit,
// and the note says so; a level still has its value.
func TestOnePersonHasNoInterval(t *testing.T) {
	spec := customerSpec()
	spec.HasSubject = true
	rows := customers(400, 1)
	for i := range rows {
		rows[i].shard = 3
	}
	seen := 0
	for _, m := range run(t, spec, rows, numberDetectors()...) {
		if m.P != nil || m.Interval != nil || m.Null != nil {
			t.Errorf("%s: %+v", m.Metric, m)
		}
		if m.Value != nil && m.Window == detect.GateWindow && strings.Contains(m.Note, "fewer than two shards of people") {
			seen++
		}
	}
	if seen < 30 {
		t.Errorf("%d notes give the reason", seen)
	}
}
