package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
)

// writer writes versions of numbers.
type writer struct {
	t      *tx
	run    int64
	audit  string
	known  map[seriesKey]int64
	next   int64
	series bulk
	values bulk
}

type seriesKey struct{ scope, kind, key, definition string }

func (t *tx) writer(run int64, audit string) *writer {
	return &writer{t: t, run: run, audit: audit,
		series: bulk{t: t, into: "series", width: 7}, values: bulk{t: t, into: "value", width: 12}}
}

// write adds a version of every number of a window that is not what it was. It tells
// whether all of those rest on labels.
func (w *writer) write(at place, values []*Value) (onlyLabels bool, err error) {
	if w.known == nil {
		if err := w.load(); err != nil {
			return false, err
		}
	}
	before, err := w.before(at)
	if err != nil {
		return false, err
	}
	ids := make([]int64, len(values))
	for i, v := range values {
		if ids[i], err = w.id(v); err != nil {
			return false, err
		}
	}
	if err := w.series.flush(); err != nil { // values refer to their series
		return false, err
	}
	onlyLabels = true
	for i, v := range values {
		id := ids[i]
		old, known := before[id]
		delete(before, id)
		if known && !old.Gone && old.line() == v.line() {
			continue
		}
		onlyLabels = onlyLabels && v.Label
		err = w.values.add(id, v.Window, w.run, v.Value, v.Low, v.High, v.Numerator, v.Denominator, v.N, number(v.Provisional), 0, blob(v.Grounds))
		if err != nil {
			return false, err
		}
	}
	for id, old := range before { // the window has them no more
		if old.Gone {
			continue
		}
		onlyLabels = onlyLabels && old.Label
		if err := w.values.add(id, at.window, w.run, nil, nil, nil, nil, nil, nil, 0, 1, nil); err != nil {
			return false, err
		}
	}
	return onlyLabels, nil
}

// blob is null for no bytes.
func blob(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

func (w *writer) flush() error { return w.values.flush() }

// load reads which series there are.
func (w *writer) load() (err error) {
	w.known = map[seriesKey]int64{}
	var id int64
	var k seriesKey
	err = each(w.t.ctx, w.t, w.t.dialect.spell("select id, scope, kind, series_key, definition from series where audit = ?"), []any{w.audit},
		[]any{&id, &k.scope, &k.kind, &k.key, &k.definition}, func() error {
			w.known[k] = id
			return nil
		})
	if err == nil {
		w.next, err = w.t.next("series")
	}
	return err
}

// id is the number of a value's series, which begins if it is new.
func (w *writer) id(v *Value) (int64, error) {
	k := seriesKey{v.Scope, v.Kind, v.Key, v.Definition}
	if id, ok := w.known[k]; ok {
		return id, nil
	}
	id := w.next
	w.next++
	w.known[k] = id
	return id, w.series.add(id, w.audit, v.Scope, v.Kind, v.Key, v.Definition, number(v.Label))
}

// Version is a number as it was reported by some run.
type Version struct {
	Value
	Run    int64
	Gone   bool   // the window had it no more
	Reason string // of the revision that it belongs to
	Number int64  // likewise: 1 is as first reported
}

// before is the last version of every number of a window, by series.
func (w *writer) before(at place) (map[int64]Version, error) {
	out := map[int64]Version{}
	var id int64
	var v Version
	var label, provisional, gone int64
	err := each(w.t.ctx, w.t, w.t.dialect.spell(`select s.id, s.series_key, s.definition, s.rests_on_label, v.value, v.low, v.high, v.numerator, v.denominator, v.n, v.provisional, v.gone, v.grounds
		from series s join value v on v.series = s.id
		where s.audit = ? and s.scope = ? and s.kind = ? and v.window_id = ? order by v.run`),
		[]any{w.audit, at.scope, at.kind, at.window},
		[]any{&id, &v.Key, &v.Definition, &label, &v.Value.Value, &v.Low, &v.High, &v.Numerator, &v.Denominator, &v.N, &provisional, &gone, &v.Grounds}, func() error {
			v.Label, v.Provisional, v.Gone = label == 1, provisional == 1, gone == 1
			out[id] = v
			return nil
		})
	return out, err
}

// standing adds to the numbers of a window those that it had before and that are not
// among them, as they were.
func (w *writer) standing(at place, values []*Value) ([]*Value, error) {
	before, err := w.before(at)
	if err != nil {
		return nil, err
	}
	type is struct{ about, definition string }
	have := map[is]bool{}
	for _, v := range values {
		have[is{aboutKPI(v.Key), v.Definition}] = true
	}
	for _, old := range before {
		if v := old.Value; !old.Gone && !have[is{aboutKPI(v.Key), v.Definition}] {
			v.Kind, v.Scope, v.Window = at.kind, at.scope, at.window
			values = append(values, &v)
		}
	}
	return values, nil
}

// Query chooses versions. Empty fields, but for the audit, choose all.
type Query struct{ Audit, Kind, Scope, Window string }

// Versions lists everything that numbers ever were: by kind, scope, series and
// window, each in the order of runs.
func (l *Ledger) Versions(ctx context.Context, q Query) (out []Version, err error) {
	series, err := l.seriesOf(ctx, q)
	if err != nil {
		return nil, err
	}
	revisions, err := l.Revisions(ctx, q.Audit)
	if err != nil {
		return nil, err
	}
	type at struct {
		place
		run int64
	}
	known := make(map[at]*Revision, len(revisions))
	for i, rev := range revisions {
		known[at{place{rev.Kind, rev.Scope, rev.Window}, rev.Run}] = &revisions[i]
	}
	query := "from value v where v.series in (select id from series where audit = ? and (? = '' or kind = ?) and (? = '' or scope = ?))"
	args := []any{q.Audit, q.Kind, q.Kind, q.Scope, q.Scope}
	if q.Window != "" {
		query, args = query+" and v.window_id = ?", append(args, q.Window)
	}
	count := 0
	if err := l.ask(ctx, "select count(*) "+query, args, []any{&count}, func() error { return nil }); err != nil {
		return nil, err
	}
	out = make([]Version, 0, count)
	ranks := make([]int, 0, count) // of the series of each
	var r Version
	var id, provisional, gone int64
	windows := map[string]string{}
	var numbers slab
	columns := []any{&id, &r.Window, &r.Run, numbers.into(&r.Value.Value), numbers.into(&r.Low), numbers.into(&r.High),
		numbers.into(&r.Numerator), numbers.into(&r.Denominator), &r.N, &provisional, &gone, &r.Grounds}
	err = l.ask(ctx, `select v.series, v.window_id, v.run, v.value, v.low, v.high, v.numerator, v.denominator, v.n, v.provisional, v.gone, v.grounds `+query, args, columns, func() error {
		s, ok := series[id]
		if !ok {
			return nil // it began after the series were listed
		}
		window, seen := windows[r.Window]
		if !seen {
			window = r.Window
			windows[window] = window
		}
		r.Window = window
		r.Kind, r.Scope, r.Key, r.Definition, r.Label = s.Kind, s.Scope, s.Key, s.Definition, s.Label
		r.Provisional, r.Gone, r.Reason, r.Number = provisional == 1, gone == 1, "", 0
		if rev := known[at{place{s.Kind, s.Scope, r.Window}, r.Run}]; rev != nil {
			r.Reason, r.Number = rev.Reason, rev.Number
		}
		out, ranks = append(out, r), append(ranks, s.rank)
		return nil
	})
	return inTurn(out, ranks), err
}

// inTurn puts versions in the order of their series, windows and runs.
func inTurn(list []Version, ranks []int) []Version {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if ranks[a] != ranks[b] {
			return cmp.Compare(ranks[a], ranks[b])
		}
		return cmp.Or(cmp.Compare(list[a].Window, list[b].Window), cmp.Compare(list[a].Run, list[b].Run))
	})
	if slices.IsSorted(order) {
		return list
	}
	out := make([]Version, len(list))
	for i, at := range order {
		out[i] = list[at]
	}
	return out
}

// slab makes room for many numbers at a time.
type slab struct{ free []float64 }

// into scans a number that may be null.
func (s *slab) into(to **float64) sql.Scanner { return &slabbed{s, to} }

type slabbed struct {
	*slab
	to **float64
}

// Scan implements sql.Scanner.
func (s *slabbed) Scan(src any) error {
	if src == nil {
		*s.to = nil
		return nil
	}
	x, ok := src.(float64)
	if !ok {
		var n sql.NullFloat64
		if err := n.Scan(src); err != nil {
			return err
		}
		x = n.Float64
	}
	if len(s.free) == 0 {
		s.free = make([]float64, 1024)
	}
	s.free[0] = x
	*s.to, s.free = &s.free[0], s.free[1:]
	return nil
}

// ranked is what a series' numbers have in common.
type ranked struct {
	Value
	rank int // by kind, scope and key
}

func (l *Ledger) seriesOf(ctx context.Context, q Query) (map[int64]*ranked, error) {
	out := map[int64]*ranked{}
	var id, label int64
	var v Value
	err := l.ask(ctx, "select id, kind, scope, series_key, definition, rests_on_label from series where audit = ?", []any{q.Audit},
		[]any{&id, &v.Kind, &v.Scope, &v.Key, &v.Definition, &label}, func() error {
			v.Label = label == 1
			out[id] = &ranked{Value: v}
			return nil
		})
	order := slices.Collect(maps.Keys(out))
	slices.SortFunc(order, func(x, y int64) int {
		a, b := out[x], out[y]
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Key, b.Key), cmp.Compare(x, y))
	})
	for i, id := range order {
		out[id].rank = i
	}
	return out, err
}

// AsKnownNow keeps the last version of every number, and none that is gone.
func AsKnownNow(all []Version) (out []Version) {
	for i, v := range all {
		if i+1 < len(all) && sameNumber(&v, &all[i+1]) {
			continue
		}
		if !v.Gone {
			out = append(out, v)
		}
	}
	return out
}

// AsFirstReported keeps the first version of every number.
func AsFirstReported(all []Version) (out []Version) {
	for i, v := range all {
		if i == 0 || !sameNumber(&all[i-1], &v) {
			out = append(out, v)
		}
	}
	return out
}

// sameNumber tells versions of one number, of lists as Versions has them.
func sameNumber(a, b *Version) bool {
	return a.Kind == b.Kind && a.Scope == b.Scope && a.Key == b.Key && a.Definition == b.Definition && a.Window == b.Window
}
