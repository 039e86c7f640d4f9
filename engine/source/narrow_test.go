package source_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Numbers of 32 bits are what Go's conversions and, for floats, strconv make of
// them, one by one and all at once, also for a copy of the vector.
func TestNarrow(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var wide source.Widener
	for range 300 {
		narrow := make([]int32, 1+r.IntN(40))
		for i := range narrow {
			narrow[i] = int32(r.Uint32()) >> r.IntN(32)
		}
		wide.Reset()
		v := source.Vector{Type: source.Type{Kind: source.Int}, Narrow: narrow, Wide: &wide}
		ints := v.Int64s()
		for i, x := range narrow {
			if ints[i] != int64(x) || v.Value(i) != (source.Value{Kind: source.Int, Int: int64(x)}) {
				t.Fatalf("%d: %d and %v", x, ints[i], v.Value(i))
			}
		}
		wide.Reset()
		v.Type.Kind = source.Uint
		ints = v.Int64s()
		for i, x := range narrow {
			if ints[i] != int64(uint32(x)) || v.Value(i) != (source.Value{Kind: source.Uint, Int: int64(uint32(x))}) {
				t.Fatalf("%d: %d and %v", uint32(x), ints[i], v.Value(i))
			}
		}
		v.Type.Kind = source.Float
		before := make([]source.Value, len(narrow))
		for i := range narrow {
			before[i] = v.Value(i)
		}
		floats, twin := v.Float64s(), v
		for i, x := range narrow {
			f := math.Float32frombits(uint32(x))
			want, err := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'g', -1, 32), 64)
			if err != nil {
				t.Fatal(err)
			}
			for _, got := range []float64{before[i].Float, v.Value(i).Float, floats[i], twin.Float64s()[i]} {
				if got != want && !(f != f && got != got) {
					t.Fatalf("%v: %v, want %v", f, got, want)
				}
			}
		}
	}
}
