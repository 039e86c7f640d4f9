package stat

import "math"

// Sums are one shard's share of a sample of numbers: copies, Σx and Σx². Deal
// gives them for all shards, around one center, so that nothing cancels.
type Sums struct{ N, X, XX float64 }

// Deal sums each shard's numbers around a center.
func Deal(shards []Sample, center float64) []Sums {
	out := make([]Sums, len(shards))
	for g, s := range shards {
		var x, xx sum
		for _, p := range s {
			d, n := p.X-center, float64(p.N)
			out[g].N += n
			x.add(float64(d * n))
			xx.add(float64(d*d) * n)
		}
		out[g].X, out[g].XX = x.value(), xx.value()
	}
	return out
}

func (s Sums) less(o Sums) Sums { return Sums{s.N - o.N, s.X - o.X, s.XX - o.XX} }

func totalSums(shards []Sums) Sums {
	var n, x, xx sum
	for _, s := range shards {
		n.add(s.N)
		x.add(s.X)
		xx.add(s.XX)
	}
	return Sums{n.value(), x.value(), xx.value()}
}

func (s Sums) mean() float64 { return s.X / s.N }

// moments are size, mean and variance.
func (s Sums) moments() Moments {
	m := s.mean()
	return Moments{s.N, m, max(0, s.XX-float64(s.X*m)) / (s.N - 1)}
}

// deletions are an estimate and what deleting each shard adds to it.
type deletions struct {
	estimate float64
	shift    []float64
	used     []bool // shards with rows
	shards   int    // how many of them
}

// newDeletions starts an estimate of which use tells the shards with rows.
func newDeletions(estimate float64, shards int, use func(g int) bool) deletions {
	d := deletions{estimate, make([]float64, shards), make([]bool, shards), 0}
	for g := range d.used {
		if d.used[g] = use(g); d.used[g] {
			d.shards++
		}
	}
	return d
}

func (d deletions) clustered(df float64) Clustered {
	return Clustered{d.estimate, jackknife(d.shift, d.shards), d.shards, df}
}

// minus is the difference of two estimates, jackknifed as one number, so that
// people with rows in both count as they should.
func (d deletions) minus(o deletions) Clustered {
	out := newDeletions(d.estimate-o.estimate, len(d.shift), func(g int) bool { return d.used[g] || o.used[g] })
	for g := range out.shift {
		out.shift[g] = d.shift[g] - o.shift[g]
	}
	df := satterthwaite(jackknife(d.shift, d.shards), d.shards, jackknife(o.shift, o.shards), o.shards)
	return out.clustered(min(df, float64(out.shards-1)))
}

// deleteMean computes the mean without each shard, less the mean, as
// (mean·n_g - Σ_g)/(n - n_g).
func deleteMean(shards []Sums) (deletions, error) {
	all := totalSums(shards)
	if !(all.N > 0) {
		return deletions{}, ErrNoRows
	}
	d := newDeletions(all.mean(), len(shards), func(g int) bool { return shards[g].N > 0 })
	if d.shards < 2 {
		return deletions{}, ErrFewShards
	}
	for g, s := range shards {
		d.shift[g] = (float64(d.estimate*s.N) - s.X) / (all.N - s.N)
	}
	return d, nil
}

// ClusteredMean is a mean with its delete-a-group jackknife variance, as
// ClusteredRate is for a rate (Rust and Rao 1996; Kott 2001).
func ClusteredMean(shards []Sums) (Clustered, error) {
	d, err := deleteMean(shards)
	if err != nil {
		return Clustered{}, err
	}
	return d.clustered(float64(d.shards - 1)), nil
}

// ClusteredMeanDifference is the difference of two means.
func ClusteredMeanDifference(a, b []Sums) (Clustered, error) {
	if len(a) != len(b) {
		return Clustered{}, ErrShards
	}
	p, err := deleteMean(a)
	if err != nil {
		return Clustered{}, err
	}
	q, err := deleteMean(b)
	if err != nil {
		return Clustered{}, err
	}
	return p.minus(q), nil
}

// ClusteredStandardized is the difference of two means over the pooled standard
// deviation or, with reference, over that of b: each replicate leaves a shard
// out of the means and of the deviation.
func ClusteredStandardized(a, b []Sums, reference bool) (Clustered, error) {
	diff, err := ClusteredMeanDifference(a, b)
	if err != nil {
		return Clustered{}, err
	}
	of := func(a, b Sums) (float64, error) {
		if a.N < 2 || b.N < 2 {
			return 0, ErrFewRows
		}
		x, y := a.moments(), b.moments()
		v := (float64((x.N-1)*x.Variance) + float64((y.N-1)*y.Variance)) / (x.N + y.N - 2)
		if reference {
			v = y.Variance
		}
		if !(v > 0) {
			return 0, ErrNoVariation
		}
		return (x.Mean - y.Mean) / math.Sqrt(v), nil
	}
	allA, allB := totalSums(a), totalSums(b)
	value, err := of(allA, allB)
	if err != nil {
		return Clustered{}, err
	}
	d := newDeletions(value, len(a), func(g int) bool { return a[g].N > 0 || b[g].N > 0 })
	for g := range d.shift {
		without, err := of(allA.less(a[g]), allB.less(b[g]))
		if err != nil {
			return Clustered{}, err
		}
		d.shift[g] = without - value
	}
	return d.clustered(diff.DF), nil
}

// Interval is Student's interval on DF degrees of freedom. ErrNoVariation when
// v is 0.
func (c Clustered) Interval(alpha float64) (Interval, error) {
	if err := checkAlpha(alpha); err != nil {
		return Interval{}, err
	}
	if !(c.Variance > 0) {
		return Interval{}, ErrNoVariation
	}
	half := float64(StudentUpper(alpha/2, c.DF) * math.Sqrt(c.Variance))
	return Interval{c.Estimate - half, c.Estimate + half, MethodClusteredT}, nil
}

// ClusteredStatistic jackknifes any number: of says what it is without a shard, or of
// everything for -1; it fails where there is none. used tells the shards with rows.
func ClusteredStatistic(shards int, used func(shard int) bool, of func(without int) (float64, error)) (Clustered, error) {
	value, err := of(-1)
	if err != nil {
		return Clustered{}, err
	}
	d := newDeletions(value, shards, used)
	if d.shards < 2 {
		return Clustered{}, ErrFewShards
	}
	for g := range d.shift {
		if !d.used[g] {
			continue
		}
		without, err := of(g)
		if err != nil {
			return Clustered{}, err
		}
		d.shift[g] = without - value
	}
	return d.clustered(float64(d.shards - 1)), nil
}
