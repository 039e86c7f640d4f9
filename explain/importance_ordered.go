package explain

import (
	"cmp"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// scoresTogether bounds the scores of exchanged rows that are held at a time.
const scoresTogether = 1 << 22

// rounding is how far equal scores may lie apart: those of exchanged rows are
// added up in another order than the model's own.
const rounding = 1e-13

// A placed is a score of a row on one side, and how much it counts.
type placed struct {
	score, weight float64
	at            int32 // where its placement goes
	side          int8
}

// placements gives each score the share of the other side's that lie below it,
// ties by half. The mean over the side In is the area under the curve, and the
// placements are what each score does to it (Hanley and Hajian-Tilaki, Academic
// Radiology 4 (1997) 49-58). The list is sorted.
func placements(list []placed, to []float64) {
	slices.SortFunc(list, func(a, b placed) int { return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(a.at, b.at)) })
	var total, below [2]float64
	for _, p := range list {
		total[sideIndex(int(p.side))] += p.weight
	}
	for from := 0; from < len(list); {
		end := from
		var equal [2]float64
		for ; end < len(list) && (end == from || list[end].score-list[end-1].score <= float64(rounding*(1+math.Abs(list[end].score)))); end++ {
			equal[sideIndex(int(list[end].side))] += list[end].weight
		}
		for _, p := range list[from:end] {
			other := 1 - sideIndex(int(p.side))
			to[p.at] = (below[other] + equal[other]/2) / total[other]
		}
		for side := range below {
			below[side] += equal[side]
		}
		from = end
	}
}

// ownPlacements are those of scores as they are, of the rows of both sides.
func ownPlacements(scores []float64, sides []int8) []float64 {
	out := make([]float64, len(scores))
	var list []placed
	for row, side := range sides {
		if side != 0 {
			list = append(list, placed{scores[row], 1, int32(row), side})
		}
	}
	placements(list, out)
	return out
}

// orderedImportance adds the importance of every input for ordered contrasts:
// the area under the curve of all scores that rows have with the values of
// others, exactly. Scores of so many rows are held for a few inputs at a time.
func orderedImportance(what *model.WhatIf, rows Rows, output model.Output, contrasts []Contrast, sides [][]int8, out [][]Importance) error {
	inputs := len(rows.Columns)
	for from := 0; from < inputs; {
		to, held := from, 0
		for ; to < inputs && (to == from || held+rows.Rows*len(what.Classes(to)) <= scoresTogether); to++ {
			held += rows.Rows * len(what.Classes(to))
		}
		scores := make([][]float64, to-from)
		own := make([]float64, rows.Rows)
		curves := what.NewCurves()
		for row := range rows.Rows {
			for input, margins := range curves.Of(row) {
				if input < from || input >= to {
					continue
				}
				if output == model.Probability {
					if err := what.Predict(margins); err != nil {
						return err
					}
				}
				own[row] = margins[what.Class(input, row)]
				scores[input-from] = append(scores[input-from], margins...)
			}
		}
		for i, c := range contrasts {
			if !c.Ordered {
				continue
			}
			before := ownPlacements(own, sides[i])
			for input := from; input < to; input++ {
				of := func(row int) int { return what.Class(input, row) }
				e := orderedExchange(scores[input-from], what.Classes(input), sides[i], before, of)
				out[i] = append(out[i], e.importance(c, sides[i], rows.People, of))
			}
		}
		from = to
	}
	return nil
}

// orderedExchange collects the placements of one input's exchanged scores: a
// row's score with a class counts as often as other rows have that class.
func orderedExchange(scores []float64, counts []int, sides []int8, own []float64, class func(row int) int) exchange {
	classes := len(counts)
	var list []placed
	for row, side := range sides {
		if side == 0 {
			continue
		}
		for c, n := range counts {
			if c == class(row) {
				n--
			}
			list = append(list, placed{scores[row*classes+c], float64(n), int32(row*classes + c), side})
		}
	}
	places := make([]float64, len(scores))
	placements(list, places)
	e := newExchange(len(sides), classes)
	same := Quantity{Of: func(_ int, placement float64) float64 { return placement }}
	for row, side := range sides {
		if side != 0 {
			e.add(row, counts, class(row), int(side), places[row*classes:][:classes], same)
			e.own[row] = own[row]
		}
	}
	return e
}

// areas are the contrast of the area under the curve, for labeled rows.
func (s *Study) areas() []askedContrast {
	labels := s.Rows.Labels
	c := Contrast{Quantity: Quantity{Name: "auc"}, Ordered: true,
		In: func(row int) bool { return labels[row] == 1 }, Against: func(row int) bool { return labels[row] == 0 }}
	var n [2]int
	for _, y := range labels {
		if y >= 0 {
			n[y]++
		}
	}
	if min(n[0], n[1]) < fewRows {
		return nil
	}
	return []askedContrast{{c, audit.Explanation{Explainer: "importance", Metric: "auc", MethodVersion: 1}, false}}
}
