package slate

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// usualSlots is how many slots make a batch; a longer list is one by itself.
const usualSlots = 1 << 13

// fill takes as many of the lists at hand as make a batch.
func (r *reader) fill() error {
	r.slots, r.picked, r.ranks, r.ranked, r.lists = r.slots[:0], r.picked[:0], r.ranks[:0], r.ranked[:0], r.lists[:0]
	r.unranked = 0
	for r.next < r.until {
		shown, given, err := r.lengths()
		if err != nil {
			return err
		}
		n := max(shown, given)
		if n > MaxLength {
			return r.fault(fmt.Errorf("a list of %d entries; at most %d are read", n, MaxLength), "")
		}
		if len(r.slots) > 0 && len(r.slots)+n > usualSlots {
			return nil
		}
		before, unranked := len(r.slots), r.unranked
		if r.offered == nil {
			err = r.list(shown)
		} else {
			err = r.pool(shown, given)
		}
		if err != nil {
			return err
		}
		r.account(len(r.slots)-before, r.unranked-unranked)
		for _, c := range r.all {
			c.entry += int(c.lengths[r.next-r.first])
		}
		r.next++
	}
	return nil
}

// lengths are those of the list that is shown and of the one that is offered,
// which its fields agree about.
func (r *reader) lengths() (shown, offered int, err error) {
	shown, offered = -1, -1
	agree := func(of *int, c *cursor) {
		if n := int(c.lengths[r.next-r.first]); *of < 0 {
			*of = n
		} else if *of != n && err == nil {
			err = r.fault(fmt.Errorf("parallel lists of %d and of %d entries", *of, n), "")
		}
	}
	for _, c := range []*cursor{r.item, r.rank} {
		if c != nil {
			agree(&shown, c)
		}
	}
	slots := &shown
	if r.offered != nil {
		agree(&offered, r.offered)
		slots = &offered
	}
	for _, c := range r.fields {
		agree(slots, c)
	}
	return max(0, shown), max(0, offered), err
}

// account notes what the row's list was like.
func (r *reader) account(slots, unranked int) {
	r.accounts.Lists++
	switch {
	case slots == unranked:
		r.accounts.Empty++
	case unranked > 0:
		r.accounts.Short++
	}
}

// slot adds a slot: entry k of the row's list.
func (r *reader) slot(entry int, rank int64, ranked bool) {
	r.slots = append(r.slots, int32(r.next))
	r.picked = append(r.picked, int32(entry))
	r.ranks, r.ranked = append(r.ranks, rank), append(r.ranked, ranked)
	r.lists = append(r.lists, r.name())
}

// name tells the row's list apart from others.
func (r *reader) name() int64 {
	u := r.unit
	return int64(mixed(u.seed ^ uint64(u.start+r.rows.Row+int64(r.next)+1)*0x9e3779b97f4a7c15))
}

// take adds n slots at once, in the order of the list.
func (r *reader) take(first, n int) {
	at := len(r.slots)
	r.slots, r.picked = slices.Grow(r.slots, n)[:at+n], slices.Grow(r.picked, n)[:at+n]
	r.ranks, r.ranked = slices.Grow(r.ranks, n)[:at+n], slices.Grow(r.ranked, n)[:at+n]
	r.lists = slices.Grow(r.lists, n)[:at+n]
	row, name := int32(r.next), r.name()
	slots, picked, ranks, ranked, lists := r.slots[at:], r.picked[at:], r.ranks[at:], r.ranked[at:], r.lists[at:]
	for k := range n {
		slots[k], picked[k], ranks[k], ranked[k], lists[k] = row, int32(first+k), int64(k+1), true, name
	}
}

// mixed is the finalizer of splitmix64.
func mixed(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// list takes a list whose entries are the slots.
func (r *reader) list(n int) error {
	first := 0
	if len(r.fields) > 0 {
		first = r.fields[0].entry
	}
	if r.item == nil && r.rank == nil {
		r.take(first, n)
		return nil
	}
	ranks, err := r.read(n)
	if err != nil {
		return err
	}
	for k, rank := range ranks {
		if rank > 0 {
			r.slot(first+k, rank, true)
		}
	}
	return nil
}

// pool takes a list of candidates, some of which the other list ranks.
func (r *reader) pool(shown, offered int) error {
	ranks, err := r.read(shown)
	if err != nil {
		return err
	}
	first, item := r.offered.entry, r.item.entry
	met := &r.met
	met.begin()
	for k := range offered {
		if r.pad(r.offered.column, first+k) {
			r.accounts.Pads++
			continue
		}
		key := r.offered.column.key(first + k)
		if _, twice := met.find(key); twice {
			return r.fault(fmt.Errorf("item %q is offered twice", r.offered.column.value(first+k)), "")
		}
		met.put(key, len(r.slots))
		r.slot(first+k, 0, false)
		r.unranked++
	}
	for k, rank := range ranks {
		if rank == 0 {
			continue
		}
		slot, ok := met.find(r.item.column.key(item + k))
		if !ok {
			return r.fault(fmt.Errorf("item %q is ranked and was not offered", r.item.column.value(item+k)), "")
		}
		r.ranks[slot], r.ranked[slot] = rank, true
		r.unranked--
	}
	return nil
}

// read gives the rank of every entry of the shown list, 0 for one that does not
// count.
func (r *reader) read(n int) ([]int64, error) {
	item, rank := 0, 0
	if r.item != nil {
		item = r.item.entry
	}
	if r.rank != nil {
		rank = r.rank.entry
	}
	r.places = append(r.places[:0], make([]int64, n)...)
	out := r.places
	for k := range out {
		if r.item != nil && r.pad(r.item.column, item+k) {
			r.accounts.Pads++
			continue
		}
		out[k] = int64(k + 1)
		if r.rank != nil {
			x, err := r.rankAt(rank + k)
			if err != nil {
				return nil, err
			}
			out[k] = x
		}
		if out[k] > int64(n) {
			r.accounts.Beyond++
		}
	}
	if err := r.repeated(out, item); err != nil {
		return nil, err
	}
	return out, nil
}

// rankAt reads a rank as one from 1 on.
func (r *reader) rankAt(i int) (int64, error) {
	c := r.rank.column
	if c.missing(i) {
		return 0, r.fault(fmt.Errorf("an item without a rank"), "give every item its rank, or leave slate.rank out where the order of the list is the rank")
	}
	x, err := r.unit.source.options.rank(c, i)
	var h *hinted
	switch {
	case errors.As(err, &h):
		return 0, r.fault(h.err, h.hint)
	case err != nil:
		return 0, r.fault(err, "")
	}
	return x, nil
}

// rank reads entry i, which is there, as a rank from 1 on.
func (o Options) rank(c *column, i int) (int64, error) {
	x, whole := int64(0), true
	fraction := func(f float64) {
		x = int64(f)
		whole = float64(x) == f && math.Abs(f) <= 1<<53
	}
	switch {
	case c.coded:
		f, err := strconv.ParseFloat(c.value(i), 64)
		if err != nil {
			return 0, fmt.Errorf("rank %q is not a number", c.value(i))
		}
		fraction(f)
	case c.typ.Kind == source.Float:
		fraction(c.floats[i])
	default:
		x = c.ints[i]
	}
	switch {
	case !whole:
		return 0, fmt.Errorf("rank %s is not a whole number", c.value(i))
	case x == 0 && o.First == 1:
		return 0, &hinted{errors.New("rank 0, but ranks begin at 1"), "if they begin at 0, say slate.first_rank: 0"}
	case x < o.First:
		return 0, fmt.Errorf("rank %d is below the first, %d", x, o.First)
	case x-o.First >= MaxLength:
		return 0, fmt.Errorf("rank %d; at most %d are read", x, MaxLength)
	}
	return x - o.First + 1, nil
}

// repeated drops or refuses entries whose item the list had before, and refuses a
// rank that two entries have. Of equal items the one that was shown further up is
// the first.
func (r *reader) repeated(ranks []int64, item int) error {
	if r.item != nil {
		met := &r.met
		met.begin()
		for k, rank := range ranks {
			if rank == 0 {
				continue
			}
			key := r.item.column.key(item + k)
			before, twice := met.find(key)
			switch {
			case !twice:
				met.put(key, k)
				continue
			case !r.unit.source.options.KeepFirst:
				return r.fault(fmt.Errorf("item %q is in the list twice", r.item.column.value(item+k)), "to count the first and note the others, say slate.duplicates: first")
			case rank < ranks[before]:
				ranks[before] = 0
				met.put(key, k)
			default:
				ranks[k] = 0
			}
			r.accounts.Duplicates++
		}
	}
	if r.rank == nil {
		return nil
	}
	met := &r.met
	met.begin()
	for _, rank := range ranks {
		if _, twice := met.find(uint64(rank)); twice && rank > 0 {
			return r.fault(fmt.Errorf("two items have rank %d", rank-1+r.unit.source.options.First), "")
		}
		met.put(uint64(rank), 0)
	}
	return nil
}

// pad tells whether an entry stands for no item.
func (r *reader) pad(c *column, i int) bool {
	if c.missing(i) {
		return true
	}
	return len(r.pads) > 0 && r.pads[c.value(i)]
}

// fault places what is wrong with the row's lists.
func (r *reader) fault(err error, hint string) error {
	return &source.Error{Path: r.unit.Name(), Unit: source.Place(r.flat, r.rows, r.next), Column: r.unit.source.options.lists(), Err: err, Hint: hint}
}
