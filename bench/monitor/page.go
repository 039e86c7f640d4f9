package main

import (
	"fmt"
	"math"
	"strings"
)

// page writes what was seen.
func page(all []quiet, list []delay, audits, paths int) string {
	var b strings.Builder
	b.WriteString(`# Watching indicators that nothing happens to, and those that something does

Written by ` + "`go run ./bench/monitor`" + `; not by hand. Draws are keyed, so any machine writes this page again.

## False alarms

`)
	fmt.Fprintf(&b, `%d audits of 60 months, each of 20 series (ten rates, each limited to exactly its true value, and the gaps of three groups,
limited to 0), in which nothing changes. Every claim of a breach and every alarm for a change is false. The promise is that at
most 5 of 100 audits have any, over all series and all 60 looks. In brackets is two standard errors of the simulation.

| every month | any false alarm or claim | a false alarm for a change | a false claim of breach | beside it: a z test of one series each month below .05 |
|---|---|---|---|---|
`, audits)
	for _, q := range all {
		cell := func(n int) string {
			p := float64(n) / float64(audits)
			return fmt.Sprintf("%.1f %% (%.1f)", 100*p, 200*math.Sqrt(p*(1-p)/float64(audits)))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", q.name, cell(q.either), cell(q.alarms), cell(q.claims), cell(q.months))
	}
	worst := 0
	for _, q := range all {
		worst = max(worst, q.either)
	}
	holds := "holds"
	if float64(worst) > 0.05*float64(audits) {
		holds = "**does not hold**"
	}
	fmt.Fprintf(&b, "\nThe promise %s: at worst %.1f %%.\n\n", holds, 100*float64(worst)/float64(audits))
	fmt.Fprintf(&b, `## How long a change stays unseen

%d series of monthly estimates that change after month 36, by so many standard errors of one month. Medians, in months from the
change to the alarm, of series without an alarm before it; the share of series with one is beside. "Level learned" holds each month
against all before it, as the product does.

| | alarm in the 36 months before | 1 | 1.5 | 2 | 3 |
|---|---|---|---|---|---|
`, paths)
	for _, d := range list {
		fmt.Fprintf(&b, "| %s | %.1f %% |", d.name, 100*d.early)
		for _, m := range d.median {
			if m >= longer {
				fmt.Fprintf(&b, " over %d |", longer)
			} else {
				fmt.Fprintf(&b, " %d |", m)
			}
		}
		b.WriteString("\n")
	}
	b.WriteString(`
A small change is found late, or, where the level is learned and no limit is set, sometimes never: after some time the months since
are what the level is learned from. That is the price of 5 audits of 100, over five years and 20 series together; a level that has a
limit is watched by its interval as well.

Against a simulation of the same in Python (made without this program): cumulative interval 25, 15, 11, 7 months and 1.8 %
before; one shift of 2: 20, 7, 4, 2 and 5 %; of 1: 21, 9, 5, 3 and 1.3 %; classical CUSUM 7, 4, 3, 2 and 18 %. The classical chart finds
small changes soonest because it makes no promise: it cries wolf every 14 years of months without a change, in each series.
`)
	return b.String()
}
