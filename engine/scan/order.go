package scan

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// units lists what workers take, in this order: the largest first, so that no
// worker is left alone with a large one at the end. Those of about one size,
// within a factor of two, stay in the order of the log, so that the row groups of
// one file follow each other.
func (p *Plan) units() []source.Unit {
	units := slices.Clone(p.logUnits())
	sized(units, source.Unit.Bytes)
	return units
}

// logUnits are the units in the order of the log.
func (p *Plan) logUnits() []source.Unit {
	log := p.req.Log
	if twins := p.columns.twinsOf(-1); len(twins) > 0 {
		log = source.Twins(log, twins)
	}
	return log.Units()
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
