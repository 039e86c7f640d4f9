package detectors

import (
	"math"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// slateSpec is an audit of lists for users of an attribute g, each list by its subject.
func slateSpec() *audit.Spec {
	spec := newSpec(named("a"), "g")
	spec.HasDecision, spec.HasSubject = false, true
	spec.Slate = &audit.Slate{Whole: true, Users: []string{"g"}, Item: "item.name"}
	return spec
}

// listRow is a list of a group's user, with its numbers.
func listRow(group string, shard int, numbers map[string]float64) row {
	return row{group: []string{group}, shard: shard, n: 1, nums: numbers, decision: table.Positive}
}

func detected(t *testing.T, d detect.Detector, spec *audit.Spec, params any, rows []row) detect.Output {
	t.Helper()
	plan, err := d.Plan(spec, params)
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Detect(memory{t: t, spec: spec, rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func everybody(t *testing.T, ms []audit.Measurement, metric string) audit.Measurement {
	t.Helper()
	for _, m := range ms {
		if m.Metric == metric && m.GroupKind == audit.KindOverall && m.Window == audit.AllWindows {
			return m
		}
	}
	t.Fatalf("no %s of everybody", metric)
	return audit.Measurement{}
}

// Three items have 1, 1 and 4 places, a fourth of a catalogue of four none. Rising 0 1 1
// 4, (2i - n - 1) = -3 -1 1 3: (0 - 1 + 1 + 12)/(4 x 6) = 0.5, with n - 1 12/(3 x 6) = 2/3.
// Entropy: 2 x (1/6) log2 6 + (4/6) log2(6/4) = 1.251629 bits. Providers: x has 2 places, y
// 4: (2/6)^2 + (4/6)^2 = 5/9, Gini (-2 + 4)/(2 x 6) = 1/6.
func TestPopularityOfItems(t *testing.T) {
	var rows []row
	for name, n := range map[string]int64{"p": 1, "q": 1, "r": 4} {
		seller := "x"
		if name == "r" {
			seller = "y"
		}
		r := listRow("a", 1, nil)
		r.n, r.texts = n, map[string]string{"item.name": table.SubjectCategory(uint64(name[0])).Name, "item.seller": table.SubjectCategory(uint64(seller[0])).Name}
		rows = append(rows, r)
	}
	out := detected(t, Popularity(), slateSpec(), PopularityParams{Catalogue: 4, Provider: "item.seller"}, rows)
	for metric, want := range map[string]float64{
		"item_coverage": .75, "item_gini": .5, "item_gini_corrected": 2. / 3, "item_gini_equality": 1. / 3, "item_entropy": 1.2516291673878228,
		"provider_concentration": 5. / 9, "provider_gini": 1. / 6, "largest_provider_share": 4. / 6,
	} {
		if m := everybody(t, out.Measurements, metric); m.Value == nil || math.Abs(*m.Value-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", metric, m.Value, want)
		}
	}
	if len(out.Findings) != 1 || out.Findings[0].Title != "1 of 4 items get half of all places." {
		t.Errorf("findings: %+v", out.Findings)
	}
}

// Lists of a have mean popularity 10 and 30 for profiles of 10 and 10, those of b 20 and 20
// for 20 and 30: lifts 20/10 - 1 = 1 and 20/25 - 1 = -0.2. Novelty of total 1,024: log2 means
// are 3 and 4, of -log2(popularity/1024) 7 and 6.
func TestPopularityByUsers(t *testing.T) {
	p := PopularityParams{Popularity: "x", Profile: "y", Total: "1024", Tail: "z"}
	d := popularity{PopularityParams: p}
	list := func(group string, shard int, arp, profile, logs, tail float64) row {
		return listRow(group, shard, map[string]float64{d.arp(): arp, d.profile(): profile, d.logs(): logs, d.tail(): tail})
	}
	rows := []row{list("a", 1, 10, 10, 3, .5), list("a", 2, 30, 10, 3, .3), list("b", 3, 20, 20, 4, .1), list("b", 4, 20, 30, 4, .2)}
	ms := detected(t, Popularity(), slateSpec(), p, rows).Measurements
	for _, c := range []struct {
		metric, group, reference string
		want                     float64
	}{
		{"average_popularity", "a", "", 20}, {"average_popularity_difference", "b", "a", 0}, {"tail_share", "a", "", .4}, {"tail_share_difference", "b", "a", -.25},
		{"novelty", "a", "", 7}, {"novelty_difference", "b", "a", -1}, {"popularity_lift", "a", "", 1}, {"popularity_lift", "b", "", -.2}, {"popularity_lift_difference", "b", "a", -1.2},
	} {
		if m := get(t, ms, c.metric, c.group, c.reference); m.Value == nil || math.Abs(*m.Value-c.want) > 1e-12 {
			t.Errorf("%s of %s: %v, want %v", c.metric, c.group, m.Value, c.want)
		}
	}
	// The mean of .5 and .3 by two lists: Student's t with 1 degree of freedom, 12.706 x .1.
	if m := get(t, ms, "tail_share", "a", ""); m.Interval == nil || math.Abs(*m.Interval.High-(.4+1.2706204736432095)) > 1e-9 {
		t.Errorf("interval: %+v", m.Interval)
	}
}

func TestPopularityNeeds(t *testing.T) {
	rows := slateSpec()
	rows.Slate.Whole = false
	if _, err := Popularity().Plan(rows, PopularityParams{Tail: "z"}); err == nil || !strings.Contains(err.Error(), "columns.slate.items") {
		t.Errorf("no lists: %v", err)
	}
	rows.Slate.Item = ""
	if _, err := Popularity().Plan(rows, PopularityParams{}); err == nil || !strings.Contains(err.Error(), "columns.slate.item") {
		t.Errorf("no item: %v", err)
	}
	for _, p := range []PopularityParams{{Total: "5"}, {Profile: "x"}, {Popularity: "x", Total: "0.5"}} {
		if p.Check() == nil {
			t.Errorf("%+v passes", p)
		}
	}
}
