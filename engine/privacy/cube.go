package privacy

import (
	"maps"
	"slices"
	"strings"
)

// mostCubes bounds the cubes that are looked at around one row.
const mostCubes = 20_000

// cube is a choice of corners: a value and another one per attribute, a window
// and perhaps another one.
type cube struct {
	set     []int // the attributes that change
	from    []string
	to      []string
	window  string
	another string         // "" if the window stays
	fixed   map[int]string // attributes that do not change, where a table has them
	also    string         // for the whole period: the window in which the change falls
}

// eachCube calls back for every cube around a row until that returns false: some
// of its attributes, and perhaps its window, change, and the others stay.
func (l *lattice) eachCube(r *row, visit func(cube) bool) {
	starts := [][]string{r.values}
	if len(r.values) == 1 && r.values[0] == lump {
		starts = l.product(r.set) // the row holds many combinations
	}
	for _, from := range starts {
		for subset := range 1 << len(r.set) {
			c := cube{fixed: map[int]string{}}
			for i, a := range r.set {
				if subset>>i&1 == 1 {
					c.set, c.from = append(c.set, a), append(c.from, from[i])
				} else {
					c.fixed[a] = from[i]
				}
			}
			if !l.turn(c, r.window, visit) {
				return
			}
		}
	}
}

// turn varies the other corner of a cube over all values of its attributes, and
// over all windows.
func (l *lattice) turn(c cube, window string, visit func(cube) bool) bool {
	if i := len(c.to); i < len(c.set) {
		for _, v := range l.domain[c.set[i]] {
			if v == c.from[i] {
				continue
			}
			next := c
			next.to = append(slices.Clone(c.to), v)
			if !l.turn(next, window, visit) {
				return false
			}
		}
		return true
	}
	if len(c.set) > 0 {
		c.also = window // the whole period changes with it
		if !visit(c) {
			return false
		}
	}
	if window == "" {
		return true
	}
	c.window, c.also = window, ""
	for _, w := range l.windows {
		if c.another = w; w != window && !visit(c) {
			return false
		}
	}
	return true
}

// product lists all combinations of values.
func (l *lattice) product(set []int) [][]string {
	out := [][]string{nil}
	for _, a := range set {
		var longer [][]string
		for _, head := range out {
			for _, v := range l.domain[a] {
				longer = append(longer, append(slices.Clone(head), v))
			}
		}
		out = longer
	}
	return out
}

// cubes lists what the cubes around a row change, each with every choice of where
// the finer tables change with it.
func (l *lattice) cubes(r *row) []change {
	if known, ok := l.known[r]; ok {
		return known
	}
	out := []change{}
	l.eachCube(r, func(c cube) bool {
		l.settle(c, l.extras(c), func(c cube) bool {
			if ch := l.follow(c); ch.of(r) != 0 {
				out = append(out, ch)
			}
			return len(out) < mostCubes
		})
		return len(out) < mostCubes
	})
	l.known[r] = out
	return out
}

// settle chooses, in every way, values for the attributes of finer tables and,
// for the whole period, the window in which the change falls.
func (l *lattice) settle(c cube, extras []int, visit func(cube) bool) bool {
	if len(extras) > 0 {
		for _, v := range l.domain[extras[0]] {
			next := c
			next.fixed = maps.Clone(c.fixed)
			next.fixed[extras[0]] = v
			if !l.settle(next, extras[1:], visit) {
				return false
			}
		}
		return true
	}
	if c.window != "" || c.also != "" || len(l.windows) == 0 {
		return visit(c)
	}
	for _, w := range l.windows {
		if c.also = w; !visit(c) {
			return false
		}
	}
	return true
}

// extras are the attributes of finer tables, for which a value has to be chosen.
func (l *lattice) extras(c cube) []int {
	var out []int
	for _, set := range l.sets {
		if !includes(set, c.set) {
			continue
		}
		for _, a := range set {
			if _, ok := c.fixed[a]; !ok && !slices.Contains(c.set, a) && !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	}
	return out
}

func includes(set, part []int) bool {
	return !slices.ContainsFunc(part, func(a int) bool { return !slices.Contains(set, a) })
}

// follow adds up what a cube changes in every table.
func (l *lattice) follow(c cube) change {
	var out change
	for _, set := range l.sets {
		if includes(set, c.set) {
			out = l.corners(c, set, out)
		}
	}
	return slices.DeleteFunc(out, func(d delta) bool { return d.by == 0 })
}

// corners adds the corners of a cube to one table.
func (l *lattice) corners(c cube, set []int, ch change) change {
	values := make([]string, len(set))
	for corner := range 1 << len(c.set) {
		sign := int64(1)
		for i, a := range set {
			j := slices.Index(c.set, a)
			switch {
			case j < 0:
				values[i] = c.fixed[a]
			case corner>>j&1 == 1:
				values[i], sign = c.to[j], -sign
			default:
				values[i] = c.from[j]
			}
		}
		ch = l.add(ch, set, values, c.window, sign)
		if c.another != "" {
			ch = l.add(ch, set, values, c.another, -sign)
		}
		if c.also != "" {
			ch = l.add(ch, set, values, c.also, sign)
		}
	}
	return ch
}

// add notes the change of one cell, and of the row that holds it together with
// all others in which a value is missing.
func (l *lattice) add(ch change, set []int, values []string, window string, by int64) change {
	ch = ch.plus(l.find(set, values, window), by)
	if len(set) > 1 && slices.ContainsFunc(values, func(v string) bool { return strings.HasPrefix(v, missing) }) {
		ch = ch.plus(l.find(set, []string{lump}, window), by)
	}
	return ch
}

// plus adds to the change of a row, if there is such a row.
func (c change) plus(r *row, by int64) change {
	if r == nil {
		return c
	}
	for i := range c {
		if c[i].row == r {
			c[i].by += by
			return c
		}
	}
	return append(c, delta{r, by})
}
