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

// robustView is the strip under a verdict.
type robustView struct {
	Title  string
	Strips []robustStrip
	Note   string
	How    string  // how to read the strips
	All    *grid   // every comparison, if not all are drawn
	Cuts   []panel // the ratio at every cut of the score
	Tables []*grid
}

type robustStrip struct {
	Name    string
	Said    string
	Picture *dotsView
}

// robust makes the strip of an attribute, for the family whose gap robustness
// turns: the favorable rate.
func (k *maker) robust(f family, attribute string) *robustView {
	if f.base != k.favorableRate() {
		return nil
	}
	order, by := k.robustNumbers(attribute)
	if len(order) == 0 {
		return nil
	}
	v := &robustView{Title: "How little would turn the verdict"}
	if gate(k.at(f.detector, f.ratio(), attribute)) == nil {
		v.Title = "How little would carry the ratio across " + clean(by[order[0]]["flips_of_group"].Parameters["limit"])
	}
	verdicts := k.verdicts(f, attribute)
	slices.SortStableFunc(order, func(a, b string) int {
		return robustRank(verdicts, by[a]) - robustRank(verdicts, by[b])
	})
	for i, id := range order {
		if i == mostStrips {
			v.Note = fmt.Sprintf("%d of %d comparisons are drawn; the table has all.", mostStrips, len(order))
			v.All = robustTable(order, by)
			break
		}
		v.Strips = append(v.Strips, k.strip(f, attribute, by[id]))
	}
	v.How = robustHow(order, by)
	v.Cuts = k.cutPanels(attribute, order, by, robustLimits(k.firstRatio(f, attribute), by[order[0]]["flips_of_group"]))
	for i := range k.r.Tables {
		t := &k.r.Tables[i]
		if t.Detector == robustnessDetector && strings.HasPrefix(t.ID, robustnessDetector+"/"+attribute+"/") {
			v.Tables = append(v.Tables, k.sheetTable(t))
		}
	}
	return v
}

// robustHow says how to read the strips, of what is in them.
func robustHow(order []string, by map[string]map[string]*audit.Measurement) string {
	var parts []string
	left, cut := false, false
	for _, id := range order {
		for metric := range by[id] {
			left = left || strings.HasPrefix(metric, "leave_one_out_low/")
		}
		lo, hi := by[id]["cut_ratio_low"], by[id]["cut_ratio_high"]
		cut = cut || lo != nil && hi != nil && lo.Value != nil && hi.Value != nil && *hi.Value > *lo.Value
	}
	if left {
		parts = append(parts, "one part is left out")
	}
	if cut {
		parts = append(parts, "the score is cut elsewhere nearby")
	}
	s := "Ratio of favorable rates: a dot as measured, with its interval"
	if len(parts) > 0 {
		s += ", and how far it goes when " + orList(parts)
	}
	return s + ". The shaded zone is what the limit allows."
}

// firstRatio is a ratio with a limit on it, or an empty one.
func (k *maker) firstRatio(f family, attribute string) *audit.Measurement {
	for _, m := range k.at(f.detector, f.ratio(), attribute) {
		if m.Threshold != nil {
			return m
		}
	}
	return &audit.Measurement{}
}

// robustTable says of every comparison what turns it.
func robustTable(order []string, by map[string]map[string]*audit.Measurement) *grid {
	g := &grid{Caption: "Every comparison, and what would turn it", Folded: true, Whole: true, Head: []headCell{label("Group"), label("Compared with"), numeric("Rows"),
		numeric("Decisions of the group"), numeric("Decisions of the other"), numeric("Rows counted for the other group"), label("Note")}}
	fewest := func(m *audit.Measurement) cell {
		if m == nil || m.Value == nil {
			return none()
		}
		return integer(int64(math.Round(*m.Value)))
	}
	for _, id := range order {
		ms := by[id]
		m := ms["flips_of_group"]
		g.Rows = append(g.Rows, []cell{group(m), reference(m), integer(m.N), fewest(m), fewest(ms["flips_of_reference"]), fewest(ms["relabels"]), text(robustMore(ms))})
	}
	return g.cut("comparisons")
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

// robustNumbers are the numbers of every comparison, by metric and by what was
// left out.
func (k *maker) robustNumbers(attribute string) (order []string, by map[string]map[string]*audit.Measurement) {
	by = map[string]map[string]*audit.Measurement{}
	for i := range k.r.Measurements {
		m := &k.r.Measurements[i]
		if m.Detector != robustnessDetector || m.Attribute != attribute || m.Reference == nil {
			continue
		}
		k.x.shown[i] = true
		id := key(m.GroupKind, m.Group) + "|" + *m.Reference
		if by[id] == nil {
			by[id] = map[string]*audit.Measurement{}
			order = append(order, id)
		}
		by[id][join("/", m.Metric, m.Parameters["left_out_of"])] = m
	}
	order = slices.DeleteFunc(order, func(id string) bool { return by[id]["flips_of_group"] == nil })
	return order, by
}

// strip draws one comparison: the ratio as it is, and how far it goes when a part
// is left out or the score is cut elsewhere nearby.
func (k *maker) strip(f family, attribute string, ms map[string]*audit.Measurement) robustStrip {
	any := ms["flips_of_group"]
	out := robustStrip{Name: groupName(any) + " beside " + referenceName(any), Said: robustSaid(ms, unit(k.r))}
	var measured *audit.Measurement
	for _, p := range k.pairings(f, attribute)[key(any.GroupKind, any.Group)] {
		if *p.reference == *any.Reference {
			measured = p.ratio
		}
	}
	if measured == nil || measured.Value == nil {
		return out
	}
	v := &dotsView{Class: "strip"}
	p := svg.Dots{ID: k.id(), Class: "strip", Title: out.Name + ": ratio of favorable rates", Format: ratio}
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
		add("as measured", ratio(*measured.Value), measured.Value, iv.Low, iv.High)
	} else {
		add("as measured", ratio(*measured.Value), measured.Value, nil, nil)
	}
	for _, id := range sortedKeys(ms) {
		part, ok := strings.CutPrefix(id, "leave_one_out_low/")
		if hi := ms["leave_one_out_high/"+part]; ok && hi != nil && hi.Value != nil && ms[id].Value != nil {
			add("without one "+k.strataName(part), ratio(*ms[id].Value)+" to "+ratio(*hi.Value), measured.Value, ms[id].Value, hi.Value)
		}
	}
	if lo, hi := ms["cut_ratio_low"], ms["cut_ratio_high"]; lo != nil && hi != nil && lo.Value != nil && hi.Value != nil && *hi.Value > *lo.Value {
		add("score cut nearby", ratio(*lo.Value)+" to "+ratio(*hi.Value), measured.Value, lo.Value, hi.Value)
	}
	v.N = len(v.Rows)
	limits := robustLimits(measured, any)
	for _, x := range limits {
		low, high = min(low, x), max(high, x)
	}
	p.Scale = svg.Logarithmic(max(0.02, low), min(50, high))
	zone := [2]float64{limits[0], p.Scale.Max}
	if len(limits) > 1 {
		zone[1] = limits[1]
	}
	p.Zone = &zone
	p.Scale.Ticks = apart(append(slices.Clone(limits), 1), math.Log(p.Scale.Max/p.Scale.Min))
	p.Desc = out.Said
	v.SVG = template.HTML(p.String())
	out.Picture = v
	return out
}

// apart keeps those of some ratios, the first before others, whose labels do not meet
// on a narrow screen, in rising order. width is that of the scale, in logarithms.
func apart(ratios []float64, width float64) []float64 {
	const room = 0.16 // of the width
	var out []float64
	for _, x := range ratios {
		if !slices.ContainsFunc(out, func(y float64) bool { return math.Abs(math.Log(x/y)) < room*width }) {
			out = append(out, x)
		}
	}
	slices.Sort(out)
	return out
}

// robustLimits are the limits of the ratio: those of its gate, or both sides of
// the one that robustness took.
func robustLimits(measured, any *audit.Measurement) []float64 {
	if measured.Threshold != nil {
		if l := limitsOf(*measured.Threshold); len(l) > 0 {
			return l
		}
	}
	if l := limitsOf(audit.Threshold{Key: "min_ratio", Value: any.Parameters["limit"], Side: "both"}); len(l) > 0 {
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
		d.label, d.plain = "decisions of the group that turn the verdict", "The fewest decisions about a group that would have to be other ones for the ratio of favorable rates to lie on the other side of its limit."
	case "flips_of_reference":
		d.label, d.plain = "decisions of the reference that turn the verdict", "The fewest decisions about the group compared with that would have to be other ones for the ratio to lie on the other side of its limit."
	case "relabels":
		d.label, d.plain = "rows counted for the other group that turn the verdict", "The fewest rows that would have to belong to the other group for the ratio to lie on the other side of its limit."
	case "leave_one_out_low", "leave_one_out_high":
		d.label, d.scale = "lowest ratio, one part left out", quotient
		if metric == "leave_one_out_high" {
			d.label = "highest ratio, one part left out"
		}
		d.plain = "The most extreme ratio of favorable rates when one window, stratum or file is left out."
	case "cut_margin":
		d.label, d.scale = "rows to another verdict", share
		d.plain = "The share of rows between the cut of the score that is used and the nearest one with another verdict."
	case "cut_ratio_low", "cut_ratio_high":
		d.label, d.scale = "lowest ratio at near cuts", quotient
		if metric == "cut_ratio_high" {
			d.label = "highest ratio at near cuts"
		}
		d.plain = "The most extreme ratio of favorable rates at cuts of the score near the one that is used."
	default:
		return d, false
	}
	return d, true
}
