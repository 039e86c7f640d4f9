package detectors

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// rate is a share of the rows: how it is counted and what it is called.
type rate struct {
	name    string // true_positive_rate
	short   string // TPR
	doc     string // one sentence, continued after "Share of"
	formula string // TP / (TP + FN)
	source  string // its names elsewhere
	empty   string // why it is undefined, about a group: "nobody has a positive label"
	count   func(tally) (k, n int64)

	about string // the rate that this one is 1 less, or another name of; empty for itself

	// outcomes says that it adds up outcomes of both decisions, as TPR = TP / (TP + FN).
	outcomes bool
}

// inferenceDoc is how sure a detector of rates says it is, and how it knows.
const inferenceDoc = `Intervals have level 1 - alpha: Wilson (1927) for a rate, Newcombe (1998, method 10) for a difference, Koopman (1984) for
a ratio. A group against a named reference is tested by Fisher's exact test with mid-p (Lancaster 1961), from 10 million
expected cases on by the pooled z, which agrees to three digits; where every row has the same outcome p is 1. Where
the data chose the reference (largest, best, none) and a gate judges the gap, every pair of groups is tested at once:
the p of a pair is the chance, when the outcomes are dealt to the groups at random, that any pair looks as unusual
(single-step min-p: Westfall and Young 1993). Far tails, which no number of deals reaches, rest on Bonferroni's bound:
p is at most the pair's own times the number of pairs, doubled where rows are counted and not people, and at least the
pair's own. With a subject, all of this follows people and not rows, and no outcome is dealt: counts are effective ones,
from a jackknife over people, each on their own up to 1,024 of them, over 64 shards of them beyond (Rao and Scott 1992);
a test of parity goes by how much the rows of one person are alike in all groups together (Donner and Klar 1994); for all
pairs at once it is the largest |t|, over normal draws of rates that vary and correlate as those of people do (Hothorn,
Bretz and Westfall 2008). The worst row is the lowest against the highest group; as it is never 0 even when all are treated
alike, null says what groups of these sizes, and so many rows of each person, show by chance, and, under the policy point,
how often the limit would be crossed by chance alone. flipflop is how many decisions a ratio hangs on
(US Uniform Guidelines, questions and answers 21), power how small a gap the log could have shown (Fleiss, Levin and Paik
2003).`

// of is the rate of a group.
func (r rate) of(g group) proportion {
	var p proportion
	if r.blind(g.tally) != "" {
		return p
	}
	p.k, p.n = r.count(g.tally)
	if g.shards != nil {
		p.shards, p.each = make([]stat.Shard, len(g.shards)), g.each
		for i, t := range g.shards {
			p.shards[i].K, p.shards[i].N = r.count(t)
		}
	}
	return p
}

// words is the rate's name in a sentence.
func (r rate) words() string { return strings.ReplaceAll(r.name, "_", " ") }

// metrics declares the rate, its difference and its ratio.
func (r rate) metrics() []detect.Metric {
	title := strings.ToUpper(r.name[:1]) + r.words()[1:]
	level, gap := 3, 5
	if r.outcomes { // which have no value where labels are known of one decision alone
		level, gap = 4, 6
	}
	about := cmp.Or(r.about, r.name)
	return []detect.Metric{
		{Name: r.name, Title: title, Doc: "Share of " + r.doc + ".", Convention: r.formula,
			Source: r.source + ". Interval: Wilson 1927. Test against a limit: binomial mid-p", Null: detect.NullLimit, Scale: detect.ScaleRate, Version: level},
		{Name: r.name + "_difference", Title: title + ", difference",
			Doc:        "How many points the " + r.words() + " of a group lies above (+) or below (−) that of the reference.",
			Convention: r.short + " of the group − " + r.short + " of the reference",
			Source:     "sign as in AIF360; Clarify prints the opposite sign, Fairlearn the largest minus the smallest. Interval: Newcombe 1998, method 10. Test: Fisher mid-p",
			Null:       detect.NullNoGap, Scale: detect.ScaleDifference, Version: gap, About: about},
		{Name: r.name + "_ratio", Title: title + ", ratio",
			Doc:        "How many times the " + r.words() + " of the reference a group has.",
			Convention: r.short + " of the group / " + r.short + " of the reference",
			Source:     "AIF360, Aequitas (disparity); Fairlearn prints the smallest over the largest. Interval: Koopman 1984. Test: Fisher mid-p",
			Null:       detect.NullNoGap, Scale: detect.ScaleRatio, Version: gap, About: about},
	}
}

// measure is the rate of one group.
func (r rate) measure(in inference, g group) audit.Measurement {
	p := r.of(g)
	m := audit.Measurement{Value: float(p.value()), Numerator: &p.k, Denominator: &p.n, Shards: shardsUsed(p)}
	if m.Value == nil {
		m.Note = r.undefined(g)
		return m
	}
	m.Interval, m.Note = in.rate(p)
	return m
}

// blind names the decision of which no outcome is known although it was made, where
// the rate adds up outcomes of both decisions: whatever is true, it would come out as
// 0 or as 1 (selective labels: Lakkaraju et al. 2017). Empty where there is none.
func (r rate) blind(t tally) string {
	switch {
	case !r.outcomes || t.TP+t.FP+t.FN+t.TN == 0:
	case t.Positive > 0 && t.TP+t.FP == 0:
		return "a positive decision"
	case t.Negative > 0 && t.FN+t.TN == 0:
		return "a negative decision"
	}
	return ""
}

// undefined says why the rate of a group has no value.
func (r rate) undefined(g group) string {
	if g.tally.n() == 0 {
		return "undefined: no row in " + called(g)
	}
	if decision := r.blind(g.tally); decision != "" {
		return "undefined: no label is known of those with " + decision + " in " + called(g) + ", so it would come out the same whatever is true"
	}
	if t := g.tally; t.TP+t.FP+t.FN+t.TN == 0 && r.labeled() {
		return "undefined: no label is known in " + called(g)
	}
	return "undefined: " + r.empty + " in " + called(g)
}

// labeled says that the rate is about rows with a label: of rows with a decision alone
// there is none.
func (r rate) labeled() bool {
	_, n := r.count(tally{Positive: 1, Negative: 1})
	return n == 0
}

// called names a group in a note.
func called(g group) string {
	switch g.kind {
	case audit.KindMissing:
		return "the group of missing values"
	case audit.KindOverall:
		return "the audit"
	}
	return "group " + strconv.Quote(g.name)
}

// shardsUsed counts the shards that a number rests on.
func shardsUsed(ps ...proportion) int {
	used := map[int]bool{}
	for _, p := range ps {
		for i, s := range p.shards {
			if s.N > 0 {
				used[i] = true
			}
		}
	}
	return len(used)
}

// fewest is the number of people behind the smaller of some groups; 0 where rows
// are taken for people. Where a hash deals people to shards it is what the shards
// without anybody tell: of m people G·(1 - 1/G)^m stay empty (linear counting,
// Whang et al. 1990, ACM Transactions on Database Systems 15, 208-229), and no bound
// where none is.
func (r rate) fewest(groups ...group) int64 {
	least := int64(0)
	for _, g := range groups {
		p := r.of(g)
		used, shards := shardsUsed(p), len(p.shards)
		people := int64(used)
		if used == 0 || !p.each && used == shards {
			continue
		}
		if !p.each {
			people = int64(math.Round(math.Log(1-float64(used)/float64(shards)) / math.Log(1-1/float64(shards))))
		}
		if least == 0 || people < least {
			least = people
		}
	}
	return least
}

// selection is the rate of positive decisions.
func selection() rate {
	return rate{
		name: "selection_rate", short: "selection rate",
		doc:     "all audited decisions about a group that are positive",
		formula: "positive decisions / decisions",
		source:  "Fairlearn selection_rate, Aequitas pprev; not Aequitas ppr, the share of all positives",
		empty:   "no decision",
		count:   func(t tally) (k, n int64) { return t.Positive, t.n() },
	}
}

// favorable is the rate of decisions that are good for the person, where
// positive is not: denials, flags.
func favorable() rate {
	return rate{
		name: "favorable_rate", short: "favorable rate", about: "selection_rate",
		doc:     "all audited decisions about a group that are negative, where negative is good for the person (favorable: false)",
		formula: "negative decisions / decisions",
		source:  "AIF360 with favorable_label 0",
		empty:   "no decision",
		count:   func(t tally) (k, n int64) { return t.Negative, t.n() },
	}
}

func truePositive() rate {
	return rate{
		name: "true_positive_rate", short: "TPR",
		doc:     "the people with a positive label who got a positive decision",
		formula: "TP / (TP + FN)",
		source:  "recall, sensitivity; Fairlearn, AIF360 true_positive_rate, Aequitas tpr; undefined without a positive label, where Fairlearn and Clarify print 0",
		empty:   "nobody has a positive label",
		count:   func(t tally) (k, n int64) { return t.TP, t.TP + t.FN }, outcomes: true,
	}
}

func falsePositive() rate {
	return rate{
		name: "false_positive_rate", short: "FPR",
		doc:     "the people with a negative label who got a positive decision",
		formula: "FP / (FP + TN)",
		source:  "Fairlearn, AIF360 false_positive_rate, Aequitas fpr",
		empty:   "nobody has a negative label",
		count:   func(t tally) (k, n int64) { return t.FP, t.FP + t.TN }, outcomes: true,
	}
}
