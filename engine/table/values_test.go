package table

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// anyFloat draws floats of every class, with many repeats.
func anyFloat() *rapid.Generator[float64] {
	return rapid.OneOf(
		rapid.Float64(),
		rapid.Map(rapid.Uint64(), math.Float64frombits),
		rapid.Map(rapid.IntRange(-20, 20), func(i int) float64 { return float64(i) }),
		rapid.Map(rapid.IntRange(0, 100), func(i int) float64 { return float64(i) / 100 }),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64,
			-math.MaxFloat64, math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, 0x1p-1022, 0x1p-1023, 1 << 53}),
	)
}

func finiteFloat() *rapid.Generator[float64] { return anyFloat().Filter(finite) }

// TestExactSum compares the accumulator with arithmetic on whole numbers.
func TestExactSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type term struct {
			x float64
			n int64
		}
		terms := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) term {
			return term{finiteFloat().Draw(t, "x"), rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 1<<53)).Draw(t, "n")}
		}), 0, 30).Draw(t, "terms")
		var whole, part Moments
		var other Moments
		sum, squares := new(big.Float).SetPrec(5000), new(big.Float).SetPrec(9000)
		for i, x := range terms {
			whole.Add(x.x, x.n)
			if i%2 == 0 {
				part.Add(x.x, x.n)
			} else {
				other.AddPoints([]Point{{x.x, Cell{x.n, 1}}})
			}
			term := new(big.Float).SetPrec(5000).Mul(big.NewFloat(x.x), new(big.Float).SetInt64(x.n))
			sum.Add(sum, term)
			term = new(big.Float).SetPrec(9000).Mul(term, big.NewFloat(x.x))
			squares.Add(squares, term)
		}
		other.Merge(&part)
		want, _ := sum.Float64()
		want2, _ := squares.Float64()
		for _, m := range []*Moments{&whole, &other} {
			if got := m.Sum.Float64(); got != want {
				t.Fatalf("sum %v, want %v", got, want)
			}
			if got := m.Squares.Float64(); got != want2 {
				t.Fatalf("sum of squares %v, want %v", got, want2)
			}
		}
	})
}

// TestExactSumCancels holds that nothing is left of numbers that cancel.
func TestExactSumCancels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs := rapid.SliceOf(finiteFloat()).Draw(t, "xs")
		var s ExactSum
		for _, x := range xs {
			s.Add(x, 5)
		}
		for _, x := range xs {
			s.Add(-x, 2)
			s.Add(x, -3)
		}
		s.normalize()
		if s.Float64() != 0 || len(s.digits) != 0 {
			t.Fatalf("left: %v", s)
		}
	})
}

func TestBuckets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := finiteFloat().Draw(t, "x"), finiteFloat().Draw(t, "y")
		if x > y {
			x, y = y, x
		}
		if bucketOf(x) > bucketOf(y) || Bucket(x) > Bucket(y) {
			t.Fatal("buckets are not in the order of numbers")
		}
		low, high := BucketBounds(x)
		if x < low || x > high || Bucket(low) != Bucket(x) || Bucket(high) != Bucket(x) || Bucket(Bucket(x)) != Bucket(x) {
			t.Fatalf("%v: bucket %v..%v, middle %v", x, low, high, Bucket(x))
		}
		if math.Abs(x) >= 0x1p-1022 && high-low >= BucketWidth*min(math.Abs(low), math.Abs(high)) {
			t.Fatalf("%v: bucket %v..%v is too wide", x, low, high)
		}
		if Bucket(-x) != -Bucket(x) {
			t.Fatalf("%v: not symmetric", x)
		}
	})
}
