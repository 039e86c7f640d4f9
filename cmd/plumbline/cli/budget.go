package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
)

// budget says where the time of a run went.
type budget struct {
	start, opened, audited, published time.Time
	spent                             engine.Spent
}

// line is the budget on one line, and the rate from start to end.
func (b *budget) line(rows int64) string {
	var parts []string
	for _, p := range []struct {
		name string
		time time.Duration
	}{
		{"open", b.opened.Sub(b.start)},
		{"joins", b.spent.Joins},
		{"decode", b.spent.Decode},
		{"count", b.spent.Count},
		{"statistics", b.spent.Statistics},
		{"reports", b.published.Sub(b.audited)},
	} {
		if p.name != "joins" || p.time >= time.Millisecond {
			parts = append(parts, fmt.Sprintf("%s %.3f s", p.name, p.time.Seconds()))
		}
	}
	all := b.published.Sub(b.start).Seconds()
	if rows == audit.Hidden {
		return fmt.Sprintf("all rows in %.3f s: %s", all, strings.Join(parts, ", "))
	}
	text := fmt.Sprintf("%s rows in %.3f s: %s", grouped(rows), all, strings.Join(parts, ", "))
	if all > 0 {
		text += "; " + grouped(int64(float64(rows)/all)) + " rows/s"
	}
	return text
}
