package privacy

import (
	"maps"
	"math/bits"
	"slices"
)

// mostCubes bounds the cubes that are looked at around one row, and mostWork all
// looks together, so that a log of many groups and windows takes seconds. What is
// not looked for is not found, and its table is hidden as a whole.
const (
	mostCubes = 5_000
	mostWork  = 8_000_000
)

// cube is a choice of corners over the whole period: a value and another one per
// attribute.
type cube struct {
	set   []int // the attributes that change
	from  []string
	to    []string
	fixed map[int]string // attributes that do not change, where a table has them
	also  string         // the window in which the change falls
}

// eachCube calls back for every cube around a row until that returns false: some
// of its attributes change, and the others stay.
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
			if len(c.set) > 0 && !l.turn(c, visit) {
				return
			}
		}
	}
}

// turn varies the other corner of a cube over all values of its attributes.
func (l *lattice) turn(c cube, visit func(cube) bool) bool {
	i := len(c.to)
	if i == len(c.set) {
		return visit(c)
	}
	for _, v := range l.domain[c.set[i]] {
		if v == c.from[i] {
			continue
		}
		next := c
		next.to = append(slices.Clone(c.to), v)
		if !l.turn(next, visit) {
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
	if l.work > mostWork {
		return nil
	}
	if l.around == r {
		l.work += len(l.known)
		return l.known
	}
	var out []change
	tried := 0
	l.eachCube(r, func(c cube) bool {
		l.settle(c, l.extras(c), func(c cube) bool {
			tried++
			if ch := l.follow(c); ch.of(r) != 0 {
				out = append(out, ch)
			}
			return tried < mostCubes
		})
		return tried < mostCubes
	})
	l.around, l.known = r, out
	l.work += 20 * tried // a look that builds the cube costs more than one that uses it
	return out
}

// settle chooses, in every way, values for the attributes of finer tables and the
// window in which the change falls.
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
	if len(l.windows) == 0 {
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

// follow adds up what a cube changes in every table. It gives up if that would put
// somebody where a table shows that nobody is.
func (l *lattice) follow(c cube) change {
	var out change
	for _, set := range l.sets {
		if !includes(set, c.set) {
			continue
		}
		windows := []string{""}
		if c.also != "" {
			windows = append(windows, c.also)
		}
		for _, w := range windows {
			if !l.published(set, w) {
				continue
			}
			var ok bool
			if out, ok = l.corners(c, set, w, out); !ok {
				return nil
			}
		}
	}
	return slices.DeleteFunc(out, func(d delta) bool { return d.by == 0 })
}

// published tells whether a window has numbers about a set of attributes.
func (l *lattice) published(set []int, window string) bool {
	var buf [128]byte
	return l.tables[string(appendKey(buf[:0], set, nil, window))]
}

// corners adds the corners of a cube to one table.
func (l *lattice) corners(c cube, set []int, window string, ch change) (change, bool) {
	values := make([]string, len(set))
	for corner := range 1 << len(c.set) {
		by := int64(1)
		for i, a := range set {
			j := slices.Index(c.set, a)
			switch {
			case j < 0:
				values[i] = c.fixed[a]
			case corner>>j&1 == 1:
				values[i] = c.to[j]
			default:
				values[i] = c.from[j]
			}
		}
		if bits.OnesCount(uint(corner))%2 == 1 {
			by = -by
		}
		r := l.find(set, values, window)
		if r == nil {
			return nil, false
		}
		ch = ch.plus(r, by)
		// One row holds all in whom some value is missing.
		if all := l.find(set, []string{lump}, window); len(set) > 1 && all != nil && slices.Contains(values, missing) {
			ch = ch.plus(all, by)
		}
	}
	return ch, true
}

// plus adds to the change of a row.
func (c change) plus(r *row, by int64) change {
	for i := range c {
		if c[i].row == r {
			c[i].by += by
			return c
		}
	}
	return append(c, delta{r, by})
}
