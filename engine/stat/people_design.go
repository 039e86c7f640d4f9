package stat

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Design says how much less a comparison of people's rows is worth than one of
// as many independent rows.
type Design struct {
	Effect float64 // mean variance over that of independent rows, at least 1
	Spread float64 // of a table: 1 + the squared coefficient of variation of the effects
	Shards int     // shards with rows of either side
	DF     float64 // degrees of freedom of the variance behind it
}

// Widen is the factor by which variances of independent rows grow: the effect,
// and what Student's t asks for on so few shards.
func (d Design) Widen(alpha float64) float64 { return d.Effect / shrink(alpha, d.DF) }

// size is the effective number of n rows of a table of k categories, at least
// one: where the effects differ, the one at which the 95 % value of chi-square
// is that of the second-order correction.
func (d Design) size(n float64, k int) int64 {
	by := d.Widen(nullAlpha)
	if df := float64(k - 1); df > 1 {
		q := func(df float64) float64 { return distuv.ChiSquared{K: df}.Quantile(1 - nullAlpha) }
		by *= d.Spread * q(df/d.Spread) / q(df)
	}
	return max(1, int64(math.Round(n/by)))
}

// nullAlpha is the tail that the limits of a null stand at.
const nullAlpha = 0.05

// TableDesign is the mean design effect of the comparison of two tables of
// counts, given by shard of people and then by category,
//
//	δ = Σ V(c_i - r_i)/p_i / ((1/n + 1/m)·(k - 1))
//
// with V the delete-a-group jackknife variance of the change of a share and p
// the pooled shares. It is the factor by which the expected chi-square of the
// table exceeds its degrees of freedom when nothing changed: the first-order
// correction of Rao and Scott (1981, Journal of the American Statistical
// Association 76, 221-230; 1984, Annals of Statistics 12, 46-60). Spread is their
// second-order one, from the trace of the squared covariance matrix, less what
// its noise adds to that. People with rows on both sides are accounted for,
// because the change is jackknifed.
func TableDesign(ref, cur [][]int64) (Design, error) { return tableDesign(ref, cur, false) }

// FitDesign is that of counts that are held against shares of other counts of the same
// people, as in Σ (c - e)²/e with e from the shares r: V(c_i - r_i)/r_i over 1/m.
func FitDesign(shares, counts [][]int64) (Design, error) { return tableDesign(shares, counts, true) }

func tableDesign(ref, cur [][]int64, fit bool) (Design, error) {
	r, err := newShares(ref)
	if err != nil {
		return Design{}, err
	}
	c, err := newShares(cur)
	if err != nil {
		return Design{}, err
	}
	if len(ref) != len(cur) || len(r.counts) != len(c.counts) {
		return Design{}, ErrShards
	}
	d, shards := r.design(c)
	gram := make([]float64, len(ref)*len(ref)) // of the changes, by shards
	shift := make([]float64, len(ref))
	categories := 0
	for i := range r.counts {
		p := (r.counts[i] + c.counts[i]) / (r.n + c.n)
		if fit {
			p = r.counts[i] / r.n
		}
		if p == 0 {
			continue
		}
		categories++
		for g := range ref {
			shift[g] = (r.shift(ref, i, g) - c.shift(cur, i, g)) / math.Sqrt(p)
		}
		for g, x := range shift {
			for h, y := range shift {
				gram[g*len(ref)+h] += float64(x * y)
			}
		}
	}
	if categories > 1 {
		rows := 1 / (1/r.n + 1/c.n)
		if fit {
			rows = c.n
		}
		d.effects(gram, len(ref), float64(shards-1)/float64(shards)*rows, float64(categories-1))
	}
	return d, nil
}

// effects sets the effect from the sum of the effects and the spread from the
// sum of their squares, which of an estimate on f degrees of freedom is too
// large by about the squared sum over f.
func (d *Design) effects(gram []float64, shards int, scale, df float64) {
	var trace, squares sum
	for g := range shards {
		trace.add(float64(scale * gram[g*shards+g]))
	}
	for _, x := range gram {
		squares.add(float64(scale*x) * float64(scale*x))
	}
	first, f := trace.value(), float64(d.Shards-1)
	second := (squares.value() - first*first/f) / (1 + 1/f)
	d.Effect = max(1, first/df)
	if first > 0 {
		d.Spread = clamp(df*second/(first*first), 1, df)
	}
}

// shares are a table by shard, summed up.
type shares struct {
	counts []float64 // by category
	size   []float64 // by shard
	n      float64
	shards int
}

func newShares(table [][]int64) (shares, error) {
	var s shares
	s.size = make([]float64, len(table))
	for g, row := range table {
		if s.counts == nil {
			s.counts = make([]float64, len(row))
		}
		for i, k := range row {
			s.counts[i] += float64(k)
			s.size[g] += float64(k)
		}
		if s.n += s.size[g]; s.size[g] > 0 {
			s.shards++
		}
	}
	switch {
	case s.n == 0:
		return s, ErrNoRows
	case s.shards < 2:
		return s, ErrFewShards
	}
	return s, nil
}

// shift is what deleting a shard adds to the share of a category.
func (s shares) shift(table [][]int64, i, g int) float64 {
	if s.size[g] == 0 {
		return 0
	}
	return (float64(s.counts[i]/s.n*s.size[g]) - float64(table[g][i])) / (s.n - s.size[g])
}

// design starts the design of a comparison: an effect of 1.
func (s shares) design(o shares) (Design, int) {
	shards := 0
	for g := range s.size {
		if s.size[g]+o.size[g] > 0 {
			shards++
		}
	}
	return Design{1, 1, shards, float64(min(s.shards, o.shards) - 1)}, shards
}

// RaoScott is the chi-square test of a contingency table whose rows belong to
// people: the statistic over the mean design effect, with Satterthwaite's degrees
// of freedom for effects that differ, referred to F (Rao and Scott 1984; Thomas
// and Rao 1987, Journal of the American Statistical Association 82, 630-636).
// ErrNoVariation when all rows are of one category.
func (d Distances) RaoScott(by Design) (Test, error) {
	if d.DF < 1 {
		return Test{}, ErrNoVariation
	}
	df := float64(d.DF) / by.Spread
	f := d.ChiSquare / by.Effect / float64(d.DF)
	p := distuv.F{D1: df, D2: df * by.DF}.Survival(f)
	return Test{d.ChiSquare, clamp(p, 0, 1), MethodRaoScott}, nil
}
