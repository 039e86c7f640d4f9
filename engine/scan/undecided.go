package scan

import (
	"math"
	"math/bits"
	"sync/atomic"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// undecided is what a column of floats is while it is not known whether its
// values repeat. Each row's value then has an id of its own, and the tables put
// their rows aside. If more than table.MaxDistinct values show up, they go into
// buckets without ever having been told apart, which is most of the time that
// such a column would take. Values are told apart by a bit of their hash: a bit
// that is set stands for at least one value, so that the bits are never more
// than the values.
type undecided struct {
	met  *met
	rows int // of this worker
}

// met are the values that all workers have met while they were undecided.
type met struct {
	bits      [1 << undecidedBits / 64]atomic.Uint64
	set, rows atomic.Int64 // bits, and rows looked at
}

// undecidedBits are enough for table.MaxDistinct values to share few.
const undecidedBits = 20

// add notes a value, and tells whether it is certainly new.
func (m *met) add(word uint64) bool {
	at := (word ^ word>>32) * mixing >> (64 - undecidedBits)
	bit := uint64(1) << (at % 64)
	w := &m.bits[at/64]
	return w.Load()&bit == 0 && w.Or(bit)&bit == 0
}

// values are at least as many as the workers have met.
func (u *undecided) values() int { return int(u.met.set.Load()) }

// repeats tells that the values are worth telling apart, or that too many rows
// are put aside.
func (u *undecided) repeats() bool {
	return 2*u.met.set.Load() < u.met.rows.Load() || u.rows > lateRows
}

// mayWait tells whether a frame's numbers can be put aside undecided.
func (n *numbers) mayWait(f *frame) bool {
	return n.eval == nil && n.list == nil && n.facts == nil && f.weights == nil && f.repeat == 1 && n.isPlain(&f.cols[n.column], source.Float)
}

// room makes room for more words. It does not touch what is not used yet, which
// slices.Grow does.
func room(words []uint64, more int) []uint64 {
	if cap(words)-len(words) >= more {
		return words
	}
	out := make([]uint64, len(words), len(words)+more)
	copy(out, words)
	return out
}

// fillUndecided gives each of a frame's floats an id of its own.
func (n *numbers) fillUndecided(v *source.Vector, rows *scope) {
	words := n.exact.words
	if n.wait.rows == 0 {
		words = room(words, rows.n)
	} else { // at once all that there can be, so that it is copied once
		words = room(words, max(rows.n, firstNumber+lateRows+rows.n-len(words)))
	}
	first, fresh := uint32(len(words)), int64(0)
	xs := v.Float64s()
	if rows.rows == nil && v.Valid == nil && n.fillSerial(xs[:rows.n], words) {
		return
	}
	rows.each(func(row int) {
		id := uint32(numberMissing)
		if v.Valid == nil || v.Valid[row] {
			switch x := xs[row]; {
			case x-x == 0:
				id = uint32(len(words))
				word := math.Float64bits(x + 0) // minus zero is zero
				words = append(words, word)
				if n.wait.met.add(word) {
					fresh++
				}
			case x != x:
				id = numberNaN
			default:
				id = numberInf
			}
		}
		n.ids[row] = id
	})
	n.serial = rows.rows == nil && int(uint32(len(words))-first) == rows.n
	n.exact.words = words
	n.wait.rows += rows.n
	n.wait.met.set.Add(fresh)
	n.wait.met.rows.Add(int64(rows.n))
}

// fillSerial is fillUndecided for all rows, if each has a finite value. words has room
// for them.
func (n *numbers) fillSerial(xs []float64, words []uint64) bool {
	for _, x := range xs {
		if x-x != 0 {
			return false
		}
	}
	first, fresh, met := len(words), int64(0), n.wait.met
	words = words[:first+len(xs)]
	for i, x := range xs {
		word := math.Float64bits(x + 0) // minus zero is zero
		words[first+i] = word
		if met.add(word) {
			fresh++
		}
	}
	for i := range n.ids[:len(xs)] {
		n.ids[i] = uint32(first + i)
	}
	n.serial, n.exact.words = true, words
	n.wait.rows += len(xs)
	met.set.Add(fresh)
	met.rows.Add(int64(len(xs)))
	return true
}

// decide tells the values apart, and gives every row that was put aside, and every
// row of the frame, the id of its value.
func (w *worker) decide(n *numbers) {
	words := n.exact.words
	n.serial = false
	n.wait, n.exact = nil, &interner{slots: make([]uint32, 1<<max(6, bits.Len(uint(min(n.wait.values(), len(words))))+1))}
	n.exact.shift = uint(64 - bits.TrailingZeros(uint(len(n.exact.slots))))
	id := make([]uint32, len(words))
	for i, word := range words {
		if i < firstNumber {
			n.exact.number(word)
			id[i] = uint32(i)
		} else {
			id[i] = n.number(math.Float64frombits(word))
		}
	}
	for _, t := range w.tallies {
		if t.numbers == n {
			t.grid.renumber(id)
		}
	}
	if w.frame.rows == len(n.ids) {
		w.frame.scopeOf(n.need).each(func(row int) { n.ids[row] = id[n.ids[row]] })
	}
}
