package detectors

import "testing"

func TestExposureChecks(t *testing.T) {
	for _, p := range []ExposureParams{
		{Weight: "uniform"}, {Weight: "empirical"}, {Weight: "empirical", Weights: []float64{1}, Clicked: "x"}, {Weight: "log2", Weights: []float64{1}},
		{Weight: "log2", Randomized: "x"}, {Weight: "log2", Target: []ExposureShare{{"a", .5}, {"b", .4}}},
	} {
		if p.Check() == nil {
			t.Errorf("%+v passes", p)
		}
	}
	if err := (ExposureParams{Weight: "empirical", Weights: []float64{1, .5}, Target: []ExposureShare{{"a", .6}, {"b", .4}}}).Check(); err != nil {
		t.Error(err)
	}
}
