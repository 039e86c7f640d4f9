package detectors

import (
	"cmp"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// emitter collects the measurements of one detector in canonical order:
// attribute, metric, window, group.
type emitter struct {
	detector string
	spec     *audit.Spec
	in       inference
	times    int // tables that a bootstrap draws; 0 for none
	out      []audit.Measurement
	notes    []string // what could not be measured for the whole audit, each once

	parities map[string]*parity       // what was drawn, by the tables that it was drawn from
	worst    *worstDraws              // the same of each rate alone
	metrics  map[string]detect.Metric // the detector's, by name
}

func newEmitter(detector string, spec *audit.Spec) *emitter {
	e := &emitter{detector: detector, spec: spec, in: inference{alpha: spec.Alpha, seed: spec.Seed},
		metrics: map[string]detect.Metric{}, worst: &worstDraws{}}
	for _, d := range All() {
		for _, m := range d.Metrics {
			if d.Name == detector {
				e.metrics[m.Name] = m
			}
		}
	}
	return e
}

// again is an emitter of the same detector that has emitted nothing.
func (e *emitter) again() *emitter {
	return &emitter{detector: e.detector, spec: e.spec, in: e.in, times: e.times, metrics: e.metrics, worst: e.worst}
}

// note keeps a note once.
func (e *emitter) note(text string) {
	if !slices.Contains(e.notes, text) {
		e.notes = append(e.notes, text)
	}
}

// plan builds the plan of a detector whose metrics are computed per attribute
// from decisions and, with label, labels, in the order of steps that do not hear of
// each other. times is how many tables a bootstrap draws.
func plan(detector string, spec *audit.Spec, label bool, times int, steps ...func(*emitter, section)) detect.Plan {
	attributes := sections(spec)
	var p detect.Plan
	for _, a := range attributes {
		p.Needs = append(p.Needs, needs(spec, a, label)...)
	}
	p.Detect = func(tables detect.Tables) (detect.Output, error) {
		e := newEmitter(detector, spec)
		e.times = times
		parts, notes := make([]*emitter, len(attributes)*len(steps)), make([][]string, len(attributes))
		about := make([]section, len(attributes))
		detect.Each(tables, len(attributes), func(i int) {
			a := attributes[i]
			var counts []*table.Counts
			for _, n := range needs(spec, a, label) {
				counts = append(counts, tables.Counts(n))
			}
			s := read(spec, a, counts)
			if i == 0 && label {
				notes[i] = unlabeled(s.slices[0])
			}
			if s.absent != "" {
				notes[i] = append(notes[i], "attribute "+a.Name+": "+s.absent)
			}
			about[i] = s
		})
		detect.Each(tables, len(parts), func(i int) {
			parts[i] = e.again()
			steps[i%len(steps)](parts[i], about[i/len(steps)])
		})
		return detect.Output{Measurements: together(parts), Notes: slices.Concat(notes...)}, nil
	}
	return p
}

// together are the measurements of parts, one after the other.
func together(parts []*emitter) []audit.Measurement {
	all := make([][]audit.Measurement, len(parts))
	for i, part := range parts {
		all[i] = part.out
	}
	return slices.Concat(all...)
}

// add completes a measurement with what it is about and keeps it.
func (e *emitter) add(s section, in slice, metric, convention string, m audit.Measurement) {
	m.Detector, m.Metric, m.MethodVersion, m.Convention = e.detector, metric, e.metrics[metric].Version, convention
	m.Attribute, m.Window, m.Version, m.Stratum = s.attribute.Name, in.window, in.version, in.stratum
	m.EachSubject = s.each && m.Shards > 0
	if len(e.out) == cap(e.out) { // they are large: as few copies as may be
		e.out = slices.Grow(e.out, max(64, len(e.out)))
	}
	e.out = append(e.out, m)
}

// canonical puts measurements into the order of the result: attributes as they
// came, metrics as declared, and the rest as it came.
func canonical(ms []audit.Measurement, metrics []detect.Metric) {
	attribute, metric := map[string]int{}, map[string]int{}
	for _, m := range ms {
		if _, ok := attribute[m.Attribute]; !ok {
			attribute[m.Attribute] = len(attribute)
		}
	}
	for i, m := range metrics {
		metric[m.Name] = i
	}
	slices.SortStableFunc(ms, func(a, b audit.Measurement) int {
		return cmp.Or(cmp.Compare(attribute[a.Attribute], attribute[b.Attribute]), cmp.Compare(metric[a.Metric], metric[b.Metric]))
	})
}

// rates emits a rate per group, in every slice.
func (e *emitter) rates(s section, r rate) {
	for _, in := range s.slices {
		for _, g := range in.everybody() {
			m := r.measure(e.in, g)
			if in.gate {
				e.level(&m, r, g)
				m.People = r.fewest(g)
			}
			m.Group, m.GroupKind, m.N = g.label(), g.kind, g.n()
			if m.Value == nil {
				m.N = g.audited()
			}
			e.add(s, in, r.name, r.formula, m)
		}
	}
}

// level tests a rate whose rows are clustered by person against its limit; the
// gate itself tests independent rows, from numerator and denominator. Of
// several limits the one that is further exceeded counts.
func (e *emitter) level(m *audit.Measurement, r rate, g group) {
	if g.shards == nil || m.Value == nil {
		return
	}
	for _, gate := range detect.GatesOn(e.spec, e.detector, r.name) {
		limit, err := stat.ParseDecimal(gate.Value)
		if err != nil {
			continue
		}
		p := r.of(g)
		t, err := stat.LevelTestClustered(p.people(len(p.shards)), limit, detect.Wrong(gate.Key))
		if err == nil && (m.P == nil || t.P < *m.P) {
			m.Test, m.P = t.Method, &t.P
		}
	}
}

// gaps emits a gap in every slice: each group against the reference, in the
// gate window every other pair if a gate has to judge them, and the worst.
func (e *emitter) gaps(s section, metric gap) {
	shared := e.in.alike
	defer func() { e.in.alike = shared }()
	for _, in := range s.slices {
		if e.in.alike = nil; in.gate && s.attribute.Name != "" && e.spec.HasSubject {
			e.in.alike = newAlike(in.values)
		}
		chosen := in.gate && !s.attribute.Reference.Named() && len(detect.GatesOn(e.spec, e.detector, metric.name)) > 0
		alike, from := e.parity(s, in, metric, chosen), len(e.out)
		for _, g := range in.compared() {
			if ref, ok := s.reference(in, g); ok {
				e.pair(s, in, metric, alike, g, ref)
			}
		}
		if chosen {
			e.otherPairs(s, in, metric, alike)
		}
		e.bootstrap(s, in, metric, e.out[from:])
		if metric.worst == nil || s.attribute.Name == "" {
			continue
		}
		m := metric.worst(in.values)
		m.GroupKind = audit.KindWorst
		if m.Value != nil {
			if m.Null = alike.chance(metric); m.Null != nil {
				m.Null.FalseAlarm = e.falseAlarm(s, in, metric)
			}
		}
		e.add(s, in, metric.name, metric.convention, m)
	}
}

func (e *emitter) pair(s section, in slice, metric gap, alike *parity, g, ref group) {
	m, name := metric.eval(e.in, g, ref, in.gate), ref.name
	m.Group, m.GroupKind, m.Reference, m.N = g.label(), g.kind, &name, g.n()
	if m.Value == nil {
		m.N = g.audited()
	}
	if s.absent != "" {
		m.Note = "undefined: " + s.absent
	}
	for _, r := range metric.rates {
		if n := r.fewest(g, ref); n > 0 && (m.People == 0 || n < m.People) {
			m.People = n
		}
	}
	alike.joint(&m, in.values, g, ref)
	if in.gate {
		e.power(metric, &m, g, ref, s.attribute.Reference.Named())
	}
	e.add(s, in, metric.name, metric.convention, m)
}

// otherPairs emits the pairs that are judged beside those with the reference.
func (e *emitter) otherPairs(s section, in slice, metric gap, alike *parity) {
	for _, p := range metric.otherPairs(e.in, in.values, s.chosen) {
		e.pair(s, in, metric, alike, p[0], p[1])
	}
}

// otherPairs are the pairs without the reference, the lower group first, and
// those with the reference that are defined only the other way round.
func (g gap) otherPairs(in inference, values []group, chosen *string) [][2]group {
	var out [][2]group
	for i, a := range values {
		for _, b := range values[i+1:] {
			low, high := g.orient(in, a, b)
			if chosen == nil || a.name != *chosen && b.name != *chosen || low.name == *chosen &&
				g.eval(in, high, low, false).Value == nil && g.eval(in, low, high, false).Value != nil {
				out = append(out, [2]group{low, high})
			}
		}
	}
	return out
}

// orient puts the lower of two groups first; of a ratio that is defined one way
// round only, the one that defines it comes second.
func (g gap) orient(in inference, a, b group) (low, high group) {
	m := g.eval(in, a, b, false)
	switch {
	case g.unsigned:
	case m.Value == nil && g.eval(in, b, a, false).Value != nil:
		return b, a
	case m.Value != nil && *m.Value > float64(g.neutral):
		return b, a
	}
	return a, b
}
