package cli

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/plumbline-audit/plumbline/engine"
)

func (a *app) validateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "validate AUDIT... [flags]",
		Short: "check a configuration and the log's columns, without a scan",
		Long: "Validate reads each AUDIT (an audit.yaml), reports every mistake at once, and checks\n" +
			"the columns of its log and its first 50,000 rows; what is wrong behind them, run says. With -v it prints the configuration with all defaults.",
		Example: "  plumbline validate audit.yaml\n" +
			"  plumbline validate audits/*.yaml",
		Args: want("the path of an audit.yaml", true),
		RunE: func(cmd *cobra.Command, args []string) error {
			return done(a.validate(cmd.Context(), args))
		},
		ValidArgsFunction: yamlFiles,
	}
}

// validate checks every file; the gravest exit code wins.
func (a *app) validate(ctx context.Context, paths []string) error {
	worst := exitOK
	for _, path := range paths {
		err := done(a.validateOne(ctx, path))
		var o *outcome
		if !errors.As(err, &o) {
			continue
		}
		if o.code == exitInterrupted {
			return err
		}
		a.notes.fault(o.err)
		worst = max(worst, o.code)
	}
	if worst != exitOK {
		return &outcome{code: worst}
	}
	return nil
}

// looked says what ok stands on.
func looked(l engine.Looked) string {
	switch {
	case l.All:
		return "columns and all " + grouped(l.Rows) + " rows"
	case l.Rows == 0:
		return "columns only; run reads the rows"
	}
	return "columns and the first " + grouped(l.Rows) + " rows; run reads the rest"
}

func (a *app) validateOne(ctx context.Context, path string) error {
	conf, err := a.load(path)
	if err != nil {
		return err
	}
	job, err := attempt(ctx, func(ctx context.Context) (*engine.Job, error) {
		job, err := engine.Open(ctx, conf, a.detectors, engine.Options{Stdin: a.stdin, Today: a.now(), Explain: a.explain})
		if err == nil {
			err = job.Probe(ctx)
		}
		return job, err
	})
	if err != nil {
		return err
	}
	a.notes.warn(job.Warnings())
	if a.notes.quiet {
		return nil
	}
	full, err := conf.YAML()
	if err != nil {
		return err
	}
	return a.print(func(w io.Writer) error {
		_, err := io.WriteString(w, path+": ok ("+looked(job.Looked())+")\n")
		if err == nil && a.notes.verbose {
			_, err = w.Write(full)
		}
		return err
	})
}
