package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/plumbline-audit/plumbline/engine/guess"
	"github.com/plumbline-audit/plumbline/engine/spelling"
)

// ask asks on the terminal for what an audit cannot do without and the log does not
// tell. An empty answer leaves things as they are.
func (a *app) ask(d *guess.Draft) error {
	if f, ok := a.stdin.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		return usage("-i asks on a terminal, and standard input is none; leave -i out and edit the file")
	}
	q := questions{in: bufio.NewReader(a.stdin), out: a.stderr, columns: d.Columns()}
	if len(q.columns) == 0 {
		return nil
	}
	q.list()
	if d.Decision == nil && d.Slate == nil {
		if c := q.column("Which column says what was decided?"); c != "" {
			if values := q.words("Which of its values are good to have, commas between them?"); len(values) > 0 {
				d.Decide(c, values)
			}
		}
	}
	if len(d.Groups) == 0 {
		for _, c := range q.words("Which columns tell groups of people apart, commas between them?") {
			if q.known(c) {
				d.Compare(c)
			}
		}
	}
	return nil
}

// questions is a talk on a terminal.
type questions struct {
	in      *bufio.Reader
	out     io.Writer
	columns []guess.Seen
}

func (q *questions) list() {
	for _, c := range q.columns {
		more := ""
		if !c.All {
			more = ", ..."
		}
		fmt.Fprintf(q.out, "  %s: %s%s\n", spelling.Printable(c.Name), spelling.Printable(strings.Join(c.Values, ", ")), more)
	}
}

// line asks and reads a line; "" at the end of the input.
func (q *questions) line(question string) string {
	fmt.Fprintf(q.out, "%s [Enter: none] ", question)
	answer, err := q.in.ReadString('\n')
	if err != nil && answer == "" {
		fmt.Fprintln(q.out)
	}
	return strings.TrimSpace(answer)
}

// column asks for a column until the answer is one, or empty.
func (q *questions) column(question string) string {
	for {
		answer := q.line(question)
		if answer == "" || q.known(answer) {
			return answer
		}
	}
}

func (q *questions) words(question string) []string {
	var out []string
	for _, w := range strings.Split(q.line(question), ",") {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// known tells whether a column is among those listed, and says so if not.
func (q *questions) known(name string) bool {
	ok := slices.ContainsFunc(q.columns, func(c guess.Seen) bool { return c.Name == name })
	if !ok {
		fmt.Fprintf(q.out, "  %s is not among the columns above\n", spelling.Shown(name))
	}
	return ok
}
