package arrow

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Leaves lists the primitive fields in the order of the schema. Every field
// counts as one that may be null, whatever the schema says of it, but for the
// pairs of maps and their keys, which never may. A union is one leaf that
// cannot be read.
func (f *File) Leaves() []source.Leaf {
	var all []source.Leaf
	for _, i := range f.schema.leaves() {
		all = append(all, f.schema.leaf(i))
	}
	return all
}

// leaves are the fields without fields in them that can be read.
func (s *schema) leaves() (all []int) {
	for i := 0; i < len(s.fields); {
		switch f := &s.fields[i]; {
		case f.inner() && f.end > i+1:
			i++
		default:
			all = append(all, i)
			i = f.end
		}
	}
	return all
}

// inner says whether a field is a struct or a kind of list.
func (f *field) inner() bool { return f.layout == structLayout || f.list() }

func (f *field) list() bool {
	return f.layout == listLayout || f.layout == listViewLayout || f.layout == fixedListLayout
}

// required says whether a field is the pairs of a map, or their keys.
func (s *schema) required(i int) bool {
	up := s.fields[i].parent
	switch {
	case up < 0:
		return false
	case s.fields[up].pairs:
		return s.fields[i].layout == structLayout
	}
	above := s.fields[up].parent
	return above >= 0 && s.fields[above].pairs && s.fields[up].layout == structLayout && i == up+1
}

func (s *schema) leaf(i int) source.Leaf {
	l := source.Leaf{Type: s.fields[i].typ}
	for _, st := range s.around(i) {
		l.Path = append(l.Path, st.f.own)
		if st.f.list() {
			l.Lists = append(l.Lists, int(st.entry))
		}
		l.Def, l.Rep = int(st.entry), int(st.rep)
	}
	l.Path = append(l.Path, s.fields[i].own)
	if !s.required(i) {
		l.Def++
	}
	return l
}

// step is a struct or list around a leaf, and what of it is in memory.
type step struct {
	f        *field
	at       int // of f among the fields
	required bool
	rep      uint32 // repetition level of its elements, or of the struct
	entry    uint32 // definition level of its elements, or of the struct where it is not null

	rows int64
	bits []byte
	// The offsets of lists are those of one width; views also have sizes.
	small, smallSizes []int32
	large, largeSizes []int64
	next, end         int64 // elements of the list at hand that are still to come
}

// around are the steps from the top of the schema to the one that holds field i.
func (s *schema) around(i int) (all []step) {
	for up := s.fields[i].parent; up >= 0; up = s.fields[up].parent {
		all = append(all, step{f: &s.fields[up], at: up, required: s.required(up)})
	}
	slices.Reverse(all)
	entry, rep := uint32(0), uint32(0)
	for k := range all {
		st := &all[k]
		if !st.required {
			entry++
		}
		if st.f.list() {
			entry, rep = entry+1, rep+1
		}
		st.entry, st.rep = entry, rep
	}
	return all
}

// name is the path of a leaf with dots, for messages.
func (s *schema) name(i int) string {
	return strings.Join(s.leaf(i).Path, ".")
}

// take checks the buffers of the step against the places of the arrays.
func (st *step) take(places []place, buffers [][]byte) error {
	p := places[st.at]
	st.rows, st.next, st.end = p.rows, 0, 0
	st.bits, st.small, st.large, st.smallSizes, st.largeSizes = nil, nil, nil, nil, nil
	if p.rows == 0 {
		return nil
	}
	var err error
	if st.bits, err = validity(p, buffers[0]); err != nil {
		return err
	}
	if st.f.layout == structLayout {
		return nil
	}
	elements := places[st.at+1].rows
	switch st.f.layout {
	case listLayout:
		return st.takeOffsets(buffers[1], elements)
	case listViewLayout:
		return st.takeViews(buffers[1], buffers[2], elements)
	}
	n := int64(st.f.width)
	if n < 0 || n > 0 && elements/n < p.rows {
		return fmt.Errorf("%d lists of %d values each have %d values", p.rows, n, elements)
	}
	return nil
}

func (st *step) takeOffsets(offsets []byte, elements int64) error {
	if err := atLeast(offsets, (st.rows+1)*int64(st.f.width)); err != nil {
		return fmt.Errorf("offsets: %w", err)
	}
	last, err := int64(0), error(nil)
	if st.f.width == 4 {
		st.small = arrow.Int32Traits.CastFromBytes(offsets)[:st.rows+1]
		last, err = int64(st.small[st.rows]), monotonic(st.small, math.MaxInt)
	} else {
		st.large = arrow.Int64Traits.CastFromBytes(offsets)[:st.rows+1]
		last, err = st.large[st.rows], monotonic(st.large, math.MaxInt)
	}
	if err == nil && last > elements {
		err = fmt.Errorf("offset %d is beyond the %d values of the lists", last, elements)
	}
	return err
}

// takeViews holds that the views that are not null lie within the values. They
// may overlap and come in any order.
func (st *step) takeViews(offsets, sizes []byte, elements int64) error {
	width := int64(st.f.width)
	if err := errors.Join(atLeast(offsets, st.rows*width), atLeast(sizes, st.rows*width)); err != nil {
		return fmt.Errorf("list views: %w", err)
	}
	if width == 4 {
		st.small, st.smallSizes = arrow.Int32Traits.CastFromBytes(offsets), arrow.Int32Traits.CastFromBytes(sizes)
	} else {
		st.large, st.largeSizes = arrow.Int64Traits.CastFromBytes(offsets), arrow.Int64Traits.CastFromBytes(sizes)
	}
	for i := range st.rows {
		if !st.valid(i) {
			continue
		}
		if from, to := st.extent(i); from < 0 || to < from || to > elements {
			return fmt.Errorf("list view %d is outside the %d values", i, elements)
		}
	}
	return nil
}

func (st *step) valid(i int64) bool { return st.bits == nil || bit(st.bits, int(i)) }

// extent is where the elements of list i are.
func (st *step) extent(i int64) (from, to int64) {
	switch {
	case st.smallSizes != nil:
		from = int64(st.small[i])
		return from, from + int64(st.smallSizes[i])
	case st.largeSizes != nil:
		return st.large[i], st.large[i] + st.largeSizes[i]
	case st.small != nil:
		return int64(st.small[i]), int64(st.small[i+1])
	case st.large != nil:
		return st.large[i], st.large[i+1]
	}
	n := int64(st.f.width)
	return i * n, i*n + n
}
