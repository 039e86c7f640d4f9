package ledger

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Recorded says what a run has added to the ledger.
type Recorded struct {
	Run       int64      // 0 if the run found nothing that the ledger does not say
	Reason    string     // why it is another run than the one before: first, inputs, labels, spec, method, rescan
	Revisions []Revision // windows with a number that is new or other than before
	Changed   []string   // files that were read before and are not what they were, or are gone
	Differ    []string   // files in which something else was found than before, though their fingerprint is the same

	Alarms []audit.Alarm // that are open, and those that the run closed
	Later  *Entry        // the run before, if it was written later than this one, by the machine's clock
}

// Revision is a window whose numbers were written down, for the first time or anew.
type Revision struct {
	Kind, Scope, Window string
	Run, Number         int64
	Reason              string
	Provisional         bool

	digest string
}

// The reasons for a revision, in the order in which they are named.
const (
	reasonFirst  = "first"
	reasonInputs = "inputs"
	reasonLabels = "labels"
	reasonSpec   = "spec"
	reasonMethod = "method"
	reasonRescan = "rescan"
)

// Record writes a run down, all of it or nothing. A run that says what the last one
// of the audit and period says adds nothing.
func (l *Ledger) Record(ctx context.Context, run Run) (out Recorded, err error) {
	windows := byPlace(run.Values)
	digests := make(map[place]string, len(windows))
	for at, values := range windows {
		digests[at] = digestOf(values)
	}
	result := run.content(digests)
	err = l.write(ctx, func(t *tx) error {
		out = Recorded{}
		before, err := t.lastRun(run.Audit, run.Period)
		if err != nil {
			return err
		}
		if out.Later, err = t.later(&run); err != nil {
			return err
		}
		out.Changed = changed(before, &run)
		if before != nil && before.result == result {
			if out.Differ, err = t.keepMissing(run.Audit, before.id, run.Parts); err != nil {
				return err
			}
			if err := t.prove(before.id, &run); err != nil {
				return err
			}
			out.Alarms, err = t.settle(before.id, &run)
			return err
		}
		if out.Run, err = t.next("run"); err != nil {
			return err
		}
		out.Reason = reasons(before, &run, false)
		if err := t.insertRun(out.Run, out.Reason, result, &run); err != nil {
			return err
		}
		if out.Differ, err = t.keep(run.Audit, out.Run, run.Parts); err != nil {
			return err
		}
		if out.Revisions, err = t.revise(out.Run, &run, windows, digests); err != nil {
			return err
		}
		if err := t.prove(out.Run, &run); err != nil {
			return err
		}
		out.Alarms, err = t.settle(out.Run, &run)
		return err
	})
	return out, err
}

// later is the last run of the audit, if the clock says that it was written after
// this one. Runs are in the order of their numbers, so that it does no harm.
func (t *tx) later(r *Run) (*Entry, error) {
	var e Entry
	known, err := t.one([]any{&e.ID, &e.WrittenAt}, "select id, written_at from run where audit = ? order by id desc limit 1", r.Audit)
	if err != nil || !known || e.WrittenAt <= r.At.UTC().Format(time.RFC3339) {
		return nil, err
	}
	return &e, nil
}

func (t *tx) insertRun(id int64, reason, result string, r *Run) error {
	err := t.exec("insert into run values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", id, r.Audit, r.Period, r.AsOf, r.Spec, r.Method, result,
		r.Engine, r.Verdict, r.RowsRead, r.RowsAudited, reason, r.At.UTC().Format(time.RFC3339))
	if err != nil {
		return err
	}
	b := bulk{t: t, into: "input", width: 8}
	for i, in := range r.Inputs {
		if err := b.add(id, i, in.Role, in.Path, in.Bytes, in.SHA256, in.Hash, in.Rows); err != nil {
			return err
		}
	}
	return b.flush()
}

// keepMissing stores parts that the ledger has lost, or that were read anew, though
// nothing else is new.
func (t *tx) keepMissing(audit string, run int64, parts []Part) ([]string, error) {
	parts = slices.DeleteFunc(slices.Clone(parts), func(p Part) bool { return p.Data == nil })
	if len(parts) == 0 {
		return nil, nil
	}
	for _, p := range parts {
		err := t.exec("delete from run_part where run = ? and part in (select id from part where audit = ? and part_key = ? and class = ?)", run, audit, p.Key, p.Class)
		if err != nil {
			return nil, err
		}
	}
	return t.keep(audit, run, parts)
}

// past is a run that the ledger has.
type past struct {
	id                         int64
	asOf, spec, method, result string
	inputs                     map[string]string // path → fingerprint
}

func (t *tx) lastRun(audit, period string) (*past, error) {
	var id int64
	known, err := t.one([]any{&id}, "select id from run where audit = ? and period = ? order by id desc limit 1", audit, period)
	if err != nil || !known {
		return nil, err
	}
	return t.pastRun(id)
}

func (t *tx) pastRun(id int64) (*past, error) {
	p := &past{id: id, inputs: map[string]string{}}
	if _, err := t.one([]any{&p.asOf, &p.spec, &p.method, &p.result}, "select as_of, spec, method, result from run where id = ?", id); err != nil {
		return nil, err
	}
	var path, sum string
	err := each(t.ctx, t, t.dialect.spell("select path, sha256 from input where run = ?"), []any{id}, []any{&path, &sum}, func() error {
		p.inputs[path] = sum
		return nil
	})
	return p, err
}

// changed are the files that a run does not find as the one before did.
func changed(before *past, run *Run) (out []string) {
	if before == nil {
		return nil
	}
	is := map[string]string{}
	for _, in := range run.Inputs {
		is[in.Path] = in.SHA256
	}
	for path, sum := range before.inputs {
		if is[path] != sum {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

// reasons says what a run has other than an earlier one. onlyLabels tells that no
// number has changed but those that rest on labels.
func reasons(before *past, run *Run, onlyLabels bool) string {
	if before == nil {
		return reasonFirst
	}
	var out []string
	files := len(run.Inputs) != len(before.inputs) || len(changed(before, run)) > 0
	switch {
	case onlyLabels && (files || run.AsOf != before.asOf):
		out = append(out, reasonLabels)
	case files:
		out = append(out, reasonInputs)
	case run.AsOf != before.asOf:
		out = append(out, reasonLabels)
	}
	if run.Spec != before.spec {
		out = append(out, reasonSpec)
	}
	if run.Method != before.method {
		out = append(out, reasonMethod)
	}
	if len(out) == 0 {
		out = append(out, reasonRescan)
	}
	return strings.Join(out, "+")
}

// place is where a window's numbers stand.
type place struct{ kind, scope, window string }

func comparePlaces(a, b place) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.scope, b.scope), cmp.Compare(a.window, b.window))
}

func byPlace(values []Value) map[place][]*Value {
	out := map[place][]*Value{}
	for i := range values {
		v := &values[i]
		at := place{v.Kind, v.Scope, v.Window}
		out[at] = append(out[at], v)
	}
	return out
}

// revise writes down the numbers that are new or other than before.
func (t *tx) revise(run int64, r *Run, windows map[place][]*Value, digests map[place]string) ([]Revision, error) {
	last, err := t.lastRevisions(r.Audit)
	if err != nil {
		return nil, err
	}
	w := t.writer(run, r.Audit)
	pasts := map[int64]*past{}
	var out []Revision
	for _, at := range slices.SortedFunc(maps.Keys(windows), comparePlaces) {
		values := windows[at]
		rev := Revision{Kind: at.kind, Scope: at.scope, Window: at.window, Run: run, Number: 1, Reason: reasonFirst, digest: digests[at]}
		for _, v := range values {
			rev.Provisional = rev.Provisional || v.Provisional
		}
		before, known := last[at]
		if known && at.kind == KindKPI && at.window == r.First && at.window != "" { // what compares it with the window before is not gone
			if values, err = w.standing(at, values); err != nil {
				return nil, err
			}
			rev.digest = digestOf(values)
		}
		if known && before.digest == rev.digest {
			continue
		}
		onlyLabels, err := w.write(at, values)
		if err != nil {
			return nil, err
		}
		if known {
			if pasts[before.Run] == nil {
				if pasts[before.Run], err = t.pastRun(before.Run); err != nil {
					return nil, err
				}
			}
			rev.Number, rev.Reason = before.Number+1, reasons(pasts[before.Run], r, onlyLabels)
		}
		out = append(out, rev)
	}
	if err := w.flush(); err != nil {
		return nil, err
	}
	b := bulk{t: t, into: "revision", width: 9}
	for _, rev := range out {
		if err := b.add(r.Audit, rev.Scope, rev.Kind, rev.Window, run, rev.Number, rev.Reason, number(rev.Provisional), rev.digest); err != nil {
			return nil, err
		}
	}
	return out, b.flush()
}

func (t *tx) lastRevisions(audit string) (map[place]Revision, error) {
	out := map[place]Revision{}
	var at place
	var rev Revision
	err := each(t.ctx, t, t.dialect.spell("select kind, scope, window_id, run, number, digest from revision where audit = ? order by run"), []any{audit},
		[]any{&at.kind, &at.scope, &at.window, &rev.Run, &rev.Number, &rev.digest}, func() error {
			out[at] = rev
			return nil
		})
	return out, err
}

// digestOf is a digest of a window's numbers, whatever their order.
func digestOf(values []*Value) string {
	lines := make([]string, len(values))
	for i, v := range values {
		lines[i] = v.line()
	}
	slices.Sort(lines)
	h := sha256.New()
	for _, line := range lines {
		h.Write([]byte(line)) // a hash takes everything
	}
	return hex.EncodeToString(h.Sum(nil))
}

// line is everything that a value says, as text.
func (v *Value) line() string {
	b := append(make([]byte, 0, 320), v.Key...)
	b = append(append(append(b, 0), v.Definition...), 0)
	for _, x := range []*float64{v.Value, v.Low, v.High, v.Numerator, v.Denominator} {
		if b = append(b, ' '); x != nil {
			b = strconv.AppendFloat(b, *x, 'g', -1, 64)
		}
	}
	if b = append(b, ' '); v.N != nil {
		b = strconv.AppendInt(b, *v.N, 10)
	}
	b = append(b, v.Grounds...)
	b = strconv.AppendBool(append(b, ' '), v.Label)
	return string(append(strconv.AppendBool(append(b, ' '), v.Provisional), '\n'))
}

func number(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// bulk inserts many rows with few statements.
type bulk struct {
	t     *tx
	into  string
	width int
	args  []any
	many  *sql.Stmt // for as many rows as a statement takes; nil until there are so many
}

// bulkRows is how many rows a statement inserts.
const bulkRows = 40

func (b *bulk) add(args ...any) error {
	b.args = append(b.args, args...)
	if len(b.args) < bulkRows*b.width {
		return nil
	}
	if b.many == nil {
		var err error
		if b.many, err = b.t.PrepareContext(b.t.ctx, b.t.dialect.spell(b.statement(bulkRows))); err != nil {
			return err
		}
	}
	_, err := b.many.ExecContext(b.t.ctx, b.args...)
	b.args = b.args[:0]
	return err
}

func (b *bulk) statement(rows int) string {
	row := "(?" + strings.Repeat(", ?", b.width-1) + ")"
	return "insert into " + b.into + " values " + row + strings.Repeat(", "+row, rows-1)
}

// flush inserts the rows that are left. The bulk can go on.
func (b *bulk) flush() error {
	if len(b.args) == 0 {
		return nil
	}
	err := b.t.exec(b.statement(len(b.args)/b.width), b.args...)
	b.args = b.args[:0]
	return err
}
