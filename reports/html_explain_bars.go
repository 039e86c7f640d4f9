package reports

import (
	"html/template"
	"math"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// part is one bar: a number, with its interval where e has one.
type part struct {
	name  string
	value float64
	e     *audit.Explanation
}

func partOf(name string, e *audit.Explanation) part { return part{name: name, value: *e.Value, e: e} }

// measure is how numbers are written: beside a picture, and on its axis.
type measure struct{ write, tick func(float64) string }

func inPercent() measure { return measure{percent, tickPercent} }
func inNumbers() measure { return measure{thousandths, tidy} }

// measure is that of a question's numbers.
func (q *explained) measure() measure {
	if q.inPoints() {
		return measure{points, func(x float64) string { return signed(100 * x) }}
	}
	return inNumbers()
}

// tidy writes a number of an axis, without what rounding left of it.
func tidy(x float64) string { return brief(math.Round(1e9*x) / 1e9) }

// signed is tidy with a sign.
func signed(x float64) string {
	if x > 0 {
		return "+" + tidy(x)
	}
	return tidy(x)
}

// bars draws parts one after the other from none to the whole; without a whole
// each from 0.
func (k *maker) bars(title string, m measure, parts []part, whole *part) *dotsView {
	amount := m.write
	v := &dotsView{Class: "features"}
	var steps []svg.Step
	at, low, high := 0.0, 0.0, 0.0
	add := func(p part, from float64, class string) {
		s := svg.Step{From: from, To: from + p.value, Tip: p.name + ": " + amount(p.value), Class: class}
		if l, h := ends(p.e); l != nil && h != nil {
			a, b := from+*l, from+*h
			s.Low, s.High = &a, &b
			s.Tip += ", interval " + between(*l, *h, amount)
			low, high = math.Min(low, a), math.Max(high, b)
		}
		low, high = math.Min(low, math.Min(s.From, s.To)), math.Max(high, math.Max(s.From, s.To))
		steps = append(steps, s)
		v.Rows = append(v.Rows, dotsRow{Name: p.name, Value: amount(p.value)})
	}
	for _, p := range parts {
		class := ""
		if whole != nil && p.value*whole.value < 0 {
			class = "against"
		}
		if add(p, at, class); whole != nil {
			at += p.value
		}
	}
	if whole != nil {
		add(*whole, 0, "whole")
	}
	if len(steps) == 0 || low == high {
		return nil
	}
	v.N = len(steps)
	v.SVG = template.HTML(svg.Waterfall{
		ID: k.id(), Class: "features", Title: title, Desc: "One bar for each part; the numbers are in the table below.",
		Scale: svg.Linear(low, high, 4), Format: m.tick, Steps: steps, Joined: whole != nil,
	}.String())
	return v
}

// partsOf are the bars of inputs, the largest.
func partsOf(features []*audit.Explanation) []part {
	var out []part
	for _, e := range features {
		if e.Value != nil && len(out) < drawnFeatures {
			out = append(out, partOf(featureName(e), e))
		}
	}
	return out
}

// withinTable has the numbers of exchanges within strata.
func withinTable(q *explained) *grid {
	g := &grid{Caption: "Numbers: " + q.subject() + ", within strata", Folded: true, Screen: true, Where: "explanations.csv",
		Head: []headCell{label("Input"), numeric("Value"), numeric("Standard error"), label("Note")}}
	for _, e := range q.within {
		g.Rows = append(g.Rows, []cell{heading(featureName(e)), explainedCell(e, q.amount), standardError(e, q.amount), text(e.Note)})
	}
	return g.cut("inputs")
}

// ends of an explanation's interval; nil where it has none.
func ends(e *audit.Explanation) (low, high *float64) {
	if e == nil || e.Interval == nil {
		return nil, nil
	}
	return e.Interval.Low, e.Interval.High
}

// explainPicture draws a gap as a waterfall, from none to the whole, and else
// bars from 0.
func (k *maker) explainPicture(q *explained) *dotsView {
	parts := partsOf(q.features)
	smaller, inputs, draw := q.smaller()
	if q.total == nil || q.total.Value == nil {
		return k.bars(upperFirst(q.subject()), q.measure(), parts, nil)
	}
	if inputs || draw {
		parts = append(parts, part{name: "the rest", value: smaller})
	}
	whole := partOf(q.whole(), q.total)
	return k.bars(upperFirst(q.subject()), q.measure(), parts, &whole)
}

// smaller is what is not drawn by itself: inputs beyond the largest, and what the
// draw of the background leaves.
func (q *explained) smaller() (sum float64, inputs, draw bool) {
	for i, e := range q.features {
		if i >= drawnFeatures && e.Value != nil {
			inputs = true
			sum += *e.Value
		}
	}
	if q.rest != nil && q.rest.Value != nil && math.Abs(*q.rest.Value) > 1e-12 {
		draw = true
		sum += *q.rest.Value
	}
	return sum, inputs, draw
}

// leftover says what the last bar before the whole is; "" where there is none.
func (q *explained) leftover() string {
	switch _, inputs, draw := q.smaller(); {
	case inputs && draw:
		return "The rest is what smaller inputs and the draw of the background leave. "
	case inputs:
		return "The rest is the smaller inputs together. "
	case draw:
		return "The rest is what the draw of the background leaves. "
	}
	return ""
}

// whole is what the parts add up to: of the gap explainer, not the whole log's.
func (q *explained) whole() string {
	if q.explainer == "gap" && !q.every {
		return "gap of these rows"
	}
	return "whole gap"
}

// finding is the title of a question's picture: what it says.
func (q *explained) finding() string {
	first := q.features[0]
	if first.Value == nil {
		return upperFirst(q.subject())
	}
	value := q.sized(*first.Value) + q.untold(first)
	if q.total == nil || q.total.Value == nil {
		return upperFirst(q.subject()) + ": " + featureName(first) + " carries most, " + value
	}
	whole := q.sized(*q.total.Value) + q.untold(q.total)
	if q.explainer == "gap" {
		whole = q.sized(*q.total.Value) + q.place()
	}
	return upperFirst(q.subject()) + ": " + whole + "; " + featureName(first) + " pulls most, " + value
}

// ranks names the first inputs where nothing but their order is told.
func (q *explained) ranks() string {
	var names []string
	for _, e := range q.features {
		if e.Value == nil && e.Rank > 0 && len(names) < drawnFeatures {
			names = append(names, featureName(e))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "In this order, without sizes: " + strings.Join(names, ", ") + "."
}

// reading says how to read a question's picture.
func (q *explained) reading() string {
	thin := "The thin lines are intervals."
	switch {
	case q.total != nil:
		return "Each bar begins where the one above it ends; together they make the " + q.whole() + ". Orange bars narrow it. " + q.leftover() + thin
	case q.explainer == "importance" && strings.HasSuffix(q.metric, "_difference"):
		return "A bar is what would be gone from the gap if the input were dealt out to the rows at random; one on the other side says that the gap would grow. " + thin
	case q.explainer == "importance":
		return "A bar is how much worse the model would do if the input were dealt out to the rows at random. " + thin
	}
	return thin
}

// explainTable has the numbers of a question.
func (k *maker) explainTable(q *explained) *grid {
	g := &grid{Caption: "Numbers: " + q.subject(), Folded: true, Screen: true, Where: "explanations.csv",
		Head: []headCell{{Text: "Input"}, {Text: "Value", Num: true}, {Text: "Interval", Num: true}, {Text: "Standard error", Num: true}}}
	row := func(name string, e *audit.Explanation) {
		if e == nil || e.Value == nil && e.Rank == 0 {
			return
		}
		value := cell{Text: "rank " + count(int64(e.Rank)), Num: true}
		if e.Value != nil {
			value = cell{Text: q.amount(*e.Value), Num: true, Exact: exact(e.Value)}
		}
		g.Rows = append(g.Rows, []cell{heading(name), value, {Text: q.spread(e), Num: true}, standardError(e, q.amount)})
	}
	for _, e := range q.features {
		row(featureName(e), e)
	}
	row("left by the draw of the background", q.rest)
	row(q.whole(), q.total)
	row("the gap of the logged "+q.answers()+" of these rows", q.logged)
	if q.log != nil && !q.every {
		g.Rows = append(g.Rows, []cell{heading("the gap in the whole log"), {Text: q.amount(*q.log.Value), Num: true, Exact: exact(q.log.Value)}, none(), none()})
	}
	return g
}

// standardError is a cell.
func standardError(e *audit.Explanation, amount func(float64) string) cell {
	if e.StandardError == nil {
		return none()
	}
	return cell{Text: strings.TrimPrefix(amount(*e.StandardError), "+"), Num: true, Exact: exact(e.StandardError)}
}
