package scan

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// plainText makes every value a category of its own, and refuses "bad".
func plainText(t source.Type, v source.Value) (table.Category, error) {
	if v.Kind == source.Null {
		return missingCategory, nil
	}
	text := source.Text(t, v)
	if text == "bad" || text == "-13" {
		return table.Category{}, errors.New("bad value")
	}
	return table.Category{Name: text}, nil
}

// frameOf is a frame of one column.
func frameOf(v source.Vector, rows int, reason []uint8) *frame {
	return &frame{rows: rows, repeat: 1, cols: []vector{v}, names: []string{"c"}, batch: &source.Batch{}, reason: reason}
}

// drawColumn draws values of one type, some null.
func drawColumn(t *rapid.T) (source.Type, []any) {
	kinds := []source.Type{intType, floatType, textType, boolType, uintType, decimalType, dateType}
	typ := rapid.SampledFrom(kinds).Draw(t, "type")
	value := rapid.Custom(func(t *rapid.T) any {
		n := rapid.IntRange(0, 6).Draw(t, "value")
		switch {
		case n == 0:
			return nil
		case typ.Kind == source.Float:
			return float64(n) / 4
		case typ.Kind == source.String, typ.Kind == source.Decimal:
			return fmt.Sprint(n)
		case typ.Kind == source.Bool:
			return n % 2
		}
		return n
	})
	return typ, rapid.SliceOfN(value, 1, 50).Draw(t, "column")
}

// A column's categories are the same in whichever form a reader gives them,
// also if the form changes from batch to batch.
func TestCoderForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mixed := newCoder("group g", 0, plainText)
		for range rapid.IntRange(1, 4).Draw(t, "batches") {
			typ, values := drawColumn(t)
			form := rapid.SampledFrom([]string{"coded", "plain", "constant"}).Draw(t, "form")
			var v source.Vector
			switch form {
			case "coded":
				v = coded(typ, values...)
			case "plain":
				v = plain(typ, values...)
			default:
				v = constant(typ, values[0])
				for i := range values {
					values[i] = values[0]
				}
			}
			codes, err := mixed.codes(frameOf(v, len(values), nil))
			if err != nil {
				t.Fatal(err)
			}
			for i, x := range values {
				want := missingCategory
				if x != nil {
					want = table.Category{Name: source.Text(typ, valueOf(typ, x))}
				}
				if got := mixed.categories()[codes[i]]; got != want {
					t.Fatalf("%s row %d: %+v, want %+v", form, i, got, want)
				}
			}
		}
		if len(mixed.cats) != len(mixed.index) {
			t.Fatal("two codes for one category")
		}
	})
}

// An entry of a dictionary that no row uses makes no category; a dictionary may
// grow between batches, and hold a value twice.
func TestCoderDictionaries(t *testing.T) {
	c := newCoder("group g", 0, plainText)
	dict := &source.Dict{Type: textType, Strs: []string{"unused", "a", "a", "b"}}
	codes, err := c.codes(frameOf(source.Vector{Type: textType, Codes: []uint32{2, 1, source.NullCode, 3}, Dict: dict}, 4, nil))
	if err != nil || !slices.Equal(codes, []uint32{0, 0, 1, 2}) || len(c.cats) != 3 {
		t.Errorf("%v, %v, %v", codes, c.cats, err)
	}
	dict.Strs = append(dict.Strs, "c")
	codes, err = c.codes(frameOf(source.Vector{Type: textType, Codes: []uint32{4, 3}, Dict: dict}, 2, nil))
	if err != nil || !slices.Equal(codes, []uint32{3, 2}) {
		t.Errorf("%v, %v, %v", codes, c.cats, err)
	}
}

// A column of more values than are remembered, and of long texts, is still
// read right.
func TestCoderBeyondMemory(t *testing.T) {
	last := func(t source.Type, v source.Value) (table.Category, error) {
		text := source.Text(t, v)
		return table.Category{Name: text[len(text)-1:]}, nil
	}
	for _, typ := range []source.Type{intType, floatType, textType} {
		c := newCoder("group g", 0, last)
		for from := 0; from < 2*memoLimit; from += 1 << 15 {
			values := make([]any, 1<<15)
			for i := range values {
				values[i] = from + i
				if typ == textType {
					values[i] = fmt.Sprintf("%0*d", from/1000, from+i)
				}
			}
			codes, err := c.codes(frameOf(plain(typ, values...), len(values), nil))
			if err != nil {
				t.Fatal(err)
			}
			for i, code := range codes {
				if want := fmt.Sprint((from + i) % 10); c.cats[code].Name != want {
					t.Fatalf("%d: %s", from+i, c.cats[code].Name)
				}
			}
		}
		if len(c.memo.numbers) > memoLimit || len(c.memo.texts) > memoLimit {
			t.Errorf("%v: %d numbers and %d texts are remembered", typ.Kind, len(c.memo.numbers), len(c.memo.texts))
		}
	}
}

// Rows that are out of scope are not judged and make no categories.
func TestCoderPassesOver(t *testing.T) {
	reason := []uint8{0, 1, 0, 1, 1}
	for name, v := range map[string]source.Vector{
		"coded texts":    coded(textType, "a", "bad", "a", "b", nil),
		"plain texts":    plain(textType, "a", "bad", "a", "b", nil),
		"plain integers": plain(intType, 1, -13, 1, 2, nil),
		"plain floats":   plain(floatType, 1, -13, 1, 2, nil),
	} {
		c := newCoder("group g", 0, plainText)
		codes, err := c.codes(frameOf(v, 5, reason))
		if err != nil || codes[0] != 0 || codes[2] != 0 || len(c.cats) != 1 {
			t.Errorf("%s: %v, %v, %v", name, codes, c.cats, err)
		}
		c = newCoder("group g", 0, plainText)
		if _, err := c.codes(frameOf(v, 5, nil)); err == nil {
			t.Errorf("%s: a bad value in scope passes", name)
		}
	}
	c := newCoder("group g", 0, plainText)
	if _, err := c.codes(frameOf(constant(textType, "bad"), 5, []uint8{1, 1, 1, 1, 1})); err != nil || len(c.cats) != 0 {
		t.Errorf("constant: %v, %v", c.cats, err)
	}
}

func TestCoderFaults(t *testing.T) {
	for name, v := range map[string]source.Vector{
		"coded": coded(textType, "a", "bad"), "plain": plain(textType, "a", "bad"), "integers": plain(intType, 1, -13),
	} {
		_, err := newCoder("group g", 0, plainText).codes(frameOf(v, 2, nil))
		if err == nil || err.Error() != ", row 2, column c: group g: bad value" {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := newCoder("group g", 0, plainText)
	c.limit = 2
	if _, err := c.codes(frameOf(coded(textType, "a", nil, "b"), 3, nil)); err != nil {
		t.Errorf("missing counts as a value: %v", err)
	}
	want := "column c: group g has more than 2 distinct values; cut numbers with bins, merge values with map, or raise max_values"
	if _, err := c.codes(frameOf(coded(textType, "c"), 1, nil)); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// A name that is not UTF-8 cannot be shown, and two of them might look alike.
func TestCoderRefusesBadText(t *testing.T) {
	v := source.Vector{Type: textType, Codes: []uint32{0}, Dict: &source.Dict{Type: textType, Strs: []string{"R\xedo"}}}
	_, err := newCoder("group g", 0, plainText).codes(frameOf(v, 1, nil))
	if err == nil || !strings.Contains(err.Error(), `"R\xedo" is not UTF-8 text`) {
		t.Errorf("got %v", err)
	}
}

// Counted, rows of a dictionary fall into the categories that they have one by
// one; and what cannot be read is left to be found row by row.
func TestCoderCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counted, coder, listed := newCoder("group g", 0, plainText), newCoder("group g", 0, plainText), newCoder("group g", 0, plainText)
		for range rapid.IntRange(1, 3).Draw(t, "batches") {
			typ, values := drawColumn(t)
			values = append(values, values...) // an entry for every value is below the rows
			f := frameOf(coded(typ, values...), len(values), make([]uint8, len(values)))
			tally, ok := counted.count(f, nil)
			if !ok {
				t.Fatal("rows of a dictionary are not counted")
			}
			got, want := map[table.Category]uint32{}, map[table.Category]uint32{}
			for _, k := range tally {
				got[counted.cats[k.key]] += k.rows
			}
			codes, err := coder.codes(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range codes {
				want[coder.cats[c]]++
			}
			if !maps.Equal(got, want) {
				t.Fatalf("%v, want %v", got, want)
			}
			checkOccurring(t, listed, f, want)
		}
	})
	c := newCoder("group g", 0, plainText)
	for _, list := range []func(*frame, []keyed) ([]keyed, bool){c.count, c.occurring} {
		for _, v := range []source.Vector{coded(textType, "a", "bad", "a"), plain(textType, "a", "a", "a")} {
			if _, ok := list(frameOf(v, 3, make([]uint8, 3)), nil); ok {
				t.Error("counted what cannot be")
			}
		}
		if _, ok := list(frameOf(coded(textType, "a", "a", "a"), 3, []uint8{0, 1, 0}), nil); ok {
			t.Error("counted an excluded row")
		}
	}
}

// checkOccurring lists a frame's categories, which are those counted, and finds them
// again by the dictionary's codes.
func checkOccurring(t *rapid.T, c *coder, f *frame, want map[table.Category]uint32) {
	list, ok := c.occurring(f, nil)
	if !ok {
		t.Fatal("entries of a small dictionary are not listed")
	}
	got := map[table.Category]uint32{}
	codes, entries := c.entries(f)
	for _, code := range codes {
		got[c.cats[entries[code+1]]]++
	}
	if !maps.Equal(got, want) || len(list) != len(want) {
		t.Fatalf("%v of %v, want %v", got, list, want)
	}
	for _, k := range list {
		if want[c.cats[k.key]] == 0 {
			t.Fatalf("%v is none of %v", c.cats[k.key], want)
		}
	}
}
