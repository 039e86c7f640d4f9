package table

import "strings"

// The numbers of a list that are made of what is said of its items, each of a
// condition (When), a number (NumberOf) or a group.
const (
	ListMean        = "fact/mean"      // of a number, over the items shown
	ListMeanLog     = "fact/mean_log2" // of log2(max(number, 1))
	ListShare       = "fact/share"     // of the items shown, where a condition is known: those for which it holds
	ListPrecision   = "fact/precision" // of relevant items, as the next four; the population follows (Among)
	ListRecall      = "fact/recall"
	ListNDCG        = "fact/ndcg"
	ListReciprocal  = "fact/reciprocal"
	ListHit         = "fact/hit"
	ListCalibration = "fact/calibration" // of a group, and its values' weights in the history: ValueWeight
	ListDivergence  = "fact/divergence"  // likewise
	ListEntropy     = "fact/entropy"     // of a group
	ListDiversity   = "fact/diversity"   // of a group
)

// The populations of lists that the utility of lists is a mean over.
const (
	AmongTruth  = "truth"  // that have a relevant item, whether they show anything or not
	AmongServed = "served" // that show an item, whether they have a relevant one or not
	AmongBoth   = "both"
)

// Among is a number of relevant items of the lists of a population.
func Among(number, population string) string { return number + "/" + population }

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
