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
	case "fair_list_rate":
		d.label, d.phrase, d.scale = "lists that pass FA*IR", "of lists have enough of the protected group at every length", share
		d.plain, d.formula = "Of all lists, the share in which every length has as many of the protected group as chance would leave it. Of lists drawn at random, about one in ten fails, unless another significance is named.", "lists whose every prefix has at least m of the group ÷ lists"
	case "rnd", "rkl", "rrd":
		d.label, d.formula, d.scale = map[string]string{"rnd": "rND", "rkl": "rKL", "rrd": "rRD"}[metric], "Σ distance of first i ÷ log₂ i, over the worst order; mean over lists", coefficient
		d.plain = "How far the protected group’s part of the first places is from its part of the whole list: 0 is alike at every length, 1 is as if the group came last, or first. Chance alone makes it larger than 0."
	case "pairwise_accuracy":
		d.label, d.phrase, d.scale = "pairwise accuracy", "of pairs have the relevant item above", share
		d.plain, d.formula = "Of a relevant item of a group and one of its list that is not, how often the relevant one is above; one half is chance.", "pairs in the right order ÷ pairs"
	default:
		return judgedDefinition(metric)
	}
	return d, true
}
