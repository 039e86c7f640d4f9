package arrow

import (
	"bytes"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// listOf makes a list out of its buffers, right or wrong.
func listOf(dtype arrow.DataType, rows int, values arrow.Array, buffers ...[]byte) arrow.Array {
	all := []*memory.Buffer{nil}
	for _, b := range buffers {
		all = append(all, memory.NewBufferBytes(b))
	}
	return array.MakeFromData(array.NewData(dtype, rows, all, []arrow.ArrayData{values.Data()}, 0, 0))
}

func small(x ...int32) []byte { return arrow.Int32Traits.CastToBytes(x) }

func large(x ...int64) []byte { return arrow.Int64Traits.CastToBytes(x) }

// patched is a stream of a column in which bytes that occur once are others.
func patched(t *testing.T, a arrow.Array, old, new []byte) []byte {
	t.Helper()
	b := written(t, a, false, false)
	if bytes.Count(b, old) != 1 {
		t.Fatalf("bytes occur %d times", bytes.Count(b, old))
	}
	return bytes.Replace(b, old, new, 1)
}

// Offsets and views that lead outside are a fault of the leaf, before a value
// is taken.
func TestBrokenLists(t *testing.T) {
	numbers := formCase{dtype: arrow.PrimitiveTypes.Int64, json: `[91, 92, 93]`}.array()
	n := numbers.DataType()
	list := listOf(arrow.ListOf(n), 2, numbers, small(0, 1, 3))
	wide := listOf(arrow.LargeListOf(n), 2, numbers, large(0, 1, 3))
	views := listOf(arrow.ListViewOf(n), 2, numbers, small(1, 0), small(2, 3))
	tests := []struct {
		name     string
		list     arrow.Array
		old, new []byte
		want     string
	}{
		{"beyond", list, small(0, 1, 3), small(0, 1, 4), "offset 4 is beyond the 3 values of the lists"},
		{"decreasing", list, small(0, 1, 3), small(0, 4, 3), "offset 3 of value 2 is below the one before it"},
		{"negative", list, small(0, 1, 3), small(-1, 1, 3), "offset -1 of value 0 is below the one before it"},
		{"wide", wide, large(0, 1, 3), large(0, 1, 1<<62), "offset 4611686018427387904 is beyond the 3 values of the lists"},
		{"view", views, small(1, 0), small(2, 0), "list view 0 is outside the 3 values"},
		{"negative view", views, small(1, 0), small(1, -1), "list view 1 is outside the 3 values"},
		{"negative size", views, small(2, 3), small(2, -3), "list view 1 is outside the 3 values"},
	}
	for _, test := range tests {
		b := patched(t, test.list, test.old, test.new)
		f, err := New(bytes.NewReader(b), int64(len(b)), Options{Name: "x.arrows"})
		if err != nil {
			t.Fatal(err)
		}
		_, err = spell(f.Units()[0], 0)
		clean(t, err)
		if err == nil || !strings.HasSuffix(err.Error(), `column x.item: "x" around it: `+test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// Views of views of the same values: some hundred bytes stand for 256^4 entries.
func TestListBomb(t *testing.T) {
	a := formCase{dtype: arrow.PrimitiveTypes.Int8, json: `[1]`}.array()
	for range 4 {
		offsets, sizes := make([]int32, 256), make([]int32, 256)
		for i := range sizes {
			sizes[i] = int32(a.Len())
		}
		a = listOf(arrow.ListViewOf(a.DataType()), 256, a, small(offsets...), small(sizes...))
	}
	b := written(t, a, false, false)
	f, err := New(bytes.NewReader(b), int64(len(b)), Options{MaxBatch: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Units()[0].(*Unit).OpenLeaf(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for err == nil {
		_, err = r.Next()
	}
	if !strings.Contains(err.Error(), "column x.item.item.item.item: number of list elements brings the batch above the limit of 1048576 bytes") {
		t.Error(err)
	}
}

func TestNullKey(t *testing.T) {
	p := &arrow.PrimitiveTypes
	pairs := formCase{dtype: arrow.StructOf(nested("key", p.Int8), nested("value", p.Int8)), json: `[{"key": 1, "value": 1}, {"key": null, "value": 2}]`}.array()
	b := written(t, listOf(arrow.ListOf(pairs.DataType()), 1, pairs, small(0, 2)), false, false)
	f, err := New(bytes.NewReader(b), int64(len(b)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	f.schema.fields[0].pairs = true // arrow-go writes no such map
	_, err = spell(f.Units()[0], 0)
	if err == nil || !strings.Contains(err.Error(), "column x.item.key: a map holds a key that is null") {
		t.Error(err)
	}
	if s, err := spell(f.Units()[0], 1); s != "0/3=1 1/3=2" || err != nil {
		t.Error(s, err)
	}
}

func TestUnreadableLeaves(t *testing.T) {
	p := &arrow.PrimitiveTypes
	union := arrow.SparseUnionOf([]arrow.Field{nested("a", p.Int8)}, []arrow.UnionTypeCode{0})
	a := array.MakeArrayOfNull(memory.DefaultAllocator, union, 2)
	b := written(t, a, false, false)
	f, err := New(bytes.NewReader(b), int64(len(b)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range map[int]string{0: "column x: column is a list, map or union", 1: "there is no leaf 1", -1: "there is no leaf -1"} {
		if _, err := spell(f.Units()[0], i); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("leaf %d: %v", i, err)
		}
	}
}
