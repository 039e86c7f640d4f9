package privacy

import (
	"cmp"
	"slices"
)

// open shows what no proof needs, and then tries to do without every other row.
func (p *prover) open() {
	var rest []*row
	for _, o := range p.order {
		if !o.hidden[labels] || p.pinned[o] || !o.published {
			continue
		}
		switch {
		case !o.used:
			o.hidden = [2]bool{}
			continue
		case o.use == labels:
			o.hidden[decisions] = false
		}
		if least, small := p.sensitive(o); !small || least == labels && o.hidden[decisions] {
			rest = append(rest, o)
		}
	}
	slices.SortStableFunc(rest, func(a, b *row) int { return cmp.Compare(b.cases(), a.cases()) })
	for _, o := range rest {
		p.tryWithout(o)
	}
}

// tryWithout shows a row, or its decisions, if every count whose proof needs it has
// another.
func (p *prover) tryWithout(o *row) {
	was := o.hidden
	_, small := p.sensitive(o)
	tries := [][2]bool{{false, small}}
	if was[decisions] && !small {
		tries = append(tries, [2]bool{false, true})
	}
	for _, try := range tries {
		if o.hidden = try; p.proveAnew(o) {
			return
		}
		o.hidden = was
	}
}

// proveAnew finds other proofs for the counts whose proofs need a row that is shown
// now; if one has none, all proofs stay as they were.
func (p *prover) proveAnew(o *row) bool {
	before := map[int]map[*row]topic{}
	var lost []int
	far := wide()
	if o.window != "" {
		far = narrow() // there are many
	}
	for i := range p.guards {
		if t, needs := p.guards[i].touched[o]; needs && !o.hidden[t] {
			before[i], p.guards[i].touched = p.guards[i].touched, nil
			lost = append(lost, i)
		}
	}
	for _, i := range lost {
		if g := &p.guards[i]; g.touched == nil && (p.steps > p.budget || !p.prove(g, isHidden, far)) {
			for i, touched := range before {
				p.guards[i].touched = touched
			}
			return false
		}
	}
	return true
}
