package config

import (
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Digits are numbers, unless the audit says that they are names.
func TestHoldsNumbers(t *testing.T) {
	digits := []string{"1", "2", "", "3"}
	for _, c := range []struct {
		t    source.Type
		role Role
		want bool
	}{
		{source.Type{Kind: source.String, Text: true}, Role{}, true},
		{source.Type{Kind: source.String, Text: true}, Role{Type: "number"}, true},
		{source.Type{Kind: source.String, Text: true}, Role{Type: "text"}, false},
		{source.Type{Kind: source.Int}, Role{Type: "text"}, false},
		{source.Type{Kind: source.Int}, Role{}, true},
	} {
		if got := holdsNumbers(c.t, c.role, digits); got != c.want {
			t.Errorf("%+v %+v: %v", c.t, c.role, got)
		}
	}
}
