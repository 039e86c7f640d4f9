package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/plumbline-audit/plumbline/engine/guess"
	"github.com/plumbline-audit/plumbline/engine/source/files"
)

// drafting is what init is asked for.
type drafting struct {
	logs  []string
	joins []string
	to    string
	force bool
	ask   bool
}

func (a *app) initCommand() *cobra.Command {
	var d drafting
	cmd := &cobra.Command{
		Use:   "init LOG... [flags]",
		Short: "draft an audit.yaml for a log",
		Long: "Init reads the columns of LOG (files, folders or globs of one log) and its first 50,000\n" +
			"rows, guesses which column plays which role, and writes an audit.yaml with a comment on\n" +
			"every guess. It says what it could not guess, and asks nothing unless -i is given.",
		Example: "  plumbline init decisions.parquet\n" +
			"  plumbline init logs/*.parquet --join people.csv --write audits/loans.yaml",
		Args: want("the path of a log", true),
		RunE: func(cmd *cobra.Command, args []string) error {
			d.logs = args
			return done(a.draft(cmd.Context(), d))
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&d.joins, "join", nil, "a table with more about the rows, such as people; repeatable")
	f.StringVar(&d.to, "write", "audit.yaml", "where to write; - is standard output")
	f.BoolVar(&d.force, "force", false, "write over a file that is there")
	f.BoolVarP(&d.ask, "interactive", "i", false, "ask on the terminal what could not be guessed")
	return cmd
}

// draft guesses, asks if it may, writes, and says what was guessed.
func (a *app) draft(ctx context.Context, d drafting) error {
	folder := "."
	if d.to != "-" {
		folder = filepath.Dir(d.to)
		if _, err := os.Lstat(d.to); err == nil && !d.force {
			return usage("%s is there already; --force writes over it, --write names another file", d.to)
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	paths, err := beneath(folder, d.logs)
	if err != nil {
		return err
	}
	joins, err := beneath(folder, d.joins)
	if err != nil {
		return err
	}
	drafted, err := attempt(ctx, func(ctx context.Context) (*guess.Draft, error) { return guessed(ctx, folder, paths, joins) })
	if err != nil {
		return err
	}
	if d.ask {
		if err := a.ask(drafted); err != nil {
			return err
		}
	}
	var text bytes.Buffer
	if err := drafted.Write(&text, guess.Paths{Name: auditName(d.logs[0]), Log: paths}); err != nil {
		return err
	}
	if d.to == "-" {
		_, err := a.stdout.Write(text.Bytes())
		return err
	}
	return a.settle(ctx, d, drafted, text.Bytes())
}

// settle writes the draft and holds it against the log as validate does.
func (a *app) settle(ctx context.Context, d drafting, drafted *guess.Draft, text []byte) error {
	if err := a.place(d.to, text); err != nil {
		return err
	}
	a.notes.info("%s", summaryOf(d.to, drafted))
	for _, m := range drafted.Missing {
		a.notes.info("not guessed: %s", m)
	}
	quiet := a.notes.quiet
	a.notes.quiet = true
	err := a.validateOne(ctx, d.to)
	a.notes.quiet = quiet
	if err != nil {
		a.notes.info("%s needs a hand before it can run:", d.to)
		return err
	}
	if drafted.Ready() {
		a.notes.info("next: look at the guesses, then  plumbline run %s", d.to)
	} else {
		a.notes.info("next: fill in what is missing, then  plumbline run %s", d.to)
	}
	return nil
}

// place writes a file whole or not at all.
func (a *app) place(to string, text []byte) error {
	s := &stage{}
	defer s.abort()
	if err := s.file(to, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	return s.commit()
}

// guessed opens the log and the tables and drafts.
func guessed(ctx context.Context, folder string, paths, joins []string) (*guess.Draft, error) {
	open := func(paths []string) (*files.Source, error) {
		src, err := files.Open(ctx, files.Options{Base: folder, Paths: paths})
		if err == nil {
			_, err = src.Look(ctx, nil)
		}
		return src, err
	}
	log, err := open(paths)
	if err != nil {
		return nil, err
	}
	var tables []guess.Joined
	for _, path := range joins {
		t, err := open([]string{path})
		if err != nil {
			return nil, err
		}
		tables = append(tables, guess.Joined{Path: path, Table: t})
	}
	return guess.Log(ctx, log, tables)
}

// beneath gives paths as the file in a folder would name them.
func beneath(folder string, paths []string) ([]string, error) {
	out := make([]string, len(paths))
	for i, p := range paths {
		if p == "-" {
			return nil, usage("init reads the log's first rows and run reads all of them, so standard input will not do; give a file")
		}
		out[i] = filepath.ToSlash(p)
		if filepath.IsAbs(p) {
			continue
		}
		base, err := filepath.Abs(folder)
		if err != nil {
			return nil, err
		}
		full, err := filepath.Abs(p)
		if err != nil {
			return nil, err
		}
		if relative, err := filepath.Rel(base, full); err == nil {
			out[i] = filepath.ToSlash(relative)
		}
	}
	return out, nil
}

// auditName makes a name for an audit out of the log's.
func auditName(log string) string {
	base, _, _ := strings.Cut(filepath.Base(filepath.Clean(log)), ".")
	name := strings.Map(func(r rune) rune {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)), r == '-', r == '_':
			return r
		}
		return '-'
	}, base)
	if name = strings.Trim(name, "-_"); name == "" {
		return "audit"
	}
	return name
}

// summaryOf says in a line what the draft holds.
func summaryOf(path string, d *guess.Draft) string {
	var has []string
	add := func(what, column string) {
		if column != "" {
			has = append(has, what+" "+column)
		}
	}
	if d.Decision != nil {
		add("decision", d.Decision.Column)
	}
	if d.Label != nil {
		add("label", d.Label.Column)
	}
	if d.Score != nil {
		add("score", d.Score.Column)
	}
	if d.Time != nil {
		add("time", d.Time.Column)
	}
	if d.Slate != nil {
		add("lists", d.Slate.Column)
	}
	var groups []string
	for _, g := range d.Groups {
		groups = append(groups, g.Name)
	}
	add("groups", strings.Join(groups, " "))
	if len(has) == 0 {
		has = []string{"nothing that an audit needs"}
	}
	from := ""
	if d.Export != "" {
		from = ", from " + d.Export
	}
	return "wrote " + path + from + ": " + strings.Join(has, ", ")
}
