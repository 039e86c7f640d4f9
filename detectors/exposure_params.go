package detectors

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// ExposureParams are the parameters of Exposure.
type ExposureParams struct {
	Weight     string          `yaml:"weight" default:"log2" enum:"log2|trec|reciprocal|geometric|uniform|empirical" doc:"how much attention place j gets: 1/log2(j + 1); trec: 1/log2(max(j, 2)); 1/j; geometric: p (1 - p)^(j - 1) down to place k; uniform: 1 down to place k; empirical: by weights, or by clicks"`
	K          int             `yaml:"k" default:"0" min:"0" doc:"last place that counts for uniform, which needs it, geometric and AWRF; 0 is no end"`
	P          float64         `yaml:"p" default:"0.5" above:"0" below:"1" doc:"chance of stopping at a place, of geometric"`
	Weights    []float64       `yaml:"weights" min:"0" doc:"weight empirical: that of each place from the first on; places beyond get none: [1, 0.7, 0.5]"`
	Clicked    string          `yaml:"clicked" doc:"weight empirical: CEL expression that is true for a slot that was clicked; a place weighs its click rate over that of the first"`
	Randomized string          `yaml:"randomized" doc:"weight empirical: CEL expression that is true for slots that were filled at random, of which click rates are taken; without it, of all, where better items are first and the weights too steep"`
	Target     []ExposureShare `yaml:"target" keyed:"true" doc:"shares of exposure that groups of an attribute should have, adding up to 1: {women: 0.5, men: 0.5}"`
	Relevance  string          `yaml:"relevance" doc:"CEL expression that is true for a relevant item: is exposure dealt as relevance is?"`
}

// ExposureShare is what a group should have.
type ExposureShare struct {
	Name  string  `yaml:"-"`
	Share float64 `yaml:"share" required:"true" short:"true" above:"0" below:"1" doc:"its share of all exposure"`
}

// Conditions are the expressions, by their places.
func (p ExposureParams) Conditions() map[string]string {
	return map[string]string{"clicked": p.Clicked, "randomized": p.Randomized, "relevance": p.Relevance}
}

// Check says whether a weight has what it needs.
func (p ExposureParams) Check() error {
	empirical := p.Weight == "empirical"
	switch {
	case p.Weight == "uniform" && p.K == 0:
		return errors.New("weight uniform needs k, the last place that counts")
	case empirical && (len(p.Weights) > 0) == (p.Clicked != ""):
		return errors.New("weight empirical needs either weights, one per place, or clicked")
	case !empirical && (len(p.Weights) > 0 || p.Clicked != ""):
		return errors.New("weights and clicked go with weight: empirical")
	case p.Randomized != "" && p.Clicked == "":
		return errors.New("randomized says whose click rates are taken, and needs clicked")
	}
	sum := 0.0
	for _, t := range p.Target {
		sum += t.Share
	}
	if len(p.Target) > 0 && math.Abs(sum-1) > 1e-6 {
		return fmt.Errorf("the shares of target add up to %s, not to 1", strconv.FormatFloat(sum, 'g', 6, 64))
	}
	return nil
}

// weight is the named weight; that of clicks is not known yet.
func (p ExposureParams) weight() weight {
	w := weight{Attention: stat.Attention{Name: cmp.Or(p.Weight, "log2"), K: p.K, P: p.P, Table: p.Weights}}
	texts := make([]string, len(p.Weights))
	for i, x := range p.Weights {
		texts[i] = number(x)
	}
	w.from = strings.Join(texts, ", ")
	return w
}

// clicks is the table of click rates by place.
func (p ExposureParams) clicks() table.Need {
	dims := []table.Dim{table.Rank, table.When(p.Clicked)}
	if p.Randomized != "" {
		dims = append(dims, table.When(p.Randomized))
	}
	return table.Need{Dims: dims}
}

// plan asks for what the parameters need, and reads the weights before anything else.
func (x exposure) plan(spec *audit.Spec) (detect.Plan, error) {
	if x.params.Relevance != "" && !spec.Slate.Whole {
		return detect.Plan{}, errors.New("relevance needs whole lists, and " + noLists)
	}
	lists := []listNumber{{name: table.ListAWRF, last: x.params.K}}
	plan := planSlate("exposure", spec, lists, x.measure)
	if x.params.Relevance != "" {
		for _, a := range slateAttributes(spec) {
			plan.Needs = append(plan.Needs, x.judgedNeeds(spec, a)...)
		}
	}
	if x.params.Clicked == "" {
		return plan, nil
	}
	plan.Needs = append(plan.Needs, x.params.clicks())
	plan.Detect = func(tables detect.Tables) (detect.Output, error) {
		x.weight.Table = clickWeights(tables.Counts(x.params.clicks()))
		texts := make([]string, len(x.weight.Table))
		for i, w := range x.weight.Table {
			texts[i] = strconv.FormatFloat(w, 'f', 4, 64)
		}
		x.weight.from = "click rate over that of the first, " + strings.Join(texts[:min(len(texts), 20)], ", ")
		out, err := planSlate("exposure", spec, lists, x.measure).Detect(tables)
		if len(x.weight.Table) == 0 {
			out.Notes = append(out.Notes, "exposure: the first place has no click, so that empirical weights are not known")
		}
		return out, err
	}
	return plan, nil
}

// clickWeights are the click rates of places over that of the first.
func clickWeights(c *table.Counts) (out []float64) {
	places, dims := c.Categories(table.Rank), c.Dims()
	var clicks, slots []float64
	c.Each(func(codes []int, cell table.Cell) {
		said := make([]string, 0, 2)
		for i, d := range dims[1:] {
			said = append(said, c.Categories(d)[codes[i+1]].Name)
		}
		place := places[codes[0]]
		if place.Missing || said[0] == "" || len(said) > 1 && said[1] != table.Holds {
			return
		}
		for int64(len(slots)) < place.Order {
			clicks, slots = append(clicks, 0), append(slots, 0)
		}
		if slots[place.Order-1] += float64(cell.N); said[0] == table.Holds {
			clicks[place.Order-1] += float64(cell.N)
		}
	})
	for i := range slots {
		if !(slots[0] > 0) || !(clicks[0] > 0) {
			return nil
		}
		w := 0.0
		if slots[i] > 0 {
			w = clicks[i] / slots[i] / (clicks[0] / slots[0])
		}
		out = append(out, w)
	}
	return out
}
