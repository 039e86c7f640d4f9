package detectors

import (
	"fmt"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// pairwiseMetrics are those of ranking that look at relevance.
func pairwiseMetrics() []detect.Metric {
	return []detect.Metric{
		{Name: "pairwise_accuracy", Title: "Pairwise accuracy", Null: detect.NullNone, Scale: detect.ScaleRate, Version: 1, Shown: true,
			Doc:        "How often a relevant item of a group is above an item of its list that is not: one half is chance.",
			Convention: "pairs of a relevant item of the group and one of its list that is not, of any group, in which the relevant one has the higher score, or the higher place, ties half / pairs",
			Source:     "Beutel et al. 2019. Interval: jackknife over lists"},
		{Name: "pairwise_accuracy_difference", Title: "Pairwise accuracy gap", Null: detect.NullNoGap, Scale: detect.ScaleDifference, Version: 2,
			Doc:        "How much more often relevant items of one group are above others than those of another.",
			Convention: "pairwise accuracy of the group − of the reference",
			Source:     "Beutel et al. 2019. Interval and test: jackknife over lists, Student's t"},
	}
}

// pairs are the tables of pairs, and of pairs that are won.
func (r ranking) pairs(spec *audit.Spec, a detect.Attribute) (all, won table.Need) {
	parts := []table.Dim{table.When(r.params.Relevance)}
	if r.params.Score != "" {
		parts = append(parts, table.NumberOf(r.params.Score))
	}
	return userNeed(spec, a, table.SlotNumber(table.SlotPairs, 0, parts...)), userNeed(spec, a, table.SlotNumber(table.SlotWon, 0, parts...))
}

// pairwise adds to a plan how often relevant items are above others.
func (r ranking) pairwise(spec *audit.Spec, plan detect.Plan) detect.Plan {
	attributes, before := slateAttributes(spec), plan.Detect
	for _, a := range attributes {
		all, won := r.pairs(spec, a)
		plan.Needs = append(plan.Needs, all, won, detect.GroupNeed(spec, a))
	}
	plan.Detect = func(tables detect.Tables) (detect.Output, error) {
		out, err := before(tables)
		if err != nil {
			return out, err
		}
		e := newEmitter("ranking", spec)
		for _, a := range attributes {
			allNeed, wonNeed := r.pairs(spec, a)
			u := userLists{section: section{attribute: a}, clustered: spec.HasSubject}
			u.choose(spec, tables.Counts(detect.GroupNeed(spec, a)))
			u.each = table.EachSubject(tables.Values(allNeed).Categories(table.Subject))
			by := accuracies(readUsers(a, tables.Values(allNeed)), readUsers(a, tables.Values(wonNeed)))
			parameters := map[string]string{"by": "place"}
			if r.params.Score != "" {
				parameters["by"] = "score"
			}
			from := len(e.out)
			u.levels(e, "pairwise_accuracy", by, parameters)
			u.differences(e, "pairwise_accuracy_difference", by, parameters)
			if g, ok := u.tells(e, "pairwise_accuracy_difference", from, by); ok {
				out.Findings = append(out.Findings, audit.Finding{ID: "ranking-pairs-" + a.Name, Detector: "ranking", Severity: audit.Info, Measurements: []int{len(out.Measurements) + g.at},
					Title:  fmt.Sprintf("Relevant items of %s are above others %.1f %% of the time, those of %s %.1f %%.", g.low.called(a), 100*g.low.mean(), g.high.called(a), 100*g.high.mean()),
					Detail: fmt.Sprintf("Pairs of a relevant item and one of its list that is not, by %s; one half is chance. %s and %s relevant items. p %s (jackknife over lists).", parameters["by"], whole(g.low.lists), whole(g.high.lists), smallP(g.p))})
			}
		}
		out.Measurements = append(out.Measurements, e.out...)
		out.Notes = append(out.Notes, e.notes...)
		return out, nil
	}
	return plan
}

// accuracies turns sums of pairs and of pairs won into shares of pairs.
func accuracies(all, won []byUsers) []byUsers {
	for i := range all {
		for g := range all[i].groups {
			x, y := &all[i].groups[g], &won[i].groups[g]
			x.without = 0
			for s := range x.shards {
				x.shards[s] = stat.Sums{N: x.shards[s].X, X: y.shards[s].X}
			}
			if !(x.sum().N > 0) {
				x.lists = 0
			}
		}
	}
	return all
}
