package table

import "math"

// Stretch is a part of the number line seen closely, from Low to High: its floats
// are numbered in their order, from 0. A table within a stretch counts the numbers
// of floats instead of the floats. Where even these are too many for exact
// counting, it counts them in buckets, of which each is a smaller stretch. The
// zero value is no stretch.
type Stretch struct{ Low, High float64 }

// Below and Above stand for every finite number that lies outside a stretch. No
// float of a bucket has such a number, or one in the same bucket.
const (
	Below = -1.0
	Above = 1 << 60
)

// StretchOf is the bucket that holds a finite float.
func StretchOf(x float64) Stretch {
	low, high := BucketBounds(x)
	return Stretch{low, high}
}

// Step is the number that a finite float has in the stretch. It is exact for
// stretches of up to 2^53 floats, of which a bucket has 2^43.
func (s Stretch) Step(x float64) float64 {
	switch {
	case x < s.Low:
		return Below
	case x > s.High:
		return Above
	}
	return float64(rank(x) - rank(s.Low))
}

// Number is the float that a step stands for.
func (s Stretch) Number(step float64) float64 { return unrank(rank(s.Low) + int64(step)) }

// Closer is the part of the stretch whose steps are in the bucket of one.
func (s Stretch) Closer(step float64) Stretch {
	low, high := BucketBounds(step)
	return Stretch{s.Number(math.Ceil(low)), s.Number(math.Floor(high))}
}

// rank numbers floats in their order; both zeros are 0.
func rank(x float64) int64 {
	b := int64(math.Float64bits(x) &^ (1 << 63))
	if x < 0 {
		return -b
	}
	return b
}

func unrank(n int64) float64 {
	if n < 0 {
		return -math.Float64frombits(uint64(-n))
	}
	return math.Float64frombits(uint64(n))
}
