package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/spelling"
	yaml "go.yaml.in/yaml/v4"
)

// custom is a type whose YAML form is not that of its fields.
type custom interface {
	decode(d *decoder, n *yaml.Node, f field, path string)
	encode() *yaml.Node // nil to leave the key out
}

// decoder fills the declared structs from a YAML tree and collects mistakes.
type decoder struct {
	text      *text
	detectors []DetectorDecl
	mistakes  Errors
	unlisted  int // mistakes beyond the most that are listed
	// faulty holds the paths at which something is wrong, and every path above
	// them, so that later checks do not report what follows from a mistake.
	faulty map[string]bool
	fields map[reflect.Type][]field
	listed *yaml.Node // what stands under detectors:, which needs the rest first

	root       reflect.Type // of the file
	standalone bool         // the file is no audit, and so gives no roles
}

func newDecoder(t *text, detectors []DetectorDecl) *decoder {
	return &decoder{text: t, detectors: detectors, faulty: map[string]bool{}, fields: map[reflect.Type][]field{}, root: reflect.TypeFor[Audit]()}
}

func (d *decoder) fieldsOf(t reflect.Type) []field {
	f, ok := d.fields[t]
	if !ok {
		f = fieldsOf(t)
		d.fields[t] = f
	}
	return f
}

// mistake notes what is wrong with the value of a node.
func (d *decoder) mistake(n *yaml.Node, path, message, hint string) {
	d.note(n.Line, n.Column, message, hint)
	d.spoil(path)
}

// most is how many mistakes are listed. No person makes more, and a hostile
// file could have a million.
const most = 1000

func (d *decoder) note(line, col int, message, hint string) {
	if len(d.mistakes) == most {
		d.unlisted++
		return
	}
	d.mistakes = append(d.mistakes, d.text.mistake(line, col, message, hint))
}

// all are the mistakes in order of position.
func (d *decoder) all() Errors {
	d.mistakes.sort()
	if d.unlisted > 0 {
		message := fmt.Sprintf("%s more mistakes are not listed", thousands(d.unlisted))
		d.mistakes = append(d.mistakes, Mistake{File: d.text.name, Message: message})
	}
	return d.mistakes
}

// mistakeAt notes what is wrong at a path.
func (d *decoder) mistakeAt(path, message, hint string) {
	p := d.text.find(path)
	d.note(p.line, p.col, message, hint)
	d.spoil(path)
}

func (d *decoder) spoil(path string) {
	for path != "" && !d.faulty[path] {
		d.faulty[path] = true
		path = path[:max(0, strings.LastIndexByte(path, '.'))]
	}
}

// pair is one entry of a mapping.
type pair struct {
	name       string
	key, value *yaml.Node
}

// pairs lists the entries of a mapping; keys that repeat or are not text are
// mistakes. ok is false if the node is no mapping at all.
func (d *decoder) pairs(n *yaml.Node, subject, path string) (out []pair, ok bool) {
	if n.Kind != yaml.MappingNode {
		d.mistake(n, path, subject+" must be a mapping, not "+describe(n), "write it as key: value")
		return nil, false
	}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || isNull(key) {
			d.mistake(key, path, "a key must be text, not "+describe(key), "put it in quotes")
			continue
		}
		if line, seen := first[key.Value]; seen {
			d.mistake(key, path, fmt.Sprintf("key %s is given twice, first on line %d", quote(key.Value), line), "")
			continue
		}
		first[key.Value] = key.Line
		out = append(out, pair{key.Value, key, value})
	}
	return out, true
}

// enter remembers where the value of a key stands.
func (d *decoder) enter(p pair, path string) {
	at := p.key
	if p.value.Kind == yaml.ScalarNode && !isNull(p.value) {
		d.text.places[path] = place{p.value.Line, p.value.Column, p.value}
		return
	}
	d.text.places[path] = place{at.Line, at.Column, nil}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// structure decodes a mapping into a struct.
func (d *decoder) structure(n *yaml.Node, v reflect.Value, f field, path string) {
	fields := d.fieldsOf(v.Type())
	if short, ok := shortOf(fields); ok && n.Kind == yaml.ScalarNode {
		short.name = f.name
		d.value(n, v.FieldByIndex(short.index), short, path)
		return
	}
	pairs, ok := d.pairs(n, subject(f), path)
	if !ok {
		return
	}
	d.keys(n, pairs, v, fields, path, names(fields))
}

// keys decodes the entries of a mapping into a struct. known are all the words
// that may stand there, for the hint.
func (d *decoder) keys(n *yaml.Node, pairs []pair, v reflect.Value, fields []field, path string, known []string) {
	given := map[string]bool{}
	for _, p := range pairs {
		f, ok := lookup(fields, p.name)
		switch {
		case !ok:
			d.unknown(p, path, known)
			d.meant(p, pairs, v, fields, path)
		case f.reserved:
			d.mistake(p.key, "", quote(p.name)+" is not available in this version", "")
		default:
			given[p.name] = true
			inner := join(path, p.name)
			d.enter(p, inner)
			d.value(p.value, v.FieldByIndex(f.index), f, inner)
		}
	}
	for _, f := range fields {
		if f.required && !given[f.name] && !d.faulty[join(path, f.name)] {
			d.missing(n, f, path)
		}
	}
}

func (d *decoder) missing(n *yaml.Node, f field, path string) {
	message := "required key " + quote(f.name) + " is missing"
	if p := d.text.find(path); path != "" && p.line > 0 {
		d.mistakeAt(path, message, f.name+": "+f.doc)
		return
	}
	d.mistake(n, join(path, f.name), message, f.name+": "+f.doc)
}

// unknown notes a key that is not declared. What it was probably meant to be
// counts as given, though faulty.
func (d *decoder) unknown(p pair, path string, known []string) {
	hint := ""
	if len(d.mistakes) == most {
		// no hint: nobody will see it
	} else if near := spelling.Nearest(p.name, known); near != "" {
		hint = "did you mean " + quote(near) + "?"
		d.spoil(join(path, near))
	} else if sections := homes(d.root, "", p.name); len(sections) == 1 && sections[0] != path {
		hint = "it belongs under " + sections[0]
		d.spoil(join(sections[0], p.name))
	} else if _, ok := lookup(d.fieldsOf(d.root), p.name); ok && path != "" {
		hint = "it belongs at the top level, without indentation"
		d.spoil(p.name)
	} else if len(known) > 0 && len(known) <= 20 {
		hint = "known here: " + strings.Join(known, ", ")
	}
	d.mistake(p.key, "", "unknown key "+quote(p.name), hint)
}

// meant decodes a misspelled section as the one it was probably meant to be,
// so that what is wrong inside it is reported at once too.
func (d *decoder) meant(p pair, pairs []pair, v reflect.Value, fields []field, path string) {
	near := spelling.Nearest(p.name, names(fields))
	f, ok := lookup(fields, near)
	if !ok || slices.ContainsFunc(pairs, func(o pair) bool { return o.name == near }) {
		return
	}
	kind := f.typ.Kind()
	if p.value.Kind != yaml.MappingNode || kind != reflect.Struct && kind != reflect.Pointer && !f.keyed {
		return
	}
	inner := join(path, near)
	d.enter(p, inner)
	d.value(p.value, v.FieldByIndex(f.index), f, inner)
}

// value decodes a node into a value of any declared type.
func (d *decoder) value(n *yaml.Node, v reflect.Value, f field, path string) {
	if c, ok := v.Addr().Interface().(custom); ok {
		c.decode(d, n, f, path)
		return
	}
	// missing_column: null is a word, not the absence of one.
	if isNull(n) && !slices.Contains(f.enum, n.Value) {
		hint := "give one or remove the key"
		if f.values {
			hint = `for the text "` + n.Value + `", put it in quotes`
		}
		d.mistake(n, path, subject(f)+" has no value", hint)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.defaults(v.Elem())
		d.value(n, v.Elem(), f, path)
	case reflect.Struct:
		d.structure(n, v, f, path)
	case reflect.Slice:
		if f.keyed {
			d.keyed(n, v, f, path)
		} else {
			d.list(n, v, f, path)
		}
	case reflect.Map:
		d.mapping(n, v, f, path)
	default:
		d.scalar(n, v, f, path)
	}
}

// defaults fills a value with what its declaration says for absent keys.
func (d *decoder) defaults(v reflect.Value) {
	if v.Kind() != reflect.Struct {
		return
	}
	for _, f := range d.fieldsOf(v.Type()) {
		if f.reserved {
			continue
		}
		inner := v.FieldByIndex(f.index)
		switch {
		case !f.hasDef:
			d.defaults(inner)
		case inner.Kind() == reflect.String:
			inner.SetString(f.def)
		default:
			var doc yaml.Node
			if yaml.Load([]byte(f.def), &doc) == nil && len(doc.Content) == 1 {
				d.value(doc.Content[0], inner, f, "")
			}
		}
	}
}

func subject(f field) string {
	if f.name == "" {
		return "audit.yaml"
	}
	return quote(f.name)
}

// describe names the kind of a node.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if isNull(n) {
		return "empty"
	}
	return quote(n.Value)
}

// oneOf checks an enumeration.
func (d *decoder) oneOf(n *yaml.Node, f field, path, text string) bool {
	switch {
	case len(f.enum) == 0 || slices.Contains(f.enum, text):
		return true
	case slices.Contains(f.later, text):
		d.mistake(n, path, fmt.Sprintf("%s: %s is not available in this version", f.name, text), "")
		return false
	}
	shown, hint := quote(text), didYouMean(text, f.enum)
	if n.Tag == "!!int" {
		shown, hint = text, ""
	}
	d.mistake(n, path, fmt.Sprintf("%s must be %s, not %s", subject(f), either(f.enum), shown), hint)
	return false
}
