package scan

import (
	"fmt"
	"math"
	"strconv"

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
	need      table.Need // for the rows to look at
	isMissing func(source.Type, source.Value) bool
	eval      *evaluation

	exact   *interner // bits of the value; nil once over
	buckets *buckets
	bucket  []uint32 // number of the value → number of its bucket
	over    bool     // more than table.MaxDistinct values

	// Of the current frame, for the rows in scope: ids are numbers of values,
	// or of buckets once over; then xs are the values.
	ids []uint32
	xs  []float64
	own []float64 // room for xs, which may belong to the reader

	typ    source.Type
	dict   *source.Dict
	byCode []uint32 // dictionary code + 1 → id + 1, 0 if not met yet
	codeXs []float64
}

func newNumbers(q quantity, need table.Need) *numbers {
	n := &numbers{quantity: q, need: need, isMissing: missing(q.role), exact: newInterner(), buckets: newBuckets()}
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
	if n.over {
		return n.buckets.number(table.BucketNumber(x))
	}
	id, fresh := n.exact.number(math.Float64bits(x))
	if fresh {
		n.bucket = append(n.bucket, n.buckets.number(table.BucketNumber(x)))
	}
	return id
}

// middle is the number that the id of a bucket stands for.
func (n *numbers) middle(id uint32) float64 { return table.BucketMiddle(n.buckets.known[id]) }

// value is the number that an id of the exact numbers stands for.
func (n *numbers) value(id uint32) float64 { return math.Float64frombits(n.exact.words[id]) }

// read fills ids, and xs once over, for the current frame. It reports whether
// the values have become too many, in which case ids are not buckets yet.
func (n *numbers) read(f *frame) (overflow bool, err error) {
	n.ids = grow(n.ids, f.rows)
	if n.over {
		n.own = grow(n.own, f.rows)
		n.xs = n.own
	}
	list, count := scope(f, n.need)
	if count == 0 {
		return false, nil
	}
	if n.eval != nil {
		err = n.fillExpression(f, list, count)
	} else if k, fault := n.fill(&f.cols[n.column], list, count); fault != nil {
		err = f.rowError(at(list, k), n.column, fmt.Errorf("%s: %w", n.name, fault))
	}
	if err != nil {
		return false, err
	}
	return !n.over && len(n.exact.words)-firstNumber > table.MaxDistinct, nil
}

// fill reads the rows of a list; on an error it says at which place of it.
func (n *numbers) fill(v *source.Vector, list []int32, count int) (int, error) {
	if v.Type != n.typ {
		n.typ, n.dict, n.byCode = v.Type, nil, nil
	}
	switch {
	case v.Const:
		x, null, err := n.plain(v.Value(0))
		for k := 0; k < count && err == nil; k++ {
			n.put(at(list, k), x, null)
		}
		return 0, err
	case v.Codes != nil:
		return n.fillCoded(v, list, count)
	case v.Type.Kind == source.String, v.Type.Kind == source.Decimal:
		return n.fillTexts(v, list, count)
	}
	return n.fillPlain(v, list, count)
}

// scope lists the rows that a table counts; a nil list means the first count.
func scope(f *frame, need table.Need) (list []int32, count int) {
	list, all := f.rowsFor(need)
	if all {
		return nil, f.rows
	}
	return list, len(list)
}

// at is the row at place k of a list.
func at(list []int32, k int) int {
	if list == nil {
		return k
	}
	return int(list[k])
}

// put notes a row's value.
func (n *numbers) put(row int, x float64, null bool) {
	id := uint32(numberMissing)
	if !null {
		id = n.number(x)
	}
	n.ids[row] = id
	if n.over {
		n.xs[row] = x
	}
}

// plain reads a typed value; null tells that there is none. A NaN is not
// missing here: it is counted by its own name.
func (n *numbers) plain(v source.Value) (x float64, null bool, err error) {
	if v.Kind == source.Null {
		return 0, true, nil
	}
	isNaN := v.Kind == source.Float && v.Float != v.Float
	if !isNaN && n.isMissing(n.typ, v) {
		return 0, true, nil
	}
	x, err = number(v)
	return x, false, err
}

// fillCoded reads each dictionary entry once, when a row first uses it.
func (n *numbers) fillCoded(v *source.Vector, list []int32, count int) (int, error) {
	if v.Dict != n.dict {
		n.dict, n.byCode, n.codeXs = v.Dict, n.byCode[:0], n.codeXs[:0]
	}
	for len(n.byCode) < v.Dict.Len()+1 {
		n.byCode, n.codeXs = append(n.byCode, 0), append(n.codeXs, 0)
	}
	known := n.byCode
	for k := range count {
		row := at(list, k)
		slot := v.Codes[row] + 1 // NullCode + 1 wraps to 0
		if known[slot] == 0 {
			if err := n.learn(v.Dict, slot); err != nil {
				return k, err
			}
		}
		n.ids[row] = known[slot] - 1
		if n.over {
			n.xs[row] = n.codeXs[slot]
		}
	}
	return count, nil
}

func (n *numbers) learn(d *source.Dict, slot uint32) error {
	value := source.Value{}
	if slot > 0 {
		value = d.Value(int(slot - 1))
	}
	x, null, err := n.plain(value)
	if err != nil {
		return err
	}
	id := uint32(numberMissing)
	if !null {
		id = n.number(x)
	}
	n.byCode[slot], n.codeXs[slot] = id+1, x
	return nil
}

// fillPlain reads floats and whole numbers.
func (n *numbers) fillPlain(v *source.Vector, list []int32, count int) (int, error) {
	markers := len(n.role.Missing) > 0
	if n.over && list == nil && v.Valid == nil && v.Type.Kind == source.Float && !markers {
		n.xs = v.Floats
		n.buckets.numbers(v.Floats[:count], n.ids)
		return count, nil
	}
	for k := range count {
		row := at(list, k)
		switch {
		case v.Valid != nil && !v.Valid[row]:
			n.put(row, 0, true)
		case v.Type.Kind == source.Float && !markers:
			n.put(row, v.Floats[row], false)
		case v.Type.Kind == source.Int && !markers:
			n.put(row, float64(v.Ints[row]), false)
		default:
			x, null, err := n.plain(v.Value(row))
			if err != nil {
				return k, err
			}
			n.put(row, x, null)
		}
	}
	return count, nil
}

// fillTexts reads decimals and text.
func (n *numbers) fillTexts(v *source.Vector, list []int32, count int) (int, error) {
	markers := len(n.role.Missing) > 0
	for k := range count {
		row := at(list, k)
		if v.Valid != nil && !v.Valid[row] {
			n.put(row, 0, true)
			continue
		}
		text := v.Strs.At(row)
		if !markers && decimal(text) {
			if x, err := strconv.ParseFloat(string(text), 64); err == nil { // the bytes are not copied to the heap
				n.put(row, x, false)
				continue
			}
		}
		x, null, err := n.plain(v.Value(row))
		if err != nil {
			return k, err
		}
		n.put(row, x, null)
	}
	return count, nil
}

// decimal reports whether a text has only the characters of a plain decimal.
func decimal(text []byte) bool {
	for _, c := range text {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return false
		}
	}
	return true
}

func (n *numbers) fillExpression(f *frame, list []int32, count int) error {
	e := n.eval
	for i, at := range e.at {
		e.cols[i] = f.cols[at]
	}
	xs, valid, err := e.eval.Number(e.cols, f.rows)
	if err != nil {
		return f.cellError(n.name, err)
	}
	for k := range count {
		row := at(list, k)
		n.put(row, xs[row], !valid[row])
	}
	return nil
}

// overflow gives up single values: from now on ids are buckets. The tables must
// have been told before.
func (n *numbers) overflow(f *frame) {
	n.own = grow(n.own, f.rows)
	n.xs = n.own
	list, count := scope(f, n.need)
	for k := range count {
		row := at(list, k)
		id := n.ids[row]
		n.xs[row], n.ids[row] = n.value(id), n.bucket[id]
	}
	n.over, n.exact, n.bucket = true, nil, nil
	n.dict, n.byCode = nil, nil
}

func (n *numbers) bytes() int64 {
	total := n.buckets.bytes() + int64(cap(n.bucket)+cap(n.ids)+cap(n.byCode))*4 + int64(cap(n.own)+cap(n.codeXs))*8
	if n.exact != nil {
		total += n.exact.bytes()
	}
	return total
}
