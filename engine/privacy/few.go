package privacy

import (
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
	tables "github.com/plumbline-audit/plumbline/engine/table"
)

// markFew marks the rows in which few people are, however many cases they have.
func (b *book) markFew(r *audit.Result) {
	for _, f := range r.Privacy.Few {
		w := f.Window
		if w == audit.AllWindows {
			w = ""
		}
		o := b.find(nil, nil, w)
		if f.Attribute != "" {
			o = b.row(f.Attribute, f.Group, w, false)
		}
		if o != nil {
			o.few = true
		}
	}
}

// fewShards tells whether few people are behind a variance. People never fill more
// shards than they are; who fill all of them are taken for many.
func (l *lattice) fewShards(m *audit.Measurement) bool {
	return l.small(int64(m.Shards)) && (m.EachSubject || m.Shards < tables.Shards)
}

// fewBehind tells whether few people, with any number of rows, are behind a
// measurement or behind another group of its attribute in the same window. What is cut
// further, and what compares windows or leaves some out, looks at all of them.
func (s *suppressor) fewBehind(m *audit.Measurement) bool {
	if s.small(m.People) || s.fewShards(m) {
		return true
	}
	anywhere := m.Stratum != nil || m.Version != nil || slices.Contains([]string{"change", "drift", "robustness"}, m.Detector)
	of := s.blockOf(m).attribute
	return slices.ContainsFunc(s.r.Privacy.Few, func(f audit.FewPeople) bool {
		return f.Attribute == of && (anywhere || f.Window == m.Window)
	})
}

// fewInSum tells whether a mean times its number of rows is a small whole number: that
// of the ones in a column of zeros and ones. Of a root mean square it is the square.
func (s *suppressor) fewInSum(m *audit.Measurement) bool {
	if m.Value == nil || m.Numerator != nil || m.N <= 0 {
		return false
	}
	x := math.Abs(*m.Value)
	switch m.Metric {
	case "root_mean_squared_error":
		x *= x
	case "mean_error", "mean_absolute_error":
	default:
		return false
	}
	n := float64(m.N)
	sum := float64(x * n)
	k := math.Round(sum)
	if math.Abs(sum-k) > 1e-9*max(1, n) {
		return false
	}
	return k < float64(s.min) && k > 0 || k < n && n-k < float64(s.min)
}

// fewOf tells whether a point is about few people, with any number of rows.
func (s *suppressor) fewOf(p *audit.KPI) bool {
	if p.Shards < tables.Shards && s.small(int64(p.Shards)) {
		return true
	}
	return slices.ContainsFunc(s.r.Privacy.Few, func(f audit.FewPeople) bool {
		if f.Attribute != p.Attribute || f.Window != p.Window {
			return false
		}
		return p.GroupKind == audit.KindWorst || p.Attribute == "" || f.Group == nil && p.Group == nil ||
			f.Group != nil && p.Group != nil && *f.Group == *p.Group
	})
}

// tails are the shares of cases beyond the quantiles that indicators are, on the side
// with fewer. A quantile of a column with few distinct values tells how many are
// beyond it, so that it has to leave enough there (Brandt et al., Guidelines for
// the checking of output based on microdata research, 2010, on percentiles).
type tails map[string]float64

func (s *suppressor) tails() tails {
	out := tails{}
	for _, d := range s.r.KPIDefinitions {
		if q, err := stat.ParseDecimal(d.Quantile); d.Kind == "quantile" && err == nil {
			out[d.Name] = min(q.Float64(), 1-q.Float64())
		}
	}
	return out
}

// beyond is how many cases lie beyond a quantile, at least 1; 0 if a point is none.
func (t tails) beyond(p *audit.KPI) int64 {
	share, ok := t[p.KPI]
	if !ok || p.N <= 0 {
		return 0
	}
	return max(1, int64(math.Floor(share*float64(p.N)+1e-9)))
}
