package detect

import (
	"cmp"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// mostHeadlines bounds the findings that no limit asked for.
const mostHeadlines = 10

// headlines tells, of detectors that no gate judges, of the largest gap that is
// more than noise: of rates when the audit has no gate at all. Attributes come
// before their intersections where there are too many.
func (t *teller) headlines() {
	told := t.out
	t.out = nil
	if len(t.spec.Gates) == 0 {
		t.largest()
	}
	for _, d := range t.detectors {
		if slices.ContainsFunc(t.spec.Gates, func(g audit.Gate) bool { return g.Detector == d.Name }) {
			continue
		}
		for _, name := range d.Headlines {
			switch metric := find(t.detectors, d.Name, name); {
			case metric == nil:
			case metric.Null == NullNoGap:
				t.largestGap(d, metric)
			case metric.Null == NullCalibrated:
				t.furthestBeyondChance(d, metric)
			case metric.Null == NullNoChange:
				t.moved(d, metric)
				t.groupsApart(d, metric)
			}
		}
	}
	if len(t.out) > mostHeadlines {
		crossed := func(f audit.Finding) int { return len(t.parts[t.ms[f.Measurements[0]].Attribute].Parts) }
		kept := slices.Clone(t.out)
		slices.SortStableFunc(kept, func(a, b audit.Finding) int { return cmp.Compare(max(1, crossed(a)), max(1, crossed(b))) })
		kept = kept[:mostHeadlines]
		t.out = slices.DeleteFunc(t.out, func(f audit.Finding) bool {
			return !slices.ContainsFunc(kept, func(k audit.Finding) bool { return k.ID == f.ID })
		})
	}
	t.out = append(told, t.out...)
}

// best is the measurement of the gate window with the largest size above 0, -1
// if there is none.
func (t *teller) best(detector, metric string, size func(*audit.Measurement) float64) int {
	best, most := -1, 0.0
	for i := range t.ms {
		m := &t.ms[i]
		if m.Detector != detector || m.Metric != metric || m.Value == nil || !gateable(m) {
			continue
		}
		if s := size(m); s > most {
			best, most = i, s
		}
	}
	return best
}
