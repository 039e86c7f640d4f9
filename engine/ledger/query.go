package ledger

import (
	"context"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Entry is a run that the ledger has.
type Entry struct {
	ID                      int64
	Audit, Period, AsOf     string
	Spec, Method, Result    string
	Engine, Verdict, Reason string
	RowsRead, RowsAudited   int64
	WrittenAt               string
	Revisions, Files, Bytes int64 // numbers of windows written, files that parts are kept of, and what those take
}

// Runs lists the runs of an audit, or of all, in the order in which they were
// written.
func (l *Ledger) Runs(ctx context.Context, name string) (out []Entry, err error) {
	var e Entry
	err = l.ask(ctx, `select id, audit, period, as_of, spec, method, result, engine, verdict, reason, rows_read, rows_audited, written_at,
			(select count(*) from revision where revision.run = r.id),
			(select count(*) from run_part where run_part.run = r.id),
			(select coalesce(sum(length(c.data)), 0) from part p join content c on c.digest = p.digest where p.run = r.id)
		from run r where ? = '' or audit = ? order by id`, []any{name, name},
		[]any{&e.ID, &e.Audit, &e.Period, &e.AsOf, &e.Spec, &e.Method, &e.Result, &e.Engine, &e.Verdict, &e.Reason, &e.RowsRead, &e.RowsAudited, &e.WrittenAt,
			&e.Revisions, &e.Files, &e.Bytes}, func() error {
			out = append(out, e)
			return nil
		})
	return out, err
}

// Inputs lists the files of a run.
func (l *Ledger) Inputs(ctx context.Context, run int64) (out []audit.Input, err error) {
	var in audit.Input
	err = l.ask(ctx, "select role, path, bytes, sha256, hash, row_count from input where run = ? order by position", []any{run},
		[]any{&in.Role, &in.Path, &in.Bytes, &in.SHA256, &in.Hash, &in.Rows}, func() error {
			out = append(out, in)
			return nil
		})
	return out, err
}

// LastInputs lists the files of the last run of an audit.
func (l *Ledger) LastInputs(ctx context.Context, name string) (run int64, inputs []audit.Input, err error) {
	err = l.ask(ctx, "select coalesce(max(id), 0) from run where audit = ?", []any{name}, []any{&run}, func() error { return nil })
	if err == nil {
		inputs, err = l.Inputs(ctx, run)
	}
	return run, inputs, err
}

// Revisions lists what was written of the windows of an audit, or of all, in the
// order of runs.
func (l *Ledger) Revisions(ctx context.Context, name string) (out []Revision, err error) {
	var rev Revision
	var provisional int64
	err = l.ask(ctx, `select kind, scope, window_id, run, number, reason, provisional, digest from revision
		where ? = '' or audit = ? order by run, kind, scope, window_id`, []any{name, name},
		[]any{&rev.Kind, &rev.Scope, &rev.Window, &rev.Run, &rev.Number, &rev.Reason, &provisional, &rev.digest}, func() error {
			rev.Provisional = provisional == 1
			out = append(out, rev)
			return nil
		})
	return out, err
}
