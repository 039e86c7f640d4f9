package reports

import (
	"fmt"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// absentSentences say, a sentence for each thing, who is not in the picture.
func absentSentences(r *audit.Result, x *index) []string {
	var out []string
	for i := range r.Measurements {
		m := &r.Measurements[i]
		if m.Detector == representationDetector && m.Parameters["status"] == "not_measured" {
			out = append(out, "No column carries “"+clean(m.Parameters["attribute"])+"”, which this audit should have: it is not measured.")
		}
	}
	for _, a := range x.attributes() {
		if !crossed(a) {
			out = append(out, unobserved(r, x, a)...)
		}
	}
	return append(append(out, grouplessSentences(r, x)...), unlabeled(r, x)...)
}

// absentLine says in one line who is not in the picture: the first screen's, above
// the section that tells more. linked says that there is such a section.
func absentLine(r *audit.Result, x *index) (line string, linked bool) {
	var parts []string
	for _, a := range x.attributes() {
		if crossed(a) {
			continue
		}
		var rows, all int64
		whole := true
		for _, v := range x.attribute(a).Values {
			whole = whole && v.N != audit.Hidden
			all += v.N
			if v.Value == nil {
				rows = v.N
			}
		}
		switch {
		case !whole && rows != 0:
			parts = append(parts, "whoever has no known "+attributeName(a)+" (how many is suppressed)")
		case rows > 0:
			parts = append(parts, fmt.Sprintf("%s of %s %s without a known %s (%s)", count(rows), count(all), unit(r), attributeName(a), percent(float64(rows)/float64(all))))
		}
		if len(x.peek(inferredDetector, "selection_rate_weighted", a)) > 0 {
			parts = append(parts, "what "+attributeName(a)+" anybody has: it is known by probabilities alone")
		}
		for _, m := range x.peek(representationDetector, "representation_share", a) {
			if isAbsent(m) {
				parts = append(parts, "nobody of "+attributeName(a)+" "+shortName(m))
			}
		}
	}
	for i := range r.Measurements {
		if m := &r.Measurements[i]; m.Detector == representationDetector && m.Parameters["status"] == "not_measured" {
			parts = append(parts, "nothing by "+clean(m.Parameters["attribute"])+", which no column carries")
		}
	}
	if m := labelShares(r)[""]; m != nil && *m.Numerator < *m.Denominator {
		parts = append(parts, fmt.Sprintf("%s of %s %s without a label that can be used (%s)", count(*m.Denominator-*m.Numerator), count(*m.Denominator), unit(r), percent(1-*m.Value)))
	}
	switch {
	case len(parts) > mostAbsent:
		return strings.Join(parts[:mostAbsent], "; ") + fmt.Sprintf("; and %d more", len(parts)-mostAbsent) + ".", true
	case len(parts) > 0:
		return strings.Join(parts, "; ") + ".", true
	case len(x.attributes()) > 0:
		return "nobody that the log tells of: every row has its groups. Who is not in the log at all, it cannot say.", false
	}
	return "", false
}

// mostAbsent bounds what the first screen says of who is not there.
const mostAbsent = 6

// hanging says which verdicts rows could turn that the judged numbers leave out.
func hanging(r *audit.Result) []string {
	var out []string
	for _, c := range r.Gates.Checks {
		if c.HangsOn != "" {
			out = append(out, checkName(c)+" ("+badgeOf(c.Verdict).Word+"): "+clean(c.HangsOn)+".")
		}
	}
	return out
}

// grouplessSentences say, for each attribute, what the rows without a group could
// change.
func grouplessSentences(r *audit.Result, x *index) []string {
	var out []string
	for _, a := range x.attributes() {
		if s := groupless(r, x, a); s != "" && !crossed(a) {
			out = append(out, s)
		}
	}
	return out
}

// peek lists the measurements of a place without marking them as shown.
func (x *index) peek(detector, metric, attribute string) []*audit.Measurement {
	var out []*audit.Measurement
	for _, i := range x.at[place{detector, metric, attribute, audit.AllWindows}] {
		out = append(out, &x.r.Measurements[i])
	}
	return out
}

// unobserved tells of expected groups that have no row.
func unobserved(r *audit.Result, x *index, attribute string) []string {
	var names []string
	var last *audit.Measurement
	for _, m := range x.peek(representationDetector, "representation_share", attribute) {
		if isAbsent(m) {
			names, last = append(names, shortName(m)), m
		}
	}
	if last == nil || last.Denominator == nil {
		return nil
	}
	s := fmt.Sprintf("Nobody among the %s %s whose %s is known is %s", count(*last.Denominator), unit(r), attributeName(attribute), strings.Join(names, " or "))
	if last.Interval != nil && last.Interval.High != nil {
		s += fmt.Sprintf(", so fewer than %s of such %s are, at 95%s%% confidence", finePercent(*last.Interval.High), unit(r), thin)
		if last.Interval.Level != 0.95 {
			s = strings.Replace(s, "95"+thin+"%", percent(last.Interval.Level), 1)
		}
	}
	return []string{s + ". Nothing can be said about how they fare."}
}

// groupless tells of the rows without a group, and of the gap that they matter
// to most: one that a limit holds, else the first.
func groupless(r *audit.Result, x *index, attribute string) string {
	var rows, all int64
	for _, v := range x.attribute(attribute).Values {
		if v.N == audit.Hidden {
			return ""
		}
		if v.Value == nil {
			rows = v.N
		}
		all += v.N
	}
	var about *audit.Measurement
	weight := map[string]int{"": 0, "holds": 1, "broken": 2, "open": 3}
	for i := range r.Measurements {
		m := &r.Measurements[i]
		if m.Detector == missingDetector && m.Attribute == attribute && strings.HasSuffix(m.Metric, "_ratio"+boundsSuffix) && m.Interval != nil &&
			(about == nil || weight[m.Parameters["limit"]] > weight[about.Parameters["limit"]]) {
			about = m
		}
	}
	if rows <= 0 || all <= 0 || len(x.peek(missingDetector, "selection_rate"+boundsSuffix, attribute)) == 0 {
		return ""
	}
	s := fmt.Sprintf("%s of %s %s (%s) have no known %s.", count(rows), count(all), unit(r), percent(float64(rows)/float64(all)), attributeName(attribute))
	if about == nil {
		return s
	}
	write := scaleOf(about).write
	s += fmt.Sprintf(" Whatever it is, the %s of %s against %s, measured as %s, lies ", define(strings.TrimSuffix(about.Metric, boundsSuffix)).label, shortName(about), referenceName(about), write(*about.Value))
	if about.Interval.High == nil {
		s += "above " + write(*about.Interval.Low)
	} else {
		s += "between " + write(*about.Interval.Low) + " and " + write(*about.Interval.High)
	}
	switch about.Parameters["limit"] {
	case "holds":
		return s + ": the limit holds for all their possible groups."
	case "broken":
		return s + ": the limit is broken for all their possible groups."
	case "open":
		return s + ": whether the limit holds hangs on who they are."
	}
	return s + "."
}

// labelShares are the shares of everybody that have a label, by decision; "" is of
// both.
func labelShares(r *audit.Result) map[string]*audit.Measurement {
	shares := map[string]*audit.Measurement{}
	for i := range r.Measurements {
		m := &r.Measurements[i]
		if m.Detector == coverageDetector && m.Metric == "label_share" && m.GroupKind == audit.KindOverall && m.Value != nil && m.Numerator != nil && m.Denominator != nil {
			if d := m.Parameters["decision"]; shares[d] == nil {
				shares[d] = m
			}
		}
	}
	return shares
}

// unlabeled tells of the rows whose outcome is not known, of a decision for
// which none is, and of those that are too young.
func unlabeled(r *audit.Result, x *index) []string {
	var out []string
	shares := labelShares(r)
	m := shares[""]
	if m == nil {
		return nil
	}
	s := fmt.Sprintf("%s of %s %s (%s) have no label that can be used.", count(*m.Denominator-*m.Numerator), count(*m.Denominator), unit(r), percent(1-*m.Value))
	for _, side := range [][2]string{{"positive", positive(r)}, {"negative", "not " + positive(r)}} {
		if d := shares[side[0]]; d != nil && *d.Numerator == 0 && *m.Numerator > 0 {
			s += " Of those who were " + side[1] + " none has one, so rates that add up the outcomes of both sides, such as the true and the false positive rate, have no value."
		}
	}
	out = append(out, s)
	for _, m := range x.peek(completenessDetector, "immature_label_share", "") {
		if m.Value != nil && *m.Value > 0 && m.Numerator != nil {
			out = append(out, fmt.Sprintf("%s of them are too young: their labels may still change.", count(*m.Numerator)))
		}
	}
	return out
}

// absentDefinition explains the metrics about who is not in the picture.
func absentDefinition(metric string) (definition, bool) {
	switch metric {
	case "representation_share":
		return definition{label: "share of the rows", scale: share, phrase: "of {unit} belong to the group", formula: "rows of the group ÷ rows with a known group",
			plain: "Of all {unit} whose group is known, the share that belongs to the group."}, true
	case "representation_ratio":
		return definition{label: "representation ratio", scale: quotient, formula: "share of the rows ÷ share of the population",
			plain: "A group’s share of the rows divided by its share of the population that the configuration names. One is proportional."}, true
	case "pooled_rate_difference":
		return definition{label: "difference from everybody", scale: gap, formula: "rate of the group − rate of everybody",
			plain: "The selection rate of a small group minus that of everybody whose group is known."}, true
	case "label_share":
		return definition{label: "share with a label", scale: share, phrase: "of {unit} have a label that can be used", formula: "rows with a usable label ÷ rows",
			plain: "Of all {unit} in a group, the share whose label is there, listed and old enough to be used."}, true
	}
	if d, ok := inferredDefinition(metric); ok {
		return d, true
	}
	if base, ok := strings.CutSuffix(metric, boundsSuffix); ok {
		d := define(base)
		d.label, d.phrase = d.label+", bounds", ""
		d.plain += " The range holds whatever the rows that lack a group, or a label, turn out to be."
		return d, true
	}
	if base, ok := strings.CutSuffix(metric, imputedSuffix); ok {
		d := define(base)
		d.label, d.phrase = d.label+", rows without a group spread", ""
		d.plain += " Rows without a group are spread over the groups like the rows of the same outcome and stratum whose group is known."
		return d, true
	}
	return definition{}, false
}

// inferredDefinition explains the estimators for groups that are known by
// probabilities alone.
func inferredDefinition(metric string) (definition, bool) {
	switch metric {
	case "assigned_share":
		return definition{label: "share taken by the threshold", scale: share, formula: "rows with p ≥ threshold ÷ rows",
			plain: "The share of rows whose probability of the group reaches the threshold."}, true
	case "selection_rate_threshold":
		return definition{label: "selection rate by threshold", scale: share, formula: "{positive} ÷ rows, of rows with p ≥ threshold",
			plain: "Of the {unit} whose probability of the group reaches the threshold, the share that was {positive}. It tends to overstate gaps."}, true
	case "selection_rate_weighted":
		return definition{label: "selection rate, weighted", scale: share, formula: "Σ p·y ÷ Σ p",
			plain: "The share that was {positive}, each of the {unit} counted in proportion to the probability of the group. It tends to understate gaps."}, true
	case "selection_rate_combination":
		return definition{label: "selection rate, if the probabilities are right", scale: share, formula: "Σ max(0, Σp − n₀) ÷ Σ p to Σ min(Σp, n₁) ÷ Σ p",
			plain: "The weighted rate; the range holds every rate that fits the probabilities, whoever the members are."}, true
	case "selection_rate_ratio_threshold", "selection_rate_ratio_weighted":
		return definition{label: "selection rate ratio, " + strings.TrimPrefix(metric, "selection_rate_ratio_"), scale: quotient, formula: "group ÷ reference",
			plain: "The estimated selection rate of a group divided by that of the group it is compared with."}, true
	case "selection_rate_difference_probabilistic":
		return definition{label: "gap to everybody else, probabilistic", scale: gap, formula: "Cov(y, p) ÷ (p̄·(1 − p̄))",
			plain: "The weighted selection rate of the group less that of everybody else."}, true
	case "selection_rate_difference_linear":
		return definition{label: "gap to everybody else, linear", scale: gap, formula: "Cov(y, p) ÷ Var(p)",
			plain: "How many points the share that was {positive} rises from probability 0 to 1. Under conditions that the detector states, the true gap lies between this and the probabilistic one."}, true
	}
	return definition{}, false
}
