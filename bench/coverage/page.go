package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// page writes Markdown.
type page struct{ w io.Writer }

func (p page) line(format string, a ...any) { fmt.Fprintf(p.w, format+"\n", a...) }

func (p page) row(cells ...string) { p.line("| %s |", strings.Join(cells, " | ")) }

func (p page) head(cells ...string) {
	p.row(cells...)
	p.line("|%s", strings.Repeat("---|", len(cells)))
}

func two(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }
func one(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// writePage writes the whole record.
func (r *results) writePage(w io.Writer) {
	p := page{w}
	p.line("# Coverage and false alarms\n")
	p.line("How often plumbline's intervals hold the truth, and how often an audit fails where nothing is wrong. Written by\n")
	p.line("    go run ./bench/coverage\n")
	p.line("which calls the product itself and draws with keyed generators: on any machine it writes this page again, but for the")
	p.line("times at the end. Intervals are nominal 95 %%, so an interval should lie wholly above the truth in 2.5 of 100 samples,")
	p.line("and wholly below it in 2.5. Every number is in percent. [grid.csv](coverage/grid.csv) has the points one by one.\n")
	r.demands(p)
	r.oneRate(p)
	r.twoRates(p)
	r.people(p)
	r.otherIntervals(p)
	r.wholeAudits(p)
	r.times(p)
}

// times are all that differs from run to run.
func (r *results) times(p page) {
	p.line("## Time\n")
	p.line("Of this run, on %d processors that may have had other work.\n", runtime.GOMAXPROCS(0))
	for _, l := range r.took {
		p.line("* %s: %.0f s", l.part, l.took.Seconds())
	}
	p.line("")
	p.head("audit", "reference", "ms per audit on one processor")
	for _, t := range r.audits {
		p.row(t.name, called(t.reference), one(float64(t.each.Microseconds())/1000))
	}
}

// defaults are the intervals that plumbline gives unless another is asked for.
func defaults() []string { return []string{stat.MethodWilson, stat.MethodNewcombe, stat.MethodKoopman} }

// demands says which of the promises hold, and where others do not.
func (r *results) demands(p page) {
	p.line("## What is demanded, and what holds\n")
	all := func(point) string { return "" }
	bySize := func(x point) string { return fmt.Sprint(x.n1, x.n2) }
	points := append(r.rates[:len(r.rates):len(r.rates)], r.pairs...)
	for _, name := range defaults() {
		mine := ofMethod(points, name)
		for _, s := range summarize(mine, all) {
			p.line("* %s: mean coverage 94 to 97 over the grid: %s (%s).", name, holds(s.mean() >= 94 && s.mean() <= 97), two(s.mean()))
		}
		var out []string
		for _, s := range summarize(mine, bySize) {
			if s.mean() < 94 || s.mean() > 97 {
				out = append(out, fmt.Sprintf("%s (%s)", at(s.worst), two(s.mean())))
			}
		}
		if len(out) > 0 {
			p.line("  By size the mean is outside that for %s.", strings.Join(out, "; "))
		}
		r.dips(p, name, mine)
	}
	for _, s := range summarize(ofMethod(r.rates, stat.MethodClopperPearson), all) {
		p.line("* %s: at least 95 everywhere: %s (least %s, n = %d).", s.method, holds(s.worst.coverage() >= 95-1e-9), where(s.worst), s.worst.n1)
	}
	r.auditDemands(p)
	p.line("")
}

func holds(ok bool) string {
	if ok {
		return "holds"
	}
	return "**does not hold**"
}

func plainly(ok bool) string {
	if ok {
		return "holds"
	}
	return "does not hold either"
}

// dips says where a default is below the least that is allowed.
func (r *results) dips(p page, name string, points []point) {
	enough, under := 0, 0
	var out []string
	for _, s := range summarize(points, func(x point) string { return fmt.Sprint(x.n1, x.n2) }) {
		enough, under = enough+s.enough, under+s.under
		if s.under > 0 {
			out = append(out, fmt.Sprintf("%s at %d of %d points, worst %s", at(s.worstEnough), s.under, s.enough, where(s.worstEnough)))
		}
	}
	p.line("* %s: never below %g where every group expects five of either kind: %s (%d of %d points are below).", name, low, holds(under == 0), under, enough)
	for _, x := range out {
		p.line("  * %s", x)
	}
	if under == 0 {
		return
	}
	least := summarize(slices.DeleteFunc(slices.Clone(points), func(x point) bool { return !x.listed() }), func(point) string { return "" })[0].worstEnough
	p.line("  * At the rates %s alone it %s: the least is %s, %s.", strings.Trim(fmt.Sprint(coarseRates()), "[]"), plainly(least.coverage() >= low), where(least), at(least))
	if name == stat.MethodWilson {
		r.otherRates(p)
	}
}

// otherRates says how the other intervals of one rate do by the two demands that
// Wilson's cannot both meet: counts are whole, so its coverage swings around its
// mean, and it is computed here from every count, not drawn.
func (r *results) otherRates(p page) {
	p.line("  * This is the coverage of Wilson's formula itself, summed over every count; no code can mend it. The default is the formula that")
	p.line("    the plan names, and with it the demand on the mean and this one cannot both hold. The others, over the same points:")
	for _, s := range summarize(r.rates, func(point) string { return "" }) {
		if s.method != stat.MethodWilson {
			p.line("    %s mean %s, %d points below, worst with five cases %s;", s.method, two(s.mean()), s.under, where(s.worstEnough))
		}
	}
	p.line("    clopper-pearson alone never dips, and pays for it: at n = 5 to 50 its intervals hold the truth in 97 to 99 of 100.")
}

// at names the sizes of a point.
func at(p *point) string {
	if p.n2 == 0 {
		return fmt.Sprintf("n = %d", p.n1)
	}
	return fmt.Sprintf("n = %d and %d", p.n1, p.n2)
}

func ofMethod(points []point, name string) []point {
	var out []point
	for _, p := range points {
		if p.method == name {
			out = append(out, p)
		}
	}
	return out
}

// oneRate is the table of intervals of one rate.
func (r *results) oneRate(p page) {
	p.line("## One rate\n")
	p.line("Exact: the sum over every count. The mean is over rates from .01 to .5 in steps of .0005, close enough to see the dips")
	p.line("that every interval of a count has; “five cases” means n·p and n·(1−p) of at least 5.\n")
	p.head("interval", "n", "mean", "worst with five cases", "worst of all", "above the truth", "below the truth")
	for _, s := range summarize(r.rates, func(x point) string { return fmt.Sprint(x.n1) }) {
		n := float64(s.points)
		p.row(s.method, fmt.Sprint(s.worst.n1), two(s.mean()), where(s.worstEnough), where(s.worst), two(s.above/n), two(s.below/n))
	}
	p.line("")
}

// twoRates is the table of intervals that compare two rates.
func (r *results) twoRates(p page) {
	p.line("## Two rates\n")
	p.line("Over pairs of rates from .01 to .5: exact, the sum over every pair of counts, up to %d rows in a group, and %d", exactUpTo, r.draws)
	p.line("samples above. Coverage is of the samples that give an interval; “no interval” are the others: both rates 0, or")
	p.line("for Katz either one.\n")
	p.head("interval", "sizes", "mean", "worst with five cases", "worst of all", "above the truth", "below the truth", "no interval")
	for _, s := range summarize(r.pairs, func(x point) string { return fmt.Sprint(x.n1, x.n2) }) {
		n := float64(s.points)
		p.row(s.method, fmt.Sprintf("%d, %d", s.worst.n1, s.worst.n2), two(s.mean()), where(s.worstEnough), where(s.worst), two(s.above/n), two(s.below/n), two(s.none/n))
	}
	p.line("")
}

// people is the table of clustered intervals beside those that ignore people.
func (r *results) people(p page) {
	p.line("## People with several rows\n")
	p.line("%d samples per point; over correlations of .1 and .5 between the rows of one person (independent groups: beta-binomial;", r.draws)
	p.line("shared: every person has rows in both groups) and rates of .1, .3 and .5, for two groups also .1 against .3. Clustered")
	p.line("intervals follow every person where the groups have at most %d together, and 64 shards of them beyond; “ignoring", table.MaxSubjects)
	p.line("people” is what the interval of independent rows would have covered.")
	p.line("“Five cases” here means five people. With few people, and one or two of them with nearly all of the cases,")
	p.line("the variance itself is uncertain: read a rate of 20 to 50 people with many rows each as approximate.\n")
	key := func(x point) string { return fmt.Sprint(x.design, x.n1) }
	var clustered, ignoring []point
	for _, x := range r.crowds {
		if strings.HasSuffix(x.method, "clustered") {
			clustered = append(clustered, x)
		} else {
			ignoring = append(ignoring, x)
		}
	}
	plain := summarize(ignoring, key)
	p.head("interval", "people", "rows", "mean", "worst with five people", "worst of all", "above the truth", "below the truth", "ignoring people")
	for i, s := range summarize(clustered, key) {
		n := float64(s.points)
		p.row(s.method, fmt.Sprint(s.worst.n1), s.worst.design, two(s.mean()), where(s.worstEnough), where(s.worst), two(s.above/n), two(s.below/n), two(plain[i].mean()))
	}
	p.line("")
}

// otherIntervals is the table of the intervals of means, areas, pairs and strata.
func (r *results) otherIntervals(p page) {
	p.line("## Means, areas, paired decisions, strata, and the bootstrap\n")
	p.line("%d samples per point, of the bootstrap %d with %d tables each. Sizes are rows of either group, of positive and negative", r.draws, r.draws/fewer, bootstrapTimes)
	p.line("labels for an area, of either group in a stratum, or people. Scores behind areas are normal; people's scores fall into")
	p.line("64 shards of them, as detectors of scores have them. “No interval” are samples without variation, for the bootstrap also")
	p.line("those in which all rows of a group agree: the product then says so and, for a gap, keeps its interval by formula.")
	p.line("DeLong’s interval of one area is too narrow with few rows of a label, the more so the nearer the area is to 1: read one from")
	p.line("fewer than 100 of either as approximate. Welch’s needs as many where scores are as skewed as here.\n")
	p.head("interval", "sizes", "design", "mean", "worst", "above the truth", "below the truth", "no interval")
	for _, s := range summarize(r.further, func(x point) string { return fmt.Sprint(x.n1, x.n2, x.design) }) {
		n, sizes := float64(s.points), fmt.Sprint(s.worst.n1)
		if s.worst.n2 > 0 {
			sizes += fmt.Sprintf(", %d", s.worst.n2)
		}
		p.row(s.method, sizes, cmp.Or(s.worst.design, "–"), two(s.mean()), where(s.worst), two(s.above/n), two(s.below/n), two(s.none/n))
	}
	p.line("")
}

// auditDemands are the promises about whole audits.
func (r *results) auditDemands(p page) {
	var high []string
	worst, seen, ok := -1.0, 0, true
	for _, t := range r.audits {
		if !t.null {
			continue
		}
		seen++
		worst = max(worst, t.share(t.fail))
		if again := t.again; again != nil {
			high = append(high, fmt.Sprintf("%s, reference %s: %s of %d, and %s ± %s of %d others", t.name, called(t.reference),
				one(t.share(t.fail)), t.audits, one(again.share(again.fail)), one(again.spread(again.fail)), again.audits))
			ok = ok && !again.tooMany()
		}
	}
	p.line("* Whole audits with nothing to find fail at most 5 in 100, within two standard errors: %s (%d of %d studies are above, the highest at %s).",
		holds(len(high) == 0), len(high), seen, one(worst))
	if len(high) > 0 {
		p.line("  Of so many studies some are above by chance. Those were run again with %d times as many other audits; of these alone it %s:", repeats, plainly(ok))
	}
	for _, h := range high {
		p.line("  * %s", h)
	}
	for _, t := range r.audits {
		if t.power > 0 {
			p.line("* %s, reference %s: at least %g in 100 fail: %s (%s).", t.name, called(t.reference), t.power, holds(t.share(t.fail) >= t.power), one(t.share(t.fail)))
		}
	}
}

// wholeAudits is the table of simulated audits.
func (r *results) wholeAudits(p page) {
	p.line("## Whole audits\n")
	p.line("Simulated logs, judged from tables to verdict as `plumbline run` does, at alpha 0.05. Gate, where no other is named:")
	p.line("`min_ratio: 0.8` on selection rates. An audit fails if any of its gates fails. “Bare rule” is the share of the same")
	p.line("logs that the four-fifths rule without a test calls disparate: in some attribute the lowest rate is below four fifths")
	p.line("of the highest. ± is two standard errors.\n")
	r.auditTable(p, "Nothing to find", true)
	r.auditTable(p, "Something to find", false)
}

func (r *results) auditTable(p page, title string, null bool) {
	p.line("### %s\n", title)
	p.head("audit", "reference", "audits", "fail", "pass", "inconclusive", "bare rule")
	for _, t := range r.audits {
		if t.null != null {
			continue
		}
		bare := "–"
		if t.bare {
			bare = one(t.share(t.bareFail))
		}
		p.row(t.name, called(t.reference), fmt.Sprint(t.audits), fmt.Sprintf("%s ± %s", one(t.share(t.fail)), one(t.spread(t.fail))),
			one(t.share(t.pass)), one(t.share(t.undecided)), bare)
	}
	p.line("")
}
