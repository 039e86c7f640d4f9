package table

import (
	"fmt"
	"slices"
)

// SumCounts adds up tables of the same dimensions, at least one, as Merge does two.
func SumCounts(all []*Counts) (*Counts, error) {
	if len(all) == 1 {
		return all[0], nil
	}
	cats, offsets, err := allCategories(all)
	if err != nil {
		return nil, err
	}
	b, err := NewBuilder(all[0].dims, cats)
	if err != nil {
		return nil, err
	}
	codes := make([]int, len(cats))
	for i, t := range all {
		t.Each(func(own []int, cell Cell) {
			for d := range own {
				codes[d] = own[d] + offsets[i][d]
			}
			b.Add(codes, cell)
		})
	}
	return b.Counts(), nil
}

// SumValues is SumCounts of tables of numbers.
func SumValues(all []*Values) (*Values, error) {
	if len(all) == 1 {
		return all[0], nil
	}
	counts := make([]*Counts, len(all))
	bucketed := false
	for i, v := range all {
		counts[i], bucketed = v.Counts(), bucketed || !v.Exact()
	}
	cats, offsets, err := allCategories(counts)
	if err != nil {
		return nil, err
	}
	b, err := NewValuesBuilder(all[0].Dims(), cats)
	if err != nil {
		return nil, err
	}
	b.bucketed = bucketed
	codes := make([]int, len(cats))
	for i, v := range all {
		v.Each(func(own []int, d *Distribution) {
			for k := range own {
				codes[k] = own[k] + offsets[i][k]
			}
			b.merge(codes, d)
		})
	}
	return b.Values(), nil
}

// allCategories lists the categories of all tables, one table's after the other's,
// and where each table's begin.
func allCategories(all []*Counts) (cats [][]Category, offsets [][]int, err error) {
	cats = make([][]Category, len(all[0].dims))
	for _, t := range all {
		if !slices.Equal(all[0].dims, t.dims) {
			return nil, nil, fmt.Errorf("tables of different dimensions: %v and %v", all[0].dims, t.dims)
		}
		begin := make([]int, len(cats))
		for d := range cats {
			begin[d] = len(cats[d])
			cats[d] = append(cats[d], t.cats[d]...)
		}
		offsets = append(offsets, begin)
	}
	return cats, offsets, nil
}
