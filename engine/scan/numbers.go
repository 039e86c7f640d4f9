package scan

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// quantity is a role whose values are numbers: a column, or an expression.
type quantity struct {
	name   string // for messages
	column int    // position in the frame
	role   config.Role
	when   *program
	list   *listNumber
	facts  *factNumber
}

// The numbers of values that are not finite; those of others follow.
const (
	numberMissing = iota
	numberNaN
	numberInf
	firstNumber
)

// numbers turns a quantity into small numbers, one per distinct value, for the
// rows that one kind of table counts, and when there are too many distinct
// values one per bucket. It belongs to one worker.
type numbers struct {
	quantity
	need    table.Need // for the rows to look at
	markers listed
	eval    *evaluation
	listing *listMaker // of a number of lists, which is its asked-th
	asked   int
	maker   *factMaker // of a number of lists made of facts

	exact   *interner // bits of the value; nil once over
	near    []uint32  // by whole number from nearLow on: id, 0 for none yet; nil until one is met, and once over
	buckets *buckets
	bucket  []uint32 // number of the value → number of its bucket
	over    bool     // more than table.MaxDistinct values
	crowd   *crowd   // what all workers know of the quantity
	begun   bool     // some frame was read
	wait    *undecided

	memo memo[uint32]  // of ids, until over
	far  memo[reading] // once over
	read []reading     // scratch
	skip []uint8       // scratch

	// Of the current frame, for the rows in scope: ids are numbers of values,
	// or of buckets once over; then xs are the values.
	ids []uint32
	xs  []float64
	own []float64 // room for xs, which may belong to the reader
	// inBuckets are the buckets of ids that are numbers, if asked for.
	inBuckets []uint32
	mapped    bool
	// serial says that the ids of all rows of the frame follow each other.
	serial bool
}

// reading is what a value was read as.
type reading struct {
	x  float64
	id uint32
}

func newNumbers(q quantity, need table.Need) *numbers {
	n := &numbers{quantity: q, need: need, markers: newListed(q.role.Missing), exact: newInterner(), buckets: newBuckets(), crowd: &crowd{}}
	n.memo.read = func(t source.Type, v source.Value) (uint32, error) {
		r, err := n.plain(t, v)
		return r.id, err
	}
	n.far.read = n.plain
	if q.when != nil {
		n.eval = q.when.start()
	}
	for id := range uint64(firstNumber) { // quiet NaNs with a payload: no number has these bits
		n.exact.number(reserved | id)
		n.bucket = append(n.bucket, uint32(id))
	}
	return n
}

// reserved marks the words of values that are not finite.
const reserved = 0x7ff8_dead_0000_0000

// number is the id of a value, and learns it if it is new.
func (n *numbers) number(x float64) uint32 {
	switch {
	case x == 0:
		x = 0 // minus zero is zero
	case x != x:
		return numberNaN
	case x-x != 0:
		return numberInf
	}
	if n.near != nil {
		if i := int64(x); uint64(i-nearLow) < nearSize && float64(i) == x {
			return n.whole(i)
		}
	}
	if n.over {
		return n.buckets.number(table.BucketNumber(x))
	}
	id, _ := n.exact.number(math.Float64bits(x))
	return id
}

// bucketed finds the buckets of all numbers that are told apart. It is put off
// until somebody asks, because most quantities have few values.
func (n *numbers) bucketed() []uint32 {
	if words := n.exact.words; len(n.bucket) < len(words) {
		n.bucket = slices.Grow(n.bucket, len(words)-len(n.bucket))
		for _, word := range words[len(n.bucket):] {
			n.bucket = append(n.bucket, n.buckets.number(table.BucketNumber(math.Float64frombits(word))))
		}
	}
	return n.bucket
}

// bucketIDs are the buckets of the frame's numbers, before there are too many.
func (n *numbers) bucketIDs(rows *scope) []uint32 {
	if !n.mapped {
		n.inBuckets, n.mapped = grow(n.inBuckets, len(n.ids)), true
		bucket := n.bucketed()
		rows.each(func(i int) { n.inBuckets[i] = bucket[n.ids[i]] })
	}
	return n.inBuckets
}

// middle is the number that the id of a bucket stands for.
func (n *numbers) middle(id uint32) float64 { return table.BucketMiddle(n.buckets.known[id]) }

// value is the number that an id of the exact numbers stands for.
func (n *numbers) value(id uint32) float64 { return math.Float64frombits(n.exact.words[id]) }

// fill fills ids, and xs once over, for the current frame. It reports whether
// the values have become too many, in which case ids are not buckets yet.
func (n *numbers) fill(f *frame) (overflow bool, err error) {
	n.ids, n.mapped, n.serial = grow(n.ids, f.rows), false, false
	if n.over {
		n.own = grow(n.own, f.rows)
		n.xs = n.own
	}
	rows := f.scopeOf(n.need)
	if rows.n == 0 {
		return false, nil
	}
	if !n.begun {
		n.begun = true
		if n.mayWait(f) {
			n.wait = &undecided{met: n.crowd.undecided()}
		}
	}
	switch {
	case n.list != nil:
		n.fillLists(f, rows)
	case n.maker != nil:
		err = n.fillFacts(f, rows)
	case n.wait != nil:
		n.fillUndecided(&f.cols[n.column], rows)
		return n.crowd.full(n.wait.values()), nil
	case n.eval != nil:
		err = n.fillExpression(f, rows)
	case n.isPlain(&f.cols[n.column], source.Float):
		n.fillFloats(&f.cols[n.column], rows)
	case n.isPlain(&f.cols[n.column], source.Int):
		n.fillInts(&f.cols[n.column], rows)
	default:
		err = n.fillColumn(f, rows)
	}
	if err != nil {
		return false, err
	}
	return !n.over && n.crowd.full(len(n.exact.words)-firstNumber), nil
}

// crowd tells all workers when one has met more values of a quantity than are
// kept: the table will be in buckets, and nobody need number values any longer.
type crowd struct {
	many atomic.Bool
	once sync.Once
	met  *met // nil until a worker is undecided
}

func (c *crowd) undecided() *met {
	c.once.Do(func() { c.met = &met{} })
	return c.met
}

// full notes how many values a worker has met, and says whether they, or those of
// another, are too many.
func (c *crowd) full(values int) bool {
	if values > table.MaxDistinct && !c.many.Load() {
		c.many.Store(true)
	}
	return c.many.Load()
}

// put notes a row's value.
func (n *numbers) put(row int, r reading) {
	n.ids[row] = r.id
	if n.over {
		n.xs[row] = r.x
	}
}

// plain reads a typed value. A NaN is not missing here, unless the role lists
// it: it is counted by its own name.
func (n *numbers) plain(t source.Type, v source.Value) (reading, error) {
	if v.Kind == source.Null || len(n.role.Missing) > 0 && n.markers.has(t, v) {
		return reading{id: numberMissing}, nil
	}
	x, err := number(v)
	if err != nil {
		return reading{}, err
	}
	x = n.seen(x)
	return reading{x, n.number(x)}, nil
}

// seen is a number as the table counts it: in a stretch, by its step.
func (n *numbers) seen(x float64) float64 {
	if n.need.Within == (table.Stretch{}) || math.IsNaN(x) || math.IsInf(x, 0) {
		return x
	}
	return n.need.Within.Step(x)
}

// isPlain reports whether a column's numbers of a kind are read as they are:
// nothing is worth remembering of them.
func (n *numbers) isPlain(v *source.Vector, kind source.Kind) bool {
	return v.Type.Kind == kind && v.Codes == nil && !v.Const && len(n.role.Missing) == 0 && n.need.Within == (table.Stretch{})
}

// Whole numbers from nearLow on, nearSize of them, are looked up in an array
// instead of a hash: ages, counts, days, most amounts.
const (
	nearLow  = -1 << 14
	nearSize = 1 << 16
)

func (n *numbers) fillInts(v *source.Vector, rows *scope) {
	if n.near == nil {
		n.openNear()
	}
	if v.Narrow != nil {
		fillWhole(n, v.Narrow, v.Valid, rows)
	} else {
		fillWhole(n, v.Ints, v.Valid, rows)
	}
}

func fillWhole[T int32 | int64](n *numbers, xs []T, valid []bool, rows *scope) {
	if rows.rows == nil && valid == nil {
		fillAllWhole(n, xs[:rows.n])
		return
	}
	rows.each(func(row int) {
		r := reading{id: numberMissing}
		if valid == nil || valid[row] {
			r = reading{float64(xs[row]), n.whole(int64(xs[row]))}
		}
		n.put(row, r)
	})
}

// fillAllWhole is fillWhole for all rows, each with a value.
func fillAllWhole[T int32 | int64](n *numbers, xs []T) {
	ids, near := n.ids[:len(xs)], (*[nearSize]uint32)(n.near)
	for i, x := range xs {
		id := uint32(0)
		if at := uint64(int64(x) - nearLow); at < nearSize {
			id = near[at]
		}
		if id == 0 {
			id = n.whole(int64(x))
		}
		ids[i] = id
	}
	if n.over {
		for i, x := range xs {
			n.xs[i] = float64(x)
		}
	}
}

// openNear makes the array of near whole numbers. From now on they are in it, and
// new ones nowhere else.
func (n *numbers) openNear() {
	n.near = make([]uint32, nearSize)
	if n.over {
		return
	}
	for id, word := range n.exact.words[firstNumber:] {
		x := math.Float64frombits(word)
		if i := int64(x); uint64(i-nearLow) < nearSize && float64(i) == x {
			n.near[i-nearLow] = uint32(firstNumber + id)
		}
	}
}

// whole is the id of a whole number.
func (n *numbers) whole(x int64) uint32 {
	at := uint64(x - nearLow)
	if at >= nearSize {
		return n.number(float64(x))
	}
	if n.near[at] == 0 {
		if n.over {
			n.near[at] = n.buckets.number(table.BucketNumber(float64(x)))
		} else {
			n.near[at] = n.exact.append(math.Float64bits(float64(x)))
		}
	}
	return n.near[at]
}

func (n *numbers) fillFloats(v *source.Vector, rows *scope) {
	xs := v.Float64s()
	switch {
	case rows.rows != nil || v.Valid != nil:
		rows.each(func(row int) {
			r := reading{id: numberMissing}
			if v.Valid == nil || v.Valid[row] {
				r = reading{xs[row], n.number(xs[row])}
			}
			n.put(row, r)
		})
	case n.over:
		n.xs = xs
		n.buckets.numbers(xs[:rows.n], n.ids)
	default:
		n.fillAllFloats(xs[:rows.n])
	}
}

// fillAllFloats is fillFloats for all rows, each with a value, while values are
// told apart. Most values are known and found where they are looked for first.
func (n *numbers) fillAllFloats(xs []float64) {
	ids := n.ids[:len(xs)]
	for i, x := range xs {
		word := math.Float64bits(x + 0) // minus zero is zero
		t := n.exact
		slot := t.slots[(word^word>>32)*mixing>>t.shift]
		if slot > firstNumber && t.words[slot-1] == word {
			ids[i] = slot - 1
		} else {
			ids[i] = n.number(x)
		}
	}
}

// fillColumn reads the column through the memo.
func (n *numbers) fillColumn(f *frame, rows *scope) error {
	var row int
	var err error
	if n.over {
		n.read = grow(n.read, f.rows)
		row, err = n.far.fill(n.read, &f.cols[n.column], n.skipped(f, rows))
	} else {
		row, err = n.memo.fill(n.ids, &f.cols[n.column], n.skipped(f, rows))
	}
	if err != nil {
		return f.rowError(row, n.column, fmt.Errorf("%s: %w", n.name, err))
	}
	if n.over {
		rows.each(func(row int) { n.ids[row], n.xs[row] = n.read[row].id, n.read[row].x })
	}
	return nil
}

// skipped marks the rows that are not looked at.
func (n *numbers) skipped(f *frame, rows *scope) []uint8 {
	if rows.rows == nil {
		return nil
	}
	if !n.need.InScope {
		return f.reason
	}
	n.skip = grow(n.skip, f.rows)
	for i := range n.skip {
		n.skip[i] = 1
	}
	rows.each(func(row int) { n.skip[row] = 0 })
	return n.skip
}

func (n *numbers) fillExpression(f *frame, rows *scope) error {
	xs, valid, err := n.eval.numbers(f)
	if err != nil {
		return err
	}
	rows.each(func(row int) {
		r := reading{id: numberMissing}
		if valid[row] {
			x := n.seen(xs[row])
			r = reading{x, n.number(x)}
		}
		n.put(row, r)
	})
	return nil
}

// overflow gives up single values: from now on ids are buckets. The tables must
// have been told before.
func (n *numbers) overflow(f *frame) {
	n.own, n.serial = grow(n.own, f.rows), false
	n.xs = n.own
	bucket := n.bucketed()
	f.scopeOf(n.need).each(func(row int) {
		id := n.ids[row]
		n.xs[row], n.ids[row] = n.value(id), bucket[id]
	})
	n.over, n.exact, n.near, n.bucket, n.inBuckets = true, nil, nil, nil, nil
	n.memo = memo[uint32]{}
}

func (n *numbers) bytes() int64 {
	total := n.buckets.bytes() + int64(cap(n.near)+cap(n.bucket)+cap(n.ids)+cap(n.inBuckets))*4 + int64(cap(n.own))*8 + int64(cap(n.read))*16 + n.memo.bytes() + n.far.bytes()
	if n.exact != nil {
		total += n.exact.bytes()
	}
	if n.wait != nil {
		total += 1 << undecidedBits / 8
	}
	return total
}
