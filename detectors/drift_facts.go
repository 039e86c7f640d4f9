package detectors

import "github.com/plumbline-audit/plumbline/engine/audit"

// missing emits the share of rows without a value, and its change.
func (d *drift) missing(m moved) {
	now, then := proportion{k: m.cur.missing, n: m.cur.rows, shards: m.cur.shards}, proportion{k: m.ref.missing, n: m.ref.rows, shards: m.ref.shards}
	share := audit.Measurement{N: now.n, Value: float(now.value()), Numerator: &now.k, Denominator: &now.n, RefNum: &then.k, RefDen: &then.n}
	change := share
	share.Shards, change.Shards = shardsUsed(now), shardsUsed(now, then)
	if now.n == 0 {
		share.Note = "undefined: no row in the compared windows"
		change.Note = share.Note
	} else {
		share.Interval, share.Note = d.in.rate(now)
		if share.Note == "" && share.Shards > 0 && (now.k == 0 || now.k == now.n) {
			share.Note = "all rows agree, so the interval counts each shard of people as one observation; it is wider than it would be if the number of people were known"
		}
		change.Value = float(minus(now.value(), then.value()))
		change.Interval, change.Note = d.in.difference(now, then)
		if m.in.gate {
			change.Test, change.P = d.in.test(now, then)
		}
	}
	d.put(m, "missing_share", share)
	d.put(m, "missing_share_difference", change)
}

// categories emits how many categories are new and how many are gone.
func (d *drift) categories(m moved) {
	var fresh, gone []string
	for i, name := range m.names {
		switch now, then := m.cur.counts[i] > 0, m.ref.counts[i] > 0; {
		case now && !then:
			fresh = append(fresh, name)
		case then && !now:
			gone = append(gone, name)
		}
	}
	for _, x := range []struct {
		metric string
		names  []string
	}{{"new_categories", fresh}, {"vanished_categories", gone}} {
		n := float64(len(x.names))
		out := audit.Measurement{Value: &n}
		if len(x.names) > 0 {
			out.Note = some(x.names, 12)
		}
		if m.hashed {
			out = audit.Measurement{Note: "undefined: the categories were put into hash buckets, which have no names"}
		}
		if m.cur.n() == 0 {
			out = audit.Measurement{Note: "undefined: no value in the compared windows"}
		}
		d.put(m, x.metric, out)
	}
}

// table prints the bins or categories of a column: reference and all compared
// windows.
func (d *drift) table(m moved) {
	d.tables = append(d.tables, audit.Table{ID: "drift/" + m.column.name, Detector: "drift", Kind: "bins",
		Title:   "Column " + m.column.name + ", reference and compared windows",
		Columns: []string{"bin", "low", "high", "reference", "current"}, Rows: m.bins()})
}

// groupTable adds a group to the table of a column by an attribute's groups.
func (d *drift) groupTable(m moved) {
	id := "drift/" + m.column.name + "/" + m.s.attribute.Name
	last := len(d.tables) - 1
	if last < 0 || d.tables[last].ID != id {
		d.tables = append(d.tables, audit.Table{ID: id, Detector: "drift", Kind: "bins",
			Title:   "Column " + m.column.name + " by " + m.s.attribute.Name + ", each group and the reference group " + m.against,
			Columns: []string{"group", "bin", "low", "high", "reference", "current"}})
		last++
	}
	for _, row := range m.bins() {
		d.tables[last].Rows = append(d.tables[last].Rows, append([]any{m.group.name}, row...))
	}
}

// bins are the rows of a table of bins or categories: name, edges, and how often
// each occurs in the reference and in what is compared with it.
func (m moved) bins() [][]any {
	var out [][]any
	if m.column.numeric {
		ref, cur := m.ref.numbers.all.Cut(m.edges, false), m.cur.numbers.all.Cut(m.edges, false)
		for i, name := range binNames(m.edges) {
			row := []any{name, nil, nil, ref[i], cur[i]}
			if i > 0 {
				row[1] = m.edges[i-1]
			}
			if i < len(m.edges) {
				row[2] = m.edges[i]
			}
			out = append(out, row)
		}
		return out
	}
	for i, name := range m.names {
		if m.ref.counts[i]+m.cur.counts[i] > 0 {
			out = append(out, []any{name, nil, nil, m.ref.counts[i], m.cur.counts[i]})
		}
	}
	return out
}
