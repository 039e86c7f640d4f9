package scan

import (
	"fmt"
	"math"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// probabilityTolerance is how far the probabilities of a row may be from adding
// up to 1.
const probabilityTolerance = 1e-6

// shares are the probabilities of one inferred attribute.
type shares struct {
	attribute string
	of        []*numbers
}

// bindShares finds the numbers that have to add up to 1.
func (w *worker) bindShares() {
	for _, g := range w.plan.req.Audit.Columns.Inferred() {
		s := shares{attribute: g.Name}
		for _, value := range g.Values() {
			for _, n := range w.numbers {
				if n.name == table.Probability(g.Name, value) && !n.need.InScope {
					s.of = append(s.of, n)
				}
			}
		}
		if len(s.of) > 0 {
			w.shares = append(w.shares, s)
		}
	}
}

// checkProbabilities makes sure, row by row, that the probabilities of an
// inferred attribute lie between 0 and 1 and add up to 1. A row may lack them
// all: its group is missing. The numbers of the frame have been read.
func (w *worker) checkProbabilities() error {
	f := &w.frame
	for _, s := range w.shares {
		var fault error
		at := -1
		f.audited.each(func(row int) {
			if fault == nil {
				fault, at = checkRow(s.of, row), row
			}
		})
		if fault != nil {
			return f.rowError(at, -1, fmt.Errorf("probabilities of %s: %w", s.attribute, fault))
		}
	}
	return nil
}

// checkRow looks at the probabilities of one row.
func checkRow(of []*numbers, row int) error {
	sum, missing := 0.0, 0
	for _, n := range of {
		if n.ids[row] == numberMissing {
			missing++
			continue
		}
		x := n.at(row)
		if !(x >= 0 && x <= 1+probabilityTolerance) {
			return fmt.Errorf("%v is no probability", x)
		}
		sum += x
	}
	switch {
	case missing == len(of):
		return nil
	case missing > 0:
		return fmt.Errorf("%d of %d are missing; a row has all or none", missing, len(of))
	case math.Abs(sum-1) > probabilityTolerance:
		return fmt.Errorf("they add up to %.9g, not 1", sum)
	}
	return nil
}

// at is the number of a row of the current frame.
func (n *numbers) at(row int) float64 {
	switch {
	case n.ids[row] == numberNaN:
		return math.NaN()
	case n.ids[row] == numberInf:
		return math.Inf(1)
	case n.over:
		return n.xs[row]
	}
	return n.value(n.ids[row])
}
