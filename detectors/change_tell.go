package detectors

import (
	"fmt"
	"math"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// attribute takes apart the change of every group's gap to the reference.
func (c *changing) attribute(a detect.Attribute, l layering, counts *table.Counts) {
	m, from, to, ok := c.read(a, l, counts)
	if !ok {
		return
	}
	s := section{attribute: a}
	var candidates []detect.Candidate
	for g, name := range m.groups {
		var yes int64
		for p := range 2 {
			for i := range m.strata {
				yes += m.cells[m.at(g, p, i)]
			}
		}
		candidates = append(candidates, detect.Candidate{Name: name, N: m.rows(g, -1), Favorable: yes})
	}
	if s.chosen = detect.Choose(a.Reference, a.MinRows, candidates); s.chosen == nil && a.Reference.Policy == "value" {
		c.note("change: attribute " + a.Name + ": " + detect.Absent(a.Reference.Value, candidates))
		return
	}
	for g, name := range m.groups {
		v, ref := versus{m: m, g: []int{g}}, detect.Rest
		if a.Reference.Policy != "rest" {
			if s.chosen == nil || *s.chosen == name {
				continue
			}
			ref = *s.chosen
		}
		for r, other := range m.groups {
			if other != name && (ref == detect.Rest || other == ref) {
				v.r = append(v.r, r)
			}
		}
		c.gap(s, l, v, name, ref, from, to)
	}
}

// gap emits the change of one gap and its parts.
func (c *changing) gap(s section, l layering, v versus, name, ref, from, to string) {
	parameters := func() map[string]string {
		return map[string]string{"from": from, "to": to, "strata": l.name}
	}
	in := slice{window: audit.AllWindows}
	g, ok := v.m.parts(v.m.cells, v.g)
	r, also := v.m.parts(v.m.cells, v.r)
	values := []float64{(g.to - r.to) - (g.from - r.from), 0, 0}
	var intervals []*audit.Interval
	if ok && also {
		values[1], values[2] = sum(g.rate)-sum(r.rate), sum(g.mix)-sum(r.mix)
		intervals = c.intervals(v, s.attribute.Name, name, ref, l.name)
	}
	first := len(c.out)
	for i, metric := range changeMetrics() {
		x := audit.Measurement{Group: &name, GroupKind: audit.KindValue, Reference: &ref, N: v.m.rows(v.g[0], 1), Parameters: parameters(), Shards: len(v.m.shards)}
		if ok && also {
			x.Value, x.Interval = &values[i], intervals[i]
			if i == 0 {
				x.Note = fmt.Sprintf("the gap was %.6g, and is %.6g", g.from-r.from, g.to-r.to)
			}
		} else {
			x.Note = "undefined: a group has no row in one of the periods"
		}
		c.add(s, in, metric.Name, metric.Convention, x)
	}
	if !ok || !also {
		return
	}
	c.tables = append(c.tables, c.table(s, l, v, g, r, intervals, name, ref, from, to))
	c.tell(s, l, v, g, r, intervals[0], first, name, ref, from, to)
}

// mostChanged bounds the rows of a table.
const mostChanged = 200

// table has a line per stratum.
func (c *changing) table(s section, l layering, v versus, g, r parted, intervals []*audit.Interval, name, ref, from, to string) audit.Table {
	t := audit.Table{ID: "change/" + s.attribute.Name + "/" + name + "/" + ref + "/" + l.name, Detector: "change", Kind: "strata",
		Title: fmt.Sprintf("Why the gap of %s to %s moved from %s to %s, by %s", name, ref, from, to, l.name),
		Columns: []string{"stratum", "state", "n_from", "rate_from", "n_to", "rate_to", "reference_n_from", "reference_rate_from", "reference_n_to", "reference_rate_to",
			"group_rate_part", "group_mix_part", "reference_rate_part", "reference_mix_part", "rate_part", "rate_part_low", "rate_part_high", "mix_part", "mix_part_low", "mix_part_high"},
		Notes: []string{"Parts are in shares of 1. Those of the group less those of the reference are the parts of the gap, and add up to its change."}}
	for i, stratum := range v.m.strata {
		if len(t.Rows) == mostChanged {
			t.Notes = append(t.Notes, fmt.Sprintf("The first %d of %d strata.", mostChanged, len(v.m.strata)))
			break
		}
		row := []any{stratum, entered(g.n[i], r.n[i])}
		for _, x := range []parted{g, r} {
			for p := range 2 {
				row = append(row, x.n[i][p], rateOrNil(x.k[i][p], x.n[i][p]))
			}
		}
		row = append(row, g.rate[i], g.mix[i], r.rate[i], r.mix[i])
		for k, value := range []float64{g.rate[i] - r.rate[i], g.mix[i] - r.mix[i]} {
			row = append(row, value)
			row = append(row, limitsOf(intervals[3+2*i+k])...)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func limitsOf(i *audit.Interval) []any {
	if i == nil || i.Low == nil || i.High == nil {
		return []any{nil, nil}
	}
	return []any{*i.Low, *i.High}
}

func rateOrNil(k, n int64) any {
	if n == 0 {
		return nil
	}
	return float64(k) / float64(n)
}

// entered says of whom a stratum has rows in one period only.
func entered(g, r [2]int64) string {
	var out []string
	for _, x := range []struct {
		who string
		n   [2]int64
	}{{"group", g}, {"reference", r}} {
		switch {
		case x.n[0] == 0 && x.n[1] > 0:
			out = append(out, x.who+" enters")
		case x.n[0] > 0 && x.n[1] == 0:
			out = append(out, x.who+" leaves")
		}
	}
	if len(out) == 0 {
		return "both periods"
	}
	return strings.Join(out, ", ")
}

// tell says where the change of a gap comes from, if it is more than chance.
func (c *changing) tell(s section, l layering, v versus, g, r parted, interval *audit.Interval, first int, name, ref, from, to string) {
	change := (g.to - r.to) - (g.from - r.from)
	if interval == nil || interval.Low == nil || interval.High == nil || *interval.Low <= 0 && *interval.High >= 0 ||
		min(v.m.rows(v.g[0], 0), v.m.rows(v.g[0], 1)) < s.attribute.MinRows {
		return
	}
	rates, mix := sum(g.rate)-sum(r.rate), sum(g.mix)-sum(r.mix)
	at, value, kind := 0, 0.0, ""
	var moved []string
	for i, stratum := range v.m.strata {
		for k, x := range []float64{g.rate[i] - r.rate[i], g.mix[i] - r.mix[i]} {
			if math.Abs(x) > math.Abs(value) {
				at, value, kind = i, x, []string{"rates", "share"}[k]
			}
		}
		if state := entered(g.n[i], r.n[i]); state != "both periods" {
			moved = append(moved, stratum+" ("+state+")")
		}
	}
	detail := fmt.Sprintf("From %s to %s by %s: %s from other rates inside strata, %s from another mix. The largest item is the %s of %s: %s. %g %% interval of the change %s to %s.",
		from, to, l.name, points(rates), points(mix), kind, v.m.strata[at], points(value), math.Round(1000*interval.Level)/10, points(*interval.Low), points(*interval.High))
	if len(moved) > 0 {
		detail += " Enter or leave: " + some(moved, 5) + "."
	}
	why := "mostly because rates changed inside strata"
	if math.Abs(mix) > math.Abs(rates) {
		why = "mostly because the mix changed"
	}
	c.told = append(c.told, audit.Finding{ID: "change-" + s.attribute.Name + "-" + name + "-" + l.name, Detector: "change", Severity: audit.Info,
		Title:  fmt.Sprintf("The gap of %s to %s moved from %s to %s (%s), %s.", name, ref, points(g.from-r.from), points(g.to-r.to), points(change), why),
		Detail: detail, Measurements: []int{first, first + 1, first + 2}})
}

// points writes a difference of rates.
func points(x float64) string {
	return strings.Replace(fmt.Sprintf("%+.2f points", 100*x), "-", "−", 1)
}
