// Package cli is the command line of plumbline. It is the only place that
// knows streams, terminals, the clock and exit codes. A team that has detectors
// of its own builds its own program by calling Main with them.
package cli

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// Main runs the command line with the given detectors and returns the exit
// code for os.Exit.
func Main(detectors []detect.Detector) int {
	// A reader that goes away, as in plumbline run audit.yaml | head, must not
	// end the program between two files: writing then gives an error instead.
	signal.Ignore(syscall.SIGPIPE)
	a := &app{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		getenv: os.Getenv, now: time.Now, detectors: detectors,
	}
	return a.main(os.Args[1:])
}

// app is one run of the program and what it touches of the world.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
	detectors      []detect.Detector

	notes   notes
	noColor bool
}

// main parses the arguments, carries out the command, and says on stderr what
// went wrong.
func (a *app) main(args []string) (code int) {
	a.notes = notes{w: a.stderr}
	defer func() {
		if v := recover(); v != nil {
			a.notes.fault(caught(v))
			code = exitBroken
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second Ctrl-C ends the program at once

	root := a.root()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	return a.exit(cmd, err)
}

// root is the command tree.
func (a *app) root() *cobra.Command {
	var version bool
	root := &cobra.Command{
		Use:   "plumbline",
		Short: "plumbline audits automated decisions",
		Long: "plumbline audits automated decisions: it reads decision logs, measures how far the\n" +
			"decisions lean against groups of people, and writes a report.",
		Example: "  plumbline validate audit.yaml     check a configuration and the log's columns\n" +
			"  plumbline run audit.yaml          audit the log and write the report",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          unknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				return done(a.printVersion())
			}
			return done(cmd.Help())
		},
	}
	root.Flags().BoolVar(&version, "version", false, "print the version")
	f := root.PersistentFlags()
	f.BoolVarP(&a.notes.quiet, "quiet", "q", false, "print errors only")
	f.BoolVarP(&a.notes.verbose, "verbose", "v", false, "print more about what is done")
	f.BoolVar(&a.noColor, "no-color", false, "no colors; the variable NO_COLOR does the same")
	f.Var(choice(&a.notes.format, "text", "text", "json"), "log-format", "form of messages on stderr: text or json")
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetUsageTemplate(usageTemplate)
	root.SetHelpTemplate(helpTemplate)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(a.runCommand(), a.validateCommand(), a.reportCommand(),
		a.initCommand(), a.verifyTableCommand(), a.detectorsCommand(), a.packsCommand(), a.trendCommand(), a.statusCommand(), a.ledgerCommand(),
		a.scheduleCommand(), a.schemaCommand(), a.versionCommand())
	borrowed(root)
	return root
}

// declarations describes the program's detectors to the configuration.
func (a *app) declarations() []config.DetectorDecl { return engine.Declarations(a.detectors) }

// load reads an audit.yaml.
func (a *app) load(path string) (*config.Audit, error) {
	audit, err := config.Load(path, a.declarations(), engine.DefaultDetectors(a.detectors))
	if err != nil {
		return nil, configFault(err)
	}
	return audit, nil
}
