package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// explainView is what one explainer says.
type explainView struct {
	ID, Title, Question, Definition, DoesNotShow, State string
	Figures                                             []explainFigure
}

// explainFigure is the answer to one question: a picture, strips of them with a
// sentence each, or small panels, and the numbers below.
type explainFigure struct {
	Title, Sub string
	Picture    *dotsView
	Strips     []robustStrip
	Panels     []panel
	Read       string // how to read the picture
	Tables     []*grid
}

// Bare tells a figure that has nothing but its table, and is not printed.
func (f explainFigure) Bare() bool {
	return f.Picture == nil && len(f.Strips)+len(f.Panels) == 0 && len(f.Tables) > 0 && f.Read == ""
}

// PaperNote says where the numbers are that are not printed.
func (v explainView) PaperNote() string {
	bare := 0
	for _, f := range v.Figures {
		if f.Bare() {
			bare++
		}
	}
	if bare > 0 {
		return fmt.Sprintf("%s of %s are on the screen; all numbers are in explanations.csv.", count(int64(bare)), plural(len(v.Figures), "answer", "answers"))
	}
	return ""
}

// Short is the first answer, for the list at the top of the section.
func (v explainView) Short() string {
	if len(v.Figures) == 0 || strings.HasPrefix(v.State, "Refused") {
		return v.State
	}
	text := v.Figures[0].Title + "."
	if n := len(v.Figures) - 1; n > 0 {
		text += fmt.Sprintf(" And %s.", plural(n, "more answer", "more answers"))
	}
	return text
}

// drawnQuestions is how many questions of an explainer are drawn; the numbers
// of all are in tables and in result.json.
const drawnQuestions = 6

// drawnFeatures is how many inputs a picture has; smaller ones are one bar.
const drawnFeatures = 10

// explanations are the explainers that ran, each with its pictures.
func (k *maker) explanations() []explainView {
	by := map[string][]*audit.Explanation{}
	for i := range k.r.Explanations {
		e := &k.r.Explanations[i]
		by[e.Explainer] = append(by[e.Explainer], e)
	}
	all := questions(k.r)
	var out []explainView
	for i, e := range k.r.Explainers {
		v := explainView{ID: fmt.Sprintf("explained-%d", i+1), Title: e.Title, Question: plainQuestion(e.Name), Definition: "Definition: " + e.Definition, DoesNotShow: "What it does not show: " + lowerFirst(e.DoesNotShow), State: explainedState(e)}
		list := by[e.Name]
		switch e.Name {
		case "attribution":
			v.Figures = k.swarms(list)
		case "dependence":
			v.Figures = k.dependences(list)
		case "flip":
			v.Figures = k.flips(list)
		case "proxies":
			v.Figures = k.proxies(list)
		case "decomposition":
			v.Figures = k.decompositions(list)
		case "surrogate":
			v.Figures = append(k.fidelity(list), k.questionFigures(all, e.Name)...)
		case "stability":
			v.Figures = k.stability(list)
		default:
			v.Figures = k.questionFigures(all, e.Name)
		}
		once(v.Figures)
		if len(v.Figures) == 0 && v.State == "" {
			v.State = "It has no numbers: what was left out, and why, stands on the first screen."
			if k.r.Privacy != nil {
				v.State = "Its numbers are left out, because of small cells."
			}
		}
		out = append(out, v)
	}
	return out
}

// once keeps how to read a picture at the first of those that are read so.
func once(figures []explainFigure) {
	told := map[string]bool{}
	for i := range figures {
		f := &figures[i]
		if told[f.Read] {
			f.Read = ""
		}
		told[f.Read] = true
	}
}

// explainedState says how far an explainer came, if not to the end.
func explainedState(e audit.Explainer) string {
	switch {
	case e.Status == "refused":
		return "Refused: " + stopped(clean(e.Reason))
	case e.Reason != "":
		return "Not complete: " + stopped(clean(e.Reason))
	}
	return ""
}

// questionFigures draw the explanations that are parts of something.
func (k *maker) questionFigures(all []*explained, explainer string) []explainFigure {
	var out []explainFigure
	for _, q := range all {
		if q.explainer != explainer || len(q.features) == 0 {
			continue
		}
		said := slices.DeleteFunc([]string{q.warning(), q.beside(), howExplained(k.r, q)}, func(s string) bool { return s == "" })
		f := explainFigure{Title: upperFirst(q.subject()), Sub: strings.Join(said, " "), Tables: []*grid{k.explainTable(q)}}
		if len(out) < drawnQuestions {
			f.Read = q.ranks()
			if f.Picture = k.explainPicture(q); f.Picture != nil {
				f.Title, f.Read = q.finding(), q.reading()
			}
			if p := k.bars(upperFirst(q.subject())+", within strata", q.measure(), partsOf(q.within), nil); p != nil {
				f.Strips = []robustStrip{{"Dealt out within strata alone", "The same, but an input’s values go only to rows of the same stratum, so that no rows are made that nobody has there.", p}}
			}
		}
		if len(q.within) > 0 {
			f.Tables = append(f.Tables, withinTable(q))
		}
		out = append(out, f)
	}
	return out
}

// lowerFirst begins a sentence that goes on with a small letter.
func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// groupColor is the color that a group has in the whole report.
func (k *maker) groupColor(attribute string, group *string) string {
	return k.color(attribute, &audit.Measurement{Attribute: attribute, Group: group, GroupKind: audit.KindValue})
}

// partyName is how a group of an explanation is called.
func partyName(attribute string, group *string) string {
	switch {
	case group == nil:
		return "everybody"
	case *group == restGroup:
		return "everybody else"
	}
	return memberName(attribute, *group)
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
	if d := m.Determinism; d != nil && m.Parity != nil {
		row("Asked again", scoresApart(d.Rows, d.Largest, m.Parity.Tolerance))
	}
	row("Rows asked about", count(int64(m.Rows)))
	row("Rows scored", fmt.Sprintf("%s of at most %s", count(m.ModelRows), count(m.Budget)))
	row("Why nothing is explained with it", m.Refused)
	return g
}
