package parquet

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/pierrec/lz4/v4"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// batchForms prints the batches of all columns: rows and the form of each column.
func batchForms(t *testing.T, f *File) string {
	t.Helper()
	columns := make([]int, len(f.Schema()))
	for i := range columns {
		columns[i] = i
	}
	r, err := f.RowGroups()[0].Open(context.Background(), columns)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var out []string
	row := int64(0)
	for {
		b, err := r.Next()
		if err == io.EOF {
			return strings.Join(out, " ")
		}
		if err != nil {
			t.Fatal(err)
		}
		if b.Row != row {
			t.Errorf("batch begins at row %d, want %d", b.Row, row)
		}
		row += int64(b.Rows)
		s := fmt.Sprint(b.Rows)
		for _, v := range b.Columns {
			switch {
			case v.Const:
				s += ":const"
			case v.Codes != nil:
				s += ":coded"
			default:
				s += ":plain"
			}
		}
		out = append(out, s)
	}
}

// repeat is n copies of a value.
func repeat(n int, x int64) []int64 {
	all := make([]int64, n)
	for i := range all {
		all[i] = x
	}
	return all
}

// Columns whose forms change in different places are cut there and meet again
// at the next multiple of batchRows.
func TestForms(t *testing.T) {
	const rows = 100_000
	numbers := repeat(rows-40_000, 7)
	a := flat("a", typeInt64, repRequired, rows,
		dictPage(2, int64s(5, 6)),
		dataPage(40_000, encRLEDictionary, append([]byte{1}, runs(5_000, 0, 5_000, 1, 5_000, 0, 5_000, 1, 5_000, 0, 5_000, 1, 5_000, 0, 5_000, 1)...), 25),
		dataPage(rows-40_000, encPlain, int64s(numbers...), 8*len(numbers)))
	a.hasDict = true
	b := flat("b", typeByteArray, repOptional, rows, dataPage(rows, encPlain, sizedRuns(rows, 0), 8))
	f := openBytes(t, handFile(a, b))
	got := batchForms(t, f)
	want := strings.Repeat("8192:coded:const ", 4) + "7232:coded:const 960:plain:const " + strings.Repeat("8192:plain:const ", 7) + "1696:plain:const"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	sum := int64(0)
	for _, v := range columnValues(t, f, "a") {
		sum += v.Int
	}
	if want := int64(20_000*5 + 20_000*6 + 60_000*7); sum != want {
		t.Errorf("sum %d, want %d", sum, want)
	}
	for i, v := range columnValues(t, f, "b") {
		if v.Kind != source.Null {
			t.Fatalf("row %d is %v", i, v)
		}
	}
}

// A null struct is a null of each of its fields.
func TestStructFields(t *testing.T) {
	c := handColumn{path: []*encoder{node("s", repOptional), leafNode("x", typeInt64, repOptional)}, names: []string{"s", "x"},
		kind: typeInt64, rows: 6, pages: [][]byte{dataPage(6, encPlain, append(sizedRuns(1, 2, 2, 0, 1, 1, 2, 2), int64s(1, 2, 3)...), 36)}}
	f := openBytes(t, handFile(c))
	if name := f.Schema()[0].Name; name != "s.x" {
		t.Errorf("column is called %q", name)
	}
	if got := fmt.Sprint(intsOf(columnValues(t, f, "s.x"))); got != "[1 null null null 2 3]" {
		t.Error(got)
	}
}

func intsOf(values []source.Value) []string {
	var out []string
	for _, v := range values {
		if v.Kind == source.Null {
			out = append(out, "null")
		} else {
			out = append(out, fmt.Sprint(v.Int))
		}
	}
	return out
}

// Levels in the deprecated encoding BIT_PACKED begin at the highest bit.
func TestBitPackedLevels(t *testing.T) {
	own := new(encoder).i32(1, 10).i32(2, encPlain).i32(3, encBitPacked).i32(4, encBitPacked)
	body := append([]byte{0b1010_0000, 0b0100_0000}, int64s(1, 2, 3)...)
	f := openBytes(t, handFile(flat("x", typeInt64, repOptional, 10, page(pageData, 5, own, body, len(body)))))
	if got := fmt.Sprint(intsOf(columnValues(t, f, "x"))); got != "[1 null 2 null null null null null null 3]" {
		t.Error(got)
	}
}

func TestFromBitPacked(t *testing.T) {
	// 0 to 7 in three bits: the example of Encodings.md, in both orders.
	old, now := []byte{0b00000101, 0b00111001, 0b01110111}, []byte{0b10001000, 0b11000110, 0b11111010}
	if got := fromBitPacked(nil, old, 3); string(got) != string(now) {
		t.Errorf("%08b", got)
	}
}

// Codec LZ4 is Hadoop's framing with some writers and a bare block with others.
func TestHadoopLZ4(t *testing.T) {
	plain := int64s(repeat(100, 42)...)
	var c lz4.Compressor
	block := make([]byte, lz4.CompressBlockBound(len(plain)))
	n, err := c.CompressBlock(plain, block)
	if err != nil {
		t.Fatal(err)
	}
	block = block[:n]
	framed := append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(len(plain))), uint32(n)), block...)
	for _, packed := range [][]byte{block, framed} {
		col := flat("x", typeInt64, repRequired, 100, dataPage(100, encPlain, packed, len(plain)))
		col.codec = codecLZ4
		v := columnValues(t, openBytes(t, handFile(col)), "x")
		if len(v) != 100 || v[99].Int != 42 {
			t.Errorf("read %d values", len(v))
		}
	}
}

// Long strings make short batches, so that memory follows the bytes.
func TestLongStrings(t *testing.T) {
	long := make([]string, 100)
	for i := range long {
		long[i] = strings.Repeat("x", 1<<20)
	}
	body := texts(long...)
	f := openBytes(t, handFile(flat("s", typeByteArray, repRequired, 100, dataPage(100, encPlain, body, len(body)))))
	rows := 0
	if err := readColumn(f, 0, func(v source.Vector, n int) {
		rows += n
		if len(v.Strs.Bytes) > 2*batchBytes {
			t.Errorf("batch of %d bytes", len(v.Strs.Bytes))
		}
	}); err != nil || rows != 100 {
		t.Errorf("%d rows: %v", rows, err)
	}
}

func TestNoColumns(t *testing.T) {
	f := open(t, "testdata/corrupt/rle-row-bomb-1e9.parquet")
	if n, err := drain(f.RowGroups()[0], nil); n != 1e9 || err != nil {
		t.Errorf("%d rows: %v", n, err)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	r, err := open(t, "testdata/good/pyarrow-v2-snappy.parquet").RowGroups()[0].Open(ctx, []int{0})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := r.Next(); err != context.Canceled {
		t.Error(err)
	}
}

// cutReader is a file that became shorter after it was opened.
type cutReader struct {
	io.ReaderAt
	size int64
}

func (c *cutReader) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > c.size {
		return 0, io.EOF
	}
	return c.ReaderAt.ReadAt(b, at)
}

func TestFileCut(t *testing.T) {
	b := handFile(flat("x", typeInt64, repRequired, 1, dataPage(1, encPlain, int64s(1), 8)))
	r := &cutReader{strings.NewReader(string(b)), int64(len(b))}
	f, err := New(r, r.size, Options{Name: "x.parquet"})
	if err != nil {
		t.Fatal(err)
	}
	r.size = 10
	_, err = readAllFlat(f)
	want := "x.parquet, row group 0, column x, page 0 at byte 4: file ends early: it was cut while it was read"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
