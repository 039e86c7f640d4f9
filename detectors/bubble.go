package detectors

import (
	"errors"
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// BubbleParams are the parameters of Bubble.
type BubbleParams struct {
	K        int           `yaml:"k" default:"0" min:"0" doc:"the last place that counts; 0 is no end"`
	Category string        `yaml:"category" doc:"attribute under columns.groups that is the category of an item"`
	History  []UtilityPast `yaml:"history" keyed:"true" doc:"how much the user chose of each category before, from the list's first row: {film: films_seen, news: news_read}"`
	Users    string        `yaml:"users" doc:"column that names the user: then the overlap of what a user is shown in one window and the next is measured, which keeps every user's items, up to 1,048,576"`
}

// Numbers are the expressions of numbers, by their places.
func (p BubbleParams) Numbers() map[string]string {
	out := map[string]string{}
	for _, h := range p.History {
		out["history."+h.Name] = h.Weight
	}
	return out
}

// Columns are the columns that the parameters name, likewise.
func (p BubbleParams) Columns() map[string]string { return map[string]string{"users": p.Users} }

// Check says whether what goes together is there.
func (p BubbleParams) Check() error {
	if p.Category == "" && len(p.History) > 0 {
		return errors.New("history is of categories, and there is no category")
	}
	return nil
}

// Bubble measures whether lists narrow over time.
func Bubble() detect.Detector {
	return detect.Detector{
		Name:  "bubble",
		Title: "Do lists narrow over time",
		Doc: `How mixed the lists of groups of users are, window by window, and how that changes: the entropy of an item's categories
in a list, the share of its pairs that are of two categories (intra-list diversity), with history how far a list is from what
the user chose before, and with users how many of the items a user is shown were among those of the window before. Each has a
slope: its change from one window to the next. A narrow list is no harm in itself: one who asks for one thing gets one thing.
What the slope tells is whether it goes on narrowing. Entropy and diversity are lower in short lists: compare lists of one length.`,
		How: `Means are over lists, overlaps over pairs of a user's windows. Slopes are least squares over the windows' means, each window
counting alike. Intervals and tests follow the list, or the subject where one is given, by a delete-a-group jackknife (Kott 2001)
and Student's t.`,
		Needs:   []detect.Role{detect.RoleSlate, detect.RoleTime},
		Unasked: []detect.Role{detect.RoleAsked},
		Metrics: bubbleMetrics(),
		Params:  BubbleParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(BubbleParams)
			switch {
			case p.Category == "" && p.Users == "":
				return detect.Plan{}, errors.New("category or users is missing: {category: genre, users: user_id}")
			case !windowed(spec):
				return detect.Plan{}, errors.New("change over time needs windows: windows: {every: month}")
			case p.Category != "" && !spec.Slate.Whole:
				return detect.Plan{}, errors.New("numbers of lists are needed, and " + noLists)
			case p.Category != "" && !slices.ContainsFunc(spec.Groups, func(g audit.GroupSpec) bool { return g.Name == p.Category }):
				return detect.Plan{}, fmt.Errorf("category: there is no attribute %q under columns.groups; give the items' category there, or as slate.item_group", p.Category)
			case p.Users != "" && spec.Slate.Item == "":
				return detect.Plan{}, errors.New("overlap needs what names an item: columns.slate.item")
			}
			b := bubble{p, spec}
			return planUsers("bubble", spec, b.numbers(), b.needs(), b.measure), nil
		},
	}
}

func bubbleMetrics() []detect.Metric {
	const jackknife = "Interval: jackknife over lists"
	with := func(name, title, doc, convention, source string) []detect.Metric {
		return []detect.Metric{
			{Name: name, Title: title, Doc: doc, Convention: convention, Source: source + ". " + jackknife, Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true},
			{Name: name + "_slope", Title: title + ", change", Doc: "How much it changes from one window to the next.", Convention: "slope of the least-squares line through the windows' means, in windows; at least three windows",
				Source: jackknife + "; test against no change, Student's t", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true},
		}
	}
	return slices.Concat(
		with("category_entropy", "Entropy of categories", "How mixed the categories of a list are, in bits: 0 is one category, 1 two alike, 2 four alike.", "mean over lists of −sum p log2 p, p the shares of categories in the list", "Shannon 1948"),
		with("list_diversity", "Diversity within lists", "Share of the pairs of a list's items that are of two categories.", "ILD: mean over lists of at least two items of 1 − sum n (n − 1) / (N (N − 1)), n the items of a category", "intra-list diversity, distance 0 or 1"),
		with("history_divergence", "Distance from earlier choices", "How far the categories of a list are from those the user chose before: 0 is the same mix.", "mean over lists of sum p ln(p / q'), p the history, q the list, q' = 0.99 q + 0.01 p", "Steck 2018"),
		with("list_overlap", "Overlap with the window before", "Of all items that a user is shown in a window or the one before, the share that is in both.", "mean over users and windows of the Jaccard index of the items of the window and of the last one before in which the user was shown any", "Jaccard 1912"),
	)
}

type bubble struct {
	BubbleParams
	spec *audit.Spec
}

// bubbleNumber is a number of lists and the metric that it makes.
type bubbleNumber struct {
	metric, table string
	narrows       float64 // sign of the change that narrows lists; 0 tells nothing
}

func (b bubble) measured() (out []bubbleNumber) {
	if b.Category == "" {
		return nil
	}
	group := table.Group(b.Category)
	out = []bubbleNumber{{"category_entropy", table.ListNumber(table.ListEntropy, b.K, group), -1}, {"list_diversity", table.ListNumber(table.ListDiversity, b.K, group), -1}}
	if len(b.History) > 0 {
		parts := []table.Dim{group}
		for _, h := range b.History {
			parts = append(parts, table.ValueOf(h.Name), table.NumberOf(h.Weight))
		}
		out = append(out, bubbleNumber{"history_divergence", table.ListNumber(table.ListDivergence, b.K, parts...), 0})
	}
	return out
}

func (b bubble) numbers() (out []string) {
	for _, n := range b.measured() {
		out = append(out, n.table)
	}
	return out
}

// shownTo is the table of what every user is shown, by window.
func (b bubble) shownTo(a detect.Attribute) table.Need {
	return table.Need{Dims: append(a.Dims(), table.Window, table.Distinct(b.Users), table.Distinct(b.spec.Slate.Item)), Most: mostShown}
}

// mostShown bounds the items of all users.
const mostShown = 1 << 20

func (b bubble) needs() (out []table.Need) {
	if b.Users != "" {
		for _, a := range userAttributes(b.spec) {
			out = append(out, b.shownTo(a))
		}
	}
	return out
}

// measure emits levels and slopes, and says in words where lists narrow.
func (b bubble) measure(e *emitter, u userLists, tables detect.Tables) (found []audit.Finding) {
	tell := func(metric string, by []byUsers, narrows float64) {
		from := len(e.out)
		u.slopes(e, metric+"_slope", by, withK(b.K))
		if f, ok := b.tell(e, u, metric, from, by, narrows); ok {
			found = append(found, f)
		}
	}
	for _, n := range b.measured() {
		u.levels(e, n.metric, u.numbers[n.table], withK(b.K))
		tell(n.metric, u.numbers[n.table], n.narrows)
	}
	if b.Users == "" {
		return found
	}
	c := tables.Counts(b.shownTo(u.attribute))
	if c.Over() {
		e.note(fmt.Sprintf("bubble: users are shown more than %s different items in all, too many to keep; overlap is not measured", whole(mostShown)))
		return found
	}
	people := u
	people.clustered, people.each = true, false // users are known, whatever the subject is
	by := overlaps(u.attribute, c, table.Distinct(b.Users))
	people.levels(e, "list_overlap", by, nil)
	from := len(e.out)
	people.slopes(e, "list_overlap_slope", by, nil)
	if f, ok := b.tell(e, people, "list_overlap", from, by, 1); ok {
		found = append(found, f)
	}
	return found
}
