package scan

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// TestContent compares the sums of one bucket with sums of its numbers.
func TestContent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := rapid.Uint64Range(1, 0x7fefffffffffffff).Draw(t, "bucket") &^ (1<<43 - 1)
		sign := rapid.Uint64Range(0, 1).Draw(t, "sign") << 63
		copies := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 1<<41))
		var c content
		var got, want table.Moments
		x := 0.0
		for range rapid.IntRange(1, 20).Draw(t, "n") {
			x = math.Float64frombits(sign | base | rapid.Uint64Range(1, 1<<43-1).Draw(t, "rest"))
			n := copies.Draw(t, "copies")
			c.add(x, table.Cell{N: n, Rows: 1})
			want.Add(x, n)
		}
		if c.more != nil {
			got.Merge(c.more)
		} else {
			got.AddResidue(table.Bucket(x), c.N, &c.rest)
		}
		if got.Sum.Float64() != want.Sum.Float64() || got.Squares.Float64() != want.Squares.Float64() {
			t.Fatalf("%v, %v; want %v, %v", got.Sum.Float64(), got.Squares.Float64(), want.Sum.Float64(), want.Squares.Float64())
		}
	})
}
