package table

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// Every excluded row has a reason that a reader understands.
func TestExclusionTexts(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range Exclusions {
		if text := e.Text(); text == string(e) || seen[text] {
			t.Errorf("%s: %q", e, text)
		} else {
			seen[text] = true
		}
	}
	if Exclusion("other").Text() != "other" {
		t.Error("an unknown reason loses its name")
	}
}

func TestAccountsMerge(t *testing.T) {
	draw := func(t *rapid.T, label string) Accounts {
		a := Accounts{Excluded: map[Exclusion]int64{}, Audited: rapid.Int64Range(0, 9).Draw(t, label)}
		a.Read = a.Audited
		for _, e := range Exclusions {
			if n := rapid.Int64Range(0, 3).Draw(t, label); n > 0 {
				a.Excluded[e] = n
				a.Read += n
			}
		}
		for _, at := range rapid.SliceOfN(rapid.Int64(), 0, 3).Draw(t, label) {
			a.SeeTime(at)
		}
		return a
	}
	sum := func(parts ...Accounts) Accounts {
		var out Accounts
		for _, p := range parts {
			out.Merge(p)
		}
		return out
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := draw(t, "a"), draw(t, "b"), draw(t, "c")
		all := sum(a, b, c)
		if !reflect.DeepEqual(all, sum(c, a, b)) || !reflect.DeepEqual(all, sum(a, sum(b, c))) {
			t.Fatal("the order of parts matters")
		}
		excluded := int64(0)
		for _, n := range all.Excluded {
			excluded += n
		}
		if all.Read != all.Audited+excluded {
			t.Fatalf("%d rows read, %d audited, %d excluded", all.Read, all.Audited, excluded)
		}
	})
}
