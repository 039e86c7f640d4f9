package stat

import (
	"math"
	"testing"
)

// The test rejects at alpha exactly where the interval of 1-alpha leaves 0 out,
// ties or not; equal quantiles never differ, however unequal the shares below.
func TestQuantileTestAgreesWithItsInterval(t *testing.T) {
	rng := Generator(5, "quantiles")
	rejected := 0
	for i := range 300 {
		sample := func(n int, shift float64) Sample {
			parts := make([]Sample, n)
			for j := range parts {
				x := rng.NormFloat64() + shift
				if i%2 == 0 {
					x = math.Floor(2 * x)
				}
				parts[j] = Sample{{x, 1}}
			}
			return Pool(parts...)
		}
		a, b := sample(150, 0), sample(90, 0.1*float64(i%5))
		for _, q := range []float64{0.1, 0.5, 0.9} {
			test, err := QuantileTest(a, b, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, alpha := range []float64{0.5, 0.2, 0.05, 0.001} {
				in, _ := QuantileDifference(a, b, q, alpha)
				if leaves := in.Low > 0 || in.High < 0; leaves != (test.P < alpha) && math.Abs(test.P-alpha) > 1e-9 {
					t.Fatalf("q %v: p %v, and the interval at alpha %v is %v to %v", q, test.P, alpha, in.Low, in.High)
				}
			}
			if test.P < 0.05 {
				rejected++
			}
		}
	}
	if rejected < 30 {
		t.Errorf("only %d of 900 tests reject", rejected)
	}
	low, high := Sample{{0.1, 900}, {0.2, 1000}}, Sample{{0.1, 100}, {0.2, 1000}, {0.3, 900}}
	if test, _ := QuantileTest(low, high, 0.5); test.P != 1 {
		t.Errorf("equal medians differ: p %v", test.P)
	}
}

// With no ties and no gap the test rejects in one of twenty at most, by about
// that much.
func TestQuantileTestHoldsItsLevel(t *testing.T) {
	rng := Generator(6, "level")
	const times = 1000
	rejected := 0
	for range times {
		sample := func(n int) Sample {
			parts := make([]Sample, n)
			for j := range parts {
				parts[j] = Sample{{rng.NormFloat64(), 1}}
			}
			return Pool(parts...)
		}
		if test, _ := QuantileTest(sample(120), sample(80), 0.5); test.P <= 0.05 {
			rejected++
		}
	}
	if share := float64(rejected) / times; share > 0.05+2*math.Sqrt(0.05*0.95/times) || share < 0.005 {
		t.Errorf("%v of tests without a gap reject", share)
	}
}
