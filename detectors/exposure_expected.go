package detectors

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// expected emits the expected exposure of groups against that of their relevance.
func (x exposure) expected(e *emitter, s shown, all, relevant shelves) {
	var lists float64
	if len(s.lists) > 0 {
		if of := s.lists[0][listSliceOf(all.in)]; of != nil {
			lists = float64(of.lists)
		}
	}
	weights := 0.0
	for _, g := range all.groups {
		_, sum := x.sums(all, g)
		weights += sum.X
	}
	var exposed, counts []float64
	sum := 0.0
	for _, g := range relevant.groups {
		if g.kind == audit.KindValue {
			_, of := x.sums(relevant, g)
			exposed, counts = append(exposed, of.X/lists), append(counts, of.N)
			sum += of.N
		}
	}
	var disparity, relevance, target float64
	for i := range exposed {
		t := weights / lists * counts[i] / sum
		disparity += float64(exposed[i] * exposed[i])
		relevance += float64(exposed[i] * t)
		target += float64(t * t)
	}
	for _, n := range []struct {
		metric string
		value  float64
	}{
		{"expected_exposure_loss", max(0, disparity-float64(2*relevance)+target)},
		{"expected_exposure_disparity", disparity}, {"expected_exposure_relevance", relevance},
	} {
		m := audit.Measurement{GroupKind: audit.KindOverall, N: int64(lists), Note: "undefined: no relevant item of a known group"}
		if sum > 0 && lists > 0 {
			m.Value, m.Note = &n.value, ""
		}
		x.add(e, s, all.in, n.metric, m)
	}
}

// inequity emits how far attention is from relevance over all lists.
func (x exposure) inequity(e *emitter, s shown) {
	attention, merit, ok := x.amortized(s.attribute.Dims()...)
	if !ok {
		e.note("exposure: amortized inequity needs weights that are known before the log is read; give weights in place of clicked")
		return
	}
	in := s.by[0].in
	emit := func(metric string, a, r *table.Values) {
		sum, lists, note := amortizedGap(a, r)
		m := audit.Measurement{GroupKind: audit.KindOverall, N: int64(math.Round(lists)), Note: note}
		if lists > 0 {
			m.Value = &sum
		} else {
			m.Note = "undefined: no list shows something and has a relevant item"
		}
		x.add(e, s, in, metric, m)
	}
	emit("amortized_inequity", s.tables.Values(attention), s.tables.Values(merit))
	if item := e.spec.Slate.Item; item != "" {
		attention, merit, _ = x.amortized(table.Distinct(item))
		emit("amortized_inequity_items", s.tables.Values(attention), s.tables.Values(merit))
	}
}

// amortizedGap is the sum of distances of two tables of the same rows, per list. Shares
// of a list add up to 1, so that their sum is the number of lists.
func amortizedGap(a, r *table.Values) (gap, lists float64, note string) {
	sums := func(v *table.Values) map[string]float64 {
		out := map[string]float64{}
		v.Each(func(codes []int, d *table.Distribution) {
			var names []string
			for i, dim := range v.Dims() {
				c := v.Categories(dim)[codes[i]]
				if _, item := table.DistinctColumn(dim); c.Missing || item && !kept(v, dim, codes[i]) {
					return
				}
				names = append(names, c.Name)
			}
			out[strings.Join(names, "\x00")] += d.Sum
		})
		return out
	}
	attention, merit := sums(a), sums(r)
	names := map[string]bool{}
	for name, x := range merit {
		names[name], lists = true, lists+x
	}
	for name := range attention {
		names[name] = true
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	slices.Sort(sorted)
	lists = 0
	for _, name := range sorted {
		gap += math.Abs(attention[name] - merit[name])
		lists += merit[name]
	}
	for _, dim := range a.Dims() {
		if sampled, _ := table.KeptOf(a.Categories(dim)); sampled {
			note = fmt.Sprintf("of one item in %d, chosen by a hash: there are too many to tell apart", table.Kept)
		}
	}
	return gap / lists, lists, note
}

// kept says that a category of a Distinct dimension stands for itself.
func kept(v *table.Values, dim table.Dim, code int) bool {
	_, rest := table.KeptOf(v.Categories(dim))
	return code != rest
}

// tell says which group's exposure is least for its relevance.
func (x exposure) tell(e *emitter, s shown) (audit.Finding, bool) {
	at, n := -1, 0
	for i := range e.out {
		m := &e.out[i]
		if m.Metric != "disparate_treatment_ratio" || m.Attribute != s.attribute.Name || m.Window != audit.AllWindows || m.GroupKind != audit.KindValue || m.Value == nil || m.P == nil {
			continue
		}
		if n++; at < 0 || math.Abs(math.Log(*m.Value)) > math.Abs(math.Log(*e.out[at].Value)) {
			at = i
		}
	}
	if at < 0 || *e.out[at].P*float64(n) >= e.in.alpha {
		return audit.Finding{}, false
	}
	m := &e.out[at]
	low, high, ratio := *m.Group, *m.Reference, *m.Value
	if ratio > 1 {
		low, high, ratio = high, low, 1/ratio
	}
	name := func(g string) string { return spoken(s.attribute, group{name: g}) }
	return audit.Finding{ID: "exposure-treatment-" + s.attribute.Name, Detector: "exposure", Severity: audit.Info, Measurements: []int{at},
		Title:  fmt.Sprintf("For the same relevance, %s gets %.0f %% of the exposure of %s.", name(low), 100*ratio, name(high)),
		Detail: fmt.Sprintf("Disparate treatment ratio, the weight of a place %s; relevant is where %s. p %s (jackknife over lists).", x.weight.formula(), x.params.Relevance, smallP(min(1, *m.P*float64(n))))}, true
}
