package stat

import (
	"math"
	"testing"
)

// Intervals of calibration errors hold the measured one and, in about 95 of 100
// groups of 80 with scores at eight places, the true error: of a calibrated
// score, of one that is off, and where nearly all labels of a place agree, so that
// the bin that is furthest off has a rate of 0 or 1.
func TestCalibrationIntervalsCover(t *testing.T) {
	errors := map[string]func(CalibrationError) float64{
		"mean": func(e CalibrationError) float64 { return e.Mean },
		"rms":  func(e CalibrationError) float64 { return e.RootMeanSquare },
		"max":  func(e CalibrationError) float64 { return e.Largest },
	}
	edges := []float64{0, .125, .25, .375, .5, .625, .75, .875, 1}
	for name, rate := range map[string]func(x float64) float64{
		"calibrated": func(x float64) float64 { return x },
		"off":        func(x float64) float64 { return 0.8 * x },
		"extreme":    func(x float64) float64 { return 0.02 + 0.96*math.Round(x) },
	} {
		const times = 300
		rng := Generator(9, "coverage", name)
		covered := map[string]float64{}
		for range times {
			var bins, truth []Reliability
			for j := range 8 {
				x := (float64(j) + 0.5) / 8
				bins = append(bins, Reliability{Low: edges[j], High: edges[j+1], N: 10, Positives: Binomial(rng, 10, rate(x)), Scores: 10 * x})
				truth = append(truth, Reliability{Low: edges[j], High: edges[j+1], N: 10_000, Positives: int64(math.Round(10_000 * rate(x))), Scores: 10_000 * x})
			}
			value, _ := CalibrationErrors(bins)
			want, _ := CalibrationErrors(truth)
			people := CalibratedAgainClustered(rng, bins, Design{Effect: 1, DF: 1e12}, 0.05, 199)
			for what, of := range errors {
				rows := CalibratedAgain(rng, bins, 199, nil).Interval(of, of(value), 0.05, nil)
				for who, i := range map[string]Interval{"": rows, " of people": people.Interval(of, of(value), 0.05, nil)} {
					if i.Low <= of(want) && of(want) <= i.High {
						covered[what+who]++
					}
					if of(value) < i.Low || of(value) > i.High || !(i.Low < i.High) {
						t.Fatalf("%s: %s%s of %v lies outside of %+v", name, what, who, of(value), i)
					}
				}
			}
		}
		for what, k := range covered {
			if k/times < 0.95-2*math.Sqrt(0.05*0.95/times) {
				t.Errorf("%s: the interval of %s holds the truth in %v of %v", name, what, k, times)
			}
		}
		if len(covered) < 2*len(errors) {
			t.Errorf("%s: some interval never holds the truth: %v", name, covered)
		}
	}
}
