package join

import (
	"context"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Of several rows of a key the latest counts, wherever it stands; of equal times the
// one further down, and one without a time before all others.
func TestLatest(t *testing.T) {
	text := "id,at,sex\n7,5,f\n1,3,m\n7,9,x\n7,8,y\nk,,a\nk,,b\n1,3,n\nk,-4,c\nk,,d\n8,1,z\n"
	src := open(t, map[string]string{"people.csv": text})
	times := func(out []int64, v *source.Vector) (int, error) {
		for i := range out {
			n, err := strconv.Atoi(v.Value(i).Str)
			if out[i] = int64(n); err != nil {
				out[i] = -1 << 63
			}
		}
		return 0, nil
	}
	table, err := LoadLatest(context.Background(), src, []int{0}, []int{2}, 0, &Latest{Column: 1, Times: times})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []source.Vector{words("7", "1", "k", "8", "2"), coded([]uint32{0, 1, 2, 3, 4}, "7", "1", "k", "8", "2")} {
		rows := table.NewMatcher().Match([]source.Vector{key}, 5)
		if diff := cmp.Diff([]string{"x", "n", "c", "z", "∅"}, spelled(table, 0, rows)); diff != "" {
			t.Error(diff)
		}
	}
	rows := table.NewMatcher().Match([]source.Vector{ints(8, 1, 7)}, 3)
	if diff := cmp.Diff([]string{"z", "n", "x"}, spelled(table, 0, rows)); diff != "" {
		t.Error(diff)
	}
	if table.Replaced() != 6 || table.Rows() != 10 {
		t.Errorf("%d of %d rows replaced", table.Replaced(), table.Rows())
	}
}

// Whole numbers far apart are looked up as those of a stretch are.
func TestSparseKeys(t *testing.T) {
	text := "id,v\n"
	var keys []int64
	for i := range int64(500) {
		keys = append(keys, i*1_000_003)
		text += strconv.FormatInt(i*1_000_003, 10) + ",v" + strconv.FormatInt(i, 10) + "\n"
	}
	table := load(t, text, []int{0}, []int{1})
	rows := table.NewMatcher().Match([]source.Vector{ints(append(keys, 1, 2, -3)...)}, 503)
	for i, row := range rows {
		if want := int32(i); i < 500 && row != want || i >= 500 && row != -1 {
			t.Fatalf("key %d: row %d", i, row)
		}
	}
}
