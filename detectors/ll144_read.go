package detectors

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
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

// scoredSample is what one output gave to everyone.
type scoredSample struct {
	byApplicant
	median          float64
	n, unknown, tie int64 // whom the median is over, those of them of an unknown category, those who scored it
	unscored        int64 // people without a score that can be used
}

// above counts who scored above the median, strictly: of an even number of scores
// the median lies between two, or is both, and a score is above it exactly if it is
// above the lower one.
func (d *ll144) above(o toolOutput, v *table.Values) (scoredSample, string) {
	if !v.Exact() {
		return scoredSample{}, fmt.Sprintf("the %s has more different values than are counted one by one, and the median that the rule asks for must be exact: round the scores; no scoring table was made", d.called(o))
	}
	out := scoredSample{byApplicant: byApplicant{}}
	who := d.persons(v.Categories)
	var all []stat.Sample
	v.Each(func(codes []int, x *table.Distribution) {
		_, known := who(codes)
		out.unscored += x.Missing.N + x.NaN.N + x.Inf.N
		if d.params.MedianOver == "known" && !known {
			return
		}
		s := sampleOf(x)
		all = append(all, s)
		if !known {
			out.unknown += s.Count()
		}
	})
	sample := stat.Pool(all...)
	if out.n = sample.Count(); out.n == 0 {
		return out, fmt.Sprintf("nobody has a %s, so no scoring table was made", d.called(o))
	}
	low, high := nth(sample, (out.n-1)/2), nth(sample, out.n/2)
	out.median = low + (high-low)/2
	for _, p := range sample {
		if p.X == out.median {
			out.tie = p.N
		}
	}
	v.Each(func(codes []int, x *table.Distribution) {
		p, _ := who(codes)
		kn := out.byApplicant[p]
		for _, point := range x.Points {
			kn[1] += point.N
			if point.X > low {
				kn[0] += point.N
			}
		}
		out.byApplicant[p] = kn
	})
	return out, ""
}

// nth is the score at a position of the sorted sample, counted from 0.
func nth(s stat.Sample, k int64) float64 {
	for _, p := range s {
		if k < p.N {
			return p.X
		}
		k -= p.N
	}
	return 0
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

// unknowns counts who cannot be in a table.
type unknowns struct{ either, sex, race, all int64 }

func (d *ll144) unknowns(t detect.Tables) unknowns {
	var out unknowns
	c := t.Counts(d.everybody())
	who := d.persons(c.Categories)
	c.Each(func(codes []int, cell table.Cell) {
		p, known := who(codes)
		out.all += cell.N
		if !known {
			out.either += cell.N
		}
		if d.sex != "" && p.sex == "" {
			out.sex += cell.N
		}
		if d.race != "" && p.race == "" {
			out.race += cell.N
		}
	})
	return out
}
