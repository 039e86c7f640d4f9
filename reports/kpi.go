package reports

import (
	"math"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// kpi is an indicator with its points.
type kpi struct {
	*audit.KPIDefinition
	scale   scale
	whole   *audit.KPI            // over the whole period
	at      map[string]*audit.KPI // of everybody, or the widest gap, by window
	cohorts []*kpiCohort
	gaps    map[string]*kpiCohort // between the groups of an attribute, of an indicator that is no gap itself

	attribute string // of a gap
}

// kpiCohort is one group's points of an indicator.
type kpiCohort struct {
	attribute string
	group     *audit.Measurement // for its name and color
	whole     *audit.KPI
	at        map[string]*audit.KPI
}

// kpisOf puts the points of a result under their definitions. A gap of several
// attributes is an indicator for each.
func kpisOf(r *audit.Result) []*kpi {
	var out []*kpi
	points := map[string][]*audit.KPI{}
	for i := range r.KPIs {
		points[r.KPIs[i].KPI] = append(points[r.KPIs[i].KPI], &r.KPIs[i])
	}
	for i := range r.KPIDefinitions {
		d := &r.KPIDefinitions[i]
		if d.NotMeasured != "" {
			continue
		}
		s := number
		switch d.Scale {
		case "rate":
			s = share
		case "difference":
			s = distance
		}
		attributes := []string{""}
		if d.Kind == "gap" {
			attributes = d.By
		}
		for _, a := range attributes {
			k := &kpi{KPIDefinition: d, scale: s, at: map[string]*audit.KPI{}, attribute: a, gaps: map[string]*kpiCohort{}}
			if len(attributes) > 1 {
				own := *d
				own.Title += ", " + attributeName(a)
				k.KPIDefinition = &own
			}
			k.fill(points[d.Name], a)
			out = append(out, k)
		}
	}
	return out
}

// fill finds the indicator's points.
func (k *kpi) fill(points []*audit.KPI, attribute string) {
	where := map[string]*kpiCohort{}
	for _, p := range points {
		switch {
		case (p.GroupKind == audit.KindOverall || p.GroupKind == audit.KindWorst) && p.Attribute == attribute:
			if p.Window == audit.AllWindows {
				k.whole = p
			} else {
				k.at[p.Window] = p
			}
		case p.GroupKind == audit.KindWorst && k.Kind != "gap":
			c := k.gaps[p.Attribute]
			if c == nil {
				c = &kpiCohort{attribute: p.Attribute, at: map[string]*audit.KPI{}}
				k.gaps[p.Attribute] = c
			}
			if p.Window == audit.AllWindows {
				c.whole = p
			} else {
				c.at[p.Window] = p
			}
		case p.GroupKind == audit.KindValue || p.GroupKind == audit.KindMissing:
			id := p.Attribute + "\x00" + key(p.GroupKind, p.Group)
			c := where[id]
			if c == nil {
				c = &kpiCohort{attribute: p.Attribute, at: map[string]*audit.KPI{},
					group: &audit.Measurement{Attribute: p.Attribute, Group: p.Group, GroupKind: p.GroupKind}}
				where[id] = c
				k.cohorts = append(k.cohorts, c)
			}
			if p.Window == audit.AllWindows {
				c.whole = p
			} else {
				c.at[p.Window] = p
			}
		}
	}
}

// latest are the last window with a value and the one with a value before it.
func (k *kpi) latest(r *audit.Result) (last, before *audit.KPI) {
	for i := len(r.Windows) - 1; i >= 0; i-- {
		p := k.at[r.Windows[i].ID]
		switch {
		case p == nil || p.Value == nil:
		case last == nil:
			last = p
		default:
			return last, p
		}
	}
	return last, nil
}

// judged is the point that the limits judge.
func (k *kpi) judged(r *audit.Result) *audit.KPI {
	if k.whole != nil && k.whole.Verdict != "" {
		return k.whole
	}
	for i := len(r.Windows) - 1; i >= 0; i-- {
		if p := k.at[r.Windows[i].ID]; p != nil && p.Verdict != "" {
			return p
		}
	}
	return nil
}

// write is a value in words.
func (k *kpi) write(p *audit.KPI) string {
	switch {
	case p == nil:
		return "–"
	case p.Suppressed:
		return withheld
	case p.Value == nil:
		return undefined
	}
	return k.number(*p.Value)
}

func (k *kpi) number(x float64) string {
	switch {
	case k.scale == share:
		return percent(x)
	case k.scale == distance:
		return fixed(100*x, 1) + " points"
	case k.Kind == "growth":
		return signedFixed(100*x, 1) + thin + "%"
	}
	return plainly(x)
}

// plainly writes a number with as many digits as its size asks for.
func plainly(x float64) string {
	switch size := math.Abs(x); {
	case x == math.Trunc(x) && size < 1e15, size >= 1000:
		return fixed(x, 0)
	case size >= 100:
		return fixed(x, 1)
	case size >= 1:
		return fixed(x, 2)
	}
	return fixed(x, 4)
}

func signedFixed(x float64, decimals int) string {
	s := fixed(x, decimals)
	if x > 0 && s[0] >= '0' && s[0] <= '9' {
		return "+" + s
	}
	return s
}

// change is what a value is more or less than the one before.
func (k *kpi) change(last, before *audit.KPI) string {
	if last == nil || before == nil || last.Value == nil || before.Value == nil {
		return "–"
	}
	if d := *last.Value - *before.Value; d != 0 {
		return k.moves(d)
	}
	return "0"
}

// rangeText is a target or limits in words.
func (k *kpi) rangeText(r *audit.KPIRange) string {
	if r == nil {
		return "–"
	}
	part := func(word, text string) string {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return ""
		}
		return word + " " + k.number(x)
	}
	s := join(", ", part("≥", r.Min), part("≤", r.Max))
	if r.By != "" {
		s += " by " + windowName(r.By)
	}
	return s
}

// bounds are the numbers of a target or of limits.
func bounds(r *audit.KPIRange) []float64 {
	var out []float64
	if r == nil {
		return nil
	}
	for _, s := range []string{r.Min, r.Max} {
		if x, err := strconv.ParseFloat(s, 64); err == nil {
			out = append(out, x)
		}
	}
	return out
}

// state is the badge of what limits say, and nothing without limits.
func (k *kpi) state(r *audit.Result) *badge {
	if k.Limits == nil {
		return nil
	}
	b := badgeOf(audit.Inconclusive)
	if p := k.judged(r); p != nil {
		b = badgeOf(p.Verdict)
	}
	return &b
}

// notMeasured lists the definitions without a number.
func notMeasured(r *audit.Result) []audit.KPIDefinition {
	return slices.DeleteFunc(slices.Clone(r.KPIDefinitions), func(d audit.KPIDefinition) bool { return d.NotMeasured == "" })
}
