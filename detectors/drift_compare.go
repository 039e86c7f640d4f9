package detectors

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// windows compares the windows of a column with the reference windows.
func (d *drift) windows(tables detect.Tables, w watched) {
	p := w.read(tables, "", table.Window)
	isRef, refOf, refused := d.reference(tables, w, &p, "", table.Window)
	if refused != "" {
		d.note(refused)
		return
	}
	if p.hashed {
		d.note(hashNote(w.name))
	}
	ref := refOf(-1)
	if ref.rows == 0 && !slices.Contains(isRef, true) && detect.Reference(tables) == nil {
		return // the result says that the reference holds no row
	}
	if ref.n() == 0 {
		d.note("column " + w.name + ": no row of the reference has a value, so nothing can be compared with them")
		return
	}
	if !slices.Contains(isRef, false) {
		d.note("drift: the log has no window besides the reference, so there is nothing to compare with it")
		return
	}
	m := moved{column: w, names: p.names, hashed: p.hashed, edges: d.edges(w, ref), ref: ref, group: group{kind: audit.KindOverall}}
	m.cur = p.all(func(i int) bool { return i < len(isRef) && !isRef[i] }, -1)
	for i := range isRef {
		if isRef[i] && d.params.Compat == "nannyml" {
			m.parts = append(m.parts, p.all(func(j int) bool { return j == i }, -1))
		}
	}
	m.in = slice{window: detect.GateWindow, gate: true}
	from, few := len(d.out), least{}
	few.see(m, m.ref, m.cur)
	d.measure(m)
	d.table(m)
	compared := len(slices.DeleteFunc(slices.Clone(isRef), func(ref bool) bool { return ref }))
	for i, cat := range p.windows {
		if !isRef[i] {
			m.in = slice{window: cat.Name}
			if compared > 1 { // else it is what was compared above
				m.cur = p.all(func(j int) bool { return j == i }, -1)
			}
			few.see(m, m.cur)
			d.measure(m)
		}
	}
	if w.group != "" || w.dim == table.Decision || w.dim == table.Label { // not of features, whose categories are no people's own
		few.mark(d.out[from:])
	}
	for _, a := range d.attributes {
		if a.Name != w.group {
			d.within(tables, m, a)
		}
	}
}

// edges are the bins of a column of numbers.
func (d *drift) edges(w watched, ref *portion) []float64 {
	switch {
	case !w.numeric:
		return nil
	case d.params.Bins[w.name] != nil:
		return d.params.Bins[w.name]
	}
	return referenceEdges(ref.numbers.all, d.params.Quantiles)
}

// mostGroups is how many groups of an attribute drift looks inside of.
const mostGroups = 50

// within compares inside each group of an attribute, over all windows together.
func (d *drift) within(tables detect.Tables, m moved, a detect.Attribute) {
	dim := a.Dims()[0]
	p := m.column.read(tables, dim, append(a.Dims(), table.Window)...)
	isRef, refOf, _ := d.reference(tables, m.column, &p, dim, append(a.Dims(), table.Window)...)
	m.names, m.s, m.in, m.brief = p.names, section{attribute: a}, slice{window: detect.GateWindow}, true
	from, few := len(d.out), least{}
	for g, cat := range p.groups {
		m.group = group{name: cat.Name, kind: audit.KindValue}
		if cat.Missing {
			m.group.kind = audit.KindMissing
		}
		m.ref = refOf(g)
		m.cur = p.all(func(i int) bool { return i < len(isRef) && !isRef[i] }, g)
		few.see(m, m.ref, m.cur) // also where it is not measured: groups add up to everybody
		if g < mostGroups && min(m.ref.n(), m.cur.n()) >= max(1, a.MinRows) {
			d.measure(m)
		}
	}
	few.mark(d.out[from:])
}

// groups compares each group of every attribute with its reference.
func (d *drift) groups(tables detect.Tables, w watched) {
	for _, a := range d.attributes {
		if a.Name == w.group {
			continue
		}
		known := detect.Describe(d.spec, a, tables.Counts(detect.GroupNeed(d.spec, a)))
		if known.Chosen == nil {
			d.note("attribute " + a.Name + " has no single reference group, so drift does not compare its groups")
			continue
		}
		p := w.read(tables, a.Dims()[0], a.Dims()...)
		if refused := w.refused(d.params.MaxCategories, &p); refused != "" {
			d.note(refused)
			return
		}
		if w.settle(d.params.MaxCategories, &p); p.hashed {
			d.note(hashNote(w.name))
		}
		all := func(int) bool { return true }
		m := moved{column: w, names: p.names, hashed: p.hashed, s: section{attribute: a}, in: slice{window: detect.GateWindow, gate: true}, against: *known.Chosen}
		for g, cat := range p.groups {
			if !cat.Missing && cat.Name == m.against {
				m.ref = p.all(all, g)
			}
		}
		if m.ref == nil || m.ref.n() == 0 {
			continue
		}
		m.edges = d.edges(w, m.ref)
		from, few := len(d.out), least{}
		for g, cat := range p.groups {
			m.group, m.cur = group{name: cat.Name, kind: audit.KindValue}, p.all(all, g)
			few.see(m, m.cur)
			if cat.Missing || cat.Name == m.against || g >= mostGroups {
				continue
			}
			d.measure(m)
			d.groupTable(m)
		}
		few.mark(d.out[from:])
	}
}
