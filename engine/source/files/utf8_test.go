package files

import (
	"bytes"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/plumbline-audit/plumbline/engine/source"
)

type spelled struct {
	Plain string  `parquet:"plain,plain"`
	Coded *string `parquet:"coded,dict,optional"`
	Other string  `parquet:"other,dict"`
}

// A string that is not UTF-8 is refused in whatever role, with its place, but
// not where no asked column has it.
func TestNotUTF8(t *testing.T) {
	good, bad := "gr\u00fcn", "y\xffs"
	for _, c := range []struct {
		rows []spelled
		want string
	}{
		{[]spelled{{"ja", &good, bad}, {good, nil, bad}}, ""},
		{[]spelled{{"ja", &good, ""}, {"n\xc3", &good, ""}, {"\xa9", nil, ""}}, `log.parquet, row group 0, row 2, column plain: "n\xc3" is not UTF-8 text; write the file again as UTF-8`},
		{[]spelled{{"ja", &good, ""}, {"ja", nil, ""}, {"ja", &bad, ""}}, `log.parquet, row group 0, row 3, column coded: "y\xffs" is not UTF-8 text; write the file again as UTF-8`},
	} {
		var buf bytes.Buffer
		w := parquet.NewGenericWriter[spelled](&buf)
		if _, err := w.Write(c.rows); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		s := open(t, Options{Base: folderOf(t, map[string]string{"log.parquet": buf.String()}), Paths: []string{"log.parquet"}})
		got := ""
		if _, err := counts(s, "plain", "coded"); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// An entry that no row uses and the bytes of a null may be anything.
func TestUnusedNotUTF8(t *testing.T) {
	text := source.Type{Kind: source.String}
	coded := source.Vector{Type: text, Codes: []uint32{0, source.NullCode}, Dict: &source.Dict{Type: text, Strs: []string{"a", "\xff"}}}
	if row := new(spelling).wrong(&coded, 2); row != -1 {
		t.Error("coded:", row)
	}
	plain := source.Vector{Type: text, Strs: source.Strings{Bytes: []byte("a\xff"), Offsets: []uint32{0, 1, 2}}, Valid: []bool{true, false}}
	if row := new(spelling).wrong(&plain, 2); row != -1 {
		t.Error("plain:", row)
	}
	plain.Valid = nil
	if row := new(spelling).wrong(&plain, 2); row != 1 {
		t.Error("plain without nulls:", row)
	}
}
