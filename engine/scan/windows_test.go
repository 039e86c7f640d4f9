package scan

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/config"
)

// Every time is in the window that config.WindowOf says, whatever came before
// it, in zones where days have 23 and 25 hours and some are missing.
func TestWindowsOfLength(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		every := rapid.SampledFrom([]string{"hour", "day", "week", "month", "quarter", "year"}).Draw(t, "every")
		zone, err := config.LoadZone(rapid.SampledFrom([]string{"UTC", "Europe/Lisbon", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Apia"}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		p := &Plan{}
		p.req.Windows.Every, p.req.Windows.Zone = every, zone
		w := &windows{cut: p.cutter()}
		near := rapid.Int64Range(0, 1_800_000_000).Draw(t, "center") * 1e6
		times := rapid.SliceOfN(rapid.Int64Range(near-1e13, near+1e13), 1, 40).Draw(t, "times")
		codes, err := w.compute(&frame{rows: len(times), times: times, reason: make([]uint8, len(times))})
		if err != nil {
			t.Fatal(err)
		}
		for i, us := range times {
			want, start, _ := config.WindowOf(every, zone, time.UnixMicro(us))
			if got := w.categories()[codes[i]]; got.Name != want || got.Order != start.UnixMicro() {
				t.Fatalf("%s is in %s, want %s", inUTC(us), got.Name, want)
			}
		}
	})
}

// Named ranges are half-open; a time in none has no window.
func TestWindowsOfRanges(t *testing.T) {
	a := audited(t, "time: at\n", "windows: {ranges: {before: 2013-01..2014-03, after: 2014-05}}\n")
	p := &Plan{req: Request{Windows: a.Spec().Windows}}
	w := &windows{cut: p.cutter()}
	instants := map[string]string{
		"2012-12-31T23:59:59.999999Z": "", "2013-01-01T00:00:00Z": "before", "2014-03-31T23:59:59.999999Z": "before",
		"2014-04-01T00:00:00Z": "", "2014-05-01T00:00:00Z": "after", "2014-06-01T00:00:00Z": "",
	}
	for text, want := range instants {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		codes, _ := w.compute(&frame{rows: 1, times: []int64{at.UnixMicro()}, reason: []uint8{0}})
		got := ""
		if codes[0] != outsideWindow {
			got = w.categories()[codes[0]].Name
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
