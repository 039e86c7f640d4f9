package detectors

import (
	"fmt"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// listNumber is a number that every list has as a whole.
type listNumber struct {
	name string
	last int // place, of table.ListAWRF and of what is made of facts

	values []string // of the attribute, which the number is about; those of several parts have none
}

// of is the number of an attribute's groups; ok is false where it has none.
func (n listNumber) of(a detect.Attribute) (value string, ok bool) {
	parts := a.Dims()
	for _, v := range n.values {
		parts = append(parts, table.ValueOf(v))
	}
	return table.ListNumber(n.name, n.last, parts...), len(n.values) == 0 || len(a.Parts) == 1
}

// listMean is a number of whole lists in one slice, by shard.
type listMean struct {
	shards  []stat.Sums
	lists   int64 // that have the number
	without int64 // that show nothing, or have no such number
}

// listSlice tells slices apart: the window, or all; the stratum, if any.
type listSlice struct{ window, stratum string }

func listSliceOf(in slice) listSlice {
	s := listSlice{window: in.window}
	if in.stratum != nil {
		s.stratum = "of " + *in.stratum
	}
	return s
}

// listNeeds are the tables of a number of lists, over all and the windows, and over
// the strata.
func listNeeds(spec *audit.Spec, a detect.Attribute, n listNumber) []table.Need {
	var last []table.Dim
	if spec.HasSubject {
		last = append(last, table.Subject)
	}
	value, ok := n.of(a)
	if !ok {
		return nil
	}
	by := func(d ...table.Dim) table.Need { return table.Need{Dims: slices.Concat(d, last), Value: value} }
	out := []table.Need{by()}
	if windowed(spec) {
		out[0] = by(table.Window)
	}
	if l := slateStrata(spec); len(l.dims) > 0 {
		out = append(out, by(l.dims...))
	}
	return out
}

// readLists sums the tables that listNeeds asks for by slice and shard.
func readLists(spec *audit.Spec, tables []*table.Values) map[listSlice]*listMean {
	out := map[listSlice]*listMean{}
	for i, v := range tables {
		c := v.Counts()
		window, windows := slices.Index(c.Dims(), table.Window), v.Categories(table.Window)
		subject, shards := slices.Index(c.Dims(), table.Subject), max(1, len(v.Categories(table.Subject)))
		var find stratumFinder
		if i > 0 {
			find = stratumOf(slateStrata(spec), c)
		}
		v.Each(func(codes []int, d *table.Distribution) {
			to := []listSlice{{window: detect.GateWindow}}
			switch {
			case i > 0:
				to[0].stratum = "of " + find.names[find.of(codes)]
			case window >= 0:
				to = append(to, listSlice{window: windows[codes[window]].Name})
			}
			shard := 0
			if subject >= 0 {
				shard = codes[subject]
			}
			for _, s := range to {
				if out[s] == nil {
					out[s] = &listMean{shards: make([]stat.Sums, shards)}
				}
				out[s].add(shard, d)
			}
		})
	}
	return out
}

func (m *listMean) add(shard int, d *table.Distribution) {
	m.shards[shard].N += float64(d.N)
	m.shards[shard].X += d.Sum
	m.shards[shard].XX += d.SumSquares
	m.lists += d.N
	m.without += d.Missing.N
}

// less is the mean of the differences of two numbers of the same lists. What is
// rounding is none.
func (m *listMean) less(o *listMean) *listMean {
	out := &listMean{shards: slices.Clone(m.shards), lists: m.lists, without: m.without}
	for i := range out.shards {
		s := &out.shards[i]
		if s.X -= o.shards[i].X; math.Abs(s.X) < 1e-12*s.N {
			s.X = 0
		}
	}
	return out
}

// listLevel emits the mean of a number over the lists of a slice. tested says that
// it is 0 by chance.
func (e *emitter) listLevel(s shown, in slice, metric string, of *listMean, tested bool, parameters map[string]string) {
	m := audit.Measurement{GroupKind: audit.KindOverall, Parameters: parameters}
	e.fillListLevel(s, &m, of, tested)
	if m.Note == "" && of != nil && of.without > 0 {
		m.Note = fmt.Sprintf("%s lists have no such number, as they show nothing of a known group, or of one group alone, and are left out", whole(of.without))
	}
	e.add(s.section, in, metric, e.metrics[metric].Convention, m)
}

func (e *emitter) fillListLevel(s shown, m *audit.Measurement, of *listMean, tested bool) {
	if of == nil || of.lists == 0 {
		m.Note = "undefined: no list has it"
		return
	}
	m.N = of.lists
	var all stat.Sums
	for _, g := range of.shards {
		all.N, all.X = all.N+g.N, all.X+g.X
		if g.N > 0 {
			m.Shards++
		}
	}
	v := all.X / all.N
	m.Value = &v
	if !s.clustered {
		m.Shards, m.Note = 0, "no interval: nothing says which lists are of one person"
		return
	}
	c, err := stat.ClusteredMean(of.shards)
	if err != nil {
		m.Note = "no interval: " + err.Error()
		return
	}
	m.Interval, m.Note = e.in.interval(c.Interval(e.in.alpha))
	if !tested {
		return
	}
	if t, err := c.TTest(0, stat.TwoSided); err == nil {
		m.Test, m.P = t.Method, &t.P
	}
}

// listMetrics are those of ranking that are about whole lists.
func listMetrics() []detect.Metric {
	const (
		source = "Geyik, Ambler and Kenthapadi 2019. Interval: jackknife over lists"
		target = "; the target is what the list itself offered, or showed, where that is not known; means over lists"
	)
	return []detect.Metric{
		{Name: "ndkl", Title: "NDKL", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true, Range: detect.Range{Low: "0"},
			Doc:        "How far the groups among the first places of a list, at every length, are from what was offered. It is never 0 by chance: read it beside its chance level.",
			Convention: "sum over prefixes i of KL(prefix || offered) / log2(i + 1), over the sum of 1 / log2(i + 1); natural log" + target,
			Source:     source},
		{Name: "ndkl_chance", Title: "NDKL by chance", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true, Range: detect.Range{Low: "0"},
			Doc:        "What NDKL is on average when what was offered is put in a random order.",
			Convention: "exact mean over all orders of each list's offers, as many places as it shows; means over lists of at most 1,024 offers",
			Source:     "hypergeometric distribution of the groups of a prefix"},
		{Name: "ndkl_excess", Title: "NDKL beyond chance", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true,
			Doc:        "NDKL less its chance level: above 0 lists keep groups together, below 0 they mix them more evenly than chance. It cannot see who is first: where every group has one item it is always 0.",
			Convention: "NDKL − mean of NDKL over all orders; means over lists",
			Source:     "Interval and test: jackknife over lists, Student's t"},
		{Name: "infeasible_index", Title: "Infeasible index", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true, Range: detect.Range{Low: "0"},
			Doc:        "How many lengths of a list have less of some group than its share of what was offered asks for, rounded down.",
			Convention: "prefixes k with a group of fewer than floor(offered share x k) items" + target,
			Source:     source},
		{Name: "infeasible_count", Title: "Infeasible count", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true, Range: detect.Range{Low: "0"},
			Doc:        "The same, counting each group that has less.",
			Convention: "pairs of a prefix k and a group of fewer than floor(offered share x k) items" + target,
			Source:     source},
	}
}

func rankingLists() []listNumber {
	return []listNumber{{name: table.ListNDKL}, {name: table.ListNDKLChance}, {name: table.ListInfeasible}, {name: table.ListInfeasibleCount}}
}

// lists emits the numbers of whole lists.
func (r ranking) lists(e *emitter, s shown) {
	if len(s.lists) == 0 {
		return
	}
	ndkl, chance := s.lists[0], s.lists[1]
	for _, metric := range listMetrics() {
		for _, by := range s.by {
			at := listSliceOf(by.in)
			switch metric.Name {
			case "ndkl":
				e.listLevel(s, by.in, metric.Name, ndkl[at], false, nil)
			case "ndkl_chance":
				e.listLevel(s, by.in, metric.Name, chance[at], false, nil)
			case "ndkl_excess":
				var beyond *listMean // where a list is too long to know its chance level, none
				if a, b := ndkl[at], chance[at]; a != nil && b != nil && a.lists == b.lists {
					beyond = a.less(b)
				}
				e.listLevel(s, by.in, metric.Name, beyond, true, nil)
			case "infeasible_index":
				e.listLevel(s, by.in, metric.Name, s.lists[2][at], false, nil)
			default:
				e.listLevel(s, by.in, metric.Name, s.lists[3][at], false, nil)
			}
		}
	}
}
