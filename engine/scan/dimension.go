package scan

import (
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/expr"
	"github.com/plumbline-audit/plumbline/engine/scan/kernel"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// dimension gives one worker the codes of one dimension, once per frame.
type dimension struct {
	dim        table.Dim
	compute    func(*frame) ([]uint32, error)
	categories func() []table.Category
	coder      *coder   // if one column decides it
	one        *bool    // compute sets it where it knows that out has one code throughout; may be nil
	out        []uint32 // of the current frame, unless late
	constant   bool     // out has one code throughout

	late    *frame  // the current one, while nobody has asked for codes by row
	tally   []keyed // likewise: the codes that occur
	counted bool    // tally says how many rows have each
	packed  bool    // keys were made of the codes, and will be again
	byRow   bool    // codes by row were asked for, and will be again
}

// update computes the codes of a frame. Rows of a dictionary are counted first:
// often nobody asks for more. If keys are made of them, it is enough to know which
// codes occur: keys are made of the dictionary's codes at once.
func (d *dimension) update(f *frame) (err error) {
	d.late = nil
	if d.coder != nil && !d.byRow && d.dim != table.Subject {
		list, ok := d.coder.count, false
		if d.counted = !d.packed; d.packed {
			list = d.coder.occurring
		}
		if d.tally, ok = list(f, d.tally[:0]); ok {
			d.late, d.constant = f, len(d.tally) == 1
			return nil
		}
	}
	d.out, err = d.compute(f)
	d.constant = err == nil && (d.one != nil && *d.one || equal(d.out))
	return err
}

// codes are those of all rows.
func (d *dimension) codes() []uint32 {
	if d.late != nil {
		d.out, _ = d.compute(d.late) // what is wrong with a value was found when it was counted
		d.late, d.byRow = nil, true
	}
	return d.out
}

// code is that of one row.
func (d *dimension) code(row int) uint32 {
	if d.late != nil {
		if codes, entries := d.coder.entries(d.late); entries != nil {
			return entries[codes[row]+1]
		}
	}
	return d.codes()[row]
}

// column is what the codes add to keys.
func (d *dimension) column(stride uint32) kernel.Column {
	if d.late != nil {
		if codes, entries := d.coder.entries(d.late); entries != nil {
			d.packed = true
			return kernel.Column{Codes: codes, Entries: entries, Stride: stride}
		}
	}
	return kernel.Column{Codes: d.codes(), Stride: stride}
}

// within tells whether it is known that no code has other bits than some.
func (d *dimension) within(bits uint32) bool {
	return d.late != nil && !slices.ContainsFunc(d.tally, func(k keyed) bool { return k.key&^bits != 0 })
}

// first is the code of all rows, if they have one.
func (d *dimension) first() uint32 {
	if d.late != nil {
		return d.tally[0].key
	}
	return d.out[0]
}

// equal tells whether all codes are one.
func equal(codes []uint32) bool {
	const stride = 8
	first := codes[0]
	for len(codes) >= stride {
		c := codes[:stride]
		if (c[0]^first)|(c[1]^first)|(c[2]^first)|(c[3]^first)|(c[4]^first)|(c[5]^first)|(c[6]^first)|(c[7]^first) != 0 {
			return false
		}
		codes = codes[stride:]
	}
	for _, c := range codes {
		if c != first {
			return false
		}
	}
	return true
}

func fixed(cats []table.Category) func() []table.Category {
	return func() []table.Category { return cats }
}

// ofCoder is a dimension that one column decides.
func ofCoder(dim table.Dim, c *coder) *dimension {
	return &dimension{dim: dim, compute: c.codes, categories: c.categories, coder: c}
}

// program is an expression with the positions of its columns in the frame.
type program struct {
	expr *expr.Program
	at   []int
	role string
}

// evaluation is one worker's evaluator of a program.
type evaluation struct {
	program
	eval *expr.Evaluator
	cols []vector
}

func (p *program) start() *evaluation {
	return &evaluation{program: *p, eval: p.expr.NewEvaluator(), cols: make([]vector, len(p.at))}
}

func (e *evaluation) bools(f *frame) (value, known []bool, err error) {
	e.gather(f)
	value, known, err = e.eval.Bool(e.cols, f.rows)
	if err != nil {
		return nil, nil, f.cellError(e.role, err)
	}
	return value, known, nil
}

// numbers are what the expression gives, and in which rows it gives any.
func (e *evaluation) numbers(f *frame) (xs []float64, valid []bool, err error) {
	e.gather(f)
	xs, valid, err = e.eval.Number(e.cols, f.rows)
	if err != nil {
		return nil, nil, f.cellError(e.role, err)
	}
	return xs, valid, nil
}

func (e *evaluation) gather(f *frame) {
	for i, at := range e.at {
		e.cols[i] = f.cols[at]
	}
}

// ofRule is the dimension of a decision or a label: a column's values or an
// expression, where an outcome that depends on a missing value is missing.
func ofRule(dim table.Dim, r config.Rule, column int, p *program) *dimension {
	if p == nil {
		return ofCoder(dim, newCoder(string(dim), column, ruleCategory(r), outcomes()...))
	}
	e, out := p.start(), []uint32(nil)
	compute := func(f *frame) ([]uint32, error) {
		value, known, err := e.bools(f)
		if err != nil {
			return nil, err
		}
		out = grow(out, f.rows)
		for i := range out {
			switch {
			case !known[i]:
				out[i] = codeMissing
			case value[i]:
				out[i] = codePositive
			default:
				out[i] = codeNegative
			}
		}
		return out, nil
	}
	return &dimension{dim: dim, compute: compute, categories: fixed(outcomes())}
}

// matured turns the labels of rows that are younger than the label's maturity
// at asOf into immature ones.
func matured(label *dimension, age, asOf int64) *dimension {
	out := []uint32(nil)
	compute := func(f *frame) ([]uint32, error) {
		codes, err := label.compute(f)
		if err != nil {
			return nil, err
		}
		out = append(out[:0], codes...)
		for i, t := range f.times {
			if t == noTime || t > asOf-age {
				out[i] = codeImmature
			}
		}
		return out, nil
	}
	return &dimension{dim: label.dim, compute: compute, categories: label.categories}
}

// presenceOf tells whether a decision or label is missing, from its codes.
func presenceOf(dim table.Dim, of *dimension) *dimension {
	cats, out := presence(), []uint32(nil)
	compute := func(f *frame) ([]uint32, error) {
		out = grow(out, f.rows)
		for i, code := range of.codes()[:f.rows] {
			out[i] = 0
			if code == codeMissing {
				out[i] = 1
			}
		}
		return out, nil
	}
	return &dimension{dim: dim, compute: compute, categories: fixed(cats[:])}
}

// missingScore is the dimension that tells whether the score is missing.
var missingScore = table.Missing("score")

// presenceOfScore tells whether an expression gives no score.
func presenceOfScore(p *program) *dimension {
	e, cats, out := p.start(), presence(), []uint32(nil)
	compute := func(f *frame) ([]uint32, error) {
		_, valid, err := e.numbers(f)
		if err != nil {
			return nil, err
		}
		out = grow(out, f.rows)
		for i, ok := range valid {
			out[i] = 1
			if ok {
				out[i] = 0
			}
		}
		return out, nil
	}
	return &dimension{dim: missingScore, compute: compute, categories: fixed(cats[:])}
}

// missingRole is the role that a Missing dimension is about.
func missingRole(d table.Dim) (string, bool) {
	return strings.CutPrefix(string(d), string(table.Missing("")))
}

// dimension creates the dimension of a role for one worker.
func (r *role) dimension(dim table.Dim) *dimension {
	if r.presence {
		cats := presence()
		return presenceOfColumn(dim, newCoder(r.name, r.column, r.fn, cats[:]...), r.source, r.numbers)
	}
	c := newCoder(r.name, r.column, r.fn)
	c.limit, c.hint, c.plain, c.spill, c.direct = r.limit, r.hint, r.plain, r.spill, r.direct
	return ofCoder(dim, c)
}
