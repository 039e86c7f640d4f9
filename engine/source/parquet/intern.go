package parquet

import (
	"encoding/binary"

	"github.com/plumbline-audit/plumbline/engine/source"
)

const (
	// mostInterned is how many different strings of a column chunk get a code.
	mostInterned = 1 << 12
	// fewInterned is how many get one without looking at how often they return.
	fewInterned = 1 << 8
	// longInterned is the most bytes of a string that gets a code.
	longInterned = 1 << 8
	// internBits makes the hash twice as large as what is in it.
	internBits = 13
	// mostProbes is how many slots are looked at for one string: nobody can make a
	// file whose strings all share one.
	mostProbes = 64
	// golden is the multiplier of multiplicative hashing (Knuth).
	golden = 0x9e3779b97f4a7c15
)

// interner gives the strings of a column chunk that has no dictionary codes, as
// long as they are few, so that what follows looks at each string once and not
// at each row. Codes are numbered in order of first appearance.
type interner struct {
	dict  *source.Dict
	slots []interned // with open addressing
	seen  int        // strings so far
}

// interned is a string of up to 8 bytes itself, or the hash of a longer one.
type interned struct {
	word uint64
	size uint32
	code uint32 // + 1; 0 in a slot that is free
}

// reset forgets the strings of another chunk.
func (t *interner) reset(typ source.Type) {
	if t.slots == nil {
		t.slots = make([]interned, 1<<internBits)
	} else {
		clear(t.slots)
	}
	t.dict, t.seen = &source.Dict{Type: typ}, 0
}

// codes reads strings that are each behind its length, from v, and gives their
// codes. If there are too many different ones, ok is false, and v is where it was.
func (t *interner) codes(dst []uint32, v *values) (ok bool, err error) {
	data, at := v.data, 0
	for i := range dst {
		rest := data[at:]
		if len(rest) >= 12 { // 4 of the length, 8 that are looked at in any case
			if size := binary.LittleEndian.Uint32(rest); size <= 8 {
				word := binary.LittleEndian.Uint64(rest[4:]) & (1<<(8*size) - 1)
				s := &t.slots[word*golden>>(64-internBits)]
				code := s.code - 1
				if s.word != word || s.size != size || s.code == 0 {
					if code, ok = t.find(word, rest[4:4+size], t.seen+i); !ok {
						return false, nil
					}
				}
				dst[i] = code
				at += 4 + int(size)
				continue
			}
		}
		b, err := unprefixed(rest)
		if err != nil {
			return false, err
		}
		if len(b) > longInterned {
			return false, nil
		}
		if dst[i], ok = t.find(wordOf(b), b, t.seen+i); !ok {
			return false, nil
		}
		at += 4 + len(b)
	}
	v.data, t.seen = data[at:], t.seen+len(dst)
	return true, nil
}

// wordOf is what a slot has of a string.
func wordOf(b []byte) (word uint64) {
	if len(b) <= 8 {
		for i, x := range b {
			word |= uint64(x) << (8 * i)
		}
		return word
	}
	last := binary.LittleEndian.Uint64(b[len(b)-8:])
	for ; len(b) > 8; b = b[8:] {
		word = (word ^ binary.LittleEndian.Uint64(b)) * golden
		word ^= word >> 32
	}
	return (word ^ last) * golden
}

// find gives the code of a string by its word. It is new if none has it. If it can
// have none, ok is false.
func (t *interner) find(word uint64, b []byte, seen int) (code uint32, ok bool) {
	at := word * golden >> (64 - internBits)
	for range mostProbes {
		s := &t.slots[at]
		switch {
		case s.code == 0:
			return t.add(s, word, b, seen)
		case s.word == word && int(s.size) == len(b) && (len(b) <= 8 || t.dict.Strs[s.code-1] == string(b)):
			return s.code - 1, true
		}
		at = (at + 1) % uint64(len(t.slots))
	}
	return 0, false
}

// add gives a new string a code, unless there are too many.
func (t *interner) add(s *interned, word uint64, b []byte, seen int) (code uint32, ok bool) {
	n := len(t.dict.Strs)
	if n == mostInterned || n >= fewInterned && n > seen/8 {
		return 0, false
	}
	t.dict.Strs = append(t.dict.Strs, string(b))
	*s = interned{word, uint32(len(b)), uint32(n) + 1}
	return uint32(n), true
}

// spellOut goes over to strings, in the rest of the column chunk and in the rows
// of the buffer.
func (c *column) spellOut() {
	c.internable, c.interning, c.coded, c.isCoded = false, false, false, false
	codes, size, s := c.codes, c.size, &c.strs
	for c.size = 0; c.size < size; c.size++ {
		valid := 0
		if code := codes[c.size]; code != source.NullCode {
			s.Bytes, valid = append(s.Bytes, c.interner.dict.Strs[code]...), 1
		}
		c.markValid(1, valid)
		s.Offsets = append(s.Offsets, uint32(len(s.Bytes)))
	}
}

// dictOf is what the codes of the buffer are of.
func (c *column) dictOf() *source.Dict {
	if c.dict == nil && c.internable {
		return c.interner.dict
	}
	return c.dict
}

// interns tells whether the strings of the open page get codes.
func (p *pages) interns() bool {
	if !p.internable || p.dict != nil || p.values.shape != prefixed {
		return false
	}
	if p.interner.dict == nil {
		p.interner.reset(p.leaf.typ)
	}
	return true
}
