package scan

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// listNumber is a number that lists have.
type listNumber struct {
	name   string
	last   int
	groups []table.Dim
}

// listNumber binds a number of lists. Their slots have to follow each other.
func (p *Plan) listNumber(value string) (quantity, error) {
	name, last, groups, ok := table.ListNumberOf(value)
	if !ok {
		return quantity{}, fmt.Errorf("%q is no number of lists", value)
	}
	if !p.req.Audit.Columns.Slate.Exploded() {
		return quantity{}, errors.New("numbers of whole lists are needed, but the log has no column of lists (columns.slate.items)")
	}
	var err error
	if p.listAt, err = p.columns.use(config.Ref{Name: source.ItemList}); err == nil {
		p.rankAt, err = p.columns.use(config.Ref{Name: source.ItemRank})
	}
	if err == nil && table.OfFacts(name) {
		return p.factNumber(name, last, groups)
	}
	return quantity{name: "lists", column: -1, list: &listNumber{name, last, groups}}, err
}

// listDims are the dimensions that numbers of lists are about, as needs of which no
// table is made.
func (p *Plan) listDims() []table.Need {
	var out []table.Need
	for _, n := range p.Values {
		_, _, groups, ok := table.ListNumberOf(n.Value)
		if !ok {
			_, _, groups, ok = table.SlotNumberOf(n.Value)
		}
		if ok {
			out = append(out, table.Need{Dims: slices.DeleteFunc(groups, func(d table.Dim) bool { return !table.IsDimension(d) })})
		}
	}
	return out
}

// listMaker computes the numbers of a worker's lists, of the groups of one attribute.
type listMaker struct {
	plan   *Plan
	key    string
	dims   []*dimension
	asked  []listNumber
	chance stat.ListChance
	known  map[string][]float64 // by what the list is like

	frame int64       // whose lists found is of
	found [][]float64 // by list, beside asked; nil for one that shows nothing

	// Of the list at hand.
	slots  []listSlot
	groups []uint64 // keys of the groups, by label
	word   []byte
}

// listSlot is a slot of a known group.
type listSlot struct {
	rank  int64 // 0 if it was only offered
	group uint64
	label int32
}

// listingOf finds or creates what computes a number, and its place there.
func (w *worker) listingOf(q *listNumber) (*listMaker, int) {
	key := fmt.Sprintf("%q", q.groups)
	at := slices.IndexFunc(w.listings, func(l *listMaker) bool { return l.key == key })
	if at < 0 {
		l := &listMaker{plan: w.plan, key: key, known: map[string][]float64{}}
		for _, d := range q.groups {
			l.dims = append(l.dims, w.dims[w.byDim[d]])
		}
		at = len(w.listings)
		w.listings = append(w.listings, l)
	}
	l := w.listings[at]
	l.asked = append(l.asked, *q)
	return l, len(l.asked) - 1
}

// of gives the numbers of the frame's lists, in their order.
func (l *listMaker) of(f *frame) [][]float64 {
	if l.frame == f.number {
		return l.found
	}
	l.frame, l.found = f.number, l.found[:0]
	ids, ranks := f.cols[l.plan.listAt].Int64s(), &f.cols[l.plan.rankAt]
	codes, cats := make([][]uint32, len(l.dims)), make([][]table.Category, len(l.dims))
	for i, d := range l.dims {
		codes[i], cats[i] = d.codes(), d.categories()
	}
	before := -1
	f.audited.each(func(row int) {
		if before >= 0 && ids[row] != ids[before] {
			l.close()
		}
		before = row
		group := uint64(0)
		for i := range codes {
			code := codes[i][row]
			if cats[i][code].Missing {
				return
			}
			group = group*uint64(len(cats[i])) + uint64(code)
		}
		s := listSlot{group: group}
		if ranks.Valid == nil || ranks.Valid[row] {
			s.rank = ranks.Int64s()[row]
		}
		l.slots = append(l.slots, s)
	})
	if before >= 0 {
		l.close()
	}
	return l.found
}

// close computes the numbers of the list at hand and begins another.
func (l *listMaker) close() {
	numbers, shown := []float64(nil), l.order()
	if shown > 0 {
		l.label(shown)
		numbers = l.remember(shown)
	}
	l.found, l.slots = append(l.found, numbers), l.slots[:0]
}

// order puts slots in the order of their places, those that have none last, and says
// how many have one.
func (l *listMaker) order() (shown int) {
	rising := func(a, b listSlot) int {
		return cmp.Compare(uint64(a.rank-1), uint64(b.rank-1)) // 0 is last
	}
	if !slices.IsSortedFunc(l.slots, rising) {
		slices.SortFunc(l.slots, rising)
	}
	for shown < len(l.slots) && l.slots[shown].rank > 0 {
		shown++
	}
	return shown
}

// label numbers the groups as the list has them, whatever they are called: in the
// order in which they are shown, then those that are not, the larger first. Lists
// that differ only in which group is which have the same numbers, to the last bit.
func (l *listMaker) label(shown int) {
	l.groups = l.groups[:0]
	const few = 32
	var far map[uint64]int32
	find := func(group uint64) int32 {
		if far == nil {
			if at := slices.Index(l.groups, group); at >= 0 {
				return int32(at)
			}
		} else if at, ok := far[group]; ok {
			return at
		}
		at := int32(len(l.groups))
		l.groups = append(l.groups, group)
		if far != nil {
			far[group] = at
		} else if len(l.groups) == few {
			far = map[uint64]int32{}
			for i, g := range l.groups {
				far[g] = int32(i)
			}
		}
		return at
	}
	for i := range l.slots[:shown] {
		l.slots[i].label = find(l.slots[i].group)
	}
	met := len(l.groups)
	for i := range l.slots[shown:] {
		l.slots[shown+i].label = find(l.slots[shown+i].group)
	}
	if len(l.groups) > met+1 {
		l.relabel(met)
	}
}

// relabel orders the groups from one on by their sizes.
func (l *listMaker) relabel(from int) {
	counts, order := l.offered(), make([]int32, len(l.groups))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order[from:], func(a, b int32) int { return cmp.Compare(counts[b], counts[a]) })
	to := make([]int32, len(order))
	for i, at := range order {
		to[at] = int32(i)
	}
	for i := range l.slots {
		l.slots[i].label = to[l.slots[i].label]
	}
}

func (l *listMaker) offered() []int64 {
	out := make([]int64, len(l.groups))
	for _, s := range l.slots {
		out[s.label]++
	}
	return out
}

// Lists of up to mostKnown slots are remembered, of each listing so many.
const (
	mostKnown = 64
	maxKnown  = 1 << 14
)

// remember computes the numbers of a list unless one like it was met before.
func (l *listMaker) remember(shown int) []float64 {
	if len(l.slots) > mostKnown {
		return l.compute(shown)
	}
	l.word = l.word[:0]
	for i, s := range l.slots {
		l.word = append(l.word, byte(s.label))
		if s.rank != int64(i+1) {
			l.word = binary.AppendVarint(append(l.word, 0xff), s.rank)
		}
	}
	numbers, ok := l.known[string(l.word)]
	if !ok {
		numbers = l.compute(shown)
		if len(l.known) < maxKnown {
			l.known[string(l.word)] = numbers
		}
	}
	return numbers
}

// compute is not a number where the list has none.
func (l *listMaker) compute(shown int) []float64 {
	list := stat.Listed{Offered: l.offered()}
	for _, s := range l.slots[:shown] {
		list.Shown, list.Places = append(list.Shown, s.label), append(list.Places, s.rank)
	}
	index, count := list.Infeasible()
	out := make([]float64, len(l.asked))
	for i, n := range l.asked {
		switch n.name {
		case table.ListNDKL:
			out[i] = list.NDKL()
		case table.ListNDKLChance:
			var ok bool
			if out[i], ok = l.chance.NDKL(list.Offered, shown); !ok {
				out[i] = math.NaN()
			}
		case table.ListInfeasible:
			out[i] = float64(index)
		case table.ListInfeasibleCount:
			out[i] = float64(count)
		default:
			out[i] = list.AWRF(n.last)
		}
	}
	return out
}

// fillLists gives every list, at its first row, its number.
func (n *numbers) fillLists(f *frame, rows *scope) {
	found, at := n.listing.of(f), 0
	rows.each(func(row int) {
		r := reading{id: numberMissing}
		if of := found[at]; of != nil && !math.IsNaN(of[n.asked]) {
			r = reading{of[n.asked], n.number(of[n.asked])}
		}
		n.put(row, r)
		at++
	})
}

// first chooses, of some rows, the first of every list.
func (s *scope) first(f *frame, of *scope, lists []int64) {
	if s.buf == nil {
		s.buf = []int32{} // an empty list is not nil
	}
	s.buf = s.buf[:0]
	before := -1
	of.each(func(i int) {
		if before < 0 || lists[i] != lists[before] {
			s.buf = append(s.buf, int32(i))
		}
		before = i
	})
	s.rows, s.n = s.buf, len(s.buf)
	s.sum(f)
}
