package stat

// Crowd is what all groups of a table together say about how much the rows of one
// person are alike. A test that groups are alike takes no group's effective size
// for larger than that allows. A group in which two people hold all successes looks
// as if rows of one person were independent, and the rarer successes are, the more
// often some group does by chance. The variance of a rate under parity is that of
// everybody, and so is what it owes to people.
//
// Where every shard is one person, what all share is the correlation of two rows of
// a person, ρ, by moments: a group owes 1 + ρ·(Σn²/n - 1) to it (Kish 1965; Donner
// and Klar 1994, American Journal of Epidemiology 140, 279-289). Where a hash deals
// people to shards it is the design effect itself, the mean over all rows.
type Crowd struct {
	correlation, effect float64
}

// CrowdOf looks at the groups of one table; each about its own rate, so that a true
// gap between groups is not taken for a likeness of people.
func CrowdOf(table []People) Crowd {
	var k, n float64
	for _, g := range table {
		for _, s := range g.Shards {
			k, n = k+float64(s.K), n+float64(s.N)
		}
	}
	p := k / max(1, n)
	if !(p > 0 && p < 1) {
		return Crowd{effect: 1}
	}
	var squares, rows, pairs float64
	for _, g := range table {
		r, err := replicate(g.Shards)
		if err != nil {
			continue
		}
		within, alike := 0.0, 0.0
		for _, s := range g.Shards {
			off := float64(s.K) - float64(r.rate*float64(s.N))
			within += float64(off * off)
			alike += float64(s.N) * float64(s.N-1)
		}
		squares += within * float64(r.shards) / float64(r.shards-1)
		rows, pairs = rows+float64(r.rows), pairs+alike
	}
	variance := float64(p * (1 - p))
	c := Crowd{effect: 1}
	if rows > 0 {
		c.effect = max(1, squares/(variance*rows))
	}
	if pairs > 0 {
		c.correlation = clamp((squares/variance-rows)/pairs, 0, 1)
	}
	return c
}

// cap is the largest effective size of a group under parity.
func (c Crowd) cap(g People, rows float64) float64 {
	if g.Subjects == 0 {
		return rows / c.effect
	}
	alike := 0.0
	for _, s := range g.Shards {
		alike += float64(s.N) * float64(s.N-1)
	}
	return rows / (1 + float64(c.correlation*alike/rows))
}

// ScoreTest is ScoreTestClustered of two groups of the table, or of pools of them,
// at effective sizes no larger than the crowd allows.
func (c Crowd) ScoreTest(a, b People, side Side) (Test, error) {
	p, q, df, err := pair(a, b, 1, 1)
	if err != nil {
		return Test{}, err
	}
	n, m := min(p.size, c.cap(a, p.rows)), min(q.size, c.cap(b, q.rows))
	z, err := pooledZ(p.count(n), n, q.count(m), m)
	if err != nil {
		return Test{}, err
	}
	return studentTest(z, df, side, MethodClusteredScore), nil
}
