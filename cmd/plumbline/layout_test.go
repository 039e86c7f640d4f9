package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const modulePath = "github.com/plumbline-audit/plumbline/"

// TestImports holds the layout: imports run one way, from the command over
// detectors and reports to the engine, and the result document needs nothing
// but the standard library.
func TestImports(t *testing.T) {
	graph := imports(t, filepath.Join("..", ".."))
	if len(graph) < 8 {
		t.Fatalf("found only %d packages", len(graph))
	}
	for pkg, list := range graph {
		for _, imported := range list {
			if own, ok := strings.CutPrefix(imported, modulePath); ok {
				if !allowed(pkg, own) {
					t.Errorf("%s imports %s", pkg, own)
				}
			} else if pkg == "engine/audit" && strings.Contains(imported, ".") {
				t.Errorf("%s imports %s, but only the standard library is allowed there", pkg, imported)
			}
		}
	}
}

// allowed says whether a package may import another of the module.
func allowed(pkg, imported string) bool {
	top, _, _ := strings.Cut(pkg, "/")
	within := func(roots ...string) bool {
		return slices.ContainsFunc(roots, func(r string) bool { return imported == r || strings.HasPrefix(imported, r+"/") })
	}
	switch top {
	case "cmd", "bench":
		return true
	case "detectors", "explain":
		if pkg == "detectors/detectortest" { // a harness for tests, which runs whole audits
			return within("engine")
		}
		return within(top, "engine/table", "engine/stat", "engine/audit", "engine/pack", "engine/detect")
	case "reports":
		return within("reports", "engine/audit")
	case "engine":
		return within("engine") && imported != "engine" && pkg != "engine/audit"
	}
	return false
}

// imports reads what every package of the module imports, tests aside.
func imports(t *testing.T, root string) map[string][]string {
	t.Helper()
	graph := map[string][]string{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (name == "testdata" || strings.HasPrefix(name, ".") && name != "." && name != "..") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		pkg := path.Clean(filepath.ToSlash(dir))
		list := graph[pkg]
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			list = append(list, imported)
		}
		graph[pkg] = list
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return graph
}
