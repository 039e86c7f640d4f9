package shortest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

func same(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b }

// The shortest decimal is that of strconv.
func want(f float32) float64 {
	x, _ := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'g', -1, 32), 64)
	return x
}

// one is a single number by way of Floats.
func one(w *Widener, f float32) float64 {
	var dst [1]float64
	w.Floats(dst[:], []int32{int32(math.Float32bits(f))})
	return dst[0]
}

func TestFloats(t *testing.T) {
	for text, f := range map[string]float32{"0.7": 0.7, "0.1": 0.1, "-0.3": -0.3, "0.05": 0.05, "19.99": 19.99, "1234.56": 1234.56,
		"1e-06": 1e-6, "3.4e+38": 3.4e38, "123456790": 123456789, "0.0078125": 0.0078125, "8388607.5": 8388607.5, "1": 1} {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got := one(new(Widener), f); got != x {
			t.Errorf("%s: %v", text, got)
		}
	}
	for _, f := range []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN())} {
		if got := one(new(Widener), f); !same(got, float64(f)) {
			t.Errorf("%v: %v", f, got)
		}
	}
}

func TestFloatsLikeStrconv(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var w Widener
	try := func(f float32) {
		t.Helper()
		if got := one(&w, f); !same(got, want(f)) && f == f {
			t.Fatalf("%v (bits %08x): %v, want %v", f, math.Float32bits(f), got, want(f))
		}
	}
	for range 300_000 {
		try(math.Float32frombits(r.Uint32()))
		try(float32(r.IntN(1e9)) / float32(powers[r.IntN(9)]))
		try(r.Float32())
		try(float32(r.IntN(1<<26)) / float32(int(1)<<r.IntN(26))) // few bits: ties
	}
	for exp := range uint32(255) { // around powers of two
		for d := range uint32(64) {
			try(math.Float32frombits(exp<<23 + d))
			try(math.Float32frombits(exp<<23 - d))
		}
	}
}

// Numbers that repeat, in columns of any length.
func TestFloatsOfColumns(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var w Widener
	for range 300 {
		var column []int32
		for distinct := 1 + r.IntN(3000); len(column) < distinct%70; {
			column = append(column, int32(math.Float32bits(float32(r.IntN(distinct)-5)/100)))
		}
		dst := make([]float64, len(column))
		w.Floats(dst, column)
		for i, got := range dst {
			f := math.Float32frombits(uint32(column[i]))
			if !same(got, want(f)) {
				t.Fatalf("%v: %v, want %v", f, got, want(f))
			}
		}
	}
}

// The hash is of the 65,536 numbers as numpy 2.4.6 prints them, read as float64:
// str(numpy.float16) is the shortest decimal (Dragon4).
func TestHalf(t *testing.T) {
	const want = "019e797a39cb664c3b266f54c927b23fcf619df02806fd26c6dd25d387c9e95c"
	h := sha256.New()
	for bits := range 1 << 16 {
		x := Half(uint16(bits))
		if x != x {
			io.WriteString(h, "nan")
			continue
		}
		fmt.Fprintf(h, "%016x", math.Float64bits(x))
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		t.Error(got)
	}
	for bits, want := range map[uint16]float64{0x399a: 0.7, 0x7bff: 65500, 0x0001: 6e-8, 0x3c00: 1, 0xc000: -2} {
		if got := Half(bits); got != want {
			t.Errorf("%04x: %v, want %v", bits, got, want)
		}
	}
}

func BenchmarkFloats(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, f := range map[string]func() float32{
		"two places":   func() float32 { return float32(r.IntN(101)) / 100 },
		"three places": func() float32 { return float32(r.IntN(1001)) / 1000 },
		"random":       r.Float32,
		"whole":        func() float32 { return float32(r.IntN(100)) },
	} {
		var column []int32
		for range 1 << 12 {
			column = append(column, int32(math.Float32bits(f())))
		}
		b.Run(name, func(b *testing.B) {
			var w Widener
			dst := make([]float64, len(column))
			for b.Loop() {
				w.Floats(dst, column)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(dst)), "ns/number")
		})
	}
}
