package arrow

import (
	"errors"
	"sort"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/plumbline-audit/plumbline/engine/source"
)

const (
	mostEntries = 1 << 14  // of one run of levels
	mostText    = 16 << 20 // bytes of its strings, from which it ends
)

// entry goes to the next entry of the leaf: at is the index of its value, which
// may be null, or -1 if something around it is null or empty, def then says
// what.
func (r *leafReader) entry() (def, rep uint32, at int64, err error) {
	d := len(r.around) - 1
	for d >= 0 && r.around[d].next == r.around[d].end {
		d--
	}
	if d < 0 {
		at = r.row
		r.row++
	} else {
		st := &r.around[d]
		def, rep, at = st.entry, st.rep, st.next
		st.next++
	}
	for d++; d < len(r.around); d++ {
		st := &r.around[d]
		if !st.valid(at) {
			if st.required {
				return 0, 0, 0, errors.New("a map holds a pair that is null")
			}
			return def, rep, -1, nil
		}
		if st.f.list() {
			from, to := st.extent(at)
			if from == to {
				return st.entry - 1, rep, -1, nil
			}
			at, st.next, st.end = from, from+1, to
		}
		def = st.entry
	}
	return def, rep, at, nil
}

// more says whether the record batch has entries that were not given yet.
func (r *leafReader) more() bool {
	for i := range r.around {
		if r.around[i].next < r.around[i].end {
			return true
		}
	}
	return r.row < r.rows
}

// walk fills a run of levels.
func (r *leafReader) walk() error {
	r.def, r.rep, r.at = r.def[:0], r.rep[:0], r.at[:0]
	c := r.columns[0]
	for size := int64(0); len(r.def) < mostEntries && size < mostText && r.more(); {
		def, rep, at, err := r.entry()
		if err != nil {
			return err
		}
		if at >= 0 && c.form == asStrings {
			size += c.v.sizeAt(c.f, int(at))
		}
		r.def, r.rep, r.at = append(r.def, def), append(r.rep, rep), append(r.at, at)
	}
	// Views may meet in the same values, again and again at each level: few bytes
	// could then stand for more entries than anyone could wait for.
	if r.given += int64(len(r.def)); r.given > r.rows+r.loader.limit {
		return r.loader.excess("number of list elements")
	}
	return r.gather()
}

// sizeAt is the number of bytes that a string takes.
func (v *values) sizeAt(f *field, i int) int64 {
	switch {
	case v.binary.small != nil:
		return int64(v.binary.small[i+1] - v.binary.small[i])
	case v.binary.large != nil:
		return v.binary.large[i+1] - v.binary.large[i]
	case f.layout == viewLayout:
		if v.bits != nil && !bit(v.bits, i) {
			return 0
		}
		return int64(v.Array.(*array.BinaryView).ValueLen(i))
	}
	return int64(max(f.width, 16))
}

// gather takes the values of the run, piece by piece where they lie one behind
// the other.
func (r *leafReader) gather() error {
	c := r.columns[0]
	v := &r.out.Values
	*v = source.Vector{Type: c.f.typ, Codes: v.Codes[:0], Ints: v.Ints[:0], Floats: v.Floats[:0],
		Strs: source.Strings{Bytes: v.Strs.Bytes[:0], Offsets: append(v.Strs.Offsets[:0], 0)}}
	r.out.Count = 0
	for i := 0; i < len(r.at); {
		if r.at[i] < 0 {
			i++
			continue
		}
		// Between them may be entries without a value.
		from, n := r.at[i], int64(0)
		end := i
		for ; end < len(r.at) && (r.at[end] < 0 || r.at[end] == from+n); end++ {
			if r.at[end] >= 0 {
				n++
			}
		}
		if err := r.piece(r.def[i:end], r.at[i:end], from, int(n)); err != nil {
			return err
		}
		i = end
	}
	r.out.Def, r.out.Rep = r.def, r.rep
	if len(r.around) == 0 || r.around[len(r.around)-1].rep == 0 {
		r.out.Rep = nil
	}
	r.form(v)
	return nil
}

// form leaves of the vector what its values are in.
func (r *leafReader) form(v *source.Vector) {
	switch c := r.columns[0]; c.form {
	case asInts, asFloats, asStrings:
		v.Codes = nil
	default:
		if v.Codes == nil {
			v.Codes = []uint32{}
		}
		v.Dict = c.dict
	}
}

// piece appends the n values from index from on, and raises the level of those
// that are there.
func (r *leafReader) piece(def []uint32, at []int64, from int64, n int) error {
	c := r.columns[0]
	if c.form == asRuns {
		c.run = sort.Search(len(c.ends), func(i int) bool { return c.ends[i] > from })
	}
	if c.form == asNull {
		return r.missing(n)
	}
	if err := c.vector(from, n); err != nil {
		return err
	}
	k := 0
	for i, index := range at {
		if index < 0 {
			continue
		}
		if there(&c.out, k) {
			def[i] = r.most
			r.add(&c.out, k)
		} else if err := r.missing(1); err != nil {
			return err
		}
		k++
	}
	return nil
}

// missing is called for values that are null.
func (r *leafReader) missing(n int) error {
	if r.key && n > 0 {
		return errors.New("a map holds a key that is null")
	}
	return nil
}

func there(v *source.Vector, i int) bool {
	if v.Codes != nil {
		return v.Codes[i] != source.NullCode
	}
	return v.Valid == nil || v.Valid[i]
}

// add appends value i of v.
func (r *leafReader) add(v *source.Vector, i int) {
	to := &r.out.Values
	r.out.Count++
	switch r.columns[0].form {
	case asInts:
		to.Ints = append(to.Ints, v.Ints[i])
	case asFloats:
		to.Floats = append(to.Floats, v.Floats[i])
	case asStrings:
		to.Strs.Bytes = append(to.Strs.Bytes, v.Strs.At(i)...)
		to.Strs.Offsets = append(to.Strs.Offsets, uint32(len(to.Strs.Bytes)))
	default:
		to.Codes = append(to.Codes, v.Codes[i])
	}
}
