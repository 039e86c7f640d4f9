package reports

import (
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// The detectors that rule packs bring with them.
const (
	ll144Detector   = "ll144"
	adverseDetector = "adverse_impact"
)

// packView is one rule pack with its evidence.
type packView struct {
	ID, Name, Title string
	Verdict         badge
	Facts           []fact
	Wording         []string
	NotClaimed      []string
	Count           string
	Evidence        *grid
}

// statutoryView is a table in the layout of a law, with the sentences below it.
type statutoryView struct {
	Table *grid
	Class string // three: three columns say who
	Notes []string
}

// packsView is the section about rule packs.
type packsView struct {
	Packs  []packView
	Tables []statutoryView
	Common []string // sentences that stand below every table
	Beside []*grid  // statistics beside impact ratios
}

// packs makes the section, or nil if the audit has neither packs nor their tables.
func (k *maker) packs() *packsView {
	v := &packsView{Beside: k.adverse()}
	for i := range k.r.Packs {
		v.Packs = append(v.Packs, k.pack(&k.r.Packs[i]))
	}
	v.statutory(k)
	if len(v.Packs)+len(v.Tables)+len(v.Beside) == 0 {
		return nil
	}
	return v
}

func (k *maker) pack(p *audit.Pack) packView {
	v := packView{ID: "pack-" + clean(p.Name), Name: clean(p.Name), Title: clean(p.Title), Verdict: badgeOf(p.Verdict), Count: evidenceCount(k.r, p.Name)}
	add := func(name, text string, code bool) {
		if text != "" {
			v.Facts = append(v.Facts, fact{name, clean(text), code})
		}
	}
	add("Release", p.Release, false)
	add("Where", p.Jurisdiction+", "+words(p.Status)+" when verified", false)
	add("Sources", strings.Join(p.Citation, "; "), false)
	add("Verified", p.Verified, false)
	if p.GoodUntil != "" {
		add("Evidence good until", day(p.GoodUntil)+" at the latest, "+age(p.MaxAge)+" after the end of the log", false)
	}
	add("SHA-256", p.SHA256, true)
	for _, s := range p.Wording {
		v.Wording = append(v.Wording, clean(s))
	}
	for _, s := range p.NotClaimed {
		v.NotClaimed = append(v.NotClaimed, clean(s))
	}
	g := &grid{Caption: "What the pack asks for, and what there is", Whole: true, Head: []headCell{label("Asked for"), label("There is"), label("What"), label("Source")}}
	for _, e := range k.r.Evidence {
		if e.Pack == p.Name {
			b := statusOf(e.Status)
			g.Rows = append(g.Rows, []cell{{Text: clean(e.Title), Head: true}, judged(b), named(clean(e.Detail)), text(e.Citation)})
		}
	}
	v.Evidence = g.drop("Source")
	return v
}

// age writes a whole number of days in words.
func age(s string) string {
	if n, ok := strings.CutSuffix(s, "d"); ok {
		return n + " days"
	}
	return s
}

// day is the date of a time.
func day(s string) string {
	date, _, _ := strings.Cut(s, "T")
	return date
}

// statusOf is the status of a piece of evidence as a badge. Nothing here is a
// verdict, so recorded evidence does not look like a pass.
func statusOf(s audit.EvidenceStatus) badge {
	switch s {
	case audit.Recorded:
		return badge{"Recorded", "●", "info", "[o]"}
	case audit.FindingAt:
		return badge{"Finding", "!", "warn", "[!]"}
	case audit.Absent:
		return badge{"Missing", "?", "open", "[?]"}
	}
	return badge{"Not applicable", "–", "none", "[-]"}
}

// evidenceCount says how much of what a pack asks for there is.
func evidenceCount(r *audit.Result, pack string) string {
	n := map[audit.EvidenceStatus]int{}
	for _, e := range r.Evidence {
		if e.Pack == pack {
			n[e.Status]++
		}
	}
	var parts []string
	for _, s := range []struct {
		status audit.EvidenceStatus
		text   string
	}{{audit.Recorded, "recorded"}, {audit.FindingAt, "with a finding"}, {audit.Absent, "missing"}, {audit.OutsideDuty, "not applicable"}} {
		if n[s.status] > 0 {
			parts = append(parts, count(int64(n[s.status]))+" "+s.text)
		}
	}
	return strings.Join(parts, ", ")
}

// statutory collects the tables in the layout of a law. What stands below all of
// them is said once.
func (v *packsView) statutory(k *maker) {
	common := map[string]int{}
	for i := range k.r.Tables {
		t := &k.r.Tables[i]
		if t.Kind != statutory || len(t.Rows) == 0 {
			continue
		}
		g := k.sheetTable(t)
		g.Folded, g.Whole = false, true
		for j, c := range t.Columns {
			g.Head[j].Text = clean(c)
			numeric := g.Head[j].Num || j > 0 && slices.Contains([]string{"Selection Rate", "Scoring Rate", "Impact Ratio"}, c)
			g.Head[j].Num = numeric
			for _, row := range g.Rows {
				row[j].Num = numeric && j > 0
			}
		}
		var notes []string
		for _, n := range t.Notes {
			notes = append(notes, clean(n))
			common[clean(n)]++
		}
		class := ""
		if len(t.Columns) > 4 && !g.Head[2].Num {
			class = "three"
		}
		v.Tables = append(v.Tables, statutoryView{g, class, notes})
	}
	for i := range k.r.Measurements { // the tables show them
		if k.r.Measurements[i].Detector == ll144Detector {
			k.x.shown[i] = true
		}
	}
	if len(v.Tables) < 2 {
		return
	}
	for i := range v.Tables {
		v.Tables[i].Notes = slices.DeleteFunc(v.Tables[i].Notes, func(n string) bool {
			if common[n] == len(v.Tables) && !slices.Contains(v.Common, n) {
				v.Common = append(v.Common, n)
			}
			return common[n] == len(v.Tables)
		})
	}
}

// adverse lists, per attribute, the statistics that practice puts beside an impact
// ratio.
func (k *maker) adverse() []*grid {
	metrics := []string{"impact_ratio", "standard_deviations", "standard_deviations_fixed", "odds_ratio", "cohens_h", "shortfall", "shortfall_to_reference", "flip_flop"}
	var out []*grid
	for _, a := range k.x.attributes() {
		g := &grid{Caption: "Evidence beside the impact ratio by " + attributeName(a), Head: []headCell{label("Group"), label("Compared with")}}
		lists := make([][]*audit.Measurement, len(metrics))
		for i, m := range metrics {
			lists[i] = k.about(adverseDetector, m, a)
			g.Head = append(g.Head, headCell{Text: sentenceCase(define(m).label), Def: "def-" + m, Num: true})
		}
		for _, m := range lists[0] {
			row := []cell{group(m), reference(m)}
			for _, ms := range lists {
				row = append(row, withChance(partner(ms, m, nil)))
			}
			g.Rows = append(g.Rows, row)
		}
		if len(g.Rows) > 0 {
			g.Note = "A minus sign of standard deviations means a lower rate. Each p is of that pair alone, not adjusted; the checks judge."
			g.Folded = crossed(a) || len(g.Rows) > paperRows
			out = append(out, g.cut("groups"))
		}
	}
	return out
}

// withChance is a value with its own p below.
func withChance(m *audit.Measurement) cell {
	c := valueCell(m)
	if m != nil && m.P != nil && m.Value != nil {
		c.Sub = join(", ", c.Sub, "p "+strings.TrimPrefix(chance(m.P), "p "))
	}
	return c
}

// packDefinition explains the metrics that rule packs bring.
func packDefinition(metric string) (definition, bool) {
	switch metric {
	case "impact_ratio":
		return definition{label: "impact ratio", scale: quotient, formula: "rate of the group ÷ highest rate",
			plain: "A group’s rate divided by that of the group it is compared with, most often the one with the highest. One means equal."}, true
	case "scoring_rate":
		return definition{label: "scoring rate", scale: share, phrase: "of {unit} scored above the median", formula: "scores above the median ÷ scores",
			plain: "Of the {unit} in a category with a score, the share that scored above the median of the sample."}, true
	case "scoring_impact_ratio":
		return definition{label: "impact ratio of scores", scale: quotient, formula: "scoring rate ÷ highest scoring rate",
			plain: "A category’s scoring rate divided by that of the highest scoring category of the table."}, true
	case "median_score":
		return definition{label: "median score", plain: "The score in the middle of everybody’s, sorted.", formula: "middle of the sorted scores"}, true
	case "unknown_category":
		return definition{label: "people of an unknown category", plain: "How many {unit} were assessed whose sex, or race or ethnicity, is not known."}, true
	case "excluded_categories":
		return definition{label: "categories left out", plain: "How many small categories were left out of the impact ratios, each with a justification."}, true
	case "data_stated":
		return definition{label: "kind of data stated", plain: "Whether the configuration says that the log holds historical or test data."}, true
	case "standard_deviations":
		return definition{label: "standard deviations", scale: coefficient, formula: "(a/n − b/m) ÷ √(p(1−p)(1/n+1/m))",
			plain: "The gap between two rates, in standard deviations of what chance gives if both groups have one rate. Courts have looked at more than two or three."}, true
	case "standard_deviations_fixed":
		return definition{label: "standard deviations, fixed margins", scale: coefficient, formula: "(a − nK/N) ÷ √(nmK(N−K)/(N²(N−1)))",
			plain: "The same, with the number of {positive} taken as given."}, true
	case "availability_standard_deviations":
		return definition{label: "standard deviations from availability", scale: coefficient, formula: "(x − Nπ) ÷ √(Nπ(1−π))",
			plain: "How far a group’s number lies from what its share of the population would give, in standard deviations."}, true
	case "odds_ratio":
		return definition{label: "odds ratio", scale: quotient, formula: "a(m−b) ÷ b(n−a)", plain: "The odds of a group divided by those of the group it is compared with."}, true
	case "cohens_h":
		return definition{label: "Cohen’s h", scale: coefficient, formula: "2·asin√(a/n) − 2·asin√(b/m)", plain: "The gap on a scale on which 0.2 is called small, 0.5 medium, 0.8 large."}, true
	case "shortfall":
		return definition{label: "shortfall", formula: "nK/N − a", plain: "How many more of the group would have been {positive} if both groups had one rate."}, true
	case "shortfall_to_reference":
		return definition{label: "shortfall to the other rate", formula: "n·b/m − a", plain: "How many more of the group would have been {positive} at the rate of the group it is compared with."}, true
	case "flip_flop":
		return definition{label: "flip-flop", formula: "least k with (a+k)/n ≥ (b−k)/m", plain: "How many selections, moved to the group, make the rates equal or turn them. At 0 or 1 the gap hangs on one person."}, true
	}
	return definition{}, false
}
