package detectors

import (
	"math/big"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// whatever says whether the audit's limit on a number holds for all that rows of
// which something is not known may turn out to be, for none of it, or for some. It
// marks the number with it, for the checks that hang on it; a high bound of nil is
// unbounded. unknown is what such rows have no: a label.
func whatever(spec *audit.Spec, metric string, ref audit.Reference, low, high *big.Rat, unknown string, m *audit.Measurement) {
	for _, owner := range boundedDetectors() {
		for _, gate := range detect.GatesOn(spec, owner, metric) {
			from, to := allowed(gate, metric, ref)
			if from == nil && to == nil {
				continue
			}
			limit, said := detect.BoundsOpen, "holds for some "+unknown+"s of these rows and is broken for others"
			switch {
			case inside(from, to, low) && (high == nil && to == nil || high != nil && inside(from, to, high)):
				limit, said = detect.BoundsHold, "holds whatever the "+unknown+"s of these rows"
			case high != nil && from != nil && high.Cmp(from) < 0, to != nil && low.Cmp(to) > 0:
				limit, said = detect.BoundsBroken, "is broken whatever the "+unknown+"s of these rows"
			}
			m.Parameters["limit"], m.Parameters["limit_key"], m.Parameters["limit_value"], m.Parameters["unknown"] = limit, gate.Key, gate.Value, unknown
			m.Note = join("; ", m.Note, "the limit of "+gate.Value+" "+said)
			return
		}
	}
}

// allowed is the closed range of a number that keeps a limit.
func allowed(gate audit.Gate, metric string, ref audit.Reference) (from, to *big.Rat) {
	t, ok := new(big.Rat).SetString(gate.Value)
	switch {
	case !ok:
	case gate.Key == "min_ratio" && (gate.Side != "low" || !ref.Named()) && t.Sign() > 0:
		return t, new(big.Rat).Inv(t)
	case gate.Key == "min_ratio", gate.Key == "min":
		return t, nil
	case gate.Key == "max_difference", gate.Key == "max" && strings.HasSuffix(metric, "_difference"): // about its size
		return new(big.Rat).Neg(t), t
	case gate.Key == "max":
		return nil, t
	}
	return nil, nil
}

// mostBounded bounds the groups of which every judged pair is bounded.
const mostBounded = 24

// judgedPairs are the pairs beside those with the reference that some gate on a gap
// judges, because the data chose the reference.
func judgedPairs(spec *audit.Spec, ref audit.Reference, metric gap, values []group, chosen *string) [][2]group {
	if ref.Named() || len(values) > mostBounded {
		return nil
	}
	for _, owner := range boundedDetectors() {
		if len(detect.GatesOn(spec, owner, metric.name)) > 0 {
			return metric.otherPairs(inference{alpha: spec.Alpha, seed: spec.Seed}, values, chosen)
		}
	}
	return nil
}

// boundedDetectors are those whose gates a bound is held to.
func boundedDetectors() []string { return []string{"parity", "equal_opportunity", "error_rates"} }

func inside(from, to, x *big.Rat) bool {
	return (from == nil || x.Cmp(from) >= 0) && (to == nil || x.Cmp(to) <= 0)
}
