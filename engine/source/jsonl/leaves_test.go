package jsonl

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
)

// spell reads a leaf and writes its entries as repetition and definition level,
// and the value if it is there: "0/3=a 1/2 0/1".
func spell(f *File, leaf int) (string, error) {
	r, err := f.Unit().(source.LeafUnit).OpenLeaf(context.Background(), leaf)
	if err != nil {
		return "", err
	}
	defer r.Close()
	var out []string
	for {
		l, err := r.Next()
		if err == io.EOF {
			return strings.Join(out, " "), nil
		}
		if err != nil {
			return "", err
		}
		next := 0
		for i, d := range l.Def {
			s := fmt.Sprintf("0/%d", d)
			if l.Rep != nil {
				s = fmt.Sprintf("%d/%d", l.Rep[i], d)
			}
			if int(d) == f.Leaves()[leaf].Def {
				s += "=" + source.Text(l.Values.Type, l.Values.Value(next))
				next++
			}
			out = append(out, s)
		}
		if next != l.Count {
			return "", fmt.Errorf("%d values, placed %d", l.Count, next)
		}
	}
}

func spellAll(t *testing.T, lines string) string {
	t.Helper()
	f, err := openText(t, lines, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for i, l := range f.Leaves() {
		s, err := spell(f, i)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%s %v: %s", strings.Join(l.Path, "."), l.Lists, s))
	}
	return strings.Join(all, "; ")
}

func TestLeaves(t *testing.T) {
	tests := []struct{ lines, want string }{
		{`{"x":["a",null]}` + "\n" + `{"x":[]}` + "\n" + `{"x":null}` + "\n\n" + `{}` + "\n" + `{"y":1, "x" : [ "b" ]}`,
			"x.element [2]: 0/3=a 1/2 0/1 0/0 0/0 0/3=b; y []: 0/0 0/0 0/0 0/0 0/1=1"},
		{`{"x":[[[1],[]],null,[]]}` + "\n" + `{"x":[[[2.5,null],null]]}`,
			"x.element.element.element [2 4 6]: 0/7=1 2/5 1/2 1/3 0/7=2.5 3/6 2/4"},
		{`{"x":[{"a":1,"b":[true]},{"b":[false,null]},null,{}]}` + "\n" + `{"x":[]}`,
			"x.element.a [2]: 0/4=1 1/3 1/2 1/3 0/1; x.element.b.element [2 5]: 0/6=true 1/6=false 2/5 1/2 1/3 0/1"},
		{`{"o":{"x":["\u0061"],"\u0079":"NaN"}}` + "\n" + `{"o":null}` + "\n" + `{"o":{"y":1}}`,
			"o.x.element [3]: 0/4=a 0/0 0/1; o.y []: 0/2=NaN 0/0 0/2=1"},
		{`{"x":[]}` + "\n" + `{"x":[null]}`, "x.element [2]: 0/1 0/2"},
		{`{"x":[9007199254740993,18446744073709551616]}`, "x.element [2]: 0/3=9007199254740993 1/3=18446744073709551616"},
	}
	for _, test := range tests {
		if got := spellAll(t, test.lines); got != test.want {
			t.Errorf("%s\ngot  %s\nwant %s", test.lines, got, test.want)
		}
	}
}

// Lists of other things than the first lines show, and what is no list.
func TestBrokenLeaves(t *testing.T) {
	deep := `{"x":` + strings.Repeat("[", 10) + strings.Repeat("]", 10) + "}"
	tests := []struct{ lines, want string }{
		{`{"x":["a"]}` + "\n" + `{"x":[1]}`, "line 2, column x.element: a number here, strings before"},
		{`{"x":["a"]}` + "\n" + `{"x":{"a":1}}`, "line 2, column x: an object here, lists before"},
		{`{"x":["a"]}` + "\n" + `{"x":"a"}`, "line 2, column x: a string here, lists before"},
		{`{"x":[{"a":1}]}` + "\n" + `{"x":[[1]]}`, "line 2, column x.element: a list here, objects before"},
		{`{"x":[{"a":1,"a":2}]}`, "line 1, column x.element.a: the key is given twice"},
		{deep, "values are lists and objects that are not taken apart"},
	}
	for _, test := range tests {
		f, err := openText(t, test.lines, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Schema()[0].Type.Kind; got != source.Nested {
			t.Errorf("%s: column of kind %d", test.lines, got)
		}
		_, err = spell(f, 0)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s\ngot  %v\nwant %s", test.lines, err, test.want)
		}
	}
	f, err := openText(t, `{"x":1}`, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range []int{-1, 1} {
		if _, err := spell(f, leaf); err == nil || !strings.Contains(err.Error(), "there is no leaf") {
			t.Errorf("leaf %d: %v", leaf, err)
		}
	}
}

// Behind the first lines a fault of structure is found all the same.
func TestBrokenBehindSample(t *testing.T) {
	for bad, want := range map[string]string{
		`{"x":["b"`:             "the line ends inside an object",
		`{"x":["b"}`:            `"}" where a comma or ']' should be`,
		`{"x":["b",]}`:          `"]" where a value should be`,
		`{"x":[],"y":[[}`:       `"}" where a value should be`,
		`{"x":["b"]}}`:          `"}" where the end of the line should be`,
		`{"x":["\ud800"]}`:      "half of a surrogate pair",
		`{"x":["b"],"x":["b"]}`: "the key is given twice",
		`{"x":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `}`: "a list here, strings before",
		`{"y":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `}`: "nested more than 64 deep",
	} {
		f, err := openText(t, strings.Repeat(`{"x":["a"]}`+"\n", sampleRows)+bad+"\n", Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = spell(f, 0)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("line %d", sampleRows+1)) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// Files of one log agree on the types in lists, too.
func TestUnifyLists(t *testing.T) {
	var files []*File
	for _, lines := range []string{`{"x":[1]}`, `{"x":[2.5,{}]}`, `{"x":null}`, `{"x":[null]}`} {
		f, err := openText(t, lines, Options{})
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	Unify(files, false)
	for i, want := range []string{"0/3=1", "", "0/0", "0/2"} {
		l := files[i].Leaves()
		if len(l) != 1 || l[0].Type.Kind != source.Float || l[0].Def != 3 {
			t.Fatalf("file %d: %+v", i, l)
		}
		if got, err := spell(files[i], 0); got != want || (err != nil) != (i == 1) {
			t.Errorf("file %d: %s, %v", i, got, err)
		}
	}
}

// mutateLeaves reads the leaves in lists of a damaged file.
func mutateLeaves(t *testing.T, bad []byte, name string) {
	t.Helper()
	for i := 0; ; i++ {
		f, err := New(text.Stream(iotest.HalfReader(bytes.NewReader(bad)), "log.jsonl"), Options{})
		if err != nil || i == len(f.Leaves()) {
			return
		}
		if f.Leaves()[i].Rep == 0 {
			continue
		}
		if _, err := spell(f, i); err != nil {
			checkClear(t, name, err)
		}
	}
}
