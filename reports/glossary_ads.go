package reports

// adDefinition holds what is measured of ads: whom they reach.
func adDefinition(metric string) (definition, bool) {
	d := definition{scale: number}
	switch metric {
	case "composition_share":
		d.label, d.phrase, d.scale = "share of the audience", "of a stage are theirs", share
		d.plain, d.formula = "Of all who are at a stage and whose group is known, the share that a group has; of the missing group, the share of all.", "rows of the group at the stage ÷ rows at the stage with a known group"
	case "delivery_variance":
		d.label, d.formula, d.scale = "delivery variance", "½ Σ |share at the stage − share at the stage before|", coefficient
		d.plain = "The share of a stage that would have to go to other groups for it to be composed as the stage before. It is above 0 by chance alone: read what is expected beside it. It counts deliveries, not people, and an even audience can be a small one."
	case "ads_within_share":
		d.label, d.phrase, d.scale = "ads within the threshold", "of ads are within", share
		d.plain, d.formula = "Of all ads with enough deliveries, the share whose delivery variance is at most the threshold. The threshold is a convention of whoever set it.", "ads within ÷ ads"
	case "ad_share_difference":
		d.label, d.formula, d.scale = "two ads’ shares", "share of the first ad’s deliveries − of the second’s", coefficientGap
		d.plain = "How many points more of one ad’s deliveries go to a group than of another’s. It tells of skew where both were to go to the same audience."
	case "person_reach_rate":
		d.label, d.phrase, d.scale = "reach", "of eligible people are reached", share
		d.plain, d.formula = "Of all eligible people of a group, the share that gets at least one delivery.", "people reached ÷ people eligible"
	case "frequency":
		d.label, d.formula = "frequency", "deliveries ÷ people reached"
		d.plain = "How many deliveries those get on average who get any."
	case "deliveries_per_person":
		d.label, d.formula = "deliveries per person", "deliveries ÷ people eligible"
		d.plain = "How many deliveries an eligible person gets on average, none counted as 0."
	default:
		return d, false
	}
	return d, true
}
