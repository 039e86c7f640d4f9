package detectors

import (
	"fmt"
	"strings"
	"testing"
)

// Lists of b lose half a bit a month, those of a none: b is told.
func TestBubbleTells(t *testing.T) {
	spec := slateSpec()
	spec.HasTime, spec.Windows.Every = true, "month"
	spec.Groups[0].Reference = none
	c := spec.Groups[0]
	c.Name = "genre"
	spec.Groups = append(spec.Groups, c)
	p := BubbleParams{Category: "genre"}
	numbers := bubble{p, spec}.measured()
	var rows []row
	for i := range 30 {
		for month := 1; month <= 3; month++ {
			for group, x := range map[string]float64{"a": 1.5, "b": 2 - .5*float64(month-1)} {
				x += float64(i%5-2) * .05 * float64(1+month%2)
				r := listRow(group, 2*i+int(group[0]-'a'), map[string]float64{numbers[0].table: x, numbers[1].table: .5})
				r.window, r.group = fmt.Sprintf("2026-%02d", month), []string{group, "film"}
				rows = append(rows, r)
			}
		}
	}
	out := detected(t, Bubble(), spec, p, rows)
	if len(out.Findings) != 1 || out.Findings[0].Title != "Lists for b narrow: the entropy of categories falls from 2.00 to 1.00." {
		t.Errorf("%+v", out.Findings)
	}
}

func TestBubbleNeeds(t *testing.T) {
	spec := slateSpec()
	for _, c := range []struct {
		p    BubbleParams
		says string
	}{{BubbleParams{}, "category or users"}, {BubbleParams{Users: "u"}, "windows"}} {
		if _, err := Bubble().Plan(spec, c.p); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v", c.p, err)
		}
	}
	if (BubbleParams{History: []UtilityPast{{"x", "x"}}}).Check() == nil {
		t.Error("a history without a category passes")
	}
	if v := jaccard(map[int]bool{1: true, 2: true}, map[int]bool{2: true, 3: true}); v != 1./3 {
		t.Error(v)
	}
}
