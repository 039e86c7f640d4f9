package config

import (
	"bytes"
	"strings"
	"testing"
)

// Whatever the bytes, Parse returns, places every mistake within the file, and
// what it accepts reads back from print as the same audit.
func FuzzParse(f *testing.F) {
	f.Add([]byte(campaign))
	f.Add([]byte(outline("decision: {column: y, above: 1e3, missing: [~]}\nlabel: {when: |\n    a\n  }\n", "windows: {ranges: {a: 2008..2009}}\n")))
	f.Add([]byte("version: 1\nname: [\n"))
	f.Add([]byte("a: &a [*a]\n<<: *a\n? {}\n: !t x\n"))
	f.Add([]byte("version: 1\rname: x\u2028data: {log: \"\\0\"}\n--- {}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, errs := Parse("f", data, decls(), defaultsOf)
		if len(errs) > 0 {
			lines := 2 + bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r")) + bytes.Count(data, []byte("\u0085")) +
				bytes.Count(data, []byte("\u2028")) + bytes.Count(data, []byte("\u2029"))
			for _, m := range errs {
				if m.Line > lines || m.Line < 1 || m.Col < 1 || m.Message == "" || !strings.HasPrefix(m.String(), "f:") {
					t.Errorf("%q: %+v", data, m)
				}
			}
			return
		}
		a.Spec()
		out, err := a.YAML()
		if err != nil {
			t.Fatal(err)
		}
		back, errs := Parse("f", out, decls(), defaultsOf)
		if len(errs) > 0 {
			t.Fatalf("%s\n%s", errs, out)
		}
		if d := differ(a, back); d != "" {
			t.Fatalf("%s\n%s", d, out)
		}
	})
}

func FuzzParseWindow(f *testing.F) {
	for _, id := range []string{"2008", "2008-Q2", "2008-05", "2008-W19", "2008-05-01", "2008-05-01T13+01:00", "2064-12-31", "9999-12-31T23+00:00", "0000-W01", "2008-05-01T13-00:00"} {
		f.Add(id)
	}
	all := zones(f)
	f.Fuzz(func(t *testing.T, id string) {
		for _, loc := range all {
			start, end, err := ParseWindow(id, loc)
			if err != nil {
				continue
			}
			if every, _, _ := readID(id); !start.Before(end) {
				t.Errorf("%s in %s is empty", id, loc)
			} else if again, from, until := WindowOf(every, loc, start); again != id || !from.Equal(start) || !until.Equal(end) {
				t.Errorf("%s in %s reads back as %s", id, loc, again)
			}
		}
	})
}
