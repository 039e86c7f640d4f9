package stat

import (
	"math"
	"slices"
)

// MethodBCa is the table bootstrap, bias-corrected and accelerated.
const MethodBCa = "table-bootstrap-bca"

// The reasons why a bootstrap gives no interval.
const (
	ErrThinShards Reason = "fewer than 20 shards of people have rows, too few to draw from"
	ErrNotDefined Reason = "the number is not defined on these counts"
	ErrFewDraws   Reason = "too few draws for this alpha"
	ErrUnstable   Reason = "the number is not defined on more than one draw in 100"
	ErrOneSide    Reason = "every draw lies on one side of the number measured"
	ErrNegative   Reason = "a distance is below 0"
)

// Bootstrapped is a metric on a table and on the tables drawn from it.
type Bootstrapped struct {
	Value        float64
	Draws        Draws   // where the metric is defined, in rising order
	Undefined    int     // draws where it is not
	Acceleration float64 // by jackknife, see BCa
	reason       error   // why there is no interval, if there is none
}

// bootstrapped sorts the values drawn, NaN where not defined, and jackknifes
// the metric. Sorting puts NaN first.
func bootstrapped(m Metric, s sampling, values []float64) Bootstrapped {
	slices.Sort(values)
	out := Bootstrapped{Value: m.on(s.cells)}
	for out.Undefined < len(values) && math.IsNaN(values[out.Undefined]) {
		out.Undefined++
	}
	out.Draws = values[out.Undefined:]
	switch {
	case math.IsNaN(out.Value):
		out.Value, out.reason = 0, ErrNotDefined
		return out
	case 100*out.Undefined > len(values):
		out.reason = ErrUnstable
	case len(out.Draws) == 0:
		out.reason = ErrFewDraws
	case out.Draws[0] == out.Draws[len(out.Draws)-1]:
		out.reason = ErrNoVariation
	}
	out.Acceleration = m.acceleration(s)
	return out
}

// acceleration is Σd³ / (6·(Σd²)^(3/2)), d being the mean of the metric without
// one part less the metric without this part (Efron 1987, equation 7.3, with
// the jackknife for the influence function): parts are the rows, which are the
// same for all rows of a cell and counted, or the shards. A part without which
// the metric is undefined or infinite tells nothing, and is left out; the draws
// without it are undefined as often as one in e, so there is no interval then.
func (m Metric) acceleration(s sampling) float64 {
	type left struct{ value, copies float64 }
	var parts []left
	table := make([]int64, len(s.cells))
	var total, n sum
	for part := range s.parts {
		copies := float64(s.without(part, table))
		if copies == 0 {
			continue
		}
		if x := m.on(table); !math.IsNaN(x) && !math.IsInf(x, 0) {
			parts = append(parts, left{x, copies})
			total.add(float64(x * copies))
			n.add(copies)
		}
	}
	mean := total.value() / n.value()
	var squares, cubes sum
	for _, p := range parts {
		d := mean - p.value
		squares.add(float64(d * d * p.copies))
		cubes.add(float64(d * d * d * p.copies))
	}
	v := squares.value()
	if !(v > 0) {
		return 0
	}
	return cubes.value() / (6 * v * math.Sqrt(v))
}

// BCa is the bias-corrected and accelerated interval (Efron 1987, Journal of the
// American Statistical Association 82, 171-185): the quantiles of the draws at
//
//	Φ(z0 + (z0 ± z)/(1 - a(z0 ± z)))
//
// where z0 is the normal quantile of the share of draws below the number
// measured, those equal to it counted half, and a is the acceleration. It
// serves numbers that can lie on both sides of what they estimate; for those
// that cannot see Distance and Divergence. The reasons for none: ErrNotDefined on the table
// itself, ErrUnstable when more than 1 % of draws are undefined, ErrNoVariation
// when all draws are equal, ErrOneSide when z0 is infinite, ErrFewDraws when
// fewer than one draw is expected beyond each limit.
func (b Bootstrapped) BCa(alpha float64) (Interval, error) {
	if err := b.check(alpha); err != nil {
		return Interval{}, err
	}
	below, _ := slices.BinarySearch(b.Draws, b.Value)
	upTo, _ := slices.BinarySearch(b.Draws, math.Nextafter(b.Value, math.Inf(1)))
	share := float64(below+upTo) / 2 / float64(len(b.Draws))
	if share == 0 || share == 1 {
		return Interval{}, ErrOneSide
	}
	z0, z := -NormalUpper(share), NormalUpper(alpha/2)
	at := func(z float64) float64 {
		shift := z0 + z
		room := 1 - float64(b.Acceleration*shift)
		if room <= 0 { // beyond the pole, where the limit is the end of the draws
			return b.Draws.Quantile(math.Max(0, math.Copysign(1, shift)))
		}
		return b.Draws.Quantile(NormalSF(-z0 - shift/room))
	}
	return Interval{at(-z), at(z), MethodBCa}, nil
}

// Distance is the interval of a number that is never negative and in the unit of
// what differs: a largest gap, total variation, the Jensen-Shannon distance.
// Noise makes such a number too large by about σ²/2D, and its draws, which add
// noise once more, by as much again; in squares both are σ², whatever D is. So
// the percentiles are squared, moved by twice the bias of the squares, cut at 0
// and taken back. Near 0, where every draw is larger than the number measured,
// BCa has nothing to stand on and the plain percentiles never reach 0. The
// reasons for none are those of BCa but ErrOneSide, and ErrNegative and
// ErrNotFinite for draws that are no distances.
func (b Bootstrapped) Distance(alpha float64) (Interval, error) {
	if err := b.checkDistance(alpha); err != nil {
		return Interval{}, err
	}
	var squares sum
	for _, x := range b.Draws {
		squares.add(float64(x * x))
	}
	shift := 2 * (squares.value()/float64(len(b.Draws)) - float64(b.Value*b.Value))
	at := func(q float64) float64 {
		x := b.Draws.Quantile(q)
		return math.Sqrt(max(0, float64(x*x)-shift))
	}
	return Interval{at(alpha / 2), at(1 - alpha/2), MethodTableBootstrap}, nil
}

// Divergence is the interval of a number that is never negative and grows like
// the square of what differs: the population stability index, Kullback-Leibler,
// Jensen-Shannon in bits. It is Distance without the squares, Draws.Around.
func (b Bootstrapped) Divergence(alpha float64) (Interval, error) {
	if err := b.checkDistance(alpha); err != nil {
		return Interval{}, err
	}
	return b.Draws.Around(b.Value, alpha), nil
}

func (b Bootstrapped) check(alpha float64) error {
	if err := checkAlpha(alpha); err != nil {
		return err
	}
	if b.reason != nil {
		return b.reason
	}
	if float64(len(b.Draws))*alpha/2 < 1 {
		return ErrFewDraws
	}
	return nil
}

func (b Bootstrapped) checkDistance(alpha float64) error {
	if err := b.check(alpha); err != nil {
		return err
	}
	switch {
	case b.Draws[0] < 0 || b.Value < 0:
		return ErrNegative
	case math.IsInf(b.Draws[len(b.Draws)-1], 1) || math.IsInf(b.Value, 1):
		return ErrNotFinite
	}
	return nil
}
