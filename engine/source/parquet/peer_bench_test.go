package parquet

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/encoding"

	"github.com/plumbline-audit/plumbline/engine/source"
)

const peerRows = 1 << 19

// peerCase is one column, written by parquet-go.
type peerCase struct {
	name  string
	node  parquet.Node
	value func(r *rand.Rand, i int) parquet.Value
}

func wholeNumber(r *rand.Rand, i int) parquet.Value {
	return parquet.Int64Value(1.6e15 + int64(i)*1e6 + r.Int64N(1e6))
}

func longAgo(r *rand.Rand, i int) parquet.Value {
	return parquet.Int64Value(1.6e18 + int64(i)*36e11 + r.Int64N(36e11)) // nanoseconds, an hour apart
}

func smallNumber(r *rand.Rand, i int) parquet.Value { return parquet.Int32Value(19000 + r.Int32N(365)) }

func fraction(r *rand.Rand, i int) parquet.Value {
	return parquet.DoubleValue(float64(r.IntN(1000)) / 1000)
}

func single(r *rand.Rand, i int) parquet.Value {
	return parquet.FloatValue(float32(r.IntN(64)) / 64)
}

func word(r *rand.Rand, i int) parquet.Value {
	return parquet.ByteArrayValue([]byte([]string{"white", "Black", "Asian", "NA", "1.10", "Río", "other"}[r.IntN(7)]))
}

func caseName(r *rand.Rand, i int) parquet.Value {
	return parquet.ByteArrayValue(fmt.Appendf(nil, "case %08d", i*3))
}

func longName(r *rand.Rand, i int) parquet.Value {
	return parquet.ByteArrayValue(fmt.Appendf(nil, "%016x-%0*x", r.Uint64(), 8+r.IntN(16), r.Uint32()))
}

func flag(r *rand.Rand, i int) parquet.Value { return parquet.BooleanValue(r.IntN(2) == 0) }

func peerCases() []peerCase {
	whole, small := parquet.Leaf(parquet.Int64Type), parquet.Leaf(parquet.Int32Type)
	double, float := parquet.Leaf(parquet.DoubleType), parquet.Leaf(parquet.FloatType)
	of := func(n parquet.Node, e encoding.Encoding) parquet.Node { return parquet.Encoded(n, e) }
	var cases []peerCase
	for _, c := range []peerCase{
		{"plain int64", of(whole, &parquet.Plain), wholeNumber},
		{"plain int32", of(small, &parquet.Plain), smallNumber},
		{"plain float", of(float, &parquet.Plain), single},
		{"plain double", of(double, &parquet.Plain), fraction},
		{"plain string", of(parquet.String(), &parquet.Plain), caseName},
		{"plain long string", of(parquet.String(), &parquet.Plain), longName},
		{"plain boolean", of(parquet.Leaf(parquet.BooleanType), &parquet.Plain), flag},
		{"dictionary string", of(parquet.String(), &parquet.RLEDictionary), word},
		{"dictionary int32", of(small, &parquet.RLEDictionary), smallNumber},
		{"delta int64", of(whole, &parquet.DeltaBinaryPacked), wholeNumber},
		{"delta int64 far apart", of(whole, &parquet.DeltaBinaryPacked), longAgo},
		{"delta int32", of(small, &parquet.DeltaBinaryPacked), smallNumber},
		{"delta length string", of(parquet.String(), &parquet.DeltaLengthByteArray), caseName},
		{"delta long string", of(parquet.String(), &parquet.DeltaByteArray), longName},
		{"delta string", of(parquet.String(), &parquet.DeltaByteArray), caseName},
		{"byte stream split double", of(double, &parquet.ByteStreamSplit), fraction},
	} {
		cases = append(cases, c, peerCase{c.name + " nullable", parquet.Optional(c.node), func(r *rand.Rand, i int) parquet.Value {
			if r.IntN(10) == 0 {
				return parquet.NullValue()
			}
			return c.value(r, i)
		}})
	}
	for _, codec := range []compress.Codec{&parquet.Snappy, &parquet.Gzip, &parquet.Brotli, &parquet.Zstd} {
		n := parquet.Compressed(of(double, &parquet.Plain), codec)
		cases = append(cases, peerCase{strings.ToLower(codec.String()), n, fraction})
	}
	return cases
}

// peerFile is a file of one column, in pages of 256 KiB.
func peerFile(tb testing.TB, c peerCase, version int) []byte {
	tb.Helper()
	var buf bytes.Buffer
	schema := parquet.NewSchema("log", parquet.Group{"x": c.node})
	w := parquet.NewWriter(&buf, schema, parquet.PageBufferSize(256<<10), parquet.DataPageVersion(version))
	r := rand.New(rand.NewPCG(1, 2))
	rows := make([]parquet.Row, 0, 1024)
	for i := range peerRows {
		v, level := c.value(r, i), 0
		if c.node.Optional() && !v.IsNull() {
			level = 1
		}
		if rows = append(rows, parquet.Row{v.Level(0, level, 0)}); len(rows) == cap(rows) {
			if _, err := w.WriteRows(rows); err != nil {
				tb.Fatal(err)
			}
			rows = rows[:0]
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// BenchmarkPeer reads one column per encoding and codec with this package and
// with the decoded pages of parquet-go, in turn, and reports the shortest time
// of each and their ratio: what else the machine does only adds to a time. Both
// end where a scan begins: each row adds its code, the bits of its number or its
// length, and 1, to the key of the row, and a null nothing. Last comes the table
// of bench/parquet.md.
func BenchmarkPeer(b *testing.B) {
	table := "\n| column | v1 plumbline | parquet-go | ratio | v2 plumbline | parquet-go | ratio |\n|---|---|---|---|---|---|---|\n"
	for _, c := range peerCases() {
		row := "| " + c.name
		for version := 1; version <= 2; version++ {
			cells := " | | | "
			b.Run(fmt.Sprintf("%s/v%d", strings.ReplaceAll(c.name, " ", "_"), version), func(b *testing.B) {
				own, peer := benchPeer(b, peerFile(b, c, version))
				cells = fmt.Sprintf(" | %.2f | %.2f | %.2f", own, peer, own/peer)
			})
			row += cells
		}
		table += row + " |\n"
	}
	fmt.Println(table)
}

// sameMemory is how many times a file is read before it is opened anew: where
// buffers happen to lie makes a reader faster or slower.
const sameMemory = 25

// benchPeer returns the least nanoseconds per row of this reader and of its peer.
func benchPeer(b *testing.B, data []byte) (ownLeast, peerLeast float64) {
	var own *File
	var peer *parquet.File
	readers := []func(keys []uint64) error{
		func(keys []uint64) error { return ownKeys(own, keys) },
		func(keys []uint64) error { return peerKeys(peer, keys) },
	}
	least := []time.Duration{math.MaxInt64, math.MaxInt64}
	keys := [][]uint64{make([]uint64, peerRows), make([]uint64, peerRows)}
	for n := 0; b.Loop(); n++ {
		if n%sameMemory == 0 {
			var err error
			if peer, err = parquet.OpenFile(bytes.NewReader(data), int64(len(data))); err != nil {
				b.Fatal(err)
			}
			own = openBytes(b, data)
		}
		for _, i := range []int{n % 2, 1 - n%2} {
			start := time.Now()
			err := readers[i](keys[i])
			least[i] = min(least[i], time.Since(start))
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	if !slices.Equal(keys[0], keys[1]) {
		b.Fatal("the readers differ")
	}
	ownLeast, peerLeast = float64(least[0].Nanoseconds())/peerRows, float64(least[1].Nanoseconds())/peerRows
	b.ReportMetric(ownLeast, "plumbline-ns/row")
	b.ReportMetric(peerLeast, "parquet-go-ns/row")
	b.ReportMetric(ownLeast/peerLeast, "ratio")
	b.ReportMetric(0, "ns/op") // of both, which says nothing
	return ownLeast, peerLeast
}

func ownKeys(f *File, keys []uint64) error {
	for _, g := range f.RowGroups() {
		r, err := g.Open(context.Background(), []int{0})
		if err != nil {
			return err
		}
		defer r.Close()
		for {
			b, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return err
			}
			vectorKeys(&b.Columns[0], keys[:b.Rows])
			keys = keys[b.Rows:]
		}
	}
	return nil
}

func vectorKeys(v *source.Vector, keys []uint64) {
	switch {
	case v.Const:
		for i := range keys {
			keys[i] += uint64(v.Codes[0] + 1)
		}
	case v.Codes != nil:
		for i, c := range v.Codes[:len(keys)] {
			keys[i] += uint64(c + 1)
		}
	case v.Narrow != nil:
		addRows(keys, v.Narrow, v.Valid)
	case v.Ints != nil:
		addRows(keys, v.Ints, v.Valid)
	case v.Floats != nil:
		addRows(keys, bitsOf[int64](v.Floats), v.Valid)
	default:
		addLengths(keys, v.Strs.Offsets, v.Valid)
	}
}

// bitsOf are numbers as their bits.
func bitsOf[I int32 | int64, F float32 | float64](x []F) []I {
	return unsafe.Slice((*I)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}

// addRows adds one number per row, whatever it is in a row without a value.
func addRows[T int32 | int64](keys []uint64, x []T, valid []bool) {
	x = x[:len(keys)]
	if valid == nil {
		for i := range keys {
			keys[i] += uint64(x[i]) + 1
		}
		return
	}
	valid = valid[:len(keys)]
	for i := range keys {
		k := uint64(x[i]) + 1
		if !valid[i] {
			k = 0
		}
		keys[i] += k
	}
}

// addLengths is addRows for strings.
func addLengths(keys []uint64, ends []uint32, valid []bool) {
	from, to := ends[:len(keys)], ends[1:][:len(keys)]
	if valid == nil {
		for i := range keys {
			keys[i] += uint64(to[i]-from[i]) + 1
		}
		return
	}
	valid = valid[:len(keys)]
	for i := range keys {
		k := uint64(to[i]-from[i]) + 1
		if !valid[i] {
			k = 0
		}
		keys[i] += k
	}
}

func peerKeys(f *parquet.File, keys []uint64) error {
	for _, g := range f.RowGroups() {
		pages := g.ColumnChunks()[0].Pages()
		defer pages.Close()
		for {
			p, err := pages.ReadPage()
			if err == io.EOF {
				break
			}
			if err != nil {
				return err
			}
			pageKeys(p, keys[:p.NumValues()])
			keys = keys[p.NumValues():]
			parquet.Release(p)
		}
	}
	return nil
}

func pageKeys(p parquet.Page, keys []uint64) {
	data, levels := p.Data(), p.DefinitionLevels()
	switch data.Kind() {
	case encoding.Int32:
		addValues(keys, data.Int32(), levels)
	case encoding.Int64:
		addValues(keys, data.Int64(), levels)
	case encoding.Float:
		addValues(keys, bitsOf[int32](data.Float()), levels)
	case encoding.Double:
		addValues(keys, bitsOf[int64](data.Double()), levels)
	case encoding.Boolean:
		addFlags(keys, data.Boolean(), levels)
	case encoding.ByteArray:
		_, ends := data.ByteArray()
		addEnds(keys, ends, levels)
	}
}

// addValues adds one number per level 1.
func addValues[T int32 | int64](keys []uint64, x []T, levels []byte) {
	if len(levels) == 0 {
		x = x[:len(keys)]
		for i := range keys {
			keys[i] += uint64(x[i]) + 1
		}
		return
	}
	n := 0
	for i, l := range levels[:len(keys)] {
		if l == 1 {
			keys[i] += uint64(x[n]) + 1
			n++
		}
	}
}

// addFlags is addValues for bits.
func addFlags(keys []uint64, x []byte, levels []byte) {
	if len(levels) == 0 {
		for i := range keys {
			keys[i] += uint64(x[i/8]>>(i%8)&1) + 1
		}
		return
	}
	n := 0
	for i, l := range levels[:len(keys)] {
		if l == 1 {
			keys[i] += uint64(x[n/8]>>(n%8)&1) + 1
			n++
		}
	}
}

// addEnds is addValues for the lengths of strings.
func addEnds(keys []uint64, ends []uint32, levels []byte) {
	if len(levels) == 0 {
		addLengths(keys, ends, nil)
		return
	}
	n := 0
	for i, l := range levels[:len(keys)] {
		if l == 1 {
			keys[i] += uint64(ends[n+1]-ends[n]) + 1
			n++
		}
	}
}
