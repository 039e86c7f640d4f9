package detectors

import (
	"errors"
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

func (d variants) numberNeed(a detect.Attribute) table.Need {
	return table.Need{Dims: append([]table.Dim{table.Distinct(d.by)}, a.Dims()...), Value: table.Number(d.number), InScope: true}
}

// answersTo is the numbers that were given to one case, by variant.
type answersTo struct {
	sum  []float64
	runs []int64
}

// answers collects the numbers of cases that every variant answered, in the order of
// variants; of several runs their mean. left rows are in no case.
func (d variants) answers(e *emitter, a detect.Attribute, v *table.Values) (names []string, all [][]float64) {
	grouping, ids := a.Group(v.Counts()), v.Categories(table.Distinct(d.by))
	sampled, rest := table.KeptOf(ids)
	if sampled && d.when == "" { // else it is said of the outcome
		e.note(fmt.Sprintf("column %s has more than %s values: one in %d of its cases, chosen by a hash, is compared", d.by, whole(table.MaxTold), table.Kept))
	}
	at, given, left := map[int]int{}, []answersTo(nil), int64(0)
	v.Each(func(codes []int, x *table.Distribution) {
		group := grouping.Of(codes)
		switch {
		case codes[0] == rest:
			return
		case ids[codes[0]].Missing || group < 0:
			left += x.All().N
			return
		}
		if left += x.All().N - x.N; x.N == 0 {
			return
		}
		i, ok := at[codes[0]]
		if !ok {
			i = len(given)
			at[codes[0]] = i
			given = append(given, answersTo{make([]float64, len(grouping.Names)), make([]int64, len(grouping.Names))})
		}
		given[i].sum[group] += x.Sum
		given[i].runs[group] += x.N
	})
	if left > 0 {
		e.note(fmt.Sprintf("%s rows have no %s, no %s or no finite number, and are in no order", whole(left), d.by, a.Name))
	}
	for _, x := range given {
		if slices.Contains(x.runs, 0) {
			continue
		}
		for g := range x.sum {
			x.sum[g] /= float64(x.runs[g])
		}
		all = append(all, x.sum)
	}
	return grouping.Names, all
}

// ranks emits Friedman's test of three and more variants, and what it goes by.
func (d variants) ranks(e *emitter, a detect.Attribute, v *table.Values) {
	names, all := d.answers(e, a, v)
	if len(names) < 3 {
		e.note("paired: number is for three and more variants; " + a.Name + " has fewer")
		return
	}
	s, in := section{attribute: a}, slice{window: detect.GateWindow}
	r, err := stat.Friedman(all)
	add := func(metric string, value float64, m audit.Measurement) {
		m.N = int64(len(all))
		if errors.Is(err, stat.ErrNoDiscordant) && metric != "mean_rank" {
			m.Note = "undefined: the answers to every case are all alike"
		} else if errors.Is(err, stat.ErrNoCases) {
			m.Note = "undefined: " + err.Error()
		} else {
			m.Value = &value
		}
		e.add(s, in, metric, e.metrics[metric].Convention, m)
	}
	for g, name := range names {
		rank := 0.0
		if len(all) > 0 {
			rank = r.MeanRank[g]
		}
		add("mean_rank", rank, audit.Measurement{Group: &name, GroupKind: audit.KindValue})
	}
	m := audit.Measurement{GroupKind: audit.KindOverall}
	switch {
	case err != nil:
	case r.Differ < 10:
		m.Note = "no p: fewer than 10 cases differ"
	case d.clustered:
		m.Note = "no p: cases of one subject are not independent"
	default:
		m.P, m.Test = &r.P, r.Method
	}
	if err == nil {
		m.Parameters = map[string]string{"df": fmt.Sprint(r.DF), "variants": fmt.Sprint(len(names))}
	}
	add("friedman", r.Statistic, m)
	add("kendall_w", r.W, audit.Measurement{GroupKind: audit.KindOverall})
}
