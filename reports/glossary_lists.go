package reports

// listDefinition holds what is measured of lists: who is at the top, who is seen.
func listDefinition(metric string) (definition, bool) {
	d := definition{scale: number}
	switch metric {
	case "top_1_rate":
		d.label, d.phrase, d.scale = "top 1 rate", "of {unit} are ranked first", share
		d.plain, d.formula = "Of all {unit} of a group that were offered (or shown, where the log does not say what was offered), the share that is ranked first.", "first places ÷ offered"
	case "top_k_rate":
		d.label, d.phrase, d.scale = "top k rate", "of {unit} are among the first k", share
		d.plain, d.formula = "Of all {unit} of a group that were offered (or shown, where the log does not say what was offered), the share that is among the first k.", "places up to k ÷ offered"
	case "top_1_chi_square":
		d.label, d.formula = "first places against offers", "Σ (first places − expected)² ÷ expected"
		d.plain = "How unevenly first places are dealt to groups, given how often each was offered. It grows with the number of lists: read its p, and the rates for the size."
	case "skew_at_k":
		d.label, d.formula, d.scale = "skew at k", "ln(share of the first k places ÷ share of what was offered)", coefficientGap
		d.plain = "Whether a group has more or less of the first k places than of what was offered. Zero is its share; −0.1 is about a tenth less."
	case "exposure_share":
		d.label, d.phrase, d.scale = "share of exposure", "of all exposure is theirs", share
		d.plain, d.formula = "Of all the attention that places get, by the named weight, the share that goes to a group.", "exposure of the group ÷ exposure of all"
	case "mean_exposure":
		d.label, d.formula, d.scale = "mean exposure", "sum of the weights of the group’s places ÷ offered", coefficient
		d.plain = "How much attention each of a group’s {unit} gets, when a place gets the named weight; one is always being first under the usual weights. What was offered and not ranked gets none."
	default:
		return d, false
	}
	return d, true
}
