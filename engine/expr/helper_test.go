package expr

import (
	"slices"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
)

func value(v any) source.Value {
	switch v := v.(type) {
	case nil:
		return source.Value{}
	case bool:
		return source.Value{Kind: source.Bool, Int: int64(bit(v))}
	case int:
		return source.Value{Kind: source.Int, Int: int64(v)}
	case int64:
		return source.Value{Kind: source.Int, Int: v}
	case uint64:
		return source.Value{Kind: source.Uint, Int: int64(v)}
	case float64:
		return source.Value{Kind: source.Float, Float: v}
	case string:
		return source.Value{Kind: source.String, Str: v}
	}
	panic("value")
}

// The three forms of a vector.
const (
	plain = iota
	coded
	constant // of the first value
)

func vector(t source.Type, form int, values []any) source.Vector {
	if form == plain {
		return plainVector(t, values)
	}
	v := source.Vector{Type: t, Dict: &source.Dict{Type: t}, Const: form == constant, Codes: []uint32{}}
	if form == constant {
		values = values[:1]
	}
	for i, x := range values {
		v.Codes = append(v.Codes, appendEntry(v.Dict, x, i%3 == 0))
	}
	return v
}

// appendEntry finds or adds a value to a dictionary. Some values are added
// again although they are there, as some writers do.
func appendEntry(d *source.Dict, x any, again bool) uint32 {
	if x == nil {
		return source.NullCode
	}
	v := value(x)
	at := -1
	switch d.Type.Kind {
	case source.Float:
		if at = slices.Index(d.Floats, v.Float); at < 0 || again {
			d.Floats = append(d.Floats, v.Float)
		}
	case source.String, source.Binary, source.Decimal:
		if at = slices.Index(d.Strs, v.Str); at < 0 || again {
			d.Strs = append(d.Strs, v.Str)
		}
	default:
		if at = slices.Index(d.Ints, v.Int); at < 0 || again {
			d.Ints = append(d.Ints, v.Int)
		}
	}
	if at < 0 || again {
		at = d.Len() - 1
	}
	return uint32(at)
}

func plainVector(t source.Type, values []any) source.Vector {
	v := source.Vector{Type: t, Strs: source.Strings{Offsets: []uint32{0}}}
	for _, x := range values {
		x := value(x)
		v.Ints = append(v.Ints, x.Int)
		v.Floats = append(v.Floats, x.Float)
		v.Strs.Bytes = append(v.Strs.Bytes, x.Str...)
		v.Strs.Offsets = append(v.Strs.Offsets, uint32(len(v.Strs.Bytes)))
		v.Valid = append(v.Valid, x.Kind != source.Null)
	}
	if !slices.Contains(v.Valid, false) {
		v.Valid = nil
	}
	switch t.Kind {
	case source.Float:
		v.Ints, v.Strs = nil, source.Strings{}
	case source.String, source.Binary, source.Decimal:
		v.Ints, v.Floats = nil, nil
	default:
		v.Floats, v.Strs = nil, source.Strings{}
	}
	return v
}

func mustCompile(t testing.TB, src string, schema source.Schema) *Program {
	t.Helper()
	p, err := Compile(src, schema)
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	return p
}
