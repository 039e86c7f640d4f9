package arrow

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
	"github.com/plumbline-audit/plumbline/engine/source/jsonl"
)

// spell reads a leaf and writes its entries as repetition and definition level,
// and the value if it is there: "0/3=a 1/2 0/1".
func spell(u source.Unit, leaf int) (string, error) {
	r, err := u.(source.LeafUnit).OpenLeaf(context.Background(), leaf)
	if err != nil {
		return "", err
	}
	defer r.Close()
	var out []string
	for range mostBatches {
		l, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return strings.Join(out, " "), err
		}
		most, next := uint32(0), 0
		for _, d := range l.Def {
			most = max(most, d)
		}
		for i, d := range l.Def {
			s := fmt.Sprintf("0/%d", d)
			if l.Rep != nil {
				s = fmt.Sprintf("%d/%d", l.Rep[i], d)
			}
			if d == most && next < l.Count {
				s += "=" + source.Text(l.Values.Type, l.Values.Value(next))
				next++
			}
			out = append(out, s)
		}
		if next != l.Count {
			return "", fmt.Errorf("%d values, placed %d", l.Count, next)
		}
	}
	return strings.Join(out, " "), nil
}

func nested(name string, t arrow.DataType) arrow.Field {
	return arrow.Field{Name: name, Type: t, Nullable: true}
}

// spellAll reads every leaf of a column x, from a file and a stream.
func spellAll(t *testing.T, a arrow.Array) string {
	t.Helper()
	var results []string
	for _, packed := range []bool{false, true} {
		b := written(t, a, packed, packed)
		f, err := New(bytes.NewReader(b), int64(len(b)), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for k, l := range f.Leaves() {
			s, err := spell(f.Units()[0], k)
			if err != nil {
				t.Fatal(a.DataType(), err)
			}
			all = append(all, fmt.Sprintf("%s %v: %s", strings.Join(l.Path, "."), l.Lists, s))
		}
		results = append(results, strings.Join(all, "; "))
	}
	if results[0] != results[1] {
		t.Errorf("%v: %s, but %s", a.DataType(), results[0], results[1])
	}
	return results[0]
}

func TestNested(t *testing.T) {
	p, b := &arrow.PrimitiveTypes, &arrow.BinaryTypes
	pair := arrow.StructOf(nested("a", p.Int8), nested("b", b.StringView))
	const (
		list  = `[["a", null], [], null, ["b"]]`
		wants = "[2]: 0/3=a 1/2 0/1 0/0 0/3=b"
	)
	tests := []struct {
		dtype      arrow.DataType
		json, want string
	}{
		{arrow.ListOf(b.String), list, "x.item " + wants},
		{arrow.LargeListOf(b.LargeString), list, "x.item " + wants},
		{arrow.ListViewOf(b.StringView), list, "x.item " + wants},
		{arrow.LargeListViewOf(b.String), list, "x.item " + wants},
		{arrow.ListOfField(nested("element", b.Binary)), `[["YQ=="], null]`, "x.element [2]: 0/3=a 0/0"},
		{arrow.FixedSizeListOf(2, p.Int16), `[[1, 2], null, [null, 3]]`, "x.item [2]: 0/3=1 1/3=2 0/0 0/2 1/3=3"},
		{arrow.ListOf(arrow.Null), `[[null, null], [], null]`, "x.item [2]: 0/2 1/2 0/1 0/0"},
		{arrow.ListOf(arrow.FixedWidthTypes.Boolean), `[[true, null], [false]]`, "x.item [2]: 0/3=true 1/2 0/3=false"},
		{arrow.ListOf(p.Float32), `[[0.5, null], [2]]`, "x.item [2]: 0/3=0.5 1/2 0/3=2"},
		{arrow.ListOf(arrow.ListOf(p.Int64)), `[[[1, 2], [], null, [3]], [], null, [[null]]]`,
			"x.item.item [2 4]: 0/5=1 2/5=2 1/3 1/2 1/5=3 0/1 0/0 0/4"},
		{arrow.ListOf(pair), `[[{"a": 1, "b": "u"}, {"a": null, "b": "longer than twelve bytes"}, null], [], null]`,
			"x.item.a [2]: 0/4=1 1/3 1/2 0/1 0/0; x.item.b [2]: 0/4=u 1/4=longer than twelve bytes 1/2 0/1 0/0"},
		{arrow.StructOf(nested("s", arrow.ListOf(p.Uint8))), `[{"s": [7]}, {"s": null}, null, {"s": []}]`, "x.s.item [3]: 0/4=7 0/1 0/0 0/2"},
		{pair, `[{"a": 1, "b": null}, null]`, "x.a []: 0/2=1 0/0; x.b []: 0/1 0/0"},
		{arrow.MapOf(b.String, p.Int32), `[[{"key": "k", "value": 1}, {"key": "l", "value": null}], [], null]`,
			"x.entries.key [2]: 0/2=k 1/2=l 0/1 0/0; x.entries.value [2]: 0/3=1 1/2 0/1 0/0"},
		{p.Int32, `[1, null]`, "x []: 0/1=1 0/0"},
	}
	for _, test := range tests {
		if got := spellAll(t, formCase{dtype: test.dtype, json: test.json}.array()); got != test.want {
			t.Errorf("%v: %s\nwant %s", test.dtype, got, test.want)
		}
	}
}

// inList is values of every form and encoding as two lists around a null one.
func inList(values arrow.Array, view bool) arrow.Array {
	offsets := memory.NewBufferBytes(arrow.Int32Traits.CastToBytes([]int32{0, 2, 2, 3}))
	bits := memory.NewBufferBytes([]byte{5})
	if !view {
		return array.NewListData(array.NewData(arrow.ListOf(values.DataType()), 3, []*memory.Buffer{bits, offsets}, []arrow.ArrayData{values.Data()}, 1, 0))
	}
	// Views may overlap and come in any order.
	offsets = memory.NewBufferBytes(arrow.Int32Traits.CastToBytes([]int32{1, 0, 0}))
	sizes := memory.NewBufferBytes(arrow.Int32Traits.CastToBytes([]int32{2, 0, 3}))
	return array.NewListViewData(array.NewData(arrow.ListViewOf(values.DataType()), 3, []*memory.Buffer{bits, offsets, sizes}, []arrow.ArrayData{values.Data()}, 1, 0))
}

// Every type and encoding can stand in a list.
func TestFormsInLists(t *testing.T) {
	for _, c := range forms() {
		for k := -1; k < encodings; k++ {
			a := c.array()
			if k >= 0 {
				a = encode(a, k)
			}
			separator := " "
			if strings.Contains(c.want, "|") {
				separator = "|"
			}
			v := strings.Split(c.want, separator)
			name, most, missing := "x.item", 3, 2
			if k == encodings-1 { // in a struct
				name, most = "x.item.y", 4
			}
			first, last := fmt.Sprintf("0/%d=%s 1/%d", most, v[0], missing), fmt.Sprintf("%d=%s", most, v[2])
			again := fmt.Sprintf("0/%d 1/%s 0/0 %s 1/%s", missing, last, first, last)
			if c.dtype == arrow.Null {
				continue
			}
			if got, want := spellAll(t, inList(a, false)), fmt.Sprintf("%s [2]: %s 0/0 0/%s", name, first, last); got != want {
				t.Errorf("%v: %s\nwant %s", a.DataType(), got, want)
			}
			if got, want := spellAll(t, inList(a, true)), fmt.Sprintf("%s [2]: %s", name, again); got != want {
				t.Errorf("%v: %s\nwant %s", a.DataType(), got, want)
			}
		}
	}
}

// An Arrow file and JSON Lines of the same rows have the same levels.
func TestLevelsOfJSON(t *testing.T) {
	p := &arrow.PrimitiveTypes
	dtype := arrow.ListOf(arrow.StructOf(nested("n", p.Int64), nested("l", arrow.ListOf(arrow.ListOf(arrow.BinaryTypes.String)))))
	full := `{"x":[{"n":1,"l":[["a"]]}]}`
	maybe := func(g *rapid.Generator[any]) *rapid.Generator[any] { return rapid.OneOf(g, g, rapid.Just[any](nil)) }
	list := func(g *rapid.Generator[any]) *rapid.Generator[any] {
		return maybe(rapid.Custom(func(t *rapid.T) any { return rapid.SliceOfN(g, 0, 3).Draw(t, "list") }))
	}
	words := list(list(maybe(rapid.Custom(func(t *rapid.T) any { return rapid.SampledFrom([]string{"", "a", "«\"»"}).Draw(t, "word") }))))
	object := maybe(rapid.Custom(func(t *rapid.T) any {
		return map[string]any{"n": maybe(rapid.Custom(func(t *rapid.T) any { return rapid.IntRange(-9, 9).Draw(t, "n") })).Draw(t, "n"), "l": words.Draw(t, "l")}
	}))
	rapid.Check(t, func(rt *rapid.T) {
		rows := []string{`[{"n":1,"l":[["a"]]}]`}
		lines := full + "\n"
		for range rapid.IntRange(0, 6).Draw(rt, "rows") {
			b, err := json.Marshal(list(object).Draw(rt, "row"))
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, string(b))
			lines += `{"x":` + string(b) + "}\n"
		}
		j, err := jsonl.New(text.Stream(strings.NewReader(lines), "x"), jsonl.Options{})
		if err != nil {
			t.Fatal(err)
		}
		b := written(t, formCase{dtype: dtype, json: "[" + strings.Join(rows, ",") + "]"}.array(), false, false)
		f, err := New(bytes.NewReader(b), int64(len(b)), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range f.Leaves() {
			of := j.Leaves()[i]
			if l.Def != of.Def || l.Rep != of.Rep || fmt.Sprint(l.Lists) != fmt.Sprint(of.Lists) {
				t.Fatalf("%+v and %+v", l, of)
			}
		}
		leaf := rapid.IntRange(0, 1).Draw(rt, "leaf") // the stream of lines can be read once
		x, err1 := spell(f.Units()[0], leaf)
		y, err2 := spell(j.Unit(), leaf)
		if x != y || err1 != nil || err2 != nil {
			rt.Fatalf("%s %v\n%s %v\n%s", x, err1, y, err2, lines)
		}
	})
}
