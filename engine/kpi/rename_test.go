package kpi

import (
	"testing"

	"pgregory.net/rapid"
)

func TestRenamed(t *testing.T) {
	names := map[string]string{"consent": "gdpr_status", "asked": "was asked", "sum": "nothing"}
	for from, want := range map[string]string{
		"consent == 'in' && asked":      "gdpr_status == 'in' && row[\"was asked\"]",
		"consent == 'consent'":          "gdpr_status == 'consent'",
		`consent in ["a\"consent", ""]`: `gdpr_status in ["a\"consent", ""]`,
		"consents > row.consent":        "consents > row.consent",
		"sum(consent)":                  "sum(gdpr_status)",
		"yes(asked)":                    "yes(row[\"was asked\"])",
	} {
		if got := renamed(from, names); got != want {
			t.Errorf("%s: got %s, want %s", from, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		if got := renamed(text, nil); got != text {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

func TestAggregateOf(t *testing.T) {
	for text, want := range map[string]aggregate{
		"sum(cost)":                {"sum", "cost", 4},
		" count( a == ')' ) ":      {"count", "a == ')'", 8},
		"distinct(who)":            {"distinct", "who", 9},
		"sum(a) + sum(b)":          {"", "sum(a) + sum(b)", 0},
		"summer > 1":               {"", "summer > 1", 0},
		"count(a && (b || c) > 1)": {"count", "a && (b || c) > 1", 6},
	} {
		if got := aggregateOf(text); got != want {
			t.Errorf("%q: got %+v, want %+v", text, got, want)
		}
	}
}

func TestSpelled(t *testing.T) {
	const yes = "in ['true', 'True', 'TRUE', 'yes', 'Yes', '1']"
	if got, want := spelled("yes(a) && eyes(b)"), "string(a) "+yes+" && eyes(b)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
