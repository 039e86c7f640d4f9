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
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 15, 64), 64)
	if err != nil || y == 0 { // the largest floats round up beyond the range
		return x + 0
	}
	return y
}

// rounded copies v with every float rounded. A number that JSON cannot hold is
// an error that names its place.
func rounded(v reflect.Value, place string) (reflect.Value, error) {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.Float64:
		x := v.Float()
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return v, fmt.Errorf("%s is %v; a number without a value must be null", place, x)
		}
		out.SetFloat(round15(x))
		return out, nil
	case reflect.Pointer, reflect.Interface:
		return roundedElem(v, out, place)
	case reflect.Struct:
		for i := range v.NumField() {
			if err := into(out.Field(i), v.Field(i), place+"."+fieldName(v.Type().Field(i))); err != nil {
				return v, err
			}
		}
		return out, nil
	case reflect.Slice:
		if v.IsNil() {
			return v, nil
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			if err := into(out.Index(i), v.Index(i), place+"["+strconv.Itoa(i)+"]"); err != nil {
				return v, err
			}
		}
		return out, nil
	}
	return v, nil
}

// roundedElem follows a pointer or an interface.
func roundedElem(v, out reflect.Value, place string) (reflect.Value, error) {
	if v.IsNil() {
		return v, nil
	}
	e, err := rounded(v.Elem(), place)
	if err != nil {
		return v, err
	}
	if v.Kind() == reflect.Interface {
		out.Set(e)
		return out, nil
	}
	p := reflect.New(e.Type())
	p.Elem().Set(e)
	return p, nil
}

func into(dst, src reflect.Value, place string) error {
	r, err := rounded(src, place)
	if err == nil {
		dst.Set(r)
	}
	return err
}
