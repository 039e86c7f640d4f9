package stat

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Draws are values of a statistic on data drawn at random, in rising order.
type Draws []float64

// NewDraws are values in rising order.
func NewDraws(values []float64) Draws { return Draws(values).sorted() }

// sorted puts draws in order: first by which of equal parts of their range each
// lies in, which nearly does it where they are spread as draws are.
func (d Draws) sorted() Draws {
	const crowded = 32 // draws in one part
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range d {
		low, high = min(low, x), max(high, x)
	}
	parts := 2 * len(d)
	scale := float64(parts-1) / (high - low)
	if len(d) < crowded || !(scale > 0) || math.IsInf(scale, 1) { // equal, or not all finite
		slices.Sort(d)
		return d
	}
	var near struct { // room for as many draws as there mostly are, which is no garbage then
		ends [2048]int32
		out  [1024]float64
	}
	ends, out := near.ends[:], Draws(near.out[:])
	if len(d) > len(out) {
		ends, out = make([]int32, parts), make(Draws, len(d))
	}
	ends, out = ends[:parts], out[:len(d)]
	part := func(x float64) int { return int(float64((x - low) * scale)) }
	for _, x := range d {
		ends[part(x)]++
	}
	sum, most := int32(0), int32(0)
	for i, n := range ends {
		ends[i], sum, most = sum, sum+n, max(most, n)
	}
	for _, x := range d {
		at := &ends[part(x)]
		out[*at] = x
		*at++
	}
	if most > crowded { // many are equal, or nearly so
		from := int32(0)
		for _, to := range ends {
			if to-from > crowded {
				slices.Sort(out[from:to])
			}
			from = to
		}
	}
	for i, x := range out {
		for ; i > 0 && out[i-1] > x; i-- {
			out[i] = out[i-1]
		}
		out[i] = x
	}
	copy(d, out)
	return d
}

// Mean of the draws.
func (d Draws) Mean() float64 {
	var s sum
	for _, x := range d {
		s.add(x)
	}
	return s.value() / float64(len(d))
}

// Quantile of the draws: the smallest that at least a share q does not exceed.
func (d Draws) Quantile(q float64) float64 {
	return d[rankOf(q, len(d))]
}

// rankOf is the rank of a quantile among n draws, from 0.
func rankOf(q float64, n int) int { return min(n-1, max(0, int(math.Ceil(q*float64(n)))-1)) }

// Null is what a distance is when nothing changed, at these sizes.
type Null struct {
	Expected float64 // its mean
	Limit    float64 // its 95 % value
	P        float64 // the chance of a value as large as the measured one
}

// Around is the percentile interval of draws from the tables themselves, moved
// by twice their bias: a distance that cannot be negative is measured too large
// by as much as its draws are, and they by as much again. It is cut at 0.
func (d Draws) Around(value, alpha float64) Interval {
	shift := 2 * (d.Mean() - value)
	low, high := d.Quantile(alpha/2)-shift, d.Quantile(1-alpha/2)-shift
	return Interval{max(0, low), max(0, high), MethodTableBootstrap}
}

// AroundChange is the interval of a distance of two tables from draws of the
// tables themselves and draws of no change. It is Around for a divergence and
// AroundDistance for a distance, with two more cautions, because tables of few
// rows per category do not show their bias when they are drawn from themselves:
// the bias is taken to be between what the draws show and what the distance is
// on average when nothing changed, and the lower limit leaves 0 only where the
// measured value lies beyond the same tail of no change.
func (d Scatter) AroundChange(none Scatter, value, alpha float64, square bool) Interval {
	up, down := func(x float64) float64 { return x }, func(x float64) float64 { return x }
	if !square { // in the unit of what differs
		up, down = func(x float64) float64 { return float64(x * x) }, math.Sqrt
	}
	mean := func(d Scatter) float64 {
		var s sum
		for _, x := range d {
			s.add(up(x))
		}
		return s.value() / float64(len(d))
	}
	center, drawn, chance := up(value), mean(d), mean(none)
	bias := drawn - center
	low, high := d.quantiles(alpha/2, 1-alpha/2)
	below := max(drawn-up(low), up(none.Quantile(1-alpha/2))-chance)
	above := max(0, up(high)-drawn)
	return Interval{
		down(max(0, center-max(bias, chance)-below)),
		down(max(0, center-min(bias, chance)+above)),
		MethodTableBootstrap,
	}
}

// bridgeCells bounds the levels of the pooled distribution that Bridge draws at.
const bridgeCells = 64

// Bridge draws the Kolmogorov-Smirnov and Wasserstein distances of two samples
// of one distribution, the pooled one: a Brownian bridge, scaled by √(1/n+1/m),
// at the levels where its distribution function stands still. Where it has more
// than 64 of them, levels are joined so that each stands for an equal part of
// the expected Wasserstein distance.
type Bridge struct {
	level, width []float64
	scale        float64
	fine         bool // every level of the distribution is there
}

// NewBridge prepares the draws.
func NewBridge(a, b Sample) Bridge {
	n, m := float64(a.Count()), float64(b.Count())
	out := Bridge{scale: math.Sqrt(1/n + 1/m), fine: true}
	pooled := Pool(a, b)
	levels, weight, below := make([]float64, 0, len(pooled)), 0.0, 0.0
	for i, p := range pooled[:max(1, len(pooled))-1] {
		below += float64(p.N)
		u := below / (n + m)
		levels = append(levels, u)
		weight += float64(math.Sqrt(u*(1-u)) * (pooled[i+1].X - p.X))
	}
	if out.fine = len(levels) <= bridgeCells; out.fine {
		out.level = levels
		for i := range levels {
			out.width = append(out.width, pooled[i+1].X-pooled[i].X)
		}
		return out
	}
	out.join(pooled, levels, weight/bridgeCells)
	return out
}

// join puts neighboring levels together until each group weighs enough.
func (b *Bridge) join(pooled Sample, levels []float64, enough float64) {
	width, weight, moment := 0.0, 0.0, 0.0
	for i, u := range levels {
		dx := pooled[i+1].X - pooled[i].X
		w := float64(math.Sqrt(u*(1-u)) * dx)
		width, weight, moment = width+dx, weight+w, moment+float64(u*w)
		if weight < enough && i < len(levels)-1 || weight == 0 {
			continue
		}
		u = moment / weight
		b.level = append(b.level, u)
		b.width = append(b.width, weight/math.Sqrt(u*(1-u)))
		width, weight, moment = 0, 0, 0
	}
}

// Null draws both distances and says where the measured ones stand among them.
// With more than 64 levels the Kolmogorov-Smirnov distance follows its limit law
// instead.
func (b Bridge) Null(rng *rand.Rand, times int, ks, wasserstein float64) (forKS, forWasserstein Null) {
	largest, area := make(Scatter, times), make(Scatter, times)
	at, step, last := make([]float64, len(b.level)), make([]float64, len(b.level)), 0.0
	for i, u := range b.level {
		step[i], last = math.Sqrt(max(0, u-last)), u
	}
	rest := math.Sqrt(max(0, 1-last))
	normal := newGaussian()
	for t := range times {
		walk := 0.0
		for i, s := range step {
			walk += float64(s * normal.draw(rng))
			at[i] = walk
		}
		end := walk + float64(rest*normal.draw(rng))
		far, sum := 0.0, 0.0
		for i, u := range b.level {
			x := math.Abs(at[i]-float64(u*end)) * b.scale
			if x > far {
				far = x
			}
			sum += float64(x * b.width[i])
		}
		largest[t], area[t] = far, sum
	}
	forKS, forWasserstein = largest.Null(ks), area.Null(wasserstein)
	if !b.fine {
		forKS = Null{kolmogorovMean * b.scale, kolmogorov95 * b.scale, Kolmogorov(ks / b.scale)}
	}
	return forKS, forWasserstein
}

const (
	kolmogorovMean = 0.86873116063615914 // √(π/2)·log 2, the mean of the limit law
	kolmogorov95   = 1.3580986393225507  // its 95 % point
)
