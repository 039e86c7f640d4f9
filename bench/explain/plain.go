package main

import (
	"encoding/json"
	"os"
)

// plain scores a model as its file describes it, node by node and row by row:
// what a pass costs without a layout.
type plain [][]plainNode

type plainNode struct {
	left, right, input int32 // no left: a leaf
	threshold          float32
	missingLeft        bool
}

func readPlain(path string) (plain, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		Learner struct {
			Booster struct {
				Model struct {
					Trees []struct {
						Left      []int32   `json:"left_children"`
						Right     []int32   `json:"right_children"`
						Input     []int32   `json:"split_indices"`
						Threshold []float32 `json:"split_conditions"`
						Default   []uint8   `json:"default_left"`
					}
				}
			} `json:"gradient_booster"`
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	var p plain
	for _, t := range file.Learner.Booster.Model.Trees {
		nodes := make([]plainNode, len(t.Left))
		for i := range nodes {
			nodes[i] = plainNode{t.Left[i], t.Right[i], t.Input[i], t.Threshold[i], t.Default[i] == 1}
		}
		p = append(p, nodes)
	}
	return p, nil
}

// total gives the sum of the leaves of all rows, each row's in 32 bits.
func (p plain) total(values []float32) float64 {
	total := 0.0
	for ; len(values) > 0; values = values[inputs:] {
		total += float64(p.score(values[:inputs]))
	}
	return total
}

// score gives the sum of a row's leaves, without the base.
func (p plain) score(row []float32) float32 {
	sum := float32(0)
	for _, nodes := range p {
		n := &nodes[0]
		for n.left >= 0 {
			x := row[n.input]
			if x < n.threshold || x != x && n.missingLeft {
				n = &nodes[n.left]
			} else {
				n = &nodes[n.right]
			}
		}
		sum += n.threshold
	}
	return sum
}
