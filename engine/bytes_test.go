package engine_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/plumbline-audit/plumbline/engine"
)

// Old writers leave text unmarked: a decision, label or group of such bytes is
// text, and what is not UTF-8 is refused with its place, not counted as negative.
func TestUnmarkedText(t *testing.T) {
	const rest = `columns:
  decision: {column: d, positive: ["yes"]}
  label: {column: l, positive: ["yes"]}
  groups: {g: g}
detectors: {equal_opportunity: {}}
`
	type row struct {
		D, L, G string
	}
	for _, c := range []struct {
		last row
		want string
	}{
		{row{"no", "yes", "b"}, ""},
		{row{"n\xc3", "yes", "b"}, `log.parquet, row group 0, row 3, column d: decision: "n\xc3" is not UTF-8 text; write the file again as UTF-8`},
		{row{"no", "\xffyes", "b"}, `log.parquet, row group 0, row 3, column l: label: "\xffyes" is not UTF-8 text; write the file again as UTF-8`},
		{row{"no", "yes", "R\xedo"}, `log.parquet, row group 0, row 3, column g: group g: "R\xedo" is not UTF-8 text; write the file again as UTF-8`},
	} {
		var buf bytes.Buffer
		raw := parquet.Leaf(parquet.ByteArrayType)
		w := parquet.NewWriter(&buf, parquet.NewSchema("log", parquet.Group{"d": raw, "l": raw, "g": raw}))
		for _, r := range []row{{"yes", "yes", "a"}, {"no", "no", "b"}, c.last} {
			// the columns of a group are in the order of their names
			values := parquet.Row{}
			for i, s := range []string{r.D, r.G, r.L} {
				values = append(values, parquet.ByteArrayValue([]byte(s)).Level(0, 0, i))
			}
			if _, err := w.WriteRows([]parquet.Row{values}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "log.parquet"), buf.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := attempt(configure(t, dir, "{log: log.parquet}", rest), engine.Options{})
		if got := message(err); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
