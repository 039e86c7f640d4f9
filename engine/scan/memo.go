package scan

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/scan/kernel"
	"github.com/plumbline-audit/plumbline/engine/source"
)

// memo turns the values of a column into something small, a code or a number,
// and remembers what it made of each: a dictionary entry is read once, not once
// per row. It belongs to one worker.
type memo[T any] struct {
	read func(source.Type, source.Value) (T, error)

	typ     source.Type
	dict    *source.Dict // whose entries byCode remembers
	byCode  []slot[T]    // the null at 0, then by code + 1
	words   []uint32     // instead, of values that are uint32: kernel.Unknown where nothing is known
	null    slot[T]
	recent  []recent[T] // numbers by a hash of their bits
	numbers map[uint64]T
	texts   map[string]T
}

type slot[T any] struct {
	value T
	known bool
}

type recent[T any] struct {
	bits  uint64
	value T
	known bool
}

const (
	// recentBits makes the table of recent numbers fit the processor's nearest
	// cache.
	recentBits = 10
	// memoLimit bounds the values that are remembered of a column that is not
	// dictionary-encoded; a column with more is read anew row by row.
	memoLimit = 1 << 16
	// memoText is the longest text that is remembered.
	memoText = 64
)

// fill reads one value per row. A row whose skip is not 0 is passed over: its
// value, which may be anything, is not read unless it is known already. On an
// error fill says at which row.
func (m *memo[T]) fill(out []T, v *source.Vector, skip []uint8) (int, error) {
	m.turn(v)
	switch {
	case v.Const, v.Codes == nil && (v.Type.Kind == source.Null || v.Type.Kind == source.Nested):
		return m.fillEqual(out, v, skip)
	case v.Codes != nil:
		return m.fillCoded(out, v, skip)
	}
	switch v.Type.Kind {
	case source.Float:
		return m.fillFloats(out, v, skip)
	case source.String, source.Binary, source.Decimal:
		return m.fillTexts(out, v, skip)
	}
	return m.fillInts(out, v, skip)
}

// turn forgets what is about another type or dictionary.
func (m *memo[T]) turn(v *source.Vector) {
	if v.Type != m.typ {
		*m = memo[T]{read: m.read, typ: v.Type}
	}
	if v.Codes != nil && v.Dict != m.dict {
		m.dict, m.byCode, m.words = v.Dict, m.byCode[:0], m.words[:0]
	}
}

// coded are the words of a column's codes, with room for all.
func (m *memo[T]) coded(v *source.Vector) []uint32 {
	for n := v.Dict.Len() + 1; len(m.words) < n; {
		m.words = append(m.words, kernel.Unknown)
	}
	return m.words
}

// fillEqual reads the one value of all rows, if there is a row to read it for.
func (m *memo[T]) fillEqual(out []T, v *source.Vector, skip []uint8) (int, error) {
	for i := range out {
		if skip != nil && skip[i] != 0 {
			continue
		}
		x, err := m.read(v.Type, v.Value(i))
		if err != nil {
			return i, err
		}
		for i := range out {
			out[i] = x
		}
		return 0, nil
	}
	clear(out)
	return 0, nil
}

// fillCoded looks each row's dictionary code up; an entry is read when it is
// first met, so an entry that no row uses costs and creates nothing.
func (m *memo[T]) fillCoded(out []T, v *source.Vector, skip []uint8) (int, error) {
	if words, ok := any(out).([]uint32); ok {
		return m.fillWords(words, v, skip)
	}
	if more := v.Dict.Len() + 1 - len(m.byCode); more > 0 {
		m.byCode = append(m.byCode, make([]slot[T], more)...)
	}
	codes, slots := v.Codes[:len(out)], m.byCode
	for i, code := range codes {
		s := &slots[code+1] // NullCode + 1 wraps to 0
		if !s.known {
			if skip != nil && skip[i] != 0 {
				out[i] = s.value // nothing yet
				continue
			}
			x, err := m.read(v.Type, v.Value(i))
			if err != nil {
				return i, err
			}
			s.value, s.known = x, true
		}
		out[i] = s.value
	}
	return 0, nil
}

// fewWords is up to how many values all rows are looked up again after each value
// that is new: that is done faster than to look at row by row.
const fewWords = 16

// fillWords is fillCoded for values that are below 1<<31: as long as nothing new
// is met, a row takes no branch.
func (m *memo[T]) fillWords(out []uint32, v *source.Vector, skip []uint8) (int, error) {
	codes, words := v.Codes[:len(out)], m.coded(v)
	all, at := kernel.LookupCodes(out, codes, words), 0
	for !all && len(words) <= fewWords {
		at += kernel.First(out[at:], 1<<31)
		if skip != nil && skip[at] != 0 {
			break
		}
		if err := m.word(v, at); err != nil {
			return at, err
		}
		all = kernel.LookupCodes(out[at:], codes[at:], words)
	}
	if all {
		return 0, nil
	}
	for i := at; i < len(out); i++ {
		if out[i] != kernel.Unknown {
			continue
		}
		if known := words[codes[i]+1]; known == kernel.Unknown {
			if skip != nil && skip[i] != 0 {
				out[i] = 0
				continue
			}
			if err := m.word(v, i); err != nil {
				return i, err
			}
		}
		out[i] = words[codes[i]+1]
	}
	return 0, nil
}

// word reads the value of a row into words.
func (m *memo[T]) word(v *source.Vector, row int) error {
	x, err := m.read(v.Type, v.Value(row))
	if err == nil {
		m.words[v.Codes[row]+1] = any(x).(uint32)
	}
	return err
}

func (m *memo[T]) fillInts(out []T, v *source.Vector, skip []uint8) (row int, err error) {
	m.remember()
	for i, x := range v.Int64s()[:len(out)] {
		r := &m.recent[hashBits(uint64(x))]
		if r.known && r.bits == uint64(x) && (v.Valid == nil || v.Valid[i]) {
			out[i] = r.value
		} else if out[i], err = m.number(v, i, uint64(x), skip); err != nil {
			return i, err
		}
	}
	return 0, nil
}

func (m *memo[T]) fillFloats(out []T, v *source.Vector, skip []uint8) (row int, err error) {
	m.remember()
	for i, x := range v.Float64s()[:len(out)] {
		bits := math.Float64bits(x)
		r := &m.recent[hashBits(bits)]
		if r.known && r.bits == bits && (v.Valid == nil || v.Valid[i]) {
			out[i] = r.value
		} else if out[i], err = m.number(v, i, bits, skip); err != nil {
			return i, err
		}
	}
	return 0, nil
}

func (m *memo[T]) remember() {
	if m.recent == nil {
		m.recent, m.numbers = make([]recent[T], 1<<recentBits), map[uint64]T{}
	}
}

// hashBits is multiplicative hashing with the golden ratio (Knuth).
func hashBits(bits uint64) uint64 { return bits * 0x9e3779b97f4a7c15 >> (64 - recentBits) }

// number reads a number that is not among the recent ones.
func (m *memo[T]) number(v *source.Vector, i int, bits uint64, skip []uint8) (T, error) {
	if v.Valid != nil && !v.Valid[i] {
		return m.nothing(v.Type, skip, i)
	}
	// A column of too many numbers is not worth the search.
	search := len(m.numbers) < memoLimit
	x, known := slot[T]{}.value, false
	if search {
		x, known = m.numbers[bits]
	}
	if !known {
		if skip != nil && skip[i] != 0 {
			return x, nil
		}
		var err error
		if x, err = m.read(v.Type, ofBits(v.Type.Kind, bits)); err != nil {
			return x, err
		}
		if search {
			m.numbers[bits] = x
		}
	}
	m.recent[hashBits(bits)] = recent[T]{bits, x, true}
	return x, nil
}

// ofBits is the value of a number, which need not be looked up again.
func ofBits(kind source.Kind, bits uint64) source.Value {
	if kind == source.Float {
		return source.Value{Kind: kind, Float: math.Float64frombits(bits)}
	}
	return source.Value{Kind: kind, Int: int64(bits)}
}

func (m *memo[T]) fillTexts(out []T, v *source.Vector, skip []uint8) (row int, err error) {
	if m.texts == nil {
		m.texts = map[string]T{}
	}
	for i := range out {
		if v.Valid != nil && !v.Valid[i] {
			out[i], err = m.nothing(v.Type, skip, i)
		} else {
			out[i], err = m.text(v, i, skip)
		}
		if err != nil {
			return i, err
		}
	}
	return 0, nil
}

func (m *memo[T]) text(v *source.Vector, i int, skip []uint8) (T, error) {
	b := v.Strs.At(i)
	search := len(m.texts) < memoLimit && len(b) <= memoText
	if search {
		if x, ok := m.texts[string(b)]; ok { // no copy: the compiler looks the bytes up as they are
			return x, nil
		}
	}
	if skip != nil && skip[i] != 0 {
		return slot[T]{}.value, nil
	}
	value := v.Value(i)
	x, err := m.read(v.Type, value)
	if err == nil && search {
		m.texts[value.Str] = x
	}
	return x, err
}

// nothing is what a null becomes.
func (m *memo[T]) nothing(t source.Type, skip []uint8, i int) (T, error) {
	if m.null.known || skip != nil && skip[i] != 0 {
		return m.null.value, nil
	}
	x, err := m.read(t, source.Value{})
	m.null = slot[T]{x, err == nil}
	return x, err
}

// bytes is about what is remembered.
func (m *memo[T]) bytes() int64 {
	const entry, found = 24, 48 // of a small T; with its share of the map
	return int64(cap(m.byCode)+cap(m.recent))*entry + int64(cap(m.words))*4 + int64(len(m.numbers)+len(m.texts))*found
}

// grow returns a slice of n elements, reusing s where it is long enough.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// even is a slice of one value, written only where it does not hold that yet.
type even[T comparable] struct {
	out    []T
	filled int // from the first on
	value  T
}

func (e *even[T]) fill(n int, x T) []T {
	if cap(e.out) < n || e.value != x {
		e.filled, e.value = 0, x
	}
	e.out = grow(e.out, n)
	for ; e.filled < n; e.filled++ {
		e.out[e.filled] = x
	}
	return e.out
}
