package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// xgboostFile is what XGBoost 1.0 and later write as JSON or UBJSON
// (doc/tutorials/saving_model.rst), as far as it matters for a prediction.
type xgboostFile struct {
	Version []int `json:"version"`
	Learner struct {
		FeatureNames    []string          `json:"feature_names"`
		Attributes      map[string]string `json:"attributes"`
		GradientBooster xgboostBooster    `json:"gradient_booster"`
		Parameters      struct {
			BaseScore  string `json:"base_score"`
			NumClass   string `json:"num_class"`
			NumFeature string `json:"num_feature"`
			NumTarget  string `json:"num_target"`
		} `json:"learner_model_param"`
		Objective struct {
			Name string `json:"name"`
		} `json:"objective"`
	} `json:"learner"`
}

// xgboostBooster is a gbtree or gblinear; a dart nests its gbtree.
type xgboostBooster struct {
	Name       string          `json:"name"`
	Model      json.RawMessage `json:"model"`
	Nested     *xgboostBooster `json:"gbtree"`
	WeightDrop []json.Number   `json:"weight_drop"`
}

// decode reads the trees or the weights of a booster.
func (b *xgboostBooster) decode(to any) error {
	if len(b.Model) == 0 {
		return errors.New("learner.gradient_booster has no model")
	}
	if err := json.Unmarshal(b.Model, to); err != nil {
		return jsonFault(b.Model, err)
	}
	return nil
}

type xgboostTrees struct {
	Trees      []xgboostTree `json:"trees"`
	TreeInfo   []int         `json:"tree_info"`
	Iterations []int         `json:"iteration_indptr"`
	Parameters struct {
		NumParallelTree string `json:"num_parallel_tree"`
	} `json:"gbtree_model_param"`
	Categories struct {
		Encodings []xgboostCategories `json:"enc"`
	} `json:"cats"`
	WeightDrop []json.Number `json:"weight_drop"`
}

// XGBoostOptions are what an XGBoost file does not say.
type XGBoostOptions struct {
	// Iterations is how many boosting rounds count; 0 is all of them. After
	// early stopping XGBoost's scikit-learn interface uses best_iteration + 1,
	// its own Booster all.
	Iterations int
}

// newestXGBoost is the newest version whose files are known, 3.x: what a later
// one writes may mean something else.
const newestXGBoost = 3

// ReadXGBoost reads a model of XGBoost 1.0 to 3.x, JSON or UBJSON.
// Models with several numbers at a leaf are refused.
func ReadXGBoost(data []byte, options XGBoostOptions) (Scorer, error) {
	file, err := decodeXGBoost(data)
	if err != nil {
		return nil, fmt.Errorf("not a model of XGBoost: %w", err)
	}
	scorer, err := file.scorer(options)
	if err != nil {
		return nil, fmt.Errorf("model of XGBoost: %w", err)
	}
	return scorer, nil
}

// decodeXGBoost tells the two forms by their second byte: a UBJSON object of
// XGBoost goes on with the mark of a length, JSON with a quote or a space.
func decodeXGBoost(data []byte) (*xgboostFile, error) {
	var err error
	if len(data) > 1 && data[0] == '{' && bytes.IndexByte([]byte("iUIlL$#"), data[1]) >= 0 {
		if data, err = ubjson(data); err != nil {
			return nil, err
		}
	}
	file := new(xgboostFile)
	if err := json.Unmarshal(data, file); err != nil {
		return nil, jsonFault(data, err)
	}
	if len(file.Version) == 0 || file.Learner.GradientBooster.Name == "" {
		return nil, errors.New(`it has no "version" or no "learner.gradient_booster"; a text or JSON dump of the trees is not enough, use save_model`)
	}
	if file.Version[0] < 1 {
		return nil, fmt.Errorf("version %d is older than 1.0; load and save it again with a newer XGBoost", file.Version[0])
	}
	if file.Version[0] > newestXGBoost {
		return nil, fmt.Errorf("version %d is newer than %d, whose files are the newest that are known; save it with XGBoost %d, or let model.type: exec ask it", file.Version[0], newestXGBoost, newestXGBoost)
	}
	return file, nil
}

func (file *xgboostFile) scorer(options XGBoostOptions) (Scorer, error) {
	classes, err := file.classes()
	if err != nil {
		return nil, err
	}
	base, err := file.base(classes)
	if err != nil {
		return nil, err
	}
	booster := &file.Learner.GradientBooster
	if booster.Name == "gblinear" {
		return file.linear(classes, base)
	}
	drop := booster.WeightDrop
	if booster.Name == "dart" && booster.Nested != nil {
		booster = booster.Nested
	}
	if booster.Name != "gbtree" && booster.Name != "dart" {
		return nil, fmt.Errorf("the booster %q is not supported", booster.Name)
	}
	var model xgboostTrees
	if err := booster.decode(&model); err != nil {
		return nil, err
	}
	if drop == nil {
		drop = model.WeightDrop
	}
	return file.forest(&model, drop, classes, base, options)
}

func (file *xgboostFile) forest(model *xgboostTrees, drop []json.Number, classes int, base []float64, options XGBoostOptions) (*Forest, error) {
	inputs, err := file.inputs(model.Categories.Encodings)
	if err != nil {
		return nil, err
	}
	if len(model.TreeInfo) != len(model.Trees) || drop != nil && len(drop) != len(model.Trees) {
		return nil, fmt.Errorf("%d trees, but %d classes of trees and %d weights", len(model.Trees), len(model.TreeInfo), len(drop))
	}
	count, err := model.used(options.Iterations, classes)
	if err != nil {
		return nil, err
	}
	forest := &Forest{
		inputs: inputs, classes: classes, base: base, single: true, divisor: 1,
		link: xgboostLink(file.Learner.Objective.Name),
	}
	for i := range model.Trees[:count] {
		weight := 1.0
		if drop != nil {
			if weight, err = strconv.ParseFloat(drop[i].String(), 32); err != nil {
				return nil, fmt.Errorf("tree %d: %w", i, err)
			}
		}
		t, err := model.Trees[i].tree(len(inputs), weight)
		if err != nil {
			return nil, fmt.Errorf("tree %d: %w", i, err)
		}
		if t.class = model.TreeInfo[i]; t.class < 0 || t.class >= classes {
			return nil, fmt.Errorf("tree %d is of class %d of %d", i, t.class, classes)
		}
		forest.trees = append(forest.trees, t)
	}
	forest.layout = newLayout(forest)
	return forest, nil
}

// used gives how many trees the wanted iterations have.
func (model *xgboostTrees) used(iterations, classes int) (int, error) {
	if iterations == 0 {
		return len(model.Trees), nil
	}
	if n := len(model.Iterations); n > 0 {
		if iterations < 0 || iterations >= n {
			return 0, fmt.Errorf("there are %d iterations, not %d", n-1, iterations)
		}
		if count := model.Iterations[iterations]; count >= 0 && count <= len(model.Trees) {
			return count, nil
		}
		return 0, errors.New("iteration_indptr points beyond the trees")
	}
	parallel, err := strconv.Atoi(model.Parameters.NumParallelTree)
	if err != nil || parallel < 1 {
		parallel = 1
	}
	per := parallel * classes
	if iterations < 0 || iterations > len(model.Trees)/per {
		return 0, fmt.Errorf("there are %d iterations, not %d", len(model.Trees)/per, iterations)
	}
	return iterations * per, nil
}

// maxOutputs bounds the classes and inputs that a file may claim.
const maxOutputs = 1 << 20

func (file *xgboostFile) classes() (int, error) {
	most := 1
	for _, text := range []string{file.Learner.Parameters.NumClass, file.Learner.Parameters.NumTarget} {
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > maxOutputs {
			return 0, fmt.Errorf("num_class or num_target is %q", text)
		}
		most = max(most, n)
	}
	return most, nil
}

// base gives the margin before the first tree. The file has it in the unit of
// the prediction, one number, or in brackets one for each class (3.1 and later).
func (file *xgboostFile) base(classes int) ([]float64, error) {
	text := file.Learner.Parameters.BaseScore
	parts := strings.Split(strings.Trim(text, "[]"), ",")
	if len(parts) != 1 && len(parts) != classes {
		return nil, fmt.Errorf("base_score %s has %d numbers for %d classes", text, len(parts), classes)
	}
	base := make([]float64, classes)
	for i := range base {
		part := parts[min(i, len(parts)-1)]
		b, err := strconv.ParseFloat(strings.TrimSpace(part), 32)
		if err != nil {
			return nil, fmt.Errorf("base_score %q is no number", text)
		}
		base[i] = xgboostMargin(file.Learner.Objective.Name, float32(b))
		if math.IsNaN(base[i]) || math.IsInf(base[i], 0) {
			return nil, fmt.Errorf("base_score %s cannot be for the objective %s", text, file.Learner.Objective.Name)
		}
	}
	return base, nil
}

// xgboostMargin turns a base score into a margin (ObjFunction::ProbToMargin).
func xgboostMargin(objective string, b float32) float64 {
	switch objective {
	case "binary:logistic", "reg:logistic", "binary:logitraw":
		return single(-math.Log(float64(1/b - 1)))
	case "count:poisson", "reg:gamma", "reg:tweedie", "survival:cox", "survival:aft":
		return single(math.Log(float64(b)))
	}
	return float64(b)
}

func xgboostLink(objective string) link {
	switch objective {
	case "binary:logistic", "reg:logistic":
		return each(objective, singleSigmoid)
	case "multi:softprob":
		return softmax(objective, single)
	case "count:poisson", "reg:gamma", "reg:tweedie", "survival:cox", "survival:aft":
		return each(objective, func(x float64) float64 { return single(exp(x)) })
	case "binary:hinge":
		return each(objective, func(x float64) float64 {
			if x > 0 {
				return 1
			}
			return 0
		})
	case "binary:logitraw", "rank:ndcg", "rank:map", "rank:pairwise",
		"reg:squarederror", "reg:squaredlogerror", "reg:pseudohubererror", "reg:absoluteerror", "reg:quantileerror", "reg:linear":
		return identity(objective)
	}
	return unknownLink(objective)
}

// inputs gives the names and, since 3.1, the categories that the file holds.
func (file *xgboostFile) inputs(encodings []xgboostCategories) ([]Input, error) {
	names := file.Learner.FeatureNames
	count, err := strconv.Atoi(file.Learner.Parameters.NumFeature)
	if err != nil || count < 0 || count > maxOutputs || len(names) > 0 && len(names) != count {
		return nil, fmt.Errorf("%d names for %q features", len(names), file.Learner.Parameters.NumFeature)
	}
	if len(encodings) > 0 && len(encodings) != count {
		return nil, fmt.Errorf("categories of %d features, and %d features", len(encodings), count)
	}
	inputs := make([]Input, count)
	for i := range inputs {
		inputs[i].Name = "f" + strconv.Itoa(i) // as XGBoost names them
		if len(names) > 0 {
			inputs[i].Name = names[i]
		}
		if len(encodings) > 0 {
			if inputs[i].Categories, err = encodings[i].values(); err != nil {
				return nil, fmt.Errorf("feature %q: %w", inputs[i].Name, err)
			}
		}
	}
	return inputs, nil
}
