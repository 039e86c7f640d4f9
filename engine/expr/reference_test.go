package expr

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// The reference evaluator: expressions are made at random, each as source text
// and as a function of one row. It shares nothing with the package but the rules.

// answer is a two-valued truth or a number (nil: missing), whether it is known,
// and whether it failed.
type answer struct {
	truth  bool
	number *big.Rat
	known  bool
	failed bool
}

type sample struct {
	src string
	at  func(row []any) answer
}

var referenceSchema = source.Schema{
	{Name: "i", Type: source.Type{Kind: source.Int}},
	{Name: "j", Type: source.Type{Kind: source.Int}},
	{Name: "u", Type: source.Type{Kind: source.Uint}},
	{Name: "f", Type: source.Type{Kind: source.Float}},
	{Name: "d", Type: source.Type{Kind: source.Decimal}},
	{Name: "s", Type: source.Type{Kind: source.String}},
	{Name: "t", Type: textType},
	{Name: "b", Type: source.Type{Kind: source.Bool}},
}

var referenceValues = [][]any{
	{nil, -2, 0, 1, 3, int64(1<<53 + 1)},
	{nil, -1, 0, 2, int64(1 << 53)},
	{nil, uint64(0), uint64(2), uint64(1<<63 + 1)},
	{nil, -0.5, 0.0, 2.0, 9007199254740992.0},
	{nil, "0", "2.5", "-3"},
	{nil, "", "a", "b", "ab"},
	{nil, "", "2", "-0.5", "a"},
	{nil, true, false},
}

func known(truth bool) answer { return answer{truth: truth, known: true} }

func makeCondition(r *rand.Rand, depth int) sample {
	if depth == 0 {
		return makeComparison(r, 0)
	}
	a := makeCondition(r, depth-1)
	switch r.IntN(7) {
	case 0:
		return sample{"!(" + a.src + ")", func(row []any) answer {
			x := a.at(row)
			x.truth = !x.truth
			return x
		}}
	case 1, 2:
		b := makeCondition(r, depth-1)
		return sample{"(" + a.src + " && " + b.src + ")", func(row []any) answer {
			return settleReference(a.at(row), b.at(row), false)
		}}
	case 3, 4:
		b := makeCondition(r, depth-1)
		return sample{"(" + a.src + " || " + b.src + ")", func(row []any) answer {
			return settleReference(a.at(row), b.at(row), true)
		}}
	case 5:
		return makeChoice(a, makeCondition(r, depth-1), makeCondition(r, depth-1))
	}
	return makeComparison(r, depth)
}

// settleReference is && and || with both sides looked at: a side that decides,
// decides; known if a known side does.
func settleReference(a, b answer, decisive bool) answer {
	da, db := !a.failed && a.truth == decisive, !b.failed && b.truth == decisive
	if da || db {
		return answer{truth: decisive, known: da && a.known || db && b.known}
	}
	return answer{truth: !decisive, known: a.known && b.known, failed: a.failed || b.failed}
}

func makeChoice(c, a, b sample) sample {
	return sample{"(" + c.src + " ? " + a.src + " : " + b.src + ")", func(row []any) answer {
		t, x, y := c.at(row), a.at(row), b.at(row)
		if t.failed {
			return answer{failed: true}
		}
		same := !x.failed && !y.failed && x.known && y.known && x.truth == y.truth
		pick := y
		if t.truth {
			pick = x
		}
		pick.known = pick.known && t.known || same
		pick.failed = pick.failed && !same
		return pick
	}}
}

func makeComparison(r *rand.Rand, depth int) sample {
	switch r.IntN(8) {
	case 0:
		return sample{"b", func(row []any) answer {
			v, ok := row[7].(bool)
			return answer{truth: ok && v, known: ok}
		}}
	case 1:
		k := r.IntN(len(referenceSchema))
		return sample{referenceSchema[k].Name + " == null", func(row []any) answer {
			return known(row[k] == nil || k == 6 && row[k] == "")
		}}
	case 2, 3:
		return makeTextComparison(r)
	}
	a, b := makeNumber(r, depth), makeNumber(r, depth)
	if a.src == "t" && b.src == "t" { // refused
		return makeComparison(r, depth)
	}
	op := []string{"==", "!=", "<", "<=", ">", ">="}[r.IntN(6)]
	return sample{"(" + a.src + " " + op + " " + b.src + ")", func(row []any) answer {
		x, y := a.at(row), b.at(row)
		switch {
		case x.failed || y.failed:
			return answer{failed: true}
		case x.number == nil || y.number == nil:
			return answer{}
		}
		return answer{truth: ordered(op, x.number.Cmp(y.number)), known: x.known && y.known}
	}}
}

func makeTextComparison(r *rand.Rand) sample {
	k := []int{5, 6}[r.IntN(2)]
	name := referenceSchema[k].Name
	word := []string{"", "a", "b", "2"}[r.IntN(4)]
	op := []string{"==", "!=", "<", "<=", ">", ">=", "in", "startsWith"}[r.IntN(8)]
	src := fmt.Sprintf("%s %s %q", name, op, word)
	switch op {
	case "in":
		src = fmt.Sprintf(`%s in ["ab", %q]`, name, word)
	case "startsWith":
		src = fmt.Sprintf("%s.startsWith(%q)", name, word)
	}
	return sample{src, func(row []any) answer {
		s, ok := row[k].(string)
		if !ok {
			return answer{}
		}
		switch op {
		case "in":
			return known(s == word || s == "ab")
		case "startsWith":
			return known(strings.HasPrefix(s, word))
		}
		return known(ordered(op, strings.Compare(s, word)))
	}}
}

func ordered(op string, order int) bool {
	switch op {
	case "==":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

// makeNumber gives a column, a literal or small exact arithmetic.
func makeNumber(r *rand.Rand, depth int) sample {
	switch r.IntN(4) {
	case 0:
		lit := []string{"0", "2", "-1", "2.5", "9007199254740993", "9007199254740992.0"}[r.IntN(6)]
		x, _ := new(big.Rat).SetString(lit)
		return sample{lit, func([]any) answer { return answer{number: x, known: true} }}
	case 1:
		if depth > 0 {
			return makeArithmetic(r, depth)
		}
	}
	k := []int{0, 1, 2, 3, 4, 6}[r.IntN(6)]
	return sample{referenceSchema[k].Name, func(row []any) answer { return readReference(row[k], k == 6) }}
}

func readReference(v any, cell bool) answer {
	if v == nil || cell && v == "" {
		return answer{known: true}
	}
	s := fmt.Sprint(v)
	if f, ok := v.(float64); ok {
		s = strconv.FormatFloat(f, 'f', -1, 64)
	}
	x, ok := new(big.Rat).SetString(s)
	return answer{number: x, known: true, failed: !ok}
}

// makeArithmetic stays with whole columns of small values, where the result is
// the same in any representation; division is of whole numbers.
func makeArithmetic(r *rand.Rand, depth int) sample {
	test := makeCondition(r, depth-1)
	op := []string{"+", "-", "*", "/"}[r.IntN(4)]
	src := fmt.Sprintf("((%s ? 1 : 2) %s j)", test.src, op)
	return sample{src, func(row []any) answer {
		t, j := test.at(row), readReference(row[1], false)
		switch {
		case t.failed:
			return answer{failed: true}
		case j.number == nil:
			return answer{known: t.known}
		}
		x := big.NewInt(2)
		if t.truth {
			x = big.NewInt(1)
		}
		y := j.number.Num()
		z := new(big.Int)
		switch op {
		case "+":
			z.Add(x, y)
		case "-":
			z.Sub(x, y)
		case "*":
			z.Mul(x, y)
		case "/":
			if y.Sign() == 0 {
				return answer{failed: true}
			}
			z.Quo(x, y)
		}
		return answer{number: new(big.Rat).SetInt(z), known: t.known}
	}}
}
