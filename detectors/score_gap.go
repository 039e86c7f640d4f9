package detectors

import (
	"fmt"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// ScoreGapParams are the parameters of the detector score_gap.
type ScoreGapParams struct {
	Quantiles []float64 `yaml:"quantiles" default:"[0.1, 0.5, 0.9]" above:"0" below:"1" doc:"where quantiles are compared; 0.5 is the median"`
	Cuts      []float64 `yaml:"cuts" doc:"cuts at which the share of scores at or above is compared; default: none"`
}

// ScoreGap measures how far the scores of groups lie apart.
func ScoreGap() detect.Detector {
	return detect.Detector{
		Name:  "score_gap",
		Title: "Score distributions",
		Doc: `How far the scores of groups lie apart, before any threshold and whatever the outcome: means, in the score's
unit and in standard deviations; the whole distribution (Kolmogorov-Smirnov, Wasserstein); quantiles; the chance
that a person of the group scores higher than one of the reference; the share at or above declared cuts. Equal
decision rates can hide unequal scores, and a threshold that moves later turns the gap into one of decisions. A gap
says nothing about errors: read it beside calibration. Of every score, also where the label is missing.
With columns.subject, intervals, tests and what chance explains follow the person: all rows of a person fall
into one of 64 shards, and each shard is left out in turn.`,
		Needs:   []detect.Role{detect.RoleScore, detect.RoleGroups},
		Main:    "share_above",
		Metrics: scoreGapMetrics(),

		Headlines: []string{"score_mean_difference"},
		Params:    ScoreGapParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(ScoreGapParams)
			if p.Quantiles == nil {
				p.Quantiles = []float64{0.1, 0.5, 0.9}
			}
			return planScores("score_gap", scoreGapMetrics(), spec, false, true, func(e *emitter, s section) scoreMeasure {
				return scoreGap{emitter: e, params: p}
			}), nil
		},
	}
}

// scoreGap measures one attribute.
type scoreGap struct {
	*emitter
	params ScoreGapParams
}

func (d scoreGap) measure(s section) {
	for _, in := range s.slices {
		for _, g := range in.everybody() {
			note := ""
			if g.n() == 0 {
				note = "undefined: no row with a score in " + called(g)
			}
			m := d.limited(in, "mean_score", g.numbers().moments(), g.numbers().sums(), note)
			m.Group, m.GroupKind, m.N = g.label(), g.kind, g.n()
			if m.Value == nil {
				m.N = g.audited()
			}
			d.addScore(s, in, d.metrics["mean_score"], m)
		}
	}
	for _, gap := range d.distributionGaps() {
		d.gaps(s, gap)
	}
	for _, in := range s.slices {
		only := s
		only.slices = []slice{in}
		d.gaps(only, d.standardizedByAll(in.overall.numbers()))
	}
	for _, cut := range d.params.Cuts {
		d.above(s, cut)
	}
}

func (d scoreGap) tables(s section) []audit.Table {
	if s.attribute.Name == "" {
		return nil
	}
	return []audit.Table{d.histogram(s)}
}

// above emits the share of scores at or above a cut, and its gaps, as a rate of
// positive decisions would be.
func (d scoreGap) above(s section, cut float64) {
	counted := section{attribute: s.attribute, chosen: s.chosen, absent: s.absent}
	count := func(g group) group {
		x := g.numbers().all
		above := func(x stat.Sample) tally {
			at := x.Above(cut)
			return tally{Positive: at, Negative: x.Count() - at}
		}
		out := group{name: g.name, kind: g.kind, tally: above(x), scores: g.scores}
		if p := g.numbers().people; p != nil {
			out.shards = make([]tally, len(p.all))
			for i, shard := range p.all {
				out.shards[i] = above(shard)
			}
		}
		return out
	}
	for _, in := range s.slices {
		out := slice{window: in.window, version: in.version, gate: in.gate, overall: count(in.overall)}
		for _, g := range in.values {
			out.values = append(out.values, count(g))
		}
		if in.missing != nil {
			g := count(*in.missing)
			out.missing = &g
		}
		counted.slices = append(counted.slices, out)
	}
	with := map[string]string{"cut": plain(cut)}
	from := len(d.out)
	d.rates(counted, shareAbove())
	for _, g := range shareAbove().gaps() {
		d.gaps(counted, g)
	}
	for i := range d.out[from:] {
		d.out[from+i].Parameters = with
	}
}

// shareAbove is the share of scores at or above a cut.
func shareAbove() rate {
	return rate{
		name: "share_above", short: "share above", doc: "scores that are at or above the cut",
		formula: "scores at or above the cut / scores", source: "a selection rate at that threshold",
		empty: "nobody has a score", count: func(t tally) (k, n int64) { return t.Positive, t.n() },
	}
}

// mostBins bounds the bins of the histogram; fewer distinct scores get a bin
// each.
const mostBins = 20

// histogram counts the scores of every group of the gate window in equal bins
// from the lowest to the highest score.
func (d scoreGap) histogram(s section) audit.Table {
	in := s.slices[0]
	out := audit.Table{
		ID: "score_gap/" + s.attribute.Name, Detector: "score_gap", Kind: "histogram",
		Title: "Scores by " + s.attribute.Name, Columns: []string{"group", "low", "high", "n", "share"},
	}
	all := in.overall.numbers().all
	if len(all) == 0 {
		return out
	}
	var edges []float64
	if len(all) <= mostBins {
		for _, p := range all {
			edges = append(edges, p.X)
		}
	} else {
		edges = stat.EqualEdges(all[0].X, all[len(all)-1].X, mostBins)
	}
	for _, g := range in.everybody() {
		x := g.numbers().all
		n := x.Count()
		var counts []int64
		if len(all) <= mostBins {
			counts = x.Cut(edges[1:], false)
		} else {
			counts = x.Histogram(edges)[:mostBins]
		}
		for i, k := range counts {
			high := edges[i]
			if len(all) > mostBins {
				high = edges[i+1]
			}
			if n > 0 {
				out.Rows = append(out.Rows, []any{groupCell(g), edges[i], high, k, float64(k) / float64(n)})
			}
		}
	}
	if len(all) > mostBins {
		out.Title += fmt.Sprintf(", %d equal bins", mostBins)
	}
	return out
}
