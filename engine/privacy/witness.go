package privacy

import (
	"math"
	"slices"
)

// Bounds on the search for counts that have their room already.
const (
	mostRows   = 700         // of one system
	mostCut    = 3_000       // rows of a component that is cut into blocks
	mostSums   = 6           // objectives of many counts at once, per system
	farPivots  = 600         // of one objective
	mostSought = 700_000_000 // terms of all these systems together
)

// count is a small count of a row.
type count struct {
	row   *row
	form  form
	topic topic
}

// tight are the counts for which no two tables are found that agree with all that
// is shown and between which the count differs by min or more.
//
// Tables are looked for that are far from the true one for many counts at once.
// Any table that agrees serves every count, so few of them settle most counts.
func (l *lattice) tight(counts []count) []count {
	for _, part := range l.components() {
		for _, rows := range l.blocks(part) {
			if l.sought > mostSought {
				return counts
			}
			counts = l.settled(counts, rows)
		}
	}
	return counts
}

// components are the hidden rows by attributes that some intersection ties
// together. Where a count of everybody is hidden, it ties them all.
func (l *lattice) components() [][]*row {
	first := make([]int, len(l.domain)) // by attribute: the first one that it is tied to
	if !slices.ContainsFunc(l.order, func(o *row) bool { return len(o.set) == 0 && o.hidden[labels] }) {
		for a := range first {
			first[a] = a
		}
	}
	for _, set := range l.sets {
		for _, a := range set {
			from, to := max(first[a], first[set[0]]), min(first[a], first[set[0]])
			for i := range first {
				if first[i] == from {
					first[i] = to
				}
			}
		}
	}
	parts := make([][]*row, max(1, len(l.domain)))
	for _, o := range l.order {
		at := 0
		if len(o.set) > 0 {
			at = first[o.set[0]]
		}
		if o.hidden[labels] && !(o.lost() && len(o.set) > 2) {
			parts[at] = append(parts[at], o)
		}
	}
	return slices.DeleteFunc(parts, func(rows []*row) bool { return len(rows) == 0 })
}

// blocks cuts a component that is too large along the attribute with the most
// values, or along the windows. Nothing is
// looked at in one that is larger still. Rows of another block stay as they are; rows
// without the attribute are in every block.
func (l *lattice) blocks(rows []*row) [][]*row {
	if len(rows) > mostCut {
		return nil
	}
	if len(rows) <= mostRows {
		return [][]*row{rows}
	}
	along := -1
	names := l.windows
	for a, domain := range l.domain {
		if len(domain) > len(names) && slices.ContainsFunc(rows, func(o *row) bool { return slices.Contains(o.set, a) }) {
			along, names = a, domain
		}
	}
	n := (len(rows) + mostRows - 1) / mostRows
	each := max(2, (len(names)+n-1)/n)
	place := map[string]int{}
	for i, name := range names {
		place[name] = i / each
	}
	out := make([][]*row, (len(names)+each-1)/each)
	for _, o := range rows {
		name := o.window
		if along >= 0 {
			if name = ""; !o.lost() {
				if i := slices.Index(o.set, along); i >= 0 {
					name = o.values[i]
				}
			}
		}
		for b := range out {
			if at, ok := place[name]; !ok || at == b {
				out[b] = append(out[b], o)
			}
		}
	}
	return slices.DeleteFunc(out, func(rows []*row) bool { return len(rows) > 2*mostRows })
}

// settled takes those counts out that have room if some rows move and all others
// stay. Where all of them hide their decisions, each kind of case moves by itself,
// and the room of a count is that of its kinds together.
func (l *lattice) settled(counts []count, rows []*row) []count {
	var own []int // counts of these rows
	in := map[*row]bool{}
	for _, o := range rows {
		in[o] = true
	}
	for i, c := range counts {
		if in[c.row] {
			own = append(own, i)
		}
	}
	if len(own) == 0 {
		return counts
	}
	room := make([]float64, len(counts))
	apart := l.apart(rows)
	for i, of := range apart {
		l.search(counts, own, room, rows, of, i == len(apart)-1)
	}
	var out []count
	for i, c := range counts {
		if room[i] < float64(l.min)-1e-6 {
			out = append(out, c)
		}
	}
	return out
}

// apart lists the kinds of cases that move independently of each other.
func (l *lattice) apart(rows []*row) [][]atom {
	all := l.someKinds()
	if slices.ContainsFunc(rows, func(o *row) bool { return !o.hidden[decisions] }) {
		return [][]atom{all}
	}
	var out [][]atom
	for _, a := range all {
		out = append(out, []atom{a})
	}
	return out
}

// search adds to the room of counts what some kinds of cases give.
func (l *lattice) search(counts []count, own []int, room []float64, rows []*row, of []atom, last bool) {
	x := l.systemOf(rows, of, func(o *row) bool { return o.hidden[decisions] })
	low, high := make([]float64, len(counts)), make([]float64, len(counts))
	at := make([][]int, len(counts)) // the cells of a count
	now := func(i int) float64 {
		var n float64
		for _, j := range at[i] {
			n += x.at[j]
		}
		return n
	}
	for _, i := range own {
		for _, a := range counts[i].form {
			if j := x.cell(counts[i].row, a); j >= 0 {
				at[i] = append(at[i], j)
			}
		}
		low[i] = now(i)
		high[i] = low[i]
	}
	agrees := x.check()
	x.solve()
	astray := false // too many steps of arithmetic: what follows proves nothing
	note := func() {
		if astray = astray || !agrees(); astray {
			return
		}
		for _, i := range own {
			low[i], high[i] = min(low[i], now(i)), max(high[i], now(i))
		}
	}
	need := func(i int) float64 { return float64(l.min) - room[i] - (high[i] - low[i]) }
	for round := range mostSums {
		objective := make([]float64, len(x.at))
		open := 0
		for k, i := range own {
			if need(i) > 0 {
				open++
				aim(objective, at[i], sign(uint64(k), uint64(round/2))*float64(1-2*(round%2)))
			}
		}
		if open < 8 || astray {
			break
		}
		x.climb(objective, float64(l.min)*float64(len(own))*4, farPivots)
		note()
	}
	for _, i := range own {
		for _, direction := range []float64{1, -1} {
			if l.sought+x.terms > mostSought {
				break
			}
			more := high[i] - now(i)
			if direction < 0 {
				more = now(i) - low[i]
			}
			if want := need(i); want > 0 && !astray {
				objective := make([]float64, len(x.at))
				aim(objective, at[i], direction)
				x.climb(objective, want+more, mostPivots)
				note()
			}
		}
		room[i] += high[i] - low[i]
		if last && l.strict && room[i] < float64(l.min)-1e-6 {
			break // one count without room is enough
		}
	}
	l.sought += x.terms
}

// check is a test whether a system still stands at a table that agrees with its
// equations as they were written.
func (x *system) check() func() bool {
	type term struct {
		cell int
		by   float64
	}
	sums := make([][]term, len(x.rows))
	for i, e := range x.rows {
		for j, by := range e {
			if by != 0 {
				sums[i] = append(sums[i], term{j, by})
			}
		}
	}
	start := slices.Clone(x.at)
	return func() bool {
		return !slices.ContainsFunc(sums, func(e []term) bool {
			var moved float64
			for _, t := range e {
				moved += float64(t.by * (x.at[t.cell] - start[t.cell]))
			}
			return math.Abs(moved) > 1e-6
		})
	}
}

// aim adds some cells to an objective.
func aim(objective []float64, cells []int, by float64) {
	for _, j := range cells {
		objective[j] += by
	}
}

// sign is 1 or -1, as good as at random: it mixes the bits as SplitMix64 does
// (Steele, Lea and Flood 2014).
func sign(i, round uint64) float64 {
	z := (i+1)*0x9e3779b97f4a7c15 + round*0xd1342543de82ef95
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return math.Copysign(1, float64(int64(z^z>>31)))
}
