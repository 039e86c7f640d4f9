package detectors

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// aim is a gap of two rates of counts and a limit that it is held to: what
// robustness turns.
type aim struct {
	rate       rate
	gap        gap
	limit      stat.Decimal
	key, text  string // of the limit
	low        bool   // only too low a ratio breaks it, if the reference is named
	strict     bool
	difference bool
	judged     bool // somebody set the limit
	gated      bool // a gate did
}

// ownLimit is the limit of the ratio of favorable rates where nobody set one: the four
// fifths of the US Uniform Guidelines, 29 CFR 1607.4 (D).
const ownLimit = "0.8"

// turnable are the rates whose gaps can be turned, by the detector whose gates judge them.
func turnable() map[string][]rate {
	return map[string][]rate{
		"parity":            {selection(), favorable()},
		"equal_opportunity": {truePositive()},
		"error_rates":       errorRates(),
	}
}

// aims are the limits of all gates on gaps of two rates, each once, and that of the
// parameter, or of nobody where there is no such gate.
func aims(spec *audit.Spec, p RobustnessParams) ([]aim, error) {
	var out []aim
	add := func(r rate, g gap, key, value string, as aim) error {
		limit, err := stat.ParseDecimal(value)
		if err != nil {
			return err
		}
		as.rate, as.gap, as.key, as.text, as.limit = r, g, key, value, limit
		as.difference = g.neutral == 0
		if !slices.ContainsFunc(out, as.same) {
			out = append(out, as)
		}
		return nil
	}
	for _, owner := range []string{"parity", "equal_opportunity", "error_rates"} {
		for _, r := range turnable()[owner] {
			for _, g := range r.gaps() {
				for _, gate := range detect.GatesOn(spec, owner, g.name) {
					if err := add(r, g, gate.Key, gate.Value, aim{low: gate.Side == "low", strict: gate.Strict, judged: true, gated: true}); err != nil {
						return nil, err
					}
				}
			}
		}
	}
	if len(out) > 0 && p.Limit == "" {
		return out, nil
	}
	value, r := p.Limit, favorable()
	if value == "" {
		value = ownLimit
	}
	if spec.Favorable {
		r = selection()
	}
	return out, add(r, r.gaps()[1], "min_ratio", value, aim{judged: p.Limit != ""})
}

// same says that two aims are one: the same gap beside the same limit.
func (a aim) same(o aim) bool {
	return a.gap.name == o.gap.name && a.limit == o.limit && (a.low == o.low || !a.gated) && a.strict == o.strict
}

// verge is two groups beside the limit.
func (a aim) verge(g, ref group, named bool) stat.Verge {
	p, q := a.rate.of(g), a.rate.of(ref)
	return a.counted(p.k, p.n, q.k, q.n, named)
}

func (a aim) counted(k, n, l, m int64, named bool) stat.Verge {
	return stat.Verge{A: k, N: n, B: l, M: m, Limit: a.limit, Low: a.low && named, Difference: a.difference, Strict: a.strict}
}

// words are the gap in a sentence: ratio of favorable rates.
func (a aim) words(e *emitter) string {
	kind := "ratio of "
	if a.difference {
		kind = "difference of "
	}
	if !a.rate.labeled() && a.rate.name == goodRate(e.spec).name {
		return kind + "favorable rates"
	}
	return kind + several(a.rate.words())
}

// several is the plural of a rate.
func several(rate string) string {
	if s, ok := strings.CutSuffix(rate, "y"); ok {
		return s + "ies"
	}
	return rate + "s"
}

// goodRate is the rate of decisions that are good for the person.
func goodRate(spec *audit.Spec) rate {
	if spec.Favorable {
		return selection()
	}
	return favorable()
}

// counted is what of a row would have to be another for a rate to change while its
// denominator stays, and among whom: a decision, or, where the decision chooses who is
// counted, a label. kind is that of the rows that the rate counts.
func (r rate) counted() (kind, among string) {
	if !r.labeled() {
		return "decision", ""
	}
	in := func(t tally) (k, n bool) { a, b := r.count(t); return a > 0, b > 0 }
	tp, ofTP := in(tally{TP: 1})
	fp, ofFP := in(tally{FP: 1})
	fn, ofFN := in(tally{FN: 1})
	tn, ofTN := in(tally{TN: 1})
	sign := func(positive bool) string {
		if positive {
			return "positive "
		}
		return "negative "
	}
	switch {
	case ofTP && ofFP && ofFN && ofTN && tp == fn:
		return sign(tp) + "label", "those with a label"
	case ofTP && ofFP && ofFN && ofTN:
		return "right decision", "those with a label"
	case ofTP && ofFN:
		return sign(tp) + "decision", "those with a positive label"
	case ofFP && ofTN:
		return sign(fp) + "decision", "those with a negative label"
	case ofTP && ofFP:
		return sign(tp) + "label", "those with a positive decision"
	}
	return sign(fn || !tn) + "label", "those with a negative decision"
}

// kind is what the rows that a rate counts are, in a sentence.
func (a aim) counts(e *emitter) (kind, among string) {
	kind, among = a.rate.counted()
	switch {
	case kind != "decision":
	case a.rate.name == goodRate(e.spec).name:
		kind = "favorable decision"
	case a.rate.name == selection().name:
		kind = "positive decision"
	default:
		kind = "negative decision"
	}
	return kind, among
}

// untold says of the gates on anything else why nothing turns their verdicts.
func untold(spec *audit.Spec) []string {
	var out []string
	for _, gate := range spec.Gates {
		rates := turnable()[gate.Detector]
		turned := slices.ContainsFunc(rates, func(r rate) bool {
			return strings.HasPrefix(gate.Metric, r.name) && gate.Metric != r.name
		})
		if turned {
			continue
		}
		text := fmt.Sprintf("robustness: nothing turns the limit on %s, which %s", strings.ReplaceAll(gate.Metric, "_", " "), whyNot(gate))
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// whyNot says what the verdict of a gate rests on, if not on a gap of two rates.
func whyNot(gate audit.Gate) string {
	switch gate.Detector {
	case "conditional":
		return "weighs many strata: no one table of two rates decides it"
	case "representation":
		return "holds a share against a population, not two groups against each other"
	case "score_gap", "calibration":
		return "is about scores: no count of decisions decides it"
	case "drift":
		return "compares two times, not two groups"
	case "parity", "equal_opportunity", "error_rates":
		if strings.Contains(gate.Metric, "odds") || strings.Contains(gate.Metric, "treatment") {
			return "joins several rates: no one of them decides it"
		}
		return "is about one rate, not a gap of two"
	}
	return "is not about a gap of two rates"
}
