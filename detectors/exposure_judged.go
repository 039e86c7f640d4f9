package detectors

import (
	"fmt"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// judgedMetrics are those of exposure that hold it against a target or relevance.
func judgedMetrics() []detect.Metric {
	const jackknife = "Interval and test: jackknife over lists, log scale, Student's t"
	metric := func(name, title, doc, convention, source string, scale detect.Scale) detect.Metric {
		return detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Source: source, Null: detect.NullNone, Scale: scale, Version: 1, Shown: true}
	}
	ratio := func(name, title, doc, convention string) detect.Metric {
		m := metric(name, title, doc, convention, "Singh and Joachims 2018. "+jackknife, detect.ScaleRatio)
		m.Null, m.Shown = detect.NullNoGap, false
		return m
	}
	beyond := metric("exposure_beyond_target", "Exposure beyond the target", "How many points more (+) or less (−) of all exposure a group has than its declared share.",
		"exposure share of the group − its share in target; exposure of groups without one counts among all", "Interval: jackknife over lists; test against the declared share, Student's t", detect.ScaleDifference)
	beyond.Null, beyond.Shown, beyond.Version = detect.NullPopulation, false, 2 // the declared shares are the population
	return []detect.Metric{
		beyond,
		metric("exposure_target_ratio", "Exposure against the target, lowest to highest", "The group that has least of its target against the one that has most: 1 is all as declared.",
			"min over groups of (exposure share / target) / max over groups of it", "parity of exposure with a declared target", detect.ScaleRatio),
		ratio("disparate_treatment_ratio", "Disparate treatment ratio", "How much exposure a group has for its relevance, against the reference: below 1, less than its relevance gives it.",
			"(mean exposure / mean relevance) of the group / the same of the reference, means over slots"),
		ratio("disparate_impact_ratio", "Disparate impact ratio", "How much of what relevant items could earn reaches them, against the reference.",
			"(mean of exposure x relevance / mean relevance) of the group / the same of the reference, means over slots"),
		metric("expected_exposure_loss", "Expected exposure loss", "How far the exposure of groups' relevant items is from what their relevance would give them, squared. Items that are not relevant have part of all exposure, so that it is 0 only where relevant items alone get exposure, each group in proportion.",
			"EE-L = sum over groups of (s − t)^2; s: mean over lists of the weights of the group's relevant items; t: mean over lists of all weights x the group's share of relevant items", "Diaz et al. 2020; TREC 2022 task 2, its target the share of relevant items", detect.ScaleNumber),
		metric("expected_exposure_disparity", "Expected exposure disparity", "How concentrated the exposure of relevant items is.", "EE-D = sum over groups of s^2", "Diaz et al. 2020", detect.ScaleNumber),
		metric("expected_exposure_relevance", "Expected exposure relevance", "How much of the exposure goes where relevance is.", "EE-R = sum over groups of s x t", "Diaz et al. 2020", detect.ScaleNumber),
		metric("amortized_inequity", "Amortized inequity of groups", "How far, over all lists together, attention is from relevance: 0 is dealt as relevance is, 2 is none where relevance is.",
			"sum over groups of |A − R| / lists; A, R: sums over lists of the group's shares of a list's attention and of its relevance; lists with a relevant item", "Biega, Gummadi and Weikum 2018, grouped and per list", detect.ScaleNumber),
		metric("amortized_inequity_items", "Amortized inequity of items", "The same of each item by itself: it cannot be smaller.",
			"sum over items of |A − R| / lists", "Biega, Gummadi and Weikum 2018, per list", detect.ScaleNumber),
	}
}

// relevant is the table of slots by whether they are relevant.
func (x exposure) relevant(spec *audit.Spec, a detect.Attribute) table.Need {
	dims := append(a.Dims(), table.When(x.params.Relevance))
	if windowed(spec) {
		dims = append(dims, table.Window)
	}
	dims = append(dims, table.Rank)
	if spec.HasSubject {
		dims = append(dims, table.Subject)
	}
	return table.Need{Dims: dims}
}

// amortized are the tables of shares of attention and of relevance, by the dimensions.
func (x exposure) amortized(dims ...table.Dim) (attention, merit table.Need, ok bool) {
	rel := table.When(x.params.Relevance)
	attention = table.Need{Dims: dims, Value: table.SlotNumber(table.SlotAttention, 0, rel, table.ValueOf(x.weight.Text()))}
	merit = table.Need{Dims: dims, Value: table.SlotNumber(table.SlotMerit, 0, rel)}
	return attention, merit, x.params.Clicked == "" // those of clicks are known only after the scan
}

func (x exposure) judgedNeeds(spec *audit.Spec, a detect.Attribute) []table.Need {
	out := []table.Need{x.relevant(spec, a)}
	if attention, merit, ok := x.amortized(a.Dims()...); ok {
		out = append(out, attention, merit)
		if spec.Slate.Item != "" {
			attention, merit, _ = x.amortized(table.Distinct(spec.Slate.Item))
			out = append(out, attention, merit)
		}
	}
	return out
}

// judged emits what holds exposure against a target and relevance.
func (x exposure) judged(e *emitter, s shown) (found []audit.Finding) {
	if f, ok := x.target(e, s); ok {
		found = append(found, f)
	}
	if x.params.Relevance == "" {
		return found
	}
	by := x.relevantShelves(e, s)
	for _, metric := range []string{"disparate_treatment_ratio", "disparate_impact_ratio"} {
		for i := range by {
			all := s.by[i]
			x.compare(e, s, all, metric, func(g shelf) []stat.Sums { return x.perRelevance(metric, all, by[i], g) })
			x.worst(e, s, all, metric, func(g shelf) []stat.Sums { return x.perRelevance(metric, all, by[i], g) })
		}
	}
	for i := range by {
		x.expected(e, s, s.by[i], by[i])
	}
	x.inequity(e, s)
	if f, ok := x.tell(e, s); ok {
		found = append(found, f)
	}
	return found
}

// relevantShelves are the relevant slots, over everything and by window.
func (x exposure) relevantShelves(e *emitter, s shown) []shelves {
	c := s.tables.Counts(x.relevant(e.spec, s.attribute))
	when, at := table.When(x.params.Relevance), slices.Index(c.Dims(), table.Window)
	rel, cats, windows := slices.Index(c.Dims(), when), c.Categories(when), c.Categories(table.Window)
	into := make([]slice, 1+len(windows))
	for i := range into {
		into[i] = s.by[i].in
	}
	return shelve(s.attribute, c, into, func(codes []int) []int {
		switch {
		case cats[codes[rel]].Name != table.Holds:
			return nil
		case at < 0:
			return []int{0}
		}
		return []int{0, codes[at] + 1}
	})
}

// perRelevance is exposure per relevant item: all of the group's, or that of relevant ones.
func (x exposure) perRelevance(metric string, all, relevant shelves, g shelf) []stat.Sums {
	out := make([]stat.Sums, all.shards)
	if metric == "disparate_treatment_ratio" {
		sums, _ := x.sums(all, g)
		for i := range sums {
			out[i].X = sums[i].X
		}
	}
	for _, r := range relevant.groups {
		if r.kind != g.kind || r.name != g.name {
			continue
		}
		sums, _ := x.sums(relevant, r)
		for i := range sums {
			if out[i].N = sums[i].N; metric == "disparate_impact_ratio" {
				out[i].X = sums[i].X
			}
		}
	}
	return out
}

// target emits how far exposure is from the declared shares.
func (x exposure) target(e *emitter, s shown) (audit.Finding, bool) {
	has := func(t ExposureShare) bool {
		return slices.ContainsFunc(s.by[0].groups, func(g shelf) bool { return g.name == t.Name && g.kind == audit.KindValue })
	}
	if len(s.attribute.Parts) != 1 || !slices.ContainsFunc(x.params.Target, has) {
		return audit.Finding{}, false
	}
	var told *audit.Finding
	least := 1.0
	for _, by := range s.by {
		low, high, slots := math.Inf(1), 0.0, int64(0)
		for _, t := range x.params.Target {
			shards, n := x.shareOf(by, t.Name)
			slots += n
			m := audit.Measurement{Group: &t.Name, GroupKind: audit.KindValue, N: n}
			x.mean(e, s, &m, shards)
			if m.Value != nil {
				share := *m.Value
				low, high = min(low, share/t.Share), max(high, share/t.Share)
				v := share - t.Share
				m.Value = &v
				if m.Interval != nil {
					a, b := *m.Interval.Low-t.Share, *m.Interval.High-t.Share
					m.Interval.Low, m.Interval.High = &a, &b
					if c, err := stat.ClusteredMean(shards); err == nil && by.in.gate {
						if test, err := c.TTest(t.Share, stat.TwoSided); err == nil {
							m.P, m.Test = &test.P, test.Method
						}
					}
				}
				if by.in.gate && m.Interval != nil && *m.Interval.High < 0 && share/t.Share < least {
					least = share / t.Share
					told = &audit.Finding{ID: "exposure-target-" + s.attribute.Name, Detector: "exposure", Severity: audit.Info, Measurements: []int{len(e.out)},
						Title:  fmt.Sprintf("%s gets %.1f %% of all exposure, where %.1f %% is declared.", t.Name, 100*share, 100*t.Share),
						Detail: fmt.Sprintf("That is %.1f points less, interval %.1f to %.1f; the weight of a place is %s.", -100*v, -100**m.Interval.High, -100**m.Interval.Low, x.weight.formula())}
				}
			}
			x.add(e, s, by.in, "exposure_beyond_target", m)
		}
		m := audit.Measurement{GroupKind: audit.KindOverall, N: slots, Note: "undefined: nothing is seen"}
		if high > 0 {
			v := low / high
			m.Value, m.Note = &v, ""
		}
		x.add(e, s, by.in, "exposure_target_ratio", m)
	}
	if told == nil {
		return audit.Finding{}, false
	}
	return *told, true
}

// shareOf is the exposure of a group and of all groups, by shard; a group that is not
// there has none.
func (x exposure) shareOf(by shelves, name string) (out []stat.Sums, n int64) {
	out = make([]stat.Sums, by.shards)
	for _, g := range by.groups {
		if g.kind != audit.KindValue {
			continue
		}
		shards, all := x.sums(by, g)
		for i := range shards {
			out[i].N += shards[i].X
			if g.name == name {
				out[i].X, n = shards[i].X, int64(all.N)
			}
		}
	}
	return out, n
}
