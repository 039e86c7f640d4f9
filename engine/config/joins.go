package config

import (
	"fmt"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// latest checks how a join chooses among rows of one key.
func (l *lint) latest(path string, j Join) {
	switch {
	case !l.clean(path + ".on_duplicate"):
	case j.OnDuplicate == "last" && j.Time == nil && l.clean(path+".time"):
		l.bad(path+".on_duplicate", "nothing says which row of a key is the last", "name the table's column of times as time: updated_at")
	case j.OnDuplicate != "last" && j.Time != nil:
		l.bad(path+".time", `"time" goes with on_duplicate: last`, "add on_duplicate: last, or remove time")
	}
	if j.Time != nil && j.Time.Zone != "" && l.clean(path+".time") {
		if _, err := LoadZone(j.Time.Zone); err != nil {
			l.bad(path+".time.zone", err.Error(), "")
		}
	}
}

// meets says whether keys of two types can ever be equal: keys are compared by their
// text, and those of times and dates are as different as they are.
func meets(a, b source.Type) bool {
	plain := func(k source.Kind) bool {
		return k == source.Int || k == source.Uint || k == source.Float || k == source.Decimal
	}
	spelled := func(k source.Kind) bool { return k == source.String || k == source.Binary || k == source.Null }
	switch {
	case a.Kind == source.Nested || b.Kind == source.Nested:
		return false
	case spelled(a.Kind) || spelled(b.Kind), plain(a.Kind) && plain(b.Kind):
		return true
	}
	return a.Kind == b.Kind && (a.Kind != source.Timestamp || a.UTC == b.UTC)
}

// joinTypes refuses a join whose keys can never meet.
func (c *checker) joinTypes(path string, k KeyPair, log, table source.Schema) {
	i, _, inLog := log.Find(k.Log, 0)
	t, _, inTable := table.Find(k.Table, 0)
	if !inLog || !inTable || meets(log[i].Type, table[t].Type) {
		return
	}
	of := func(t source.Type) string {
		if t.Kind == source.Timestamp {
			if t.UTC {
				return "an instant"
			}
			return "a time without a zone"
		}
		return article(kindName(t))
	}
	c.bad(path, fmt.Sprintf("key %s is %s in the log, and %s is %s in the joined table: they would never meet", quote(k.Log), of(log[i].Type), quote(k.Table), of(table[t].Type)),
		"write both as the same type, or as text")
}
