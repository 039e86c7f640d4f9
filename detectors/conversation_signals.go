package detectors

import (
	"fmt"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/detect"
)

// signal is something that a conversation has or has not.
type signal struct {
	rate
	when, of string // its condition, and that of the rows that it is a share of
	words    string // after a percentage: "of safe requests are refused in full"
}

// signalRates declares the signals, in the order of the result.
func signalRates() []signal {
	const every = "no conversation with a known answer"
	of := func(name, short, doc, formula, source, empty, words string) signal {
		return signal{rate: rate{name: name, short: short, doc: doc, formula: formula, source: source, empty: empty,
			count: func(t tally) (k, n int64) { return t.Positive, t.n() }}, words: words}
	}
	return []signal{
		of("disclosure_rate", "disclosure rate", "the conversations in which the person was told that it is a machine", "disclosed / conversations", "EU AI Act, article 50 (1)", every, "of conversations say that it is a machine"),
		of("refusal_rate", "refusal rate", "the requests that are refused in full", "full refusals / requests", "refusal rate", every, "of requests are refused in full"),
		of("partial_refusal_rate", "partial refusal rate", "the requests that are refused in part", "partial refusals / requests", "refusal rate", every, "of requests are refused in part"),
		of("safe_refusal_rate", "refusal rate of safe requests", "the safe requests that are refused in full", "full refusals / safe requests", "exaggerated safety (XSTest, Röttger et al. 2024)", "no safe request", "of safe requests are refused in full"),
		of("safe_partial_refusal_rate", "partial refusal rate of safe requests", "the safe requests that are refused in part", "partial refusals / safe requests", "exaggerated safety (XSTest, Röttger et al. 2024)", "no safe request", "of safe requests are refused in part"),
		of("unsafe_refusal_rate", "refusal rate of unsafe requests", "the unsafe requests that are refused in full", "full refusals / unsafe requests", "XSTest, contrasts", "no unsafe request", "of unsafe requests are refused in full"),
		of("unsafe_partial_refusal_rate", "partial refusal rate of unsafe requests", "the unsafe requests that are refused in part", "partial refusals / unsafe requests", "XSTest, contrasts", "no unsafe request", "of unsafe requests are refused in part"),
		of("handover_rate", "handover rate", "the conversations that a human takes over", "handed over / conversations", "escalation rate; 1 less this is containment in some products", every, "of conversations are handed over to a person"),
		of("handover_asked_rate", "rate of asking for a human", "the conversations in which the person asks for a human", "asked / conversations", "user-requested escalation", every, "of conversations ask for a person"),
		of("handover_granted_rate", "rate of granted handovers", "the conversations that ask for a human and get one", "handed over / asked", "user-requested escalation", "nobody asked", "of those who ask for a person get one"),
		of("unasked_handover_rate", "rate of unasked handovers", "the conversations that ask for no human and are handed over", "handed over / not asked", "bot-initiated escalation", "everybody asked", "of those who do not ask for a person are handed over"),
		of("no_match_rate", "no-match rate", "the conversations in which the assistant does not understand", "not understood / conversations", "no-match, fallback", every, "of conversations are not understood"),
		of("resolution_rate", "resolution rate", "the conversations whose matter is solved", "solved / conversations", "automated resolution", every, "of conversations are solved"),
		of("containment_rate", "containment rate", "the conversations whose matter is solved without a human", "solved and not handed over / conversations", "containment", every, "of conversations are solved without a person"),
		of("rating_response_rate", "response rate", "the conversations that are rated", "rated / conversations", "survey response rate", every, "of conversations are rated"),
		of("satisfaction_rate", "satisfaction", "the ratings that are good", "ratings from `satisfied` on / ratings", "CSAT, top-two box; of respondents only", "nobody rated", "of ratings are good"),
		of("answered_rate", "answered rate", "the conversations that get an answer at all", "rows with a time of first response / rows", "1 less the censored share", every, "of conversations get an answer"),
		of("closed_rate", "closed rate", "the conversations whose matter is closed", "rows with a resolution time / rows", "1 less the censored share", every, "of conversations are closed"),
	}
}

// signals are those that are asked for.
func (p ConversationParams) signals() []signal {
	both := func(a, b string) string {
		if a == "" || b == "" {
			return ""
		}
		return a + " && " + b
	}
	in, not := func(s string) string {
		if s == "" {
			return ""
		}
		return "(" + s + ")"
	}, func(s string) string {
		if s == "" {
			return ""
		}
		return "!(" + s + ")"
	}
	there := func(s string) string {
		if s == "" {
			return ""
		}
		return "(" + s + ") != null"
	}
	safe := p.Unsafe != ""
	type ask struct {
		when, of string
		unless   bool
	}
	asked := map[string]ask{
		"disclosure_rate":             {when: p.Disclosed},
		"refusal_rate":                {when: p.Refused, unless: safe},
		"partial_refusal_rate":        {when: p.PartlyRefused, unless: safe},
		"safe_refusal_rate":           {when: p.Refused, of: not(p.Unsafe), unless: !safe},
		"safe_partial_refusal_rate":   {when: p.PartlyRefused, of: not(p.Unsafe), unless: !safe},
		"unsafe_refusal_rate":         {when: p.Refused, of: p.Unsafe, unless: !safe},
		"unsafe_partial_refusal_rate": {when: p.PartlyRefused, of: p.Unsafe, unless: !safe},
		"handover_rate":               {when: p.HandoverGranted},
		"handover_asked_rate":         {when: p.HandoverAsked},
		"handover_granted_rate":       {when: p.HandoverGranted, of: p.HandoverAsked, unless: p.HandoverAsked == ""},
		"unasked_handover_rate":       {when: p.HandoverGranted, of: not(p.HandoverAsked), unless: p.HandoverAsked == ""},
		"no_match_rate":               {when: p.NoMatch},
		"resolution_rate":             {when: p.Resolved},
		"containment_rate":            {when: both(in(p.Resolved), not(p.HandoverGranted))},
		"rating_response_rate":        {when: there(p.Rating)},
		"satisfaction_rate":           {when: p.satisfied(), of: there(p.Rating)},
		"answered_rate":               {when: there(p.FirstResponse)},
		"closed_rate":                 {when: there(p.ResolutionTime)},
	}
	var out []signal
	for _, s := range signalRates() {
		a := asked[s.name]
		if a.when == "" || a.unless {
			continue
		}
		s.when, s.of = a.when, a.of
		out = append(out, s)
	}
	return out
}

func (p ConversationParams) satisfied() string {
	if p.Rating == "" {
		return ""
	}
	return fmt.Sprintf("(%s) >= %s", p.Rating, strconv.FormatFloat(p.Satisfied, 'f', -1, 64))
}

func conversationMetrics() []detect.Metric {
	var out []detect.Metric
	for _, s := range signalRates() {
		own := s.metrics()
		own = append(own, detect.Metric{Name: s.name + "_within_difference", Title: own[1].Title + ", within strata", Null: detect.NullNoGap, Scale: detect.ScaleDifference,
			Doc:        "How many points the " + s.rate.words() + " of a group lies above (+) or below (−) that of the reference inside the same stratum, on average.",
			Convention: "Σ w (rate of the group − rate of the reference) / Σ w over strata, w = n·m/(n+m)",
			Source:     "Mantel and Haenszel 1959; interval: Sato 1989; test: Cochran-Mantel-Haenszel; with a subject, a jackknife over people"})
		for i := range own {
			own[i].Version = 1
		}
		out = append(out, own...)
	}
	return append(out, spanMetrics()...)
}
