package reports

import "strings"

// bubbleDefinition holds how mixed lists are, and how that changes.
func bubbleDefinition(metric string) (definition, bool) {
	if base, ok := strings.CutSuffix(metric, "_slope"); ok {
		d, known := bubbleDefinition(base)
		d.label, d.plain = "change of "+d.label, "How much it changes from one window to the next, by the straight line that fits the windows best: below 0 it falls. "+d.plain
		d.phrase, d.formula, d.scale = "", "slope of the least-squares line through the windows’ means", coefficientGap
		return d, known
	}
	d := definition{scale: coefficient}
	switch metric {
	case "category_entropy":
		d.label, d.formula = "entropy of categories, in bits", "mean over lists of −Σ p log₂ p"
		d.plain = "How mixed the categories of a list are: 0 is one category, 1 two alike, 2 four alike."
	case "list_diversity":
		d.label, d.formula = "diversity within lists", "mean over lists of 1 − Σ n (n − 1) ÷ (N (N − 1))"
		d.plain = "Of the pairs of items in a list, the share that is of two categories: 0 is all of one."
	case "history_divergence":
		d.label, d.formula = "distance from earlier choices", "Σ p ln(p ÷ q′), p the history, q′ = 0.99 q + 0.01 p of the list; mean over lists"
		d.plain = "How far the mix of categories in a list is from the mix that the user chose before: 0 is the same."
	case "list_overlap":
		d.label, d.formula = "overlap with the window before", "items in both ÷ items in either; mean over users and windows"
		d.plain = "Of all that a user is shown in a window or the one before, the share that is in both: 1 is always the same."
	default:
		return d, false
	}
	return d, true
}
