package stat

import (
	"math"
	"math/rand/v2"
)

// NumbersDesign is the mean design effect of the difference of two distribution
// functions, over the pooled numbers or, of more than 64 of them, 64 of equal
// steps: the sum of the jackknife variances over the sum of u(1-u)(1/n+1/m).
// It is TableDesign for the table of rows up to each number.
func NumbersDesign(a, b []Sample) (Design, error) {
	if len(a) != len(b) {
		return Design{}, ErrShards
	}
	edges := steps(Pool(Pool(a...), Pool(b...)), bridgeCells)
	x, y := cutAll(a, edges), cutAll(b, edges)
	r, err := newShares(x)
	if err != nil {
		return Design{}, err
	}
	c, err := newShares(y)
	if err != nil {
		return Design{}, err
	}
	d, shards := r.design(c)
	at := make([]float64, len(a)) // what deleting each shard adds to F_a - F_b, so far
	var variance, independent sum
	upTo := 0.0
	for i := range edges {
		for g := range a {
			at[g] += r.shift(x, i, g) - c.shift(y, i, g)
		}
		upTo += r.counts[i] + c.counts[i]
		u := upTo / (r.n + c.n)
		variance.add(jackknife(at, shards))
		independent.add(float64(u*(1-u)) * (1/r.n + 1/c.n))
	}
	if independent.value() > 0 {
		d.Effect = max(1, variance.value()/independent.value())
	}
	return d, nil
}

// steps are numbers at about equal steps of the distribution function, every
// one but the last if there are few.
func steps(s Sample, most int) []float64 {
	var out []float64
	n, below, next := s.Count(), int64(0), int64(1)
	for i, p := range s {
		below += p.N
		if i == len(s)-1 {
			break
		}
		if len(s)-1 <= most || below*int64(most+1) >= next*n {
			out = append(out, p.X)
			next = below*int64(most+1)/n + 1
		}
	}
	return out
}

// cutAll counts each shard between edges, (e, e'].
func cutAll(shards []Sample, edges []float64) [][]int64 {
	out := make([][]int64, len(shards))
	for g, s := range shards {
		out[g] = s.Cut(edges, true)
	}
	return out
}

// PeopleBridge draws the distances of two samples of people's rows when both
// have the pooled distribution: at each level the difference of the distribution
// functions is a sum over shards of what deleting one adds to it, each with a
// normal sign of its own (a multiplier bootstrap: van der Vaart and Wellner 1996,
// section 2.9), so that its covariance is the jackknife's.
type PeopleBridge struct {
	Bridge
	Design Design
	shift  [][]float64 // by level, then shard
	factor float64
}

// NewPeopleBridge prepares the draws from samples dealt to the same shards.
func NewPeopleBridge(a, b []Sample) (PeopleBridge, error) {
	d, err := NumbersDesign(a, b)
	if err != nil {
		return PeopleBridge{}, err
	}
	allA, allB := Pool(a...), Pool(b...)
	out := PeopleBridge{Bridge: NewBridge(allA, allB), Design: d}
	out.factor = math.Sqrt(float64(d.Shards-1) / float64(d.Shards) / shrink(nullAlpha, d.DF))
	edges := numbersAt(Pool(allA, allB), out.level)
	x, y := cutAll(a, edges), cutAll(b, edges)
	r, _ := newShares(x) // NumbersDesign has checked the shards
	c, _ := newShares(y)
	at := make([]float64, len(a))
	for i := range edges {
		for g := range at {
			at[g] += r.shift(x, i, g) - c.shift(y, i, g)
		}
		out.shift = append(out.shift, append([]float64{}, at...))
	}
	return out, nil
}

// numbersAt are the largest numbers whose share of rows up to them is at most
// each level, levels rising.
func numbersAt(s Sample, levels []float64) []float64 {
	out := make([]float64, 0, len(levels))
	n, below, i := float64(s.Count()), 0.0, 0
	for _, u := range levels {
		for i < len(s) && (below+float64(s[i].N))/n <= u {
			below += float64(s[i].N)
			i++
		}
		out = append(out, s[max(0, i-1)].X)
	}
	return out
}

// Null is Bridge.Null for people. With more than 64 levels the limit law of the
// Kolmogorov-Smirnov distance is widened by the mean design effect.
func (b PeopleBridge) Null(rng *rand.Rand, times int, ks, wasserstein float64) (forKS, forWasserstein Null) {
	largest, area := make(Scatter, times), make(Scatter, times)
	var signs []float64
	if len(b.shift) > 0 {
		signs = make([]float64, len(b.shift[0]))
	}
	for t := range times {
		for g := range signs {
			signs[g] = rng.NormFloat64()
		}
		for i, shift := range b.shift {
			x := 0.0
			for g, s := range shift {
				x += float64(s * signs[g])
			}
			x = math.Abs(x) * b.factor
			largest[t] = max(largest[t], x)
			area[t] += float64(x * b.width[i])
		}
	}
	forKS, forWasserstein = largest.Null(ks), area.Null(wasserstein)
	if !b.fine {
		scale := b.scale * math.Sqrt(b.Design.Widen(nullAlpha))
		forKS = Null{kolmogorovMean * scale, kolmogorov95 * scale, Kolmogorov(ks / scale)}
	}
	return forKS, forWasserstein
}

// IntervalClustered is Interval at effective sizes.
func (k KS) IntervalClustered(d Design, alpha float64) (Interval, error) {
	i, err := k.Interval(alpha)
	if err != nil {
		return i, err
	}
	c := math.Sqrt(math.Log(4/alpha) / 2 * d.Widen(alpha))
	half := c/math.Sqrt(float64(k.N)) + c/math.Sqrt(float64(k.M))
	return Interval{clamp(k.Value-half, 0, 1), clamp(k.Value+half, 0, 1), MethodDKWCluster}, nil
}

// WassersteinIntervalClustered is WassersteinInterval where people have many
// rows: the means of ψ are jackknifed over shards of people.
func WassersteinIntervalClustered(a, b []Sample, alpha float64) (Interval, error) {
	if len(a) != len(b) {
		return Interval{}, ErrShards
	}
	allA, allB := Pool(a...), Pool(b...)
	if len(allA) == 0 || len(allB) == 0 {
		return Interval{}, ErrNoRows
	}
	at := potential(allA, allB)
	c, err := ClusteredMeanDifference(Deal(moved(a, at), 0), Deal(moved(b, at), 0))
	if err != nil {
		return Interval{}, err
	}
	i, err := c.Interval(alpha)
	return Interval{max(0, i.Low), max(0, i.High), MethodDeltaCluster}, err
}

// potential is ψ at every number of either sample: its slope is the sign of F_b - F_a.
func potential(a, b Sample) map[float64]float64 {
	out := make(map[float64]float64, len(a)+len(b))
	n, m := float64(a.Count()), float64(b.Count())
	var inA, inB int64
	psi, last, sign := 0.0, 0.0, 0.0
	each(a, b, func(x float64, i, j int64) {
		psi += float64(sign * (x - last))
		out[x] = psi
		inA, inB, last = inA+i, inB+j, x
		if sign = cross(float64(inB), n, float64(inA), m); sign != 0 {
			sign = math.Copysign(1, sign)
		}
	})
	return out
}

// moved replaces numbers by their ψ.
func moved(shards []Sample, psi map[float64]float64) []Sample {
	out := make([]Sample, len(shards))
	for g, s := range shards {
		for _, p := range s {
			out[g] = append(out[g], Point{psi[p.X], p.N})
		}
	}
	return out
}
