package reports

import (
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// treatmentEquality is FN ÷ FP: counts of two kinds, and no share.
const treatmentEquality = "treatment_equality"

// scale says how a metric's numbers are written.
type scale int

const (
	number         scale = iota // a number of its own unit
	share                       // between 0 and 1, written in percent
	gap                         // a difference of shares, written in points
	quotient                    // a ratio, 1 is parity
	distance                    // a gap without a sign, written in points
	magnitude                   // a difference of plain numbers
	coefficient                 // a number whose third decimal is its last
	coefficientGap              // a difference of such numbers
)

// definition explains a metric in a sentence that a newspaper would print.
// {unit} and {positive} stand for the audit's own words.
type definition struct {
	label   string // selection rate
	plain   string // what it is
	phrase  string // "between a and b {phrase}"
	formula string
	scale   scale
}

// define looks a metric up; an unknown one is described by its name and numbers.
func define(metric string) definition {
	if d, ok := rateDefinition(metric); ok {
		return d
	}
	if d, ok := compositeDefinition(metric); ok {
		return d
	}
	if d, ok := scoreDefinition(metric); ok {
		return d
	}
	if d, ok := conditionalDefinition(metric); ok {
		return d
	}
	if d, ok := robustnessDefinition(metric); ok {
		return d
	}
	if d, ok := subgroupsDefinition(metric); ok {
		return d
	}
	if d, ok := absentDefinition(metric); ok {
		return d
	}
	if d, ok := changeDefinition(metric); ok {
		return d
	}
	if d, ok := listDefinition(metric); ok {
		return d
	}
	if d, ok := adDefinition(metric); ok {
		return d
	}
	if d, ok := conversationDefinition(metric); ok {
		return d
	}
	if d, ok := packDefinition(metric); ok {
		return d
	}
	if base, ok := strings.CutSuffix(metric, "_difference"); ok {
		return differenceOf(base)
	}
	if base, ok := strings.CutSuffix(metric, "_ratio"); ok {
		return ratioOf(base)
	}
	return definition{label: words(metric), scale: number}
}

func words(metric string) string { return strings.ReplaceAll(clean(metric), "_", " ") }

func differenceOf(base string) definition {
	d := define(base)
	out := definition{
		label:   d.label + " difference",
		plain:   "The " + d.label + " of a group minus that of the group it is compared with. Zero means no gap.",
		formula: "group − reference", scale: magnitude,
	}
	if d.scale == share {
		out.scale = gap
	}
	return out
}

func ratioOf(base string) definition {
	d := define(base)
	return definition{
		label:   d.label + " ratio",
		plain:   "The " + d.label + " of a group divided by that of the group it is compared with. One means no gap.",
		formula: "group ÷ reference", scale: quotient,
	}
}

// rateDefinition holds the shares: what is counted among what.
func rateDefinition(metric string) (definition, bool) {
	d := definition{scale: share}
	switch metric {
	case "selection_rate":
		d.label, d.phrase = "selection rate", "of {unit} are {positive}"
		d.plain, d.formula = "Of all {unit} in a group, the share that was {positive}.", "{positive} ÷ all"
	case "favorable_rate":
		d.label, d.phrase = "favorable rate", "of {unit} get the favorable decision"
		d.plain, d.formula = "Of all {unit} in a group, the share that got the decision that is good for them.", "favorable ÷ all"
	case "true_positive_rate":
		d.label, d.phrase = "true positive rate", "of {unit} with a positive label are {positive}"
		d.plain, d.formula = "Of the {unit} whose label turned out positive, the share that was {positive}.", "TP ÷ (TP + FN)"
	case "false_positive_rate":
		d.label, d.phrase = "false positive rate", "of {unit} with a negative label are {positive}"
		d.plain, d.formula = "Of the {unit} whose label turned out negative, the share that was {positive} all the same.", "FP ÷ (FP + TN)"
	case "false_negative_rate":
		d.label, d.phrase = "false negative rate", "of {unit} with a positive label are not {positive}"
		d.plain, d.formula = "Of the {unit} whose label turned out positive, the share that was not {positive} all the same.", "FN ÷ (TP + FN)"
	case "true_negative_rate":
		d.label, d.phrase = "true negative rate", "of {unit} with a negative label are not {positive}"
		d.plain, d.formula = "Of the {unit} whose label turned out negative, the share that was rightly not {positive}.", "TN ÷ (FP + TN)"
	case "positive_predictive_value":
		d.label, d.phrase = "positive predictive value", "of {unit} {positive} have a positive label"
		d.plain, d.formula = "Of the {unit} {positive}, the share whose label turned out positive.", "TP ÷ (TP + FP)"
	case "negative_predictive_value":
		d.label, d.phrase = "negative predictive value", "of {unit} not {positive} have a negative label"
		d.plain, d.formula = "Of the {unit} not {positive}, the share whose label turned out negative.", "TN ÷ (TN + FN)"
	case "false_discovery_rate":
		d.label, d.phrase = "false discovery rate", "of {unit} {positive} have a negative label"
		d.plain, d.formula = "Of the {unit} {positive}, the share whose label turned out negative.", "FP ÷ (TP + FP)"
	case "false_omission_rate":
		d.label, d.phrase = "false omission rate", "of {unit} not {positive} have a positive label"
		d.plain, d.formula = "Of the {unit} not {positive}, the share whose label turned out positive.", "FN ÷ (TN + FN)"
	case "accuracy":
		d.label, d.phrase = "accuracy", "of decisions agree with the label"
		d.plain, d.formula = "The share of decisions that agree with the label.", "(TP + TN) ÷ all"
	case "base_rate":
		d.label, d.phrase = "base rate", "of {unit} have a positive label"
		d.plain, d.formula = "Of all {unit} in a group with a known label, the share whose label is positive, whatever was decided.", "positive labels ÷ labels"
	case "missing_share":
		d.label, d.phrase = "missing share", "of rows have no value"
		d.plain, d.formula = "The share of rows that have no value in a column.", "missing ÷ rows"
	case "excluded_share":
		d.label, d.phrase = "excluded share", "of rows are left out"
		d.plain, d.formula = "The share of rows read that the audit left out, by reason.", "excluded ÷ rows read"
	default:
		return d, false
	}
	return d, true
}

// compositeDefinition holds the numbers that are made of several rates.
func compositeDefinition(metric string) (definition, bool) {
	d := definition{scale: distance}
	switch metric {
	case "equalized_odds_difference":
		d.label, d.formula = "equalized odds difference", "max(|ΔTPR|, |ΔFPR|)"
		d.plain = "The larger of two gaps: in the true positive rate and in the false positive rate."
	case "equalized_odds_mean_difference":
		d.label, d.formula = "equalized odds mean difference", "(|ΔTPR| + |ΔFPR|) ÷ 2, each between its lowest and highest group"
		d.plain = "The mean of two gaps: in the true positive rate and in the false positive rate."
	case "average_odds_difference":
		d.label, d.formula, d.scale = "average odds difference", "(ΔTPR + ΔFPR) ÷ 2", gap
		d.plain = "The mean of the differences in true and in false positive rate, with their signs, so that opposite gaps cancel."
	case "average_absolute_odds_difference":
		d.label, d.formula = "average absolute odds difference", "(|ΔTPR| + |ΔFPR|) ÷ 2"
		d.plain = "The mean size of the differences in true and in false positive rate; opposite gaps do not cancel."
	case treatmentEquality:
		d.label, d.formula, d.scale = "treatment equality", "FN ÷ FP", number
		d.plain = "Of the two kinds of error, how many were of the first for each of the second: {unit} {missed}, for each one {flagged}."
	case "window_gap":
		d.label, d.scale = "windows with gaps", number
		d.plain = "Periods between the first and the last that hold no rows, or far fewer than their neighbors."
	default:
		return d, false
	}
	return d, true
}

// write writes a value on this scale.
func (s scale) write(x float64) string {
	switch s {
	case share, distance:
		if s == distance {
			return strings.TrimPrefix(points(x), "+")
		}
		return percent(x)
	case gap:
		return points(x)
	case quotient:
		return ratio(x)
	case coefficient:
		return thousandths(x)
	case coefficientGap:
		if s := thousandths(x); x > 0 && s[0] != '<' {
			return "+" + s
		}
		return thousandths(x)
	}
	return plain(x)
}

// unitWord follows a number of this scale in a sentence.
func (s scale) unitWord() string {
	if s == gap || s == distance {
		return " points"
	}
	return ""
}

// scaleOf is the scale of one measurement: an unknown metric that counts some
// among all is a share.
func scaleOf(m *audit.Measurement) scale {
	s := define(m.Metric).scale
	if s == number && m.Value != nil && m.Numerator != nil && m.Denominator != nil &&
		*m.Value >= 0 && *m.Value <= 1 && *m.Numerator <= *m.Denominator && m.Metric != treatmentEquality {
		return share
	}
	return s
}

// fillWords puts the audit's own words into a sentence.
func fillWords(r *audit.Result, s string) string {
	missed := "missed"
	if r.Audit.Favorable {
		missed = "wrongly passed over"
	}
	return strings.NewReplacer("{unit}", unit(r), "{positive}", positive(r), "{missed}", missed, "{flagged}", "wrongly "+positive(r)).Replace(s)
}

// intervalText names an interval method, with the paper that it comes from.
func intervalText(method string) string {
	base, how, _ := strings.Cut(method, ", ")
	base, clustered := strings.CutSuffix(base, "-clustered")
	text := map[string]string{
		"wilson":                       "Wilson’s score interval for a share (Wilson 1927); at a level of 95 % it holds the truth in 95 of 100 logs on average, and at single shares of few cases in somewhat under 93",
		"newcombe":                     "Newcombe’s interval for a difference of two shares, built from two Wilson intervals (Newcombe 1998, method 10)",
		"koopman":                      "Koopman’s score interval for a ratio of two shares (Koopman 1984)",
		"mover":                        "the interval of a sum or difference, recovered from the intervals of its parts (MOVER; Zou and Donner 2008)",
		"clopper-pearson":              "the exact interval for a share (Clopper and Pearson 1934)",
		"jeffreys":                     "Jeffreys’ interval for a share (Brown, Cai and DasGupta 2001)",
		"agresti-coull":                "the adjusted Wald interval for a share (Agresti and Coull 1998)",
		"miettinen-nurminen":           "the score interval for a difference of two shares (Miettinen and Nurminen 1985)",
		"mee":                          "the score interval for a difference of two shares (Mee 1984)",
		"katz":                         "the logarithmic interval for a ratio of two shares (Katz et al. 1978)",
		"student-t":                    "Student’s interval for a mean",
		"welch":                        "Welch’s interval for a difference of two means (Welch 1947)",
		"hedges-olkin":                 "the normal interval for a standardized difference (Hedges and Olkin 1985)",
		"delong":                       "the interval for an area under a curve, or a difference of two, by DeLong’s variance (DeLong et al. 1988); that of one area is too narrow with fewer than 100 rows of either label",
		"delta":                        "the normal interval by the delta method",
		"dkw":                          "the bounds of two distribution functions (Dvoretzky, Kiefer and Wolfowitz 1956; Massart 1990)",
		"table-bootstrap":              "drawing the table again at random, moved by its bias",
		"clustered-t":                  "the t interval with the variance taken between people, not rows (delete-a-group jackknife; Rust and Rao 1996)",
		"table-bootstrap-bca":          "the bootstrap of the table of counts, bias-corrected and accelerated (Efron 1987); with a subject, of shards of people",
		"exact-upper":                  "the exact one-sided upper limit of a share that was never seen, 1 − α^(1/n)",
		"data-combination":             "not an interval of chance: every rate that fits the probabilities (Kallus, Mao and Zhou 2022)",
		"worst-case":                   "not an interval of chance: the lowest and highest value over all that unknown rows may be (Manski 2003)",
		"linearized-t":                 "the t interval of a ratio of sums, by Taylor’s linearization (Cochran 1977)",
		"linearized-t-people":          "the t interval of a ratio of sums, by Taylor’s linearization between shards of people, not rows (Cochran 1977)",
		"woodruff":                     "the numbers at the limits of the share of rows up to a quantile (Woodruff 1952); with a subject, at the effective number of rows",
		"thinned-normal":               "the normal interval of a number of people or values of which one in 64 was told apart, by a hash",
		"bonferroni-bounds":            "bounds from intervals of all parts at once, at a level raised by Bonferroni’s inequality (Bonferroni 1936)",
		"beta-binomial-sequence":       "the interval of a share to date that holds at every look at once: every share that the counts so far, weighed with a uniform prior, do not speak against (Robbins 1970; Howard et al. 2021)",
		"information-time-sequence":    "the interval of a number to date that holds at every look at once: the normal mixture at its information (Robbins 1970; Howard et al. 2021), which needs enough cases",
		"beta-binomial-union-sequence": "the interval of a difference to date that holds at every look at once, from the exact intervals of both shares (Howard et al. 2021)",
		"conditional-binomial":         "the exact interval of a ratio of two Poisson counts, given their sum (Przyborowski and Wilenski 1940)",
		"missing-at-random":            "not an interval of chance: the values if nobody, or everybody, of the rows without a group had the outcome",
	}[base]
	if text == "" {
		return words(method)
	}
	if clustered {
		text += ", at the effective counts of people, not rows (Rao and Scott 1992)"
	}
	switch how {
	case "":
		return text
	case "odds":
		return text + ", of FN ÷ (FN + FP), turned into FN ÷ FP"
	case "bonferroni":
		return text + ", one for each of the two gaps, at a level raised by Bonferroni’s inequality so that both hold together"
	}
	return text + ", " + words(how)
}

// testText names a test, with the paper that it comes from.
func testText(test string) string {
	base, how, _ := strings.Cut(test, ", ")
	text := map[string]string{
		"fisher-midp":             "Fisher’s exact test with mid-p (Lancaster 1961)",
		"fisher":                  "Fisher’s exact test (Fisher 1935)",
		"pooled-z":                "the z test of two shares with a pooled variance",
		"chi-square":              "the chi-square test (Pearson 1900)",
		"binomial-midp":           "the exact binomial test with mid-p (Lancaster 1961)",
		"binomial-exact":          "the exact binomial test",
		"binomial-z":              "the z test of a share",
		"binomial-midp-clustered": "the exact binomial test with mid-p, at the effective counts of people, not rows (Rao and Scott 1992)",
		"clustered-t":             "the t test with the variance taken between people, not rows (delete-a-group jackknife; Rust and Rao 1996)",
		"student-t":               "Student’s t test",
		"welch":                   "Welch’s t test of two means (Welch 1947)",
		"delong":                  "the z test of an area under a curve, or of two, by DeLong’s variance (DeLong et al. 1988)",
		"kolmogorov":              "the two-sample Kolmogorov-Smirnov test",
		"kolmogorov-exact":        "the exact two-sample Kolmogorov-Smirnov test",
		"calibration-z":           "the z test of the sum of labels against the sum of scores (Spiegelhalter 1986)",
		"mover":                   "the smallest alpha whose interval leaves out no difference (MOVER; Zou and Donner 2008)",
		"mover-clustered":         "the smallest alpha whose interval leaves out no difference, at the effective counts of people, not rows (MOVER; Zou and Donner 2008)",
		"table-bootstrap":         "tables drawn at random as if nothing had changed, with all rows dealt to both sides, or as if the score were calibrated",
		"brownian-bridge":         "Brownian bridges, which both distributions would follow if they were one",

		"table-bootstrap-clustered": "tables drawn at random as if nothing had changed, or as if the score were calibrated, at the effective counts of people, not rows (Rao and Scott 1984)",
		"brownian-bridge-clustered": "random sums over shards of people, not rows, which the difference of two equal distributions follows (van der Vaart and Wellner 1996)",
		"by-interval":               "half the smallest error at which the interval of the number leaves its limit out; of a gap, the whole",
		"rao-scott":                 "the chi-square test at the effective counts of people, not rows (Rao and Scott 1984)",
		"clustered-score":           "the score test of two shares at the effective counts of people, not rows (Rao and Scott 1992)",
		"min-p-permutation":         "the test of all pairs of groups at once: the smallest of their exact p-values (from five expected cases on, the largest standardized difference) against random deals of the same outcomes (Westfall and Young 1993)",
		"max-t-jackknife":           "the test of all pairs of groups at once by people, not rows: the largest standardized difference, with variances and correlations from the jackknife over people, or shards of them (Hothorn, Bretz and Westfall 2008)",
	}[base]
	switch {
	case text == "":
		return words(test)
	case how == "bonferroni":
		return text + ", one for each of the two gaps; p is twice the smaller (Bonferroni)"
	case how != "":
		return text + ", " + words(how)
	}
	return text
}

// limitText says what a threshold allows.
func limitText(t audit.Threshold, s scale) string {
	v := clean(t.Value)
	switch t.Key {
	case "min_ratio":
		if t.Side == "low" {
			return "ratio of at least " + v
		}
		return "ratio of at least " + v + ", in either direction"
	case "max_difference":
		return "difference of at most " + limitValue(v, s) + " in size"
	case "min":
		return "at least " + limitValue(v, s)
	case "max":
		return "at most " + limitValue(v, s)
	}
	return words(t.Key) + " " + v
}
