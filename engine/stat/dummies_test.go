package stat

import (
	"math"
	"testing"
)

// regressed are 24 rows of a group, a factor of three levels and five shards.
func regressed() []Tallied {
	y := []float64{0, 11.91, -1.56, -6.26, 6.94, 11.98, -7, -4.19, 9.59, 6.96, -7.62, 2.51, 9.99, .91, -8.72, 6.59, 10.79, -1.86, -7.29, 9.73, 6.29, -6.1, -.95, 13.85}
	out := make([]Tallied, len(y))
	for i, v := range y {
		out[i] = Tallied{On: []int{0}, N: 1, Y: v, YY: v * v, Shard: i % 5}
		if i%2 == 1 {
			out[i].On = append(out[i].On, 1)
		}
		if level := i / 2 % 3; level > 0 {
			out[i].On = append(out[i].On, 1+level)
		}
	}
	return out
}

// statsmodels 0.14 OLS: the coefficient of the group with cov_type HC1 and, by shard,
// cluster.
func TestRegressAgainstStatsmodels(t *testing.T) {
	for _, c := range []struct {
		clustered bool
		error     float64
	}{{false, 3.1115520421665948}, {true, 2.972127210983646}} {
		fit, err := Regress(regressed(), 4, c.clustered)
		if err != nil {
			t.Fatal(err)
		}
		got, err := fit.Of(1)
		if err != nil || math.Abs(got.Estimate-2.9641666666666664) > 1e-12 || math.Abs(math.Sqrt(got.Variance)-c.error) > 1e-12 {
			t.Errorf("clustered %v: %+v (%v), want error %v", c.clustered, got, err, c.error)
		}
	}
}

// Rows that are alike can be added up, and a regressor that follows from others changes
// nothing.
func TestRegressOfSumsAndDependence(t *testing.T) {
	rows := regressed()
	first, err := Regress(rows, 4, true)
	if err != nil {
		t.Fatal(err)
	}
	var twice []Tallied
	for _, c := range rows {
		c.On = append(append([]int{}, c.On...), 4) // as the constant
		c.N, c.Y, c.YY = 2*c.N, 2*c.Y, 2*c.YY
		twice = append(twice, c)
	}
	second, err := Regress(twice, 5, true)
	if err != nil || !second.Dropped[4] {
		t.Fatalf("%v %v", second.Dropped, err)
	}
	for i, b := range first.Coefficients {
		if math.Abs(b-second.Coefficients[i]) > 1e-12 {
			t.Errorf("coefficient %d: %v and %v", i, b, second.Coefficients[i])
		}
	}
	if _, err := second.Of(4); err == nil {
		t.Error("a dropped regressor has a variance")
	}
	if _, err := Regress(nil, 2, false); err == nil {
		t.Error("a fit of no rows")
	}
}

// Of a mean the delete-a-shard jackknife is that of ClusteredMean.
func TestDeleteShardsOfAMean(t *testing.T) {
	shards := []Sums{{N: 3, X: 5}, {N: 1, X: 4}, {}, {N: 2, X: 1}}
	want, err := ClusteredMean(shards)
	if err != nil {
		t.Fatal(err)
	}
	got, err := DeleteShards(len(shards), func(g int) bool { return shards[g].N > 0 }, func(without int) (float64, bool) {
		var n, x float64
		for g, s := range shards {
			if g != without {
				n, x = n+s.N, x+s.X
			}
		}
		return x / n, n > 0
	})
	if err != nil || math.Abs(got.Variance-want.Variance) > 1e-15 || got.Estimate != want.Estimate || got.DF != want.DF {
		t.Errorf("%+v (%v), want %+v", got, err, want)
	}
}
