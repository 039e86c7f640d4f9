package reports

// utilityDefinition holds how good lists are for their users.
func utilityDefinition(metric string) (definition, bool) {
	d := definition{scale: number}
	switch metric {
	case "ndcg":
		d.label, d.formula, d.scale = "nDCG", "Σ gain ÷ log₂(place + 1), over that of the best order; mean over lists", coefficient
		d.plain = "How near lists are to the best there could be for their users: 1 is the best, 0 has nothing relevant among the first k."
	case "precision_at_k":
		d.label, d.phrase, d.scale = "precision", "of the first k places hold something relevant", share
		d.plain, d.formula = "Of the first k places of a list, the share that holds something relevant to the user; a shorter list has nothing in the places it lacks.", "relevant among the first k ÷ k; mean over lists"
	case "recall_at_k":
		d.label, d.phrase, d.scale = "recall", "of what is relevant is among the first k", share
		d.plain, d.formula = "Of all that is relevant to a user, the share that is among the first k places of the list.", "relevant among the first k ÷ relevant; mean over lists"
	case "reciprocal_rank":
		d.label, d.formula, d.scale = "reciprocal rank", "1 ÷ place of the first relevant item; mean over lists", coefficient
		d.plain = "How early the first relevant item comes: 1 is always first, 0.5 as if always second."
	case "hit_rate":
		d.label, d.phrase, d.scale = "hit rate", "of lists have something relevant", share
		d.plain, d.formula = "Of all lists, the share with something relevant among the first k places.", "lists with a hit ÷ lists"
	case "generalized_entropy":
		d.label, d.formula, d.scale = "inequality of nDCG", "½ (mean of (b ÷ mean)² − 1)", coefficient
		d.plain = "How unequally lists, or users, are served: 0 is all alike; half of them served well and half not at all is 0.5."
	case "miscalibration":
		d.label, d.formula, d.scale = "miscalibration", "Σ p ln(p ÷ q′), p the history, q′ = 0.99 q + 0.01 p of the list; mean over lists", coefficient
		d.plain = "How far the mix of categories in a list is from the mix that the user chose before: 0 is the same."
	default:
		return d, false
	}
	return d, true
}
