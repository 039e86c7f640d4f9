package reports

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// drawnLanes is how many groups a swarm has; the table has all.
const drawnLanes = 6

// swarm are the attributions that one picture shows: of the groups of an
// attribute, against one background.
type swarm struct {
	attribute, metric string
	list              []*audit.Explanation
	inputs            []string // the largest first
	groups            []*string
	at                map[string]*audit.Explanation // by input and group
}

// swarms draw each input's attributions, group beside group.
func (k *maker) swarms(list []*audit.Explanation) []explainFigure {
	var out []explainFigure
	for _, s := range swarmsOf(list) {
		f := explainFigure{Sub: howMadeOf(k.r, s.rows(), s.list), Tables: []*grid{k.swarmTable(s)}}
		f.Title = fmt.Sprintf("What each input does to the %s, by %s: %s moves it furthest, by %s on average", explainedMetric(s.metric), attributeName(s.attribute), clean(s.inputs[0]), thousandths(s.largest(s.inputs[0])))
		if s.attribute == "" {
			f.Title = fmt.Sprintf("What each input does to the %s: %s moves it furthest, by %s on average", explainedMetric(s.metric), clean(s.inputs[0]), thousandths(s.largest(s.inputs[0])))
		}
		if len(out) < drawnQuestions {
			if f.Panels = k.swarmPanels(s); f.Panels != nil {
				f.Read = "Each dot is the mean of an equal part, such as a twentieth, of the sampled rows of a group: how far the input moves their score from the background’s, to the right of the line at 0 upwards. The short line is the group’s mean."
				if len(f.Panels) < len(s.inputs) {
					f.Read += " Inputs that move it less, or not at all, are in the table."
				}
			}
		}
		out = append(out, f)
	}
	return out
}

func swarmsOf(list []*audit.Explanation) []*swarm {
	var out []*swarm
	var all []*audit.Explanation // of everybody, against a background of everybody
	at := map[[3]string]*swarm{}
	for _, e := range list {
		if e.Part != audit.PartFeature || e.Feature == nil || e.Value == nil || e.Window != audit.AllWindows {
			continue
		}
		if e.Attribute == "" {
			all = append(all, e)
			continue
		}
		id := [3]string{e.Attribute, e.Metric, e.Background}
		if at[id] == nil {
			at[id] = &swarm{attribute: e.Attribute, metric: e.Metric, at: map[string]*audit.Explanation{}}
			out = append(out, at[id])
		}
		at[id].add(e)
	}
	for _, e := range all {
		told := false
		for _, s := range out {
			// Those against a reference group are against that of the first attribute.
			if s.metric == e.Metric && s.list[0].Background == e.Background && (e.Background != "reference" || !told) {
				s.add(e)
				told = true
			}
		}
		if id := [3]string{"", e.Metric, e.Background}; !told || at[id] != nil {
			if at[id] == nil {
				at[id] = &swarm{metric: e.Metric, at: map[string]*audit.Explanation{}}
				out = append(out, at[id])
			}
			at[id].add(e)
		}
	}
	for _, s := range out {
		slices.SortStableFunc(s.inputs, func(a, b string) int { return cmp.Compare(s.largest(b), s.largest(a)) })
		if i := slices.IndexFunc(s.groups, func(g *string) bool { return g == nil }); i > 0 { // everybody first
			s.groups = append([]*string{nil}, slices.Delete(s.groups, i, i+1)...)
		}
	}
	return out
}

func (s *swarm) add(e *audit.Explanation) {
	if !slices.Contains(s.inputs, *e.Feature) {
		s.inputs = append(s.inputs, *e.Feature)
	}
	if !slices.ContainsFunc(s.groups, func(g *string) bool { return (g == nil) == (e.Group == nil) && textOr(g) == textOr(e.Group) }) {
		s.groups = append(s.groups, e.Group)
	}
	s.list = append(s.list, e)
	s.at[s.key(*e.Feature, e.Group)] = e
}

func (s *swarm) key(input string, group *string) string {
	return input + "\x00" + key(audit.KindValue, group)
}

// largest is the mean size of an input for everybody, or where only groups are
// told, for all rows of theirs.
func (s *swarm) largest(input string) float64 {
	if e := s.at[s.key(input, nil)]; e != nil {
		return *e.Value
	}
	sum, n := 0.0, 0.0
	for _, g := range s.groups {
		if e := s.at[s.key(input, g)]; e != nil {
			sum, n = sum+float64(*e.Value*float64(e.N)), n+float64(e.N)
		}
	}
	return sum / max(n, 1)
}

// rows is how many rows the numbers of an input are of.
func (s *swarm) rows() int64 {
	if e := s.at[s.key(s.inputs[0], nil)]; e != nil {
		return e.N
	}
	n := int64(0)
	for _, g := range s.groups {
		if e := s.at[s.key(s.inputs[0], g)]; e != nil {
			n += e.N
		}
	}
	return n
}

// moving are the largest inputs that move anything.
func (s *swarm) moving() []string {
	var out []string
	for _, input := range s.inputs {
		if s.largest(input) > 1e-12 && len(out) < drawnFeatures {
			out = append(out, input)
		}
	}
	return out
}

// swarmPanels draw the inputs on one scale, a panel for each.
func (k *maker) swarmPanels(s *swarm) []panel {
	var drawn []*string
	for _, g := range s.groups {
		if g != nil && len(drawn) < drawnLanes {
			drawn = append(drawn, g)
		}
	}
	if len(drawn) == 0 {
		drawn = s.groups
	}
	inputs := s.moving()
	low, high := 0.0, 0.0
	for _, input := range inputs {
		for _, g := range drawn {
			if e := s.at[s.key(input, g)]; e != nil && len(e.Spread) > 0 {
				low, high = min(low, slices.Min(e.Spread)), max(high, slices.Max(e.Spread))
			}
		}
	}
	if low == high {
		return nil
	}
	scale := svg.Linear(low, high, 5)
	var out []panel
	for _, input := range inputs {
		p := svg.Swarm{ID: k.id(), Title: clean(input) + " by " + attributeName(s.attribute), Scale: scale, Format: signed}
		for _, g := range drawn {
			e := s.at[s.key(input, g)]
			if e == nil || len(e.Spread) == 0 {
				continue
			}
			mean := 0.0
			for _, x := range e.Spread {
				mean += x / float64(len(e.Spread))
			}
			name := partyName(s.attribute, g)
			lane := svg.Lane{Name: shorten(name, 34) + ", n " + count(e.N), Class: k.groupColor(s.attribute, g), Dots: e.Spread, Mean: mean}
			lane.Tip = fmt.Sprintf("%s: mean %s, mean size %s", name, signed(mean), thousandths(*e.Value))
			p.Desc += lane.Tip + ". "
			p.Lanes = append(p.Lanes, lane)
		}
		if len(p.Lanes) > 0 {
			out = append(out, panel{Name: clean(input), Value: "moves by " + thousandths(s.largest(input)), Class: "cx", SVG: template.HTML(p.String())})
		}
	}
	return out
}

// tabledGroups is how many groups have a column of their own.
const tabledGroups = 8

func (k *maker) swarmTable(s *swarm) *grid {
	g := &grid{Caption: "Numbers: how far each input moves the " + explainedMetric(s.metric) + " on average" + tail(", by ", attributeName(s.attribute)), Folded: true, Screen: true, Where: "explanations.csv",
		Head: []headCell{label("Input")}}
	groups := s.groups[:min(tabledGroups, len(s.groups))]
	for _, group := range groups {
		g.Head = append(g.Head, numeric(partyName(s.attribute, group)))
	}
	for _, input := range s.inputs {
		row := []cell{heading(clean(input))}
		for _, group := range groups {
			row = append(row, explainedCell(s.at[s.key(input, group)], thousandths))
		}
		g.Rows = append(g.Rows, row)
	}
	return g.cut("inputs")
}

// explainedCell is a number with its interval below.
func explainedCell(e *audit.Explanation, amount func(float64) string) cell {
	if e == nil || e.Value == nil {
		return none()
	}
	c := cell{Text: amount(*e.Value), Num: true, Exact: exact(e.Value)}
	if l, h := ends(e); l != nil && h != nil {
		c.Sub = between(*l, *h, amount)
	}
	return c
}
