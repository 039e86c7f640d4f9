package scan

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/config"
)

// Whatever spelledInstant reads, package time reads the same.
func TestSpelledInstants(t *testing.T) {
	c := clockOf(t, config.Time{})
	layouts := append(autoLayouts[:], "2006-01-02T15:04:05.999999999Z07:00", "2006-01-02 15:04:05.000", "2006-01-02 15:04:05.999999Z07:00", "2006-1-2", "2006-01-02T15:04:05,000")
	read := 0
	holds := func(fail func(string, ...any), text string) {
		us, ok := spelledInstant([]byte(text))
		if !ok {
			return
		}
		read++
		if want, err := c.parse(text); err != nil || us != want {
			fail("%q is read as %d, want %d, %v", text, us, want, err)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		at := time.Unix(rapid.Int64Range(firstMicro/1_000_000-90_000, lastMicro/1_000_000+90_000).Draw(r, "at"), rapid.Int64Range(0, 999_999_999).Draw(r, "ns"))
		at = at.In(time.FixedZone("", 60*rapid.IntRange(-1439, 1439).Draw(r, "offset")))
		text := []byte(at.Format(rapid.SampledFrom(layouts).Draw(r, "layout")))
		holds(r.Fatalf, string(text))
		if i := rapid.IntRange(0, len(text)-1).Draw(r, "place"); rapid.Bool().Draw(r, "spoil") {
			text[i] = rapid.SampledFrom([]byte("0123456789-+:.TZ ")).Draw(r, "with")
			holds(r.Fatalf, string(text))
		}
	})
	for day := daysSince1970(1, 1, 1); day <= daysSince1970(9999, 12, 31); day += 17 {
		holds(t.Fatalf, time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly))
	}
	for _, text := range []string{"2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29T23:59:59Z", "2024-13-01", "2024-00-01", "2024-01-00", "2024-01-32",
		"2024-01-01T24:00:00", "2024-01-01T23:60:00", "2024-01-01T23:59:60Z", "2024-01-01 00:00:00+24:00", "0000-01-01", "0001-01-01T00:00:00+00:01", "2024-01-01T00:00:00.", "2024-01-01T00:00:00.1234567891Z"} {
		holds(t.Fatalf, text)
	}
	if read < 200_000 {
		t.Errorf("only %d texts were read", read)
	}
}

func BenchmarkSpelledTimes(b *testing.B) {
	c := clockOf(b, config.Time{})
	texts := make([]any, 10_000)
	for i := range texts {
		texts[i] = time.Unix(1_700_000_000+int64(i)*7, 0).UTC().Format(time.DateTime)
	}
	v := plain(textType, texts...)
	out := make([]int64, len(texts))
	for b.Loop() {
		if _, err := c.fillSpelled(out, &v); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(texts)), "ns/row")
}
