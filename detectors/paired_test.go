package detectors

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// runs are n runs of a variant on a case with an outcome: true, false or "".
func runs(variant, of, outcome string, n int64) row {
	return row{group: []string{variant}, texts: map[string]string{"case": of, "w": outcome}, n: n}
}

func runPaired(t testing.TB, subject bool, rows []row) detect.Output {
	t.Helper()
	spec := newSpec(named("ref"), "g")
	spec.HasSubject = subject
	plan, err := Paired().Plan(spec, PairedParams{By: "case", When: "w"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Detect(memory{t: t, spec: spec, rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Two cases, each variant run twice. First: one of two against none: p = 1/2, q = 0,
// flips 1/2, two runs of the variant always differ, those of the reference never: noise
// 1/2. Second: two against none: flips 1, noise 0. A third case lacks the reference, rows
// without case or outcome are left out.
func TestPaired(t *testing.T) {
	out := runPaired(t, false, []row{
		runs("new", "1", "true", 1), runs("new", "1", "false", 1), runs("ref", "1", "false", 2),
		runs("new", "2", "true", 2), runs("ref", "2", "false", 2),
		runs("new", "3", "true", 2), runs("new", "", "true", 3), runs("ref", "2", "", 1),
	})
	for metric, want := range map[string]float64{
		"paired_difference": .75, "flip_rate": .75, "flip_to_yes_rate": .75, "flip_to_no_rate": 0, "flip_noise": .25, "flip_beyond_noise": .5,
	} {
		if m := get(t, out.Measurements, metric, "new", "ref"); m.Value == nil || math.Abs(*m.Value-want) > 1e-15 || m.N != 2 {
			t.Errorf("%s: %+v, want %v", metric, m, want)
		}
	}
	if m := get(t, out.Measurements, "paired_difference", "new", "ref"); m.Test != "sign-flip-exact" || *m.P != .5 {
		t.Errorf("test %q, p %v", m.Test, *m.P)
	}
	if len(out.Notes) != 1 || !strings.HasPrefix(out.Notes[0], "4 rows have no case, no g or no outcome") {
		t.Errorf("notes: %q", out.Notes)
	}
}

// With one run each, the difference is that of the directions, they add up to the flip
// rate, and exchanging the variants turns them round; p is the same.
func TestPairedTurnsRound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var rows, turned []row
		for i := range rapid.IntRange(1, 30).Draw(rt, "cases") {
			of := string(rune('a' + i))
			a, b := rapid.SampledFrom([]string{"true", "false"}).Draw(rt, "new"), rapid.SampledFrom([]string{"true", "false"}).Draw(rt, "ref")
			rows = append(rows, runs("new", of, a, 1), runs("ref", of, b, 1))
			turned = append(turned, runs("new", of, b, 1), runs("ref", of, a, 1))
		}
		one, other := runPaired(t, false, rows).Measurements, runPaired(t, false, turned).Measurements
		value := func(metric string) (float64, float64) {
			return *get(t, one, metric, "new", "ref").Value, *get(t, other, metric, "new", "ref").Value
		}
		d, back := value("paired_difference")
		up, upBack := value("flip_to_yes_rate")
		down, downBack := value("flip_to_no_rate")
		flips, flipsBack := value("flip_rate")
		if math.Abs(d+back) > 1e-12 || math.Abs(up-down-d) > 1e-12 || math.Abs(up+down-flips) > 1e-12 || up != downBack || down != upBack || flips != flipsBack {
			rt.Fatalf("%v and %v, up %v, down %v, flips %v", d, back, up, down, flips)
		}
		p, q := get(t, one, "paired_difference", "new", "ref").P, get(t, other, "paired_difference", "new", "ref").P
		if (p == nil) != (flips == 0) || p != nil && math.Abs(*p-*q) > 1e-12 {
			rt.Fatalf("p %v and %v", p, q)
		}
	})
}

// Where there is but one variant, or no case has two, it is said.
func TestPairedSaysWhyNot(t *testing.T) {
	for _, c := range []struct {
		rows []row
		want string
	}{
		{[]row{runs("ref", "a", "true", 1), runs("new", "b", "true", 1)}, "no case has a row of g ref and one of new, so that these are not compared; by should name what variants have in common"},
		{[]row{runs("ref", "a", "true", 1), runs("ref", "b", "true", 1)}, "paired compares variants of g, and only ref has a row with a case and a known outcome: nothing is compared"},
		{[]row{runs("ref", "a", "true", 1), runs("new", "a", "true", 1)}, ""},
	} {
		if notes := strings.Join(runPaired(t, false, c.rows).Notes, "; "); notes != c.want {
			t.Errorf("got  %q\nwant %q", notes, c.want)
		}
	}
}

// Cases made from one template are not independent: the interval follows templates.
func TestPairedFollowsSubjects(t *testing.T) {
	var rows []row
	for shard := range 6 {
		for i := range 10 {
			of := string(rune('a'+shard)) + string(rune('a'+i))
			same := []string{"true", "false"}[min(1, shard/4)]
			x, y := runs("new", of, same, 1), runs("ref", of, "false", 1)
			x.shard, y.shard = shard, shard
			rows = append(rows, x, y)
		}
	}
	alone := get(t, runPaired(t, false, rows).Measurements, "paired_difference", "new", "ref")
	m := get(t, runPaired(t, true, rows).Measurements, "paired_difference", "new", "ref")
	if m.Shards != 6 || m.Test != "clustered-t" || *m.Value != *alone.Value || *m.Interval.High-*m.Interval.Low <= 2*(*alone.Interval.High-*alone.Interval.Low) {
		t.Errorf("%+v, alone %+v", m, alone)
	}
}

func TestPairedNeedsCases(t *testing.T) {
	if _, err := Paired().Plan(newSpec(named("a"), "g"), PairedParams{By: "case"}); err == nil || !strings.Contains(err.Error(), "by and when are missing") {
		t.Error(err)
	}
}

// 12 cases and three variants: the expected numbers are scipy.stats.friedmanchisquare
// 1.17.1 of the 12 cases that all three answered. Where a variant has two runs, their
// mean is ranked: 1 and 3 are as good as 2.
func TestPairedRanks(t *testing.T) {
	graded := func(variant, of string, x float64) row {
		r := runs(variant, of, "true", 1)
		r.nums = map[string]float64{table.Number("x"): x}
		return r
	}
	var rows []row
	for i, x := range [][3]float64{{1, 2, 3}, {2, 2, 3}, {1, 1, 1}, {3, 2, 1}, {1, 3, 2}, {1, 2, 2}, {0, 1, 2}, {2, 1, 3}, {1, 1, 2}, {0, 2, 3}, {1, 2, 4}, {0, 0, 5}} {
		of := string(rune('a' + i))
		rows = append(rows, graded("new", of, x[0]), graded("other", of, x[2]))
		if i == 0 {
			rows = append(rows, graded("ref", of, 1), graded("ref", of, 3))
		} else {
			rows = append(rows, graded("ref", of, x[1]))
		}
	}
	rows = append(rows, graded("new", "lone", 9), runs("new", "a", "true", 2)) // answered by one; and two rows without a number
	plan, err := Paired().Plan(newSpec(named("ref"), "g"), PairedParams{By: "case", Number: "x"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Detect(memory{t: t, spec: newSpec(named("ref"), "g"), rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	about := func(metric string) audit.Measurement {
		for _, m := range out.Measurements {
			if m.Metric == metric && m.GroupKind == audit.KindOverall {
				return m
			}
		}
		return audit.Measurement{}
	}
	m := about("friedman")
	if m.N != 12 || m.P == nil || math.Abs(*m.Value-9.949999999999989) > 1e-12 || math.Abs(*m.P-0.006908518939454567) > 1e-12 || m.Parameters["df"] != "2" {
		t.Errorf("%+v", m)
	}
	if w := about("kendall_w"); w.Value == nil || math.Abs(*w.Value-*m.Value/24) > 1e-12 {
		t.Errorf("%+v", w)
	}
	for g, want := range map[string]float64{"new": 35. / 24, "ref": 46. / 24, "other": 63. / 24} {
		if m := get(t, out.Measurements, "mean_rank", g, ""); math.Abs(*m.Value-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", g, *m.Value, want)
		}
	}
	if len(out.Notes) != 1 || !strings.HasPrefix(out.Notes[0], "2 rows have no case, no g or no finite number") {
		t.Errorf("notes: %q", out.Notes)
	}
}
