package detectors

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// mostClasses bounds the groups that one output classifies people into.
const mostClasses = 50

// classified counts, for each class of an output, who was put into it. Of a
// decision there is one class, the positive ones.
func (d *ll144) classified(o toolOutput, c *table.Counts) (classes []string, tallies map[string]byApplicant, note string) {
	dim, want := table.Decision, []string{table.Positive}
	if o.name != "" {
		dim, want = table.Column(o.role), nil
	}
	cats, at := c.Categories(dim), slices.Index(c.Dims(), dim)
	if o.name != "" {
		for _, x := range cats {
			if !x.Missing {
				want = append(want, x.Name)
			}
		}
	}
	if len(want) > mostClasses {
		return nil, nil, fmt.Sprintf("output %s classifies people into %s groups; tables are made for at most %d", o.name, strconv.Itoa(len(want)), mostClasses)
	}
	who := d.persons(c.Categories)
	tallies = map[string]byApplicant{}
	for _, class := range want {
		tallies[class] = byApplicant{}
	}
	c.Each(func(codes []int, cell table.Cell) {
		x := cats[codes[at]]
		if x.Missing || o.name == "" && x.Name != table.Positive && x.Name != table.Negative {
			return
		}
		p, _ := who(codes)
		for class, t := range tallies {
			kn := t[p]
			kn[1] += cell.N
			if x.Name == class {
				kn[0] += cell.N
			}
			t[p] = kn
		}
	})
	return want, tallies, ""
}

// called names an output in a sentence.
func (d *ll144) called(o toolOutput) string {
	switch {
	case o.name != "":
		return "output " + o.name
	case o.score:
		return "score"
	}
	return "decision"
}

// unknowns counts who cannot be in a table, and whom the audit is about: those with a
// decision, if it has any, else everybody.
type unknowns struct{ either, sex, race, all, audited int64 }

func (d *ll144) unknowns(t detect.Tables) unknowns {
	var out unknowns
	c := t.Counts(d.everybody())
	who := d.persons(c.Categories)
	count := func(codes []int, n int64) {
		p, known := who(codes)
		if !known {
			out.either += n
		}
		if d.sex != "" && p.sex == "" {
			out.sex += n
		}
		if d.race != "" && p.race == "" {
			out.race += n
		}
	}
	c.Each(func(_ []int, cell table.Cell) { out.all += cell.N })
	if len(d.outputs) == 1 && d.outputs[0].score { // who has no score was not assessed
		v := t.Values(d.need(d.outputs[0]))
		who = d.persons(v.Categories)
		v.Each(func(codes []int, x *table.Distribution) { count(codes, sampleOf(x).Count()) })
	} else {
		c.Each(func(codes []int, cell table.Cell) { count(codes, cell.N) })
	}
	if out.audited = out.all; d.spec.HasDecision {
		_, tallies, _ := d.classified(toolOutput{}, t.Counts(d.need(toolOutput{})))
		out.audited = tallies[table.Positive].people()
	}
	return out
}
