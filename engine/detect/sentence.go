package detect

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// sentence says what a measurement says, without blame: "Married clients are
// selected 0.68 times as often as single clients."
func (t *teller) sentence(m *audit.Measurement, metric *Metric) string {
	s := t.said(m, metric)
	if m.Group != nil && strings.HasPrefix(s, spoken(m.Attribute, *m.Group)) && t.another(m, upper(*m.Group)) {
		return s
	}
	return upper(s)
}

// another tells whether a group of the attribute has this name: b is not B.
func (t *teller) another(m *audit.Measurement, name string) bool {
	return name != *m.Group && slices.ContainsFunc(t.ms, func(o audit.Measurement) bool {
		return o.Attribute == m.Attribute && o.Group != nil && *o.Group == name
	})
}

// said is the sentence without its first letter large.
func (t *teller) said(m *audit.Measurement, metric *Metric) string {
	if m.Reference == nil {
		return t.level(m, metric)
	}
	g, ref := t.who(m, *m.Group), t.who(m, *m.Reference)
	among, verb := t.verb(m)
	switch {
	case metric.Null == NullNone:
		return fmt.Sprintf("%s, %s beside %s: %s.", metric.Title, g, ref, t.value(m, metric))
	case verb == "" && metric.Scale == ScaleRatio:
		return fmt.Sprintf("the %s of %s is %s times that of %s.", quantity(m, "_ratio"), g, t.value(m, metric), ref)
	case m.Metric == "superiority":
		return fmt.Sprintf("%s score higher than %s %s of the time, ties counted half.", g, ref, percent(*m.Value+0.5))
	case verb == "" && unsignedGap(m.Metric):
		return fmt.Sprintf("the %s between %s and %s is %s.", noun(m.Metric), g, ref, t.value(m, metric))
	case verb == "":
		return fmt.Sprintf("the %s of %s is %s than that of %s.", levelName(m), g, t.apart(m, metric, "higher", "lower"), ref)
	case metric.Scale == ScaleRatio:
		return fmt.Sprintf("%s%s are %s %s times as often as %s.", among, g, verb, t.value(m, metric), ref)
	}
	return fmt.Sprintf("%s%s are %s %s often than %s.", among, g, verb, t.apart(m, metric, "more", "less"), ref)
}

// level says what a number about one group, column or everybody is.
func (t *teller) level(m *audit.Measurement, metric *Metric) string {
	among, verb := t.verb(m)
	switch {
	case m.Parameters["kpi"] != "":
		return metric.Title + ": " + t.value(m, metric) + "."
	case metric.Null == NullNoChange && m.Column != nil:
		return fmt.Sprintf("%s moved since the reference: the %s is %s.", t.about(m), noun(m.Metric), t.value(m, metric))
	case metric.Together:
		return fmt.Sprintf("%s by %s%s: %s.", metric.Title, m.Attribute, which(m), t.value(m, metric))
	case metric.Scale == ScaleNumber && m.Group == nil:
		return noun(m.Metric) + ": " + t.value(m, metric) + "."
	case verb != "":
		return fmt.Sprintf("%s%s of %s are %s.", among, t.value(m, metric), t.about(m), verb)
	}
	return fmt.Sprintf("the %s of %s is %s.", noun(m.Metric), t.about(m), t.value(m, metric))
}

// levelName names what a difference is one of; a quantile says which.
func levelName(m *audit.Measurement) string {
	if q := m.Parameters["quantile"]; q == "0.5" {
		return "median score"
	} else if q != "" {
		return q + " quantile of the scores"
	}
	if rate := m.Parameters["rate"]; m.Metric == "subgroup_difference" && rate != "" {
		return noun(rate)
	}
	return quantity(m, "_difference")
}

// quantity names what a gap between groups is of, with the outcome or stage.
func quantity(m *audit.Measurement, kind string) string {
	name := strings.TrimSuffix(m.Metric, kind)
	if name == "category_share" && m.Column != nil {
		return "share “" + *m.Column + "”"
	}
	return noun(name) + which(m)
}

// which says of which outcome or stage a gap between groups is.
func which(m *audit.Measurement) string {
	if m.Column == nil {
		return ""
	}
	return " (" + *m.Column + ")"
}

// unsignedGap says that a gap does not tell which of the two is higher.
func unsignedGap(metric string) bool {
	return strings.HasPrefix(metric, "equalized_odds") || strings.HasPrefix(metric, "average_") ||
		metric == "ks" || metric == "wasserstein" || metric == "delivery_variance"
}

// apart is the size of a difference with its direction: 4.8 points less.
func (t *teller) apart(m *audit.Measurement, metric *Metric, more, less string) string {
	word := more
	if *m.Value < 0 {
		word = less
	}
	x := math.Abs(*m.Value)
	if m.Threshold == nil {
		return number(x, metric.Scale, 0) + " " + word
	}
	return limitOf(m, metric).show(x) + " " + word
}

// value is a value that does not round onto the limit that it was held to.
func (t *teller) value(m *audit.Measurement, metric *Metric) string {
	if m.Threshold == nil {
		return number(*m.Value, metric.Scale, 0)
	}
	return limitOf(m, metric).show(*m.Value)
}

func limitOf(m *audit.Measurement, metric *Metric) Limit {
	g := audit.Gate{Key: m.Threshold.Key, Value: m.Threshold.Value, Side: m.Threshold.Side, Strict: m.Threshold.Strict}
	l, _ := NewLimit(g, *metric, audit.Reference{})
	return l
}

// verb is how a sentence about a metric runs, where it reads better than the
// metric's name: among whom, and what happens to them.
func (t *teller) verb(m *audit.Measurement) (among, verb string) {
	positive := t.spec.Words.Positive
	if positive == "" {
		positive = "selected"
	}
	switch strings.TrimSuffix(strings.TrimSuffix(m.Metric, "_ratio"), "_difference") {
	case "selection_rate":
		return "", positive
	case "true_positive_rate":
		return "among those with a positive label, ", positive
	case "false_positive_rate":
		return "among those with a negative label, ", positive
	case "share_above":
		return "", "scored " + m.Parameters["cut"] + " or higher"
	}
	return "", ""
}

// about says what a level is about.
func (t *teller) about(m *audit.Measurement) string {
	switch {
	case m.Column != nil && m.Group != nil && byCondition(m):
		return t.who(m, *m.Group) + which(m)
	case m.Column != nil && byCondition(m):
		return "all " + t.units() + which(m)
	case m.Column != nil && m.Group != nil:
		return "column " + *m.Column + " among " + t.who(m, *m.Group)
	case m.Column != nil:
		return "column " + *m.Column
	case m.Group != nil:
		return t.who(m, *m.Group)
	case m.Parameters["reason"] != "":
		return "the reason " + strings.ReplaceAll(m.Parameters["reason"], "_", " ")
	}
	return "all " + t.units()
}

// byCondition tells that what a number calls its column is an outcome, a stage or a
// context that the configuration names.
func byCondition(m *audit.Measurement) bool {
	return slices.Contains([]string{"stereotype", "outcomes", "funnel", "delivery"}, m.Detector)
}

func (t *teller) units() string {
	if t.spec.Words.Unit == "" {
		return "rows"
	}
	return t.spec.Words.Unit
}

// adjective says that a value can stand before a noun: married,
// African-American; f cannot.
func adjective(value string) bool {
	if len(value) == 1 && value == strings.ToLower(value) {
		return false
	}
	for i, r := range value {
		if !unicode.IsLetter(r) && (i == 0 || !strings.ContainsRune(" '’-", r)) {
			return false
		}
	}
	return value != ""
}

// who names a group: married clients; clients with age 25 to under 60; all other
// clients; clients with race Black and sex Female.
func (t *teller) who(m *audit.Measurement, group string) string {
	unit := t.units()
	a := t.parts[m.Attribute]
	switch {
	case group == Rest:
		return "all other " + unit
	case len(a.Parts) > 1:
		values := Uncross(group, len(a.Parts))
		var with []string
		for i, p := range a.Parts {
			if i < len(values) {
				with = append(with, p.Name+" "+inWords(values[i]))
			}
		}
		return unit + " with " + strings.Join(with, " and ")
	case adjective(group):
		return group + " " + unit
	}
	return unit + " with " + m.Attribute + " " + inWords(group)
}

// attribute is an attribute's name in a sentence.
func (t *teller) attribute(name string) string {
	var names []string
	for _, p := range t.parts[name].Parts {
		names = append(names, p.Name)
	}
	if len(names) == 0 {
		return name
	}
	return strings.Join(names, " and ")
}

// evidence is the numbers behind a sentence: "10.1 % of 27,214 against 14.9 % of
// 12,790; 95 % interval 0.64 to 0.72".
func (t *teller) evidence(m *audit.Measurement, metric *Metric) string {
	var parts []string
	if side := shares(m, metric); side != "" {
		parts = append(parts, side)
	} else if m.N > 0 {
		parts = append(parts, t.cases(m))
	}
	if m.Interval != nil {
		ends := span(m.Interval, metric.Scale)
		if m.Threshold != nil {
			ends = limitOf(m, metric).span(m.Interval)
		}
		parts = append(parts, level(m.Interval.Level)+" interval "+ends)
	}
	if m.Null != nil {
		parts = append(parts, "chance alone explains "+upTo(m.Null.Limit, metric.Scale)+" at these sizes")
	}
	return join(parts)
}

// cases says how many rows a number without counts is made of, and how many those it
// is held against, where another number of the detector tells.
func (t *teller) cases(m *audit.Measurement) string {
	s := plural(int(m.N), "row", "rows")
	if m.Parameters["unit"] == "subject" {
		s = plural(int(m.N), "person", "people") + ", each once in every window"
	}
	if m.Reference == nil {
		return s
	}
	for i := range t.ms {
		o := &t.ms[i]
		if o.Detector == m.Detector && o.Attribute == m.Attribute && o.Window == m.Window && o.GroupKind == audit.KindValue &&
			o.Reference == nil && equal(o.Group, m.Reference) && equal(o.Version, m.Version) && o.N > 0 {
			return s + " against " + grouped(o.N)
		}
	}
	return s + " of the group"
}

// shares are the two rates behind a gap, or the counts behind a level.
func shares(m *audit.Measurement, metric *Metric) string {
	if m.Numerator == nil || m.Denominator == nil {
		return ""
	}
	one := func(k, n int64) string {
		if k > n || metric.Scale == ScaleNumber || metric.Scale == ScaleOdds {
			return grouped(k) + " to " + grouped(n)
		}
		return percent(float64(k)/float64(n)) + " of " + grouped(n)
	}
	if metric.Null == NullPopulation && m.RefNum != nil && m.RefDen != nil && *m.RefDen > 0 {
		return one(*m.Numerator, *m.Denominator) + " against " + percent(float64(*m.RefNum)/float64(*m.RefDen)) + " of the population"
	}
	if m.RefNum != nil && m.RefDen != nil {
		s := one(*m.Numerator, *m.Denominator) + " against " + one(*m.RefNum, *m.RefDen)
		if r := m.Parameters["rate"]; r != "" {
			s = noun(r) + " " + s
		}
		return s
	}
	if metric.Scale == ScaleRate {
		return grouped(*m.Numerator) + " of " + grouped(*m.Denominator)
	}
	return one(*m.Numerator, *m.Denominator)
}

// stable says in how many windows with enough cases the gap points the same way.
func (t *teller) stable(m *audit.Measurement, metric *Metric) string {
	if m.Reference == nil || m.Value == nil || metric.Scale != ScaleRatio && metric.Scale != ScaleDifference || unsignedGap(m.Metric) {
		return ""
	}
	neutral := 0.0
	if metric.Scale == ScaleRatio {
		neutral = 1
	}
	enough, same := 0, 0
	least := max(1, t.parts[m.Attribute].MinRows)
	for i := range t.ms {
		o := &t.ms[i]
		if o.Detector != m.Detector || o.Metric != m.Metric || o.Attribute != m.Attribute || o.GroupKind != m.GroupKind ||
			o.Window == GateWindow || o.Value == nil || !equal(o.Group, m.Group) || !equal(o.Reference, m.Reference) {
			continue
		}
		if o.Denominator == nil || o.RefDen == nil || *o.Denominator < least || *o.RefDen < least {
			continue
		}
		enough++
		if (*o.Value-neutral)*(*m.Value-neutral) > 0 {
			same++
		}
	}
	if enough < 3 {
		return ""
	}
	unit := t.spec.Windows.Every
	if unit == "ranges" || unit == "" {
		unit = "window"
	}
	return fmt.Sprintf("The gap has the same direction in %d of %d %ss with at least %s cases on each side.", same, enough, unit, grouped(least))
}

func equal(a, b *string) bool { return a != nil && b != nil && *a == *b }

// noun is a metric's name in a sentence.
func noun(metric string) string {
	switch metric {
	case "psi":
		return "population stability index"
	case "ks":
		return "Kolmogorov-Smirnov distance"
	case "auc":
		return "AUC"
	case "wasserstein":
		return "Wasserstein distance"
	case "score_mean":
		return "mean score"
	}
	if strings.HasPrefix(metric, "treatment_equality") {
		metric = "ratio_of_false_negatives_to_false_positives" + strings.TrimPrefix(metric, "treatment_equality")
	}
	return strings.ReplaceAll(metric, "_", " ")
}

// upper starts a sentence.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
