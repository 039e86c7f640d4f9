package keyed

import (
	"hash/maphash"
	"math/bits"
)

// Index finds the row of a key. Keys that are whole numbers and others are kept
// apart: a number is found whether it was written as 1, 1.0 or "1".
type Index struct {
	ints  intIndex
	dense dense // in place of ints, once sealed
	texts textIndex
}

// Find returns the row of k, or -1.
func (x *Index) Find(k Key) int32 {
	if k.kind == intKey {
		if x.dense.rows != nil {
			return x.dense.find(k.number)
		}
		return x.ints.find(k.number)
	}
	return x.texts.find(k.text)
}

// Insert adds a row under k, or returns the row that has this key already.
func (x *Index) Insert(k Key, row int32) (earlier int32) {
	if k.kind == intKey {
		return x.ints.insert(k.number, row)
	}
	return x.texts.insert(k.text, row)
}

// Replace gives a key that was inserted another row.
func (x *Index) Replace(k Key, row int32) {
	if k.kind == intKey {
		if e := x.ints.entry(k.number); e >= 0 {
			x.ints.set(e, len(x.ints.keys), row)
		}
		return
	}
	if e := x.texts.entry(k.text); e >= 0 {
		x.texts.set(e, x.texts.keys.Len(), row)
	}
}

// Bytes is the memory that the index takes.
func (x *Index) Bytes() int64 { return x.ints.bytes() + x.texts.bytes() + 4*int64(cap(x.dense.rows)) }

// slots is a hash table with linear probing: entry number + 1, or 0. It is at
// most two thirds full.
type slots []uint32

func (s slots) full(entries int) bool { return entries*3 >= len(s)*2 }

// at is where probing for a hash begins.
func (s slots) at(hash uint64) int { return int(hash & uint64(len(s)-1)) }

func (s slots) next(i int) int { return (i + 1) & (len(s) - 1) }

// grown returns an empty table for twice as many entries.
func (s slots) grown() slots { return make(slots, max(16, 2*len(s))) }

func (s slots) put(hash uint64, entry int) {
	i := s.at(hash)
	for s[i] != 0 {
		i = s.next(i)
	}
	s[i] = uint32(entry) + 1
}

// rowsOf are the rows of entries; while entry e is row e, which is the rule, none are
// written down.
type rowsOf struct{ rows []int32 }

func (r *rowsOf) row(entry int) int32 {
	if r.rows == nil {
		return int32(entry)
	}
	return r.rows[entry]
}

// add notes the row of the next entry.
func (r *rowsOf) add(entry int, row int32) {
	if r.rows == nil {
		if int(row) == entry {
			return
		}
		r.rows = make([]int32, entry, entry+entry/4+16)
		for i := range r.rows {
			r.rows[i] = int32(i)
		}
	}
	r.rows = append(r.rows, row)
}

// set changes the row of an entry.
func (r *rowsOf) set(entry, entries int, row int32) {
	if r.rows == nil {
		r.rows = make([]int32, entries)
		for i := range r.rows {
			r.rows[i] = int32(i)
		}
	}
	r.rows[entry] = row
}

type intIndex struct {
	slots slots
	keys  []int64
	rowsOf
}

// mix spreads an integer over 64 bits (Knuth's multiplicative hashing, both
// halves of the product).
func mix(n int64) uint64 {
	hi, lo := bits.Mul64(uint64(n)^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
	return hi ^ lo
}

func (x *intIndex) find(n int64) int32 {
	if e := x.entry(n); e >= 0 {
		return x.row(e)
	}
	return -1
}

// entry is the entry of a number, or -1.
func (x *intIndex) entry(n int64) int {
	if len(x.slots) == 0 {
		return -1
	}
	for i := x.slots.at(mix(n)); x.slots[i] != 0; i = x.slots.next(i) {
		if e := x.slots[i] - 1; x.keys[e] == n {
			return int(e)
		}
	}
	return -1
}

func (x *intIndex) insert(n int64, row int32) int32 {
	if earlier := x.find(n); earlier >= 0 {
		return earlier
	}
	if x.slots.full(len(x.keys)) {
		x.slots = x.slots.grown()
		for e, k := range x.keys {
			x.slots.put(mix(k), e)
		}
	}
	x.slots.put(mix(n), len(x.keys))
	x.rowsOf.add(len(x.keys), row)
	x.keys = append(x.keys, n)
	return -1
}

func (x *intIndex) bytes() int64 {
	return 4*int64(len(x.slots)) + 8*int64(cap(x.keys)) + 4*int64(cap(x.rows))
}

type textIndex struct {
	seed  maphash.Seed // the layout differs from run to run, what is found does not
	slots slots
	keys  Texts
	rowsOf
}

func (x *textIndex) find(k []byte) int32 {
	if e := x.entry(k); e >= 0 {
		return x.row(e)
	}
	return -1
}

// entry is the entry of a text, or -1.
func (x *textIndex) entry(k []byte) int {
	if len(x.slots) == 0 {
		return -1
	}
	for i := x.slots.at(maphash.Bytes(x.seed, k)); x.slots[i] != 0; i = x.slots.next(i) {
		if e := int(x.slots[i] - 1); string(x.keys.At(e)) == string(k) {
			return e
		}
	}
	return -1
}

func (x *textIndex) insert(k []byte, row int32) int32 {
	if earlier := x.find(k); earlier >= 0 {
		return earlier
	}
	if x.slots.full(x.keys.Len()) {
		if len(x.slots) == 0 {
			x.seed = maphash.MakeSeed()
		}
		x.slots = x.slots.grown()
		for e := range x.keys.Len() {
			x.slots.put(maphash.Bytes(x.seed, x.keys.At(e)), e)
		}
	}
	x.slots.put(maphash.Bytes(x.seed, k), x.keys.Len())
	x.rowsOf.add(x.keys.Len(), row)
	x.keys.Add(k)
	return -1
}

func (x *textIndex) bytes() int64 {
	return 4*int64(len(x.slots)) + x.keys.Bytes() + 4*int64(cap(x.rows))
}
