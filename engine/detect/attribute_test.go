package detect

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

func TestCrossIsReversible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringOf(rapid.SampledFrom([]rune(`ab*\ `))), 1, 4).Draw(t, "parts")
		if got := Uncross(Cross(parts...), len(parts)); !slices.Equal(got, parts) {
			t.Fatalf("%q became %q", parts, got)
		}
	})
	if got := Cross("Black", `F*\`); got != `Black*F\*\\` {
		t.Error(got)
	}
}

func TestCrossedReferences(t *testing.T) {
	group := func(name, policy, value string) audit.GroupSpec {
		return audit.GroupSpec{Name: name, Reference: audit.Reference{Policy: policy, Value: value}}
	}
	for _, c := range []struct {
		a, b audit.GroupSpec
		want audit.Reference
	}{
		{group("a", "value", "x"), group("b", "value", "y"), audit.Reference{Policy: "value", Value: "x*y"}},
		{group("a", "value", "x"), group("b", "rest", ""), audit.Reference{Policy: "largest"}},
		{group("a", "rest", ""), group("b", "rest", ""), audit.Reference{Policy: "rest"}},
		{group("a", "none", ""), group("b", "none", ""), audit.Reference{Policy: "none"}},
		{group("a", "best", ""), group("b", "best", ""), audit.Reference{Policy: "largest"}},
	} {
		spec := &audit.Spec{Groups: []audit.GroupSpec{c.a, c.b}, Intersections: audit.Intersections{Depth: 2, MinRows: 100}}
		as := Attributes(spec)
		if len(as) != 3 || as[2].Name != "a*b" || as[2].Reference != c.want || as[2].MinRows != 100 {
			t.Errorf("%+v", as)
		}
	}
}

func TestChoose(t *testing.T) {
	groups := []Candidate{{"a", 100, 50}, {"b", 200, 100}, {"c", 10, 9}, {"d", 200, 10}}
	for _, c := range []struct {
		policy, value string
		min           int64
		want          string
	}{
		{"largest", "", 30, "b"}, {"best", "", 30, "b"}, {"best", "", 5, "c"}, {"best", "", 1000, "c"}, {"value", "d", 30, "d"}, {"value", "D", 30, ""}, {"rest", "", 30, ""}, {"none", "", 30, ""},
	} {
		got := Choose(audit.Reference{Policy: c.policy, Value: c.value}, c.min, groups)
		if got == nil && c.want != "" || got != nil && *got != c.want {
			t.Errorf("%s: %v, want %q", c.policy, got, c.want)
		}
	}
	if got := Choose(audit.Reference{Policy: "largest"}, 30, nil); got != nil {
		t.Error(*got)
	}
	if got := Absent("Caucasain", []Candidate{{Name: "African-American"}, {Name: "Caucasian"}}); !strings.Contains(got, `nearest value is "Caucasian"`) {
		t.Error(got)
	}
	if compareRates(1<<62, 1<<62, 1<<62-1, 1<<62) != 1 || compareRates(1, 3, 2, 6) != 0 || compareRates(0, 5, 1, 1<<62) != -1 {
		t.Error("rates are compared inexactly")
	}
}
