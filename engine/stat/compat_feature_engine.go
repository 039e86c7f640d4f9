package stat

// featureFill is the share that feature-engine puts in an empty bin.
const featureFill = 0.0001

// FeatureEngineFrequency is the population stability index of feature-engine's
// DropHighPSIFeatures with its default strategy, equal_frequency: bins (a, b]
// between the deciles of the reference, with open ends.
func FeatureEngineFrequency(ref, cur Sample) (float64, error) {
	if len(ref) == 0 {
		return 0, ErrNoRows
	}
	var edges []float64
	for i := range 11 {
		// pandas takes NumPy's linspace, makes percentages of it and divides by 100.
		e, err := ref.Quantile(float64(float64(i)*0.1) * 100 / 100)
		if err != nil {
			return 0, err
		}
		if len(edges) == 0 || edges[len(edges)-1] != e {
			edges = append(edges, e)
		}
	}
	if len(edges) < 2 {
		return 0, ErrNoVariation
	}
	return featureEngine(ref, cur, edges)
}

// FeatureEngineWidth is the same with the strategy equal_width: ten bins of one
// width between the least and the largest number of the reference.
func FeatureEngineWidth(ref, cur Sample) (float64, error) {
	if len(ref) == 0 {
		return 0, ErrNoRows
	}
	if len(ref) == 1 { // pandas widens such a range by a thousandth, and all of it is in the middle
		return 0, ErrNoVariation
	}
	return featureEngine(ref, cur, EqualEdges(ref[0].X, ref[len(ref)-1].X, 10))
}

func featureEngine(ref, cur Sample, edges []float64) (float64, error) {
	inner := edges[1 : len(edges)-1]
	return FeatureEngine(ref.Cut(inner, true), cur.Cut(inner, true))
}

// FeatureEngine is feature-engine's index of two tables.
func FeatureEngine(ref, cur []int64) (float64, error) {
	d, err := Compare(ref, cur, featureFill)
	return d.PSI, err
}
