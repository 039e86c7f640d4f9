package model

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ReadLightGBM reads a text model of LightGBM, version v3 or v4, as
// Booster.save_model writes it (src/boosting/gbdt_model_text.cpp).
func ReadLightGBM(data []byte) (*Forest, error) {
	sections, err := lightgbmSections(data)
	if err != nil {
		return nil, fmt.Errorf("not a text model of LightGBM: %w", err)
	}
	forest, err := sections.forest()
	if err != nil {
		return nil, fmt.Errorf("model of LightGBM: %w", err)
	}
	return forest, nil
}

// fields are the lines key=value of one section.
type fields map[string]string

// lightgbmFile is the text cut into its sections.
type lightgbmFile struct {
	head       fields
	flags      map[string]bool // lines without "=", such as average_output
	trees      []fields
	categories string // JSON after pandas_categorical:
	// categorical are the numbers of the features of categories, separated by
	// commas, as the training parameters have them.
	categorical string
}

// lightgbmSections cuts the text. The trees end at "end of trees": a file
// without this line was cut off.
func lightgbmSections(data []byte) (*lightgbmFile, error) {
	file := &lightgbmFile{head: fields{}, flags: map[string]bool{}}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data)+1)
	if !lines.Scan() || strings.TrimSpace(lines.Text()) != "tree" {
		return nil, errors.New(`its first line is not "tree"`)
	}
	section, ended := file.head, false
	for number := 2; lines.Scan(); number++ {
		line := strings.TrimRight(lines.Text(), "\r")
		if text, ok := strings.CutPrefix(line, "pandas_categorical:"); ok {
			file.categories = text
			continue
		}
		if ended {
			if text, ok := strings.CutPrefix(line, "[categorical_feature: "); ok {
				file.categorical = strings.TrimSuffix(text, "]")
			}
			continue
		}
		key, value, assigned := strings.Cut(line, "=")
		switch {
		case line == "end of trees":
			ended = true
		case !assigned:
			file.flags[strings.TrimSpace(line)] = true
		case key == "Tree":
			if value != strconv.Itoa(len(file.trees)) {
				return nil, fmt.Errorf("line %d: tree %s comes after %d trees", number, value, len(file.trees))
			}
			section = fields{}
			file.trees = append(file.trees, section)
		default:
			section[key] = value
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if !ended {
		return nil, errors.New(`the line "end of trees" is missing: the file was cut off`)
	}
	return file, nil
}

func (file *lightgbmFile) forest() (*Forest, error) {
	switch v := file.head["version"]; v {
	case "v3", "v4":
	default:
		return nil, fmt.Errorf("version %q is neither v3 nor v4", v)
	}
	classes, err := strconv.Atoi(file.head["num_tree_per_iteration"])
	if err != nil || classes < 1 || classes > maxOutputs {
		return nil, fmt.Errorf("num_tree_per_iteration is %q", file.head["num_tree_per_iteration"])
	}
	if len(file.trees)%classes != 0 {
		return nil, fmt.Errorf("%d trees, which is no multiple of %d", len(file.trees), classes)
	}
	forest := &Forest{classes: classes, base: make([]float64, classes), divisor: 1}
	if forest.inputs, err = file.inputs(); err != nil {
		return nil, err
	}
	if file.flags["average_output"] && len(file.trees) > 0 {
		forest.divisor = float64(len(file.trees) / classes)
	}
	if forest.link, err = lightgbmLink(file.head["objective"]); err != nil {
		return nil, err
	}
	for i, section := range file.trees {
		t, err := section.tree(len(forest.inputs))
		if err != nil {
			return nil, fmt.Errorf("tree %d: %w", i, err)
		}
		t.class = i % classes
		forest.trees = append(forest.trees, t)
	}
	forest.layout = newLayout(forest)
	return forest, nil
}

// inputs gives the names, and for columns that pandas held as categories
// their values: the lists of the last line belong, in order, to the features
// that the training parameters call categorical.
func (file *lightgbmFile) inputs() ([]Input, error) {
	names := strings.Fields(file.head["feature_names"])
	most, err := strconv.Atoi(file.head["max_feature_idx"])
	if err != nil || most != len(names)-1 {
		return nil, fmt.Errorf("%d names for max_feature_idx=%s", len(names), file.head["max_feature_idx"])
	}
	inputs := make([]Input, len(names))
	for i, name := range names {
		inputs[i].Name = name
	}
	if file.categories == "" || file.categories == "null" {
		return inputs, nil
	}
	var lists [][]json.RawMessage
	if err := json.Unmarshal([]byte(file.categories), &lists); err != nil {
		return nil, fmt.Errorf("pandas_categorical: %w", err)
	}
	if len(lists) == 0 {
		return inputs, nil
	}
	return inputs, file.categorize(inputs, lists)
}

func (file *lightgbmFile) categorize(inputs []Input, lists [][]json.RawMessage) error {
	numbers := strings.Split(file.categorical, ",")
	if len(numbers) != len(lists) {
		return fmt.Errorf("pandas_categorical has %d lists for categorical_feature: %s", len(lists), file.categorical)
	}
	for i, number := range numbers {
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 || n >= len(inputs) || inputs[n].Categories != nil {
			return fmt.Errorf("categorical_feature: %s does not fit %d features", file.categorical, len(inputs))
		}
		inputs[n].Categories = make([]string, len(lists[i]))
		for code, value := range lists[i] {
			inputs[n].Categories[code] = categoryText(value)
		}
	}
	return nil
}

// categoryText gives a string without its quotes, a number as it is written.
func categoryText(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}

// lightgbmLink gives the link of an objective line: its name, then settings
// such as sigmoid:1.
func lightgbmLink(line string) (link, error) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return unknownLink("custom"), nil
	}
	slope := 1.0
	for _, word := range words[1:] {
		if text, ok := strings.CutPrefix(word, "sigmoid:"); ok {
			var err error
			if slope, err = strconv.ParseFloat(text, 64); err != nil || !(slope > 0) || math.IsInf(slope, 0) {
				return link{}, fmt.Errorf("objective %q has no usable sigmoid", line)
			}
		}
	}
	switch name := words[0]; name {
	case "binary", "multiclassova":
		return each(name, sigmoid(slope)), nil
	case "cross_entropy":
		return each(name, sigmoid(1)), nil
	case "multiclass":
		return softmax(name, exact), nil
	case "cross_entropy_lambda":
		return each(name, func(x float64) float64 { return math.Log1p(exp(x)) }), nil
	case "poisson", "gamma", "tweedie":
		return each(name, exp), nil
	case "regression", "regression_l1", "huber", "fair", "quantile", "mape", "lambdarank", "rank_xendcg":
		if len(words) > 1 && words[1] == "sqrt" {
			return each("regression sqrt", func(x float64) float64 { return math.Copysign(float64(x*x), x) }), nil
		}
		return identity(name), nil
	default:
		return unknownLink(name), nil
	}
}
