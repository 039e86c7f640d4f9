package config

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Load reads the configuration at path. The detectors declare what may stand
// under detectors:, and kindDefaults names those that run when the key is
// absent. The error is Errors if the file was read and is wrong; then the
// Audit holds what could be understood.
func Load(path string, detectors []DetectorDecl, kindDefaults func(kind string) []string) (*Audit, error) {
	data, err := read(path)
	if err != nil {
		return nil, err
	}
	a, errs := Parse(path, data, detectors, kindDefaults)
	a.Path, a.Dir = path, filepath.Dir(path)
	if len(errs) > 0 {
		return a, errs
	}
	return a, nil
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, source.Reason(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, largest+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, source.Reason(err))
	}
	return data, nil
}

// Parse reads a configuration from memory; name stands for the file in
// messages. The Audit is never nil, and complete if there are no Errors.
func Parse(name string, data []byte, detectors []DetectorDecl, kindDefaults func(kind string) []string) (*Audit, Errors) {
	t := newText(name, data)
	a := &Audit{Path: name, Dir: filepath.Dir(name), text: t}
	d := newDecoder(t, detectors)
	v := reflect.ValueOf(a).Elem()
	d.defaults(v)
	root, errs := t.parse(data)
	if len(errs) > 0 {
		errs.sort()
		return a, errs
	}
	d.structure(root, v, field{}, "")
	if kindDefaults == nil {
		kindDefaults = func(string) []string { return nil }
	}
	if a.Title == "" {
		a.Title = a.Name
	}
	if a.Model != nil && a.Explain == nil {
		explain := reflect.ValueOf(&Explain{})
		d.defaults(explain.Elem())
		a.Explain = explain.Interface().(*Explain)
	}
	d.slate(a)
	d.predictions(a)
	d.setDetectors(a, kindDefaults)
	(&lint{d, a}).all()
	return a, d.all()
}
