// Command coverage measures how often plumbline's intervals hold the truth, and
// how often a whole audit fails where nothing is wrong. It calls the product:
// the functions of engine/stat, and the path from tables over detectors to the
// verdict. Everything that is drawn is keyed, so a run on any machine writes the
// same page, but for the times at its end.
//
//	go run ./bench/coverage
//
// writes bench/COVERAGE.md, every point of the grid to bench/coverage/grid.csv, and
// what became of the simulated audits to bench/coverage/audits.csv. After a change
// that touches some audits only,
//
//	go run ./bench/coverage -study 'drift|subject'
//
// runs those whose name matches, and takes the others from audits.csv.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"time"
)

func main() {
	to := files{}
	flag.StringVar(&to.page, "o", "bench/COVERAGE.md", "write the page to this file")
	flag.StringVar(&to.grid, "grid", "bench/coverage/grid.csv", "write the points to this file")
	flag.StringVar(&to.audits, "tallies", "bench/coverage/audits.csv", "write what became of the audits to this file")
	only := flag.String("study", "", "run only the audits whose name matches this regular expression; the others are in the file of -tallies")
	plan := fullPlan()
	flag.IntVar(&plan.audits, "audits", plan.audits, "simulated audits per study")
	flag.IntVar(&plan.draws, "draws", plan.draws, "simulated samples per point that is not summed exactly")
	flag.Parse()
	if err := record(plan, *only, to); err != nil {
		fmt.Fprintln(os.Stderr, "coverage:", err)
		os.Exit(1)
	}
}

// files are where a run is written.
type files struct{ page, grid, audits string }

// record carries a plan out and writes all files.
func record(p plan, only string, to files) error {
	if only != "" {
		var err error
		if p.only, err = regexp.Compile(only); err != nil {
			return err
		}
		if p.known, err = readAudits(to.audits); err != nil {
			return err
		}
	}
	r, err := p.run()
	if err != nil {
		return err
	}
	var page, grid, audits bytes.Buffer
	r.writePage(&page)
	if err := errors.Join(r.writeGrid(&grid), r.writeAudits(&audits)); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(to.page, page.Bytes(), 0o666),
		os.WriteFile(to.grid, grid.Bytes(), 0o666),
		os.WriteFile(to.audits, audits.Bytes(), 0o666))
}

// plan is what a run looks at.
type plan struct {
	rateSizes  []int64
	fineRates  []float64 // of one rate
	pairs      []pairPlan
	crowds     []crowd
	crowdRates [][2]float64
	further    []setting
	studies    []study
	draws      int // per point of pairs and crowds
	audits     int // per study, unless it says fewer
	only       *regexp.Regexp
	known      known // of the studies that do not match only
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
	further              []point
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
	r.further = furtherGrid(p.further, p.draws)
	lapped("means, areas, pairs and strata")
	for _, s := range p.studies {
		audits := p.audits
		if s.atMost > 0 {
			audits = min(audits, s.atMost)
		}
		t, err := p.tally(s, audits)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		r.audits = append(r.audits, t)
	}
	lapped("whole audits")
	return r, nil
}

// tally runs a study, or takes what is known of it.
func (p plan) tally(s study, audits int) (tally, error) {
	if p.only == nil || p.only.MatchString(s.name) {
		return s.run(audits)
	}
	t, ok := p.known[s.key()]
	if !ok || t.audits != audits {
		return t, errors.New("not among the known tallies; run it too")
	}
	t.study = s
	return t, nil
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
	p.further = furtherSettings()
	p.studies = append(append(parityStudies(), powerStudies()...), otherStudies()...)
	return p
}
