package detectors

import "github.com/plumbline-audit/plumbline/engine/stat"

// featureEngineNumbers declares feature-engine's population stability index.
func featureEngineNumbers() []compatNumber {
	const (
		tool   = "feature_engine"
		source = "feature-engine 1.9, selection/DropHighPSIFeatures"
	)
	number := func(name, convention string, of func(ref, cur stat.Sample) (float64, error)) compatNumber {
		return compatNumber{tool, name, convention, source, true, false, func(p compatPair) (compatValue, error) {
			x, err := of(p.ref, p.cur)
			return judged("feature-engine", x, 0.25, x > 0.25), err
		}}
	}
	return []compatNumber{
		number("psi_equal_frequency", "bins (a, b] between deciles of the reference, equal ones dropped; an empty bin has share 0.0001. Odd: an integer on an edge falls below it, against [a, b) of others",
			stat.FeatureEngineFrequency),
		number("psi_equal_width", "ten bins (a, b] of one width over the reference's range, the outer two open; an empty bin has share 0.0001", stat.FeatureEngineWidth),
		{tool, "psi", "the categories as they are; an empty one has share 0.0001", source, false, true, func(p compatPair) (compatValue, error) {
			x, err := stat.FeatureEngine(p.bins[0], p.bins[1])
			return judged("feature-engine", x, 0.25, x > 0.25), err
		}},
	}
}
