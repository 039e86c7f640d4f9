package expr

import (
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// block is how many rows or dictionary entries are evaluated at a time: few
// enough that the scratch of an expression stays in the processor's cache.
const block = 4096

// maxMemos is the number of dictionaries that each unit remembers. One would do
// for a reader with a dictionary per column chunk; some alternate.
const maxMemos = 4

// memo is what a unit gives for a null (entry 0) and for each entry of one
// dictionary (entry code+1). The code of a null, all ones, plus 1 is 0.
type memo struct {
	dict *source.Dict
	set  bool
	done int // entries of the dictionary that were evaluated
	vec  vec
}

// memoOf gives the memo of a unit for a dictionary, brought up to its length.
func (e *Evaluator) memoOf(n *node, dict *source.Dict) *memo {
	ring := &e.memos[n.unit]
	m := ring.find(dict)
	if m == nil {
		m = ring.next()
		m.reset(n.typ)
		m.dict, m.set = dict, true
		m.extend(n, e.over(n, span{null: true}))
	}
	for length := dictLen(dict); m.done < length; {
		d := span{dict: dict, from: m.done, n: min(block, length-m.done)}
		m.extend(n, e.over(n, d))
		m.done += d.n
	}
	return m
}

func dictLen(dict *source.Dict) int {
	if dict == nil {
		return 0
	}
	return dict.Len()
}

type memoRing struct {
	memos [maxMemos]memo
	turn  int
}

func (r *memoRing) find(dict *source.Dict) *memo {
	for i := range r.memos {
		if m := &r.memos[i]; m.set && m.dict == dict {
			return m
		}
	}
	return nil
}

func (r *memoRing) next() *memo {
	m := &r.memos[r.turn]
	r.turn = (r.turn + 1) % maxMemos
	return m
}

func (m *memo) reset(t typ) {
	v := &m.vec
	m.done, v.class, v.unit = 0, t.class, t.unit
	v.st, v.b, v.i, v.f, v.x, v.s = v.st[:0], v.b[:0], v.i[:0], v.f[:0], v.x[:0], v.s[:0]
}

// extend appends what was computed for further entries.
func (m *memo) extend(n *node, v *vec) {
	to := &m.vec
	for i := range v.n {
		to.st = append(to.st, v.status(i))
	}
	switch v.class {
	case boolean:
		to.b = append(to.b, v.b[:v.n]...)
	case integer:
		to.i = append(to.i, v.i[:v.n]...)
	case floating:
		to.f = append(to.f, v.f[:v.n]...)
	case whole, numeral:
		to.x = append(to.x, v.x[:v.n]...)
	case moment:
		if v.unit == 0 {
			to.x = append(to.x, v.x[:v.n]...)
		} else {
			to.i = append(to.i, v.i[:v.n]...)
		}
	case str, text, decimal:
		for _, s := range v.s[:v.n] {
			if n.op != opColumn {
				s = strings.Clone(s)
			}
			to.s = append(to.s, s)
		}
	}
}

// gather spreads a memo over the codes of rows.
func (m *memo) gather(codes []uint32, out *vec) {
	from := &m.vec
	out.class, out.unit, out.one, out.n = from.class, from.unit, false, len(codes)
	out.room()
	switch {
	case out.class == boolean:
		pick(from.b, codes, out.b)
	case out.class == integer, out.class == moment && out.unit != 0:
		pick(from.i, codes, out.i)
	case out.class == floating:
		pick(from.f, codes, out.f)
	case out.class == whole, out.class == numeral, out.class == moment:
		pick(from.x, codes, out.x)
	case out.class != nothing:
		pick(from.s, codes, out.s)
	}
	out.st = grow(&out.own.st, out.n)
	if pickStatus(from.st, codes, out.st) == 0 {
		out.st = nil
	}
}

func pick[T any](from []T, codes []uint32, to []T) {
	for i, c := range codes {
		to[i] = from[c+1]
	}
}

// pickStatus gathers, and tells whether anything but 0 was there.
func pickStatus(from []uint8, codes []uint32, to []uint8) uint8 {
	any := uint8(0)
	for i, c := range codes {
		s := from[c+1]
		to[i] = s
		any |= s
	}
	return any
}
