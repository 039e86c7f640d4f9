package explain

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// partFidelity says how well the surrogate gives back what was logged.
const partFidelity audit.Part = "fidelity"

// What a surrogate has to reach for rows that it has not seen, overall and in
// every group.
const (
	fidelityForParts = .95 // R² from which parts of the gap are shown
	fidelityForRanks = .9  // R², or area under the curve, from which ranks are, unless the configuration says another
	fidelityOfGaps   = .1  // relative error of every gap, for parts
)

// Surrogate stands in for a model that cannot be asked.
func Surrogate() Explainer {
	return Explainer{
		Name: "surrogate", Title: "A stand-in for a model that cannot be asked",
		Definition: "A small boosted model of the logged score, or without one of the decision, from the features. Fidelity is that for rows it has not seen: R² of scores, area under the curve, accuracy and log loss of decisions, and the gaps it gives back. " +
			"Its parts of a gap are shown from an R² of 0.95 overall and in every group with every gap within a tenth, ranks from explain.surrogate.min_fidelity, which is 0.9 unless it is given, else nothing.",
		DoesNotShow: "It is about the surrogate: it cannot show that the model uses a feature or the attribute, nor what would have been decided under other inputs.",
		Asked:       func(e *audit.ExplainSpec) bool { return e.Surrogate != nil },
		Explain:     explainSurrogate,
	}
}

// A standIn is a surrogate with what it is held against.
type standIn struct {
	s        *Study
	rows     []int
	place    []int     // of each sampled row: its place among the rows, or -1
	target   []float64 // what was logged, of each of the rows
	held     []float64 // what surrogates say that have not seen the row
	decision bool      // the target is a decision
	base     audit.Explanation
}

func explainSurrogate(ctx context.Context, s *Study) ([]audit.Explanation, error) {
	if len(s.Features) == 0 {
		return nil, errors.New("a surrogate needs columns.features")
	}
	u := standIn{s: s, base: audit.Explanation{Explainer: "surrogate", MethodVersion: 1, Seed: s.Spec.Seed}}
	logged := s.Scores
	if logged == nil {
		u.decision = true
		for _, y := range s.outcomes() {
			logged = y.of
		}
	}
	for row, x := range logged {
		u.place = append(u.place, -1)
		if x == x {
			u.place[row] = len(u.rows)
			u.rows, u.target = append(u.rows, row), append(u.target, x)
		}
	}
	if len(u.rows) < 100 {
		return nil, errors.New("a surrogate needs 100 sampled rows with a score or a decision")
	}
	spec := s.Spec.Explain.Surrogate
	o := model.BoostOptions{Logistic: u.decision, Rounds: spec.Rounds, Depth: spec.Depth}
	if o.Rounds == 0 {
		o.Rounds = 200
	}
	var err error
	if u.held, err = s.outOfFold(ctx, s.Features, u.rows, u.target, o); err != nil {
		return nil, err
	}
	out, least, gaps := u.fidelity()
	ranks := fidelityForRanks
	if spec.MinFidelity > 0 {
		ranks = spec.MinFidelity
	}
	if !(least >= ranks) {
		s.Note(fmt.Sprintf("The surrogate is not explained: its least fidelity for rows that it has not seen is %s.", below(least, ranks)))
		return out, nil
	}
	inputs, batch := batchOf(s.Features, u.rows)
	forest, err := model.Boost(inputs, batch, u.target, o)
	if err != nil {
		return out, err
	}
	parts := !u.decision && least >= fidelityForParts && gaps <= fidelityOfGaps
	if !parts {
		s.Note("The surrogate gives ranks alone: " + u.short(least, gaps) + ".")
	}
	list, err := u.gaps(ctx, forest, batch, parts)
	return append(out, list...), err
}

func (u standIn) short(least, gaps float64) string {
	switch {
	case u.decision:
		return "decisions say nothing of the size of a score"
	case least < fidelityForParts:
		return "its least fidelity is " + below(least, fidelityForParts)
	}
	return fmt.Sprintf("it gives a gap back with a relative error of %.2f, above %.2f", gaps, fidelityOfGaps)
}

// below writes a fidelity beside the limit that it does not reach, with as many
// digits as tell them apart.
func below(fidelity, limit float64) string {
	text := strconv.FormatFloat(limit, 'f', -1, 64)
	_, decimals, _ := strings.Cut(text, ".")
	digits := max(2, len(decimals))
	unit := math.Pow10(digits)
	return fmt.Sprintf("%.*f, below %s", digits, math.Floor(fidelity*unit)/unit, text)
}

// known says whether a sampled row has what is fitted.
func (u standIn) known(row int) bool { return u.place[row] >= 0 }

// at gives the places of rows that are known.
func (u standIn) at(rows []int) []int {
	var out []int
	for _, row := range rows {
		if u.known(row) {
			out = append(out, u.place[row])
		}
	}
	return out
}

// fidelity tells how well the surrogate does overall, in every group and for
// every gap; least is the smallest R² or area, gaps the largest relative error.
func (u standIn) fidelity() (out []audit.Explanation, least, gaps float64) {
	out, least = u.of(u.base, indices(len(u.rows)))
	for k := range u.s.Rows.Attributes {
		a := &u.s.Rows.Attributes[k]
		for group, name := range a.Groups {
			var rows []int
			for row, of := range a.Of {
				if int(of) == group {
					rows = append(rows, row)
				}
			}
			if rows = u.at(rows); len(rows) >= fewRows {
				e := u.base
				e.Attribute, e.Group = a.Name, &name
				list, reached := u.of(e, rows)
				out, least = append(out, list...), min(least, reached)
			}
		}
		pairs, _ := u.s.pairs(a, u.known)
		for _, p := range pairs {
			e := u.gapError(p)
			out, gaps = append(out, e), max(gaps, *e.Value)
		}
	}
	return out, least, gaps
}

// gapError is how far the gap that the surrogate gives lies from the logged
// one, as a share of it. A gap of less than a tenth of the target's standard
// deviation counts as one of a tenth: nearly nothing has no relative error.
func (u standIn) gapError(p contrasted) audit.Explanation {
	in, against := u.at(p.in), u.at(p.against)
	gap := func(of []float64) float64 {
		m1, _ := meanAndVariance(in, func(i int) float64 { return of[i] })
		m2, _ := meanAndVariance(against, func(i int) float64 { return of[i] })
		return m1 - m2
	}
	_, variance := meanAndVariance(indices(len(u.rows)), func(i int) float64 { return u.target[i] })
	logged, given := gap(u.target), gap(u.held)
	wrong := 0.0
	if least := max(math.Abs(logged), math.Sqrt(variance)/10); least > 0 {
		wrong = math.Abs(given-logged) / least
	}
	e := p.row("surrogate", "gap_error")
	e.Part, e.Value, e.Seed = partFidelity, &wrong, u.base.Seed
	e.Note = fmt.Sprintf("logged %.4g, surrogate %.4g", logged, given)
	return e
}

// of is the fidelity for some rows; reached is what the gates look at.
func (u standIn) of(e audit.Explanation, rows []int) (out []audit.Explanation, reached float64) {
	e.Part, e.N = partFidelity, int64(len(rows))
	tell := func(metric string, value float64) {
		e.Metric, e.Value, e.Note = metric, number(value), ""
		if e.Value == nil {
			e.Note = "undefined: these rows do not differ in what was logged"
		}
		out = append(out, e)
	}
	mean, variance := meanAndVariance(rows, func(i int) float64 { return u.target[i] })
	left, loss, right := 0.0, 0.0, 0.0
	var in, against []float64
	for _, i := range rows {
		d := u.target[i] - u.held[i]
		left += float64(d * d)
		p := min(max(u.held[i], clip), 1-clip)
		if u.target[i] > .5 {
			in, loss = append(in, u.held[i]), loss-math.Log(p)
		} else {
			against, loss = append(against, u.held[i]), loss-math.Log(1-p)
		}
		if (u.held[i] >= .5) == (u.target[i] > .5) {
			right++
		}
	}
	if !u.decision {
		reached = 1 - left/(variance*float64(len(rows)-1))
		if !(variance > 1e-18*(1+mean*mean)) {
			reached = math.NaN()
		}
		tell("r_squared", reached)
	} else {
		reached = math.NaN()
		if auc, err := stat.CompareSamples(sampleOf(in), sampleOf(against)); err == nil {
			reached = auc.Value
		}
		tell("auc", reached)
		tell("accuracy", right/float64(len(rows)))
		tell("log_loss", loss/float64(len(rows)))
	}
	if reached != reached {
		reached = 1 // nothing to tell apart is no fault of the surrogate
	}
	return out, reached
}

// gaps divides the surrogate's own gaps among the features.
func (u standIn) gaps(ctx context.Context, forest *model.Forest, batch model.Batch, parts bool) ([]audit.Explanation, error) {
	s := u.s
	background := model.Batch{Rows: min(max(20, s.Spec.Explain.BackgroundRows), batch.Rows)}
	for _, column := range batch.Columns {
		background.Columns = append(background.Columns, column[:background.Rows])
	}
	got, err := TreeAttributions(ctx, forest, batch, background, 0)
	if err != nil {
		return nil, err
	}
	if s.Subjects != nil {
		got.People = s.people(u.rows)
	}
	metric := "score_mean_difference"
	if u.decision {
		metric = "log_odds_mean_difference"
	}
	var out []audit.Explanation
	for k := range s.Rows.Attributes {
		pairs, _ := s.pairs(&s.Rows.Attributes[k], u.known)
		for _, p := range pairs {
			gap, err := got.TakeApart(u.at(p.in), u.at(p.against))
			if err != nil {
				return out, err
			}
			base := p.row("surrogate", metric)
			base.Exact, base.Background, base.BackgroundRows, base.Additivity = true, "pooled", background.Rows, number(got.Additivity)
			var list []audit.Explanation
			for i, part := range gap.Parts {
				e := base
				e.Feature, e.Part = &s.Features[i].Column, audit.PartFeature
				list = append(list, uncertain(e, part.Value, part.SE, s.Spec.Alpha))
			}
			rank(list)
			if parts {
				total := base
				total.Part, total.Note = audit.PartTotal, "of the surrogate"
				list = append(list, uncertain(total, gap.Total, gap.SE, s.Spec.Alpha))
			} else {
				for i := range list {
					list[i].Value, list[i].StandardError, list[i].Interval = nil, nil, nil
					list[i].Note = "a rank alone: the surrogate is not near enough for a number"
				}
			}
			out = append(out, list...)
		}
	}
	return out, nil
}
