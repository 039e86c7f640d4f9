package scan

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// growing is a dimension of numbers whose categories appear as codes do.
func growing(name string) *dimension {
	d := &dimension{dim: table.Dim(name)}
	cats := []table.Category(nil)
	d.categories = func() []table.Category {
		top := uint32(0)
		for _, c := range d.out {
			top = max(top, c)
		}
		for len(cats) <= int(top) {
			cats = append(cats, table.Category{Name: fmt.Sprint(len(cats))})
		}
		return cats
	}
	return d
}

// The counts equal those of a plain map, while dimensions outgrow their bits
// and the array gives way to a hash map.
func TestAccumulatorIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dims := []*dimension{growing("a"), growing("b"), growing("c")}
		order := rapid.Permutation([]int{0, 1, 2}).Draw(t, "order")
		weighted := rapid.Bool().Draw(t, "weighted")
		n := need()
		for _, d := range order {
			n.Dims = append(n.Dims, dims[d].dim)
		}
		n.InScope = rapid.Bool().Draw(t, "in scope")
		a := newAccumulator(n, order, weighted)
		want := map[string]table.Cell{}
		for range rapid.IntRange(1, 5).Draw(t, "frames") {
			rows := rapid.SampledFrom([]int{1, 2, 7, keyBlock, keyBlock + 3}).Draw(t, "rows")
			f := &frame{rows: rows, repeat: 1, reason: make([]uint8, rows)}
			if rows == 1 {
				f.repeat = rapid.Int64Range(1, 1<<40).Draw(t, "repeat")
			}
			draw := func(label string, limit int) []int {
				return rapid.SliceOfN(rapid.IntRange(0, limit), rows, rows).Draw(t, label)
			}
			for _, d := range dims {
				d.out = nil
				limit := rapid.SampledFrom([]int{0, 1, 6, 300, 2000}).Draw(t, "categories")
				for _, code := range draw("codes", limit) {
					d.out = append(d.out, uint32(code))
				}
				d.constant = equal(d.out)
			}
			if weighted {
				for _, w := range draw("weights", 3) {
					f.weights = append(f.weights, int64(w))
				}
			}
			if rapid.Bool().Draw(t, "excluded") {
				for i, r := range draw("reasons", int(reasonUnlisted)) {
					f.reason[i] = uint8(r)
				}
			}
			f.list()
			if err := a.add(f, dims); err != nil {
				t.Fatal(err)
			}
			for i := range rows {
				if r := f.reason[i]; r != 0 && (!n.InScope || r < reasonMissing) {
					continue
				}
				key := ""
				for _, d := range order {
					key += fmt.Sprint(dims[d].out[i], " ")
				}
				want[key] = want[key].Add(table.Cell{N: f.weight(i) * f.repeat, Rows: f.repeat})
			}
		}
		got := map[string]table.Cell{}
		a.each(func(codes []int, cell table.Cell) {
			got[strings.Trim(fmt.Sprint(codes), "[]")+" "] = cell
		})
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v\nwant %v", got, want)
		}
		counts, err := a.counts(dims)
		if err != nil || counts.Len() != len(want) {
			t.Fatalf("%d cells, want %d; %v", counts.Len(), len(want), err)
		}
	})
}

func TestEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		codes := rapid.SliceOfN(rapid.Uint32Range(0, 1), 1, 40).Draw(t, "codes")
		if got, want := equal(codes), len(slices.Compact(slices.Clone(codes))) == 1; got != want {
			t.Fatalf("%v: %v", codes, got)
		}
	})
}

// A table that no key can number is refused by the names of its dimensions.
func TestAccumulatorRefuses(t *testing.T) {
	var dims []*dimension
	var at []int
	n := need()
	for i := range 8 { // 8 dimensions of 300 values: 8 · 9 bits
		d := growing(fmt.Sprint("d", i))
		d.out = []uint32{299}
		dims, at, n.Dims = append(dims, d), append(at, i), append(n.Dims, d.dim)
	}
	f := &frame{rows: 1, repeat: 1, reason: []uint8{0}}
	f.list()
	err := newAccumulator(n, at, false).add(f, dims)
	if err == nil || !strings.HasPrefix(err.Error(), "table d0|d1|d2|d3|d4|d5|d6|d7 has too many cells: d0 300 x d1 300") {
		t.Errorf("got %v", err)
	}
}
