package stat

// ClusteredAUC is P(a > b) + P(a = b)/2 of two samples dealt to the same shards
// of people, with its delete-a-group jackknife variance: the area under the ROC
// curve where a person has many rows (Obuchowski 1997, Biometrics 53, 567-578,
// for the question; the replicates are areas, so people with rows in both
// samples count as they should). Degrees of freedom are those of the sample
// with fewer shards.
func ClusteredAUC(a, b []Sample) (Clustered, error) {
	d, df, err := deleteArea(a, b)
	if err != nil {
		return Clustered{}, err
	}
	return d.clustered(df), nil
}

// ClusteredAUCDifference is the difference of two areas, of a over b less of c
// over d.
func ClusteredAUCDifference(a, b, c, d []Sample) (Clustered, error) {
	if len(a) != len(c) {
		return Clustered{}, ErrShards
	}
	p, df, err := deleteArea(a, b)
	if err != nil {
		return Clustered{}, err
	}
	q, other, err := deleteArea(c, d)
	if err != nil {
		return Clustered{}, err
	}
	out := p.minus(q)
	vp, vq := jackknife(p.shift, p.shards), jackknife(q.shift, q.shards)
	out.DF = min(out.DF, satterthwaite(vp, int(df)+1, vq, int(other)+1))
	return out, nil
}

// deleteArea computes the area without each shard, less the area. With U the
// number of pairs in which a is higher, ties one half, the pairs of a shard are
// those of its a with every b, and of its b with every a, less those of its a
// with its b, which both have.
func deleteArea(a, b []Sample) (d deletions, df float64, err error) {
	if len(a) != len(b) {
		return d, 0, ErrShards
	}
	allA, allB := Pool(a...), Pool(b...)
	n, m := float64(allA.Count()), float64(allB.Count())
	if n == 0 || m == 0 {
		return d, 0, ErrNoRows
	}
	inA, inB := occupied(a), occupied(b)
	if inA < 2 || inB < 2 {
		return d, 0, ErrFewShards
	}
	pairs := twicePairs(allA, allB)
	area := pairs / (2 * n * m)
	d = newDeletions(area, len(a), func(g int) bool { return len(a[g])+len(b[g]) > 0 })
	for g := range a {
		if !d.used[g] {
			continue
		}
		left := pairs - twicePairs(a[g], allB) - twicePairs(allA, b[g]) + twicePairs(a[g], b[g])
		na, mb := n-float64(a[g].Count()), m-float64(b[g].Count())
		d.shift[g] = left/(2*na*mb) - area
	}
	return d, float64(min(inA, inB) - 1), nil
}

// twicePairs counts, for each copy of a, the copies of b below it twice and
// those equal to it once. It is a sum of integers, exact up to 2^53.
func twicePairs(a, b Sample) float64 {
	var below int64
	pairs := 0.0
	each(a, b, func(_ float64, x, y int64) {
		pairs += float64(float64(x) * float64(2*below+y))
		below += y
	})
	return pairs
}

// occupied counts the shards with rows.
func occupied(shards []Sample) int {
	n := 0
	for _, s := range shards {
		if len(s) > 0 {
			n++
		}
	}
	return n
}
