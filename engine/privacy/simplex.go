package privacy

import (
	"math"
	"slices"
)

const tiny = 1e-9

// system is the sums around a row as linear equations of some strands: a cell for
// every row and strand that may move, as two numbers, by how much it rises and by
// how much it falls, each from 0 to its cap. It starts at the true table, where
// nothing moves, and goes to the one that moves the count that is asked about as far as
// needed and costs least, by the simplex method for bounded variables (Chvátal,
// Linear Programming, 1983, ch. 8).
type system struct {
	over  []cell      // the first is the count that is asked about
	at    []float64   // cell i rises by at[2i] and falls by at[2i+1]
	cap   []float64   // beside at
	gain  []float64   // beside at: of the objective per unit, of what is outside the basis
	rows  [][]float64 // by equation, then by cell
	basis []int       // by equation, what it gives of at; nothing yet where it is -1
	terms int         // that were added up

	enough float64 // where it may stop
}

// cell is a strand in a row, or a sum of others: the first, and those of no atoms.
type cell struct {
	*row
	strand
}

// reward is what a case of the count that is asked about is worth: more than any
// cost of moving it.
const reward = 1e6

// system writes the equations around a row; nil if it cannot move. The count that is
// asked about rises or falls, by what is needed at most.
func (l *lattice) system(r *row, f form, w way, m *moves, direction, need float64, may func(*row, topic) bool) *system {
	if !may(r, w.topic) {
		return nil
	}
	x := &system{enough: math.Inf(1)}
	if w.reach.any {
		x.enough = need
	}
	up, down := need, 0.0
	if direction < 0 {
		up, down = 0, need
	}
	x.add(cell{}, up, down, -reward, -reward)
	x.gain[0], x.gain[1] = reward, reward
	near := l.near(r, w.topic, w.reach, w.strands[0].gains, may)
	for _, o := range near {
		for _, s := range w.strands {
			down, up := l.bounds(s, o, m, len(w.strands) == 1)
			x.add(cell{o, s}, up, down, w.price(o, may, min(up, need)), w.price(o, may, min(down, need)))
		}
	}
	var slacks []*limit
	var keep []*row // that show their decisions
	if len(w.strands) > 1 {
		slacks = x.slacks(near, m)
		for _, o := range near {
			if !may(o, decisions) {
				keep = append(keep, o)
			}
		}
	}
	l.equate(x, r, f, w, slacks, keep)
	x.at = make([]float64, len(x.cap))
	x.terms += len(x.rows) * len(x.over) / 4
	return x
}

// add adds a cell, with what it costs to rise and to fall.
func (x *system) add(c cell, up, down, costUp, costDown float64) {
	x.over = append(x.over, c)
	x.cap = append(x.cap, up, down)
	x.gain = append(x.gain, -costUp, -costDown)
}

// slacks adds a cell for each inequality of rows whose atoms move together, and
// returns the inequalities.
func (x *system) slacks(near []*row, m *moves) []*limit {
	var out []*limit
	for _, o := range near {
		for i := range o.caps {
			out = append(out, &o.caps[i])
			x.add(cell{row: o, strand: strand{nothing, nothing}}, math.Inf(1), o.caps[i].room(o, m), 0, 0)
		}
	}
	return out
}

// equate writes the equations: of the count that is asked about, of every sum, of
// every inequality and of the decisions that are shown.
func (l *lattice) equate(x *system, r *row, f form, w way, slacks []*limit, keep []*row) {
	strands, first := len(w.strands), len(x.over)-len(slacks)
	number := l.ties.number // by sum and strand: its equation, or -1
	var sums []int
	for i, c := range x.over[1:first] {
		for _, e := range l.ties.of[c.row.at] {
			if k := e.sum*int(kinds) + i%strands; number[k] < 0 {
				number[k] = len(sums)
				sums = append(sums, k)
			}
		}
	}
	x.rows = l.matrix(len(sums)+1+len(slacks)+2*len(keep), len(x.over))
	asked := x.rows[len(sums)]
	asked[0] = -1
	for i, c := range x.over[1:first] {
		if c.row == r && f.has(c.gains) {
			asked[i+1] = 1
		}
		for _, e := range l.ties.of[c.row.at] {
			x.rows[number[e.sum*int(kinds)+i%strands]][i+1] = e.by
		}
	}
	for _, k := range sums {
		number[k] = -1
	}
	for i, c := range slacks {
		own := x.rows[len(sums)+1+i]
		x.each(x.over[first+i].row, first, func(j int, s strand) { own[j] = c.per(s) })
		own[first+i] = 1
	}
	for i, o := range keep {
		x.each(o, first, func(j int, s strand) {
			for d, same := range sameDecision() {
				if slices.Contains(same[:], s.gains) {
					x.rows[len(sums)+1+len(slacks)+2*i+d][j] = 1
				}
			}
			if s.gains == undecided {
				x.cap[2*j], x.cap[2*j+1] = 0, 0
			}
		})
	}
	x.basis = slices.Repeat([]int{-1}, len(x.rows))
}

// each calls back for the cells of a row before a place.
func (x *system) each(o *row, before int, visit func(int, strand)) {
	for j := 1; j < before; j++ {
		if x.over[j].row == o {
			visit(j, x.over[j].strand)
		}
	}
}

// matrix is room for equations, all zero. The next system takes the same room.
func (l *lattice) matrix(equations, cells int) [][]float64 {
	if n := equations * cells; n > cap(l.numbers) {
		l.numbers = make([]float64, 2*n)
	}
	all := l.numbers[:equations*cells]
	clear(all)
	rows := l.equations[:0]
	for i := range equations {
		rows = append(rows, all[i*cells:(i+1)*cells])
	}
	l.equations = rows
	return rows
}

// price is what a case costs that moves in a row: nothing where the row has to be
// hidden anyway, else its share of the numbers of the row, which are hidden for all that can move.
func (w way) price(o *row, may func(*row, topic) bool, most float64) float64 {
	switch {
	case w.reach.any:
		return 0
	case o.needs(w.topicOf(o, may)):
		return 1e-6
	}
	numbers := float64(max(1, o.numbers)) / 10
	if o.window == "" {
		numbers *= 10 // the whole period is what most readers look at
	}
	return numbers / max(most, 0.1)
}

// moved is by how much a strand rises or falls in its row; 0 for a cell that is a sum of
// others.
func (x *system) moved(cell int) float64 {
	by := x.at[2*cell] - x.at[2*cell+1]
	if c := x.over[cell]; c.row == nil || c.gains == nothing || math.Abs(by) < 1e-7 {
		return 0
	}
	return by
}

// part is the coefficient of a cell in an equation.
func (x *system) part(equation, cell int) float64 {
	v := x.rows[equation][cell/2]
	if cell%2 == 1 {
		return -v
	}
	return v
}

// solve goes to the best table that it finds, and returns by how much the count that
// was asked about has moved.
func (x *system) solve() float64 {
	for range mostPivots {
		enter, way := x.entering()
		if enter < 0 || max(x.at[0], x.at[1]) > x.enough-tiny {
			break
		}
		step, leave := x.cap[enter], -1
		for e := range x.rows {
			v, b, most := x.part(e, enter)*way, x.basis[e], 0.0
			switch {
			case math.Abs(v) < tiny:
				continue
			case b < 0: // nothing moves in it yet
			case v > 0:
				most = x.at[b] / v
			default:
				most = (x.cap[b] - x.at[b]) / -v
			}
			if most = max(0, most); most < step-tiny || most < step+tiny && leave >= 0 && math.Abs(x.part(e, enter)) > math.Abs(x.part(leave, enter)) {
				step, leave = most, e
			}
		}
		if math.IsInf(step, 1) {
			break // cannot be: what is asked about has a cap
		}
		for e := range x.rows {
			if b := x.basis[e]; b >= 0 {
				x.at[b] = min(x.cap[b], max(0, x.at[b]-float64(x.part(e, enter)*way*step)))
			}
		}
		x.at[enter] = min(x.cap[enter], max(0, x.at[enter]+way*step))
		x.terms += len(x.rows) + len(x.at)
		if leave >= 0 {
			x.pivot(leave, enter)
		}
	}
	return max(x.at[0], x.at[1])
}

// entering is the cell whose move gains the most per unit, and which way; -1 if none
// gains.
func (x *system) entering() (best int, way float64) {
	best = -1
	most := 1e-7
	for j, g := range x.gain {
		switch {
		case g > most && x.at[j] < x.cap[j]-tiny:
			best, way, most = j, 1, g
		case -g > most && x.at[j] > tiny:
			best, way, most = j, -1, -g
		}
	}
	return best, way
}

// pivot solves an equation for a cell and puts it into all others.
func (x *system) pivot(equation, cell int) {
	own, c := x.rows[equation], cell/2
	by := x.part(equation, cell)
	var used []int
	for j, v := range own {
		if v != 0 {
			own[j] = v / by
			used = append(used, j)
		}
	}
	x.terms += len(own) + len(x.rows)
	for i := range x.rows {
		if f := x.part(i, cell); i != equation && f != 0 {
			row := x.rows[i]
			for _, j := range used {
				if row[j] -= float64(f * own[j]); math.Abs(row[j]) < tiny {
					row[j] = 0
				}
			}
			row[c] = 0
			x.terms += len(used)
		}
	}
	g := x.gain[cell]
	for _, j := range used {
		x.gain[2*j] -= float64(g * own[j])
		x.gain[2*j+1] += float64(g * own[j])
	}
	x.gain[cell] = 0
	x.basis[equation] = cell
}
