package spelling

import (
	"strings"
	"testing"
)

func TestShown(t *testing.T) {
	for name, want := range map[string]string{
		"income-per-year":                   "income-per-year",
		"Río, «x» \\ \"":                    "Río, «x» \\ \"",
		"\x1b[31mred":                       `"\x1b[31mred"`,
		"a\nb":                              `"a\nb"`,
		"a\u202eb":                          `"a\u202eb"`,
		"\xff":                              `"\xff"`,
		strings.Repeat("x", 200):            strings.Repeat("x", 200),
		strings.Repeat("é", 1<<17):          strings.Repeat("é", 100) + "…" + strings.Repeat("é", 60),
		"\x07" + strings.Repeat("x", 1<<17): `"\a` + strings.Repeat("x", 99) + "…" + strings.Repeat("x", 60) + `"`,
	} {
		if got := Shown(name); got != want {
			t.Errorf("%.80q: %s", name, got)
		}
	}
}

func TestPrintable(t *testing.T) {
	for s, want := range map[string]string{
		"": "", "plain \\ \"text\"\nsecond line": "plain \\ \"text\"\nsecond line", "\x1b[2Jgone\u2028\x00": `\x1b[2Jgone\u2028\x00`,
		"bad \xff, good \ufffd": `bad \xff, good ` + "\ufffd", "tab\t": `tab\t`,
	} {
		if got := Printable(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestLine(t *testing.T) {
	if got := Line("a\nb\r\x1b[1m\\n"); got != `a\nb\r\x1b[1m\n` {
		t.Error(got)
	}
}
