package parquet

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	peer "github.com/parquet-go/parquet-go/encoding/delta"

	"github.com/plumbline-audit/plumbline/engine/source"
)

func TestUnpack(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	src := make([]byte, 4*300)
	for i := range src {
		src[i] = byte(r.Uint32())
	}
	for width := 1; width <= 32; width++ {
		total := len(src) * 8 / width
		for range 50 {
			start := r.IntN(min(total, 200))
			dst := make([]uint32, r.IntN(min(total-start, 100)+1))
			if r.IntN(4) == 0 {
				dst = make([]uint32, total-start) // to the last bit
			}
			unpack(dst, src, start, width)
			for i, got := range dst {
				var want uint32
				for k := range width {
					bit := (start+i)*width + k
					want |= uint32(src[bit/8]>>(bit%8)&1) << k
				}
				if got != want {
					t.Fatalf("width %d, value %d of %d from %d: %x, want %x", width, i, len(dst), start, got, want)
				}
			}
		}
	}
}

func TestBitsAt(t *testing.T) {
	src := []byte{0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99}
	for _, c := range []struct {
		pos, width int
		want       uint64
	}{{0, 64, 0x8877665544332211}, {8, 64, 0x9988776655443322}, {4, 64, 0x9887766554433221}, {3, 0, 0}, {68, 4, 9}} {
		if got := bitsAt(src, c.pos, c.width); got != c.want {
			t.Errorf("bits %d+%d are %x, want %x", c.pos, c.width, got, c.want)
		}
	}
}

func TestDelta(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{0, 1, 2, 32, 33, 128, 129, 1000, 5000} {
		for _, spread := range []uint64{1, 2, 1000, 1 << 40, math.MaxUint64} {
			want := make([]int64, n)
			for i := range want {
				want[i] = int64(r.Uint64N(spread))
			}
			data, err := new(peer.BinaryPackedEncoding).EncodeInt64(nil, want)
			if err != nil {
				t.Fatal(err)
			}
			var d delta
			if err := d.reset(append(data, "rest"...), n); err != nil {
				t.Fatal(err)
			}
			got := make([]int64, n)
			for at := 0; at < n; {
				k := min(n-at, 1+r.IntN(200))
				if err := readDelta(&d, got[at:at+k]); err != nil {
					t.Fatal(err)
				}
				at += k
			}
			if fmt.Sprint(got) != fmt.Sprint(want) || n > 0 && string(d.data) != "rest" {
				t.Fatalf("%d values below %d differ, %q left", n, spread, d.data)
			}
			if err := readDelta(&d, make([]int64, 1)); err == nil {
				t.Error("read beyond the last value")
			}
		}
	}
}

// TestDeltaWidths reads numbers of every width at once, as 64 and as 32 bits,
// also where differences wrap, and behind blocks of one width blocks of mixed.
func TestDeltaWidths(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for width := range 65 {
		wide, narrow := make([]int64, 1500), make([]int32, 1500)
		for i := range wide {
			w := width
			if i > 1000 {
				w = r.IntN(width + 1)
			}
			wide[i] = int64(r.Uint64() & (1<<w - 1))
			narrow[i] = int32(wide[i])
		}
		data, err := new(peer.BinaryPackedEncoding).EncodeInt64(nil, wide)
		if err != nil {
			t.Fatal(err)
		}
		checkDelta(t, data, wide)
		if data, err = new(peer.BinaryPackedEncoding).EncodeInt32(nil, narrow); err != nil {
			t.Fatal(err)
		}
		checkDelta(t, data, narrow)
	}
}

func checkDelta[T int32 | int64](t *testing.T, data []byte, want []T) {
	t.Helper()
	var d delta
	if err := d.reset(data, len(want)); err != nil {
		t.Fatal(err)
	}
	got := make([]T, len(want))
	if err := readDelta(&d, got); err != nil || !slices.Equal(got, want) {
		t.Fatalf("numbers up to %d differ: %v", slices.Max(want), err)
	}
}

func TestInt96(t *testing.T) {
	value := func(day int32, nanos int64) []byte {
		return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(nil, uint64(nanos)), uint32(day))
	}
	for _, c := range []struct {
		day   int32
		nanos int64
		want  string
	}{
		{epochJulianDay, 0, "1970-01-01T00:00:00Z"},
		{epochJulianDay - 1, nanosPerDay - 1000, "1969-12-31T23:59:59.999999Z"},
		{epochJulianDay + 106751, 85636854775807, "2262-04-11T23:47:16.854775807Z"},
		{epochJulianDay + 106751, 85636854775808, "error"},
		{epochJulianDay + 106752, 0, "error"},
		{epochJulianDay - 106752, 763145224192, "1677-09-21T00:12:43.145224192Z"},
		{epochJulianDay - 106752, 763145224191, "error"},
		{1721426, 0, "error"}, // year 1, which Spark writes
		{math.MinInt32, 0, "error"},
		{math.MaxInt32, nanosPerDay, "error"},
		{epochJulianDay, math.MaxInt64, "error"},
		{epochJulianDay, math.MinInt64, "error"},
	} {
		var got [1]int64
		text := "error"
		if err := int96s(got[:], value(c.day, c.nanos)); err == nil {
			text = source.Text(source.Type{Kind: source.Timestamp, Unit: 1, UTC: true}, source.Value{Kind: source.Timestamp, Int: got[0]})
		}
		if text != c.want {
			t.Errorf("day %d, %d ns: %s, want %s", c.day, c.nanos, text, c.want)
		}
	}
}

func TestBigDecimal(t *testing.T) {
	for _, c := range []struct {
		b    []byte
		want string
	}{
		{[]byte{0xff}, "-0.01"}, {[]byte{0, 0x80}, "1.28"}, {[]byte{0x80}, "-1.28"},
		{[]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x9c}, "-1"},
		{[]byte{0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, "23611832414348226068.47"},
	} {
		got, err := appendBigDecimal(nil, c.b, 2)
		if err != nil || string(got) != c.want {
			t.Errorf("%x is %s, want %s: %v", c.b, got, c.want, err)
		}
	}
	if _, err := appendBigDecimal(nil, make([]byte, 129), 2); err == nil {
		t.Error("a decimal of 129 bytes is read")
	}
}
