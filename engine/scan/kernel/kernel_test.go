package kernel

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The references do one row at a time what the kernels do to columns.

func refPack(n int, base uint32, columns []Column) []uint32 {
	keys := make([]uint32, n)
	for i := range keys {
		keys[i] = base
		for _, c := range columns {
			if code := c.Codes[i]; c.Entries == nil {
				keys[i] += code * c.Stride
			} else {
				keys[i] += c.Entries[code+1] * c.Stride
			}
		}
	}
	return keys
}

func refCount(size int, key func(row int) uint32, rows []int32) []uint32 {
	counts := make([]uint32, size)
	for _, row := range rows {
		counts[key(int(row))]++
	}
	return counts
}

func refLookup(keys, entries []uint32, rows []int32) (out map[int32]uint32, all bool) {
	out, all = map[int32]uint32{}, true
	for _, row := range rows {
		out[row] = entries[keys[row]]
		all = all && out[row] != Unknown
	}
	return out, all
}

const codes = 7 // of every column

func column(t *rapid.T, rows int) []uint32 {
	return rapid.SliceOfN(rapid.Uint32Range(0, codes-1), rows, rows).Draw(t, "column")
}

// everyRow and chosen are lists of rows.
func everyRow(n int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}

func chosen(t *rapid.T, n int) []int32 {
	return slices.DeleteFunc(everyRow(n), func(int32) bool { return rapid.Bool().Draw(t, "left out") })
}

func TestPack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{1, 7, 8, 31, 40, 5000}).Draw(t, "rows")
		columns := make([]Column, rapid.IntRange(0, 5).Draw(t, "columns"))
		for i := range columns {
			columns[i] = Column{Codes: column(t, n), Stride: rapid.Uint32Range(1, 1<<12).Draw(t, "stride")}
			if size := rapid.SampledFrom([]int{0, codes, 8, 9, Few}).Draw(t, "size"); size > 0 {
				columns[i].Codes = fewCodes(t, n, size)
				columns[i].Entries = rapid.SliceOfN(rapid.Uint32(), size, size).Draw(t, "entries")
			}
		}
		base, got := rapid.Uint32Range(0, 1<<12).Draw(t, "base"), make([]uint32, n)
		want := refPack(n, base, columns)
		if Pack(got, base, columns); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
		clear(got)
		if packPlain(got, 0, base, columns); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v without vector instructions", got, want)
		}
	})
}

// fewCodes are codes into so many entries, the first of which is that of none.
func fewCodes(t *rapid.T, rows, entries int) []uint32 {
	out := rapid.SliceOfN(rapid.Uint32Range(0, uint32(entries-1)), rows, rows).Draw(t, "codes")
	for i := range out {
		out[i]-- // 0 wraps to the greatest
	}
	return out
}

func TestOccurring(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		some := fewCodes(t, rapid.IntRange(0, 40).Draw(t, "rows"), rapid.IntRange(1, Few).Draw(t, "entries"))
		want := uint32(0)
		for _, c := range some {
			want |= 1 << (c + 1)
		}
		if got := Occurring(some); got != want {
			t.Fatalf("%b, want %b of %v", got, want, some)
		}
	})
}

func TestCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "rows")
		a, b, rows := column(t, n), column(t, n), chosen(t, n)
		one := func(row int) uint32 { return a[row] }
		two := func(row int) uint32 { return a[row]*codes + b[row] }
		var got [4][]uint32
		for i := range got {
			got[i] = make([]uint32, codes*codes)
		}
		Count(got[0], a)
		CountRows(got[1], a, rows)
		before, counts := make([]uint32, n), make([]uint32, codes)
		for i, c := range a {
			before[i] = c - 1 // 0 wraps to the greatest
		}
		CountCodes(counts, make([]uint32, codes), before)
		if !slices.Equal(counts, got[0][:codes]) {
			t.Fatalf("%v, want %v", counts, got[0])
		}
		Count2(got[2], a, b, codes)
		Count2Rows(got[3], a, b, codes, rows)
		for i, want := range [][]uint32{
			refCount(codes*codes, one, everyRow(n)), refCount(codes*codes, one, rows),
			refCount(codes*codes, two, everyRow(n)), refCount(codes*codes, two, rows),
		} {
			if !slices.Equal(got[i], want) {
				t.Fatalf("%d: %v, want %v", i, got[i], want)
			}
		}
	})
}

func TestLookup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "rows")
		keys, rows := column(t, n), chosen(t, n)
		entries := rapid.SliceOfN(rapid.OneOf(rapid.Uint32Range(0, 1<<31-1), rapid.Just(Unknown)), codes, codes).Draw(t, "entries")
		check := func(all bool, out []uint32, rows []int32) {
			want, wantAll := refLookup(keys, entries, rows)
			got := map[int32]uint32{}
			for _, row := range rows {
				got[row] = out[row]
			}
			if all != wantAll || !reflect.DeepEqual(got, want) {
				t.Fatalf("%v %v, want %v %v", got, all, want, wantAll)
			}
		}
		out := make([]uint32, n)
		check(Lookup(out, keys, entries), out, everyRow(n))
		check(LookupRows(out, keys, entries, rows), out, rows)
		before := slices.Clone(keys)
		for i := range before {
			before[i]-- // 0 wraps to the greatest
		}
		for _, lookup := range []func(out, codes, entries []uint32) bool{LookupCodes, lookupPlain} {
			clear(out)
			check(lookup(out, before, entries), out, everyRow(n))
		}
	})
}

func TestExtremes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ints := rapid.SliceOfN(rapid.Int64(), 1, 40).Draw(t, "ints")
		for _, of := range []func([]int64) (int64, int64){Range, rangePlain} {
			if low, high := of(ints); low != slices.Min(ints) || high != slices.Max(ints) {
				t.Fatalf("range %d to %d of %v", low, high, ints)
			}
		}
		some := rapid.SliceOfN(rapid.Uint32Range(0, 1<<12), 1, 40).Draw(t, "codes")
		if got := Most(some); got != slices.Max(some) {
			t.Fatalf("most %d of %v", got, some)
		}
		bits := rapid.Uint32().Draw(t, "bits") & rapid.Uint32().Draw(t, "fewer") & rapid.Uint32().Draw(t, "and fewer")
		first := slices.IndexFunc(some, func(c uint32) bool { return c&bits != 0 })
		if got := First(some, bits); got != first && (first >= 0 || got != len(some)) {
			t.Fatalf("%d is the first of %v with a bit of %x", got, some, bits)
		}
		floats := rapid.SliceOf(rapid.OneOf(rapid.Float64(), rapid.Just(math.NaN()), rapid.Just(math.Inf(1)))).Draw(t, "floats")
		if got := AnyNaN(floats); got != slices.ContainsFunc(floats, math.IsNaN) {
			t.Fatalf("%v of %v", got, floats)
		}
	})
}
