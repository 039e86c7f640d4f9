package stat

import (
	"encoding/json"
	"fmt"
	"math"
)

// Attention is how much attention a place of a list gets, by a named convention.
type Attention struct {
	Name  string    `json:"name"`        // log2, trec, reciprocal, geometric, uniform or empirical
	K     int       `json:"k,omitempty"` // last place of uniform and geometric; 0 is no end
	P     float64   `json:"p,omitempty"` // chance of stopping, of geometric
	Table []float64 `json:"t,omitempty"` // by place from 1 on, of empirical; nothing beyond
}

// At is the weight of a place, from 1 on.
func (a Attention) At(place int) float64 {
	switch a.Name {
	case "trec":
		return 1 / Log2(float64(max(place, 2)))
	case "reciprocal":
		return 1 / float64(place)
	case "uniform":
		if place > a.K {
			return 0
		}
		return 1
	case "geometric":
		if a.K > 0 && place > a.K {
			return 0
		}
		return a.P * math.Pow(1-a.P, float64(place-1))
	case "empirical":
		if place > len(a.Table) {
			return 0
		}
		return a.Table[place-1]
	}
	return 1 / Log2(float64(place+1))
}

// Text writes the attention down as ParseAttention reads it.
func (a Attention) Text() string {
	text, _ := json.Marshal(a) // numbers are finite
	return string(text)
}

// ParseAttention reads what Text has written.
func ParseAttention(text string) (a Attention, err error) {
	if err = json.Unmarshal([]byte(text), &a); err != nil {
		err = fmt.Errorf("weights of places: %w", err)
	}
	return a, err
}
