package detectors

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// RankingParams are the parameters of Ranking.
type RankingParams struct {
	K            int      `yaml:"k" default:"5" min:"2" doc:"how many places count as the top, beside the first, and that FA*IR looks at"`
	Protected    []string `yaml:"protected" values:"true" one:"true" doc:"values of an attribute of items that are protected together, for FA*IR, rND, rKL and rRD: [women]"`
	Share        string   `yaml:"share" decimal:"true" doc:"FA*IR: the least share of the protected group; without it, its share of what the list offers, or shows"`
	Significance float64  `yaml:"significance" default:"0.1" above:"0" below:"1" doc:"FA*IR: the chance at which a list drawn at random fails, over all of its lengths"`
	Step         int      `yaml:"step" default:"10" min:"2" doc:"rND, rKL and rRD look at every so manieth length of a list"`
	Relevance    string   `yaml:"relevance" doc:"CEL expression that is true for a relevant item: how often is it above one that is not? item.clicked"`
	Score        string   `yaml:"score" doc:"CEL expression of the score that decides what is above, for relevance; without it, the place does"`
}

// Conditions are the expressions, by their places.
func (p RankingParams) Conditions() map[string]string {
	return map[string]string{"relevance": p.Relevance}
}

// Numbers are the expressions of numbers, likewise.
func (p RankingParams) Numbers() map[string]string { return map[string]string{"score": p.Score} }

// Check says whether what goes together is there.
func (p RankingParams) Check() error {
	share, err := strconv.ParseFloat(p.Share, 64)
	switch {
	case p.Share != "" && (err != nil || !(share > 0 && share < 1)):
		return fmt.Errorf("share must be above 0 and below 1, not %s", p.Share)
	case p.Share != "" && len(p.Protected) == 0:
		return errors.New("share is of the protected group, and protected names none")
	case p.Score != "" && p.Relevance == "":
		return errors.New("score decides which of two items is above, and needs relevance")
	}
	return nil
}

// Ranking measures which groups are at the top of lists.
func Ranking() detect.Detector {
	return detect.Detector{
		Name:  "ranking",
		Title: "Who is ranked first",
		Doc: `How often items, or candidates, of each group are ranked first, and among the first k, of all that were offered
(columns.slate.offered) or, where that is not known, of all that were shown; the differences and ratios of these rates, with
the tests of parity; whether the first places are dealt as the offers are (chi-square); and skew@k, the log of a group's share
of the first k places over its share of what was offered, its lowest and its highest. Where it is known which slots are one list
NDKL, with what it is by chance beside it, and the infeasible index and count, each list against what it offered itself.
NDKL and these look at each list alone: who wins over many lists, they cannot see. With protected, FA*IR (does every length
of a list have as many of the group as chance would leave it) and rND, rKL and rRD (how far the group's share is from that in the whole
list). With relevance, how often a relevant item of a group is above one that is not (pairwise accuracy). Where columns.strata are given, all of it within each stratum too.
A rate says who is ranked high, not whether they should be: nothing here looks at how good an item is.
Places are those that the log gives; nothing is ordered anew by a score.`,
		How:     inferenceDoc + " Intervals follow the list, or the subject where one is given.",
		Needs:   []detect.Role{detect.RoleSlate, detect.RoleGroups},
		Main:    "top_1_rate",
		Metrics: rankingMetrics(),
		Params:  RankingParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			if len(spec.Groups) > 0 && len(slateAttributes(spec)) == 0 {
				return detect.Plan{}, errors.New("every attribute is listed under slate.users: none is about the items")
			}
			p, _ := params.(RankingParams)
			if (len(p.Protected) > 0 || p.Relevance != "") && !spec.Slate.Whole {
				return detect.Plan{}, errors.New("protected and relevance look at whole lists, and " + noLists)
			}
			r := ranking{k: max(2, p.K), offered: spec.Slate != nil && spec.Slate.Offered, params: p}
			plan := planSlate("ranking", spec, append(rankingLists(), r.protectedLists()...), r.measure)
			if p.Relevance != "" {
				plan = r.pairwise(spec, plan)
			}
			return plan, nil
		},
	}
}

// topRate is the rate of slots up to a place.
func topRate(name, short, where string) rate {
	return rate{
		name: name, short: short,
		doc:     "the items of a group, of all that were offered (or shown, where it is not known what was), that " + where,
		formula: "slots of the group that " + where + " / slots of the group",
		source:  "selection rate of the top places",
		empty:   "nothing was offered",
		count:   func(t tally) (k, n int64) { return t.Positive, t.n() },
	}
}

func firstRate() rate { return topRate("top_1_rate", "first rate", "are ranked first") }

func amongRate() rate { return topRate("top_k_rate", "top rate", "are among the first k") }

func rankingMetrics() []detect.Metric {
	out := append(firstRate().metrics(), amongRate().metrics()...)
	for i := range out {
		out[i].Version = 1
	}
	return append(append(out,
		detect.Metric{Name: "top_1_chi_square", Title: "First places against offers", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 2, Shown: true,
			Doc:        "How far the first places of the groups are from their shares of what was offered; compare it with its p.",
			Convention: "sum over groups of (first places - expected)^2 / expected; expected: all first places times the group's share of the slots",
			Source:     "Pearson 1900. Test: chi-square with groups - 1 degrees of freedom; a list has one first place, so first places are independent where lists are; with a subject over the design effect of people (Rao and Scott 1984)"},
		detect.Metric{Name: "skew_at_k", Title: "Skew at k", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true,
			Doc:        "Log of a group's share of the first k places over its share of what was offered: 0 is proportional, below 0 under-represented.",
			Convention: "ln(share of the first k places / share of the slots), natural log, pooled over lists; undefined where the group has no such place",
			Source:     "Geyik, Ambler and Kenthapadi 2019 (Skew@k). Interval: jackknife over lists of the log ratio"},
		detect.Metric{Name: "min_skew_at_k", Title: "Lowest skew at k", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true,
			Doc:        "Skew at k of the group that has it lowest, which is always below 0 unless all are proportional.",
			Convention: "min over groups of skew at k, pooled over lists; undefined where a group has no such place",
			Source:     "Geyik, Ambler and Kenthapadi 2019 (MinSkew@k)"},
		detect.Metric{Name: "max_skew_at_k", Title: "Highest skew at k", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true,
			Doc:        "Skew at k of the group that has it highest.",
			Convention: "max over groups of skew at k, pooled over lists",
			Source:     "Geyik, Ambler and Kenthapadi 2019 (MaxSkew@k)"}), slices.Concat(listMetrics(), protectedMetrics(), pairwiseMetrics())...)
}

type ranking struct {
	k       int
	offered bool
	params  RankingParams
}

// measure emits the numbers of one attribute.
func (r ranking) measure(e *emitter, s shown) []audit.Finding {
	for i, m := range []rate{firstRate(), amongRate()} {
		k, from := []int{1, r.k}[i], len(e.out)
		s.slices = nil
		for _, by := range s.by {
			s.slices = append(s.slices, s.top(by, k))
		}
		e.rate(s.section, m)
		for n := range e.out[from:] {
			e.out[from+n].Parameters = with(e.out[from+n].Parameters, "k", strconv.Itoa(k))
		}
	}
	var found []audit.Finding
	var tests []firsts
	for _, by := range s.by {
		if f, ok := r.chiSquare(e, s, by); ok {
			tests = append(tests, f)
		}
	}
	for _, by := range s.by {
		r.skew(e, s, by)
	}
	for _, highest := range []bool{false, true} {
		for _, by := range s.by {
			r.extreme(e, s, by, highest)
		}
	}
	r.lists(e, s)
	found = append(found, r.protected(e, s)...)
	if f, ok := r.tell(e, s, tests); ok {
		found = append(found, f)
	}
	return found
}

func with(m map[string]string, key, value string) map[string]string {
	out := map[string]string{key: value}
	for k, v := range m {
		out[k] = v
	}
	return out
}

// firsts is the test of one slice, and what a sentence about it says.
type firsts struct {
	at        int // among the measurements
	p         float64
	low, high group
	lists     int64
	stratum   *string
	window    string
}

// chiSquare tests whether first places are dealt as offers are.
func (r ranking) chiSquare(e *emitter, s shown, by shelves) (firsts, bool) {
	in := s.top(by, 1)
	var wins, slots int64
	for _, g := range in.values {
		wins, slots = wins+g.tally.Positive, slots+g.tally.n()
	}
	m := audit.Measurement{GroupKind: audit.KindOverall, N: wins}
	groups := len(in.values)
	if groups < 2 || wins == 0 {
		m.Note = "undefined: fewer than two groups, or no first place"
		e.add(s.section, in, "top_1_chi_square", e.metrics["top_1_chi_square"].Convention, m)
		return firsts{}, false
	}
	sum, least := 0.0, math.Inf(1)
	for _, g := range in.values {
		expected := float64(wins) * float64(g.tally.n()) / float64(slots)
		d := float64(g.tally.Positive) - expected
		sum = float64(d*d)/expected + sum
		least = min(least, expected)
	}
	m.Value, m.Parameters = &sum, map[string]string{"df": strconv.Itoa(groups - 1)}
	switch {
	case least < 5:
		m.Note = "no p: a group is expected to have fewer than 5 first places"
	case s.clustered && e.spec.Slate != nil && e.spec.Slate.Person:
		m.Shards = by.shards
		if t, err := firstsOfPeople(sum, in.values, by.shards); err != nil {
			m.Note = "no p: " + err.Error()
		} else {
			m.P, m.Test = &t.P, t.Method
		}
	default:
		p := stat.ChiSquareSF(sum, groups-1)
		m.P, m.Test = &p, "chi-square"
	}
	e.add(s.section, in, "top_1_chi_square", e.metrics["top_1_chi_square"].Convention, m)
	low, high, ok := firstRate().extremes(in.values)
	if !ok || m.P == nil {
		return firsts{}, false
	}
	return firsts{len(e.out) - 1, *m.P, low, high, wins, in.stratum, in.window}, true
}

// firstsOfPeople tests chi-square of first places where lists of one person are alike:
// over its design effect (Rao and Scott 1984).
func firstsOfPeople(sum float64, values []group, shards int) (stat.Test, error) {
	slots, wins := make([][]int64, shards), make([][]int64, shards)
	for i := range shards {
		for _, g := range values {
			slots[i], wins[i] = append(slots[i], g.shards[i].n()), append(wins[i], g.shards[i].Positive)
		}
	}
	d, err := stat.FitDesign(slots, wins)
	if err != nil {
		return stat.Test{}, err
	}
	return stat.Distances{ChiSquare: sum, DF: len(values) - 1}.RaoScott(d)
}

// skew emits the log of shares.
func (r ranking) skew(e *emitter, s shown, by shelves) {
	in := s.top(by, r.k)
	var top, slots int64
	for _, g := range in.values {
		top, slots = top+g.tally.Positive, slots+g.tally.n()
	}
	for _, g := range in.values {
		m := audit.Measurement{Group: g.label(), GroupKind: g.kind, N: g.tally.n(), Numerator: &g.tally.Positive, Denominator: &top, Parameters: map[string]string{"k": strconv.Itoa(r.k)}}
		if g.tally.Positive == 0 {
			m.Note = "undefined: absent from the first " + strconv.Itoa(r.k) + " places"
		} else {
			v := math.Log(float64(g.tally.Positive) / float64(top) / (float64(g.tally.n()) / float64(slots)))
			m.Value = &v
			if s.clustered {
				m.Interval, m.Note = e.in.interval(logShares(in.values, g).Interval(e.in.alpha))
				m.Shards = len(g.shards)
				if m.Interval != nil {
					low, high := *m.Interval.Low+v, *m.Interval.High+v
					m.Interval.Low, m.Interval.High = &low, &high
				}
			}
		}
		e.add(s.section, in, "skew_at_k", e.metrics["skew_at_k"].Convention, m)
	}
}

// extreme emits the lowest or the highest skew.
func (r ranking) extreme(e *emitter, s shown, by shelves, highest bool) {
	in, metric := s.top(by, r.k), "min_skew_at_k"
	if highest {
		metric = "max_skew_at_k"
	}
	var top, slots int64
	for _, g := range in.values {
		top, slots = top+g.tally.Positive, slots+g.tally.n()
	}
	m := audit.Measurement{GroupKind: audit.KindOverall, N: slots, Parameters: map[string]string{"k": strconv.Itoa(r.k)}}
	var most *group
	for _, g := range in.values {
		if most == nil || highest && g.ratio(*most) > 1 || !highest && g.ratio(*most) < 1 {
			most = &g
		}
	}
	switch {
	case most == nil || top == 0:
		m.Note = "undefined: no group has such a place"
	case most.tally.Positive == 0:
		m.Note = fmt.Sprintf("undefined: %s is absent from the first %d places", called(*most), r.k)
	default:
		v := math.Log(float64(most.tally.Positive) / float64(top) / (float64(most.tally.n()) / float64(slots)))
		m.Value, m.Parameters["group"] = &v, most.name
	}
	e.add(s.section, in, metric, e.metrics[metric].Convention, m)
}

// logShares is the jackknife of the log of a group's share of the top over its
// share of all slots, linearized, around 0.
func logShares(values []group, g group) stat.Clustered {
	shards := len(g.shards)
	a, b := make([]stat.Sums, shards), make([]stat.Sums, shards)
	for i := range shards {
		for _, o := range values {
			a[i].N += float64(o.shards[i].Positive)
			b[i].N += float64(o.shards[i].n())
		}
		a[i].X, b[i].X = float64(g.shards[i].Positive), float64(g.shards[i].n())
	}
	c, err := logRatio(a, b)
	if err != nil {
		return stat.Clustered{}
	}
	c.Estimate = 0
	return c
}

// logRatio is the log of the ratio of two means of people's numbers; its replicates
// are linearized as those of stat.ClusteredLogRatio.
func logRatio(a, b []stat.Sums) (stat.Clustered, error) {
	scaled := func(s []stat.Sums) ([]stat.Sums, float64) {
		var n, x float64
		for _, g := range s {
			n, x = n+g.N, x+g.X
		}
		out := slices.Clone(s)
		for i := range out {
			out[i].X *= n / x
		}
		return out, x / n
	}
	p, meanA := scaled(a)
	q, meanB := scaled(b)
	if !(meanA > 0) || !(meanB > 0) {
		return stat.Clustered{}, stat.ErrZeroCell
	}
	c, err := stat.ClusteredMeanDifference(p, q)
	c.Estimate = math.Log(meanA / meanB)
	return c, err
}

// tell says in words where first places are least as offers are: among the strata,
// or over all where there are none.
func (r ranking) tell(e *emitter, s shown, tests []firsts) (audit.Finding, bool) {
	strata := slices.ContainsFunc(tests, func(f firsts) bool { return f.stratum != nil })
	tests = slices.DeleteFunc(tests, func(f firsts) bool { return strata != (f.stratum != nil) || f.window != audit.AllWindows })
	if len(tests) == 0 {
		return audit.Finding{}, false
	}
	worst := slices.MinFunc(tests, func(a, b firsts) int {
		x, y := a.low.ratio(a.high), b.low.ratio(b.high)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	p := min(1, worst.p*float64(len(tests)))
	if p >= e.in.alpha {
		return audit.Finding{}, false
	}
	where, of, test := "", "slots", "chi-square"
	if e.out[worst.at].Test == stat.MethodRaoScott {
		test = "chi-square, which follows people"
	}
	if len(tests) > 1 {
		test += fmt.Sprintf("; %d tested, by Bonferroni", len(tests))
	}
	if worst.stratum != nil {
		where = strings.Join(audit.Parts(*worst.stratum), " × ") + ": "
	}
	if r.offered {
		of = "offers"
	}
	return audit.Finding{ID: "ranking-first-" + s.attribute.Name, Detector: "ranking", Severity: audit.Info, Measurements: []int{worst.at},
		Title: fmt.Sprintf("%s%s is ranked first %s times, where %s is ranked first %s times.", where, spoken(s.attribute, worst.low), whole(worst.low.tally.Positive), spoken(s.attribute, worst.high), whole(worst.high.tally.Positive)),
		Detail: fmt.Sprintf("%s of %s %s against %s of %s, a ratio of %.2f, in %s lists. %s: p %s (%s).",
			whole(worst.low.tally.Positive), whole(worst.low.tally.n()), of, whole(worst.high.tally.Positive), whole(worst.high.tally.n()), worst.low.ratio(worst.high), whole(worst.lists),
			"If first places were dealt as the "+of+" are, chance would hardly make them so uneven", smallP(p), test)}, true
}

// spoken is a group's name in a sentence; the parts of an intersection have × between.
func spoken(a detect.Attribute, g group) string {
	if len(a.Parts) < 2 {
		return g.name
	}
	return strings.Join(audit.Parts(g.name), " × ")
}

func whole(n int64) string { return thousands(int(n)) }

// ratio is that of the rates of positives.
func (g group) ratio(o group) float64 {
	return float64(g.tally.Positive) / float64(g.tally.n()) / (float64(o.tally.Positive) / float64(o.tally.n()))
}
