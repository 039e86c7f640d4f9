package detectors

import (
	"fmt"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// CalibrationParams are the parameters of the detector calibration.
type CalibrationParams struct {
	Bins int `yaml:"bins" default:"10" min:"2" doc:"number of bins, both of equal width and by quantiles of each group's scores"`
}

// Calibration measures whether a score means the same for everybody.
func Calibration() detect.Detector {
	return detect.Detector{
		Name:  "calibration",
		Title: "Calibration and ranking of scores",
		Doc: `Does a score of 0.7 mean the same for everybody? Per group: the mean score against the rate of positive
labels; the calibration error (mean, root mean square and largest distance of score and rate over bins of equal
width and over quantile bins), with what a perfectly calibrated score would show at these sizes, because small
groups look badly calibrated by chance; the Brier score and its parts; the log loss of scores strictly between 0
and 1; the AUC, the chance that a positive label got a higher score than a negative one, and its difference
between groups. The score is taken as evidence for a positive label. Scores outside 0 to 1, such as deciles, are
no probabilities: they keep the AUC and the mean; give score: {when: "decile / 10.0"} to compare them as if they
were. Only rows count whose label is known, listed and old enough. Equal calibration and equal error rates
exclude each other when base rates differ (Kleinberg, Mullainathan and Raghavan 2017): read it beside error_rates.
With columns.subject, intervals, tests and what chance explains follow the person: all rows of a person fall
into one of 64 shards, and each shard is left out in turn.`,
		Needs:   []detect.Role{detect.RoleScore, detect.RoleLabel},
		Metrics: calibrationMetrics(),

		Headlines: []string{"calibration_error", "auc_difference"},
		Params:    CalibrationParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(CalibrationParams)
			if p.Bins == 0 {
				p.Bins = 10
			}
			return planScores("calibration", calibrationMetrics(), spec, true, false, func(e *emitter, s section) scoreMeasure {
				c := calibration{emitter: e, s: s, bins: p.Bins}
				c.refuse()
				return &c
			}), nil
		},
	}
}

// calibration measures one attribute.
type calibration struct {
	*emitter
	s    section
	bins int
	// Why calibration, and log loss, are undefined for the whole audit, so that a
	// group whose own scores happen to fit is not the only one with a number.
	notChance, notOpen string
	room               struct { // scratch
		chance, again stat.CalibrationDraws
		one           stat.Scatter
	}
}

// refuse decides from everybody's scores which numbers make sense.
func (c *calibration) refuse() {
	all := c.s.slices[0].overall.numbers().all
	if len(all) == 0 {
		return
	}
	low, high := all[0].X, all[len(all)-1].X
	switch {
	case !all.InUnit():
		c.notChance = fmt.Sprintf("undefined: scores reach from %s to %s, so they are no probabilities", about(low), about(high))
		c.notOpen = c.notChance
		c.emitter.note(fmt.Sprintf("scores reach from %s to %s, so they are no probabilities: calibration errors, Brier score and log loss are not measured; give score: {when: …} that maps them to 0 to 1 to compare them as if they were", about(low), about(high)))
	case ordinal(all):
		c.notOpen = fmt.Sprintf("undefined: the score is ordinal, %d values at equal steps, so a log loss would be decided by the steps", len(all))
	case low <= 0 || high >= 1:
		c.notOpen = "undefined: scores reach 0 or 1, where one wrong label costs infinitely much; clipping them would decide the result"
	}
}

// about writes an end of the scores with six digits, or with all that it has if
// it would seem a probability with fewer.
func about(x float64) string {
	text := strconv.FormatFloat(x, 'g', 6, 64)
	if near, err := strconv.ParseFloat(text, 64); err != nil || (near >= 0 && near <= 1) != (x >= 0 && x <= 1) {
		return plain(x)
	}
	return text
}

// ordinal says whether numbers look like ranks: 3 to 20 values at equal steps.
func ordinal(s stat.Sample) bool {
	if len(s) < 3 || len(s) > 20 {
		return false
	}
	step := s[1].X - s[0].X
	for i := 2; i < len(s); i++ {
		if d := s[i].X - s[i-1].X - step; d > 1e-9*step || d < -1e-9*step {
			return false
		}
	}
	return true
}

// edges are bins of equal width, and quantile bins of a group's own scores.
func (c *calibration) edges(x *scores) map[string][]float64 {
	fixed := make([]float64, c.bins+1)
	for i := range fixed {
		fixed[i] = float64(i) / float64(c.bins) // 3/10 is 0.3, so (0.2, 0.3] holds it
	}
	quantile, err := x.labeled().Quantiles(c.bins)
	if err != nil {
		quantile = fixed
	}
	return map[string][]float64{fixedBins: fixed, quantileBins: quantile}
}

const (
	fixedBins    = "fixed"
	quantileBins = "quantile"
)

// measure emits everything about one slice of an attribute.
func (c *calibration) measure(s section) {
	c.s = s
	for _, in := range s.slices {
		for _, g := range in.everybody() {
			c.levels(in, g)
		}
	}
	c.gaps(s, c.aucGap())
}

// tables are the curves of an attribute.
func (c *calibration) tables(section) []audit.Table {
	if c.notChance != "" {
		return nil
	}
	return []audit.Table{c.curves(fixedBins, "curve"), c.curves(quantileBins, "bins")}
}

// levels emits the numbers of one group, in the order of their declaration.
func (c *calibration) levels(in slice, g group) {
	x := g.numbers()
	put := func(metric string, m audit.Measurement) {
		m.Group, m.GroupKind = g.label(), g.kind
		switch {
		case m.Value == nil:
			m.N = g.audited()
		case m.N == 0:
			m.N = x.positive.Count() + x.negative.Count()
		}
		c.addScore(c.s, in, c.metrics[metric], m)
	}
	put("mean_score", c.mean(in, g))
	put("base_rate", c.baseRate(g))
	put("calibration_in_the_large", c.inTheLarge(g))
	c.errors(in, g, put)
	brier, err := x.brierScore()
	note := c.note(g, err, c.notChance)
	loss := c.limited(in, "brier_score", brier.Loss, x.costs(brier.Loss.Mean, squared), note)
	put("brier_score", loss)
	for _, part := range []struct {
		name  string
		value float64
	}{{"brier_reliability", brier.Reliability}, {"brier_resolution", brier.Resolution}, {"brier_uncertainty", brier.Uncertainty}} {
		put(part.name, valued(part.value, note))
	}
	cost, err := stat.LogLoss(x.positive, x.negative)
	put("log_loss", c.limited(in, "log_loss", cost, x.costs(cost.Mean, stat.LogLoss), c.note(g, err, c.notOpen)))
	put("auc", c.auc(in, g))
	_, note = areaOf(g)
	precision, _ := stat.AveragePrecision(x.positive, x.negative) // areaOf knows why there is none
	put("average_precision", valued(precision, note))
}

// note is why a number about a group is undefined, "" if it is not.
func (c *calibration) note(g group, err error, refused string) string {
	switch {
	case refused != "":
		return refused
	case err == stat.ErrNoRows:
		return "undefined: no row with a score and a label in " + called(g)
	case err != nil:
		return "undefined: " + err.Error()
	}
	return ""
}

// valued is a number, or the reason why there is none.
func valued(x float64, note string) audit.Measurement {
	if note != "" {
		return audit.Measurement{Note: note}
	}
	return audit.Measurement{Value: &x}
}
