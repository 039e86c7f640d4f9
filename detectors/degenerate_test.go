package detectors_test

import (
	"slices"
	"testing"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/detectors/detectortest"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// Every detector, with limits on every metric, stands the broken logs, but for
// the one of groups that are known by probabilities, which the logs have not.
func TestBrokenLogs(t *testing.T) {
	t.Parallel()
	with := detectortest.With{
		Params: map[string]string{"score_gap": "cuts: [0.5]", "ll144": "sex: g, data: historical"},
		Silent: []string{
			"evidently_", "nannyml_", "scipy_", "feature_engine_", // with compat only
			"_bounds", "_imputed", "label_share", // where a label or a group is missing
			"population_", "pooled_", "representation_", "expected_", "not_observed", // where an attribute lists what is expected
			"availability_", // where there is a population
			"cut_",          // where no cut of the score makes the decisions
		},
	}
	all := slices.DeleteFunc(detectors.All(), func(d detect.Detector) bool {
		return slices.Contains(d.Needs, detect.RoleInferred) || slices.Contains(d.Needs, detect.RoleSlate) ||
			slices.Contains([]string{"funnel", "delivery", "price", "off_policy", "targeting", "data_rights", "outcomes", "conversation", "paired", "stereotype"}, d.Name) // which count rows whatever was decided, and have tests of their own
	})
	with.Run(t, append(all, groupShare())...)
}
