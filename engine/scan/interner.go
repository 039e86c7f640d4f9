package scan

// interner numbers distinct 64-bit words in order of first appearance: a hash
// table with linear probing, which is all that counting numbers needs.
type interner struct {
	slots []uint32 // number + 1, 0 for free
	words []uint64 // by number
	shift uint     // 64 - log2(len(slots))
}

// mixing spreads words over the slots: 2^64 divided by the golden ratio
// (Knuth, The Art of Computer Programming 3, 6.4). The words are folded first,
// because the low bits of short decimals and whole numbers are zero.
const mixing = 0x9e3779b97f4a7c15

func newInterner() *interner { return &interner{slots: make([]uint32, 64), shift: 64 - 6} }

// number returns the number of a word, and whether it is new.
func (t *interner) number(word uint64) (uint32, bool) {
	mask := uint64(len(t.slots) - 1)
	at := (word ^ word>>32) * mixing >> t.shift
	for {
		slot := t.slots[at]
		if slot == 0 {
			break
		}
		if t.words[slot-1] == word {
			return slot - 1, false
		}
		at = (at + 1) & mask
	}
	t.words = append(t.words, word)
	t.slots[at] = uint32(len(t.words))
	if 2*len(t.words) > len(t.slots) {
		t.grow()
	}
	return uint32(len(t.words) - 1), true
}

// find returns the number of a word, if it has one.
func (t *interner) find(word uint64) (n uint32, ok bool) {
	mask := uint64(len(t.slots) - 1)
	for at := (word ^ word>>32) * mixing >> t.shift; t.slots[at] != 0; at = (at + 1) & mask {
		if n := t.slots[at] - 1; t.words[n] == word {
			return n, true
		}
	}
	return 0, false
}

// append gives a word a number that the caller will find it by. It is in no slot
// until the slots are made anew.
func (t *interner) append(word uint64) uint32 {
	t.words = append(t.words, word)
	return uint32(len(t.words) - 1)
}

func (t *interner) grow() {
	larger := uint(2) // in bits; a large table grows more slowly, because it stays
	if len(t.slots) >= 1<<18 {
		larger = 1
	}
	for len(t.slots)<<larger < 2*len(t.words) { // many had no slot
		larger++
	}
	t.slots = make([]uint32, len(t.slots)<<larger)
	t.shift -= larger
	mask := uint64(len(t.slots) - 1)
	for n, word := range t.words {
		at := (word ^ word>>32) * mixing >> t.shift
		for t.slots[at] != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = uint32(n + 1)
	}
}

func (t *interner) bytes() int64 { return int64(len(t.slots))*4 + int64(cap(t.words))*8 }
