package detectors

import (
	"math/big"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// proportion is k of n, with its counts by shard of subjects where the audit
// has a subject.
type proportion struct {
	k, n   int64
	shards []stat.Shard
}

// value is k/n exactly, or nil if n is 0.
func (p proportion) value() *big.Rat {
	if p.n == 0 {
		return nil
	}
	return big.NewRat(p.k, p.n)
}

// people are the shards as stat wants them: of the same length for every group.
func (p proportion) people(shards int) stat.People {
	out := make([]stat.Shard, shards)
	copy(out, p.shards)
	return stat.People{Shards: out}
}

// inference gives intervals at level 1-alpha and tests. It follows rows, or
// people where the proportions come with shards.
type inference struct {
	alpha float64
	seed  uint64 // of random draws
}

// half is the inference for one of two numbers that share the error alpha
// (Bonferroni).
func (in inference) half() inference { return inference{in.alpha / 2, in.seed} }

func (in inference) rate(p proportion) (*audit.Interval, string) {
	if p.shards != nil {
		return in.interval(stat.WilsonClustered(p.people(len(p.shards)), in.alpha))
	}
	return in.interval(stat.Wilson(p.k, p.n, in.alpha))
}

func (in inference) difference(a, b proportion) (*audit.Interval, string) {
	if n := clusters(a, b); n > 0 {
		return in.interval(stat.NewcombeClustered(a.people(n), b.people(n), in.alpha))
	}
	return in.interval(stat.Newcombe(a.k, a.n, b.k, b.n, in.alpha))
}

func (in inference) ratio(a, b proportion) (*audit.Interval, string) {
	if n := clusters(a, b); n > 0 {
		return in.interval(stat.KoopmanClustered(a.people(n), b.people(n), in.alpha))
	}
	return in.interval(stat.Koopman(a.k, a.n, b.k, b.n, in.alpha))
}

// test is the two-sided test that two proportions are alike, or nothing where
// the method has none.
func (in inference) test(a, b proportion) (method string, p *float64) {
	var t stat.Test
	var err error
	if n := clusters(a, b); n > 0 {
		t, err = stat.ScoreTestClustered(a.people(n), b.people(n), stat.TwoSided)
	} else {
		t, err = stat.FisherMidP(a.k, a.n, b.k, b.n)
	}
	if err != nil {
		return "", nil
	}
	return t.Method, &t.P
}

// clusters is the number of shards of two groups, 0 if rows are independent.
func clusters(a, b proportion) int { return max(len(a.shards), len(b.shards)) }

// interval is a computed interval, or nil and a note where the method has none.
func (in inference) interval(i stat.Interval, err error) (*audit.Interval, string) {
	if err != nil {
		return nil, "no interval: " + err.Error()
	}
	return detect.Interval(i, in.alpha), ""
}

// bounds makes an interval from two limits.
func bounds(low, high, alpha float64, method string) *audit.Interval {
	return detect.Interval(stat.Interval{Low: low, High: high, Method: method}, alpha)
}

// float is an exact number as a float, or nil.
func float(r *big.Rat) *float64 {
	if r == nil {
		return nil
	}
	f, _ := r.Float64()
	return &f
}

// minus is a - b, over b is a / b; nil where undefined.
func minus(a, b *big.Rat) *big.Rat {
	if a == nil || b == nil {
		return nil
	}
	return new(big.Rat).Sub(a, b)
}

func over(a, b *big.Rat) *big.Rat {
	if a == nil || b == nil || b.Sign() == 0 {
		return nil
	}
	return new(big.Rat).Quo(a, b)
}
