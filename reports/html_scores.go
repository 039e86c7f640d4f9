package reports

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// The detectors that have sections of their own.
const (
	calibrationDetector = "calibration"
	scoreDetector       = "score_gap"
	driftDetector       = "drift"
)

// aboutScores tells the detectors of the section about scores.
func aboutScores(detector string) bool {
	return detector == calibrationDetector || detector == scoreDetector
}

// ownSection tells the detectors that the sections of attributes leave out.
func ownSection(detector string) bool {
	switch detector {
	case completenessDetector, driftDetector, conditionalDetector, robustnessDetector, subgroupsDetector, changeDetector, ll144Detector, adverseDetector:
		return true
	}
	return aboutScores(detector) || aboutAbsent(detector)
}

// figure is a set of pictures with one title, and the data below.
type figureView struct {
	Title, Sub, Note string
	Panels           []panel
	Table            *grid
}

// scoresView is what the report says about scores, by one attribute.
type scoresView struct {
	ID, Name, Empty string
	Figures         []figureView
	Numbers         *grid

	HTML template.HTML // all of it, rendered
}

// scores makes the section about scores; it has a part per attribute, and one
// about everybody where there is no attribute.
func (k *maker) scores() []scoresView {
	var names []string
	found := map[string][]*audit.Measurement{}
	for i := range k.r.Measurements {
		m := &k.r.Measurements[i]
		if !aboutScores(m.Detector) {
			continue
		}
		if found[m.Attribute] == nil {
			names = append(names, m.Attribute)
		}
		found[m.Attribute] = append(found[m.Attribute], m)
		if m.Window == audit.AllWindows && m.Version == nil && m.Stratum == nil {
			k.x.shown[i] = true
		}
	}
	var out []scoresView
	for i, name := range names {
		v := scoresView{ID: fmt.Sprintf("s%d", i+1), Name: clean(name)}
		if name == "" {
			v.Name = "Everybody"
		}
		curve := k.calibration(name)
		for _, f := range []*figureView{curve, k.distributions(name)} {
			if f != nil {
				v.Figures = append(v.Figures, *f)
			}
		}
		whole := slices.DeleteFunc(slices.Clone(found[name]), func(m *audit.Measurement) bool {
			return m.Window != audit.AllWindows || m.Version != nil || m.Stratum != nil
		})
		if curve == nil {
			v.Empty = noCurve(whole)
		}
		if len(whole) > 0 {
			v.Numbers = k.list("All "+count(int64(len(whole)))+" numbers about scores over the whole period", whole)
			v.Numbers.Folded = true
		}
		out = append(out, v)
	}
	return out
}

// noCurve says why there are no calibration curves.
func noCurve(ms []*audit.Measurement) string {
	for _, m := range ms {
		if m.Detector == calibrationDetector && m.Value == nil && !m.Suppressed && m.Note != "" && strings.HasPrefix(m.Metric, "calibration") {
			return "No calibration curves: " + strings.TrimPrefix(clean(m.Note), "undefined: ") + "."
		}
	}
	return ""
}

// distributions draws the scores of each group against those of the reference.
func (k *maker) distributions(attribute string) *figureView {
	s := k.sheetOf(scoreDetector, "histogram", scoreDetector+"/"+attribute, "group", "low", "high", "n", "share")
	if s == nil {
		return nil
	}
	list, ref := k.others(attribute, s.cohorts())
	if len(list) == 0 || ref == nil {
		return nil
	}
	v := &figureView{Title: k.scoreTitle(attribute), Sub: "Share of each group’s scores in each bin, upward; below the line, upside down, " + ref.label() + ". One scale for all panels, so equal shapes mean equal scores."}
	drawn := k.widestFirst(attribute, "superiority", list)
	if n := len(drawn); n > k.panels {
		drawn = drawn[:k.panels]
		v.Note = fmt.Sprintf("The %d of %d groups whose scores lie farthest apart are drawn; the table has more.", k.panels, n)
	}
	low, high, top := math.Inf(1), math.Inf(-1), 0.0
	bars := map[string][]svg.Bar{}
	for _, c := range append(slices.Clone(drawn), *ref) {
		b := s.bars(c)
		bars[c.label()] = b
		for _, x := range b {
			low, high, top = min(low, x.Left), max(high, x.Right), max(top, x.Share)
		}
	}
	if !(high > low) || top == 0 {
		return nil
	}
	up := svg.Linear(0, 1.15*top, 3) // room for the names
	axis := svg.Linear(low, high, 5)
	axis.Min, axis.Max = low, high
	axis.Ticks = slices.DeleteFunc(axis.Ticks, axis.Outside)
	for _, c := range drawn {
		name := c.label()
		p := panel{Name: name, Class: k.color(attribute, c.measured()), Value: "n " + count(s.total(c))}
		m := svg.Mirror{ID: k.id(), Class: p.Class, X: axis, Format: brief, Top: up.Max, TopText: tickPercent(up.Max),
			Above: bars[name], Below: bars[ref.label()], Names: [2]string{shorten(name, 24), shorten(ref.label(), 24)},
			Title: "Scores of " + name + " and of " + ref.label(), Desc: k.scoreSentence(attribute, c) + " The table below lists every bin."}
		p.SVG = template.HTML(m.String()) // every text in it was escaped by package svg
		v.Panels = append(v.Panels, p)
	}
	v.Table = k.sheetTable(s.table)
	return v
}

// bars are a group's bins; scores that stand for themselves get the room
// between them and their neighbors.
func (s *sheet) bars(c cohort) []svg.Bar {
	var out []svg.Bar
	var single []float64
	for _, row := range c.rows {
		a, ok1 := s.number(row, "low")
		b, ok2 := s.number(row, "high")
		share, ok3 := s.number(row, "share")
		if !ok1 || !ok2 || !ok3 {
			continue
		}
		n, _ := s.number(row, "n")
		text := brief(a) + " to " + brief(b)
		if a == b {
			text = brief(a)
			single = append(single, a)
		}
		out = append(out, svg.Bar{Left: a, Right: b, Share: share, Tip: c.label() + ", " + text + ": " + percent(share) + ", n " + count(int64(n))})
	}
	step := math.Inf(1)
	for i := 1; i < len(single); i++ {
		if d := single[i] - single[i-1]; d > 0 {
			step = min(step, d)
		}
	}
	if math.IsInf(step, 1) {
		step = 1
	}
	for i := range out {
		if out[i].Left == out[i].Right {
			out[i].Left, out[i].Right = out[i].Left-step/2, out[i].Right+step/2
		}
	}
	return out
}

// total is the number of cases in a group's bins.
func (s *sheet) total(c cohort) int64 {
	var n float64
	for _, row := range c.rows {
		x, _ := s.number(row, "n")
		n += x
	}
	return int64(n)
}

// number of a group over the whole period, without parameters or with the ones
// given.
func (k *maker) groupNumber(detector, metric, attribute string, c cohort, parameter, value string) *audit.Measurement {
	for _, m := range k.at(detector, metric, attribute) {
		if m.GroupKind == c.kind && key(m.GroupKind, m.Group) == key(c.kind, c.name) && m.Parameters[parameter] == value {
			return m
		}
	}
	return nil
}

// widestFirst sorts groups by how far a number of theirs is from none, and
// keeps the order of the table among equals.
func (k *maker) widestFirst(attribute, metric string, list []cohort) []cohort {
	far := func(c cohort) float64 {
		if m := k.groupNumber(scoreDetector, metric, attribute, c, "", ""); m != nil && m.Value != nil {
			return surely(m)
		}
		return -1
	}
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b cohort) int {
		switch x, y := far(a), far(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return out
}

// surely is how far a gap is from none at least: the end of its interval that
// is nearer, and 0 when it holds none. A tiny group does not win by chance.
func surely(m *audit.Measurement) float64 {
	iv := m.Interval
	switch {
	case iv == nil || iv.Low == nil || iv.High == nil:
		return math.Abs(*m.Value)
	case *iv.Low <= 0 && *iv.High >= 0:
		return 0
	}
	return min(math.Abs(*iv.Low), math.Abs(*iv.High))
}

// scoreTitle is the sentence about the group whose scores lie farthest from
// the reference and are told apart from it.
func (k *maker) scoreTitle(attribute string) string {
	var best *audit.Measurement
	defined := false
	for _, m := range pairs(k.at(scoreDetector, "superiority", attribute)) {
		if m.Value == nil || m.GroupKind != audit.KindValue {
			continue
		}
		defined = true
		if d := surely(m); d > 0 && (best == nil || d > surely(best)) {
			best = m
		}
	}
	switch {
	case best != nil:
		return sentenceOfPairs(best)
	case defined:
		return "No group’s scores could be told apart from those it is compared with."
	}
	return "Scores of each group beside those it is compared with."
}

func (k *maker) scoreSentence(attribute string, c cohort) string {
	if m := k.groupNumber(scoreDetector, "superiority", attribute, c, "", ""); m != nil && m.Value != nil && m.Reference != nil {
		return sentenceOfPairs(m)
	}
	return "Two histograms on one scale."
}

// sentenceOfPairs says a superiority as a share of pairs.
func sentenceOfPairs(m *audit.Measurement) string {
	half := func(x float64) string { return fixed(100*(0.5+x), 1) + thin + "%" }
	s := fmt.Sprintf("Draw one from %s and one from %s: the first has the higher score in %s of pairs", shortName(m), shorten(referenceName(m), 40), half(*m.Value))
	if iv := m.Interval; iv != nil && iv.Low != nil && iv.High != nil {
		s += " (" + half(*iv.Low) + " to " + half(*iv.High) + ")"
	}
	return s + ", ties counted half."
}
