package reports

import (
	"bytes"
	"strings"
	"testing"
	"unicode"

	runewidth "github.com/mattn/go-runewidth"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

func TestTextFits(t *testing.T) {
	for name, build := range fixtures() {
		for _, width := range []int{0, 20, 40, 72, 80, 100, 132} {
			for _, ascii := range []bool{false, true} {
				var b bytes.Buffer
				if err := (Text{Width: width, ASCII: ascii}).Write(&b, build()); err != nil {
					t.Fatal(err)
				}
				most := max(textNarrow, width)
				if width == 0 {
					most = textWidth
				}
				lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
				// What is explained was asked for, and stands below the screen.
				if len(lines) > textLines+2 && name != "explained" {
					t.Errorf("%s at %d: %d lines", name, width, len(lines))
				}
				for _, line := range lines {
					if w := runewidth.StringWidth(line); w > most {
						t.Errorf("%s at %d: %d columns: %s", name, width, w, line)
					}
					if i := strings.IndexFunc(line, func(r rune) bool { return unicode.IsControl(r) || ascii && r > 126 }); i >= 0 {
						t.Errorf("%s at %d: %q has a character that does not belong", name, width, line)
					}
				}
			}
		}
	}
}

func TestTextColor(t *testing.T) {
	var plain, color bytes.Buffer
	if err := (Text{}).Write(&plain, bank()); err != nil {
		t.Fatal(err)
	}
	if err := (Text{Color: true}).Write(&color, bank()); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(plain.String(), "\x1b") || !strings.Contains(color.String(), "\x1b[1;31m✕ FAIL\x1b[0m") {
		t.Error("color comes only when asked, and then on the verdict")
	}
	if strings.NewReplacer("\x1b[1;31m", "", "\x1b[1;35m", "", "\x1b[0m", "").Replace(color.String()) != plain.String() {
		t.Error("color changes more than the color")
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{count(45211), "45,211"}, {count(-1234567), "−1,234,567"}, {count(7), "7"},
		{percent(0.1012), "10.1\u202f%"}, {percent(0), "0.0\u202f%"}, {percent(0.0001), "< 0.1\u202f%"}, {percent(0.9999), "> 99.9\u202f%"}, {percent(1), "100.0\u202f%"},
		{points(-0.048), "−4.8"}, {points(0.048), "+4.8"}, {points(0), "0.0"}, {points(0.0001), "< 0.1"}, {points(-0.0001), "> −0.1"},
		{ratio(0.678), "0.68"}, {ratio(12.34), "12.3"}, {ratio(1234), "1,234"}, {ratio(0.001), "< 0.01"},
		{chance(nil), "–"}, {chance(ptr(0.0001)), "< 0.001"}, {chance(ptr(0.034)), "0.034"}, {chance(ptr(0.5)), "0.50"},
		{beside(0.7996, "0.80", ratio), "0.7996"}, {beside(0.8, "0.8", ratio), "0.80"}, {beside(0.68, "0.8", ratio), "0.68"},
		{limitValue("0.1", gap), "10 points"}, {limitValue("0.055", share), "5.5\u202f%"},
		{size(512), "512 B"}, {size(1234567), "1.2 MB"}, {plain(12345.678), "12,346"}, {plain(0.123456), "0.1235"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// Where lines are few, the picture of what failed is drawn, with the group that failed
// and its reference, and no other in its place.
func TestTextDrawsWhatFailed(t *testing.T) {
	b := &builder{header("many", "Many findings")}
	groups := []fixtureGroup{{"a", 900, 1000}, {"b", 890, 1000}, {"c", 880, 1000}, {"d", 870, 1000}, {"e", 860, 1000}, {"f", 850, 1000}, {"g", 840, 1000}, {"low", 100, 1000}}
	b.groups("race", "value", 0, groups)
	failed := b.attribute("parity", "selection_rate", "race", groups, 0, audit.AllWindows, true)
	b.groups("sex", "value", 0, groups[:2])
	b.attribute("parity", "selection_rate", "sex", groups[:2], 0, audit.AllWindows, true)
	b.r.Measurements[failed].Verdict = audit.Fail
	b.r.Verdict = audit.Fail
	b.r.Gates = audit.GateSummary{Fail: 1, Checks: []audit.Check{{Detector: "parity", Metric: "selection_rate_ratio", Attribute: "race", Verdict: audit.Fail, Measurements: []int{failed}}}}
	for range 12 {
		b.r.Findings = append(b.r.Findings, audit.Finding{Severity: audit.Info, Title: "A finding.", Detail: strings.Repeat("It has a detail of some words. ", 12)})
	}
	text := string(render(t, "text", b.r))
	if !strings.Contains(text, "race: selection rate") || strings.Contains(text, "sex: selection rate") ||
		!strings.Contains(text, "  low ") || !strings.Contains(text, "  a ") || !strings.Contains(text, "2 groups more, not drawn") {
		t.Error(text)
	}
}
