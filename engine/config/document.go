package config

import (
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Document is a YAML file of another kind than audit.yaml, such as a rule pack,
// read by the same rules: tags declare the keys, every mistake has a place, and
// all are reported at once.
type Document struct {
	d *decoder
}

// ParseDocument decodes a file into what v points to; kind is what the file is
// called in messages. A mapping of detectors with their parameters may stand at the
// top level; what an audit has to give for them is not asked for here.
// With Errors of the syntax alone ok is false, and there is nothing to look at.
func ParseDocument(name, kind string, data []byte, v any, detectors []DetectorDecl) (doc *Document, listed Detectors, ok bool) {
	t := newText(name, data)
	d := newDecoder(t, detectors)
	d.root, d.standalone = reflect.TypeOf(v).Elem(), true
	doc = &Document{d}
	root, errs := t.parse(data)
	if len(errs) > 0 {
		d.mistakes = errs
		return doc, nil, false
	}
	into := reflect.ValueOf(v).Elem()
	d.defaults(into)
	d.structure(root, into, field{name: kind}, "")
	var a Audit
	if d.listed != nil {
		d.setDetectors(&a, nil)
	}
	return doc, a.Detectors, true
}

// Bad notes a mistake at a path such as checks.0.min_ratio.
func (doc *Document) Bad(path, message, hint string) { doc.d.mistakeAt(path, message, hint) }

// Clean tells whether nothing at or under a path is wrong so far.
func (doc *Document) Clean(path string) bool { return !doc.d.faulty[path] }

// Given tells whether the file has the key.
func (doc *Document) Given(path string) bool {
	_, ok := doc.d.text.places[path]
	return ok
}

// Where is the place of a path in messages: pack.yaml:14:7.
func (doc *Document) Where(path string) string {
	p := doc.d.text.find(path)
	return doc.d.text.mistake(p.line, p.col, "", "").Where()
}

// Errors are the mistakes in order of position.
func (doc *Document) Errors() Errors { return doc.d.all() }

// Given tells whether the file has the key, so that a pack does not override what
// somebody wrote down.
func (a *Audit) Given(path string) bool {
	if a.text == nil {
		return false
	}
	_, ok := a.text.places[path]
	return ok
}

// Lacking lists the keys that the audit would have to give for what needs these
// roles.
func (a *Audit) Lacking(roles []string) []string { return (&decoder{}).lacking(a, roles) }

// Decl finds a detector's declaration.
func Decl(detectors []DetectorDecl, name string) (DetectorDecl, bool) {
	return (&decoder{detectors: detectors}).declared(name)
}

// Gated tells whether a metric can be held to a limit of this kind.
func (m MetricDecl) Gated(key string) bool { return slices.Contains(m.Gates, key) }

// Metric finds a metric by its full name.
func (d DetectorDecl) Metric(name string) (MetricDecl, bool) { return d.metric(name) }

// Impossible says what a limit must be, if no data can break it or none can meet
// it, and why.
func Impossible(key string, m MetricDecl, limit string) (wrong, hint string) {
	value, ok := new(big.Rat).SetString(limit)
	if !ok {
		return "", ""
	}
	return impossible(key, m, value)
}

// DidYouMean is a hint with the nearest of the known names, or "".
func DidYouMean(name string, known []string) string { return didYouMean(name, known) }

// WithPack is the audit with a detector that a pack asks for. Parameters that the
// audit gives itself stay; given tells which ones the pack gives.
func (a *Audit) WithPack(wanted Detector, given func(key string) bool) {
	for i, have := range a.Detectors {
		if have.Name != wanted.Name {
			continue
		}
		if have.Params == nil || wanted.Params == nil {
			return
		}
		merged := reflect.New(reflect.TypeOf(have.Params)).Elem()
		merged.Set(reflect.ValueOf(have.Params))
		for _, f := range fieldsOf(merged.Type()) {
			if given(f.name) && !a.Given(join("detectors."+have.Name, f.name)) {
				merged.FieldByIndex(f.index).Set(reflect.ValueOf(wanted.Params).FieldByIndex(f.index))
			}
		}
		a.Detectors = slices.Clone(a.Detectors)
		a.Detectors[i].Params = merged.Interface()
		return
	}
	a.Detectors = append(slices.Clone(a.Detectors), Detector{Name: wanted.Name, Params: wanted.Params})
}

// DefaultParams are a detector's parameters as they are when nothing is said.
func DefaultParams(decl DetectorDecl) any {
	d := newDecoder(newText("", nil), nil)
	return paramsOf(decl, d.params(decl))
}

// checked runs a detector's own check of its parameters.
func checked(params any) error {
	if c, ok := params.(interface{ Check() error }); ok {
		return c.Check()
	}
	return nil
}

// CheckParams checks the parameters of every detector again, after packs have
// added theirs.
func (a *Audit) CheckParams() Errors {
	var out Errors
	for _, d := range a.Detectors {
		if err := checked(d.Params); err != nil {
			out = append(out, a.Mistake("detectors."+d.Name, d.Name+": "+err.Error(), ""))
		}
	}
	return out
}

// packs checks what the configuration alone says about its packs.
func (l *lint) packs() {
	seen := map[string]bool{}
	for i, p := range l.a.Packs {
		path := "packs." + strconv.Itoa(i)
		switch {
		case !l.clean(path):
		case strings.TrimSpace(p.Name) == "":
			l.bad(path, "pack has no name", "see plumbline packs list, or give the path of a file")
		case seen[p.Name]:
			l.bad(path, "pack "+quote(p.Name)+" is listed twice", "")
		}
		seen[p.Name] = true
		for id := range p.NotApplicable {
			if _, both := p.Evidence[id]; both && l.clean(path) {
				l.bad(path+".not_applicable."+id, quote(id)+" is given as evidence and as not applicable", "")
			}
		}
	}
}
