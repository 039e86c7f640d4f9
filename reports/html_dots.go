package reports

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// dotsView is a dot-and-interval picture with the names and values beside it.
type dotsView struct {
	Class   string
	N       int
	Rows    []dotsRow
	SVG     template.HTML
	Caption string
}

// dotsRow is what stands left and right of a row.
type dotsRow struct {
	Name, Key, Value, N, Class string
	Mark                       string // inferred
	Badge                      *badge
}

// dots draws rates of groups; ref is the reference's rate, overall everybody's.
func (k *maker) dots(f family, attribute string, groups []*audit.Measurement, ref, overall *audit.Measurement, class string) *dotsView {
	d := define(f.base)
	groups = present(groups)
	byRate(groups)
	ticks := 4
	if class != "" {
		ticks = 2
	}
	v := &dotsView{Class: class, N: len(groups)}
	picture := svg.Dots{ID: k.id(), Title: k.rateTitle(f, attribute, groups), Scale: rateScale(groups, overall, ticks), Format: tickPercent, Class: class}
	if class == "" {
		line := ref
		if line == nil {
			line = overall
		}
		v.Caption = k.reference(&picture, f, attribute, line, ref == nil)
	}
	verdicts := k.verdicts(f, attribute)
	var told []string
	for _, m := range groups {
		name := groupName(m)
		row := dotsRow{Name: name, Mark: m.Provenance, Key: groupKey(m), N: count(cases(m)), Class: k.color(attribute, m), Value: lacking(m)}
		dot := svg.Dot{Class: row.Class}
		if m.Value == nil {
			dot.Reason = shorten(strings.Trim(reason(m), " ()"), 60)
			told = append(told, name+" is "+lacking(m))
		} else {
			row.Value = d.scale.write(*m.Value)
			dot.Value = m.Value
			dot.Tip = name + ": " + row.Value + tail(", interval ", span(m.Interval, d.scale.write)) + ", n " + row.N
			told = append(told, name+" "+row.Value)
			if m.Interval != nil {
				dot.Low, dot.High = m.Interval.Low, m.Interval.High
			}
		}
		if b, ok := verdicts[key(m.GroupKind, m.Group)]; ok && class == "" {
			row.Badge = &b
		}
		v.Rows = append(v.Rows, row)
		picture.Rows = append(picture.Rows, dot)
	}
	picture.Desc = sentenceCase(d.label) + " with interval, from the highest to the lowest: " + strings.Join(told, "; ") + "."
	v.SVG = template.HTML(picture.String()) // every text in it was escaped by package svg
	return v
}

// reference puts the line, its band and the zone of the limit into the picture,
// and says in the caption what they are.
func (k *maker) reference(p *svg.Dots, f family, attribute string, line *audit.Measurement, everybody bool) string {
	if line == nil || line.Value == nil {
		return ""
	}
	p.Line = line.Value
	who := shortName(line)
	if everybody {
		who = "everybody"
	}
	caption := "Dots are rates, bars their intervals. The vertical line is " + who
	if iv := line.Interval; iv != nil && iv.Low != nil && iv.High != nil {
		p.Band = &[2]float64{*iv.Low, *iv.High}
		caption += ", with its own interval as a band"
	}
	caption += "."
	if lo, hi, t, ok := k.zone(f, attribute, *line.Value); ok {
		p.Zone = &[2]float64{lo, hi}
		caption += " The shaded zone is what the limit allows beside that line (" + t + ")."
	}
	return caption
}

// zone is the range of rates that a limit on the gap allows beside a rate.
func (k *maker) zone(f family, attribute string, at float64) (lo, hi float64, text string, ok bool) {
	for _, metric := range []string{f.ratio(), f.difference()} {
		t := gate(k.at(f.detector, metric, attribute))
		if t == nil {
			continue
		}
		limits := limitsOf(*t)
		if len(limits) == 0 {
			continue
		}
		text = limitText(*t, define(metric).scale)
		first, last := limits[0], limits[len(limits)-1]
		switch {
		case metric == f.difference():
			return at + first, at + last, text, len(limits) == 2
		case len(limits) == 1:
			return at * first, 1, text, true
		}
		return at * first, at * last, text, true
	}
	return 0, 0, "", false
}

// rateScale starts at zero and ends beyond the intervals.
func rateScale(groups []*audit.Measurement, overall *audit.Measurement, ticks int) svg.Scale {
	top := 0.0
	for _, m := range groups {
		if m.Value == nil {
			continue
		}
		top = max(top, *m.Value)
		if m.Interval != nil && m.Interval.High != nil {
			top = max(top, min(*m.Interval.High, 2**m.Value+0.05))
		}
	}
	if top == 0 && overall != nil && overall.Value != nil {
		top = *overall.Value
	}
	if top == 0 {
		top = 1
	}
	return svg.Linear(0, min(1, top), ticks)
}

func tickPercent(x float64) string {
	s := fixed(100*x, 1)
	return strings.TrimSuffix(s, ".0") + thin + "%"
}

// rateTitle says the finding of a picture.
func (k *maker) rateTitle(f family, attribute string, groups []*audit.Measurement) string {
	title := k.rateRun(f, attribute, groups)
	if slices.ContainsFunc(groups, func(m *audit.Measurement) bool { return m.Suppressed }) {
		if lo, _ := extremes(groups); lo == nil {
			return title
		}
		return strings.TrimSuffix(title, ".") + ", among the groups shown."
	}
	return title
}

func (k *maker) rateRun(f family, attribute string, groups []*audit.Measurement) string {
	d := define(f.base)
	lo, hi := extremes(groups)
	if lo == nil {
		lack := undefined
		if len(groups) > 0 {
			lack = lacking(groups[0])
		}
		return fmt.Sprintf("The %s is %s for every group of %s%s.", d.label, lack, attributeName(attribute), tail(": ", sharedReason(groups)))
	}
	name := func(m *audit.Measurement) string { return shortName(m) }
	switch have := withRate(groups); {
	case have > 1 && *lo.Value == *hi.Value && have == len(present(groups)):
		return fmt.Sprintf("The %s is the same in every group, %s.", d.label, d.scale.write(*lo.Value))
	case have > 1 && *lo.Value == *hi.Value:
		return fmt.Sprintf("The %s is the same in every group that has one, %s.", d.label, d.scale.write(*lo.Value))
	case have == 1:
		return fmt.Sprintf("The %s is %s for %s; no other group has one.", d.label, d.scale.write(*lo.Value), name(lo))
	}
	if d.phrase == "" {
		return fmt.Sprintf("The %s runs from %s (%s) to %s (%s).", d.label, scaleOf(lo).write(*lo.Value), name(lo), scaleOf(hi).write(*hi.Value), name(hi))
	}
	return fillWords(k.r, fmt.Sprintf("From %s (%s) to %s (%s) %s.", d.scale.write(*lo.Value), name(lo), d.scale.write(*hi.Value), name(hi), d.phrase))
}

// withRate counts the groups with a known value that have a rate.
func withRate(groups []*audit.Measurement) int {
	n := 0
	for _, m := range groups {
		if m.Value != nil && m.GroupKind == audit.KindValue {
			n++
		}
	}
	return n
}

// sharedReason is why no group has a rate, where it is the same for all of them and
// not that there is nobody.
func sharedReason(groups []*audit.Measurement) string {
	shared := ""
	for _, m := range groups {
		why, _, ok := strings.Cut(reasonOf(m), " in group ")
		if !ok || shared != "" && why != shared {
			return ""
		}
		shared = why
	}
	return shared
}

// verdicts are the judged pairs of a family, by group.
func (k *maker) verdicts(f family, attribute string) map[string]badge {
	worst := map[string]audit.Verdict{}
	for _, metric := range []string{f.ratio(), f.difference(), f.base} {
		for _, m := range k.at(f.detector, metric, attribute) {
			if m.Verdict == "" || m.GroupKind == audit.KindWorst || m.GroupKind == audit.KindOverall {
				continue
			}
			id := key(m.GroupKind, m.Group)
			if old, ok := worst[id]; !ok || audit.Worse(old, m.Verdict) != old {
				worst[id] = m.Verdict
			}
		}
	}
	out := map[string]badge{}
	for id, v := range worst {
		out[id] = badgeOf(v)
	}
	return out
}

// color is a group's class: the reference in ink, the others in the Okabe-Ito
// order of the attribute's values, and in gray when there are too many.
func (k *maker) color(attribute string, m *audit.Measurement) string {
	if m.Group == nil || m.GroupKind == audit.KindOverall {
		return "cx"
	}
	a := k.x.attribute(attribute)
	if a.Chosen != nil && *m.Group == *a.Chosen {
		return "c0"
	}
	n := 0
	for _, v := range a.Values {
		if v.Value == nil || a.Chosen != nil && *v.Value == *a.Chosen {
			continue
		}
		n++
		if *v.Value == *m.Group && n <= 7 {
			return fmt.Sprintf("c%d", n)
		}
	}
	return "cx"
}

func tail(lead, s string) string {
	if s == "" {
		return ""
	}
	return lead + s
}
