package reports

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
)

// round15 keeps 15 significant decimal digits, the most that every float64
// carries through text and back. Minus zero becomes zero.
func round15(x float64) float64 {
	if x == math.Trunc(x) && math.Abs(x) < 1e15 {
		return x + 0
	}
	var room [32]byte
	y, err := strconv.ParseFloat(string(strconv.AppendFloat(room[:0], x, 'g', 15, 64)), 64)
	if err != nil || y == 0 { // the largest floats round up beyond the range
		return x + 0
	}
	return y
}

// rounded copies a value with every float rounded. A number that JSON cannot hold
// is an error that names its place.
func rounded(v reflect.Value, place string) (reflect.Value, error) {
	out := reflect.New(v.Type()).Elem()
	if bad := (rounder{}).into(out, v); bad != nil {
		return v, bad.in(place).fault()
	}
	return out, nil
}

// rounder remembers which types need more than to be copied as they are.
type rounder map[reflect.Type]shape

// shape is what there is to do for a type.
type shape struct {
	deep   bool
	fields []int // of a struct, that are deep
}

// unwritable is a number that JSON cannot hold.
type unwritable struct {
	place string // within what was looked at
	x     float64
}

func (u *unwritable) fault() error {
	return fmt.Errorf("%s is %v; a number without a value must be null", u.place, u.x)
}

func (u *unwritable) in(place string) *unwritable {
	if u != nil {
		u.place = place + u.place
	}
	return u
}

// into copies src to dst and rounds.
func (r rounder) into(dst, src reflect.Value) *unwritable {
	dst.Set(src)
	known := r.of(src.Type())
	if !known.deep {
		return nil
	}
	switch src.Kind() {
	case reflect.Float64:
		x := src.Float()
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return &unwritable{x: x}
		}
		dst.SetFloat(round15(x))
	case reflect.Pointer:
		if !src.IsNil() {
			dst.Set(reflect.New(src.Type().Elem()))
			return r.into(dst.Elem(), src.Elem())
		}
	case reflect.Interface:
		if !src.IsNil() && r.of(src.Elem().Type()).deep {
			e := reflect.New(src.Elem().Type()).Elem()
			bad := r.into(e, src.Elem())
			dst.Set(e)
			return bad
		}
	case reflect.Struct:
		for _, i := range known.fields {
			if bad := r.into(dst.Field(i), src.Field(i)); bad != nil {
				return bad.in("." + fieldName(src.Type().Field(i)))
			}
		}
	case reflect.Slice:
		if src.IsNil() {
			return nil
		}
		if cells, ok := src.Interface().([]any); ok {
			return r.cells(dst, cells)
		}
		dst.Set(reflect.MakeSlice(src.Type(), src.Len(), src.Len()))
		for i := range src.Len() {
			if bad := r.into(dst.Index(i), src.Index(i)); bad != nil {
				return bad.in("[" + strconv.Itoa(i) + "]")
			}
		}
	}
	return nil
}

// cells copies a row of a table, of which there may be many.
func (r rounder) cells(dst reflect.Value, src []any) *unwritable {
	out := make([]any, len(src))
	dst.Set(reflect.ValueOf(out))
	for i, v := range src {
		switch v.(type) {
		case nil, string, bool, int, int64:
			out[i] = v
		default:
			if bad := r.into(dst.Index(i), reflect.ValueOf(&src[i]).Elem()); bad != nil {
				return bad.in("[" + strconv.Itoa(i) + "]")
			}
		}
	}
	return nil
}

// of tells whether a type may hold floats, or structs in a slice, which the copy
// must not share.
func (r rounder) of(t reflect.Type) shape {
	if known, ok := r[t]; ok {
		return known
	}
	var s shape
	switch t.Kind() {
	case reflect.Float64, reflect.Interface:
		s.deep = true
	case reflect.Pointer:
		s.deep = r.of(t.Elem()).deep
	case reflect.Slice:
		s.deep = t.Elem().Kind() == reflect.Struct || r.of(t.Elem()).deep
	case reflect.Struct:
		for i := range t.NumField() {
			if r.of(t.Field(i).Type).deep {
				s.fields = append(s.fields, i)
			}
		}
		s.deep = len(s.fields) > 0
	}
	r[t] = s
	return s
}
