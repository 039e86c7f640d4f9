package stat

import (
	"math"
	"math/rand/v2"
)

// binomials makes the draws that Binomial makes, of one n and p again and again:
// what does not hang on the draw is computed once.
type binomials struct {
	n    int64
	p    float64 // at most 1/2, unless all or none are successes
	flip bool    // failures are drawn

	odds float64 // p/(1-p)

	// Up to invertBelow: the probabilities of 0, 1, ... that were needed so far.
	step    float64
	chances []float64

	// Beyond it, where few numbers of successes make up nearly all draws: by
	// number from first on, between which bounds a draw is nearly accepted.
	rejection
	first  float64
	bounds []acceptance
}

// rejection is what rejectBinomial computes of n and p.
type rejection struct{ size, a, a2, b, center, squeeze, scale, mode float64 }

// acceptance is where a uniform draw is accepted for sure, below low, and where
// it is not, above high; high is 0 until it is known.
type acceptance struct{ low, high float64 }

// fewSpreads is the largest standard deviation of draws that are remembered.
const fewSpreads = 64

func newBinomials(n int64, p float64) *binomials {
	d := &binomials{n: n, p: p}
	if n <= 0 || !(p > 0) || p >= 1 {
		return d
	}
	if p > 0.5 {
		d.p, d.flip = 1-p, true
	}
	p = d.p
	d.odds = p / (1 - p)
	if float64(float64(n)*p) < invertBelow {
		d.step = float64(float64(n+1) * d.odds)
		d.chances = append(d.chances, portablePower(1-p, n))
		return d
	}
	size, q := float64(n), 1-p
	spread := math.Sqrt(float64(size*p) * q)
	if spread > fewSpreads {
		return d
	}
	b := 1.15 + float64(2.53*spread)
	a := -0.0873 + float64(0.0248*b) + float64(0.01*p)
	d.rejection = rejection{size: size, a: a, a2: 2 * a, b: b, center: float64(size*p) + 0.5, squeeze: 0.92 - 4.2/b,
		scale: float64((2.83 + 5.1/b) * spread), mode: math.Floor(float64((size + 1) * p))}
	reach := math.Ceil(6 * spread)
	d.first = max(0, d.mode-reach)
	d.bounds = make([]acceptance, int(min(size, d.mode+reach)-d.first)+1)
	return d
}

// draw is Binomial(rng, n, p).
func (d *binomials) draw(rng *rand.Rand) int64 {
	var k int64
	switch {
	case d.chances != nil:
		k = d.invert(rng)
	case d.bounds != nil:
		k = d.reject(rng)
	default:
		k = Binomial(rng, d.n, d.p)
	}
	if d.flip {
		return d.n - k
	}
	return k
}

// invert is invertBinomial.
func (d *binomials) invert(rng *rand.Rand) int64 {
	for {
		u := rng.Float64()
		for k := int64(0); k <= d.n; k++ {
			if int(k) == len(d.chances) {
				d.chances = append(d.chances, float64(d.chances[k-1]*(d.step/float64(k)-d.odds)))
			}
			if u < d.chances[k] {
				return k
			}
			u -= d.chances[k]
		}
	}
}

// reject is rejectBinomial.
func (d *binomials) reject(rng *rand.Rand) int64 {
	for {
		v, u := rng.Float64(), rng.Float64()-0.5
		rest := 0.5 - math.Abs(u)
		k := math.Floor(float64((d.a2/rest+d.b)*u) + d.center)
		if rest >= 0.07 && v <= d.squeeze {
			return int64(k)
		}
		if !(k >= 0 && k <= d.size) || v == 0 {
			continue
		}
		v = float64(v * (d.scale / (d.a/float64(rest*rest) + d.b)))
		if d.accepts(v, k) {
			return int64(k)
		}
	}
}

// accepts tells whether log v is at most the logarithm of P(k)/P(mode). The
// bounds leave more room than any exponential function errs by, so that what is
// accepted is the same on every processor.
func (d *binomials) accepts(v, k float64) bool {
	if at := int(k - d.first); at >= 0 && at < len(d.bounds) {
		a := &d.bounds[at]
		if a.high == 0 {
			ratio := math.Exp(binomialRatio(d.size, d.odds, d.mode, k))
			*a = acceptance{ratio * (1 - 1e-9), ratio*(1+1e-9) + math.SmallestNonzeroFloat64}
		}
		switch {
		case v < a.low:
			return true
		case v > a.high && a.low > 1e-200:
			return false
		}
	}
	return portableLog(v) <= binomialRatio(d.size, d.odds, d.mode, k)
}
