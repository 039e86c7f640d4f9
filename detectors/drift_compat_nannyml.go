package detectors

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/stat"
)

// nannyMethod is a method of NannyML.
type nannyMethod struct {
	name, convention    string
	numeric, categories bool
	most                float64 // no alert limit lies above
	of                  func(compatPair) (float64, error)
}

// nannyMethods lists those of one column.
func nannyMethods() []nannyMethod {
	const doane = "Doane bins of the reference and one for what lies outside"
	distance := func(pick func(stat.Distances) float64) func(compatPair) (float64, error) {
		return func(p compatPair) (float64, error) {
			ref, cur := p.bins[0], p.bins[1]
			if p.numeric {
				var err error
				if ref, cur, err = stat.NannyMLBins(p.ref, p.cur); err != nil {
					return 0, err
				}
			}
			v, err := stat.Compare(ref, cur, 0)
			return pick(v), err
		}
	}
	none := math.Inf(1)
	return []nannyMethod{
		{"jensen_shannon", "distance, base 2; " + doane, true, true, none, distance(func(d stat.Distances) float64 { return math.Sqrt(d.JensenShannon) })},
		{"hellinger", "0 to 1; " + doane, true, true, none, distance(func(d stat.Distances) float64 { return d.Hellinger })},
		{"kolmogorov_smirnov", "the distance, not the p-value. Odd: from 10,000 reference rows on it is taken on 10,000 equal bins", true, false, 1,
			func(p compatPair) (float64, error) { return stat.NannyMLKS(p.ref, p.cur) }},
		{"wasserstein", "in the column's unit. Odd: from 10,000 reference rows on it is taken on 10,000 equal bins, and counts a row too many outside of them", true, false, none,
			func(p compatPair) (float64, error) { return stat.NannyMLWasserstein(p.ref, p.cur) }},
		{"l_infinity", "largest change of a share", false, true, none, distance(func(d stat.Distances) float64 { return d.LInfinity })},
	}
}

// nannyNumbers declares NannyML's methods, each with its alert limit.
func nannyNumbers() []compatNumber {
	const (
		tool   = "nannyml"
		source = "NannyML 0.13, drift/univariate/methods and thresholds"
	)
	var out []compatNumber
	for _, n := range nannyMethods() {
		out = append(out,
			compatNumber{tool, n.name, n.convention, source, n.numeric, n.categories, func(p compatPair) (compatValue, error) {
				x, err := n.of(p)
				limit, none := n.limit(p)
				if err != nil || none != nil {
					return compatValue{x: x}, err
				}
				return judged("NannyML", x, limit, x > limit), nil
			}},
			compatNumber{tool, n.name + "_threshold",
				"mean + 3 standard deviations (divisor n) of the method's value in the windows of the reference, each against the whole reference: NannyML with chunk_period. " +
					"Odd: the whole holds the part, so limits are low; told nothing, NannyML cuts ten chunks and a rest in the order of rows, on which nothing here depends",
				source, n.numeric, n.categories, func(p compatPair) (compatValue, error) {
					x, err := n.limit(p)
					return compatValue{x: x}, err
				}})
	}
	return append(out, compatNumber{tool, "chi2", "statistic of the contingency table, corrected by Yates for two categories; alert by p < 0.05", source, false, true,
		func(p compatPair) (compatValue, error) {
			t, err := stat.Yates(p.bins[0], p.bins[1])
			out := judged("NannyML", t.Statistic, 0.05, t.P < 0.05)
			out.note, out.test = out.note+" of p", t
			return out, err
		}})
}

// limit is the method's alert limit from the windows of the reference.
func (n nannyMethod) limit(p compatPair) (float64, error) {
	if len(p.chunks) < 2 {
		return 0, stat.Reason("the reference has fewer than two windows")
	}
	values := make([]float64, len(p.chunks))
	for i, c := range p.chunks {
		part := p
		part.cur, part.bins[1] = c.numbers, c.counts
		var err error
		if values[i], err = n.of(part); err != nil {
			return 0, err
		}
	}
	return stat.NannyMLThreshold(values, n.most)
}
