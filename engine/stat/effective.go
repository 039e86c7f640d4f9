package stat

import "math"

// People are the rows of one group, dealt to shards by person. Subjects is the
// number of distinct people, 0 if it is not known.
//
// Intervals and tests that follow people are the ordinary ones at effective
// counts: a rate from n rows that varies like one from m < n independent rows
// is treated as k·m/n of m (Rao and Scott 1992, Biometrics 48, 577-585; Korn
// and Graubard 1998, Survey Methodology 24, 193-201). Unlike Wald's, they stay
// right near 0 and 1 and inside the range of a rate.
type People struct {
	Shards   []Shard
	Subjects int64
}

// effective is a group at its effective size, before the correction for
// degrees of freedom.
type effective struct {
	rate, rows float64
	size       float64 // effective number of rows
	variance   float64 // jackknife variance of the rate
	shards     int
}

// DesignEffect is Kish's ratio of the jackknife variance of a rate to its
// variance if rows were independent, p(1-p)/n, and at least 1: rows of one
// person do not repel each other, so a smaller ratio is the noise of a variance
// from few shards, and to believe it would cost coverage. ErrNoVariation at
// p = 0 or 1.
func DesignEffect(shards []Shard) (float64, error) {
	c, err := ClusteredRate(shards)
	if err != nil {
		return 0, err
	}
	n := 0.0
	for _, s := range shards {
		n += float64(s.N)
	}
	p := c.Estimate
	if p == 0 || p == 1 {
		return 0, ErrNoVariation
	}
	return max(1, c.Variance/(p*(1-p)/n)), nil
}

// effective is n/deff. When every row has the same outcome the jackknife is
// silent; then each person is one observation, or each shard with rows if the
// number of people is not known (there are at least as many people).
func (g People) effective() (effective, error) {
	r, err := replicate(g.Shards)
	if err != nil {
		return effective{}, err
	}
	e := effective{r.rate, float64(r.rows), 0, jackknife(r.shift, r.shards), r.shards}
	if independent := r.rate * (1 - r.rate) / e.rows; independent > 0 {
		e.size = e.rows / max(1, e.variance/independent)
		return e, nil
	}
	e.size = float64(r.shards)
	if g.Subjects > 0 {
		e.size = min(e.rows, float64(g.Subjects))
	}
	return e, nil
}

// pair is both groups' effective sizes and the degrees of freedom of their
// contrast x·p - y·q. Each size is n/deff, times the ratio of the sum of the
// groups' variances to the jackknife variance of the contrast, which carries
// the covariance of people with rows in both groups; at most n.
func pair(a, b People, x, y float64) (p, q effective, df float64, err error) {
	if p, err = a.effective(); err != nil {
		return p, q, 0, err
	}
	if q, err = b.effective(); err != nil {
		return p, q, 0, err
	}
	c, err := contrast(a.Shards, b.Shards, func(float64, float64) (float64, float64, float64, error) {
		return 0, x, y, nil
	})
	if err != nil {
		return p, q, 0, err
	}
	if p.variance > 0 && q.variance > 0 {
		factor := math.MaxFloat64 // a contrast without variance
		if c.Variance > 0 {
			factor = (float64(x*x*p.variance) + float64(y*y*q.variance)) / c.Variance
		}
		p.size, q.size = min(p.rows, p.size*factor), min(q.rows, q.size*factor)
	}
	return p, q, c.DF, nil
}

// shrink is (z/t)² at upper tail alpha/2: an effective size times it gives
// limits as wide as Student's t asks for when the variance behind the size has
// df degrees of freedom (Korn and Graubard 1998, with z for their t on n-1).
func shrink(alpha, df float64) float64 {
	z, t := NormalUpper(alpha/2), StudentUpper(alpha/2, df)
	if !(t > z) {
		return 1
	}
	return z / t * (z / t)
}

// count is the effective number of successes of m rows.
func (e effective) count(m float64) float64 { return min(m, e.rate*m) }
