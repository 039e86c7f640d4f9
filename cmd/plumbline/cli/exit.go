package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/config"
)

// The exit codes. A biased model (3) and a broken job (1, 2) never share one.
const (
	exitOK           = 0   // audited, and nothing failed
	exitBroken       = 1   // the audit could not be carried out
	exitUsage        = 2   // usage or configuration error, found before the scan
	exitFailed       = 3   // audited, and a gate failed
	exitInconclusive = 4   // audited, and a gate could not be decided
	exitInterrupted  = 130 // Ctrl-C, as shells count it
)

// outcome is how a command ended. An error of cobra's that is not an outcome
// is a mistake in the arguments.
type outcome struct {
	code int
	err  error // nil if there is nothing to say
}

func (o *outcome) Error() string {
	if o.err == nil {
		return fmt.Sprintf("exit code %d", o.code)
	}
	return o.err.Error()
}

func (o *outcome) Unwrap() error { return o.err }

// done marks an error as the outcome of a command that ran.
func done(err error) error {
	var o *outcome
	if err == nil || errors.As(err, &o) {
		return err
	}
	var mistakes config.Errors
	switch {
	case errors.As(err, &mistakes):
		return &outcome{exitUsage, err}
	case errors.Is(err, context.Canceled):
		return &outcome{exitInterrupted, errInterrupted}
	}
	return &outcome{exitBroken, err}
}

// usage is a mistake in the arguments that only the command itself can see.
func usage(format string, args ...any) error {
	return &outcome{exitUsage, fmt.Errorf(format, args...)}
}

// configFault is a configuration that cannot be used: wrong, absent or
// unreadable.
func configFault(err error) error { return &outcome{exitUsage, err} }

var errInterrupted = errors.New("interrupted; nothing was written")

// exit says what went wrong and gives the exit code.
func (a *app) exit(cmd *cobra.Command, err error) int {
	if err == nil {
		return exitOK
	}
	var o *outcome
	if !errors.As(err, &o) {
		if !strings.HasSuffix(err.Error(), "?") { // a question is hint enough
			err = fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
		}
		a.notes.fault(err)
		return exitUsage
	}
	if o.err != nil {
		a.notes.fault(o.err)
	}
	return o.code
}

// panicked is a fault of the program itself.
type panicked struct {
	value any
	stack []byte
}

func caught(value any) error {
	if p, ok := value.(*engine.Panic); ok {
		return &panicked{p.Value, p.Stack}
	}
	return &panicked{value, debug.Stack()}
}

func (p *panicked) Error() string {
	return fmt.Sprintf("internal error: %v; this is a fault of plumbline, not of your data: "+
		"please report it with the lines below at https://github.com/plumbline-audit/plumbline/issues\n%s", p.value, p.stack)
}
