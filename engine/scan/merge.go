package scan

import (
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// together does something for every worker at the same time. Of several that fail, the
// first tells why.
func together(workers []*worker, do func(at int, w *worker) error) error {
	faults := make([]error, len(workers))
	var group sync.WaitGroup
	for i, w := range workers {
		group.Go(func() {
			defer recovered("tables", &faults[i])
			faults[i] = do(i, w)
		})
	}
	group.Wait()
	for _, err := range faults {
		if err != nil {
			return err
		}
	}
	return nil
}

// mergeValues adds up the tables of numbers over the workers, as many at a time
// as there are workers. Together they may take no more than the limit either.
func (p *Plan) mergeValues(workers []*worker) ([]*table.Values, error) {
	out, held := make([]*table.Values, len(p.Values)), int64(0)
	quantities := make([]quantity, len(out))
	for i, t := range workers[0].tallies {
		quantities[i] = t.numbers.quantity
	}
	for _, w := range workers {
		for _, n := range w.numbers {
			if n.wait != nil {
				n.ids = nil
				w.decide(n)
			}
		}
		for _, p := range w.piles {
			p.flush()
		}
	}
	// As many tables at a time as there are workers, and no more than a few
	// until what they take is known.
	for from := 0; from < len(out); from += 4 * len(workers) {
		wave := out[from:min(from+4*len(workers), len(out))]
		var group errgroup.Group
		group.SetLimit(len(workers))
		for i := range wave {
			group.Go(func() (err error) {
				defer recovered("table "+p.Values[from+i].Key(), &err)
				wave[i], err = mergeTallies(partsOf(workers, from+i))
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
		for i, v := range wave {
			if held += v.Bytes(); p.req.Memory > 0 && held > p.req.Memory-p.joinBytes() {
				return nil, workers[0].tooManyNumbers(&quantities[from+i])
			}
		}
	}
	return out, nil
}

// partsOf takes a table from the workers.
func partsOf(workers []*worker, table int) []part {
	parts := make([]part, len(workers))
	for w := range workers {
		parts[w] = part{workers[w].tallies[table], workers[w].dims}
		workers[w].tallies[table] = nil
	}
	return parts
}

// part is what one worker knows of a table of numbers.
type part struct {
	*tally
	dims []*dimension
}

// mergeTallies adds up one table. Where all workers have it in an array, its
// cells are added up number by number, and of a table that is too large to stay
// exact no list of numbers is made.
func mergeTallies(parts []part) (*table.Values, error) {
	bucketed := slices.ContainsFunc(parts, func(t part) bool { return t.sums != nil })
	flat := true
	for _, t := range parts {
		if bucketed {
			t.toBuckets()
		}
		flat = t.grid.flatten(t.cells.len(), t.ids()) && flat
	}
	if flat {
		m, err := newMerger(parts)
		if err != nil {
			return nil, err
		}
		return m.values(bucketed), nil
	}
	var sum *table.Values
	for _, t := range parts {
		v, err := t.values(t.dims)
		if err == nil && sum != nil {
			v, err = sum.Merge(v)
		}
		if err != nil {
			return nil, err
		}
		sum = v
	}
	return sum, nil
}

// merger adds up arrays of counts. The workers numbered categories, cells and
// numbers each in an order of their own.
type merger struct {
	parts  []part
	build  *table.ValuesBuilder
	places [][]place // the same cell in the workers that have it
	codes  [][]int   // beside places, for build
	xs     []float64 // all numbers, in rising order
	rank   [][]int32 // by part and id: the position in xs
	sum    []table.Cell
}

// place is a cell of one part.
type place struct {
	part int
	cell uint32
}

func newMerger(parts []part) (*merger, error) {
	m := &merger{parts: parts}
	cats, codes := sharedCodes(parts)
	var err error
	if m.build, err = table.NewValuesBuilder(parts[0].need.Dims, cats); err != nil {
		return nil, fmt.Errorf("table %s: %w", parts[0].need.Key(), err)
	}
	at, own := map[uint64]int{}, make([]int, len(cats))
	for i, t := range parts {
		for cell := range t.cells.len() {
			t.cells.codes(uint32(cell), own)
			key := uint64(0)
			for d, code := range own {
				own[d] = codes[i][d][code]
				key = key*uint64(len(cats[d])) + uint64(own[d])
			}
			k, known := at[key]
			if !known {
				k = len(m.places)
				at[key] = k
				m.places, m.codes = append(m.places, nil), append(m.codes, slices.Clone(own))
			}
			m.places[k] = append(m.places[k], place{i, uint32(cell)})
		}
	}
	m.sortNumbers()
	return m, nil
}

// sharedCodes numbers the categories of all parts, per dimension: the
// categories, and for each part and dimension the shared code of every code.
func sharedCodes(parts []part) (cats [][]table.Category, codes [][][]int) {
	cats, codes = make([][]table.Category, len(parts[0].need.Dims)), make([][][]int, len(parts))
	for i := range parts {
		codes[i] = make([][]int, len(cats))
	}
	for d := range cats {
		known := map[table.Category]int{}
		for i, t := range parts {
			for _, c := range t.cells.categories(t.dims)[d] {
				if _, ok := known[c]; !ok {
					known[c] = len(cats[d])
					cats[d] = append(cats[d], c)
				}
				codes[i][d] = append(codes[i][d], known[c])
			}
		}
	}
	return cats, codes
}

// sortNumbers puts the numbers of all parts in order.
func (m *merger) sortNumbers() {
	var all []ranked
	for i, t := range m.parts {
		all = slices.Grow(all, t.ids())
		for id := firstNumber; id < t.ids(); id++ {
			all = append(all, ranked{keyOf(t.point(uint32(id))), uint32(i), uint32(id)})
		}
		m.rank = append(m.rank, make([]int32, t.ids()))
	}
	all = sortRanked(all)
	m.xs = make([]float64, 0, len(all))
	for i, r := range all {
		if i == 0 || r.key != all[i-1].key {
			m.xs = append(m.xs, numberOf(r.key))
		}
		m.rank[r.part][r.id] = int32(len(m.xs) - 1)
	}
	m.sum = make([]table.Cell, len(m.xs))
}

// values builds the table; given says that the ids are buckets.
func (m *merger) values(given bool) *table.Values {
	bucketed := given || m.entries() > table.MaxEntries
	for k, places := range m.places {
		n := m.add(places, func(id uint32, c table.Cell) { addOdd(m.build, m.codes[k], id, c) })
		if n == 0 {
			continue
		}
		points := make([]table.Point, 0, n)
		for i, c := range m.sum {
			if c.Rows > 0 {
				points = append(points, table.Point{X: m.xs[i], Cell: c})
			}
		}
		switch {
		case !bucketed:
			m.build.AddPoints(m.codes[k], points)
		case given:
			var all table.Moments
			for _, p := range places {
				all.Merge(m.parts[p.part].sums.moments(p.cell))
			}
			m.build.AddBucketed(m.codes[k], points, &all)
		default:
			var all table.Moments
			all.AddPoints(points)
			m.build.AddBucketed(m.codes[k], points, &all)
		}
	}
	return m.build.Values()
}

// entries is how many pairs of cell and number hold a row, unless there is no
// need to count them.
func (m *merger) entries() (n int) {
	if len(m.places)*len(m.xs) <= table.MaxEntries {
		return 0
	}
	for _, places := range m.places {
		n += m.add(places, func(uint32, table.Cell) {})
	}
	return n
}

// add adds up one cell into m.sum and says how many numbers it has; odd gets
// the rows without a finite number.
func (m *merger) add(places []place, odd func(id uint32, c table.Cell)) (n int) {
	clear(m.sum)
	for _, p := range places {
		g, rank := &m.parts[p.part].grid, m.rank[p.part]
		from := int(p.cell) * g.stride
		for id := range rank {
			c := g.at(from + id)
			switch {
			case c.Rows == 0:
			case id < firstNumber:
				odd(uint32(id), c)
			default:
				s := &m.sum[rank[id]]
				if s.Rows == 0 {
					n++
				}
				*s = s.Add(c)
			}
		}
	}
	return n
}
