package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/kpi"
	"github.com/plumbline-audit/plumbline/engine/pack"
)

func (a *app) packsCommand() *cobra.Command {
	return group("packs", "list rule packs, show them, and check files of one's own",
		a.packsListCommand(), a.packsShowCommand(), a.packsCheckCommand())
}

func (a *app) packsListCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "list", Short: "list the rule packs and KPI packs that come with the program", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			var list []packEntry
			for _, name := range pack.Names() {
				p, err := a.pack(name)
				if err != nil {
					return done(err)
				}
				list = append(list, describedPack(p))
			}
			followed, err := kpiPacks()
			if err != nil {
				return done(err)
			}
			if format == "json" {
				return done(a.print(asJSON(allPacks(list, followed))))
			}
			return done(a.print(func(w io.Writer) error { return listPacks(w, list, followed) }))
		},
	}
	formatFlag(cmd, &format)
	return cmd
}

func (a *app) packsShowCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "show NAME", Short: "show what a pack asks for, its sources and what it does not claim",
		Long: "Show prints a rule pack that comes with the program, or one in a file: its limits, the\n" +
			"evidence that it asks for, where that is written, and what it does not claim. Of a KPI\n" +
			"pack it prints the indicators, the columns that they name, and what no log tells.",
		Example: "  plumbline packs show four-fifths\n" +
			"  plumbline packs show ad-delivery",
		Args: want("the name of a pack or a file; see plumbline packs list", false),
		RunE: func(_ *cobra.Command, args []string) error {
			if slices.Contains(kpi.Packs(), args[0]) {
				return done(a.showKPIs(args[0], format))
			}
			p, err := a.pack(args[0])
			if err != nil {
				return done(err)
			}
			if format == "json" {
				return done(a.print(asJSON(describedPack(p))))
			}
			return done(a.print(func(w io.Writer) error { return showPack(w, p) }))
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return append(pack.Names(), kpi.Packs()...), cobra.ShellCompDirectiveDefault
		},
	}
	formatFlag(cmd, &format)
	return cmd
}

func (a *app) packsCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check FILE...", Short: "check files with rule packs of one's own",
		Long: "Check reads each FILE as audit.yaml would under packs:, and reports every mistake at\n" +
			"once: keys, limits that contradict each other, missing sources, dates in the future.\n" +
			"A date lies in the future when it has begun nowhere on Earth, so that tomorrow's is\n" +
			"taken once it is tomorrow in the easternmost time zone (UTC+14).",
		Example: "  plumbline packs check our-rules.yaml",
		Args:    want("the path of a pack", true),
		RunE: func(_ *cobra.Command, args []string) error {
			worst := exitOK
			for _, path := range args {
				var o *outcome
				if err := done(a.checkPack(path)); errors.As(err, &o) {
					a.notes.fault(o.err)
					worst = max(worst, o.code)
				}
			}
			if worst != exitOK {
				return &outcome{code: worst}
			}
			return nil
		},
		ValidArgsFunction: yamlFiles,
	}
}

// fileName makes sure that a path is not taken for the name of a pack.
func fileName(path string) string {
	if pack.IsFile(path) {
		return path
	}
	return "./" + path
}

// checkPack reads one file, and says that it is well.
func (a *app) checkPack(path string) error {
	p, err := a.pack(fileName(path))
	if err != nil || a.notes.quiet {
		return err
	}
	return a.print(lines([]string{fmt.Sprintf("%s: ok (pack %s %s, %s)", path, p.Name, p.Release, asked(p))}))
}

// pack reads a pack by name or from a file.
func (a *app) pack(name string) (*pack.Pack, error) {
	p, err := pack.Load(name, "", a.declarations(), a.now())
	var mistakes config.Errors
	if err != nil && !errors.As(err, &mistakes) {
		return nil, configFault(err)
	}
	return p, err
}

// asked counts what a pack asks for.
func asked(p *pack.Pack) string {
	return fmt.Sprintf("%s, %s", several(len(p.Checks), "check"), several(len(p.Requirements), "requirement"))
}

func listPacks(w io.Writer, list []packEntry, followed []kpiPackEntry) error {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "NAME\tRELEASE\tVERIFIED\tSTATUS\tTITLE")
	for _, p := range list {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", p.Name, p.Release, p.Verified, strings.ReplaceAll(p.Status, "_", " "), p.Title)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nKPI packs, for kpis: {packs: [...]}")
	for _, p := range followed {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", p.Name, p.Release, several(len(p.KPIs), "KPI"), p.Title)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, "\nplumbline packs show NAME: limits, evidence asked for, sources, and what is not claimed; of a KPI pack its indicators")
	return err
}
