package config

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// scalar decodes a single value.
func (d *decoder) scalar(n *yaml.Node, v reflect.Value, f field, path string) {
	if n.Kind != yaml.ScalarNode {
		d.mistake(n, path, subject(f)+" must be "+wanted(v.Type(), f)+", not "+describe(n), "")
		return
	}
	switch v.Kind() {
	case reflect.String:
		d.stringValue(n, v, f, path)
	case reflect.Bool:
		if n.Tag != "!!bool" {
			d.mistake(n, path, fmt.Sprintf("%s must be true or false, not %s", subject(f), describe(n)), boolHint(n))
			return
		}
		v.SetBool(strings.EqualFold(n.Value, "true"))
	case reflect.Int, reflect.Int64, reflect.Uint64:
		d.integer(n, v, f, path)
	case reflect.Float64:
		d.float(n, v, f, path)
	default:
		d.mistake(n, path, subject(f)+" cannot be set", "")
	}
}

// wanted says what a value must be.
func wanted(t reflect.Type, f field) string {
	switch {
	case len(f.enum) > 0:
		return either(f.enum)
	case f.decimal:
		return "a number"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	}
	return "text"
}

func boolHint(n *yaml.Node) string {
	switch strings.ToLower(n.Value) {
	case "yes", "y", "on", "1", "true":
		return "write true, without quotes"
	case "no", "n", "off", "0", "false":
		return "write false, without quotes"
	}
	return ""
}

// stringValue takes a text as it is spelled in the file: 1.0 stays "1.0".
func (d *decoder) stringValue(n *yaml.Node, v reflect.Value, f field, path string) {
	text := n.Value
	switch {
	case f.decimal:
		if _, ok := d.decimal(n, f, path); !ok {
			return
		}
	case n.Tag == "!!bool" && !f.values && len(f.enum) == 0:
		d.mistake(n, path, subject(f)+" must be text, not "+text, `put it in quotes: "`+text+`"`)
		return
	case strings.TrimSpace(text) == "" && !f.values && (f.hasDef || f.required):
		d.mistake(n, path, subject(f)+" is empty", "give a value")
		return
	}
	if d.oneOf(n, f, path, text) {
		v.SetString(text)
	}
}

// integer takes a whole number in decimal digits.
func (d *decoder) integer(n *yaml.Node, v reflect.Value, f field, path string) {
	fail := func(hint string) {
		d.mistake(n, path, fmt.Sprintf("%s must be a whole number, not %s", subject(f), describe(n)), hint)
	}
	if n.Tag != "!!int" || n.Value != strings.TrimLeft(n.Value, "+") || leadingZero(n.Value) {
		hint := ""
		if _, err := strconv.ParseInt(n.Value, 10, 64); err == nil && n.Tag == "!!str" {
			hint = "write it without quotes"
		}
		fail(hint)
		return
	}
	if len(f.enum) > 0 && !d.oneOf(n, f, path, n.Value) {
		return
	}
	var err error
	var tooSmall, tooLarge bool
	least, bounded := int64(0), f.min != ""
	if bounded {
		least, _ = strconv.ParseInt(f.min, 10, 64)
	}
	if v.Kind() == reflect.Uint64 {
		var u uint64
		if u, err = strconv.ParseUint(n.Value, 10, 64); err == nil {
			v.SetUint(u)
			tooSmall = bounded && least > 0 && u < uint64(least)
		}
	} else {
		var i int64
		if i, err = strconv.ParseInt(n.Value, 10, v.Type().Bits()); err == nil {
			v.SetInt(i)
			tooSmall = bounded && i < least
			below, err := strconv.ParseInt(f.below, 10, 64)
			tooLarge = err == nil && i >= below
		}
	}
	switch {
	case err != nil && v.Kind() == reflect.Uint64:
		fail("it lies between 0 and 18446744073709551615")
	case err != nil:
		fail("it is too large")
	case tooSmall:
		d.mistake(n, path, fmt.Sprintf("%s must be at least %s, not %s", subject(f), f.min, n.Value), "")
	case tooLarge:
		d.mistake(n, path, fmt.Sprintf("%s must be below %s, not %s", subject(f), f.below, n.Value), "")
	}
}

// leadingZero finds 010, which is eight to some readers of YAML and ten to
// others.
func leadingZero(s string) bool {
	s = strings.TrimPrefix(s, "-")
	return len(s) > 1 && s[0] == '0'
}

// float takes a finite number within its declared bounds.
func (d *decoder) float(n *yaml.Node, v reflect.Value, f field, path string) {
	x, ok := d.decimal(n, f, path)
	if !ok {
		return
	}
	above, errAbove := strconv.ParseFloat(f.above, 64)
	below, errBelow := strconv.ParseFloat(f.below, 64)
	switch {
	case errAbove == nil && errBelow == nil && (x <= above || x >= below):
		d.mistake(n, path, fmt.Sprintf("%s must lie between %s and %s, not %s", subject(f), f.above, f.below, n.Value), "")
	case errAbove == nil && x <= above:
		d.mistake(n, path, fmt.Sprintf("%s must be above %s, not %s", subject(f), f.above, n.Value), "")
	case errBelow == nil && x >= below:
		d.mistake(n, path, fmt.Sprintf("%s must be below %s, not %s", subject(f), f.below, n.Value), "")
	default:
		v.SetFloat(x)
	}
}

// isDecimal is a number that everybody reads alike. The exponent is short so
// that exact arithmetic on it stays small.
func isDecimal(s string) bool {
	const most = 40
	return len(s) <= most && decimalForm(s)
}

// decimalForm is -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][-+]?[0-9]{1,2})?
func decimalForm(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole := digits(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return false
	}
	s = s[whole:]
	if rest, ok := strings.CutPrefix(s, "."); ok {
		n := digits(rest)
		if n == 0 {
			return false
		}
		s = rest[n:]
	}
	if s == "" {
		return true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = s[1:]
	if s != "" && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	return (len(s) == 1 || len(s) == 2) && digits(s) == len(s)
}

// digits counts the digits that a text begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// decimal takes a number that is kept as it is written.
func (d *decoder) decimal(n *yaml.Node, f field, path string) (float64, bool) {
	fail := func(message, hint string) (float64, bool) {
		d.mistake(n, path, subject(f)+" "+message, hint)
		return 0, false
	}
	if n.Kind != yaml.ScalarNode {
		return fail("must be a number, not "+describe(n), "")
	}
	if n.Tag != "!!int" && n.Tag != "!!float" {
		hint := ""
		if isDecimal(n.Value) {
			hint = "write it without quotes"
		} else if strings.Contains(n.Value, "%") {
			hint = "write 80% as 0.8"
		} else if isDecimal(strings.ReplaceAll(n.Value, ",", ".")) {
			hint = "write the decimal with a point"
		}
		return fail("must be a number, not "+describe(n), hint)
	}
	x, err := strconv.ParseFloat(n.Value, 64)
	if strings.HasPrefix(strings.ToLower(strings.TrimLeft(n.Value, "+-")), ".n") ||
		strings.HasPrefix(strings.ToLower(strings.TrimLeft(n.Value, "+-")), ".i") || err == nil && (math.IsInf(x, 0) || math.IsNaN(x)) {
		return fail("must be a finite number, not "+n.Value, "")
	}
	if err != nil || !isDecimal(n.Value) {
		return fail("must be a plain decimal number, not "+quote(n.Value), "such as 0.8, 25 or 1e6")
	}
	return x, true
}
