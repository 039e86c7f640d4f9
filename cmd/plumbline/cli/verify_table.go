package cli

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plumbline-audit/plumbline/engine/published"
	"github.com/plumbline-audit/plumbline/engine/spelling"
)

func (a *app) verifyTableCommand() *cobra.Command {
	var format string
	var columns []string
	cmd := &cobra.Command{
		Use:   "verify-table CSV [flags]",
		Short: "check a published table of rates and impact ratios",
		Long: "Verify-table reads a table that somebody published (- for stdin): groups, applicants, selected,\n" +
			"rates, impact ratios, as the bias audits under NYC Local Law 144 have them. It computes every number\n" +
			"again out of the others, compares the tables by sex, by race and by both, and says which numbers do\n" +
			"not follow. Rounding is never taken for an error.\n\n" +
			"Exit code: 0 everything follows, 3 something does not, 4 nothing is wrong but a cell, line or\n" +
			"column could not be read, 1 no table was found, 2 a mistake in the command.",
		Example: "  plumbline verify-table audit.csv\n" +
			"  plumbline verify-table audit.csv --columns applicants=3,rate=\"Pass %\" --format csv",
		Args: want("the path of a CSV file", false),
		RunE: func(_ *cobra.Command, args []string) error {
			return done(a.verifyTable(args[0], columns, format))
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"csv", "tsv", "txt"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	cmd.Flags().StringSliceVar(&columns, "columns", nil,
		"what columns hold, `ROLE=COLUMN`: category, applicants, selected, rate, ratio, share, part (of all selected) or table, and a header or a number from 1")
	cmd.Flags().Var(choice(&format, "text", "text", "json", "csv"), "format", "text, json or csv")
	return cmd
}

// verifyTable reads, checks and prints.
func (a *app) verifyTable(path string, pairs []string, format string) error {
	columns, err := published.ParseColumns(pairs)
	if err != nil {
		return usage("--columns: %w", err)
	}
	data, err := a.readTable(path)
	if err != nil {
		return err
	}
	shown := spelling.Shown(path)
	r, err := published.Verify(data, columns)
	if errors.Is(err, published.ErrColumn) {
		return usage("--columns: %s: %w", shown, err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", shown, err)
	}
	render := map[string]func(io.Writer) error{
		"json": asJSON(r),
		"csv":  func(w io.Writer) error { return findingRows(w, r) },
		"text": func(w io.Writer) error {
			return (&verdictPage{page: page{width: verdictWidth}, ascii: a.ascii()}).print(w, shown, r)
		},
	}[format]
	if format != "text" || !a.notes.quiet {
		if err := a.print(render); err != nil {
			return err
		}
	}
	switch {
	case r.Count(published.Problem) > 0:
		return &outcome{code: exitFailed}
	case r.Count(published.Unread) > 0 || r.Checks == 0:
		return &outcome{code: exitInconclusive}
	}
	return nil
}

func (a *app) readTable(path string) ([]byte, error) {
	in, what := a.stdin, "standard input"
	if path != "-" {
		f, err := os.Open(path)
		if errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%s: no such file", spelling.Shown(path))
		} else if err != nil {
			return nil, err
		}
		defer f.Close()
		in, what = f, spelling.Shown(path)
	}
	data, err := io.ReadAll(io.LimitReader(in, published.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return data, nil
}

// findingRows prints one line per finding. Texts of the file that a spreadsheet
// would run as formulas are quoted, as in every CSV of ours.
func findingRows(w io.Writer, r *published.Report) error {
	out := csv.NewWriter(w)
	out.Write([]string{"severity", "kind", "table", "line", "group", "column", "printed", "follows", "text"})
	for _, f := range r.Findings {
		out.Write([]string{string(f.Severity), f.Kind, strconv.Itoa(f.Table), strconv.Itoa(f.Line), inert(f.Group), string(f.Column), inert(f.Printed), inert(f.Follows), f.Text})
	}
	out.Flush()
	return out.Error()
}

// inert is a text that no spreadsheet runs.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
