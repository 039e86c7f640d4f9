package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// toldGroups is how many groups have a strip of their own.
const toldGroups = 4

// proxies say what tells each attribute: every input by itself, all together,
// and how much the model uses what tells.
func (k *maker) proxies(list []*audit.Explanation) []explainFigure {
	var out []explainFigure
	for _, of := range byAttribute(list) {
		features := proxyFeatures(of)
		if len(features) == 0 {
			continue
		}
		name := attributeName(of[0].Attribute)
		f := explainFigure{Sub: howMade(k.r, of), Tables: []*grid{proxyTable(name, features)}}
		f.Title = fmt.Sprintf("%s: what tells it", upperFirst(name))
		if e := features[0].by["uncertainty_coefficient"]; e != nil && e.Value != nil {
			f.Title = fmt.Sprintf("%s: %s tells it best, %s of what there is to know", upperFirst(name), features[0].name, percent(*e.Value))
			if *e.Value <= 0 {
				f.Title = fmt.Sprintf("%s: no input tells it by itself", upperFirst(name))
			}
		}
		add := func(title, said string, picture *dotsView) {
			if picture != nil {
				f.Strips = append(f.Strips, robustStrip{title, said, picture})
			}
		}
		add("Each by itself", "100 % would mean that whoever knows the input knows the group; 0 % that it says nothing.", k.proxyBars(features, "uncertainty_coefficient", inPercent()))
		add("Times how much the model uses it", "What it tells, times the largest part of a gap that the model makes with it: what to look at first, and no amount of unfairness.", k.proxyBars(features, "proxy_use", inNumbers()))
		said := "Of two rows, one of the group and one not, how often the right one is picked: 0.5 is a coin, 1 is always. A score below 0.5 tells as much as one above, the other way round."
		for _, group := range proxyGroups(of) {
			add("All together to tell "+partyName(of[0].Attribute, group), said, k.togetherMarks(of, group))
			said = ""
		}
		if together := togetherTable(name, of); together != nil {
			f.Tables = append(f.Tables, together)
		}
		out = append(out, f)
	}
	return out
}

// proxyFeature is an input by itself, with its measures.
type proxyFeature struct {
	name string
	by   map[string]*audit.Explanation
}

func proxyFeatures(list []*audit.Explanation) []*proxyFeature {
	var out []*proxyFeature
	for _, e := range list {
		if e.Part != audit.PartFeature || e.Feature == nil {
			continue
		}
		i := slices.IndexFunc(out, func(f *proxyFeature) bool { return f.name == clean(*e.Feature) })
		if i < 0 {
			i, out = len(out), append(out, &proxyFeature{clean(*e.Feature), map[string]*audit.Explanation{}})
		}
		out[i].by[e.Metric] = e
	}
	rank := func(f *proxyFeature) int {
		if e := f.by["uncertainty_coefficient"]; e != nil {
			return e.Rank
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b *proxyFeature) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}

func (k *maker) proxyBars(features []*proxyFeature, metric string, m measure) *dotsView {
	var parts []part
	most := 0.0
	for _, f := range features {
		if e := f.by[metric]; e != nil && e.Value != nil {
			parts, most = append(parts, partOf(f.name, e)), max(most, *e.Value)
		}
	}
	if most < 0.0005 { // it would read 0.000
		return nil
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(b.value, a.value) })
	return k.bars(explainedMetric(metric), m, parts[:min(drawnFeatures, len(parts))], nil)
}

// proxyGroups are the groups that the features together were asked to tell.
func proxyGroups(list []*audit.Explanation) []*string {
	var out []*string
	for _, e := range list {
		if e.Metric == "auc" && e.Group != nil && len(out) < toldGroups && !slices.ContainsFunc(out, func(g *string) bool { return *g == *e.Group }) {
			out = append(out, e.Group)
		}
	}
	return out
}

// togetherName says what a group is told by.
func togetherName(e *audit.Explanation) string {
	switch e.Part {
	case audit.PartTotal:
		return "all inputs"
	case "score":
		return "the score alone"
	}
	return clean(e.Note)
}

// togetherMarks are areas under the curve, beside that of a coin.
func (k *maker) togetherMarks(list []*audit.Explanation, group *string) *dotsView {
	coin := 0.5
	var marks []mark
	for _, e := range list {
		if e.Metric != "auc" || e.Group == nil || *e.Group != *group || e.Value == nil {
			continue
		}
		low, high := ends(e)
		name := togetherName(e)
		if n := strings.Count(name, ", "); n > 0 && e.Part == "without" {
			name = fmt.Sprintf("without the first %d", n+1)
		}
		marks = append(marks, mark{name, thousandths(*e.Value), k.groupColor(e.Attribute, group), *e.Value, low, high})
	}
	return k.marks("All together", marks, svg.Linear(0, 1, 4), &coin, tidy)
}

func proxyTable(attribute string, features []*proxyFeature) *grid {
	g := &grid{Caption: "Numbers: what each input by itself tells of " + attribute, Folded: true, Screen: true, Where: "explanations.csv",
		Head: []headCell{label("Input"), numeric("Share of what there is to know"), numeric("Mutual information, nats"), numeric("p"), numeric("Cramér’s V"), numeric("Times use")}}
	for _, f := range features {
		row := []cell{heading(f.name), explainedCell(f.by["uncertainty_coefficient"], percent), explainedCell(f.by["mutual_information"], thousandths), none()}
		if e := f.by["mutual_information"]; e != nil && e.P != nil {
			row[3] = cell{Text: chance(e.P), Num: true, Exact: exact(e.P)}
		}
		g.Rows = append(g.Rows, append(row, explainedCell(f.by["cramers_v"], thousandths), explainedCell(f.by["proxy_use"], thousandths)))
	}
	return g.cut("inputs")
}

func togetherTable(attribute string, list []*audit.Explanation) *grid {
	g := &grid{Caption: "Numbers: how well inputs together tell " + attribute, Folded: true, Screen: true, Where: "explanations.csv",
		Head: []headCell{label("Group"), label("By"), numeric("Area under the curve"), numeric("Standard error"), numeric("Balanced accuracy")}}
	accuracy := func(of *audit.Explanation) *audit.Explanation {
		for _, e := range list {
			if e.Metric == "balanced_accuracy" && e.Part == of.Part && e.Note == of.Note && textOr(e.Group) == textOr(of.Group) {
				return e
			}
		}
		return nil
	}
	for _, e := range list {
		if e.Metric == "auc" {
			g.Rows = append(g.Rows, []cell{heading(partyName(e.Attribute, e.Group)), named(togetherName(e)), explainedCell(e, thousandths), standardError(e, thousandths), explainedCell(accuracy(e), percent)})
		}
	}
	if len(g.Rows) == 0 {
		return nil
	}
	return g.cut("groups")
}
