package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Verify looks for damage: the database's own structure, content that is not what
// its digest says, parts without content, windows whose numbers are not those that
// were written, and alarms that lack a state. Each complaint names what is damaged.
func (l *Ledger) Verify(ctx context.Context) (faults []string, err error) {
	err = l.write(ctx, func(t *tx) error {
		faults = nil
		for _, check := range []func(*tx) ([]string, error){l.dialect.check, verifyContent, verifyParts, verifyRevisions, verifyAlarms} {
			found, err := check(t)
			if faults = append(faults, found...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && len(faults) > 0 { // a damaged database may answer no further
		faults = append(faults, err.Error())
		err = nil
	}
	return faults, err
}

func verifyContent(t *tx) (faults []string, err error) {
	var sum, path, audit string
	var packed []byte
	err = each(t.ctx, t, `select c.digest, c.data, coalesce(min(p.audit), ''), coalesce(min(p.path), '') from content c left join part p on p.digest = c.digest
		group by c.digest, c.data order by c.digest`, nil, []any{&sum, &packed, &audit, &path}, func() error {
		if _, err := t.content.unpack(packed, sum); err != nil {
			of := ""
			if path != "" {
				of = fmt.Sprintf(", what was found in %s for %s", path, audit)
			}
			faults = append(faults, fmt.Sprintf("content %s%s: %v; the next run reads the file again", sum[:min(12, len(sum))], of, err))
		}
		return nil
	})
	return faults, err
}

func verifyParts(t *tx) (faults []string, err error) {
	var audit, path string
	err = each(t.ctx, t, "select audit, path from part where not exists (select 1 from content where content.digest = part.digest) order by id",
		nil, []any{&audit, &path}, func() error {
			faults = append(faults, fmt.Sprintf("what was found in %s for %s is gone; the next run reads the file again", path, audit))
			return nil
		})
	return faults, err
}

// verifyRevisions replays the versions of all numbers and holds every revision's
// numbers to its digest.
func verifyRevisions(t *tx) (faults []string, err error) {
	type at struct {
		audit string
		place
	}
	type row struct {
		series int64
		run    int64
		v      Version
	}
	versions := map[at][]row{}
	var a at
	var r row
	var label, provisional, gone int64
	err = each(t.ctx, t, `select s.audit, s.scope, s.kind, v.window_id, s.id, v.run, s.series_key, s.definition, s.rests_on_label, v.value, v.low, v.high, v.numerator, v.denominator, v.n, v.provisional, v.gone, v.grounds
		from series s join value v on v.series = s.id order by v.run`, nil,
		[]any{&a.audit, &a.scope, &a.kind, &a.window, &r.series, &r.run, &r.v.Key, &r.v.Definition, &label, &r.v.Value.Value, &r.v.Low, &r.v.High,
			&r.v.Numerator, &r.v.Denominator, &r.v.N, &provisional, &gone, &r.v.Grounds}, func() error {
			r.v.Label, r.v.Provisional, r.v.Gone = label == 1, provisional == 1, gone == 1
			versions[a] = append(versions[a], r)
			return nil
		})
	if err != nil {
		return nil, err
	}
	standing := map[at]map[int64]*Value{}
	var run int64
	var want string
	err = each(t.ctx, t, "select audit, scope, kind, window_id, run, digest from revision order by run", nil,
		[]any{&a.audit, &a.scope, &a.kind, &a.window, &run, &want}, func() error {
			now := standing[a]
			if now == nil {
				now = map[int64]*Value{}
				standing[a] = now
			}
			rest := versions[a]
			for len(rest) > 0 && rest[0].run <= run {
				if v := rest[0].v.Value; rest[0].v.Gone {
					delete(now, rest[0].series)
				} else {
					now[rest[0].series] = &v
				}
				rest = rest[1:]
			}
			versions[a] = rest
			var values []*Value
			for _, v := range now {
				values = append(values, v)
			}
			if digestOf(values) != want {
				faults = append(faults, fmt.Sprintf("audit %s, window %s, run %d: the %ss are not those that were written", a.audit, a.window, run, a.kind))
			}
			return nil
		})
	for a, rest := range versions {
		if len(rest) > 0 {
			faults = append(faults, fmt.Sprintf("audit %s, window %s: a %s of run %d belongs to no revision", a.audit, a.window, a.kind, rest[0].run))
		}
	}
	slices.SortFunc(faults, strings.Compare)
	return faults, err
}

// verifyAlarms looks for alarms that lack one of their states: none is ever taken away.
func verifyAlarms(t *tx) (faults []string, err error) {
	var id int64
	err = each(t.ctx, t, `select a.id from alarm a left join alarm_state s on s.alarm = a.id group by a.id
		having count(s.position) <> coalesce(max(s.position), 0) or coalesce(min(case when s.position = 1 then s.state end), '') <> 'opened' order by a.id`,
		nil, []any{&id}, func() error {
			faults = append(faults, fmt.Sprintf("alarm %d: what was said of it is not all there", id))
			return nil
		})
	return faults, err
}

// Prune forgets what was found in files by parts that none of the last runs of each
// audit and period rests on. Numbers and runs stay.
func (l *Ledger) Prune(ctx context.Context, keep int) (parts, bytes int64, err error) {
	err = l.write(ctx, func(t *tx) error {
		const stale = `from part where id not in (select rp.part from run_part rp join run r on r.id = rp.run
			where (select count(*) from run later where later.audit = r.audit and later.period = r.period and later.id > r.id) < ?)`
		if _, err := t.one([]any{&parts}, "select count(*) "+stale, keep); err != nil {
			return err
		}
		if err := t.exec("delete "+stale, keep); err != nil {
			return err
		}
		if err := t.exec("delete from run_part where part not in (select id from part)"); err != nil {
			return err
		}
		const loose = "from content where digest not in (select digest from part)"
		if _, err := t.one([]any{&bytes}, "select coalesce(sum(length(data)), 0) "+loose); err != nil {
			return err
		}
		return t.exec("delete " + loose)
	})
	return parts, bytes, err
}
