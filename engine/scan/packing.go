package scan

import (
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/scan/kernel"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// packBits is the widest key that a packing makes: arrays by key stay small.
const packBits = 20

// packing makes one key of the codes of several dimensions, for all tables that
// have them. A key has as many bits per dimension as its categories need so
// far, the last dimension lowest.
type packing struct {
	above  *packing // whose key stands above the bits of dims; may be nil
	sole   bool     // nobody else needs the keys of above
	dims   []int    // positions among the worker's dimensions
	width  []uint
	bits   uint // of the whole key
	layout int  // changes when a dimension outgrows its bits

	frame   int64 // the frame that the rest is about
	usable  bool  // bits is at most packBits
	base    uint32
	columns []kernel.Column // what the rows add to base; none if all have that key
	varying []*dimension    // whose codes those are, the first ones
	made    bool            // keys are those of the frame
	keys    []uint32        // by row
}

func newPacking(above *packing, dims []int) *packing {
	return &packing{above: above, dims: dims, width: make([]uint, len(dims)), frame: -1}
}

// pack looks at a frame, once, and tells whether it has keys.
func (p *packing) pack(f *frame, dims []*dimension) bool {
	if p.frame == f.number {
		return p.usable
	}
	p.frame = f.number
	p.usable = p.above == nil || p.above.pack(f, dims)
	if p.usable {
		p.usable = p.fit(dims)
	}
	if p.usable {
		p.fill(f, dims)
	}
	return p.usable
}

// fit gives the dimensions the bits that they need by now.
func (p *packing) fit(dims []*dimension) bool {
	layout, bits := 0, uint(0)
	for d, at := range p.dims {
		p.width[d] = max(p.width[d], widthOf(dims[at]))
		bits += p.width[d]
		layout += int(p.width[d])
	}
	if p.above != nil {
		bits += p.above.bits
		layout += p.above.layout
	}
	p.bits, p.layout = bits, layout // widths only grow, so an equal sum is an equal layout
	return bits <= packBits
}

func (p *packing) fill(f *frame, dims []*dimension) {
	p.base, p.columns, p.varying, p.made = 0, p.columns[:0], p.varying[:0], false
	shift := uint(0)
	for d := len(p.dims) - 1; d >= 0; d-- {
		if dim := dims[p.dims[d]]; dim.constant {
			p.base |= dim.first() << shift
		} else {
			p.columns, p.varying = append(p.columns, kernel.Column{Stride: 1 << shift}), append(p.varying, dim)
		}
		shift += p.width[d]
	}
	switch {
	case p.above == nil:
	case p.above.constant():
		p.base |= p.above.base << shift
	case p.sole: // its columns are as good as its keys
		p.base |= p.above.base << shift
		p.varying = append(p.varying, p.above.varying...)
		for _, c := range p.above.columns {
			p.columns = append(p.columns, kernel.Column{Stride: c.Stride << shift})
		}
	default:
		p.columns = append(p.columns, kernel.Column{Stride: 1 << shift})
	}
}

// constant tells whether all rows have one key, which is base.
func (p *packing) constant() bool { return len(p.columns) == 0 }

// common tells whether rows differ in nothing but the packing above.
func (p *packing) common() bool { return p.above != nil && !p.above.constant() && len(p.columns) == 1 }

// single tells whether keys are base and the codes of the lowest dimension.
func (p *packing) single() bool {
	return len(p.varying) == 1 && len(p.columns) == 1 && p.columns[0].Stride == 1
}

// byRow are the keys, unless they are constant. That of a row that is not in
// scope may be anything.
func (p *packing) byRow(f *frame) []uint32 {
	if !p.made {
		p.keys, p.made = grow(p.keys, f.rows), true
		for i := range p.columns {
			if i < len(p.varying) {
				p.columns[i] = p.varying[i].column(p.columns[i].Stride)
			} else {
				p.columns[i].Codes = p.above.byRow(f)
			}
		}
		kernel.Pack(p.keys, p.base, p.columns)
	}
	return p.keys
}

// order are the dimensions of a key, as positions among the worker's.
func (p *packing) order() []int {
	if p.above == nil {
		return p.dims
	}
	return slices.Concat(p.above.order(), p.dims)
}

// widths are the bits of each dimension of order.
func (p *packing) widths() []uint {
	if p.above == nil {
		return slices.Clone(p.width)
	}
	return slices.Concat(p.above.widths(), p.width)
}

// isCommon tells which dimensions nearly every table has. Their key is made
// once and stands above those of others.
func isCommon(d table.Dim) bool {
	return d == table.Window || d == table.Version || strings.HasPrefix(string(d), string(table.Group("")))
}

// packingOf finds or creates the packing of the common dimensions and those of a
// need.
func (w *worker) packingOf(dims []table.Dim) *packing {
	var rest []int
	for _, d := range dims {
		if !isCommon(d) {
			rest = append(rest, w.byDim[d])
		}
	}
	slices.Sort(rest)
	if len(rest) == 0 {
		return w.common
	}
	for _, p := range w.packings {
		if slices.Equal(p.dims, rest) {
			return p
		}
	}
	p := newPacking(w.common, rest)
	w.packings = append(w.packings, p)
	return p
}

// shareKeys finds out whether the keys of the common dimensions are made for one
// packing alone.
func (w *worker) shareKeys() {
	alone := len(w.packings) == 1
	for _, m := range w.families {
		alone = alone && m.pack != w.common
	}
	for _, c := range w.cells {
		alone = alone && c.pack != w.common
	}
	if alone {
		w.packings[0].sole = true
	}
}

// packCommon finds the common dimensions.
func (w *worker) packCommon() {
	var at []int
	for i, d := range w.dims {
		if isCommon(d.dim) {
			at = append(at, i)
		}
	}
	w.common = newPacking(nil, at)
}
