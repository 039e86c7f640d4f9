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
	case "min_skew_at_k", "max_skew_at_k":
		d.label, d.formula, d.scale = "lowest skew at k", "smallest of the groups’ skews at k", coefficientGap
		d.plain = "Skew at k of the group that has least of the first k places for what was offered of it."
		if metric == "max_skew_at_k" {
			d.label, d.formula = "highest skew at k", "largest of the groups’ skews at k"
			d.plain = "Skew at k of the group that has most of the first k places for what was offered of it."
		}
	case "ndkl":
		d.label, d.formula, d.scale = "NDKL", "Σ KL(first i ‖ offered) ÷ log₂(i + 1), over Σ 1 ÷ log₂(i + 1); mean over lists", coefficient
		d.plain = "How far the groups among the first places of a list, at every length, are from what the list offered. It is not 0 by chance: read it beside “NDKL by chance”. It looks at each list alone, so it cannot see who wins over many."
	case "ndkl_chance":
		d.label, d.formula, d.scale = "NDKL by chance", "mean of NDKL over all orders of what was offered", coefficient
		d.plain = "What NDKL is on average when what each list offered is put in a random order."
	case "ndkl_excess":
		d.label, d.formula, d.scale = "NDKL beyond chance", "NDKL − NDKL by chance", coefficientGap
		d.plain = "Above zero, lists keep groups together more than chance does; below zero, they mix them more evenly. Where every group has one item, it is always zero."
	case "infeasible_index":
		d.label, d.formula = "infeasible index", "lengths k at which a group has fewer than ⌊share offered × k⌋; mean over lists"
		d.plain = "At how many lengths the first places of a list have less of some group than its share of what was offered asks for, rounded down."
	case "infeasible_count":
		d.label, d.formula = "infeasible count", "lengths k and groups that have fewer than ⌊share offered × k⌋; mean over lists"
		d.plain = "As the infeasible index, but each group that has less is counted."
	case "awrf":
		d.label, d.formula, d.scale = "attention-weighted rank fairness", "1 − Jensen-Shannon divergence of attention and offers; mean over lists", coefficient
		d.plain = "How nearly each list’s attention goes to groups as the list’s offers do: 1 is exactly. Long lists come near 1 in any order."
	case "paired_difference":
		d.label, d.formula, d.scale = "paired difference", "mean over cases of (share of the variant’s runs − share of the reference’s)", coefficientGap
		d.plain = "How much more often the outcome comes for one variant of the same cases than for the reference."
	case "flip_rate", "flip_to_yes_rate", "flip_to_no_rate":
		d.label, d.phrase, d.scale = "flip rate", "of cases come out otherwise", share
		d.plain, d.formula = "Of the same cases, how often the variant and the reference come out differently.", "cases that differ ÷ cases"
		switch metric {
		case "flip_to_yes_rate":
			d.label, d.plain = "flips to yes", "Of the same cases, how often only the variant has the outcome."
		case "flip_to_no_rate":
			d.label, d.plain = "flips to no", "Of the same cases, how often only the reference has the outcome."
		}
	case "flip_noise":
		d.label, d.phrase, d.scale = "noise floor", "of repeated runs come out otherwise", share
		d.plain, d.formula = "How often two runs of one variant on one case come out differently: flips that no variant made.", "mean over cases of 2 k (n − k) ÷ (n (n − 1))"
	case "flip_beyond_noise":
		d.label, d.formula, d.scale = "flips beyond noise", "flip rate − noise floor", coefficientGap
		d.plain = "What is left of the flips when those that repeated runs of one variant show are taken off."
	case "cochran_q":
		d.label, d.formula = "Cochran’s Q", "(k − 1)(k Σ C² − N²) ÷ (k N − Σ R²)"
		d.plain = "Whether variants of the same cases differ at all in how often the outcome comes. Read its p, and the paired differences for the size."
	case "mean_rank":
		d.label, d.formula = "mean rank", "mean over cases of the rank among the variants’ answers"
		d.plain = "Where a variant’s answers stand among all variants’ to the same case: 1 is always the lowest; all alike, it is the middle."
	case "friedman":
		d.label, d.formula = "Friedman’s test", "12 Σ R² ÷ (n k (k + 1)) − 3 n (k + 1), corrected for ties"
		d.plain = "Whether variants of the same cases differ at all in an answer that has an order. Read its p, and the mean ranks and Kendall’s W for the size."
	case "kendall_w":
		d.label, d.formula, d.scale = "Kendall’s W", "Friedman’s statistic ÷ (n (k − 1))", coefficient
		d.plain = "How far cases agree on the order of the variants: 0 is not at all, 1 that every case has the same order."
	case "answer_accuracy":
		d.label, d.phrase, d.scale = "accuracy", "of answers are right", share
		d.plain, d.formula = "Of all answers, the share that is right; where the context does not tell, right is “unknown”.", "right answers ÷ answers"
	case "bias_score":
		d.label, d.formula, d.scale = "bias score", "clear: 2 × biased ÷ known − 1; ambiguous: (biased − other known) ÷ answers", coefficientGap
		d.plain = "How far answers follow the stereotype: 0 is not at all, 1 always, −1 always against it. Answering at random gives 0, too: read it beside the accuracy."
	case "category_share":
		d.label, d.phrase, d.scale = "category share", "of {unit} have the outcome", share
		d.plain, d.formula = "Of all {unit} of a group, the share that has one of several outcomes.", "{unit} with the outcome ÷ {unit}"
	case "cumulative_share":
		d.label, d.phrase, d.scale = "cumulative share", "of {unit} have the outcome or a higher one", share
		d.plain, d.formula = "Of all {unit} of a group, the share that has an outcome or a higher one, where outcomes are in an order.", "{unit} at or above the outcome ÷ {unit}"
	case "outcome_chi_square":
		d.label, d.formula = "outcomes against groups", "Σ (count − expected)² ÷ expected"
		d.plain = "Whether groups differ in their outcomes at all. It grows with the number of {unit}: read its p, and Cramér’s V for the size."
	case "cramers_v":
		d.label, d.formula, d.scale = "Cramér’s V", "√(φ² ÷ (smaller of groups and outcomes, less 1)), corrected for bias", coefficient
		d.plain = "How strongly outcome and group go together: 0 is no more than by chance, 1 is that one tells the other."
	case "outcome_total_variation":
		d.label, d.formula, d.scale = "distance of outcomes", "½ Σ |share of the group − share of the reference|", coefficient
		d.plain = "The share of a group’s outcomes that would have to change to be as the reference’s. In small groups it is above 0 by chance alone."
	case "outcome_superiority":
		d.label, d.formula, d.scale = "chance of the higher outcome", "P(higher) + ½ P(equal)", coefficient
		d.plain = "Of one of each group, how often the group’s outcome is higher than the reference’s; ties count half, so one half is alike."
	case "mean_error":
		d.label, d.formula, d.scale = "mean error", "Σ error ÷ {unit}", coefficient
		d.plain = "How far a number that should be 0, such as predicted less actual, lies above (+) or below (−) it on average."
	case "mean_absolute_error":
		d.label, d.formula, d.scale = "mean absolute error", "Σ |error| ÷ {unit}", coefficient
		d.plain = "How far a number that should be 0 lies from it on average, whatever the side."
	case "root_mean_squared_error":
		d.label, d.formula, d.scale = "root mean squared error", "√(Σ error² ÷ {unit})", coefficient
		d.plain = "How far a number that should be 0 lies from it, large errors counting more."
	case "exposure_share":
		d.label, d.phrase, d.scale = "share of exposure", "of all exposure is theirs", share
		d.plain, d.formula = "Of all the attention that places get, by the named weight, the share that goes to a group.", "exposure of the group ÷ exposure of all"
	case "mean_exposure":
		d.label, d.formula, d.scale = "mean exposure", "sum of the weights of the group’s places ÷ offered", coefficient
		d.plain = "How much attention each of a group’s {unit} gets, when a place gets the named weight; one is always being first under the usual weights. What was offered and not ranked gets none."
	default:
		return popularityDefinition(metric)
	}
	return d, true
}
