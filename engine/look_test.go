package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine"
)

// Keys that the first 10,000 lines of JSON Lines lack are found wherever they come:
// in one file, in the second of several, as the key of a join on either side, in a
// joined table with a prefix or without.
func TestLateKeys(t *testing.T) {
	const early = 10_000
	dir := t.TempDir()
	write := func(name string, line func(i int) string) {
		var b strings.Builder
		for i := range early + 2 {
			b.WriteString(line(i) + "\n")
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	late := func(i int, keys string) string {
		if i < early {
			return ""
		}
		return ", " + keys
	}
	outcome := func(i int) string { return []string{"yes", "no"}[i%2] }
	write("a.jsonl", func(i int) string { return fmt.Sprintf(`{"id": %d, "d": "%s"%s}`, i, outcome(i), late(i, `"g": "a"`)) })
	write("b.jsonl", func(i int) string { return fmt.Sprintf(`{"id": %d, "d": "%s", "g": "b"}`, i, outcome(i)) })
	write("late.jsonl", func(i int) string {
		return fmt.Sprintf(`{"n": %d, "d": "%s"%s}`, i, outcome(i), late(i, fmt.Sprintf(`"id": %d`, i)))
	})
	write("people.jsonl", func(i int) string {
		return fmt.Sprintf(`{"id": %d%s}`, i, late(i, fmt.Sprintf(`"g": "p%d", "person": %d`, i%2, i)))
	})
	const found, rest = "p0 p1 ∅", "columns: {decision: {column: d, positive: ['yes']}, groups: {g: %s}}\ndetectors: {parity: {}}\n"
	for _, c := range []struct{ data, column, want string }{
		{"{log: a.jsonl}", "g", "a ∅"},
		{"{log: [b.jsonl, a.jsonl]}", "g", "a b ∅"},
		{"{log: '[ab].jsonl', missing_column: 'null'}", "g", "a b ∅"},
		{"{log: a.jsonl, joins: [{path: people.jsonl, on: id, prefix: p_}]}", "p_g", found},
		{"{log: a.jsonl, joins: [{path: people.jsonl, on: id, columns: [g], prefix: p_}]}", "p_g", found},
		{"{log: late.jsonl, joins: [{path: people.jsonl, on: id}]}", "g", found},
		{"{log: late.jsonl, joins: [{path: people.jsonl, on: {n: person}}]}", "g", found},
		{"{log: late.jsonl, joins: [{path: people.jsonl, on: id, columns: [g]}]}", "g", found},
	} {
		r, err := attempt(configure(t, dir, c.data, fmt.Sprintf(rest, c.column)), engine.Options{})
		if err != nil {
			t.Errorf("%s: %v", c.data, err)
			continue
		}
		var got []string
		for _, v := range r.Groups[0].Values {
			if v.Value == nil {
				got = append(got, "∅")
			} else {
				got = append(got, *v.Value)
			}
		}
		slices.Sort(got)
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: %s, want %s", c.data, text, c.want)
		}
	}
}
