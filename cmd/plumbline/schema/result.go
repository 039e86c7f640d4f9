// Package schema describes result.json as a JSON Schema, out of the same
// declarations that the document is written from.
package schema

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Result is the JSON Schema of result.json.
func Result() (*jsonschema.Schema, error) {
	return document(reflect.TypeFor[audit.Result](), "result", audit.SchemaVersion, "An audit of automated decisions: what was asked, what was measured, and the verdict.")
}

// Status is the JSON Schema of what plumbline status -o json prints.
func Status() (*jsonschema.Schema, error) {
	return document(reflect.TypeFor[audit.Status](), "status", audit.StatusVersion, "Whether the evidence that an audit's history holds is still good.")
}

// Trend is the JSON Schema of what plumbline trend -o json writes.
func Trend() (*jsonschema.Schema, error) {
	return document(reflect.TypeFor[audit.TrendDocument](), "trend", audit.SchemaVersion, "The indicators of an audit over time, out of its history: every point as known now, and how they are watched.")
}

// document describes a type. Fields that the schema does not name are allowed, because
// a later version may add some.
func document(t reflect.Type, name, version, about string) (*jsonschema.Schema, error) {
	s, err := jsonschema.ForType(t, &jsonschema.ForOptions{TypeSchemas: enums()})
	if err != nil {
		return nil, fmt.Errorf("schema of the %s: %w", name, err)
	}
	describe(s, t)
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title, s.Description = "plumbline "+name, about
	s.Properties["schema_version"].Const = jsonschema.Ptr[any](version)
	return s, nil
}

// enums are the types with a fixed set of values.
func enums() map[reflect.Type]*jsonschema.Schema {
	verdicts := &jsonschema.Schema{Type: "string", Enum: []any{
		audit.Pass, audit.Warn, audit.Fail, audit.Inconclusive, audit.NotApplicable, audit.Error, audit.Ungated, audit.Info}}
	kinds := &jsonschema.Schema{Type: "string", Enum: []any{
		audit.KindValue, audit.KindMissing, audit.KindOverall, audit.KindWorst}}
	statuses := &jsonschema.Schema{Type: "string", Enum: []any{audit.Recorded, audit.FindingAt, audit.Absent, audit.OutsideDuty}}
	states := &jsonschema.Schema{Type: "string", Enum: []any{audit.Assured, audit.Breach, audit.NotResolved}}
	evidence := &jsonschema.Schema{Type: "string"}
	for _, state := range audit.EvidenceStates() {
		evidence.Enum = append(evidence.Enum, state)
	}
	return map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[audit.EvidenceState]():  evidence,
		reflect.TypeFor[audit.KPIState]():       states,
		reflect.TypeFor[audit.EvidenceStatus](): statuses,
		reflect.TypeFor[audit.Verdict]():        verdicts,
		reflect.TypeFor[audit.GroupKind]():      kinds,
	}
}

// describe walks a schema beside its type: it takes descriptions from the doc
// tags, allows fields of later versions, and rules out null for lists, which
// are always written.
func describe(s *jsonschema.Schema, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Slice:
		s.Type, s.Types = "array", nil
		describe(s.Items, t.Elem())
	case reflect.Struct:
		s.AdditionalProperties = nil
		for i := range t.NumField() {
			f := t.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.Anonymous { // its fields are those of s
				promote(s, f)
				describe(s, f.Type)
				continue
			}
			if name == "-" {
				continue
			}
			p := s.Properties[name]
			p.Description = f.Tag.Get("doc")
			describe(p, f.Type)
		}
	}
}

// promote adds to a schema the field of an embedded type that is called as the type
// is: JSON has it, though Go does not promote it.
func promote(s *jsonschema.Schema, embedded reflect.StructField) {
	f, ok := embedded.Type.FieldByName(embedded.Name)
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if !ok || s.Properties[name] != nil {
		return
	}
	if own, err := jsonschema.ForType(f.Type, &jsonschema.ForOptions{TypeSchemas: enums()}); err == nil { // it is part of a type that has a schema
		s.Properties[name] = own
		s.Required = append([]string{name}, s.Required...)
	}
}
