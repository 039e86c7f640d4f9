package reports

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// explainView is what one explainer says.
type explainView struct {
	ID, Title, Definition, DoesNotShow, Reason string
	Figures                                    []explainFigure
}

type explainFigure struct {
	Title, Sub string
	Picture    *dotsView
	Table      *grid
}

// drawnQuestions is how many questions of an explainer are drawn; the numbers
// of all are in tables and in result.json.
const drawnQuestions = 6

// drawnFeatures is how many inputs a picture has; smaller ones are one bar.
const drawnFeatures = 10

// explanations are the explainers that ran, each with its pictures.
func (k *maker) explanations() []explainView {
	var out []explainView
	all := questions(k.r)
	for i, e := range k.r.Explainers {
		v := explainView{ID: fmt.Sprintf("explained-%d", i+1), Title: e.Title, Definition: e.Definition, DoesNotShow: e.DoesNotShow, Reason: clean(e.Reason)}
		for _, q := range all {
			if q.explainer != e.Name || len(q.features) == 0 {
				continue
			}
			f := explainFigure{Title: upperFirst(q.subject()), Sub: howExplained(k.r, q), Table: k.explainTable(q)}
			if len(v.Figures) < drawnQuestions {
				f.Picture = k.explainPicture(q)
			}
			v.Figures = append(v.Figures, f)
		}
		out = append(out, v)
	}
	return out
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// explainPicture draws a gap as a waterfall, from none to the whole, and else
// bars from 0.
func (k *maker) explainPicture(q *explained) *dotsView {
	var steps []svg.Step
	v := &dotsView{Class: "features"}
	at, low, high := 0.0, 0.0, 0.0
	add := func(name string, from, value float64, e *audit.Explanation) {
		s := svg.Step{From: from, To: from + value, Tip: name + ": " + q.amount(value)}
		if e != nil && e.Interval != nil && e.Interval.Low != nil && e.Interval.High != nil {
			l, h := from+*e.Interval.Low, from+*e.Interval.High
			s.Low, s.High = &l, &h
			s.Tip += ", interval " + q.spread(e)
			low, high = math.Min(low, l), math.Max(high, h)
		}
		low, high = math.Min(low, math.Min(s.From, s.To)), math.Max(high, math.Max(s.From, s.To))
		steps = append(steps, s)
		v.Rows = append(v.Rows, dotsRow{Name: name, Value: q.amount(value)})
	}
	others, smaller := 0, 0.0
	for i, e := range q.features {
		switch {
		case e.Value == nil:
		case i < drawnFeatures:
			add(featureName(e), at, *e.Value, e)
		default:
			others++
			smaller += *e.Value
		}
		if q.total != nil && e.Value != nil && i < drawnFeatures {
			at += *e.Value
		}
	}
	if q.rest != nil && q.rest.Value != nil && math.Abs(*q.rest.Value) > 1e-12 {
		smaller += *q.rest.Value
		others++
	}
	if others > 0 && q.total != nil {
		add("the rest", at, smaller, nil)
	}
	if q.total != nil && q.total.Value != nil {
		add("whole gap", 0, *q.total.Value, q.total)
	}
	if len(steps) == 0 || low == high {
		return nil
	}
	v.N = len(steps)
	v.SVG = template.HTML(svg.Waterfall{
		ID: k.id(), Class: "features", Title: upperFirst(q.subject()), Desc: "One bar for each input; the numbers are in the table below.",
		Scale: svg.Linear(low, high, 4), Format: q.amount, Steps: steps,
	}.String())
	return v
}

// explainTable has the numbers of a question.
func (k *maker) explainTable(q *explained) *grid {
	g := &grid{Caption: "Numbers: " + q.subject(), Folded: true, Screen: true, Where: "result.json",
		Head: []headCell{{Text: "Input"}, {Text: "Value", Num: true}, {Text: "Interval", Num: true}, {Text: "Standard error", Num: true}}}
	row := func(name string, e *audit.Explanation) {
		if e == nil || e.Value == nil {
			return
		}
		se := "none"
		if e.StandardError != nil {
			se = q.amount(*e.StandardError)
		}
		g.Rows = append(g.Rows, []cell{{Text: name, Head: true, Name: true}, {Text: q.amount(*e.Value), Num: true}, {Text: q.spread(e), Num: true}, {Text: strings.TrimPrefix(se, "+"), Num: true}})
	}
	for _, e := range q.features {
		row(featureName(e), e)
	}
	row("left by "+"the draw of the background", q.rest)
	row("whole gap", q.total)
	return g
}

// explainedModel has the facts of the model that was asked.
func (k *maker) explainedModel() *grid {
	m := k.r.Model
	if m == nil {
		return nil
	}
	g := &grid{Caption: "The model", Head: []headCell{{Text: "Fact"}, {Text: "Value"}}}
	row := func(name, value string) {
		if value != "" {
			g.Rows = append(g.Rows, []cell{{Text: name, Head: true, Name: true}, {Text: clean(value)}})
		}
	}
	row("Type", m.Type)
	row("File", m.Path)
	row("SHA-256", m.SHA256)
	row("Command", strings.Join(m.Command, " "))
	for _, f := range m.Files {
		row("SHA-256 of "+clean(f.Path), f.SHA256)
	}
	row("Address", m.URL)
	if m.Trees > 0 {
		row("Trees", count(int64(m.Trees)))
	}
	var inputs []string
	for _, in := range m.Inputs {
		inputs = append(inputs, in.Column)
	}
	row("Inputs, by their columns", strings.Join(inputs, ", "))
	row("Number taken for the score", m.Output)
	if m.Threshold != "" {
		row("Positive decision", "score "+m.Threshold)
	}
	if m.Parity != nil {
		row("Beside the log", parityText(m.Parity))
	}
	if d := m.Determinism; d != nil {
		row("Asked again", fmt.Sprintf("%s, %s rows differ by at most %.2g", d.Verdict, count(int64(d.Rows)), d.Largest))
	}
	row("Rows asked about", count(int64(m.Rows)))
	row("Rows scored", fmt.Sprintf("%s of at most %s", count(m.ModelRows), count(m.Budget)))
	row("Why nothing is explained with it", m.Refused)
	return g
}
