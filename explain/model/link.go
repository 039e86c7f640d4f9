package model

import (
	"fmt"
	"math"
)

// A link turns the margins of a row into its prediction.
type link struct {
	name  string // as in the model's file
	apply func(scores []float64, classes int) error
}

// each gives a link that turns every number by itself. Neighbors are often the
// same: then so are their predictions.
func each(name string, f func(float64) float64) link {
	return link{name, func(scores []float64, _ int) error {
		last, prediction := math.NaN(), 0.0
		for i, x := range scores {
			if x != last {
				last, prediction = x, f(x)
			}
			scores[i] = prediction
		}
		return nil
	}}
}

func identity(name string) link { return each(name, func(x float64) float64 { return x }) }

// unknownLink keeps a model usable for its margins: only the prediction is
// refused.
func unknownLink(name string) link {
	return link{name, func([]float64, int) error {
		return fmt.Errorf("the objective %q has no known link: ask for output: margin", name)
	}}
}

// softmax gives the probabilities of the classes of each row.
func softmax(name string, round func(float64) float64) link {
	return link{name, func(scores []float64, classes int) error {
		for row := 0; row < len(scores); row += classes {
			softmaxRow(scores[row:row+classes], round)
		}
		return nil
	}}
}

// softmaxRow follows the libraries: the largest margin is taken off first,
// and the sum has 64 bits.
func softmaxRow(x []float64, round func(float64) float64) {
	most := x[0]
	for _, v := range x[1:] {
		most = max(most, v)
	}
	sum := 0.0
	for i, v := range x {
		x[i] = round(exp(round(v - most)))
		sum += x[i]
	}
	sum = round(sum)
	for i := range x {
		x[i] = round(x[i] / sum)
	}
}

func exact(x float64) float64  { return x }
func single(x float64) float64 { return float64(float32(x)) }

// singleSigmoid is XGBoost's (src/common/math.h): in 32 bits, with the exponent
// cut so that it cannot overflow.
func singleSigmoid(x float64) float64 {
	e := float32(exp(math.Min(-x, float64(float32(88.7)))))
	return float64(1 / (e + 1 + float32(1e-16)))
}

// sigmoid is LightGBM's for objectives that have a slope.
func sigmoid(slope float64) func(float64) float64 {
	return func(x float64) float64 { return 1 / (1 + exp(float64(-slope*x))) }
}
