package jsonl

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// openText writes text to a file and opens it.
func openText(t testing.TB, text string, o Options) (*File, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log.jsonl")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return Open(path, "log.jsonl", o)
}

// usable lists the columns that can be read.
func usable(f *File) (columns []int) {
	for i, c := range f.Schema() {
		if c.Type.Kind != source.Nested {
			columns = append(columns, i)
		}
	}
	return columns
}

// readAll reads columns and spells nulls "∅".
func readAll(f *File, columns []int) (rows [][]string, err error) {
	r, err := f.Unit().Open(context.Background(), columns)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for {
		b, err := r.Next()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		for i := range b.Rows {
			row := make([]string, len(columns))
			for j := range b.Columns {
				v := &b.Columns[j]
				row[j] = "∅"
				if value := v.Value(i); value.Kind != source.Null {
					row[j] = source.Text(v.Type, value)
				}
			}
			rows = append(rows, row)
		}
	}
}

// schemaText spells a schema: a:int b.c:string.
func schemaText(s source.Schema) string {
	names := map[source.Kind]string{source.Null: "null", source.Bool: "bool", source.Int: "int", source.Uint: "uint",
		source.Float: "float", source.Decimal: "decimal", source.String: "string", source.Nested: "nested"}
	var out []string
	for _, c := range s {
		out = append(out, c.Name+":"+names[c.Type.Kind])
	}
	return strings.Join(out, " ")
}

func TestRows(t *testing.T) {
	tests := []struct {
		name, text, schema string
		rows               []string
	}{
		{"plain", `{"a":1,"b":"x"}` + "\n" + `{"a":2,"b":"y"}` + "\n", "a:int b:string", []string{"1/x", "2/y"}},
		{"no final newline", `{"a":1}` + "\n" + `{"a":2}`, "a:int", []string{"1", "2"}},
		{"crlf, blanks, empty lines, byte order mark", "\uFEFF\r\n\t{ \"a\" : 1 , \"b\" : true }  \r\n\r\n\n{\"b\":false}\r\n",
			"a:int b:bool", []string{"1/true", "∅/false"}},
		{"absent, null, other order", `{"a":1,"b":"x"}` + "\n" + `{"c":null,"b":"y","a":null}` + "\n{}", "a:int b:string c:null",
			[]string{"1/x/∅", "∅/y/∅", "∅/∅/∅"}},
		{"strings stay", `{"a":"NA"}` + "\n" + `{"a":"1.10"}` + "\n" + `{"a":""}` + "\n" + `{"a":"null"}` + "\n" + `{"a":" x "}`,
			"a:string", []string{"NA", "1.10", "", "null", " x "}},
		{"escapes", `{"a":"\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00é\u0000"}`, "a:string", []string{"\"\\/\b\f\n\r\té\U0001F600é\x00"}},
		{"escaped keys", `{"\u0061":1,"b\"c":2}` + "\n" + `{"a":3,"b\u0022c":4}` + "\n" + `{"a":5,"b\"c":6}`,
			"a:int b\"c:int", []string{"1/2", "3/4", "5/6"}},
		{"integers", `{"a":9223372036854775807,"b":18446744073709551615,"c":18446744073709551616,"d":-1}` + "\n" +
			`{"a":-9223372036854775808,"b":0,"c":9007199254740993,"d":18446744073709551615}`,
			"a:int b:uint c:decimal d:decimal",
			[]string{"9223372036854775807/18446744073709551615/18446744073709551616/-1",
				"-9223372036854775808/0/9007199254740993/18446744073709551615"}},
		{"integers become floats", `{"a":1,"b":9007199254740993,"c":1}` + "\n" + `{"a":0.5,"b":0.25,"c":1e2}`,
			"a:float b:decimal c:float", []string{"1/9007199254740993/1", "0.5/0.25/100"}},
		{"spellings of one number", `{"a":1.0,"b":1}` + "\n" + `{"a":1,"b":1}` + "\n" + `{"a":1e0,"b":1}`, "a:float b:int", []string{"1/1", "1/1", "1/1"}},
		{"not a number", `{"a":1.5,"b":"NaN","c":"NaN"}` + "\n" + `{"a":"NaN","b":"x","c":2}` + "\n" + `{"a":"-Infinity","c":null}`,
			"a:float b:string c:float", []string{"1.5/NaN/NaN", "NaN/x/2", "-Inf/∅/∅"}},
		{"nested", `{"p":{"x":1,"y":{"z":"a"}},"l":[1,{"p":2}],"e":{}}` + "\n" + `{"p":null}` + "\n" + `{"p":{"y":{"z":"b","w":true}}}`,
			"p.x:int p.y.z:string p.y.w:bool l:nested", []string{"1/a/∅", "∅/∅/∅", "∅/b/true"}},
		{"null, then an object", `{"p":null,"q":1}` + "\n" + `{"p":{"x":1}}`, "p.x:int q:int", []string{"∅/1", "1/∅"}},
		{"too deep to be flat", `{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}`, "a.a.a.a.a.a.a.a:nested", []string{""}},
		{"same names", `{"a.b":1,"a":{"b":2}}`, "a.b:int a.b:int", []string{"1/2"}},
		{"empty", "", "", nil},
		{"unasked nonsense", `{"a":1,"l":["\x"]}`, "a:int l:nested", []string{"1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := openText(t, test.text, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := schemaText(f.Schema()); got != test.schema {
				t.Errorf("schema %s, want %s", got, test.schema)
			}
			rows, err := readAll(f, usable(f))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, row := range rows {
				got = append(got, strings.Join(row, "/"))
			}
			if diff := cmp.Diff(test.rows, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	const one = `{"a":1,"b":"x"}` + "\n"
	deep := strings.Repeat("[", 64) + strings.Repeat("]", 64)
	const column = "; a column has one type; the first 10000 lines decide the type of a column"
	tests := []struct {
		name, text string
		options    Options
		want       string
	}{
		{"type changes", one + `{"b":true}`, Options{}, "line 2, column b: a boolean here, strings before" + column},
		{"string in numbers", one + `{"a":"2"}`, Options{}, "line 2, column a: a string here, numbers before" + column},
		{"list in numbers", one + `{"a":[]}`, Options{}, "line 2, column a: a list here, numbers before" + column},
		{"number for object", `{"p":{"x":1}}` + "\n" + `{"p":2}`, Options{}, "line 2, column p: a number here, objects before" + column},
		{"object for number", one + `{"a":{"x":1}}`, Options{}, "line 2, column a: an object here, numbers before" + column},
		{"key twice", one + `{"a":1,"a":2}`, Options{}, "line 2, column a: the key is given twice; each key stands once in an object"},
		{"object twice", `{"p":{"x":1},"p":{}}`, Options{}, "line 1, column p: the key is given twice; each key stands once in an object"},
		{"null twice", `{"a":null,"a":null}`, Options{}, "line 1, column a: the key is given twice; each key stands once in an object"},
		{"cut off", one + `{"a":1`, Options{}, "line 2: the line ends inside an object; an object stands on one line; if this is the last line, the file is cut off"},
		{"cut off in a string", one + `{"a":1,"b":"x`, Options{}, "line 2, column b: the line ends inside a string; an object stands on one line; if this is the last line, the file is cut off"},
		{"cut off in an escape", one + `{"a":1,"b":"x\`, Options{}, "line 2, column b: the line ends inside a string; an object stands on one line; if this is the last line, the file is cut off"},
		{"cut off in a literal", `{"a":tru`, Options{}, `line 1, column a: "tru" where a value should be`},
		{"several lines", "{\n\"a\":1}", Options{}, "line 1: the line ends inside an object; an object stands on one line; if this is the last line, the file is cut off"},
		{"array", "[\n{}]", Options{}, "line 1: one array, not one object a line; write each object on a line of its own, without the brackets and commas around them"},
		{"list on a later line", one + "[1]", Options{}, "line 2: a list, not an object; JSON Lines hold one object a line"},
		{"null", one + "null", Options{}, "line 2: null, not an object; JSON Lines hold one object a line"},
		{"csv", "id,decision\n", Options{}, `line 1: "id" where an object should be`},
		{"two objects", `{"a":1}{"a":2}`, Options{}, "line 1: a second object on the line; JSON Lines hold one object a line"},
		{"comma behind", `{"a":1},`, Options{}, "line 1: a comma behind the object; JSON Lines have no commas between objects"},
		{"something behind", one + `{"a":1}]`, Options{}, `line 2: "]" where the end of the line should be`},
		{"nan", one + `{"a":-Infinity}`, Options{}, `line 2, column a: -Infinity is not JSON; a number that is missing is written null, NaN in quotes: "NaN"`},
		{"nan in what is not asked for", `{"l":[NaN]}`, Options{}, `line 1, column l: NaN is not JSON; a number that is missing is written null, NaN in quotes: "NaN"`},
		{"leading zero", `{"a":01}`, Options{}, "line 1, column a: 01 is not a number in JSON"},
		{"leading plus", `{"a":+1}`, Options{}, `line 1, column a: "+" where a value should be`},
		{"no digits", `{"a":1.}`, Options{}, "line 1, column a: 1.} is not a number in JSON"},
		{"no exponent", `{"a":1e+}`, Options{}, "line 1, column a: 1e+} is not a number in JSON"},
		{"two points", one + `{"a":1.2.3}`, Options{}, "line 2, column a: 1.2. is not a number in JSON"},
		{"huge float", `{"a":1e400}`, Options{}, "line 1, column a: 1e400 is beyond the range of floating-point numbers"},
		{"huge exponent", `{"a":9007199254740993}` + "\n" + `{"a":1e401}`, Options{}, "line 2, column a: the exponent of 1e401 is out of bounds"},
		{"trailing comma", `{"a":1,}`, Options{}, `line 1: "}" where a key should be`},
		{"no comma", `{"a":1 "b":2}`, Options{}, `line 1: "\"" where a comma or '}' should be`},
		{"no colon", `{"a" 1}`, Options{}, `line 1: "1" where a colon should be`},
		{"no quotes", `{a:1}`, Options{}, `line 1: "a" where a key should be`},
		{"control byte", "{\"a\":\"x\ty\"}", Options{}, `line 1, column a: byte 0x09 inside a string; it is written \u0009`},
		{"bad escape", `{"a":"\x"}`, Options{}, `line 1, column a: \x is not an escape in JSON`},
		{"bad digits", `{"a":"\u12g4"}`, Options{}, `line 1, column a: \u without four hexadecimal digits`},
		{"lone surrogate", `{"a":"\ud800"}`, Options{}, `line 1, column a: \ud800 is half of a surrogate pair; the text cannot be written as UTF-8`},
		{"wrong pair", `{"a":"\udc00\ud800"}`, Options{}, `line 1, column a: \udc00 is half of a surrogate pair; the text cannot be written as UTF-8`},
		{"not utf-8", "{\"a\":\"R\xEDo\"}", Options{}, "line 1, column a: the text is not UTF-8; JSON is UTF-8"},
		{"key not utf-8", "{\"R\xEDo\":1}", Options{}, "line 1: a key is not UTF-8"},
		{"utf-16", "\xFF\xFE{\x00}\x00", Options{}, "line 1: this is UTF-16 text; JSON Lines are UTF-8"},
		{"too deep", `{"l":` + deep + `}`, Options{}, "line 1, column l: lists and objects are nested more than 64 deep; if that is how the log is, raise data.limits.depth"},
		{"too deep in objects", `{"a":{"a":{"a":1}}}`, Options{MaxDepth: 2}, "line 1, column a.a: lists and objects are nested more than 2 deep; if that is how the log is, raise data.limits.depth"},
		{"long line", one + `{"a":1,"b":"xxxx"}`, Options{MaxLine: 16}, "line 2: a line of more than 16 bytes; if the lines are that long, raise data.limits.line"},
		{"long string", one + `{"b":"12345678\n"}`, Options{MaxCell: 8}, "line 2, column b: a value of more than 8 bytes; if values are that long, raise data.limits.cell"},
		{"long number", `{"a":123456789}`, Options{MaxCell: 8}, "line 1, column a: a value of more than 8 bytes; if values are that long, raise data.limits.cell"},
		{"zip", "PK\x03\x04xx", Options{}, "line 1: this is a ZIP archive or a spreadsheet; export the table as CSV"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := openText(t, test.text, test.options)
			if err == nil {
				_, err = readAll(f, usable(f))
			}
			if err == nil || err.Error() != "log.jsonl, "+test.want {
				t.Errorf("got  %v\nwant log.jsonl, %s", err, test.want)
			}
		})
	}
}

// What comes behind the first lines is held against them.
func TestBeyondSample(t *testing.T) {
	var first strings.Builder
	for i := range sampleRows {
		fmt.Fprintf(&first, `{"i":%d,"u":18446744073709551615,"f":0.5,"n":null,"s":"x"}`+"\n", i)
	}
	tests := []struct{ line, want string }{
		{`{"i":7.0,"u":1e3,"f":3}`, "7/1000/3/∅/∅"},
		{`{"i":7.5}`, "column i: 7.5 has a fraction, whole numbers before; the first 10000 lines decide the type of a column"},
		{`{"i":9223372036854775808}`, "column i: 9223372036854775808 is outside the range of the integers before; the first 10000 lines decide the type of a column"},
		{`{"u":-1}`, "column u: -1 is outside the range of the integers before; the first 10000 lines decide the type of a column"},
		{`{"f":9007199254740993}`, "column f: 9007199254740993 has more digits than the floating-point numbers before keep; the first 10000 lines decide the type of a column"},
		{`{"f":9007199254740992}`, "∅/∅/9007199254740992/∅/∅"},
		{`{"n":1.50}`, "∅/∅/∅/1.5/∅"},
		{`{"n":"a"}`, "∅/∅/∅/a/∅"},
		{`{"n":false}`, "∅/∅/∅/false/∅"},
		{`{"n":[]}`, "column n: a list here, nothing but nulls before; a column has one type; the first 10000 lines decide the type of a column"},
		{`{"n":NaN}`, `column n: NaN is not JSON; a number that is missing is written null, NaN in quotes: "NaN"`},
		{`{"late":1,"s":"y"}`, "∅/∅/∅/∅/y"},
	}
	for _, test := range tests {
		f, err := openText(t, first.String()+test.line, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		rows, err := readAll(f, usable(f))
		if err != nil {
			got = strings.TrimPrefix(err.Error(), "log.jsonl, line 10001, ")
		} else {
			got = strings.Join(rows[sampleRows], "/")
		}
		if got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.line, got, test.want)
		}
	}
}
