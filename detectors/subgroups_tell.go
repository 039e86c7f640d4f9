package detectors

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// mostRanked bounds the rows of the ranking, and mostFound the findings.
const (
	mostRanked = 500
	mostFound  = 3
)

// output emits what was searched, tested and found.
func (s *search) output(tested []candidate) detect.Output {
	found := 0
	for _, c := range tested {
		if c.held {
			found++
		}
	}
	halves := ""
	if s.byHash {
		halves = fmt.Sprintf("each combination of all columns is in one half, by its hash, because there are more than %d of them with the outcome", mostDealt)
	}
	s.fact("subgroups_searched", len(s.sets), join("; ", s.searched(), halves))
	s.fact("subgroups_tested", len(tested), "")
	s.fact("subgroups_found", found, "")
	var out detect.Output
	var first []candidate // told of
	for _, c := range tested {
		name, rest := s.name(c.itemset), detect.Rest
		m := c.test
		m.Group, m.GroupKind, m.Reference = &name, audit.KindValue, &rest
		a, b := s.against(c.itemset, discovery)
		m.Note = join("; ", m.Note, s.sameRows(c))
		m.Parameters = map[string]string{"rate": s.params.Rate, "discovery_difference": number(round15(ratio(a.k, a.n) - ratio(b.k, b.n)))}
		for _, at := range c.columns {
			if s.columns[at].provenance == "inferred" {
				m.Provenance = "inferred"
			}
		}
		s.put("subgroup_difference", m)
		if c.held && len(out.Findings) < mostFound && !slices.ContainsFunc(first, func(o candidate) bool { return s.retold(c, o) }) {
			out.Findings = append(out.Findings, s.finding(c, name, len(s.out)-1, len(tested)))
			first = append(first, c)
		}
	}
	if len(out.Findings) > 0 { // said once
		f := &out.Findings[0]
		f.Detail += " " + upperFirst(s.searched()) + "."
		if n := found - len(out.Findings); n > 0 {
			f.Detail += fmt.Sprintf(" %d of those tested held; the table of subgroups tested has all of them.", found)
		}
	}
	if found == 0 {
		out.Findings = append(out.Findings, s.nothing(len(tested)))
	}
	out.Measurements, out.Notes = s.out, s.notes
	out.Tables = []audit.Table{s.testTable(tested), s.ranking()}
	return out
}

// sameRows names the other descriptions of a subgroup.
func (s *search) sameRows(c candidate) string {
	if len(c.also) == 0 {
		return ""
	}
	var names []string
	for _, x := range c.also {
		names = append(names, s.name(x))
	}
	return "the same rows: " + strings.Join(names[:min(3, len(names))], " or ") + more(len(names)-3)
}

// retold says that a subgroup is part of one that was told of, or everybody else
// beside it, or holds it and is little else: its other rows differ by less than half as
// much.
func (s *search) retold(c, told candidate) bool {
	if c.partOf(told.itemset) || s.others(c.itemset, told.itemset) {
		return true
	}
	if !told.partOf(c.itemset) {
		return false
	}
	own, rest := s.against(c.itemset, heldOut)
	part := told.of(heldOut)
	own.k, own.n = own.k-part.k, own.n-part.n
	gap, ok := gapIn(own, rest)
	return !ok || c.test.Value == nil || gap**c.test.Value <= 0 || math.Abs(gap) < math.Abs(*c.test.Value)/2
}

// others says that of two values of the same columns everybody has one or the other.
func (s *search) others(a, b itemset) bool {
	both := a.halves
	both.add(b.halves)
	return slices.Equal(a.columns, b.columns) && !slices.Equal(a.values, b.values) && both.rows == s.everybody.rows
}

// partOf says that a subgroup has all conditions of another.
func (x itemset) partOf(o itemset) bool {
	for i, column := range o.columns {
		if at := slices.Index(x.columns, column); at < 0 || x.values[at] != o.values[i] {
			return false
		}
	}
	return true
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func more(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" or %d more", n)
}

func round15(x float64) float64 { return math.Round(x*1e15) / 1e15 }

func (s *search) fact(metric string, n int, note string) {
	x := float64(n)
	rows, _, _ := s.everybody.all()
	s.put(metric, audit.Measurement{Value: &x, N: rows, GroupKind: audit.KindOverall, Note: note})
}

func (s *search) put(metric string, m audit.Measurement) {
	convention := ""
	for _, d := range subgroupsMetrics() {
		if d.Name == metric {
			convention = d.Convention
		}
	}
	s.add(section{}, slice{window: detect.GateWindow}, metric, convention, m)
}

// searched says in a sentence among what was searched.
func (s *search) searched() string {
	return fmt.Sprintf("searched %d of %.0f combinations of %s, to depth %d, with at least %s of rows", len(s.sets), s.possible(), some(s.columnNames(), 12), min(s.params.Depth, len(s.columns)),
		strings.TrimSuffix(fmt.Sprintf("%.1f", 100*s.params.Support), ".0")+"\u202f%")
}

// nothing says that the search found nothing, which is an answer too.
func (s *search) nothing(tests int) audit.Finding {
	detail := fmt.Sprintf("%s. %d stood out in one half of the people, and none of them held in the other. A subgroup that is smaller, or differs by less, may still be there.", upperFirst(s.searched()), tests)
	return audit.Finding{ID: "subgroups/none", Detector: "subgroups", Severity: audit.Info, Measurements: []int{2},
		Title: fmt.Sprintf("No hidden subgroup was found in the %s.", strings.ReplaceAll(s.params.Rate, "_", " ")), Detail: detail}
}

func (s *search) finding(c candidate, name string, at, tests int) audit.Finding {
	a, b := s.against(c.itemset, heldOut)
	x, y := s.against(c.itemset, discovery)
	side := "above"
	if *c.test.Value < 0 {
		side = "below"
	}
	rate := strings.ReplaceAll(s.params.Rate, "_", " ")
	f := audit.Finding{
		ID: "subgroups/" + name, Detector: "subgroups", Severity: audit.Info, Measurements: []int{at},
		Title: fmt.Sprintf("Where %s, the %s is %.1f\u202f%%, %s the %.1f\u202f%% of everybody else.", name, rate, percentOf(&a.k, &a.n), side, percentOf(&b.k, &b.n)),
		Detail: fmt.Sprintf("Found in one half of the people (%.1f\u202f%% against %.1f\u202f%%), and held in the other: %d of %d against %d of %d, p %s, adjusted over %d subgroups tested.",
			percentOf(&x.k, &x.n), percentOf(&y.k, &y.n), a.k, a.n, b.k, b.n, smallP(c.adjusted), tests),
	}
	if same := s.sameRows(c); same != "" {
		f.Detail += " " + upperFirst(same) + "."
	}
	return f
}

// testTable has discovery and test of every subgroup tested, side by side.
func (s *search) testTable(tested []candidate) audit.Table {
	t := audit.Table{ID: "subgroups/tested", Detector: "subgroups", Kind: "subgroups", Title: "Subgroups tested: " + s.searched(),
		Columns: []string{"subgroup", "conditions", "rows", "discovery_counted", "discovery_n", "discovery_rate", "discovery_divergence", "discovery_z",
			"test_counted", "test_n", "test_rate", "test_divergence", "p_value", "p_adjusted", "held", "same_rows"}}
	for _, c := range tested {
		rows, _, _ := c.all()
		row := []any{s.name(c.itemset), int64(len(c.columns)), rows}
		for half := range 2 {
			x := c.of(half)
			d, ok := gapIn(x, s.everybody.of(half))
			if ok {
				row = append(row, x.k, x.n, ratio(x.k, x.n), d)
			} else {
				row = append(row, x.k, x.n, nil, nil)
			}
			if half == discovery {
				row = append(row, c.z)
			}
		}
		var p any
		if c.test.P != nil {
			p = *c.test.P
		}
		held := "no"
		if c.held {
			held = "yes"
		}
		var same any
		if text := s.sameRows(c); text != "" {
			same = strings.TrimPrefix(text, "the same rows: ")
		}
		t.Rows = append(t.Rows, append(row, p, c.adjusted, held, same))
	}
	return t
}

// ranking lists every subgroup by its divergence over both halves, the largest
// first, as DivExplorer ranks itemsets (Pastor, de Alfaro and Baralis 2021).
func (s *search) ranking() audit.Table {
	t := audit.Table{ID: "subgroups/ranking", Detector: "subgroups", Kind: "subgroups", Title: fmt.Sprintf("All %d subgroups over all rows: a ranking, no evidence", len(s.sets)),
		Columns: []string{"subgroup", "conditions", "support", "counted", "n", "rate", "divergence", "t", "redundant"}}
	whole := func(h halves) proportion {
		_, n, k := h.all()
		return proportion{k: k, n: n}
	}
	all := whole(s.everybody)
	total, _, _ := s.everybody.all()
	type ranked struct {
		itemset
		gap float64
		ok  bool
	}
	t.Rows = append(t.Rows, []any{"(everybody)", int64(0), 1.0, all.k, all.n, nil, nil, nil, "no"})
	if all.n > 0 {
		t.Rows[0][5], t.Rows[0][6], t.Rows[0][7] = ratio(all.k, all.n), 0.0, 0.0
	}
	var list []ranked
	for _, x := range s.sets {
		gap, ok := gapIn(whole(x.halves), all)
		list = append(list, ranked{x, gap, ok})
	}
	slices.SortStableFunc(list, func(a, b ranked) int {
		return cmp.Compare(math.Abs(b.gap), math.Abs(a.gap))
	})
	for i, x := range list {
		if i == mostRanked {
			t.Title += fmt.Sprintf("; the first %d", mostRanked)
			break
		}
		p := whole(x.halves)
		rows, _, _ := x.all()
		redundant := "no"
		if s.redundant(x.itemset, whole) {
			redundant = "yes"
		}
		row := []any{s.name(x.itemset), int64(len(x.columns)), ratio(rows, total), p.k, p.n, nil, nil, nil, redundant}
		if x.ok {
			row[5], row[6], row[7] = ratio(p.k, p.n), x.gap, betaT(p, all)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// betaT is DivExplorer's t: the distance of the means of two Beta posteriors,
// from uniform priors, over the root of the sum of their variances.
func betaT(a, b proportion) float64 {
	moments := func(p proportion) (mean, variance float64) {
		x, y := float64(p.k+1), float64(p.n-p.k+1)
		return x / (x + y), x * y / (x + y) / (x + y) / (x + y + 1)
	}
	m1, v1 := moments(a)
	m2, v2 := moments(b)
	return math.Abs(m1-m2) / math.Sqrt(v1+v2)
}
