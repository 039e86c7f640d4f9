package reports

import "testing"

// Cuts are written with the digits that tell them apart. The cut that is used is
// known by the first score from it on, so it may lie a little below that.
func TestUsedCut(t *testing.T) {
	for in, want := range map[string]string{"5": "5", "0.5": "0.5", "0.5073829889297485": "0.5074 or a little below", "no number": "no number"} {
		if got := usedCut(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
	for _, c := range [][4]string{
		{"0.005089993122965097", "0.717056930065155", "0.00509", "0.7171"}, {"0.50738298", "0.50739", "0.50738", "0.50739"}, {"3", "700", "3", "700"}, {"1234567", "1234568", "1234567", "1234568"},
	} {
		if got := shortCuts(c[0], c[1]); got[0] != c[2] || got[1] != c[3] {
			t.Errorf("%q, want %q", got, c[2:])
		}
	}
}
