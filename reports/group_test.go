package reports

import (
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

func TestGroupName(t *testing.T) {
	for _, c := range []struct {
		attribute, group, name, key string
	}{
		{"age", "[60,inf)", "60 or more", "[60,inf)"},
		{"age", "(-inf,25]", "25 or less", "(-inf,25]"},
		{"age", "(-inf,25)", "under 25", "(-inf,25)"},
		{"age", "[25,60)", "25 to under 60", "[25,60)"},
		{"age", "(25,60]", "over 25 up to 60", "(25,60]"},
		{"age", "(60,inf)", "over 60", "(60,inf)"},
		{"age", "(-inf,inf)", "“(-inf,inf)”", "(-inf,inf)"},
		{"age", "(a,b)", "“(a,b)”", "(a,b)"},
		{"marital", "married", "married", ""},
		{"marital", "", "“”", ""},
		{"marital", "null", "“null”", "null"},
		{"marital*age", "married*[60,inf)", "married × 60 or more", "married*[60,inf)"},
		{"a*b", `x\*y*z\\`, `x*y × z\`, `x\*y*z\\`},
		{"a*b", "no star", "no star", ""},
		{"stars", "4*", "4*", ""},
		{"path", `C:\temp`, `C:\temp`, ""},
	} {
		m := &audit.Measurement{Attribute: c.attribute, Group: &c.group, GroupKind: audit.KindValue, Reference: &c.group}
		if got := groupName(m); got != c.name {
			t.Errorf("%q of %s is called %q, want %q", c.group, c.attribute, got, c.name)
		}
		if got := referenceName(m); got != c.name {
			t.Errorf("the reference %q of %s is called %q, want %q", c.group, c.attribute, got, c.name)
		}
		if got := groupKey(m); got != c.key {
			t.Errorf("the key of %q is %q, want %q", c.group, got, c.key)
		}
	}
	if got := attributeName("marital*age"); got != "marital × age" {
		t.Errorf("the attribute is called %q", got)
	}
}
