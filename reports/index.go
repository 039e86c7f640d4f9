package reports

import (
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// place is where a number belongs in the report.
type place struct {
	detector, metric, attribute, window string
}

// index finds measurements by place, in their order in the document. It also
// keeps which of them the report has shown, so that none is forgotten.
type index struct {
	r     *audit.Result
	at    map[place][]int
	shown []bool
	base  map[[2]string]bool // detector and metric of every metric there is
}

func newIndex(r *audit.Result) *index {
	x := &index{r: r, at: map[place][]int{}, base: map[[2]string]bool{}, shown: make([]bool, len(r.Measurements))}
	for i := range r.Measurements {
		m := &r.Measurements[i]
		x.base[[2]string{m.Detector, m.Metric}] = true
		if m.Stratum == nil && m.Version == nil && m.Column == nil {
			p := place{m.Detector, m.Metric, m.Attribute, m.Window}
			x.at[p] = append(x.at[p], i)
		}
	}
	return x
}

// take lists the measurements of a place and marks them as shown.
func (x *index) take(p place) []*audit.Measurement {
	var out []*audit.Measurement
	for _, i := range x.at[p] {
		x.shown[i] = true
		out = append(out, &x.r.Measurements[i])
	}
	return out
}

// family is a metric with the gaps that are made of it: selection_rate with
// selection_rate_difference and selection_rate_ratio.
type family struct {
	detector, base string
}

func (f family) difference() string { return f.base + "_difference" }
func (f family) ratio() string      { return f.base + "_ratio" }

// familyOf says which family a metric belongs to.
func (x *index) familyOf(detector, metric string) family {
	for _, suffix := range []string{"_difference", "_ratio"} {
		if base, ok := strings.CutSuffix(metric, suffix); ok && x.base[[2]string{detector, base}] {
			return family{detector, base}
		}
	}
	return family{detector, metric}
}

// families lists the families measured for an attribute, in document order.
func (x *index) families(attribute string) []family {
	var out []family
	seen := map[family]bool{}
	for i := range x.r.Measurements {
		m := &x.r.Measurements[i]
		if m.Attribute != attribute || m.Stratum != nil || m.Version != nil || m.Column != nil {
			continue
		}
		if f := x.familyOf(m.Detector, m.Metric); !seen[f] {
			seen[f] = true
			out = append(out, f)
		}
	}
	return out
}

// attributes lists the attributes that have measurements or groups, in the
// order of the configuration and then of the document.
func (x *index) attributes() []string {
	var out []string
	for _, g := range x.r.Groups {
		out = append(out, g.Attribute)
	}
	seen := map[string]bool{}
	for i := range x.r.Measurements {
		if a := x.r.Measurements[i].Attribute; a != "" && !seen[a] {
			seen[a] = true
			if !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	}
	return out
}

// attribute finds what is known about an attribute's groups.
func (x *index) attribute(name string) audit.Attribute {
	for _, g := range x.r.Groups {
		if g.Attribute == name {
			return g
		}
	}
	return audit.Attribute{Attribute: name}
}

// key names a group within an attribute, so that missing, "" and "null" differ.
func key(kind audit.GroupKind, group *string) string {
	if group == nil {
		return string(kind)
	}
	return string(kind) + ":" + *group
}

// rates picks the measurements of groups by themselves.
func rates(ms []*audit.Measurement) (groups []*audit.Measurement, overall *audit.Measurement) {
	for _, m := range ms {
		switch {
		case m.Reference != nil || m.GroupKind == audit.KindWorst || m.Parameters["decision"] != "":
		case m.GroupKind == audit.KindOverall:
			overall = m
		default:
			groups = append(groups, m)
		}
	}
	return groups, overall
}

// pairs picks the comparisons of one group with another.
func pairs(ms []*audit.Measurement) []*audit.Measurement {
	var out []*audit.Measurement
	for _, m := range ms {
		if m.Reference != nil && (m.GroupKind == audit.KindValue || m.GroupKind == audit.KindMissing) {
			out = append(out, m)
		}
	}
	return out
}

// worst picks the gap between the lowest and the highest group.
func worst(ms []*audit.Measurement) *audit.Measurement {
	for _, m := range ms {
		if m.GroupKind == audit.KindWorst {
			return m
		}
	}
	return nil
}

// gate is the threshold that the measurements are held to, if any.
func gate(ms []*audit.Measurement) *audit.Threshold {
	for _, m := range ms {
		if m.Threshold != nil {
			return m.Threshold
		}
	}
	return nil
}
