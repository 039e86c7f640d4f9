package reports

import (
	"fmt"
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// scored adds calibration curves, histograms and numbers about scores for the
// groups of an attribute, none of whom have rows if empty is set.
func (b *builder) scored(attribute string, groups []fixtureGroup, ref int, empty bool) {
	curve := audit.Table{ID: "calibration/fixed/" + attribute, Detector: "calibration", Kind: "curve", Title: "Calibration by " + attribute,
		Columns: []string{"group", "low", "high", "n", "mean_score", "positives", "rate", "rate_low", "rate_high"}}
	hist := audit.Table{ID: "score_gap/" + attribute, Detector: "score_gap", Kind: "histogram", Title: "Scores by " + attribute,
		Columns: []string{"group", "low", "high", "n", "share"}}
	for j, g := range groups {
		v, iv := audit.Measurement{Detector: "calibration", Metric: "calibration_error", Convention: "L1", Attribute: attribute, Group: ptr(g.name), GroupKind: audit.KindValue,
			Window: audit.AllWindows, N: g.n, Parameters: map[string]string{"bins": "fixed"}}, 0.02*float64(j%5)
		s := audit.Measurement{Detector: "score_gap", Metric: "superiority", Convention: "P", Attribute: attribute, Group: ptr(g.name), GroupKind: audit.KindValue,
			Reference: ptr(groups[ref].name), Window: audit.AllWindows, N: g.n}
		if empty || g.n == 0 {
			v.Note, s.Note = "undefined: no row with a score", "undefined: no row with a score"
		} else {
			v.Value, v.Null = ptr(iv), &audit.Null{Expected: 0.01, Limit: 0.03}
			s.Value, s.Interval = ptr(iv-0.04), interval(iv-0.06, iv-0.02, "delong")
			for i := range 10 {
				n := g.n/10 + int64(i)
				k := int64(float64(n) * min(1, 0.05+0.08*float64(i)+0.04*float64(j%4)))
				low, high := wilson(k, n)
				x := float64(i) / 10
				curve.Rows = append(curve.Rows, []any{g.name, x, x + 0.1, n, x + 0.05, k, float64(k) / float64(n), low, high})
				hist.Rows = append(hist.Rows, []any{g.name, x, x + 0.1, n, 0.1 + 0.005*float64(i*(j%3))})
			}
		}
		b.add(v)
		if j != ref {
			b.add(s)
		}
	}
	b.r.Tables = append(b.r.Tables, curve, hist)
}

// drifted adds distances of columns in every window, and bins.
func (b *builder) drifted(columns []string, empty bool) {
	for j, c := range columns {
		put := func(window string, v float64) {
			m := audit.Measurement{Detector: "drift", Metric: "psi", Convention: "PSI", GroupKind: audit.KindOverall, Column: ptr(c), Window: window, N: 1000}
			if empty {
				m.N, m.Note = 0, "undefined: every value is missing here"
			} else {
				m.Value, m.Null = &v, &audit.Null{Expected: 0.01, Limit: 0.05}
			}
			b.add(m)
		}
		put(audit.AllWindows, 0.3/float64(j+1))
		for i, w := range b.r.Windows[1:] {
			put(w.ID, 0.2*math.Abs(math.Sin(float64(i*(j+1)))))
		}
		if !empty {
			t := audit.Table{ID: "drift/" + c, Detector: "drift", Kind: "bins", Title: "Column " + c, Columns: []string{"bin", "low", "high", "reference", "current"}}
			for i := range 3 + 9*(j%3) {
				t.Rows = append(t.Rows, []any{fmt.Sprintf("%s %d", hostileName(i%8), i), nil, nil, int64(100 + 10*i), int64(130 - i)})
			}
			b.r.Tables = append(b.r.Tables, t)
		}
	}
}

// livingScores is a plain audit of scores with drift.
func livingScores() *audit.Result {
	r := bank()
	b := &builder{r}
	r.Windows[0].Role = "reference"
	b.scored("marital", []fixtureGroup{{"married", 2755, 27214}, {"single", 1912, 12790}, {"divorced", 622, 5207}}, 1, false)
	b.drifted([]string{"decision", "job", "balance", "group:age"}, false)
	return r
}

// extremeScores has 40 groups, 60 windows, 45 columns and hostile names.
func extremeScores() *audit.Result {
	r := extreme()
	b := &builder{r}
	var groups []fixtureGroup
	for _, v := range r.Groups[0].Values {
		groups = append(groups, fixtureGroup{*v.Value, 0, v.N})
	}
	b.scored(r.Groups[0].Attribute, groups, 39, false)
	var columns []string
	for i := range 45 {
		columns = append(columns, hostileName(i))
	}
	b.drifted(columns, false)
	return r
}

// undefinedScores has scores and columns, and not one number.
func undefinedScores() *audit.Result {
	r := undefinedOnly()
	b := &builder{r}
	r.Windows = bankWindows()[:4]
	b.scored("g", []fixtureGroup{{"null", 0, 0}, {"a", 0, 0}}, 0, true)
	b.drifted([]string{"age", "job"}, true)
	return r
}
