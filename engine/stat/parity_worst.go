package stat

import (
	"math"
	"math/rand/v2"
)

// Extremes are the lowest and the highest rate of some groups.
type Extremes struct{ Low, High float64 }

// Dealer deals successes to groups, one table after the other, in the same memory.
type Dealer struct{ deck deck }

// WorstUnderParity draws, times over, the lowest and the highest rate of groups
// of these sizes when all are treated alike: the successes are dealt to them at
// random. It says what the widest gap is by chance alone. ErrNoRows when fewer
// than two groups have rows.
func (d *Dealer) WorstUnderParity(rng *rand.Rand, table []Count, times int) ([]Extremes, error) {
	out := make([]Extremes, times)
	return out, d.RatesUnderParity(rng, table, times, func(t int, rates []float64) { out[t] = extremesOf(rates) })
}

// RatesUnderParity calls see with the rates of each draw, which it uses again; the
// rate of a group without rows is NaN.
func (d *Dealer) RatesUnderParity(rng *rand.Rand, table []Count, times int, see func(t int, rates []float64)) error {
	if err := d.deck.set(table); err != nil {
		return err
	}
	dealt, rates := make([]int64, len(table)), make([]float64, len(table))
	for t := range times {
		d.deck.deal(rng, dealt)
		for i, c := range table {
			if rates[i] = math.NaN(); c.N > 0 {
				rates[i] = float64(dealt[i]) / float64(c.N)
			}
		}
		see(t, rates)
	}
	return nil
}

// WorstOfPeople is WorstUnderParity for groups whose rows are clustered by person.
func WorstOfPeople(rng *rand.Rand, table []People, times int) ([]Extremes, error) {
	out := make([]Extremes, times)
	return out, RatesOfPeople(rng, table, times, func(t int, rates []float64) { out[t] = extremesOf(rates) })
}

// RatesOfPeople is RatesUnderParity for groups whose rows are clustered by person:
// rates vary jointly normal as PairsOfPeople has it, confined to [0, 1]. That of a
// group without a variance is NaN.
func RatesOfPeople(rng *rand.Rand, table []People, times int, see func(t int, rates []float64)) error {
	v := newVarying([][]People{table})
	var groups []int // those that have a variance
	for i, g := range table {
		if _, err := g.effective(); err == nil {
			groups = append(groups, i)
		}
	}
	if len(groups) < 2 {
		return ErrFewShards
	}
	drawn, rates := make([]float64, len(table)), make([]float64, len(table))
	for i := range rates {
		rates[i] = math.NaN()
	}
	for t := range times {
		v.draw(rng, drawn)
		for _, i := range groups {
			rates[i] = clamp(drawn[i], 0, 1)
		}
		see(t, rates)
	}
	return nil
}

// extremesOf leaves out what is NaN.
func extremesOf(rates []float64) Extremes {
	e := Extremes{math.Inf(1), math.Inf(-1)}
	for _, r := range rates {
		if !math.IsNaN(r) {
			e = Extremes{min(e.Low, r), max(e.High, r)}
		}
	}
	return e
}
