package stat

import (
	"math"
	"sort"
)

// The functions of this file give the numbers of other tools, with their bins,
// fills and bases, so that a reader can see why two tools disagree. None of them
// is a convention of this engine.

// SturgesEdges are NumPy's edges by the rule of Sturges: equal width, from the
// smallest to the largest number.
func SturgesEdges(s Sample) []float64 {
	span := s[len(s)-1].X - s[0].X
	return equalEdges(s, span/(math.Log2(float64(s.Count()))+1))
}

// DoaneEdges are NumPy's edges by the rule of Doane, which adds bins for
// skewness.
func DoaneEdges(s Sample) []float64 {
	n, mean, sd := float64(s.Count()), s.Mean(), math.Sqrt(s.Variance(0))
	width := 0.0
	if n > 2 && sd > 0 {
		var cube sum
		for _, p := range s {
			z := (p.X - mean) / sd
			cube.add(float64(z*z*z) * float64(p.N))
		}
		error := math.Sqrt(6 * (n - 2) / ((n + 1) * (n + 3)))
		width = (s[len(s)-1].X - s[0].X) / (1 + math.Log2(n) + math.Log2(1+math.Abs(cube.value()/n)/error))
	}
	return equalEdges(s, width)
}

func equalEdges(s Sample, width float64) []float64 {
	low, high := s[0].X, s[len(s)-1].X
	bins := 1
	if width > 0 {
		bins = int(math.Ceil((high - low) / width))
	}
	return EqualEdges(low, high, bins)
}

// EqualEdges are bins+1 edges from low to high as NumPy's linspace rounds them;
// a range without width becomes one of width 1.
func EqualEdges(low, high float64, bins int) []float64 {
	if low == high {
		low, high = low-0.5, high+0.5
	}
	out := make([]float64, bins+1)
	step := (high - low) / float64(bins)
	for i := range out {
		out[i] = float64(float64(i)*step) + low
	}
	out[bins] = high
	return out
}

// Histogram counts as NumPy does: bins [e, e'), the last also with its upper
// edge. The last count is what lies outside.
func (s Sample) Histogram(edges []float64) []int64 {
	bins := len(edges) - 1
	out := make([]int64, bins+1)
	for _, p := range s {
		i := sort.Search(len(edges), func(i int) bool { return edges[i] > p.X }) - 1
		switch {
		case p.X == edges[bins]:
			i = bins - 1
		case i < 0 || i >= bins:
			i = bins
		}
		out[i] += p.N
	}
	return out
}

// distinct counts every number of two samples as a category of its own.
func distinct(a, b Sample) (x, y []int64) {
	each(a, b, func(_ float64, i, j int64) { x, y = append(x, i), append(y, j) })
	return x, y
}

// EvidentlyBins are the counts that Evidently 0.7 compares for PSI, KL and
// Jensen-Shannon: Sturges edges of both samples together, or every number by
// itself while the reference has at most 20.
func EvidentlyBins(ref, cur Sample) (x, y []int64) {
	if len(ref) <= 20 {
		return distinct(ref, cur)
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

// Yates is the contingency test with the continuity correction that SciPy
// applies to tables of two categories.
func Yates(ref, cur []int64) (Test, error) {
	d, err := Compare(ref, cur, 0)
	if err != nil || d.DF != 1 {
		return d.Test(), err
	}
	var cells [2][]float64
	for i := range ref {
		if ref[i]+cur[i] > 0 {
			cells[0], cells[1] = append(cells[0], float64(ref[i])), append(cells[1], float64(cur[i]))
		}
	}
	n, m := total(ref), total(cur)
	var s sum
	for _, side := range []struct {
		counts []float64
		size   float64
	}{{cells[0], n}, {cells[1], m}} {
		for i, c := range side.counts {
			e := (cells[0][i] + cells[1][i]) * side.size / (n + m)
			gap := math.Abs(c - e)
			gap -= min(0.5, gap)
			s.add(float64(gap*gap) / e)
		}
	}
	return Test{s.value(), ChiSquareSF(s.value(), 1), MethodChiSquare}, nil
}

// NannyMLBins are the counts that NannyML compares: Doane edges of the
// reference, and one bin for what lies outside.
func NannyMLBins(ref, cur Sample) (x, y []int64, err error) {
	if len(ref) == 0 || len(cur) == 0 {
		return nil, nil, ErrNoRows
	}
	e := DoaneEdges(ref)
	return ref.Histogram(e), cur.Histogram(e), nil
}

// nannyGrid is the reference size from which NannyML compares numbers on a grid
// of as many equal bins of the reference's range.
const nannyGrid = 10_000

// NannyMLKS is the Kolmogorov-Smirnov distance as NannyML has it: exact for a
// reference below 10,000 rows, on a grid above.
func NannyMLKS(ref, cur Sample) (float64, error) {
	k, err := KolmogorovSmirnov(ref, cur)
	if err != nil || k.N < nannyGrid {
		return k.Value, err
	}
	e := EqualEdges(ref[0].X, ref[len(ref)-1].X, nannyGrid)
	x, y := ref.Histogram(e), cur.Histogram(e)
	below, of := int64(0), int64(0)
	for _, p := range cur {
		if p.X < e[0] {
			below += p.N
		}
	}
	largest := 0.0
	for i := range e[:nannyGrid] {
		of, below = of+x[i], below+y[i]
		largest = max(largest, math.Abs(float64(of)/float64(k.N)-float64(below)/float64(k.M)))
	}
	return largest, nil
}
