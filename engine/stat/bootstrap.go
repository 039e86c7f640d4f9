package stat

import (
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
)

// Metric is a number computed from a table of cells, and whether it is defined
// there. It must not keep or change the cells; several goroutines call it at
// the same time.
type Metric func(cells []int64) (value float64, defined bool)

// Bootstrap says how tables are drawn: Times of them, by generators keyed with
// Seed and Use, on as many Workers as there are processors if it is 0. The
// draws are the same for any number of workers.
type Bootstrap struct {
	Seed    uint64
	Use     []string
	Times   int
	Workers int
}

const (
	// bootstrapBlock is how many tables one generator draws.
	bootstrapBlock = 250
	// bootstrapShards is the least number of shards with rows that are drawn
	// from: the variance is (G-1)/G of the jackknife's and knows no t. With
	// fewer shards the intervals by jackknife are the right ones.
	bootstrapShards = 20
)

// Table draws tables of the same total with the cells' own shares and computes
// every metric on each. The count of each cell among n rows drawn with
// replacement is multinomial by definition, so for numbers that depend on the
// rows through their cells only, this is the bootstrap of the rows (Efron
// 1979), at a cost that does not grow with them. ErrNoRows if all cells are 0.
func (b Bootstrap) Table(cells []int64, metrics ...Metric) ([]Bootstrapped, error) {
	n, err := checkCells(cells)
	if err != nil {
		return nil, err
	}
	return b.run(sampling{
		cells: cells,
		draw:  func(rng *rand.Rand, out []int64) { Multinomial(rng, n, cells, out) },
		parts: len(cells),
		without: func(c int, out []int64) int64 { // one row of the cell, for each that it has
			if cells[c] > 0 {
				copy(out, cells)
				out[c]--
			}
			return cells[c]
		},
	}, metrics), nil
}

// Shards draws as many shards of people as have rows, with replacement, adds
// their tables up and computes every metric on the sum: the bootstrap of people
// (Davison and Hinkley 1997, section 3.8). ErrShards when the shards' tables
// have different sizes, ErrThinShards when fewer than 20 have rows.
func (b Bootstrap) Shards(shards [][]int64, metrics ...Metric) ([]Bootstrapped, error) {
	var cells []int64
	var full [][]int64
	for _, s := range shards {
		if len(s) != len(shards[0]) {
			return nil, ErrShards
		}
		switch _, err := checkCells(s); err {
		case nil:
			full = append(full, s)
		case ErrNoRows:
		default:
			return nil, err
		}
	}
	if len(full) == 0 {
		return nil, ErrNoRows
	}
	cells = make([]int64, len(full[0]))
	for _, s := range full {
		addCells(cells, s, 1)
	}
	if _, err := checkCells(cells); err != nil {
		return nil, err
	}
	if len(full) < bootstrapShards {
		return nil, ErrThinShards
	}
	return b.run(sampling{
		cells: cells,
		draw: func(rng *rand.Rand, out []int64) {
			clear(out)
			for range full {
				addCells(out, full[rng.IntN(len(full))], 1)
			}
		},
		parts: len(full),
		without: func(g int, out []int64) int64 {
			copy(out, cells)
			addCells(out, full[g], -1)
			return 1
		},
	}, metrics), nil
}

// sampling is a way to draw tables like the one that was measured, and to leave
// out one of its parts, which says how many such parts there are.
type sampling struct {
	cells   []int64
	draw    func(rng *rand.Rand, out []int64)
	parts   int
	without func(part int, out []int64) int64
}

// run computes the metrics on all draws. Each block of draws has a generator of
// its own and a place of its own, so that no order of work changes anything.
func (b Bootstrap) run(s sampling, metrics []Metric) []Bootstrapped {
	values := make([][]float64, len(metrics))
	for i := range values {
		values[i] = make([]float64, b.Times)
	}
	blocks := (b.Times + bootstrapBlock - 1) / bootstrapBlock
	var next atomic.Int64
	var running sync.WaitGroup
	for range min(blocks, b.workers()) {
		running.Go(func() {
			table := make([]int64, len(s.cells))
			for block := int(next.Add(1)) - 1; block < blocks; block = int(next.Add(1)) - 1 {
				rng := b.generator(block)
				for t := block * bootstrapBlock; t < min(b.Times, (block+1)*bootstrapBlock); t++ {
					s.draw(rng, table)
					for i, m := range metrics {
						values[i][t] = m.on(table)
					}
				}
			}
		})
	}
	running.Wait()
	out := make([]Bootstrapped, len(metrics))
	for i, m := range metrics {
		out[i] = bootstrapped(m, s, values[i])
	}
	return out
}

func (b Bootstrap) workers() int {
	if b.Workers > 0 {
		return b.Workers
	}
	return runtime.GOMAXPROCS(0)
}

func (b Bootstrap) generator(block int) *rand.Rand {
	use := append([]string{"bootstrap"}, b.Use...)
	return Generator(b.Seed, append(use, strconv.Itoa(block))...)
}

// on is the metric, and NaN where it is not defined.
func (m Metric) on(cells []int64) float64 {
	if x, defined := m(cells); defined {
		return x
	}
	return math.NaN()
}

func addCells(to, cells []int64, times int64) {
	for i, c := range cells {
		to[i] += times * c
	}
}

// checkCells is the total of a table of counts.
func checkCells(cells []int64) (int64, error) {
	n := int64(0)
	for _, c := range cells {
		if c < 0 {
			return 0, ErrCounts
		}
		if c > maxCount-n {
			return 0, ErrTooLarge
		}
		n += c
	}
	if n == 0 {
		return 0, ErrNoRows
	}
	return n, nil
}
