package cli

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

const (
	barDelay  = 400 * time.Millisecond // a scan that is shorter shows no bar
	linePause = 2 * time.Second        // between lines where there is no terminal
)

// meter counts what the scan has read.
type meter struct {
	rows, bytes           atomic.Int64
	totalRows, totalBytes int64        // totalRows is -1 if only reading can tell
	explained             atomic.Int64 // rows that the audited model has scored
	start                 time.Time
}

// add is called by the engine from several goroutines.
func (m *meter) add(rows, bytes int64) {
	m.rows.Add(rows)
	m.bytes.Add(bytes)
}

// explain is called with the rows that the audited model has scored.
func (m *meter) explain(rows int64) { m.explained.Add(rows) }

// share is how much is done, from 0 to 1.
func (m *meter) share() float64 {
	done, total := m.rows.Load(), m.totalRows
	if total < 0 {
		done, total = m.bytes.Load(), m.totalBytes
	}
	if total <= 0 {
		return 1
	}
	return min(1, float64(done)/float64(total))
}

// line is rows, share, rate and time left in words; once the log is read, the
// rows that the audited model has scored.
func (m *meter) line(now time.Time) string {
	if n := m.explained.Load(); n > 0 {
		return "explaining: the model has scored " + grouped(n) + " rows"
	}
	rows, share, spent := m.rows.Load(), m.share(), now.Sub(m.start).Seconds()
	text := grouped(rows)
	if m.totalRows >= 0 {
		text += " of " + grouped(m.totalRows)
	}
	text += fmt.Sprintf(" rows  %3.0f %%", 100*share)
	if spent > 0 {
		text += "  " + grouped(int64(float64(rows)/spent)) + " rows/s"
	}
	if share > 0 && share < 1 {
		left := time.Duration(spent * (1 - share) / share * float64(time.Second))
		text += "  " + left.Round(time.Second).String() + " left"
	}
	return text
}

// grouped writes 45211 as 45,211.
func grouped(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// watch shows the meter on stderr until stop is called: a bar on a terminal,
// a line every linePause elsewhere if mode is on.
func (a *app) watch(m *meter, mode string) (stop func()) {
	m.start = a.now()
	_, terminal := isTerminal(a.stderr)
	switch {
	case mode == "off" || a.notes.quiet:
	case terminal && a.notes.format == "text":
		return a.bar(m)
	case mode == "on":
		return a.lines(m)
	}
	return func() {}
}

// bar draws one line that is redrawn, and removes it at the end.
func (a *app) bar(m *meter) (stop func()) {
	const steps = 1000
	shown := make(chan any)
	delay := time.AfterFunc(barDelay, func() { close(shown) })
	p := mpb.New(mpb.WithOutput(a.stderr), mpb.WithRenderDelay(shown), mpb.WithWidth(100))
	text := decor.Any(func(decor.Statistics) string { return " " + m.line(a.now()) })
	style := mpb.BarStyle().Lbound("").Rbound("").Filler("█").Tip("█").Padding("·")
	if a.ascii() {
		style = mpb.BarStyle()
	}
	bar := p.New(steps, style, mpb.BarWidth(32), mpb.AppendDecorators(text))
	end := every(200*time.Millisecond, func() { bar.SetCurrent(min(steps-1, int64(m.share()*steps))) })
	return func() {
		end()
		bar.Abort(true)
		if delay.Stop() {
			close(shown)
		}
		p.Wait()
	}
}

// lines prints a line every linePause and one at the end.
func (a *app) lines(m *meter) (stop func()) {
	say := func() { a.notes.info("%s", m.line(a.now())) }
	end := every(linePause, say)
	return func() {
		end()
		say()
	}
}

// every calls do at intervals until stop is called; do never runs after that.
func every(pause time.Duration, do func()) (stop func()) {
	ticker := time.NewTicker(pause)
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				do()
			case <-quit:
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-ended
	}
}
