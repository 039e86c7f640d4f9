package stat

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Under no change the population stability index over 1/n+1/m is chi-square with
// one degree of freedom less than there are bins (Yurdakul 2018).
func TestUnchangedFollowsTheLimitLaw(t *testing.T) {
	ref, cur := make([]int64, 10), make([]int64, 10)
	for i := range ref {
		ref[i], cur[i] = 5000, 4000
	}
	draws := Unchanged(Generator(1, "test"), ref, cur, 1e-4, 4000, nil).Of(func(d Distances) float64 { return d.PSI }, nil)
	scale := 1.0/50000 + 1.0/40000
	if got, want := draws.Mean(), 9*scale; math.Abs(got/want-1) > 0.05 {
		t.Errorf("mean %v, want about %v", got, want)
	}
	if got, want := draws.Quantile(0.95), 16.919*scale; math.Abs(got/want-1) > 0.05 {
		t.Errorf("95 %% value %v, want about %v", got, want)
	}
	again := Unchanged(Generator(1, "test"), ref, cur, 1e-4, 4000, nil).Of(func(d Distances) float64 { return d.PSI }, nil)
	for i := range draws {
		if draws[i] != again[i] {
			t.Fatal("the same key gave other draws")
		}
	}
}

// Draws of any shape are in order, and none is lost.
func TestDrawsAreSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Draws(rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(0, 1), rapid.Float64(), rapid.Just(0.5), rapid.Just(math.Inf(1))), 0, 300).Draw(t, "draws"))
		want := slices.Sorted(slices.Values(d))
		if got := d.sorted(); !slices.Equal(got, want) {
			t.Fatalf("%v", got)
		}
	})
}

func TestBinomialDraws(t *testing.T) {
	rng := Generator(7, "binomial")
	for _, c := range []struct {
		n int64
		p float64
	}{{13, 0.3}, {1000, 0.01}, {1_000_000, 0.25}, {50_000, 0.999}} {
		var s, q float64
		const times = 20_000
		for range times {
			x := float64(Binomial(rng, c.n, c.p))
			s, q = s+x, q+x*x
		}
		mean, want := s/times, float64(c.n)*c.p
		v, wantV := q/times-mean*mean, want*(1-c.p)
		if math.Abs(mean-want) > 5*math.Sqrt(wantV/times) || math.Abs(v/wantV-1) > 0.1 {
			t.Errorf("n %d, p %v: mean %v, variance %v; want %v, %v", c.n, c.p, mean, v, want, wantV)
		}
	}
}

// The bridge's 95 % values against pairs of samples that were drawn.
func TestBridgeAgainstSimulation(t *testing.T) {
	rng := Generator(3, "simulation")
	for name, draw := range map[string]func() float64{
		"normal":  rng.NormFloat64,
		"few":     func() float64 { return math.Floor(4 * rng.Float64()) },
		"skewed":  func() float64 { return math.Exp(1.5 * rng.NormFloat64()) },
		"uniform": rng.Float64,
	} {
		sample := func(n int) Sample {
			parts := make([]Sample, n)
			for i := range parts {
				parts[i] = Sample{{draw(), 1}}
			}
			return Pool(parts...)
		}
		const times = 600
		overKS, overW := 0, 0
		for i := range times {
			a, b := sample(300), sample(120)
			k, _ := KolmogorovSmirnov(a, b)
			x, _ := Wasserstein(a, b)
			ks, w := NewBridge(a, b).Null(Generator(uint64(i), name), 199, k.Value, x)
			if k.Value > ks.Limit {
				overKS++
			}
			if x > w.Limit {
				overW++
			}
		}
		for what, over := range map[string]int{"ks": overKS, "wasserstein": overW} {
			if share := float64(over) / times; share > 0.085 || share < 0.015 {
				t.Errorf("%s of %s: %.3f of unchanged pairs lie above the 95 %% value", what, name, share)
			}
		}
	}
}
