package stat

import "math"

// The names of the paired methods.
const (
	MethodMcNemarMidP    = "mcnemar-midp"
	MethodMcNemar        = "mcnemar-exact"
	MethodNewcombePaired = "newcombe-paired"
	MethodBonettPrice    = "bonett-price"
)

// ErrNoDiscordant is why a paired test has no answer.
const ErrNoDiscordant Reason = "both decisions are the same in every pair"

// Pairs are two decisions about the same cases, say of two models: how many
// were favorable in both, in the first only, in the second only, in neither.
type Pairs struct{ Both, First, Second, Neither int64 }

// McNemarMidP is the mid-p version of McNemar's test that both decisions are
// favorable equally often: BinomialMidP of the pairs that differ against one
// half, two-sided by doubling (Fagerland, Lydersen and Laake 2013, BMC Medical
// Research Methodology 13, 91). Greater asks whether the first decision is the
// more favorable one. Like BinomialMidP it changes to the normal distribution
// at large counts, and Method says so. ErrNoDiscordant when no pair differs.
func (p Pairs) McNemarMidP(side Side) (Test, error) {
	if err := p.check(); err != nil {
		return Test{}, err
	}
	if p.First+p.Second == 0 {
		return Test{}, ErrNoDiscordant
	}
	t, err := BinomialMidP(p.First, p.First+p.Second, Decimal{num: 5, scale: 1}, side)
	if err == nil && t.Method == MethodBinomialMidP {
		t.Method = MethodMcNemarMidP
	}
	return t, err
}

// McNemar is the exact test: the binomial tails of the pairs that differ,
// two-sided by doubling the smaller one, at most 1 (McNemar 1947, Psychometrika
// 12, 153-157). ErrNoDiscordant when no pair differs.
func (p Pairs) McNemar(side Side) (Test, error) {
	if err := p.check(); err != nil {
		return Test{}, err
	}
	if p.First+p.Second == 0 {
		return Test{}, ErrNoDiscordant
	}
	b, c := float64(p.First), float64(p.Second)
	t := Test{Method: MethodMcNemar}
	switch side {
	case Less:
		t.P = half(c, b)
	case Greater:
		t.P = half(b, c)
	default:
		t.P = min(1, 2*half(max(b, c), min(b, c)))
	}
	return t, nil
}

// half is P(X >= k) for k+f tosses of a coin: I_(1/2)(k, f+1).
func half(k, f float64) float64 {
	if k == 0 {
		return 1
	}
	return min(1, math.Exp(logBeta(k, f+1, 0.5, 0.5).log))
}

// Newcombe is the interval of the difference of the two shares of favorable
// decisions, first less second: method 10 of Newcombe (1998), Statistics in
// Medicine 17, 2635-2650. With the Wilson limits of both shares and their
// distances from them,
//
//	low  = d - √((p1-l1)² - 2φ(p1-l1)(u2-p2) + (u2-p2)²)
//	high = d + √((u1-p1)² - 2φ(u1-p1)(p2-l2) + (p2-l2)²)
//
// where φ is the correlation of the decisions, with n/2 taken from its numerator
// Both·Neither - First·Second, down to 0, when that is positive, and 0 when a
// decision never varies.
func (p Pairs) Newcombe(alpha float64) (Interval, error) {
	n, err := p.size(alpha)
	if err != nil {
		return Interval{}, err
	}
	k1, k2 := float64(p.Both+p.First), float64(p.Both+p.Second)
	z := NormalUpper(alpha / 2)
	l1, u1 := wilson(k1, n, z)
	l2, u2 := wilson(k2, n, z)
	p1, p2 := k1/n, k2/n
	d, phi := float64(p.First-p.Second)/n, p.correlation()
	add := func(x, y float64) float64 {
		return math.Sqrt(max(0, float64(x*x)-float64(2*phi*x*y)+float64(y*y)))
	}
	return Interval{
		Low:    clamp(d-add(p1-l1, u2-p2), -1, 1),
		High:   clamp(d+add(u1-p1, p2-l2), -1, 1),
		Method: MethodNewcombePaired,
	}, nil
}

func (p Pairs) correlation() float64 {
	a, b, c, d := float64(p.Both), float64(p.First), float64(p.Second), float64(p.Neither)
	over := cross(a, d, b, c)
	if over > 0 {
		over = max(0, over-(a+b+c+d)/2)
	}
	if over == 0 {
		return 0
	}
	return over / math.Sqrt((a+b)*(c+d)) / math.Sqrt((a+c)*(b+d))
}

// Ratio is the interval of the ratio of the two shares, first over second: the
// hybrid Wilson interval of Bonett and Price (2006), Biometrics 62, 1168-1174,
// on the m = n - Neither pairs where either was favorable: l1/u2 to u1/l2 of
// the Wilson limits at z·A/(B+C), with
//
//	A = √((First+Second+2) / ((k1+1)(k2+1)))
//	B = √((1 - (k1+1)/(m+2)) / (k1+1)),  C = √((1 - (k2+1)/(m+2)) / (k2+1))
//
// It is [0, high] when the first is never favorable and [low, +Inf] when the
// second never is; ErrUndefined when neither ever is.
func (p Pairs) Ratio(alpha float64) (Interval, error) {
	if _, err := p.size(alpha); err != nil {
		return Interval{}, err
	}
	k1, k2, m := float64(p.Both+p.First), float64(p.Both+p.Second), float64(p.Both+p.First+p.Second)
	if m == 0 {
		return Interval{}, ErrUndefined
	}
	a := math.Sqrt((m - float64(p.Both) + 2) / (k1 + 1) / (k2 + 1))
	b := math.Sqrt((m + 1 - k1) / (m + 2) / (k1 + 1))
	c := math.Sqrt((m + 1 - k2) / (m + 2) / (k2 + 1))
	z := NormalUpper(alpha/2) * a / (b + c)
	l1, u1 := wilson(k1, m, z)
	l2, u2 := wilson(k2, m, z)
	i := Interval{l1 / u2, math.Inf(1), MethodBonettPrice}
	if l2 > 0 {
		i.High = u1 / l2
	}
	return i, nil
}

// With adds a pair.
func (p Pairs) With(first, second bool) Pairs {
	switch {
	case first && second:
		p.Both++
	case first:
		p.First++
	case second:
		p.Second++
	default:
		p.Neither++
	}
	return p
}

func (p Pairs) size(alpha float64) (float64, error) {
	if err := p.check(); err != nil {
		return 0, err
	}
	return float64(p.Both + p.First + p.Second + p.Neither), checkAlpha(alpha)
}

func (p Pairs) check() error {
	_, err := checkCells([]int64{p.Both, p.First, p.Second, p.Neither})
	return err
}
