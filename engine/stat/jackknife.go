package stat

import "math"

// Shard is one group's counts among a share of the people: N rows, K of them
// successes. People are dealt to shards by a hash of the subject, so that all
// rows of a person are in one shard, the same shard for every group.
type Shard struct{ K, N int64 }

// Clustered is an estimate with a variance that follows people, not rows.
type Clustered struct {
	Estimate float64
	Variance float64
	Shards   int     // shards with rows of either group
	DF       float64 // degrees of freedom of the variance, at most Shards-1
}

// ClusteredRate is a rate with its delete-a-group jackknife variance
//
//	v = (G-1)/G · Σ (p₍₋g₎ - p)²
//
// over the G shards that have rows, p₍₋g₎ being the rate without shard g (Rust
// and Rao 1996, Statistical Methods in Medical Research 5, 283-310; Kott 2001).
// ErrFewShards when all rows are in one shard.
func ClusteredRate(shards []Shard) (Clustered, error) {
	r, err := replicate(shards)
	if err != nil {
		return Clustered{}, err
	}
	v := jackknife(r.shift, r.shards)
	return Clustered{r.rate, v, r.shards, float64(r.shards - 1)}, nil
}

// ClusteredDifference is the difference of the rates of two groups, jackknifed
// as one number, so that people with rows in both groups count as they should.
func ClusteredDifference(a, b []Shard) (Clustered, error) {
	return contrast(a, b, func(p, q float64) (float64, float64, float64, error) {
		return p - q, 1, 1, nil
	})
}

// ClusteredLogRatio is the log of the ratio of the rates of two groups. Its
// replicates are linearized, Δp/p - Δq/q, and so defined when one shard holds
// all successes of a group. ErrZeroCell when a rate is 0.
func ClusteredLogRatio(a, b []Shard) (Clustered, error) {
	return contrast(a, b, func(p, q float64) (float64, float64, float64, error) {
		if p == 0 || q == 0 {
			return 0, 0, 0, ErrZeroCell
		}
		return math.Log(p) - math.Log(q), 1 / p, 1 / q, nil
	})
}

// contrast jackknifes an estimate whose replicates move by x·Δp - y·Δq.
func contrast(a, b []Shard, f func(p, q float64) (estimate, x, y float64, err error)) (Clustered, error) {
	if len(a) != len(b) {
		return Clustered{}, ErrShards
	}
	p, err := replicate(a)
	if err != nil {
		return Clustered{}, err
	}
	q, err := replicate(b)
	if err != nil {
		return Clustered{}, err
	}
	estimate, x, y, err := f(p.rate, q.rate)
	if err != nil {
		return Clustered{}, err
	}
	shift, shards := make([]float64, len(a)), 0
	for g := range a {
		if a[g].N > 0 || b[g].N > 0 {
			shards++
		}
		shift[g] = float64(x*p.shift[g]) - float64(y*q.shift[g])
	}
	df := satterthwaite(float64(x*x*jackknife(p.shift, p.shards)), p.shards, float64(y*y*jackknife(q.shift, q.shards)), q.shards)
	return Clustered{estimate, jackknife(shift, shards), shards, min(df, float64(shards-1))}, nil
}

// satterthwaite is the degrees of freedom of a sum of two variances (1946),
// so that a group whose people fill three shards is not taken for one with
// sixty-four.
func satterthwaite(v1 float64, g1 int, v2 float64, g2 int) float64 {
	d1, d2 := float64(g1-1), float64(g2-1)
	if !(v1+v2 > 0) {
		return min(d1, d2)
	}
	w1, w2 := v1/(v1+v2), v2/(v1+v2)
	return 1 / (float64(w1*w1/d1) + float64(w2*w2/d2))
}

// replicates are a rate, what deleting each shard adds to it, and the number
// of shards with rows, at least two.
type replicates struct {
	rate   float64
	rows   int64
	shift  []float64
	shards int
}

// replicate computes p₍₋g₎ - p as (p·n_g - k_g)/(n - n_g).
func replicate(shards []Shard) (replicates, error) {
	var k, n int64
	for _, s := range shards {
		if s.N < 0 || s.K < 0 || s.K > s.N {
			return replicates{}, ErrCounts
		}
		if s.N > maxCount-n {
			return replicates{}, ErrTooLarge
		}
		k, n = k+s.K, n+s.N
	}
	if n == 0 {
		return replicates{}, ErrNoRows
	}
	r := replicates{float64(k) / float64(n), n, make([]float64, len(shards)), 0}
	for g, s := range shards {
		if s.N == n {
			return replicates{}, ErrFewShards
		}
		if s.N > 0 {
			r.shards++
			r.shift[g] = cross(float64(k), float64(s.N), float64(s.K), float64(n)) / float64(n) / float64(n-s.N)
		}
	}
	return r, nil
}

// jackknife is the variance of an estimate from the shifts of its replicates;
// shards without rows shift nothing.
func jackknife(shifts []float64, shards int) float64 {
	sum := 0.0
	for _, s := range shifts {
		sum += float64(s * s)
	}
	return float64(shards-1) / float64(shards) * sum
}

// TTest tests a clustered estimate against a null value by Wald's statistic
// t = (estimate - null)/√v on DF degrees of freedom. ErrNoVariation when
// v is 0.
func (c Clustered) TTest(null float64, side Side) (Test, error) {
	if !(c.Variance > 0) {
		return Test{}, ErrNoVariation
	}
	t := (c.Estimate - null) / math.Sqrt(c.Variance)
	return studentTest(t, c.DF, side, MethodClusteredT), nil
}

// studentTest turns a t statistic into a test.
func studentTest(t, df float64, side Side, method string) Test {
	switch side {
	case Less:
		return Test{t, StudentSF(-t, df), method}
	case Greater:
		return Test{t, StudentSF(t, df), method}
	}
	return Test{t, min(1, 2*StudentSF(math.Abs(t), df)), method}
}
