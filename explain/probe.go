package explain

import (
	"context"
	"fmt"
	"math"
	"slices"

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
	case p.Verdict == probeBeyond && p.Largest != nil && *p.Largest > e.Tolerance:
		return fmt.Sprintf("the model's scores are not those of the log: they differ by up to %.3g in %d rows, and explain.probe.tolerance is %g; is it the model that decided, and model.output the number that was logged?", *p.Largest, p.Rows, e.Tolerance), nil
	case p.Verdict == probeBeyond:
		return fmt.Sprintf("the model's decisions are not those of the log: %d of %d decisions differ%s; %s%s", p.Differ, p.Decisions, sameScores(p), wrongKey(*s.Model.Decision, first, s.Decisions), scoresAlone(e, p)), nil
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

// mostDiffer is the share of decisions that may differ, as decisions have
// reasons beside the score.
const mostDiffer = 0.01

func sameScores(p *audit.Parity) string {
	if p.Largest == nil {
		return ""
	}
	return ", although the scores are the same"
}

// scoresAlone says how scores that are those of the log can be explained without
// decisions, where nothing is asked that needs these.
func scoresAlone(e *audit.ExplainSpec, p *audit.Parity) string {
	if p.Largest == nil || e.Attribution != nil && e.Attribution.Of == "decision" ||
		e.Gap != nil && slices.ContainsFunc(e.Gap.Metrics, func(m string) bool { return m != "mean_score" }) {
		return ""
	}
	return "; or remove model.threshold to explain the scores alone"
}

// wrongKey guesses which key makes decisions differ: it is favorable if the
// other direction gives the logged decisions, the threshold if another one
// does, and else what the log calls a decision.
func wrongKey(d Decision, scores []float64, logged []int8) string {
	other := d
	other.Below = !d.Below
	if few(differing(other, scores, logged)) {
		return "with the other direction they would be those of the log: check model.favorable"
	}
	for _, below := range []bool{d.Below, !d.Below} {
		if from, to, ok := divides(scores, logged, below); ok {
			key := "model.threshold"
			if below != d.Below {
				key += " and model.favorable"
			}
			return fmt.Sprintf("a threshold between %.6g and %.6g would give those of the log: check %s", from, to, key)
		}
	}
	return "no threshold gives those of the log: check that columns.decision is what this model decided (where people overrule it, explain.probe.beyond: label explains the model all the same)"
}

// differing counts decisions that are not the logged ones.
func differing(d Decision, scores []float64, logged []int8) (differ, of int) {
	for row := range scores {
		if logged[row] >= 0 {
			of++
			if d.Positive(scores[row]) != (logged[row] == 1) {
				differ++
			}
		}
	}
	return differ, of
}

func few(differ, of int) bool { return float64(differ) <= mostDiffer*float64(of) }

// divides finds the scores between which a threshold gives all logged
// decisions, of which there have to be both.
func divides(scores []float64, logged []int8, below bool) (from, to float64, ok bool) {
	low, high := int8(0), int8(1) // the decisions on either side of the threshold
	if below {
		low, high = 1, 0
	}
	from, to = math.Inf(-1), math.Inf(1)
	for row, x := range scores {
		switch logged[row] {
		case low:
			from = max(from, x)
		case high:
			to = min(to, x)
		}
	}
	return from, to, from < to && !math.IsInf(from, 0) && !math.IsInf(to, 0)
}

// compareLogged holds scores against the logged ones, and decisions against
// the logged decisions: scores that are the same say nothing for the threshold
// and its direction.
func compareLogged(s *Study, scores []float64, tolerance float64) *audit.Parity {
	p := &audit.Parity{Tolerance: tolerance, Verdict: probeNotCompared}
	largest := 0.0
	for row, x := range scores {
		if s.Scores != nil && !math.IsNaN(s.Scores[row]) {
			p.Rows++
			largest = max(largest, math.Abs(x-s.Scores[row]))
		}
	}
	if d := s.Model.Decision; d != nil && s.Decisions != nil {
		p.Differ, p.Decisions = differing(*d, scores, s.Decisions)
	}
	if p.Rows > 0 {
		p.Largest, p.Verdict = &largest, verdict(largest, tolerance)
	}
	switch {
	case p.Decisions == 0:
	case !few(p.Differ, p.Decisions):
		p.Verdict = probeBeyond
	case p.Verdict == probeNotCompared && p.Differ == 0:
		p.Verdict = probeEqual
	case p.Differ > 0 && p.Verdict != probeBeyond:
		p.Verdict = probeWithin
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
