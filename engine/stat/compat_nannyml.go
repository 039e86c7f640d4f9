package stat

import "math"

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

// NannyMLWasserstein is the Wasserstein distance as NannyML has it: exact for a
// reference below 10,000 rows. Above, the area is that on the grid, where the
// distribution functions are taken at the upper edges, and what lies outside
// adds the area between its own distribution function and the range's end. Both
// count one row too many outside, and the range is then shifted by it as well.
func NannyMLWasserstein(ref, cur Sample) (float64, error) {
	n, m := ref.Count(), cur.Count()
	if n == 0 || m == 0 {
		return 0, ErrNoRows
	}
	if n < nannyGrid {
		return Wasserstein(ref, cur)
	}
	e := EqualEdges(ref[0].X, ref[len(ref)-1].X, nannyGrid)
	x, y := ref.Histogram(e), cur.Histogram(e)
	var below, above Sample
	for _, p := range cur {
		switch {
		case p.X < e[0]:
			below = append(below, p)
		case p.X > e[nannyGrid]:
			above = append(above, p)
		}
	}
	var area sum
	shift := 0.0
	if k := below.Count(); k > 0 {
		shift = float64(k+1) / float64(m)
		below = append(below, Point{e[0], 1})
		area.add(float64(belowCurve(below) * shift))
	}
	if k := above.Count(); k > 0 {
		above = append(Sample{{e[nannyGrid], 1}}, above...)
		width := above[len(above)-1].X - above[0].X
		area.add(float64((width - belowCurve(above)) * (float64(k+1) / float64(m))))
	}
	of, in := int64(0), int64(0)
	var apart sum
	for i := range e[:nannyGrid] {
		of, in = of+x[i], in+y[i]
		apart.add(math.Abs(float64(of)/float64(n) - (float64(in)/float64(m) + shift)))
	}
	area.add(float64(apart.value() * (e[1] - e[0])))
	return area.value(), nil
}

// belowCurve is the area under a distribution function between its first and
// its last number.
func belowCurve(s Sample) float64 {
	var area sum
	n, at := float64(s.Count()), int64(0)
	for i, p := range s[:len(s)-1] {
		at += p.N
		area.add(float64(float64(at) / n * (s[i+1].X - p.X)))
	}
	return area.value()
}

// NannyMLThreshold is NannyML's upper limit of a method: three standard
// deviations above the mean of its values on the chunks of the reference, each
// compared with the whole reference, which holds it. A method that cannot
// exceed a value, such as 1, has no limit above.
func NannyMLThreshold(values []float64, most float64) (float64, error) {
	if len(values) == 0 {
		return 0, ErrNoRows
	}
	var all, squares sum
	for _, v := range values {
		all.add(v)
	}
	mean := all.value() / float64(len(values))
	for _, v := range values {
		squares.add(float64((v - mean) * (v - mean)))
	}
	return min(most, mean+float64(3*math.Sqrt(squares.value()/float64(len(values))))), nil
}
