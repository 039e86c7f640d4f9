package kpi

import (
	"math"
	"slices"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// takeover is how many times the rows of the old version the new one has where it
// has taken over. Two that decide about as much, side by side, take turns otherwise.
const takeover = 2

// boundary is a window in which another version took over; first and last are the
// windows from the takeover before it to the one after it.
type boundary struct {
	from, to        string
	first, at, last int
}

// versionRows are the rows of each window by version.
func (m *measurer) versionRows() []map[string]int64 {
	t := m.tables.Counts(versionNeed())
	out := make([]map[string]int64, len(m.windows))
	at := map[string]int{}
	for i, w := range m.windows {
		out[i], at[w.ID] = map[string]int64{}, i
	}
	window, version := slices.Index(t.Dims(), table.Window), slices.Index(t.Dims(), table.Version)
	t.Each(func(codes []int, c table.Cell) {
		v := t.Categories(table.Version)[codes[version]]
		if i, known := at[t.Categories(table.Window)[codes[window]].Name]; known && !v.Missing {
			out[i][v.Name] += c.N
		}
	})
	return out
}

// boundaries finds where versions took over from each other.
func boundaries(rows []map[string]int64) []boundary {
	var out []boundary
	now, first := "", 0
	for i, versions := range rows {
		best := mostOf(versions)
		switch {
		case best == "" || best == now:
		case now == "":
			now = best
		case versions[best] >= takeover*versions[now]:
			if n := len(out); n > 0 {
				out[n-1].last, first = i-1, out[n-1].at
			}
			out = append(out, boundary{from: now, to: best, first: first, at: i, last: len(rows) - 1})
			now = best
		}
	}
	return out
}

// mostOf is the version with the most rows.
func mostOf(versions map[string]int64) string {
	best := ""
	for v, n := range versions {
		if best == "" || n > versions[best] || n == versions[best] && v < best {
			best = v
		}
	}
	return best
}

// share is the part of a window's rows that the new version decided, of those of
// both: what its value has of the step. ok is false without any.
func (b boundary) share(versions map[string]int64) (share float64, ok bool) {
	n := versions[b.from] + versions[b.to]
	if n == 0 {
		return 0, false
	}
	return float64(versions[b.to]) / float64(n), true
}

// versionChanges says what every KPI did where the model's version changed. What
// compares windows has no level of its own.
func (m *measurer) versionChanges() []audit.VersionChange {
	var out []audit.VersionChange
	rows := m.versionRows()
	for _, b := range boundaries(rows) {
		c := audit.VersionChange{Window: m.windows[b.at].ID, From: b.from, To: b.to, KPIs: []audit.VersionEffect{}}
		s := m.spanOf(b, rows)
		for _, d := range m.set.all {
			switch {
			case d.Lacks != "" || m.set.Looks(d.Name) != LooksHere:
			case d.Kind == "gap":
				for _, a := range d.By {
					c.KPIs = append(c.KPIs, m.gapStep(d, a, s))
				}
			default:
				l := m.lineOf(d.Name, everybody(""))
				e := s.step(d.rate(), m.spec.Alpha, l, nil)
				e.KPI = d.Name
				c.KPIs = append(c.KPIs, e)
			}
		}
		out = append(out, c)
	}
	return out
}

// lineOf is a series window by window.
func (m *measurer) lineOf(name string, at place) line {
	out := make(line, len(m.windows))
	for i, w := range m.windows {
		at.window = w.ID
		if e := m.series[name][at]; e != nil && e.value != nil {
			out[i] = e
		}
	}
	return out
}

// span is the windows around a boundary: their places in time, and how much of each
// the new version decided; less than 0 where neither did.
type span struct {
	boundary
	at, after []float64
}

func (m *measurer) spanOf(b boundary, rows []map[string]int64) span {
	s := span{boundary: b, at: m.inTime}
	for i := range m.windows {
		share, ok := b.share(rows[i])
		if !ok || i < b.first || i > b.last {
			share = -1
		}
		s.after = append(s.after, share)
	}
	return s
}

// placesInTime counts windows, also those that are not there.
func placesInTime(windows []audit.Window) []float64 {
	out := make([]float64, len(windows))
	for i := 1; i < len(windows); i++ {
		out[i] = out[i-1] + 1
		start, err1 := time.Parse(time.RFC3339, windows[i-1].Start)
		end, err2 := time.Parse(time.RFC3339, windows[i-1].End)
		next, err3 := time.Parse(time.RFC3339, windows[i].Start)
		if err1 == nil && err2 == nil && err3 == nil && end.After(start) && next.After(end) {
			out[i] += math.Round(float64(next.Sub(end)) / float64(end.Sub(start)))
		}
	}
	return out
}

// step estimates the step of a series, or of its difference to another.
func (s span) step(rate bool, alpha float64, l, less line) audit.VersionEffect {
	var e audit.VersionEffect
	var looks []stat.Look
	v, also := s.variances(rate, l), s.variances(rate, less)
	var sides [2]line
	var others [2]line
	for i, x := range l {
		if x == nil || s.after[i] < 0 || less != nil && less[i] == nil {
			continue
		}
		look := stat.Look{At: s.at[i], After: s.after[i], Value: *x.value, Variance: v[i]}
		if less != nil {
			look.Value -= *less[i].value
			if look.Variance > 0 && also[i] > 0 {
				look.Variance += also[i]
			} else {
				look.Variance = 0
			}
		}
		looks = append(looks, look)
		side := 0
		if s.after[i] > 0.5 {
			side = 1
		}
		sides[side] = append(sides[side], x)
		if less != nil {
			others[side] = append(others[side], less[i])
		}
	}
	e.Earlier, e.Later = len(sides[0]), len(sides[1])
	e.Before, e.After = sides[0].mean(rate), sides[1].mean(rate)
	if less != nil {
		e.Before, e.After = lessOf(e.Before, others[0].mean(rate)), lessOf(e.After, others[1].mean(rate))
	}
	x, err := stat.Interrupt(looks)
	if err != nil {
		e.Note = "undefined: " + err.Error()
		return e
	}
	e.Step, e.Trend, e.Interval = &x.Level, &x.Trend, detect.Interval(x.Interval(alpha), alpha)
	if x.Dispersion > 0 {
		e.Dispersion = &x.Dispersion
	}
	return e
}

func lessOf(a, b *float64) *float64 {
	if a == nil || b == nil {
		return nil
	}
	return float(*a - *b)
}

// variances are those of the windows' values: of a rate of rows that of its counts at
// the rate of its side, pulled a little from 0 and 1, so that a window without any
// event is not taken for certain; else what its interval implies. 0 is not known.
func (s span) variances(rate bool, l line) []float64 {
	out := make([]float64, len(l))
	if rate && !l.clustered() {
		var k, n [2]int64
		side := func(i int) int {
			if s.after[i] > 0.5 {
				return 1
			}
			return 0
		}
		for i, x := range l {
			if x != nil && s.after[i] >= 0 {
				k[side(i)], n[side(i)] = k[side(i)]+x.k, n[side(i)]+x.trials
			}
		}
		for i, x := range l {
			if x != nil && x.trials > 0 {
				p := (float64(k[side(i)]) + 0.5) / (float64(n[side(i)]) + 1)
				out[i] = float64(p*(1-p)) / float64(x.trials)
			}
		}
		return out
	}
	for i, x := range l {
		if y, ok := x.spread(); ok {
			out[i] = y.Variance
		}
	}
	return out
}

// gapStep is the step of the pair of groups that moved most; the interval allows for
// having looked at every pair.
func (m *measurer) gapStep(d *Definition, attribute string, s span) audit.VersionEffect {
	of, rate := d.Of[0].Name, m.set.byName[d.Of[0].Name].rate()
	var names []string
	for _, p := range m.places(m.series[of]) {
		if p.attribute == attribute && p.kind == audit.KindValue && p.window == audit.AllWindows && m.series[of][p].n >= m.minRows(attribute) {
			names = append(names, p.group)
		}
	}
	best, moved := audit.VersionEffect{Note: "undefined: fewer than two groups with enough cases"}, -1.0
	pairs := float64(len(names) * (len(names) - 1) / 2)
	for i, a := range names {
		for _, b := range names[i+1:] {
			group := func(name string) line {
				return m.lineOf(of, place{attribute: attribute, group: name, kind: audit.KindValue})
			}
			e := s.step(rate, m.spec.Alpha/pairs, group(a), group(b))
			far := -0.5
			if e.Step != nil {
				far = math.Abs(*e.Step) / (*e.Interval.High - *e.Step)
				e.Interval.Level = 1 - m.spec.Alpha
				if pairs > 1 {
					e.Interval.Method += ", " + methodBounds
				}
			}
			if far > moved {
				best, moved = e, far
				best.Group, best.Reference = &a, &b
			}
		}
	}
	best.KPI, best.Attribute = d.Name, attribute
	return best
}
