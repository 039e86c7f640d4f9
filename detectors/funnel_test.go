package detectors

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// ways are n rows of a group for which conditions say yes (y), no (n) or nothing (-).
func ways(group, said string, n int64) row {
	texts := map[string]string{}
	for i, c := range said {
		texts[string(rune('a'+i))] = map[rune]string{'y': "true", 'n': "false", '-': ""}[c]
	}
	return row{group: []string{group}, texts: texts, n: n}
}

func runFunnel(t *testing.T, overrides bool, stages string, rows []row) detect.Output {
	t.Helper()
	spec := newSpec(named("reference"), "g")
	p := FunnelParams{Overrides: overrides}
	for _, s := range stages {
		p.Stages = append(p.Stages, FunnelStage{Name: "stage " + string(s), When: string(s)})
	}
	plan, err := Funnel().Plan(spec, p)
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Detect(memory{t: t, spec: spec, rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func atStage(t *testing.T, ms []audit.Measurement, metric, stage, group string) audit.Measurement {
	t.Helper()
	for _, m := range ms {
		if m.Metric == metric && m.GroupKind == audit.KindValue && *m.Group == group && (m.Column == nil && stage == "" || m.Column != nil && *m.Column == stage) {
			return m
		}
	}
	t.Fatalf("no %s of %s at %s", metric, group, stage)
	return audit.Measurement{}
}

// 10 of a group of 20 pass the first stage, 2 of these the second; of the reference 12
// of 16 and 6 of 12. A row with a missing first condition is in no stage, one that fails
// the first is counted there whatever the second says.
func TestFunnel(t *testing.T) {
	rows := []row{
		ways("group", "yy", 2), ways("group", "yn", 8), ways("group", "n-", 7), ways("group", "ny", 3), ways("group", "-y", 5), ways("group", "y-", 4),
		ways("reference", "yy", 6), ways("reference", "yn", 6), ways("reference", "nn", 4),
	}
	out := runFunnel(t, true, "ab", rows)
	for _, c := range []struct {
		metric, stage string
		want          float64
	}{
		{"reach_rate", "", 2. / 20}, {"stage_rate", "stage a", 10. / 20}, {"stage_rate", "stage b", 2. / 10},
		{"reach_rate_ratio", "", (2. / 20) / (6. / 16)}, {"stage_rate_ratio", "stage a", (10. / 20) / (12. / 16)}, {"stage_rate_ratio", "stage b", (2. / 10) / (6. / 12)},
		{"stage_share", "stage a", math.Log(.5/.75) / math.Log(.1/.375)}, {"stage_share", "stage b", math.Log(.2/.5) / math.Log(.1/.375)},
		{"override_to_no_rate", "stage b", 8. / 10}, {"override_to_yes_rate", "stage b", 3. / 3},
	} {
		if m := atStage(t, out.Measurements, c.metric, c.stage, "group"); m.Value == nil || math.Abs(*m.Value-c.want) > 1e-14 {
			t.Errorf("%s at %q: %v, want %v", c.metric, c.stage, m.Value, c.want)
		}
	}
	if len(out.Notes) != 1 || !strings.HasPrefix(out.Notes[0], "9 rows depend on a missing value") {
		t.Errorf("notes: %q", out.Notes)
	}
}

// The ratio of the whole way is the product of those of the stages, and their shares
// add up to one.
func TestFunnelMultiplies(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var rows []row
		for _, g := range []string{"group", "reference"} {
			for _, said := range []string{"yyy", "yyn", "yn-", "n--"} {
				rows = append(rows, ways(g, said, rapid.Int64Range(1, 500).Draw(rt, g+said)))
			}
		}
		out := runFunnel(t, false, "abc", rows)
		product, sum := 1.0, 0.0
		for _, stage := range []string{"stage a", "stage b", "stage c"} {
			product *= *atStage(t, out.Measurements, "stage_rate_ratio", stage, "group").Value
			if v := atStage(t, out.Measurements, "stage_share", stage, "group").Value; v != nil {
				sum += *v
			} else {
				sum = math.NaN()
			}
		}
		overall := *atStage(t, out.Measurements, "reach_rate_ratio", "", "group").Value
		if math.Abs(product/overall-1) > 1e-12 || math.Abs(overall-1) > 1e-3 && math.Abs(sum-1) > 1e-9 {
			rt.Fatalf("product %v of %v, sum of shares %v", product, overall, sum)
		}
	})
}

// The sentence names the stage; where the whole way keeps its limit and the stage does
// not, it is a warning.
func TestFunnelTells(t *testing.T) {
	rows := []row{
		ways("group", "yy", 300), ways("group", "yn", 10), ways("group", "n-", 290),
		ways("reference", "yy", 340), ways("reference", "yn", 190), ways("reference", "n-", 70),
	}
	out := runFunnel(t, false, "ab", rows)
	if len(out.Findings) != 1 || out.Findings[0].Severity != audit.Info || !strings.Contains(out.Findings[0].Title, "arises at the stage stage a") || len(out.Findings[0].Measurements) == 0 {
		t.Fatalf("findings: %+v", out.Findings)
	}
	spec := newSpec(named("reference"), "g")
	spec.Gates = []audit.Gate{{Detector: "funnel", Metric: "reach_rate_ratio", Key: "min_ratio", Value: "0.8"}}
	plan, err := Funnel().Plan(spec, FunnelParams{Stages: []FunnelStage{{"stage a", "a"}, {"stage b", "b"}}})
	if err != nil {
		t.Fatal(err)
	}
	out, err = plan.Detect(memory{t: t, spec: spec, rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Findings) != 1 || out.Findings[0].Severity != audit.Warn || !strings.HasPrefix(out.Findings[0].Title, "The whole way passes for group, but the stage stage a does not: 0.585 ") {
		t.Errorf("findings: %+v", out.Findings)
	}
}

// The whole way is 1.02 and the human stage .62, after a model stage of 1.64: the gaps
// hide each other, and the stage is named (29 CFR 1607.4 (C)).
func TestFunnelBlockedStageIsNamed(t *testing.T) {
	spec := newSpec(named("reference"), "g")
	spec.Gates = []audit.Gate{{Detector: "funnel", Metric: "reach_rate_ratio", Key: "min_ratio", Value: "0.8"}}
	plan, err := Funnel().Plan(spec, FunnelParams{Stages: []FunnelStage{{"model", "a"}, {"human", "b"}}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Detect(memory{t: t, spec: spec, rows: []row{
		ways("group", "yy", 408), ways("group", "yn", 412), ways("group", "n-", 180),
		ways("reference", "yy", 400), ways("reference", "yn", 100), ways("reference", "n-", 500)}})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Findings) != 1 || out.Findings[0].Severity != audit.Warn || out.Findings[0].Title != "The whole way passes for group, but the stage human does not: 0.622 of the rate of reference." {
		t.Errorf("findings: %+v", out.Findings)
	}
}

func TestFunnelNeedsStages(t *testing.T) {
	if _, err := Funnel().Plan(newSpec(named("a"), "g"), FunnelParams{}); err == nil || !strings.Contains(err.Error(), "stages") {
		t.Errorf("no stages: %v", err)
	}
	if err := (FunnelParams{Stages: make([]FunnelStage, 1)}).Check(); err == nil {
		t.Error("one stage passes")
	}
}
