package keyed

// dense is a table of keys that are nearly all whole numbers of a stretch: four bytes
// for each, and no search.
type dense struct {
	low  int64
	rows []int32 // of low and the numbers after it, or -1
}

// mostGaps is how many numbers of a stretch may be no key, for each that is: a hash
// table takes as much.
const mostGaps = 4

// Seal makes what is complete small and quick. No key can be inserted after it.
func (x *Index) Seal() {
	keys := x.ints.keys
	if len(keys) == 0 {
		return
	}
	low, high := keys[0], keys[0]
	for _, k := range keys {
		low, high = min(low, k), max(high, k)
	}
	if span := uint64(high) - uint64(low); span >= mostGaps*uint64(len(keys)) {
		return
	}
	x.dense = dense{low: low, rows: make([]int32, high-low+1)}
	for i := range x.dense.rows {
		x.dense.rows[i] = -1
	}
	for e, k := range keys {
		x.dense.rows[k-low] = x.ints.row(e)
	}
	x.ints = intIndex{}
}

func (d *dense) find(n int64) int32 {
	if at := uint64(n) - uint64(d.low); at < uint64(len(d.rows)) {
		return d.rows[at]
	}
	return -1
}

// block is how many keys are looked up at once: their memory is fetched side by side,
// and not one after the other.
const block = 64

// FindInts is Find of whole numbers; out is beside keys.
func (x *Index) FindInts(out []int32, keys []int64) {
	if x.dense.rows != nil {
		rows, low := x.dense.rows, uint64(x.dense.low)
		for i, k := range keys[:len(out)] {
			row := int32(-1)
			if at := uint64(k) - low; at < uint64(len(rows)) {
				row = rows[at]
			}
			out[i] = row
		}
		return
	}
	for len(keys) > block {
		x.ints.findBlock(out[:block], keys[:block])
		out, keys = out[block:], keys[block:]
	}
	x.ints.findBlock(out, keys)
}

// findBlock is find of up to block keys.
func (x *intIndex) findBlock(out []int32, keys []int64) {
	if len(x.slots) == 0 {
		for i := range out {
			out[i] = -1
		}
		return
	}
	var entries [block]uint32
	var met [block]int64
	mask := uint64(len(x.slots) - 1)
	for i, k := range keys {
		entries[i] = x.slots[mix(k)&mask]
	}
	for i := range keys {
		if e := entries[i]; e != 0 {
			met[i] = x.keys[e-1]
		}
	}
	for i, k := range keys {
		switch e := entries[i]; {
		case e == 0:
			out[i] = -1
		case met[i] == k:
			out[i] = x.row(int(e - 1))
		default:
			out[i] = x.find(k)
		}
	}
}

// Warm fetches what inserting some whole numbers is about to look at, side by side.
// What it returns means nothing; it is returned so that the work is done.
func (x *Index) Warm(keys []int64) (touched uint32) {
	slots := x.ints.slots
	if len(slots) == 0 {
		return 0
	}
	mask := uint64(len(slots) - 1)
	for _, k := range keys {
		touched |= slots[mix(k)&mask]
	}
	return touched
}
