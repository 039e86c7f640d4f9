package detectors

import (
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/detect"
)

// plain writes a number as short as it can be told from others.
func plain(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// calibrationMetrics declares what the detector emits.
func calibrationMetrics() []detect.Metric {
	const (
		bins = "; bins (e, e'], the first with its lower edge; bins without a row are left out"
		ece  = "Naeini, Cooper and Hauskrecht 2015; Kumar, Liang and Ma 2019; scikit-learn calibration_curve. Interval and chance: random labels per bin"
	)
	number, limit := detect.ScaleNumber, detect.NullLimit
	return []detect.Metric{
		{Name: "mean_score", Title: "Mean score", Doc: "The mean score of all rows that have one, with or without a label.",
			Convention: "Σ score / rows with a finite score", Source: "interval: Student", Null: limit, Scale: number, Version: 1},
		{Name: "base_rate", Title: "Base rate", Doc: "Share of positive labels among the rows with a score and a label.",
			Convention: "positive labels / labels, of scored rows", Source: "AIF360 base_rate, Aequitas prev", Null: limit, Scale: detect.ScaleRate, Version: 1},
		{Name: "calibration_in_the_large", Title: "Calibration in the large",
			Doc:        "How far the mean score lies above (+) or below (−) the rate of positive labels of the same rows.",
			Convention: "mean score − base rate, of labeled rows",
			Source:     "Cox 1958; Steyerberg 2009. Test: labels drawn with their scores as chances", Null: detect.NullCalibrated, Scale: number, Version: 1},
		{Name: "calibration_error", Title: "Calibration error", Doc: "Mean distance of score and rate of positive labels over the bins.",
			Convention: "expected calibration error, L1: Σ n_b |rate_b − mean score_b| / n" + bins, Source: ece, Null: detect.NullCalibrated, Scale: number, Version: 3},
		{Name: "calibration_error_rms", Title: "Calibration error, root mean square",
			Doc:        "Root mean square distance of score and rate of positive labels over the bins.",
			Convention: "L2: √(Σ n_b (rate_b − mean score_b)² / n)" + bins, Source: ece, Null: detect.NullCalibrated, Scale: number, Version: 3},
		{Name: "calibration_error_max", Title: "Calibration error, largest",
			Doc:        "Largest distance of score and rate of positive labels in a bin.",
			Convention: "maximum calibration error: max |rate_b − mean score_b|" + bins, Source: ece, Null: detect.NullCalibrated, Scale: number, Version: 3},
		{Name: "brier_score", Title: "Brier score", Doc: "Mean squared distance of score and label; 0 is perfect.",
			Convention: "Σ (score − label)² / n", Source: "Brier 1950; scikit-learn brier_score_loss", Null: limit, Scale: number, Version: 1},
		{Name: "brier_reliability", Title: "Brier score, reliability part", Doc: "The part of the Brier score that better calibrated scores would save.",
			Convention: "Σ n_s (s − rate_s)² / n over the distinct scores s", Source: "Murphy 1973", Null: detect.NullNone, Scale: number, Version: 1},
		{Name: "brier_resolution", Title: "Brier score, resolution part", Doc: "How far the scores tell rows of different rates apart; it is taken off the Brier score.",
			Convention: "Σ n_s (rate_s − base rate)² / n over the distinct scores s", Source: "Murphy 1973", Null: detect.NullNone, Scale: number, Version: 1},
		{Name: "brier_uncertainty", Title: "Brier score, uncertainty part", Doc: "The Brier score of everybody's base rate; it describes the labels, not the score.",
			Convention: "base rate · (1 − base rate)", Source: "Murphy 1973", Null: detect.NullNone, Scale: number, Version: 1},
		{Name: "log_loss", Title: "Log loss", Doc: "Mean cost of the labels under the scores as probabilities, for scores strictly between 0 and 1.",
			Convention: "−Σ log(score of the label) / n, natural logarithm, never clipped", Source: "scikit-learn log_loss clips at machine epsilon", Null: limit, Scale: number, Version: 1},
		{Name: "auc", Title: "AUC", Doc: "Chance that a row with a positive label got a higher score than one with a negative label.",
			Convention: "P(score of a positive > score of a negative) + ½ P(equal)", Source: "scikit-learn roc_auc_score; Mann-Whitney U/(n₁n₀). Interval: DeLong 1988, clamped to [0, 1]", Null: limit, Scale: number, Version: 1},
		{Name: "average_precision", Title: "Average precision", Doc: "The mean, over the rows with a positive label, of the share of positive labels among rows with at least their score.",
			Convention: "Σ (recall at a score − recall above it) · precision at it, without interpolation; a score without information gives about the base rate",
			Source:     "scikit-learn average_precision_score; no interval is given", Null: limit, Scale: number, Version: 1},
		{Name: "auc_difference", Title: "AUC, difference", Doc: "How much better (+) or worse (−) the score ranks the rows of a group than those of the reference.",
			Convention: "AUC of the group − AUC of the reference", Source: "rows of two groups are disjoint, so DeLong's variances add", Null: detect.NullNoGap, Scale: number, Version: 1},
	}
}
