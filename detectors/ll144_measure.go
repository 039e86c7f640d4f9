package detectors

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// ll144Run is one pass over the tables.
type ll144Run struct {
	*ll144
	e       *emitter
	unknown unknowns
	tables  []audit.Table
	notes   []string
	leftOut []string // categories without a ratio
	refused []string // that somebody wanted to leave out, and that may not be
	small   string   // a category that may be left out, and is not
	named   map[string]bool
	amiss   []string          // about values that are no category of the rule
	spelled map[string]string // by axis: values counted under another spelling
}

func (d ll144) detect(t detect.Tables) (detect.Output, error) {
	r := &ll144Run{ll144: &d, e: newEmitter("ll144", d.spec), named: map[string]bool{}}
	switch {
	case d.sex+d.race == "":
		r.note("neither sex nor race is among the audit's attributes, so no table of Local Law 144 was made; name them under detectors.ll144")
		return detect.Output{Notes: r.notes}, nil
	case len(d.outputs) == 0:
		r.note("the audit has no decision, score or output, so no table of Local Law 144 was made")
	}
	r.unknown = d.unknowns(t)
	r.look(d.strays(t.Counts(d.everybody())))
	for _, o := range d.outputs {
		if o.score {
			if err := r.scoring(o, t); err != nil {
				return detect.Output{}, err
			}
		} else {
			r.selection(o, t)
		}
	}
	r.account()
	canonical(r.e.out, ll144Metrics())
	return detect.Output{Measurements: r.e.out, Tables: r.tables, Notes: r.notes}, nil
}

// look notes what is amiss with the values of sex and race.
func (r *ll144Run) look(list []strays) {
	r.spelled = map[string]string{}
	for _, x := range list {
		for _, s := range x.remedies() {
			r.amiss = append(r.amiss, s)
			r.note("tables of Local Law 144: " + s)
		}
		axis := axisRace
		if x.attribute == r.sex {
			axis = axisSex
		}
		r.spelled[axis] = x.spellings()
	}
	r.spelled[axisCrossed] = strings.TrimSpace(r.spelled[axisSex] + " " + r.spelled[axisRace])
}

func (r *ll144Run) note(s string) {
	if !slices.Contains(r.notes, s) {
		r.notes = append(r.notes, s)
	}
}

// selection makes the tables of a decision, or of each class of an output.
func (r *ll144Run) selection(o toolOutput, t detect.Tables) {
	classes, tallies, note := r.classified(o, t.Counts(r.need(o)))
	if note != "" {
		r.note(note)
		return
	}
	var without int64
	if len(classes) > 0 {
		without = r.unknown.all - tallies[classes[0]].people()
	}
	if without > 0 {
		r.note("tables of Local Law 144: " + withoutText(without, r.called(o)))
	}
	for _, class := range classes {
		for _, axis := range r.axes() {
			b := r.table(axis, o, class, tallies[class])
			b.without = without
			if o.name == "" {
				b.class = ""
			}
			r.measure(b, "selection_rate", "impact_ratio")
			r.print(b, nil)
		}
	}
}

// scoring makes the tables of a score.
func (r *ll144Run) scoring(o toolOutput, t detect.Tables) error {
	s, note, err := r.above(o, t)
	if err != nil {
		return err
	}
	if note != "" {
		r.note(note)
		return nil
	}
	for _, axis := range r.axes() {
		b := r.table(axis, o, "", s.byApplicant)
		r.measure(b, "scoring_rate", "scoring_impact_ratio")
		r.print(b, &s)
	}
	m := audit.Measurement{Value: &s.median, N: s.n, GroupKind: audit.KindOverall, Note: r.medianText(s)}
	m.Parameters = outputParameters(o, "")
	m.Parameters["median_over"] = r.params.MedianOver
	r.add("", "median_score", m)
	return nil
}

// outputParameters names an output among a measurement's parameters.
func outputParameters(o toolOutput, class string) map[string]string {
	out := map[string]string{}
	if o.name != "" {
		out["output"] = o.name
	}
	if class != "" {
		out["class"] = class
	}
	return out
}

func (r *ll144Run) add(attribute, metric string, m audit.Measurement) {
	if len(m.Parameters) == 0 {
		m.Parameters = nil
	}
	r.e.add(section{attribute: detect.Attribute{Name: attribute}}, slice{window: detect.GateWindow}, metric, r.e.metrics[metric].Convention, m)
}

// measure emits the numbers of a table, without their rounding.
func (r *ll144Run) measure(t statutory, rate, ratio string) {
	for i, c := range t.cats {
		name, p := c.name, c.proportion()
		with := func() map[string]string { return outputParameters(t.output, t.class) }
		m := audit.Measurement{Group: &name, GroupKind: audit.KindValue, N: c.n, Numerator: &p.k, Denominator: &p.n, Value: float(p.value()), Parameters: with()}
		if c.absent {
			m.Note = "undefined: no applicant in category " + strconv.Quote(c.spoken())
		} else {
			m.Interval, m.Note = r.e.in.rate(p)
		}
		r.add(t.attribute, rate, m)
		m = audit.Measurement{Group: &name, GroupKind: audit.KindValue, N: c.n, Numerator: &p.k, Denominator: &p.n, Parameters: with()}
		switch {
		case c.leftOut:
			m.Note = "left out: " + c.why
			m.Parameters["status"] = "left_out"
			r.leaveOut(name)
		case c.absent:
			m.Note = "undefined: no applicant in category " + strconv.Quote(c.spoken())
		case c.outside:
			m.Note = "undefined: no category of the rule"
		case t.highest < 0:
			m.Note = "undefined: the highest rate is 0"
		default:
			ref := t.cats[t.highest]
			top := ref.proportion()
			m.Reference, m.RefNum, m.RefDen = &ref.name, &top.k, &top.n
			m.Value = float(over(p.value(), top.value()))
			if i != t.highest {
				m.Interval, m.Note = r.e.in.ratio(p, top)
			}
		}
		r.add(t.attribute, ratio, m)
		r.named[name] = true
		if _, asked := r.params.Exclude[name]; asked && !c.leftOut {
			r.refuse(c, t)
		}
	}
}

func (r *ll144Run) leaveOut(name string) {
	if !slices.Contains(r.leftOut, name) {
		r.leftOut = append(r.leftOut, name)
	}
}

// refuse tells of a category that somebody wanted to leave out, and that is too
// large for it.
func (r *ll144Run) refuse(c category, t statutory) {
	if c.absent {
		r.named[c.name] = true
		return
	}
	s := fmt.Sprintf("%s is %s of the data of its table, not below %s, so it was not left out", c.name, percentText(c.n, t.total, 2), percentDecimal(r.params.ExcludeBelow))
	if !slices.Contains(r.refused, s) {
		r.refused = append(r.refused, s)
	}
}

// account emits what stands beside the tables.
func (r *ll144Run) account() {
	u := float64(r.unknown.either)
	unknown := audit.Measurement{Value: &u, N: r.unknown.audited, GroupKind: audit.KindOverall, Note: r.unknownText()}
	if len(r.amiss) > 0 {
		unknown.Parameters = map[string]string{"status": "finding"}
		unknown.Note += " But: " + strings.Join(r.amiss, "; ") + "."
	}
	r.add("", "unknown_category", unknown)
	for _, name := range sortedKeys(r.params.Exclude) {
		if !r.named[name] && name != "*" {
			r.refused = append(r.refused, fmt.Sprintf("%q, which is to be left out, is no category of any table", name))
		}
	}
	n := float64(len(r.leftOut))
	m := audit.Measurement{Value: &n, N: r.unknown.audited, GroupKind: audit.KindOverall, Note: "No category was left out."}
	if n > 0 {
		m.Note = "Left out of the ratios, each with its justification: " + strings.Join(r.leftOut, ", ") + "."
	}
	r.askSmall()
	if len(r.refused) > 0 {
		m.Parameters = map[string]string{"status": "finding"}
		m.Note = strings.Join(r.refused, "; ")
		for _, s := range r.refused {
			r.note("tables of Local Law 144: " + s)
		}
	}
	r.add("", "excluded_categories", m)
	if kind := r.params.Data; kind != "" {
		one := 1.0
		m := audit.Measurement{Value: &one, N: r.unknown.audited, GroupKind: audit.KindOverall, Parameters: map[string]string{"data": kind}, Note: r.dataText()}
		r.add("", "data_stated", m)
	}
	if r.spec.HasSubject {
		r.note("tables of Local Law 144 count rows: a person with several rows counts as several applicants")
	}
}

func sortedKeys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// percentDecimal writes a decimal share in percent.
func percentDecimal(share string) string {
	d, err := stat.ParseDecimal(share)
	if err != nil {
		return share
	}
	return plain(100*d.Float64()) + " %"
}
