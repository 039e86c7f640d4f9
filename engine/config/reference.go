package config

import (
	"fmt"
	"reflect"
	"strings"
)

// ReferenceText documents every key of audit.yaml as Markdown, out of the same
// declarations that it is read by.
func ReferenceText(detectors []DetectorDecl) string {
	var b strings.Builder
	b.WriteString("| key | value | default | meaning |\n|---|---|---|---|\n")
	rows(&b, reflect.TypeFor[Audit](), "")
	for _, d := range detectors {
		path := "detectors." + d.Name
		row(&b, path, "mapping", "", d.Doc)
		if d.Params != nil {
			rows(&b, reflect.TypeOf(d.Params), path)
		}
		for _, key := range bareKeys(d) {
			value, def := "a number", ""
			if key == "side" {
				value, def = "both, low", "both"
			}
			row(&b, join(path, key), value, def, limitDoc(key))
		}
		for _, name := range gatedNames(d) {
			m, _ := d.metric(name)
			var keys []string
			for _, key := range gateKeys() {
				if _, ok := d.gated(name, key); ok {
					keys = append(keys, key)
				}
			}
			row(&b, join(path, name), "mapping of "+either(keys), "", m.Doc)
		}
	}
	return b.String()
}

func rows(b *strings.Builder, t reflect.Type, path string) {
	for _, f := range fieldsOf(t) {
		if f.reserved {
			continue
		}
		def := f.def
		if f.required {
			def = "required"
		}
		key := join(path, f.name)
		row(b, key, typeName(f), def, f.doc)
		inner := f.typ
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		switch {
		case f.keyed:
			rows(b, inner.Elem(), join(key, "NAME"))
		case inner.Kind() == reflect.Slice && inner.Elem().Kind() == reflect.Struct && f.name == "joins":
			rows(b, inner.Elem(), key+"[]")
		case inner.Kind() == reflect.Struct && inner != reflect.TypeFor[Ref]() && inner != reflect.TypeFor[Role]() && inner != reflect.TypeFor[Reference]():
			rows(b, inner, key)
		}
	}
}

func row(b *strings.Builder, key, value, def, doc string) {
	if def != "" && def != "required" {
		def = "`" + def + "`"
	}
	fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", key, cell(value), cell(def), cell(doc))
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
