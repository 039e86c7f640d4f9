package stat

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// dealtNormal is the variance from which the successes dealt to a group are a
// rounded normal number, moved by its skewness (Cornish and Fisher 1938).
const dealtNormal = 100

// deck deals the successes of a table to its groups at random, with both margins
// kept: the multivariate hypergeometric distribution, group by group, the small
// ones first.
type deck struct {
	sizes []int64 // of the groups, in the order of the table
	order []int   // smallest first
	left  []int64 // rows that are not yet dealt, before each of order
	total int64   // successes
	exact []bool  // by position in order: by the exact distribution
	known []hands

	weights []float64 // scratch
	below   []float64 // room for distributions,
	guide   []uint16  // and for their guides
}

// hands are distributions of one group.
type hands struct {
	place [remembered]uint16 // by what is left, modulo remembered: in list, counted from 1
	list  []hand
}

// forget keeps nothing but the memory.
func (h *hands) forget() { h.place, h.list = [remembered]uint16{}, h.list[:0] }

// next is one more hand that knows nothing.
func (h *hands) next() {
	if len(h.list) < cap(h.list) {
		h.list = h.list[:len(h.list)+1] // with the memory of one that was forgotten
	} else {
		h.list = append(h.list, hand{})
	}
	h.list[len(h.list)-1].left = -1
}

// hand is the distribution of one group's successes, known for one number of
// successes left.
type hand struct {
	left int64
	tabled
}

// guided is how many numbers share a place in the guide of a hand.
const guided = 8

// remembered is the number of distributions kept for each group: a power of two
// above the spread of what small groups leave.
const remembered = 256

func newDeck(table []Count) (*deck, error) {
	d := &deck{}
	return d, d.set(table)
}

// set takes another table.
func (d *deck) set(table []Count) error {
	d.sizes, d.order, d.left, d.exact, d.total = make([]int64, len(table)), nil, nil, nil, 0
	rows, groups := int64(0), 0
	for i, c := range table {
		if c.K < 0 || c.N < 0 || c.K > c.N {
			return ErrCounts
		}
		if c.N > maxCount-rows {
			return ErrTooLarge
		}
		d.sizes[i], d.order = c.N, append(d.order, i)
		d.total, rows = d.total+c.K, rows+c.N
		if c.N > 0 {
			groups++
		}
	}
	if groups < 2 {
		return ErrNoRows
	}
	slices.SortStableFunc(d.order, func(a, b int) int { return cmp.Compare(d.sizes[a], d.sizes[b]) })
	p := float64(d.total) / float64(rows)
	for i := range d.known {
		d.known[i].forget()
	}
	d.known = slices.Grow(d.known, max(0, len(table)-len(d.known)))[:max(len(table), len(d.known))]
	for _, i := range d.order {
		d.left = append(d.left, rows)
		d.exact = append(d.exact, float64(d.sizes[i])*p*(1-p) < dealtNormal)
		rows -= d.sizes[i]
	}
	return nil
}

// deal fills out with the successes of each group.
func (d *deck) deal(rng *rand.Rand, out []int64) {
	left := d.total
	for at, i := range d.order {
		n := d.sizes[i]
		switch {
		case left == 0 || n == 0:
			out[i] = 0
		case n == d.left[at]:
			out[i] = left
		case d.exact[at]:
			out[i] = d.distribution(at, left).draw(rng)
		default:
			out[i] = about(rng, float64(n), float64(d.left[at]), float64(left))
		}
		left -= out[i]
	}
}

func (d *deck) distribution(at int, left int64) *hand {
	known := &d.known[at]
	place := &known.place[left%remembered]
	if *place == 0 {
		known.next()
		*place = uint16(len(known.list))
	}
	x := &known.list[*place-1]
	if x.left != left {
		n := d.sizes[d.order[at]]
		h := hypergeometric{float64(n), float64(d.left[at] - n), float64(left)}
		x.left = left
		x.first, d.weights = weights(h, leastWeight, d.weights[:0])
		x.below, d.below = within(x.below, d.below, len(d.weights))
		x.guide, d.guide = within(x.guide, d.guide, len(d.weights)/guided+1) // most are drawn from a few times
		x.fill(d.weights)
	}
	return x
}

// within is a slice of n in the memory of old, if it is large enough, else at the
// start of room, and what is left of room.
func within[T any](old, room []T, n int) (out, rest []T) {
	if cap(old) >= n {
		return old[:n], room
	}
	if len(room) < n {
		room = make([]T, max(n, 1<<11))
	}
	return room[:n:n], room[n:]
}

// about draws the successes of n of the rows left by a normal number with the
// mean, variance and skewness of the hypergeometric distribution.
func about(rng *rand.Rand, n, rows, successes float64) int64 {
	h := hypergeometric{n, rows - n, successes}
	p := successes / rows
	variance := float64(n*p*(1-p)) * ((rows - n) / (rows - 1))
	x := rng.NormFloat64()
	if variance > 0 {
		sd := math.Sqrt(variance)
		skewness := (1 - 2*p) * ((rows - 2*n) / (rows - 2)) / sd
		x = float64(n*p) + float64(sd*(x+float64(skewness*(float64(x*x)-1)/6)))
	} else {
		x = float64(n * p)
	}
	return int64(clamp(math.Round(x), h.first(), h.last()))
}
