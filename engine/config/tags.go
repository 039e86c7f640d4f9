package config

import (
	"reflect"
	"slices"
	"strings"
)

// field is one key of a struct, as its tags declare it.
type field struct {
	name     string
	index    []int
	typ      reflect.Type
	doc      string
	def      string
	hasDef   bool
	enum     []string
	later    []string
	required bool
	short    bool
	one      bool
	keyed    bool
	values   bool
	decimal  bool
	reserved bool
	min      string
	above    string
	below    string
}

// fieldsOf lists the keys of a struct in the order of declaration, those of
// inlined structs in their place.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		key, ok := f.Tag.Lookup("yaml")
		switch {
		case !ok || key == "-":
			continue
		case key == ",inline":
			out = append(out, inlined(f, i)...)
		case f.Tag.Get("reserved") == "true":
			for name := range strings.SplitSeq(key, "|") {
				out = append(out, field{name: name, reserved: true})
			}
		default:
			out = append(out, declared(f, key, i))
		}
	}
	return out
}

func inlined(f reflect.StructField, i int) []field {
	var out []field
	for _, inner := range fieldsOf(f.Type) {
		inner.index = append([]int{i}, inner.index...)
		if f.Tag.Get("required") == "false" {
			inner.required = false
		}
		out = append(out, inner)
	}
	return out
}

func declared(f reflect.StructField, key string, i int) field {
	def, hasDef := f.Tag.Lookup("default")
	is := func(tag string) bool { return f.Tag.Get(tag) == "true" }
	return field{
		name: key, index: []int{i}, typ: f.Type,
		doc: f.Tag.Get("doc"), def: def, hasDef: hasDef,
		enum: split(f.Tag.Get("enum")), later: split(f.Tag.Get("later")),
		required: is("required"), short: is("short"), one: is("one"), keyed: is("keyed"),
		values: is("values"), decimal: is("decimal"),
		min: f.Tag.Get("min"), above: f.Tag.Get("above"), below: f.Tag.Get("below"),
	}
}

// element is the declaration of a list's elements or a mapping's values.
func (f field) element() field {
	return field{name: f.name, typ: f.typ.Elem(), enum: f.enum, later: f.later,
		values: f.values, decimal: f.decimal, min: f.min, above: f.above, below: f.below}
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "|")
}

// names lists the keys that can be written now.
func names(fields []field) []string {
	var out []string
	for _, f := range fields {
		if !f.reserved {
			out = append(out, f.name)
		}
	}
	return out
}

// lookup finds a key by name.
func lookup(fields []field, name string) (field, bool) {
	i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
	if i < 0 {
		return field{}, false
	}
	return fields[i], true
}

// shortOf is the key that a bare value stands for.
func shortOf(fields []field) (field, bool) {
	i := slices.IndexFunc(fields, func(f field) bool { return f.short })
	if i < 0 {
		return field{}, false
	}
	return fields[i], true
}

// homes finds the sections that a key belongs to, for a key written elsewhere:
// "columns" for decision.
func homes(t reflect.Type, path, name string) []string {
	var out []string
	for _, f := range fieldsOf(t) {
		if f.reserved {
			continue
		}
		inner := f.typ
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() != reflect.Struct {
			continue
		}
		section := join(path, f.name)
		if found, ok := lookup(fieldsOf(inner), name); ok && !found.reserved {
			out = append(out, section)
		}
		out = append(out, homes(inner, section, name)...)
	}
	return out
}
