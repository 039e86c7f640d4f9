package table

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRecode(t *testing.T) {
	b, err := NewBuilder([]Dim{Group("race")}, [][]Category{{{Name: "a"}, {Name: "b"}, {Name: "c"}}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		b.Add([]int{i}, Cell{N: int64(i) + 1, Rows: int64(i) + 1})
	}
	got, err := b.Counts().Recode(Group("race"), func(c Category) Category {
		if c.Name == "c" {
			return Category{Name: "a"}
		}
		return c
	})
	if err != nil {
		t.Fatal(err)
	}
	var cells []string
	got.Each(func(codes []int, c Cell) {
		cells = append(cells, fmt.Sprint(got.Categories(Group("race"))[codes[0]].Name, c.Rows))
	})
	if diff := cmp.Diff([]string{"a4", "b2"}, cells); diff != "" {
		t.Error(diff)
	}
	if _, err := got.Recode(Window, nil); err == nil {
		t.Error("a dimension that is not there was recoded")
	}
}
