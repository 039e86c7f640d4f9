package config

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
	yaml "go.yaml.in/yaml/v4"
)

// Schema describes audit.yaml to editors, as JSON Schema 2020-12, out of the
// same declarations that it is read by.
func Schema(detectors []DetectorDecl) *jsonschema.Schema {
	s := structSchema(reflect.TypeFor[Audit]())
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title = "audit.yaml"
	s.Description = "an audit of automated decisions by plumbline"
	list := object()
	list.Description = s.Properties["detectors"].Description
	for _, d := range detectors {
		addProperty(list, d.Name, detectorSchema(d))
	}
	s.Properties["detectors"] = list
	return s
}

// DocumentSchema describes a file of another kind, as ParseDocument reads it into
// what v points to. Detectors have their parameters there, and no limits.
func DocumentSchema(v any, detectors []DetectorDecl) *jsonschema.Schema {
	s := structSchema(reflect.TypeOf(v).Elem())
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	if have, ok := s.Properties["detectors"]; ok {
		list := object()
		list.Description = have.Description
		for _, d := range detectors {
			addProperty(list, d.Name, detectorSchema(DetectorDecl{Name: d.Name, Doc: d.Doc, Params: d.Params}))
		}
		s.Properties["detectors"] = list
	}
	return s
}

func object() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "object", Properties: map[string]*jsonschema.Schema{}, AdditionalProperties: never()}
}

// never is the schema that nothing fits.
func never() *jsonschema.Schema { return &jsonschema.Schema{Not: &jsonschema.Schema{}} }

func addProperty(s *jsonschema.Schema, name string, p *jsonschema.Schema) {
	s.Properties[name] = p
	s.PropertyOrder = append(s.PropertyOrder, name)
}

// structSchema is the schema of a struct's mapping.
func structSchema(t reflect.Type) *jsonschema.Schema {
	s := object()
	for _, f := range fieldsOf(t) {
		if f.reserved {
			continue
		}
		p := fieldSchema(f.typ, f)
		p.Description = f.doc
		if f.hasDef {
			p.Default = defaultJSON(f)
		}
		addProperty(s, f.name, p)
		if f.required {
			s.Required = append(s.Required, f.name)
		}
	}
	return s
}

// fieldSchema is the schema of a key's value, in all the forms it may take.
func fieldSchema(t reflect.Type, f field) *jsonschema.Schema {
	if s := customSchema(t); s != nil {
		return s
	}
	switch t.Kind() {
	case reflect.Pointer:
		return fieldSchema(t.Elem(), f)
	case reflect.Struct:
		return formsOf(t)
	case reflect.Slice:
		return sliceSchema(t, f)
	case reflect.Map:
		return &jsonschema.Schema{Type: "object", AdditionalProperties: fieldSchema(t.Elem(), f.element())}
	}
	return scalarSchema(t, f)
}

// formsOf is a struct as a mapping or, where it has one, as its bare value.
func formsOf(t reflect.Type) *jsonschema.Schema {
	s := structSchema(t)
	if t.ConvertibleTo(reflect.TypeFor[Rule]()) || embeds(t, reflect.TypeFor[Rule]()) {
		// A bare column does not say what is positive.
		for _, way := range []string{"positive", "at_least", "above", "when"} {
			s.OneOf = append(s.OneOf, &jsonschema.Schema{Required: []string{way}})
		}
		return s
	}
	if short, ok := shortOf(fieldsOf(t)); ok {
		bare := fieldSchema(short.typ, short)
		if short.typ.Kind() == reflect.Struct { // a column, whose own bare value is its name
			bare = bare.AnyOf[0]
		}
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{bare, s}}
	}
	return s
}

func embeds(t, inner reflect.Type) bool {
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous && f.Type == inner {
			return true
		}
	}
	return false
}

func sliceSchema(t reflect.Type, f field) *jsonschema.Schema {
	element := fieldSchema(t.Elem(), f.element())
	if f.keyed {
		return &jsonschema.Schema{Type: "object", AdditionalProperties: element, MinProperties: jsonschema.Ptr(1)}
	}
	list := &jsonschema.Schema{Type: "array", Items: element, MinItems: jsonschema.Ptr(1)}
	if f.one {
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{fieldSchema(t.Elem(), f.element()), list}}
	}
	return list
}

func scalarSchema(t reflect.Type, f field) *jsonschema.Schema {
	s := &jsonschema.Schema{}
	for _, e := range f.enum {
		s.Enum = append(s.Enum, enumValue(t, e))
	}
	s.Minimum, s.ExclusiveMinimum, s.ExclusiveMaximum = bound(f.min), bound(f.above), bound(f.below)
	switch t.Kind() {
	case reflect.Bool:
		s.Type = "boolean"
	case reflect.Int, reflect.Int64:
		s.Type = "integer"
	case reflect.Uint64:
		s.Type = "integer"
		if s.Minimum == nil {
			s.Minimum = jsonschema.Ptr(0.0)
		}
	case reflect.Float64:
		s.Type = "number"
	default:
		switch {
		case f.decimal:
			s.Type = "number"
		case slices.Contains(f.enum, "null"): // a word, but not to every reader of YAML
			s.Types, s.Enum = []string{"string", "null"}, append(s.Enum, nil)
		case len(f.enum) > 0:
			s.Type = "string"
		case f.values:
			s.Types = []string{"string", "number", "boolean"}
		default: // a column, a window or a title may look like a number
			s.Types = []string{"string", "number"}
		}
	}
	return s
}

func bound(text string) *float64 {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil
	}
	return &x
}

func enumValue(t reflect.Type, text string) any {
	if n, err := strconv.Atoi(text); err == nil && t.Kind() != reflect.String {
		return n
	}
	return text
}

// defaultJSON is a declared default as JSON.
func defaultJSON(f field) json.RawMessage {
	var v any = f.def
	if f.typ.Kind() != reflect.String {
		if err := yaml.Load([]byte(f.def), &v); err != nil {
			return nil
		}
	}
	out, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return out
}

// customSchema is the schema of a type that has YAML forms of its own.
func customSchema(t reflect.Type) *jsonschema.Schema {
	name := func() *jsonschema.Schema { return &jsonschema.Schema{Types: []string{"string", "number"}} }
	value := func() *jsonschema.Schema {
		return &jsonschema.Schema{Types: []string{"string", "number", "boolean"}}
	}
	switch t {
	case reflect.TypeFor[Duration]():
		return &jsonschema.Schema{Type: "string", Pattern: "^[0-9]+[wdhms]$"}
	case reflect.TypeFor[Size]():
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
			{Type: "string", Pattern: "^[0-9]+ ?([KMG]iB|B)$"},
			{Type: "integer", Minimum: jsonschema.Ptr(1.0), Maximum: jsonschema.Ptr(float64(mostBytes))},
		}}
	case reflect.TypeFor[Reference]():
		named := object()
		addProperty(named, "value", value())
		named.Required = []string{"value"}
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{value(), named}}
	case reflect.TypeFor[Keys]():
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
			value(),
			{Type: "array", Items: value(), MinItems: jsonschema.Ptr(1)},
			{Type: "object", AdditionalProperties: value(), MinProperties: jsonschema.Ptr(1)},
		}}
	case reflect.TypeFor[Ranges]():
		return &jsonschema.Schema{Type: "object", AdditionalProperties: name(), MinProperties: jsonschema.Ptr(1)}
	case reflect.TypeFor[KPIOf]():
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
			name(),
			{Type: "array", Items: name(), MinItems: jsonschema.Ptr(1)},
			{Type: "object", AdditionalProperties: &jsonschema.Schema{Type: "number"}, MinProperties: jsonschema.Ptr(1)},
		}}
	case reflect.TypeFor[Inputs]():
		typed := object()
		addProperty(typed, "column", name())
		addProperty(typed, "type", &jsonschema.Schema{Type: "string", Enum: []any{"number", "category"}})
		typed.Required = []string{"column"}
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
			{Type: "array", Items: name(), MinItems: jsonschema.Ptr(1)},
			{Type: "object", AdditionalProperties: &jsonschema.Schema{AnyOf: []*jsonschema.Schema{name(), typed}}, MinProperties: jsonschema.Ptr(1)},
		}}
	case reflect.TypeFor[Detectors]():
		return object()
	}
	return nil
}

// detectorSchema describes a detector's parameters and limits; null stands for
// an empty mapping.
func detectorSchema(d DetectorDecl) *jsonschema.Schema {
	s := object()
	if d.Params != nil {
		s = structSchema(reflect.TypeOf(d.Params))
	}
	if len(s.Required) == 0 {
		s.Type, s.Types = "", []string{"object", "null"}
	}
	s.Description = d.Doc
	for _, key := range bareKeys(d) {
		addProperty(s, key, limitSchema(key, MetricDecl{}))
	}
	for _, name := range gatedNames(d) {
		m, _ := d.metric(name)
		limits := object()
		limits.Description = m.Doc
		limits.MinProperties = jsonschema.Ptr(1)
		for _, key := range gateKeys() {
			if target, ok := d.gated(name, key); ok {
				addProperty(limits, key, limitSchema(key, target))
			}
		}
		addProperty(limits, "side", sideSchema())
		addProperty(s, name, limits)
	}
	return s
}

// bareKeys lists the limits that may stand directly under a detector.
func bareKeys(d DetectorDecl) []string {
	var out []string
	for _, key := range []string{"min_ratio", "max_difference"} {
		if _, ok := d.gated(d.Main, key); ok && d.Main != "" {
			out = append(out, key)
		}
	}
	if len(out) > 0 {
		out = append(out, "side")
	}
	return out
}

// gatedNames lists the names under which limits may stand: metrics, and rates
// by their ratio or difference.
func gatedNames(d DetectorDecl) []string {
	var out []string
	for _, m := range d.Metrics {
		for _, key := range gateKeys() {
			if _, ok := d.gated(m.Name, key); ok && !slices.Contains(out, m.Name) {
				out = append(out, m.Name)
			}
		}
	}
	return out
}

func sideSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Enum: []any{"both", "low"}, Default: json.RawMessage(`"both"`), Description: sideDoc()}
}

func sideDoc() string {
	return "both: too high counts like too low; low: only a disadvantage of the group"
}

// limitSchema is a limit as a number, or as a mapping with a policy of its own.
func limitSchema(key string, m MetricDecl) *jsonschema.Schema {
	if key == "side" {
		return sideSchema()
	}
	mapping, policy := object(), policyField()
	addProperty(mapping, "limit", numberSchema(key, m))
	addProperty(mapping, "policy", scalarSchema(policy.typ, policy))
	mapping.Properties["policy"].Description = policy.doc
	mapping.Required = []string{"limit"}
	return &jsonschema.Schema{Description: limitDoc(key), AnyOf: []*jsonschema.Schema{numberSchema(key, m), mapping}}
}

func numberSchema(key string, m MetricDecl) *jsonschema.Schema {
	scale := m.Scale
	s := &jsonschema.Schema{Type: "number"}
	switch {
	case key == "min_ratio" || key == "min" && scale == "rate":
		s.ExclusiveMinimum, s.Maximum = bound("0"), bound("1")
	case key == "max_difference" || key == "max" && scale == "rate":
		s.Minimum, s.ExclusiveMaximum = bound("0"), bound("1")
	case key == "min" && scale == "difference":
		s.ExclusiveMinimum, s.Maximum = bound("-1"), bound("1")
	case key == "max" && scale == "difference" && m.Gap:
		s.Minimum, s.ExclusiveMaximum = bound("0"), bound("1")
	case key == "max" && scale == "difference":
		s.Minimum, s.ExclusiveMaximum = bound("-1"), bound("1")
	case key == "min" && (scale == "ratio" || scale == "distance"):
		s.ExclusiveMinimum = bound("0")
	case key == "max" && (scale == "ratio" || scale == "distance"):
		s.Minimum = bound("0")
	}
	switch key {
	case "min":
		if s.ExclusiveMinimum == nil {
			s.ExclusiveMinimum = bound(m.Low)
		}
		if s.Maximum == nil {
			s.Maximum = bound(m.High)
		}
	case "max":
		if s.Minimum == nil {
			s.Minimum = bound(m.Low)
		}
		if m.Gap {
			s.Minimum = bound("0")
		}
		if s.ExclusiveMaximum == nil {
			s.ExclusiveMaximum = bound(m.High)
		}
	}
	return s
}

func limitDoc(key string) string {
	switch key {
	case "min_ratio":
		return "least ratio of a group's rate to the reference's"
	case "max_difference":
		return "largest difference between two rates, whatever its sign"
	case "min":
		return "least value"
	case "max":
		return "largest value"
	}
	return sideDoc()
}

// typeName is what a key's value is, for the reference.
func typeName(f field) string {
	t := f.typ
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case len(f.enum) > 0:
		return strings.Join(f.enum, ", ")
	case t == reflect.TypeFor[Duration]():
		return "duration"
	case t == reflect.TypeFor[Size]():
		return "size"
	case t == reflect.TypeFor[Reference]():
		return "value or policy"
	case t == reflect.TypeFor[Keys]():
		return "column, list or mapping"
	case t.Kind() == reflect.Struct:
		if _, ok := shortOf(fieldsOf(t)); ok && !embeds(t, reflect.TypeFor[Rule]()) {
			return "column or mapping"
		}
		return "mapping"
	case f.keyed || t == reflect.TypeFor[Ranges]() || t == reflect.TypeFor[Detectors]() || t.Kind() == reflect.Map:
		return "mapping"
	case t.Kind() == reflect.Slice && f.one:
		return "value or list"
	case t.Kind() == reflect.Slice:
		return "list"
	}
	return wanted(t, f)
}
