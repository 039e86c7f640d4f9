package detectors

import (
	"math"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

func inSegment(group, segment string, n int64) row {
	return row{group: []string{group}, n: n, texts: map[string]string{"text:segment": segment}}
}

// Bickel's Berkeley counts by sex (group) and admission (segment): men 1198 of 2691, women
// 557 of 1835 admitted. Chi-square without correction 92.20528 (R chisq.test, correct =
// FALSE). With one row per segment and group on the diagonal, V is 1 and so is the proxy.
func TestTargeting(t *testing.T) {
	spec := newSpec(none, "g")
	spec.Populations = []audit.Population{{Attributes: []string{"g"}, Shares: []audit.Share{{Values: []string{"m"}, Count: 1, Total: 2}, {Values: []string{"f"}, Count: 1, Total: 2}}}}
	plan, err := Targeting().Plan(spec, TargetingParams{Segment: "segment"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Detect(memory{t: t, spec: spec, rows: []row{inSegment("m", "in", 1198), inSegment("m", "out", 1493), inSegment("f", "in", 557), inSegment("f", "out", 1278), inSegment("", "in", 5)}})
	if err != nil {
		t.Fatal(err)
	}
	find := func(metric, segment, group string) audit.Measurement {
		for _, m := range out.Measurements {
			if m.Metric == metric && textOr(m.Stratum) == segment && textOr(m.Group) == group {
				return m
			}
		}
		t.Fatalf("no %s of %s in %s", metric, group, segment)
		return audit.Measurement{}
	}
	if x := find("segment_chi_square", "", ""); math.Abs(*x.Value-92.20528) > 1e-5 || *x.P > 1e-20 {
		t.Errorf("chi-square %v", *x.Value)
	}
	n := 4526.
	if v, want := *find("segment_cramers_v", "", "").Value, math.Sqrt((92.20528/n-1/(n-1))/(1-1/(n-1))); math.Abs(v-want) > 1e-8 {
		t.Errorf("Cramér's V %v, want %v", v, want)
	}
	if x := find("segment_index", "in", "m"); math.Abs(*x.Value-(1198./1755)/(2691./4526)) > 1e-14 || x.Test != "fisher-midp, holm" || x.Joint.Pairs != 4 {
		t.Errorf("index %+v", x)
	}
	if x := find("population_index", "in", "f"); math.Abs(*x.Value-2*557./1755) > 1e-14 {
		t.Errorf("population index %v", *x.Value)
	}
	e := 1755 / 2.
	if x := find("population_chi_square", "in", ""); math.Abs(*x.Value-(math.Pow(1198-e, 2)+math.Pow(557-e, 2))/e) > 1e-9 || x.Parameters["df"] != "1" {
		t.Errorf("against the population: %+v", x)
	}
	if len(out.Notes) != 1 || len(out.Findings) != 1 || !strings.Contains(out.Findings[0].Title, "Of the segment in ") {
		t.Errorf("notes %q, findings %+v", out.Notes, out.Findings)
	}
	out, err = plan.Detect(memory{t: t, spec: spec, rows: []row{inSegment("m", "in", 50), inSegment("f", "out", 70)}})
	if err != nil {
		t.Fatal(err)
	}
	if v, p := find("segment_cramers_v", "", ""), find("proxy_strength", "", ""); math.Abs(*v.Value-1) > 1e-12 || math.Abs(*p.Value-1) > 1e-12 || p.Null == nil {
		t.Errorf("one tells the other: %v %v", *v.Value, *p.Value)
	}
}

func TestTargetingNeedsASegment(t *testing.T) {
	if _, err := Targeting().Plan(newSpec(none, "g"), TargetingParams{}); err == nil {
		t.Error("no segment passes")
	}
}
