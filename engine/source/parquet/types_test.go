package parquet

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/source"
)

func TestAnnotations(t *testing.T) {
	timestamp := func(unit time.Duration, utc bool) source.Type {
		return source.Type{Kind: source.Timestamp, Unit: unit, UTC: utc}
	}
	kind := func(k source.Kind) source.Type { return source.Type{Kind: k} }
	for _, c := range []struct {
		physical, length, converted int32
		logical                     logical
		want                        source.Type
		bad                         bool
	}{
		{physical: typeBoolean, converted: -1, want: kind(source.Bool)},
		{physical: typeByteArray, converted: -1, want: kind(source.Binary)},
		{physical: typeByteArray, converted: convertedUTF8, want: kind(source.String)},
		{physical: typeByteArray, converted: convertedEnum, want: kind(source.String)},
		{physical: typeByteArray, converted: convertedJSON, want: kind(source.String)},
		{physical: typeByteArray, converted: convertedBSON, want: kind(source.Binary)},
		{physical: typeInt64, converted: convertedUTF8, bad: true},
		{physical: typeInt32, converted: convertedInt8, want: kind(source.Int)},
		{physical: typeInt32, converted: convertedUint32, want: kind(source.Uint)},
		{physical: typeInt64, converted: convertedUint64, want: kind(source.Uint)},
		{physical: typeInt32, converted: convertedInt64, bad: true},
		{physical: typeInt32, converted: convertedDate, want: kind(source.Date)},
		{physical: typeInt32, converted: convertedTimeMillis, want: source.Type{Kind: source.TimeOfDay, Unit: time.Millisecond}},
		{physical: typeInt64, converted: convertedTimeMicros, want: source.Type{Kind: source.TimeOfDay, Unit: time.Microsecond}},
		{physical: typeInt64, converted: convertedTimestampMillis, want: timestamp(time.Millisecond, true)},
		{physical: typeInt64, converted: convertedTimestampMicros, want: timestamp(time.Microsecond, true)},
		// The logical type counts if both are there: here wall time in nanoseconds.
		{physical: typeInt64, converted: convertedTimestampMicros, logical: logical{id: logicalTimestamp, unit: 3}, want: timestamp(time.Nanosecond, false)},
		{physical: typeInt64, converted: -1, logical: logical{id: logicalTimestamp, unit: 4}, bad: true},
		{physical: typeInt96, converted: -1, want: timestamp(time.Nanosecond, true)},
		{physical: typeFixed, length: 16, converted: -1, logical: logical{id: logicalUUID}, want: kind(source.String)},
		{physical: typeFixed, length: 15, converted: -1, logical: logical{id: logicalUUID}, bad: true},
		{physical: typeFixed, length: 2, converted: -1, logical: logical{id: logicalFloat16}, want: kind(source.Float)},
		{physical: typeFixed, length: 0, converted: -1, bad: true},
		{physical: typeInt32, converted: -1, logical: logical{id: logicalUnknown}, want: kind(source.Null)},
		{physical: typeInt32, converted: -1, logical: logical{id: logicalDecimal, scale: 2, precision: 9}, want: kind(source.Decimal)},
		{physical: typeInt32, converted: -1, logical: logical{id: logicalDecimal, scale: 9, precision: 2}, bad: true},
		{physical: typeDouble, converted: -1, logical: logical{id: logicalDecimal, scale: 2, precision: 9}, bad: true},
		{physical: typeFixed, length: 200, converted: -1, logical: logical{id: logicalDecimal, precision: 300}, bad: true},
		{physical: typeInt64, converted: -1, logical: logical{id: 99}, want: kind(source.Int)}, // of a later version
	} {
		l := leaf{physical: c.physical}
		l.annotate(&element{physical: c.physical, length: c.length, converted: c.converted, logical: c.logical})
		if (l.bad != nil) != c.bad || !c.bad && l.typ != c.want {
			t.Errorf("%s, converted %d, logical %+v: %+v, %v", typeName(c.physical), c.converted, c.logical, l.typ, l.bad)
		}
	}
}

// one reads a column of one page with an annotation, as canonical text.
func annotated(t *testing.T, e *encoder, kind, encoding int64, values int64, body []byte) string {
	t.Helper()
	c := handColumn{path: []*encoder{e}, names: []string{"x"}, kind: kind, rows: values, pages: [][]byte{dataPage(values, encoding, body, len(body))}}
	f := openBytes(t, handFile(c))
	var out []string
	for _, v := range columnValues(t, f, "x") {
		out = append(out, source.Text(f.Schema()[0].Type, v))
	}
	return fmt.Sprint(out)
}

func TestTypedValues(t *testing.T) {
	leafOf := func(kind, length, converted int64) *encoder {
		return new(encoder).i32(1, kind).i32(2, length).i32(3, repRequired).text(4, "x").i32(6, converted)
	}
	logicalLeaf := func(length int64, id int) *encoder {
		union := new(encoder).child(id, new(encoder))
		return new(encoder).i32(1, typeFixed).i32(2, length).i32(3, repRequired).text(4, "x").child(10, union)
	}
	uuid, err := hex.DecodeString("00112233445566778899aabbccddeeff")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		leaf           *encoder
		kind, encoding int64
		values         int64
		body           []byte
		want           string
	}{
		{leafOf(typeInt32, 0, convertedUint32), typeInt32, encPlain, 2, []byte{0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0}, "[4294967295 1]"},
		{leafOf(typeInt64, 0, convertedUint64), typeInt64, encPlain, 1, int64s(-1), "[18446744073709551615]"},
		{leafOf(typeFloat, 0, 99), typeFloat, encPlain, 1, []byte{0, 0, 0xc0, 0x3f}, "[1.5]"},
		{leafOf(typeFloat, 0, 99), typeFloat, encPlain, 2, []byte{0x33, 0x33, 0x33, 0x3f, 0xcd, 0xcc, 0xcc, 0xbd}, "[0.7 -0.1]"},
		{leafOf(typeFloat, 0, 99), typeFloat, encByteStreamSplit, 2, []byte{0, 0, 0, 0, 0xc0, 0, 0x3f, 0xc0}, "[1.5 -2]"},
		{leafOf(typeBoolean, 0, 99), typeBoolean, encPlain, 9, []byte{0b101, 1}, "[true false true false false false false false true]"},
		{leafOf(typeInt32, 0, convertedTimeMillis), typeInt32, encPlain, 1, []byte{1, 0, 0, 0}, "[00:00:00.001]"},
		{logicalLeaf(16, logicalUUID), typeFixed, encPlain, 1, uuid, "[00112233-4455-6677-8899-aabbccddeeff]"},
		{logicalLeaf(2, logicalFloat16), typeFixed, encPlain, 3, []byte{0, 0x3c, 0, 0xc0, 0x9a, 0x39}, "[1 -2 0.7]"},
		{leafOf(typeFixed, 3, 99), typeFixed, encPlain, 2, []byte("abcdef"), "[abc def]"},
	} {
		if got := annotated(t, c.leaf, c.kind, c.encoding, c.values, c.body); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestFingerprint(t *testing.T) {
	const path = "testdata/good/pyarrow-int96.parquet"
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := open(t, path)
	sum := sha256.Sum256(b[f.dataEnd:])
	if f.SHA256() != hex.EncodeToString(sum[:]) || f.Size() != int64(len(b)) || string(b[len(b)-4:]) != magic {
		t.Errorf("%d bytes, %s", f.Size(), f.SHA256())
	}
	if name := f.RowGroups()[1].Name(); name != "pyarrow-int96.parquet, row group 1" {
		t.Error(name)
	}
	_, err = Open("testdata/none.parquet", Options{})
	if err == nil || err.Error() != "testdata/none.parquet: no such file or directory" {
		t.Error(err)
	}
}
