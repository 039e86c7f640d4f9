package stat

import (
	"fmt"
	"testing"
)

// benchSamples are scores of two groups in thousandths, with their labels: the
// sizes of a log of millions of rows.
func benchSamples() (positive, negative Sample) {
	for i := 1; i < 1000; i++ {
		x := float64(i) / 1000
		bell := 4 * x * (1 - x)
		positive = append(positive, Point{x, 1 + int64(2000*bell*x)})
		negative = append(negative, Point{x, 1 + int64(2000*bell*(1-x))})
	}
	return positive, negative
}

func tenths() []float64 { return EqualEdges(0, 1, 10) }

func BenchmarkInterval(b *testing.B) {
	for _, c := range []struct {
		name string
		of   func() error
	}{
		{"of=wilson", func() error { _, err := Wilson(2174, 3696, 0.05); return err }},
		{"of=newcombe", func() error { _, err := Newcombe(2174, 3696, 854, 2454, 0.05); return err }},
		{"of=pooled-z", func() error { _, err := PooledZ(2174, 3696, 854, 2454, TwoSided); return err }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if err := c.of(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkScores is what one pair of groups costs the detectors of scores.
func BenchmarkScores(b *testing.B) {
	positive, negative := benchSamples()
	b.Run("of=auc", func(b *testing.B) {
		for b.Loop() {
			if _, err := CompareSamples(positive, negative); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("of=ks", func(b *testing.B) {
		for b.Loop() {
			if _, err := KolmogorovSmirnov(positive, negative); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("of=wasserstein-interval", func(b *testing.B) {
		for b.Loop() {
			if _, err := WassersteinInterval(positive, negative, 0.05); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("of=quantile-difference", func(b *testing.B) {
		for b.Loop() {
			if _, err := QuantileDifference(positive, negative, 0.5, 0.05); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("of=reliability", func(b *testing.B) {
		for b.Loop() {
			ReliabilityBins(positive, negative, tenths())
		}
	})
}

// BenchmarkDraws is what chance alone costs: 200 draws each.
func BenchmarkDraws(b *testing.B) {
	const times = 200
	positive, negative := benchSamples()
	rng := Generator(1, "bench")
	b.Run("of=calibrated", func(b *testing.B) {
		for b.Loop() {
			Calibrated(rng, positive, negative, tenths(), times, nil)
		}
	})
	b.Run("of=calibrated-again", func(b *testing.B) {
		bins := ReliabilityBins(positive, negative, tenths())
		for b.Loop() {
			CalibratedAgain(rng, bins, times, nil)
		}
	})
	for _, categories := range []int{10, 1000} {
		ref, cur := make([]int64, categories), make([]int64, categories)
		for i := range ref {
			ref[i], cur[i] = int64(1_000_000/(i+1)), int64(900_000/(i+1)+i)
		}
		b.Run(fmt.Sprintf("of=unchanged/categories=%d", categories), func(b *testing.B) {
			for b.Loop() {
				Unchanged(rng, ref, cur, 0.0001, times, nil)
			}
		})
		b.Run(fmt.Sprintf("of=again/categories=%d", categories), func(b *testing.B) {
			for b.Loop() {
				Again(rng, ref, cur, 0.0001, times, nil)
			}
		})
		b.Run(fmt.Sprintf("of=sorted/categories=%d", categories), func(b *testing.B) {
			again := Again(rng, ref, cur, 0.0001, 1000, nil)
			for b.Loop() {
				again.Of(func(d Distances) float64 { return d.PSI }, nil)
			}
		})
	}
	b.Run("of=bridge", func(b *testing.B) {
		for b.Loop() {
			NewBridge(positive, negative).Null(rng, times, 0.1, 0.05)
		}
	})
}

// BenchmarkBinomial is one draw, by the size of the group.
func BenchmarkBinomial(b *testing.B) {
	rng := Generator(1, "bench")
	for _, n := range []int64{10, 1000, 1_000_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			for b.Loop() {
				Binomial(rng, n, 0.3)
			}
		})
	}
}

func BenchmarkHolm(b *testing.B) {
	p := make([]float64, 1000)
	for i := range p {
		p[i] = float64(i*7919%1000) / 1000
	}
	for b.Loop() {
		Holm(p)
	}
}
