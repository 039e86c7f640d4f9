package config

import (
	"strings"
	"testing"
)

func TestBaseline(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{every: month, reference: {file: p.json}}", ""},
		{"{reference: {file: p.json}}", ""},
		{"{every: month, reference: {windows: 2008-01}}", ""},
		{"{every: month, reference: {file: p.json, windows: 2008-01}}", `"windows" and "file" exclude each other`},
		{"{every: month, reference: {file: \"\"}}", `"file" is empty`},
		{"{every: month, reference: {fil: p.json}}", `unknown key "fil"`},
		{"{every: month, reference: {}}", "is not a window"},
	} {
		a, errs := parse(outline("time: t\n", "windows: "+c.text+"\n"))
		if c.want == "" && errs != nil || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%s: %v", c.text, errs)
		}
		if errs == nil && a.Windows.Reference.File != a.Spec().Windows.ReferenceFile {
			t.Errorf("%s: %+v", c.text, a.Spec().Windows)
		}
	}
}
