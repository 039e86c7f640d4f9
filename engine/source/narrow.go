package source

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/source/internal/shortest"
)

// Widener widens the numbers of one column that are stored in 32 bits, where
// they are asked for in 64, once per batch. The zero value is ready for use.
type Widener struct {
	ints     []int64 // of the batch, or none
	floats   []float64
	shortest *shortest.Widener
}

// Reset is for the reader to call with every batch.
func (w *Widener) Reset() { w.ints, w.floats = w.ints[:0], w.floats[:0] }

// Int64s are the numbers of a plain vector that Value holds in Int.
func (v *Vector) Int64s() []int64 {
	if v.Narrow == nil {
		return v.Ints
	}
	w := v.Wide
	if len(w.ints) == 0 {
		w.ints = sized(w.ints, len(v.Narrow))
		widen(w.ints, v.Narrow, v.Type.Kind == Uint)
	}
	return w.ints
}

// Float64s is Int64s for Float. A number of 32 bits stands for its shortest
// decimal.
func (v *Vector) Float64s() []float64 {
	if v.Narrow == nil {
		return v.Floats
	}
	w := v.Wide
	if len(w.floats) == 0 {
		if w.shortest == nil {
			w.shortest = new(shortest.Widener)
		}
		w.floats = sized(w.floats, len(v.Narrow))
		w.shortest.Floats(w.floats, v.Narrow)
	}
	return w.floats
}

func widen(dst []int64, narrow []int32, unsigned bool) {
	if unsigned {
		for i, x := range narrow {
			dst[i] = int64(uint32(x))
		}
		return
	}
	for len(dst) >= 8 && len(narrow) >= 8 { // eight take one check of bounds
		d, s := (*[8]int64)(dst), (*[8]int32)(narrow)
		d[0], d[1], d[2], d[3] = int64(s[0]), int64(s[1]), int64(s[2]), int64(s[3])
		d[4], d[5], d[6], d[7] = int64(s[4]), int64(s[5]), int64(s[6]), int64(s[7])
		dst, narrow = dst[8:], narrow[8:]
	}
	for i, x := range narrow {
		dst[i] = int64(x)
	}
}

// narrowValue is row i of a vector of numbers of 32 bits.
func (v *Vector) narrowValue(i int) Value {
	x := v.Narrow[i]
	switch v.Type.Kind {
	case Float:
		if len(v.Wide.floats) > 0 {
			return Value{Kind: Float, Float: v.Wide.floats[i]}
		}
		return Value{Kind: Float, Float: shortest.Single(math.Float32frombits(uint32(x)))}
	case Uint:
		return Value{Kind: Uint, Int: int64(uint32(x))}
	}
	return Value{Kind: v.Type.Kind, Int: int64(x)}
}

func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
