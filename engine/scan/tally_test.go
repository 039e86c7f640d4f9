package scan

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// bench counts frames of made-up rows into tables of numbers by one dimension.
type bench struct {
	dims    []*dimension
	numbers *numbers
	tallies []*tally
	cells   []*cells
	frame   frame
}

func newBench(categories int) *bench {
	cats := make([]table.Category, categories)
	for i := range cats {
		cats[i] = table.Category{Order: int64(i)}
	}
	b := &bench{dims: []*dimension{{dim: table.Window, categories: fixed(cats)}}}
	b.numbers = newNumbers(quantity{name: "score"}, table.Need{})
	b.cells = []*cells{newCells(table.Need{Dims: []table.Dim{table.Window}}, []int{0}), newCells(table.Need{}, nil)}
	b.tallies = []*tally{
		newTally(table.Need{Dims: []table.Dim{table.Window}, Value: "score"}, b.cells[0], b.numbers),
		newTally(table.Need{Value: "score"}, b.cells[1], b.numbers),
	}
	b.frame.cols = make([]vector, 1)
	return b
}

func (b *bench) add(t testing.TB, codes []uint32, v source.Vector) {
	w := &worker{dims: b.dims, numbers: []*numbers{b.numbers}, tallies: b.tallies, cells: b.cells, frame: b.frame}
	w.frame.rows, w.frame.repeat, w.frame.cols[0], b.dims[0].out = len(codes), 1, v, codes
	w.frame.reason = make([]uint8, len(codes))
	w.frame.list()
	if err := w.tabulate(); err != nil {
		t.Fatal(err)
	}
}

// TestEntries crosses MaxEntries with few numbers in many cells: the table that
// has them all is in buckets, its sums stay exact, and the smaller one beside
// it stays exact.
func TestEntries(t *testing.T) {
	const cells, values = 40, 30_000
	b := newBench(cells)
	want, err := table.NewValuesBuilder([]table.Dim{table.Window}, [][]table.Category{b.dims[0].categories()})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	order := r.Perm(cells * values)
	for len(order) > 0 {
		part := order[:min(len(order), source.MaxBatch)]
		order = order[len(part):]
		codes, floats := make([]uint32, len(part)), make([]float64, len(part))
		for i, n := range part {
			codes[i], floats[i] = uint32(n%cells), float64(n/cells)/7
			want.Add([]int{n % cells}, floats[i], table.Cell{N: 1, Rows: 1})
		}
		b.add(t, codes, source.Vector{Type: source.Type{Kind: source.Float}, Floats: floats})
	}
	got, err := b.tallies[0].values(b.dims)
	if err != nil {
		t.Fatal(err)
	}
	all, err := b.tallies[1].values(b.dims)
	if err != nil {
		t.Fatal(err)
	}
	x, _ := got.MarshalBinary()
	y, _ := want.Values().MarshalBinary()
	if got.Exact() || !all.Exact() || !bytes.Equal(x, y) {
		t.Errorf("exact: %v and %v; %d bytes, want %d", got.Exact(), all.Exact(), len(x), len(y))
	}
}

func BenchmarkTally(b *testing.B) {
	const rows = source.MaxBatch
	r := rand.New(rand.NewPCG(5, 6))
	codes, normal, cents := make([]uint32, rows), make([]float64, rows), make([]float64, rows)
	coded := make([]uint32, rows)
	dict := &source.Dict{Type: source.Type{Kind: source.Float}}
	for i := range 1000 {
		dict.Floats = append(dict.Floats, float64(i)/1000)
	}
	float := source.Type{Kind: source.Float}
	for i := range rows {
		codes[i], normal[i], cents[i], coded[i] = uint32(r.IntN(30)), r.NormFloat64(), float64(r.IntN(5000))/100, uint32(r.IntN(1000))
	}
	for name, v := range map[string]source.Vector{
		"continuous": {Type: float, Floats: normal},
		"cents":      {Type: float, Floats: cents},
		"coded":      {Type: float, Codes: coded, Dict: dict},
	} {
		b.Run(name, func(b *testing.B) {
			one := newBench(30)
			one.tallies = one.tallies[:1]
			for b.Loop() {
				one.add(b, codes, v)
				for i := range normal { // new values in every batch
					normal[i] += 1e-9
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}

// TestRunsOfOneCell has frames of one cell, whose rows are put aside as runs
// while it is not known whether their numbers repeat, between others.
func TestRunsOfOneCell(t *testing.T) {
	const frames, rows = 6, 20_000
	for name, number := range map[string]func(r *rand.Rand, i int) float64{
		"few":     func(r *rand.Rand, _ int) float64 { return float64(r.IntN(900)) / 8 },
		"some":    func(r *rand.Rand, _ int) float64 { return float64(r.IntN(60_000)) / 8 },
		"all":     func(_ *rand.Rand, i int) float64 { return float64(i) / 7 },
		"not all": func(r *rand.Rand, i int) float64 { return float64(i-r.IntN(2)) / 7 },
		"odd": func(r *rand.Rand, i int) float64 {
			return []float64{float64(i), float64(-i), math.NaN(), math.Inf(1), math.Copysign(0, -1)}[r.IntN(5)]
		},
	} {
		for _, varying := range []int{-1, 0, 1, 3, 5} { // which frame has rows of several cells
			b := newBench(3)
			for _, c := range b.cells {
				c.pack = newPacking(nil, c.dims)
			}
			want, err := table.NewValuesBuilder([]table.Dim{table.Window}, [][]table.Category{b.dims[0].categories()})
			if err != nil {
				t.Fatal(err)
			}
			r := rand.New(rand.NewPCG(5, 6))
			for k := range frames {
				codes, floats := make([]uint32, rows), make([]float64, rows)
				for i := range codes {
					codes[i], floats[i] = uint32(k%2), number(r, k*rows+i)
					if k == varying {
						codes[i] = uint32(r.IntN(3))
					}
					want.Add([]int{int(codes[i])}, floats[i], table.Cell{N: 1, Rows: 1})
				}
				b.frame.number++
				b.dims[0].constant = k != varying
				b.add(t, codes, source.Vector{Type: source.Type{Kind: source.Float}, Floats: floats})
			}
			w := &worker{dims: b.dims, numbers: []*numbers{b.numbers}, tallies: b.tallies}
			if b.numbers.wait != nil {
				w.decide(b.numbers)
			}
			got, err := mergeTallies([]part{{b.tallies[0], b.dims}})
			if err != nil {
				t.Fatal(err)
			}
			x, _ := got.MarshalBinary()
			if y, _ := want.Values().MarshalBinary(); !bytes.Equal(x, y) {
				t.Errorf("%s, frame %d varying: exact %v, %d bytes, want %d", name, varying, got.Exact(), len(x), len(y))
			}
		}
	}
}
