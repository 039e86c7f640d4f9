package config

import (
	"reflect"
	"strconv"

	yaml "go.yaml.in/yaml/v4"
)

// list decodes a YAML list, or a single value where the declaration allows it.
func (d *decoder) list(n *yaml.Node, v reflect.Value, f field, path string) {
	items := n.Content
	if n.Kind != yaml.SequenceNode {
		if !f.one || n.Kind != yaml.ScalarNode {
			d.mistake(n, path, subject(f)+" must be a list, not "+describe(n), "write it in brackets: [a, b]")
			return
		}
		items = []*yaml.Node{n}
	}
	if len(items) == 0 {
		d.mistake(n, path, subject(f)+" is an empty list", "give a value or remove the key")
		return
	}
	out := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		inner := join(path, strconv.Itoa(i))
		if n.Kind == yaml.SequenceNode {
			d.enter(pair{key: item, value: item}, inner)
		}
		d.defaults(out.Index(i))
		d.value(item, out.Index(i), f.element(), inner)
	}
	v.Set(out)
}

// keyed decodes a mapping into a list of structs that have a Name, in the
// order of the file.
func (d *decoder) keyed(n *yaml.Node, v reflect.Value, f field, path string) {
	pairs, ok := d.pairs(n, subject(f), path)
	if !ok {
		return
	}
	if len(pairs) == 0 && len(n.Content) == 0 {
		d.mistake(n, path, subject(f)+" is empty", "give an entry or remove the key")
	}
	out := reflect.MakeSlice(v.Type(), len(pairs), len(pairs))
	for i, p := range pairs {
		inner := join(path, p.name)
		d.enter(p, inner)
		item := out.Index(i)
		d.defaults(item)
		item.FieldByName("Name").SetString(p.name)
		element := f.element()
		element.name = p.name
		d.value(p.value, item, element, inner)
	}
	v.Set(out)
}

// mapping decodes a map of texts.
func (d *decoder) mapping(n *yaml.Node, v reflect.Value, f field, path string) {
	pairs, ok := d.pairs(n, subject(f), path)
	if !ok {
		return
	}
	out := reflect.MakeMap(v.Type())
	for _, p := range pairs {
		inner := join(path, p.name)
		d.enter(p, inner)
		item := reflect.New(v.Type().Elem()).Elem()
		element := f.element()
		element.name = p.name
		d.value(p.value, item, element, inner)
		out.SetMapIndex(reflect.ValueOf(p.name), item)
	}
	v.Set(out)
}
