package join

import (
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/keyed"
)

// Matcher finds rows of a log in a table, and counts. Each worker has its own.
type Matcher struct {
	table     *Table
	unmatched int64
	nullKeys  int64
	used      []uint64 // one bit per row of the table
	keyer     keyed.Keyer
	out       []int32

	dict *source.Dict // the dictionary of the key column
	memo []int32      // its entries' rows, or unasked or keyless
}

// In place of a row.
const (
	noRow   int32 = -1
	unasked int32 = -2
	keyless int32 = -3
)

// NewMatcher returns a matcher that has seen no rows.
func (t *Table) NewMatcher() *Matcher {
	return &Matcher{table: t, used: make([]uint64, (t.rows+63)/64)}
}

// Unmatched is the number of log rows whose key is not in the table.
func (m *Matcher) Unmatched() int64 { return m.unmatched }

// NullKeys is the number of log rows with a missing part in their key.
func (m *Matcher) NullKeys() int64 { return m.nullKeys }

// Used has a bit for each row of the table that the matcher came across. It belongs
// to the matcher.
func (m *Matcher) Used() []uint64 { return m.used }

// Match returns, for each row, the row of the table with the same key, or -1.
// The key columns are in the order of the table's and have at most
// source.MaxBatch rows. The result is valid until the next call.
func (m *Matcher) Match(keys []source.Vector, rows int) []int32 {
	if cap(m.out) < rows {
		m.out = make([]int32, rows)
	}
	m.out = m.out[:rows]
	switch {
	case constant(keys):
		m.matchConstant(keys)
	case len(keys) == 1 && keys[0].Codes != nil:
		m.matchCodes(&keys[0])
	case len(keys) == 1 && keys[0].Type.Kind == source.Int:
		m.matchInts(&keys[0])
	default:
		for i := range m.out {
			m.out[i] = m.count(m.lookup(keys, i), 1)
		}
	}
	return m.out
}

func constant(keys []source.Vector) bool {
	for i := range keys {
		if !keys[i].Const {
			return false
		}
	}
	return true
}

func (m *Matcher) matchConstant(keys []source.Vector) {
	if len(m.out) == 0 {
		return
	}
	row := m.count(m.lookup(keys, 0), int64(len(m.out)))
	for i := range m.out {
		m.out[i] = row
	}
}

// matchInts looks all rows up at once.
func (m *Matcher) matchInts(v *source.Vector) {
	m.table.index.FindInts(m.out, v.Int64s()[:len(m.out)])
	for i, row := range m.out {
		if v.Valid != nil && !v.Valid[i] {
			row = keyless
		}
		if row < 0 {
			m.out[i] = m.count(row, 1)
			continue
		}
		m.used[row>>6] |= 1 << (row & 63)
	}
}

// matchCodes looks every dictionary entry up once.
func (m *Matcher) matchCodes(v *source.Vector) {
	if v.Dict != m.dict {
		m.dict, m.memo = v.Dict, m.memo[:0]
	}
	for len(m.memo) < v.Dict.Len() {
		m.memo = append(m.memo, unasked)
	}
	entries := source.Vector{Type: v.Type, Dict: v.Dict, Codes: []uint32{0}, Const: true}
	for i, code := range v.Codes[:len(m.out)] {
		if code == source.NullCode {
			m.out[i] = m.count(keyless, 1)
			continue
		}
		row := m.memo[code]
		if row == unasked {
			entries.Codes[0] = code
			row = m.lookup([]source.Vector{entries}, 0)
			m.memo[code] = row
		}
		m.out[i] = m.count(row, 1)
	}
}

// lookup returns the row of a key, noRow or keyless.
func (m *Matcher) lookup(keys []source.Vector, i int) int32 {
	k := m.keyer.Key(keys, i)
	if k.None() {
		return keyless
	}
	return m.table.index.Find(k)
}

// count counts n log rows that matched row.
func (m *Matcher) count(row int32, n int64) int32 {
	switch row {
	case keyless:
		m.nullKeys += n
		return noRow
	case noRow:
		m.unmatched += n
		return noRow
	}
	m.used[row>>6] |= 1 << (row & 63)
	return row
}

// Gather sets out to the values that a value column has in rows, as Match
// returned them; -1 is a null. It uses the memory of out's slices. A coded
// column has the same dictionary whenever it is asked for.
func (t *Table) Gather(column int, rows []int32, out *source.Vector) {
	c := t.columns[column]
	out.Type, out.Const, out.Dict = c.Type, false, nil
	if !c.plain {
		out.Dict, out.Codes = c.dict, out.Codes[:0]
		for _, row := range rows {
			code := source.NullCode
			if row >= 0 {
				code = c.codes[row]
			}
			out.Codes = append(out.Codes, code)
		}
		if out.Codes == nil {
			out.Codes = []uint32{}
		}
		return
	}
	c.gather(rows, out)
}

// gather is Gather for a column that is spelled out.
func (c *values) gather(rows []int32, out *source.Vector) {
	out.Codes = nil
	out.Ints, out.Floats, out.Valid = out.Ints[:0], out.Floats[:0], out.Valid[:0]
	out.Strs.Bytes, out.Strs.Offsets = out.Strs.Bytes[:0], append(out.Strs.Offsets[:0], 0)
	for _, row := range rows {
		there := row >= 0 && c.valid[row]
		out.Valid = append(out.Valid, there)
		at := max(row, 0)
		switch c.Type.Kind {
		case source.String, source.Binary, source.Decimal:
			if there {
				out.Strs.Bytes = append(out.Strs.Bytes, c.strs.At(int(at))...)
			}
			out.Strs.Offsets = append(out.Strs.Offsets, uint32(len(out.Strs.Bytes)))
		case source.Float:
			out.Floats = append(out.Floats, c.floats[at])
		default:
			out.Ints = append(out.Ints, c.ints[at])
		}
	}
}
