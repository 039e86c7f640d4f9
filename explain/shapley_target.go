package explain

import (
	"context"
	"errors"
	"math"
	"math/bits"

	"github.com/plumbline-audit/plumbline/engine/stat"
)

// leastPasses are made before a standard error is believed.
const leastPasses = 8

// mostPasses end a row that does not come near enough.
const mostPasses = 128

// toTarget adds passes over the whole background until every standard error is
// at most Target of the range of the row's values (as the R package kernelshap
// ends), or the passes or the budget are used up. In a pass each row of the
// background has its own turn of one random order, so that every input comes
// first about as often: passes are independent of each other, and the standard
// error is that of their mean.
func (r *permutation) toTarget(ctx context.Context, key string, row int, a *Attributions) (rowValues, int, error) {
	random := stat.Generator(r.Seed, "permutation", key)
	var sum, squares []float64
	out, before := rowValues{}, a.ModelRows
	for pass := 1; ; pass++ {
		order := random.Perm(r.inputs)
		turn := random.IntN(r.inputs)
		walks := make([]walk, r.Background.Rows)
		for other := range walks {
			walks[other] = walk{first: r.laid()}
			for k := range order {
				if i := order[(k+turn+other)%len(order)]; r.differs(row, other, i) {
					walks[other].order = append(walks[other].order, i)
				}
			}
			r.lay(row, other, walks[other].order)
			if err := r.scoreFull(ctx); err != nil {
				return out, pass, err
			}
		}
		if err := r.score(ctx); err != nil {
			return out, pass, err
		}
		a.ModelRows += int64(len(r.scores))
		values := r.sum(walks)
		r.clear()
		if pass == 1 {
			sum, squares = make([]float64, r.inputs), make([]float64, r.inputs)
			out = rowValues{mean: make([]float64, r.inputs), se: make([]float64, r.inputs), value: values.value, base: values.base}
		}
		low, high, most := math.Inf(1), math.Inf(-1), 0.0
		for i, x := range values.mean {
			sum[i] += x
			squares[i] += float64(x * x)
			out.mean[i] = sum[i] / float64(pass)
			spread := max(0, squares[i]-float64(sum[i]*out.mean[i]))
			out.se[i] = math.Sqrt(spread / float64(max(1, pass-1)) / float64(pass))
			low, high, most = min(low, out.mean[i]), max(high, out.mean[i]), max(most, out.se[i])
		}
		next := int64(2 * r.inputs * r.Background.Rows)
		dear := r.Budget > 0 && a.ModelRows+next > r.Budget || r.MostForRow > 0 && a.ModelRows-before+next > r.MostForRow
		if pass >= leastPasses && (most <= float64(r.Target*(high-low)) || pass >= mostPasses || dear) {
			return out, pass, nil
		}
	}
}

// differs says whether an input of a row is another than the background's, to
// the last bit.
func (r *permutation) differs(row, other, input int) bool {
	return math.Float64bits(r.rows.Columns[input][row]) != math.Float64bits(r.Background.Columns[input][other])
}

// mostEnumerated is how many inputs may differ where all sets of them are
// scored.
const mostEnumerated = 10

// ErrManyInputs says that there are too many sets of inputs to score all.
var ErrManyInputs = errors.New("more than 10 inputs: all sets of them are too many to score")

// enumerate scores every set of the inputs that differ, for every row of the
// background: the Shapley values by their definition, without draws.
func (r *permutation) enumerate(ctx context.Context, row int, a *Attributions) (rowValues, error) {
	out := rowValues{mean: make([]float64, r.inputs), se: make([]float64, r.inputs)}
	mixed := make([]float64, r.inputs)
	for other := range r.Background.Rows {
		var inputs []int
		for i := range r.inputs {
			mixed[i] = r.Background.Columns[i][other]
			if r.differs(row, other, i) {
				inputs = append(inputs, i)
			}
		}
		for set := range 1 << len(inputs) {
			for k, i := range inputs {
				if mixed[i] = r.Background.Columns[i][other]; set>>k&1 == 1 {
					mixed[i] = r.rows.Columns[i][row]
				}
			}
			r.push(mixed)
		}
		r.scores = r.scores[:0]
		if err := r.score(ctx); err != nil {
			return out, err
		}
		a.ModelRows += int64(len(r.scores))
		weights := setWeights(len(inputs))
		for set := range r.scores {
			for k, i := range inputs {
				if set>>k&1 == 0 {
					gain := r.scores[set|1<<k] - r.scores[set]
					out.mean[i] += float64(weights[bits.OnesCount(uint(set))] * gain)
				}
			}
		}
		out.base += r.scores[0]
		out.value = r.scores[len(r.scores)-1]
	}
	out.base /= float64(r.Background.Rows)
	for i := range out.mean {
		out.mean[i] /= float64(r.Background.Rows)
	}
	return out, nil
}

// setWeights gives s! (n-s-1)! / n! for sets of s of n inputs.
func setWeights(n int) []float64 {
	w := make([]float64, n)
	for s := range w {
		w[s] = 1 / float64(n)
		for k := 1; k <= s; k++ {
			w[s] *= float64(k) / float64(n-k)
		}
	}
	return w
}
