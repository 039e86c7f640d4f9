package stat

import (
	"math"
	"testing"
)

// The values are scipy.stats.kstwo.sf (SciPy 1.10.1).
func TestKolmogorovSF(t *testing.T) {
	for _, c := range []struct{ d, n, want float64 }{
		{.05, 667, 0.0688387216652675},
		{.1, 100, 0.2526927570063874},
		{1.0 / 6, 17, 0.6723625005784603},
		{.02, 10000, 0.0006616848639387309},
	} {
		if got := kolmogorovSF(c.n, c.d); math.Abs(got-c.want) > 1e-10*c.want {
			t.Errorf("P(D%v >= %v) = %.16g, want %.16g", c.n, c.d, got, c.want)
		}
	}
	for x, want := range map[float64]float64{.5: 0.9639452436648751, 1: 0.26999967167735456, 1.36: 0.049485876755377876, 2: 0.0006709252557796953} {
		if got := Kolmogorov(x); math.Abs(got-want) > 1e-12*want {
			t.Errorf("Kolmogorov(%v) = %.16g, want %.16g", x, got, want)
		}
	}
}

// Two sequences with known values of scipy.stats.ks_2samp and of Evidently.
func TestTwoSequences(t *testing.T) {
	ref, cur := sequence(7919, 10007, 1500), sequence(104729, 12007, 1200)
	k, err := KolmogorovSmirnov(cur, ref)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "D", k.Value, 1.0/6, 1e-15)
	near(t, "exact", k.Exact().P, 1.2560756382255253e-16, 1e-6)
	near(t, "asymptotic", k.Asymptotic().P, 1.158628603240368e-16, 1e-6)
	w, _ := Wasserstein(cur, ref)
	near(t, "W1", w, 9.578711666666667, 1e-12)
	i, _ := WassersteinInterval(cur, ref, 0.05)
	near(t, "middle of the interval", (i.Low+i.High)/2, w, 1e-9)
	near(t, "sd", math.Sqrt(ref.Variance(0)), 28.88716046727719, 1e-12)
	short, _ := KolmogorovSmirnov(sequence(104729, 12007, 30), sequence(7919, 10007, 40))
	near(t, "exact, short", short.Exact().P, 0.6771328313902031, 1e-12)
	near(t, "asymptotic, short", short.Asymptotic().P, 0.6723625005784606, 1e-12)
	_, welch, _ := Welch(cur.Moments(), ref.Moments(), 0.05)
	near(t, "welch t", math.Abs(welch.Statistic), 7.66098612081951, 1e-12)
	near(t, "welch p", welch.P, 2.688633175334056e-14, 1e-9)
	edges, _ := ref.Quantiles(10)
	for i, want := range []float64{10.099, 20.082, 30.083, 40.116, 50.075, 60.076, 70.07, 80.068, 90.069} {
		near(t, "decile", edges[i+1], want, 1e-15)
	}
	d, _ := Compare(ref.Cut(edges[1:10], false), cur.Cut(edges[1:10], false), 0)
	near(t, "psi", d.PSI, 0.1582331861485883, 1e-12)
}

// sequence is ((i·factor) mod modulus)/100 for i below n.
func sequence(factor, modulus, n int) Sample {
	parts := make([]Sample, n)
	for i := range parts {
		parts[i] = Sample{{float64((i*factor)%modulus) / 100, 1}}
	}
	return Pool(parts...)
}

// Far from the middle the terms of Birnbaum and Tingey add nothing: their whole
// sum, term by term, is the same.
func TestSmirnovWhole(t *testing.T) {
	for _, n := range []float64{10_001, 54_321, 300_000} {
		for _, scaled := range []float64{0.3, 1.5, 2.5, 7, 19} {
			d := scaled / math.Sqrt(n)
			var want sum
			for j := 0.0; j <= math.Floor(n*(1-d)); j++ {
				if y := (n - j - n*d) / n; y >= 0 {
					want.add(math.Exp(logBinomial(j, n-j, d+j/n, y)) * d / (d + j/n))
				}
			}
			if got := smirnov(n, d); math.Abs(got-want.value()) > 1e-14*want.value() {
				t.Errorf("n %v, d√n %v: %v, want %v", n, scaled, got, want.value())
			}
		}
	}
	if got := smirnov(1e6, 0.1); got != 0 {
		t.Errorf("far tail: %v", got)
	}
}
