package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/spelling"
)

// notes writes messages to stderr: plain lines for people, or one JSON object
// per line for machines.
type notes struct {
	w              io.Writer
	format         string // text or json
	quiet, verbose bool
}

// fault says why the program stops.
func (n *notes) fault(err error) {
	var mistakes config.Errors
	switch {
	case errors.As(err, &mistakes):
		for _, m := range mistakes {
			n.mistake(slog.LevelError, m)
		}
	case n.format == "json":
		n.slog().Error(err.Error())
	default:
		fmt.Fprintf(n.w, "plumbline: %s\n", spelling.Printable(err.Error()))
	}
}

// warn passes on doubts about a configuration.
func (n *notes) warn(doubts []config.Mistake) {
	if n.quiet {
		return
	}
	for _, m := range doubts {
		n.mistake(slog.LevelWarn, m)
	}
}

func (n *notes) mistake(level slog.Level, m config.Mistake) {
	if n.format == "json" {
		n.slog().Log(context.Background(), level, m.Message, "file", m.File, "line", m.Line, "column", m.Col, "hint", m.Hint)
		return
	}
	if level == slog.LevelWarn {
		m.Message = "warning: " + m.Message
	}
	io.WriteString(n.w, m.String())
}

// info says what was done.
func (n *notes) info(format string, args ...any) {
	if !n.quiet {
		n.say(slog.LevelInfo, fmt.Sprintf(format, args...))
	}
}

// caution says what the user must not overlook; quiet does not silence it.
func (n *notes) caution(text string) {
	if n.format == "json" {
		n.slog().Warn(text)
		return
	}
	fmt.Fprintln(n.w, "warning: "+spelling.Printable(text))
}

// detail says more, with -v.
func (n *notes) detail(format string, args ...any) {
	if n.verbose && !n.quiet {
		n.say(slog.LevelDebug, fmt.Sprintf(format, args...))
	}
}

func (n *notes) say(level slog.Level, text string) {
	if n.format == "json" {
		n.slog().Log(context.Background(), level, text)
		return
	}
	fmt.Fprintln(n.w, spelling.Printable(text))
}

func (n *notes) slog() *slog.Logger {
	return slog.New(slog.NewJSONHandler(n.w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
