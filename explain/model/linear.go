package model

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// A Linear model adds an intercept and the inputs times their coefficients.
// Its prediction is the sum after the link.
type Linear struct {
	inputs       []Input
	intercepts   []float64   // of each class
	coefficients [][]float64 // of each class, of each input
	// single says that sums have 32 bits and a missing value adds nothing
	// (XGBoost's gblinear).
	single bool
	link   link
}

// linearFile is the form of a scorecard or a logistic regression:
//
//	{"inputs": ["age", "income"], "coefficients": [0.02, -0.4], "intercept": -1.5, "link": "logit"}
//
// link is identity, logit, log or cloglog, and names the function of the
// prediction that is linear.
type linearFile struct {
	Inputs       []string  `json:"inputs"`
	Coefficients []float64 `json:"coefficients"`
	Intercept    *float64  `json:"intercept"`
	Link         string    `json:"link"`
}

// ReadLinear reads a linear model from JSON.
func ReadLinear(data []byte) (*Linear, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var file linearFile
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("linear model: %w", jsonFault(data, err))
	}
	switch {
	case decoder.More():
		return nil, errors.New("linear model: something follows it")
	case len(file.Inputs) == 0 || len(file.Inputs) != len(file.Coefficients):
		return nil, fmt.Errorf("linear model: %d inputs and %d coefficients", len(file.Inputs), len(file.Coefficients))
	case file.Intercept == nil:
		return nil, errors.New("linear model: intercept is missing; 0 if there is none")
	}
	inverse := map[string]func(float64) float64{
		"identity": exact,
		"logit":    sigmoid(1),
		"log":      exp,
		"cloglog":  func(x float64) float64 { return -math.Expm1(-exp(x)) },
	}[file.Link]
	if inverse == nil {
		return nil, fmt.Errorf("linear model: link %q is none of identity, logit, log, cloglog", file.Link)
	}
	linear := &Linear{
		intercepts: []float64{*file.Intercept}, coefficients: [][]float64{file.Coefficients},
		link: each(file.Link, inverse),
	}
	seen := make(map[string]bool)
	for _, name := range file.Inputs {
		if seen[name] {
			return nil, fmt.Errorf("linear model: input %q is named twice", name)
		}
		seen[name] = true
		linear.inputs = append(linear.inputs, Input{Name: name})
	}
	return linear, nil
}

// linear reads XGBoost's gblinear: weights of each input for each class, then
// the biases.
func (file *xgboostFile) linear(classes int, base []float64) (*Linear, error) {
	inputs, err := file.inputs(nil)
	if err != nil {
		return nil, err
	}
	var model struct {
		Weights []json.Number `json:"weights"`
	}
	if err := file.Learner.GradientBooster.decode(&model); err != nil {
		return nil, err
	}
	if len(model.Weights) != (len(inputs)+1)*classes {
		return nil, fmt.Errorf("%d weights for %d inputs and %d classes", len(model.Weights), len(inputs), classes)
	}
	weights := make([]float64, len(model.Weights))
	for i, text := range model.Weights {
		if weights[i], err = strconv.ParseFloat(text.String(), 32); err != nil {
			return nil, err
		}
	}
	linear := &Linear{inputs: inputs, single: true, link: xgboostLink(file.Learner.Objective.Name)}
	for class := range classes {
		linear.intercepts = append(linear.intercepts, single(weights[len(inputs)*classes+class]+base[class]))
		coefficients := make([]float64, len(inputs))
		for i := range inputs {
			coefficients[i] = weights[i*classes+class]
		}
		linear.coefficients = append(linear.coefficients, coefficients)
	}
	return linear, nil
}

// Inputs implements [Scorer].
func (l *Linear) Inputs() []Input { return l.inputs }

// Classes implements [Scorer].
func (l *Linear) Classes() int { return len(l.intercepts) }

// Score implements [Scorer]. A missing input makes the score missing (NaN);
// gblinear leaves it out.
func (l *Linear) Score(_ context.Context, batch Batch, output Output, scores []float64) error {
	classes := l.Classes()
	if err := check(batch, l.inputs, classes, scores); err != nil {
		return err
	}
	for i := range scores {
		scores[i] = l.margin(batch.Columns, i/classes, i%classes)
	}
	if output == Margin {
		return nil
	}
	return l.link.apply(scores, classes)
}

func (l *Linear) margin(columns [][]float64, row, class int) float64 {
	sum := l.intercepts[class]
	for i, coefficient := range l.coefficients[class] {
		x := columns[i][row]
		if !l.single {
			sum += float64(coefficient * x)
			continue
		}
		if x == x {
			sum = single(sum + single(coefficient*single(x)))
		}
	}
	return sum
}

// Additive says whether a number of the model is a sum over its inputs.
func (l *Linear) Additive(output Output) bool { return output == Margin || l.link.name == "identity" }

// Term is what an input of this value adds to the margin of a class.
func (l *Linear) Term(class, input int, x float64) float64 {
	if l.single && x != x {
		return 0
	}
	return float64(l.coefficients[class][input] * x)
}
