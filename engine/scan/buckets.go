package scan

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// buckets gives the buckets that occur small ids, in order of first appearance.
// Its pages hold the buckets of one power of two each, so looking one up takes
// no hash, and a column takes memory only for the sizes that it has.
type buckets struct {
	pages [2*table.Buckets/pageSize + 1]*[pageSize]uint32 // id, 0 for none
	known []int                                           // bucket by id
}

const pageSize = 512

func newBuckets() *buckets {
	return &buckets{known: make([]int, firstNumber)}
}

func (b *buckets) number(bucket int) uint32 {
	at := uint(bucket + table.Buckets)
	page := b.pages[at/pageSize]
	if page == nil {
		page = new([pageSize]uint32)
		b.pages[at/pageSize] = page
	}
	id := page[at%pageSize]
	if id == 0 {
		id = uint32(len(b.known))
		page[at%pageSize] = id
		b.known = append(b.known, bucket)
	}
	return id
}

// numbers fills the ids of floats of any kind.
func (b *buckets) numbers(xs []float64, ids []uint32) {
	for i, x := range xs {
		switch {
		case x-x == 0:
			ids[i] = b.number(table.BucketNumber(x))
		case math.IsNaN(x):
			ids[i] = numberNaN
		default:
			ids[i] = numberInf
		}
	}
}

func (b *buckets) bytes() int64 {
	return int64(len(b.pages))*8 + int64(len(b.known))*16
}
