package privacy

// guard is a small count and a proof that it cannot be worked out: the rows that
// move between two tables which agree with what is shown, and of each what has to be
// hidden for that.
type guard struct {
	row     *row
	form    form
	labels  bool // it is counted by label, so that hiding labels may do
	touched map[*row]topic
}

// prover has all small counts, and finds proofs that share rows.
type prover struct {
	*lattice
	guards []guard
	at     map[*row][]int // the guards of a row
	pinned map[*row]bool  // rows that must stay hidden, because a count has no proof

	totals, nothing bool // of groups by window only margins are shown; by window nothing is
}

// reopen shows again what was hidden and is not needed. To hide the least is hard
// in general; this takes proofs that share rows, opens what no proof needs, and then
// tries to do without every other row, those with the most cases first.
func (l *lattice) reopen() {
	l.budget = mostTerms
	p := &prover{lattice: l, at: map[*row][]int{}, pinned: map[*row]bool{}}
	for _, byWindow := range []bool{false, true} {
		for _, r := range l.order {
			if byWindow == (r.window != "") {
				p.list(r)
			}
		}
	}
	p.proveAll()
	p.open()
}

// list lists the small counts of a row.
func (p *prover) list(r *row) {
	if t, small := p.sensitive(r); small || !r.published {
		r.need(t)
	}
	for t, forms := range [2][]form{p.smallForms(r, decisions), p.smallForms(r, labels)} {
		for _, f := range forms {
			p.at[r] = append(p.at[r], len(p.guards))
			p.guards = append(p.guards, guard{row: r, form: f, labels: topic(t) == labels})
		}
	}
}

// sensitive tells whether a row has small counts, and what has to be hidden for them.
func (l *lattice) sensitive(r *row) (topic, bool) {
	if len(l.smallForms(r, decisions)) > 0 {
		return decisions, true
	}
	return labels, len(l.smallForms(r, labels)) > 0
}

// proveAll finds a proof for every small count, with rows that others need already if
// there is one.
func (p *prover) proveAll() {
	inUse := func(o *row, t topic) bool { return o.hidden[t] && o.needs(t) }
	for i := range p.guards {
		g := &p.guards[i]
		if g.row.window != "" && (p.nothing || p.totals && len(g.row.set) > 0) {
			continue // as giveUp says
		}
		if g.touched == nil && !p.prove(g, inUse, narrow()) && !p.prove(g, isHidden, wide()) && !p.prove(g, isHidden, whole()) {
			p.giveUp(g)
		}
		for o, t := range g.touched { // each by itself, in any order
			o.need(t)
		}
	}
}

// prove finds the proof for a small count, with rows that may move; false if it
// finds none. A table that moves another small count as far proves that, too.
func (p *prover) prove(g *guard, may func(*row, topic) bool, far []reach) bool {
	topics := []topic{decisions}
	if g.labels {
		topics = []topic{labels, decisions}
	}
	for _, t := range topics {
		if !g.row.hidden[t] {
			continue
		}
		touched, m, ok := p.free(g.row, g.form, t, may, far)
		if !ok {
			continue
		}
		g.touched = touched
		for _, o := range m.order {
			for _, i := range p.at[o] {
				if other := &p.guards[i]; other.touched == nil && m.changes(o, other.form) >= float64(p.min)-1e-6 {
					other.touched = touched
				}
			}
		}
		return true
	}
	return false
}

// giveUp hides more where a count has no proof, and pins it. Of groups by window
// nothing but margins stays, or nothing at all by window: then all that is known is
// the total over all windows. Over the whole period, keep has hidden what it takes:
// all of it stays.
func (p *prover) giveUp(g *guard) {
	window := g.row.window != ""
	everybody := window && (len(g.row.set) == 0 || !p.onlyTotals())
	p.totals, p.nothing = p.totals || window, p.nothing || everybody
	for _, o := range p.order {
		switch {
		case window && o.window != "" && (everybody || len(o.set) > 0):
			o.hide(decisions)
			p.pinned[o] = true
		case !window:
			p.pinned[o] = true
		}
	}
}
