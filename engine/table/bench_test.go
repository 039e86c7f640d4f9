package table

import (
	"fmt"
	"testing"
)

// BenchmarkMoments is what a value costs an exact sum and an exact sum of
// squares.
func BenchmarkMoments(b *testing.B) {
	const values = 4096
	for name, of := range map[string]func(i int) float64{
		"whole":      func(i int) float64 { return float64(i % 100) },
		"thousandth": func(i int) float64 { return float64(i%1000) / 1000 },
		"continuous": func(i int) float64 { return float64(i)*1.37e-3 + 1/float64(i+1) },
	} {
		xs := make([]float64, values)
		for i := range xs {
			xs[i] = of(i)
		}
		b.Run("value="+name, func(b *testing.B) {
			for b.Loop() {
				var m Moments
				for _, x := range xs {
					m.Add(x, 1)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/values, "ns/value")
		})
	}
}

// benchDims are groups by window, decision and label, as most tables are.
func benchDims() ([]Dim, [][]Category) {
	dims := []Dim{Group("race"), Group("sex"), Window, Decision, Label}
	var cats [][]Category
	for i, n := range []int{8, 4, 12, 2, 3} {
		var list []Category
		for c := range n {
			list = append(list, Category{Name: fmt.Sprint(dims[i], " ", c), Order: int64(c)})
		}
		cats = append(cats, list)
	}
	return dims, cats
}

func benchCounts(b *testing.B) *Counts {
	dims, cats := benchDims()
	t, err := NewBuilder(dims, cats)
	if err != nil {
		b.Fatal(err)
	}
	for i := range 8 * 4 * 12 * 2 * 3 {
		t.Add([]int{i % 8, i / 8 % 4, i / 32 % 12, i / 384 % 2, i / 768}, Cell{int64(i), int64(i)})
	}
	return t.Counts()
}

// BenchmarkCounts is what is done with a table of 2,304 cells.
func BenchmarkCounts(b *testing.B) {
	t := benchCounts(b)
	b.Run("op=merge", func(b *testing.B) {
		for b.Loop() {
			if _, err := t.Merge(t); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("op=rollup", func(b *testing.B) {
		for b.Loop() {
			if _, err := t.Rollup(Window, Decision, Label); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("op=encode", func(b *testing.B) {
		for b.Loop() {
			if _, err := t.MarshalBinary(); err != nil {
				b.Fatal(err)
			}
		}
	})
	data, err := t.MarshalBinary()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("op=decode", func(b *testing.B) {
		for b.Loop() {
			var back Counts
			if err := back.UnmarshalBinary(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkValues is what is done with a table of a thousand distinct numbers in
// each of 96 cells.
func BenchmarkValues(b *testing.B) {
	dims, cats := benchDims()
	build, err := NewValuesBuilder([]Dim{dims[0], dims[2]}, [][]Category{cats[0], cats[2]})
	if err != nil {
		b.Fatal(err)
	}
	for cell := range 96 {
		for i := range 1000 {
			build.Add([]int{cell % 8, cell / 8}, float64(i)/1000, Cell{int64(i + cell), 1})
		}
	}
	t := build.Values()
	b.Run("op=merge", func(b *testing.B) {
		for b.Loop() {
			if _, err := t.Merge(t); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("op=rollup", func(b *testing.B) {
		for b.Loop() {
			if _, err := t.Rollup(Window); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("op=encode", func(b *testing.B) {
		for b.Loop() {
			if _, err := t.MarshalBinary(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
