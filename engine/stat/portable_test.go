package stat

import (
	"math"
	"math/big"
	"slices"
	"testing"
)

func TestPortableFunctions(t *testing.T) {
	rng := Generator(1, "portable")
	for range 200_000 {
		x := math.Exp(200 * (rng.Float64() - 0.5))
		if got, want := portableLog(x), math.Log(x); math.Abs(got-want) > 4e-16*math.Max(1, math.Abs(want)) {
			t.Fatalf("log %v = %v, want %v", x, got, want)
		}
		y := -50 * rng.Float64()
		if got, want := portableExp(y), math.Exp(y); math.Abs(got/want-1) > 1e-15 {
			t.Fatalf("exp %v = %v, want %v", y, got, want)
		}
	}
	for _, x := range []float64{0, -700, -744, -800} {
		if got, want := portableExp(x), math.Exp(x); math.Abs(got-want) > 1e-14*want {
			t.Errorf("exp %v = %v, want %v", x, got, want)
		}
	}
	if got := portablePower(0.5, 10); got != 1.0/1024 {
		t.Error(got)
	}
}

// exactBinomial are the probabilities of low to high successes, with 200 bits.
func exactBinomial(n int64, p float64, low, high int64) []float64 {
	const bits = 200
	real := func(x float64) *big.Float { return new(big.Float).SetPrec(bits).SetFloat64(x) }
	q := new(big.Float).Sub(real(1), real(p))
	odds := new(big.Float).Quo(real(p), q)
	at := real(1)
	for range n {
		if n > 1_000_000 {
			break
		}
		at.Mul(at, q)
	}
	if n > 1_000_000 { // by squaring, as the exponent would take too long one by one
		x := q
		for k := n; k > 0; k >>= 1 {
			if k&1 == 1 {
				at.Mul(at, x)
			}
			x = new(big.Float).Mul(x, x)
		}
	}
	out := make([]float64, 0, high-low+1)
	for k := int64(0); k <= high; k++ {
		if k >= low {
			f, _ := at.Float64()
			out = append(out, f)
		}
		at.Mul(at, odds)
		at.Mul(at, real(float64(n-k)))
		at.Quo(at, real(float64(k+1)))
	}
	return out
}

// Draws against the exact probabilities, by Pearson's chi-square over cells of
// at least 50 expected draws.
func TestBinomialFollowsItsLaw(t *testing.T) {
	const times = 200_000
	for _, c := range []struct {
		n int64
		p float64
	}{
		{1, 0.3}, {13, 0.3}, {20, 0.5}, {1000, 0.001}, {1000, 0.0099}, {1_000_000_000, 5e-9}, // inverted
		{20, 0.4999}, {40, 0.26}, {101, 0.1}, {1000, 0.02}, {1000, 0.7}, {5000, 0.5}, // rejected, small
		{100_000, 0.01}, {1_000_000, 0.0003}, {1_000_000, 0.99}, {1_000_000_000, 3e-6}, // large
	} {
		mean, sd := float64(c.n)*c.p, math.Sqrt(float64(c.n)*c.p*(1-c.p))
		p, flip := c.p, false
		if p > 0.5 { // the law is computed from the smaller side
			p, flip, mean = 1-p, true, float64(c.n)*(1-p)
		}
		low, high := int64(max(0, mean-6*sd-10)), int64(min(float64(c.n), mean+6*sd+10))
		law := exactBinomial(c.n, p, low, high)
		counts := make([]float64, len(law))
		outside := 0.0
		rng := Generator(11, "law")
		for range times {
			k := Binomial(rng, c.n, c.p)
			if flip {
				k = c.n - k
			}
			if k < low || k > high {
				outside++
				continue
			}
			counts[k-low]++
		}
		var chi, seen, want float64
		df, rest := -1, 1.0
		for i := range law {
			seen, want = seen+counts[i], want+law[i]*times
			if rest -= law[i]; want >= 50 && rest*times >= 50 || i == len(law)-1 {
				chi += (seen - want) * (seen - want) / want
				df, seen, want = df+1, 0, 0
			}
		}
		if q := ChiSquareSF(chi, max(1, df)); q < 1e-4 || outside > 1 {
			t.Errorf("n %d, p %v: chi-square %.1f with %d degrees of freedom, p %.2g, %v draws far outside", c.n, c.p, chi, df, q, outside)
		}
	}
}

// Billions of rows: draws against the normal law by the Kolmogorov-Smirnov
// distance, at a skewness below 1e-4.
func TestBinomialOfBillions(t *testing.T) {
	rng := Generator(12, "billions")
	for _, p := range []float64{0.5, 0.25, 0.003, 0.9} {
		const n, times = int64(1_000_000_000), 50_000
		mean, sd := float64(n)*p, math.Sqrt(float64(n)*p*(1-p))
		draws := make([]float64, times)
		for i := range draws {
			draws[i] = (float64(Binomial(rng, n, p)) - mean) / sd
		}
		normalDraws(t, p, draws)
	}
}

func normalDraws(t *testing.T, what any, draws []float64) {
	t.Helper()
	slices.Sort(draws)
	d, n := 0.0, float64(len(draws))
	for i, x := range draws {
		f := 1 - NormalSF(x)
		d = max(d, math.Abs(f-float64(i)/n), math.Abs(f-float64(i+1)/n))
	}
	if q := Kolmogorov(d * math.Sqrt(n)); q < 1e-3 {
		t.Errorf("%v: distance %v from the normal law, p %.2g", what, d, q)
	}
}

func TestGaussianFollowsItsLaw(t *testing.T) {
	g, rng := newGaussian(), Generator(13, "gaussian")
	if top := g.height[layers-1] + layerArea/g.edge[layers-1]; math.Abs(top-1) > 1e-9 {
		t.Errorf("the layers end at %v, not at 1", top)
	}
	draws := make([]float64, 1_000_000)
	far := 0.0
	for i := range draws {
		draws[i] = g.draw(rng)
		if math.Abs(draws[i]) > tailFrom {
			far++
		}
	}
	normalDraws(t, "gaussian", draws)
	if want := 2 * NormalSF(tailFrom) * 1e6; math.Abs(far-want) > 5*math.Sqrt(want) {
		t.Errorf("%v draws in the tail, want about %v", far, want)
	}
}

// The first draws are part of what an audit's numbers are: they are the same on
// every processor and must not change unnoticed.
func TestFirstDraws(t *testing.T) {
	rng := Generator(1, "golden")
	var got []int64
	for _, c := range []struct {
		n int64
		p float64
	}{{10, 0.3}, {1000, 0.004}, {1000, 0.3}, {1_000_000, 0.61}, {1_000_000_000, 0.123}, {1_000_000_000, 1e-9}} {
		for range 3 {
			got = append(got, Binomial(rng, c.n, c.p))
		}
	}
	if want := []int64{4, 2, 3, 5, 4, 3, 309, 295, 315, 610435, 609376, 609674, 122996454, 123009660, 122981550, 0, 0, 1}; !slices.Equal(got, want) {
		t.Errorf("binomial draws %v, want %v", got, want)
	}
	out := make([]int64, 5)
	Multinomial(rng, 1_000_000, []int64{1, 2, 3, 4, 990}, out)
	if want := []int64{975, 2063, 3046, 4045, 989871}; !slices.Equal(out, want) {
		t.Errorf("multinomial draw %v, want %v", out, want)
	}
	var normals []float64
	for g := newGaussian(); len(normals) < 4; {
		normals = append(normals, g.draw(rng))
	}
	if want := []float64{-0.08614700212980865, 0.015267467789738861, -0.08643255068094845, 0.47934611646816483}; !slices.Equal(normals, want) {
		t.Errorf("normal draws %v, want %v", normals, want)
	}
	// A long run has every branch in it.
	var sum uint64
	g := newGaussian()
	for i := range int64(200_000) {
		k := Binomial(rng, 50+i*i, 0.37) + Binomial(rng, 1000+i, 0.001)
		sum = sum*31 + uint64(k) + math.Float64bits(g.draw(rng))
	}
	if want := uint64(240235439468884318); sum != want {
		t.Errorf("a long run has the hash %d, want %d", sum, want)
	}
}

func BenchmarkMultinomial(b *testing.B) {
	rng := Generator(1, "bench")
	shares, out := make([]int64, 50), make([]int64, 50)
	for i := range shares {
		shares[i] = int64(1000 + 37*i)
	}
	for b.Loop() {
		Multinomial(rng, 1_000_000_000, shares, out)
	}
}

func BenchmarkGaussian(b *testing.B) {
	rng, g := Generator(1, "bench"), newGaussian()
	for b.Loop() {
		g.draw(rng)
	}
}
