package scan

import (
	"math"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// isProtected tells whether a slot is of one of the values that the number names; known
// is false where its group is not known.
func (m *factMaker) isProtected(s factSlot) (is, known bool) {
	a := &m.args[0]
	c := a.cats[a.codes[s.row]]
	return slices.ContainsFunc(m.args[1:], func(v factArg) bool { return v.value == c.Name }), !c.Missing
}

// protected is which of the places shown are a protected group's. Items of an unknown
// group are left out.
func (m *factMaker) protected() (out stat.Protected) {
	for _, s := range m.rows[:m.shown] {
		if is, known := m.isProtected(s); known {
			out = append(out, is)
		}
	}
	return out
}

// fairness is 1 where every prefix has enough of the protected group, 0 where one has
// not, and no number where nothing is shown, all or none of what was offered is of the
// group, or the list is too long.
func (m *factMaker) fairness() float64 {
	list := m.protected()
	list = list[:min(int64(len(list)), m.of.last)]
	share, err := strconv.ParseFloat(m.of.more[0], 64)
	if err != nil || share == 0 { // that of what was offered
		of, all := 0, 0
		for _, s := range m.rows {
			if is, known := m.isProtected(s); known {
				if all++; is {
					of++
				}
			}
		}
		share = float64(of) / float64(all)
	}
	alpha, err := strconv.ParseFloat(m.of.more[1], 64)
	if err != nil || len(list) == 0 || len(list) > stat.MaxFair || !(share > 0 && share < 1) {
		return math.NaN()
	}
	if list.Fair(m.fair.Minimum(len(list), share, alpha)) {
		return 1
	}
	return 0
}

// shares computes how much of the list's attention, or of its gains, each slot has.
func (m *factMaker) shares() {
	j, all := m.judged(), 0.0
	gains := make([]float64, len(m.rows))
	for i, s := range m.rows {
		m.own[s.row] = math.NaN()
		switch {
		case m.of.name == table.SlotMerit:
			gains[i] = m.gain(s)
		case i < m.shown:
			gains[i] = m.of.attention.At(int(s.rank))
		}
		all += gains[i]
	}
	if !j.Any() || m.shown == 0 || !(all > 0) {
		return
	}
	for i, s := range m.rows {
		m.own[s.row] = gains[i] / all
	}
}

// pairs counts the pairs of each relevant slot of the list at hand, or those it wins.
func (m *factMaker) pairs() {
	score, j := (*factArg)(nil), m.judged()
	if len(m.args) > 1 {
		score = &m.args[1]
	}
	var rows []int
	var values, gains []float64
	for i, s := range m.rows {
		m.own[s.row] = math.NaN()
		switch {
		case i >= m.shown || s.rank > m.of.last:
		case score == nil:
			rows, values, gains = append(rows, s.row), append(values, -float64(s.rank)), append(gains, j.Gains[i])
		case score.valid[s.row] && !math.IsNaN(score.xs[s.row]):
			rows, values, gains = append(rows, s.row), append(values, score.xs[s.row]), append(gains, j.Gains[i])
		}
	}
	for i, row := range rows {
		if !(gains[i] > 0) {
			continue
		}
		won, pairs := stat.PairsWon(i, values, gains)
		if m.own[row] = pairs; m.of.name == table.SlotWon {
			m.own[row] = won
		}
	}
}
