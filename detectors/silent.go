package detectors

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// Where all numbers of one of two groups are the same and those of the other are not, a
// t takes the mean of the first for certain: 0 of 86 has no spread, and is still a
// sample. Of zeros and ones the methods of rates say how far chance moves both (Newcombe
// 1998, method 10; Fisher's mid-p; at effective counts with a subject). Of other numbers
// nothing does, and there is no interval and no p.

const silentNote = "no interval and no p: all numbers of one of the two are the same, which does not say how far chance moves their mean"

// still says that all numbers of a group are the same.
func still(s *scores) bool { return len(s.all) == 1 || !(s.moments().Variance > 0) }

// stillShards says that the means of several shards are all the same, but for rounding.
func stillShards(shards []stat.Sums) bool {
	all := total(shards)
	mean, used := all.X/all.N, 0
	for _, s := range shards {
		if s.N == 0 {
			continue
		}
		if used++; math.Abs(s.X-float64(mean*s.N)) > 1e-12*max(math.Abs(mean), math.Abs(s.X/s.N))*s.N {
			return false
		}
	}
	return used > 1
}

// oneSilent says that just one of two groups does not vary.
func oneSilent(a, b *scores) bool {
	if still(a) != still(b) {
		return true
	}
	x, y, ok := dealtSums(a, b)
	return ok && stillShards(x) != stillShards(y)
}

// silentGap fills in a gap of means of which one side is silent.
func (in inference) silentGap(m *audit.Measurement, a, b *scores, test bool) {
	p, also := zeroOnes(a)
	q, ok := zeroOnes(b)
	if x, y, people := byPerson(a, b); people {
		m.Shards = x.shards(y)
	}
	in.silentRates(m, p, q, ok && also, test)
}

// silentRates does so by the methods of rates, where the numbers are zeros and ones.
func (in inference) silentRates(m *audit.Measurement, p, q proportion, ok, test bool) {
	if !ok {
		m.Note = silentNote
		return
	}
	if m.Interval, m.Note = in.difference(p, q); test {
		m.Test, m.P = in.test(p, q)
	}
}

// zeroOnes counts the ones of a group whose numbers are zeros and ones.
func zeroOnes(s *scores) (out proportion, ok bool) {
	if s.bucketed {
		return out, false
	}
	count := func(s stat.Sample) (x stat.Shard) {
		for _, p := range s {
			x.N += p.N
			switch p.X {
			case 1:
				x.K += p.N
			case 0:
			default:
				ok = false
			}
		}
		return x
	}
	ok = true
	all := count(s.all)
	out.k, out.n = all.K, all.N
	if s.people != nil {
		for _, shard := range s.people.all {
			out.shards = append(out.shards, count(shard))
		}
	}
	return out, ok
}

// zeroOnes likewise of lists: x² is x of nothing else between 0 and 1.
func (m *listMean) zeroOnes(each bool) (out proportion, ok bool) {
	out.each = each
	for _, s := range m.shards {
		if s.X != s.XX || s.X != math.Trunc(s.X) || s.X < 0 || s.X > s.N {
			return proportion{}, false
		}
		shard := stat.Shard{K: int64(s.X), N: int64(s.N)}
		out.k, out.n, out.shards = out.k+shard.K, out.n+shard.N, append(out.shards, shard)
	}
	return out, true
}
