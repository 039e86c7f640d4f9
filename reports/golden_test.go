package reports

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

var update = flag.Bool("update", false, "write the golden files anew")

// render writes a result in a format, and fails the test if that fails.
func render(t testing.TB, format string, r *audit.Result) []byte {
	t.Helper()
	f, ok := Lookup(format)
	if !ok {
		t.Fatalf("no format %q", format)
	}
	var b bytes.Buffer
	if err := f.Write(&b, r); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return b.Bytes()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run the tests with -update to make it", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run the tests with -update and look at the change.\n%s", path, firstDifference(string(got), string(want)))
	}
}

func firstDifference(got, want string) string {
	g, w := bytes.Split([]byte(got), []byte("\n")), bytes.Split([]byte(want), []byte("\n"))
	for i := range min(len(g), len(w)) {
		if !bytes.Equal(g[i], w[i]) {
			return "got  " + string(g[i]) + "\nwant " + string(w[i])
		}
	}
	return "one has more lines"
}

func TestGolden(t *testing.T) {
	for _, name := range []string{"small", "undefined", "empty"} {
		r := fixtures()[name]()
		for _, format := range []string{"json", "csv", "text"} {
			f, _ := Lookup(format)
			golden(t, name+f.Ext, render(t, format, r))
		}
	}
	golden(t, "extreme.txt", render(t, "text", extreme()))
}

// The same result gives the same bytes, and rendering does not change it.
func TestPure(t *testing.T) {
	for name, build := range fixtures() {
		r := build()
		before := render(t, "json", r)
		for _, f := range All() {
			if a, b := render(t, f.Name, r), render(t, f.Name, build()); !bytes.Equal(a, b) {
				t.Errorf("%s of %s differs between two runs", f.Name, name)
			}
		}
		if !bytes.Equal(before, render(t, "json", r)) {
			t.Errorf("rendering changed the result %s", name)
		}
	}
}
