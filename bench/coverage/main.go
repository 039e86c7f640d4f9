// Command coverage measures how often plumbline's intervals hold the truth, and
// how often a whole audit fails where nothing is wrong. It calls the product:
// the functions of engine/stat, and the path from tables over detectors to the
// verdict. Everything that is drawn is keyed, so a run on any machine writes the
// same page, but for the times at its end.
//
//	go run ./bench/coverage
//
// writes bench/COVERAGE.md, and every point of the grid to
// bench/coverage/grid.csv.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	page := flag.String("o", "bench/COVERAGE.md", "write the page to this file")
	grid := flag.String("grid", "bench/coverage/grid.csv", "write the points to this file")
	plan := fullPlan()
	flag.IntVar(&plan.audits, "audits", plan.audits, "simulated audits per study")
	flag.IntVar(&plan.draws, "draws", plan.draws, "simulated samples per point that is not summed exactly")
	flag.Parse()
	if err := record(plan, *page, *grid); err != nil {
		fmt.Fprintln(os.Stderr, "coverage:", err)
		os.Exit(1)
	}
}

// record carries a plan out and writes both files.
func record(p plan, page, grid string) error {
	r, err := p.run()
	if err != nil {
		return err
	}
	var text, points bytes.Buffer
	r.writePage(&text)
	if err := r.writeGrid(&points); err != nil {
		return err
	}
	if err := os.WriteFile(page, text.Bytes(), 0o666); err != nil {
		return err
	}
	return os.WriteFile(grid, points.Bytes(), 0o666)
}

// plan is what a run looks at.
type plan struct {
	rateSizes  []int64
	fineRates  []float64 // of one rate
	pairs      []pairPlan
	crowds     []crowd
	crowdRates [][2]float64
	studies    []study
	draws      int // per point of pairs and crowds
	audits     int // per study, unless it says fewer
}

// pairPlan is sizes of two groups, with the rates to look at.
type pairPlan struct {
	sizes
	rates [][2]float64
}

// results are what a run found.
type results struct {
	draws                int
	rates, pairs, crowds []point
	audits               []tally
	took                 []lap
}

// lap is how long a part took.
type lap struct {
	part string
	took time.Duration
}

func (p plan) run() (*results, error) {
	r := &results{draws: p.draws}
	start := time.Now()
	lapped := func(part string) {
		r.took = append(r.took, lap{part, time.Since(start)})
		start = time.Now()
	}
	r.rates = rateGrid(p.rateSizes, p.fineRates)
	lapped("one rate")
	for _, x := range p.pairs {
		r.pairs = append(r.pairs, pairGrid(x.sizes, x.rates, p.draws)...)
	}
	lapped("two rates")
	r.crowds = crowdGrid(p.crowds, p.crowdRates, p.draws)
	lapped("people with several rows")
	for _, s := range p.studies {
		audits := p.audits
		if s.atMost > 0 {
			audits = min(audits, s.atMost)
		}
		t, err := s.run(audits)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		r.audits = append(r.audits, t)
	}
	lapped("whole audits")
	return r, nil
}

// coarseRates are the rates that the grid lists.
func coarseRates() []float64 { return []float64{.01, .05, .1, .2, .3, .5} }

// closeRates are rates so close that few dips of a small sample are missed.
func closeRates() []float64 {
	return []float64{.01, .02, .03, .04, .05, .06, .08, .1, .12, .15, .2, .25, .3, .35, .4, .45, .5}
}

// fullPlan is what is recorded.
func fullPlan() plan {
	p := plan{
		rateSizes:  []int64{5, 10, 20, 30, 50, 100, 200, 500, 1000, 2000, 5000, 10000},
		fineRates:  fineRates(980),
		crowdRates: [][2]float64{{.1, .1}, {.3, .3}, {.1, .3}, {.5, .5}},
		draws:      4000, audits: 2000,
	}
	for _, s := range []sizes{{5, 5}, {10, 10}, {20, 20}, {30, 30}, {50, 50}, {100, 100}, {10, 100}, {10, 1000}, {30, 300}} {
		rates := ratePairs(closeRates())
		if s.n1 != s.n2 {
			rates = bothWays(rates)
		}
		p.pairs = append(p.pairs, pairPlan{s, rates})
	}
	for _, s := range []sizes{{200, 200}, {1000, 1000}, {10000, 10000}} {
		p.pairs = append(p.pairs, pairPlan{s, ratePairs(coarseRates())})
	}
	for _, s := range []sizes{{100, 1000}, {100, 10000}} {
		p.pairs = append(p.pairs, pairPlan{s, bothWays(ratePairs(coarseRates()))})
	}
	for _, shared := range []bool{false, true} {
		for _, rows := range []int{2, 10, 50, -5} {
			for _, people := range []int{20, 50, 200, 1000} {
				for _, icc := range []float64{.1, .5} {
					p.crowds = append(p.crowds, crowd{people, rows, icc, shared})
				}
			}
		}
	}
	p.studies = append(append(parityStudies(), powerStudies()...), otherStudies()...)
	return p
}
