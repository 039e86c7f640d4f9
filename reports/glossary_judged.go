package reports

// judgedDefinition holds exposure against a target, and against relevance.
func judgedDefinition(metric string) (definition, bool) {
	d := definition{scale: number}
	switch metric {
	case "exposure_beyond_target":
		d.label, d.formula, d.scale = "exposure beyond the target", "share of exposure − declared share", gap
		d.plain = "How many points more (+) or less (−) of all exposure a group has than the share that the audit declares for it. A limit on it fails where it is beyond the limit and chance hardly explains it."
	case "exposure_target_ratio":
		d.label, d.formula, d.scale = "exposure against the target, lowest to highest", "least share ÷ declared share, over the largest", quotient
		d.plain = "The group that has least of its declared share against the one that has most of it: 1.0 is all as declared. It is lower by chance, too: limits are set on the exposure beyond the target."
	case "disparate_treatment_ratio":
		d.label, d.formula, d.scale = "disparate treatment ratio", "(exposure ÷ relevant items) of a group ÷ the same of the reference", quotient
		d.plain = "How much exposure a group gets for its relevance, beside the reference: 0.8 is a fifth less for the same relevance."
	case "disparate_impact_ratio":
		d.label, d.formula, d.scale = "disparate impact ratio", "mean weight of relevant items of a group ÷ that of the reference’s", quotient
		d.plain = "How well relevant items of a group are placed, beside those of the reference: 0.8 is a fifth less attention to each."
	case "expected_exposure_loss":
		d.label, d.formula, d.scale = "expected exposure loss", "Σ (s − t)², s the exposure of relevant items, t what their relevance would give", coefficient
		d.plain = "How far the exposure of groups’ relevant items is from a list that shows nothing but what is relevant, each group as its relevance is. It is only comparable between lists of one length."
	case "expected_exposure_disparity":
		d.label, d.formula, d.scale = "expected exposure disparity", "Σ s²", coefficient
		d.plain = "How concentrated the exposure of groups’ relevant items is; part of the expected exposure loss."
	case "expected_exposure_relevance":
		d.label, d.formula, d.scale = "expected exposure relevance", "Σ s × t", coefficient
		d.plain = "How much of the exposure goes where relevance is; part of the expected exposure loss."
	case "amortized_inequity", "amortized_inequity_items":
		d.label, d.formula, d.scale = "amortized inequity of groups", "Σ over groups |attention − relevance| ÷ lists", coefficient
		d.plain = "How far attention is from relevance when all lists are added up, so that one list may make up for another: 0 is dealt as relevance is, 2 is none where relevance is."
		if metric == "amortized_inequity_items" {
			d.label, d.formula = "amortized inequity of items", "Σ over items |attention − relevance| ÷ lists"
			d.plain = "The same of every item by itself. Few lists leave it high by chance: an item has attention wherever it is shown, and relevance only where somebody asks for it."
		}
	default:
		return bubbleDefinition(metric)
	}
	return d, true
}
