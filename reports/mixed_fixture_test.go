package reports

import (
	"fmt"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// mixed is bank with gaps within strata, what would turn verdicts, and a search
// for subgroups; the strata are those of Berkeley 1973.
func mixed() *audit.Result {
	r := bank()
	b := &builder{r}
	strata := [][4]int64{{512, 825, 89, 108}, {353, 560, 17, 25}, {120, 325, 202, 593}, {138, 417, 131, 375}, {53, 191, 94, 393}, {22, 373, 24, 341}}
	t := audit.Table{ID: "conditional/marital/dept", Detector: "conditional", Kind: "strata", Title: "Favorable rates by marital within dept",
		Columns: []string{"group", "reference", "kind", "stratum", "favorable", "n", "rate", "reference_favorable", "reference_n", "reference_rate", "difference", "standard_population"}}
	line := func(group, kind string, stratum any, k, n, l, m int64) {
		x, y := float64(k)/float64(n), float64(l)/float64(m)
		t.Rows = append(t.Rows, []any{group, "single", kind, stratum, k, n, x, l, m, y, x - y, nil})
	}
	for g := range 8 { // more comparisons than are drawn
		name := "married"
		if g > 0 {
			name = hostileName(g)
		}
		line(name, "pooled", nil, 1198, 2691, 557, 1835)
		t.Rows = append(t.Rows, []any{name, "single", "standardized", nil, nil, int64(2691), 0.3873, nil, int64(1835), 0.43, -0.0427, nil})
		for i, s := range strata {
			line(name, "stratum", fmt.Sprint("<", i, ">"), s[0], s[1], s[2], s[3])
		}
	}
	r.Tables = append(r.Tables, t)
	for i, metric := range []string{"pooled_difference", "mantel_haenszel_difference"} {
		v := []float64{0.1416, -0.0184}[i]
		b.add(audit.Measurement{Detector: "conditional", Metric: metric, Attribute: "marital", Group: ptr("married"), GroupKind: audit.KindValue, Reference: ptr("single"),
			Window: audit.AllWindows, Value: ptr(v), N: 2691, P: ptr(0.2), Parameters: map[string]string{"strata": "dept"}})
	}
	robust := func(metric string, v *float64, p map[string]string) {
		p["of"], p["limit_key"], p["limit"], p["side"], p["counted"] = "selection_rate_ratio", "min_ratio", "0.8", "beyond", "favorable decision"
		b.add(audit.Measurement{Detector: "robustness", Metric: metric, Attribute: "marital", Group: ptr("married"), GroupKind: audit.KindValue, Reference: ptr("single"),
			Window: audit.AllWindows, Value: v, N: 27214, Parameters: p})
	}
	robust("flips_of_group", ptr(500.0), map[string]string{"direction": "up"})
	robust("flips_of_reference", ptr(1.0), map[string]string{"direction": "down"})
	robust("relabels", nil, map[string]string{})
	robust("leave_one_out_low", ptr(0.6), map[string]string{"left_out_of": "window", "left_out": "2009-06", "turns": "without 2009-06"})
	robust("leave_one_out_high", ptr(0.9), map[string]string{"left_out_of": "window", "left_out": "2009-07", "turns": "without 2009-06"})
	robust("cut_margin", ptr(0.02), map[string]string{"cut": "5", "turning_cut": "6", "cut_sensitive": "yes"})
	robust("cut_ratio_low", ptr(0.7), map[string]string{})
	robust("cut_ratio_high", ptr(0.85), map[string]string{})
	cuts := audit.Table{ID: "robustness/marital/selection_rate_ratio/0.8/cuts", Detector: "robustness", Kind: "cuts", Title: "Ratio at other cuts",
		Columns: []string{"cut", "share_below", "group", "reference", "ratio", "within_limit", "used"}}
	for i, x := range []float64{0.1, 0.7, 0.85, 1.1} { // the first lies beyond the axis
		within, used := "no", "no"
		if x >= 0.8 {
			within = "yes"
		}
		if i == 2 {
			used = "yes"
		}
		cuts.Rows = append(cuts.Rows, []any{float64(i + 2), 0.1 * float64(i), "married", "single", x, within, used})
	}
	r.Tables = append(r.Tables, cuts)
	for i, metric := range []string{"subgroups_searched", "subgroups_tested", "subgroups_found"} {
		v := []float64{154, 2, 1}[i]
		b.add(audit.Measurement{Detector: "subgroups", Metric: metric, GroupKind: audit.KindOverall, Window: audit.AllWindows, Value: ptr(v), N: 100, Note: "searched 154 of 4031 combinations of a, b"})
	}
	tested := audit.Table{ID: "subgroups/tested", Detector: "subgroups", Kind: "subgroups", Columns: []string{"subgroup", "discovery_n", "discovery_rate", "discovery_divergence", "test_n", "test_rate", "test_divergence", "p_adjusted", "held"}}
	for i, held := range []string{"yes", "no"} {
		name := "age=<25, job=" + hostileName(i)
		tested.Rows = append(tested.Rows, []any{name, int64(50), 0.3, 0.1, int64(40), 0.25, 0.05, 0.01, held})
		b.add(audit.Measurement{Detector: "subgroups", Metric: "subgroup_difference", Group: ptr(name), GroupKind: audit.KindValue, Reference: ptr("(rest)"), Window: audit.AllWindows,
			Value: ptr(0.07 - 0.1*float64(i)), N: 40, Interval: interval(-0.05, 0.12, "newcombe"), P: ptr(0.01), Parameters: map[string]string{"rate": "false_positive_rate"}})
	}
	r.Tables = append(r.Tables, tested)
	return r
}

// brokenMix has the same parts with holes in them, as a foreign or damaged
// result may.
func brokenMix() *audit.Result {
	r := mixed()
	for i := range r.Tables {
		for j := range r.Tables[i].Rows {
			row := r.Tables[i].Rows[j]
			switch j % 3 {
			case 0:
				clear(row[len(row)/2:])
			case 1:
				row[0], row[len(row)-1] = nil, "?"
			}
		}
	}
	for i := range r.Measurements {
		if d := r.Measurements[i].Detector; d == "robustness" || d == "conditional" {
			r.Measurements[i].Parameters, r.Measurements[i].Value = nil, nil
		}
	}
	return r
}

func TestMixed(t *testing.T) {
	page := string(render(t, "html", mixed()))
	for _, want := range []string{"Within strata", "gaps by marital turn round", "4 of 6 strata lean the other way", "6 of 8 comparisons are drawn", `class="against"`, `class="pooled"`,
		"How little would carry the ratio of favorable rates across the limit of 0.80 to 1.25", "Their ratio of favorable rates is beyond the limit of 0.80 to 1.25. It would be within it with 500 more favorable decisions for married or with 1 fewer favorable decision for single. Without 2009-06, it would be within it as well.",
		"The ratio at every cut of the score", "Within the limit at 2 of 4 cuts. The cut used is 4.", "cut 3: ratio 0.70",
		"if the score were cut at 6 and not at 5, with only 2.0\u202f% of rows in between",
		"Of 2 subgroups that stood out in one half of the people, 1 held in the other.", "Searched 154 of 4031 combinations of a, b. The rate looked at is the false positive rate."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
