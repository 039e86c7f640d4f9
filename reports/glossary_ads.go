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
		d.plain = "The share of a stage that would have to go to other groups for it to be composed as the stage before. It is above 0 by chance alone: read what is expected beside it. It counts deliveries, not people, and an even audience can be a small one. A limit on it fails where it is beyond the limit and dealing at random would hardly bring it about."
	case "ads_within_share":
		d.label, d.phrase, d.scale = "ads within the threshold", "of ads are within", share
		d.plain, d.formula = "Of all ads with enough deliveries, the share whose delivery variance is at most the threshold. The threshold is a convention of whoever set it. A limit on it is judged by the share itself: few ads move it by much.", "ads within ÷ ads"
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
	case "geometric_price":
		d.label, d.formula = "price", "exp(mean of ln price)"
		d.plain = "The geometric mean of what was asked or paid: a price that is twice as high counts as much as one that is half as high."
	case "geometric_price_ratio":
		d.label, d.formula, d.scale = "price ratio", "geometric mean price of the group ÷ of the reference", quotient
		d.plain = "How many times the price of the reference a group pays, whatever it buys. One means no gap."
	case "selected_to_indicated":
		d.label, d.formula = "selected to indicated price", "exp(mean of ln(price ÷ indicated price))"
		d.plain = "How far the price that was set goes beyond the one that the risk asks for. 1 is not at all."
	case "indicated_to_current":
		d.label, d.formula = "indicated to current price", "exp(mean of ln(indicated price ÷ current price))"
		d.plain = "How far the price that the risk asks for is from the one before."
	case "price_quantile_difference":
		d.label, d.formula, d.scale = "quantile of prices, difference", "quantile of the group − of the reference", number
		d.plain = "How much higher a low, middle or high price of the group is than that of the reference, in the unit of the price."
	case "offer_rate":
		d.label, d.phrase, d.scale = "offer rate", "of {unit} are below the list price", share
		d.plain, d.formula = "How often less than the list price was asked, whatever the size of the offer.", "{unit} with price below list ÷ {unit} with price from 0 and list above 0"
	case "mean_discount":
		d.label, d.formula, d.scale = "mean discount", "mean of (list − price) ÷ list", coefficient
		d.plain = "The share of the list price that is taken off on average; where nothing is, it counts as 0."
	case "offer_depth":
		d.label, d.formula, d.scale = "depth of offers", "mean of (list − price) ÷ list, where it is above 0", coefficient
		d.plain = "The share of the list price that is taken off on average where anything is."
	case "price_ratio_matched", "price_ratio_standardized", "price_ratio_regression":
		d.label, d.formula, d.scale = "price ratio, regression", "exp(the group’s coefficient in a regression of ln price on groups and factors)", quotient
		d.plain = "How many times the price of the reference a group pays where the listed factors are alike. A factor that itself comes of discrimination explains away what it should show."
		switch metric {
		case "price_ratio_matched":
			d.label, d.formula = "price ratio, matched", "exp of the mean difference of ln price over combinations of factors that both have, as the group’s rows are spread"
		case "price_ratio_standardized":
			d.label, d.formula = "price ratio, standardized", "exp of the mean difference of ln price over combinations of factors that both have, as all rows are spread"
		}
	case "price_explained", "price_unexplained":
		d.label, d.formula, d.scale = "explained by factors", "ln price ratio − the group’s coefficient", coefficientGap
		d.plain = "The part of the gap in the logarithm of prices that comes of the mix of factors. With the part that is not explained it adds up to the whole gap."
		if metric == "price_unexplained" {
			d.label, d.formula = "not explained by factors", "the group’s coefficient"
			d.plain = "The part of the gap in the logarithm of prices that is left where factors are alike."
		}
	case "logged_value":
		d.label, d.formula, d.scale = "value of the log", "mean reward", coefficient
		d.plain = "What the policy that made the log brought, on average."
	case "ips_value", "snips_value", "dr_value":
		d.label, d.formula, d.scale = "value by inverse propensities", "Σ w × reward ÷ rows, w = target chance ÷ propensity", coefficient
		d.plain = "What another policy would have brought on average, out of a log that kept its chances. Read the effective sample first: where it is small, a few rows decide."
		switch metric {
		case "snips_value":
			d.label, d.formula = "value, self-normalized", "Σ w × reward ÷ Σ w, w = target chance ÷ propensity"
		case "dr_value":
			d.label, d.formula = "value, doubly robust", "mean of expected + w × (reward − model)"
		}
	case "mean_weight":
		d.label, d.formula, d.scale = "mean weight", "Σ w ÷ rows", coefficient
		d.plain = "Near 1 if the chances in the log are true, and nothing was cut."
	case "effective_sample":
		d.label, d.formula = "effective sample", "(Σ w)² ÷ Σ w²"
		d.plain = "As how many rows of the policy in question the weighted rows count."
	case "segment_share":
		d.label, d.phrase, d.scale = "share of the segment", "of a segment are theirs", share
		d.plain, d.formula = "Of all in a segment whose group is known, the share that a group has.", "rows of the group in the segment ÷ rows of the segment"
	case "segment_index", "population_index":
		d.label, d.formula, d.scale = "index of the segment", "share of the segment ÷ share of all rows", quotient
		d.plain = "How many times its share of everybody a group has of a segment. One is its share."
		if metric == "population_index" {
			d.label, d.formula = "index against the population", "share of the segment ÷ share of the population"
		}
	case "segment_chi_square", "population_chi_square":
		d.label, d.formula = "segments against groups", "Σ (rows − expected)² ÷ expected"
		d.plain = "Whether segments have the groups that are expected of them. It grows with the number of {unit}: read its p, and the indices for the size."
		if metric == "population_chi_square" {
			d.label = "segment against the population"
		}
	case "segment_cramers_v":
		d.label, d.formula, d.scale = "Cramér’s V of segment and group", "√(φ² ÷ (smaller of groups and segments, less 1)), corrected for bias", coefficient
		d.plain = "How strongly segment and group go together: 0 is no more than by chance, 1 is that one tells the other."
	case "proxy_strength":
		d.label, d.formula, d.scale = "strength as a proxy", "mutual information of segment and group ÷ entropy of the group", coefficient
		d.plain = "How much of what there is to know about somebody’s group the segment tells: 0 is nothing, 1 all. A little is there by chance."
	case "outside_consent_rate":
		d.label, d.phrase, d.scale = "uses outside consent", "of uses have no consent", share
		d.plain, d.formula = "Of all uses of data, the share that no consent covers. What was not logged is not in it.", "uses outside consent ÷ uses"
	case "outside_purpose_rate":
		d.label, d.phrase, d.scale = "uses outside purpose", "of uses are for another purpose", share
		d.plain, d.formula = "Of all uses of data, the share that is for another purpose than was agreed.", "uses outside purpose ÷ uses"
	case "preticked_rate":
		d.label, d.phrase, d.scale = "pre-ticked consents", "of consents were ticked beforehand", share
		d.plain, d.formula = "Of all consents, the share whose box was ticked beforehand.", "pre-ticked consents ÷ consents"
	case "request_days":
		d.label, d.formula = "days to an answer", "first time at which 1 − quantile of requests are open (Kaplan-Meier)"
		d.plain = "Days after which half, or nine in ten, of requests are answered. Requests that are still open count for as long as they were seen."
	case "overdue_share":
		d.label, d.phrase, d.scale = "overdue requests", "of requests are overdue", share
		d.plain, d.formula = "Of all requests, the share that is not answered when it is due, open ones counted for as long as they were seen.", "Kaplan-Meier curve at due"
	case "contacts_per_person":
		d.label, d.formula = "contacts per person", "contacts ÷ people in the log"
		d.plain = "How often a person is contacted on average; who never is counts as 0."
	case "contact_pressure_rate":
		d.label, d.phrase, d.scale = "contact pressure", "of people are contacted too often", share
		d.plain, d.formula = "Of all people, the share that is contacted more often than most_contacts.", "people with more contacts ÷ people"
	case "reason_rate":
		d.label, d.phrase, d.scale = "share citing it", "of unfavorable {unit} cite the reason", share
		d.plain, d.formula = "Of all unfavorable {unit} of a group that give a reason, the share that cites this one. One can cite several.", "unfavorable {unit} that cite the reason ÷ unfavorable {unit} with any"
	default:
		return d, false
	}
	return d, true
}
