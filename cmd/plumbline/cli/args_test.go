package cli

import (
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
)

func TestPeriod(t *testing.T) {
	// In Tokyo, nine hours ahead, the year 2026 has begun.
	now := time.Date(2025, 12, 31, 20, 0, 0, 0, time.UTC)
	for _, c := range []struct{ text, zone, want string }{
		{"", "UTC", ""},
		{"last-day", "UTC", "2025-12-30"},
		{"last-week", "UTC", "2025-W52"},
		{"last-month", "UTC", "2025-11"},
		{"last-quarter", "UTC", "2025-Q3"},
		{"last-year", "UTC", "2024"},
		{"last-day", "Asia/Tokyo", "2025-12-31"},
		{"last-month", "Asia/Tokyo", "2025-12"},
		{"last-quarter", "Asia/Tokyo", "2025-Q4"},
		{"last-year", "Asia/Tokyo", "2025"},
		{"2025-07", "UTC", "2025-07"},
		{"2025-07..2025-09", "UTC", "2025-07..2025-09"},
	} {
		a := &app{now: func() time.Time { return now }}
		got, err := a.period(c.text, &config.Audit{Windows: config.Windows{Timezone: c.zone}})
		if err != nil || got != c.want {
			t.Errorf("period %q in %s: got %q, %v; want %q", c.text, c.zone, got, err, c.want)
		}
	}
}

func TestAsOf(t *testing.T) {
	a := &app{}
	conf := &config.Audit{Windows: config.Windows{Timezone: "Europe/Lisbon"}}
	for text, want := range map[string]string{
		"2026-07-01":                "2026-06-30T23:00:00Z",
		"2026-07-01T12:00:00+02:00": "2026-07-01T10:00:00Z",
	} {
		got, err := a.asOf(text, conf)
		if err != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("as of %q: got %v, %v; want %s", text, got, err, want)
		}
	}
}

func TestByteSize(t *testing.T) {
	for text, want := range map[string]int64{
		"1000000": 1_000_000, "512MiB": 512 << 20, "2GiB": 2 << 30, "1.5GB": 1_500_000_000,
		"64k": 64 << 10, "1 TiB": 1 << 40, "100B": 100, "3 mb": 3_000_000,
	} {
		var b byteSize
		if err := b.Set(text); err != nil || int64(b) != want {
			t.Errorf("size %q: got %d, %v; want %d", text, b, err, want)
		}
	}
	for _, text := range []string{"", "MiB", "-1", "0", "nan", "inf", "1e30", "12 parsecs"} {
		var b byteSize
		if err := b.Set(text); err == nil {
			t.Errorf("size %q: got %d, want an error", text, b)
		}
	}
}

// TestVerdictCode holds the table of exit codes, with every flag.
func TestVerdictCode(t *testing.T) {
	warnings := audit.GateSummary{Warn: 1}
	for _, c := range []struct {
		verdict audit.Verdict
		gates   audit.GateSummary
		flags   runFlags
		want    int
	}{
		{audit.Pass, audit.GateSummary{}, runFlags{}, 0},
		{audit.Ungated, audit.GateSummary{}, runFlags{}, 0},
		{audit.Warn, warnings, runFlags{}, 0},
		{audit.Warn, warnings, runFlags{failOn: "warn"}, 3},
		{audit.Fail, warnings, runFlags{}, 3},
		{audit.Fail, warnings, runFlags{allowInconclusive: true}, 3},
		{audit.Inconclusive, warnings, runFlags{}, 4},
		{audit.Inconclusive, warnings, runFlags{failOn: "warn"}, 3},
		{audit.Inconclusive, audit.GateSummary{}, runFlags{failOn: "warn"}, 4},
		{audit.Inconclusive, audit.GateSummary{}, runFlags{allowInconclusive: true}, 0},
		{audit.Error, audit.GateSummary{}, runFlags{}, 4},
		{"", audit.GateSummary{}, runFlags{}, 4},
		{"of a later version", audit.GateSummary{}, runFlags{}, 4},
	} {
		r := &audit.Result{Verdict: c.verdict, Gates: c.gates}
		if got := verdictCode(r, c.flags); got != c.want {
			t.Errorf("%q with %+v: exit code %d, want %d", c.verdict, c.flags, got, c.want)
		}
	}
}

func TestFolderName(t *testing.T) {
	for name, want := range map[string]string{
		"bank-campaign": "bank-campaign", "2008-05": "2008-05", "2008-05..2008-12": "2008-05..2008-12",
		"2008-05-01T13+02:00": "2008-05-01T13+02:00",
		"..":                  "%2E%2E", ".": "%2E", "a/b": "a%2Fb", "../../x": "..%2F..%2Fx", `a\b`: "a%5Cb",
	} {
		if got := folderName(name); got != want {
			t.Errorf("folder of %q: got %q, want %q", name, got, want)
		}
	}
}

func TestMeterLine(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		totalRows, totalBytes, rows, bytes int64
		after                              time.Duration
		want                               string
	}{
		{45_211, 1 << 20, 0, 0, 0, "0 of 45,211 rows    0 %"},
		{4_000_000, 1, 1_000_000, 0, 10 * time.Second, "1,000,000 of 4,000,000 rows   25 %  100,000 rows/s  30s left"},
		{-1, 1000, 90, 500, time.Second, "90 rows   50 %  90 rows/s  1s left"},
		{10, 10, 10, 10, time.Second, "10 of 10 rows  100 %  10 rows/s"},
		{0, 0, 0, 0, time.Second, "0 of 0 rows  100 %  0 rows/s"},
	} {
		m := &meter{totalRows: c.totalRows, totalBytes: c.totalBytes, start: start}
		m.add(c.rows, c.bytes)
		if got := m.line(start.Add(c.after)); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}
