package join

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// A column of very many values is spelled out; the others stay coded.
func TestManyValues(t *testing.T) {
	const rows = maxDistinct + 1000
	var text strings.Builder
	text.WriteString("id,name,sex\n")
	for i := range rows {
		if i%100 == 99 {
			fmt.Fprintf(&text, "%d,,f\n", i)
		} else {
			fmt.Fprintf(&text, "%d,n%d,f\n", i, i)
		}
	}
	text.WriteString("end,last1,f\n")
	for i := range maxDistinct / 50 {
		fmt.Fprintf(&text, "end%d,last%d,m\n", i, i)
	}
	table := load(t, text.String(), []int{0}, []int{1, 2})
	if !table.columns[0].plain || table.columns[1].plain {
		t.Error("want the name spelled out and the sex coded")
	}
	m := table.NewMatcher()
	keys := make([]string, 0, rows)
	for i := rows - 1; i >= 0; i-- {
		keys = append(keys, strconv.Itoa(i))
	}
	got := spelled(table, 0, m.Match([]source.Vector{words(keys...)}, len(keys)))
	for i, name := range got {
		want := "n" + keys[i]
		if strings.HasSuffix(keys[i], "99") {
			want = "∅"
		}
		if name != want {
			t.Fatalf("key %s: %s, want %s", keys[i], name, want)
		}
	}
	if n := table.Bytes(); n < rows*10 || n > rows*200 {
		t.Errorf("estimate of %d bytes", n)
	}
}

// Numbers and floats take the same two ways as text.
func TestNumbersSpelledOut(t *testing.T) {
	for _, kind := range []source.Kind{source.Int, source.Float, source.String} {
		typ := source.Type{Kind: kind}
		c := newValues(source.Column{Name: "x", Type: typ})
		value := func(i int) source.Value {
			if i%7 == 0 {
				return source.Value{}
			}
			return source.Value{Kind: kind, Int: int64(i), Float: float64(i) / 2, Str: strconv.Itoa(i)}
		}
		rows := make([]int32, 2*maxDistinct)
		for i := range rows {
			rows[i] = int32(i)
			v := value(i)
			one := source.Vector{Type: typ, Ints: []int64{v.Int}, Floats: []float64{v.Float}, Valid: []bool{v.Kind != source.Null},
				Strs: source.Strings{Bytes: []byte(v.Str), Offsets: []uint32{0, uint32(len(v.Str))}}}
			if err := c.append(&one, 1); err != nil {
				t.Fatal(err)
			}
		}
		var out source.Vector
		(&Table{columns: []*values{c}}).Gather(0, append(rows, -1), &out)
		for i := range rows {
			if got, want := source.Text(typ, out.Value(i)), source.Text(typ, value(i)); got != want {
				t.Fatalf("kind %d, row %d: %s, want %s", kind, i, got, want)
			}
		}
		if !c.plain || out.Value(len(rows)).Kind != source.Null {
			t.Errorf("kind %d: plain %v", kind, c.plain)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	var text strings.Builder
	text.WriteString("id,sex\n")
	for i := range 1_000_000 {
		fmt.Fprintf(&text, "%d,%s\n", i*3, []string{"f", "m"}[i%2])
	}
	table := load(b, text.String(), []int{0}, []int{1})
	b.Logf("%d bytes for %d rows", table.Bytes(), table.Rows())
	m := table.NewMatcher()
	key := make([]int64, source.MaxBatch)
	for i := range key {
		key[i] = int64(i) * 7919 % 3_000_000
	}
	var out source.Vector
	for b.Loop() {
		table.Gather(0, m.Match([]source.Vector{ints(key...)}, len(key)), &out)
	}
	b.ReportMetric(float64(len(key))*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
