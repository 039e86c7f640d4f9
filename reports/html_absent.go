package reports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// The detectors that say who is not in the picture.
const (
	representationDetector = "representation"
	missingDetector        = "missing_groups"
	coverageDetector       = "label_coverage"
	inferredDetector       = "inferred_groups"
)

// aboutAbsent tells the detectors of the section about who is not in the
// picture.
func aboutAbsent(detector string) bool {
	return detector == representationDetector || detector == missingDetector || detector == coverageDetector || detector == inferredDetector
}

// absentView is the section about who is not in the picture.
type absentView struct {
	Said  []string
	Parts []absentPart
}

// absentPart is one of its questions, with a table for each attribute.
type absentPart struct {
	Title, Intro string
	Tables       []*grid
}

// absent makes the section, or nil if nobody is known to be missing.
func (k *maker) absent() *absentView {
	v := &absentView{Said: absentSentences(k.r, k.x)}
	v.add("Who should be here", "Expected groups and their share of the rows. The interval is exact; of a group with no row it is the largest share at which seeing nobody would be no surprise. A share below the population’s says that a group is rare here, not why.", k.expectedTables())
	v.add("Small groups against everybody", "Groups with few rows (below min_rows), against everybody whose group is known. p is exact: the chance of a rate as far out, on that side, if the group were treated like everybody.", k.smallTables())
	v.add("Rows without a group", "The first range holds whatever groups these rows belong to: it assumes nothing. “If alike” takes them to be like the rows of the same outcome whose group is known, an assumption that no log can prove.", k.missingTables())
	v.add("Rows without an outcome", "Numbers that need a label leave these rows out. A group with fewer labels is known less well, and if labels are missing for a reason, its rates may be wrong.", k.coverageTables())
	v.add("", "How far the rows without a label could move each number, whatever their labels are.", k.labelTables())
	v.add("Groups known only as probabilities", "Nobody’s group is known here; each row has a probability for each. The estimators are biased in different ways, so what they agree on counts. None says anything about one person.", k.inferredTables())
	if len(v.Said)+len(v.Parts) == 0 {
		return nil
	}
	return v
}

func (v *absentView) add(title, intro string, tables []*grid) {
	if len(tables) > 0 {
		v.Parts = append(v.Parts, absentPart{title, intro, tables})
	}
}

// about takes the measurements of a detector's metric for an attribute.
func (k *maker) about(detector, metric, attribute string) []*audit.Measurement {
	return k.x.take(place{detector, metric, attribute, audit.AllWindows})
}

// partner finds the measurement of the same group.
func partner(ms []*audit.Measurement, m *audit.Measurement, which func(*audit.Measurement) bool) *audit.Measurement {
	for _, o := range ms {
		if key(o.GroupKind, o.Group) == key(m.GroupKind, m.Group) && (which == nil || which(o)) {
			return o
		}
	}
	return nil
}

// expectedTables list, per attribute, the groups that should be there.
func (k *maker) expectedTables() []*grid {
	k.about(representationDetector, "representation_share", "") // the attributes that are not measured: a sentence each
	var out []*grid
	for _, a := range k.x.attributes() {
		ms := k.about(representationDetector, "representation_share", a)
		if len(ms) == 0 {
			continue
		}
		ratios := k.about(representationDetector, "representation_ratio", a)
		g := &grid{Caption: "Share of the rows by " + attributeName(a), Folded: crossed(a) && len(ms) > paperRows,
			Head: []headCell{label("Group"), numeric("Rows"), {Text: "Share", Def: "def-representation_share", Num: true},
				numeric("Population"), {Text: "Ratio", Def: "def-representation_ratio", Num: true}, numeric("p"), label("Verdict"), label("Note")}}
		for _, m := range ms {
			share, row := valueCell(m), []cell{group(m), integer(m.N)}
			share.Sub = fineSpan(m.Interval)
			ratio := partner(ratios, m, nil)
			row = append(row, share, populationCell(ratio), valueCell(ratio))
			note := m.Note
			if isAbsent(m) {
				note = "not observed"
			}
			if ratio != nil {
				row = append(row, chanceCell(ratio.P), verdictCell(ratio.Verdict), text(note))
			} else {
				row = append(row, none(), cell{Text: "–"}, text(note))
			}
			g.Rows = append(g.Rows, row)
		}
		out = append(out, g.drop("Population", "Ratio", "p", "Verdict", "Note").cut("groups"))
	}
	return out
}

// fineSpan is the interval of a share that may be very small.
func fineSpan(i *audit.Interval) string {
	if i == nil || i.Low == nil || i.High == nil {
		return ""
	}
	if *i.Low == 0 {
		return "below " + finePercent(*i.High)
	}
	return span(i, percent)
}

// finePercent writes a share to two digits however small it is.
func finePercent(x float64) string {
	if x <= 0 || x >= 0.001 {
		return percent(x)
	}
	decimals := 2
	for y := 100 * x; y < 0.1; y *= 10 {
		decimals++
	}
	return fixed(100*x, decimals) + thin + "%"
}

func populationCell(m *audit.Measurement) cell {
	if m == nil || m.RefNum == nil || m.RefDen == nil || *m.RefDen == 0 {
		return none()
	}
	return cell{Text: percent(float64(*m.RefNum) / float64(*m.RefDen)), Num: true}
}

// isAbsent says that a group was expected and has no row.
func isAbsent(m *audit.Measurement) bool { return m.Parameters["status"] == "not_observed" }

// smallTables list, per attribute, the exact test of small groups.
func (k *maker) smallTables() []*grid {
	var out []*grid
	for _, a := range k.x.attributes() {
		ms := k.about(representationDetector, "pooled_rate_difference", a)
		if len(ms) == 0 {
			continue
		}
		g := &grid{Caption: "Small groups of " + attributeName(a), Folded: len(ms) > paperRows,
			Head: []headCell{label("Group"), numeric("n"), numeric(sentenceCase(positive(k.r))), numeric("Rate"), numeric("Everybody"), {Text: "Difference", Def: "def-pooled_rate_difference", Num: true}, numeric("p"), label("Verdict")}}
		for _, m := range ms {
			if m.Numerator == nil || m.RefNum == nil || m.RefDen == nil || *m.RefDen == 0 || m.N == 0 {
				continue
			}
			g.Rows = append(g.Rows, []cell{group(m), integer(m.N), integer(*m.Numerator), {Text: percent(float64(*m.Numerator) / float64(m.N)), Num: true},
				{Text: percent(float64(*m.RefNum) / float64(*m.RefDen)), Num: true}, valueCell(m), chanceCell(m.P), verdictCell(m.Verdict)})
		}
		out = append(out, g.drop("Verdict").cut("groups"))
	}
	return out
}

// inferredTables list, per attribute, what the estimators say of each group.
func (k *maker) inferredTables() []*grid {
	var out []*grid
	for _, a := range k.x.attributes() {
		weighted := k.about(inferredDetector, "selection_rate_weighted", a)
		if len(weighted) == 0 {
			continue
		}
		g := &grid{Caption: "Estimated rates by " + attributeName(a), Head: []headCell{label("Group"), {Text: "Weighted", Def: "def-selection_rate_weighted", Num: true},
			{Text: "If the probabilities are right", Def: "def-selection_rate_combination", Num: true}, {Text: "By threshold", Def: "def-selection_rate_threshold", Num: true},
			{Text: "Taken by it", Def: "def-assigned_share", Num: true}, numeric("Ratio, weighted"), numeric("Ratio, threshold"), numeric("Gap to everybody else"), numeric("the same, linear")}}
		columns := make([][]*audit.Measurement, 0, 7)
		for _, metric := range []string{"selection_rate_combination", "selection_rate_threshold", "assigned_share", "selection_rate_ratio_weighted",
			"selection_rate_ratio_threshold", "selection_rate_difference_probabilistic", "selection_rate_difference_linear"} {
			columns = append(columns, k.about(inferredDetector, metric, a))
		}
		for _, m := range weighted {
			row := []cell{group(m), valueCell(m)}
			for _, ms := range columns {
				row = append(row, valueCell(partner(ms, m, nil)))
			}
			row[2].Text, row[2].Sub = cmp.Or(row[2].Sub, row[2].Text), ""
			g.Rows = append(g.Rows, row)
		}
		out = append(out, g.cut("groups"))
	}
	return out
}

// coverageTables list, per attribute, whose label can be used.
func (k *maker) coverageTables() []*grid {
	var out []*grid
	for _, a := range append([]string{""}, k.x.attributes()...) {
		ms := k.about(coverageDetector, "label_share", a)
		if len(ms) == 0 {
			continue
		}
		ratios := append(k.about(coverageDetector, "label_share_ratio", a), k.about(coverageDetector, "label_share_difference", a)...)
		immature := k.at(completenessDetector, "immature_label_share", a)
		if a != "" {
			immature = append(immature, k.at(completenessDetector, "immature_label_share", "")...)
		}
		g := &grid{Caption: "Rows with a label that can be used, by " + attributeName(a), Folded: crossed(a),
			Head: []headCell{label("Group"), numeric("Rows"), {Text: "With a label", Def: "def-label_share", Num: true},
				numeric("of those " + positive(k.r)), numeric("of the others"), numeric("Too young"), numeric("Ratio to the reference"), numeric("p")}}
		if a == "" {
			g.Caption = "Rows with a label that can be used"
		}
		by := func(decision string) func(*audit.Measurement) bool {
			return func(m *audit.Measurement) bool { return m.Parameters["decision"] == decision }
		}
		for _, m := range ms {
			if m.Parameters["decision"] != "" {
				continue
			}
			gap := partner(ratios, m, nil)
			row := []cell{group(m), integer(m.N), valueCell(m), valueCell(partner(ms, m, by("positive"))), valueCell(partner(ms, m, by("negative"))),
				valueCell(partner(immature, m, nil)), valueCell(gap), none()}
			if gap != nil {
				row[7] = chanceCell(gap.P)
			}
			g.Rows = append(g.Rows, row)
		}
		out = append(out, g.drop("Too young", "Ratio to the reference", "p").cut("groups"))
	}
	return out
}

// missingTables list the bounds over the groups of rows that have none.
func (k *maker) missingTables() []*grid {
	return k.boundTables(missingDetector, "whose group is missing")
}

// labelTables list the bounds over the labels of rows that have none.
func (k *maker) labelTables() []*grid { return k.boundTables(coverageDetector, "without a label") }

// boundTables list, per attribute, every number of a detector that has bounds.
func (k *maker) boundTables(detector, which string) []*grid {
	var out []*grid
	for _, a := range append([]string{""}, k.x.attributes()...) {
		g := &grid{Caption: "What the rows " + which + " could change, by " + attributeName(a), Folded: true,
			Head: []headCell{label("Number"), label("Group"), label("Compared with"), numeric("n"), numeric("As measured"), numeric("Lowest"), numeric("Highest"), numeric("If alike"), label("Note")}}
		if a == "" {
			g.Caption = "What the rows " + which + " could change"
		}
		for _, base := range k.bounded(detector, a) {
			alike := k.about(detector, base+imputedSuffix, a)
			for _, m := range k.about(detector, base+boundsSuffix, a) {
				g.Rows = append(g.Rows, boundRow(m, alike))
			}
		}
		if len(g.Rows) > 0 {
			g.Folded = len(g.Rows) > paperRows
			out = append(out, g.drop("Compared with", "If alike", "Note").cut("rows"))
		}
	}
	return out
}

// The endings of metrics that say what unknown rows could change.
const (
	boundsSuffix  = "_bounds"
	imputedSuffix = "_imputed"
)

// bounded lists the metrics of a detector that have bounds, in document order.
func (k *maker) bounded(detector, attribute string) []string {
	var out []string
	for i := range k.r.Measurements {
		m := &k.r.Measurements[i]
		base, ok := strings.CutSuffix(m.Metric, boundsSuffix)
		if ok && m.Detector == detector && m.Attribute == attribute && !slices.Contains(out, base) {
			out = append(out, base)
		}
	}
	return out
}

func boundRow(m *audit.Measurement, alike []*audit.Measurement) []cell {
	s := scaleOf(m)
	measured := valueCell(m)
	measured.Sub = ""
	low, high := none(), none()
	if m.Interval != nil {
		low = limitCell(m.Interval.Low, s, m.Parameters["lowest"])
		high = limitCell(m.Interval.High, s, m.Parameters["highest"])
	}
	note := ""
	if m.Value != nil {
		note = sentenceCase(clean(m.Note))
	}
	like := partner(alike, m, func(o *audit.Measurement) bool {
		return referenceName(o) == referenceName(m) && o.Parameters["within"] == ""
	})
	within := partner(alike, m, func(o *audit.Measurement) bool {
		return referenceName(o) == referenceName(m) && o.Parameters["within"] != ""
	})
	c := valueCell(like)
	if within != nil && within.Value != nil {
		c.Sub = s.write(*within.Value) + " within " + clean(within.Parameters["within"])
	}
	return []cell{{Text: sentenceCase(define(strings.TrimSuffix(m.Metric, boundsSuffix)).label), Head: true}, {Text: groupName(m), Exact: groupKey(m), Name: true}, reference(m),
		integer(m.N), measured, low, high, c, text(note)}
}

// limitCell is a bound; the counts behind it are shown on hover.
func limitCell(x *float64, s scale, counts string) cell {
	if x == nil {
		return cell{Text: "no limit", Num: true, Exact: clean(counts)}
	}
	return cell{Text: s.write(*x), Num: true, Exact: join(" = ", exact(x), clean(counts))}
}
