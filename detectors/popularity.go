package detectors

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// PopularityParams are the parameters of Popularity.
type PopularityParams struct {
	K          int    `yaml:"k" default:"0" min:"0" doc:"the last place that counts; 0 is no end"`
	Catalogue  int    `yaml:"catalogue" default:"0" min:"0" doc:"how many items could have been shown; 0 takes those that the log shows or offers, of which none is left out"`
	Popularity string `yaml:"popularity" doc:"CEL expression of how often an item was chosen before the lists were made, such as a column of a joined table of items: item.plays"`
	Total      string `yaml:"total" decimal:"true" doc:"how many users, or choices, popularity counts: then novelty is −log2(popularity / total)"`
	Tail       string `yaml:"tail" doc:"CEL expression that is true for items of the long tail: \"item.plays < 100\""`
	Profile    string `yaml:"profile" doc:"CEL expression of the mean popularity of what the user chose before, from the list's first row: then the lift of the list over it is measured"`
	Provider   string `yaml:"provider" doc:"column with who provides the item: the seller, the artist"`
}

// Conditions are the expressions, by their places.
func (p PopularityParams) Conditions() map[string]string { return map[string]string{"tail": p.Tail} }

// Numbers are the expressions of numbers, likewise.
func (p PopularityParams) Numbers() map[string]string {
	return map[string]string{"popularity": p.Popularity, "profile": p.Profile}
}

// Columns are the columns that the parameters name, likewise.
func (p PopularityParams) Columns() map[string]string {
	return map[string]string{"provider": p.Provider}
}

// Check says whether what goes together is there.
func (p PopularityParams) Check() error {
	switch {
	case p.Popularity == "" && p.Total != "":
		return errors.New("total says what popularity counts, and there is no popularity")
	case p.Popularity == "" && p.Profile != "":
		return errors.New("profile is compared with popularity, and there is no popularity")
	}
	if total, err := strconv.ParseFloat(p.Total, 64); p.Total != "" && (err != nil || !(total >= 1)) {
		return fmt.Errorf("total must be at least 1, not %s", p.Total)
	}
	return nil
}

// lists says whether something is measured of whole lists.
func (p PopularityParams) lists() bool { return p.Popularity != "" || p.Tail != "" }

// Popularity measures how few items, and of how few providers, get the places.
func Popularity() detect.Detector {
	return detect.Detector{
		Name:  "popularity",
		Title: "How few items are shown",
		Doc: `How the places of lists are dealt to items: the share of all items that is ever shown (item_coverage), the Gini index of
their places under each of three conventions that tools call by that name, and the entropy of places in bits; the same of
providers, with their concentration (the sum of squared shares) and the share of the largest. Items are those of slate.item. Of
whole lists, by group of users, where expressions say what they need: how popular what is shown was before (popularity), how
much of it is of the long tail (tail), how novel it is (total), and how far it is above what the user chose before
(profile), with the differences between groups. Being shown often is no fault of an item: who gives it is
the question. Item numbers describe exactly what the log shows; they have no interval.`,
		How:     "Means are over lists. Intervals and tests of them follow the list, or the subject where one is given, by a delete-a-group jackknife (Kott 2001) and Student's t; the lift's, of the ratio of two means.",
		Needs:   []detect.Role{detect.RoleSlate},
		Unasked: []detect.Role{detect.RoleItem},
		Kinds:   []string{"recommender"},
		Main:    "tail_share",
		Metrics: popularityMetrics(),
		Params:  PopularityParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(PopularityParams)
			switch {
			case spec.Slate == nil || spec.Slate.Item == "" && p.Provider == "" && !p.lists():
				return detect.Plan{}, errors.New("nothing says which item a slot shows: name it as columns.slate.item")
			case p.lists() && !spec.Slate.Whole:
				return detect.Plan{}, errors.New("popularity and tail are means over lists, and " + noLists)
			}
			d := popularity{PopularityParams: p, spec: spec}
			return planUsers("popularity", spec, d.numbers(), d.needs(), d.measure), nil
		},
	}
}

func popularityMetrics() []detect.Metric {
	level := func(name, title, doc, convention, source string, scale detect.Scale) detect.Metric {
		return detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Source: source, Null: detect.NullNone, Scale: scale, Version: 1, Shown: true}
	}
	gap := func(of, title, doc string, scale detect.Scale) detect.Metric {
		return detect.Metric{Name: of + "_difference", Title: title, Doc: doc, Convention: "mean over lists of the group − of the reference",
			Source: "Interval and test: jackknife over lists, Student's t", Null: detect.NullNoGap, Scale: scale, Version: 2}
	}
	const lists = "Interval: jackknife over lists"
	return []detect.Metric{
		level("item_coverage", "Coverage", "Share of all items that is shown at least once.", "items shown / items that could be", "catalogue coverage", detect.ScaleRate),
		level("item_gini", "Gini index of items", "How unevenly places are dealt to items: 0 is evenly, near 1 is all to one.", "sum of (2i − n − 1) x / (n sum x), x the places of items, rising; items never shown count", "RecBole: n is the divisor", detect.ScaleNumber),
		level("item_gini_corrected", "Gini index of items, corrected", "The same, stretched so that all to one item is exactly 1.", "sum of (2i − n − 1) x / ((n − 1) sum x)", "n − 1 is the divisor", detect.ScaleNumber),
		level("item_gini_equality", "Equality of items", "1 less the corrected Gini index: 1 is evenly, 0 is all to one item.", "1 − sum of (2i − n − 1) x / ((n − 1) sum x)", "Elliot", detect.ScaleNumber),
		level("item_entropy", "Entropy of items", "How many bits it takes to say which item a place shows: log2 of the number of items where all are shown alike.", "−sum p log2 p, p the share of places of an item", "Shannon 1948", detect.ScaleNumber),
		level("provider_gini", "Gini index of providers", "How unevenly places are dealt to providers that the log has.", "sum of (2i − n − 1) x / (n sum x), x the places of providers, rising", "n is the divisor", detect.ScaleNumber),
		level("provider_concentration", "Concentration of providers", "Chance that two places are of one provider: 1 is all of one.", "sum of squared shares of places (Herfindahl)", "Herfindahl-Hirschman index", detect.ScaleNumber),
		level("largest_provider_share", "Share of the largest provider", "Share of the places that the provider with most of them has.", "places of the largest provider / places", "concentration ratio", detect.ScaleRate),
		level("average_popularity", "Average popularity", "How often what a list shows was chosen before, on average.", "mean over lists of the mean popularity of what is shown", "ARP. "+lists, detect.ScaleNumber),
		gap("average_popularity", "Difference in popularity", "How much more popular what one group of users is shown is than what another is.", detect.ScaleNumber),
		level("tail_share", "Share of the long tail", "Share of a list that is of the long tail.", "mean over lists of items of the tail / items shown", "APLT. "+lists, detect.ScaleRate),
		gap("tail_share", "Difference in the long tail", "How many points more of the long tail one group of users is shown than another.", detect.ScaleDifference),
		level("novelty", "Novelty", "How surprising what is shown is, in bits: 10 is chosen by one in 1,024.", "mean over lists of the mean of −log2(popularity / total), a popularity below 1 taken as 1", "RecTools MIUF, of users; Recommenders, of choices. "+lists, detect.ScaleNumber),
		gap("novelty", "Difference in novelty", "How many bits more surprising what one group of users is shown is than what another is.", detect.ScaleNumber),
		level("popularity_lift", "Popularity lift", "How much more popular what users are shown is than what they chose before: 0.5 is half as much again, 0 alike.", "(mean popularity of the lists − mean of the profiles) / mean of the profiles, of the lists that have each", "Abdollahpouri et al. 2019. Interval: jackknife over lists", detect.ScaleNumber),
		gapOfLift(),
	}
}

func gapOfLift() detect.Metric {
	return detect.Metric{Name: "popularity_lift_difference", Title: "Difference in lift", Doc: "How much more one group of users is drawn to the popular than another.",
		Convention: "popularity lift of the group − of the reference", Source: "Abdollahpouri et al. 2019. Interval and test: jackknife over lists, Student's t", Null: detect.NullNoGap, Scale: detect.ScaleNumber, Version: 1}
}

type popularity struct {
	PopularityParams
	spec *audit.Spec
}

// The tables of numbers of lists.
func (p popularity) arp() string {
	return table.ListNumber(table.ListMean, p.K, table.NumberOf(p.Popularity))
}

func (p popularity) logs() string {
	return table.ListNumber(table.ListMeanLog, p.K, table.NumberOf(p.Popularity))
}

func (p popularity) tail() string { return table.ListNumber(table.ListShare, p.K, table.When(p.Tail)) }

// profile is what the list's rows say of the user, the same on each.
func (p popularity) profile() string {
	return table.ListNumber(table.ListMean, p.K, table.NumberOf(p.Profile))
}

func (p popularity) numbers() (out []string) {
	if p.Popularity != "" {
		out = append(out, p.arp())
	}
	if p.Total != "" {
		out = append(out, p.logs())
	}
	if p.Tail != "" {
		out = append(out, p.tail())
	}
	if p.Profile != "" {
		out = append(out, p.profile())
	}
	return out
}

// measure emits what is counted of items once, and the numbers of lists by group.
func (p popularity) measure(e *emitter, u userLists, tables detect.Tables) (found []audit.Finding) {
	if u.attribute.Name == userAttributes(p.spec)[0].Name {
		found = p.items(e, tables)
	}
	if p.Popularity != "" {
		u.levels(e, "average_popularity", u.numbers[p.arp()], withK(p.K))
		u.differences(e, "average_popularity_difference", u.numbers[p.arp()], withK(p.K))
	}
	if p.Tail != "" {
		by, from := u.numbers[p.tail()], len(e.out)
		u.levels(e, "tail_share", by, withK(p.K))
		u.differences(e, "tail_share_difference", by, withK(p.K))
		if g, ok := u.tells(e, "tail_share_difference", from, by); ok {
			found = append(found, audit.Finding{ID: "popularity-tail-" + u.attribute.Name, Detector: "popularity", Severity: audit.Info, Measurements: []int{g.at},
				Title:  fmt.Sprintf("Lists for %s hold %.1f %% of the long tail, those for %s %.1f %%.", g.low.called(u.attribute), 100*g.low.mean(), g.high.called(u.attribute), 100*g.high.mean()),
				Detail: fmt.Sprintf("Means over %s and %s lists; the tail is where %s. p %s (jackknife over lists).", whole(g.low.lists), whole(g.high.lists), p.Tail, smallP(g.p))})
		}
	}
	if p.Total != "" {
		by := p.novelty(u.numbers[p.logs()])
		u.levels(e, "novelty", by, withK(p.K))
		u.differences(e, "novelty_difference", by, withK(p.K))
	}
	if p.Profile != "" {
		p.lift(e, u)
	}
	return found
}
