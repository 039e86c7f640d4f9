package detectors

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

const (
	drawsWorst = 1000   // for what the worst gap is by chance alone
	drawsLeast = 10_000 // for the test of all pairs
	drawsMost  = 200_000
	drawsFew   = 1000       // for very many pairs
	drawnPairs = 20_000_000 // pairs looked at, over all draws, from which there are fewer
)

// parity is what is drawn for one set of tables under parity of all groups. The
// difference and the ratio of a rate share it.
type parity struct {
	pairs *stat.PairTests
	worst func() [][]stat.Extremes // by table, then by draw
}

// worstDraws are the extremes of the rates of one detector, each drawn once, by
// whichever step asks first.
type worstDraws struct {
	mu      sync.Mutex
	drawn   map[string]func() []stat.Extremes
	dealers sync.Pool
}

// of are those that are known by a key; draw draws them.
func (w *worstDraws) of(key string, draw func(*stat.Dealer) []stat.Extremes) []stat.Extremes {
	w.mu.Lock()
	if w.drawn == nil {
		w.drawn = map[string]func() []stat.Extremes{}
	}
	drawn, ok := w.drawn[key]
	if !ok {
		drawn = sync.OnceValue(func() []stat.Extremes {
			dealer, ok := w.dealers.Get().(*stat.Dealer)
			if !ok {
				dealer = &stat.Dealer{}
			}
			defer w.dealers.Put(dealer)
			return draw(dealer)
		})
		w.drawn[key] = drawn
	}
	w.mu.Unlock()
	return drawn()
}

// drawsPairs is the number of draws of the test of all pairs: 20 beyond the point
// where the smallest p that they can give is alpha over the family of gates, which
// is known before any row is read. A named reference's pairs add to the family
// later, and very many groups leave time for fewer draws, at least drawsFew; but far
// tails do not rest on draws (stat.PairsUnderParity).
func drawsPairs(spec *audit.Spec, groups int) int {
	family := float64(len(spec.Gates) * max(1, len(detect.Attributes(spec))))
	wanted := math.Min(drawsMost, math.Ceil(20*family/spec.Alpha))
	pairs := max(1, groups*(groups-1)/2)
	return min(max(drawsLeast, int(wanted)), max(drawsFew, drawnPairs/pairs))
}

// parityTables are the rates that a gap is made of, by rate and group: counts, or
// people where rows are clustered by person. ok is false where a detector counts
// rows although the audit has a subject.
type parityTables struct {
	counts [][]stat.Count
	people [][]stat.People
}

func (e *emitter) parityTables(rates []rate, values []group) (t parityTables, ok bool) {
	shards := 0
	for _, g := range values {
		shards = max(shards, len(g.shards))
	}
	if e.spec.HasSubject != (shards > 0) {
		return t, false
	}
	for _, r := range rates {
		var counts []stat.Count
		var people []stat.People
		for _, g := range values {
			p := r.of(g)
			counts, people = append(counts, stat.Count{K: p.k, N: p.n}), append(people, p.people(shards))
		}
		t.counts = append(t.counts, counts)
		if shards > 0 {
			t.people = append(t.people, people)
		}
	}
	return t, true
}

// parity draws, once per set of tables, what the gaps of a metric are when all
// groups of a slice are alike; nil where there is nothing to draw. Pairs are
// tested at once only if asked.
func (e *emitter) parity(s section, in slice, metric gap, pairs bool) *parity {
	if !in.gate || len(metric.rates) == 0 || s.attribute.Name == "" {
		return nil
	}
	t, ok := e.parityTables(metric.rates, in.values)
	if !ok {
		return nil
	}
	key := fmt.Sprint(pairs, s.attribute.Name, metric.rateNames(), t)
	if p, ok := e.parities[key]; ok {
		return p
	}
	p := &parity{worst: sync.OnceValue(func() [][]stat.Extremes { return e.worstUnderParity(s, metric, t) })}
	if pairs {
		p.pairs = e.pairsUnderParity(s, metric, t)
	}
	if e.parities == nil {
		e.parities = map[string]*parity{}
	}
	e.parities[key] = p
	return p
}

func (g gap) rateNames() string {
	var names []string
	for _, r := range g.rates {
		names = append(names, r.name)
	}
	return strings.Join(names, ",")
}

func (e *emitter) pairsUnderParity(s section, metric gap, t parityTables) *stat.PairTests {
	rng := stat.Generator(e.in.seed, "pairs", e.detector, s.attribute.Name, metric.rateNames())
	var pairs stat.PairTests
	var err error
	if t.people != nil {
		pairs, err = stat.PairsOfPeople(rng, t.people, drawsPairs(e.spec, len(t.counts[0])))
	} else {
		pairs, err = stat.PairsUnderParity(rng, t.counts, drawsPairs(e.spec, len(t.counts[0])))
	}
	if err != nil || pairs.Tests < 2 { // with one pair the data had no choice
		return nil
	}
	return &pairs
}

// worstUnderParity is nil unless every table can be drawn.
func (e *emitter) worstUnderParity(s section, metric gap, t parityTables) [][]stat.Extremes {
	var out [][]stat.Extremes
	for i, r := range metric.rates {
		drawn := e.extremes(s, r, t, i)
		if drawn == nil {
			return nil
		}
		out = append(out, drawn)
	}
	return out
}

// extremes are the lowest and the highest rates of one table's groups under parity.
// Gaps that are made of several rates share them with those of each rate.
func (e *emitter) extremes(s section, r rate, t parityTables, table int) []stat.Extremes {
	return e.worst.of(fmt.Sprint(s.attribute.Name, r.name, t.counts[table]), func(dealer *stat.Dealer) []stat.Extremes {
		rng := stat.Generator(e.in.seed, "worst", e.detector, s.attribute.Name, r.name)
		var drawn []stat.Extremes
		var err error
		if t.people != nil {
			drawn, err = stat.WorstOfPeople(rng, t.people[table], drawsWorst)
		} else {
			drawn, err = dealer.WorstUnderParity(rng, t.counts[table], drawsWorst)
		}
		if err != nil {
			return nil
		}
		return drawn
	})
}

// joint gives a pair that the data chose a p that allows for all pairs of its
// groups.
func (p *parity) joint(m *audit.Measurement, values []group, g, ref group) {
	if p == nil || p.pairs == nil || m.P == nil {
		return
	}
	at := func(x group) int {
		return slices.IndexFunc(values, func(v group) bool { return v.kind == x.kind && v.name == x.name })
	}
	together, ok := p.pairs.P(at(g), at(ref))
	if !ok {
		return
	}
	m.Joint = &audit.Joint{Pairs: p.pairs.Tests, Draws: p.pairs.Draws, PairTest: m.Test, PairP: *m.P}
	m.Test, m.P = p.pairs.Method, &together
}

// chance is what the worst gap is by chance alone: its mean, and the value that
// one draw in twenty lies beyond, on the side away from no gap.
func (p *parity) chance(metric gap) *audit.Null {
	if p == nil || metric.fold == nil {
		return nil
	}
	worst := p.worst()
	if worst == nil {
		return nil
	}
	drawn := make([]float64, 0, drawsWorst)
	sum := 0.0
	extremes := make([]stat.Extremes, len(worst))
	for d := range drawsWorst {
		for i := range worst {
			extremes[i] = worst[i][d]
		}
		if v, ok := metric.fold(extremes); ok {
			drawn = append(drawn, v)
			sum += v
		}
	}
	if len(drawn) == 0 {
		return nil
	}
	drawn = stat.NewDraws(drawn)
	at := len(drawn) / 20 // gaps that are lowest minus or over highest lie below no gap
	if metric.unsigned {
		at = len(drawn) - 1 - at
	}
	return &audit.Null{Expected: sum / float64(len(drawn)), Limit: drawn[at]}
}
