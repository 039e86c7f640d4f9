package stat

import "math"

// Tallied is rows that are alike in all regressors, which are 0 or 1: how many, the
// sum of their outcomes and of these squared, and their shard of people.
type Tallied struct {
	On    []int // regressors that are 1, each once
	N     float64
	Y, YY float64
	Shard int
}

// Regression is a least-squares fit of an outcome on regressors that are 0 or 1.
type Regression struct {
	Coefficients []float64
	Dropped      []bool // regressors that follow from earlier ones, whose coefficient is 0

	cells     []Tallied
	inverse   [][]float64
	rank      int
	clustered bool
}

// dependent is how much of a regressor has to be its own for it to stay.
const dependent = 1e-9

// Regress fits by the normal equations, with the sweep operator (Goodnight 1979, The
// American Statistician 33, 149-158): a regressor that follows from those before it is
// dropped. clustered asks for errors that follow shards.
func Regress(cells []Tallied, regressors int, clustered bool) (Regression, error) {
	r := Regression{Coefficients: make([]float64, regressors), Dropped: make([]bool, regressors), cells: cells, clustered: clustered}
	a, y, n := make([][]float64, regressors), make([]float64, regressors), 0.0
	for i := range a {
		a[i] = make([]float64, regressors)
	}
	for _, c := range cells {
		n += c.N
		for _, i := range c.On {
			y[i] += c.Y
			for _, j := range c.On {
				a[i][j] += c.N
			}
		}
	}
	if !(n > 0) {
		return r, ErrNoRows
	}
	own := make([]float64, regressors)
	for i := range a {
		own[i] = a[i][i]
	}
	for k := range a {
		if a[k][k] <= dependent*own[k] || own[k] == 0 {
			r.Dropped[k] = true
			continue
		}
		sweep(a, k, r.Dropped)
		r.rank++
	}
	if n <= float64(r.rank) {
		return r, ErrFewRows
	}
	r.inverse = a
	for i := range a {
		if r.Dropped[i] {
			continue
		}
		for j := range a {
			if !r.Dropped[j] {
				r.Coefficients[i] += float64(a[i][j] * y[j])
			}
		}
	}
	return r, nil
}

// sweep turns the part of a matrix that was swept into its inverse.
func sweep(a [][]float64, k int, dropped []bool) {
	d := a[k][k]
	for j := range a {
		a[k][j] /= d
	}
	for i := range a {
		if i == k || dropped[i] {
			continue
		}
		b := a[i][k]
		for j := range a {
			a[i][j] -= float64(b * a[k][j])
		}
		a[i][k] = -b / d
	}
	a[k][k] = 1 / d
}

// Of is a coefficient with a variance that allows for unequal ones of rows, HC1
// (MacKinnon and White 1985), or, clustered, for rows of one shard that are alike, CR1
// (Liang and Zeger 1986; Cameron and Miller 2015, Journal of Human Resources 50,
// 317-372).
func (r Regression) Of(at int) (Clustered, error) {
	if r.Dropped[at] || !r.estimable(at) {
		return Clustered{}, ErrUndefined
	}
	var n, rows float64
	shards := map[int]float64{}
	for _, c := range r.cells {
		weight, fit := 0.0, 0.0
		for _, i := range c.On {
			if !r.Dropped[i] {
				weight, fit = weight+r.inverse[at][i], fit+r.Coefficients[i]
			}
		}
		n += c.N
		rows += float64(weight*weight) * max(0, c.YY-float64(2*fit*c.Y)+float64(fit*fit)*c.N)
		shards[c.Shard] += float64(weight * (c.Y - float64(fit*c.N)))
	}
	out := Clustered{Estimate: r.Coefficients[at], DF: n - float64(r.rank)}
	if !r.clustered {
		out.Variance = rows * n / (n - float64(r.rank))
		return out, nil
	}
	g := float64(len(shards))
	if g < 2 {
		return out, ErrFewShards
	}
	total := 0.0
	for i := range maxShard(shards) + 1 {
		total += float64(shards[i] * shards[i])
	}
	out.Variance = total * (g / (g - 1)) * ((n - 1) / (n - float64(r.rank)))
	out.Shards, out.DF = len(shards), g-1
	return out, nil
}

// estimable says that no dropped regressor leans on this one: where one does, the fit
// is the same with another coefficient here (Searle 1971, Linear Models, section 5.4).
func (r Regression) estimable(at int) bool {
	for k, dropped := range r.Dropped {
		if dropped && math.Abs(r.inverse[at][k]) > leaning {
			return false
		}
	}
	return true
}

// leaning is the coefficient from which a regressor follows from another: of 0 and 1
// they are fractions.
const leaning = 1e-6

func maxShard(shards map[int]float64) int {
	most := 0
	for i := range shards {
		most = max(most, i)
	}
	return most
}

// DeleteShards is an estimate with its delete-a-group jackknife variance (Kott 2001):
// of is the estimate without a shard, of -1 with all. Shards without a part in it, and
// those without which it is undefined, are left out.
func DeleteShards(shards int, used func(shard int) bool, of func(without int) (float64, bool)) (Clustered, error) {
	all, ok := of(-1)
	if !ok {
		return Clustered{}, ErrNoRows
	}
	var moved []float64
	for g := range shards {
		if !used(g) {
			continue
		}
		if x, ok := of(g); ok {
			moved = append(moved, x-all)
		}
	}
	if len(moved) < 2 {
		return Clustered{}, ErrFewShards
	}
	v, n := 0.0, float64(len(moved))
	for _, d := range moved {
		v += float64(d * d)
	}
	if v = v * (n - 1) / n; math.IsNaN(v) {
		return Clustered{}, ErrNotFinite
	}
	return Clustered{Estimate: all, Variance: v, Shards: len(moved), DF: n - 1}, nil
}
