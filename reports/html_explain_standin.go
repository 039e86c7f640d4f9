package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// fidelity says how near a surrogate comes to what was logged, before anything
// that it says.
func (k *maker) fidelity(list []*audit.Explanation) []explainFigure {
	var of, gaps []*audit.Explanation
	told := 0
	for _, e := range list {
		switch {
		case e.Part != "fidelity":
			told++
		case e.Metric == "gap_error":
			gaps = append(gaps, e)
		default:
			of = append(of, e)
		}
	}
	if len(of) == 0 {
		return nil
	}
	f := explainFigure{Title: "How near the stand-in comes", Sub: howMade(k.r, of), Tables: []*grid{fidelityTable(of, gaps)}}
	var marks []mark
	var least *audit.Explanation
	for _, e := range of {
		if e.Value == nil || e.Metric != of[0].Metric {
			continue
		}
		if least == nil || *e.Value < *least.Value {
			least = e
		}
		color := "c0"
		if e.Group != nil {
			color = k.groupColor(e.Attribute, e.Group)
		}
		marks = append(marks, mark{name: partyName(e.Attribute, e.Group), text: thousandths(*e.Value), value: *e.Value, class: color})
	}
	if least != nil {
		f.Title = fmt.Sprintf("How near the stand-in comes: its least %s is %s, for %s", fidelityMetric(of[0].Metric), thousandths(*least.Value), partyName(least.Attribute, least.Group))
	}
	one := 1.0
	if p := k.marks("Fidelity", marks, scaleOfMarks(marks, []mark{{value: one}}), &one, tidy); p != nil {
		f.Strips = []robustStrip{{upperFirst(fidelityMetric(of[0].Metric)), "For rows that it has not seen: 1 is what was logged.", p}}
	}
	for _, note := range k.r.Notes {
		if strings.HasPrefix(note, "The surrogate ") {
			f.Read += " " + clean(note)
		}
	}
	if f.Read = strings.TrimSpace(f.Read); f.Read == "" && told == 0 && k.r.Privacy == nil {
		f.Read = "It does not come near enough, so that nothing that it says is shown."
	}
	return []explainFigure{f}
}

// fidelityMetric is a measure of fidelity in words.
func fidelityMetric(metric string) string {
	words := map[string]string{"r_squared": "R²", "auc": "area under the curve", "accuracy": "accuracy", "log_loss": "log loss", "gap_error": "relative error of the gap"}
	if w, ok := words[metric]; ok {
		return w
	}
	return explainedMetric(metric)
}

func fidelityTable(of, gaps []*audit.Explanation) *grid {
	g := &grid{Caption: "Numbers: how near the stand-in comes", Folded: true, Screen: true, Where: "explanations.csv", Head: []headCell{label("Of"), label("Measure"), numeric("Value"), numeric("n"), label("Note")}}
	for _, e := range append(slices.Clone(of), gaps...) {
		name := partyName(e.Attribute, e.Group)
		if e.Reference != nil {
			name += " against " + partyName(e.Attribute, e.Reference)
		}
		g.Rows = append(g.Rows, []cell{heading(name), text(fidelityMetric(e.Metric)), explainedCell(e, thousandths), integer(e.N), text(e.Note)})
	}
	return g.cut("numbers")
}

// stability says how far explanations agree from one time or version to the
// next.
func (k *maker) stability(list []*audit.Explanation) []explainFigure {
	pairs := agreements(list)
	if len(pairs) == 0 {
		return nil
	}
	f := explainFigure{Sub: howMade(k.r, list), Tables: []*grid{agreementTable(pairs)},
		Read: "The dot is the agreement, 1 is the same. The bar beside it is what nineteen of twenty draws of the rows alone would leave: a dot outside the bar says that more than chance has changed."}
	changed := 0
	names := map[string]string{"top_jaccard": "Shared among the first", "rank_biased_overlap": "Same order, the first counting most", "kendall_tau": "Same order, all counting alike"}
	for _, metric := range []string{"top_jaccard", "rank_biased_overlap", "kendall_tau"} {
		var marks []mark
		for _, p := range pairs {
			if p.metric != metric || p.value == nil || p.value.Value == nil {
				continue
			}
			m := mark{name: p.name, text: thousandths(*p.value.Value), value: *p.value.Value, class: "c5"}
			if p.noise != nil && p.noise.Value != nil {
				one := 1.0
				if m.low, m.high = p.noise.Value, &one; *p.value.Value < *p.noise.Value {
					changed++
				}
			}
			if len(marks) < drawnFeatures {
				marks = append(marks, m)
			}
		}
		if p := k.marks(names[metric], marks, scaleOfMarks(marks), nil, tidy); p != nil {
			f.Strips = append(f.Strips, robustStrip{names[metric], agreementSaid(metric), p})
		}
	}
	f.Title = "Explanations changed no more than the draw of the rows accounts for"
	if changed > 0 {
		f.Title = fmt.Sprintf("%d of %d comparisons changed more than the draw of the rows accounts for", changed, len(pairs))
	}
	return []explainFigure{f}
}

func agreementSaid(metric string) string {
	switch metric {
	case "top_jaccard":
		return "Of the inputs that are among the first in either, the share that is among the first in both."
	case "rank_biased_overlap":
		return "How far the two orders share their beginnings; differences further down count less and less."
	}
	return "Kendall’s tau-b: 1 is the same order, 0 is none in common, −1 the reverse."
}

// agreement is one comparison by one measure.
type agreement struct {
	metric, name string
	value, noise *audit.Explanation
}

func agreements(list []*audit.Explanation) []*agreement {
	var out []*agreement
	for _, e := range list {
		name := clean(strings.TrimSuffix(strings.ReplaceAll(e.Note, "_", " "), ": undefined, because all values of one are the same"))
		if e.Group != nil {
			name += ", " + partyName(e.Attribute, e.Group)
		}
		i := slices.IndexFunc(out, func(a *agreement) bool { return a.metric == e.Metric && a.name == name })
		if i < 0 {
			i, out = len(out), append(out, &agreement{metric: e.Metric, name: name})
		}
		if e.Part == "noise" {
			out[i].noise = e
		} else {
			out[i].value = e
		}
	}
	return out
}

func agreementTable(pairs []*agreement) *grid {
	g := &grid{Caption: "Numbers: how far explanations agree", Folded: true, Screen: true, Where: "explanations.csv", Head: []headCell{label("Compared"), label("Measure"), numeric("Agreement"), numeric("Noise alone"), numeric("p")}}
	for _, p := range pairs {
		row := []cell{heading(p.name), text(words(p.metric)), explainedCell(p.value, thousandths), explainedCell(p.noise, thousandths), none()}
		if p.value != nil && p.value.P != nil {
			row[4] = cell{Text: chance(p.value.P), Num: true, Exact: exact(p.value.P)}
		}
		g.Rows = append(g.Rows, row)
	}
	return g.cut("comparisons")
}
