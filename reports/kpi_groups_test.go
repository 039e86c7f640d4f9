package reports

import "testing"

// A group that comes or leaves is named; one that is seen now and then is not.
func TestPassages(t *testing.T) {
	windows := []string{"2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07"}
	for _, c := range []struct{ seen, came, left string }{
		{"  xxxxx", "2026-03", ""}, {"xxxx   ", "", "2026-05"}, {"  xxx  ", "2026-03", "2026-06"}, {"xxxxxxx", "", ""},
		{" xxxxxx", "", ""}, {"x x xxx", "", ""}, {"     xx", "", ""}, {"       ", "", ""},
	} {
		seen := map[string]bool{}
		for i, w := range windows {
			seen[w] = c.seen[i] == 'x'
		}
		p, ok := passageOf(windows, seen)
		if ok != (c.came+c.left != "") || ok && (p.came != c.came || p.left != c.left) {
			t.Errorf("%q: %+v %v", c.seen, p, ok)
		}
	}
}
