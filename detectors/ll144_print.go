package detectors

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// notPrinted stands where a table has no number.
const notPrinted = "–"

// decimals are those of one axis.
type decimals struct{ rate, ratio, highest int }

func (x LL144Rounding) of(axis string) decimals {
	switch axis {
	case axisSex:
		return decimals{x.SexRate, x.SexRatio, x.SexHighest}
	case axisRace:
		return decimals{x.RaceRate, x.RaceRatio, x.RaceHighest}
	}
	return decimals{x.CrossedRate, x.CrossedRatio, x.CrossedHighest}
}

// percentText is k of n in percent, exact before it is rounded; halves go up.
func percentText(k, n int64, decimals int) string {
	return new(big.Rat).Mul(big.NewRat(k, n), big.NewRat(100, 1)).FloatString(decimals) + "%"
}

// print lays a table out as the rule's examples do. s is nil for a selection.
func (r *ll144Run) print(t statutory, s *scoredSample) {
	kind, rate, rounding := "selection", "Selection Rate", r.params.SelectionRounding
	if s != nil {
		kind, rate, rounding = "scoring", "Scoring Rate", r.params.ScoringRounding
	}
	out := audit.Table{ID: r.tableID(kind, t), Detector: "ll144", Kind: "statutory", Title: r.title(kind, t), Columns: append(labels(t.axis), "# of Applicants")}
	if s == nil {
		out.Columns = append(out.Columns, "# Selected")
	}
	out.Columns = append(out.Columns, rate, "Impact Ratio")
	d := rounding.of(t.axis)
	for i, c := range t.cats {
		row := append(r.label(t.axis, c), c.n)
		if s == nil {
			row = append(row, c.k)
		}
		row = append(row, rateText(c, d), r.ratioText(t, i, d))
		out.Rows = append(out.Rows, row)
	}
	out.Notes = r.below(t, s, d)
	if _, ask := r.keptSmall(t); r.small == "" {
		r.small = ask
	}
	r.tables = append(r.tables, out)
}

func (r *ll144Run) tableID(kind string, t statutory) string {
	parts := []string{"ll144", kind, t.axis}
	for _, p := range []string{t.output.name, t.class} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, "/")
}

func (r *ll144Run) title(kind string, t statutory) string {
	by := map[string]string{axisSex: "sex", axisRace: "race/ethnicity", axisCrossed: "sex, ethnicity and race"}[t.axis]
	s := strings.ToUpper(kind[:1]) + kind[1:] + " rates and impact ratios by " + by
	switch {
	case t.class != "":
		s += fmt.Sprintf(": %s = %s", t.output.name, t.class)
	case t.output.name != "":
		s += ": " + t.output.name
	}
	return s
}

// labels are the heads of the columns that say who.
func labels(axis string) []string {
	switch axis {
	case axisSex:
		return []string{"Sex Categories"}
	case axisRace:
		return []string{"Race/Ethnicity Categories"}
	}
	return []string{"Ethnicity", "Sex", "Race"}
}

// label says who a row is about. The rule sorts intersections by ethnicity, and
// only people who are not Hispanic by race.
func (r *ll144Run) label(axis string, c category) []any {
	switch {
	case axis == axisRace && !c.unlisted && c.race != r.params.Hispanic && slices.Contains(r.params.RaceCategories, r.params.Hispanic):
		return []any{c.name + " (Not " + r.params.Hispanic + ")"}
	case axis != axisCrossed:
		return []any{c.name}
	case c.race == r.params.Hispanic:
		return []any{c.race, c.sex, notPrinted}
	case !slices.Contains(r.params.RaceCategories, c.race): // whose ethnicity nobody said
		return []any{notPrinted, c.sex, c.race}
	}
	return []any{"Not " + r.params.Hispanic, c.sex, c.race}
}

// spoken names a category in a sentence.
func (c category) spoken() string {
	if c.sex != "" && c.race != "" {
		return c.race + ", " + c.sex
	}
	return c.name
}

func rateText(c category, d decimals) string {
	if c.absent {
		return notPrinted
	}
	return percentText(c.k, c.n, d.rate)
}

func (r *ll144Run) ratioText(t statutory, i int, d decimals) string {
	c := t.cats[i]
	switch {
	case c.leftOut:
		return "left out"
	case c.absent || c.outside || t.highest < 0:
		return notPrinted
	}
	x := new(big.Rat).Quo(rateOf(c), rateOf(t.cats[t.highest]))
	if x.Cmp(big.NewRat(1, 1)) == 0 {
		return x.FloatString(d.highest)
	}
	return x.FloatString(d.ratio)
}

// below are the sentences that belong to a table.
func (r *ll144Run) below(t statutory, s *scoredSample, d decimals) []string {
	var out []string
	what := "selection"
	if s != nil {
		what = "scoring"
		out = append(out, r.medianText(*s))
	}
	for _, c := range t.cats {
		if c.leftOut {
			out = append(out, fmt.Sprintf("%s represents %s of the data of this table (fewer than %s) and was left out of the impact ratios because: %s Applicants: %d. %s rate: %s.",
				c.spoken(), percentText(c.n, t.total, 2), percentDecimal(r.params.ExcludeBelow), strings.TrimSuffix(c.why, ".")+".", c.n, strings.ToUpper(what[:1])+what[1:], rateText(c, d)))
		}
		switch {
		case c.outside:
			out = append(out, fmt.Sprintf("%s is no category of the rule, so it has no impact ratio and sets no highest rate; map it to one, or to missing, if it stands for one.", c.spoken()))
		case c.unlisted:
			out = append(out, fmt.Sprintf("%s is no category of the rule; map it to one, or to missing, if it stands for one.", c.spoken()))
		}
	}
	for _, s := range []string{r.keptText(t), r.undecidedText(t, s), r.spelled[t.axis]} {
		if s != "" {
			out = append(out, s)
		}
	}
	switch {
	case t.highest >= 0:
		h := t.cats[t.highest]
		out = append(out, fmt.Sprintf("Impact ratio: the %s rate divided by that of %s, the highest of this table (%d of %d), before rounding.", what, h.spoken(), h.k, h.n))
	default:
		out = append(out, fmt.Sprintf("No impact ratio: the highest %s rate is 0.", what))
	}
	if r.params.Reason != "" || r.params.Data == "test" {
		out = append(out, r.dataText())
	}
	return append(out, r.unknownText(), "The law sets no threshold for impact ratios, 0.8 or any other.")
}

// dataText says what kind of data the log holds, and why.
func (r *ll144Run) dataText() string {
	s := "The log holds " + r.params.Data + " data."
	if r.params.Data == "" {
		s = "About the data:"
	}
	reason := strings.TrimSpace(r.params.Reason)
	if reason == "" {
		return s
	}
	if r.params.Data != "" { // a sentence of its own
		reason = capital(reason)
	}
	if !strings.ContainsAny(reason[len(reason)-1:], ".!?") {
		reason += "."
	}
	return s + " " + reason
}

// capital begins a sentence with a capital, unless its first word has one further in,
// as eRecruiter has.
func capital(s string) string {
	first, _, _ := strings.Cut(s, " ")
	if first != strings.ToLower(first) {
		return s
	}
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:n]) + s[n:]
}

// medianText says what the median is, and over whom.
func (r *ll144Run) medianText(s scoredSample) string {
	over := "everyone scored"
	if r.params.MedianOver == "known" {
		over = "people of known categories"
	}
	text := fmt.Sprintf("Median score: %s, over %s (%d)", plain(s.median), over, s.n)
	if s.unknown > 0 {
		text += fmt.Sprintf(", of them %d of an unknown category", s.unknown)
	}
	text += "; a rate counts scores strictly above it."
	if s.tie > 0 {
		text += fmt.Sprintf(" %d scored exactly the median.", s.tie)
	}
	if s.unscored == 1 {
		text += " 1 has no score and is in no scoring table."
	} else if s.unscored > 1 {
		text += fmt.Sprintf(" %d have no score and are in no scoring table.", s.unscored)
	}
	return text
}

// unknownText is the sentence of the rule's example about people of unknown
// categories, with more where sex and race are not unknown together.
func (r *ll144Run) unknownText() string {
	u, what := r.unknown, "sex or race/ethnicity"
	switch {
	case r.race == "":
		what = "sex"
	case r.sex == "":
		what = "race/ethnicity"
	}
	s := fmt.Sprintf("The AEDT was also used to assess %d individuals with an unknown %s category.", u.either, what)
	if u.either == 0 {
		return s
	}
	if r.sex == "" || r.race == "" || u.sex == u.either && u.race == u.either {
		return s + " Data on those individuals was not included in the calculations above."
	}
	return s + fmt.Sprintf(" Data on the %d of unknown sex and the %d of unknown race/ethnicity was not included in the calculations that need them.", u.sex, u.race)
}

// undecidedText counts who is in no table of an output for want of one.
func (r *ll144Run) undecidedText(t statutory, s *scoredSample) string {
	if s != nil || t.without == 0 {
		return "" // of scores the median's sentence says it
	}
	return withoutText(t.without, r.called(t.output))
}

func withoutText(n int64, what string) string {
	if n == 1 {
		return "1 person has no " + what + " that was counted, and is in no selection table."
	}
	return fmt.Sprintf("%d people have no %s that was counted, and are in no selection table.", n, what)
}
