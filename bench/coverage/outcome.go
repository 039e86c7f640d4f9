package main

import (
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/plumbline-audit/plumbline/engine/stat"
)

// alpha is the error that every interval of the study is allowed.
const alpha = 0.05

// outcome is what became of an interval, in shares of all samples: it held the
// truth, lay wholly above it, lay wholly below it, or was refused because the
// sample says nothing.
type outcome struct{ covered, above, below, none float64 }

// see adds one sample's interval with its probability.
func (o *outcome) see(i stat.Interval, err error, truth, weight float64) {
	switch {
	case err != nil:
		o.none += weight
	case i.Low > truth:
		o.above += weight
	case i.High < truth:
		o.below += weight
	default:
		o.covered += weight
	}
}

// coverage is the share of intervals that hold the truth, of those that were
// given, in percent.
func (o outcome) coverage() float64 { return 100 * o.covered / (o.covered + o.above + o.below) }

// aboveShare, belowShare and noneShare are in percent of all samples.
func (o outcome) aboveShare() float64 { return 100 * o.above / o.total() }
func (o outcome) belowShare() float64 { return 100 * o.below / o.total() }
func (o outcome) noneShare() float64  { return 100 * o.none / o.total() }
func (o outcome) total() float64      { return o.covered + o.above + o.below + o.none }

// point is one place of a grid with what one method did there.
type point struct {
	method string
	n1, n2 int64 // rows, or people, of each group; n2 is 0 for one rate
	p1, p2 float64
	design string  // how people have rows; "" where rows are independent
	icc    float64 // of rows of one person
	at     string  // the true state of things, where that is not rates alone
	how    string  // exact, or the number of simulated samples
	outcome
}

// enough says that every group expects at least five cases of either kind.
func (p point) enough() bool {
	expects := func(n int64, rate float64) bool {
		return float64(n)*rate >= 5-1e-9 && float64(n)*(1-rate) >= 5-1e-9
	}
	return expects(p.n1, p.p1) && (p.n2 == 0 || expects(p.n2, p.p2))
}

// each calls f for 0 to n-1 on all processors.
func each(n int, f func(i int)) {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		g.Go(func() error { f(i); return nil })
	}
	_ = g.Wait() // f has no error to give
}
