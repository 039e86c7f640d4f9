package stat

import (
	"math"
	"slices"
	"sort"
)

// Point is a number and how many copies have it.
type Point struct {
	X float64
	N int64
}

// Sample is the numbers of one group of rows as counts per distinct number, in
// rising order, each with at least one copy.
type Sample []Point

// Pool adds samples up, with the count of each number summed.
func Pool(parts ...Sample) Sample {
	total, some := 0, 0
	var last Sample
	for _, p := range parts {
		if len(p) > 0 {
			total, some, last = total+len(p), some+1, p
		}
	}
	if some < 2 {
		return last
	}
	// Neighbors are merged again and again, so that each number is met log2(parts)
	// times: first out of the parts themselves, then back and forth between two
	// rooms.
	from := make(Sample, 0, total)
	ends := make([]int, 0, (some+1)/2)
	var waiting Sample
	for _, p := range parts {
		switch {
		case len(p) == 0:
		case len(waiting) == 0:
			waiting = p
		default:
			from = merged(from, waiting, p)
			ends, waiting = append(ends, len(from)), nil
		}
	}
	if len(waiting) > 0 {
		from = append(from, waiting...)
		ends = append(ends, len(from))
	}
	var to Sample
	if len(ends) > 1 {
		to = make(Sample, 0, len(from))
	}
	for len(ends) > 1 {
		to = to[:0]
		start, n := 0, 0
		for i := 0; i < len(ends); i += 2 {
			if i+1 == len(ends) {
				to = append(to, from[start:ends[i]]...)
			} else {
				next := ends[i+1]
				to = merged(to, from[start:ends[i]], from[ends[i]:next])
				start = next
			}
			ends[n] = len(to)
			n++
		}
		from, to, ends = to, from, ends[:n]
	}
	if len(from) < total/2 {
		return slices.Clone(from)
	}
	return from
}

// merged appends two samples pooled; there is room.
func merged(out, a, b Sample) Sample {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch x, y := a[i], b[j]; {
		case x.X < y.X:
			out = append(out, x)
			i++
		case x.X > y.X:
			out = append(out, y)
			j++
		default:
			out = append(out, Point{x.X, x.N + y.N})
			i, j = i+1, j+1
		}
	}
	return append(append(out, a[i:]...), b[j:]...)
}

// Count is the number of copies.
func (s Sample) Count() int64 {
	var n int64
	for _, p := range s {
		n += p.N
	}
	return n
}

// Mean is Σx/n, by compensated summation; 0 without copies.
func (s Sample) Mean() float64 { return s.mean(s.Count()) }

// mean is that of n copies.
func (s Sample) mean(n int64) float64 {
	if n == 0 {
		return 0
	}
	var sum sum
	for _, p := range s {
		sum.add(float64(p.X * float64(p.N)))
	}
	return sum.value() / float64(n)
}

// Variance is Σ(x-mean)²/(n-less), with less 1 for an estimate and 0 for the
// sample's own variance; 0 where the divisor is not positive. Deviations are
// taken from the mean, so that nothing cancels.
func (s Sample) Variance(less int64) float64 {
	n := s.Count()
	return s.variance(n, s.mean(n), less)
}

// variance is that of n copies around their mean.
func (s Sample) variance(n int64, mean float64, less int64) float64 {
	if n <= less {
		return 0
	}
	var squares, rest sum
	for _, p := range s {
		d := p.X - mean
		squares.add(float64(d*d) * float64(p.N))
		rest.add(float64(d * float64(p.N)))
	}
	r := rest.value()
	return max(0, squares.value()-r*r/float64(n)) / float64(n-less)
}

// At is the number with rank k, 0 <= k < n.
func (s Sample) At(k int64) float64 {
	for _, p := range s {
		if k -= p.N; k < 0 {
			return p.X
		}
	}
	return s[len(s)-1].X
}

// Quantile is the quantile of type 7 of Hyndman and Fan (1996), American
// Statistician 50, 361-365: linear between the order statistics around rank
// (n-1)·q, as NumPy, R and spreadsheets have it by default.
func (s Sample) Quantile(q float64) (float64, error) {
	n := s.Count()
	if n == 0 {
		return 0, ErrNoRows
	}
	h := float64(float64(n-1) * clamp(q, 0, 1))
	k := int64(math.Floor(h))
	low, t := s.At(k), h-math.Floor(h)
	if t == 0 {
		return low, nil
	}
	high := s.At(k + 1)
	if t >= 0.5 { // as NumPy interpolates, so that edges agree to the last bit
		return high - float64((high-low)*(1-t)), nil
	}
	return low + float64((high-low)*t), nil
}

// Quantiles are the quantiles at i/parts for i = 0 to parts.
func (s Sample) Quantiles(parts int) ([]float64, error) {
	out := make([]float64, parts+1)
	for i := range out {
		var err error
		if out[i], err = s.Quantile(float64(i) / float64(parts)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Cut counts the copies between inner edges, the outer bins open. Bins are
// [e, e') by default, and (e, e'] with right.
func (s Sample) Cut(inner []float64, right bool) []int64 {
	out, at := make([]int64, len(inner)+1), 0
	for _, p := range s { // in rising order, so that bins are too
		for at < len(inner) && (inner[at] < p.X || !right && inner[at] == p.X) {
			at++
		}
		out[at] += p.N
	}
	return out
}

// Bin is the index of the bin that x falls into.
func Bin(inner []float64, x float64, right bool) int {
	if right {
		return sort.SearchFloat64s(inner, x)
	}
	return sort.Search(len(inner), func(i int) bool { return inner[i] > x })
}

// Above counts the copies that are at least x.
func (s Sample) Above(x float64) int64 {
	var n int64
	for _, p := range s {
		if p.X >= x {
			n += p.N
		}
	}
	return n
}

// sum adds floats with Neumaier's compensation: in a fixed order the error is
// about one unit in the last place.
type sum struct{ total, lost float64 }

func (s *sum) add(x float64) {
	x = float64(x) // a product is rounded before it is added
	t := s.total + x
	part := t - s.total
	s.lost += (s.total - (t - part)) + (x - part) // what rounding t lost, without a branch (Knuth's TwoSum)
	s.total = t
}

func (s *sum) value() float64 { return s.total + s.lost }
