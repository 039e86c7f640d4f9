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

// robustnessDetector has no section of its own: its numbers stand under the
// verdicts that they are about.
const robustnessDetector = "robustness"

// mostStrips bounds the comparisons drawn under one verdict.
const mostStrips = 6

// robustView is the strip under the verdicts of one limit.
type robustView struct {
	Title  string
	Gap    string // ratio or difference
	Strips []robustStrip
	Note   string
	How    string  // how to read the strips
	All    *grid   // every comparison, if not all are drawn
	Cuts   []panel // the gap at every cut of the score
	Tables []*grid
}

type robustStrip struct {
	Name    string
	Said    string
	Picture *dotsView
}

// robustAim is a gap and a limit that robustness turned it at.
type robustAim struct {
	f          family
	of         string // selection_rate_ratio
	limit      audit.Threshold
	attribute  string
	order      []string // comparisons
	by         map[string]map[string]*audit.Measurement
	difference bool
}

// words are the gap in a sentence: ratio of favorable rates.
func (a *robustAim) words(k *maker) string {
	rates := "favorable rates"
	if a.f.base != k.favorableRate() {
		rates = define(a.f.base).label
		if s, ok := strings.CutSuffix(rates, "y"); ok {
			rates = s + "ie"
		}
		rates += "s"
	}
	return a.gap() + " of " + rates
}

func (a *robustAim) gap() string {
	if a.difference {
		return "difference"
	}
	return "ratio"
}

// named is the limit as it is written in a sentence.
func (a *robustAim) named() string {
	if a.difference {
		return limitValue(clean(a.limit.Value), gap)
	}
	if l := a.limits(); len(l) == 2 {
		return ratio(l[0]) + " to " + ratio(l[1])
	}
	return clean(a.limit.Value)
}

// write is a value of the gap.
func (a *robustAim) write(x float64) string {
	if a.difference {
		return points(x)
	}
	return ratio(x)
}

// robust makes the strips of an attribute, for the gaps of a family: one for each
// limit.
func (k *maker) robust(f family, attribute string) []*robustView {
	var out []*robustView
	for _, a := range k.robustAims(f, attribute) {
		out = append(out, k.robustView(a))
	}
	return out
}

func (k *maker) robustView(a *robustAim) *robustView {
	v := &robustView{Title: fmt.Sprintf("How little would carry the %s across the limit of %s", a.words(k), a.named()), Gap: a.gap()}
	if !slices.ContainsFunc(k.r.Gates.Checks, func(c audit.Check) bool {
		return c.Metric == a.of && c.Attribute == a.attribute && c.Threshold.Value == a.limit.Value
	}) { // nobody is held to it
		v.Title = fmt.Sprintf("How little would carry the %s across %s", a.words(k), a.named())
	}
	verdicts := k.verdicts(a.f, a.attribute)
	slices.SortStableFunc(a.order, func(x, y string) int { return robustRank(verdicts, a.by[x]) - robustRank(verdicts, a.by[y]) })
	hidden := 0
	for _, id := range a.order {
		switch {
		case a.by[id]["flips_of_group"].Suppressed:
			hidden++
		case len(v.Strips) == mostStrips:
			v.Note = fmt.Sprintf("%d of %d comparisons are drawn; the table has all.", mostStrips, len(a.order))
		default:
			v.Strips = append(v.Strips, k.strip(a, a.by[id]))
		}
	}
	if v.Note != "" {
		v.All = robustTable(a)
	}
	if hidden > 0 {
		v.Note = join(" ", v.Note, "Suppressed: "+plural(hidden, "comparison", "comparisons")+" about few people, or that would tell about few people.")
	}
	if len(v.Strips) > 0 {
		v.How = robustHow(a)
	}
	v.Cuts = k.cutPanels(a)
	for i := range k.r.Tables {
		t := &k.r.Tables[i]
		if t.Detector == robustnessDetector && strings.HasPrefix(t.ID, a.table("")) {
			v.Tables = append(v.Tables, k.sheetTable(t))
		}
	}
	return v
}

// table is the id of one of its tables.
func (a *robustAim) table(what string) string {
	return robustnessDetector + "/" + a.attribute + "/" + a.of + "/" + a.limit.Value + "/" + what
}

// robustHow says how to read the strips, of what is in them.
func robustHow(a *robustAim) string {
	var parts []string
	left, cut := false, false
	for _, id := range a.order {
		for metric := range a.by[id] {
			left = left || strings.HasPrefix(metric, a.metric("leave_one_out", "low")+"/")
		}
		lo, hi := a.by[id][a.metric("cut", "low")], a.by[id][a.metric("cut", "high")]
		cut = cut || lo != nil && hi != nil && lo.Value != nil && hi.Value != nil && *hi.Value > *lo.Value
	}
	if left {
		parts = append(parts, "one part is left out")
	}
	if cut {
		parts = append(parts, "the score is cut elsewhere nearby")
	}
	s := "A dot as measured, with its interval"
	if len(parts) > 0 {
		s += ", and how far it goes when " + orList(parts)
	}
	return s + ". The shaded zone is what the limit allows. Within and beyond are said of the " + a.gap() + " itself; what chance says of it is in the verdict."
}

// metric names an end of a range of its kind of gap.
func (a *robustAim) metric(what, end string) string {
	switch {
	case a.difference:
		return what + "_difference_" + end
	case what == "cut":
		return "cut_ratio_" + end
	}
	return what + "_" + end
}

// robustTable says of every comparison what turns it.
func robustTable(a *robustAim) *grid {
	what := a.turned()
	g := &grid{Caption: "Every comparison, and what would turn it", Folded: true, Whole: true, Head: []headCell{label("Group"), label("Compared with"), numeric("Rows"),
		numeric(sentenceCase(what) + "s of the group"), numeric(sentenceCase(what) + "s of the other"), numeric("Rows counted for the other group"), label("Note")}}
	fewest := func(m *audit.Measurement) cell {
		switch {
		case m == nil || m.Value == nil && !m.Suppressed:
			return none()
		case m.Suppressed:
			return withheldOr(m, cell{})
		}
		return integer(int64(math.Round(*m.Value)))
	}
	for _, id := range a.order {
		ms := a.by[id]
		m := ms["flips_of_group"]
		g.Rows = append(g.Rows, []cell{group(m), reference(m), integer(m.N), fewest(m), fewest(ms["flips_of_reference"]), fewest(ms["relabels"]), text(robustMore(a, ms))})
	}
	return g.cut("comparisons")
}

// turned is what would have to be another one: a decision, or a label.
func (a *robustAim) turned() string {
	for _, id := range a.order {
		if strings.HasSuffix(a.by[id]["flips_of_group"].Parameters["counted"], "label") {
			return "label"
		}
	}
	return "decision"
}

func (k *maker) favorableRate() string {
	if k.r.Audit.Favorable {
		return "selection_rate"
	}
	return "favorable_rate"
}

// robustRank puts failed comparisons first, then undecided ones.
func robustRank(verdicts map[string]badge, m map[string]*audit.Measurement) int {
	for _, x := range m {
		switch verdicts[key(x.GroupKind, x.Group)].Class {
		case "fail":
			return 0
		case "open":
			return 1
		}
	}
	return 2
}

// robustAims are the gaps of a family that were turned, each with the numbers of
// every comparison by metric and by what was left out.
func (k *maker) robustAims(f family, attribute string) []*robustAim {
	var out []*robustAim
	for i := range k.r.Measurements {
		m := &k.r.Measurements[i]
		of := m.Parameters["of"]
		if m.Detector != robustnessDetector || m.Attribute != attribute || m.Reference == nil || of != f.ratio() && of != f.difference() {
			continue
		}
		k.x.shown[i] = true
		limit := audit.Threshold{Key: m.Parameters["limit_key"], Value: m.Parameters["limit"], Side: m.Parameters["limit_side"]}
		at := slices.IndexFunc(out, func(a *robustAim) bool { return a.of == of && a.limit == limit })
		if at < 0 {
			at = len(out)
			out = append(out, &robustAim{f: f, of: of, limit: limit, attribute: attribute, by: map[string]map[string]*audit.Measurement{}, difference: of == f.difference()})
		}
		a, id := out[at], key(m.GroupKind, m.Group)+"|"+*m.Reference
		if a.by[id] == nil {
			a.by[id] = map[string]*audit.Measurement{}
			a.order = append(a.order, id)
		}
		a.by[id][join("/", m.Metric, m.Parameters["left_out_of"])] = m
	}
	for _, a := range out {
		a.order = slices.DeleteFunc(a.order, func(id string) bool { return a.by[id]["flips_of_group"] == nil })
	}
	return slices.DeleteFunc(out, func(a *robustAim) bool { return len(a.order) == 0 })
}

// stripless says of the verdicts about an attribute that nothing turns, why.
func (k *maker) stripless(attribute string) []string {
	var out []string
	for _, c := range k.r.Gates.Checks {
		if c.Attribute != attribute {
			continue
		}
		about := "robustness: nothing turns the limit on " + words(c.Metric) + ", which "
		for _, note := range k.r.Notes {
			if why, ok := strings.CutPrefix(note, about); ok {
				said := "No strip under the verdict on the " + define(c.Metric).label + ": it " + clean(why) + "."
				if !slices.Contains(out, said) {
					out = append(out, said)
				}
			}
		}
	}
	return out
}

// strip draws one comparison: the gap as it is, and how far it goes when a part
// is left out or the score is cut elsewhere nearby.
func (k *maker) strip(a *robustAim, ms map[string]*audit.Measurement) robustStrip {
	any := ms["flips_of_group"]
	out := robustStrip{Name: groupName(any) + " beside " + referenceName(any), Said: robustSaid(k, a, ms)}
	var measured *audit.Measurement
	for _, p := range k.pairings(a.f, a.attribute)[key(any.GroupKind, any.Group)] {
		if *p.reference == *any.Reference {
			if measured = p.ratio; a.difference {
				measured = p.difference
			}
		}
	}
	if measured == nil || measured.Value == nil {
		return out
	}
	v := &dotsView{Class: "strip"}
	p := svg.Dots{ID: k.id(), Class: "strip", Title: out.Name + ": " + a.words(k), Format: a.write}
	low, high := *measured.Value, *measured.Value
	add := func(name, value string, at, from, to *float64) {
		d := svg.Dot{Value: at, Low: from, High: to, Class: "c0", Tip: name + ": " + value}
		for _, x := range []*float64{at, from, to} {
			if x != nil {
				low, high = min(low, *x), max(high, *x)
			}
		}
		v.Rows, p.Rows = append(v.Rows, dotsRow{Name: name, Value: value, Class: "c0"}), append(p.Rows, d)
	}
	if iv := measured.Interval; iv != nil {
		add("as measured", a.write(*measured.Value), measured.Value, iv.Low, iv.High)
	} else {
		add("as measured", a.write(*measured.Value), measured.Value, nil, nil)
	}
	span := func(name string, lo, hi *audit.Measurement) {
		if lo != nil && hi != nil && lo.Value != nil && hi.Value != nil {
			add(name, a.write(*lo.Value)+" to "+a.write(*hi.Value), measured.Value, lo.Value, hi.Value)
		}
	}
	for _, id := range sortedKeys(ms) {
		if part, ok := strings.CutPrefix(id, a.metric("leave_one_out", "low")+"/"); ok {
			span("without one "+k.strataName(part), ms[id], ms[a.metric("leave_one_out", "high")+"/"+part])
		}
	}
	if lo, hi := ms[a.metric("cut", "low")], ms[a.metric("cut", "high")]; lo != nil && hi != nil && lo.Value != nil && hi.Value != nil && *hi.Value > *lo.Value {
		span("score cut nearby", lo, hi)
	}
	v.N = len(v.Rows)
	limits := a.limits()
	for _, x := range limits {
		low, high = min(low, x), max(high, x)
	}
	if a.difference {
		p.Scale = svg.Linear(low, high, 4)
		p.Scale.Ticks = spread(append(slices.Clone(limits), 0), func(x, y float64) float64 { return math.Abs(x-y) / (p.Scale.Max - p.Scale.Min) })
	} else {
		p.Scale = svg.Logarithmic(max(0.02, low), min(50, high))
		p.Scale.Ticks = spread(append(slices.Clone(limits), 1), func(x, y float64) float64 { return math.Abs(math.Log(x/y)) / math.Log(p.Scale.Max/p.Scale.Min) })
	}
	zone := [2]float64{limits[0], p.Scale.Max}
	if len(limits) > 1 {
		zone[1] = limits[1]
	}
	p.Zone = &zone
	p.Desc = out.Said
	v.SVG = template.HTML(p.String())
	out.Picture = v
	return out
}

// spread keeps those of some ticks, the first before others, whose labels do not meet
// on a narrow screen, in rising order. apart is the share of the scale between two.
func spread(ticks []float64, apart func(x, y float64) float64) []float64 {
	const room = 0.16
	var out []float64
	for _, x := range ticks {
		if !slices.ContainsFunc(out, func(y float64) bool { return apart(x, y) < room }) {
			out = append(out, x)
		}
	}
	slices.Sort(out)
	return out
}

// limits are the ends of what its limit allows.
func (a *robustAim) limits() []float64 {
	t := a.limit
	if a.difference {
		t.Key = "max_difference"
	}
	if l := limitsOf(t); len(l) > 0 {
		return l
	}
	return []float64{0.8, 1.25}
}

// strataName is what strata are called: Dept × Level, or month.
func (k *maker) strataName(strata string) string {
	if every := k.r.Audit.WindowEvery; strata == "window" && every != "" && every != "ranges" {
		return clean(every)
	}
	return attributeName(strata)
}

func sortedKeys(ms map[string]*audit.Measurement) []string {
	var out []string
	for id := range ms {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// robustnessDefinition explains the numbers under verdicts.
func robustnessDefinition(metric string) (definition, bool) {
	d := definition{scale: number}
	switch metric {
	case "flips_of_group":
		d.label, d.plain = "decisions of the group that turn it", "The fewest decisions about a group that would have to be other ones for the gap to lie on the other side of its limit. Of a predictive value or a base rate: labels."
	case "flips_of_reference":
		d.label, d.plain = "decisions of the reference that turn it", "The fewest decisions about the group compared with that would have to be other ones for the gap to lie on the other side of its limit."
	case "relabels":
		d.label, d.plain = "rows counted for the other group that turn it", "The fewest rows that would have to belong to the other group for the gap to lie on the other side of its limit."
	case "leave_one_out_low", "leave_one_out_high", "leave_one_out_difference_low", "leave_one_out_difference_high":
		d.label, d.plain = "one part left out", "The most extreme value of the gap when one window, stratum or file is left out."
	case "cut_margin":
		d.label, d.scale = "rows to the other side of the limit", share
		d.plain = "The share of rows between the cut of the score that is used and the nearest one at which the gap is on the other side of its limit."
	case "cut_ratio_low", "cut_ratio_high", "cut_difference_low", "cut_difference_high":
		d.label, d.plain = "near cuts", "The most extreme value of the gap at cuts of the score near the one that is used."
	default:
		return d, false
	}
	if end := metric[strings.LastIndexByte(metric, '_')+1:]; end == "low" || end == "high" {
		kind := "ratio"
		if d.scale = quotient; strings.Contains(metric, "_difference_") {
			kind, d.scale = "difference", gap
		}
		d.label = map[string]string{"low": "lowest ", "high": "highest "}[end] + kind + ", " + d.label
	}
	return d, true
}
