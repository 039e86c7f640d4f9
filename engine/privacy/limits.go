package privacy

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// limit is an inequality about a row that the choice of a reference tells, and that
// the true table keeps: the sum of its atoms, each so many times, is at most so much.
type limit struct {
	by   [kinds]float64
	most float64
}

// room is how much a table leaves; nothing if it leaves less.
func (c *limit) room(o *row, m *moves) float64 { return max(0, c.left(o, m)) }

// left is how much a table leaves, below zero if the inequality does not hold.
func (c *limit) left(o *row, m *moves) float64 {
	left := c.most
	for a, by := range c.by {
		if by != 0 {
			left -= float64(by * m.now(o, atom(a)))
		}
	}
	return left
}

// per is what a case of a strand adds to the sum.
func (c *limit) per(s strand) float64 {
	if s.loses != nothing {
		return c.by[s.gains] - c.by[s.loses]
	}
	return c.by[s.gains]
}

// chosen is a reference that the data chose among the groups of an attribute: who it
// is tells that it is the largest, or that no other has a higher rate.
type chosen struct {
	attribute, group string
	rate, all        form // none for the largest
}

// references are the choices that a result tells of.
func references(r *audit.Result) []chosen {
	all, selections, rejections, decided := decisionForms()[0], decisionForms()[1], decisionForms()[2], decisionForms()[3]
	favorable := selections
	if !r.Audit.Favorable {
		favorable = rejections
	}
	var out []chosen
	named := map[string]bool{}
	for _, a := range r.Groups {
		named[a.Attribute] = a.Reference == "value"
		switch {
		case a.Chosen == nil:
		case a.Reference == "largest":
			out = append(out, chosen{attribute: a.Attribute, group: *a.Chosen, all: all})
		case a.Reference == "best":
			out = append(out, chosen{a.Attribute, *a.Chosen, favorable, all})
		}
	}
	told := map[[2]string]bool{}
	for i := range r.Measurements {
		m := &r.Measurements[i]
		if _, ok := topicOf(m); !ok || m.Metric != "impact_ratio" || m.Reference == nil || told[[2]string{m.Detector, m.Attribute}] {
			continue
		}
		told[[2]string{m.Detector, m.Attribute}] = true
		switch {
		case m.Detector == "ll144":
			out = append(out, chosen{m.Attribute, *m.Reference, selections, decided})
		case !named[m.Attribute]:
			out = append(out, chosen{m.Attribute, *m.Reference, favorable, decided})
		}
	}
	return out
}

// limit notes what the choice of references tells about every group. What is noted
// is more than that: the reference stays at least as large, or its rate as high, as
// it is, and all others no larger, or no higher. Tables that keep it keep the choice,
// whatever else moves.
func (b *book) limit(r *audit.Result) {
	for _, c := range references(r) {
		ref := b.row(c.attribute, &c.group, "", false)
		set, ok := b.sets[c.attribute]
		if ref == nil || !ok || c.all.of(&ref.atoms) == 0 {
			continue
		}
		for _, o := range b.order {
			if o.window == "" && slices.Equal(o.set, set) && o.values[0] != lump && !slices.Contains(o.values, missing) {
				o.caps, b.capped = append(o.caps, c.of(o, ref)), true
			}
		}
	}
}

// of is what a choice tells about one group. A group that could not be chosen, though
// its rate is higher, has too few cases for it.
func (c chosen) of(o, ref *row) limit {
	var out limit
	k, n, refK, refN := c.rate.of(&o.atoms), c.all.of(&o.atoms), c.rate.of(&ref.atoms), c.all.of(&ref.atoms)
	if c.rate == nil || o != ref && k*refN > refK*n {
		for _, a := range c.all {
			out.by[a] = 1
		}
		switch out.most = float64(n); {
		case c.rate != nil:
		case o == ref:
			return out.negative()
		default:
			out.most = float64(refN)
		}
		return out
	}
	q := float64(refK) / float64(refN)
	for _, a := range c.all {
		out.by[a] = -q
	}
	for _, a := range c.rate {
		out.by[a] = 1 - q
	}
	if o == ref {
		return out.negative()
	}
	return out
}

// negative turns an inequality round.
func (c limit) negative() limit {
	for a := range c.by {
		c.by[a] = -c.by[a]
	}
	c.most = -c.most
	return c
}
