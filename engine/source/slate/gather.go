package slate

import "github.com/plumbline-audit/plumbline/engine/source"

// gathered is a vector whose rows are chosen rows of another, with room of its own.
type gathered struct {
	out   source.Vector
	codes []uint32
	ints  []int64
	reals []float64
	valid []bool
	bytes []byte
	ends  []uint32
}

// take chooses rows, each any number of times.
func (g *gathered) take(v *source.Vector, rows []int32) {
	g.out = source.Vector{Type: v.Type}
	if v.Const {
		g.out = *v
		return
	}
	if v.Codes != nil {
		g.codes = pick(g.codes[:0], v.Codes, rows)
		g.out.Codes, g.out.Dict = g.codes, v.Dict
		return
	}
	if v.Valid != nil {
		g.valid = pick(g.valid[:0], v.Valid, rows)
		g.out.Valid = g.valid
	}
	switch v.Type.Kind {
	case source.Null, source.Nested:
	case source.Float:
		g.reals = pick(g.reals[:0], v.Float64s(), rows)
		g.out.Floats = g.reals
	case source.String, source.Binary, source.Decimal:
		g.bytes, g.ends = g.bytes[:0], append(g.ends[:0], 0)
		for _, r := range rows {
			g.bytes = append(g.bytes, v.Strs.At(int(r))...)
			g.ends = append(g.ends, uint32(len(g.bytes)))
		}
		g.out.Strs = source.Strings{Bytes: g.bytes, Offsets: g.ends}
	default:
		g.ints = pick(g.ints[:0], v.Int64s(), rows)
		g.out.Ints = g.ints
	}
}

func pick[T any](out, from []T, rows []int32) []T {
	for _, r := range rows {
		out = append(out, from[r])
	}
	return out
}

// stretch is n entries of a column from the first one on, which stay where they are.
func stretch(v *source.Vector, first, n int) source.Vector {
	out := *v
	switch {
	case v.Codes != nil:
		out.Codes = v.Codes[first : first+n]
	case v.Floats != nil:
		out.Floats = v.Floats[first : first+n]
	default:
		out.Ints = v.Ints[first : first+n]
	}
	if v.Valid != nil {
		out.Valid = v.Valid[first : first+n]
	}
	return out
}
