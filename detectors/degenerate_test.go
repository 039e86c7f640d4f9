package detectors_test

import (
	"testing"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/detectors/detectortest"
)

// Every detector, with limits on every metric, stands the broken logs.
func TestBrokenLogs(t *testing.T) {
	t.Parallel()
	with := detectortest.With{
		Params: map[string]string{"score_gap": "cuts: [0.5]"},
		Silent: []string{"evidently_", "nannyml_", "scipy_", "feature_engine_", // with compat only
			"cut_margin"}, // where no cut of the score makes the decisions
	}
	with.Run(t, append(detectors.All(), groupShare())...)
}
