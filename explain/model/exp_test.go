package model

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// The exact value comes from the series in 200 bits.
func TestExp(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	worst := 0.0
	for range 10000 {
		x := random.NormFloat64() * 12
		want := bigExp(x)
		got := exp(x)
		ulp := math.Nextafter(got, math.Inf(1)) - got
		difference, _ := new(big.Float).Sub(want, big.NewFloat(got)).Float64()
		worst = max(worst, math.Abs(difference)/ulp)
	}
	if worst > .53 {
		t.Errorf("off by %.3f units in the last place", worst)
	}
	for _, x := range []float64{math.Inf(1), math.Inf(-1), 0, 800, -800, 699.9, -699.9} {
		if got, want := exp(x), math.Exp(x); math.Abs(got-want) > 1e-15*want {
			t.Errorf("exp(%v) is %v, want %v", x, got, want)
		}
	}
	if x := exp(math.NaN()); x == x {
		t.Errorf("exp(NaN) is %v", x)
	}
}

// LightGBM 4 gives this margin this probability (row 101 of a model that takes
// zeros for missing); 1/(1+e^-x) turns one unit of the exponential into two.
func TestSigmoidBesideLightGBM(t *testing.T) {
	const margin, want = 1.9535532886513005, 0.8758335751611163
	if got := sigmoid(1)(margin); math.Abs(got-want) > math.Nextafter(want, 1)-want {
		t.Errorf("the probability is %v, the library's %v", got, want)
	}
}

// bigExp squares e^(x/2^20), which a short series gives.
func bigExp(x float64) *big.Float {
	const bits, halvings = 260, 20
	small := new(big.Float).SetPrec(bits).SetFloat64(x)
	small.SetMantExp(small, -halvings)
	sum, term := new(big.Float).SetPrec(bits).SetInt64(1), new(big.Float).SetPrec(bits).SetInt64(1)
	for n := int64(1); n < 30; n++ {
		term.Mul(term, small)
		term.Quo(term, new(big.Float).SetPrec(bits).SetInt64(n))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum
}
