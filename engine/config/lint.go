package config

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// lint checks what no single key can tell: values that are impossible or
// contradict each other. What already has a mistake is not judged again.
type lint struct {
	d *decoder
	a *Audit
}

func (l *lint) all() {
	l.name()
	l.data()
	l.columns()
	l.conversation()
	l.groups()
	l.windows()
	l.intersections()
	l.populations()
	l.packs()
	l.privacy()
	l.ledger()
	l.model()
	l.explain()
	l.kpis()
	l.alerts()
	l.waivers()
}

// privacy checks that the limit for small cells is one that somebody could mean:
// the rules in use ask for 3 to 20.
func (l *lint) privacy() {
	const most = 1000
	if p := l.a.Privacy; p != nil && l.clean("privacy.min_cell") && p.MinCell > most {
		l.bad("privacy.min_cell", fmt.Sprintf("min_cell %d would suppress groups that nobody calls small; at most %d is allowed", p.MinCell, most),
			"11 shows no count of 1 to 10; rules in use ask for 3 to 20")
	}
}

// ledger checks that no password stands in the file.
func (l *lint) ledger() {
	if !strings.HasPrefix(l.a.Ledger, "postgres://") && !strings.HasPrefix(l.a.Ledger, "postgresql://") {
		return
	}
	u, err := url.Parse(l.a.Ledger)
	if err != nil {
		l.bad("ledger", "this is not an address", "write postgres://user@host:5432/database")
		return
	}
	if _, ok := u.User.Password(); ok || u.Query().Has("password") {
		l.bad("ledger", "the address holds a password, which does not belong into this file", "put it into the variable PGPASSWORD or into a pgpass file")
	}
}

// bad notes a mistake at a path.
func (l *lint) bad(path, message, hint string) { l.d.mistakeAt(path, message, hint) }

// badError notes an error whose text is a message and, after a semicolon, a
// hint.
func (l *lint) badError(path string, err error) {
	message, hint, _ := strings.Cut(err.Error(), "; ")
	l.bad(path, message, hint)
}

// clean tells whether nothing at or under a path is wrong so far.
func (l *lint) clean(path string) bool { return !l.d.faulty[path] }

// given tells whether the file has the key.
func (l *lint) given(path string) bool {
	_, ok := l.d.text.places[path]
	return ok
}

// name checks that the name can be that of a folder everywhere.
func (l *lint) name() {
	if !l.clean("name") || l.a.Name == "" {
		return
	}
	const most = 100
	name := l.a.Name
	wrong := strings.IndexFunc(name, func(r rune) bool { return !nameRune(r) })
	switch {
	case wrong >= 0:
		r, _ := utf8.DecodeRuneInString(name[wrong:])
		l.bad("name", fmt.Sprintf("name %s has %s in it", quote(name), quote(string(r))), "use letters a-z, digits, dot, dash and underscore")
	case strings.Trim(name, ".") != name || name[0] == '-':
		l.bad("name", fmt.Sprintf("name %s cannot be that of a folder everywhere", quote(name)), "begin with a letter or digit, and do not end with a dot")
	case len(name) > most:
		l.bad("name", fmt.Sprintf("name has %d characters; at most %d are allowed", len(name), most), "title may be longer")
	}
}

func nameRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_'
}

func (l *lint) data() {
	l.paths("data.log", l.a.Data.Log)
	l.csv("data.csv", l.a.Data.CSV)
	for i, j := range l.a.Data.Joins {
		path := fmt.Sprintf("data.joins.%d", i)
		l.paths(path+".path", j.Path)
		l.csv(path+".csv", j.CSV)
		l.join(path, j)
		l.latest(path, j)
	}
	if depth := l.a.Data.Limits.Depth; depth > mostDepth && l.clean("data.limits.depth") {
		l.bad("data.limits.depth", fmt.Sprintf(`"depth" must be at most %d, not %d`, mostDepth, depth), "")
	}
	if l.given("data.where") && l.clean("data.where") && strings.TrimSpace(l.a.Data.Where) == "" {
		l.bad("data.where", `"where" is empty`, "remove the key to audit every row")
	}
}

// mostDepth keeps the stack of who reads nested values small.
const mostDepth = 10_000

func (l *lint) paths(key string, paths []string) {
	seen := map[string]bool{}
	for i, p := range paths {
		path := fmt.Sprintf("%s.%d", key, i)
		switch {
		case !l.clean(path):
		case p == "-" && key != "data.log":
			l.bad(path, `"-", standard input, can only be the log`, "name a file, folder or glob")
		case p == "-" && len(paths) > 1:
			l.bad(path, `"-", standard input, cannot be one of several`, "give it alone")
		case p == "-" && l.a.Data.Format == "parquet":
			l.bad(path, `a Parquet file cannot be read from "-", standard input`, "its footer comes last; name the file")
		case strings.TrimSpace(p) == "":
			l.bad(path, "path is empty", "name a file, folder or glob")
		case strings.ContainsRune(p, 0):
			l.bad(path, "path has a zero byte in it", "")
		case seen[p]:
			l.bad(path, fmt.Sprintf("path %s is listed twice", quote(p)), "its rows would count twice")
		}
		seen[p] = true
	}
}

func (l *lint) csv(path string, c CSV) {
	delimiter, quoteMark := path+".delimiter", path+".quote"
	if l.given(delimiter) && l.clean(delimiter) && c.Delimiter != "tab" && (utf8.RuneCountInString(c.Delimiter) != 1 || strings.ContainsAny(c.Delimiter, "\r\n\"")) {
		l.bad(delimiter, fmt.Sprintf("delimiter must be one character or tab, not %s", quote(c.Delimiter)), "")
	}
	if l.given(quoteMark) && l.clean(quoteMark) && c.Quote != "none" && (utf8.RuneCountInString(c.Quote) != 1 || strings.ContainsAny(c.Quote, "\r\n")) {
		l.bad(quoteMark, fmt.Sprintf("quote must be one character or none, not %s", quote(c.Quote)), "")
	}
	if l.clean(path) && c.Delimiter != "" && c.Delimiter == c.Quote {
		l.bad(quoteMark, "quote and delimiter are the same character", "")
	}
}

func (l *lint) join(path string, j Join) {
	seen := map[string]bool{}
	for _, k := range j.On {
		if seen[k.Log] && l.clean(path+".on") {
			l.bad(path+".on", fmt.Sprintf("key column %s is listed twice", quote(k.Log)), "")
		}
		seen[k.Log] = true
	}
	seen = map[string]bool{}
	for i, c := range j.Columns {
		if at := fmt.Sprintf("%s.columns.%d", path, i); seen[c] && l.clean(at) {
			l.bad(at, fmt.Sprintf("column %s is listed twice", quote(c)), "")
		}
		seen[c] = true
	}
}

func (l *lint) intersections() {
	depth, groups := l.a.Intersections.Depth, len(l.a.Columns.Known())
	if depth > max(1, groups) && l.clean("intersections.depth") && l.clean("columns.groups") {
		noun := "groups"
		if groups == 1 {
			noun = "group"
		}
		l.bad("intersections.depth", fmt.Sprintf("depth %d crosses more attributes than there are: %d %s", depth, groups, noun), "")
	}
}
