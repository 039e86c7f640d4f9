package detect

import "testing"

func TestInWords(t *testing.T) {
	for value, want := range map[string]string{
		"(-inf,25)":  "under 25",
		"(-inf,25]":  "25 or less",
		"[25,60)":    "25 to under 60",
		"(25,60]":    "over 25 up to 60",
		"[60,inf)":   "60 or more",
		"(60,inf)":   "over 60",
		"[-1.5,0)":   "-1.5 to under 0",
		"married":    "married",
		"(a,b)":      "(a,b)",
		"(rest)":     "(rest)",
		"":           "“”",
		" a":         "“ a”",
		"(-inf,inf)": "(-inf,inf)",
	} {
		if got := inWords(value); got != want {
			t.Errorf("%q reads %q, want %q", value, got, want)
		}
	}
}
