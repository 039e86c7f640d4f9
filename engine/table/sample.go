package table

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// SampleNeed is a sample that somebody wants: of the audited rows, the K with
// the smallest hashes. Two needs with the same Key are one.
type SampleNeed struct {
	K int
	// Columns are the fields of every row. Window, Decision, Label, Version,
	// Group and Stratum give what the audit makes of a row, Column a role's own
	// value as text; its role may also be id, subject or time.
	Columns []Dim
}

// Key identifies the need.
func (n SampleNeed) Key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "sample of %d", n.K)
	for _, d := range n.Columns {
		b.WriteByte('|')
		b.WriteString(string(d))
	}
	return b.String()
}

// Sample is the rows with the smallest hashes: bottom-k sampling (Cohen and
// Kaplan, "Summarizing data using bottom-k sketches", 2007). Which rows those
// are depends on the rows alone, so samples merge in any order to the same
// bytes. Equal rows are kept once, with their number, and that number is exact:
// a row is dropped only when k rows come before it, and then they do in every
// sample that this one becomes part of.
type Sample struct {
	k       int
	columns []string
	rows    []Sampled // in order
	late    []Sampled // not yet among rows
}

// Sampled is a row of a sample, or several equal ones.
type Sampled struct {
	Hash   uint64 // of the row's id, or without one of its content, under the audit's seed
	Fields []Field
	Cell
}

// Field is a value of a sampled row as text.
type Field struct {
	Text    string
	Missing bool
}

// NewSample starts a sample of k rows, at least one, of these columns.
func NewSample(k int, columns []string) *Sample {
	return &Sample{k: max(1, k), columns: slices.Clone(columns)}
}

// Columns names the fields of every row.
func (s *Sample) Columns() []string { return s.columns }

// Size is the k of the sample.
func (s *Sample) Size() int { return s.k }

// Limit is the largest hash of a row that can still belong to the sample, so
// that the fields of others need not be read.
func (s *Sample) Limit() uint64 {
	if len(s.rows) < s.k {
		return math.MaxUint64
	}
	return s.rows[len(s.rows)-1].Hash
}

// Held is how many rows are kept now, which is never much more than the size.
func (s *Sample) Held() int { return len(s.rows) + len(s.late) }

// Add offers rows; the fields are kept.
func (s *Sample) Add(r Sampled) {
	if r.Cell == (Cell{}) || len(r.Fields) != len(s.columns) || r.Hash > s.Limit() {
		return
	}
	s.late = append(s.late, r)
	if len(s.late) >= max(64, s.k) {
		s.settle()
	}
}

// Rows lists the sample in the order of hashes, then fields. They belong to the
// sample.
func (s *Sample) Rows() []Sampled {
	s.settle()
	return s.rows
}

func (s *Sample) settle() {
	if len(s.late) == 0 {
		return
	}
	all := append(s.rows, s.late...)
	slices.SortFunc(all, compareSampled)
	out := all[:0]
	for _, r := range all {
		if n := len(out); n > 0 && compareSampled(out[n-1], r) == 0 {
			out[n-1].Cell = out[n-1].Cell.Add(r.Cell)
		} else {
			out = append(out, r)
		}
	}
	s.late = s.late[:0]
	if len(out) > s.k {
		clear(out[s.k:])
		out = out[:s.k]
	}
	s.rows = out
}

func compareSampled(a, b Sampled) int {
	return cmp.Or(cmp.Compare(a.Hash, b.Hash), slices.CompareFunc(a.Fields, b.Fields, func(x, y Field) int {
		switch {
		case x.Missing == y.Missing:
			return cmp.Compare(x.Text, y.Text)
		case x.Missing:
			return 1
		}
		return -1
	}))
}

// Merge adds two samples of the same size and columns. It is associative and
// commutative.
func (s *Sample) Merge(o *Sample) (*Sample, error) {
	if s.k != o.k || !slices.Equal(s.columns, o.columns) {
		return nil, fmt.Errorf("samples of different shape: %d rows of %v and %d of %v", s.k, s.columns, o.k, o.columns)
	}
	out := NewSample(s.k, s.columns)
	out.late = slices.Concat(s.Rows(), o.Rows())
	out.settle()
	return out, nil
}

const sampleForm = 'S'

// MarshalBinary encodes the sample.
func (s *Sample) MarshalBinary() ([]byte, error) {
	e := &encoder{out: []byte{sampleForm}}
	e.uint(uint64(s.k))
	e.uint(uint64(len(s.columns)))
	for _, c := range s.columns {
		e.text(c)
	}
	rows := s.Rows()
	e.uint(uint64(len(rows)))
	last := uint64(0)
	for _, r := range rows {
		e.uint(r.Hash - last)
		last = r.Hash
		e.cell(r.Cell)
		for _, f := range r.Fields {
			if f.Missing {
				e.uint(0)
				continue
			}
			e.uint(uint64(len(f.Text)) + 1)
			e.out = append(e.out, f.Text...)
		}
	}
	return e.out, nil
}

// UnmarshalBinary decodes a sample. Any other bytes are an error.
func (s *Sample) UnmarshalBinary(data []byte) error {
	if len(data) == 0 || data[0] != sampleForm {
		return errTable
	}
	d := &decoder{in: data[1:]}
	k := d.uint()
	if k == 0 || k > maxCount {
		return errTable
	}
	columns := make([]string, d.length(1))
	for i := range columns {
		columns[i] = d.text()
	}
	out := NewSample(int(k), columns)
	out.late = make([]Sampled, 0, d.length(3+len(columns)))
	hash := uint64(0)
	for range cap(out.late) {
		hash += d.uint()
		r := Sampled{Hash: hash, Cell: d.cell(true), Fields: make([]Field, len(columns))}
		for i := range r.Fields {
			r.Fields[i] = d.field()
		}
		if d.err != nil {
			return d.err
		}
		out.late = append(out.late, r)
	}
	out.settle()
	if err := d.same(out, data); err != nil {
		return err
	}
	*s = *out
	return nil
}

func (d *decoder) field() Field {
	n := d.uint()
	if n == 0 {
		return Field{Missing: true}
	}
	if n--; n > uint64(len(d.in)) {
		d.fail()
		return Field{}
	}
	text := string(d.in[:n])
	d.in = d.in[n:]
	return Field{Text: text}
}
