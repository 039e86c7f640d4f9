package explain

import (
	"context"
	"fmt"
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// The verdicts of probes.
const (
	probeEqual       = "equal"
	probeWithin      = "within"
	probeBeyond      = "beyond"
	probeNotCompared = "not_compared"
)

// probe scores some rows again: twice as they are, and once in two parts. It
// compares the scores with each other and with the logged ones, and says why
// the model is not to be trusted; "" if it is.
func (j *Job) probe(ctx context.Context, s *Study) (refused string, err error) {
	e := j.spec.Explain
	n := min(e.ParityRows, s.Rows.Rows)
	batch := some(s.Rows.Batch, 0, n)
	first, err := s.Model.Score(ctx, batch)
	if err != nil {
		return "", err
	}
	for row, x := range first {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return "", fmt.Errorf("the model's score of sampled row %d is %v", row+1, x)
		}
	}
	j.about.Parity = compareLogged(s, first, e.Tolerance)
	if j.answersLabels(first) {
		return "the model answers nothing but 0 and 1: labels, not scores; let it give probabilities", nil
	}

	again, err := s.Model.Score(ctx, batch)
	if err != nil {
		return "", err
	}
	head, err := s.Model.Score(ctx, some(batch, 0, n/2))
	if err != nil {
		return "", err
	}
	rest, err := s.Model.Score(ctx, some(batch, n/2, n))
	if err != nil {
		return "", err
	}
	d := &audit.Determinism{Rows: n}
	for row, x := range append(head, rest...) {
		d.Largest = max(d.Largest, math.Abs(again[row]-first[row]), math.Abs(x-first[row]))
	}
	d.Verdict = verdict(d.Largest, e.Tolerance)
	j.about.Determinism = d
	switch p := j.about.Parity; {
	case d.Verdict == probeBeyond:
		return fmt.Sprintf("the model does not give the same rows the same scores: they differ by up to %.3g, and explain.probe.tolerance is %g", d.Largest, e.Tolerance), nil
	case j.serverLabels(s, first):
		return "the model's answers are all 0 or 1, which are labels and no scores; " + askForScores(j.spec.Model.Type), nil
	case p.Verdict == probeBeyond && p.Largest != nil:
		return fmt.Sprintf("the model's scores are not those of the log: they differ by up to %.3g in %d rows, and explain.probe.tolerance is %g; is it the model that decided, and model.output the number that was logged?", *p.Largest, p.Rows, e.Tolerance), nil
	case p.Verdict == probeBeyond:
		return fmt.Sprintf("the model's decisions are not those of the log: %d of %d differ; is it the model that decided, and model.threshold the one it was used with?", p.Differ, p.Decisions), nil
	}
	return "", nil
}

func verdict(largest, tolerance float64) string {
	switch {
	case largest == 0:
		return probeEqual
	case largest <= tolerance:
		return probeWithin
	}
	return probeBeyond
}

// answersLabels says whether a command's answers are decisions, as many scripts
// give by default.
func (j *Job) answersLabels(scores []float64) bool {
	var of [2]bool
	for _, x := range scores {
		if x != 0 && x != 1 {
			return false
		}
		of[int(x)] = true
	}
	return j.spec.Model.Type == "exec" && of[0] && of[1] && len(scores) >= fewRows
}

// mostDiffer is the share of decisions that may differ where no score was
// logged, as decisions have reasons beside the score.
const mostDiffer = 0.01

// compareLogged holds scores against the logged ones, and decisions against
// the logged decisions.
func compareLogged(s *Study, scores []float64, tolerance float64) *audit.Parity {
	p := &audit.Parity{Tolerance: tolerance, Verdict: probeNotCompared}
	largest := 0.0
	for row, x := range scores {
		if s.Scores != nil && !math.IsNaN(s.Scores[row]) {
			p.Rows++
			largest = max(largest, math.Abs(x-s.Scores[row]))
		}
		if d := s.Model.Decision; d != nil && s.Decisions != nil && s.Decisions[row] >= 0 {
			p.Decisions++
			if d.Positive(x) != (s.Decisions[row] == 1) {
				p.Differ++
			}
		}
	}
	switch {
	case p.Rows > 0:
		p.Largest, p.Verdict = &largest, verdict(largest, tolerance)
	case p.Decisions > 0 && float64(p.Differ) > mostDiffer*float64(p.Decisions):
		p.Verdict = probeBeyond
	case p.Decisions > 0 && p.Differ > 0:
		p.Verdict = probeWithin
	case p.Decisions > 0:
		p.Verdict = probeEqual
	}
	return p
}

// some gives rows from one place to before another.
func some(b model.Batch, from, to int) model.Batch {
	part := model.Batch{Rows: to - from}
	for _, column := range b.Columns {
		part.Columns = append(part.Columns, column[from:to])
	}
	return part
}
