package reports

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// changeDetector has a section of its own.
const changeDetector = "change"

// Bounds of the section.
const (
	changePictures = 6
	changeItems    = 12 // bars of parts in one picture
)

// changeView is the section on why gaps moved.
type changeView struct {
	Intro   string
	Figures []changeFigure
	Note    string
	Numbers *grid
}

// changeFigure is a gap that moved, and what moved it.
type changeFigure struct {
	Title, Sub string
	Picture    *dotsView
	Table      *grid
}

// gapMove is one gap in two periods.
type gapMove struct {
	whole, rate, mix *audit.Measurement
	s                *sheet
	items            []changeItem
	from, to         float64 // the gap; NaN where the table does not have all strata
}

// changeItem is the rate part or the mix part of a stratum.
type changeItem struct {
	stratum   string
	mix       bool
	value     float64
	low, high *float64
	state     string
}

// change makes the section, or nothing where no gap was taken apart.
func (k *maker) change() *changeView {
	moves := k.gapMoves()
	if len(moves) == 0 {
		return nil
	}
	v := &changeView{Intro: "A gap between groups moves because decisions change inside strata (rates), or because other people come (mix): the share of a stratum grows or shrinks in one group and not in the other. The parts add up exactly to the change. They describe, they do not explain: a mix that moved may be the doing of whoever selects whom to look at.",
		Numbers: k.changeNumbers(moves)}
	drawn := slices.Clone(moves)
	slices.SortStableFunc(drawn, func(a, b *gapMove) int {
		switch x, y := a.rank(), b.rank(); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	left := 0
	for _, m := range drawn {
		switch f := k.changeFigure(m); {
		case f == nil:
		case len(v.Figures) == changePictures:
			left++
		default:
			v.Figures = append(v.Figures, *f)
		}
	}
	if left > 0 {
		v.Note = fmt.Sprintf("The %d gaps that moved most are drawn, those beyond their interval first; the table has all.", changePictures)
	}
	return v
}

// rank puts a change that is more than chance before others, then the largest.
func (m *gapMove) rank() float64 {
	if m.whole.Value == nil {
		return -1
	}
	if i := m.whole.Interval; i != nil && i.Low != nil && i.High != nil && (*i.Low > 0 || *i.High < 0) {
		return 10 + math.Abs(*m.whole.Value)
	}
	return math.Abs(*m.whole.Value)
}

// gapMoves reads the changes of a result, with the tables behind them.
func (k *maker) gapMoves() []*gapMove {
	var out []*gapMove
	for i := range k.r.Measurements {
		m := &k.r.Measurements[i]
		if m.Detector != changeDetector {
			continue
		}
		k.x.shown[i] = true
		if m.Metric == "gap_change" && m.Group != nil && m.Reference != nil {
			x := &gapMove{whole: m, from: math.NaN(), to: math.NaN()}
			x.s = k.sheetOf(changeDetector, "strata", strings.Join([]string{changeDetector, m.Attribute, *m.Group, *m.Reference, m.Parameters["strata"]}, "/"),
				"stratum", "state", "n_from", "rate_from", "n_to", "rate_to", "reference_n_from", "reference_rate_from", "reference_n_to", "reference_rate_to", "rate_part", "mix_part")
			x.read()
			out = append(out, x)
			continue
		}
		if n := len(out); n > 0 && m.Group != nil && *m.Group == *out[n-1].whole.Group { // parts follow their whole
			switch m.Metric {
			case "gap_change_rate_part":
				out[n-1].rate = m
			case "gap_change_mix_part":
				out[n-1].mix = m
			}
		}
	}
	return out
}

// read takes the items and the two gaps from the table of strata.
func (m *gapMove) read() {
	if m.s == nil || m.whole.Value == nil {
		return
	}
	var sums, rows [4]float64
	for _, row := range m.s.table.Rows {
		for i, side := range []string{"", "reference_"} {
			for p, when := range []string{"from", "to"} {
				n, _ := m.s.number(row, side+"n_"+when)
				rate, _ := m.s.number(row, side+"rate_"+when)
				sums[2*i+p], rows[2*i+p] = sums[2*i+p]+float64(n*rate), rows[2*i+p]+n
			}
		}
		for _, part := range []string{"rate_part", "mix_part"} {
			if value, ok := m.s.number(row, part); ok {
				m.items = append(m.items, changeItem{stratum: valueName(m.s.text(row, "stratum")), mix: part == "mix_part", value: value,
					low: m.s.maybe(row, part+"_low"), high: m.s.maybe(row, part+"_high"), state: m.s.text(row, "state")})
			}
		}
	}
	if from, to := sums[0]/rows[0]-sums[2]/rows[2], sums[1]/rows[1]-sums[3]/rows[3]; math.Abs(to-from-*m.whole.Value) < 1e-9 {
		m.from, m.to = from, to
	}
}

func (i changeItem) name() string {
	if i.mix {
		return i.stratum + ": mix"
	}
	return i.stratum + ": rates"
}

// largest is the item that moved the gap most.
func (m *gapMove) largest() *changeItem {
	var out *changeItem
	for i := range m.items {
		if out == nil || math.Abs(m.items[i].value) > math.Abs(out.value) {
			out = &m.items[i]
		}
	}
	return out
}

// hundredths writes a difference of rates in points, as the finding does.
func hundredths(x float64) string { return signedFixed(100*x, 2) }

func (m *gapMove) period(which string) string { return windowName(clean(m.whole.Parameters[which])) }

// pair names the groups of a gap.
func (m *gapMove) pair() string {
	ref := clean(*m.whole.Reference)
	if ref == restGroup {
		ref = "everybody else"
	}
	return valueName(clean(*m.whole.Group)) + " to " + valueName(ref)
}

// changeFigure draws the steps from the gap of one period to that of the other.
func (k *maker) changeFigure(m *gapMove) *changeFigure {
	largest := m.largest()
	if largest == nil || math.IsNaN(m.from) {
		return nil
	}
	f := &changeFigure{
		Title: fmt.Sprintf("The gap of %s was %s points in %s and is %s in %s (%s); the %s of %s moved it most, %s", m.pair(), hundredths(m.from), m.period("from"), hundredths(m.to),
			m.period("to"), hundredths(*m.whole.Value), map[bool]string{false: "rates", true: "mix"}[largest.mix], largest.stratum, hundredths(largest.value)),
		Sub: fmt.Sprintf("In points, by %s. Gray: the gap in %s, at the top, and in %s. Between them what moved it, each bar from where the one above it ended: first other rates inside a stratum, then another share of a stratum (mix). Orange bars pull against the change. The thin lines are the intervals of the parts, each by itself.",
			k.strataName(m.whole.Parameters["strata"]), m.period("from"), m.period("to")),
	}
	f.Picture = k.changeBars(m)
	f.Table = k.changeTable(m)
	return f
}

// changeBars are the bars of a picture.
func (k *maker) changeBars(m *gapMove) *dotsView {
	v := &dotsView{Class: "features"}
	low, high := math.Min(0, math.Min(m.from, m.to)), math.Max(0, math.Max(m.from, m.to))
	var steps []svg.Step
	add := func(name string, from, to float64, class string, item *changeItem) {
		amount := hundredths(to - from)
		s := svg.Step{From: from, To: to, Class: class, Tip: name + ": " + amount + " points"}
		if item != nil && item.low != nil && item.high != nil {
			a, b := from+*item.low, from+*item.high
			s.Low, s.High = &a, &b
			s.Tip += ", interval " + hundredths(*item.low) + " to " + hundredths(*item.high)
			low, high = math.Min(low, a), math.Max(high, b)
		}
		low, high = math.Min(low, math.Min(from, to)), math.Max(high, math.Max(from, to))
		steps = append(steps, s)
		v.Rows = append(v.Rows, dotsRow{Name: name, Value: amount})
	}
	add("Gap in "+m.period("from"), 0, m.from, "whole", nil)
	at := m.from
	class := func(x float64) string {
		if x**m.whole.Value < 0 {
			return "against"
		}
		return ""
	}
	shown, rest := m.ordered()
	for i := range shown {
		x := &shown[i]
		add(x.name(), at, at+x.value, class(x.value), x)
		at += x.value
	}
	if rest.n > 0 {
		add(fmt.Sprintf("%d smaller parts", rest.n), at, at+rest.sum, class(rest.sum), nil)
	}
	add("Gap in "+m.period("to"), 0, m.to, "whole", nil)
	v.N = len(steps)
	v.SVG = template.HTML(svg.Waterfall{ // every text in it was escaped by package svg
		ID: k.id(), Class: "features", Title: "Why the gap of " + m.pair() + " moved", Desc: "A bar for the gap before, for each part of its change, and for the gap after; the numbers are in the table below.",
		Scale: svg.Linear(low, high, 4), Format: func(x float64) string { return signed(100 * x) }, Steps: steps, Joined: true,
	}.String())
	return v
}

// smaller are the parts that have no bar of their own.
type smaller struct {
	n   int
	sum float64
}

// ordered are the items that are drawn, rates before mix, and what the others come to.
func (m *gapMove) ordered() (shown []changeItem, rest smaller) {
	sizes := make([]float64, 0, len(m.items))
	for _, x := range m.items {
		sizes = append(sizes, math.Abs(x.value))
	}
	slices.Sort(sizes)
	least := 0.0
	if n := len(sizes); n > changeItems {
		least = sizes[n-changeItems]
	}
	for _, mix := range []bool{false, true} {
		for _, x := range m.items {
			switch {
			case x.mix != mix:
			case math.Abs(x.value) >= least && len(shown) < changeItems:
				shown = append(shown, x)
			default:
				rest.n, rest.sum = rest.n+1, rest.sum+x.value
			}
		}
	}
	return shown, rest
}

// changeTable has the strata of one gap.
func (k *maker) changeTable(m *gapMove) *grid {
	k.sheetTable(m.s.table) // it stands here
	g := &grid{Caption: "Numbers: " + m.pair() + ", by " + k.strataName(m.whole.Parameters["strata"]), Folded: true, Screen: true, Where: "result.json",
		Head: []headCell{label("Stratum"), numeric("Rate of the group"), numeric("Rate of the reference"), numeric("Share of the group"), numeric("Share of the reference"), numeric("Rates"), numeric("Mix"), label("Note")},
		Note: "Rates and shares from " + m.period("from") + " to " + m.period("to") + "; rates and mix in points, the last line adds them up."}
	total := [4]float64{}
	names := [4]string{"n_from", "n_to", "reference_n_from", "reference_n_to"}
	for _, row := range m.s.table.Rows {
		for i, name := range names {
			n, _ := m.s.number(row, name)
			total[i] += n
		}
	}
	two := func(a, b *float64) cell {
		text := func(x *float64) string {
			if x == nil {
				return "–"
			}
			return percent(*x)
		}
		return cell{Text: text(a) + " → " + text(b), Num: true}
	}
	share := func(row []any, i int) *float64 {
		n, ok := m.s.number(row, names[i])
		if !ok || total[i] == 0 {
			return nil
		}
		n /= total[i]
		return &n
	}
	part := func(row []any, name string) cell {
		x := m.s.maybe(row, name)
		if x == nil {
			return none()
		}
		c := cell{Text: hundredths(*x), Exact: exact(x), Num: true}
		if low, high := m.s.maybe(row, name+"_low"), m.s.maybe(row, name+"_high"); low != nil && high != nil {
			c.Sub = hundredths(*low) + " to " + hundredths(*high)
		}
		return c
	}
	for _, row := range m.s.table.Rows {
		note := m.s.text(row, "state")
		if note == "both periods" {
			note = ""
		}
		g.Rows = append(g.Rows, []cell{heading(valueName(m.s.text(row, "stratum"))), two(m.s.maybe(row, "rate_from"), m.s.maybe(row, "rate_to")),
			two(m.s.maybe(row, "reference_rate_from"), m.s.maybe(row, "reference_rate_to")), two(share(row, 0), share(row, 1)), two(share(row, 2), share(row, 3)),
			part(row, "rate_part"), part(row, "mix_part"), text(note)})
	}
	g.Rows = append(g.Rows, []cell{heading("All strata"), none(), none(), none(), none(), movedCell(m.rate), movedCell(m.mix), none()})
	return g.drop("Note")
}

// movedCell is a change in points, with its interval.
func movedCell(m *audit.Measurement) cell {
	switch {
	case m == nil:
		return none()
	case m.Value == nil:
		return valueCell(m)
	}
	c := cell{Text: hundredths(*m.Value), Exact: exact(m.Value), Num: true}
	if i := m.Interval; i != nil && i.Low != nil && i.High != nil {
		c.Sub = hundredths(*i.Low) + " to " + hundredths(*i.High)
	}
	return c
}

// changeNumbers has a line for each gap.
func (k *maker) changeNumbers(moves []*gapMove) *grid {
	g := &grid{Caption: "How each gap moved, in points", Whole: true, Where: "measurements.csv",
		Head: []headCell{label("Gap"), numeric("Before"), numeric("After"), numeric("Change"), numeric("From rates"), numeric("From the mix")},
		Note: "A change whose interval holds 0 may be chance. Intervals draw the tables of both periods again."}
	gap := func(x float64) cell {
		if math.IsNaN(x) {
			return none()
		}
		return cell{Text: hundredths(x), Exact: exact(&x), Num: true}
	}
	for _, m := range moves {
		name := heading(m.pair())
		name.Sub = attributeName(m.whole.Attribute) + ", by " + k.strataName(m.whole.Parameters["strata"]) + "; " + m.period("from") + " → " + m.period("to")
		g.Rows = append(g.Rows, []cell{name, gap(m.from), gap(m.to), movedCell(m.whole), movedCell(m.rate), movedCell(m.mix)})
	}
	return g.cut("gaps")
}
