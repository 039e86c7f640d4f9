package arrow

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// formCase is an array of a type, and the canonical text of its values.
type formCase struct {
	dtype arrow.DataType
	json  string
	want  string
}

func (c formCase) array() arrow.Array {
	a, _, err := array.FromJSON(memory.DefaultAllocator, c.dtype, strings.NewReader(c.json))
	if err != nil {
		panic(fmt.Sprint(c.dtype, ": ", err))
	}
	return a
}

func forms() []formCase {
	p, w, b := &arrow.PrimitiveTypes, &arrow.FixedWidthTypes, &arrow.BinaryTypes
	zone := func(u arrow.TimeUnit) arrow.DataType { return &arrow.TimestampType{Unit: u, TimeZone: "Europe/Lisbon"} }
	local := func(u arrow.TimeUnit) arrow.DataType { return &arrow.TimestampType{Unit: u} }
	return []formCase{
		{arrow.Null, `[null, null, null]`, "∅ ∅ ∅"},
		{w.Boolean, `[true, null, false]`, "true ∅ false"},
		{p.Int8, `[-128, null, 127]`, "-128 ∅ 127"},
		{p.Int16, `[-32768, null, 7]`, "-32768 ∅ 7"},
		{p.Int32, `[-2147483648, null, 7]`, "-2147483648 ∅ 7"},
		{p.Int64, `[9007199254740993, null, -1]`, "9007199254740993 ∅ -1"},
		{p.Uint8, `[255, null, 0]`, "255 ∅ 0"},
		{p.Uint16, `[65535, null, 0]`, "65535 ∅ 0"},
		{p.Uint32, `[4294967295, null, 0]`, "4294967295 ∅ 0"},
		{p.Uint64, `[18446744073709551615, null, 0]`, "18446744073709551615 ∅ 0"},
		{w.Float16, `[0.7002, null, -2]`, "0.7 ∅ -2"},
		{p.Float32, `[0.7, null, -0.1]`, "0.7 ∅ -0.1"},
		{p.Float64, `[0.1, null, -2]`, "0.1 ∅ -2"},
		{b.String, `["", null, "Río, «x»"]`, "|∅|Río, «x»"},
		{b.LargeString, `["NA", null, "1.10"]`, "NA ∅ 1.10"},
		{b.StringView, `["short", null, "longer than the twelve bytes"]`, "short|∅|longer than the twelve bytes"},
		{b.Binary, `["YWI=", null, ""]`, "ab ∅ "},
		{b.LargeBinary, `["YWI=", null, ""]`, "ab ∅ "},
		{b.BinaryView, `["YWI=", null, ""]`, "ab ∅ "},
		{&arrow.FixedSizeBinaryType{ByteWidth: 2}, `["YWI=", null, "Y2Q="]`, "ab ∅ cd"},
		{&arrow.Decimal32Type{Precision: 9, Scale: 2}, `["1.50", null, "-0.07"]`, "1.5 ∅ -0.07"},
		{&arrow.Decimal64Type{Precision: 18, Scale: 0}, `["999999999999999999", null, "-100"]`, "999999999999999999 ∅ -100"},
		{&arrow.Decimal128Type{Precision: 38, Scale: 3}, `["-12345678901234567890123456789012345.678", null, "0.000"]`, "-12345678901234567890123456789012345.678 ∅ 0"},
		{&arrow.Decimal256Type{Precision: 76, Scale: 40}, `["-0.0000000000000000000000000000000000000001", null, "12"]`, "-0.0000000000000000000000000000000000000001 ∅ 12"},
		{w.Date32, `["1969-12-31", null, "9999-12-31"]`, "1969-12-31 ∅ 9999-12-31"},
		{w.Date64, `["1969-12-31", null, "2024-02-29"]`, "1969-12-31 ∅ 2024-02-29"},
		{w.Time32s, `["00:00:01", null, "23:59:59"]`, "00:00:01 ∅ 23:59:59"},
		{w.Time32ms, `["00:00:01.5", null, "23:59:59"]`, "00:00:01.5 ∅ 23:59:59"},
		{w.Time64us, `["00:00:01.000005", null, "23:59:59"]`, "00:00:01.000005 ∅ 23:59:59"},
		{w.Time64ns, `["00:00:01.000000005", null, "23:59:59"]`, "00:00:01.000000005 ∅ 23:59:59"},
		{zone(arrow.Second), `["1969-12-31T23:59:59Z", null, "2024-02-29T00:00:00Z"]`, "1969-12-31T23:59:59Z ∅ 2024-02-29T00:00:00Z"},
		{zone(arrow.Millisecond), `[-1, null, 0]`, "1969-12-31T23:59:59.999Z ∅ 1970-01-01T00:00:00Z"},
		{local(arrow.Microsecond), `[-1, null, 0]`, "1969-12-31T23:59:59.999999 ∅ 1970-01-01T00:00:00"},
		{local(arrow.Nanosecond), `[-1, null, 0]`, "1969-12-31T23:59:59.999999999 ∅ 1970-01-01T00:00:00"},
		{w.Duration_ms, `[-1, null, 5]`, "-1 ∅ 5"},
	}
}

// written is a file or stream of one column x.
func written(t testing.TB, a arrow.Array, file, packed bool) []byte {
	t.Helper()
	s := arrow.NewSchema([]arrow.Field{{Name: "x", Type: a.DataType(), Nullable: true}}, nil)
	options := []ipc.Option{ipc.WithSchema(s)}
	if packed {
		options = append(options, ipc.WithZstd())
	}
	var buf bytes.Buffer
	var w interface {
		Write(arrow.RecordBatch) error
		io.Closer
	} = ipc.NewWriter(&buf, options...)
	if file {
		fw, err := ipc.NewFileWriter(&buf, options...)
		if err != nil {
			t.Fatal(err)
		}
		w = fw
	}
	if err := w.Write(array.NewRecordBatch(s, []arrow.Array{a}, int64(a.Len()))); err != nil {
		t.Fatal(a.DataType(), err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// encode is three values as a dictionary with indices of type k, as runs, or
// within a struct whose second value is null.
func encode(a arrow.Array, k int) arrow.Array {
	p := &arrow.PrimitiveTypes
	indices := []arrow.DataType{p.Int8, p.Int16, p.Int32, p.Int64, p.Uint8, p.Uint16, p.Uint32, p.Uint64}
	switch {
	case k < len(indices):
		i := formCase{dtype: indices[k], json: `[0, 1, 2]`}.array()
		return array.NewDictionaryArray(&arrow.DictionaryType{IndexType: indices[k], ValueType: a.DataType()}, i, a)
	case k < len(indices)+3:
		ends := formCase{dtype: []arrow.DataType{p.Int16, p.Int32, p.Int64}[k-len(indices)], json: `[1, 2, 3]`}.array()
		return array.NewRunEndEncodedArray(ends, a, 3, 0)
	}
	dtype := arrow.StructOf(arrow.Field{Name: "y", Type: a.DataType(), Nullable: true})
	return array.NewStructData(array.NewData(dtype, 3, []*memory.Buffer{memory.NewBufferBytes([]byte{5})}, []arrow.ArrayData{a.Data()}, 1, 0))
}

const encodings = 12

func TestForms(t *testing.T) {
	for _, c := range forms() {
		for k := -1; k < encodings; k++ {
			a := c.array()
			if k >= 0 {
				a = encode(a, k)
			}
			checkForm(t, a, c.want)
		}
	}
}

func checkForm(t *testing.T, a arrow.Array, want string) {
	t.Helper()
	for i := range 4 {
		b := written(t, a, i&1 != 0, i&2 != 0)
		f, err := New(bytes.NewReader(b), int64(len(b)), Options{Name: a.DataType().String()})
		if err != nil {
			t.Error(err)
			return
		}
		var got []string
		_, err = each(f, []int{0, 0}, func(b *source.Batch, i int) {
			text := "∅"
			if v := b.Columns[1].Value(i); v.Kind != source.Null {
				text = source.Text(f.Schema()[0].Type, v)
			}
			got = append(got, text)
		})
		separator := " "
		if strings.Contains(want, "|") {
			separator = "|"
		}
		if s := strings.Join(got, separator); err != nil || s != want {
			t.Errorf("%v: %q, want %q: %v", a.DataType(), s, want, err)
		}
	}
}
