package cli

import (
	"io"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/spelling"
	"github.com/spf13/cobra"
)

func (a *app) detectorsCommand() *cobra.Command {
	return group("detectors", "list the detectors and what they measure", a.detectorsListCommand(), a.detectorsShowCommand())
}

func (a *app) detectorsListCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "list", Short: "list the detectors", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			list := a.catalog()
			if format == "json" {
				return done(a.print(asJSON(list)))
			}
			return done(a.print(func(w io.Writer) error { return list.list(w) }))
		},
	}
	formatFlag(cmd, &format)
	return cmd
}

func (a *app) detectorsShowCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "show NAME", Short: "show a detector's parameters, metrics and formulas",
		Example: "  plumbline detectors show parity",
		Args:    want("the name of a detector; see plumbline detectors list", false),
		RunE: func(_ *cobra.Command, args []string) error {
			list := a.catalog()
			for _, d := range list {
				if d.Name != args[0] {
					continue
				}
				if format == "json" {
					return done(a.print(asJSON(d)))
				}
				return done(a.print(func(w io.Writer) error { return d.show(w) }))
			}
			if near := spelling.Nearest(args[0], list.names()); near != "" {
				return usage("unknown detector %q; did you mean %s?", args[0], near)
			}
			return usage("unknown detector %q; there are %s", args[0], strings.Join(list.names(), ", "))
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return a.catalog().names(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	formatFlag(cmd, &format)
	return cmd
}

func formatFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().Var(choice(format, "text", "text", "json"), "format", "text or json")
}
