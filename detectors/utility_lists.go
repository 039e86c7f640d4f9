package detectors

import (
	"errors"
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

type utility struct {
	UtilityParams
	spec *audit.Spec
}

// served is the table of a number of relevant items.
func (u utility) served(number string) string {
	parts := []table.Dim{table.When(u.Relevance)}
	if u.Gain != "" {
		parts[0] = table.NumberOf(u.Gain)
	}
	if u.Relevant != "" {
		parts = append(parts, table.NumberOf(u.Relevant))
	}
	return table.ListNumber(table.Further(number, u.Population), u.K, parts...)
}

// mix is the table of how far the categories of lists are from those of the history.
func (u utility) mix() string {
	parts := []table.Dim{table.Group(u.Category)}
	for _, h := range u.History {
		parts = append(parts, table.ValueOf(h.Name), table.NumberOf(h.Weight))
	}
	return table.ListNumber(table.ListCalibration, u.K, parts...)
}

func (u utility) numbers() (out []string) {
	if u.judged() {
		for _, n := range servedNumbers() {
			out = append(out, u.served(n[1]))
		}
	}
	if u.Category != "" {
		out = append(out, u.mix())
	}
	return out
}

// people is the table of nDCG by user.
func (u utility) people(a detect.Attribute) table.Need {
	return table.Need{Dims: append(a.Dims(), table.Distinct(u.Users)), Value: u.served(table.ListNDCG)}
}

func (u utility) needs() (out []table.Need) {
	if u.Users != "" {
		for _, a := range userAttributes(u.spec) {
			out = append(out, u.people(a))
		}
	}
	return out
}

// measure emits the numbers of one attribute, and says in words who is served worse.
func (u utility) measure(e *emitter, l userLists, tables detect.Tables) (found []audit.Finding) {
	parameters := map[string]string{"k": fmt.Sprint(u.K), "population": u.Population}
	if u.judged() {
		var told *audit.Finding
		for _, n := range servedNumbers() {
			by, from := l.numbers[u.served(n[1])], len(e.out)
			l.levels(e, n[0], by, parameters)
			l.differences(e, n[0]+"_difference", by, parameters)
			if g, ok := l.tells(e, n[0]+"_difference", from, by); ok && told == nil && n[0] == "ndcg" {
				told = u.tell(l, g)
			}
		}
		if told != nil {
			found = append(found, *told)
		}
		u.inequality(e, l, tables)
	}
	if u.Category == "" {
		return found
	}
	by, from := l.numbers[u.mix()], len(e.out)
	parameters = withK(u.K)
	l.levels(e, "miscalibration", by, parameters)
	l.differences(e, "miscalibration_difference", by, parameters)
	if g, ok := l.tells(e, "miscalibration_difference", from, by); ok {
		found = append(found, audit.Finding{ID: "utility-calibration-" + l.attribute.Name, Detector: "utility", Severity: audit.Info, Measurements: []int{g.at},
			Title:  fmt.Sprintf("Lists for %s are further from what they chose before than those for %s.", g.high.called(l.attribute), g.low.called(l.attribute)),
			Detail: fmt.Sprintf("Divergence of the categories of the first %d places from the history: %.3f against %.3f, where 0 is the same mix, over %s and %s lists. p %s (jackknife over lists).", u.K, g.high.mean(), g.low.mean(), whole(g.high.lists), whole(g.low.lists), smallP(g.p))})
	}
	return found
}

// tell says which group's lists are worse.
func (u utility) tell(l userLists, g userGap) *audit.Finding {
	hits := l.numbers[u.served(table.ListHit)][0]
	detail := ""
	if a, b := hits.find(g.low.name), hits.find(g.high.name); a != nil && b != nil {
		detail = fmt.Sprintf(" %.1f %% of lists for %s have a relevant item among the first %d places, %.1f %% of those for %s.", 100*a.mean(), g.low.called(l.attribute), u.K, 100*b.mean(), g.high.called(l.attribute))
	}
	return &audit.Finding{ID: "utility-" + l.attribute.Name, Detector: "utility", Severity: audit.Info, Measurements: []int{g.at},
		Title:  fmt.Sprintf("Lists serve %s worse than %s: nDCG@%d is %.3f against %.3f.", g.low.called(l.attribute), g.high.called(l.attribute), u.K, g.low.mean(), g.high.mean()),
		Detail: fmt.Sprintf("Means over %s and %s lists (%s); 1 is the best order there could be.%s p %s (jackknife over lists).", whole(g.low.lists), whole(g.high.lists), u.populated(), detail, smallP(g.p))}
}

// populated says which lists count.
func (u utility) populated() string {
	switch u.Population {
	case table.AmongServed:
		return "those that show an item; of these nDCG and recall are of those with a relevant one"
	case table.AmongBoth:
		return "those that show an item and have a relevant one"
	}
	return "those with a relevant item"
}

// inequality emits how unequal nDCG is, of lists or of users.
func (u utility) inequality(e *emitter, l userLists, tables detect.Tables) {
	by := l.numbers[u.served(table.ListNDCG)]
	unit := "list"
	if u.Users != "" {
		unit = "user"
		v := tables.Values(u.people(l.attribute))
		if sampled, _ := table.KeptOf(v.Categories(table.Distinct(u.Users))); sampled {
			e.note(fmt.Sprintf("utility: inequality looks at one user in %d, chosen by a hash: there are too many to keep a sum for each", table.Kept))
		}
		by = []byUsers{peopleOf(l.attribute, v, table.Distinct(u.Users))}
	}
	for _, b := range by {
		for _, g := range b.groups {
			m := audit.Measurement{Group: g.label(), GroupKind: g.kind, N: g.lists, Parameters: map[string]string{"k": fmt.Sprint(u.K), "population": u.Population, "unit": unit}}
			of := func(without int) (float64, error) { return unequal(g.shards, without) }
			v, err := of(-1)
			switch {
			case err != nil:
				m.Note = "undefined: " + err.Error()
			case !l.clustered && u.Users == "":
				m.Value, m.Note = &v, "no interval: nothing says which lists are of one person"
			default:
				m.Value = &v
				c, err := stat.ClusteredStatistic(len(g.shards), g.used, of)
				l.fill(e, &m, c, err)
				m.P, m.Test = nil, ""
			}
			e.add(l.section, b.in, "generalized_entropy", e.metrics["generalized_entropy"].Convention, m)
		}
	}
}

// errNoUse is where nDCG is 0 throughout.
var errNoUse = errors.New("no list has a relevant item where it counts")

// unequal is GE(2) without a shard.
func unequal(shards []stat.Sums, without int) (float64, error) {
	var all stat.Sums
	for i, s := range shards {
		if i != without {
			all = plusSums(all, s)
		}
	}
	mean := all.X / all.N
	if !(mean > 0) {
		return 0, errNoUse
	}
	v := (all.XX/all.N/float64(mean*mean) - 1) / 2
	if v < 1e-12 { // rounding is no inequality
		v = 0
	}
	return v, nil
}

// peopleOf has each user once, with the mean of the user's lists, dealt to shards.
func peopleOf(a detect.Attribute, v *table.Values, who table.Dim) byUsers {
	c := v.Counts()
	grouping, at, cats := a.Group(c), slices.Index(c.Dims(), who), c.Categories(who)
	_, rest := table.KeptOf(cats)
	out := byUsers{slice{window: detect.GateWindow, gate: true}, make([]listsOf, len(grouping.Names)+2)}
	for g := range out.groups {
		x := listsOf{kind: audit.KindOverall, listMean: listMean{shards: make([]stat.Sums, table.Shards)}}
		switch {
		case g < len(grouping.Names):
			x.name, x.kind = grouping.Names[g], audit.KindValue
		case g == len(grouping.Names):
			x.kind = audit.KindMissing
		}
		out.groups[g] = x
	}
	type own struct{ n, x float64 }
	everywhere := make([]own, len(cats))
	add := func(g, user int, o own) {
		x := &out.groups[g]
		if o.n == 0 {
			return
		}
		b := o.x / o.n
		x.lists++
		s := &x.shards[table.ShardOf(cats[user]).Order]
		s.N, s.X, s.XX = s.N+1, s.X+b, s.XX+float64(b*b)
	}
	v.Each(func(codes []int, d *table.Distribution) {
		user := codes[at]
		if user == rest || cats[user].Missing {
			return
		}
		g, o := grouping.Of(codes), own{float64(d.N), d.Sum}
		if g < 0 {
			g = len(grouping.Names)
		}
		if len(a.Parts) > 0 {
			add(g, user, o)
		}
		everywhere[user] = own{everywhere[user].n + o.n, everywhere[user].x + o.x}
	})
	for user, o := range everywhere {
		add(len(grouping.Names)+1, user, o)
	}
	out.groups = slices.DeleteFunc(out.groups, func(l listsOf) bool { return l.kind != audit.KindOverall && l.lists == 0 })
	return out
}
