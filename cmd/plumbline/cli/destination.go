package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plumbline-audit/plumbline/engine/spelling"
	"github.com/plumbline-audit/plumbline/reports"
)

// stdoutPath is the PATH of -o that stands for standard output.
const stdoutPath = "-"

// destination is where one report goes.
type destination struct {
	format reports.Format
	path   string // a file, stdoutPath, or "" for the usual name in the audit's folder
}

// destinations reads the -o flags; without any, the formats in preset go to
// the place in home.
func destinations(specs, preset []string, home string) ([]destination, error) {
	if len(specs) == 0 {
		specs = preset
	}
	var out []destination
	taken := map[string]string{}
	for _, spec := range specs {
		name, path, explicit := strings.Cut(spec, "=")
		format, ok := reports.Lookup(name)
		if !ok {
			return nil, unknownFormat(name)
		}
		if !explicit {
			path = home
		}
		if err := writable(spec, path, explicit); err != nil {
			return nil, err
		}
		place := path
		if place == "" {
			place = "/" + format.File // in the audit's folder
		} else if abs, err := filepath.Abs(place); err == nil && place != stdoutPath {
			place = abs
		}
		if first, ok := taken[place]; ok {
			return nil, usage("-o %s and -o %s go to the same place; give one of them a PATH", first, spec)
		}
		taken[place] = spec
		out = append(out, destination{format, path})
	}
	return out, nil
}

// further are the formats that are written besides where the audit has what is
// in them.
func further(tables, explanations, kpis bool) []destination {
	var out []destination
	for _, f := range reports.All() {
		if tables && f.Name == "ll144" || explanations && f.Name == "explanations" || kpis && f.Name == "kpis" {
			out = append(out, destination{f, ""})
		}
	}
	return out
}

// writable refuses a PATH that can be no file.
func writable(spec, path string, explicit bool) error {
	if explicit && path == "" {
		return usage("-o %s has no path after =; write FORMAT=PATH, or - for stdout", spec)
	}
	if path == "" || path == stdoutPath {
		return nil
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() || os.IsPathSeparator(path[len(path)-1]) {
		return usage("-o %s: %s is a folder; name a file, or use --out for the folder", spec, path)
	}
	return nil
}

func unknownFormat(name string) error {
	names := formatNames()
	if near := spelling.Nearest(name, names); near != "" {
		return usage("-o: unknown format %q; did you mean %s?", name, near)
	}
	return usage("-o: unknown format %q; use one of %s", name, strings.Join(names, ", "))
}

func formatNames() []string {
	var names []string
	for _, f := range reports.All() {
		names = append(names, f.Name)
	}
	return names
}

// formatHelp describes the formats of -o.
func formatHelp() string {
	var p page
	p.line("Formats:")
	for _, f := range reports.All() {
		p.wrap(fmt.Sprintf("  %-5s ", f.Name), strings.Repeat(" ", 8), f.Doc)
	}
	return p.String()
}

// outputFlag declares -o on a command.
func outputFlag(cmd *cobra.Command, specs *[]string, doc string) {
	cmd.Flags().StringArrayVarP(specs, "output", "o", nil, doc)
	complete := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return formatNames(), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("output", complete))
}

// folderName makes a name fit for one folder; what could be read as a path is
// escaped.
func folderName(name string) string {
	if name == "" || name == "." || name == ".." {
		return strings.ReplaceAll(name, ".", "%2E")
	}
	return strings.NewReplacer("/", "%2F", `\`, "%5C", "\x00", "%00").Replace(name)
}
