package scan

import (
	"reflect"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/table"
)

func TestRollups(t *testing.T) {
	sex := table.Group("sex")
	needs := []table.Need{
		{Dims: []table.Dim{table.Window}},
		{Dims: []table.Dim{sex, table.Window, table.Decision}},
		{Dims: []table.Dim{sex, table.Window}},
		{Dims: []table.Dim{table.Label}},
	}
	kept, serves := fewest(needs)
	want := []Rollup{{From: needs[1].Key(), Tables: []string{needs[2].Key(), needs[0].Key()}}}
	if needs[0].Key() < needs[2].Key() {
		want[0].Tables = []string{needs[0].Key(), needs[2].Key()}
	}
	if got := rollups(kept, serves); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
