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
	if !p.req.Audit.Columns.Slate.Whole() {
		return quantity{}, errors.New("numbers of whole lists are needed, but nothing says which slots are one list (columns.slate.items or key)")
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
	logs   stat.Logs
	known  map[string]*composition // by what the list is like
	codes  *interner               // of lists that have one
	near   []*composition          // by its number there
	all    []*composition          // by their index
	empty  *composition            // of lists that show nothing

	frame int64          // whose lists found is of
	found []*composition // by list

	// Of the list at hand.
	slots  []listSlot
	serial bool     // every slot has the place after the one before it, from 1
	groups []uint64 // keys of the groups, by label
	marks  []mark   // by key of a group
	epoch  uint64
	word   []byte
	counts []int64 // scratch: slots by label
	sorted []int32 // scratch: labels by size
	to     []int32 // likewise: their new ones
}

// composition is what lists of equal numbers are like, and their numbers, beside
// those that are asked for: not a number where they have none.
type composition struct {
	index   uint32 // among all that the maker has
	numbers []float64
	ids     []uint32 // of the numbers, and 1; 0 before it is known
}

// unlisted is the index of what is not kept.
const unlisted = math.MaxUint32

func newComposition(numbers []float64) *composition {
	return &composition{unlisted, numbers, make([]uint32, len(numbers))}
}

// keep gives a composition an index.
func (l *listMaker) keep(c *composition) *composition {
	if c.index == unlisted {
		c.index = uint32(len(l.all))
		l.all = append(l.all, c)
	}
	return c
}

// id is that of a composition's number.
func (c *composition) id(n *numbers) uint32 {
	if c.ids[n.asked] == 0 {
		c.ids[n.asked] = n.listed(c.numbers[n.asked]).id + 1
	}
	return c.ids[n.asked] - 1
}

// listSlot is a slot of a known group.
type listSlot struct {
	rank  int64 // 0 if it was only offered
	group uint64
	label int32
}

// mark is the label that a group has in the list of this epoch.
type mark struct{ epoch, label uint64 }

// listingOf finds or creates what computes a number, and its place there.
func (w *worker) listingOf(q *listNumber) (*listMaker, int) {
	key := fmt.Sprintf("%q", q.groups)
	at := slices.IndexFunc(w.listings, func(l *listMaker) bool { return l.key == key })
	if at < 0 {
		l := &listMaker{plan: w.plan, key: key, known: map[string]*composition{}, codes: newInterner()}
		for _, d := range q.groups {
			l.dims = append(l.dims, w.dims[w.byDim[d]])
		}
		l.empty = l.keep(newComposition(nil))
		at = len(w.listings)
		w.listings = append(w.listings, l)
	}
	l := w.listings[at]
	l.asked = append(l.asked, *q)
	l.empty.numbers, l.empty.ids = append(l.empty.numbers, math.NaN()), append(l.empty.ids, 0)
	return l, len(l.asked) - 1
}

// maxMarks is up to how many combinations of groups have marks of their own.
const maxMarks = 1 << 12

// of gives the numbers of the frame's lists, in their order.
func (l *listMaker) of(f *frame) []*composition {
	if l.frame == f.number {
		return l.found
	}
	l.frame, l.found = f.number, l.found[:0]
	ids, ranks := f.cols[l.plan.listAt].Int64s(), &f.cols[l.plan.rankAt]
	places := ranks.Int64s()
	codes, cats, size := make([][]uint32, len(l.dims)), make([][]table.Category, len(l.dims)), 1
	for i, d := range l.dims {
		codes[i], cats[i] = d.codes(), d.categories()
		size = min(size*len(cats[i]), maxMarks+1)
	}
	if size <= maxMarks {
		l.marks = append(l.marks, make([]mark, max(0, size-len(l.marks)))...)
	}
	before := -1
	l.serial = true
	for k := range f.audited.n {
		row := k
		if f.audited.rows != nil {
			row = int(f.audited.rows[k])
		}
		if before >= 0 && ids[row] != ids[before] {
			l.close()
		}
		before = row
		group, known := uint64(0), true
		for i := range codes {
			code := codes[i][row]
			known = known && !cats[i][code].Missing
			group = group*uint64(len(cats[i])) + uint64(code)
		}
		if !known {
			continue
		}
		s := listSlot{group: group}
		if ranks.Valid == nil || ranks.Valid[row] {
			s.rank = places[row]
		}
		l.slots = append(l.slots, s)
		l.serial = l.serial && s.rank == int64(len(l.slots))
	}
	if before >= 0 {
		l.close()
	}
	return l.found
}

// close finds the numbers of the list at hand and begins another.
func (l *listMaker) close() {
	found := l.empty
	if code, ok := l.code(); ok {
		found = l.coded(code)
	} else if len(l.slots) > 0 {
		found = l.look()
	}
	l.found, l.slots, l.serial = append(l.found, found), l.slots[:0], true
}

// coded finds the numbers of lists of a code.
func (l *listMaker) coded(code uint64) *composition {
	if len(l.near) == maxKnown {
		if n, ok := l.codes.find(code); ok {
			return l.near[n]
		}
		return l.look()
	}
	n, fresh := l.codes.number(code)
	if fresh {
		l.near = append(l.near, l.keep(l.look()))
	}
	return l.near[n]
}

// code is a number that tells lists apart which show all that they offer, up to 15
// items: how many, and the label of each.
func (l *listMaker) code() (code uint64, ok bool) {
	const bits, most = 4, 1<<4 - 1
	if !l.serial || len(l.slots) == 0 || len(l.slots) > most {
		return 0, false
	}
	l.epoch++
	next := uint64(0)
	for i := range l.slots {
		group := l.slots[i].group
		if group >= uint64(len(l.marks)) {
			return 0, false
		}
		m := &l.marks[group]
		if m.epoch != l.epoch {
			*m = mark{l.epoch, next}
			next++
		}
		code |= m.label << (bits * (i + 1))
	}
	return code | uint64(len(l.slots)), true
}

// look computes the numbers of a list unless one like it was met before.
func (l *listMaker) look() *composition {
	shown := len(l.slots)
	if !l.serial {
		shown = l.order()
	}
	if shown == 0 {
		return l.empty
	}
	l.label(shown)
	return l.remember(shown)
}

// order puts slots in the order of their places, those that have none last, and says
// how many have one.
func (l *listMaker) order() (shown int) {
	rising := func(a, b listSlot) int {
		return cmp.Compare(uint64(a.rank-1), uint64(b.rank-1)) // 0 is last
	}
	for i := 1; i < len(l.slots); i++ {
		if uint64(l.slots[i].rank-1) < uint64(l.slots[i-1].rank-1) {
			slices.SortFunc(l.slots, rising)
			break
		}
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
	counts := l.offered()
	l.sorted, l.to = grow(l.sorted, len(l.groups)), grow(l.to, len(l.groups))
	order, to := l.sorted, l.to
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order[from:], func(a, b int32) int { return cmp.Compare(counts[b], counts[a]) })
	for i, at := range order {
		to[at] = int32(i)
	}
	for i := range l.slots {
		l.slots[i].label = to[l.slots[i].label]
	}
}

func (l *listMaker) offered() []int64 {
	l.counts = grow(l.counts, len(l.groups))
	clear(l.counts)
	for i := range l.slots {
		l.counts[l.slots[i].label]++
	}
	return l.counts
}

// Lists of up to mostKnown slots are remembered, of each listing so many.
const (
	mostKnown = 64
	maxKnown  = 1 << 16
)

// remember computes the numbers of a list unless one like it was met before.
func (l *listMaker) remember(shown int) *composition {
	if len(l.slots) > mostKnown {
		return newComposition(l.compute(shown))
	}
	l.word = l.word[:0]
	for i, s := range l.slots {
		l.word = append(l.word, byte(s.label))
		if s.rank != int64(i+1) {
			l.word = binary.AppendVarint(append(l.word, 0xff), s.rank)
		}
	}
	found, ok := l.known[string(l.word)]
	if !ok {
		found = newComposition(l.compute(shown))
		if len(l.known) < maxKnown {
			l.known[string(l.word)] = l.keep(found)
		}
	}
	return found
}

// compute is not a number where the list has none.
func (l *listMaker) compute(shown int) []float64 {
	list := stat.Listed{Offered: l.offered(), Logs: &l.logs}
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
	found := n.listing.of(f)
	for k := range rows.n {
		row, c := k, found[k]
		if rows.rows != nil {
			row = int(rows.rows[k])
		}
		if n.over {
			n.put(row, n.listed(c.numbers[n.asked]))
			continue
		}
		n.ids[row] = c.id(n)
	}
}

// listed reads a number of a list.
func (n *numbers) listed(x float64) reading {
	if math.IsNaN(x) {
		return reading{id: numberMissing}
	}
	return reading{x, n.number(x)}
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
