package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// TestPagePlace damages one page after another of files with an offset index,
// which is where pyarrow and parquet-go wrote down each page's offset and size,
// and parquet-go reads it: the error names the row group, the column, the page
// and this byte.
func TestPagePlace(t *testing.T) {
	var buf bytes.Buffer
	w := parquet.NewGenericWriter[decision](&buf, parquet.MaxRowsPerRowGroup(300), parquet.PageBufferSize(1<<10))
	if _, err := w.Write(make([]decision, 700)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	files := [][]byte{buf.Bytes()}
	for _, path := range []string{"testdata/good/pyarrow-index-bloom-crc.parquet", "../../../testdata/interop/good/pyarrow-page-index-crc.parquet"} {
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, good)
	}
	most := 0
	for _, good := range files {
		peer, err := parquet.OpenFile(bytes.NewReader(good), int64(len(good)))
		if err != nil {
			t.Fatal(err)
		}
		leaves := len(openBytes(t, good).schema.leaves)
		for i, index := range peer.OffsetIndexes() {
			group, leaf := i/leaves, i%leaves
			before := 0
			if peer.Metadata().RowGroups[group].Columns[leaf].MetaData.DictionaryPageOffset > 0 {
				before = 1
			}
			for n, page := range index.PageLocations {
				at, end := page.Offset, page.Offset+int64(page.CompressedPageSize)
				place := fmt.Sprintf("page %d at byte %d", before+n, at)
				b := bytes.Clone(good)
				b[end-1] ^= 1
				checkPlace(t, b, group, leaf, place, "checksum of a page is wrong: the file is damaged")
				b = bytes.Clone(good)
				b[at] = 0xff
				checkPlace(t, b, group, leaf, place, fmt.Sprintf("page header: unknown wire type 15 at byte %d", at+1))
			}
			most = max(most, len(index.PageLocations))
		}
	}
	if most < 3 {
		t.Error("no column has three pages")
	}
}

// checkPlace reads a leaf of a damaged file.
func checkPlace(t *testing.T, b []byte, group, leaf int, place, message string) {
	t.Helper()
	f := openBytes(t, b)
	err := touchLeaf(f.RowGroups()[group], leaf)
	want := source.Error{Path: "hand", Unit: fmt.Sprintf("row group %d", group), Column: f.schema.leaves[leaf].name, Place: place}
	var e *source.Error
	if !errors.As(err, &e) || e.Path != want.Path || e.Unit != want.Unit || e.Column != want.Column || e.Place != want.Place || e.Err.Error() != message {
		t.Errorf("got %v, want %s, %s, column %s, %s: %s", err, want.Path, want.Unit, want.Column, want.Place, message)
	}
}

// TestCorruptPlace: in the committed files with one damaged page, the byte is
// where the footer says that the chunk's data or its dictionary begins, read by
// parquet-go.
func TestCorruptPlace(t *testing.T) {
	for _, c := range []struct {
		name       string
		group      int
		dictionary bool
	}{
		{"page-bitflip-crc", 1, false}, {"page-bitflip-zstd", 1, false}, {"page-header-garbage", 2, true},
		{"string-length-4gib", 0, false}, {"lz4raw-corrupt", 0, false}, {"dict-index-out-of-range", 0, false}, {"dict-count-huge", 0, true},
	} {
		path := "testdata/corrupt/" + c.name + ".parquet"
		_, err := outcome(path)
		var e *source.Error
		if !errors.As(err, &e) {
			t.Fatalf("%s: %v", c.name, err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		peer, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		for _, column := range peer.Metadata().RowGroups[c.group].Columns {
			m := &column.MetaData
			switch {
			case strings.Join(m.PathInSchema, ".") != e.Column:
			case c.dictionary:
				want = fmt.Sprintf("page 0 at byte %d", m.DictionaryPageOffset)
			case m.DictionaryPageOffset > 0:
				want = fmt.Sprintf("page 1 at byte %d", m.DataPageOffset)
			default:
				want = fmt.Sprintf("page 0 at byte %d", m.DataPageOffset)
			}
		}
		if e.Unit != fmt.Sprintf("row group %d", c.group) || e.Place != want {
			t.Errorf("%s: got %s, %s, want %s", c.name, e.Unit, e.Place, want)
		}
	}
}

// TestFooterPlace: a fault in the metadata of a chunk names the byte at which
// they begin, and one that the Thrift reader meets its byte in the file.
func TestFooterPlace(t *testing.T) {
	name := []byte("\x19\x18\x08decision") // path_in_schema, a list of one
	for file, message := range map[string]string{
		"codec-unknown-99":          "unknown compression codec 99",
		"schema-chunk-type-differs": "column chunk has type BYTE_ARRAY, the schema INT64",
	} {
		b, err := os.ReadFile("testdata/corrupt/" + file + ".parquet")
		if err != nil {
			t.Fatal(err)
		}
		_, err = outcome("testdata/corrupt/" + file + ".parquet")
		var e *source.Error
		var at int
		if !errors.As(err, &e) || e.Err.Error() != message {
			t.Fatal(err)
		}
		if _, err := fmt.Sscanf(e.Place, "metadata at byte %d", &at); err != nil {
			t.Fatal(e.Place)
		}
		if i := bytes.Index(b, name); i < at || i > at+20 {
			t.Errorf("%s: metadata of the chunk are said to be at %d, the name in them is at %d", file, at, i)
		}
	}
	_, err := outcome("testdata/corrupt/footer-length-4gib.parquet")
	want := "footer-length-4gib.parquet: footer claims 4294967295 bytes (its length is at byte 5903), but the file has only 5911"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
