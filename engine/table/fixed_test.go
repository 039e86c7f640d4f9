package table

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The sums of a class are those of its numbers, one by one.
func TestFixed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		class := rapid.IntRange(0, FixedClasses-1).Draw(t, "class")
		copies := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 1<<47))
		var f Fixed
		var got, want Moments
		for range rapid.IntRange(1, 60).Draw(t, "n") {
			x := math.Float64frombits(uint64(class)<<fixedShift | rapid.Uint64Range(0, 1<<fixedShift-1).Draw(t, "rest"))
			if !finite(x) {
				continue
			}
			if FixedClass(x) != class {
				t.Fatalf("%v is of class %d, not %d", x, FixedClass(x), class)
			}
			n := copies.Draw(t, "copies")
			f.Add(x, n)
			want.Add(x, n)
		}
		got.AddFixed(class, &f)
		if got.Sum.Float64() != want.Sum.Float64() || got.Squares.Float64() != want.Squares.Float64() {
			t.Fatalf("%v, %v; want %v, %v", got.Sum.Float64(), got.Squares.Float64(), want.Sum.Float64(), want.Squares.Float64())
		}
	})
}
