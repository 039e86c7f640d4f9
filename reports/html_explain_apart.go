package reports

import (
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// apart is one gap in the log, taken apart in several ways.
type apart struct {
	*explained
	list   []*audit.Explanation
	strata []string
}

// decompositions draw how gaps in the log are taken apart.
func (k *maker) decompositions(list []*audit.Explanation) []explainFigure {
	var out []explainFigure
	for _, a := range apartOf(list) {
		a.lay(k.r)
		f := explainFigure{Title: a.finding(), Sub: a.made(k.r), Tables: []*grid{a.table()}}
		if len(out) < drawnQuestions {
			f.Strips = k.apartStrips(a)
			f.Read = "In bars, each begins where the one above it ends; together they make the whole gap, and orange ones narrow it. The thin lines are intervals."
		}
		out = append(out, f)
	}
	return out
}

// apartOf finds the gaps; what has another metric belongs to the gap before it.
func apartOf(list []*audit.Explanation) []*apart {
	var out []*apart
	for _, e := range list {
		if e.Part == audit.PartTotal {
			out = append(out, &apart{explained: &explained{explainer: e.Explainer, metric: e.Metric, attribute: e.Attribute, group: e.Group, reference: e.Reference, total: e}})
		}
		if len(out) == 0 {
			continue
		}
		a := out[len(out)-1]
		if e.Attribute != a.attribute || textOr(e.Group) != textOr(a.group) || textOr(e.Reference) != textOr(a.reference) {
			continue
		}
		a.list = append(a.list, e)
		if e.Part == "composition" && e.Feature != nil {
			a.strata = append(a.strata, *e.Feature)
		}
	}
	return out
}

// of finds a part: of a column, or of none.
func (a *apart) of(part audit.Part, column string) *audit.Explanation {
	for _, e := range a.list {
		if e.Part == part && e.Metric == a.metric && e.Stratum == nil && textOr(e.Feature) == column && e.Value != nil {
			return e
		}
	}
	return nil
}

func (a *apart) made(r *audit.Result) string {
	text := howMade(r, a.list)
	if a.inPoints() {
		text = text[:len(text)-1] + "; numbers in points."
	}
	if unlike := a.warning(); unlike != "" {
		return unlike + " " + text
	}
	return text
}

// finding is the title: the gap, and what is left of it.
func (a *apart) finding() string {
	if a.total.Value == nil {
		return upperFirst(a.subject())
	}
	text := upperFirst(a.subject()) + ": " + a.sized(*a.total.Value) + a.sampled()
	if e := a.of("adjusted", ""); e != nil {
		return text + ", and " + a.sized(*e.Value) + tail(", interval ", a.spread(e)) + ", between people alike in the listed columns"
	}
	if len(a.strata) > 0 {
		if e := a.of("composition", a.strata[0]); e != nil {
			text += "; who is in which " + clean(a.strata[0]) + " makes " + a.sized(*e.Value) + a.untold(e)
		}
	}
	return text
}

// apartStrips draw each way of taking a gap apart.
func (k *maker) apartStrips(a *apart) []robustStrip {
	if a.total.Value == nil {
		return nil
	}
	whole := partOf("whole gap", a.total)
	var out []robustStrip
	add := func(name, said string, parts []part) {
		if len(parts) > 0 {
			if p := k.bars(name, a.measure(), parts, &whole); p != nil {
				out = append(out, robustStrip{name, said, p})
			}
		}
	}
	said := "What the groups’ different shares of the strata make of the gap, and what different rates within the same strata make (Kitagawa)."
	for _, column := range a.strata {
		name := attributeName(column)
		var parts []part
		for _, p := range []struct {
			part audit.Part
			name string
		}{{"composition", "who is where"}, {"rates", "rates within"}, {"outside", "strata of one group"}} {
			if e := a.of(p.part, column); e != nil {
				parts = append(parts, partOf(p.name, e))
			}
		}
		add("By "+name, said, parts)
		said = ""
	}
	add("By differences in the columns", "What a column makes: how far the groups’ means of it lie apart, times what a unit of it is worth in the reference group. Unexplained is the rest (Oaxaca and Blinder).", a.oaxaca())
	if s := k.adjustedStrip(a); s != nil {
		out = append(out, *s)
	}
	return out
}

// oaxaca are the parts of the columns, the largest first, and the rest.
func (a *apart) oaxaca() []part {
	rest := a.of("unexplained", "")
	if rest == nil {
		return nil
	}
	var list []*audit.Explanation
	for _, e := range a.list {
		if e.Part == "explained" && e.Metric == a.metric && e.Feature != nil && e.Value != nil {
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(x, y *audit.Explanation) int { return x.Rank - y.Rank })
	var parts []part
	others := 0.0
	for i, e := range list {
		if i < drawnFeatures {
			parts = append(parts, partOf(clean(*e.Feature), e))
		} else {
			others += *e.Value
		}
	}
	if len(list) > drawnFeatures {
		parts = append(parts, part{name: "other columns", value: others})
	}
	return append(parts, partOf("unexplained", rest))
}

// adjustedStrip puts what a regression leaves beside the whole gap.
func (k *maker) adjustedStrip(a *apart) *robustStrip {
	e := a.of("adjusted", "")
	if e == nil {
		return nil
	}
	said := "What is left in a logistic regression between people who are alike in the listed columns."
	if e.P != nil {
		said += " p " + chance(e.P) + "."
	}
	for _, x := range a.list {
		if x.Part == "sensitivity" && x.Metric == "e_value" && x.Value != nil {
			said += fmt.Sprintf(" To account for all of it, something left out would have to go together with both the group and the decision by a risk ratio of %s", ratio(*x.Value))
			if limit := a.limit(); limit != "" {
				said += limit
			}
			said += "."
		}
	}
	zero := 0.0
	var marks []mark
	for _, m := range []struct {
		name string
		e    *audit.Explanation
	}{{"whole gap", a.total}, {"left between alike", e}} {
		low, high := ends(m.e)
		marks = append(marks, mark{m.name, a.amount(*m.e.Value), k.groupColor(a.attribute, a.group), *m.e.Value, low, high})
	}
	return &robustStrip{"Between people who are alike", said, k.marks("Adjusted gap", marks, scaleOfMarks(marks), &zero, a.measure().tick)}
}

// limit says what it takes for the interval alone.
func (a *apart) limit() string {
	for _, x := range a.list {
		if x.Part == "sensitivity_limit" && x.Value != nil {
			if *x.Value <= 1 {
				return "; chance may account for it already"
			}
			return fmt.Sprintf(" (%s for its interval to reach no gap)", ratio(*x.Value))
		}
	}
	return ""
}

// partWords are the parts of a gap in words.
func partWords(part audit.Part) string {
	words := map[audit.Part]string{
		audit.PartTotal: "whole gap", "composition": "who is in which stratum", "rates": "rates within strata", "outside": "strata that one group is not in",
		"explained": "explained, at the reference group’s coefficients", "unexplained": "unexplained, at the reference group’s coefficients",
		"explained_pooled": "explained, at pooled coefficients", "unexplained_pooled": "unexplained, at pooled coefficients",
		"adjusted": "adjusted", "sensitivity": "risk ratio that would account for it", "sensitivity_limit": "risk ratio for its interval",
	}
	if w, ok := words[part]; ok {
		return w
	}
	return clean(string(part))
}

func (a *apart) table() *grid {
	g := &grid{Caption: "Numbers: " + a.subject(), Folded: true, Screen: true, Where: "explanations.csv",
		Head: []headCell{label("Part"), label("Column"), label("Stratum"), numeric("Value"), numeric("Interval"), numeric("Standard error"), numeric("p")}}
	for _, e := range a.list {
		if e.Value == nil {
			continue
		}
		amount, name := a.amount, partWords(e.Part)
		if e.Metric != a.metric {
			amount, name = thousandths, name+", "+explainedMetric(e.Metric)
		}
		row := []cell{heading(name), named(attributeName(textOr(e.Feature))), named(""), {Text: amount(*e.Value), Num: true, Exact: exact(e.Value)}, none(), standardError(e, amount), none()}
		if e.Stratum != nil {
			row[2] = named(memberName(textOr(e.Feature), *e.Stratum))
		}
		if l, h := ends(e); l != nil && h != nil {
			row[4] = cell{Text: between(*l, *h, amount), Num: true}
		}
		if e.P != nil {
			row[6] = cell{Text: chance(e.P), Num: true, Exact: exact(e.P)}
		}
		g.Rows = append(g.Rows, row)
	}
	return g.cut("parts")
}
