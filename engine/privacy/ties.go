package privacy

import (
	"cmp"
	"slices"
)

// ties are the sums that tie rows to each other: over the values of an attribute,
// over windows, and over all in whom a value is missing. Who adds up one side has
// the other.
type ties struct {
	of   [][]tie  // by row: the sums that it is in
	rows [][]*row // by sum: its rows, those with the most cases first

	beside [][]*row // by row: the same group by window, windows with the most cases first
	mark   []int    // by sum: the last search that came to it
	number []int    // by sum and kind of case: its equation in the system that is written; -1 before
}

// tie is a row's part in a sum: 1 for a part, -1 for the whole.
type tie struct {
	sum int
	by  float64
}

// tie finds the sums. The rows are sorted, and each gets its number.
func (l *lattice) tie() {
	for i, o := range l.order {
		o.at = i
	}
	l.ties = ties{of: make([][]tie, len(l.order))}
	sums := map[string]int{}
	add := func(k string, o *row, by float64) {
		id, known := sums[k]
		if !known {
			id = len(l.ties.rows)
			sums[k], l.ties.rows = id, append(l.ties.rows, nil)
		}
		if o != nil && !slices.Contains(l.ties.rows[id], o) {
			l.ties.rows[id] = append(l.ties.rows[id], o)
			l.ties.of[o.at] = append(l.ties.of[o.at], tie{id, by})
		}
	}
	for _, o := range l.order {
		l.tiesUp(o, add)
		l.tiesDown(o, add)
	}
	for _, list := range l.ties.rows {
		slices.SortStableFunc(list, func(a, b *row) int { return int(b.cases() - a.cases()) })
	}
	l.ties.mark = make([]int, len(l.ties.rows))
	l.ties.number = slices.Repeat([]int{-1}, len(l.ties.rows)*int(kinds))
	l.besides()
}

// besides finds the rows of the same group in other windows.
func (l *lattice) besides() {
	l.marks = make([]int, 1+len(l.windows))
	place := map[string]int{"": 0}
	for i, w := range l.windows {
		place[w] = i + 1
	}
	largest := slices.Clone(l.windows)
	size := func(w string) (n int64) {
		if o := l.find(nil, nil, w); o != nil {
			n = o.cases()
		}
		return n
	}
	slices.SortStableFunc(largest, func(a, b string) int { return cmp.Compare(size(b), size(a)) })
	groups := map[string][]*row{}
	l.ties.beside = make([][]*row, len(l.order))
	for _, o := range l.order {
		o.period = place[o.window]
		k := key(o.set, o.values, "")
		if _, done := groups[k]; !done {
			groups[k] = []*row{}
			for _, w := range largest {
				if same := l.find(o.set, o.values, w); same != nil {
					groups[k] = append(groups[k], same)
				}
			}
		}
		l.ties.beside[o.at] = groups[k]
	}
}

// tiesUp adds a row to the sums that it is a part of, and their wholes.
func (l *lattice) tiesUp(o *row, add func(string, *row, float64)) {
	lost := o.values[:min(1, len(o.values))]
	if len(o.set) == 2 && (lost[0] == lump || slices.Contains(o.values, missing)) {
		if all := l.find(o.set, []string{lump}, o.window); all != nil { // all in whom a value is missing
			k := key(o.set, []string{lump}, o.window) + "\x00lump"
			add(k, all, -1)
			add(k, o, 1)
		}
	}
	if o.window != "" && l.published(o.set, "") {
		k := key(o.set, o.values, "") + "\x00over windows"
		add(k, l.find(o.set, o.values, ""), -1)
		add(k, o, 1)
	}
	if len(lost) > 0 && lost[0] == lump {
		return
	}
	for i := range o.set {
		set := slices.Delete(slices.Clone(o.set), i, i+1)
		values := slices.Delete(slices.Clone(o.values), i, i+1)
		if l.published(set, o.window) {
			k := key(set, values, o.window) + "\x00" + key(o.set, nil, "")
			add(k, l.find(set, values, o.window), -1)
			add(k, o, 1)
		}
	}
}

// tiesDown adds a row to the sums that it is the whole of, also those none of whose
// parts are rows.
func (l *lattice) tiesDown(o *row, add func(string, *row, float64)) {
	if o.window == "" && slices.ContainsFunc(l.windows, func(w string) bool { return l.published(o.set, w) }) {
		add(key(o.set, o.values, "")+"\x00over windows", o, -1)
	}
	if len(o.values) > 0 && o.values[0] == lump {
		return
	}
	for _, set := range l.sets {
		if len(set) == len(o.set)+1 && includes(set, o.set) && l.published(set, o.window) {
			add(key(o.set, o.values, o.window)+"\x00"+key(set, nil, ""), o, -1)
		}
	}
}
