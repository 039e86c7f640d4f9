package kpi

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Output is what the KPIs of an audit came to.
type Output struct {
	Points      []audit.KPI
	ToDate      []audit.KPI // of every window to date, as an audit of all of them has them
	Definitions []audit.KPIDefinition
	Gated       []audit.Measurement // what limits are judged by
	Notes       []string
	Monitoring  *audit.KPIMonitoring
	Versions    []audit.VersionChange
	Main        []string // the version that decided most rows of each window
}

// measurer computes the KPIs of one run.
type measurer struct {
	set     *Set
	spec    *audit.Spec
	tables  detect.Tables
	windows []audit.Window
	inTime  []float64                 // where each stands, counted in windows
	rank    map[string]map[string]int // of a group among those of its attribute
	series  map[string]series
	notes   []string
	watched []*watched
	toDate  *measurer // of all windows to date; nil if these are all

	// Of a history: why a series cannot be followed, and the indicators that are not
	// measured.
	unknown    map[string]string
	unmeasured []string
}

func (m *measurer) note(s string) { m.notes = append(m.notes, s) }

// Measure computes every KPI in the windows of a view. Where these are not the first,
// toDate is the view of them and of all before: what compares windows, and what is
// claimed at every look, is computed there.
func (s *Set) Measure(spec *audit.Spec, now View, toDate *View) Output {
	m := s.measurer(spec, now)
	if toDate != nil {
		m.toDate = s.measurer(spec, *toDate)
	}
	var out Output
	for _, d := range s.all {
		if d.Lacks == "" {
			points, all := m.follows(d)
			out.Points, out.ToDate = append(out.Points, points...), append(out.ToDate, all...)
		}
		out.Definitions = append(out.Definitions, s.described(d))
	}
	out.Definitions = append(out.Definitions, s.others...)
	out.Monitoring = m.whole().watch()
	m.watched = m.whole().watched
	if m.spec.HasVersion && !m.set.Empty() {
		for _, versions := range m.versionRows() {
			out.Main = append(out.Main, mostOf(versions))
		}
		out.Versions = m.whole().versionChanges()
	}
	seen := m.looks()
	for i := range out.Points {
		seen.mark(&out.Points[i])
	}
	for _, d := range s.all {
		if d.Limits != nil {
			out.Gated = append(out.Gated, m.gated(d)...)
		}
	}
	out.Notes = m.notes
	return out
}

func (s *Set) measurer(spec *audit.Spec, v View) *measurer {
	m := &measurer{set: s, spec: spec, tables: v.Tables, windows: v.Windows, inTime: placesInTime(v.Windows), series: map[string]series{}, rank: map[string]map[string]int{}}
	for _, a := range v.Groups {
		m.rank[a.Attribute] = map[string]int{}
		for i, v := range a.Values {
			if v.Value != nil {
				m.rank[a.Attribute][*v.Value] = i
			}
		}
	}
	return m
}

// measure computes one KPI, of everybody and of the groups of its attributes.
func (m *measurer) measure(d *Definition) series {
	switch d.Kind {
	case "gap":
		return m.gap(d)
	case "growth":
		return m.growth(d)
	case "index":
		return m.index(d)
	case "manual":
		return m.entered(d)
	}
	out := series{}
	for _, attribute := range append([]string{""}, d.Groups...) {
		for p, e := range m.about(d, attribute) {
			out[p] = e
		}
	}
	for _, attribute := range d.By {
		m.gaps(out, d.rate(), attribute, out)
	}
	return out
}

// about computes what is made of rows, about one attribute or about everybody.
func (m *measurer) about(d *Definition, attribute string) series {
	switch {
	case d.Kind == "distinct":
		out, _ := m.different(d, d.numerator.text, attribute)
		return out
	case d.Kind == "ratio":
		return m.ratio(d, attribute)
	case d.Unit == "subject" && d.Base == "previous":
		return m.kept(d, attribute)
	case d.Unit == "subject" && d.Kind == "rate":
		return m.share(d, attribute)
	case d.Unit == "subject" && d.Kind == "count":
		return m.people(d, attribute)
	case d.Unit == "subject":
		return m.load(d, attribute)
	case d.Kind == "rate", d.Kind == "count" && d.numerator.how != "sum":
		return m.counts(d, attribute)
	}
	return m.numbers(d, attribute)
}

func (m *measurer) counts(d *Definition, attribute string) series {
	out := series{}
	for p, x := range m.count(d, attribute) {
		if d.Kind == "rate" {
			out[p] = rateOf(x)
		} else {
			out[p] = amount(float64(x.k), x.k, x.k, false)
			out[p].unknown = x.unknown
		}
	}
	return out
}

func (m *measurer) numbers(d *Definition, attribute string) series {
	need := d.valueNeed(attribute, d.numerator.text, d.Kind != "count" && m.spec.HasSubject)
	var whens []table.Dim
	if d.denominator.text != "" {
		whens = append(whens, table.When(d.denominator.text))
	}
	out := series{}
	for p, x := range m.collect(need, attribute, whens) {
		switch d.Kind {
		case "mean":
			out[p] = meanOf(x)
		case "quantile":
			out[p] = quantileOf(sample(x.all), x.shardSamples(), d.quantile())
			out[p].unknown, out[p].estimated = x.unknown, x.bucketed
		default:
			n, sum, _ := x.sum()
			out[p] = amount(sum, n, n, false)
			out[p].unknown = x.unknown
		}
	}
	return out
}

// ratio adds up both sides.
func (m *measurer) ratio(d *Definition, attribute string) series {
	all := map[place]*sides{}
	at := func(p place) *sides {
		if all[p] == nil {
			all[p] = &sides{distinct: !d.additive(), shardX: make([]float64, table.Shards), shardY: make([]float64, table.Shards)}
		}
		return all[p]
	}
	for i, side := range d.sides() {
		if side.how == "distinct" {
			values, sampled := m.different(d, side.text, attribute)
			for p, e := range values {
				s := at(p)
				s.estimated = s.estimated || sampled
				if i == 0 {
					s.x = *e.value
				} else {
					s.y = *e.value
				}
			}
			continue
		}
		for p, x := range m.collect(d.valueNeed(attribute, d.side(i), m.spec.HasSubject), attribute, nil) {
			at(p).add(i, x)
		}
	}
	if d.additive() && !m.spec.HasSubject {
		for p, x := range m.collect(d.valueNeed(attribute, d.product(), false), attribute, nil) {
			_, at(p).xy, _ = x.sum()
		}
	}
	out := series{}
	for p, s := range all {
		out[p] = ratioOf(*s)
	}
	return out
}

// add adds one side of a ratio.
func (s *sides) add(side int, x *numbers) {
	n, sum, squares := x.sum()
	s.n, s.unknown = max(s.n, n), max(s.unknown, x.unknown)
	s.shardsPresent = x.shards != nil
	if side == 0 {
		s.x, s.xx = sum, squares
	} else {
		s.y, s.yy = sum, squares
	}
	for g, list := range x.shards {
		_, part, _ := total(list, x.bucketed)
		if side == 0 {
			s.shardX[g] = part
		} else {
			s.shardY[g] = part
		}
	}
}

// point is one row of the result.
func (m *measurer) point(d *Definition, p place) audit.KPI {
	e := m.series[d.Name][p]
	out := audit.KPI{
		KPI: d.Name, Definition: d.Hash, Attribute: p.attribute, GroupKind: p.kind, Window: p.window,
		Value: e.value, Numerator: e.numerator, Denominator: e.denominator, N: e.n, Unknown: e.unknown,
		Shards: e.shards, Estimate: e.estimated, Source: e.source, Note: e.note,
	}
	out.Immature = e.immature
	if m.set.audit.KPIs.LabelBounds {
		out.LabelBounds = e.bounds.shown()
	}
	if m.set.grounded(d, p) {
		out.Grounds = e.grounds(d.rate())
	}
	switch {
	case p.kind == audit.KindValue:
		out.Group = &p.group
	case p.kind == audit.KindWorst && e.low != "":
		out.Group, out.Reference = &e.low, &e.high
	}
	out.Interval = m.interval(e, &out.Note)
	out.Season = m.season(d, p)
	if d.Limits != nil && (p.kind == audit.KindOverall || d.Kind == "gap") {
		out.State = d.state(out.Value, out.Interval)
	}
	return out
}

// interval is a point's interval at the audit's level; why there is none is noted.
func (m *measurer) interval(e *estimate, note *string) *audit.Interval {
	if e.value == nil || e.interval == nil {
		return nil
	}
	i, err := e.interval(m.spec.Alpha)
	if err != nil {
		if *note != "" {
			*note += "; "
		}
		*note += "no interval: " + err.Error()
		return nil
	}
	return detect.Interval(i, m.spec.Alpha)
}

// windowIDs are the windows in order, then the whole period.
func (m *measurer) windowIDs() []string {
	var out []string
	for _, w := range m.windows {
		out = append(out, w.ID)
	}
	return append(out, audit.AllWindows)
}

// places lists the places of a series in order: everybody, then the attributes
// with their groups in the result's order, each by window and the whole last.
func (m *measurer) places(s series) []place {
	at := map[string]int{}
	for i, w := range m.windowIDs() {
		at[w] = i
	}
	out := make([]place, 0, len(s))
	for p := range s {
		if _, known := at[p.window]; known {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.attribute, b.attribute), cmp.Compare(kindOrder(a.kind), kindOrder(b.kind)),
			cmp.Compare(m.rank[a.attribute][a.group], m.rank[b.attribute][b.group]), table.CompareNames(a.group, b.group), cmp.Compare(at[a.window], at[b.window]))
	})
	return out
}

func kindOrder(k audit.GroupKind) int {
	return slices.Index([]audit.GroupKind{audit.KindOverall, audit.KindWorst, audit.KindValue, audit.KindMissing}, k)
}

func (m *measurer) minRows(attribute string) int64 {
	for _, g := range m.spec.Groups {
		if g.Name == attribute {
			return g.MinRows
		}
	}
	return 0
}

// described is a definition as the result shows it.
func (s *Set) described(d *Definition) audit.KPIDefinition {
	out := audit.KPIDefinition{
		Name: d.Name, Title: d.Title, Doc: d.Doc, Kind: d.Kind, Definition: d.Hash, Formula: s.formula(d), Scale: s.scale(d), Pack: d.Pack,
		Unit: d.Unit, Numerator: d.Numerator, Denominator: d.Denominator, By: d.By, Direction: d.Direction, Owner: d.Owner, NotMeasured: d.Lacks,
	}
	if d.Kind == "quantile" {
		out.Quantile = d.Quantile
	}
	for _, t := range d.Of {
		out.Of = append(out.Of, audit.KPITerm(t))
	}
	if t := d.Target; t != nil {
		out.Target = &audit.KPIRange{Min: t.Min, Max: t.Max, By: t.By}
	}
	if l := d.Limits; l != nil {
		out.Limits = &audit.KPIRange{Min: l.Min, Max: l.Max}
	}
	return out
}

// scale says how the values of a KPI read.
func (s *Set) scale(d *Definition) string {
	switch {
	case d.rate(), d.Kind == "index" && d.As == "quiet":
		return "rate"
	case d.Kind == "gap" && s.byName[d.Of[0].Name].rate():
		return "difference"
	}
	return "number"
}

// formula says how a number is made.
func (s *Set) formula(d *Definition) string {
	among, who := "", "rows"
	if d.Unit == "subject" {
		who = "people"
	}
	if d.Denominator != "" {
		among = " of those where " + d.Denominator
	}
	switch d.Kind {
	case "rate":
		if d.Base == "previous" {
			return fmt.Sprintf("%s where %s / %s of the window before%s", who, d.Numerator, who, among)
		}
		if d.Denominator == "" {
			return fmt.Sprintf("%s where %s / %s", who, d.Numerator, who)
		}
		return fmt.Sprintf("%s where %s / %s where %s", who, d.Numerator, who, d.Denominator)
	case "mean", "quantile":
		what := d.Numerator
		if d.Unit == "subject" {
			what = "rows per person where " + d.Numerator
		}
		if d.Kind == "mean" {
			return "mean of " + what + among
		}
		return d.Quantile + " quantile of " + what + among
	case "count":
		switch {
		case d.numerator.how == "sum":
			return d.Numerator
		case d.Numerator == "":
			return "number of " + who
		}
		return "number of " + who + " where " + d.numerator.text
	case "distinct":
		return "number of different " + d.numerator.text + among
	case "ratio":
		return d.Numerator + " / " + d.Denominator
	case "growth":
		return d.Of[0].Name + " / " + d.Of[0].Name + " of the window before − 1"
	case "gap":
		return "highest − lowest " + d.Of[0].Name + " of groups with at least min_rows"
	case "manual":
		return "entered in " + d.File
	}
	return s.weights(d)
}

func (s *Set) weights(d *Definition) string {
	out := ""
	for i, t := range d.Of {
		if i > 0 {
			out += " + "
		}
		if t.Weight != "1" && d.As != "quiet" {
			out += t.Weight + " × "
		}
		out += t.Name
	}
	switch d.As {
	case "quiet":
		return "share of KPIs no worse than in the windows before: " + out
	case "change":
		return out + ", each as its change since the first window"
	}
	return out
}

func (d *Definition) quantile() float64 {
	q, err := stat.ParseDecimal(d.Quantile)
	if err != nil { // config has checked it
		return 0
	}
	return q.Float64()
}
