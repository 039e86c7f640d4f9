package scan

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// units lists what workers take, in this order: the largest first, so that no
// worker is left alone with a large one at the end. Those of about one size,
// within a factor of two, stay in the order of the log, so that the row groups of
// one file follow each other.
func (p *Plan) units() []source.Unit {
	log := p.req.Log
	if twins := p.columns.twinsOf(-1); len(twins) > 0 {
		log = source.Twins(log, twins)
	}
	units := slices.Clone(log.Units())
	slices.SortStableFunc(units, func(a, b source.Unit) int {
		return cmp.Compare(bits.Len64(uint64(b.Bytes())), bits.Len64(uint64(a.Bytes())))
	})
	return units
}

// prefetch asks for the bytes of a unit that a worker will soon read.
func (p *Plan) prefetch(units []source.Unit, at int) {
	if at >= len(units) {
		return
	}
	if u, ok := units[at].(source.Prefetcher); ok && !p.outside(units[at]) {
		indices, _, _ := p.reads(units[at])
		u.Prefetch(indices)
	}
}
