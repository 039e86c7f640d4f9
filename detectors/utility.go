package detectors

import (
	"errors"
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// UtilityParams are the parameters of Utility.
type UtilityParams struct {
	Relevance  string        `yaml:"relevance" doc:"CEL expression that is true for a relevant item: item.clicked. What is not known is not relevant"`
	Gain       string        `yaml:"gain" doc:"CEL expression of how relevant an item is, above 0 for one that is; in place of relevance"`
	Relevant   string        `yaml:"relevant" doc:"CEL expression of how many relevant items the user has in all, from the list's first row; without it, those that the list shows or offers"`
	K          int           `yaml:"k" default:"10" min:"1" doc:"the last place that counts"`
	Population string        `yaml:"population" default:"truth" enum:"truth|served|both" doc:"lists that count: those with a relevant item, whatever they show; those that show an item, whether any is relevant or not; or those with both"`
	Users      string        `yaml:"users" doc:"column that names the user: then inequality is over users, each by the mean of the lists, which keeps a sum for every user; without it, over lists"`
	Category   string        `yaml:"category" doc:"attribute under columns.groups that is the category of an item, for calibration"`
	History    []UtilityPast `yaml:"history" keyed:"true" doc:"how much the user chose of each category before, from the list's first row: {film: films_seen, news: news_read}"`
}

// UtilityPast is what users chose of a category before.
type UtilityPast struct {
	Name   string `yaml:"-"`
	Weight string `yaml:"weight" required:"true" short:"true" doc:"CEL expression of a number: a count or a share"`
}

// Conditions are the expressions, by their places.
func (p UtilityParams) Conditions() map[string]string {
	return map[string]string{"relevance": p.Relevance}
}

// Numbers are the expressions of numbers, likewise.
func (p UtilityParams) Numbers() map[string]string {
	out := map[string]string{"gain": p.Gain, "relevant": p.Relevant}
	for _, h := range p.History {
		out["history."+h.Name] = h.Weight
	}
	return out
}

// Columns are the columns that the parameters name, likewise.
func (p UtilityParams) Columns() map[string]string { return map[string]string{"users": p.Users} }

// Check says whether what goes together is there.
func (p UtilityParams) Check() error {
	switch {
	case p.Relevance != "" && p.Gain != "":
		return errors.New("relevance and gain both say what is relevant: give one of them")
	case p.Gain != "" && p.Relevant != "":
		return errors.New("relevant counts items of gain 1, and goes with relevance, not with gain")
	case p.Relevance == "" && p.Gain == "" && (p.Relevant != "" || p.Users != ""):
		return errors.New("nothing says which items are relevant: give relevance, or gain")
	case (p.Category == "") != (len(p.History) == 0):
		return errors.New("calibration needs both category and history")
	}
	return nil
}

// judged says whether anything tells relevant items.
func (p UtilityParams) judged() bool { return p.Relevance != "" || p.Gain != "" }

// Utility measures how good lists are for groups of users.
func Utility() detect.Detector {
	return detect.Detector{
		Name:  "utility",
		Title: "Whom lists serve",
		Doc: `How good the first k places of lists are for groups of users (columns.slate.users), where the log says which items are
relevant: nDCG, precision, recall, reciprocal rank of the first relevant item and hit rate, as means over lists, with the
differences between groups, and how unequal nDCG is from user to user, or list to list (generalized entropy). Which lists count
is part of every number (population): tools differ, and a list without a relevant item, or without any, is 0 in one and left
out in another. With category and history, how far lists are from what the user chose before (calibration, Steck). What is
relevant comes from what was shown, bought or clicked: who was shown little that fits is counted well served, too. A list
without a single slot is no row of the log and in no population.`,
		How:     "Intervals and tests follow the list, or the subject where one is given, by a delete-a-group jackknife (Kott 2001) and Student's t.",
		Needs:   []detect.Role{detect.RoleSlate},
		Unasked: []detect.Role{detect.RoleAsked},
		Main:    "ndcg",
		Metrics: utilityMetrics(),
		Params:  UtilityParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(UtilityParams)
			switch {
			case !p.judged() && p.Category == "":
				return detect.Plan{}, errors.New("nothing says which items are relevant: {relevance: item.clicked}")
			case !spec.Slate.Whole:
				return detect.Plan{}, errors.New("numbers of lists are needed, and " + noLists)
			case p.Category != "" && !slices.ContainsFunc(spec.Groups, func(g audit.GroupSpec) bool { return g.Name == p.Category }):
				return detect.Plan{}, fmt.Errorf("category: there is no attribute %q under columns.groups; give the items' category there, or as slate.item_group", p.Category)
			}
			d := utility{UtilityParams: p, spec: spec}
			return planUsers("utility", spec, d.numbers(), d.needs(), d.measure), nil
		},
	}
}

// served are the numbers of relevant items, by metric.
func servedNumbers() [][2]string {
	return [][2]string{{"ndcg", table.ListNDCG}, {"precision_at_k", table.ListPrecision}, {"recall_at_k", table.ListRecall}, {"reciprocal_rank", table.ListReciprocal}, {"hit_rate", table.ListHit}}
}

func utilityMetrics() []detect.Metric {
	const (
		lists = ". Interval: jackknife over lists"
		among = "mean over the lists of the population of "
	)
	both := func(name, title, doc, convention, source string, scale detect.Scale) []detect.Metric {
		apart := scale
		if scale == detect.ScaleRate {
			apart = detect.ScaleDifference
		}
		return []detect.Metric{
			{Name: name, Title: title, Doc: doc, Convention: convention, Source: source + lists, Null: detect.NullNone, Scale: scale, Version: 1, Shown: true},
			{Name: name + "_difference", Title: title + ", difference", Doc: "How much higher or lower it is for one group of users than for another.", Convention: "mean over lists of the group − of the reference",
				Source: "UGF (Li et al. 2021) with its sign. Interval and test: jackknife over lists, Student's t", Null: detect.NullNoGap, Scale: apart, Version: 2},
		}
	}
	return slices.Concat(
		both("ndcg", "nDCG", "How near the order of a list is to the best there could be for the user: 1 is the best.",
			among+"sum of gain / log2(place + 1) over the first k places, over that of all relevant items in the best order; undefined for a list without one", "Järvelin and Kekäläinen 2002, linear gain (trec_eval ndcg_cut)", detect.ScaleNumber),
		both("precision_at_k", "Precision", "Share of the first k places that hold a relevant item.",
			among+"relevant items among the first k places / k, also where a list is shorter", "trec_eval P, RecTools", detect.ScaleRate),
		both("recall_at_k", "Recall", "Share of a user's relevant items that are among the first k places.",
			among+"relevant items among the first k places / relevant items; undefined for a list without one", "trec_eval recall, RecTools", detect.ScaleRate),
		both("reciprocal_rank", "Reciprocal rank", "1 over the place of the first relevant item: 0.5 is the second place.",
			among+"1 / place of the first relevant item; 0 if none is among the first k", "MRR, trec_eval recip_rank", detect.ScaleNumber),
		both("hit_rate", "Hit rate", "Share of lists with a relevant item among the first k places.",
			"lists of the population with a relevant item among the first k places / lists of the population", "RecTools", detect.ScaleRate),
		[]detect.Metric{{Name: "generalized_entropy", Title: "Inequality of nDCG", Doc: "How unequal nDCG is among lists, or users: 0 is all alike.",
			Convention: "GE(2): (mean of (b / mean of b)^2 − 1) / 2, b the nDCG of a list of the population or, with users, the mean of a user's lists",
			Source:     "Speicher et al. 2018" + lists + ", or users", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true}},
		both("miscalibration", "Miscalibration", "How far the categories of a list are from those the user chose before: 0 is the same mix.",
			"mean over lists of sum p ln(p / q'), p the history, q the first k places, q' = 0.99 q + 0.01 p; lists without a history or a category are left out", "Steck 2018, C_KL, places of equal weight", detect.ScaleNumber),
	)
}
