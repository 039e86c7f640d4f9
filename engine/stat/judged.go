package stat

import (
	"math"
	"slices"
)

// Judged is one list whose items are known to be relevant or not: the gain of every
// item that was shown, 0 for one that is not relevant, in the order of their places.
type Judged struct {
	Gains    []float64
	Places   []int64   // beside Gains: rising, from 1
	Missed   []float64 // gains of relevant items that were not shown
	Relevant int64     // relevant items in all, each of gain 1, if more than these
	Logs     *Logs     // nil for none that are remembered
}

// relevant is how many relevant items there are, shown or not.
func (j Judged) relevant() int64 {
	return max(j.Relevant, int64(j.hits(math.MaxInt64))+int64(len(j.Missed)))
}

// Any tells whether there is a relevant item.
func (j Judged) Any() bool { return j.relevant() > 0 }

// hits are the relevant items up to a place.
func (j Judged) hits(k int64) (n int) {
	for i, g := range j.Gains {
		if g > 0 && j.Places[i] <= k {
			n++
		}
	}
	return n
}

// Precision is the share of the first k places that hold a relevant item. A list
// that ends before k has nothing in the places that it lacks (RecTools, ranx).
func (j Judged) Precision(k int64) float64 { return float64(j.hits(k)) / float64(k) }

// Recall is the share of the relevant items that are among the first k places; not a
// number where there is none.
func (j Judged) Recall(k int64) float64 { return float64(j.hits(k)) / float64(j.relevant()) }

// Hit is 1 if there is a relevant item among the first k places.
func (j Judged) Hit(k int64) float64 { return float64(min(1, j.hits(k))) }

// ReciprocalRank is 1 over the place of the first relevant item, 0 if it is beyond k.
func (j Judged) ReciprocalRank(k int64) float64 {
	for i, g := range j.Gains {
		if g > 0 && j.Places[i] <= k {
			return 1 / float64(j.Places[i])
		}
	}
	return 0
}

// NDCG is the sum of gain/log2(place + 1) over the first k places, over that of the
// best list there could be (Järvelin and Kekäläinen 2002, as trec_eval's ndcg_cut has
// it: linear gain, ideal of what is relevant). Not a number where nothing is.
func (j Judged) NDCG(k int64) float64 {
	var got, ideal float64
	best := slices.Clone(j.Missed)
	for i, g := range j.Gains {
		if g > 0 && j.Places[i] <= k {
			got += float64(g * j.Logs.discount(j.Places[i]))
		}
		if g > 0 {
			best = append(best, g)
		}
	}
	for n := int64(len(best)); n < j.Relevant && n < k; n++ {
		best = append(best, 1)
	}
	slices.Sort(best)
	slices.Reverse(best)
	for i, g := range best {
		if int64(i) < k {
			ideal += float64(g * j.Logs.discount(int64(i+1)))
		}
	}
	return got / ideal
}
