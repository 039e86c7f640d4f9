package cli

import (
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports"
)

// isTerminal reports whether somebody looks at a stream, and how wide it is.
func isTerminal(w io.Writer) (columns int, ok bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	return columns, err == nil
}

// summary prints the first screen on stdout: with colors and the terminal's
// width if it is one, else the same bytes everywhere.
func (a *app) summary(r *audit.Result) error {
	text := a.text()
	return a.print(func(w io.Writer) error { return text.Write(w, r) })
}

// text is how a text is written to stdout.
func (a *app) text() (text reports.Text) {
	if columns, ok := isTerminal(a.stdout); ok {
		text.Width = min(100, columns)
		text.Color = !a.noColor && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb"
		text.ASCII = a.ascii()
	}
	return text
}

// ascii reports whether the locale names another encoding than UTF-8.
func (a *app) ascii() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(a.getenv(name)); v != "" {
			return !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8")
		}
	}
	return false
}
