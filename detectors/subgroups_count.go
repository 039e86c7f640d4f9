package detectors

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// The halves of the people.
const (
	discovery = 0
	heldOut   = 1
)

// halves are the rows of a subgroup in each half, those with the outcome that
// the rate is among, and of them those that it counts.
type halves struct {
	rows, n, k [2]int64
}

func (h *halves) add(o halves) {
	for i := range h.rows {
		h.rows[i], h.n[i], h.k[i] = h.rows[i]+o.rows[i], h.n[i]+o.n[i], h.k[i]+o.k[i]
	}
}

// all are both halves together.
func (h halves) all() (rows, n, k int64) {
	return h.rows[0] + h.rows[1], h.n[0] + h.n[1], h.k[0] + h.k[1]
}

func (h halves) of(half int) proportion { return proportion{k: h.k[half], n: h.n[half]} }

// entry is one combination of values of a table's columns.
type entry struct {
	codes []int // by column of the table
	halves
	shards map[int][2]int64 // of the test half, with a subject: outcomes and counted
}

// base is a table, by the values of its columns alone.
type base struct {
	columns []int
	entries []entry
}

// read sums a table by values and half.
func (s *search) read(i int, c *table.Counts) {
	width := len(s.tables[i])
	b := base{columns: s.tables[i]}
	s.learn(b.columns, c)
	of := s.outcome(c)
	shard, half := slices.Index(c.Dims(), table.Shard), slices.Index(c.Dims(), table.Half)
	shards, halfCats := c.Categories(table.Shard), c.Categories(table.Half)
	rng := stat.Generator(s.spec.Seed, "subgroups", "halves")
	c.Each(func(codes []int, cell table.Cell) {
		if len(b.entries) == 0 || !slices.Equal(b.entries[len(b.entries)-1].codes, codes[:width]) {
			b.entries = append(b.entries, entry{codes: slices.Clone(codes[:width])})
		}
		e := &b.entries[len(b.entries)-1]
		in, counted := of(codes)
		put := func(side int, rows int64) {
			e.rows[side] += rows
			if in {
				e.n[side] += rows
			}
			if counted {
				e.k[side] += rows
			}
		}
		switch {
		case shard >= 0:
			at := int(shards[codes[shard]].Order)
			side := at % 2
			put(side, cell.N)
			if side == heldOut && in {
				if e.shards == nil {
					e.shards = map[int][2]int64{}
				}
				x := e.shards[at/2]
				x[0] += cell.N
				if counted {
					x[1] += cell.N
				}
				e.shards[at/2] = x
			}
		case half >= 0:
			put(int(halfCats[codes[half]].Order), cell.N)
		default:
			first := toDiscovery(rng, cell.N)
			put(discovery, first)
			put(heldOut, cell.N-first)
		}
	})
	s.bases = append(s.bases, b)
}

// toDiscovery sends some of n rows of one cell to discovery: they are alike, so any of
// them may go anywhere.
func toDiscovery(rng *rand.Rand, n int64) int64 { return stat.Binomial(rng, n, 0.5) }

// outcome tells whether a cell's rows are among those that the rate is about,
// and whether it counts them.
func (s *search) outcome(c *table.Counts) func(codes []int) (in, counted bool) {
	d, l := slices.Index(c.Dims(), table.Decision), slices.Index(c.Dims(), table.Label)
	decisions, labels := c.Categories(table.Decision), c.Categories(table.Label)
	want, label := table.Positive, ""
	switch s.params.Rate {
	case "favorable_rate":
		if !s.spec.Favorable {
			want = table.Negative
		}
	case "true_positive_rate":
		label = table.Positive
	case "false_positive_rate":
		label = table.Negative
	}
	return func(codes []int) (bool, bool) {
		in := label == "" || labels[codes[l]].Name == label
		return in, in && decisions[codes[d]].Name == want
	}
}

// oneSided says why a rate of labels cannot be searched: no label is known of one
// decision, so the rate is the same for everybody, whatever is true.
func (s *search) oneSided(c *table.Counts) string {
	r, ok := map[string]rate{"true_positive_rate": truePositive(), "false_positive_rate": falsePositive()}[s.params.Rate]
	if !ok {
		return ""
	}
	var all tally
	p := newPivot(c)
	c.Each(func(codes []int, cell table.Cell) {
		_, t := p.tally(codes, cell.N)
		all = all.add(t)
	})
	decision := r.blind(all)
	if decision == "" {
		return ""
	}
	return fmt.Sprintf("subgroups: no label is known of those with %s, so the %s cannot be searched", decision, r.words())
}

// learn gives every value of a table's columns a number that is the same in all
// tables.
func (s *search) learn(columns []int, c *table.Counts) {
	if s.values == nil {
		s.values = make([][]string, len(s.columns))
	}
	for _, col := range columns {
		if s.values[col] != nil {
			continue
		}
		for _, cat := range c.Categories(s.columns[col].dim) {
			name := cat.Name
			if cat.Missing {
				name = missingStratum
			}
			s.values[col] = append(s.values[col], name)
		}
	}
}

// itemset is a subgroup: ascending columns and the value of each.
type itemset struct {
	columns []int
	values  []int
	base    int
	halves
}

// key numbers an itemset's values within its columns.
func (s *search) key(columns, values []int) uint64 {
	key := uint64(0)
	for i, c := range columns {
		key = key*uint64(len(s.values[c])) + uint64(values[i])
	}
	return key
}

// possible is the number of combinations of values to the depth.
func (s *search) possible() float64 {
	by := make([]float64, s.params.Depth+1) // elementary symmetric sums of the columns' sizes
	by[0] = 1
	for _, v := range s.values {
		for d := s.params.Depth; d > 0; d-- {
			by[d] += by[d-1] * float64(len(v))
		}
	}
	total := 0.0
	for _, x := range by[1:] {
		total += x
	}
	return total
}

// enumerate lists every subgroup with enough rows, fewest conditions first. A
// combination of columns is read from the first table that has them.
func (s *search) enumerate() {
	total, _, _ := s.everybody.all()
	least := s.params.Support * float64(total) * (1 - 1e-12) // a share of exactly support is enough
	s.index = map[string]map[uint64]int{}
	for size := 1; size <= min(s.params.Depth, len(s.columns)); size++ {
		for _, columns := range subsets(len(s.columns), size) {
			at := slices.IndexFunc(s.bases, func(b base) bool { return contains(b.columns, columns) })
			if at < 0 {
				continue
			}
			found := s.cells(at, columns)
			index := map[uint64]int{}
			for _, key := range sortedCells(found) {
				x := found[key]
				rows, _, _ := x.all()
				if float64(rows) < least || rows == 0 {
					continue
				}
				index[key] = len(s.sets)
				s.sets = append(s.sets, *x)
			}
			s.index[columnsKey(columns)] = index
		}
	}
}

func sortedCells(m map[uint64]*itemset) []uint64 {
	out := make([]uint64, 0, len(m))
	for key := range m {
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}

func contains(all, some []int) bool {
	for _, x := range some {
		if !slices.Contains(all, x) {
			return false
		}
	}
	return true
}

func columnsKey(columns []int) string {
	b := make([]byte, 0, 2*len(columns))
	for _, c := range columns {
		b = append(b, byte(c), byte(c>>8))
	}
	return string(b)
}

// cells sums a table by some of its columns.
func (s *search) cells(at int, columns []int) map[uint64]*itemset {
	b := &s.bases[at]
	place := make([]int, len(columns))
	for i, c := range columns {
		place[i] = slices.Index(b.columns, c)
	}
	out := map[uint64]*itemset{}
	values := make([]int, len(columns))
	for i := range b.entries {
		e := &b.entries[i]
		for j, p := range place {
			values[j] = e.codes[p]
		}
		key := s.key(columns, values)
		x := out[key]
		if x == nil {
			x = &itemset{columns: columns, values: slices.Clone(values), base: at}
			out[key] = x
		}
		x.add(e.halves)
	}
	return out
}

// parents are the subgroups with one condition less; the one without any is
// everybody.
func (s *search) parents(x itemset) []halves {
	var out []halves
	if len(x.columns) == 1 {
		return []halves{s.everybody}
	}
	for i := range x.columns {
		columns := slices.Delete(slices.Clone(x.columns), i, i+1)
		values := slices.Delete(slices.Clone(x.values), i, i+1)
		if at, ok := s.index[columnsKey(columns)][s.key(columns, values)]; ok {
			out = append(out, s.sets[at].halves)
		}
	}
	return out
}
