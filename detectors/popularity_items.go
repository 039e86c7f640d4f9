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

// counted says, as a condition, which slots are shown at a place that counts; "" for all.
func (p popularity) counted() string {
	s := p.spec.Slate
	if s.Rank == "" || !s.Offered && p.K == 0 {
		return ""
	}
	text := fmt.Sprintf("row[%q] >= %d", s.Rank, s.First)
	if p.K > 0 {
		text += fmt.Sprintf(" && row[%q] < %d", s.Rank, s.First+int64(p.K))
	}
	return text
}

// needs are the tables of items and of providers.
func (p popularity) needs() (out []table.Need) {
	for _, column := range []string{p.spec.Slate.Item, p.Provider} {
		if column != "" {
			out = append(out, p.placesOf(column))
		}
	}
	return out
}

// placesOf counts places by who has them, and window.
func (p popularity) placesOf(column string) table.Need {
	dims := []table.Dim{table.Distinct(column)}
	if text := p.counted(); text != "" {
		dims = append(dims, table.When(text))
	}
	if windowed(p.spec) {
		dims = append(dims, table.Window)
	}
	return table.Need{Dims: dims}
}

// holders are the places of items, or providers, in one slice.
type holders struct {
	in      slice
	rising  []int64 // those that are shown
	never   int64   // that are known and never shown
	sampled bool    // one in table.Kept was looked at
	missing int64   // places of nobody
}

// known is how many there are.
func (p holders) known() int64 { return int64(len(p.rising)) + p.never }

func (p holders) all() (n int64) {
	for _, x := range p.rising {
		n += x
	}
	return n
}

// readPlaces counts over everything, and by window. Whoever is met anywhere is known
// everywhere.
func readPlaces(c *table.Counts, catalogue int64) []holders {
	var who, when, window = 0, -1, slices.Index(c.Dims(), table.Window)
	for i, d := range c.Dims() {
		if _, ok := table.WhenExpression(d); ok {
			when = i
		}
	}
	cats := c.Categories(c.Dims()[who])
	windows := c.Categories(table.Window)
	sampled, rest := table.KeptOf(cats)
	counts, out := make([][]int64, len(windows)+1), make([]holders, len(windows)+1)
	for i := range counts {
		counts[i] = make([]int64, len(cats))
		if out[i].in = (slice{window: detect.GateWindow, gate: true}); i > 0 {
			out[i].in = slice{window: windows[i-1].Name}
		}
	}
	met := make([]bool, len(cats))
	c.Each(func(codes []int, cell table.Cell) {
		in := []int{0}
		if window >= 0 {
			in = append(in, codes[window]+1)
		}
		shown := when < 0 || c.Categories(c.Dims()[when])[codes[when]].Name == table.Holds
		switch at := codes[who]; {
		case at == rest:
		case cats[at].Missing:
			if shown {
				for _, i := range in {
					out[i].missing += cell.N
				}
			}
		default:
			met[at] = true
			if shown {
				for _, i := range in {
					counts[i][at] += cell.N
				}
			}
		}
	})
	known := int64(0)
	for _, ok := range met {
		if ok {
			known++
		}
	}
	if sampled {
		catalogue /= table.Kept
	}
	known = max(known, catalogue)
	for i := range out {
		out[i].sampled = sampled
		for _, n := range counts[i] {
			if n > 0 {
				out[i].rising = append(out[i].rising, n)
			}
		}
		slices.Sort(out[i].rising)
		out[i].never = known - int64(len(out[i].rising))
	}
	return out
}

// items emits how places are dealt to items and providers, and says it in words.
func (p popularity) items(e *emitter, tables detect.Tables) (found []audit.Finding) {
	everybody := section{}
	emit := func(in holders, metric string, v float64, n int64) {
		m := audit.Measurement{GroupKind: audit.KindOverall, N: n, Parameters: withK(p.K)}
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			m.Note = "undefined: nothing is shown, or there is but one"
		case in.sampled:
			m.Value, m.Note = &v, fmt.Sprintf("of one in %d, chosen by a hash: there are too many to tell apart", table.Kept)
		default:
			m.Value = &v
		}
		if m.Note == "" && in.missing > 0 {
			m.Note = whole(in.missing) + " places name none and are left out"
		}
		e.add(everybody, in.in, metric, e.metrics[metric].Convention, m)
	}
	if p.spec.Slate.Item != "" {
		by := readPlaces(tables.Counts(p.placesOf(p.spec.Slate.Item)), int64(p.Catalogue))
		from := len(e.out)
		for _, metric := range []string{"item_coverage", "item_gini", "item_gini_corrected", "item_gini_equality", "item_entropy"} {
			for _, in := range by {
				emit(in, metric, in.number(metric), in.known())
			}
		}
		found = append(found, p.tellItems(by[0], from+len(by)))
	}
	if p.Provider != "" {
		by := readPlaces(tables.Counts(p.placesOf(p.Provider)), 0)
		for _, metric := range []string{"provider_gini", "provider_concentration", "largest_provider_share"} {
			for _, in := range by {
				emit(in, metric, in.number(metric), in.known())
			}
		}
	}
	return slices.DeleteFunc(found, func(f audit.Finding) bool { return f.Title == "" })
}

// number is a number of how places are dealt.
func (p holders) number(metric string) float64 {
	n, all := float64(p.known()), float64(p.all())
	gini := stat.Gini(p.rising, p.never)
	switch metric {
	case "item_coverage":
		return float64(len(p.rising)) / n
	case "item_gini", "provider_gini":
		return gini
	case "item_gini_corrected":
		return gini * n / (n - 1)
	case "item_gini_equality":
		return 1 - gini*n/(n-1)
	case "item_entropy":
		return stat.MixEntropy(p.rising)
	case "provider_concentration":
		sum := 0.0
		for _, x := range p.rising {
			sum += float64(float64(x) / all * (float64(x) / all))
		}
		return sum
	}
	if len(p.rising) == 0 {
		return math.NaN()
	}
	return float64(p.rising[len(p.rising)-1]) / all
}

// tellItems says how few items have half of the places.
func (p popularity) tellItems(in holders, at int) audit.Finding {
	all, known := in.all(), in.known()
	if all == 0 || known < 2 || in.sampled {
		return audit.Finding{}
	}
	half, most := int64(0), int64(0)
	for i := len(in.rising) - 1; 2*half < all; i-- {
		half += in.rising[i]
		most++
	}
	never := "Every item is shown at least once."
	if in.never > 0 {
		never = fmt.Sprintf("%s of the items are never shown.", whole(in.never))
	}
	return audit.Finding{ID: "popularity-items", Detector: "popularity", Severity: audit.Info, Measurements: []int{at},
		Title: fmt.Sprintf("%s of %s items get half of all places.", whole(most), whole(known)),
		Detail: fmt.Sprintf("These have %s of %s places. %s Gini index %.3f (n as divisor; %.3f with n − 1), where 0 is all alike.",
			whole(half), whole(all), never, in.number("item_gini"), in.number("item_gini_corrected"))}
}
