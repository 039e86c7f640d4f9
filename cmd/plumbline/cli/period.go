package cli

import (
	"slices"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/spelling"
)

// relatives are the periods that the clock resolves.
func relatives() []string {
	return []string{"last-day", "last-week", "last-month", "last-quarter", "last-year"}
}

// period turns --period into the id of a window. last-month is the latest
// month that is over, in the zone of the audit's windows.
func (a *app) period(text string, audit *config.Audit) (string, error) {
	if text == "" {
		return "", nil
	}
	zone, err := config.LoadZone(audit.Windows.Timezone)
	if err != nil {
		return "", usage("--period: %w", err)
	}
	if slices.Contains(relatives(), text) {
		every := strings.TrimPrefix(text, "last-")
		_, start, _ := config.WindowOf(every, zone, a.now())
		id, _, _ := config.WindowOf(every, zone, start.Add(-time.Nanosecond))
		return id, nil
	}
	for _, r := range audit.Windows.Ranges {
		if r.Name == text {
			return text, nil
		}
	}
	if _, _, err := config.ParseSpan(text, zone); err != nil {
		if near := spelling.Nearest(text, relatives()); near != "" {
			return "", usage("--period: %q is not a period; did you mean %s?", text, near)
		}
		return "", usage("--period: %w; or one of %s", err, strings.Join(relatives(), ", "))
	}
	return text, nil
}

// asOf reads --as-of: an RFC 3339 time, today, or a date; days stand for their first
// moment in the zone of the audit's windows.
func (a *app) asOf(text string, audit *config.Audit) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return &t, nil
	}
	zone, err := config.LoadZone(audit.Windows.Timezone)
	if err != nil {
		return nil, usage("--as-of: %w", err)
	}
	if text == "today" { // the result names the day
		text = a.now().In(zone).Format(time.DateOnly)
	}
	t, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return nil, usage("--as-of: %q is not a time; write 2026-10-01, 2026-10-01T12:00:00Z or today", text)
	}
	return &t, nil
}
