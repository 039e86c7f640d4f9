package scan

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// memoryLog is a log whose batches a test writes down.
type memoryLog struct {
	schema source.Schema
	units  []*memoryUnit
}

func (l *memoryLog) Schema() source.Schema           { return l.schema }
func (l *memoryLog) Inputs() ([]source.Input, error) { return nil, nil }

func (l *memoryLog) Units() []source.Unit {
	out := make([]source.Unit, len(l.units))
	for i, u := range l.units {
		out[i] = u
	}
	return out
}

// add gives the log a further unit.
func (l *memoryLog) add(batches ...source.Batch) *memoryLog {
	l.units = append(l.units, &memoryUnit{name: fmt.Sprintf("unit %d", len(l.units)+1), batches: batches})
	return l
}

// memoryUnit is one unit of a memoryLog.
type memoryUnit struct {
	name    string
	batches []source.Batch
	before  func(batch int) // called before each batch is handed out; may be nil
}

func (u *memoryUnit) Name() string { return u.name }
func (u *memoryUnit) Bytes() int64 { return u.Rows() }

func (u *memoryUnit) Rows() int64 {
	n := int64(0)
	for _, b := range u.batches {
		n += int64(b.Rows)
	}
	return n
}

func (u *memoryUnit) Open(_ context.Context, columns []int) (source.Reader, error) {
	return &memoryReader{unit: u, columns: columns}, nil
}

type memoryReader struct {
	unit    *memoryUnit
	columns []int
	next    int
	row     int64
	batch   source.Batch
}

func (r *memoryReader) Next() (*source.Batch, error) {
	if r.unit.before != nil {
		r.unit.before(r.next)
	}
	if r.next == len(r.unit.batches) {
		return nil, io.EOF
	}
	from := r.unit.batches[r.next]
	r.next++
	r.batch = source.Batch{Rows: from.Rows, Row: r.row}
	r.row += int64(from.Rows)
	for _, c := range r.columns {
		r.batch.Columns = append(r.batch.Columns, from.Columns[c])
	}
	return &r.batch, nil
}

func (r *memoryReader) BytesRead() int64 { return r.row }
func (r *memoryReader) Close() error     { return nil }

// The column types that tests use.
var (
	textType  = source.Type{Kind: source.String}
	csvType   = source.Type{Kind: source.String, Text: true}
	intType   = source.Type{Kind: source.Int}
	floatType = source.Type{Kind: source.Float}
)

// schemaOf names columns and their types: "sex", textType, "age", intType.
func schemaOf(pairs ...any) source.Schema {
	var s source.Schema
	for i := 0; i < len(pairs); i += 2 {
		s = append(s, source.Column{Name: pairs[i].(string), Type: pairs[i+1].(source.Type)})
	}
	return s
}

func intValue(n int64) source.Value     { return source.Value{Kind: source.Int, Int: n} }
func floatValue(x float64) source.Value { return source.Value{Kind: source.Float, Float: x} }
func textValue(s string) source.Value   { return source.Value{Kind: source.String, Str: s} }

// plain lays values out one per row. A Go value of nil is a null.
func plain(t source.Type, values ...any) source.Vector {
	v := source.Vector{Type: t, Strs: source.Strings{Offsets: []uint32{0}}}
	for i, x := range values {
		if x == nil {
			if v.Valid == nil {
				v.Valid = make([]bool, len(values))
				for j := range i {
					v.Valid[j] = true
				}
			}
		} else if v.Valid != nil {
			v.Valid[i] = true
		}
		value := valueOf(t, x)
		switch t.Kind {
		case source.Float:
			v.Floats = append(v.Floats, value.Float)
		case source.String, source.Binary, source.Decimal:
			v.Strs.Bytes = append(v.Strs.Bytes, value.Str...)
			v.Strs.Offsets = append(v.Strs.Offsets, uint32(len(v.Strs.Bytes)))
		default:
			v.Ints = append(v.Ints, value.Int)
		}
	}
	return v
}

func valueOf(t source.Type, x any) source.Value {
	v := source.Value{Kind: t.Kind}
	switch x := x.(type) {
	case nil:
		return source.Value{}
	case int:
		v.Int, v.Float = int64(x), float64(x)
	case int64:
		v.Int = x
	case uint64:
		v.Int = int64(x)
	case float64:
		v.Float = x
	case string:
		v.Str = x
	default:
		panic(fmt.Sprintf("no value of kind %T", x))
	}
	return v
}

// coded lays values out as codes of a dictionary in which every value stands
// once.
func coded(t source.Type, values ...any) source.Vector {
	v := source.Vector{Type: t, Codes: []uint32{}, Dict: &source.Dict{Type: t}}
	known := map[any]uint32{nil: source.NullCode}
	for _, x := range values {
		code, ok := known[x]
		if !ok {
			code = uint32(v.Dict.Len())
			known[x] = code
			grow := valueOf(t, x)
			switch t.Kind {
			case source.Float:
				v.Dict.Floats = append(v.Dict.Floats, grow.Float)
			case source.String, source.Binary, source.Decimal:
				v.Dict.Strs = append(v.Dict.Strs, grow.Str)
			default:
				v.Dict.Ints = append(v.Dict.Ints, grow.Int)
			}
		}
		v.Codes = append(v.Codes, code)
	}
	return v
}

// constant is one value on every row.
func constant(t source.Type, x any) source.Vector {
	v := coded(t, x)
	v.Const = true
	return v
}

// batch is a run of rows; the columns are those of the schema.
func batch(rows int, columns ...source.Vector) source.Batch {
	return source.Batch{Rows: rows, Columns: columns}
}

// audited reads the configuration of a test: what stands below columns:, and
// the rest of the file.
func audited(t testing.TB, columns, rest string) *config.Audit {
	t.Helper()
	text := "version: 1\nname: t\ndata: {log: a.csv}\n" + rest + "columns:\n"
	for line := range strings.Lines(columns) {
		text += "  " + line
	}
	a, mistakes := config.Parse("audit.yaml", []byte(text), nil, func(string) []string { return nil })
	if len(mistakes) > 0 {
		t.Fatalf("%v\n%s", mistakes, text)
	}
	return a
}

// need is a table of the dimensions.
func need(dims ...table.Dim) table.Need { return table.Need{Dims: dims} }

// request is a scan of a log by one worker.
func request(a *config.Audit, log source.Source, needs ...table.Need) Request {
	return Request{Audit: a, Windows: a.Spec().Windows, Log: log, Needs: needs, Workers: 1}
}

// scanned plans and scans.
func scanned(r Request) (*Outcome, error) {
	p, err := NewPlan(r)
	if err != nil {
		return nil, err
	}
	return p.Run(context.Background())
}

// listing writes a table down, a line per cell: its categories, copies and
// rows.
func listing(c *table.Counts) string {
	var out strings.Builder
	c.Each(func(codes []int, cell table.Cell) {
		for d, dim := range c.Dims() {
			cat := c.Categories(dim)[codes[d]]
			name := cat.Name
			if cat.Missing {
				name = "∅"
			}
			fmt.Fprintf(&out, "%s ", name)
		}
		fmt.Fprintf(&out, "%d/%d\n", cell.N, cell.Rows)
	})
	return out.String()
}

// counts is the listing of one table of an outcome.
func counts(t testing.TB, o *Outcome, n table.Need) string {
	t.Helper()
	c, err := o.Counts(n)
	if err != nil {
		t.Fatal(err)
	}
	return listing(c)
}
