package privacy

import (
	"cmp"
	"slices"
	"strconv"
)

// topic is a set of numbers that is shown or hidden as a whole. Whoever hides
// the decisions of a group hides its labels too.
type topic int

const (
	decisions topic = iota // how many there are, and how many were selected
	labels                 // what is counted by label
)

// Names that no value of the data can be taken for: they hold a zero byte.
const (
	missing = "\x00missing" // the value is missing
	lump    = "\x00lump"    // of an intersection: some value is missing
)

// row is a group in a window: what one line of a published table is about.
type row struct {
	set       []int    // the attributes, by index; none for everybody
	values    []string // one per attribute, or lump
	window    string   // "" is the whole period
	atoms     atoms
	hidden    [2]bool // by topic
	published bool    // not only the difference of published rows
	few       bool    // few people are behind its cases, however many these are
	numbers   int     // how many published numbers go with it
	caps      []limit // what the choice of a reference tells about it

	at, period int   // its place in the order, and that of its window
	mark       int   // the last search that came to it
	used       bool  // something of it has to be hidden
	use        topic // what
}

// hide hides a topic of a row, and what it would tell.
func (r *row) hide(t topic) {
	r.hidden[labels] = true
	if t == decisions {
		r.hidden[decisions] = true
	}
}

// cases is n.
func (r *row) cases() int64 { return decisionForms()[0].of(&r.atoms) }

// lattice is everything that is published as counts: groups, intersections of
// attributes and everybody, over the whole period and by window. Each row is the
// sum of the finer ones, so every count is tied to others.
type lattice struct {
	min     int64
	domain  [][]string // values per attribute, missing among them if somebody's is
	sets    [][]int    // the published combinations of attributes, the empty one first
	windows []string
	rows    map[string]*row
	tables  map[string]bool // by set and window: somebody of them is published
	order   []*row          // from everybody to the finest, then by name
	around  *row            // whose cubes are known
	known   []change
	steps   int // of arithmetic in systems
	budget  int // of steps
	ties    ties
	capped  bool // some row has caps
	counted bool
	some    [kinds]bool // somebody is of a kind, once counted
	forms   [2][]form   // the counts that are looked at, by topic

	work int // looks at cubes

	mark      int   // the search for rows near another
	marks     []int // by window: the last search that takes it in
	found     []*row
	numbers   []float64 // of a system
	equations [][]float64
}

func newLattice(min int64) *lattice {
	return &lattice{min: min, rows: map[string]*row{}, tables: map[string]bool{}}
}

// key is the name of a row. A value cannot forge it: lengths stand before texts.
func key(set []int, values []string, window string) string {
	return string(appendKey(nil, set, values, window))
}

func appendKey(b []byte, set []int, values []string, window string) []byte {
	for _, a := range set {
		b = append(strconv.AppendInt(b, int64(a), 10), ',')
	}
	for _, v := range values {
		b = append(append(strconv.AppendInt(b, int64(len(v)), 10), ':'), v...)
	}
	return append(append(b, ';'), window...)
}

// at finds a row, or makes it.
func (l *lattice) at(set []int, values []string, window string) *row {
	k := key(set, values, window)
	r, ok := l.rows[k]
	if !ok {
		r = &row{set: set, values: values, window: window}
		l.rows[k] = r
		l.order = append(l.order, r)
		l.tables[key(set, nil, window)] = true
	}
	return r
}

// find finds a row that is there.
func (l *lattice) find(set []int, values []string, window string) *row {
	var buf [128]byte
	return l.rows[string(appendKey(buf[:0], set, values, window))]
}

// small tells whether a count is about few people. Nobody is not few: a zero
// may be shown.
func (l *lattice) small(n int64) bool { return n > 0 && n < l.min }

// smallForms lists the counts of a row that are too small to show, each once. Where
// few people have many cases, none is shown.
func (l *lattice) smallForms(r *row, t topic) []form {
	if l.forms[t] == nil {
		l.forms[decisions] = l.distinct(decisionForms())
		l.forms[labels] = slices.DeleteFunc(l.distinct(labelForms()), func(f form) bool {
			return slices.ContainsFunc(l.forms[decisions], func(o form) bool { return slices.Equal(f, o) })
		})
	}
	return slices.DeleteFunc(slices.Clone(l.forms[t]), func(f form) bool { n := f.of(&r.atoms); return n == 0 || !r.few && !l.small(n) })
}

// distinct are the counts that are not equal whoever is counted: of atoms that
// nobody is of there is nothing to count.
func (l *lattice) distinct(forms []form) []form {
	out := []form{}
	for _, f := range forms {
		f = slices.DeleteFunc(f, func(a atom) bool { return !l.occurs(a) })
		if len(f) > 0 && !slices.ContainsFunc(out, func(o form) bool { return slices.Equal(f, o) }) {
			out = append(out, f)
		}
	}
	return out
}

// occurs tells whether anybody is of a kind.
func (l *lattice) occurs(a atom) bool {
	if !l.counted {
		l.counted = true
		for _, o := range l.order {
			for a, n := range o.atoms {
				l.some[a] = l.some[a] || n > 0
			}
		}
	}
	return l.some[a]
}

// sort puts rows in an order that depends on their names alone.
func (l *lattice) sort() {
	slices.SortFunc(l.order, func(a, b *row) int {
		return cmp.Or(cmp.Compare(len(a.set), len(b.set)), slices.Compare(a.set, b.set),
			slices.Compare(a.values, b.values), cmp.Compare(a.window, b.window))
	})
	slices.SortFunc(l.sets, func(a, b []int) int { return cmp.Or(cmp.Compare(len(a), len(b)), slices.Compare(a, b)) })
}

// remainders adds what published rows give away by subtraction: the people of
// one value of an attribute whose value of the other attribute is missing.
func (l *lattice) remainders() {
	for _, set := range l.sets {
		if len(set) != 2 {
			continue
		}
		for _, w := range append([]string{""}, l.windows...) {
			if all := l.find(set, []string{lump}, w); all == nil || all.cases() == 0 {
				continue
			}
			left := l.find(set, []string{lump}, w).atoms
			for side := range 2 {
				for _, v := range l.domain[set[side]] {
					if r := l.remainder(set, side, v, w); r != nil {
						left = left.less(&r.atoms)
					}
				}
			}
			if decisionForms()[0].of(&left) > 0 { // both values are missing
				r := l.at(set, []string{missing, missing}, w)
				r.atoms, r.hidden = left, [2]bool{true, true}
			}
		}
	}
}

func (l *lattice) remainder(set []int, side int, value, window string) *row {
	whole := l.find(set[side:side+1], []string{value}, window)
	if whole == nil || value == missing {
		return nil
	}
	left := whole.atoms
	values := make([]string, 2)
	values[side] = value
	for _, v := range l.domain[set[1-side]] {
		values[1-side] = v
		if part := l.find(set, values, window); part != nil {
			left = left.less(&part.atoms)
		}
	}
	if decisionForms()[0].of(&left) == 0 {
		return nil
	}
	values[1-side] = missing
	r := l.at(set, values, window)
	r.atoms, r.hidden = left, [2]bool{true, true}
	return r
}
