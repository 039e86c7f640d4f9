package table

import "strings"

// The numbers of a list that are made of what is said of its items, each of a
// condition (When), a number (NumberOf) or a group.
const (
	ListMean        = "fact/mean"      // of a number, over the items shown
	ListMeanLog     = "fact/mean_log2" // of log2(max(number, 1))
	ListShare       = "fact/share"     // of the items shown, where a condition is known: those for which it holds
	ListPrecision   = "fact/precision" // of relevant items, as the next four; the population follows (Further)
	ListRecall      = "fact/recall"
	ListNDCG        = "fact/ndcg"
	ListReciprocal  = "fact/reciprocal"
	ListHit         = "fact/hit"
	ListCalibration = "fact/calibration" // of a group, and its values' weights in the history: ValueWeight
	ListDivergence  = "fact/divergence"  // likewise
	ListEntropy     = "fact/entropy"     // of a group
	ListDiversity   = "fact/diversity"   // of a group
	ListFair        = "fact/fair"        // of a group and its protected values: ValueOf; the least share, or 0 for that of the offers, and alpha follow
	ListRanked      = "fact/ranked"      // likewise; the measure and the step follow
)

// The numbers of a slot of a list that are made of what is said of all of them: of a
// relevant item that is shown, how many less relevant ones are, and above how many of
// them it is. The score, if one is given, decides what is above; else the place.
const (
	SlotPairs = "fact/pairs"
	SlotWon   = "fact/won"

	// Of a list with a relevant item: the slot's share of the list's attention, and of its
	// gains. The attention is a ValueOf, after what is relevant.
	SlotAttention = "fact/attention"
	SlotMerit     = "fact/merit"
)

const ofSlots = "slot:"

// SlotNumber names, as a Need's Value, a number of slots that is made of what is said of
// their lists. Its table counts slots.
func SlotNumber(number string, last int, parts ...Dim) string {
	return ofSlots + strings.TrimPrefix(ListNumber(number, last, parts...), ofLists)
}

// SlotNumberOf is what a SlotNumber is about.
func SlotNumberOf(value string) (number string, last int, parts []Dim, ok bool) {
	rest, ok := strings.CutPrefix(value, ofSlots)
	if !ok {
		return "", 0, nil, false
	}
	return ListNumberOf(ofLists + rest)
}

// Further is a number whose parameters follow it; none holds a slash or a colon.
func Further(number string, parameters ...string) string {
	return number + "/" + strings.Join(parameters, "/")
}

// Parameters are those that follow a number's name.
func Parameters(number string) (name string, parameters []string) {
	parts := strings.Split(number, "/")
	return strings.Join(parts[:min(2, len(parts))], "/"), parts[min(2, len(parts)):]
}

// The populations of lists that the utility of lists is a mean over.
const (
	AmongTruth  = "truth"  // that have a relevant item, whether they show anything or not
	AmongServed = "served" // that show an item, whether they have a relevant one or not
	AmongBoth   = "both"
)

// OfFacts tells whether a number of lists is one of those made of facts.
func OfFacts(number string) bool { return strings.HasPrefix(number, "fact/") }

// NumberOf is, in a ListNumber, the number that a CEL expression gives for a slot.
func NumberOf(expression string) Dim { return Dim(Number(expression)) }

// ValueOf is, in a ListNumber, a value of the group; what follows it is about this.
func ValueOf(value string) Dim { return Dim("value:" + value) }

// ValueOfDim is the value that a ValueOf names.
func ValueOfDim(d Dim) (string, bool) { return strings.CutPrefix(string(d), "value:") }

// IsDimension tells whether a part of a ListNumber is a dimension of its own.
func IsDimension(d Dim) bool {
	_, number := NumberExpression(string(d))
	_, value := ValueOfDim(d)
	return !number && !value
}
