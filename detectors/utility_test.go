package detectors

import (
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// Lists of b have half the nDCG of those of a, which is told; nearly the same is not.
func TestUtilityTells(t *testing.T) {
	p := UtilityParams{Relevance: "x", K: 5, Population: table.AmongTruth}
	u := utility{UtilityParams: p}
	for gap, told := range map[float64]bool{.4: true, .001: false} {
		var rows []row
		for i := range 40 {
			for group, mean := range map[string]float64{"a": .8, "b": .8 - gap} {
				x := mean + float64(i%5-2)*.02
				nums := map[string]float64{}
				for _, n := range servedNumbers() {
					nums[u.served(n[1])] = x
				}
				rows = append(rows, listRow(group, 2*i+int(group[0]-'a'), nums))
			}
		}
		out := detected(t, Utility(), slateSpec(), p, rows)
		if (len(out.Findings) == 1) != told {
			t.Fatalf("gap %v: %+v", gap, out.Findings)
		}
		if told && (out.Findings[0].Title != "Lists serve b worse than a: nDCG@5 is 0.400 against 0.800." || len(out.Findings[0].Measurements) != 1 || out.Measurements[out.Findings[0].Measurements[0]].Metric != "ndcg_difference") {
			t.Errorf("%+v", out.Findings[0])
		}
	}
}

func TestUtilityNeeds(t *testing.T) {
	if _, err := Utility().Plan(slateSpec(), UtilityParams{}); err == nil || !strings.Contains(err.Error(), "relevant") {
		t.Errorf("nothing relevant: %v", err)
	}
	if _, err := Utility().Plan(slateSpec(), UtilityParams{Category: "genre", History: []UtilityPast{{"film", "f"}}}); err == nil || !strings.Contains(err.Error(), "genre") {
		t.Errorf("no such category: %v", err)
	}
	for _, p := range []UtilityParams{{Relevance: "x", Gain: "y"}, {Gain: "y", Relevant: "z"}, {Users: "u"}, {Relevance: "x", Category: "c"}} {
		if p.Check() == nil {
			t.Errorf("%+v passes", p)
		}
	}
}
