package scan

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/expr"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// factNumber is a number of lists made of what is said of their items.
type factNumber struct {
	name  string
	more  []string // parameters
	slots bool     // of each slot, not of the list

	attention stat.Attention
	last      int64
	parts     []table.Dim
	values    []*program // beside parts: those of numbers
}

// factNumber binds a number that is made of facts.
func (p *Plan) factNumber(name string, last int, parts []table.Dim) (quantity, error) {
	n := &factNumber{last: int64(last), parts: parts, values: make([]*program, len(parts))}
	n.name, n.more = table.Parameters(name)
	n.slots = slices.Contains([]string{table.SlotPairs, table.SlotWon, table.SlotAttention, table.SlotMerit}, n.name)
	if last == 0 {
		n.last = math.MaxInt64
	}
	for i, d := range parts {
		if weights, ok := table.ValueOfDim(d); ok && n.name == table.SlotAttention {
			var err error
			if n.attention, err = stat.ParseAttention(weights); err != nil {
				return quantity{}, err
			}
		}
		text, ok := table.NumberExpression(string(d))
		if !ok {
			continue
		}
		bound, err := p.program(fmt.Sprintf("expression %q", clip(text)), text, expr.Number)
		if err != nil {
			return quantity{}, err
		}
		n.values[i] = bound
	}
	return quantity{name: "lists", column: -1, facts: n}, nil
}

// factMaker computes a number of a worker's lists.
type factMaker struct {
	plan *Plan
	of   *factNumber
	args []factArg

	// Of the list at hand: the rows of what is shown, in the order of places, and then
	// of what was offered only.
	rows  []factSlot
	shown int

	fair stat.FairTables
	logs stat.Logs
	own  []float64 // of the frame's slots
}

type factSlot struct {
	row  int
	rank int64 // 0 if it was only offered
}

// factArg is a part of the number: a dimension, an expression or a value.
type factArg struct {
	dim   *dimension
	codes []uint32
	cats  []table.Category

	eval  *evaluation
	xs    []float64
	valid []bool

	value string
}

func (w *worker) factsOf(n *factNumber) *factMaker {
	m := &factMaker{plan: w.plan, of: n, args: make([]factArg, len(n.parts))}
	for i, d := range n.parts {
		switch value, ok := table.ValueOfDim(d); {
		case ok:
			m.args[i].value = value
		case n.values[i] != nil:
			m.args[i].eval = n.values[i].start()
		default:
			m.args[i].dim = w.dims[w.byDim[d]]
		}
	}
	return m
}

// fillFacts gives every list, at its first row, its number.
func (n *numbers) fillFacts(f *frame, rows *scope) error {
	found, err := n.maker.lists(f)
	if err != nil {
		return err
	}
	if n.facts.slots {
		rows.each(func(row int) {
			r := reading{id: numberMissing}
			if x := n.maker.own[row]; !math.IsNaN(x) {
				r = reading{x, n.number(x)}
			}
			n.put(row, r)
		})
		return nil
	}
	at := 0
	rows.each(func(row int) {
		r := reading{id: numberMissing}
		if x := found[at]; !math.IsNaN(x) {
			r = reading{x, n.number(x)}
		}
		n.put(row, r)
		at++
	})
	return nil
}

// lists computes the numbers of the frame's lists, in their order.
func (m *factMaker) lists(f *frame) ([]float64, error) {
	for i := range m.args {
		a := &m.args[i]
		var err error
		switch {
		case a.eval != nil:
			a.xs, a.valid, err = a.eval.numbers(f)
		case a.dim != nil:
			a.codes, a.cats = a.dim.codes(), a.dim.categories()
		}
		if err != nil {
			return nil, err
		}
	}
	if m.of.slots {
		m.own = grow(m.own, f.rows)
	}
	ids, ranks := f.cols[m.plan.listAt].Int64s(), &f.cols[m.plan.rankAt]
	var out []float64
	before := -1
	f.audited.each(func(row int) {
		if before >= 0 && ids[row] != ids[before] {
			out = append(out, m.close())
		}
		before = row
		s := factSlot{row: row}
		if ranks.Valid == nil || ranks.Valid[row] {
			s.rank = ranks.Int64s()[row]
			m.shown++
		}
		m.rows = append(m.rows, s)
	})
	if before >= 0 {
		out = append(out, m.close())
	}
	return out, nil
}

// close computes the number of the list at hand and begins another.
func (m *factMaker) close() float64 {
	slices.SortStableFunc(m.rows, func(a, b factSlot) int {
		return cmp.Compare(uint64(a.rank-1), uint64(b.rank-1)) // 0 is last
	})
	x := math.NaN()
	switch m.of.name {
	case table.SlotPairs, table.SlotWon:
		m.pairs()
	case table.SlotAttention, table.SlotMerit:
		m.shares()
	default:
		x = m.compute()
	}
	m.rows, m.shown = m.rows[:0], 0
	return x
}

// compute is not a number where the list has none.
func (m *factMaker) compute() float64 {
	switch m.of.name {
	case table.ListMean:
		return m.mean(func(x float64) float64 { return x })
	case table.ListMeanLog:
		return m.mean(func(x float64) float64 { return stat.Log2(max(x, 1)) })
	case table.ListShare:
		return m.share()
	case table.ListEntropy:
		return stat.MixEntropy(m.mix())
	case table.ListDiversity:
		return stat.MixDiversity(m.mix())
	case table.ListCalibration, table.ListDivergence:
		return m.divergence()
	case table.ListFair:
		return m.fairness()
	case table.ListRanked:
		step, _ := strconv.Atoi(m.of.more[1]) // a number that a detector wrote
		return m.protected().Discounted(m.of.more[0], step)
	}
	return m.utility()
}

// places calls do for what is shown up to the last place that counts.
func (m *factMaker) places(do func(s factSlot)) {
	for _, s := range m.rows[:m.shown] {
		if s.rank <= m.of.last {
			do(s)
		}
	}
}

func (m *factMaker) mean(of func(float64) float64) float64 {
	a, sum, n := &m.args[0], 0.0, 0.0
	m.places(func(s factSlot) {
		if a.valid[s.row] && !math.IsInf(a.xs[s.row], 0) {
			sum, n = sum+of(a.xs[s.row]), n+1
		}
	})
	return sum / n
}

func (m *factMaker) share() float64 {
	a, yes, n := &m.args[0], 0.0, 0.0
	m.places(func(s factSlot) {
		if c := a.cats[a.codes[s.row]]; !c.Missing {
			if n++; c.Name == table.Holds {
				yes++
			}
		}
	})
	return yes / n
}

// mix counts the items shown of each category.
func (m *factMaker) mix() []int64 {
	a := &m.args[0]
	counts := make([]int64, len(a.cats))
	m.places(func(s factSlot) {
		if code := a.codes[s.row]; !a.cats[code].Missing {
			counts[code]++
		}
	})
	return counts
}

// divergence is that of the list from the history that the list's first row tells.
func (m *factMaker) divergence() float64 {
	a, counts, row := &m.args[0], m.mix(), m.first()
	history, shown := []float64(nil), []int64(nil)
	for i := 1; i+1 < len(m.args); i += 2 {
		w := m.args[i+1]
		if w.valid[row] && w.xs[row] > 0 && !math.IsInf(w.xs[row], 0) {
			history = append(history, w.xs[row])
		} else {
			history = append(history, 0)
		}
		at := slices.IndexFunc(a.cats, func(c table.Category) bool { return !c.Missing && c.Name == m.args[i].value })
		if at >= 0 {
			shown = append(shown, counts[at])
			counts[at] = 0
		} else {
			shown = append(shown, 0)
		}
	}
	for _, n := range counts { // of categories without a history
		if n > 0 {
			history, shown = append(history, 0), append(shown, n)
		}
	}
	return stat.MixDivergence(history, shown)
}

// first is the row that speaks for the list.
func (m *factMaker) first() int {
	row := m.rows[0].row
	for _, s := range m.rows {
		row = min(row, s.row)
	}
	return row
}

// utility is how good the list is; not a number of one outside the population.
func (m *factMaker) utility() float64 {
	j := m.judged()
	if among := m.of.more[0]; among != table.AmongServed && !j.Any() || among != table.AmongTruth && m.shown == 0 {
		return math.NaN()
	}
	k := m.of.last
	switch m.of.name {
	case table.ListPrecision:
		return j.Precision(k)
	case table.ListRecall:
		return j.Recall(k)
	case table.ListNDCG:
		return j.NDCG(k)
	case table.ListReciprocal:
		return j.ReciprocalRank(k)
	}
	return j.Hit(k)
}

// gain is how relevant the item of a slot is.
func (m *factMaker) gain(s factSlot) float64 {
	a := &m.args[0]
	switch {
	case a.dim != nil && !a.cats[a.codes[s.row]].Missing && a.cats[a.codes[s.row]].Name == table.Holds:
		return 1
	case a.eval != nil && a.valid[s.row] && a.xs[s.row] > 0 && !math.IsInf(a.xs[s.row], 0):
		return a.xs[s.row]
	}
	return 0
}

// judged reads the gains of the list's items. What is not known is not relevant.
func (m *factMaker) judged() stat.Judged {
	j := stat.Judged{Logs: &m.logs}
	for i, s := range m.rows {
		gain := m.gain(s)
		switch {
		case i < m.shown:
			j.Gains, j.Places = append(j.Gains, gain), append(j.Places, s.rank)
		case gain > 0:
			j.Missed = append(j.Missed, gain)
		}
	}
	if len(m.args) > 1 && !m.of.slots {
		total, row := &m.args[1], m.first()
		if total.valid[row] && total.xs[row] > 0 && total.xs[row] < 1<<53 {
			j.Relevant = int64(total.xs[row])
		}
	}
	return j
}
