package files

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// A column that is both in the files and in the names of their folders must say
// the same in both.
func TestPartitionInFile(t *testing.T) {
	s := open(t, Options{Base: folderOf(t, map[string]string{"g=x/a.csv": "g,v\nx,2\nx,4\n", "g=y/b.csv": "v\n3\n"}), Paths: []string{"."}})
	got, err := counts(s, "g", "v")
	if diff := cmp.Diff(map[string]int{"x|2": 1, "x|4": 1, "y|3": 1}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	const hint = "; is the file in the wrong folder? If it is not, name folder or column otherwise"
	for _, c := range []struct{ name, content, want string }{
		{"g=x/a.csv", "g,v\nx,2\nz,4\n", `g=x/a.csv, line 3, column g: the folder says "x", but the file says "z"`},
		{"g=x/a.csv", "g,v\nx,2\n,4\n", `g=x/a.csv, line 3, column g: the folder says "x", but the file says nothing`},
		{"g=__HIVE_DEFAULT_PARTITION__/a.csv", "g,v\nx,2\n", `g=__HIVE_DEFAULT_PARTITION__/a.csv, line 2, column g: the folder says null, but the file says "x"`},
		{"g=05/a.jsonl", `{"g":5}` + "\n" + `{"g":5}` + "\n" + `{"g":6}`, `g=05/a.jsonl, line 3, column g: the folder says "05", but the file says "6"`},
		{"group=x/a.parquet", "@siblings/a-reference.parquet", `group=x/a.parquet, row group 0, row 1, column group: the folder says "x", but the file says "Asian"`},
		{"id=9007199254740993/a.parquet", "@siblings/a-reference.parquet", `id=9007199254740993/a.parquet, row group 0, row 2, column id: the folder says "9007199254740993", but the file says "9007199254740994"`},
	} {
		s := open(t, Options{Base: folderOf(t, map[string]string{c.name: c.content}), Paths: []string{"."}})
		column, _, _ := strings.Cut(c.name, "=")
		if _, err := counts(s, column); err == nil || err.Error() != c.want+hint {
			t.Errorf("got  %v\nwant %s", err, c.want+hint)
		}
	}
	_, err = Open(context.Background(), Options{Base: folderOf(t, map[string]string{"g=a/g=b/x.csv": "v\n1\n"}), Paths: []string{"."}})
	if want := `g=a/g=b/x.csv: two folders of its path give "g": "a" and "b"; a folder key=value is a column, and a column has one value`; err == nil || err.Error() != want {
		t.Error(err)
	}
}

func TestMeans(t *testing.T) {
	stamp := source.Type{Kind: source.Timestamp, Unit: time.Second, UTC: true}
	at := source.Value{Kind: source.Timestamp, Int: 1704164645} // 2024-01-02T03:04:05Z
	for _, c := range []struct {
		typ   source.Type
		value source.Value
		yes   []string
		no    []string
	}{
		{source.Type{Kind: source.Int}, source.Value{Kind: source.Int, Int: 5}, []string{"5", "05", "5.0"}, []string{"6", "", "-5", "50", "five"}},
		{source.Type{Kind: source.Int}, source.Value{Kind: source.Int}, []string{"0", "00", "-0"}, []string{"", "-", "1"}},
		{source.Type{Kind: source.Int}, source.Value{Kind: source.Int, Int: 9007199254740993}, []string{"9007199254740993"}, []string{"9007199254740992"}},
		{source.Type{Kind: source.Decimal}, source.Value{Kind: source.Decimal, Str: "-0.5"}, []string{"-0.5", "-0.50", "-.5"}, []string{"0.5"}},
		{source.Type{Kind: source.Float}, source.Value{Kind: source.Float, Float: 0.5}, []string{"0.5", "5e-1", ".50"}, []string{"0.51", "NaN"}},
		{source.Type{Kind: source.Bool}, source.Value{Kind: source.Bool, Int: 1}, []string{"true", "True", "1"}, []string{"false", "0", "yes"}},
		{source.Type{Kind: source.String}, source.Value{Kind: source.String, Str: "5"}, []string{"5"}, []string{"05"}},
		{source.Type{Kind: source.Date}, source.Value{Kind: source.Date, Int: 19724}, []string{"2024-01-02"}, []string{"2024-01-03"}},
		{stamp, at, []string{"2024-01-02 03:04:05", "2024-01-02T03:04:05Z", "2024-01-02 04:04:05+01:00", "2024-01-02 03:04:05.000"}, []string{"2024-01-02", "x"}},
	} {
		for _, name := range c.yes {
			if !means(c.typ, c.value, name) {
				t.Errorf("%q is not %v", name, c.value)
			}
		}
		for _, name := range c.no {
			if means(c.typ, c.value, name) {
				t.Errorf("%q is %v", name, c.value)
			}
		}
	}
}
