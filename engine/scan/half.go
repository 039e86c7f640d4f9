package scan

import (
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// halved are the dimensions whose values decide a row's half where there is no id:
// all groups and columns that tables of halves have, in an order of their own. No
// outcome is among them.
func (w *worker) halved() []*dimension {
	var dims []table.Dim
	for _, n := range w.plan.Tables {
		if !slices.Contains(n.Dims, table.Half) {
			continue
		}
		for _, d := range n.Dims {
			if _, ok := w.plan.roles[d]; ok && !slices.Contains(dims, d) {
				dims = append(dims, d)
			}
		}
	}
	slices.SortFunc(dims, func(a, b table.Dim) int { return strings.Compare(string(a), string(b)) })
	var out []*dimension
	for _, d := range dims {
		out = append(out, w.dims[w.byDim[d]])
	}
	return out
}

// halfOfValues deals a row to one of two halves by a hash of its values.
func halfOfValues(seed uint64, of []*dimension) *dimension {
	byCode, out := make([][]uint64, len(of)), []uint32(nil)
	var hashes []uint64
	compute := func(f *frame) ([]uint32, error) {
		hashes, out = grow(hashes, f.rows), grow(out, f.rows)
		for i := range hashes {
			hashes[i] = seed
		}
		for k, d := range of {
			for cats := d.categories(); len(byCode[k]) < len(cats); {
				c := cats[len(byCode[k])]
				byCode[k] = append(byCode[k], hashField(table.Field{Text: c.Name, Missing: c.Missing}))
			}
			of := byCode[k]
			for i, code := range d.codes()[:f.rows] {
				if int(code) < len(of) { // that of a row that nobody counts may be anything
					hashes[i] = combine(hashes[i], of[code])
				}
			}
		}
		for i, h := range hashes {
			out[i] = uint32(h >> 63)
		}
		return out, nil
	}
	cats := []table.Category{{Name: "0"}, {Name: "1", Order: 1}}
	return &dimension{dim: table.Half, compute: compute, categories: fixed(cats)}
}
