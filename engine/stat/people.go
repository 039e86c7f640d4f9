package stat

// WilsonClustered is Wilson at the effective counts of a group of people.
func WilsonClustered(g People, alpha float64) (Interval, error) {
	if err := checkAlpha(alpha); err != nil {
		return Interval{}, err
	}
	e, err := g.effective()
	if err != nil {
		return Interval{}, err
	}
	m := e.size * shrink(alpha, float64(e.shards-1))
	i, err := WilsonEffective(e.count(m), m, alpha)
	if err != nil {
		return Interval{}, err
	}
	i.Method = MethodWilsonCluster
	return i, nil
}

// NewcombeClustered is Newcombe at the effective counts of two groups of
// people, who may be in both.
func NewcombeClustered(a, b People, alpha float64) (Interval, error) {
	return clusteredInterval(a, b, 1, 1, alpha, NewcombeEffective, MethodNewcombeCluster)
}

// KoopmanClustered is Koopman at the effective counts of two groups of people,
// who may be in both.
func KoopmanClustered(a, b People, alpha float64) (Interval, error) {
	x, y := logWeights(a, b)
	return clusteredInterval(a, b, x, y, alpha, KoopmanEffective, MethodKoopmanCluster)
}

func clusteredInterval(a, b People, x, y, alpha float64,
	f func(k1, n1, k2, n2, alpha float64) (Interval, error), method string) (Interval, error) {
	if err := checkAlpha(alpha); err != nil {
		return Interval{}, err
	}
	p, q, df, err := pair(a, b, x, y)
	if err != nil {
		return Interval{}, err
	}
	factor := shrink(alpha, df)
	n, m := p.size*factor, q.size*factor
	i, err := f(p.count(n), n, q.count(m), m, alpha)
	if err != nil {
		return Interval{}, err
	}
	i.Method = method
	return i, nil
}

// ScoreTestClustered is the pooled z test of two groups of people at their
// effective counts, referred to Student's t with the degrees of freedom of the
// jackknife (Rao and Scott 1992). ErrNoVariation when every row of both has
// the same outcome.
func ScoreTestClustered(a, b People, side Side) (Test, error) {
	p, q, df, err := pair(a, b, 1, 1)
	if err != nil {
		return Test{}, err
	}
	z, err := pooledZ(p.count(p.size), p.size, q.count(q.size), q.size)
	if err != nil {
		return Test{}, err
	}
	return studentTest(z, df, side, MethodClusteredScore), nil
}

// LevelTestClustered is BinomialMidP at the effective counts of a group of
// people; the normal quantile of its p, which is the statistic, is referred to
// Student's t with one degree of freedom less than there are shards with rows.
func LevelTestClustered(g People, limit Decimal, side Side) (Test, error) {
	e, err := g.effective()
	if err != nil {
		return Test{}, err
	}
	t, err := BinomialMidPEffective(e.count(e.size), e.size, limit, side)
	if err != nil {
		return Test{}, err
	}
	t.Method = MethodBinomialCluster
	tails := 1.0
	if side == TwoSided {
		tails = 2
	}
	if q := t.P / tails; q > 0 && q < 1 {
		t.Statistic = NormalUpper(q)
		t.P = min(1, tails*StudentSF(t.Statistic, float64(e.shards-1)))
	}
	return t, nil
}

// logWeights are 1/p and 1/q, the weights of the contrast behind a log ratio,
// or 1 and 1 where a rate is 0 and the log ratio has no variance.
func logWeights(a, b People) (x, y float64) {
	p, errP := replicate(a.Shards)
	q, errQ := replicate(b.Shards)
	if errP != nil || errQ != nil || p.rate == 0 || q.rate == 0 {
		return 1, 1
	}
	return 1 / p.rate, 1 / q.rate
}
