package keyed

import (
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// The index finds what a map finds.
func TestIndex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOf(rapid.StringMatching(`-?[0-9]{0,3}|[ab]{0,3}`)).Draw(t, "keys")
		var x Index
		want := map[string]int32{}
		for row, s := range keys {
			earlier, there := want[s]
			if !there {
				earlier, want[s] = -1, int32(row)
			}
			if got := x.Insert(textual([]byte(s)), int32(row)); got != earlier {
				t.Fatalf("insert %q: %d, want %d", s, got, earlier)
			}
		}
		for _, s := range append(keys, "1", "01", "-0", "0", "", "abc") {
			row, there := want[s]
			if !there {
				row = -1
			}
			if got := x.Find(textual([]byte(s))); got != row {
				t.Fatalf("find %q: %d, want %d", s, got, row)
			}
		}
	})
}

func TestWholeNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		if got, ok := wholeNumber([]byte(strconv.FormatInt(n, 10))); !ok || got != n {
			t.Fatalf("%d: %d, %v", n, got, ok)
		}
	})
	for _, s := range []string{"", "-", "-0", "01", "+1", "1.0", " 1", "1e3", "9223372036854775808", "99999999999999999999", "١"} {
		if n, ok := wholeNumber([]byte(s)); ok {
			t.Errorf("%q is taken for %d", s, n)
		}
	}
}
