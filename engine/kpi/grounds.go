package kpi

import (
	"encoding/binary"
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// The grounds of a point are what following it over windows needs besides its value
// and counts: who the people are, by shard, with their part of the sums of a
// mean or a ratio, or the variance of a number that is no rate. The first byte says which.
const (
	groundsPeople   = 'p' // of a rate whose intervals follow people
	groundsDealt    = 'd' // of a rate of people, who may come back in another window
	groundsShares   = 's' // of a mean or a ratio whose intervals follow people
	groundsVariance = 'v'
)

// grounded tells whether points of a place are followed over windows: those of
// everybody that are watched, and those of groups whose gap is.
func (s *Set) grounded(d *Definition, p place) bool {
	switch {
	case p.window == audit.AllWindows || d.Kind == "gap":
		return false
	case p.kind == audit.KindOverall:
		return s.sequential(d)
	case p.kind != audit.KindValue:
		return false
	}
	for _, gap := range s.all {
		if gap.Kind == "gap" && gap.Of[0].Name == d.Name && s.sequential(gap) {
			for _, a := range gap.By {
				if a == p.attribute {
					return true
				}
			}
		}
	}
	return false
}

// grounds are nil where value and counts are enough.
func (e *estimate) grounds(rate bool) []byte {
	switch {
	case e.value == nil:
		return nil
	case rate && e.people != nil:
		return appendShards([]byte{groundsPeople}, e.people.Shards)
	case rate && e.dealt != nil:
		return appendShards([]byte{groundsDealt}, e.dealt)
	case rate:
		return nil
	}
	if e.shares != nil {
		b := []byte{groundsShares}
		for _, s := range e.shares {
			b = binary.BigEndian.AppendUint64(b, math.Float64bits(s.x))
			b = binary.BigEndian.AppendUint64(b, math.Float64bits(s.y))
		}
		return b
	}
	x, ok := e.spread()
	if !ok {
		return []byte{groundsVariance} // it has none
	}
	return binary.BigEndian.AppendUint64([]byte{groundsVariance}, math.Float64bits(x.Variance))
}

func appendShards(b []byte, shards []stat.Shard) []byte {
	for _, s := range shards {
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(s.N)), uint64(s.K))
	}
	return b
}

// recalled is the estimate that a point was; ok is false if the history does not say
// enough to follow it.
func recalled(p *audit.KPI, rate, people bool) (e *estimate, ok bool) {
	e = &estimate{value: p.Value, numerator: p.Numerator, denominator: p.Denominator, n: p.N}
	switch {
	case p.Value == nil:
		return e, true
	case p.Suppressed:
		return e, false
	case rate && !people && len(p.Grounds) == 0 && p.Numerator != nil && p.Denominator != nil:
		e.k, e.trials, e.binomial = int64(*p.Numerator), int64(*p.Denominator), true
		return e, true
	case len(p.Grounds) == 0:
		return e, false
	case p.Grounds[0] == groundsVariance:
		if len(p.Grounds) == 9 {
			e.recalled = &stat.Estimated{Value: *p.Value, Variance: math.Float64frombits(binary.BigEndian.Uint64(p.Grounds[1:]))}
		}
		return e, !rate
	case p.Grounds[0] == groundsShares:
		if len(p.Grounds) != 1+16*table.Shards {
			return e, false
		}
		for b := p.Grounds[1:]; len(b) > 0; b = b[16:] {
			e.shares = append(e.shares, share{math.Float64frombits(binary.BigEndian.Uint64(b)), math.Float64frombits(binary.BigEndian.Uint64(b[8:]))})
		}
		return e, !rate
	}
	shards, ok := readShards(p.Grounds[1:])
	for _, s := range shards {
		e.k, e.trials = e.k+s.K, e.trials+s.N
	}
	if p.Grounds[0] == groundsPeople {
		e.people = &stat.People{Shards: shards}
	} else {
		e.dealt, e.binomial = shards, true
	}
	return e, ok && rate
}

func readShards(b []byte) ([]stat.Shard, bool) {
	out := make([]stat.Shard, table.Shards)
	for i := range out {
		n, used := binary.Uvarint(b)
		if used <= 0 {
			return nil, false
		}
		k, more := binary.Uvarint(b[used:])
		if more <= 0 {
			return nil, false
		}
		out[i], b = stat.Shard{N: int64(n), K: int64(k)}, b[used+more:]
	}
	return out, len(b) == 0
}
