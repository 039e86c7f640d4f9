package scan

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// idSet counts rows per id, exactly: the id itself is kept, not a hash of it.
type idSet struct {
	rows  map[string]int64
	bytes int64
}

// What a map entry costs beside its key, roughly: of idSet and of lastRows.
const (
	idOverhead   = 48
	lastOverhead = 80
)

func newIDSet() *idSet { return &idSet{rows: map[string]int64{}} }

func (s *idSet) add(id string, rows int64) {
	n, seen := s.rows[id]
	if !seen {
		s.bytes += int64(len(id)) + idOverhead
	}
	s.rows[id] = n + rows
}

// eachID calls do with the id of every row in scope that has one.
func (w *worker) eachID(do func(row int, id string)) {
	v := &w.frame.cols[w.plan.id]
	for i, reason := range w.frame.reason {
		if reason != 0 {
			continue
		}
		if value := v.Value(i); !w.noID(v.Type, value) {
			do(i, source.Text(v.Type, value))
		}
	}
}

// countIDs notes how often each id occurs.
func (w *worker) countIDs() {
	w.eachID(func(_ int, id string) { w.ids.add(id, w.frame.repeat) })
}

// dropEarlier excludes every row that is not the last of its id.
func (w *worker) dropEarlier() {
	f := &w.frame
	w.eachID(func(i int, id string) {
		if !w.lasts.claim(id, f.times[i], w.contentHash(i)) {
			f.reason[i] = reasonDuplicate
		}
		if f.repeat > 1 { // at most one row of many that are equal in everything is the last
			w.accounts.Read += f.repeat - 1
			w.accounts.Excluded[table.DuplicateID] += f.repeat - 1
			f.repeat = 1
		}
	})
}

// contentHash is a hash of a row's used columns: it decides between rows of one
// id and one time in a way that does not depend on their order.
func (w *worker) contentHash(row int) uint64 {
	h := w.plan.req.Audit.Seed
	for c := range w.frame.cols {
		v := &w.frame.cols[c]
		value := v.Value(row)
		h = hash64(h, strconv.Itoa(int(min(value.Kind, 1)))+source.Text(v.Type, value))
	}
	return h
}

// countDuplicates compares the ids of all workers.
func (p *Plan) countDuplicates(workers []*worker, a *table.Accounts) error {
	if p.id < 0 {
		return nil
	}
	role := p.req.Audit.Columns.ID
	if role.Duplicates == "last_by_time" {
		a.Duplicates = a.Excluded[table.DuplicateID]
		return nil
	}
	all := workers[0].ids // it grows to hold them all, which copies least
	for _, w := range workers[1:] {
		for id, n := range w.ids.rows {
			all.add(id, n)
		}
	}
	a.Duplicates = 0
	var repeated []string
	for id, n := range all.rows {
		if a.Duplicates += n - 1; n > 1 {
			repeated = append(repeated, id)
		}
	}
	if role.Duplicates == "error" && len(repeated) > 0 {
		id := slices.MinFunc(repeated, cmp.Compare)
		return fmt.Errorf("column %s: %d rows repeat an id, e.g. %s (%d rows); audit them with columns.id.duplicates: count or last_by_time",
			role.Column.Name, a.Duplicates, strconv.Quote(clip(id)), all.rows[id])
	}
	return nil
}

// lastRows knows the last row of every id.
type lastRows struct {
	mu    sync.Mutex
	best  map[string]lastRow
	bytes int64
}

type lastRow struct {
	time    int64
	content uint64
	claimed bool
}

func (l lastRow) before(o lastRow) bool {
	return cmp.Or(cmp.Compare(l.time, o.time), cmp.Compare(l.content, o.content)) < 0
}

func (l *lastRows) see(id string, r lastRow) {
	l.mu.Lock()
	defer l.mu.Unlock()
	old, ok := l.best[id]
	if !ok {
		l.bytes += int64(len(id)) + lastOverhead
	}
	if !ok || old.before(r) {
		l.best[id] = r
	}
}

func (l *lastRows) size() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bytes
}

// claim reports whether a row is the last of its id. Of rows that are equal in
// everything the first to ask is taken: they are interchangeable.
func (l *lastRows) claim(id string, t int64, content uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.best[id]
	if b.claimed || b.time != t || b.content != content {
		return false
	}
	b.claimed = true
	l.best[id] = b
	return true
}

// lastRows reads ids and times once beforehand, if only the last row of every
// id is to be audited.
func (p *Plan) lastRows(ctx context.Context, asOf int64) (*lastRows, error) {
	if p.id < 0 || p.req.Audit.Columns.ID.Duplicates != "last_by_time" {
		return nil, nil
	}
	lasts := &lastRows{best: map[string]lastRow{}}
	before := *p
	before.req.Progress = nil
	_, err := before.pool(ctx, asOf, lasts, (*worker).seeIDs)
	return lasts, err
}

// seeIDs only looks at which row of every id is the last.
func (w *worker) seeIDs(b *source.Batch, positions []int) error {
	if err := w.load(b, positions); err != nil {
		return err
	}
	if err := w.filterScope(); err != nil {
		return err
	}
	w.eachID(func(i int, id string) {
		w.lasts.see(id, lastRow{time: w.frame.times[i], content: w.contentHash(i)})
	})
	return w.checkMemory()
}
