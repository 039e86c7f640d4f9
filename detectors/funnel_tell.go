package detectors

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// shares emits what each stage makes of the gap over everything, and says where most
// of the largest gap arises.
func (f funnel) shares(e *emitter, whole section, parts []section) []audit.Finding {
	in := whole.slices[0]
	var told, blocked *staged
	for _, g := range in.values {
		ref, ok := whole.reference(in, g)
		if !ok {
			continue
		}
		overall := logRate(reachRate(), g, ref)
		s := staged{group: g, ref: ref, ratio: math.Exp(overall)}
		for k, part := range parts {
			here := part.slices[0]
			a := here.find(g.name)
			b, _ := part.reference(here, a)
			gap := logRate(stageRate(), a, b)
			share := gap / overall
			m := audit.Measurement{Group: g.label(), GroupKind: g.kind, Reference: &ref.name, N: g.tally.n(), Column: &f.stages[k].Name}
			if math.IsNaN(share) || math.IsInf(share, 0) {
				m.Note = "undefined: a rate is 0, or the groups come through alike"
			} else {
				m.Value = &share
			}
			e.add(whole, in, "stage_share", e.metrics["stage_share"].Convention, m)
			s.add(share, math.Exp(gap), a, b)
		}
		if s.stage = f.blocks(&s); s.stage >= 0 && g.tally.n() >= whole.attribute.MinRows && (blocked == nil || s.ratios[s.stage] < blocked.ratios[blocked.stage]) {
			blocked = &s
		}
		if s.tells(e.spec.Alpha) && g.tally.n() >= whole.attribute.MinRows && (told == nil || s.ratio < told.ratio) {
			told = &s
		}
	}
	if blocked != nil {
		return []audit.Finding{f.tellBlocked(whole.attribute, blocked)}
	}
	if told == nil {
		return nil
	}
	return []audit.Finding{f.tell(whole.attribute, told)}
}

// logRate is the logarithm of the ratio of two rates; not a number where one is 0.
func logRate(r rate, g, ref group) float64 {
	p, q := r.of(g), r.of(ref)
	if p.k == 0 || q.k == 0 {
		return math.NaN()
	}
	return math.Log(float64(p.k)/float64(p.n)) - math.Log(float64(q.k)/float64(q.n))
}

// staged is the gap of one group, stage by stage.
type staged struct {
	group, ref group
	ratio      float64
	share      []float64
	ratios     []float64
	p          []float64 // of each stage's gap
	a, b       []group
	stage      int // the worst beyond a limit that the whole way keeps, or -1
}

func (s *staged) add(share, ratio float64, a, b group) {
	p := 1.0
	if t, err := stat.FisherMidP(a.tally.Positive, a.tally.n(), b.tally.Positive, b.tally.n()); err == nil {
		p = t.P
	}
	s.share, s.ratios, s.p = append(s.share, share), append(s.ratios, ratio), append(s.p, p)
	s.a, s.b = append(s.a, a), append(s.b, b)
}

// largest is the stage that makes most of the gap.
func (s *staged) largest() int {
	at := 0
	for k, v := range s.share {
		if v > s.share[at] {
			at = k
		}
	}
	return at
}

// tells says whether a stage's gap against the group is more than chance: Holm over
// the stages.
func (s *staged) tells(alpha float64) bool {
	at := s.largest()
	return s.ratio < 1 && !slices.ContainsFunc(s.share, math.IsNaN) && stat.Holm(s.p)[at] < alpha
}

// tell says where the gap arises.
func (f funnel) tell(a detect.Attribute, s *staged) audit.Finding {
	at := s.largest()
	x, y := s.a[at].tally, s.b[at].tally
	out := audit.Finding{ID: "funnel-" + a.Name, Detector: "funnel", Severity: audit.Info,
		Title: fmt.Sprintf("%s comes through %.0f %% as often as %s, and %.0f %% of that gap arises at the stage %s.",
			spoken(a, s.group), 100*s.ratio, spoken(a, s.ref), 100*s.share[at], f.stages[at].Name),
		Detail: fmt.Sprintf("Stage %s: %s of %s against %s of %s, a ratio of %.3f; of the whole way %.3f. p %s (Fisher mid-p; Holm over %d stages). Shares are of the logarithm of the ratio.",
			f.stages[at].Name, whole(x.Positive), whole(x.n()), whole(y.Positive), whole(y.n()), s.ratios[at], s.ratio, smallP(stat.Holm(s.p)[at]), len(f.stages))}
	return out
}

// blocks is the stage with the lowest ratio below a limit that the whole way keeps,
// where that gap is more than chance (Holm over the stages); -1 where none is.
func (f funnel) blocks(s *staged) int {
	limit, ok := f.passed(s.ratio)
	at := -1
	for k, p := range stat.Holm(s.p) {
		if ok && s.ratios[k] < limit && p < f.spec.Alpha && (at < 0 || s.ratios[k] < s.ratios[at]) {
			at = k
		}
	}
	return at
}

// tellBlocked warns of a stage that does not keep the limit of the whole way.
func (f funnel) tellBlocked(a detect.Attribute, s *staged) audit.Finding {
	x, y := s.a[s.stage].tally, s.b[s.stage].tally
	limit, _ := f.passed(s.ratio)
	return audit.Finding{ID: "funnel-" + a.Name, Detector: "funnel", Severity: audit.Warn,
		Title: fmt.Sprintf("The whole way passes for %s, but the stage %s does not: %.3f of the rate of %s.", spoken(a, s.group), f.stages[s.stage].Name, s.ratios[s.stage], spoken(a, s.ref)),
		Detail: fmt.Sprintf("Stage %s: %s of %s against %s of %s; limit %s; of the whole way the ratio is %.3f. p %s (Fisher mid-p; Holm over %d stages).",
			f.stages[s.stage].Name, whole(x.Positive), whole(x.n()), whole(y.Positive), whole(y.n()), plain(limit), s.ratio, smallP(stat.Holm(s.p)[s.stage]), len(f.stages))}
}

// passed is the highest lower limit on the ratio of the whole way, if the ratio keeps it.
func (f funnel) passed(ratio float64) (limit float64, ok bool) {
	for _, g := range detect.GatesOn(f.spec, "funnel", "reach_rate_ratio") {
		if v, err := strconv.ParseFloat(g.Value, 64); err == nil && g.Key == "min_ratio" && ratio >= v {
			limit, ok = max(limit, v), true
		}
	}
	return limit, ok
}

// place points each finding at the share that it is about.
func (f funnel) place(ms []audit.Measurement, found []audit.Finding) {
	for i := range found {
		for at, m := range ms {
			if m.Metric == "reach_rate_ratio" && "funnel-"+m.Attribute == found[i].ID && m.Window == audit.AllWindows && m.GroupKind == audit.KindValue {
				found[i].Measurements = append(found[i].Measurements, at)
			}
		}
	}
}

// left says how many rows no stage can use.
func (f funnel) left(t detect.Tables) []string {
	attributes := detect.Attributes(f.spec)
	if len(attributes) == 0 {
		return nil
	}
	return f.leftOf(t.Counts(f.need(attributes[0])))
}

// leftOf says it of a table.
func (f funnel) leftOf(c *table.Counts) []string {
	read := f.reader(c)
	var n int64
	c.Each(func(codes []int, cell table.Cell) {
		if _, ok := reached(read(codes)); !ok {
			n += cell.N
		}
	})
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s rows depend on a missing value before the first stage that they do not pass, and are in no stage", whole(n))}
}
