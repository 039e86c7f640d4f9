package detectors

import (
	"fmt"

	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// located is a position of the sorted sample: the table that tells the number
// there from its neighbors, and the number.
type located struct {
	table *table.Values
	point float64       // as the table has it
	x     float64       // the number itself
	more  *table.Need   // what has to be read before it is known; else nil
	seen  table.Stretch // that the table shows
}

// locate finds the number at a position of the sorted sample, counted from 0.
// Where the numbers are known by their buckets, it looks at the one bucket closely,
// where they may be in buckets again, of which each is smaller.
func (d *ll144) locate(t detect.Tables, o toolOutput, at func(n int64) int64) (located, error) {
	need := d.need(o)
	out := located{table: t.Values(need)}
	for {
		sample, _ := d.sampled(out.table)
		n := sample.Count()
		if n == 0 {
			return out, nil
		}
		out.point = nth(sample, at(n))
		first := out.seen == (table.Stretch{})
		if !first && (out.point == table.Below || out.point == table.Above) {
			return out, fmt.Errorf("the %s changed while the log was read, which it had to be twice for an exact median; audit a copy that nobody writes to", d.called(o))
		}
		closer := table.StretchOf(out.point)
		if !first {
			closer = out.seen.Closer(out.point)
		}
		switch {
		case out.table.Exact() && first:
			out.x = out.point
			return out, nil
		case out.table.Exact():
			out.x = out.seen.Number(out.point)
			return out, nil
		case closer.Low == closer.High:
			out.x = closer.Low
			return out, nil
		}
		need.Within = closer
		next := t.Values(need)
		if next.Unread() {
			out.more = &need
			return out, nil
		}
		out.table, out.seen = next, closer
	}
}

// middle finds the two numbers in the middle of the sample, which are one if their
// number is odd.
func (d *ll144) middle(t detect.Tables, o toolOutput) (low, high located, err error) {
	if low, err = d.locate(t, o, func(n int64) int64 { return (n - 1) / 2 }); err == nil {
		high, err = d.locate(t, o, func(n int64) int64 { return n / 2 })
	}
	return low, high, err
}

// refine asks for what the medians take. What is amiss, detect says.
func (d *ll144) refine(t detect.Tables) (needs []table.Need) {
	for _, o := range d.outputs {
		if !o.score {
			continue
		}
		low, high, _ := d.middle(t, o)
		for _, l := range []located{low, high} {
			if l.more != nil {
				needs = append(needs, *l.more)
			}
		}
	}
	return needs
}

// sampled pools the numbers that the median is over, and counts those of them that
// are of unknown categories.
func (d *ll144) sampled(v *table.Values) (all stat.Sample, unknown int64) {
	var parts []stat.Sample
	who := d.persons(v.Categories)
	v.Each(func(codes []int, x *table.Distribution) {
		_, known := who(codes)
		if d.params.MedianOver == "known" && !known {
			return
		}
		s := sampleOf(x)
		parts = append(parts, s)
		if !known {
			unknown += s.Count()
		}
	})
	return stat.Pool(parts...), unknown
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
func (d *ll144) above(o toolOutput, t detect.Tables) (scoredSample, string, error) {
	low, high, err := d.middle(t, o)
	if err != nil {
		return scoredSample{}, "", err
	}
	if low.more != nil || high.more != nil {
		return scoredSample{}, fmt.Sprintf("the %s has more than %s different values, so that the exact median which the rule asks for takes a second reading of the log, and standard input can be read only once: "+
			"write the log to a file, or round the scores; no scoring table was made", d.called(o), thousands(table.MaxDistinct)), nil
	}
	out := scoredSample{byApplicant: byApplicant{}}
	sample, unknown := d.sampled(low.table)
	if out.n, out.unknown = sample.Count(), unknown; out.n == 0 {
		return out, fmt.Sprintf("nobody has a %s, so no scoring table was made", d.called(o)), nil
	}
	out.median = low.x + (high.x-low.x)/2
	who := d.persons(low.table.Categories)
	low.table.Each(func(codes []int, x *table.Distribution) {
		out.unscored += x.Missing.N + x.NaN.N + x.Inf.N
		p, known := who(codes)
		kn := out.byApplicant[p]
		for _, point := range x.Points {
			kn[1] += point.N
			switch {
			case point.X > low.point:
				kn[0] += point.N
			case point.X == low.point && out.median == low.x && (known || d.params.MedianOver != "known"):
				out.tie += point.N
			}
		}
		out.byApplicant[p] = kn
	})
	return out, "", nil
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
