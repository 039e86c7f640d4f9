package source

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/source/internal/shortest"
)

// Widener is a reader's memory for the numbers of one column that are stored
// in 32 bits and asked for in 64. The zero value is ready for use.
type Widener struct {
	ints     []int64
	floats   []float64
	shortest *shortest.Widener
}

// Int64s are the numbers of a plain vector that Value holds in Int. Narrow ones
// are widened when they are first asked for.
func (v *Vector) Int64s() []int64 {
	if v.Ints == nil && v.Narrow != nil {
		w := v.widener()
		w.ints = sized(w.ints, len(v.Narrow))
		widen(w.ints, v.Narrow, v.Type.Kind == Uint)
		v.Ints = w.ints
	}
	return v.Ints
}

// Float64s is Int64s for Float. A number of 32 bits stands for its shortest
// decimal.
func (v *Vector) Float64s() []float64 {
	if v.Floats == nil && v.Narrow != nil {
		w := v.widener()
		w.floats = sized(w.floats, len(v.Narrow))
		if w.shortest == nil {
			w.shortest = new(shortest.Widener)
		}
		w.shortest.Floats(w.floats, v.Narrow)
		v.Floats = w.floats
	}
	return v.Floats
}

func (v *Vector) widener() *Widener {
	if v.Wide == nil {
		v.Wide = new(Widener)
	}
	return v.Wide
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
