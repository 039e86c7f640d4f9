package join

import (
	"context"
	"math"
	"math/bits"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/files"
)

// open makes a log of the texts of CSV files.
func open(t testing.TB, texts map[string]string) source.Source {
	t.Helper()
	dir := t.TempDir()
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	s, err := files.Open(context.Background(), files.Options{Base: dir, Paths: []string{"."}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func load(t testing.TB, text string, keys, values []int) *Table {
	t.Helper()
	table, err := Load(context.Background(), open(t, map[string]string{"people.csv": text}), keys, values, 0)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func ints(values ...int64) source.Vector {
	return source.Vector{Type: source.Type{Kind: source.Int}, Ints: values}
}

func floats(values ...float64) source.Vector {
	return source.Vector{Type: source.Type{Kind: source.Float}, Floats: values}
}

func words(values ...string) source.Vector {
	v := source.Vector{Type: source.Type{Kind: source.String}, Strs: source.Strings{Offsets: []uint32{0}}}
	for _, s := range values {
		v.Strs.Bytes = append(v.Strs.Bytes, s...)
		v.Strs.Offsets = append(v.Strs.Offsets, uint32(len(v.Strs.Bytes)))
	}
	return v
}

func coded(codes []uint32, entries ...string) source.Vector {
	t := source.Type{Kind: source.String}
	return source.Vector{Type: t, Codes: codes, Dict: &source.Dict{Type: t, Strs: entries}}
}

// spelled gathers a column as text, nulls as "∅".
func spelled(table *Table, column int, rows []int32) (all []string) {
	var v source.Vector
	table.Gather(column, rows, &v)
	for i := range rows {
		value := v.Value(i)
		if value.Kind == source.Null {
			all = append(all, "∅")
		} else {
			all = append(all, source.Text(v.Type, value))
		}
	}
	return all
}

const people = "id,sex,age\n7,f,30\n1,m,\n03,f,20\nx,m,20\n,f,50\n-5,\"\",40\n"

func TestMatch(t *testing.T) {
	null := source.NullCode
	days := source.Type{Kind: source.Date}
	tests := []struct {
		name      string
		key       source.Vector
		rows      int
		want      []int32
		unmatched int64
		nulls     int64
	}{
		{"integers", ints(1, 7, 3, -5), 4, []int32{1, 0, -1, 5}, 1, 0},
		{"floats", floats(1, 7.5, math.NaN(), math.Inf(1), -5), 5, []int32{1, -1, -1, -1, 5}, 2, 1},
		{"texts", words("1", "1.0", "03", "x", "", " 7"), 6, []int32{1, -1, 2, 3, -1, -1}, 3, 0},
		{"codes", coded([]uint32{2, 0, null, 1, 0, 2}, "x", "y", "7"), 6, []int32{0, 3, -1, -1, 3, 0}, 1, 1},
		{"constant", source.Vector{Type: source.Type{Kind: source.Int}, Const: true, Codes: []uint32{0},
			Dict: &source.Dict{Type: source.Type{Kind: source.Int}, Ints: []int64{7}}}, 3, []int32{0, 0, 0}, 0, 0},
		{"constant null", source.Vector{Const: true, Codes: []uint32{null}, Dict: &source.Dict{}}, 2, []int32{-1, -1}, 0, 2},
		{"plain nulls", source.Vector{Type: source.Type{Kind: source.Int}, Ints: []int64{7, 7}, Valid: []bool{false, true}},
			2, []int32{-1, 0}, 0, 1},
		{"dates", source.Vector{Type: days, Ints: []int64{7}}, 1, []int32{-1}, 1, 0},
		{"unsigned", source.Vector{Type: source.Type{Kind: source.Uint}, Ints: []int64{7, -5}}, 2, []int32{0, -1}, 1, 0},
		{"none", ints(), 0, nil, 0, 0},
	}
	table := load(t, people, []int{0}, []int{1, 2})
	if table.Rows() != 6 || table.NullKeys() != 1 {
		t.Errorf("%d rows, %d null keys", table.Rows(), table.NullKeys())
	}
	for _, test := range tests {
		m := table.NewMatcher()
		for range 2 { // the second time from memory
			if diff := cmp.Diff(test.want, m.Match([]source.Vector{test.key}, test.rows)); diff != "" {
				t.Errorf("%s: %s", test.name, diff)
			}
		}
		if m.Unmatched() != 2*test.unmatched || m.NullKeys() != 2*test.nulls {
			t.Errorf("%s: %d unmatched, %d nulls", test.name, m.Unmatched(), m.NullKeys())
		}
	}
}

func TestGatherAndUsed(t *testing.T) {
	table := load(t, people, []int{0}, []int{1, 2})
	rows := table.NewMatcher().Match([]source.Vector{ints(1, 7, 3, -5)}, 4)
	if diff := cmp.Diff([]string{"m", "f", "∅", ""}, spelled(table, 0, rows)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"∅", "30", "∅", "40"}, spelled(table, 1, rows)); diff != "" {
		t.Error(diff)
	}
	var v, w source.Vector
	table.Gather(0, rows, &v)
	table.Gather(0, nil, &w)
	if v.Dict != w.Dict || w.Codes == nil || w.Valid != nil {
		t.Error("the dictionary of a coded column is not stable")
	}
	a, b := table.NewMatcher(), table.NewMatcher()
	a.Match([]source.Vector{ints(1, 7)}, 2)
	b.Match([]source.Vector{ints(1, -5)}, 2)
	if n := bits.OnesCount64(a.Used()[0] | b.Used()[0]); n != 3 { // 03 and x stay, and the row without a key
		t.Errorf("%d used, want 3", n)
	}
}

func TestSeveralKeys(t *testing.T) {
	table := load(t, "a,b,v\na,bc,1\nab,c,2\n1,2,3\n,c,4\n", []int{0, 1}, []int{2})
	m := table.NewMatcher()
	rows := m.Match([]source.Vector{words("ab", "a", "abc", "1"), coded([]uint32{0, 1, 2, 3}, "c", "bc", "", "2")}, 4)
	if diff := cmp.Diff([]int32{1, 0, -1, 2}, rows); diff != "" {
		t.Error(diff)
	}
	rows = m.Match([]source.Vector{ints(1, 1), floats(2, math.NaN())}, 2)
	if diff := cmp.Diff([]int32{2, -1}, rows); diff != "" {
		t.Error(diff)
	}
	if m.Unmatched() != 1 || m.NullKeys() != 1 || table.NullKeys() != 1 {
		t.Errorf("%d unmatched, %d and %d null keys", m.Unmatched(), m.NullKeys(), table.NullKeys())
	}
}

func TestFaults(t *testing.T) {
	tests := []struct {
		name  string
		texts map[string]string
		keys  []int
		limit int64
		want  string
	}{
		{"duplicate", map[string]string{"p.csv": "id,v\n1,\"x\ny\"\n2,y\n1,z\n"}, []int{0}, 0,
			`p.csv, line 5: the key id "1" is there before, at line 2; the joined table must have one row per key; if the latest counts, say on_duplicate: last and name its time`},
		{"duplicate in another file", map[string]string{"p.csv": "id,v\n1,x\n2,y\n", "q.csv": "id,v\n2,y\n"}, []int{0}, 0,
			`q.csv, line 2: the key id "2" is there before, at p.csv, line 3; the joined table must have one row per key; if the latest counts, say on_duplicate: last and name its time`},
		{"duplicate tuple", map[string]string{"p.csv": "id,v\n1,x\n1,y\n1,x\n"}, []int{0, 1}, 0,
			`p.csv, line 4: the key id "1", v "x" is there before, at line 2; the joined table must have one row per key; if the latest counts, say on_duplicate: last and name its time`},
		{"memory", map[string]string{"p.csv": "id,v\n" + strings.Repeat("x", 1<<20) + ",y\n"}, []int{0}, 1 << 20,
			`p.csv: the joined table takes more than 1 MiB of memory by its row 1; allow more with --memory`},
		{"no key", map[string]string{"p.csv": "id,v\n"}, nil, 0, "a join needs at least one key column"},
		{"ragged", map[string]string{"p.csv": "id,v\n1\n"}, []int{0}, 0, "p.csv, line 2: 1 cell where the header has 2"},
	}
	for _, test := range tests {
		_, err := Load(context.Background(), open(t, test.texts), test.keys, []int{1}, test.limit)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s:\ngot  %v\nwant %s", test.name, err, test.want)
		}
	}
}

func TestConvert(t *testing.T) {
	stamp := func(u time.Duration) source.Type { return source.Type{Kind: source.Timestamp, Unit: u, UTC: true} }
	tests := []struct {
		to, from source.Type
		in, want int64
		ok       bool
	}{
		{stamp(time.Millisecond), stamp(time.Second), 5, 5000, true},
		{stamp(time.Second), stamp(time.Microsecond), -5_000_000, -5, true},
		{stamp(time.Second), stamp(time.Millisecond), 5001, 0, false},
		{stamp(time.Nanosecond), stamp(time.Second), math.MaxInt64 / 2, 0, false},
		{source.Type{Kind: source.Int}, source.Type{Kind: source.Uint}, 5, 5, true},
		{source.Type{Kind: source.Int}, source.Type{Kind: source.Uint}, -5, 0, false},
		{source.Type{Kind: source.Int}, source.Type{Kind: source.Bool}, 1, 0, false},
	}
	for _, test := range tests {
		got, err := source.Convert(test.to, test.from, source.Value{Kind: test.from.Kind, Int: test.in})
		if (err == nil) != test.ok || test.ok && (got.Int != test.want || got.Kind != test.to.Kind) {
			t.Errorf("%v from %v: %+v, %v", test.in, test.from, got, err)
		}
	}
}
