package reports

// popularityDefinition holds how places are dealt to items, and how popular they are.
func popularityDefinition(metric string) (definition, bool) {
	d := definition{scale: number}
	switch metric {
	case "item_coverage":
		d.label, d.phrase, d.scale = "coverage", "of items are shown", share
		d.plain, d.formula = "Of all items that could be shown, the share that is shown at least once.", "items shown ÷ items"
	case "item_gini", "provider_gini":
		d.label, d.formula, d.scale = "Gini index of items", "Σ (2i − n − 1) x ÷ (n Σ x), x the places of items, rising", coefficient
		d.plain = "How unevenly places are dealt to items: 0 is evenly, near 1 is nearly all to one. Items that are never shown count."
		if metric == "provider_gini" {
			d.label, d.formula = "Gini index of providers", "Σ (2i − n − 1) x ÷ (n Σ x), x the places of providers, rising"
			d.plain = "How unevenly places are dealt to the providers that the log has: 0 is evenly, near 1 is nearly all to one."
		}
	case "item_gini_corrected":
		d.label, d.formula, d.scale = "Gini index of items, corrected", "Σ (2i − n − 1) x ÷ ((n − 1) Σ x)", coefficient
		d.plain = "The Gini index of items, stretched so that all places to one item is exactly 1. Some tools print this one."
	case "item_gini_equality":
		d.label, d.formula, d.scale = "equality of items", "1 − Σ (2i − n − 1) x ÷ ((n − 1) Σ x)", coefficient
		d.plain = "One less the corrected Gini index, which some tools call the Gini index: 1 is evenly, 0 is all to one item."
	case "item_entropy":
		d.label, d.formula = "entropy of items, in bits", "−Σ p log₂ p, p the share of places of an item"
		d.plain = "How mixed the places are: 1 bit is as two items in turn, 5 bits as 32 items in turn."
	case "provider_concentration":
		d.label, d.formula, d.scale = "concentration of providers", "Σ share² (Herfindahl)", coefficient
		d.plain = "The chance that two places are of one provider: 1 is all of one, 0.1 is as ten of equal size."
	case "largest_provider_share":
		d.label, d.phrase, d.scale = "share of the largest provider", "of places are the largest provider’s", share
		d.plain, d.formula = "Of all places, the share of the provider that has most.", "places of the largest provider ÷ places"
	case "average_popularity":
		d.label, d.formula = "average popularity", "mean over lists of the mean popularity of what is shown"
		d.plain = "How often what a list shows was chosen before, on average over its items and then over lists."
	case "tail_share":
		d.label, d.phrase, d.scale = "share of the long tail", "of a list is of the long tail", share
		d.plain, d.formula = "Of what a list shows, the share that is of the long tail as the audit declares it; the mean over lists.", "mean over lists of items of the tail ÷ items shown"
	case "novelty":
		d.label, d.formula = "novelty, in bits", "mean over lists of the mean of −log₂(popularity ÷ total)"
		d.plain = "How surprising what is shown is: 3 bits was chosen by one in 8 before, 10 bits by one in 1,024."
	case "popularity_lift":
		d.label, d.formula, d.scale = "popularity lift", "(popularity of lists − popularity of profiles) ÷ popularity of profiles", coefficientGap
		d.plain = "How far what users are shown is above what they chose before: 0 is alike, 0.5 half as popular again, below 0 less popular."
	default:
		return utilityDefinition(metric)
	}
	return d, true
}
