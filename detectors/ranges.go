package detectors

import "github.com/plumbline-audit/plumbline/engine/detect"

// ranged declares what values the numbers of detectors can have, so that a limit
// that nothing can break or meet is known for one before a row is read.
func ranged(all []detect.Detector) []detect.Detector {
	share := detect.Range{Low: "0", High: "1"}
	size, signed := detect.Range{Low: "0"}, detect.Range{Low: "-1", High: "1"}
	of := map[string]detect.Range{
		"calibration_error": share, "calibration_error_rms": share, "calibration_error_max": share,
		"brier_score": share, "brier_reliability": share, "log_loss": size,
		"brier_resolution": {Low: "0", High: "0.25"}, "brier_uncertainty": {Low: "0", High: "0.25"},
		"auc": share, "average_precision": share, "auc_difference": signed, "calibration_in_the_large": signed,
		"ks": share, "wasserstein": size, "superiority": {Low: "-0.5", High: "0.5"},
		"total_variation": share, "hellinger": share, "l_infinity": share,
		"jensen_shannon_divergence": share, "jensen_shannon_distance": share,
	}
	for _, d := range all {
		for i := range d.Metrics {
			if m := &d.Metrics[i]; m.Range == (detect.Range{}) && m.Scale == detect.ScaleNumber {
				m.Range = of[m.Name]
			}
		}
	}
	return all
}
