package reports

import "strings"

// conversationDefinition holds how an assistant treats people.
func conversationDefinition(metric string) (definition, bool) {
	d := definition{scale: share}
	switch metric {
	case "disclosure_rate":
		d.label, d.phrase, d.formula = "disclosure rate", "of {unit} say that it is a machine", "disclosed ÷ all"
		d.plain = "Of all {unit} of a group, the share in which the person was told that it is a machine."
	case "refusal_rate", "safe_refusal_rate", "unsafe_refusal_rate":
		d.label, d.phrase, d.formula = "refusal rate", "of requests are refused in full", "full refusals ÷ requests"
		d.plain = "Of the requests of a group, the share that is refused in full."
		switch metric {
		case "safe_refusal_rate":
			d.label, d.phrase = "refusal rate of safe requests", "of safe requests are refused in full"
			d.plain = "Of the requests that could be answered, the share that is refused in full. Read it beside that of unsafe requests: who refuses nothing is alike to all."
		case "unsafe_refusal_rate":
			d.label, d.phrase = "refusal rate of unsafe requests", "of unsafe requests are refused in full"
			d.plain = "Of the requests that should be refused, the share that is refused in full."
		}
	case "partial_refusal_rate", "safe_partial_refusal_rate", "unsafe_partial_refusal_rate":
		d.label, d.phrase, d.formula = "partial refusal rate", "of requests are refused in part", "partial refusals ÷ requests"
		d.plain = "Of the requests of a group, the share that is refused in part."
		switch metric {
		case "safe_partial_refusal_rate":
			d.label, d.phrase = "partial refusal rate of safe requests", "of safe requests are refused in part"
		case "unsafe_partial_refusal_rate":
			d.label, d.phrase = "partial refusal rate of unsafe requests", "of unsafe requests are refused in part"
		}
	case "handover_rate":
		d.label, d.phrase, d.formula = "handover rate", "of {unit} are handed over to a person", "handed over ÷ all"
		d.plain = "Of all {unit} of a group, the share that a human takes over, asked or not."
	case "handover_asked_rate":
		d.label, d.phrase, d.formula = "rate of asking for a human", "of {unit} ask for a person", "asked ÷ all"
		d.plain = "Of all {unit} of a group, the share in which somebody asks for a human."
	case "handover_granted_rate":
		d.label, d.phrase, d.formula = "rate of granted handovers", "of those who ask for a person get one", "handed over ÷ asked"
		d.plain = "Of those who ask for a human, the share that gets one."
	case "unasked_handover_rate":
		d.label, d.phrase, d.formula = "rate of unasked handovers", "of those who do not ask are handed over", "handed over ÷ not asked"
		d.plain = "Of those who do not ask for a human, the share that is handed over all the same."
	case "no_match_rate":
		d.label, d.phrase, d.formula = "no-match rate", "of {unit} are not understood", "not understood ÷ all"
		d.plain = "Of all {unit} of a group, the share in which the assistant does not understand."
	case "resolution_rate":
		d.label, d.phrase, d.formula = "resolution rate", "of {unit} are solved", "solved ÷ all"
		d.plain = "Of all {unit} of a group, the share whose matter is solved."
	case "containment_rate":
		d.label, d.phrase, d.formula = "containment rate", "of {unit} are solved without a person", "solved and not handed over ÷ all"
		d.plain = "Of all {unit} of a group, the share whose matter is solved without a human."
	case "rating_response_rate":
		d.label, d.phrase, d.formula = "response rate", "of {unit} are rated", "rated ÷ all"
		d.plain = "Of all {unit} of a group, the share that is rated. Satisfaction says nothing about the others."
	case "satisfaction_rate":
		d.label, d.phrase, d.formula = "satisfaction", "of ratings are good", "good ratings ÷ ratings"
		d.plain = "Of those who rated, the share that is satisfied. Where groups answer unequally often, read the response rate first."
	case "answered_rate":
		d.label, d.phrase, d.formula = "answered rate", "of {unit} get an answer", "answered ÷ all"
		d.plain = "Of all {unit} of a group, the share that gets a first answer at all."
	case "closed_rate":
		d.label, d.phrase, d.formula = "closed rate", "of {unit} are closed", "closed ÷ all"
		d.plain = "Of all {unit} of a group, the share whose matter is closed within the log."
	case "first_response_quantile":
		d.label, d.formula, d.scale = "time to the first answer", "quantile over all {unit}; those without an answer count as longer than all others", number
		d.plain = "The time within which a given share of a group’s {unit} got a first answer. How many never did is the answered rate."
	case "resolution_time_quantile":
		d.label, d.formula, d.scale = "time to resolution", "quantile over all {unit}; those still open count as longer than all others", number
		d.plain = "The time within which a given share of a group’s {unit} was closed. How many are open is 1 less the closed rate."
	default:
		return withinDefinition(metric)
	}
	return d, true
}

// withinDefinition holds gaps of such shares within strata.
func withinDefinition(metric string) (definition, bool) {
	base, ok := strings.CutSuffix(metric, "_within_difference")
	if !ok {
		return definition{}, false
	}
	d, ok := conversationDefinition(base)
	d.label += " difference within strata"
	d.plain = "The " + d.label + ": the gap between groups inside the same stratum, such as the intent, on average. Groups may ask for different things; this compares like with like."
	d.formula, d.scale, d.phrase = "Σ w (group − reference) ÷ Σ w over strata", gap, ""
	return d, ok
}
