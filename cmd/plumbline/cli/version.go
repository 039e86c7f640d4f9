package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// module is the path that plumbline has in a build, also as a dependency of a
// team's own program.
const module = "github.com/plumbline-audit/plumbline"

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return done(a.printVersion()) },
	}
}

func (a *app) printVersion() error {
	number, revision := version()
	if revision == "" {
		revision = "unknown"
	}
	return a.print(func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "plumbline %s\nrevision  %s\ngo        %s %s/%s\n",
			number, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return err
	})
}

// version is what the build knows about itself: the module's version, and the
// source revision, with + if there were changes on top.
func version() (number, revision string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel", ""
	}
	if info.Main.Path != module {
		for _, d := range info.Deps {
			if d.Path == module {
				return released(d.Version), ""
			}
		}
		return "devel", ""
	}
	dirty := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+"
		}
	}
	if revision != "" {
		revision += dirty
	}
	return released(info.Main.Version), revision
}

func released(number string) string {
	if number == "" || number == "(devel)" {
		return "devel"
	}
	return number
}
