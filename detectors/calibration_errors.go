package detectors

import (
	"fmt"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// How many random tables stand behind a number that is drawn: in other windows
// than the gate window, in it, and where a gate needs small p-values to survive
// the adjustment for many tests.
const (
	drawsShown = 199
	drawsAll   = 999
	drawsGated = 9999
)

// draws is how many random tables a metric of this detector gets in a window.
func (e *emitter) draws(in slice, metrics ...string) int {
	if !in.gate {
		return drawsShown
	}
	for _, m := range metrics {
		if len(detect.GatesOn(e.spec, e.detector, m)) > 0 {
			return drawsGated
		}
	}
	return drawsAll
}

// calibrationErrors are the three ways to sum a calibration curve up.
func calibrationErrors() []struct {
	metric string
	of     func(stat.CalibrationError) float64
} {
	return []struct {
		metric string
		of     func(stat.CalibrationError) float64
	}{
		{"calibration_error", func(e stat.CalibrationError) float64 { return e.Mean }},
		{"calibration_error_rms", func(e stat.CalibrationError) float64 { return e.RootMeanSquare }},
		{"calibration_error_max", func(e stat.CalibrationError) float64 { return e.Largest }},
	}
}

// errors emits the calibration errors of a group on both kinds of bins: value,
// interval, and what a calibrated score would show.
func (c *calibration) errors(in slice, g group, put func(string, audit.Measurement)) {
	x := g.numbers()
	edges := c.edges(x)
	for _, kind := range []string{fixedBins, quantileBins} {
		note := c.notChance
		var bins []stat.Reliability
		var value stat.CalibrationError
		if note == "" {
			bins = stat.ReliabilityBins(x.positive, x.negative, edges[kind])
			var err error
			value, err = stat.CalibrationErrors(bins)
			note = c.note(g, err, "")
		}
		var chance stat.CalibrationDraws
		var around stat.CalibrationAround
		design, faulty := stat.Design{}, error(nil)
		if x.people != nil && note == "" {
			design, faulty = stat.CalibrationDesign(x.people.positive, x.people.negative, edges[kind])
		}
		if note == "" && faulty == nil {
			version := ""
			if in.version != nil {
				version = *in.version
			}
			key := []string{"calibration", kind, c.s.attribute.Name, g.name, string(g.kind), in.window, version}
			times := c.draws(in, "calibration_error", "calibration_error_rms", "calibration_error_max")
			chance = stat.Calibrated(stat.Generator(c.in.seed, append(key, "calibrated")...), x.positive, x.negative, edges[kind], times, c.room.chance)
			c.room.chance = chance
			again := stat.Generator(c.in.seed, append(key, "again")...)
			if x.people == nil {
				around = stat.CalibratedAgain(again, bins, min(times, drawsAll), c.room.again)
				c.room.again = around.Draws
			} else {
				chance, around = chance.For(design), stat.CalibratedAgainClustered(again, bins, design, c.in.alpha, min(times, drawsAll))
			}
		}
		for _, e := range calibrationErrors() {
			m := valued(e.of(value), note)
			m.Parameters = map[string]string{"bins": kind}
			switch {
			case faulty != nil:
				c.in.noted(&m, stat.Interval{}, faulty)
			case note == "":
				c.room.one = chance.Of(e.of, c.room.one)
				null := c.room.one.Null(*m.Value)
				interval := around.Interval(e.of, *m.Value, c.in.alpha, c.room.one)
				m.Test, m.Shards = stat.MethodTableBootstrap, design.Shards
				if x.people != nil {
					m.Test, interval.Method = stat.MethodTableCluster, stat.MethodTableCluster
				}
				m.Interval = detect.Interval(interval, c.in.alpha)
				m.Null, m.P = &audit.Null{Expected: null.Expected, Limit: null.Limit}, &null.P
			}
			put(e.metric, m)
		}
	}
}

// curves is the table behind a calibration curve: for every group of the gate
// window its bins, with the rate of positive labels and its interval.
func (c *calibration) curves(kind, table string) audit.Table {
	name := c.s.attribute.Name
	out := audit.Table{
		ID: "calibration/" + kind, Detector: "calibration", Kind: table,
		Title:   fmt.Sprintf("Calibration, %d %s bins", c.bins, kind),
		Columns: []string{"group", "low", "high", "n", "mean_score", "positives", "rate", "rate_low", "rate_high"},
	}
	if name != "" {
		out.ID += "/" + name
		out.Title += " by " + name
	}
	in := c.s.slices[0]
	for _, g := range in.everybody() {
		x := g.numbers()
		if len(x.positive)+len(x.negative) == 0 {
			continue
		}
		edges := c.edges(x)[kind]
		shards := x.bins(edges)
		for _, b := range stat.ReliabilityBins(x.positive, x.negative, edges) {
			rate := proportion{k: b.Positives, n: b.N, shards: shards[b.Low]}
			row := []any{groupCell(g), b.Low, b.High, b.N, b.Scores / float64(b.N), b.Positives, *float(rate.value()), nil, nil}
			if i, _ := c.in.rate(rate); i != nil {
				row[7], row[8] = *i.Low, *i.High
			}
			out.Rows = append(out.Rows, row)
		}
	}
	return out
}

// bins are the labels of each bin of a curve by shard of subjects; the bin goes
// by its lower edge.
func (s *scores) bins(edges []float64) map[float64][]stat.Shard {
	if s.people == nil {
		return nil
	}
	out := map[float64][]stat.Shard{}
	for g := range s.people.all {
		for _, b := range stat.ReliabilityBins(s.people.positive[g], s.people.negative[g], edges) {
			if out[b.Low] == nil {
				out[b.Low] = make([]stat.Shard, table.Shards)
			}
			at := &out[b.Low][g]
			at.K, at.N = at.K+b.Positives, at.N+b.N
		}
	}
	return out
}

// groupCell names a group in a table: null is everybody, (missing) those whose
// value is missing.
func groupCell(g group) any {
	switch g.kind {
	case audit.KindValue:
		return g.name
	case audit.KindMissing:
		return "(missing)"
	}
	return nil
}
