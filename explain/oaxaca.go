package explain

import (
	"github.com/plumbline-audit/plumbline/engine/audit"
)

// oaxaca divides a gap between the differences of the features' means, each
// times its coefficient, and the rest (Oaxaca, International Economic Review 14
// (1973) 693-709; Blinder, Journal of Human Resources 8 (1973) 436-455). The
// coefficients are those of the reference group, and, pooled, those of both
// groups together with an indicator of the group (Jann, Stata Journal 8 (2008)
// 453-479, whose errors also count the sampling of the means).
func (s *Study) oaxaca(base audit.Explanation, g twoGroups, d design, features []Feature) []audit.Explanation {
	reference := make([]int, 0, g.n[0])
	for i, side := range g.side {
		if side == 0 {
			reference = append(reference, i)
		}
	}
	own := design{feature: d.feature}
	for _, c := range d.columns {
		own.columns = append(own.columns, picked(c, reference))
	}
	inReference := leastSquares(own, picked(g.y, reference))
	influence := make([][]float64, len(g.rows))
	for k, i := range reference {
		influence[i] = inReference.influence[k]
	}
	out := s.twofold(base, g, d, features, inReference.beta, influence, partExplained, partUnexplained)

	pooled := leastSquares(g.withIndicator(d), g.y)
	beta, influence := append(pooled.beta[:1:1], pooled.beta[2:]...), make([][]float64, len(g.rows))
	for i, x := range pooled.influence {
		influence[i] = append(x[:1:1], x[2:]...)
	}
	return append(out, s.twofold(base, g, d, features, beta, influence, partExplainedPooled, partUnexplainedPooled)...)
}

func picked(of []float64, at []int) []float64 {
	out := make([]float64, len(at))
	for i, k := range at {
		out[i] = of[k]
	}
	return out
}

// withIndicator puts the group after the constant.
func (g twoGroups) withIndicator(d design) design {
	in := make([]float64, len(g.side))
	for i, side := range g.side {
		in[i] = float64(side)
	}
	return design{
		columns: append([][]float64{d.columns[0], in}, d.columns[1:]...),
		feature: append([]int{-1, -1}, d.feature[1:]...),
	}
}

// twofold tells the parts with these coefficients, and what rows do to them.
func (s *Study) twofold(base audit.Explanation, g twoGroups, d design, features []Feature, beta []float64, influence [][]float64, explained, unexplained audit.Part) []audit.Explanation {
	values := make([]float64, len(features))
	rows := make([][]float64, len(features))
	for f := range features {
		rows[f] = make([]float64, len(g.rows))
	}
	for j, column := range d.columns {
		f := d.feature[j]
		if f < 0 {
			continue
		}
		gap, of := g.difference(func(i int) float64 { return column[i] })
		values[f] += float64(gap * beta[j])
		for i := range of {
			rows[f][i] += float64(of[i] * beta[j])
			if influence[i] != nil {
				rows[f][i] += float64(gap * influence[i][j])
			}
		}
	}
	tell := func(part audit.Part, value float64, influence []float64) audit.Explanation {
		e := base
		e.Part = part
		return uncertain(e, value, clusteredError(influence, g.people), s.Spec.Alpha)
	}
	total, rest := g.difference(func(i int) float64 { return g.y[i] })
	sum, all := 0.0, make([]float64, len(g.rows))
	var out []audit.Explanation
	for f := range features {
		e := tell(explained, values[f], rows[f])
		e.Feature = &features[f].Column
		out = append(out, e)
		sum += values[f]
		for i, x := range rows[f] {
			all[i] += x
			rest[i] -= x
		}
	}
	rank(out)
	return append(out, tell(explained, sum, all), tell(unexplained, total-sum, rest))
}
