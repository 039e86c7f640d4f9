// Package ledger is the history of audits: their runs, the files that were read,
// what was found in each file, and every number with all that it ever was. It is a
// SQLite file, or a PostgreSQL database that a team shares. Nothing is ever
// overwritten: a number that changes gets a further version, and the reason.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Ledger is an open history. It is not safe for concurrent use; two programs that
// have opened the same one are.
type Ledger struct {
	db      *sql.DB
	dialect dialect
	name    string // for messages, without a password
	content *content
}

// Options say how a ledger is opened.
type Options struct {
	Create bool          // make one if there is none
	Wait   time.Duration // how long to wait for another program that writes to it; 0: ten seconds
}

// Open opens the ledger at a path, or at a postgres:// address, and brings an older
// one to the present form.
func Open(ctx context.Context, where string, o Options) (*Ledger, error) {
	l, err := connect(ctx, where, o)
	if err != nil {
		return nil, err
	}
	if err := l.migrate(ctx, migrations()); err != nil {
		return nil, errors.Join(err, l.db.Close())
	}
	return l, nil
}

func connect(ctx context.Context, where string, o Options) (*Ledger, error) {
	if o.Wait == 0 {
		o.Wait = 10 * time.Second
	}
	if IsAddress(where) {
		return openPostgres(ctx, where, o)
	}
	return openSQLite(ctx, where, o)
}

// IsAddress tells the address of a server from a path.
func IsAddress(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
}

// Name is where the ledger is, without a password.
func (l *Ledger) Name() string { return l.name }

// Close lets go of the ledger.
func (l *Ledger) Close() error {
	l.content.close()
	return l.fault(l.db.Close())
}

// exists says whether there is a file, and makes one that only its owner reads.
func exists(path string, create bool) error {
	_, err := os.Stat(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !create {
		return fmt.Errorf("%s: there is no ledger; plumbline run writes one", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// fault puts the ledger's name before an error, and says what to do.
func (l *Ledger) fault(err error) error {
	if err == nil {
		return nil
	}
	var known *Fault
	if errors.As(err, &known) {
		return err
	}
	return &Fault{Ledger: l.name, Err: err, Hint: l.dialect.hint(err)}
}

// Fault is what is wrong with a ledger.
type Fault struct {
	Ledger string
	Err    error
	Hint   string
}

func (f *Fault) Error() string {
	s := "ledger " + f.Ledger + ": " + f.Err.Error()
	if f.Hint != "" {
		s += "; " + f.Hint
	}
	return s
}

func (f *Fault) Unwrap() error { return f.Err }

// write carries out a change, all of it or nothing.
func (l *Ledger) write(ctx context.Context, change func(*tx) error) (err error) {
	defer func() { err = l.fault(err) }()
	begun, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = begun.Rollback() }() // after Commit it does nothing
	t := &tx{Tx: begun, ctx: ctx, dialect: l.dialect, content: l.content}
	if err := l.dialect.lock(t); err != nil {
		return err
	}
	if err := change(t); err != nil {
		return err
	}
	return begun.Commit()
}

// tx is a change that is being made.
type tx struct {
	*sql.Tx
	ctx     context.Context
	dialect dialect
	content *content
}

// exec runs a statement with ? for its arguments.
func (t *tx) exec(query string, args ...any) error {
	_, err := t.ExecContext(t.ctx, t.dialect.spell(query), args...)
	return err
}

// one reads the only row of an answer; ok is false if there is none.
func (t *tx) one(into []any, query string, args ...any) (ok bool, err error) {
	err = t.QueryRowContext(t.ctx, t.dialect.spell(query), args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// querier asks, inside a change or outside.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each calls row for every row of an answer.
func each(ctx context.Context, q querier, query string, args []any, into []any, row func() error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := row(); err != nil {
			return err
		}
	}
	return rows.Err()
}

// ask is each, outside a change.
func (l *Ledger) ask(ctx context.Context, query string, args []any, into []any, row func() error) error {
	return l.fault(each(ctx, l.db, l.dialect.spell(query), args, into, row))
}
