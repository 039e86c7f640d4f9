package expr

import (
	"math"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/plumbline-audit/plumbline/engine/source"
)

func applyArith(n *node, a, b, out *vec) {
	ma, mb := a.mask(), b.mask()
	switch out.class {
	case floating:
		floatArith(n.arith, a.f, b.f, ma, mb, out.f)
		if n.arith == '/' {
			undefine(b.f, mb, out)
		}
	case integer:
		for i := range out.i {
			r, failure := wholeArithmetic(n.arith, number{i: a.i[i&ma]}, number{i: b.i[i&mb]})
			if failure == fine && r.tag == unsigned {
				failure = overflow
			}
			out.i[i] = r.i
			if failure != fine {
				out.fail(i, n.fault+failure-overflow)
			}
		}
	default:
		for i := range out.x {
			r, failure := wholeArithmetic(n.arith, a.x[i&ma], b.x[i&mb])
			out.x[i] = r
			if failure != fine {
				out.fail(i, n.fault+failure-overflow)
			}
		}
	}
}

// undefine makes quotients by 0 missing: what they are is not known.
func undefine(b []float64, mb int, out *vec) {
	for i := range out.f {
		if b[i&mb] == 0 {
			out.fail(i, missing)
		}
	}
}

func floatArith(op arithmetic, a, b []float64, ma, mb int, out []float64) {
	switch op {
	case '+':
		for i := range out {
			out[i] = a[i&ma] + b[i&mb]
		}
	case '-':
		for i := range out {
			out[i] = a[i&ma] - b[i&mb]
		}
	case '*':
		for i := range out {
			out[i] = a[i&ma] * b[i&mb]
		}
	case '/':
		for i := range out {
			out[i] = a[i&ma] / b[i&mb]
		}
	}
}

func applyNegate(n *node, a, out *vec) {
	if out.class == floating {
		for i := range out.f {
			out.f[i] = -a.f[i]
		}
		return
	}
	for i := range out.n {
		r, failure := wholeArithmetic('-', number{}, a.number(i))
		if out.class == integer {
			out.i[i] = r.i
			if r.tag == unsigned {
				failure = overflow
			}
		} else {
			out.x[i] = r
		}
		if failure != fine {
			out.fail(i, n.fault)
		}
	}
}

func applyConvert(n *node, a, out *vec) {
	switch n.op {
	case opVoid:
		for i := range out.n {
			out.fail(i, missing)
		}
	case opParse:
		for i, s := range a.s[:out.n] {
			x, ok := parseNumber(s)
			out.x[i] = x
			if !ok {
				out.fail(i, cellStatus(n, s))
			}
		}
	case opParseTime:
		for i, s := range a.s[:out.n] {
			x, ok := parseTime(strings.TrimSpace(s), n.typ.zone)
			out.x[i] = x
			if !ok {
				out.fail(i, cellStatus(n, s))
			}
		}
	case opWiden:
		for i := range out.x {
			out.x[i] = a.number(i)
		}
	case opFloat:
		for i := range out.f {
			out.f[i] = a.number(i).float()
		}
	case opInt:
		for i := range out.i {
			x, ok := truncate(a.number(i))
			out.i[i] = x
			if !ok {
				out.fail(i, n.fault)
			}
		}
	case opSpell:
		spellAll(a, out, n.kids[0].typ)
	}
}

// cellStatus is the status of text that cannot be read: an empty cell of a
// text format is missing.
func cellStatus(n *node, s string) uint8 {
	if n.cell && strings.TrimSpace(s) == "" {
		return missing
	}
	return n.fault
}

func truncate(x number) (int64, bool) {
	if x.tag == fraction {
		x = number{tag: fraction, f: math.Trunc(x.f)}.key()
	}
	return x.i, x.tag == signed
}

// spellAll writes values as they are listed in a configuration. Spelling plain
// rows of numbers allocates per row; it is rare, and goes through source.Text
// so that there is one canonical text.
func spellAll(a, out *vec, t typ) {
	st := source.Type{Unit: t.unit, UTC: t.zone == instant}
	for i := range out.s {
		if a.status(i) != 0 && a.status(i) != unknown {
			out.s[i] = ""
			continue
		}
		switch a.class {
		case str, text, decimal:
			out.s[i] = a.s[i]
		case boolean:
			out.s[i] = source.Text(st, source.Value{Kind: source.Bool, Int: int64(a.b[i])})
		case moment:
			out.s[i] = spellMoment(a, i, st, t)
		default:
			out.s[i] = spellNumber(a.number(i))
		}
	}
}

func spellNumber(x number) string {
	kind := [...]source.Kind{signed: source.Int, unsigned: source.Uint, fraction: source.Float}[x.tag]
	return source.Text(source.Type{}, source.Value{Kind: kind, Int: x.i, Float: x.f})
}

func spellMoment(a *vec, i int, st source.Type, t typ) string {
	v := source.Value{Kind: source.Timestamp}
	switch {
	case t.unit == 0: // a literal: nanoseconds may not fit one count
		sec, nsec := a.instant(i)
		s := source.Text(source.Type{Unit: 1e9, UTC: true}, source.Value{Kind: source.Timestamp, Int: sec})
		if nsec == 0 {
			return s
		}
		part := source.Text(source.Type{Unit: 1}, source.Value{Kind: source.TimeOfDay, Int: nsec})
		return s[:len(s)-1] + part[len("00:00:00"):] + "Z"
	case t.zone == clock:
		v.Kind = source.TimeOfDay
	case t.unit >= 24*3600*1e9:
		v.Kind = source.Date
	}
	v.Int = a.i[i]
	return source.Text(st, v)
}

func applyText(n *node, a, b, out *vec) {
	switch n.op {
	case opSize:
		for i, s := range a.s[:out.n] {
			out.i[i] = int64(utf8.RuneCountInString(s))
		}
		return
	case opLower, opUpper, opConcat:
		applySpelling(n, a, b, out)
		return
	case opMatches:
		re := n.aux.(*regexp.Regexp)
		for i, s := range a.s[:out.n] {
			out.b[i] = bit(re.MatchString(s))
		}
	default:
		test := strings.HasPrefix
		switch n.op {
		case opEnds:
			test = strings.HasSuffix
		case opContains:
			test = strings.Contains
		}
		ma, mb := a.mask(), b.mask()
		for i := range out.b {
			out.b[i] = bit(test(a.s[i&ma], b.s[i&mb]))
		}
	}
	out.answer()
}

// applySpelling builds strings into the buffer of the result.
func applySpelling(n *node, a, b, out *vec) {
	buf := out.own.bytes[:0]
	ma := a.mask()
	for i := range out.s {
		from := len(buf)
		buf = append(buf, a.s[i&ma]...)
		switch n.op {
		case opConcat:
			buf = append(buf, b.s[i&b.mask()]...)
		case opLower:
			shiftCase(buf[from:], 'A', 'a')
		case opUpper:
			shiftCase(buf[from:], 'a', 'A')
		}
		out.s[i] = view(buf[from:])
	}
	out.own.bytes = buf
}

// shiftCase moves ASCII letters from one case to the other.
func shiftCase(b []byte, from, to byte) {
	for i, c := range b {
		if c >= from && c < from+26 {
			b[i] = c - from + to
		}
	}
}
