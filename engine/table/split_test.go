package table

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// splitEntry is a row of a made-up log.
type splitEntry struct {
	window, group int
	x             float64
	missing       bool
	weight        int64
}

func splitEntries() *rapid.Generator[[]splitEntry] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) splitEntry {
		return splitEntry{rapid.IntRange(0, 3).Draw(t, "w"), rapid.IntRange(0, 4).Draw(t, "g"), anyFloat().Draw(t, "x"),
			rapid.IntRange(0, 9).Draw(t, "m") == 0, rapid.Int64Range(0, 3).Draw(t, "n")}
	}), 0, 60)
}

// build tabulates rows as a scan does: categories in order of appearance.
func buildValues(t *rapid.T, rows []splitEntry, bucketed bool) *Values {
	var windows, groups []Category
	seen := map[string]int{}
	code := func(list *[]Category, c Category) int {
		key := fmt.Sprint(list == &groups, c)
		if _, ok := seen[key]; !ok {
			seen[key] = len(*list)
			*list = append(*list, c)
		}
		return seen[key]
	}
	codes := make([][]int, len(rows))
	for i, r := range rows {
		g := Category{Name: fmt.Sprint("g", r.group)}
		if r.group == 0 {
			g = Category{Missing: true}
		}
		codes[i] = []int{code(&windows, Category{Name: fmt.Sprint(r.window), Order: int64(r.window)}), code(&groups, g)}
	}
	b, err := NewValuesBuilder([]Dim{Window, Group("g")}, [][]Category{windows, groups})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		c := Cell{r.weight, 1}
		switch {
		case r.missing:
			b.AddMissing(codes[i], c)
		case bucketed && finite(r.x):
			var m Moments
			m.Add(r.x, c.N)
			b.AddBucketed(codes[i], []Point{{r.x, c}}, &m)
		default:
			b.Add(codes[i], r.x, c)
		}
	}
	b.bucketed = bucketed
	return b.Values()
}

func encode(t interface{ Fatal(...any) }, v interface{ MarshalBinary() ([]byte, error) }) []byte {
	out, err := v.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func merge(t interface{ Fatal(...any) }, a, b *Values) *Values {
	out, err := a.Merge(b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestMergeOrder holds that any split of rows into tables, exact or in buckets,
// merged in any order, has the same bytes.
func TestMergeOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := splitEntries().Draw(t, "rows")
		forms := [4]bool{}
		whole := false
		for i := range forms {
			forms[i] = rapid.Bool().Draw(t, "bucketed")
			whole = whole || forms[i]
		}
		var parts [4][]splitEntry
		for _, r := range rows {
			at := rapid.IntRange(0, 3).Draw(t, "part")
			parts[at] = append(parts[at], r)
		}
		var v [4]*Values
		for i := range v {
			v[i] = buildValues(t, parts[i], forms[i])
		}
		want := encode(t, buildValues(t, rows, whole))
		left := merge(t, merge(t, merge(t, v[0], v[1]), v[2]), v[3])
		right := merge(t, merge(t, v[3], v[1]), merge(t, v[2], v[0]))
		if !bytes.Equal(encode(t, left), want) || !bytes.Equal(encode(t, right), want) {
			t.Fatal("a split or an order of merging changes the table")
		}
		var again Values
		if err := again.UnmarshalBinary(want); err != nil || !bytes.Equal(encode(t, &again), want) {
			t.Fatalf("decoding: %v", err)
		}
		checkRollup(t, left, v[:])
		checkTotals(t, left, rows)
	})
}

// checkRollup holds that rolling up and merging commute.
func checkRollup(t *rapid.T, whole *Values, parts []*Values) {
	for _, dims := range [][]Dim{{}, {Window}, {Group("g"), Window}} {
		up := func(v *Values) *Values {
			out, err := v.Rollup(dims...)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		sum := up(parts[0])
		for _, p := range parts[1:] {
			sum = merge(t, sum, up(p))
		}
		if !bytes.Equal(encode(t, sum), encode(t, up(whole))) {
			t.Fatalf("roll-up to %v depends on when it is done", dims)
		}
	}
}

func checkTotals(t *rapid.T, v *Values, rows []splitEntry) {
	var got, want Distribution
	v.Each(func(_ []int, d *Distribution) {
		got.Missing, got.NaN, got.Inf, got.Cell = got.Missing.Add(d.Missing), got.NaN.Add(d.NaN), got.Inf.Add(d.Inf), got.Cell.Add(d.Cell)
		for i, p := range d.Points {
			if !finite(p.X) || i > 0 && d.Points[i-1].X >= p.X || math.Signbit(p.X) && p.X == 0 {
				t.Fatalf("points %v", d.Points)
			}
		}
	})
	for _, r := range rows {
		c := Cell{r.weight, 1}
		switch {
		case r.missing:
			want.Missing = want.Missing.Add(c)
		case math.IsNaN(r.x):
			want.NaN = want.NaN.Add(c)
		case math.IsInf(r.x, 0):
			want.Inf = want.Inf.Add(c)
		default:
			want.Cell = want.Cell.Add(c)
		}
	}
	if got.Missing != want.Missing || got.NaN != want.NaN || got.Inf != want.Inf || got.Cell != want.Cell {
		t.Fatalf("totals %+v, want %+v", got, want)
	}
	if total := v.Counts().Total(); total.Rows != int64(len(rows)) {
		t.Fatalf("%d rows, want %d", total.Rows, len(rows))
	}
}

// TestLimit crosses MaxDistinct by merging: the result does not depend on which
// tables crossed it.
func TestLimit(t *testing.T) {
	part := func(from, to int) *Values {
		b, err := NewValuesBuilder([]Dim{Window}, [][]Category{{{Name: "a"}, {Name: "b"}}})
		if err != nil {
			t.Fatal(err)
		}
		for i := from; i < to; i++ {
			b.Add([]int{i % 2}, math.Sqrt(float64(i)), Cell{2, 1})
		}
		return b.Values()
	}
	const n = MaxDistinct
	if full := part(0, n); !full.Exact() {
		t.Error("MaxDistinct numbers are not kept")
	}
	whole := part(0, n+1)
	if whole.Exact() {
		t.Error("more than MaxDistinct numbers are kept")
	}
	want := encode(t, whole)
	for _, cut := range [][2]int{{1, 2}, {n / 3, 2 * n / 3}, {n / 2, n}, {n - 5, n - 2}} {
		a, b, c := part(0, cut[0]), part(cut[0], cut[1]), part(cut[1], n+1)
		for _, got := range []*Values{merge(t, merge(t, a, b), c), merge(t, c, merge(t, b, a)), merge(t, b, merge(t, a, c))} {
			if !bytes.Equal(encode(t, got), want) {
				t.Fatalf("cut at %v: another table", cut)
			}
		}
	}
}

func FuzzValuesUnmarshal(f *testing.F) {
	for _, x := range []float64{1, math.NaN(), 0.5} {
		b, _ := NewValuesBuilder([]Dim{Window}, [][]Category{{{Name: "a"}, {Missing: true, Order: 7}}})
		b.Add([]int{0}, x, Cell{3, 1})
		b.AddMissing([]int{1}, Cell{3, 2})
		f.Add(encode(f, b.Values()))
		b.AddBucketed([]int{1}, []Point{{-2, Cell{1, 1}}}, &Moments{})
		f.Add(encode(f, b.Values()))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v Values
		if v.UnmarshalBinary(data) != nil {
			return
		}
		if !bytes.Equal(encode(t, &v), data) {
			t.Fatal("another encoding of the same table")
		}
		v.Each(func([]int, *Distribution) {})
	})
}

func FuzzCountsUnmarshal(f *testing.F) {
	b, _ := NewBuilder([]Dim{Window, Label}, [][]Category{{{Name: "a"}, {Name: "b", Order: -3}}, {{Missing: true}}})
	b.Add([]int{1, 0}, Cell{5, 2})
	b.Add([]int{0, 0}, Cell{0, 1})
	f.Add(encode(f, b.Counts()))
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Counts
		if c.UnmarshalBinary(data) == nil && !bytes.Equal(encode(t, &c), data) {
			t.Fatal("another encoding of the same table")
		}
	})
}
