package detectors

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// protectedMetrics are those of ranking that are about a protected group in each list.
func protectedMetrics() []detect.Metric {
	const source = "Yang and Stoyanovich 2017. Interval: jackknife over lists"
	ranked := func(name, title, what string) detect.Metric {
		return detect.Metric{Name: name, Title: title, Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true, Range: detect.Range{Low: "0"},
			Doc:        "How far the protected group's " + what + " among the first places, at every length, is from that in the whole list: 0 is as in the whole, 1 as where the group comes first or last, whichever is further.",
			Convention: "sum over lengths i = step, 2 step, … of the distance / log2 i, over the larger of that of the list with the group first and with it last; mean over lists that have both and are as long as a step",
			Source:     source}
	}
	return []detect.Metric{
		{Name: "fair_list_rate", Title: "Lists that pass FA*IR", Null: detect.NullNone, Scale: detect.ScaleRate, Version: 1, Shown: true,
			Doc:        "Share of lists in which every length has as many of the protected group as chance would leave it. Of lists drawn at random about the significance would fail.",
			Convention: "lists of which every prefix of the first k places has at least m items of the group / lists; m the quantile of the binomial distribution at an adjusted level",
			Source:     "Zehlike et al. 2017 (FA*IR), adjusted as in fairsearch. Interval: jackknife over lists"},
		ranked("rnd", "rND", "share"),
		ranked("rkl", "rKL", "share, by Kullback-Leibler divergence,"),
		ranked("rrd", "rRD", "ratio to all others (for a minority)"),
	}
}

// protectedLists are the numbers of lists beside those of rankingLists.
func (r ranking) protectedLists() []listNumber {
	if len(r.params.Protected) == 0 {
		return nil
	}
	share, alpha := cmp.Or(r.params.Share, "0"), strconv.FormatFloat(r.params.Significance, 'g', -1, 64)
	out := []listNumber{{name: table.Further(table.ListFair, share, alpha), last: r.k, values: r.params.Protected}}
	for _, measure := range []string{stat.RankedDifference, stat.RankedDivergence, stat.RankedRatio} {
		out = append(out, listNumber{name: table.Further(table.ListRanked, measure, strconv.Itoa(r.params.Step)), values: r.params.Protected})
	}
	return out
}

// protected emits the numbers of the attribute that has the protected values.
func (r ranking) protected(e *emitter, s shown) []audit.Finding {
	from := len(rankingLists())
	if len(s.lists) <= from || len(s.attribute.Parts) > 1 {
		return nil
	}
	has := func(g shelf) bool { return slices.Contains(r.params.Protected, g.name) }
	if !slices.ContainsFunc(s.by[0].groups, has) {
		return nil
	}
	var found []audit.Finding
	who := strings.Join(r.params.Protected, ", ")
	for i, metric := range protectedMetrics() {
		parameters := map[string]string{"protected": who, "step": strconv.Itoa(r.params.Step)}
		if metric.Name == "fair_list_rate" {
			parameters = map[string]string{"protected": who, "k": strconv.Itoa(r.k), "share": cmp.Or(r.params.Share, "as offered"), "alpha": number(r.params.Significance)}
		}
		for _, by := range s.by {
			e.listLevel(s, by.in, metric.Name, s.lists[from+i][listSliceOf(by.in)], false, parameters)
			if m := e.out[len(e.out)-1]; metric.Name == "fair_list_rate" && by.in.gate && m.Interval != nil && *m.Interval.High < 1-r.params.Significance {
				found = append(found, audit.Finding{ID: "ranking-fair-" + s.attribute.Name, Detector: "ranking", Severity: audit.Info, Measurements: []int{len(e.out) - 1},
					Title: fmt.Sprintf("%.1f %% of lists have too few of %s among their first places.", 100*(1-*m.Value), who),
					Detail: fmt.Sprintf("FA*IR, every length of the first %d places of %s lists, least share %s: of lists drawn at random about %.0f %% would have too few.",
						r.k, whole(m.N), parameters["share"], 100*r.params.Significance)})
			}
		}
	}
	return found
}
