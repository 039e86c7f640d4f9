package expr

import "cmp"

// apply computes one operation over all elements of its operands.
func apply(n *node, a, b, c, out *vec) {
	out.fit(n.typ, a, b, c)
	switch n.op {
	case opAnd:
		applyLogic(a, b, out, 0)
	case opOr:
		applyLogic(a, b, out, 1)
	case opNot:
		applyNot(a, out)
	case opCond:
		applyCond(a, b, c, out)
	case opIsNull:
		applyIsNull(n, a, out)
	case opCompare:
		out.inherit(a, b)
		applyCompare(n, a, b, out)
		out.answer()
	case opIn:
		applyIn(n, a, out)
	case opArith:
		out.inherit(a, b)
		applyArith(n, a, b, out)
	case opNegate:
		out.inherit(a, nil)
		applyNegate(n, a, out)
	case opVoid, opParse, opParseTime, opWiden, opFloat, opInt, opSpell:
		out.inherit(a, nil)
		applyConvert(n, a, out)
	default:
		out.inherit(a, b)
		applyText(n, a, b, out)
	}
}

// applyLogic is && (decisive 0) and || (decisive 1). One decisive side settles
// the answer, whatever the other is; it is known if a known side settles it.
func applyLogic(a, b, out *vec, decisive uint8) {
	ma, mb := a.mask(), b.mask()
	if a.st == nil && b.st == nil {
		combine(a.b, b.b, ma, mb, out.b, decisive)
		return
	}
	out.st = grow(&out.own.st, out.n)
	for i := range out.b {
		av, as := a.truth(i)
		bv, bs := b.truth(i)
		if as|bs == 0 {
			out.b[i], out.st[i] = av, 0
			if av != decisive {
				out.b[i] = bv
			}
			continue
		}
		out.b[i], out.st[i] = settle(av, as, bv, bs, decisive)
	}
}

// combine is the common case: every answer is there and known.
func combine(a, b []uint8, ma, mb int, out []uint8, decisive uint8) {
	switch {
	case ma&mb == 0: // a constant side
		for i := range out {
			x, y := a[i&ma], b[i&mb]
			out[i] = x&y | (x|y)&decisive
		}
	case decisive == 0:
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			out[i] = a[i] & b[i]
		}
	default:
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			out[i] = a[i] | b[i]
		}
	}
}

func settle(av, as, bv, bs, decisive uint8) (value, status uint8) {
	a := av == decisive && as < faulty
	b := bv == decisive && bs < faulty
	switch {
	case a && as == 0 || b && bs == 0:
		return decisive, 0
	case a || b:
		return decisive, unknown
	}
	return 1 - decisive, join(as, bs)
}

func applyNot(a, out *vec) {
	if a.st == nil {
		for i := range out.b {
			out.b[i] = 1 - a.b[i]
		}
		return
	}
	out.st = grow(&out.own.st, out.n)
	for i := range out.b {
		v, s := a.truth(i)
		out.b[i], out.st[i] = 1-v, s
	}
}

// applyCond picks from one of two branches. Where the test is not known
// neither is the outcome, unless both branches are the same known condition.
func applyCond(test, a, b, out *vec) {
	plain := test.st == nil && a.st == nil && b.st == nil
	if !plain {
		out.st = grow(&out.own.st, out.n)
	}
	for i := range out.n {
		v, s := test.truth(i)
		from := b
		if v != 0 {
			from = a
		}
		j := i & from.mask()
		switch out.class {
		case boolean:
			out.b[i] = from.b[j]
		case integer:
			out.i[i] = from.i[j]
		case floating:
			out.f[i] = from.f[j]
		case whole, numeral:
			out.x[i] = from.x[j]
		case str, text, decimal:
			out.s[i] = from.s[j]
		case moment:
			if out.unit == 0 {
				out.x[i] = from.x[j]
			} else {
				out.i[i] = from.i[j]
			}
		}
		if plain {
			continue
		}
		switch agree := out.class == boolean && a.status(i)|b.status(i) == 0 && a.b[i&a.mask()] == b.b[i&b.mask()]; {
		case s >= faulty:
			out.st[i] = s
		case agree:
			out.st[i] = 0
		default:
			out.st[i] = join(from.status(i), s)
		}
	}
}

// applyIsNull tests for a missing value; an empty cell is one.
func applyIsNull(n *node, a, out *vec) {
	if a.st != nil {
		out.st = grow(&out.own.st, out.n)
	}
	for i := range out.b {
		s := a.status(i)
		null := s < faulty && s&missing != 0
		if a.st != nil {
			out.st[i] = s
			if s < faulty {
				out.st[i] = s & unknown
			}
		}
		out.b[i] = bit(null || n.cell && a.s[i] == "")
	}
}

func applyCompare(n *node, a, b, out *vec) {
	if n.rel >= never {
		for i := range out.b {
			out.b[i] = bit(n.rel == always)
		}
		return
	}
	switch n.how {
	case boolean:
		compareAll(n.rel, a.b, b.b, a.mask(), b.mask(), out.b)
	case integer:
		compareAll(n.rel, a.i, b.i, a.mask(), b.mask(), out.b)
	case floating:
		compareAll(n.rel, a.f, b.f, a.mask(), b.mask(), out.b)
	case str, text:
		compareAll(n.rel, a.s, b.s, a.mask(), b.mask(), out.b)
	case numeral:
		for i := range out.b {
			order, ok := compareNumbers(a.number(i), b.number(i))
			out.b[i] = bit(holds(n.rel, order, ok))
		}
	case moment:
		for i := range out.b {
			as, an := a.instant(i)
			bs, bn := b.instant(i)
			out.b[i] = bit(holds(n.rel, cmp.Or(cmp.Compare(as, bs), cmp.Compare(an, bn)), true))
		}
	}
}

func holds(r rel, order int, ordered bool) bool {
	if !ordered { // NaN differs from everything, itself included
		return r == ne
	}
	switch r {
	case eq:
		return order == 0
	case ne:
		return order != 0
	case lt:
		return order < 0
	case le:
		return order <= 0
	case gt:
		return order > 0
	}
	return order >= 0
}

func compareAll[T cmp.Ordered](r rel, a, b []T, ma, mb int, out []uint8) {
	switch r {
	case eq:
		for i := range out {
			out[i] = bit(a[i&ma] == b[i&mb])
		}
	case ne:
		for i := range out {
			out[i] = bit(a[i&ma] != b[i&mb])
		}
	case lt:
		for i := range out {
			out[i] = bit(a[i&ma] < b[i&mb])
		}
	case le:
		for i := range out {
			out[i] = bit(a[i&ma] <= b[i&mb])
		}
	case gt:
		for i := range out {
			out[i] = bit(a[i&ma] > b[i&mb])
		}
	case ge:
		for i := range out {
			out[i] = bit(a[i&ma] >= b[i&mb])
		}
	}
}

func applyIn(n *node, a, out *vec) {
	out.inherit(a, nil)
	switch set := n.aux.(type) {
	case textSet:
		for i, s := range a.s[:out.n] {
			_, in := set[s]
			out.b[i] = bit(in)
		}
	case numberSet:
		for i := range out.b {
			_, in := set[a.number(i).key()]
			out.b[i] = bit(in)
		}
	}
	out.answer()
}
