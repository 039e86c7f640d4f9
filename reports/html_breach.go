package reports

import (
	"fmt"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// outside tells whether a value is on the wrong side of the limits.
func outside(x float64, limits []float64, t *audit.Threshold) bool {
	switch {
	case t == nil || len(limits) == 0:
		return false
	case len(limits) == 2:
		return x < limits[0] || x > limits[1]
	case t.Key == "max":
		return x > limits[0]
	}
	return x < limits[0]
}

// beyond tells whether a whole interval is on the wrong side of the limits.
func beyond(m *audit.Measurement, limits []float64, t *audit.Threshold) bool {
	if t == nil || m.Value == nil || m.Interval == nil || !outside(*m.Value, limits, t) {
		return false
	}
	low, high := m.Interval.Low, m.Interval.High
	switch {
	case *m.Value > limits[len(limits)-1]:
		return low != nil && *low > limits[len(limits)-1]
	default:
		return high != nil && *high < limits[0]
	}
}

// tallyOf counts the windows of a track with a value, outside the limits, and
// with the whole interval beyond them.
func (k *maker) tallyOf(t track, limits []float64, th *audit.Threshold) (n, out, sure int, lo, hi float64) {
	for _, w := range k.r.Windows {
		m := t.at[w.ID]
		if m == nil || m.Value == nil {
			continue
		}
		if n == 0 || *m.Value < lo {
			lo = *m.Value
		}
		if n == 0 || *m.Value > hi {
			hi = *m.Value
		}
		n++
		if outside(*m.Value, limits, th) {
			out++
		}
		if beyond(m, limits, th) {
			sure++
		}
	}
	return n, out, sure, lo, hi
}

// seriesTitle says what the widest gap did over time.
func (k *maker) seriesTitle(t track, d definition, limits []float64, th *audit.Threshold) string {
	n, out, sure, lo, hi := k.tallyOf(t, limits, th)
	name := shortName(t.group)
	if th == nil {
		return fmt.Sprintf("%s: the %s was between %s and %s%s in %s.", name, d.label, d.scale.write(lo), d.scale.write(hi), d.scale.unitWord(), plural(n, "window", "windows"))
	}
	s := fmt.Sprintf("%s: the %s was outside its limit in %d of %s", name, d.label, out, plural(n, "window", "windows"))
	switch sure {
	case 0:
		if out > 0 {
			s += ", in none of them with its whole interval"
		}
	default:
		s += fmt.Sprintf(", in %d of them with its whole interval", sure)
	}
	return s + "."
}

// told describes a panel for those who do not see it.
func (k *maker) told(t track, d definition, limits []float64, th *audit.Threshold) string {
	n, out, sure, lo, hi := k.tallyOf(t, limits, th)
	s := fmt.Sprintf("Values in %s, from %s to %s%s.", plural(n, "window", "windows"), d.scale.write(lo), d.scale.write(hi), d.scale.unitWord())
	if th != nil {
		s += fmt.Sprintf(" Outside the limit in %d, with the whole interval in %d.", out, sure)
	}
	return s
}

// seriesTable is the picture's data: windows down, groups across.
func (k *maker) seriesTable(tracks []track, d definition) *grid {
	g := &grid{Caption: sentenceCase(d.label) + " by window; the intervals are in the CSV export", Folded: true, Screen: true, Head: []headCell{label("Window"), numeric("Rows")}}
	for _, t := range tracks {
		g.Head = append(g.Head, numeric(shorten(groupName(t.group), 28)))
	}
	for _, w := range k.r.Windows {
		row := []cell{{Text: windowName(w.ID), Head: true}, integer(w.Rows)}
		for _, t := range tracks {
			row = append(row, seriesCell(t.at[w.ID], d))
		}
		g.Rows = append(g.Rows, row)
	}
	return g.cut("windows")
}

func seriesCell(m *audit.Measurement, d definition) cell {
	if m == nil || m.Value == nil && !m.Suppressed {
		return none()
	}
	if m.Suppressed {
		return cell{Text: withheld, Num: true}
	}
	hover := exact(m.Value)
	if s := span(m.Interval, d.scale.write); s != "" {
		hover = strings.Join([]string{s, "n " + count(cases(m))}, "; ")
	}
	return cell{Text: d.scale.write(*m.Value), Exact: hover, Num: true}
}
