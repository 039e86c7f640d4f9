package scan

import (
	"cmp"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/scan/kernel"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// family are tables of counts that differ only in which of the common
// dimensions they have. Their rows are counted once, by all of those, and the
// tables are rolled up from that, as long as there are not too many
// combinations.
type family struct {
	pack   *packing
	scope  table.Need // for the rows to look at
	parts  []*accumulator
	counts []uint32 // by key
	since  int64    // rows counted since the parts got theirs
	layout int
	order  []int
	width  []uint
}

// kin are tables that one family counts for.
type kin struct {
	dims   []table.Dim // that are not common
	scope  table.Need
	tables []int // among Plan.Tables
}

// families puts those tables together that can be counted together, those of the
// most dimensions first, so that others may join them.
func (p *Plan) families() []kin {
	uncommon := make([][]table.Dim, len(p.Tables))
	order := make([]int, len(p.Tables))
	for i, n := range p.Tables {
		order[i] = i
		uncommon[i] = slices.DeleteFunc(slices.Clone(n.Dims), isCommon)
	}
	slices.SortStableFunc(order, func(i, k int) int { return cmp.Compare(len(uncommon[k]), len(uncommon[i])) })
	var out []kin
	for _, i := range order {
		n := p.Tables[i]
		at := slices.IndexFunc(out, func(k kin) bool {
			return k.scope.InScope == n.InScope && k.scope.Most == n.Most &&
				!slices.ContainsFunc(uncommon[i], func(d table.Dim) bool { return !slices.Contains(k.dims, d) })
		})
		if at < 0 {
			at = len(out)
			out = append(out, kin{dims: uncommon[i], scope: table.Need{InScope: n.InScope, Most: n.Most}})
		}
		out[at].tables = append(out[at].tables, i)
	}
	return out
}

// Families is how many counts give all tables of counts.
func (p *Plan) Families() int { return len(p.families()) }

// addFamilies creates the tables of counts.
func (w *worker) addFamilies() {
	for _, n := range w.plan.Tables {
		at := make([]int, len(n.Dims))
		for i, d := range n.Dims {
			at[i] = w.byDim[d]
		}
		w.tables = append(w.tables, newAccumulator(n, at, w.plan.weight >= 0))
	}
	for _, k := range w.plan.families() {
		m := &family{pack: w.packingOf(k.dims), scope: k.scope}
		for _, i := range k.tables {
			m.parts = append(m.parts, w.tables[i])
		}
		w.families = append(w.families, m)
	}
}

// add counts a frame.
func (m *family) add(w *worker) error {
	f := &w.frame
	rows := f.scopeOf(m.scope)
	if rows.n == 0 {
		return nil
	}
	fits, err := m.fit(w, rows.n)
	if err != nil {
		return err
	}
	if !fits {
		for _, a := range m.parts {
			if err := a.add(f, w.dims); err != nil {
				return err
			}
		}
		return nil
	}
	p := m.pack
	switch {
	case p.constant():
		m.counts[p.base] += uint32(rows.n)
	case p.common():
		shift := p.bits - p.above.bits
		for _, c := range w.histogram(rows) {
			m.counts[c.key<<shift|p.base] += c.rows
		}
	case rows.rows == nil && p.single() && p.varying[0].late != nil && p.varying[0].counted:
		for _, c := range p.varying[0].tally {
			m.counts[p.base+c.key] += c.rows
		}
	case rows.rows == nil && p.single() && p.varying[0].late == nil:
		kernel.Count(m.counts[p.base:], p.varying[0].codes()[:f.rows])
	case rows.rows == nil:
		kernel.Count(m.counts, p.byRow(f))
	default:
		kernel.CountRows(m.counts, p.byRow(f), rows.rows)
	}
	return nil
}

// fit makes room for the keys of a frame and for more rows. It tells whether
// the frame's rows can be counted here.
func (m *family) fit(w *worker, rows int) (bool, error) {
	usable := w.frame.weights == nil && w.frame.repeat == 1 && m.pack.pack(&w.frame, w.dims)
	if m.since += int64(rows); m.since > math.MaxUint32 || m.layout != m.pack.layout {
		if err := m.settle(w.dims); err != nil {
			return false, err
		}
		m.since = int64(rows)
	}
	if usable && m.counts == nil {
		m.layout, m.order, m.width = m.pack.layout, m.pack.order(), m.pack.widths()
		m.counts = make([]uint32, 1<<m.pack.bits)
	}
	return usable, nil
}

// settle gives the tables of counts what was counted for them together.
func (w *worker) settle() error {
	for _, m := range w.families {
		if err := m.settle(w.dims); err != nil {
			return err
		}
	}
	return nil
}

// settle gives the parts what was counted.
func (m *family) settle(dims []*dimension) error {
	if m.counts == nil {
		return nil
	}
	for _, a := range m.parts {
		if err := a.fit(dims); err != nil {
			return err
		}
	}
	codes := make([]uint64, len(dims))
	for key, n := range m.counts {
		if n == 0 {
			continue
		}
		rest := uint64(key)
		for d := len(m.order) - 1; d >= 0; d-- {
			codes[m.order[d]] = rest & (1<<m.width[d] - 1)
			rest >>= m.width[d]
		}
		for _, a := range m.parts {
			k := uint64(0)
			for d, at := range a.dims {
				k = k<<a.width[d] | codes[at]
			}
			a.put(k, table.Cell{N: int64(n), Rows: int64(n)})
		}
	}
	m.counts = nil
	return nil
}

func (m *family) bytes() int64 { return int64(len(m.counts)) * 4 }

// keyed is how many rows of a frame have a key of the common dimensions.
type keyed struct{ key, rows uint32 }

// histogram counts the frame's rows by the common dimensions.
func (w *worker) histogram(rows *scope) []keyed {
	h := &w.histograms[0]
	if rows == &w.frame.inScope {
		h = &w.histograms[1]
	}
	if h.frame == w.frame.number {
		return h.list
	}
	h.frame, h.list = w.frame.number, h.list[:0]
	h.counts = grow(h.counts, 1<<w.common.bits)
	if keys := w.common.byRow(&w.frame); rows.rows == nil {
		kernel.Count(h.counts, keys)
	} else {
		kernel.CountRows(h.counts, keys, rows.rows)
	}
	for key, n := range h.counts {
		if n > 0 {
			h.list = append(h.list, keyed{uint32(key), n})
			h.counts[key] = 0
		}
	}
	return h.list
}

// histogram is scratch.
type histogram struct {
	frame  int64
	counts []uint32 // zeros between frames
	list   []keyed
}
