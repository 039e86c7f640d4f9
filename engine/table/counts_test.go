package table

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// entry is one cell as somebody counted it.
type entry struct {
	cats []Category
	cell Cell
}

var testDims = []Dim{Group("race"), Window, Decision}

// names holds what is hard to order: numbers of one size, text like numbers,
// the empty text.
var names = []string{"", "1", "1.0", "01", "-0", "0", "10", "9", "1e3", "999", "NaN", "Inf", "a", "B", "ä", "1 "}

func entries(t *rapid.T, label string) []entry {
	category := rapid.Custom(func(t *rapid.T) Category {
		if rapid.IntRange(0, 5).Draw(t, "missing") == 0 {
			return Category{Missing: true}
		}
		return Category{Name: rapid.SampledFrom(names).Draw(t, "name"), Order: rapid.Int64Range(-1, 1).Draw(t, "order")}
	})
	one := rapid.Custom(func(t *rapid.T) entry {
		rows := rapid.Int64Range(0, 5).Draw(t, "rows")
		e := entry{cell: Cell{Rows: rows, N: rows * rapid.Int64Range(0, 3).Draw(t, "weight")}}
		for range testDims {
			e.cats = append(e.cats, category.Draw(t, "category"))
		}
		return e
	})
	return rapid.SliceOfN(one, 0, 30).Draw(t, label)
}

// build counts entries; the given categories stand in the order of appearance,
// once per entry.
func build(entries []entry) *Counts {
	cats := make([][]Category, len(testDims))
	for _, e := range entries {
		for d := range cats {
			cats[d] = append(cats[d], e.cats[d])
		}
	}
	b, err := NewBuilder(testDims, cats)
	if err != nil {
		panic(err)
	}
	for i, e := range entries {
		b.Add([]int{i, i, i}, e.cell)
	}
	return b.Counts()
}

// naive adds the entries up by name over some dimensions.
func naive(entries []entry, dims ...Dim) map[string]Cell {
	out := map[string]Cell{}
	for _, e := range entries {
		if e.cell == (Cell{}) {
			continue
		}
		key := ""
		for _, d := range dims {
			key += fmt.Sprintf("%+v|", e.cats[slices.Index(testDims, d)])
		}
		out[key] = out[key].Add(e.cell)
	}
	return out
}

// spelled lists a table in the form of naive.
func spelled(c *Counts) map[string]Cell {
	out := map[string]Cell{}
	c.Each(func(codes []int, cell Cell) {
		key := ""
		for d, dim := range c.Dims() {
			key += fmt.Sprintf("%+v|", c.Categories(dim)[codes[d]])
		}
		out[key] = out[key].Add(cell)
	})
	return out
}

func merged(t *rapid.T, a, b *Counts) *Counts {
	sum, err := a.Merge(b)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func rolled(t *rapid.T, c *Counts, dims ...Dim) *Counts {
	out, err := c.Rollup(dims...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// same tells whether two tables are equal to the last byte.
func same(a, b *Counts) bool {
	return reflect.DeepEqual(a.Dims(), b.Dims()) && slices.Equal(a.keys, b.keys) && slices.Equal(a.cells, b.cells) &&
		slices.EqualFunc(a.cats, b.cats, slices.Equal)
}

// A table says what the rows say, whatever the order in which they came.
func TestCountsAreTheRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := entries(t, "rows")
		c := build(rows)
		if got, want := spelled(c), naive(rows, testDims...); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v\nwant %v", got, want)
		}
		total := Cell{}
		for _, e := range rows {
			total = total.Add(e.cell)
		}
		if c.Total() != total || c.Len() != len(naive(rows, testDims...)) {
			t.Fatalf("total %v of %d cells, want %v", c.Total(), c.Len(), total)
		}
		shuffled := slices.Clone(rows)
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)).Shuffle(len(rows), func(i, j int) {
			shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
		})
		if !same(c, build(shuffled)) {
			t.Fatal("another order of rows gives another table")
		}
	})
}

// Merge is associative and commutative, and splitting rows into parts in any
// way gives the table of all rows, byte for byte.
func TestMergeIsAddition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y, z := entries(t, "x"), entries(t, "y"), entries(t, "z")
		a, b, c := build(x), build(y), build(z)
		whole := build(slices.Concat(x, y, z))
		for name, sum := range map[string]*Counts{
			"(a+b)+c": merged(t, merged(t, a, b), c), "a+(b+c)": merged(t, a, merged(t, b, c)),
			"(c+a)+b": merged(t, merged(t, c, a), b), "b+(c+a)": merged(t, b, merged(t, c, a)),
		} {
			if !same(sum, whole) {
				t.Fatalf("%s is not the table of all rows", name)
			}
		}
	})
}

// Rolling up and merging may be done in either order, and rolling up twice is
// rolling up once.
func TestRollupCommutesWithMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := entries(t, "x"), entries(t, "y")
		dims := rapid.SampledFrom([][]Dim{{Window}, {Decision, Window}, {Group("race")}, {}, testDims}).Draw(t, "dims")
		a, b := build(x), build(y)
		sum := rolled(t, merged(t, a, b), dims...)
		if !same(sum, merged(t, rolled(t, a, dims...), rolled(t, b, dims...))) {
			t.Fatal("the roll-up of a sum is not the sum of roll-ups")
		}
		if got, want := spelled(sum), naive(slices.Concat(x, y), dims...); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v\nwant %v", got, want)
		}
		if len(dims) > 1 && !same(rolled(t, sum, dims[0]), rolled(t, merged(t, a, b), dims[0])) {
			t.Fatal("rolling up in two steps differs from one")
		}
	})
}

func TestCanonicalOrder(t *testing.T) {
	given := []Category{{Missing: true}, {Name: "b"}, {Name: "10"}, {Name: "9"}, {Name: "late", Order: 2}, {Name: ""}, {Name: "9"}, {Name: "9.0"}, {Name: "-1e3"}, {Name: "B"}}
	b, err := NewBuilder([]Dim{Window}, [][]Category{given})
	if err != nil {
		t.Fatal(err)
	}
	for i := range given {
		b.Add([]int{i}, Cell{N: 1, Rows: 1})
	}
	var got []string
	c := b.Counts()
	for _, cat := range c.Categories(Window) {
		got = append(got, cat.Name)
	}
	// Numbers by size, then text by bytes, then later positions, missing last.
	if want := "-1e3 9 9.0 10  B b late "; strings.Join(got, " ") != want {
		t.Errorf("got  %q\nwant %q", strings.Join(got, " "), want)
	}
	if c.Len() != len(given)-1 { // "9" was given twice
		t.Errorf("%d cells", c.Len())
	}
}

func TestRowsOfWeightZeroStay(t *testing.T) {
	b, _ := NewBuilder([]Dim{Window}, [][]Category{{{Name: "a"}, {Name: "b"}}})
	b.Add([]int{0}, Cell{N: 0, Rows: 3})
	if c := b.Counts(); c.Len() != 1 || c.Total() != (Cell{N: 0, Rows: 3}) || len(c.Categories(Window)) != 1 {
		t.Errorf("%d cells, total %v", c.Len(), c.Total())
	}
}

func TestTooManyCells(t *testing.T) {
	many := func(n int) []Category {
		out := make([]Category, n)
		for i := range out {
			out[i].Order = int64(i)
		}
		return out
	}
	// 2¹⁶ · 2¹⁶ · 2¹⁶ · 2¹⁵ combinations can be numbered, twice as many cannot.
	dims := []Dim{"a", "b", "c", "d"}
	sizes := [][]Category{many(1 << 16), many(1 << 16), many(1 << 16), many(1 << 15)}
	if _, err := NewBuilder(dims, sizes); err != nil {
		t.Error(err)
	}
	sizes[3] = many(1 << 16)
	if _, err := NewBuilder(dims, sizes); err == nil || !strings.Contains(err.Error(), "more cells than 64 bits can number") {
		t.Errorf("got %v", err)
	}
}

func TestFaults(t *testing.T) {
	c := build(nil)
	if _, err := c.Rollup(Label); err == nil || err.Error() != `table [group:race window decision] has no dimension "label"` {
		t.Errorf("got %v", err)
	}
	if _, err := c.Merge(&Counts{}); err == nil || !strings.Contains(err.Error(), "different dimensions") {
		t.Errorf("got %v", err)
	}
	if c.Categories(Label) != nil || c.Len() != 0 || c.Total() != (Cell{}) {
		t.Error("an empty table is not empty")
	}
}

// CompareNames is a strict weak order that tells all names apart.
func TestCompareNames(t *testing.T) {
	name := rapid.OneOf(rapid.SampledFrom(names), rapid.String(), rapid.Map(rapid.Float64(), func(x float64) string { return fmt.Sprint(x) }))
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := name.Draw(t, "a"), name.Draw(t, "b"), name.Draw(t, "c")
		if CompareNames(a, b) != -CompareNames(b, a) {
			t.Fatalf("%q and %q: %d and %d", a, b, CompareNames(a, b), CompareNames(b, a))
		}
		if (CompareNames(a, b) == 0) != (a == b) {
			t.Fatalf("%q and %q are one", a, b)
		}
		if CompareNames(a, b) < 0 && CompareNames(b, c) < 0 && CompareNames(a, c) >= 0 {
			t.Fatalf("%q < %q < %q, but not the first before the last", a, b, c)
		}
	})
}

func TestNeedKey(t *testing.T) {
	for want, n := range map[string]Need{
		"":                                {},
		"group:race|window":               {Dims: []Dim{Group("race"), Window}},
		"in-scope stratum:job|missing:id": {Dims: []Dim{Stratum("job"), Missing("id")}, InScope: true},
	} {
		if n.Key() != want {
			t.Errorf("got %q, want %q", n.Key(), want)
		}
	}
}

// A builder that holds every cell there may be gives the table of one that holds
// those with a row.
func TestBuilderForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := entries(t, "entries")
		cats := make([][]Category, len(testDims))
		for _, e := range list {
			for d := range cats {
				cats[d] = append(cats[d], e.cats[d])
			}
		}
		var got [2]*Counts
		for i := range got {
			b, err := NewBuilder(testDims, cats)
			if err != nil {
				t.Fatal(err)
			}
			if b.expect(int(b.size)); i == 1 {
				b.dense, b.sum = nil, map[uint64]Cell{}
			}
			for j, e := range list {
				b.Add([]int{j, j, j}, e.cell)
			}
			got[i] = b.Counts()
		}
		if !slices.Equal(got[0].keys, got[1].keys) || !slices.Equal(got[0].cells, got[1].cells) || !reflect.DeepEqual(got[0].cats, got[1].cats) {
			t.Fatalf("%+v, %+v", got[0], got[1])
		}
	})
}
