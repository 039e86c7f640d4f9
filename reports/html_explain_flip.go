package reports

import (
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// flipDirections is how many pairs of groups are drawn; the table has all.
const flipDirections = 12

// flips say whose decision changes with the attribute alone, attribute by
// attribute.
func (k *maker) flips(list []*audit.Explanation) []explainFigure {
	var out []explainFigure
	for _, of := range byAttribute(list) {
		name := attributeName(of[0].Attribute)
		f := explainFigure{Title: upperFirst(name) + ": how far the score moves with it alone", Sub: howMade(k.r, of)}
		for _, e := range of {
			if e.Part != audit.PartTotal || e.Value == nil {
				continue
			}
			f.Title = fmt.Sprintf("%s: with it alone changed, %s of the decisions would change%s", upperFirst(name), percent(*e.Value), tail(", interval ", span(e.Interval, percent)))
			if *e.Value == 0 && e.ModelRows == 0 {
				f.Title = upperFirst(name) + ": no decision can change with it alone, because the model does not take it"
				f.Read = "This zero is guaranteed by how the model is built, and says nothing about other inputs that tell the same; see what tells the protected attribute."
			}
		}
		if pairs := flipPairs(of); len(pairs) > 0 {
			f.Strips = k.flipStrips(pairs)
			f.Tables = append(f.Tables, flipTable(pairs))
			if note := pairs[0].note; note != "" {
				f.Read = clean(note)
			}
		}
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b explainFigure) int { return len(b.Tables) - len(a.Tables) }) // what was asked before what is known
	return out
}

// byAttribute cuts a list where the attribute changes.
func byAttribute(list []*audit.Explanation) [][]*audit.Explanation {
	var out [][]*audit.Explanation
	at := map[string]int{}
	for _, e := range list {
		i, ok := at[e.Attribute]
		if !ok {
			i = len(out)
			at[e.Attribute], out = i, append(out, nil)
		}
		out[i] = append(out[i], e)
	}
	return out
}

// flipPair are the rows of one group with the values of another.
type flipPair struct {
	name, note string
	by         map[string]*audit.Explanation
	n          int64
}

func flipPairs(list []*audit.Explanation) []*flipPair {
	var out []*flipPair
	for _, e := range list {
		if e.Part != "flip" {
			continue
		}
		name := partyName(e.Attribute, e.Group) + " taken for " + partyName(e.Attribute, e.Reference)
		i := slices.IndexFunc(out, func(p *flipPair) bool { return p.name == name })
		if i < 0 {
			i, out = len(out), append(out, &flipPair{name: name, note: e.Note, n: e.N, by: map[string]*audit.Explanation{}})
		}
		out[i].by[e.Metric] = e
	}
	return out
}

// flipStrips draw, by direction, who would be decided the other way, on one
// scale; without decisions, how far the score moves.
func (k *maker) flipStrips(pairs []*flipPair) []robustStrip {
	pairs = pairs[:min(flipDirections, len(pairs))]
	to, from, shift := k.flipMarks(pairs, "flip_to_positive_rate", percent), k.flipMarks(pairs, "flip_to_negative_rate", percent), k.flipMarks(pairs, "score_shift", signed)
	if len(to)+len(from) == 0 {
		return []robustStrip{{"Score", "How far the mean score of each group’s sampled rows would move if the model took them for another group.", k.marks("Score", shift, scaleOfMarks(shift), nil, signed)}}
	}
	scale := scaleOfMarks(to, from)
	return []robustStrip{
		{"Would be " + positive(k.r), "The share of each group’s sampled rows that are not now, and would be if the model took them for another group.", k.marks("To positive", to, scale, nil, tickPercent)},
		{"Would no longer be " + positive(k.r), "The share that are now, and would not be.", k.marks("To negative", from, scale, nil, tickPercent)},
	}
}

// flipMarks are one number of each pair, with its interval.
func (k *maker) flipMarks(pairs []*flipPair, metric string, write func(float64) string) []mark {
	var out []mark
	for _, p := range pairs {
		if e := p.by[metric]; e != nil && e.Value != nil {
			low, high := ends(e)
			out = append(out, mark{p.name, write(*e.Value), k.groupColor(e.Attribute, e.Group), *e.Value, low, high})
		}
	}
	return out
}

func flipTable(pairs []*flipPair) *grid {
	g := &grid{Caption: "Numbers: decisions and scores with another group’s value", Folded: true, Screen: true, Where: "explanations.csv", Head: []headCell{label("Rows of"), numeric("n")}}
	columns := []struct {
		metric, head string
		write        func(float64) string
	}{
		{"flip_rate", "Decision changes", percent}, {"flip_to_positive_rate", "To positive", percent}, {"flip_to_negative_rate", "To negative", percent},
		{"score_shift", "Score moves by", signed}, {"absolute_score_shift", "Mean size of that", thousandths},
	}
	for _, c := range columns {
		g.Head = append(g.Head, numeric(c.head))
	}
	for _, p := range pairs {
		row := []cell{heading(p.name), integer(p.n)}
		for _, c := range columns {
			row = append(row, explainedCell(p.by[c.metric], c.write))
		}
		g.Rows = append(g.Rows, row)
	}
	return g.cut("pairs")
}
