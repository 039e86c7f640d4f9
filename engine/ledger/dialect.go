package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // PostgreSQL, by the name pgx
	_ "modernc.org/sqlite"             // SQLite, by the name sqlite
)

// dialect is what databases differ in.
type dialect interface {
	spell(query string) string     // with the database's own words and arguments
	lock(t *tx) error              // keeps other writers out until the change is made
	check(t *tx) ([]string, error) // the database's own complaints about itself
	hint(err error) string         // how to mend a fault, or ""
}

type sqlite struct{}

func openSQLite(ctx context.Context, path string, o Options) (*Ledger, error) {
	if err := exists(path, o.Create); err != nil {
		return nil, err
	}
	// A change takes the lock when it begins, so that it never has to be given up
	// half-way because another has begun too.
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {
		fmt.Sprintf("busy_timeout(%d)", o.Wait.Milliseconds()), "journal_mode(wal)", "synchronous(normal)", "foreign_keys(on)"}}
	address := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query.Encode()}).String()
	db, err := sql.Open("sqlite", address)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	l := &Ledger{db: db, dialect: sqlite{}, name: path, content: &content{}}
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(l.fault(err), db.Close())
	}
	return l, nil
}

var sqliteWords = strings.NewReplacer("{id}", "integer", "{bytes}", "blob", "{float}", "real", "{rowid}", " without rowid")

func (sqlite) spell(query string) string { return sqliteWords.Replace(query) }

func (sqlite) lock(*tx) error { return nil } // the change began with it

func (sqlite) check(t *tx) (faults []string, err error) {
	var text string
	err = each(t.ctx, t, "pragma integrity_check", nil, []any{&text}, func() error {
		if text != "ok" {
			faults = append(faults, text)
		}
		return nil
	})
	return faults, err
}

// hint goes by the texts of SQLite, which are the same in every version of it.
func (sqlite) hint(err error) string {
	switch text := err.Error(); {
	case strings.Contains(text, "locked") || strings.Contains(text, "SQLITE_BUSY"):
		return "another run is writing to it; run again when that one is done"
	case strings.Contains(text, "malformed") || strings.Contains(text, "not a database"):
		return "keep a copy, and restore the file from a backup, or move it away: the next run begins a new one"
	case strings.Contains(text, "disk is full") || strings.Contains(text, "disk I/O"):
		return "make room on the disk, and run again"
	case strings.Contains(text, "readonly") || errors.Is(err, os.ErrPermission) || strings.Contains(text, "unable to open"):
		return "make it writable, or say ledger: none"
	}
	return ""
}

type postgres struct{ wait int64 }

func openPostgres(ctx context.Context, address string, o Options) (*Ledger, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the ledger's address is not one; write postgres://user@host:5432/database") // the error would show a password
	}
	if _, ok := u.User.Password(); ok {
		return nil, errors.New("the ledger's address holds a password; put it into the variable PGPASSWORD or into a pgpass file")
	}
	name := u.Redacted()
	db, err := sql.Open("pgx", address)
	if err != nil {
		return nil, fmt.Errorf("ledger %s: %w", name, err)
	}
	db.SetMaxOpenConns(1)
	l := &Ledger{db: db, dialect: postgres{o.Wait.Milliseconds()}, name: name, content: &content{}}
	ctx, stop := context.WithTimeout(ctx, o.Wait)
	defer stop()
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(l.fault(err), db.Close())
	}
	return l, nil
}

var postgresWords = strings.NewReplacer("{id}", "bigint", "{bytes}", "bytea", "{float}", "double precision", "{rowid}", "")

func (postgres) spell(query string) string {
	var b strings.Builder
	n := 0
	for _, r := range postgresWords.Replace(query) {
		if r == '?' {
			n++
			b.WriteString("$" + strconv.Itoa(n))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// lockKey is the advisory lock that a change of a ledger holds: "plumblin" in ASCII.
const lockKey = 0x706c756d626c696e

func (p postgres) lock(t *tx) error {
	if _, err := t.ExecContext(t.ctx, fmt.Sprintf("set local lock_timeout = %d", p.wait)); err != nil {
		return err
	}
	_, err := t.ExecContext(t.ctx, "select pg_advisory_xact_lock($1)", int64(lockKey))
	return err
}

func (postgres) check(*tx) ([]string, error) { return nil, nil } // the server's own business

func (postgres) hint(err error) string {
	if strings.Contains(err.Error(), "lock timeout") {
		return "another run is writing to it; run again when that one is done"
	}
	return ""
}
