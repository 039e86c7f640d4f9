package source

import (
	"context"
	"io"
	"math"

	"github.com/plumbline-audit/plumbline/engine/spelling"
)

// SampleResult is what the first rows of a source hold.
type SampleResult struct {
	Rows     int64            // rows looked at
	Complete bool             // these were all the rows
	Values   map[int][]string // distinct canonical texts by column, in order of appearance, nulls left out
	Places   map[int][]string // of each of the Values, where it was first met: "log.csv, line 2"
	Distinct map[int]int      // by column looked at: how many distinct texts there were, also beyond those in Values
}

// Sample reads columns from the first units until it has seen maxRows rows and
// keeps at most maxDistinct values of each column. It reads nothing of a source
// that can be read only once: those rows are the audit's.
func Sample(ctx context.Context, src Source, columns []int, maxRows, maxDistinct int) (SampleResult, error) {
	s := sampler{columns: columns, left: maxRows, seen: make([]map[string]bool, len(columns)), bits: make([]map[uint64]bool, len(columns))}
	s.result.Values, s.result.Places = map[int][]string{}, map[int][]string{}
	s.result.Distinct = map[int]int{}
	for i := range s.seen {
		s.seen[i], s.bits[i] = map[string]bool{}, map[uint64]bool{}
	}
	s.keep = maxDistinct
	if o, ok := src.(interface{ Once() bool }); ok && o.Once() {
		return s.result, nil
	}
	for _, c := range columns {
		s.result.Distinct[c] = 0
	}
	if p, ok := src.(peeker); ok {
		src = p.Peek(maxRows)
	}
	for _, u := range src.Units() {
		done, err := s.unit(ctx, u)
		if err != nil || !done {
			return s.result, err
		}
	}
	p, cut := src.(interface{ Cut() bool })
	s.result.Complete = !cut || !p.Cut()
	return s.result, nil
}

// peeker is a source whose rows are made of many rows of a log. Peek is the source of
// those that its first rows make; Cut says of it that there are more.
type peeker interface{ Peek(rows int) Source }

type sampler struct {
	columns []int
	left    int // rows
	keep    int // values
	seen    []map[string]bool
	bits    []map[uint64]bool // likewise of numbers
	result  SampleResult
}

// unit reads one unit and says whether it got to its end.
func (s *sampler) unit(ctx context.Context, u Unit) (done bool, err error) {
	if s.left <= 0 && u.Rows() >= 0 {
		return u.Rows() == 0, nil
	}
	r, err := u.Open(ctx, s.columns)
	if err != nil {
		return false, err
	}
	defer r.Close()
	for {
		b, err := r.Next()
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		if b.Rows > 0 && s.left <= 0 {
			return false, nil
		}
		n := min(b.Rows, s.left)
		for i := range s.columns {
			s.column(i, &b.Columns[i], n, func(row int) string { return spelling.Shown(u.Name()) + ", " + Place(r, b, row) })
		}
		s.left -= n
		s.result.Rows += int64(n)
		if n < b.Rows {
			return false, nil
		}
	}
}

func (s *sampler) column(i int, v *Vector, rows int, place func(row int) string) {
	if v.Const {
		rows = min(rows, 1)
	}
	var known []bool // by code
	if v.Codes != nil {
		known = make([]bool, v.Dict.Len())
	}
	for row := range rows {
		if v.Codes != nil {
			code := v.Codes[row]
			if code == NullCode || known[code] {
				continue
			}
			known[code] = true
		}
		if value := v.Value(row); value.Kind != Null {
			if s.add(i, v.Type, value) {
				c := s.columns[i]
				s.result.Places[c] = append(s.result.Places[c], place(row))
			}
		}
	}
}

// add counts a value unless it was met before, and says whether it is kept. Numbers and times are told apart by
// their bits: to write each down would take longer than to read it.
func (s *sampler) add(i int, t Type, value Value) (kept bool) {
	c := s.columns[i]
	if bits, ok := numberBits(value); ok {
		if s.bits[i][bits] {
			return false
		}
		s.bits[i][bits] = true
	} else {
		text := Text(t, value)
		if s.seen[i][text] {
			return false
		}
		s.seen[i][text] = true
	}
	s.result.Distinct[c]++
	if kept = len(s.result.Values[c]) < s.keep; kept {
		s.result.Values[c] = append(s.result.Values[c], Text(t, value))
	}
	return kept
}

// numberBits are the bits of a number or a time, the same for numbers of the same text;
// ok is false for anything else.
func numberBits(v Value) (bits uint64, ok bool) {
	switch v.Kind {
	case Int, Uint, Bool, Date, Timestamp, TimeOfDay:
		return uint64(v.Int), true
	case Float:
		if math.IsNaN(v.Float) {
			return math.Float64bits(math.NaN()), true
		}
		return math.Float64bits(v.Float + 0), true // minus zero is zero
	}
	return 0, false
}
