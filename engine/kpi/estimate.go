package kpi

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// estimate is one point and how sure it is.
type estimate struct {
	value                  *float64
	numerator, denominator *float64
	n, unknown             int64
	shards                 int
	estimated              bool
	source, note           string

	// interval is the point's at any error; nil for a fact, and where there is none.
	interval func(alpha float64) (stat.Interval, error)
	// k of trials rows or people, each independent of the others, so that a test
	// against a limit is binomial.
	k, trials int64
	dealt     []stat.Shard    // of a rate of people in one window: who they are, for what follows them over windows
	people    *stat.People    // of a rate whose intervals follow people
	shares    []share         // of a mean or a ratio: what each shard of people has of both sums
	recalled  *stat.Estimated // of a number that the history gave: with its variance
	binomial  bool

	immature int64
	bounds   *bounds // over all labels that are not known; nil where all are

	low, high string // of a gap: the groups with the lowest and the highest value
}

// series are the points of a KPI.
type series map[place]*estimate

func float(x float64) *float64 { return &x }

// MethodRatio is the interval of a ratio of sums by Taylor's linearization
// (Cochran 1977, Sampling Techniques, section 6), with Student's t.
const (
	methodRatio        = "linearized-t"
	methodRatioCluster = "linearized-t-people"
	methodWoodruff     = "woodruff"
	methodThinned      = "thinned-normal"
	methodBounds       = "bonferroni-bounds"
	methodPoissonRatio = "conditional-binomial"
)

// rateOf is a share of rows.
func rateOf(x *counted) *estimate {
	e := &estimate{n: x.n, unknown: x.unknown, numerator: float(float64(x.k)), denominator: float(float64(x.n)), k: x.k, trials: x.n, binomial: true, immature: x.immature}
	e.bounds = x.open.bounds()
	if x.n == 0 {
		e.note = "undefined: no row has the denominator"
		return e
	}
	e.value = float(float64(x.k) / float64(x.n))
	if x.shards == nil {
		e.interval = func(alpha float64) (stat.Interval, error) { return stat.Wilson(x.k, x.n, alpha) }
		return e
	}
	e.people, e.binomial = &stat.People{Shards: x.shards}, false
	for _, s := range x.shards {
		if s.N > 0 {
			e.shards++
		}
	}
	e.interval = func(alpha float64) (stat.Interval, error) { return stat.WilsonClustered(*e.people, alpha) }
	return e
}

// meanOf is a mean of the numbers of rows.
func meanOf(x *numbers) *estimate {
	n, sum, squares := x.sum()
	e := &estimate{n: n, unknown: x.unknown, numerator: float(sum), denominator: float(float64(n))}
	if n == 0 {
		e.note = "undefined: no row has the number"
		return e
	}
	mean := sum / float64(n)
	e.value = &mean
	if shards := x.shardSamples(); shards != nil {
		e.shares = sharesOf(shards)
		e.interval = clusteredMean(stat.Deal(shards, mean), mean, &e.shards)
		return e
	}
	moments := sample(x.all).Moments()
	moments.N, moments.Mean = float64(n), mean
	if x.bucketed && n > 1 { // buckets move the points, not the sums
		moments.Variance = max(0, squares-float64(mean*sum)) / float64(n-1)
	}
	e.interval = func(alpha float64) (stat.Interval, error) { return stat.MeanInterval(moments, alpha) }
	return e
}

// clusteredMean is the interval of a mean that follows people, from their sums
// around the mean.
func clusteredMean(shards []stat.Sums, mean float64, used *int) func(alpha float64) (stat.Interval, error) {
	c, err := stat.ClusteredMean(shards)
	*used = c.Shards
	return func(alpha float64) (stat.Interval, error) {
		if err != nil {
			return stat.Interval{}, err
		}
		half := float64(stat.StudentUpper(alpha/2, c.DF) * math.Sqrt(c.Variance))
		return stat.Interval{Low: mean - half, High: mean + half, Method: stat.MethodClusteredT}, nil
	}
}

// quantileOf is a quantile of numbers, with Woodruff's interval (1952, Journal of
// the American Statistical Association 47, 635-646): the numbers at the limits of
// the share of rows up to the quantile.
func quantileOf(all stat.Sample, shards []stat.Sample, q float64) *estimate {
	e := &estimate{n: all.Count()}
	x, err := all.Quantile(q)
	if err != nil {
		e.note = "undefined: no row has the number"
		return e
	}
	e.value = &x
	share := func(alpha float64) (stat.Interval, error) {
		return stat.WilsonEffective(float64(q*float64(e.n)), float64(e.n), alpha)
	}
	if shards != nil {
		up := stat.UpTo(shards, x)
		for _, s := range up.Shards {
			if s.N > 0 {
				e.shards++
			}
		}
		size := effectiveRows(up)
		share = func(alpha float64) (stat.Interval, error) { return stat.WilsonEffective(float64(q*size), size, alpha) }
	}
	e.interval = func(alpha float64) (stat.Interval, error) {
		i, err := share(alpha)
		if err != nil {
			return i, err
		}
		low, _ := all.Quantile(i.Low)
		high, err := all.Quantile(i.High)
		return stat.Interval{Low: min(low, x), High: max(high, x), Method: methodWoodruff}, err
	}
	return e
}

// effectiveRows is how many independent rows say as much as those of people.
func effectiveRows(p stat.People) float64 {
	var n int64
	for _, s := range p.Shards {
		n += s.N
	}
	effect, err := stat.DesignEffect(p.Shards)
	if err != nil {
		effect = 1
	}
	return float64(n) / effect
}

// share is what a shard of people has of the sums that a mean or a ratio divides.
type share struct{ x, y float64 }

func sharesOf(shards []stat.Sample) []share {
	out := make([]share, len(shards))
	for g, s := range stat.Deal(shards, 0) {
		out[g] = share{s.X, s.N}
	}
	return out
}

// sides are the sums that the variance of a ratio of rows is made of.
type sides struct {
	n             int64
	x, y          float64
	xx, yy, xy    float64
	shardX        []float64
	shardY        []float64
	unknown       int64
	distinct      bool
	estimated     bool
	shardsPresent bool
}

// ratioOf is a ratio of sums.
func ratioOf(s sides) *estimate {
	e := &estimate{n: s.n, unknown: s.unknown, numerator: float(s.x), denominator: float(s.y), estimated: s.estimated}
	if s.y == 0 {
		e.note = "undefined: the denominator is 0"
		return e
	}
	r := s.x / s.y
	e.value = &r
	if s.distinct {
		e.note = "no interval: a number of different values is no sum over rows"
		return e
	}
	variance, df, method := s.rows(r)
	if s.shardsPresent {
		variance, df, method = s.people(r, &e.shards)
		for g := range s.shardX {
			e.shares = append(e.shares, share{s.shardX[g], s.shardY[g]})
		}
	}
	e.interval = func(alpha float64) (stat.Interval, error) {
		switch {
		case df < 1:
			return stat.Interval{}, stat.ErrFewRows
		case !(variance > 0):
			return stat.Interval{}, stat.ErrNoVariation
		}
		half := float64(stat.StudentUpper(alpha/2, df) * math.Sqrt(variance))
		return stat.Interval{Low: r - half, High: r + half, Method: method}, nil
	}
	return e
}

// rows is the variance of a ratio of rows: n/(n-1) Σ(x-ry)² / (Σy)².
func (s sides) rows(r float64) (variance, df float64, method string) {
	n := float64(s.n)
	square := s.xx - 2*float64(r*s.xy) + float64(float64(r*r)*s.yy)
	return n / (n - 1) * max(0, square) / float64(s.y*s.y), n - 1, methodRatio
}

// people is the variance over shards of people: G/(G-1) Σ(x_g-r·y_g)² / (Σy)².
func (s sides) people(r float64, used *int) (variance, df float64, method string) {
	square := 0.0
	for g := range s.shardX {
		if s.shardX[g] != 0 || s.shardY[g] != 0 {
			*used++
			d := s.shardX[g] - float64(r*s.shardY[g])
			square += float64(d * d)
		}
	}
	groups := float64(*used)
	return groups / (groups - 1) * square / float64(s.y*s.y), groups - 1, methodRatioCluster
}

// amount is a number of rows, people or values, or a sum, that is counted and has
// no interval, unless it is estimated from a sample of kept values.
func amount(x float64, n int64, kept int64, sampled bool) *estimate {
	e := &estimate{value: &x, numerator: &x, n: n, estimated: sampled}
	if sampled {
		sd := math.Sqrt(float64(kept) * (table.Kept - 1) * table.Kept)
		e.interval = func(alpha float64) (stat.Interval, error) {
			half := float64(stat.NormalUpper(alpha/2) * sd)
			return stat.Interval{Low: max(0, x-half), High: x + half, Method: methodThinned}, nil
		}
	}
	return e
}
