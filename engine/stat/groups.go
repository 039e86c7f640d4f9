package stat

// MethodLikelihoodRatio is the likelihood-ratio test of a table, G.
const MethodLikelihoodRatio = "likelihood-ratio"

// ErrOneGroup is why groups cannot be compared.
const ErrOneGroup Reason = "fewer than two groups have rows"

// ChiSquareGroups is Pearson's test that all groups have one rate, and its
// degrees of freedom, one less than there are groups with rows: Σ(k - n·p)² /
// (n·p(1-p)) with p the rate of all, without continuity correction (Pearson
// 1900). ErrOneGroup when fewer than two groups have rows, ErrNoVariation when
// all rows have the same outcome. Where a group expects fewer than one success
// or failure the chi-square distribution is not good.
func ChiSquareGroups(groups []Count) (t Test, df int, err error) {
	k, n, df, err := margins(groups)
	if err != nil {
		return Test{}, 0, err
	}
	var x sum
	for _, g := range groups {
		if g.N > 0 {
			d := cross(float64(g.K), n, float64(g.N), k) // n·(k - its expected count)
			x.add(float64(d / float64(g.N) * (d / k / (n - k))))
		}
	}
	chi := max(0, x.value())
	return Test{chi, ChiSquareSF(chi, df), MethodChiSquare}, df, nil
}

// LikelihoodRatioGroups is the likelihood-ratio test that all groups have one
// rate, 2Σ observed·log(observed/expected) over the cells, referred to the same
// distribution as ChiSquareGroups (Wilks 1938), with the same reasons.
func LikelihoodRatioGroups(groups []Count) (t Test, df int, err error) {
	k, n, df, err := margins(groups)
	if err != nil {
		return Test{}, 0, err
	}
	var g sum
	for _, c := range groups {
		if c.N > 0 {
			a, m := float64(c.K), float64(c.N)
			d := cross(a, n, m, k) / n // what a differs from expected, and its failures the other way
			g.add(deviance(a, m/n*k, d))
			g.add(deviance(m-a, m/n*(n-k), -d))
		}
	}
	x := max(0, 2*g.value())
	return Test{x, ChiSquareSF(x, df), MethodLikelihoodRatio}, df, nil
}

// margins are the successes and rows of all groups, and the degrees of freedom.
func margins(groups []Count) (k, n float64, df int, err error) {
	var successes, rows int64
	for _, g := range groups {
		switch {
		case g.K < 0 || g.K > g.N:
			return 0, 0, 0, ErrCounts
		case g.N > maxCount-rows:
			return 0, 0, 0, ErrTooLarge
		}
		successes, rows = successes+g.K, rows+g.N
		if g.N > 0 {
			df++
		}
	}
	switch {
	case rows == 0:
		return 0, 0, 0, ErrNoRows
	case df < 2:
		return 0, 0, 0, ErrOneGroup
	case successes == 0 || successes == rows:
		return 0, 0, 0, ErrNoVariation
	}
	return float64(successes), float64(rows), df - 1, nil
}
