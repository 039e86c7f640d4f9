package detectors

import (
	"fmt"
	"math"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// tell makes a finding where the sign turns round within strata, or the gap
// changes by more than half, if either gap is more than noise and both groups
// are large enough to be judged. It notes the widest pooled gap on its way.
func (c *conditional) tell(p paired, pooled, within audit.Measurement) {
	if pooled.Value == nil || within.Value == nil || p.g.kind != audit.KindValue {
		return
	}
	least := max(1, p.s.attribute.MinRows)
	if *pooled.Denominator < least || *pooled.RefDen < least || !apartFromZero(pooled) && !apartFromZero(within) {
		return
	}
	before, after := *pooled.Value, *within.Value
	if len(p.s.attribute.Parts) == 1 && apartFromZero(pooled) && (c.widest == nil || math.Abs(before) > math.Abs(*c.widest.pooled.Value)) {
		c.widest = &widest{p, pooled, within}
	}
	who, points := p.g.name+" and "+plainReference(p.ref.name), p.points(before, after)
	switch shrinks := math.Abs(after) < math.Abs(before); {
	case before*after < 0:
		c.say(p, pooled, within, fmt.Sprintf("The gap between %s turns round within %s: %s.", who, c.inWords(p.strata), points))
	case !muchMoved(before, after):
	case shrinks:
		c.say(p, pooled, within, fmt.Sprintf("The mix of %s explains more than half of the gap between %s: %s.", c.inWords(p.strata), who, points))
	default:
		c.say(p, pooled, within, fmt.Sprintf("The gap between %s grows by more than half within %s: %s.", who, c.inWords(p.strata), points))
	}
}

// muchMoved says that a gap within strata differs from the pooled one by more than
// half of it, or points the other way.
func muchMoved(before, after float64) bool {
	return before*after < 0 || math.Abs(after-before) > math.Abs(before)/2
}

// widest is the pair of an attribute's groups with the widest pooled gap that is more
// than noise.
type widest struct {
	paired
	pooled, within audit.Measurement
}

// littleMoved is the share of a gap up to which strata change it so little that the
// mix is said not to be why.
const littleMoved = 0.1

// stays says of the widest gap of an attribute that the mix of strata does not explain
// it: the answer to whether it is the mix, where it is no.
func (c *conditional) stays() {
	if c.widest == nil {
		return
	}
	w := c.widest
	before, after := *w.pooled.Value, *w.within.Value
	strata, who, points := c.inWords(w.strata), w.g.name+" and "+plainReference(w.ref.name), w.points(before, after)
	switch {
	case muchMoved(before, after): // told already
	case math.Abs(after) < (1-littleMoved)*math.Abs(before):
		c.say(w.paired, w.pooled, w.within, fmt.Sprintf("The mix of %s explains less than half of the gap between %s: %s.", strata, who, points))
	default:
		c.say(w.paired, w.pooled, w.within, fmt.Sprintf("The mix of %s does not explain the gap between %s: %s.", strata, who, points))
	}
}

func (p paired) points(before, after float64) string {
	return fmt.Sprintf("%s points pooled, %s points within", inPoints(before), inPoints(after))
}

// say makes a finding about a pair.
func (c *conditional) say(p paired, pooled, within audit.Measurement, title string) {
	before, all := *pooled.Value, ""
	if before**within.Value < 0 && apartFromZero(pooled) {
		all = "The mix of " + c.inWords(p.strata) + " explains more than all of the pooled gap. "
	}
	f := told{about: []audit.Measurement{within, pooled}}
	f.ID = strings.Join([]string{"conditional", p.s.attribute.Name, p.strata, p.g.name, p.ref.name}, "/")
	f.Detector, f.Severity, f.Title = "conditional", audit.Info, title
	f.Detail = all + fmt.Sprintf("Favorable rates: %.1f\u202f%% against %.1f\u202f%% pooled.", percentOf(pooled.Numerator, pooled.Denominator), percentOf(pooled.RefNum, pooled.RefDen))
	f.rest = fmt.Sprintf("%s %s%s", p.alone(), p.direction(before), p.agree())
	c.told = append(c.told, f)
}

// alone says how many rows are in strata of one of the two groups, where nobody can be
// compared with them.
func (p paired) alone() string {
	if p.note == "" { // no stratum is left out
		return ""
	}
	return " " + p.note + "."
}

func plainReference(name string) string {
	if name == "(rest)" {
		return "all others"
	}
	return name
}

// direction counts the strata whose gap points the other way than the pooled one.
func (p paired) direction(before float64) string {
	other := 0
	for s := range p.m.strata {
		d := minus(p.m.a[s].value(), p.m.b[s].value())
		if before < 0 && d.Sign() > 0 || before > 0 && d.Sign() < 0 {
			other++
		}
	}
	switch {
	case len(p.m.strata) == 1 && other == 1:
		return fmt.Sprintf("The one %s with both groups points the other way than the pooled gap.", p.c.inWords(p.strata))
	case other == 0:
		return "In no stratum does the gap point the other way."
	}
	verb := "point"
	if other == 1 {
		verb = "points"
	}
	return fmt.Sprintf("%d of %d strata %s the other way than the pooled gap.", other, len(p.m.strata), verb)
}

// agree warns where one number for all strata hides that they differ.
func (p paired) agree() string {
	if t, _, err := p.m.counts(-1).Homogeneity(); err == nil && t.P < 0.05 && p.m.shards() == 0 {
		return fmt.Sprintf(" The strata differ by more than chance (Breslow-Day p %s), so look at each.", smallP(t.P))
	}
	return ""
}

func smallP(p float64) string {
	if p < 0.0001 {
		return "< 0.0001"
	}
	return fmt.Sprintf("%.4f", p)
}

func apartFromZero(m audit.Measurement) bool {
	i := m.Interval
	return i != nil && (i.Low != nil && *i.Low > 0 || i.High != nil && *i.High < 0)
}

func percentOf(k, n *int64) float64 { return 100 * ratio(*k, *n) }

// inPoints is a difference in points with its sign.
func inPoints(x float64) string {
	s := fmt.Sprintf("%+.1f", 100*x)
	return strings.Replace(s, "-", "−", 1)
}

// mostStrata bounds the rows of a table of strata for one pair.
const mostStrata = 100

// strataTable is a picture's table: for each pair the pooled rates, then those
// of each stratum.
type strataTable struct {
	id, title string
	rows      [][]any
}

func (t *strataTable) add(g, ref group, all, shared matched) {
	var name any
	if g.label() != nil {
		name = g.name
	} else {
		name = missingStratum
	}
	line := func(kind string, stratum any, a, b proportion, standard any) {
		x, y := float(a.value()), float(b.value())
		row := []any{name, ref.name, kind, stratum, a.k, a.n, nil, b.k, b.n, nil, nil, standard}
		if x != nil {
			row[6] = *x
		}
		if y != nil {
			row[9] = *y
		}
		if x != nil && y != nil {
			row[10] = *float(minus(a.value(), b.value()))
		}
		t.rows = append(t.rows, row)
	}
	a, b := all.pooled()
	line("pooled", nil, a, b, nil)
	x, y, _ := onStandard(shared.counts(-1), shared.standard)
	t.rows = append(t.rows, []any{name, ref.name, "standardized", nil, nil, a.n, x, nil, b.n, y, x - y, nil})
	for _, s := range largestStrata(all, mostStrata) {
		kind := "stratum"
		if all.a[s].n == 0 || all.b[s].n == 0 {
			kind = "one group"
		}
		line(kind, all.strata[s], all.a[s], all.b[s], int64(all.standard[s]))
	}
}

// largestStrata are the strata with the most rows of either group, in their own
// order; those without rows of either are left out.
func largestStrata(m matched, most int) []int {
	least := int64(1)
	for {
		var out []int
		next := int64(math.MaxInt64)
		for s := range m.strata {
			if n := m.a[s].n + m.b[s].n; n >= least {
				out = append(out, s)
				next = min(next, n)
			}
		}
		if len(out) <= most {
			return out
		}
		least = next + 1
	}
}

func (t *strataTable) table() audit.Table {
	return audit.Table{ID: t.id, Detector: "conditional", Kind: "strata", Title: t.title,
		Columns: []string{"group", "reference", "kind", "stratum", "favorable", "n", "rate", "reference_favorable", "reference_n", "reference_rate", "difference", "standard_population"},
		Rows:    t.rows}
}
