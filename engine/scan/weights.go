package scan

import (
	"fmt"
	"math/bits"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// maxCopies bounds the copies of all rows together, so that every count of
// them is exact wherever it is taken for a number, and none overflows.
const maxCopies = 1 << 53

// weights reads how many copies of each row there are.
type weights struct {
	memo  memo[int64]
	out   []int64
	total int64 // over all frames, at most maxCopies + 1
}

// weigh reads the weights of the rows in scope: non-negative whole numbers.
func (w *worker) weigh() error {
	f, at := &w.frame, w.plan.weight
	if at < 0 {
		return nil
	}
	w.weights.out = grow(w.weights.out, f.rows)
	row, err := w.weights.memo.fill(w.weights.out, &f.cols[at], f.reason)
	if err != nil {
		return f.rowError(row, at, fmt.Errorf("weight: %w", err))
	}
	f.weights = w.weights.out
	for i, n := range f.weights {
		if f.reason[i] == 0 {
			w.weights.add(n, f.repeat)
		}
	}
	return nil
}

func (w *weights) add(n, times int64) {
	hi, lo := bits.Mul64(uint64(n), uint64(times))
	if hi != 0 || lo > maxCopies {
		lo = maxCopies + 1
	}
	w.total = min(w.total+int64(lo), maxCopies+1)
}

func copies(_ source.Type, v source.Value) (int64, error) {
	if v.Kind == source.Null {
		return 0, fmt.Errorf("the number of copies is missing")
	}
	x, err := number(v)
	if err != nil {
		return 0, err
	}
	if n := int64(x); x >= 0 && x <= maxCopies && float64(n) == x {
		return n, nil
	}
	return 0, fmt.Errorf("%v is not a number of copies: a whole number from 0", x)
}

// checkCopies refuses a log of too many copies.
func (p *Plan) checkCopies(total int64) error {
	if total > maxCopies {
		return fmt.Errorf("column %s: the weights add up to more than %d copies", p.columns.names()[p.weight], int64(maxCopies))
	}
	return nil
}
