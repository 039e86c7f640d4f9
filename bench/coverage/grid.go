package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// writeGrid writes the points at the listed rates one by one.
func (r *results) writeGrid(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"method", "n1", "n2", "rate1", "rate2", "people", "icc", "samples", "coverage", "above", "below", "no_interval", "setting"}}
	for _, p := range join([][]point{r.rates, r.pairs, r.crowds, r.further}) {
		if !p.listed() {
			continue
		}
		n2, rate1, rate2, icc := "", fmt.Sprint(p.p1), "", ""
		if p.n2 > 0 {
			n2, rate2 = fmt.Sprint(p.n2), fmt.Sprint(p.p2)
		}
		if p.at != "" {
			rate1, rate2 = "", ""
		} else if p.design != "" {
			icc = fmt.Sprint(p.icc)
		}
		coverage := ""
		if p.noneShare() < 100 {
			coverage = digits(p.coverage())
		}
		rows = append(rows, []string{p.method, fmt.Sprint(p.n1), n2, rate1, rate2, p.design, icc, p.how,
			coverage, digits(p.aboveShare()), digits(p.belowShare()), digits(p.noneShare()), p.at})
	}
	return out.WriteAll(rows)
}

func digits(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) }

// listed says that a point is at rates that the grid lists, or at a setting.
func (p point) listed() bool {
	if p.at != "" {
		return true
	}
	in := func(rate float64) bool { return slices.Contains(coarseRates(), rate) }
	return in(p.p1) && (p.n2 == 0 || in(p.p2))
}
