package parquet

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
)

func TestSpread(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 1000 {
		n := 1 + r.IntN(80)
		level, valid := make([]uint32, n), 0
		want, codes, values, floats := make([]int64, n), make([]uint32, n), make([]int64, n), make([]float64, n)
		ends, lengths := make([]uint32, n+1), make([]uint32, n)
		ends[0] = r.Uint32N(5)
		sparse := r.IntN(12)
		for i := range level {
			level[i] = 2
			if r.IntN(12) < sparse {
				level[i] = r.Uint32N(2)
				continue
			}
			x, length := uint32(valid+1), r.Uint32N(3)
			codes[valid], values[valid], floats[valid], want[i] = x, int64(x), float64(x), int64(x)
			ends[valid+1], lengths[i] = ends[valid]+length, length
			valid++
		}
		if got := count(level, 2); got != valid {
			t.Fatalf("count %d, want %d", got, valid)
		}
		bitmap := []byte("arbitrary contents")[:bitmapSize(n)]
		fullLevels(bitmap, level, 2)
		if got := countBits(bitmap); got != valid {
			t.Fatalf("%d bits, want %d", got, valid)
		}
		plain, bytes := slices.Clone(codes), bitmap[:n/8]
		spreadCodes(codes, bitmap, valid, source.NullCode)
		spreadPlain(plain, bytes, countBits(bytes), source.NullCode)
		if !slices.Equal(plain[:8*len(bytes)], codes[:8*len(bytes)]) {
			t.Fatalf("%v, want %v", codes, plain)
		}
		spread(values, bitmap, valid)
		spread(floats, bitmap, valid)
		if apart := make([]uint32, n+1); r.IntN(2) == 0 {
			spreadEnds(apart, ends[:valid+1], bitmap, valid)
			ends = apart
		} else {
			spreadEnds(ends, ends, bitmap, valid)
		}
		marks := make([]bool, n)
		setMarks(marks, bitmap)
		for i, x := range want {
			code := uint32(x)
			if x == 0 {
				code = source.NullCode
			}
			if codes[i] != code || x > 0 && (values[i] != x || floats[i] != float64(x)) || marks[i] != (x > 0) || ends[i+1]-ends[i] != lengths[i] {
				t.Fatalf("row %d of %v: %d, %d, %v and %v, want %d", i, level, codes[i], values[i], floats[i], marks[i], x)
			}
		}
	}
}

// Runs and groups of any length, read in parts of any length, are as read has
// them, and so is every way to be damaged.
func TestReadBits(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	damaged, literals := 0, 0
	for range 20_000 {
		var data []byte
		for range 1 + r.IntN(12) {
			switch k := r.IntN(100); r.IntN(4) {
			case 0:
				data = append(data, byte(k&^1), byte(r.IntN(2))) // a short run of any length
			case 1:
				data = append(data, byte(k)<<4&0x7f, byte(r.IntN(2))) // of whole bytes
			case 2:
				data = append(data, byte(k)<<1|0x80, 1+byte(r.IntN(2)), byte(r.IntN(2)))
			default:
				k %= 5
				data = append(data, byte(k<<1|1))
				for range k {
					data = append(data, byte(r.Uint32()))
				}
			}
		}
		if r.IntN(5) == 0 {
			data[r.IntN(len(data))] = byte(r.Uint32())
		}
		data = data[:len(data):len(data)]
		var a, b hybrid
		if r.IntN(10) == 0 {
			a.literal(data, 1, 2, "level")
			literals++
		} else {
			a.reset(data, 1, 2, "level")
		}
		b = a
		for range 60 { // a damaged run can be very long
			n := 1 + r.IntN(400)
			want := make([]uint32, n)
			bitmap := make([]byte, bitmapSize(n))
			for i := range bitmap {
				bitmap[i] = 0xff
			}
			errA, errB := a.read(want), b.readBits(bitmap, n)
			if (errA == nil) != (errB == nil) || errA != nil && errA.Error() != errB.Error() {
				t.Fatalf("%x: %v, want %v", data, errB, errA)
			}
			if errA != nil {
				damaged++
				break
			}
			exact := make([]byte, bitmapSize(n))
			for i, x := range want {
				exact[i/8] |= byte(x) << (i % 8)
			}
			if string(bitmap) != string(exact) {
				t.Fatalf("%x: %x, want %x", data, bitmap, exact)
			}
			if (a.finish() == nil) != (b.finish() == nil) {
				t.Fatalf("%x: finish differs", data)
			}
		}
	}
	if damaged < 1000 || literals == 0 {
		t.Errorf("%d ends and %d literals", damaged, literals)
	}
}

func TestMost(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 1000 {
		values := make([]uint32, r.IntN(100))
		for i := range values {
			values[i] = r.Uint32() >> r.IntN(32)
		}
		most, n := mostWide(values)
		if n > len(values) || n > 0 && most != slices.Max(values[:n]) {
			t.Fatalf("%d of the first %d of %v", most, n, values)
		}
	}
}

// An index out of range is found wherever it is.
func TestCheckRange(t *testing.T) {
	for n := 1; n < 100; n++ {
		for at := range n {
			values := make([]uint32, n)
			h := hybrid{limit: 5, width: 3, what: "index"}
			if values[at] = 4; h.checkRange(values) != nil {
				t.Fatalf("4 at %d of %d is refused", at, n)
			}
			if values[at] = 5; h.checkRange(values) == nil {
				t.Fatalf("5 at %d of %d is taken", at, n)
			}
		}
	}
}
