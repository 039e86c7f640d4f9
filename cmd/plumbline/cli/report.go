package cli

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/privacy"
	"github.com/plumbline-audit/plumbline/reports"
)

func (a *app) reportCommand() *cobra.Command {
	var outputs []string
	cmd := &cobra.Command{
		Use:   "report RESULT [flags]",
		Short: "render a stored result in any format",
		Long: "Report reads a result.json (- for stdin) and writes it in other formats; default: the\nsummary on stdout. It needs neither the log nor the configuration.\n" +
			"Where small cells are suppressed, so are they in what it writes, even if RESULT is exact.\n\n" +
			formatHelp(),
		Example: "  plumbline report audits/bank/all/result.json\n" +
			"  plumbline report result.json -o html=report.html -o csv=-",
		Args: want("the path of a result.json", false),
		RunE: func(cmd *cobra.Command, args []string) error {
			return done(a.report(cmd.Context(), args[0], outputs))
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	outputFlag(cmd, &outputs, "report to write, `FORMAT[=PATH]`; repeatable; without PATH to stdout")
	return cmd
}

func (a *app) report(ctx context.Context, path string, outputs []string) error {
	list, err := destinations(outputs, nil, stdoutPath)
	if err != nil {
		return err
	}
	r, err := attempt(ctx, func(context.Context) (*audit.Result, error) { return a.readResult(path) })
	if err != nil {
		return err
	}
	r = privacy.Apply(r)
	if len(list) == 0 {
		return a.summary(r)
	}
	paths, err := a.publish(ctx, r, list, "")
	if err != nil {
		return err
	}
	for _, p := range paths {
		a.notes.info("wrote %s", p)
	}
	return nil
}

// readResult reads a result document from a file or stdin.
func (a *app) readResult(path string) (*audit.Result, error) {
	if path == "-" {
		return named("standard input", a.stdin)
	}
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil, fmt.Errorf("%s: no such file", path)
	} else if err != nil {
		return nil, err
	}
	defer f.Close()
	return named(path, f)
}

func named(name string, in io.Reader) (*audit.Result, error) {
	r, err := reports.Read(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}
