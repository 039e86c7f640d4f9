package ledger

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed migrations/*.sql
var statements embed.FS

// migrations are the steps from each form of a ledger to the next. A step that was
// published is never changed.
func migrations() []string {
	names, err := fs.Glob(statements, "migrations/*.sql")
	if err != nil {
		return nil // the pattern is well formed
	}
	var out []string
	for _, name := range names {
		text, err := statements.ReadFile(name)
		if err == nil { // it was just listed
			out = append(out, string(text))
		}
	}
	return out
}

// migrate brings a ledger to the present form. It refuses one that a later program
// has written.
func (l *Ledger) migrate(ctx context.Context, steps []string) error {
	version := 0
	err := l.ask(ctx, "select version from schema_version", nil, []any{&version}, func() error { return nil })
	if err == nil && version == len(steps) {
		return nil
	}
	return l.write(ctx, func(t *tx) error {
		if err := t.exec("create table if not exists schema_version (version bigint not null)"); err != nil {
			return err
		}
		version := 0 // another program may have migrated it meanwhile
		_, err := t.one([]any{&version}, "select version from schema_version")
		if err != nil {
			return err
		}
		if version > len(steps) {
			return &Fault{Ledger: l.name, Err: fmt.Errorf("it has form %d, and this program knows forms up to %d", version, len(steps)),
				Hint: "use the later plumbline that wrote it"}
		}
		if version < 0 {
			return errors.New("its form is not known")
		}
		for _, step := range steps[version:] {
			for _, s := range strings.Split(step, ";\n") {
				if strings.TrimSpace(s) == "" {
					continue
				}
				if err := t.exec(s); err != nil {
					return err
				}
			}
		}
		if err := t.exec("delete from schema_version"); err != nil {
			return err
		}
		return t.exec("insert into schema_version values (?)", len(steps))
	})
}
