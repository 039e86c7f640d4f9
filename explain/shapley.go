package explain

import (
	"context"
	"errors"
	"math"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// Attributions are Shapley values of rows: what each input adds to a row's
// value against the background.
type Attributions struct {
	// Values and SE have an element for each row, and in it one for each
	// input. SE is from the draws alone, and NaN where there was one draw.
	Values, SE [][]float64
	// Value is what each row's values and the mean background add up to;
	// Base is the mean value of the background rows used for it.
	Value, Base []float64
	// ModelRows counts the rows that the model scored.
	ModelRows int64
	// Additivity is the largest difference between a row's value and its base
	// with its attributions.
	Additivity float64
	// Reached is how many of the rows the budget allowed; the others have no
	// values.
	Reached int
	// Passes, with a Target, is how many independent passes the standard errors
	// of each row rest on: they have one degree of freedom less.
	Passes []int
	// People numbers the person of each row, where one may have several rows;
	// nil if each row is one.
	People []int
}

// A Permuter estimates Shapley values of any scorer from random orders of the
// inputs, each order walked there and back (antithetic pairs: Mitchell and
// others, "Sampling Permutations for Shapley Value Estimation", JMLR 23
// (2022)). An absent input has the value of a background row.
type Permuter struct {
	Scorer     model.Scorer
	Output     model.Output
	Class      int
	Background model.Batch
	// Value turns a score into what is attributed: the score itself, or 1 for
	// a positive decision.
	Value func(score float64) float64
	// Others is how many rows of the background each row is compared with,
	// chosen anew for it; 0 is all of them.
	Others int
	// Rounds is how many pairs of orders each of them gets; at least 1.
	Rounds int
	// Target, if above 0, replaces Others and Rounds: orders are added until
	// every standard error of a row is at most this share of the range of its
	// values.
	Target float64
	// Exact, for models of at most 10 inputs, draws nothing: it scores every set
	// of inputs with the whole background.
	Exact bool
	// MostForRow bounds the model rows of each row with a Target; 0 is no bound.
	MostForRow int64
	// Batch is how many rows are scored together.
	Batch int
	// Budget bounds the model rows; 0 is no bound.
	Budget int64
	Seed   uint64
	// RowKeys make each row's draws its own, whatever the other rows; nil
	// takes the row's number.
	RowKeys []string
}

// ErrBackground says that there is nothing to compare with.
var ErrBackground = errors.New("the background has no rows")

// Of attributes the rows of a batch. Each row's numbers depend on the seed,
// its key and the background alone.
func (p *Permuter) Of(ctx context.Context, rows model.Batch) (*Attributions, error) {
	if p.Background.Rows == 0 {
		return nil, ErrBackground
	}
	a := &Attributions{}
	run := &permutation{Permuter: p, rows: rows, inputs: len(rows.Columns), others: p.Background.Rows}
	if p.Others > 0 {
		run.others = min(p.Others, p.Background.Rows)
	}
	run.clear()
	if p.Exact && run.inputs > mostEnumerated {
		return nil, ErrManyInputs
	}
	for row := range rows.Rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if p.Budget > 0 && a.ModelRows+run.least() > p.Budget {
			break
		}
		values, err := run.of(ctx, row, a)
		if err != nil {
			return nil, err
		}
		a.Reached++
		a.Values, a.SE = append(a.Values, values.mean), append(a.SE, values.se)
		a.Value, a.Base = append(a.Value, values.value), append(a.Base, values.base)
		sum := values.base
		for _, v := range values.mean {
			sum += v
		}
		a.Additivity = max(a.Additivity, math.Abs(sum-values.value))
	}
	return a, nil
}

// permutation is a run over rows.
type permutation struct {
	*Permuter
	rows   model.Batch
	inputs int
	others int         // rows of the background for each row
	batch  model.Batch // what is to be scored
	scores []float64
}

// walk is one antithetic pair: the order, and where its scores begin.
type walk struct {
	order []int // of the inputs in which row and background differ
	first int
}

type rowValues struct {
	mean, se    []float64
	value, base float64
}

// least is how many rows the model scores for one at least.
func (r *permutation) least() int64 {
	switch {
	case r.Exact:
		return int64(r.Background.Rows) << r.inputs
	case r.Target > 0:
		return int64(leastPasses * 2 * r.inputs * r.Background.Rows)
	}
	return int64(r.others * max(1, r.Rounds) * 2 * r.inputs)
}

// of attributes one row in the way that is asked for.
func (r *permutation) of(ctx context.Context, row int, a *Attributions) (rowValues, error) {
	key := strconv.Itoa(row)
	if r.RowKeys != nil {
		key = r.RowKeys[row]
	}
	switch {
	case r.Exact:
		return r.enumerate(ctx, row, a)
	case r.Target > 0:
		values, passes, err := r.toTarget(ctx, key, row, a)
		a.Passes = append(a.Passes, passes)
		return values, err
	}
	return r.row(ctx, key, row, a)
}

func (r *permutation) row(ctx context.Context, key string, row int, a *Attributions) (rowValues, error) {
	random := stat.Generator(r.Seed, "permutation", key)
	others := random.Perm(r.Background.Rows)
	walks := make([]walk, r.others*max(1, r.Rounds))
	for d := range walks {
		other := others[d%r.others]
		walks[d] = walk{first: r.laid()}
		for i := range r.inputs {
			if r.differs(row, other, i) {
				walks[d].order = append(walks[d].order, i)
			}
		}
		order := walks[d].order
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		r.lay(row, other, order)
		if err := r.scoreFull(ctx); err != nil {
			return rowValues{}, err
		}
	}
	if err := r.score(ctx); err != nil {
		return rowValues{}, err
	}
	a.ModelRows += int64(len(r.scores))
	values := r.sum(walks)
	r.clear()
	return values, nil
}

// lay adds the coalitions of an order to the batch: none, then one input more
// each time until all are the row's, then one less each time, in the same
// order, until one is left.
func (r *permutation) lay(row, other int, order []int) {
	mixed := make([]float64, r.inputs)
	for i := range mixed {
		mixed[i] = r.Background.Columns[i][other]
	}
	r.push(mixed)
	for _, i := range order {
		mixed[i] = r.rows.Columns[i][row]
		r.push(mixed)
	}
	for _, i := range order[:max(0, len(order)-1)] {
		mixed[i] = r.Background.Columns[i][other]
		r.push(mixed)
	}
}

func (r *permutation) push(values []float64) {
	for i, v := range values {
		r.batch.Columns[i] = append(r.batch.Columns[i], v)
	}
	r.batch.Rows++
}

// clear forgets the rows that are laid, and their scores.
func (r *permutation) clear() {
	r.empty()
	r.scores = r.scores[:0]
}

func (r *permutation) empty() {
	if r.batch.Columns == nil {
		r.batch.Columns = make([][]float64, r.inputs)
	}
	for i := range r.batch.Columns {
		r.batch.Columns[i] = r.batch.Columns[i][:0]
	}
	r.batch.Rows = 0
}

// laid is how many rows are laid, scored or not.
func (r *permutation) laid() int { return len(r.scores) + r.batch.Rows }

// mostCells bounds the values that are laid at a time: 32 MiB.
const mostCells = 1 << 22

// scoreFull scores the batch if it has rows enough, so that memory is bounded by
// it and not by the background.
func (r *permutation) scoreFull(ctx context.Context) error {
	most := max(1, mostCells/max(1, r.inputs))
	if r.Batch > 0 {
		most = min(most, r.Batch)
	}
	if r.batch.Rows < most {
		return nil
	}
	return r.score(ctx)
}

// score adds the values of the batch to the scores, so many rows at a time, and
// empties it.
func (r *permutation) score(ctx context.Context) error {
	defer r.empty()
	classes := r.Scorer.Classes()
	size := r.Batch
	if size <= 0 {
		size = r.batch.Rows
	}
	for from := 0; from < r.batch.Rows; from += size {
		to := min(from+size, r.batch.Rows)
		part := model.Batch{Rows: to - from}
		for _, column := range r.batch.Columns {
			part.Columns = append(part.Columns, column[from:to])
		}
		scores := make([]float64, part.Rows*classes)
		if err := r.Scorer.Score(ctx, part, r.Output, scores); err != nil {
			return err
		}
		for i := range part.Rows {
			r.scores = append(r.scores, r.Value(scores[i*classes+r.Class]))
		}
	}
	return nil
}

// sum gives the means over the walks, and their standard errors.
func (r *permutation) sum(walks []walk) rowValues {
	out := rowValues{mean: make([]float64, r.inputs), se: make([]float64, r.inputs)}
	single := make([][]float64, len(walks))
	for d, w := range walks {
		n := len(w.order)
		s := r.scores[w.first:]
		single[d] = make([]float64, r.inputs)
		for k, i := range w.order {
			// There: prefixes. Back: all but a prefix; the last is none.
			single[d][i] = (s[k+1] - s[k] + s[n+k] - s[(n+k+1)%(2*n)]) / 2
			out.mean[i] += single[d][i]
		}
		out.base += s[0]
		out.value = s[n]
	}
	out.base /= float64(len(walks))
	for i := range out.mean {
		out.mean[i] /= float64(len(walks))
		out.se[i] = r.standardError(single, i, out.mean[i])
	}
	return out
}

// standardError is that of the mean of one input over the walks. Where every
// row of the background has several, only the orders are random: the spread is
// that within the walks of one background row. Else it is that of all walks,
// which is too large rather than too small when most of the background is used.
func (r *permutation) standardError(single [][]float64, input int, mean float64) float64 {
	rounds := len(single) / r.others
	squares, freedom := 0.0, len(single)-1
	within := rounds > 1 && r.others == r.Background.Rows
	if within {
		freedom = len(single) - r.others
	}
	for d := range single {
		center := mean
		if within {
			center = 0
			for k := range rounds {
				center += single[d%r.others+k*r.others][input]
			}
			center /= float64(rounds)
		}
		squares += float64((single[d][input] - center) * (single[d][input] - center))
	}
	if freedom <= 0 {
		return math.NaN()
	}
	return math.Sqrt(squares / float64(freedom) / float64(len(single)))
}
