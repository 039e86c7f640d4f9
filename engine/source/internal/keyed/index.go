package keyed

import (
	"hash/maphash"
	"math/bits"
)

// Index finds the row of a key. Keys that are whole numbers and others are kept
// apart: a number is found whether it was written as 1, 1.0 or "1".
type Index struct {
	ints  intIndex
	texts textIndex
}

// Find returns the row of k, or -1.
func (x *Index) Find(k Key) int32 {
	if k.kind == intKey {
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

// Bytes is the memory that the index takes.
func (x *Index) Bytes() int64 { return x.ints.bytes() + x.texts.bytes() }

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

type intIndex struct {
	slots slots
	keys  []int64
	rows  []int32
}

// mix spreads an integer over 64 bits (Knuth's multiplicative hashing, both
// halves of the product).
func mix(n int64) uint64 {
	hi, lo := bits.Mul64(uint64(n)^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
	return hi ^ lo
}

func (x *intIndex) find(n int64) int32 {
	if len(x.slots) == 0 {
		return -1
	}
	for i := x.slots.at(mix(n)); x.slots[i] != 0; i = x.slots.next(i) {
		if e := x.slots[i] - 1; x.keys[e] == n {
			return x.rows[e]
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
	x.keys, x.rows = append(x.keys, n), append(x.rows, row)
	return -1
}

func (x *intIndex) bytes() int64 {
	return 4*int64(len(x.slots)) + 8*int64(cap(x.keys)) + 4*int64(cap(x.rows))
}

type textIndex struct {
	seed  maphash.Seed // the layout differs from run to run, what is found does not
	slots slots
	keys  Texts
	rows  []int32
}

func (x *textIndex) find(k []byte) int32 {
	if len(x.slots) == 0 {
		return -1
	}
	for i := x.slots.at(maphash.Bytes(x.seed, k)); x.slots[i] != 0; i = x.slots.next(i) {
		if e := int(x.slots[i] - 1); string(x.keys.At(e)) == string(k) {
			return x.rows[e]
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
	x.keys.Add(k)
	x.rows = append(x.rows, row)
	return -1
}

func (x *textIndex) bytes() int64 {
	return 4*int64(len(x.slots)) + x.keys.Bytes() + 4*int64(cap(x.rows))
}
