package detect

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// largestGap tells, per attribute, of the difference whose interval stays
// furthest from 0.
func (t *teller) largestGap(d Detector, metric *Metric) {
	for _, a := range Attributes(t.spec) {
		best := t.best(d.Name, metric.Name, func(m *audit.Measurement) float64 {
			if m.Attribute != a.Name || m.Interval == nil || m.N < a.MinRows {
				return 0
			}
			size := 0.0
			switch i := m.Interval; {
			case i.High != nil && *i.High < 0:
				size = -*i.High
			case i.Low != nil && *i.Low > 0:
				size = *i.Low
			default:
				return 0
			}
			level := levelOf(metric.Name)
			g, ref := t.side(m, level, m.Group), t.side(m, level, m.Reference)
			if ref != nil && ref.N < a.MinRows || g != nil && g.N < a.MinRows {
				return 0
			}
			return size
		})
		if best >= 0 {
			m := &t.ms[best]
			parts := []string{t.sides(m, metric), t.evidence(m, metric)}
			t.add(d.Name, metric.Name, a.Name, audit.Info, t.sentence(m, metric), upper(join(parts))+".", []int{best})
		}
	}
}

// levelOf is the metric that a difference is one of: auc of auc_difference, and
// mean_score of score_mean_difference.
func levelOf(metric string) string {
	if metric == "score_mean_difference" {
		return "mean_score"
	}
	return strings.TrimSuffix(metric, "_difference")
}

// side finds the level of one side of a gap.
func (t *teller) side(m *audit.Measurement, level string, group *string) *audit.Measurement {
	for i := range t.ms {
		o := &t.ms[i]
		if o.Detector == m.Detector && o.Metric == level && o.Attribute == m.Attribute && o.Window == m.Window &&
			o.GroupKind == m.GroupKind && o.Version == nil && o.Reference == nil && o.Value != nil && (equal(o.Group, group) || o.Group == nil && group == nil) {
			return o
		}
	}
	return nil
}

// sides are the levels behind a gap: "AUC 0.643 against 0.704".
func (t *teller) sides(m *audit.Measurement, metric *Metric) string {
	level := levelOf(m.Metric)
	g, ref := t.side(m, level, m.Group), t.side(m, level, m.Reference)
	if g == nil || ref == nil {
		return ""
	}
	return noun(level) + " " + number(*g.Value, metric.Scale, 0) + " against " + number(*ref.Value, metric.Scale, 0)
}

// furthestBeyondChance tells, per attribute, of the group that lies furthest
// beyond what chance explains; of everybody where the audit has no groups.
func (t *teller) furthestBeyondChance(d Detector, metric *Metric) {
	for _, a := range orEverybody(Attributes(t.spec)) {
		best := t.best(d.Name, metric.Name, func(m *audit.Measurement) float64 {
			if m.Attribute != a.Name || m.Null == nil || m.N < a.MinRows {
				return 0
			}
			return *m.Value - m.Null.Limit
		})
		if best < 0 {
			continue
		}
		m := &t.ms[best]
		title := fmt.Sprintf("among %s, the rate of positive labels lies %s from the score, on average over bins of scores.", t.about(m), t.value(m, metric))
		detail := "Scores that mean what they say would lie " + upTo(m.Null.Limit, ScaleNumber) + " off by chance at these sizes."
		if mean, rate := t.side(m, "mean_score", m.Group), t.side(m, "base_rate", m.Group); mean != nil && rate != nil {
			detail += fmt.Sprintf(" Without bins: mean score %s, rate of positive labels %s.", fixed(*mean.Value, 3), fixed(*rate.Value, 3))
		}
		t.add(d.Name, metric.Name, a.Name, audit.Info, upper(title), detail, []int{best})
	}
}

func orEverybody(a []Attribute) []Attribute {
	if len(a) == 0 {
		return []Attribute{{}}
	}
	return a
}

// drifted is a column that moved by more than chance: its worst window, and in
// how many of the windows that were compared it lies beyond chance.
type drifted struct {
	column          string
	worst           int
	beyond, windows int
	excess          float64
}

// mostMoved is how many columns get a finding of their own.
const mostMoved = 4

// moved tells, per column, of the window in which it moved furthest beyond what
// chance explains. One of twenty windows lies beyond its 95 % value when nothing
// changed: a column is told of if all windows together do, or more of them than
// chance lets.
func (t *teller) moved(d Detector, metric *Metric) {
	columns := t.drifted(d.Name, metric.Name)
	for i, c := range columns {
		m := &t.ms[c.worst]
		if i == mostMoved {
			var names []string
			for _, more := range columns[i:] {
				names = append(names, more.column)
			}
			title := fmt.Sprintf("%s moved by more than chance explains as well.", plural(len(names), "other column", "other columns"))
			t.add(d.Name, metric.Name, "more", audit.Info, upper(title), "The furthest first: "+strings.Join(names, ", ")+".", []int{c.worst})
			return
		}
		title := fmt.Sprintf("Column %s moved since the reference: the %s is %s", c.column, noun(metric.Name), t.value(m, metric))
		detail := fmt.Sprintf("Chance alone explains %s at these sizes.", upTo(m.Null.Limit, ScaleNumber))
		switch {
		case c.windows > 1 && m.Window != GateWindow:
			title += fmt.Sprintf(" in %s, the window that stands out most.", m.Window)
			detail = fmt.Sprintf("Chance alone explains %s at the size of that window; %d of %s %s beyond what chance explains.", upTo(m.Null.Limit, ScaleNumber), c.beyond, plural(c.windows, "window", "windows"), lies(c.beyond))
		case m.Window != GateWindow:
			title += " in " + m.Window + "."
		default:
			title += "."
		}
		if buckets := m.Parameters["hash_buckets"]; buckets != "" {
			detail += " Its categories were too many to tell apart and were compared in " + buckets + " hash buckets."
		}
		t.add(d.Name, metric.Name, c.column, audit.Info, title, detail, []int{c.worst})
	}
}

// upTo is a limit that is not rounded to nothing.
func upTo(x float64, scale Scale) string {
	if scale == ScaleNumber && x < 0.0005 {
		return "less than 0.001"
	}
	return "up to " + number(x, scale, 0)
}

func lies(n int) string {
	if n == 1 {
		return "lies"
	}
	return "lie"
}

// drifted lists the columns that moved, the furthest first.
func (t *teller) drifted(detector, metric string) []drifted {
	var out []drifted
	all := map[string]bool{}
	for i := range t.ms {
		m := &t.ms[i]
		if m.Detector != detector || m.Metric != metric || m.Attribute != "" || m.Column == nil || m.Value == nil || m.Null == nil {
			continue
		}
		at := slices.IndexFunc(out, func(c drifted) bool { return c.column == *m.Column })
		if at < 0 {
			at = len(out)
			out = append(out, drifted{column: *m.Column, worst: -1})
		}
		excess := *m.Value - m.Null.Limit
		if m.Window == GateWindow {
			all[*m.Column] = excess > 0
			continue
		}
		c := &out[at]
		if c.windows++; excess > 0 {
			c.beyond++
		}
		if excess > 0 && (c.worst < 0 || excess > c.excess) {
			c.worst, c.excess = i, excess
		}
	}
	out = slices.DeleteFunc(out, func(c drifted) bool {
		return c.worst < 0 || !all[c.column] && !often(c.beyond, c.windows)
	})
	slices.SortStableFunc(out, func(a, b drifted) int { return cmp.Compare(b.excess, a.excess) })
	return out
}

// often says that k of n windows are more than one in twenty by more than chance.
func often(k, n int) bool {
	twentieth, err := stat.ParseDecimal("0.05")
	if err != nil {
		return false
	}
	p, err := stat.BinomialMidP(int64(k), int64(n), twentieth, stat.Greater)
	return err == nil && p.P < 0.05
}

// groupsApart tells, per attribute, of the columns in which a group lies furthest
// from the reference group, beyond what chance explains. Every column times every
// group is a test: the share of false ones among those told of is held down
// (Benjamini and Hochberg 1995).
func (t *teller) groupsApart(d Detector, metric *Metric) {
	for _, a := range Attributes(t.spec) {
		var found []int
		var ps []float64
		for i := range t.ms {
			m := &t.ms[i]
			if m.Detector == d.Name && m.Metric == metric.Name && m.Attribute == a.Name && m.Column != nil && m.Reference != nil &&
				m.Value != nil && m.Null != nil && m.P != nil && m.N >= a.MinRows {
				found, ps = append(found, i), append(ps, *m.P)
			}
		}
		best := map[string]int{}
		for j, p := range stat.BenjaminiHochberg(ps) {
			m := &t.ms[found[j]]
			excess := *m.Value - m.Null.Limit
			if p >= t.spec.Alpha || excess <= 0 {
				continue
			}
			if b, ok := best[*m.Column]; !ok || excess > *t.ms[b].Value-t.ms[b].Null.Limit {
				best[*m.Column] = found[j]
			}
		}
		told := slices.Collect(maps.Values(best))
		slices.SortFunc(told, func(x, y int) int {
			a, b := &t.ms[x], &t.ms[y]
			return cmp.Or(cmp.Compare(*b.Value-b.Null.Limit, *a.Value-a.Null.Limit), cmp.Compare(x, y))
		})
		for _, i := range told[:min(len(told), mostMoved)] {
			m := &t.ms[i]
			title := fmt.Sprintf("Column %s differs between %s and %s: the %s is %s.", *m.Column, t.who(m, *m.Group), t.who(m, *m.Reference), noun(metric.Name), t.value(m, metric))
			t.add(d.Name, metric.Name, a.Name+"/"+*m.Column, audit.Info, title, fmt.Sprintf("Chance alone explains %s at these sizes.", upTo(m.Null.Limit, ScaleNumber)), []int{i})
		}
	}
}
