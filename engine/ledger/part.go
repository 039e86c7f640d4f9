package ledger

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/plumbline-audit/plumbline/engine/scan"
)

// Part is what a scan found in one file of an audit.
type Part struct {
	File  string // as the result's inputs have it
	Bytes int64  // of the file
	Key   string
	Class string
	// Extent and Data are needed only of a part that the ledger does not have.
	Extent scan.Extent
	Data   []byte
}

// Parts are the parts of one audit. They are read, not changed.
type Parts struct {
	ledger *Ledger
	ctx    context.Context
	audit  string

	// Damaged names the files whose parts are in the ledger but damaged.
	Damaged []string
}

// Parts looks for what was found in files by earlier runs of an audit.
func (l *Ledger) Parts(ctx context.Context, audit string) *Parts {
	return &Parts{ledger: l, ctx: ctx, audit: audit}
}

// Seen says whether a file of this path and size was ever read.
func (p *Parts) Seen(path string, bytes int64) (seen bool, err error) {
	var n int64
	err = p.ledger.ask(p.ctx, "select count(*) from part where audit = ? and path = ? and file_bytes = ?",
		[]any{p.audit, path, bytes}, []any{&n}, func() error { seen = n > 0; return nil })
	return seen, err
}

// Find lists what is kept under a key.
func (p *Parts) Find(key string) (out []scan.Kept, err error) {
	var class, path, extent, sum string
	err = p.ledger.ask(p.ctx, "select class, path, extent, digest from part where audit = ? and part_key = ? order by class",
		[]any{p.audit, key}, []any{&class, &path, &extent, &sum}, func() error {
			k := scan.Kept{Class: class}
			if err := json.Unmarshal([]byte(extent), &k.Extent); err != nil {
				p.Damaged = append(p.Damaged, path)
				return nil
			}
			path, sum := path, sum
			k.Data = func() ([]byte, error) { return p.data(path, sum) }
			out = append(out, k)
			return nil
		})
	return out, err
}

// Same says whether what was found in a file is what is kept of it; it is if nothing
// is kept.
func (p *Parts) Same(part Part) (bool, error) {
	same := true
	var sum string
	err := p.ledger.ask(p.ctx, "select digest from part where audit = ? and part_key = ? and class = ?", []any{p.audit, part.Key, part.Class},
		[]any{&sum}, func() error {
			same = sum == digest(part.Data)
			return nil
		})
	return same, err
}

// data is nil if what is stored is not what was.
func (p *Parts) data(path, sum string) (data []byte, err error) {
	var packed []byte
	err = p.ledger.ask(p.ctx, "select data from content where digest = ?", []any{sum}, []any{&packed}, func() error { return nil })
	if err != nil {
		return nil, err
	}
	if data, err = p.ledger.content.unpack(packed, sum); err != nil {
		p.Damaged = append(p.Damaged, path)
		return nil, nil
	}
	return data, nil
}

// keep stores the parts of a run, and notes which the run rests on. It lists the files
// in which something else was found than before, though their fingerprint is the same.
func (t *tx) keep(audit string, run int64, parts []Part) (differ []string, err error) {
	next, err := t.next("part")
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		var id int64
		var before string
		known, err := t.one([]any{&id, &before}, "select id, digest from part where audit = ? and part_key = ? and class = ?", audit, p.Key, p.Class)
		if err != nil {
			return nil, err
		}
		if p.Data != nil {
			sum, err := t.put(p.Data)
			if err != nil {
				return nil, err
			}
			if known && sum != before {
				differ = append(differ, p.File)
			}
			extent, err := json.Marshal(p.Extent)
			if err != nil {
				return nil, err
			}
			if known {
				err = t.exec("update part set digest = ?, extent = ?, run = ? where id = ?", sum, string(extent), run, id)
			} else {
				id = next
				next++
				err = t.exec("insert into part values (?, ?, ?, ?, ?, ?, ?, ?, ?)", id, audit, p.Key, p.Class, p.File, p.Bytes, sum, string(extent), run)
			}
			if err != nil {
				return nil, err
			}
		} else if !known {
			return nil, fmt.Errorf("what was found in %s has gone since the run began", p.File)
		}
		if err := t.exec("insert into run_part values (?, ?)", run, id); err != nil {
			return nil, err
		}
	}
	return differ, nil
}

// next is the first free id of a table. Others are kept out while a change is made.
func (t *tx) next(table string) (int64, error) {
	var id int64
	_, err := t.one([]any{&id}, "select coalesce(max(id), 0) + 1 from "+table)
	return id, err
}
