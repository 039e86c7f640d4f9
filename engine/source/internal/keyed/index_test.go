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
		asked := []int64{-1000, 0, 5, 999}
		for s := range want {
			if n, err := strconv.ParseInt(s, 10, 64); err == nil && strconv.FormatInt(n, 10) == s {
				asked = append(asked, n)
			}
		}
		if rapid.Bool().Draw(t, "seal") {
			x.Seal()
		}
		found := make([]int32, len(asked))
		x.FindInts(found, asked)
		for i, n := range asked {
			row, there := want[strconv.FormatInt(n, 10)]
			if !there {
				row = -1
			}
			if found[i] != row {
				t.Fatalf("find %d: %d, want %d", n, found[i], row)
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
