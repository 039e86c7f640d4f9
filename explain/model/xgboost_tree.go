package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// xgboostTree is one tree: parallel lists with an element for each node. The
// value of a leaf is its split condition.
type xgboostTree struct {
	Left        []int         `json:"left_children"`
	Right       []int         `json:"right_children"`
	Inputs      []int         `json:"split_indices"`
	Conditions  []json.Number `json:"split_conditions"`
	DefaultLeft []flag        `json:"default_left"`
	SplitType   []int         `json:"split_type"`
	Categories  []int         `json:"categories"`
	CatNodes    []int         `json:"categories_nodes"`
	CatSegments []int         `json:"categories_segments"`
	CatSizes    []int         `json:"categories_sizes"`
	LeafWeights []json.Number `json:"leaf_weights"`
	Covers      []float64     `json:"sum_hessian"`
	Parameters  struct {
		LeafVector string `json:"size_leaf_vector"`
	} `json:"tree_param"`
}

// A flag is a boolean which older versions write as a number.
type flag bool

func (f *flag) UnmarshalJSON(data []byte) error {
	switch string(data) {
	case "0", "false":
		*f = false
	case "1", "true":
		*f = true
	default:
		return fmt.Errorf("%s is neither true nor false", data)
	}
	return nil
}

// tree gives the tree in the form of a [Forest].
func (x *xgboostTree) tree(inputs int, weight float64) (tree, error) {
	if v := x.Parameters.LeafVector; v != "" && v != "0" && v != "1" || len(x.LeafWeights) > 0 {
		return tree{}, errors.New("several numbers at a leaf (multi_strategy: multi_output_tree) are not supported")
	}
	count := len(x.Left)
	if count == 0 || len(x.Right) != count || len(x.Inputs) != count || len(x.Conditions) != count || len(x.DefaultLeft) != count {
		return tree{}, errors.New("the lists of its nodes differ in length")
	}
	sets, err := x.sets()
	if err != nil {
		return tree{}, err
	}
	t := tree{}
	numbers, err := x.numbering()
	if err != nil {
		return tree{}, err
	}
	for i := range count {
		condition, err := strconv.ParseFloat(x.Conditions[i].String(), 32)
		if err != nil {
			return tree{}, fmt.Errorf("node %d: %w", i, err)
		}
		if x.Left[i] == -1 {
			t.leaves = append(t.leaves, single(condition*weight))
			if len(x.Covers) == count {
				t.leafCovers = append(t.leafCovers, x.Covers[i])
			}
			continue
		}
		if len(x.Covers) == count {
			t.covers = append(t.covers, x.Covers[i])
		}
		n := node{
			input: x.Inputs[i], threshold: below(float32(condition)), missing: missingNaN, defaultLeft: bool(x.DefaultLeft[i]),
			left: numbers[x.Left[i]], right: numbers[x.Right[i]],
		}
		if n.input < 0 || n.input >= inputs {
			return tree{}, fmt.Errorf("node %d splits by input %d of %d", i, n.input, inputs)
		}
		if i < len(x.SplitType) && x.SplitType[i] == 1 {
			// The listed categories go right, all others left.
			n.set, n.outside = sets[i], true
			if n.set == nil {
				n.set = []uint64{}
			}
		}
		t.nodes = append(t.nodes, n)
	}
	return t, nil
}

// numbering gives each node its number among the nodes, each leaf the
// complement of its number among the leaves. Children must follow their
// parent, so that no walk can turn in a circle.
func (x *xgboostTree) numbering() ([]int32, error) {
	numbers := make([]int32, len(x.Left))
	nodes, leaves := int32(0), int32(0)
	for i := range x.Left {
		if x.Left[i] == -1 {
			numbers[i] = ^leaves
			leaves++
			continue
		}
		if l, r := x.Left[i], x.Right[i]; l <= i || r <= i || l >= len(x.Left) || r >= len(x.Left) {
			return nil, fmt.Errorf("node %d has the children %d and %d of %d nodes", i, l, r, len(x.Left))
		}
		numbers[i] = nodes
		nodes++
	}
	return numbers, nil
}

// mostCategories is one more than the largest category of XGBoost
// (src/common/categorical.h): what a 32-bit float counts exactly.
const mostCategories = 1 << 24

// sets gives the categories listed for each node that splits by category.
func (x *xgboostTree) sets() (map[int][]uint64, error) {
	if len(x.CatSegments) != len(x.CatNodes) || len(x.CatSizes) != len(x.CatNodes) {
		return nil, errors.New("the lists of its categories differ in length")
	}
	sets := make(map[int][]uint64, len(x.CatNodes))
	for i, n := range x.CatNodes {
		from, size := x.CatSegments[i], x.CatSizes[i]
		if from < 0 || size < 0 || from > len(x.Categories) || size > len(x.Categories)-from {
			return nil, fmt.Errorf("node %d: its categories are beyond the list", n)
		}
		set := []uint64{}
		for _, c := range x.Categories[from : from+size] {
			if c < 0 || c >= mostCategories {
				return nil, fmt.Errorf("node %d: category %d", n, c)
			}
			for len(set) <= c/64 {
				set = append(set, 0)
			}
			set[c/64] |= 1 << (c % 64)
		}
		sets[n] = set
	}
	return sets, nil
}

// xgboostCategories are the values of one column: strings one after another
// with their offsets, or numbers.
type xgboostCategories struct {
	Offsets []int     `json:"offsets"`
	Values  []float64 `json:"values"`
}

// values gives the spellings in the order of their codes; nil for a number.
func (c xgboostCategories) values() ([]string, error) {
	if len(c.Offsets) == 0 {
		var out []string
		for _, v := range c.Values {
			out = append(out, strconv.FormatFloat(v, 'f', -1, 64))
		}
		return out, nil
	}
	text := make([]byte, len(c.Values))
	for i, v := range c.Values {
		text[i] = byte(int(v)) // signed in some files
	}
	out := make([]string, len(c.Offsets)-1)
	for i := range out {
		from, to := c.Offsets[i], c.Offsets[i+1]
		if from < 0 || from > to || to > len(text) {
			return nil, errors.New("its categories are beyond their text")
		}
		out[i] = string(text[from:to])
	}
	return out, nil
}
