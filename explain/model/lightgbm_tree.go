package model

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Bits of decision_type (include/LightGBM/tree.h).
const (
	lightgbmCategorical = 1
	lightgbmDefaultLeft = 2
)

// tree reads one tree's section (Tree::ToString).
func (f fields) tree(inputs int) (tree, error) {
	leaves, err := f.integer("num_leaves")
	if err != nil {
		return tree{}, err
	}
	if leaves < 1 {
		return tree{}, fmt.Errorf("num_leaves is %d", leaves)
	}
	t := tree{}
	if t.leaves, err = f.floats("leaf_value", leaves); err != nil {
		return tree{}, err
	}
	if leaves > 1 {
		if t.nodes, err = f.nodes(leaves, inputs); err != nil {
			return tree{}, err
		}
		if t.covers, t.leafCovers, err = f.covers(leaves); err != nil {
			return tree{}, err
		}
	}
	if f["is_linear"] == "1" {
		if t.linear, err = f.linear(leaves, inputs); err != nil {
			return tree{}, err
		}
	}
	return t, nil
}

// covers reads how many rows of the training data came to each node and leaf,
// which older files do not say.
func (f fields) covers(leaves int) (nodes, of []float64, err error) {
	if f["internal_count"] == "" || f["leaf_count"] == "" {
		return nil, nil, nil
	}
	if nodes, err = f.floats("internal_count", leaves-1); err != nil {
		return nil, nil, err
	}
	of, err = f.floats("leaf_count", leaves)
	return nodes, of, err
}

func (f fields) nodes(leaves, inputs int) ([]node, error) {
	count := leaves - 1
	thresholds, err := f.floats("threshold", count)
	if err != nil {
		return nil, err
	}
	lists := map[string][]int{}
	for _, key := range []string{"split_feature", "decision_type", "left_child", "right_child"} {
		if lists[key], err = f.integers(key, count); err != nil {
			return nil, err
		}
	}
	sets, err := f.sets()
	if err != nil {
		return nil, err
	}
	nodes := make([]node, count)
	for i := range nodes {
		kind := lists["decision_type"][i]
		n := node{
			input: lists["split_feature"][i], threshold: thresholds[i],
			missing: missing(kind >> 2 & 3), defaultLeft: kind&lightgbmDefaultLeft != 0,
			left: int32(lists["left_child"][i]), right: int32(lists["right_child"][i]),
		}
		if n.missing > missingNaN || n.input < 0 || n.input >= inputs {
			return nil, fmt.Errorf("node %d: decision_type %d, feature %d of %d", i, kind, n.input, inputs)
		}
		for _, child := range []int32{n.left, n.right} {
			// Children follow their parent, so that no walk turns in a circle.
			if child >= 0 && (int(child) <= i || int(child) >= count) || child < 0 && int(^child) >= leaves {
				return nil, fmt.Errorf("node %d: child %d of %d nodes and %d leaves", i, child, count, leaves)
			}
		}
		if kind&lightgbmCategorical != 0 {
			// A missing category goes right, whatever the bits say.
			n.missing, n.defaultLeft = missingNaN, false
			which := int(thresholds[i])
			if thresholds[i] != float64(which) || which < 0 || which >= len(sets) {
				return nil, fmt.Errorf("node %d: set %v of %d", i, thresholds[i], len(sets))
			}
			n.set = sets[which]
		}
		nodes[i] = n
	}
	return nodes, nil
}

// sets gives the sets of categories, which are written as words of 32 bits.
func (f fields) sets() ([][]uint64, error) {
	if n := f["num_cat"]; n == "" || n == "0" {
		return nil, nil
	}
	boundaries, err := f.integers("cat_boundaries", -1)
	if err != nil {
		return nil, err
	}
	words, err := f.integers("cat_threshold", -1)
	if err != nil {
		return nil, err
	}
	var sets [][]uint64
	for i := 1; i < len(boundaries); i++ {
		from, to := boundaries[i-1], boundaries[i]
		if from < 0 || from > to || to > len(words) {
			return nil, errors.New("cat_boundaries points beyond cat_threshold")
		}
		set := make([]uint64, (to-from+1)/2)
		for j, word := range words[from:to] {
			if word < 0 || word > math.MaxUint32 {
				return nil, fmt.Errorf("cat_threshold has %d", word)
			}
			set[j/2] |= uint64(word) << (32 * (j % 2))
		}
		sets = append(sets, set)
	}
	return sets, nil
}

// linear reads the linear model of each leaf: as many features and
// coefficients as num_features says, leaf after leaf.
func (f fields) linear(leaves, inputs int) ([]linearLeaf, error) {
	constants, err := f.floats("leaf_const", leaves)
	if err != nil {
		return nil, err
	}
	counts, err := f.integers("num_features", leaves)
	if err != nil {
		return nil, err
	}
	features, err := f.integers("leaf_features", -1)
	if err != nil {
		return nil, err
	}
	coefficients, err := f.floats("leaf_coeff", len(features))
	if err != nil {
		return nil, err
	}
	models := make([]linearLeaf, leaves)
	for i, count := range counts {
		if count < 0 || count > len(features) {
			return nil, fmt.Errorf("num_features has %d for leaf %d, with %d left", count, i, len(features))
		}
		models[i] = linearLeaf{constants[i], features[:count], coefficients[:count]}
		for _, feature := range features[:count] {
			if feature < 0 || feature >= inputs {
				return nil, fmt.Errorf("leaf %d uses feature %d of %d", i, feature, inputs)
			}
		}
		features, coefficients = features[count:], coefficients[count:]
	}
	if len(features) > 0 {
		return nil, errors.New("leaf_features has more than num_features says")
	}
	return models, nil
}

func (f fields) integer(key string) (int, error) {
	n, err := strconv.Atoi(f[key])
	if err != nil {
		return 0, fmt.Errorf("%s is %q", key, f[key])
	}
	return n, nil
}

// integers reads a list of so many numbers, or of any length if count is -1.
func (f fields) integers(key string, count int) ([]int, error) {
	words := strings.Fields(f[key])
	if count >= 0 && len(words) != count {
		return nil, fmt.Errorf("%s has %d numbers, not %d", key, len(words), count)
	}
	out := make([]int, len(words))
	for i, word := range words {
		var err error
		if out[i], err = strconv.Atoi(word); err != nil {
			return nil, fmt.Errorf("%s has %q", key, word)
		}
	}
	return out, nil
}

// floats reads a list of so many numbers, which have to be finite.
func (f fields) floats(key string, count int) ([]float64, error) {
	words := strings.Fields(f[key])
	if len(words) != count {
		return nil, fmt.Errorf("%s has %d numbers, not %d", key, len(words), count)
	}
	out := make([]float64, len(words))
	for i, word := range words {
		var err error
		if out[i], err = strconv.ParseFloat(word, 64); err != nil || math.IsNaN(out[i]) {
			return nil, fmt.Errorf("%s has %q", key, word)
		}
	}
	return out, nil
}
