package stat

import "math"

// Distinct counts every number of two samples as a category of its own, in
// rising order.
func Distinct(a, b Sample) (x, y []int64) {
	each(a, b, func(_ float64, i, j int64) { x, y = append(x, i), append(y, j) })
	return x, y
}

// EvidentlyBins are the counts that Evidently 0.7 compares for PSI, KL and
// Jensen-Shannon: Sturges edges of both samples together, or every number by
// itself while the reference has at most 20.
func EvidentlyBins(ref, cur Sample) (x, y []int64) {
	if len(ref) <= 20 {
		return Distinct(ref, cur)
	}
	e := SturgesEdges(Pool(ref, cur))
	inside := len(e) - 1 // nothing lies outside
	return ref.Histogram(e)[:inside], cur.Histogram(e)[:inside]
}

// Evidently holds scores by the test functions of Evidently 0.7.
type Evidently struct{ PSI, KL, JensenShannon, Hellinger float64 }

// EvidentlyCategories are the scores of two tables: PSI and KL with its fill of
// empty shares, the Jensen-Shannon distance in nats.
func EvidentlyCategories(ref, cur []int64) (Evidently, error) {
	d, err := Compare(ref, cur, 0)
	if err != nil {
		return Evidently{}, err
	}
	p, q := evidentlyFill(ref), evidentlyFill(cur)
	var psi, kl, sumP, sumQ sum
	for i := range p {
		sumP.add(p[i])
		sumQ.add(q[i])
	}
	for i := range p {
		psi.add(float64((p[i] - q[i]) * math.Log(p[i]/q[i])))
		x, y := p[i]/sumP.value(), q[i]/sumQ.value()
		kl.add(float64(x * math.Log(x/y)))
	}
	return Evidently{psi.value(), kl.value(), math.Sqrt(d.JensenShannon * math.Ln2), d.Hellinger}, nil
}

// EvidentlyNumbers are the scores of two samples. Hellinger bins the distinct
// numbers of both by Sturges, whatever their counts.
func EvidentlyNumbers(ref, cur Sample) (Evidently, error) {
	if len(ref) == 0 || len(cur) == 0 {
		return Evidently{}, ErrNoRows
	}
	out, err := EvidentlyCategories(EvidentlyBins(ref, cur))
	if err != nil {
		return out, err
	}
	union := Pool(ref, cur)
	once := make(Sample, len(union))
	for i, p := range union {
		once[i] = Point{p.X, 1}
	}
	e := SturgesEdges(once)
	d, err := Compare(ref.Histogram(e), cur.Histogram(e), 0)
	out.Hellinger = d.Hellinger
	return out, err
}

// evidentlyFill are shares with those of 0 set to 0.0001, or to a millionth of
// the smallest other share if that is not above 0.0001.
func evidentlyFill(counts []int64) []float64 {
	n, least := total(counts), math.Inf(1)
	out := make([]float64, len(counts))
	for i, c := range counts {
		if out[i] = float64(c) / n; c > 0 {
			least = min(least, out[i])
		}
	}
	fill := 0.0001
	if least <= fill {
		fill = least / 1e6
	}
	for i, c := range counts {
		if c == 0 {
			out[i] = fill
		}
	}
	return out
}

// GoodnessOfFit is the chi-square test that takes the reference shares as
// known; a category that the reference lacks makes p 0.
func GoodnessOfFit(ref, cur []int64) (Test, error) {
	n, m := total(ref), total(cur)
	if n == 0 || m == 0 {
		return Test{}, ErrNoRows
	}
	var s sum
	df := -1
	for i := range ref {
		e := float64(ref[i]) * m / n
		switch d := float64(cur[i]) - e; {
		case ref[i] == 0 && cur[i] == 0:
			continue
		case ref[i] == 0:
			return Test{math.Inf(1), 0, MethodChiSquare}, nil
		default:
			s.add(float64(d*d) / e)
		}
		df++
	}
	return Test{s.value(), ChiSquareSF(s.value(), df), MethodChiSquare}, nil
}

// evidentlyFew and evidentlyShort are where Evidently's default changes: the
// number of distinct values, and the rows of the reference.
const (
	evidentlyFew   = 5
	evidentlyShort = 1000
)

// EvidentlyDefault names the test that Evidently chooses when it is told
// nothing, by the rows of the reference and the distinct values of both sides.
func EvidentlyDefault(rows int64, distinct int, numeric bool) string {
	switch {
	case rows > evidentlyShort && numeric && distinct > evidentlyFew:
		return "wasserstein"
	case rows > evidentlyShort:
		return "jensenshannon"
	case numeric && distinct > evidentlyFew:
		return "ks"
	case distinct > 2:
		return "chisquare"
	}
	return "z"
}

// EvidentlyZ is its test of two categories: the pooled z test of the share of
// all categories but the first, its p taken as 2·(1-Φ|z|), which ends near 1e-16.
func EvidentlyZ(ref, cur []int64) (Test, error) {
	n, m := total(ref), total(cur)
	if n == 0 || m == 0 {
		return Test{}, ErrNoRows
	}
	first := 0
	for ref[first]+cur[first] == 0 {
		first++
	}
	p, q := 1-float64(ref[first])/n, 1-float64(cur[first])/m
	pooled := (float64(p*n) + float64(q*m)) / (n + m)
	if pooled == 0 { // one category on both sides
		return Test{0, 1, "z"}, nil
	}
	z := (p - q) / math.Sqrt(pooled*(1-pooled)*(1/n+1/m))
	return Test{z, 2 * (1 - (1 - NormalSF(math.Abs(z)))), "z"}, nil
}
