package stat

import (
	"math"
	"math/rand/v2"
)

// Extremes are the lowest and the highest rate of some groups.
type Extremes struct{ Low, High float64 }

// WorstUnderParity draws, times over, the lowest and the highest rate of groups
// of these sizes when all are treated alike: the successes are dealt to them at
// random. It says what the widest gap is by chance alone. ErrNoRows when fewer
// than two groups have rows.
func WorstUnderParity(rng *rand.Rand, table []Count, times int) ([]Extremes, error) {
	d, err := newDeck(table)
	if err != nil {
		return nil, err
	}
	dealt, out := make([]int64, len(table)), make([]Extremes, times)
	for t := range out {
		d.deal(rng, dealt)
		e := Extremes{math.Inf(1), math.Inf(-1)}
		for i, c := range table {
			if c.N > 0 {
				e = e.with(float64(dealt[i]) / float64(c.N))
			}
		}
		out[t] = e
	}
	return out, nil
}

// WorstOfPeople is WorstUnderParity for groups whose rows are clustered by person:
// rates vary jointly normal as PairsOfPeople has it, confined to [0, 1].
func WorstOfPeople(rng *rand.Rand, table []People, times int) ([]Extremes, error) {
	v := newVarying([][]People{table})
	var groups []int // those that have a variance
	for i, g := range table {
		if _, err := g.effective(); err == nil {
			groups = append(groups, i)
		}
	}
	if len(groups) < 2 {
		return nil, ErrFewShards
	}
	rates, out := make([]float64, len(table)), make([]Extremes, times)
	for t := range out {
		v.draw(rng, rates)
		e := Extremes{math.Inf(1), math.Inf(-1)}
		for _, i := range groups {
			e = e.with(clamp(rates[i], 0, 1))
		}
		out[t] = e
	}
	return out, nil
}

func (e Extremes) with(x float64) Extremes { return Extremes{min(e.Low, x), max(e.High, x)} }
