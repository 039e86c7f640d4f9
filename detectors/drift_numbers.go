package detectors

import (
	"math"
	"sync"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// apart are two distances of numbers that need no bins, what they are by chance
// and how to bound them.
type apart struct {
	ks               stat.KS
	area             float64
	forKS, forArea   stat.Null
	method           string
	shards           int
	err              error // why there is no chance to speak of
	ksLimits, limits func() (stat.Interval, error)
}

// pairing is what two portions of a column are to each other and by chance: the
// same for all windows as for the only one that there is.
type pairing struct {
	ref, cur *portion
	gate     bool    // with as many draws as a gate needs
	tables   *random // nil until it is asked for
	numbers  *apart  // nil until it is asked for
}

// pair is what is known of a comparison: of the last one, if it was the same.
func (d *drift) pair(m moved) *pairing {
	if d.last == nil || d.last.ref != m.ref || d.last.cur != m.cur || m.in.gate && !d.last.gate {
		d.last = &pairing{ref: m.ref, cur: m.cur, gate: m.in.gate}
	}
	return d.last
}

// compare measures them.
func (d *drift) compare(m moved) apart {
	known := d.pair(m)
	if known.numbers == nil {
		known.numbers = d.apart(m)
	}
	return *known.numbers
}

func (d *drift) apart(m moved) *apart {
	ref, cur := m.ref.numbers.all, m.cur.numbers.all
	out := &apart{method: stat.MethodBridge}
	out.ks, _ = stat.KolmogorovSmirnov(cur, ref) // both have rows
	out.area, _ = stat.Wasserstein(cur, ref)
	rng, times := stat.Generator(d.in.seed, m.key("bridge")...), d.draws(m.in, "ks", "wasserstein", "wasserstein_standardized")
	x, y, ok := byPerson(m.cur.numbers, m.ref.numbers)
	if !ok {
		out.forKS, out.forArea = stat.NewBridge(ref, cur).Null(rng, times, out.ks.Value, out.area)
		out.ksLimits = func() (stat.Interval, error) { return out.ks.Interval(d.in.alpha) }
		out.limits = sync.OnceValues(func() (stat.Interval, error) { return stat.WassersteinInterval(cur, ref, d.in.alpha) })
		return out
	}
	bridge, err := stat.NewPeopleBridge(x.all, y.all)
	if err != nil {
		out.err = err
		return out
	}
	out.method, out.shards = stat.MethodBridgeCluster, bridge.Design.Shards
	out.forKS, out.forArea = bridge.Null(rng, times, out.ks.Value, out.area)
	out.ksLimits = func() (stat.Interval, error) { return out.ks.IntervalClustered(bridge.Design, d.in.alpha) }
	out.limits = sync.OnceValues(func() (stat.Interval, error) {
		return stat.WassersteinIntervalClustered(x.all, y.all, d.in.alpha)
	})
	return out
}

// numbers emits the distances that need no bins.
func (d *drift) numbers(m moved, note string) {
	var x apart
	sd := 1.0
	if note == "" {
		x = d.compare(m)
		sd = math.Sqrt(m.ref.numbers.moments().Variance)
	}
	for _, y := range []struct {
		metric      string
		value, unit float64
		null        stat.Null
		limits      func() (stat.Interval, error)
	}{{"ks", x.ks.Value, 1, x.forKS, x.ksLimits}, {"wasserstein", x.area, 1, x.forArea, x.limits}, {"wasserstein_standardized", x.area, sd, x.forArea, x.limits}} {
		if !(y.unit > 0) {
			d.put(m, y.metric, audit.Measurement{Note: "undefined: every number of the reference is the same"})
			continue
		}
		out := valued(y.value/y.unit, note)
		switch {
		case note != "":
		case x.err != nil:
			out.Note = "no interval and no chance to compare with: " + x.err.Error()
		default:
			out.Shards = x.shards
			d.null(&out, stat.Null{Expected: y.null.Expected / y.unit, Limit: y.null.Limit / y.unit, P: y.null.P}, x.method)
			if m.in.gate {
				i, err := y.limits()
				i.Low, i.High = i.Low/y.unit, i.High/y.unit
				d.in.noted(&out, i, err)
			}
		}
		d.put(m, y.metric, out)
	}
}
