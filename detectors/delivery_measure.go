package detectors

import (
	"fmt"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// share is the share of a group in an audience; of the missing group, of all rows.
func (s audiences) share(a audience, g int) proportion {
	p := proportion{each: s.each}
	if s.sharded {
		p.shards = make([]stat.Shard, len(a))
	}
	for i, shard := range a {
		n := sumOf(shard)
		if g < len(s.names) {
			n -= shard[len(s.names)]
		}
		p.k, p.n = p.k+shard[g], p.n+n
		if s.sharded {
			p.shards[i] = stat.Shard{K: shard[g], N: n}
		}
	}
	return p
}

// compositions emits the groups' shares at every stage.
func (d delivery) compositions(e *emitter, s audiences) {
	for _, x := range s.everything() {
		for k, stage := range d.stages {
			for g := range len(s.names) + 1 {
				p := s.share(x.stages[k], g)
				m := audit.Measurement{Value: float(p.value()), Numerator: &p.k, Denominator: &p.n, N: p.n, Column: &stage.Name, GroupKind: audit.KindMissing, Shards: shardsUsed(p)}
				if g < len(s.names) {
					m.Group, m.GroupKind = &s.names[g], audit.KindValue
				}
				if m.Value == nil {
					m.Note = "undefined: nobody of a known group is at this stage"
				} else {
					m.Interval, m.Note = e.in.rate(p)
				}
				e.add(s.section, x.in, "composition_share", e.metrics["composition_share"].Convention, m)
			}
		}
	}
}

// variation is the total variation distance of two tables of counts.
func variation(d stat.Distances) float64 { return d.TotalVariation }

// variances emits how far each stage is from the one before, and returns the ad, or
// everything, whose delivery is furthest beyond chance.
func (d delivery) variances(e *emitter, s audiences) *skew {
	var worst *skew
	all := s.everything()
	for _, x := range all {
		for k := 1; k < len(d.stages); k++ {
			m := d.variance(e, s, x, k)
			m.GroupKind, m.Column = audit.KindOverall, &d.stages[k].Name
			e.add(s.section, x.in, "delivery_variance", e.metrics["delivery_variance"].Convention, m)
			ads := max(1, len(s.ads))
			if k > 1 || m.P == nil || len(s.ads) > 0 && x.in.stratum == nil || x.in.window != audit.AllWindows || x.deliveries() < d.params.Least {
				continue
			}
			if p := min(1, *m.P*float64(ads)); p < e.in.alpha && (worst == nil || *m.Value-m.Null.Expected > worst.value-worst.chance) {
				worst = &skew{x, *m.Value, m.Null.Expected, p, ads}
			}
		}
	}
	return worst
}

// variance is the distance of one stage from the one before. Who came further are
// some of those before: a share f of them. The distance is 1 − f times that from
// those who did not, and by chance that is what dealing them makes of it.
func (d delivery) variance(e *emitter, s audiences, x showing, k int) audit.Measurement {
	passed, left := x.stages[k].known(), x.stages[k-1].less(x.stages[k]).known()
	cur, ref := audience(passed).totals(), audience(left).totals()
	n, others := sumOf(cur), sumOf(ref)
	m := audit.Measurement{N: n}
	switch {
	case n == 0:
		m.Note = "undefined: nobody of a known group is at this stage"
		return m
	case others == 0:
		zero := 0.0
		m.Value, m.Note = &zero, "everybody who was at the stage before is at this one: there is no skew to speak of"
		return m
	}
	by := float64(others) / float64(n+others)
	far, err := stat.Compare(ref, cur, 0)
	if err != nil {
		m.Note = "undefined: " + err.Error()
		return m
	}
	v := float64(by * far.TotalVariation)
	m.Value = &v
	use := func(what string) []string {
		return []string{"delivery", what, s.attribute.Name, d.stages[k].Name, x.in.window, textOr(x.in.stratum)}
	}
	times := e.draws(x.in)
	if x.in.stratum != nil {
		times = drawsAll
	}
	unchanged, again := stat.Generator(e.in.seed, use("dealt")...), stat.Generator(e.in.seed, use("again")...)
	var none, anew stat.Resamples
	if s.sharded {
		design, err := stat.TableDesign(left, passed)
		if err != nil {
			m.Note = "no interval and no chance to compare with: " + err.Error()
			return m
		}
		m.Shards = design.Shards
		none, anew = stat.UnchangedClustered(unchanged, ref, cur, design, 0, times, nil), stat.AgainClustered(again, ref, cur, design, 0, drawsAll, nil)
	} else {
		none, anew = stat.Unchanged(unchanged, ref, cur, 0, times, nil), stat.Again(again, ref, cur, 0, drawsAll, nil)
	}
	chance := none.Of(variation, nil)
	null := chance.Null(far.TotalVariation)
	m.Null = &audit.Null{Expected: float64(by * null.Expected), Limit: float64(by * null.Limit)}
	m.P, m.Test = &null.P, stat.MethodTableBootstrap
	if s.sharded {
		m.Test = stat.MethodTableCluster
	}
	if x.in.gate {
		i := anew.Of(variation, nil).AroundChange(chance, far.TotalVariation, e.in.alpha, false)
		m.Interval = bounds(float64(by*i.Low), min(1, float64(by*i.High)), e.in.alpha, m.Test)
	}
	return m
}

func textOr(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// within emits the share of ads whose delivery is near enough to their audience.
func (d delivery) within(e *emitter, s audiences) {
	if len(s.ads) == 0 {
		return
	}
	var k, n int64
	for _, x := range s.ads {
		if x.deliveries() < d.params.Least {
			continue
		}
		n++
		if d.distance(x) <= d.params.Threshold {
			k++
		}
	}
	m := audit.Measurement{GroupKind: audit.KindOverall, N: n, Numerator: &k, Denominator: &n, Column: &d.stages[1].Name,
		Parameters: map[string]string{"threshold": plain(d.params.Threshold), "least": fmt.Sprint(d.params.Least), "ads": fmt.Sprint(len(s.ads))}}
	if n == 0 {
		m.Note = fmt.Sprintf("undefined: no ad has %s deliveries to known groups", whole(d.params.Least))
	} else {
		v := float64(k) / float64(n)
		m.Value = &v
	}
	e.add(s.section, s.all.in, "ads_within_share", e.metrics["ads_within_share"].Convention, m)
}

// distance of the deliveries of an ad from its audience.
func (d delivery) distance(x showing) float64 {
	a, b := x.stages[1].totals(), x.stages[0].totals()
	n, all, v := x.deliveries(), int64(0), 0.0
	a, b = a[:len(a)-1], b[:len(b)-1]
	if all = sumOf(b); n == 0 || all == 0 {
		return 0
	}
	for g := range a {
		v += math.Abs(float64(a[g])/float64(n)-float64(b[g])/float64(all)) / 2
	}
	return v
}

// pairs emits how far the shares of two ads are apart.
func (d delivery) pairs(e *emitter, s audiences) error {
	pairs, err := d.paired(e, s)
	if err != nil {
		return err
	}
	var at []int
	var ps []float64
	for _, pair := range pairs {
		in := slice{window: audit.AllWindows, stratum: &pair.name}
		for g := range s.names {
			p, q := s.share(pair.first.stages[1], g), s.share(pair.second.stages[1], g)
			m := audit.Measurement{Group: &s.names[g], GroupKind: audit.KindValue, Column: &d.stages[1].Name, N: p.n,
				Numerator: &p.k, Denominator: &p.n, RefNum: &q.k, RefDen: &q.n, Value: float(minus(p.value(), q.value())), Shards: shardsUsed(p, q)}
			if m.Value == nil {
				m.Note = "undefined: one of the ads went to nobody of a known group"
			} else {
				m.Interval, m.Note = e.in.difference(p, q)
				m.Test, m.P = d.apart(e, p, q)
			}
			if m.P != nil {
				at, ps = append(at, len(e.out)), append(ps, *m.P)
			}
			e.add(s.section, in, "ad_share_difference", e.metrics["ad_share_difference"].Convention, m)
		}
	}
	for i, p := range stat.Holm(ps) {
		m := &e.out[at[i]]
		m.Joint = &audit.Joint{Pairs: len(ps), PairTest: m.Test, PairP: *m.P}
		m.P, m.Test = &p, m.Test+", holm"
	}
	return nil
}

// apart tests that two shares are alike: the pooled z of Imana et al., or the score
// test that follows people.
func (d delivery) apart(e *emitter, p, q proportion) (string, *float64) {
	if p.shards != nil {
		return e.in.test(p, q)
	}
	pooled := float64(p.k+q.k) / float64(p.n+q.n)
	se := math.Sqrt(float64(pooled*(1-pooled)) * (1/float64(p.n) + 1/float64(q.n)))
	if !(se > 0) {
		return "", nil
	}
	x := min(1, 2*stat.NormalSF(math.Abs(share(p)-share(q))/se))
	return stat.MethodPooledZ, &x
}

// adPair is two ads to compare.
type adPair struct {
	name          string
	first, second showing
}

// paired are the pairs that were asked for, or every two of a few.
func (d delivery) paired(e *emitter, s audiences) ([]adPair, error) {
	find := func(name string) (showing, error) {
		i := slices.IndexFunc(s.ads, func(x showing) bool { return *x.in.stratum == name })
		if i < 0 {
			return showing{}, fmt.Errorf("pairs: column %s has no value %q", d.params.Ad, name)
		}
		return s.ads[i], nil
	}
	var out []adPair
	for _, p := range d.params.Pairs {
		first, err := find(p.First)
		if err != nil {
			return nil, err
		}
		second, err := find(p.Second)
		if err != nil {
			return nil, err
		}
		out = append(out, adPair{p.First + " − " + p.Second, first, second})
	}
	if len(d.params.Pairs) > 0 {
		return out, nil
	}
	large := slices.DeleteFunc(slices.Clone(s.ads), func(x showing) bool { return x.deliveries() < d.params.Least })
	if len(large) > mostAdsPaired {
		e.note(fmt.Sprintf("delivery: %d ads are not compared two by two; name pairs that were to go to the same audience under pairs", len(large)))
		return nil, nil
	}
	for i, a := range large {
		for _, b := range large[i+1:] {
			out = append(out, adPair{*a.in.stratum + " − " + *b.in.stratum, a, b})
		}
	}
	return out, nil
}

// perPerson emits rates and means of people: of those whose eligibility is known, and of
// all that were reached.
func (d delivery) perPerson(e *emitter, a detect.Attribute, names []string, eligible, all []map[int]int64) {
	rates := peopleRate(a, names, eligible, func(n int64) bool { return n > 0 })
	d.choose(&rates)
	if rates.absent != "" {
		e.note("attribute " + a.Name + ": " + rates.absent)
	}
	alone := e.alone()
	alone.rate(rates, personReachRate())
	every := peopleCounts(a, names, eligible, func(int64) bool { return true })
	reached := peopleCounts(a, names, all, func(n int64) bool { return n > 0 })
	for _, by := range []struct {
		metric string
		section
	}{{"frequency", reached}, {"deliveries_per_person", every}} {
		by.chosen, by.absent = rates.chosen, rates.absent
		alone.number(by.section, e.metrics[by.metric])
		alone.number(by.section, e.metrics[by.metric+"_difference"])
	}
	e.out = append(e.out, alone.out...)
}

// alone is an emitter of the same detector for numbers of which every person is one:
// none of them follows shards.
func (e *emitter) alone() *emitter {
	out, spec := e.again(), *e.spec
	spec.HasSubject = false
	out.spec = &spec
	return out
}

// peopleCounts is how many rows people have, of those with a number of them.
func peopleCounts(a detect.Attribute, names []string, counts []map[int]int64, of func(n int64) bool) section {
	parts := make([][]*scores, len(counts))
	for g, people := range counts {
		by := map[int64]int64{}
		for _, n := range people {
			if of(n) {
				by[n]++
			}
		}
		if people != nil {
			counted := countsOf(by)
			parts[g] = []*scores{{all: counted, rest: counted}}
		}
	}
	in := sliceOf(a, names, parts)
	in.window, in.gate = detect.GateWindow, true
	return section{attribute: a, slices: []slice{in}}
}

// countsOf is a sample of how many people have how many rows.
func countsOf(by map[int64]int64) stat.Sample {
	parts := make([]stat.Sample, 0, len(by))
	for n, people := range by {
		parts = append(parts, stat.Sample{{X: float64(n), N: people}})
	}
	return stat.Pool(parts...)
}

// peopleRate is the people of each group whose number of rows is such.
func peopleRate(a detect.Attribute, names []string, counts []map[int]int64, of func(n int64) bool) section {
	g := make(grid, len(counts))
	for i, people := range counts {
		for _, n := range people {
			t := tally{Negative: 1}
			if of(n) {
				t = tally{Positive: 1}
			}
			g.add(i, 0, 1, t)
		}
	}
	in := g.slice(a, names, false, false)
	in.window, in.gate = detect.GateWindow, true
	return section{attribute: a, slices: []slice{in}}
}
