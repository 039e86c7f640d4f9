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
	each   bool // every shard is one subject
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
	people := stat.People{Shards: out}
	if p.each {
		people.Subjects = int64(shardsUsed(p))
	}
	return people
}

// inference gives intervals at level 1-alpha and tests. It follows rows, or
// people where the proportions come with shards.
type inference struct {
	alpha float64
	seed  uint64 // of random draws
	alike *alike // all groups of the slice, where tests follow people; nil is each group by itself
}

// alike is what all groups of a slice together say about people, by rate: a test
// that groups are alike goes by it (stat.CrowdOf).
type alike struct {
	values []group
	crowds map[string]stat.Crowd
}

func newAlike(values []group) *alike { return &alike{values, map[string]stat.Crowd{}} }

// crowd looks at all groups once for each rate.
func (a *alike) crowd(r rate) stat.Crowd {
	if c, ok := a.crowds[r.name]; ok {
		return c
	}
	var table []stat.People
	for _, g := range a.values {
		p := r.of(g)
		table = append(table, p.people(len(p.shards)))
	}
	c := stat.CrowdOf(table)
	a.crowds[r.name] = c
	return c
}

// half is the inference for one of two numbers that share the error alpha
// (Bonferroni).
func (in inference) half() inference { return inference{in.alpha / 2, in.seed, in.alike} }

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

// testRate is test for a rate of two groups, at effective sizes no larger than all
// groups of the slice allow.
func (in inference) testRate(r rate, a, b proportion) (method string, p *float64) {
	n := clusters(a, b)
	if n == 0 || in.alike == nil {
		return in.test(a, b)
	}
	t, err := in.alike.crowd(r).ScoreTest(a.people(n), b.people(n), stat.TwoSided)
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
