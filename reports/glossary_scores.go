package reports

import "strings"

// scoreDefinition holds the numbers about scores and about drift.
func scoreDefinition(metric string) (definition, bool) {
	d := definition{scale: coefficient}
	switch metric {
	case "mean_score":
		d.label, d.formula, d.scale = "mean score", "sum of scores ÷ number of scores", number
		d.plain = "The average score of the {unit} that have one."
	case "calibration_in_the_large":
		d.label, d.formula, d.scale = "calibration in the large", "mean score − base rate", coefficientGap
		d.plain = "How far the average score lies above or below the share of {unit} whose label turned out positive. Zero is right on average."
	case "calibration_error":
		d.label, d.formula = "calibration error", "mean of |rate − mean score| over the bins, by their size"
		d.plain = "Sort the {unit} into bins by score: how far, on average, is the share with a positive label from the score? Small groups look worse by chance alone; the number beside it says by how much."
	case "calibration_error_rms":
		d.label, d.formula = "calibration error, root mean square", "√ of the mean of (rate − mean score)² over the bins"
		d.plain = "Like the calibration error, but far bins count more."
	case "calibration_error_max":
		d.label, d.formula = "calibration error, largest", "largest |rate − mean score| of any bin"
		d.plain = "How far the share with a positive label is from the score in the worst bin."
	case "brier_score":
		d.label, d.formula = "Brier score", "mean of (score − label)²"
		d.plain = "How far scores are from what happened, squared. Zero is perfect; always saying one half gives 0.25."
	case "brier_reliability":
		d.label, d.formula = "Brier score, reliability part", "mean of (score − rate at that score)²"
		d.plain = "The part of the Brier score that would go away if each score meant what it says."
	case "brier_resolution":
		d.label, d.formula = "Brier score, resolution part", "mean of (rate at that score − base rate)²"
		d.plain = "How far the score tells {unit} apart. More is better."
	case "brier_uncertainty":
		d.label, d.formula = "Brier score, uncertainty part", "base rate × (1 − base rate)"
		d.plain = "How hard the labels are to foresee without any score."
	case "log_loss":
		d.label, d.formula = "log loss", "mean of −ln(the chance given to what happened)"
		d.plain = "How surprising the labels are to somebody who believes the score. Sure and wrong costs most."
	case "auc":
		d.label, d.formula = "AUC", "P(score of a positive > score of a negative) + ½ P(equal)"
		d.plain = "Take one of the {unit} with a positive label and one with a negative: how often has the first the higher score? One half is a coin, one is perfect."
	case "average_precision":
		d.label, d.formula = "average precision", "mean of the share of positive labels at or above the score of each positive"
		d.plain = "Go down from the highest score to each of the {unit} with a positive label: how many of those passed have one too? A score without information gives about the base rate."
	case "auc_difference":
		d.label, d.formula, d.scale = "AUC difference", "group − reference", coefficientGap
		d.plain = "How much better or worse the score ranks one group than the one it is compared with."
	default:
		return distributionDefinition(metric)
	}
	return d, true
}

// distributionDefinition holds the comparisons of two distributions of scores.
func distributionDefinition(metric string) (definition, bool) {
	d := definition{scale: coefficient}
	switch metric {
	case "score_mean_difference":
		d.label, d.formula, d.scale = "mean score difference", "mean of the group − mean of the reference", magnitude
		d.plain = "How much higher or lower a group scores on average. Zero means no gap."
	case "standardized_mean_difference":
		d.label, d.formula, d.scale = "mean score difference, standardized", "(mean − mean of the reference) ÷ standard deviation", coefficientGap
		d.plain = "The difference of the averages, measured in standard deviations, so that scores on different scales compare."
	case "overall_standardized_mean_difference":
		d.label, d.formula, d.scale = "mean score difference, standardized by everybody", "(mean − mean of the reference) ÷ standard deviation of all scores", coefficientGap
		d.plain = "The difference of the averages, measured in standard deviations of everybody’s scores. Lenders print it times 100."
	case "quantile_difference":
		d.label, d.formula, d.scale = "quantile difference", "quantile of the group − quantile of the reference", magnitude
		d.plain = "How much higher or lower a group scores at one place of its ranking; quantile 0.5 is the middle one."
	case "superiority":
		d.label, d.formula, d.scale = "superiority", "P(group > reference) + ½ P(equal) − ½", gap
		d.plain = "Take one of a group and one of the reference: how many points more or less than half the time has the first the higher score?"
	case "share_above":
		d.label, d.phrase, d.scale = "share above the cut", "of {unit} score at or above the cut", share
		d.plain, d.formula = "Of the {unit} with a score, the share at or above a cut.", "scores at or above the cut ÷ scores"
	default:
		return driftDefinition(metric)
	}
	return d, true
}

// driftDefinition holds the distances of two distributions.
func driftDefinition(metric string) (definition, bool) {
	d := definition{scale: coefficient}
	switch metric {
	case "psi":
		d.label, d.formula = "population stability index", "Σ (now − then) × ln(now ÷ then) over the bins"
		d.plain = "How far the shares of the bins moved since the reference. Zero is no move; small samples move by chance alone."
	case "jensen_shannon_divergence", "jensen_shannon_distance":
		d.label, d.formula = words(strings.Replace(metric, "jensen_shannon", "Jensen-Shannon", 1)), "both distributions against their mean, in bits"
		d.plain = "How far the shares moved, from 0 (the same) to 1 (nothing in common)."
		if metric == "jensen_shannon_distance" {
			d.formula = "√ of the divergence"
		}
	case "kl_divergence":
		d.label, d.formula = "Kullback-Leibler divergence", "Σ then × ln(then ÷ now)"
		d.plain = "How badly today’s shares describe the reference; without a number where a category is gone."
	case "chi_square":
		d.label, d.formula, d.scale = "chi-square", "Σ (seen − expected)² ÷ expected", number
		d.plain = "A test statistic of no change. It grows with the number of {unit}, so it says whether something moved, not how far."
	case "total_variation":
		d.label, d.formula = "total variation", "half of Σ |now − then|"
		d.plain = "The share of {unit} that would have to change their bin for both to be the same."
	case "hellinger":
		d.label, d.formula = "Hellinger distance", "√(½ Σ (√now − √then)²)"
		d.plain = "How far the shares moved, 0 to 1, with more weight on rare bins."
	case "l_infinity":
		d.label, d.formula = "largest change of a share", "largest |now − then|"
		d.plain = "How much the share of the bin that moved most did move."
	case "ks":
		d.label, d.formula = "Kolmogorov-Smirnov distance", "largest difference of the shares up to a number"
		d.plain = "Walk up the numbers: the widest gap between the share already passed in one distribution and in the other."
	case "wasserstein":
		d.label, d.formula, d.scale = "Wasserstein distance", "area between the two cumulated shares", number
		d.plain = "How far numbers would have to move, on average, for both distributions to be the same; in their own unit."
	case "wasserstein_standardized":
		d.label, d.formula = "Wasserstein distance, standardized", "Wasserstein distance ÷ standard deviation of the reference"
		d.plain = "The Wasserstein distance in standard deviations of the reference."
	case "missing_share_difference":
		d.label, d.formula, d.scale = "missing share difference", "now − then", gap
		d.plain = "How many points the share of rows without a value rose or fell."
	case "new_categories":
		d.label, d.formula, d.scale = "new categories", "seen now, not in the reference", number
		d.plain = "How many categories the reference did not have."
	case "vanished_categories":
		d.label, d.formula, d.scale = "vanished categories", "in the reference, not seen now", number
		d.plain = "How many categories of the reference nobody has any more."
	default:
		return d, false
	}
	return d, true
}
