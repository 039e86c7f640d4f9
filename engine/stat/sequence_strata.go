package stat

import "math"

// Block is the counts of two groups in one window or stratum.
type Block struct{ K1, N1, K2, N2 int64 }

// Stratified is the sequential form of the Cochran-Mantel-Haenszel test: given the
// margins of each block, and equal odds within it, the successes of the first group
// are hypergeometric, whatever the base rate of the block. The log odds ratio is
// drawn from a normal distribution with mean 0 and deviation SD.
//
//	E = ∫ π(l) ∏ exp(l·k1)/G(l) dl,  G(l) = Σ Hypergeometric(u)·exp(l·u)
//
// It is a martingale from 1 over the blocks: exact at any count.
type Stratified struct {
	SD     float64
	strata []tilted
}

// tilted is the conditional distribution of one block.
type tilted struct {
	seen, first float64
	log         []float64 // of the probabilities of first, first+1, …
}

// maxSupport bounds the work for one block.
const maxSupport = 1 << 16

// ErrLargeBlock is about counts for which the exact sum is too long, and the
// normal mixture as good.
const ErrLargeBlock Reason = "too many rows for the exact conditional e-value"

// Add adds a block. One that says nothing, because a group is empty or every row
// has the same outcome, changes nothing.
func (s *Stratified) Add(b Block) error {
	if err := checkSequence(b.K1, b.N1); err != nil {
		return err
	}
	if err := checkSequence(b.K2, b.N2); err != nil {
		return err
	}
	if b.N1 == 0 || b.N2 == 0 {
		return nil
	}
	h := hypergeometric{float64(b.N1), float64(b.N2), float64(b.K1 + b.K2)}
	first, last := h.first(), h.last()
	switch {
	case last == first:
		return nil
	case last-first > maxSupport:
		return ErrLargeBlock
	}
	t := tilted{seen: float64(b.K1), first: first}
	for u := first; u <= last; u++ {
		t.log = append(t.log, h.log(u))
	}
	s.strata = append(s.strata, t)
	return nil
}

// moments are log G and the mean and variance of the tilted distribution at l.
func (t tilted) moments(l float64) (log, mean, variance float64) {
	top := math.Inf(-1)
	for i, x := range t.log {
		top = max(top, x+float64(l*(t.first+float64(i))))
	}
	sum, first, second := 0.0, 0.0, 0.0
	for i, x := range t.log {
		u := t.first + float64(i)
		w := math.Exp(x + float64(l*u) - top)
		d := u - t.seen
		sum += w
		first += float64(w * d)
		second += float64(float64(w*d) * d)
	}
	mean = first / sum
	return top + math.Log(sum), mean + t.seen, max(0, second/sum-float64(mean*mean))
}

// likelihood is the log of the conditional likelihood at l over that at 0, with its
// slope and curvature.
func (s *Stratified) likelihood(l float64) (log, slope, curve float64) {
	for _, t := range s.strata {
		g, mean, variance := t.moments(l)
		log += float64(l*t.seen) - g
		slope += t.seen - mean
		curve += variance
	}
	return log, slope, curve
}

// LogE is the logarithm of the e-value against equal odds in every block. It
// integrates the likelihood over the prior. The integrand is log-concave:
// from its mode, found by Newton's method, the trapezoidal rule in steps of an
// eighth of its width converges beyond the digits of a float.
func (s *Stratified) LogE() float64 {
	precision := 1 / float64(s.SD*s.SD)
	mode := 0.0
	curve := precision
	for range 100 {
		_, slope, v := s.likelihood(mode)
		curve = v + precision
		step := (slope - float64(mode*precision)) / curve
		mode += clamp(step, -2, 2)
		if math.Abs(step) < 1e-9 {
			break
		}
	}
	at := func(l float64) float64 {
		log, _, _ := s.likelihood(l)
		return log - float64(float64(l*l)*precision)/2
	}
	step, top, sum := 1/math.Sqrt(curve)/8, at(mode), 1.0
	for _, side := range []float64{-step, step} {
		for i := 1.0; i < 100000; i++ {
			term := math.Exp(at(mode+float64(i*side)) - top)
			sum += term
			if term < 1e-17*sum {
				break
			}
		}
	}
	return top + math.Log(sum*step/s.SD) - log2Pi/2
}
